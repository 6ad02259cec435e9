//! `#[prompt(…)]`

use syn::LitBool;

use super::common::Common;
use super::entry::{Entry, Keys};

#[derive(Default)]
pub(crate) struct PromptKeys {
    pub(crate) common: Common,
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
        "blocking",
        "deny_unknown",
    ];

    fn read(&mut self, key: &str, entry: &Entry) -> syn::Result<()> {
        match key {
            "deny_unknown" => self.deny_unknown = Some(entry.flag()?),
            _ => self.common.read(key, entry)?,
        }
        Ok(())
    }
}
