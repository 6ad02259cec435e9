//! Arguments, straight from the message into the handler's parameters.
//!
//! A handler has one slot for each parameter. The arguments object is walked once; each value is read by the slot of
//! its name, in place, and nothing is built in between. Only a value that does not fit is looked at again, to say
//! where and why.

mod absent;
mod check;
mod context;
mod object;
mod problems;
mod read;
mod slot;
mod take;
mod text;

pub(crate) use absent::absent;
#[cfg(feature = "pattern")]
pub use check::{Pattern, matches};
pub use check::{has_length, in_range};
pub use context::Context;
pub(crate) use object::{read_json, value_length, walk};
pub use read::Input;
pub use slot::{AnySlot, Field, Slot, TextSlot};
pub use text::Unfit;
pub(crate) use text::{read_text, read_variables};
