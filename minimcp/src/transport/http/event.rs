//! Server-sent events: the bytes of one (HTML, section 9.2).

#[cfg(feature = "sessions")]
use std::time::Duration;

/// What is sent when there is nothing to say, so that nobody on the way takes the connection for dead.
pub(super) const KEEP_ALIVE: &[u8] = b":\n\n";

/// Adds an event with a message. It has no id and no retry time: there is nothing to resume.
pub(super) fn write(out: &mut Vec<u8>, message: &[u8]) {
    out.reserve(message.len() + 24);
    out.extend_from_slice(b"event: message\n");
    write_data(out, message);
}

/// Adds an event with a message that can be named when the client comes back.
#[cfg(feature = "sessions")]
pub(super) fn write_with_id(out: &mut Vec<u8>, id: &str, message: &[u8]) {
    out.extend_from_slice(format!("id: {id}\n").as_bytes());
    write(out, message);
}

/// Adds the event that a stream begins with if it can be resumed: it says nothing but its own id, and after how long to
/// come back should the connection break.
#[cfg(feature = "sessions")]
pub(super) fn write_first(out: &mut Vec<u8>, id: &str, retry: Duration) {
    out.extend_from_slice(format!("id: {id}\nretry: {}\ndata: \n\n", retry.as_millis()).as_bytes());
}

/// Says after how long to come back, once the connection is closed.
#[cfg(feature = "sessions")]
pub(super) fn write_retry(out: &mut Vec<u8>, retry: Duration) {
    out.extend_from_slice(format!("retry: {}\n\n", retry.as_millis()).as_bytes());
}

/// Adds an event of any name.
#[cfg(feature = "sse")]
pub(super) fn write_named(out: &mut Vec<u8>, name: &str, message: &[u8]) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.push(b'\n');
    write_data(out, message);
}

fn write_data(out: &mut Vec<u8>, message: &[u8]) {
    out.extend_from_slice(b"data: ");
    let start = out.len();
    out.extend_from_slice(message);
    // A line break would end the field. JSON has line breaks only between tokens, where a space is as good; they come
    // from applications that hand over JSON text of their own. Written without a branch, many bytes at once.
    for byte in out.iter_mut().skip(start) {
        *byte = if matches!(*byte, b'\n' | b'\r') { b' ' } else { *byte };
    }
    out.extend_from_slice(b"\n\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, expected: &str) {
        let mut out = b"x".to_vec();
        write(&mut out, message.as_bytes());
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[cfg(feature = "sessions")]
    #[test]
    fn a_stream_that_can_be_resumed_has_ids() {
        let mut out = Vec::new();
        write_first(&mut out, "a.0", Duration::from_secs(1));
        write_with_id(&mut out, "a.1", b"{}");
        write_retry(&mut out, Duration::from_millis(5));
        let expected =
            "id: a.0\nretry: 1000\ndata: \n\nid: a.1\nevent: message\ndata: {}\n\nretry: 5\n\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_message_is_one_line() {
        check("{}", "xevent: message\ndata: {}\n\n");
        check("{\r\n\"ä\":1\n}", "xevent: message\ndata: {  \"ä\":1 }\n\n");
    }
}
