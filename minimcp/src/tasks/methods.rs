//! `tasks/get`, `tasks/update` and `tasks/cancel`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::desk::Desk;
use super::state::{State, Status};
use crate::call::HandlerFuture;
use crate::extension::{Members, MethodCall, read_params};

pub(super) type Run<S> = for<'c> fn(Arc<Desk>, MethodCall<'c, S>) -> HandlerFuture<'c, Members>;

/// The state of a task.
pub(super) fn get<S: Send + Sync + 'static>(
    desk: Arc<Desk>,
    call: MethodCall<'_, S>,
) -> HandlerFuture<'_, Members> {
    Box::pin(async move {
        let record = desk.find_of(call.call.name(), &principal(&call)).await?;
        Ok(State::read(&record)?.detail(&record.id))
    })
}

/// Answers to questions of a task.
pub(super) fn update<S: Send + Sync + 'static>(
    desk: Arc<Desk>,
    call: MethodCall<'_, S>,
) -> HandlerFuture<'_, Members> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Update {
        input_responses: BTreeMap<String, Box<RawValue>>,
    }
    Box::pin(async move {
        let update: Update = read_params(call.params)?;
        let record = desk.find_of(call.call.name(), &principal(&call)).await?;
        let bus = call.server.news();
        // It is kept before the client is told, so whoever asks next does not see what was answered.
        desk.change(record, bus, |state| state.answer(update.input_responses.clone())).await?;
        Ok(Members::new())
    })
}

/// Nobody wants the task any more.
pub(super) fn cancel<S: Send + Sync + 'static>(
    desk: Arc<Desk>,
    call: MethodCall<'_, S>,
) -> HandlerFuture<'_, Members> {
    Box::pin(async move {
        let record = desk.find_of(call.call.name(), &principal(&call)).await?;
        desk.change(record, call.server.news(), |state| {
            state.end(Status::Cancelled);
            true
        })
        .await?;
        Ok(Members::new())
    })
}

fn principal<S: 'static>(call: &MethodCall<'_, S>) -> String {
    call.server.principal_of(call.scope)
}
