//! Asking the user to fill in a form.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::asked::Asked;
use super::capability::Capability;
use super::form::Form;
use super::form_order::Ordered;
use super::question::Question;
use crate::call::Call;
use crate::error::Error;

/// How often an answer that does not fit is asked for in a row.
const ATTEMPTS: usize = 3;

/// A form for the user, asked when it is awaited: [`Client::elicit`](super::Client::elicit).
///
/// Awaiting it gives the answer. A user who declines, or closes the form, is an error that the model reads;
/// [`response`](Self::response) tells them apart.
#[must_use = "a question is asked when it is awaited"]
pub struct Elicit<T> {
    asked: Asked<Builder, Elicited<T>>,
}

/// What the user did with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elicited<T> {
    /// The form was filled in.
    Accepted(T),
    /// The user said no.
    Declined,
    /// The user closed the form without a choice.
    Cancelled,
}

/// A form for the user whose answer may be a refusal: [`Elicit::response`].
#[must_use = "a question is asked when it is awaited"]
pub struct ElicitResponse<T>(Elicit<T>);

struct Builder {
    call: Call,
    key: Option<String>,
    message: String,
    schema: Option<Value>,
}

impl<T> Elicit<T> {
    pub(super) fn new(call: Call, message: String) -> Self {
        Self { asked: Asked::Building(Some(Builder { call, key: None, message, schema: None })) }
    }

    /// What the question is called from 2026-07-28 on, where clients see it; unique in its handler. Questions without a
    /// key are called by their kind and their place, `elicitation-1`.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.asked.change(|builder| builder.key = Some(key.into()));
        self
    }

    /// The form as a JSON schema of one's own, an object whose properties are plain values, instead of the type's.
    ///
    /// ```
    /// use minimcp::{tool, Client, Error};
    /// use serde_json::{json, Value};
    ///
    /// /// Choose a colour
    /// #[tool]
    /// async fn colour(client: Client) -> Result<String, Error> {
    ///     let form = json!({ "type": "object", "properties": { "colour": { "type": "string", "enum": ["red", "blue"] } } });
    ///     let answer: Value = client.elicit("Which colour?").schema(form).await?;
    ///     Ok(answer["colour"].to_string())
    /// }
    /// ```
    pub fn schema(mut self, schema: Value) -> Self {
        self.asked.change(|builder| builder.schema = Some(schema));
        self
    }

    /// Awaited, this also gives the answers "no" and none at all.
    pub fn response(self) -> ElicitResponse<T> {
        ElicitResponse(self)
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Elicit<T> {
    fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Result<Elicited<T>, Error>> {
        self.asked.poll(context, Builder::ask)
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Future for Elicit<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_response(context).map(|response| response?.accepted())
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Future for ElicitResponse<T> {
    type Output = Result<Elicited<T>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().0.poll_response(context)
    }
}

// The future inside is behind a pointer of its own.
impl<T> Unpin for Elicit<T> {}

impl<T> Elicited<T> {
    /// The answer.
    ///
    /// # Errors
    ///
    /// That there is none, as the model reads it.
    pub fn accepted(self) -> Result<T, Error> {
        match self {
            Self::Accepted(answer) => Ok(answer),
            Self::Declined => Err(Error::tool("the user declined to answer")),
            Self::Cancelled => Err(Error::tool("the user closed the question without an answer")),
        }
    }
}

impl Builder {
    async fn ask<T: DeserializeOwned + JsonSchema>(self) -> Result<Elicited<T>, Error> {
        let Self { call, key, message, schema } = self;
        Capability::Form.require(&call)?;
        let form = match schema {
            Some(schema) => Form::of_schema(schema),
            None => Form::of::<T>(),
        };
        let form = form.map_err(Error::internal)?;
        let requested_schema = form.schema_in(call.revision()).map_err(Error::tool)?;
        let mut params = Params { message, requested_schema };
        let mut question = Question::new(&call, key, "elicitation/create", &params)?;
        let message = std::mem::take(&mut params.message);
        let mut misfit = String::new();
        for _ in 0..ATTEMPTS {
            let answer = question.ask(&call).await?;
            misfit = match read(&form, answer.get()) {
                Ok(elicited) => return Ok(elicited),
                Err(misfit) => misfit,
            };
            call.asking().forget(&question.key);
            params.message = format!("{message}\n\nThe last answer did not fit: {misfit}");
            question.reword(&params)?;
        }
        Err(Error::tool(format!("the user's answers did not fit: {misfit}")))
    }
}

/// Reads the result of `elicitation/create`.
fn read<T: DeserializeOwned>(form: &Form, answer: &str) -> Result<Elicited<T>, String> {
    let Response { action, content } =
        serde_json::from_str(answer).map_err(|error| error.to_string())?;
    match action {
        Action::Accept => form.read(content).map(Elicited::Accepted),
        Action::Decline => Ok(Elicited::Declined),
        Action::Cancel => Ok(Elicited::Cancelled),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    message: String,
    requested_schema: Ordered,
}

#[derive(Deserialize)]
pub(super) struct Response {
    pub(super) action: Action,
    #[serde(default)]
    content: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    Accept,
    Decline,
    Cancel,
}

impl<T> fmt::Debug for Elicit<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Elicit").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ElicitResponse<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ElicitResponse").finish_non_exhaustive()
    }
}
