//! `#[prompt(…)]`

use syn::LitBool;

use super::entry::{Entry, Keys};
use super::handler::HandlerKeys;

#[derive(Default)]
pub(crate) struct PromptKeys {
    pub(crate) handler: HandlerKeys,
    pub(crate) deny_unknown: Option<LitBool>,
}

impl Keys for PromptKeys {
    const KNOWN: &'static [&'static str] = &[
        "name",
        "title",
        "description",
        "icons",
        "meta",
        "timeout",
        "concurrency",
        "queue",
        "scopes",
        "blocking",
        "deny_unknown",
    ];

    fn read(&mut self, key: &str, entry: &Entry) -> syn::Result<()> {
        match key {
            "deny_unknown" => self.deny_unknown = Some(entry.flag()?),
            _ => self.handler.read(key, entry)?,
        }
        Ok(())
    }
}
