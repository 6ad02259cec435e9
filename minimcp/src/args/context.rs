//! What a handler's expansion is given for one call.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::object::{read_json, value_length, walk};
use super::problems::Problems;
use super::slot::{AnySlot, Field};
use super::text::Borrowed;
use crate::call::{Call, panicked};
use crate::error::Error;

/// One call, as a handler's expansion sees it.
#[allow(missing_debug_implementations, reason = "it holds the caller's scope")]
pub struct Context<'c, S> {
    pub(crate) call: &'c Call,
    pub(crate) scope: &'c S,
    pub(crate) input: Input<'c>,
    pub(crate) deny_unknown: bool,
    pub(crate) mime_type: Option<&'c str>,
}

/// Where the arguments of a call come from.
#[derive(Debug, Clone)]
pub enum Input<'c> {
    /// The JSON text of an object.
    Json(&'c str),
    /// The JSON text of an object whose strings may stand for values of any type, as in prompts.
    Strings(&'c str),
    /// The variables of a URI.
    Variables(Vec<(&'c str, Cow<'c, str>)>),
}

impl<'c, S> Context<'c, S> {
    /// Reads all arguments into their slots; `fields` and `slots` are parallel.
    ///
    /// # Errors
    ///
    /// One that names every missing argument, every value that does not fit, and, where it matters, the unknown
    /// names and the right ones.
    pub fn read(&self, fields: &[Field], slots: &mut [&mut dyn AnySlot<'c>]) -> Result<(), Error> {
        let mut problems = Problems::default();
        match &self.input {
            Input::Json(object) => {
                let walked = walk(object, |name, value| {
                    let Some((field, slot)) = find(fields, slots, &name) else {
                        problems.unknown(name);
                        return value_length(value);
                    };
                    if value.starts_with("null") && slot_takes_nothing(field, slot) {
                        return Some(4);
                    }
                    match slot.read_json(value) {
                        Ok(length) => Some(length),
                        Err(misfit) => {
                            problems.misfit(field.name, misfit);
                            value_length(value)
                        }
                    }
                });
                walked.ok_or_else(|| Error::invalid_params("`arguments` has to be an object"))?;
            }
            Input::Strings(object) => {
                let walked = walk(object, |name, value| {
                    let Some((field, slot)) = find(fields, slots, &name) else {
                        problems.unknown(name);
                        return value_length(value);
                    };
                    let length = value_length(value)?;
                    let read = match read_json::<Borrowed<'_>>(value) {
                        Ok((text, _)) => slot.read_text(text.0),
                        Err(_) if value.starts_with("null") && slot_takes_nothing(field, slot) => {
                            Ok(())
                        }
                        Err(_) => slot.read_json(value).map(drop),
                    };
                    if let Err(misfit) = read {
                        problems.misfit(field.name, misfit);
                    }
                    Some(length)
                });
                walked.ok_or_else(|| Error::invalid_params("`arguments` has to be an object"))?;
            }
            Input::Variables(variables) => {
                for (name, value) in variables {
                    if let Some((field, slot)) = find(fields, slots, name)
                        && let Err(misfit) = slot.read_text(value.clone())
                    {
                        problems.misfit(field.name, misfit);
                    }
                }
            }
        }
        for (field, slot) in fields.iter().zip(slots) {
            let wanted = field.argument
                && !field.optional
                && !slot.is_filled()
                && !problems.is_about(field.name);
            if wanted && !slot.read_nothing() {
                problems.missing(field.name);
            }
        }
        problems.into_result(fields, self.deny_unknown)
    }

    /// The URI that is read.
    #[must_use]
    pub fn uri(&self) -> &'c str {
        self.call.name()
    }

    /// The media type that the resource declares.
    #[must_use]
    pub fn mime_type(&self) -> Option<&'c str> {
        self.mime_type
    }

    /// Runs a function on the pool for blocking work.
    ///
    /// The call's place under the limits is kept until the function returns, even when nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// When the function panics.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let permits = self.call.take_permits();
        let running = tokio::task::spawn_blocking(move || {
            let _permits = permits;
            catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panicked(&*panic))
        });
        running.await.unwrap_or_else(|_| Err(Error::internal("the blocking pool was shut down")))
    }
}

/// The slot of a name.
fn find<'s, 'de>(
    fields: &'s [Field],
    slots: &'s mut [&mut dyn AnySlot<'de>],
    name: &str,
) -> Option<(&'s Field, &'s mut dyn AnySlot<'de>)> {
    let index = fields.iter().position(|field| field.argument && field.name == name)?;
    let slot: &'s mut dyn AnySlot<'de> = *slots.get_mut(index)?;
    Some((fields.get(index)?, slot))
}

/// Whether an explicit `null` is the same as not sending the argument: its type or its default says so.
fn slot_takes_nothing(field: &Field, slot: &mut dyn AnySlot<'_>) -> bool {
    slot.read_nothing() || field.optional
}
