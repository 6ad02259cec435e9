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
            "blocking" => self.blocking = entry.flag()?.value.then(|| entry.key.clone()),
            _ => {
                return Err(entry.error(format!("the key `{key}` is listed, but nothing reads it")));
            }
        }
        Ok(())
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
