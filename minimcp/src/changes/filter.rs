//! What a client wants to hear of.

use std::collections::HashSet;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Change;
use super::change::{notification, tag};
use crate::error::Error;
use crate::protocol::envelope::Member;
use crate::protocol::json::array;

/// The changes that a client wants to hear of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The list of tools.
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    /// The list of resources, and that of templates.
    pub(crate) resources: bool,
    /// The contents of the resources with these URIs, each once.
    pub(crate) uris: Vec<String>,
}

/// A filter as `subscriptions/listen` has it.
pub(crate) struct Asked {
    pub(crate) filter: Filter,
    /// Whether it asks for the states of tasks.
    pub(crate) tasks: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notifications {
    tools_list_changed: Option<bool>,
    prompts_list_changed: Option<bool>,
    resources_list_changed: Option<bool>,
    resource_subscriptions: Option<Vec<String>>,
    task_ids: Option<IgnoredAny>,
}

impl Filter {
    /// Reads `params.notifications`.
    ///
    /// # Errors
    ///
    /// -32602 when it is missing, no object, or has a member of another type.
    pub(crate) fn parse(notifications: Member<'_>) -> Result<Asked, Error> {
        let json = notifications.0.filter(|json| json.starts_with('{')).ok_or_else(|| {
            Error::invalid_params(
                "`params.notifications` has to be an object that says what to listen to",
            )
        })?;
        let asked: Notifications = serde_json::from_str(json)
            .map_err(|error| Error::invalid_params(format!("`params.notifications`: {error}")))?;
        let mut seen = HashSet::new();
        let mut uris = asked.resource_subscriptions.unwrap_or_default();
        uris.retain(|uri| seen.insert(uri.clone()));
        let filter = Self {
            tools: asked.tools_list_changed.unwrap_or_default(),
            prompts: asked.prompts_list_changed.unwrap_or_default(),
            resources: asked.resources_list_changed.unwrap_or_default(),
            uris,
        };
        Ok(Asked { filter, tasks: asked.task_ids.is_some() })
    }

    pub(crate) fn wants(&self, change: &Change) -> bool {
        match change {
            Change::Tools => self.tools,
            Change::Prompts => self.prompts,
            Change::Resources => self.resources,
            Change::Resource(uri) => self.uris.contains(uri),
        }
    }

    pub(super) fn topics(&self) -> Vec<String> {
        let lists = [Change::Tools, Change::Prompts, Change::Resources];
        let lists = lists.into_iter().filter(|change| self.wants(change));
        let uris = self.uris.iter().cloned().map(Change::Resource);
        lists.chain(uris).map(|change| change.topic()).collect()
    }

    /// The message that says what of it will be told, and begins a subscription.
    pub(crate) fn acknowledgement(&self, subscription_id: &str) -> Bytes {
        notification("notifications/subscriptions/acknowledged", true, |params| {
            params.object("notifications", |filter| {
                for (name, wanted) in [
                    ("toolsListChanged", self.tools),
                    ("promptsListChanged", self.prompts),
                    ("resourcesListChanged", self.resources),
                ] {
                    filter.optional(name, wanted.then_some(true));
                }
                if !self.uris.is_empty() {
                    filter.with("resourceSubscriptions", |out| {
                        array(out, &self.uris, |out, uri| {
                            crate::protocol::json::write_string(out, uri);
                        });
                    });
                }
            });
            params.object("_meta", |meta| tag(meta, subscription_id));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(asked: &str, expected: Option<&str>) {
        let read = Filter::parse(Member(Some(asked))).map(|asked| asked.filter.topics().join(" "));
        assert_eq!(read.ok().as_deref(), expected, "{asked}");
    }

    #[test]
    fn a_filter_is_what_it_says_and_nothing_else() {
        check("{}", Some(""));
        check(r#"{"toolsListChanged":true,"promptsListChanged":false,"x":1}"#, Some("tools"));
        check(
            r#"{"resourcesListChanged":true,"resourceSubscriptions":["b:1","a:1","b:1"]}"#,
            Some("resources resource:b:1 resource:a:1"),
        );
        for wrong in [
            "null",
            "[]",
            "true",
            r#"{"toolsListChanged":1}"#,
            r#"{"resourceSubscriptions":"a:1"}"#,
            r#"{"resourceSubscriptions":[1]}"#,
        ] {
            check(wrong, None);
        }
    }
}
