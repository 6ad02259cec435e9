//! `#[tool(…)]`

use syn::{Expr, ExprLit, Lit, LitBool, LitStr};

use super::entry::{Entry, Keys, Value};
use super::handler::HandlerKeys;

#[derive(Default)]
pub(crate) struct ToolKeys {
    pub(crate) handler: HandlerKeys,
    pub(crate) read_only: Option<LitBool>,
    pub(crate) destructive: Option<LitBool>,
    pub(crate) idempotent: Option<LitBool>,
    pub(crate) open_world: Option<LitBool>,
    pub(crate) deny_unknown: Option<LitBool>,
    pub(crate) ui: Option<LitStr>,
    pub(crate) visible_to: Vec<Visibility>,
    pub(crate) task: Option<Task>,
}

/// That calls become tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// `task`: where the client can.
    Optional,
    /// `task = "required"`
    Required,
}

/// Who may call a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Model,
    App,
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
        "scopes",
        "blocking",
        "deny_unknown",
        "ui",
        "visible_to",
        "task",
    ];

    fn read(&mut self, key: &str, entry: &Entry) -> syn::Result<()> {
        match key {
            "read_only" => self.read_only = Some(entry.flag()?),
            "destructive" => self.destructive = Some(entry.flag()?),
            "idempotent" => self.idempotent = Some(entry.flag()?),
            "open_world" => self.open_world = Some(entry.flag()?),
            "deny_unknown" => self.deny_unknown = Some(entry.flag()?),
            "ui" => self.ui = Some(page(entry)?),
            "visible_to" => self.visible_to = visible_to(entry)?,
            "task" => self.task = Some(task(entry)?),
            _ => self.handler.read(key, entry)?,
        }
        Ok(())
    }
}

fn page(entry: &Entry) -> syn::Result<LitStr> {
    let uri = entry.literal()?;
    if !uri.value().starts_with("ui://") {
        return Err(entry.error(
            "the page of a tool is a resource whose URI begins with `ui://`: `ui = \"ui://…\"`",
        ));
    }
    Ok(uri)
}

fn visible_to(entry: &Entry) -> syn::Result<Vec<Visibility>> {
    let mut visible_to = Vec::new();
    for whom in entry.list::<LitStr>("one or both that may call the tool", "\"model\", \"app\"")? {
        let read = match whom.value().as_str() {
            "model" => Visibility::Model,
            "app" => Visibility::App,
            _ => {
                return Err(syn::Error::new(
                    whom.span(),
                    "a tool is visible to \"model\" or \"app\"",
                ));
            }
        };
        if visible_to.contains(&read) {
            return Err(syn::Error::new(
                whom.span(),
                format!("\"{}\" is given twice", whom.value()),
            ));
        }
        visible_to.push(read);
    }
    Ok(visible_to)
}

fn task(entry: &Entry) -> syn::Result<Task> {
    match &entry.value {
        Value::Bare => Ok(Task::Optional),
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) if text.value() == "required" => {
            Ok(Task::Required)
        }
        _ => Err(entry.error(
            "write `task` for calls that become tasks where the client can, and \
             `task = \"required\"` for those that must not be made otherwise",
        )),
    }
}
