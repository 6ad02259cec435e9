//! Handlers in modules, in function bodies, through `use`, with raw identifiers and under conditions.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]

use minimcp::{MiniMcp, handlers, tool};

mod shapes {
    pub(crate) mod round {
        /// The area of a circle
        #[minimcp::tool]
        pub(crate) async fn circle(radius: f64) -> f64 {
            radius * radius * std::f64::consts::PI
        }
    }

    pub(crate) use self::round::circle;
}

use shapes::*;

/// A name that is a keyword
#[tool]
async fn r#type(r#match: &str) -> String {
    r#match.to_owned()
}

/// Replaced by another
#[tool]
#[deprecated]
async fn old() {}

/// There is nothing behind this condition.
#[cfg(any())]
#[tool]
async fn missing() {}

#[tool]
#[cfg(any())]
async fn missing_too() {}

macro_rules! constant {
    ($name:ident: $type:ty = $value:expr) => {
        /// A constant
        #[tool]
        async fn $name(#[arg(default = $value)] value: $type) -> $type {
            value
        }
    };
}

constant!(answer: u8 = 42);

macro_rules! text {
    ($type:ty) => {
        #[tool]
        async fn text(value: $type) -> usize {
            value.len()
        }
    };
}

text!(&str);

fn main() {
    /// Add one
    #[tool]
    async fn inner(a: u64) -> u64 {
        a + 1
    }

    let server: MiniMcp = MiniMcp::new("everywhere").handlers(handlers![
        shapes::round::circle,
        r#type,
        old,
        #[cfg(any())]
        missing,
        #[cfg(any())]
        missing_too,
        answer,
        text,
        inner,
    ]);
    let names: Vec<String> = server.tools().list().iter().map(|tool| tool.tool_name().to_owned()).collect();
    assert_eq!(names, ["circle", "type", "old", "answer", "text", "inner"]);
    let _: MiniMcp = MiniMcp::new("again").handlers(handlers![circle]);
    let _: MiniMcp = MiniMcp::new("empty").handlers(handlers![]);
}
