//! Walking the members of a JSON object without building it.

use std::borrow::Cow;

use serde::de::Deserialize;

use crate::protocol::scan::Scanner;

/// Reads a value at the start of JSON text; gives how much of the text it took.
///
/// # Errors
///
/// When the value does not fit the type, or the text is no JSON.
pub(crate) fn read_json<'de, T: Deserialize<'de>>(
    text: &'de str,
) -> Result<(T, usize), serde_json::Error> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
    match values.next() {
        Some(value) => value.map(|value| (value, values.byte_offset())),
        None => Err(serde::de::Error::custom("a value is missing")),
    }
}

/// The length of the value at the start of JSON text.
pub(crate) fn value_length(text: &str) -> Option<usize> {
    Scanner::of(text).value().map(str::len)
}

/// Calls `member` with the key of each member and with the text from its value on; it gives the value's length.
///
/// Gives `None` where the text is not a JSON object, or `member` gives no length.
pub(crate) fn walk<'de>(
    text: &'de str,
    mut member: impl FnMut(Cow<'de, str>, &'de str) -> Option<usize>,
) -> Option<()> {
    Scanner::of(text).object(|scanner, name| {
        let length = member(name.decode()?, scanner.rest())?;
        scanner.skip(length);
        Some(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&[(&str, &str)]>) {
        let mut members = Vec::new();
        let walked = walk(text, |key, rest| {
            let length = value_length(rest)?;
            members.push((key.into_owned(), rest.get(..length)?.to_owned()));
            Some(length)
        });
        let members: Vec<_> =
            members.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(walked.map(|()| members.as_slice()), expected, "{text}");
    }

    #[test]
    fn members_come_in_order_with_the_text_of_their_values() {
        check("{}", Some(&[]));
        check(" { } ", Some(&[]));
        check(r#"{"a":1}"#, Some(&[("a", "1")]));
        check(
            "{ \"a\" : [1, {\"b\": 2}] ,\n\"\\u0062\":\"x,}\" , \"c\":null}",
            Some(&[("a", "[1, {\"b\": 2}]"), ("b", "\"x,}\""), ("c", "null")]),
        );
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in [
            "",
            "[]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1 \"b\":2}",
            "{a:1}",
            "{\"a\":1,}",
        ] {
            let mut last = None;
            assert_eq!(
                walk(text, |key, rest| {
                    last = Some(key);
                    value_length(rest)
                }),
                None,
                "{text}"
            );
        }
    }
}
