//! What is known of a task, and how clients see it.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::TaskRecord;
use crate::error::Error;
use crate::extension::Members;

/// The content of a [`TaskRecord`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) status: Status,
    pub(super) message: Option<String>,
    created_at: u64,
    updated_at: u64,
    ttl: u64,
    poll_interval: u64,
    /// The questions that wait for an answer, by key, as they are sent: a form is read in the order of its fields.
    pub(super) questions: BTreeMap<String, Box<RawValue>>,
    /// The answers that the handler has not seen, by key.
    pub(super) answers: BTreeMap<String, Box<RawValue>>,
    pub(super) result: Option<Box<RawValue>>,
    pub(super) error: Option<Box<RawValue>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Working,
    InputRequired,
    Completed,
    Failed,
    Cancelled,
}

impl Status {
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

impl State {
    /// A task that begins now; both times are in milliseconds.
    pub(super) fn begun(ttl: u64, poll_interval: u64) -> Self {
        let now = now();
        Self {
            status: Status::Working,
            message: None,
            created_at: now,
            updated_at: now,
            ttl,
            poll_interval,
            questions: BTreeMap::new(),
            answers: BTreeMap::new(),
            result: None,
            error: None,
        }
    }

    pub(super) fn read(record: &TaskRecord) -> Result<Self, Error> {
        serde_json::from_str(&record.content).map_err(|error| {
            Error::internal(format!("a task that was kept makes no sense: {error}"))
        })
    }

    pub(super) fn expires_at(&self) -> u64 {
        self.created_at.saturating_add(self.ttl)
    }

    /// Puts the questions in place of those before.
    pub(super) fn ask(&mut self, questions: BTreeMap<String, Box<RawValue>>) {
        self.questions = questions;
        self.wait_or_work();
    }

    /// Takes the answers to questions that wait for one; gives whether there was any.
    pub(super) fn answer(&mut self, answers: BTreeMap<String, Box<RawValue>>) -> bool {
        let mut any = false;
        for (key, answer) in answers {
            if self.questions.remove(&key).is_some() {
                self.answers.insert(key, answer);
                any = true;
            }
        }
        self.wait_or_work();
        any
    }

    fn wait_or_work(&mut self) {
        self.status =
            if self.questions.is_empty() { Status::Working } else { Status::InputRequired };
    }

    pub(super) fn end(&mut self, status: Status) {
        self.status = status;
        self.questions.clear();
        self.answers.clear();
    }

    /// Something changed.
    pub(super) fn touch(&mut self) {
        self.updated_at = now().max(self.updated_at);
    }

    /// The task as it is given to who called.
    pub(super) fn seed(&self, id: &str) -> Members {
        let mut task = Members::new();
        put(&mut task, "taskId", id);
        put(&mut task, "status", &self.status);
        if let Some(message) = &self.message {
            put(&mut task, "statusMessage", message);
        }
        put(&mut task, "createdAt", &iso(self.created_at));
        put(&mut task, "lastUpdatedAt", &iso(self.updated_at));
        put(&mut task, "ttlMs", &self.ttl);
        put(&mut task, "pollIntervalMs", &self.poll_interval);
        task
    }

    /// The task with all that there is to say of it now.
    pub(super) fn detail(&self, id: &str) -> Members {
        let mut task = self.seed(id);
        match self.status {
            Status::InputRequired => put(&mut task, "inputRequests", &self.questions),
            Status::Completed => put(&mut task, "result", &self.result),
            Status::Failed => put(&mut task, "error", &self.error),
            Status::Working | Status::Cancelled => {}
        }
        task
    }
}

fn put(task: &mut Members, name: &str, value: &(impl Serialize + ?Sized)) {
    task.insert(name.to_owned(), to_raw_value(value).unwrap_or_default());
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A time as ISO 8601 writes it.
fn iso(milliseconds: u64) -> String {
    let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000);
    // Years that begin in March end with the day that leap years add; 400 of them always have as many days.
    let day = days + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, fraction) = (rest / 1000 % 60, rest % 1000);
    let year = era * 400 + year + later;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_iso_8601() {
        for (milliseconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_001, "2024-02-29T23:59:59.001Z"),
            (1_785_196_800_000, "2026-07-28T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_767_225_599_000, "2025-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(iso(milliseconds), expected);
        }
    }
}
