//! A handler that obeys every rule. Only `check` makes one, so `expand` has nothing left to refuse.

use syn::{Expr, LitStr, Type};

use crate::attr::{HandlerKeys, PromptKeys, ResourceKeys, ToolKeys};
use crate::function::Function;

/// Which macro was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Tool,
    Prompt,
    Resource,
}

pub(crate) struct Handler {
    pub(crate) function: Function,
    /// The name that clients use.
    pub(crate) name: LitStr,
    /// From the attribute, or else from the doc comment.
    pub(crate) description: Option<Expr>,
    pub(crate) kind: Kind,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Output,
}

#[expect(
    clippy::large_enum_variant,
    reason = "there is one per use of a macro, and it never moves far"
)]
pub(crate) enum Kind {
    Tool(ToolKeys),
    Prompt(PromptKeys),
    Resource(LitStr, ResourceKeys),
}

pub(crate) struct Parameter {
    /// The name that clients use.
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) shape: Shape,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) range: Option<Expr>,
    pub(crate) length: Option<Expr>,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) header: Option<LitStr>,
    pub(crate) completer: Option<Completer>,
    pub(crate) source: Source,
}

/// How a parameter is written.
pub(crate) enum Shape {
    /// `&str`, which borrows from the message where it can. The type is kept for its span.
    Text(Type),
    /// Any owned type: an argument or an injected value, the type itself says which.
    Owned(Type),
}

/// Where an argument's value may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The arguments of the call, or a variable of the template.
    Client,
    /// Nowhere: the template of the resource has no such variable, so the type has to be an
    /// injected one.
    Injection,
}

/// What stands in for an absent argument.
pub(crate) enum DefaultValue {
    /// `default`: the `Default` of the type.
    OfType,
    /// `default = expr`
    Expr(Expr),
}

/// Who completes an argument.
pub(crate) enum Completer {
    /// `complete`: the values that the type has.
    OfType,
    /// `complete = function`, or a list
    Expr(Expr),
}

/// What the function returns.
pub(crate) struct Output {
    pub(crate) whole: Type,
    /// What a message about the success points at: the type inside of a spelled `Result`. That it
    /// is spelled so matters for nothing else.
    pub(crate) success: Type,
    /// The same for the error.
    pub(crate) failure: Type,
}

impl Target {
    /// The attribute for a message.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Target::Tool => "#[tool]",
            Target::Prompt => "#[prompt]",
            Target::Resource => "#[resource]",
        }
    }

    /// The attribute of a handler that blocks, for a message.
    pub(crate) fn blocking_attribute(self) -> &'static str {
        match self {
            Target::Tool => "#[tool(blocking)]",
            Target::Prompt => "#[prompt(blocking)]",
            Target::Resource => "#[resource(\"…\", blocking)]",
        }
    }
}

impl Kind {
    pub(crate) fn target(&self) -> Target {
        match self {
            Kind::Tool(_) => Target::Tool,
            Kind::Prompt(_) => Target::Prompt,
            Kind::Resource(..) => Target::Resource,
        }
    }

    pub(crate) fn handler_keys(&self) -> &HandlerKeys {
        match self {
            Kind::Tool(keys) => &keys.handler,
            Kind::Prompt(keys) => &keys.handler,
            Kind::Resource(_, keys) => &keys.handler,
        }
    }
}

impl Handler {
    pub(crate) fn blocking(&self) -> bool {
        self.kind.handler_keys().blocking.is_some()
    }
}

impl Parameter {
    pub(crate) fn ty(&self) -> &Type {
        match &self.shape {
            Shape::Text(ty) | Shape::Owned(ty) => ty,
        }
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.shape, Shape::Text(_))
    }
}
