//! The keys that all three kinds of handler have.

use syn::{Expr, Ident, LitStr};

use super::duration::Timeout;
use super::entry::Entry;
use super::value::MetaEntry;

#[derive(Default)]
pub(crate) struct HandlerKeys {
    pub(crate) name: Option<LitStr>,
    pub(crate) title: Option<Expr>,
    pub(crate) description: Option<Expr>,
    pub(crate) icons: Vec<Expr>,
    pub(crate) meta: Vec<MetaEntry>,
    pub(crate) timeout: Option<Timeout>,
    pub(crate) concurrency: Option<Expr>,
    pub(crate) queue: Option<Expr>,
    pub(crate) scopes: Vec<LitStr>,
    /// The key itself, for a message about it.
    pub(crate) blocking: Option<Ident>,
}

impl HandlerKeys {
    pub(crate) fn read(&mut self, key: &str, entry: &Entry) -> syn::Result<()> {
        match key {
            "name" => self.name = Some(entry.name()?),
            "title" => self.title = Some(entry.text()?),
            "description" => self.description = Some(entry.text()?),
            "icons" => self.icons = entry.list("one or more icons", "\"a.png\", …")?,
            "meta" => self.meta = meta(entry)?,
            "timeout" => self.timeout = Some(entry.timeout()?),
            "concurrency" => self.concurrency = Some(entry.positive()?),
            "queue" => self.queue = Some(entry.number()?),
            "scopes" => self.scopes = scopes(entry)?,
            "blocking" => self.blocking = entry.flag()?.value.then(|| entry.key.clone()),
            _ => {
                return Err(entry.error(format!("the key `{key}` is listed, but nothing reads it")));
            }
        }
        Ok(())
    }
}

fn scopes(entry: &Entry) -> syn::Result<Vec<LitStr>> {
    let scopes = entry.list::<LitStr>("the scopes that callers need", "\"issues:write\", …")?;
    let mut seen = Vec::new();
    for scope in &scopes {
        let text = scope.value();
        if let Err(mistake) = check_scope(&text) {
            return Err(syn::Error::new(scope.span(), mistake));
        }
        if seen.contains(&text) {
            return Err(syn::Error::new(scope.span(), format!("\"{text}\" is given twice")));
        }
        seen.push(text);
    }
    Ok(scopes)
}

/// What is wrong with a scope (RFC 6749, section 3.3).
fn check_scope(scope: &str) -> Result<(), &'static str> {
    let fits = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    match scope {
        "" => Err("a scope cannot be empty"),
        "offline_access" => Err(
            "`offline_access` is between client and authorization server, and nothing that a handler needs: leave it out",
        ),
        _ if scope.contains(' ') => {
            Err("a scope has no spaces: write `scopes(\"a\", \"b\")` for two of them")
        }
        _ if !scope.bytes().all(fits) => {
            Err("a scope has visible ASCII characters alone, and neither `\"` nor `\\`")
        }
        _ => Ok(()),
    }
}

fn meta(entry: &Entry) -> syn::Result<Vec<MetaEntry>> {
    let list = entry.list::<MetaEntry>("keys with values", "\"example.com/key\" = 1")?;
    let mut seen = Vec::new();
    for MetaEntry { key, .. } in &list {
        let text = key.value();
        if seen.contains(&text) {
            return Err(syn::Error::new(key.span(), format!("the key \"{text}\" is given twice")));
        }
        seen.push(text);
    }
    Ok(list)
}
