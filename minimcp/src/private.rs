//! What the expansions of the attributes name. Nothing here is for people, and all of it may change at any time.

pub use crate::args::{
    AnySlot, Context, Field, Input, Slot, TextSlot, Unfit, has_length, in_range,
};
use crate::args::{Length, Number};
#[cfg(feature = "pattern")]
pub use crate::args::{Pattern, matches};
pub use crate::definition::{Handler, Handlers, Kind, Named};
pub use crate::output::{
    HandlerError, Outcome, OutputSchemaOf, Returned, Returns, ViaOutcome, ViaOutput, ViaPlain,
};
use crate::output::{PromptOutput, ResourceOutput, ToolOutput};
use crate::param::FromCall;
pub use crate::param::Parameter;
pub use crate::schema::{DefaultValue, Parameters, ViaNothing, ViaSerialize};

/// The pattern of `#[arg(pattern = …)]`.
#[cfg(feature = "pattern")]
#[macro_export]
#[doc(hidden)]
macro_rules! __pattern {
    ($text:literal) => {{
        static __PATTERN: $crate::__private::Pattern = $crate::__private::Pattern::new($text);
        &__PATTERN
    }};
}

/// The pattern of `#[arg(pattern = …)]`.
#[cfg(not(feature = "pattern"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __pattern {
    ($text:literal) => {
        compile_error!("`pattern` needs the feature `pattern` of `minimcp`: `minimcp = { version = \"…\", features = [\"pattern\"] }`")
    };
}

pub use crate::__pattern as pattern;

/// A type that is a parameter.
pub const fn check_parameter<T: FromCall>() {}

/// A type that a tool returns.
pub const fn check_tool_output<T: ToolOutput<Via>, Via>() {}

/// A type that a prompt returns.
pub const fn check_prompt_output<T: PromptOutput>() {}

/// A type that a resource returns.
pub const fn check_resource_output<T: ResourceOutput<Via>, Via>() {}

/// A type that a handler fails with.
pub const fn check_error<E: HandlerError>() {}

/// A type with `range`.
pub const fn check_range<T: Number>() {}

/// A type with `length`.
pub const fn check_length<T: Length + ?Sized>() {}

/// A type with `header`.
pub const fn check_header<T: HeaderValue + ?Sized>() {}

/// An argument that a header can repeat: a string, an integer or a boolean, or an optional one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be repeated in a header",
    label = "no string, no integer, no boolean, and no `Option` of one",
    note = "only arguments with a short text can be headers (2026-07-28, `x-mcp-header`)"
)]
pub trait HeaderValue {}

macro_rules! header_values {
    ($($type:ty)*) => {
        $(impl HeaderValue for $type {})*
    };
}

header_values! { str &str String bool i8 i16 i32 i64 u8 u16 u32 u64 isize usize }

impl<T: HeaderValue> HeaderValue for Option<T> {}

/// What two handlers of one list must not share.
#[derive(Clone, Copy, Debug)]
pub struct ListEntry {
    kind: Kind,
    name: &'static str,
    uri: &'static str,
}

/// The entry of a handler.
#[must_use]
pub const fn entry<H: Named>() -> ListEntry {
    ListEntry { kind: H::KIND, name: H::NAME, uri: H::URI }
}

/// Whether a handler has the name of one that is listed before it.
#[must_use]
pub const fn clashes<H: Named>(before: &[ListEntry]) -> bool {
    let own = entry::<H>();
    let mut index = 0;
    while index < before.len() {
        #[allow(clippy::indexing_slicing, reason = "the index is below the length")]
        let other = before[index];
        let same_kind = own.kind as u8 == other.kind as u8;
        let same_uri = !own.uri.is_empty() && equal(own.uri, other.uri);
        if same_kind && (equal(own.name, other.name) || same_uri) {
            return true;
        }
        index += 1;
    }
    false
}

const fn equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        #[allow(clippy::indexing_slicing, reason = "the index is below both lengths")]
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}
