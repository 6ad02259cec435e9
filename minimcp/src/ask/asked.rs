//! A question on its way to the client and back.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::time::timeout;

use super::Questions;
use super::asking::{AskingLimits, Way, over};
use super::question::Question;
use crate::call::Call;
use crate::error::Error;
use crate::protocol::json::Object;

impl Question {
    /// Asks, and reads the answer. One that makes no sense is asked for again where that costs no more than another
    /// round, which a client that makes mistakes has to come back for.
    ///
    /// # Errors
    ///
    /// Those of [`ask`](Self::ask), and that the answer makes no sense.
    pub(super) async fn ask_for<T: DeserializeOwned>(
        &self,
        call: &Call,
        what: &str,
    ) -> Result<T, Error> {
        loop {
            let answer = self.ask(call).await?;
            let problem = match serde_json::from_str(answer.get()) {
                Ok(answer) => return Ok(answer),
                Err(problem) => problem,
            };
            if !matches!(call.asking().way(), Way::Rounds) {
                return Err(Error::tool(format!("{what} makes no sense: {problem}")));
            }
            call.asking().forget(&self.key);
        }
    }

    /// Asks, and waits for the answer: the JSON text of a result.
    ///
    /// # Errors
    ///
    /// That the client cannot be asked, refuses, or takes too long.
    pub(super) async fn ask(&self, call: &Call) -> Result<Box<RawValue>, Error> {
        match (call.asking().way(), call.server()) {
            (Way::Rounds, _) => {
                let _withdrawn = Withdrawn(call, &self.key);
                // A round ends here. A task goes on, and is not silent meanwhile.
                let waiting = call.asking().is_in_task().then(|| call.wait_for_client());
                let answer = poll_fn(|context| call.asking().poll_answer(self, context)).await;
                if let Some(waiting) = waiting {
                    waiting.end().await;
                }
                answer
            }
            (Way::Requests(questions), Some(server)) => {
                self.send(call, questions, server.asking()).await
            }
            (Way::None | Way::Requests(_), _) => Err(Error::tool(
                "the client cannot be asked here: its connection carries no requests of the server",
            )),
        }
    }

    async fn send(
        &self,
        call: &Call,
        questions: &Questions,
        limits: &AskingLimits,
    ) -> Result<Box<RawValue>, Error> {
        if questions.is_gone() {
            return Err(gone());
        }
        let _place =
            limits.requests.try_acquire().map_err(|_| Error::overloaded("asking clients"))?;
        let id = questions.next_id();
        let mut answers = questions.listen(&id).await?;
        let counted = questions.begin();
        if call.outbox().send(self.request(&id)).await.is_err() {
            return Err(Error::tool("the client cannot be asked: it does not listen any more"));
        }
        let mut open = OpenRequest { call, id: &id, answered: false };
        // People take their time: meanwhile the call is not silent, and its place is for others.
        let waiting = call.wait_for_client();
        let cancel = call.cancel();
        let answer = async {
            tokio::select! {
                biased;
                answer = answers.next() => answer.map(|(_, message)| message).ok_or_else(gone),
                // Where a task of the handler's own asks, the question outlives the call that it is of.
                () = cancel.cancelled() => Err(over()),
                () = questions.gone() => Err(gone()),
            }
        };
        let answer = timeout(limits.answer_timeout, answer).await;
        let answer =
            answer.unwrap_or_else(|_| Err(Error::tool("the client did not answer in time")));
        open.answered = answer.is_ok();
        drop((open, counted));
        waiting.end().await;
        read_response(&answer?)
    }

    fn request(&self, id: &str) -> Bytes {
        let mut out = Vec::with_capacity(256);
        let mut object = Object::open(&mut out);
        object.raw("jsonrpc", br#""2.0""#).raw("id", id);
        object.member("method", self.method).raw("params", self.params.get());
        object.close();
        out.into()
    }
}

/// A request that the client is told about when nobody waits for its answer any more.
struct OpenRequest<'q> {
    call: &'q Call,
    id: &'q str,
    answered: bool,
}

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        if !self.answered {
            let mut out = Vec::with_capacity(96);
            let mut object = Object::open(&mut out);
            object.raw("jsonrpc", br#""2.0""#).raw("method", br#""notifications/cancelled""#);
            object.object("params", |params| {
                params.raw("requestId", self.id);
            });
            object.close();
            self.call.outbox().try_send(out);
        }
    }
}

struct Withdrawn<'q>(&'q Call, &'q str);

impl Drop for Withdrawn<'_> {
    fn drop(&mut self) {
        self.0.asking().withdraw(self.1);
    }
}

fn gone() -> Error {
    Error::tool("the client went away without an answer")
}

fn read_response(message: &[u8]) -> Result<Box<RawValue>, Error> {
    #[derive(Deserialize)]
    struct Response {
        result: Option<Box<RawValue>>,
        error: Option<Refusal>,
    }
    #[derive(Deserialize)]
    struct Refusal {
        #[serde(default)]
        message: String,
    }
    match serde_json::from_slice(message) {
        Ok(Response { result: Some(result), error: None }) => Ok(result),
        Ok(Response { error: Some(refusal), .. }) => {
            Err(Error::tool(format!("the client refused: {:.500}", refusal.message)))
        }
        _ => Err(Error::tool("the client's answer makes no sense")),
    }
}

/// A question under construction until it is first polled, and then its answer: the future that builders of questions
/// are.
pub(super) enum Asked<B, T> {
    Building(Option<B>),
    Waiting(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>),
}

impl<B, T> Asked<B, T> {
    /// Changes what is asked, as long as it was not asked.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut B)) {
        if let Self::Building(Some(builder)) = self {
            change(builder);
        }
    }

    pub(super) fn poll<F>(
        &mut self,
        context: &mut Context<'_>,
        start: impl FnOnce(B) -> F,
    ) -> Poll<Result<T, Error>>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if let Self::Building(builder) = self
            && let Some(builder) = builder.take()
        {
            *self = Self::Waiting(Box::pin(start(builder)));
        }
        match self {
            Self::Waiting(answer) => answer.as_mut().poll(context),
            Self::Building(_) => Poll::Pending,
        }
    }
}
