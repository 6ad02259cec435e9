//! URIs with variables, read backwards: which values lead to this URI.

use std::borrow::Cow;
use std::fmt;

/// A URI, or a template with variables, of the kinds of RFC 6570 that can be read backwards.
///
/// `{name}` stands for one or more characters but `/`; `{+name}` may hold slashes as well; `{?a,b}` at the end stands
/// for a query with these parameters, each of which may be absent. Values are percent-decoded.
///
/// A value that would lead somewhere else as a part of a path makes a URI that is none of the template, unless
/// [`allow_path_steps`](Self::allow_path_steps) says otherwise; parameters of a query are no parts of paths.
#[derive(Clone, Debug)]
pub(crate) struct UriTemplate {
    text: String,
    parts: Vec<Part>,
    query: Vec<String>,
    path_steps: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable { name: String, slashes: bool },
}

/// Why a text is no URI and no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadTemplate(String);

/// The variables of a URI, in the order of the template.
pub(crate) type Variables<'t, 'u> = Vec<(&'t str, Cow<'u, str>)>;

impl UriTemplate {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// For a text without a scheme, with characters that no URI has, with a `%` that encodes nothing, with unbalanced braces, with a name that is empty,
    /// repeated or of other characters than letters, digits and `_`, and for two variables with nothing between them.
    pub(crate) fn parse(text: &str) -> Result<Self, BadTemplate> {
        let fail = |why: &str| Err(BadTemplate(why.to_owned()));
        if !has_scheme(text) {
            return fail("it has no scheme; write something like `app://name`");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`|".contains(c)) {
            return fail("it has a character that no URI has");
        }
        if !text.split('%').skip(1).all(starts_with_two_digits) {
            return fail(
                "a `%` has no two hexadecimal digits after it; write `%25` for the character",
            );
        }
        let mut template =
            Self { text: text.to_owned(), parts: Vec::new(), query: Vec::new(), path_steps: false };
        let mut rest = text;
        while !rest.is_empty() {
            if !template.query.is_empty() {
                return fail("a query has to stand at the end");
            }
            let Some((literal, expression)) = rest.split_once('{') else {
                if rest.contains('}') {
                    return fail("a `}` has no `{` before it");
                }
                template.parts.push(Part::Literal(rest.to_owned()));
                break;
            };
            if literal.contains('}') {
                return fail("a `}` has no `{` before it");
            }
            if !literal.is_empty() {
                template.parts.push(Part::Literal(literal.to_owned()));
            }
            let Some((expression, after)) = expression.split_once('}') else {
                return fail("a `{` has no `}` after it");
            };
            template.expression(expression)?;
            rest = after;
        }
        Ok(template)
    }

    fn expression(&mut self, expression: &str) -> Result<(), BadTemplate> {
        if let Some(names) = expression.strip_prefix('?') {
            for name in names.split(',') {
                let name = self.fresh_name(name)?;
                self.query.push(name);
            }
            return Ok(());
        }
        let (slashes, name) = match expression.strip_prefix('+') {
            Some(name) => (true, name),
            None => (false, expression),
        };
        if matches!(self.parts.last(), Some(Part::Variable { .. })) {
            return Err(BadTemplate(
                "two variables have nothing between them, so nobody can tell them apart".to_owned(),
            ));
        }
        if slashes
            && self.parts.iter().any(|part| matches!(part, Part::Variable { slashes: true, .. }))
        {
            return Err(BadTemplate(
                "two variables may hold slashes, so nobody can tell where one ends".to_owned(),
            ));
        }
        let name = self.fresh_name(name)?;
        self.parts.push(Part::Variable { name, slashes });
        Ok(())
    }

    fn fresh_name(&self, name: &str) -> Result<String, BadTemplate> {
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(BadTemplate(format!(
                "`{{{name}}}` is no variable: a name has letters, digits and `_`"
            )));
        }
        if self.names().any(|used| used == name) {
            return Err(BadTemplate(format!("the variable `{name}` occurs twice")));
        }
        Ok(name.to_owned())
    }

    /// Takes values as they are.
    pub(crate) fn allow_path_steps(&mut self) {
        self.path_steps = true;
    }

    /// The text of the template.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_template(&self) -> bool {
        self.names().next().is_some()
    }

    /// The names of the variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let in_path = self.parts.iter().filter_map(|part| match part {
            Part::Variable { name, .. } => Some(name.as_str()),
            Part::Literal(_) => None,
        });
        in_path.chain(self.query.iter().map(String::as_str))
    }

    /// What stands before the first variable: all URIs of the template begin with it.
    pub(crate) fn prefix(&self) -> &str {
        match self.parts.first() {
            Some(Part::Literal(literal)) => literal,
            _ => "",
        }
    }

    /// The template with all names alike: two templates of one shape match the same URIs.
    pub(crate) fn shape(&self) -> String {
        let mut shape = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => shape.push_str(literal),
                Part::Variable { slashes, .. } => {
                    shape.push_str(if *slashes { "{+}" } else { "{}" });
                }
            }
        }
        shape
    }

    /// The values of the variables, if the URI is one of the template.
    ///
    /// Takes time in proportion to the length of the URI and the number of variables. Read from the end, so that an
    /// earlier variable takes as much as it can: `{name}.{extension}` splits `a.b.c` into `a.b` and `c`. What stands
    /// before a variable with slashes is read from the start, and the variable takes what is left between.
    pub(crate) fn matches<'t, 'u>(&'t self, uri: &'u str) -> Option<Variables<'t, 'u>> {
        let (mut rest, query) = match (self.query.is_empty(), uri.split_once('?')) {
            (false, Some((path, query))) => (path, query),
            _ => (uri, ""),
        };
        let mut variables = Vec::new();
        let whole =
            self.parts.iter().position(|part| matches!(part, Part::Variable { slashes: true, .. }));
        match whole.and_then(|whole| self.parts.split_at_checked(whole)) {
            None => {
                rest = match_from_the_end(&self.parts, rest, &mut variables)?;
                if !rest.is_empty() {
                    return None;
                }
            }
            Some((before, from)) => {
                let (whole, after) = from.split_first()?;
                rest = match_from_the_start(before, rest, &mut variables)?;
                let mut later = Vec::new();
                rest = match_from_the_end(after, rest, &mut later)?;
                if let Part::Variable { name, .. } = whole {
                    variables.push((name.as_str(), decode(non_empty(rest)?)?));
                }
                variables.append(&mut later);
            }
        }
        if !self.path_steps && variables.iter().any(|(_, value)| leads_elsewhere(value)) {
            return None;
        }
        for name in &self.query {
            let mut values = query.split('&').filter_map(|pair| match pair.split_once('=') {
                Some((key, value)) => (key == name).then_some(value),
                None => (pair == name).then_some(""),
            });
            if let Some(value) = values.next() {
                variables.push((name, decode(value)?));
            }
            // Two readers of one URI could otherwise take different ones.
            if values.next().is_some() {
                return None;
            }
        }
        Some(variables)
    }

    /// The URI of these values: `None` if one is missing.
    pub(crate) fn expand(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let mut uri = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => uri.push_str(literal),
                Part::Variable { name, slashes } => encode(&mut uri, &value(name)?, *slashes),
            }
        }
        let mut separator = '?';
        for name in &self.query {
            if let Some(value) = value(name) {
                uri.push(separator);
                uri.push_str(name);
                uri.push('=');
                encode(&mut uri, &value, false);
                separator = '&';
            }
        }
        Some(uri)
    }
}

/// Matches parts at the end of the text; gives what is left before them.
fn match_from_the_end<'t, 'u>(
    parts: &'t [Part],
    mut rest: &'u str,
    variables: &mut Variables<'t, 'u>,
) -> Option<&'u str> {
    let first = variables.len();
    for (index, part) in parts.iter().enumerate().rev() {
        match part {
            Part::Literal(literal) => rest = rest.strip_suffix(literal.as_str())?,
            Part::Variable { name, .. } => {
                let before = index.checked_sub(1).and_then(|before| parts.get(before));
                let value = match before {
                    Some(Part::Literal(before)) => last_piece(rest, before)?,
                    _ => rest,
                };
                variables.push((name.as_str(), decode(segment(value)?)?));
                rest = rest.strip_suffix(value)?;
            }
        }
    }
    variables.get_mut(first..)?.reverse();
    Some(rest)
}

/// Matches parts at the start of the text; gives what is left after them. The parts end with a literal.
fn match_from_the_start<'t, 'u>(
    parts: &'t [Part],
    mut rest: &'u str,
    variables: &mut Variables<'t, 'u>,
) -> Option<&'u str> {
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
            Part::Variable { name, .. } => {
                let Some(Part::Literal(after)) = parts.get(index + 1) else { return None };
                let value = rest.get(..rest.find(after.as_str())?)?;
                variables.push((name.as_str(), decode(segment(value)?)?));
                rest = rest.strip_prefix(value)?;
            }
        }
    }
    Some(rest)
}

fn starts_with_two_digits(text: &str) -> bool {
    text.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
}

/// What follows the last `before` that leaves something to follow.
fn last_piece<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    let (last, _) = text.char_indices().next_back()?;
    let start = text.get(..last)?.rfind(before)?;
    text.get(start + before.len()..)
}

/// Whether a path to which this is added leads out of where it was, or to what has another name already: a segment `.`
/// or `..`, a slash or a drive at the beginning. Backslashes are slashes to some, and blanks at an end are nothing.
fn leads_elsewhere(value: &str) -> bool {
    let is_slash = |c: char| c == '/' || c == '\\';
    let is_drive = cfg!(windows) && value.as_bytes().get(1) == Some(&b':');
    is_drive
        || value.starts_with(is_slash)
        || (value.contains('.')
            && value.split(is_slash).any(|segment| matches!(segment.trim_end(), "." | "..")))
}

fn segment(value: &str) -> Option<&str> {
    non_empty(value).filter(|value| !value.contains('/'))
}

fn non_empty(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
    })
}

/// Decodes `%XX`; `None` where that gives no UTF-8, or where there is a zero byte, which no text of a URI has.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('\0') {
        return None;
    }
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| byte == b'%');
        match digits
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
        {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).map(Cow::Owned)
}

/// Encodes all but the unreserved characters, and slashes where they are wanted.
fn encode(uri: &mut String, value: &str, slashes: bool) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (slashes && byte == b'/') {
            uri.push(byte.into());
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
}

impl fmt::Display for BadTemplate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, uri: &str, expected: Option<&[(&str, &str)]>) {
        let template = UriTemplate::parse(template).unwrap();
        let variables = template.matches(uri);
        let variables: Option<Vec<_>> = variables
            .as_ref()
            .map(|all| all.iter().map(|(name, value)| (*name, value.as_ref())).collect());
        assert_eq!(variables.as_deref(), expected, "{} {uri}", template.as_str());
    }

    #[test]
    fn a_variable_is_one_segment_and_never_empty() {
        check("a://{x}", "a://1", Some(&[("x", "1")]));
        check("a://{x}", "a://", None);
        check("a://{x}", "a://1/2", None);
        check("a://{x}", "b://1", None);
        check("a://{x}/y", "a://1/y", Some(&[("x", "1")]));
        check("a://{x}/y", "a://1/z", None);
        check("a://{x}/{y}", "a://1/2", Some(&[("x", "1"), ("y", "2")]));
        check("a://{x}/{y}", "a://1", None);
        check("a://{x}/{y}", "a://1/", None);
    }

    #[test]
    fn earlier_variables_take_as_much_as_they_can() {
        check("a://{p}/{n}.{e}", "a://p/a.b.c", Some(&[("p", "p"), ("n", "a.b"), ("e", "c")]));
        check("a://{n}-{e}", "a://a--", Some(&[("n", "a"), ("e", "-")]));
        check("a://{n}--{e}", "a://a---", Some(&[("n", "a"), ("e", "-")]));
        check("a://{n}-{e}", "a://a--", Some(&[("n", "a"), ("e", "-")]));
        check("a://{n}.{e}", "a://.b", None);
    }

    #[test]
    fn values_are_decoded_and_nonsense_is_no_match() {
        check("a://{x}", "a://%E0%A4%B8%20b", Some(&[("x", "स b")]));
        check("a://{x}", "a://a%2Fb", Some(&[("x", "a/b")]));
        check("a://{x}", "a://%", Some(&[("x", "%")]));
        check("a://{x}", "a://%FF", None);
        check("a://{x}", "a://%00", None);
        check("a://{x}", "a://\0", None);
    }

    #[test]
    fn paths_and_queries() {
        check("f:///{+path}", "f:///a/b.c", Some(&[("path", "a/b.c")]));
        check("f:///{+path}", "f:///", None);
        check(
            "f:///{a}/{+b}/x.{c}",
            "f:///1/2/3/x.4",
            Some(&[("a", "1"), ("b", "2/3"), ("c", "4")]),
        );
        check("f:///{a}/{+b}/x.{c}", "f:///1/x.4", None);
        check("s://q{?a,b}", "s://q?b=2", Some(&[("b", "2")]));
        check("s://q{?a,b}", "s://q?b=2&a=x%20y", Some(&[("a", "x y"), ("b", "2")]));
        check("s://q{?a,b}", "s://q", Some(&[]));
        check("s://q", "s://q?a=1", None);
        check("s://q{?a}", "s://q?a=1&a=2", None);
        check("s://q{?a}", "s://q?a&b&a", None);
    }

    #[test]
    fn a_path_stays_where_it_is() {
        for path in [
            "..",
            ".",
            "a/..",
            "../a",
            "a/../b",
            "a/./b",
            "%2e%2e/a",
            "a/%2E.",
            "..%2Fa",
            "a%2f..%2fb",
            "..%5Ca",
            "a%5c..",
            "..\\a",
            "/a",
            "%2Fa",
            "%5Ca",
            "\\a",
            "a/..%20/b",
            "a/..%09",
        ] {
            let uri = format!("f:///{path}");
            check("f:///{+path}", &uri, None);
            check("f:///{x}", &uri, None);
            check("f:///{x}/{+path}", &format!("f:///x/{path}"), None);
            check("f:///{+path}/{x}", &format!("f:///{path}/x"), None);
            let mut template = UriTemplate::parse("f:///{+path}").unwrap();
            template.allow_path_steps();
            assert!(template.matches(&uri).is_some(), "{path}");
        }
        for path in ["a/b", "...", "a..b/.c", "a./b", "..a", "a%2Fb", "a//b", "%252e%252e"] {
            let template = UriTemplate::parse("f:///{+path}").unwrap();
            assert!(template.matches(&format!("f:///{path}")).is_some(), "{path}");
        }
        check("s://q{?a}", "s://q?a=../b", Some(&[("a", "../b")]));
    }

    #[test]
    fn a_bad_template_says_why() {
        for (template, why) in [
            ("noscheme", "no scheme"),
            ("a://{", "no `}`"),
            ("a://}", "no `{`"),
            ("a://{x}}", "no `{`"),
            ("a://{}", "no variable"),
            ("a://{x}/{x}", "twice"),
            ("a://{x}{y}", "nothing between"),
            ("a://{+x}/{+y}", "hold slashes"),
            ("a://{?x}/y", "at the end"),
            ("a://b c", "character"),
            ("a://<b>", "character"),
            ("a://100%", "hexadecimal"),
            ("a://%2", "hexadecimal"),
            ("a://%zz", "hexadecimal"),
            ("a://%{x}", "hexadecimal"),
        ] {
            let error = UriTemplate::parse(template).unwrap_err().to_string();
            assert!(error.contains(why), "{template}: {error}");
        }
    }

    #[test]
    fn what_is_expanded_is_matched_again() {
        let template = UriTemplate::parse("a://{x}/{+y}{?z}").unwrap();
        let values = [("x", "a/b ü%"), ("y", "c/d"), ("z", "&=")];
        let value = |name: &str| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let uri = template.expand(value).unwrap();
        assert_eq!(uri, "a://a%2Fb%20%C3%BC%25/c/d?z=%26%3D");
        let found = template.matches(&uri).unwrap();
        assert_eq!(
            found.iter().map(|(name, value)| (*name, value.as_ref())).collect::<Vec<_>>(),
            values
        );
        assert_eq!(template.expand(|_| None), None);
    }
}
