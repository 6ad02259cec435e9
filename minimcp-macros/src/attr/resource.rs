//! `#[resource("uri", …)]`

use syn::{Expr, LitStr};

use super::duration::Ttl;
use super::entry::{Entry, Keys};
use super::handler::HandlerKeys;

#[derive(Default)]
pub(crate) struct ResourceKeys {
    pub(crate) handler: HandlerKeys,
    pub(crate) mime_type: Option<Expr>,
    pub(crate) size: Option<Expr>,
    pub(crate) priority: Option<f64>,
    pub(crate) audience: Vec<Audience>,
    pub(crate) last_modified: Option<Expr>,
    pub(crate) ttl: Option<Ttl>,
    pub(crate) public: bool,
}

/// For whom the content of a resource is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    User,
    Assistant,
}

impl Keys for ResourceKeys {
    const KNOWN: &'static [&'static str] = &[
        "name",
        "title",
        "description",
        "mime_type",
        "size",
        "priority",
        "audience",
        "last_modified",
        "ttl",
        "public",
        "icons",
        "meta",
        "timeout",
        "concurrency",
        "queue",
        "scopes",
        "blocking",
    ];

    fn read(&mut self, key: &str, entry: &Entry) -> syn::Result<()> {
        match key {
            "mime_type" => self.mime_type = Some(entry.text()?),
            "size" => self.size = Some(entry.number()?),
            "priority" => self.priority = Some(entry.fraction()?),
            "audience" => self.audience = audience(entry)?,
            "last_modified" => self.last_modified = Some(entry.text()?),
            "ttl" => self.ttl = Some(entry.ttl()?),
            "public" => self.public = entry.flag()?.value,
            _ => self.handler.read(key, entry)?,
        }
        Ok(())
    }
}

fn audience(entry: &Entry) -> syn::Result<Vec<Audience>> {
    let mut audience = Vec::new();
    for role in entry.list::<LitStr>("one or both roles", "\"user\", \"assistant\"")? {
        let read = match role.value().as_str() {
            "user" => Audience::User,
            "assistant" => Audience::Assistant,
            _ => {
                return Err(syn::Error::new(
                    role.span(),
                    "an audience is \"user\" or \"assistant\"",
                ));
            }
        };
        if audience.contains(&read) {
            return Err(syn::Error::new(
                role.span(),
                format!("the audience \"{}\" is given twice", role.value()),
            ));
        }
        audience.push(read);
    }
    Ok(audience)
}
