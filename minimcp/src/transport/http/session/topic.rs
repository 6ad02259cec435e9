//! The topics of a session on the bus.

/// The session has ended.
pub(super) fn end(session: &str) -> String {
    format!("session/{session}/end")
}

/// A call was cancelled, by the JSON text of its id.
pub(super) fn cancel(session: &str, id: &str) -> String {
    format!("session/{session}/cancel/{id}")
}

/// The client opened a stream with GET; it has one at a time.
pub(super) fn opened(session: &str) -> String {
    format!("session/{session}/opened")
}

/// There is something new in the stream of a call.
pub(super) fn stream(stream: &str) -> String {
    format!("session/{stream}/news")
}

/// The client came back for the stream of a call; it reads it once at a time.
pub(super) fn resumed(stream: &str) -> String {
    format!("session/{stream}/resumed")
}

/// The client wants to hear of other resources than before.
pub(super) fn subscriptions(session: &str) -> String {
    format!("session/{session}/subscriptions")
}
