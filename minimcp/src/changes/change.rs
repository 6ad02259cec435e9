//! One change: its topic on the bus, and the notification that tells of it.

use bytes::Bytes;

use crate::protocol::json::{self, Object};

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The list of tools.
    Tools,
    Prompts,
    /// The list of resources, or that of templates.
    Resources,
    /// The contents of the resource with this URI.
    Resource(String),
}

/// What stands before a URI in a topic.
const RESOURCE: &str = "resource:";

impl Change {
    pub(crate) fn topic(&self) -> String {
        match self {
            Self::Tools => "tools".into(),
            Self::Prompts => "prompts".into(),
            Self::Resources => "resources".into(),
            Self::Resource(uri) => [RESOURCE, uri].concat(),
        }
    }

    /// The change that is published under a topic.
    pub(crate) fn of_topic(topic: &str) -> Option<Self> {
        match topic {
            "tools" => Some(Self::Tools),
            "prompts" => Some(Self::Prompts),
            "resources" => Some(Self::Resources),
            _ => topic.strip_prefix(RESOURCE).map(|uri| Self::Resource(uri.to_owned())),
        }
    }

    /// The message that tells of it; in revisions that have subscriptions with ids, with the JSON text of the id.
    pub(crate) fn notification(&self, subscription_id: Option<&str>) -> Bytes {
        let method = match self {
            Self::Tools => "notifications/tools/list_changed",
            Self::Prompts => "notifications/prompts/list_changed",
            Self::Resources => "notifications/resources/list_changed",
            Self::Resource(_) => "notifications/resources/updated",
        };
        let uri = match self {
            Self::Resource(uri) => Some(uri),
            _ => None,
        };
        notification(method, uri.is_some() || subscription_id.is_some(), |params| {
            params.optional("uri", uri);
            if let Some(id) = subscription_id {
                params.object("_meta", |meta| tag(meta, id));
            }
        })
    }
}

/// Says which subscription a message belongs to.
pub(crate) fn tag(meta: &mut Object<'_>, subscription_id: &str) {
    meta.raw("io.modelcontextprotocol/subscriptionId", subscription_id);
}

pub(super) fn notification(
    method: &str,
    has_params: bool,
    write: impl FnOnce(&mut Object<'_>),
) -> Bytes {
    let message = json::object(|message| {
        message.raw("jsonrpc", br#""2.0""#).member("method", method);
        if has_params {
            message.object("params", write);
        }
    });
    message.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: &Change, id: Option<&str>, topic: &str, message: &str) {
        assert_eq!(change.topic(), topic);
        assert_eq!(Change::of_topic(topic).as_ref(), Some(change));
        let head = r#"{"jsonrpc":"2.0","method":"notifications/"#;
        assert_eq!(change.notification(id), format!("{head}{message}"));
    }

    #[test]
    fn each_change_has_a_topic_and_a_message() {
        check(&Change::Tools, None, "tools", r#"tools/list_changed"}"#);
        check(
            &Change::Prompts,
            Some("0"),
            "prompts",
            r#"prompts/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":0}}}"#,
        );
        check(&Change::Resources, None, "resources", r#"resources/list_changed"}"#);
        let updated = Change::Resource("a:\"b\"".into());
        check(
            &updated,
            None,
            "resource:a:\"b\"",
            r#"resources/updated","params":{"uri":"a:\"b\""}}"#,
        );
        check(
            &updated,
            Some("\"x\""),
            "resource:a:\"b\"",
            r#"resources/updated","params":{"uri":"a:\"b\"","_meta":{"io.modelcontextprotocol/subscriptionId":"x"}}}"#,
        );
    }

    #[test]
    fn other_topics_are_no_changes() {
        assert_eq!(Change::of_topic("answer/1"), None);
    }
}
