//! The completers of one handler.

use serde_json::Value;

use super::completer::{Completer, among};
use crate::call::{Call, HandlerFuture};
use crate::protocol::types::completion::Completion;
use crate::schema::Arguments;

/// Starts a completer for what was typed.
type Start<S> =
    Box<dyn for<'c> Fn(&'c str, &S, &Call) -> HandlerFuture<'c, Completion> + Send + Sync>;

/// The completers of one handler, by the names of the arguments.
pub(crate) struct Completers<S> {
    list: Vec<(String, Start<S>)>,
}

impl<S> Completers<S> {
    /// Sets the completer of an argument, over the one it had.
    pub(crate) fn set<Via>(&mut self, argument: &str, completer: impl Completer<S, Via>) {
        self.put(argument, Box::new(move |typed, scope, call| completer.start(typed, scope, call)));
    }

    /// Completes an argument from a list.
    pub(crate) fn set_list(&mut self, argument: &str, list: Vec<String>) {
        let start = move |typed: &str| among(list.iter().map(String::as_str), typed);
        self.put(argument, Box::new(move |typed, _, _| start(typed)));
    }

    fn put(&mut self, argument: &str, start: Start<S>) {
        self.list.retain(|(name, _)| name != argument);
        self.list.push((argument.to_owned(), start));
    }

    pub(crate) fn get(&self, argument: &str) -> Option<&Start<S>> {
        self.list.iter().find(|(name, _)| name == argument).map(|(_, start)| start)
    }

    /// Something, if any argument has a completer.
    pub(crate) fn is_any(&self) -> Option<()> {
        (!self.list.is_empty()).then_some(())
    }
}

impl<S> Default for Completers<S> {
    fn default() -> Self {
        Self { list: Vec::new() }
    }
}

/// The arguments that complete from their type, and the values that each type has.
///
/// # Panics
///
/// If a type has no list of values.
#[allow(clippy::panic, reason = "a mistake in the program, found at its start")]
pub(crate) fn choices(parameters: &Arguments) -> Vec<(&'static str, Vec<String>)> {
    let asked = parameters.list().iter().filter(|parameter| parameter.completes);
    asked
        .map(|parameter| {
            let mut values = Vec::new();
            collect(&parameters.resolved(parameter), &mut values);
            if values.is_empty() {
                panic!(
                    "`complete` of the argument `{0}` needs an enum of plain names; for other types say who \
                     completes: `complete = function`",
                    parameter.name
                );
            }
            (parameter.name, values)
        })
        .collect()
}

/// The values of a schema: an `enum`, a `const`, or a choice of these. Names with a doc comment are a choice.
fn collect(schema: &Value, values: &mut Vec<String>) {
    let texts = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let texts = texts.chain(schema.get("const"));
    values.extend(texts.filter_map(Value::as_str).map(str::to_owned));
    for key in ["oneOf", "anyOf"] {
        let choices = schema.get(key).and_then(Value::as_array).into_iter().flatten();
        choices.for_each(|choice| collect(choice, values));
    }
    if schema.get("type").is_some_and(|kind| kind == "boolean") {
        values.extend(["true".to_owned(), "false".to_owned()]);
    }
}
