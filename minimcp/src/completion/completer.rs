//! Who completes an argument.

use std::future::Future;

use super::CompletionOutput;
use crate::call::{Call, HandlerFuture};
use crate::error::Error;
use crate::param::Parameter;
use crate::protocol::types::completion::Completion;

/// Who completes an argument of a prompt or a variable of a template.
///
/// It is a function or a list:
///
/// * an `async fn` that takes what was typed, a `&str` that may be empty, and behind it up to three parameters that
///   are filled in: [`CompletionContext`](crate::CompletionContext) for the arguments that are chosen already,
///   [`Scope`](crate::Scope), [`Call`], or your own [`FromCall`](crate::FromCall). It returns what
///   [`CompletionOutput`] says;
/// * an array or a `&'static` slice of texts; those that begin with what was typed are offered, whatever the case of
///   ASCII letters.
///
/// ```
/// use minimcp::{handlers, prompt, testing::Client, CompletionContext, MiniMcp};
/// use serde_json::json;
///
/// /// The places of a country that begin with what was typed
/// async fn places(typed: &str, context: CompletionContext) -> Vec<&'static str> {
///     let places = match context.argument("country") {
///         Some("Italy") => ["Rome", "Ravenna", "Turin"],
///         _ => ["Paris", "Reims", "Rouen"],
///     };
///     places.into_iter().filter(|place| place.starts_with(typed)).collect()
/// }
///
/// /// Plan a trip
/// #[prompt]
/// async fn trip(
///     #[arg(complete = ["France", "Italy"])] country: &str,
///     #[arg(complete = places)] place: &str,
/// ) -> String {
///     format!("Plan a trip to {place} in {country}.")
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server: MiniMcp = MiniMcp::new("travel").handlers(handlers![trip]);
/// let client = Client::new(&server, ());
/// let countries = client.complete_prompt("trip", ("country", "i"), json!({})).await?;
/// assert_eq!(countries.values(), ["Italy"]);
/// let places = client.complete_prompt("trip", ("place", "R"), json!({ "country": "Italy" })).await?;
/// assert_eq!(places.values(), ["Rome", "Ravenna"]);
/// # Ok(()) }
/// ```
///
/// In `#[arg(complete = …)]` a completer may ask for `Call`, `CompletionContext` and the like, and for each
/// [`Scope<T>`](crate::Scope) that the handler itself asks for, since the handler's signature is all that is known of
/// the scope there. [`Prompt::complete`](crate::Prompt::complete) and [`Resource::complete`](crate::Resource::complete)
/// take any that fits the server.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot complete an argument",
    label = "no completer",
    note = "a completer is an `async fn(&str) -> Vec<String>`, which may have parameters that are filled in behind the text, or a list of texts: `[\"a\", \"b\"]`",
    note = "in `#[arg(complete = …)]` it may ask for a `Scope<T>` if the handler asks for it too"
)]
pub trait Completer<S, Via>: Send + Sync + 'static {
    #[doc(hidden)]
    fn start<'c>(&self, typed: &'c str, scope: &S, call: &Call) -> HandlerFuture<'c, Completion>;
}

/// A function over a text of one lifetime, and what is filled in.
///
/// A completer is one for every lifetime, while its future may borrow the text: a bound on the future can be written for
/// one lifetime only, so it stands here.
#[doc(hidden)]
pub trait CompleteFn<'t, Given> {
    fn call(&self, typed: &'t str, given: Given) -> HandlerFuture<'t, Completion>;
}

macro_rules! completers {
    ($($given:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<'t, F, Fut, $($given),*> CompleteFn<'t, ($($given,)*)> for F
        where
            F: Fn(&'t str, $($given),*) -> Fut,
            Fut: Future + Send + 't,
            Fut::Output: CompletionOutput,
        {
            #[allow(non_snake_case, reason = "the values are called like their types")]
            fn call(&self, typed: &'t str, ($($given,)*): ($($given,)*)) -> HandlerFuture<'t, Completion> {
                let completing = self(typed, $($given),*);
                Box::pin(async move { completing.await.into_completion() })
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, F, $($given),*> Completer<S, ($($given,)*)> for F
        where
            F: for<'t> CompleteFn<'t, ($($given,)*)> + Send + Sync + 'static,
            $($given: Parameter<S>,)*
        {
            #[allow(unused_variables, clippy::unnecessary_wraps, reason = "where nothing is filled in")]
            fn start<'c>(
                &self,
                typed: &'c str,
                scope: &S,
                call: &Call,
            ) -> HandlerFuture<'c, Completion> {
                $(const {
                    assert!(
                        !$given::ARGUMENT,
                        "behind the text a completer takes what is filled in: `CompletionContext`, `Scope<T>`, `Call`",
                    );
                })*
                fn fill<S, $($given: Parameter<S>),*>(
                    scope: &S,
                    call: &Call,
                ) -> Result<($($given,)*), Error> {
                    Ok(($($given::make(scope, call)?,)*))
                }
                match fill::<S, $($given),*>(scope, call) {
                    Ok(given) => self.call(typed, given),
                    Err(error) => Box::pin(std::future::ready(Err(error))),
                }
            }
        }
    };
}

completers! {}
completers! { A }
completers! { A B }
completers! { A B C }

/// The way of lists.
#[doc(hidden)]
#[derive(Debug)]
pub enum Listed {}

impl<S, const N: usize> Completer<S, Listed> for [&'static str; N] {
    fn start<'c>(&self, typed: &'c str, _: &S, _: &Call) -> HandlerFuture<'c, Completion> {
        among(self.iter().copied(), typed)
    }
}

impl<S> Completer<S, Listed> for &'static [&'static str] {
    fn start<'c>(&self, typed: &'c str, _: &S, _: &Call) -> HandlerFuture<'c, Completion> {
        among(self.iter().copied(), typed)
    }
}

/// The texts that begin with what was typed.
pub(super) fn among<'c, 'l>(
    list: impl Iterator<Item = &'l str>,
    typed: &str,
) -> HandlerFuture<'c, Completion> {
    let begins = |text: &&str| {
        text.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
    };
    let completion = Completion::new(list.filter(begins));
    Box::pin(std::future::ready(Ok(completion)))
}
