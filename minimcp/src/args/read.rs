//! Reading all arguments of a call into their slots.

use std::borrow::Cow;

use super::object::{read_json, value_length, walk};
use super::problems::Problems;
use super::slot::{AnySlot, Field, Misfit};
use super::text::Borrowed;
use crate::error::Error;

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

/// Reads all arguments; `fields` and `slots` are parallel.
///
/// # Errors
///
/// One for everything that is wrong.
pub(super) fn read<'c>(
    input: &Input<'c>,
    fields: &[Field],
    slots: &mut [&mut dyn AnySlot<'c>],
    deny_unknown: bool,
) -> Result<(), Error> {
    let mut problems = Problems::default();
    match input {
        Input::Json(object) => read_object(object, read_value, fields, slots, &mut problems)?,
        Input::Strings(object) => read_object(object, read_string, fields, slots, &mut problems)?,
        Input::Variables(variables) => {
            for (name, value) in variables {
                if let Some((_, field, slot)) = find(fields, slots, name)
                    && let Err(misfit) = slot.read_text(value.clone())
                {
                    problems.misfit(field.name, misfit);
                }
            }
        }
    }
    for (field, slot) in fields.iter().zip(slots) {
        let open = field.argument && !slot.is_filled() && !problems.is_about(field.name);
        if open && !field.optional && !slot.read_nothing() {
            problems.missing(field.name);
        }
    }
    problems.into_result(fields, deny_unknown)
}

/// How a slot reads the value at the start of JSON text; gives the length of the value.
type Reader = for<'de> fn(&mut dyn AnySlot<'de>, &'de str) -> Result<usize, Misfit>;

fn read_object<'c>(
    object: &'c str,
    reader: Reader,
    fields: &[Field],
    slots: &mut [&mut dyn AnySlot<'c>],
    problems: &mut Problems<'c>,
) -> Result<(), Error> {
    let mut seen = Seen::default();
    let walked = walk(object, |name, value| {
        let Some((index, field, slot)) = find(fields, slots, &name) else {
            problems.unknown(name);
            return value_length(value);
        };
        // Two readers of one call could otherwise take different ones: a gateway that looks at it, and the handler.
        if seen.again(index) {
            problems.twice(field.name);
            return value_length(value);
        }
        // An explicit `null` is the same as not sending the argument, where its type or its default allows that.
        if value.starts_with("null") && (slot.read_nothing() || field.optional) {
            return value_length(value);
        }
        match reader(slot, value) {
            Ok(length) => Some(length),
            Err(misfit) => {
                problems.misfit(field.name, misfit);
                value_length(value)
            }
        }
    });
    walked.ok_or_else(|| Error::invalid_params("`arguments` has to be an object"))
}

fn read_value<'de>(slot: &mut dyn AnySlot<'de>, json: &'de str) -> Result<usize, Misfit> {
    slot.read_json(json)
}

/// A string is the text of the value; whatever else was sent is the value.
fn read_string<'de>(slot: &mut dyn AnySlot<'de>, json: &'de str) -> Result<usize, Misfit> {
    match read_json::<Borrowed<'de>>(json) {
        Ok((text, length)) => slot.read_text(text.0).map(|()| length),
        Err(_) => slot.read_json(json),
    }
}

/// The slot of a name, and which it is.
fn find<'s, 'de>(
    fields: &'s [Field],
    slots: &'s mut [&mut dyn AnySlot<'de>],
    name: &str,
) -> Option<(usize, &'s Field, &'s mut dyn AnySlot<'de>)> {
    let index = fields.iter().position(|field| field.argument && field.name == name)?;
    let slot: &'s mut dyn AnySlot<'de> = *slots.get_mut(index)?;
    Some((index, fields.get(index)?, slot))
}

/// Which arguments were there already: a bit each, and numbers for those beyond.
#[derive(Default)]
struct Seen {
    first: u64,
    others: Vec<usize>,
}

impl Seen {
    /// Whether it was there before.
    fn again(&mut self, index: usize) -> bool {
        match u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)) {
            Some(bit) => {
                let before = self.first;
                self.first |= bit;
                self.first == before
            }
            None if self.others.contains(&index) => true,
            None => {
                self.others.push(index);
                false
            }
        }
    }
}
