//! Doc comments become descriptions.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of all `///` lines, without the space after the slashes; nothing when there is no text.
///
/// `#[doc = include_str!("…")]` has no text yet when a macro runs and is left out; `description =
/// include_str!("…")` says the same and works.
pub(crate) fn description(attrs: &[Attribute]) -> Option<String> {
    let text =
        attrs.iter().filter_map(text).map(|text| plain(&text)).collect::<Vec<_>>().join("\n");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

pub(crate) fn is_doc(attr: &Attribute) -> bool {
    attr.path().is_ident("doc")
}

fn text(attr: &Attribute) -> Option<String> {
    match &attr.meta {
        Meta::NameValue(meta) if is_doc(attr) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// One doc attribute as plain text. Only a block comment has line breaks, and its lines may be
/// decorated with a star.
fn plain(text: &str) -> String {
    let decorated = text.contains('\n')
        && text
            .lines()
            .skip(1)
            .map(str::trim_start)
            .all(|line| line.is_empty() || line.starts_with('*'));
    let lines = text.lines().enumerate().map(|(index, line)| {
        let line = line.trim_end();
        let line =
            if decorated && index > 0 { line.trim_start().trim_start_matches('*') } else { line };
        line.strip_prefix(' ').unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    fn check(source: &str, expected: Option<&str>) {
        let found = Attribute::parse_outer.parse_str(source).map(|attrs| description(&attrs));
        assert_eq!(found.ok(), Some(expected.map(str::to_owned)), "{source}");
    }

    #[test]
    fn lines_are_joined() {
        check("/// Add two\n/// numbers", Some("Add two\nnumbers"));
        check("/// Add two\n#[inline]\n///numbers", Some("Add two\nnumbers"));
    }

    #[test]
    fn only_the_first_space_goes() {
        check("/// A list:\n///\n///   * one", Some("A list:\n\n  * one"));
    }

    #[test]
    fn a_block_comment_loses_its_stars() {
        check("/**\n     * Add two\n     * numbers\n     */", Some("Add two\nnumbers"));
        check("/** Add two\n numbers */", Some("Add two\nnumbers"));
    }

    #[test]
    fn nothing_gives_nothing() {
        check("", None);
        check("///", None);
        check("#[doc(hidden)] #[doc = include_str!(\"add.md\")] #[inline]", None);
    }
}
