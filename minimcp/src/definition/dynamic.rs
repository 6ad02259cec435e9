//! Handlers that are closures: all arguments as one value.

use std::borrow::Cow;
use std::future::Future;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Run;
use crate::args::{Context, Input, read_variables};
use crate::error::Error;
use crate::output::HandlerError;
use crate::param::Parameter;
use crate::schema::root_schema;

/// What the result of a resource depends on besides the handler.
pub(super) struct About<'c> {
    pub(super) uri: &'c str,
    pub(super) mime_type: Option<&'c str>,
}

/// Runs a closure over the arguments as one value and one value that is filled in.
pub(super) fn run<S, A, P, T, E, F, Fut, R>(
    handler: F,
    finish: impl Fn(T, About<'_>) -> Result<R, Error> + Copy + Send + Sync + 'static,
) -> Run<S, R>
where
    S: Send + Sync + 'static,
    A: DeserializeOwned,
    P: Parameter<S>,
    E: HandlerError,
    F: Fn(A, P) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: 'static,
    R: 'static,
{
    Box::new(move |context: Context<'_, S>| {
        let started = read(&context.input)
            .and_then(|arguments| Ok((arguments, P::make(context.scope, context.call)?)))
            .map(|(arguments, given)| handler(arguments, given));
        Box::pin(async move {
            let output = started?.await.map_err(Error::from_handler)?;
            finish(output, About { uri: context.uri(), mime_type: context.mime_type() })
        })
    })
}

/// Reads the arguments as one value.
fn read<A: DeserializeOwned>(input: &Input<'_>) -> Result<A, Error> {
    match input {
        Input::Json(json) => {
            let mut deserializer = serde_json::Deserializer::from_str(json);
            serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
                let path = error.path().to_string();
                let place = if path == "." { String::new() } else { format!(" `{path}`") };
                Error::arguments(format!("Invalid argument{place}: {}.", error.into_inner()))
            })
        }
        Input::Strings(json) => {
            let members: Map<String, Value> = serde_json::from_str(json)
                .map_err(|error| Error::arguments(format!("Invalid arguments: {error}.")))?;
            let texts = members.into_iter().map(|(name, value)| {
                let text = match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                (Cow::Owned(name), Cow::Owned(text))
            });
            read_variables(texts)
        }
        Input::Variables(variables) => read_variables(
            variables.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())),
        ),
    }
}

/// The schema of the arguments: always an object, as the protocol demands.
pub(super) fn schema<A: JsonSchema>() -> Value {
    let mut schema = root_schema::<A>();
    schema.insert("type".to_owned(), json!("object"));
    schema.entry("properties").or_insert_with(|| json!({}));
    Value::Object(schema)
}
