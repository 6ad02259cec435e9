//! The client, as a handler sees it.

use std::fmt;
use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::capability::Capability;
use super::{Elicit, ElicitUrl, ListRoots, Sample, SamplingMessage};
use crate::call::Call;

/// Asks the client: its user, its model, and which folders it works on.
///
/// A parameter of this type is filled in, not asked for. A handler asks and awaits the answer, in every revision:
///
/// ```
/// use minimcp::{tool, Client, Error};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct Seat {
///     /// The row, counted from the front
///     #[schemars(range(min = 1, max = 40))]
///     row: u8,
///     window: bool,
/// }
///
/// /// Book a flight
/// #[tool]
/// async fn book(flight: &str, client: Client) -> Result<String, Error> {
///     let seat: Seat = client.elicit("Which seat?").await?;
///     let name: String = client.elicit("In which name?").await?;
///     Ok(format!("{flight}, row {} for {name}", seat.row))
/// }
/// ```
///
/// # How questions travel
///
/// Up to 2025-11-25 a question is a request to the client, on the connection or the stream of the call, and the handler
/// waits. From 2026-07-28 on a server sends no requests (Multi Round-Trip Requests): when the handler has to wait for an
/// answer, the call ends with the questions, and the client calls again with the answers. **The handler then runs again
/// from its top**, and every question that is answered returns at once. Nothing is kept on the server: what was answered
/// travels with the client, sealed ([`MiniMcp::seal_keys`](crate::MiniMcp::seal_keys)), and is bound to the caller, the
/// handler and the arguments. So
///
/// * what has an effect and comes before a question belongs into [`once`](Self::once), or it happens again;
/// * questions have to be the same when the handler runs again, and in the same order, or have a key. An answer is never
///   taken for another question: one that changed is asked again;
/// * questions that are awaited together, with `tokio::join!`, are one round.
///
/// A client that did not declare that it can be asked is not asked: the error is -32021 from 2026-07-28 on, and one
/// that the model reads before; `can_elicit` and its like tell beforehand.
///
/// # Tasks and threads
///
/// A task that a handler spawns may ask with a clone of it; when the call ends, whoever still waits gets an error. A blocking
/// handler waits with `tokio::runtime::Handle::current().block_on(client.elicit(…))`, and keeps its place meanwhile.
/// Completers have no way to the client: there every question is an error.
///
/// # Limits
///
/// A client may take [`answer_timeout`](crate::MiniMcp::answer_timeout) to answer, 10 minutes unless it is said. While
/// the handler waits, it is not taken for silent, and its place under the limits is free for others.
#[derive(Clone)]
pub struct Client {
    call: Call,
}

impl Client {
    pub(crate) fn of(call: &Call) -> Self {
        call.asking().engage();
        Self { call: call.clone() }
    }

    /// Asks the user to fill in a form (2025-06-18 and later, Elicitation).
    ///
    /// The type says what is asked for: a struct of plain values, one field of the form for each of its own, or a single
    /// value. Its JSON schema is the form, with descriptions, ranges, lengths, formats and defaults; a form is flat, and
    /// has strings, numbers, booleans, choices (unit enums) and lists of choices. An answer that does not fit is asked
    /// for again, with what was wrong.
    ///
    /// Never ask for passwords or the like this way: see [`elicit_url`](Self::elicit_url).
    ///
    /// ```
    /// use minimcp::{tool, Client, Elicited, Error};
    ///
    /// /// Delete everything
    /// #[tool(destructive)]
    /// async fn purge(client: Client) -> Result<&'static str, Error> {
    ///     match client.elicit::<bool>("Really everything?").response().await? {
    ///         Elicited::Accepted(true) => Ok("deleted"),
    ///         Elicited::Accepted(false) | Elicited::Declined | Elicited::Cancelled => Ok("kept"),
    ///     }
    /// }
    /// ```
    #[must_use = "a question is asked when it is awaited"]
    pub fn elicit<T>(&self, message: impl Into<String>) -> Elicit<T> {
        Elicit::new(self.call.clone(), message.into())
    }

    /// Asks the user to open a page, for what must not pass through the client: credentials, payments (2025-11-25 and
    /// later, URL Mode Elicitation). See [`ElicitUrl`].
    #[must_use = "a question is asked when it is awaited"]
    pub fn elicit_url(&self, message: impl Into<String>, url: impl Into<String>) -> ElicitUrl {
        ElicitUrl::new(self.call.clone(), message.into(), url.into())
    }

    /// Asks the client's model (Sampling; deprecated from 2026-07-28 on). See [`Sample`].
    ///
    /// ```
    /// use minimcp::{tool, Client, Error};
    ///
    /// /// Sum up a text
    /// #[tool]
    /// async fn sum_up(text: &str, client: Client) -> Result<String, Error> {
    ///     let answer = client.sample(format!("Sum up in one sentence:\n{text}")).max_tokens(200).await?;
    ///     Ok(answer.to_text())
    /// }
    /// ```
    #[must_use = "a question is asked when it is awaited"]
    pub fn sample(&self, message: impl Into<SamplingMessage>) -> Sample {
        Sample::new(self.call.clone(), message.into())
    }

    /// Asks which folders the client works on (Roots; deprecated from 2026-07-28 on). See [`ListRoots`].
    #[must_use = "a question is asked when it is awaited"]
    pub fn roots(&self) -> ListRoots {
        ListRoots::new(self.call.clone())
    }

    /// Runs a step that must not run again when the handler does: its result is kept until the call ends, under a key
    /// that no other step of the handler has. A step that fails is not kept.
    ///
    /// The result travels with the client, sealed, so it is as large as it need be and no larger; see
    /// [`MiniMcp::request_state_limit`](crate::MiniMcp::request_state_limit). A client that sends the same state twice
    /// starts from it twice: what must never happen twice at all needs a record of the server's own.
    ///
    /// ```
    /// use minimcp::{tool, Client, Error};
    ///
    /// # async fn reserve() -> Result<u64, Error> { Ok(1) }
    /// /// Buy a ticket
    /// #[tool]
    /// async fn buy(client: Client) -> Result<String, Error> {
    ///     let reservation = client.once("reserve", || reserve()).await?;
    ///     let name: String = client.elicit("For whom?").await?;
    ///     Ok(format!("{reservation} for {name}"))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The step's own.
    pub async fn once<T, E, F>(&self, key: &str, step: impl FnOnce() -> F + Send) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, E>>,
    {
        let known = self.call.asking().step(key);
        if let Some(known) = known.and_then(|known| serde_json::from_str(known.get()).ok()) {
            return Ok(known);
        }
        let result = step().await?;
        match serde_json::value::to_raw_value(&result) {
            Ok(json) => self.call.asking().remember_step(key, json),
            Err(error) => {
                tracing::error!(%error, key, "the result of a step cannot be kept; it may run again");
            }
        }
        Ok(result)
    }

    /// Whether the client takes forms.
    #[must_use]
    pub fn can_elicit(&self) -> bool {
        Capability::Form.is_declared(&self.call)
    }

    /// Whether the client opens pages.
    #[must_use]
    pub fn can_elicit_url(&self) -> bool {
        Capability::Url.is_declared(&self.call)
    }

    /// Whether the client's model can be asked.
    #[must_use]
    pub fn can_sample(&self) -> bool {
        Capability::Sampling.is_declared(&self.call)
    }

    /// Whether the client tells which folders it works on.
    #[must_use]
    pub fn can_list_roots(&self) -> bool {
        Capability::Roots.is_declared(&self.call)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Client").field(&self.call).finish()
    }
}
