//! Running a task: from the call to its end, whoever ends it.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{pending, poll_fn};
use std::sync::Arc;

use serde_json::value::RawValue;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep;
use tracing::Instrument as _;

use super::begin::Seat;
use super::desk::{Desk, topic};
use super::state::{State, Status};
use crate::boxed::BoxFuture;
use crate::bus::{Bus, Subscription};
use crate::call::Call;
use crate::error::Error;
use crate::extension::{ToolAnswer, ToolCall};
use crate::observe::{Counted, What, log};
use crate::protocol::json::object;
use crate::protocol::types::encode_meta;
use crate::protocol::types::tool_result::CallToolResult;
use crate::protocol::version::ProtocolVersion;
use crate::seal::unguessable;

/// Rings when the task was changed, here or elsewhere; gives nothing when it will not ring any more. It is kept until it
/// rings, since a bus may lose what it says to a future that is dropped.
type Bell = BoxFuture<'static, Option<Box<dyn Subscription>>>;

type Running = BoxFuture<'static, Result<CallToolResult, Error>>;

/// Answers a call with a task, at once or when its handler says so.
pub(super) async fn take<S: Send + Sync + 'static>(
    desk: Arc<Desk>,
    taken: ToolCall<S>,
) -> Result<ToolAnswer, Error> {
    let call = taken.call().clone();
    let taken = Arc::new(taken);
    let mut running: Running = {
        let taken = Arc::clone(&taken);
        Box::pin(async move { taken.run().await })
    };
    let seat = taken.tool().begins().then(Seat::new);
    if let Some(seat) = &seat {
        call.attach(seat.clone());
        tokio::select! {
            biased;
            result = &mut running => return Ok(result?.into()),
            () = seat.wanted.notified() => {}
        }
    }
    let (task, bell, state) = InBackground::open(desk, &taken, call.clone()).await?;
    let seed = state.seed(&task.id);
    taken.detach();
    call.asking().go_on_in_task();
    if let Some(seat) = seat {
        seat.begun.send_replace(true);
    }
    let seen = task.see_through(bell, running, move |result| encode(&taken, result));
    // What the handler says in the background is part of the call that began it.
    tokio::spawn(seen.in_current_span());
    Ok(ToolAnswer::of_type("task", seed))
}

/// A task of this process.
struct InBackground {
    id: String,
    desk: Arc<Desk>,
    bus: Arc<dyn Bus>,
    call: Call,
    _place: OwnedSemaphorePermit,
    _counted: Counted,
}

impl InBackground {
    async fn open<S: Send + Sync + 'static>(
        desk: Arc<Desk>,
        taken: &ToolCall<S>,
        call: Call,
    ) -> Result<(Self, Bell, State), Error> {
        let place = desk.place()?;
        let id = unguessable();
        let bus = Arc::clone(taken.server.news());
        let bell = hear(bus.subscribe(vec![topic(&id)]).await?);
        let state = desk.open(&id, taken.server.principal_of(taken.scope())).await?;
        let task = Self { id, desk, bus, call, _place: place, _counted: Counted::one(What::Tasks) };
        Ok((task, bell, state))
    }

    /// Runs the handler until it ends, is cancelled, or the task expires.
    async fn see_through(
        self,
        mut bell: Bell,
        mut running: Running,
        encode: impl Fn(&CallToolResult) -> Box<RawValue> + Send,
    ) {
        let mut expired = std::pin::pin!(sleep(self.desk.ttl));
        let mut delivered = BTreeSet::new();
        loop {
            let call = self.call.clone();
            tokio::select! {
                biased;
                () = &mut expired => return,
                again = &mut bell => {
                    // Where nobody tells of answers and of the end any more, the handler goes on without.
                    bell = again.map_or_else(|| Box::pin(pending()) as Bell, hear);
                    match self.look(&mut delivered).await {
                        Ok(true) => {}
                        Ok(false) => return,
                        Err(error) => log(&error),
                    }
                }
                questions = poll_fn(|context| call.asking().poll_questions(context)) => {
                    let questions = questions.into_iter().map(|(key, method, params)| {
                        (key, encode_question(method, &params))
                    });
                    self.ask(questions.collect(), &delivered).await;
                }
                result = &mut running => return self.finish(result, encode).await,
            }
        }
    }

    /// Looks what was changed; gives whether the handler should go on.
    async fn look(&self, delivered: &mut BTreeSet<String>) -> Result<bool, Error> {
        let Some(record) = self.desk.find(&self.id).await? else { return Ok(false) };
        let state = State::read(&record)?;
        for (key, answer) in state.answers {
            if delivered.insert(key.clone()) {
                self.call.asking().answer(&key, answer);
            }
        }
        Ok(!state.status.is_final())
    }

    async fn ask(&self, questions: BTreeMap<String, Box<RawValue>>, delivered: &BTreeSet<String>) {
        self.change(|state| {
            state.answers.retain(|key, _| !delivered.contains(key));
            let mut open = questions.clone();
            // What was answered meanwhile, and is on its way to the handler.
            open.retain(|key, _| !state.answers.contains_key(key));
            state.ask(open);
        })
        .await;
    }

    async fn finish(
        &self,
        result: Result<CallToolResult, Error>,
        encode: impl Fn(&CallToolResult) -> Box<RawValue>,
    ) {
        let (result, error) = match result {
            Ok(result) => (Some(encode(&result)), None),
            Err(error) => {
                log(&error);
                (None, Some(error))
            }
        };
        self.change(|state| match &error {
            None => {
                state.end(Status::Completed);
                state.result.clone_from(&result);
            }
            Some(error) => {
                state.end(Status::Failed);
                state.message = Some(error.public_message().to_owned());
                state.error = Some(encode_error(error));
            }
        })
        .await;
    }

    async fn change(&self, mut change: impl FnMut(&mut State)) {
        let changed = match self.desk.find(&self.id).await {
            Ok(Some(record)) => {
                let change = |state: &mut State| {
                    change(state);
                    true
                };
                self.desk.change(record, &self.bus, change).await
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = changed {
            log(&error);
        }
    }
}

fn hear(mut subscription: Box<dyn Subscription>) -> Bell {
    Box::pin(async move { subscription.next().await.map(|_| subscription) })
}

/// The result as the request would have been answered with it.
fn encode<S>(taken: &ToolCall<S>, result: &CallToolResult) -> Box<RawValue> {
    raw(object(|object| {
        object.member("resultType", "complete");
        result.encode(object, ProtocolVersion::LATEST, taken.tool.wraps_output());
        encode_meta(object, result.meta.as_ref());
    }))
}

fn encode_question(method: &str, params: &RawValue) -> Box<RawValue> {
    raw(object(|object| {
        object.member("method", method).raw("params", params.get());
    }))
}

fn encode_error(error: &Error) -> Box<RawValue> {
    raw(object(|object| {
        object.member("code", &error.code()).member("message", error.public_message());
        if let Some(data) = error.data() {
            object.raw("data", data);
        }
    }))
}

fn raw(json: Vec<u8>) -> Box<RawValue> {
    let text = String::from_utf8(json).unwrap_or_default();
    RawValue::from_string(text).unwrap_or_default()
}
