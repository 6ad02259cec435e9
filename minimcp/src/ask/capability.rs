//! What a client declared that it can be asked (Client Capabilities).

use serde_json::{Value, json};

use crate::call::Call;
use crate::error::Error;
use crate::protocol::version::ProtocolVersion;

/// What a question needs of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Capability {
    Form,
    Url,
    Sampling,
    SamplingTools,
    SamplingContext,
    Roots,
}

impl Capability {
    /// Whether the client declared it, in the terms of its revision.
    pub(super) fn is_declared(self, call: &Call) -> bool {
        self.holds(&call.client_capabilities(), call.revision())
    }

    /// Refuses to ask what the client did not declare.
    ///
    /// # Errors
    ///
    /// -32021 from 2026-07-28 on, before an error that the model reads.
    pub(super) fn require(self, call: &Call) -> Result<(), Error> {
        match self.is_declared(call) {
            true => Ok(()),
            false if call.revision().is_modern() => {
                Err(Error::missing_capabilities(&self.declaration()))
            }
            false => Err(Error::tool(format!("the client does not offer {}", self.name()))),
        }
    }

    fn holds(self, declared: &Value, revision: ProtocolVersion) -> bool {
        let has = |path: &str| declared.pointer(path).is_some_and(Value::is_object);
        match self {
            // An empty object means forms, as it did before there was anything else.
            Self::Form => {
                revision.has_elicitation()
                    && has("/elicitation")
                    && (!revision.has_url_elicitation()
                        || has("/elicitation/form")
                        || !has("/elicitation/url"))
            }
            Self::Url => revision.has_url_elicitation() && has("/elicitation/url"),
            Self::Sampling => has("/sampling"),
            Self::SamplingTools => revision.has_sampling_tools() && has("/sampling/tools"),
            Self::SamplingContext => {
                !revision.has_sampling_tools() && has("/sampling") || has("/sampling/context")
            }
            Self::Roots => has("/roots"),
        }
    }

    fn declaration(self) -> Value {
        match self {
            Self::Form => json!({ "elicitation": { "form": {} } }),
            Self::Url => json!({ "elicitation": { "url": {} } }),
            Self::Sampling => json!({ "sampling": {} }),
            Self::SamplingTools => json!({ "sampling": { "tools": {} } }),
            Self::SamplingContext => json!({ "sampling": { "context": {} } }),
            Self::Roots => json!({ "roots": {} }),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Form => "`elicitation` with forms",
            Self::Url => "`elicitation` with URLs",
            Self::Sampling => "`sampling`",
            Self::SamplingTools => "`sampling` with tools",
            Self::SamplingContext => "`sampling` with context",
            Self::Roots => "`roots`",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Capability::{Form, Roots, Sampling, SamplingContext, SamplingTools, Url};
    use super::*;
    use ProtocolVersion as V;

    fn check(declared: Value, revision: ProtocolVersion, expected: &[Capability]) {
        let all = [Form, Url, Sampling, SamplingTools, SamplingContext, Roots];
        let holding: Vec<_> =
            all.into_iter().filter(|one| one.holds(&declared, revision)).collect();
        assert_eq!(holding, expected, "{declared} {revision}");
    }

    #[test]
    fn a_capability_means_what_its_revision_says() {
        let forms = json!({ "elicitation": {} });
        check(forms.clone(), V::V2025_03_26, &[]);
        check(forms.clone(), V::V2025_06_18, &[Form]);
        check(forms, V::V2026_07_28, &[Form]);
        let urls = json!({ "elicitation": { "url": {} } });
        check(urls.clone(), V::V2025_06_18, &[Form]);
        check(urls, V::V2025_11_25, &[Url]);
        check(json!({ "elicitation": { "url": {}, "form": {} } }), V::V2026_07_28, &[Form, Url]);
        let tools = json!({ "sampling": { "tools": {} } });
        check(tools.clone(), V::V2025_06_18, &[Sampling, SamplingContext]);
        check(tools, V::V2025_11_25, &[Sampling, SamplingTools]);
        check(
            json!({ "sampling": { "context": {} } }),
            V::V2026_07_28,
            &[Sampling, SamplingContext],
        );
        check(json!({ "roots": { "listChanged": true } }), V::V2024_11_05, &[Roots]);
        check(json!({ "roots": true, "sampling": null }), V::V2026_07_28, &[]);
    }
}
