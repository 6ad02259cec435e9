//! What the expansions of the attributes name. Nothing here is for people, and all of it may change at any time.

pub use crate::args::{
    AnySlot, Context, Field, Input, Slot, TextSlot, Unfit, has_length, in_range,
};
#[cfg(feature = "pattern")]
pub use crate::args::{Pattern, matches};
pub use crate::definition::{Handler, Handlers, Kind, Named};
pub use crate::output::{
    HandlerError, Outcome, OutputSchemaOf, Returned, Returns, ViaOutcome, ViaOutput, ViaPlain,
};
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

/// What `#[tool(task)]` says.
#[cfg(feature = "tasks")]
#[macro_export]
#[doc(hidden)]
macro_rules! __task {
    ($required:literal) => {
        $required
    };
}

/// What `#[tool(task)]` says.
#[cfg(not(feature = "tasks"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __task {
    ($required:literal) => {
        compile_error!("`task` needs the feature `tasks` of `minimcp`: `minimcp = { version = \"…\", features = [\"tasks\"] }`")
    };
}

pub use crate::__task as task;

/// What `scopes(…)` says.
#[cfg(feature = "auth")]
#[macro_export]
#[doc(hidden)]
macro_rules! __scopes {
    ($scopes:expr) => {
        $scopes
    };
}

/// What `scopes(…)` says: without the feature a handler is made by nobody, as nobody would look at what it needs.
#[cfg(not(feature = "auth"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __scopes {
    ($scopes:expr) => {
        compile_error!("`scopes` needs the feature `auth` of `minimcp`: `minimcp = { version = \"…\", features = [\"auth\"] }`")
    };
}

pub use crate::__scopes as scopes;

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
    number: usize,
    kind: Kind,
    name: &'static str,
    uri: &'static str,
}

/// The entry of a handler, with its number in the list; conditions may leave gaps.
#[must_use]
pub const fn entry<H: Named>(number: usize) -> ListEntry {
    ListEntry { number, kind: H::KIND, name: H::NAME, uri: H::URI }
}

/// Compares the entry of a number with those before it.
///
/// # Panics
///
/// If one of them has its name or its URI. The compiler shows the panic at the caller, which is the path of the handler
/// in the list.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant reports a mistake")]
pub const fn distinct(entries: &[ListEntry], number: usize) {
    let mut rest = entries;
    let mut own = None;
    // From the end: first the entry itself is found, then come those before it.
    while let [before @ .., entry] = rest {
        rest = before;
        match own {
            None if entry.number == number => own = Some(entry),
            None => {}
            Some(own) if own.kind as u8 != entry.kind as u8 => {}
            Some(own) if equal(own.name, entry.name) => {
                let message = Message::new("two handlers of this list have the name `");
                message.and(own.name).and("`; give one another with `name = …").panic()
            }
            Some(own) if !own.uri.is_empty() && equal(own.uri, entry.uri) => {
                Message::new("two resources of this list have the URI `").and(own.uri).panic()
            }
            Some(_) => {}
        }
    }
}

/// A text that is put together while the compiler runs. What is too long for it is cut.
struct Message {
    text: [u8; 256],
    length: usize,
}

impl Message {
    const fn new(start: &str) -> Self {
        Self { text: [0; 256], length: 0 }.and(start)
    }

    #[allow(clippy::indexing_slicing, reason = "both indices are checked")]
    const fn and(mut self, part: &str) -> Self {
        let mut index = 0;
        while index < part.len() && self.length < self.text.len() {
            self.text[self.length] = part.as_bytes()[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    #[track_caller]
    #[allow(clippy::panic, reason = "this is how a constant reports a mistake")]
    const fn panic(self) -> ! {
        let this = self.and("`");
        match std::str::from_utf8(this.text.split_at(this.length).0) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("two handlers of this list have one name"),
        }
    }
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
