//! The URI of a resource: fixed text, or a template with variables.

/// The variables of a URI that the runtime can match; none when the URI is fixed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) variables: Vec<String>,
}

impl Template {
    /// Reads `scheme:…` with `{name}`, `{+name}` and, at the end, `{?a,b}`.
    ///
    /// # Errors
    ///
    /// One sentence about the first thing that is wrong, to be put on the literal.
    pub(crate) fn parse(uri: &str) -> Result<Template, String> {
        check_scheme(uri)?;
        let mut template = Template { variables: Vec::new() };
        let mut has_slashes = false;
        let mut rest = uri;
        while let Some((literal, inner, behind)) = next_variable(rest)? {
            if let Some(names) = inner.strip_prefix('?') {
                if !behind.is_empty() {
                    return Err(format!(
                        "`{{{inner}}}` reads the query, so it has to be the end of the template"
                    ));
                }
                for name in names.split(',') {
                    template.add(name, inner)?;
                }
            } else {
                if literal.is_empty() && !template.variables.is_empty() {
                    return Err(format!(
                        "`{{{inner}}}` follows another variable directly, so nothing says where \
                         that one ends; put some text between them"
                    ));
                }
                if inner.starts_with('+') && std::mem::replace(&mut has_slashes, true) {
                    return Err(format!(
                        "`{{{inner}}}` is the second variable that may have slashes, so nothing \
                         says where the first one ends"
                    ));
                }
                template.add(inner.strip_prefix('+').unwrap_or(inner), inner)?;
            }
            rest = behind;
        }
        Ok(template)
    }

    fn add(&mut self, name: &str, inner: &str) -> Result<(), String> {
        if name.is_empty() {
            return Err(format!("`{{{inner}}}` in the template has no name"));
        }
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) {
            return Err(format!(
                "`{{{inner}}}` is not a variable; the forms are `{{name}}` for one segment, \
                 `{{+name}}` for text with slashes and, at the end, `{{?name,other}}` for the query"
            ));
        }
        if self.variables.iter().any(|known| known == name) {
            return Err(format!("the template has two variables `{name}`"));
        }
        self.variables.push(name.to_owned());
        Ok(())
    }
}

/// Splits at the next `{…}`: the text before it, what is in it, and what follows.
fn next_variable(text: &str) -> Result<Option<(&str, &str, &str)>, String> {
    let Some(brace) = text.find(['{', '}']) else { return Ok(None) };
    let (literal, found) = text.split_at(brace);
    let Some(inner) = found.strip_prefix('{') else {
        return Err("the template has a `}` without a `{` before it".to_owned());
    };
    match inner.split_once('}') {
        Some((inner, behind)) if !inner.contains('{') => Ok(Some((literal, inner, behind))),
        _ => Err("the template has a `{` that is never closed".to_owned()),
    }
}

fn check_scheme(uri: &str) -> Result<(), String> {
    let no_uri_has = |c: &char| c.is_whitespace() || c.is_control() || "<>\"\\^`|".contains(*c);
    if let Some(bad) = uri.chars().find(no_uri_has) {
        return Err(format!("a URI cannot have the character {bad:?}; write it percent-encoded"));
    }
    let is_encoded = |text: &str| {
        text.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    if !uri.split('%').skip(1).all(is_encoded) {
        return Err("a `%` in a URI has two hexadecimal digits after it; write `%25` for the character itself".to_owned());
    }
    let valid = uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'))
    });
    if valid {
        return Ok(());
    }
    Err("the URI of a resource begins with a scheme, such as `math://` or `file://`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(uri: &str, expected: Result<&[&str], &str>) {
        match (Template::parse(uri), expected) {
            (Ok(template), Ok(variables)) => assert_eq!(template.variables, variables, "{uri}"),
            (Err(message), Err(part)) => assert!(message.contains(part), "{uri}: {message}"),
            (found, expected) => assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{uri}"),
        }
    }

    #[test]
    fn fixed() {
        check("math://constants/pi", Ok(&[]));
        check("urn:isbn:0451450523", Ok(&[]));
        check("a+b.c-1:x", Ok(&[]));
    }

    #[test]
    fn variables() {
        check("math://constants/{name}", Ok(&["name"]));
        check("file:///{+path}", Ok(&["path"]));
        check("repo://{owner}/{name}{?branch,depth}", Ok(&["owner", "name", "branch", "depth"]));
        check("{scheme}", Err("begins with a scheme"));
    }

    #[test]
    fn schemes() {
        check("", Err("begins with a scheme"));
        check("constants/pi", Err("begins with a scheme"));
        check("1a://b", Err("begins with a scheme"));
        check("://b", Err("begins with a scheme"));
        check("{a}:b", Err("begins with a scheme"));
    }

    #[test]
    fn characters() {
        check("math://a b", Err("' '"));
        check("math://a\n", Err("'\\n'"));
        check("math://a\u{0}", Err("'\\0'"));
        check("math://<a>", Err("'<'"));
        check("math://a%20b", Ok(&[]));
        check("math://100%", Err("`%25`"));
        check("math://%{a}", Err("`%25`"));
    }

    #[test]
    fn braces() {
        check("math://{name", Err("never closed"));
        check("math://{a{b}}", Err("never closed"));
        check("math://name}", Err("without a `{`"));
        check("math://{a}}", Err("without a `{`"));
    }

    #[test]
    fn names() {
        check("math://{}", Err("has no name"));
        check("math://{+}", Err("has no name"));
        check("math://x{?a,}", Err("has no name"));
        check("math://{a}/{a}", Err("two variables `a`"));
        check("math://{a}{?a}", Err("two variables `a`"));
        check("math://{a:3}", Err("not a variable"));
        check("math://{a*}", Err("not a variable"));
        check("math://{/a}", Err("not a variable"));
        check("math://{a,b}", Err("not a variable"));
    }

    #[test]
    fn order() {
        check("math://{+a}/{+b}", Err("`{+b}` is the second variable that may have slashes"));
        check("math://{a}{b}", Err("`{b}` follows another variable"));
        check("math://{a}{+b}", Err("`{+b}` follows another variable"));
        check("math://x{?a}/y", Err("end of the template"));
        check("math://x{?a}{?b}", Err("end of the template"));
    }
}
