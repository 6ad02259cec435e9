//! Server-sent events: the bytes of one (HTML, section 9.2).

/// What is sent when there is nothing to say, so that nobody on the way takes the connection for dead.
pub(super) const KEEP_ALIVE: &[u8] = b":\n\n";

/// Adds an event with a message. It has no id and no retry time: there is nothing to resume.
pub(super) fn write(out: &mut Vec<u8>, message: &[u8]) {
    out.reserve(message.len() + 24);
    out.extend_from_slice(b"event: message\ndata: ");
    let start = out.len();
    out.extend_from_slice(message);
    // A line break would end the field. JSON has line breaks only between tokens, where a space is as good; they come
    // from applications that hand over JSON text of their own.
    for byte in out.iter_mut().skip(start).filter(|byte| matches!(**byte, b'\n' | b'\r')) {
        *byte = b' ';
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

    #[test]
    fn a_message_is_one_line() {
        check("{}", "xevent: message\ndata: {}\n\n");
        check("{\r\n\"ä\":1\n}", "xevent: message\ndata: {  \"ä\":1 }\n\n");
    }
}
