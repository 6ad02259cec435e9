//! Asking the user to open a page.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde_json::json;

use super::Elicited;
use super::asked::Asked;
use super::capability::Capability;
use super::elicit::{Action, Response};
use super::question::Question;
use crate::call::Call;
use crate::error::Error;
use crate::seal::unguessable;

/// A page for the user to open, asked when it is awaited: [`Client::elicit_url`](super::Client::elicit_url).
///
/// That the user accepted says that the page is being opened, not what was done there: the server finds that out from the page.
/// Whoever opens the page may be somebody else than the caller, so the page has to find out who it is, and compare
/// (2025-11-25, Elicitation, Phishing). The address has to be `https`, or of this machine; it must hold no personal data and
/// nothing that logs in by itself.
///
/// ```
/// use minimcp::{tool, Client, Elicited, Error};
///
/// /// Connect a calendar
/// #[tool]
/// async fn connect(client: Client) -> Result<&'static str, Error> {
///     match client.elicit_url("Log in to your calendar", "https://calendar.example.com/connect").await? {
///         Elicited::Accepted(()) => Ok("call again when you have logged in"),
///         Elicited::Declined | Elicited::Cancelled => Ok("not connected"),
///     }
/// }
/// ```
#[must_use = "a question is asked when it is awaited"]
pub struct ElicitUrl {
    asked: Asked<Builder, Elicited<()>>,
}

struct Builder {
    call: Call,
    key: Option<String>,
    message: String,
    url: String,
}

impl ElicitUrl {
    pub(super) fn new(call: Call, message: String, url: String) -> Self {
        Self { asked: Asked::Building(Some(Builder { call, key: None, message, url })) }
    }

    /// What the question is called from 2026-07-28 on, where clients see it; unique in its handler.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.asked.change(|builder| builder.key = Some(key.into()));
        self
    }
}

impl Future for ElicitUrl {
    type Output = Result<Elicited<()>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.asked.poll(context, Builder::ask)
    }
}

impl Builder {
    async fn ask(self) -> Result<Elicited<()>, Error> {
        let Self { call, key, message, url } = self;
        Capability::Url.require(&call)?;
        if !may_be_opened(&url) {
            return Err(Error::internal(format!(
                "`{url}` is no address for a user: it has to begin with https://, or to be of this machine, and to hold \
                 no user and no blanks"
            )));
        }
        let mut params = json!({ "mode": "url", "message": message, "url": url });
        if call.revision().has_elicitation_ids()
            && let Some(params) = params.as_object_mut()
        {
            params.insert("elicitationId".into(), unguessable().into());
        }
        let question = Question::new(&call, key, "elicitation/create", &params)?;
        let response: Response = question.ask_for(&call, "the client's answer").await?;
        Ok(match response.action {
            Action::Accept => Elicited::Accepted(()),
            Action::Decline => Elicited::Declined,
            Action::Cancel => Elicited::Cancelled,
        })
    }
}

/// Whether a user may be sent to this address.
fn may_be_opened(url: &str) -> bool {
    let host = |rest: &str| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        (!host.is_empty() && !host.contains('@')).then(|| host.to_owned())
    };
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return false;
    }
    if let Some(rest) = url.strip_prefix("https://") {
        return host(rest).is_some();
    }
    let Some(host) = url.strip_prefix("http://").and_then(host) else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}

impl fmt::Debug for ElicitUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ElicitUrl").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::may_be_opened;

    fn check(url: &str, may: bool) {
        assert_eq!(may_be_opened(url), may, "{url}");
    }

    #[test]
    fn users_are_sent_to_safe_addresses_only() {
        for url in [
            "https://a.example/b?c#d",
            "http://localhost:80/x",
            "http://127.0.0.1",
            "http://[::1]:8/",
        ] {
            check(url, true);
        }
        for url in [
            "http://a.example",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "https://user:pass@a.example",
            "http://localhost.evil.example",
            "http://127.0.0.1@evil.example",
            "https://a.example/ b",
            "https://a.example/\n",
            "",
        ] {
            check(url, false);
        }
    }
}
