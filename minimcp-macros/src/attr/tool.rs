//! `#[tool(…)]`

use syn::LitBool;

use super::entry::{Entry, Keys};
use super::handler::HandlerKeys;

#[derive(Default)]
pub(crate) struct ToolKeys {
    pub(crate) handler: HandlerKeys,
    pub(crate) read_only: Option<LitBool>,
    pub(crate) destructive: Option<LitBool>,
    pub(crate) idempotent: Option<LitBool>,
    pub(crate) open_world: Option<LitBool>,
    pub(crate) deny_unknown: Option<LitBool>,
}

impl Keys for ToolKeys {
    const KNOWN: &'static [&'static str] = &[
        "name",
        "title",
        "description",
        "icons",
        "read_only",
        "destructive",
        "idempotent",
        "open_world",
        "meta",
        "timeout",
        "concurrency",
        "queue",
        "blocking",
        "deny_unknown",
    ];

    fn read(&mut self, key: &str, entry: &Entry) -> syn::Result<()> {
        match key {
            "read_only" => self.read_only = Some(entry.flag()?),
            "destructive" => self.destructive = Some(entry.flag()?),
            "idempotent" => self.idempotent = Some(entry.flag()?),
            "open_world" => self.open_world = Some(entry.flag()?),
            "deny_unknown" => self.deny_unknown = Some(entry.flag()?),
            _ => self.handler.read(key, entry)?,
        }
        Ok(())
    }
}
