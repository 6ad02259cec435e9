//! Reading a stream of events as it comes.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::time::timeout;

use crate::asking::Asked;

/// The events of a body that is still open; dropping it is what a client that goes away does.
pub(crate) struct Events {
    body: Body,
    read: String,
    /// What the stream answers, if it is messages.
    asked: Option<Asked>,
}

/// An event, or a comment.
#[derive(Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) data: String,
}

impl Events {
    pub(crate) fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
        let asked = response.extensions().get::<Asked>().cloned();
        Self { body: response.into_body(), read: String::new(), asked }
    }

    /// The next event, with no more of the body read than that takes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let event = Event::parse(event);
                if let Some(asked) = self.asked.as_ref().filter(|_| event.kind == "message") {
                    asked.judge(&event.data);
                }
                self.read = rest.to_owned();
                return Some(event);
            }
            // So that a stream which says nothing is a failure, and no test that never ends.
            let frame = timeout(Duration::from_secs(60), self.body.frame()).await;
            let frame = frame.expect("a stream that goes on")?.unwrap();
            self.read.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// The next event's data, which has to be JSON.
    pub(crate) async fn next_json(&mut self) -> Value {
        let event = self.next().await.expect("one more event");
        serde_json::from_str(&event.data).unwrap_or_else(|_| panic!("{event:?} is no JSON"))
    }
}

impl Event {
    fn parse(text: &str) -> Self {
        let field = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name));
            value.unwrap_or_default().trim_start().to_owned()
        };
        match text.starts_with(':') {
            true => Self { kind: "comment".into(), data: field(":") },
            false => Self { kind: field("event:"), data: field("data:") },
        }
    }

    pub(crate) fn comment(text: &str) -> Self {
        Self { kind: "comment".into(), data: text.into() }
    }
}
