//! Comparing an argument with the header that repeats it.

use std::borrow::Cow;

/// What is said in `json`, as a header would say it: a string as it is, anything else as JSON writes it.
pub(super) fn as_header(json: &str) -> Cow<'_, str> {
    match json.starts_with('"') {
        true => serde_json::from_str(json).map_or(Cow::Borrowed(json), Cow::Owned),
        false => Cow::Borrowed(json),
    }
}

/// Whether a header says what `json` says. Integers are compared as numbers: `42.0` is `42`.
pub(super) fn says(header: &str, json: &str) -> bool {
    if !json.starts_with('"')
        && let (Some(header), Some(body)) = (integer(header), integer(json))
    {
        return header == body;
    }
    header == as_header(json)
}

/// The value of an integer in decimal notation, in the range that every reader of JSON can represent.
fn integer(text: &str) -> Option<i64> {
    const MOST: i64 = (1 << 53) - 1;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = is_digits(whole.strip_prefix('-').unwrap_or(whole))
        && is_digits(fraction)
        && fraction.bytes().all(|byte| byte == b'0');
    let value = is_whole.then(|| whole.parse().ok())?;
    value.filter(|value| (-MOST..=MOST).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, json: &str, expected: bool) {
        assert_eq!(says(header, json), expected, "{header} for {json}");
    }

    #[test]
    fn headers_for_arguments() {
        check("us-west1", r#""us-west1""#, true);
        check("Us-west1", r#""us-west1""#, false);
        check("Hello, 世界", r#""Hello, \u4e16界""#, true);
        check("42", "42", true);
        check("42.0", "42", true);
        check("42", "42.00", true);
        check("-0", "0", true);
        check("042", "42", true);
        check("42", r#""42""#, true);
        check("42.0", r#""42""#, false);
        check("42.5", "42", false);
        check("4.2e1", "42", false);
        check("+42", "42", false);
        check("9007199254740993", "9007199254740992", false);
        check("99999999999999999999", "99999999999999999999", true);
        check("true", "true", true);
        check("True", "true", false);
        check("1", "true", false);
    }
}
