//! `notifications/tasks`: telling those who listen what becomes of their tasks.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;

use serde_json::{Value, json};

use super::desk::{Desk, topic};
use super::state::State;
use crate::boxed::BoxFuture;
use crate::bus::Subscription;
use crate::error::Error;
use crate::extension::{Heard, Teller};
use crate::observe::log;
use crate::outbox::Closed;
use crate::server::MiniMcp;

/// Listens to tasks, `taskIds` of the filter; those that are not the caller's are left out.
pub(super) fn listen<'c, S: Send + Sync + 'static>(
    desk: Arc<Desk>,
    server: &'c MiniMcp<S>,
    scope: &'c S,
    asked: Value,
) -> BoxFuture<'c, Result<Heard, Error>> {
    Box::pin(async move {
        let wrong =
            || Error::invalid_params("`params.notifications.taskIds` has to be an array of ids");
        let ids: BTreeSet<String> = serde_json::from_value(asked).map_err(|_| wrong())?;
        let most = server.options().most_followed();
        if ids.len() > most {
            return Err(Error::invalid_params(format!(
                "`params.notifications.taskIds` has at most {most} ids here"
            )));
        }
        let principal = server.principal_of(scope);
        let mut tasks = Vec::new();
        for id in ids {
            if desk.find(&id).await?.is_some_and(|record| record.principal == principal) {
                tasks.push(id);
            }
        }
        // Before it is looked what the tasks do, so that no change is missed.
        let news = server.news().subscribe(tasks.iter().map(|id| topic(id)).collect()).await?;
        let honoured = (!tasks.is_empty()).then(|| json!(tasks));
        let telling = Box::new(move |teller| -> BoxFuture<'static, _> {
            Box::pin(tell(desk, tasks, news, teller))
        });
        Ok(Heard { honoured, telling })
    })
}

/// Tells what the tasks do now, and then each change.
async fn tell(
    desk: Arc<Desk>,
    tasks: Vec<String>,
    mut news: Box<dyn Subscription>,
    teller: Teller,
) -> Result<(), Closed> {
    for id in &tasks {
        tell_of(&desk, id, &teller).await?;
    }
    while let Some((topic, _)) = news.next().await {
        // A bus may say more than what it was asked for.
        if let Some(id) = topic.strip_prefix("task/").filter(|id| tasks.iter().any(|one| one == id))
        {
            tell_of(&desk, id, &teller).await?;
        }
    }
    pending().await
}

async fn tell_of(desk: &Desk, id: &str, teller: &Teller) -> Result<(), Closed> {
    let state = match desk.find(id).await {
        Ok(Some(record)) => State::read(&record),
        Ok(None) => return Ok(()),
        Err(error) => Err(error),
    };
    match state {
        Ok(state) => teller.tell("notifications/tasks", &state.detail(id)).await,
        Err(error) => {
            log(&error);
            Ok(())
        }
    }
}
