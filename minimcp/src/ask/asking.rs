//! The questions of one call: those that wait for an answer, and the answers that are there.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::Semaphore;

use super::Questions;
use super::question::Question;
use super::state::{Answer, RequestState};
use crate::error::Error;

/// How a call asks its client.
#[derive(Default)]
pub(crate) struct Asking {
    way: Way,
    /// Whether the handler can ask at all; calls that cannot are not looked at any further.
    engaged: AtomicBool,
    /// Most calls ask nothing, and nothing is kept of them.
    open: Mutex<Option<Box<Open>>>,
}

#[derive(Default)]
pub(super) enum Way {
    /// There is no way to the client: a call of the program itself, or a transport that carries nothing back.
    #[default]
    None,
    /// Each question is a request to the client.
    Requests(Arc<Questions>),
    /// The round ends with the questions, and the client calls again with the answers.
    Rounds,
}

/// The bounds on questions; see the options of the same names on the server.
#[derive(Debug, Clone)]
pub(crate) struct AskingLimits {
    pub(crate) answer_timeout: Duration,
    /// The requests to clients that are open at once.
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) rounds: u32,
    pub(crate) state_size: usize,
}

impl Default for AskingLimits {
    fn default() -> Self {
        Self {
            answer_timeout: Duration::from_secs(600),
            requests: Arc::new(Semaphore::new(1000)),
            rounds: 32,
            state_size: 256 * 1024,
        }
    }
}

/// What was asked and answered so far.
#[derive(Default)]
struct Open {
    answers: BTreeMap<String, Known>,
    steps: BTreeMap<String, Box<RawValue>>,
    outstanding: Vec<Outstanding>,
    /// How many questions were given a key by their place.
    numbered: usize,
    rounds: u32,
    /// Who has to look whether the round is over.
    supervisor: Option<Waker>,
    /// The questions go on waiting: the call was answered already, with a task.
    background: bool,
    #[cfg(feature = "tasks")]
    in_task: InTask,
    /// Nobody waits for the handler any more, so no question of its is answered either.
    over: bool,
}

struct Known {
    answer: Box<RawValue>,
    /// What the question was, where that is known.
    fingerprint: Option<u64>,
}

/// A question that waits for its answer.
struct Outstanding {
    key: String,
    /// What the client of a task calls it.
    #[cfg(feature = "tasks")]
    issued: Option<String>,
    method: &'static str,
    params: Box<RawValue>,
    fingerprint: u64,
    asker: Waker,
}

/// The questions with which a round ends, and what has to be remembered of it.
#[derive(Debug)]
pub(crate) struct Round {
    /// By key: the method and the JSON text of the parameters.
    pub(crate) questions: Vec<(String, &'static str, Box<RawValue>)>,
    pub(crate) state: RequestState,
}

impl Asking {
    /// A call that sends its questions to the client.
    pub(crate) fn by_requests(questions: Arc<Questions>) -> Self {
        Self { way: Way::Requests(questions), ..Self::default() }
    }

    /// A call that is one round of several: with what was remembered of those before, and what the client answers now.
    pub(crate) fn by_rounds(
        state: Option<RequestState>,
        responses: BTreeMap<String, Box<RawValue>>,
    ) -> Self {
        if state.is_none() && responses.is_empty() {
            return Self { way: Way::Rounds, ..Self::default() };
        }
        let mut open = Open::default();
        let mut asked = BTreeMap::new();
        if let Some(state) = state {
            open.rounds = state.round;
            open.steps = state.steps;
            asked = state.asked;
            open.answers.extend(state.answers.into_iter().map(|(key, answer)| {
                let Answer { fingerprint, answer } = answer;
                (key, Known { answer, fingerprint: Some(fingerprint) })
            }));
        }
        for (key, answer) in responses {
            let fingerprint = asked.get(&key).copied();
            open.answers.entry(key).or_insert(Known { answer, fingerprint });
        }
        Self {
            way: Way::Rounds,
            engaged: AtomicBool::new(false),
            open: Mutex::new(Some(Box::new(open))),
        }
    }

    pub(super) fn way(&self) -> &Way {
        &self.way
    }

    /// The handler has the means to ask.
    pub(super) fn engage(&self) {
        self.engaged.store(true, Ordering::Release);
    }

    /// The key of a question that was given none: its kind and its place among those.
    pub(super) fn number(&self, kind: &str) -> String {
        let numbered = self.with(|open| {
            open.numbered += 1;
            open.numbered
        });
        format!("{kind}-{numbered}")
    }

    /// The answer to a question, once it is there.
    pub(super) fn poll_answer(
        &self,
        question: &Question,
        context: &Context<'_>,
    ) -> Poll<Result<Box<RawValue>, Error>> {
        self.with(|open| open.poll_answer(question, context))
    }

    /// The answer did not fit: the next one to ask under this key asks anew.
    pub(super) fn forget(&self, key: &str) {
        self.with(|open| open.answers.remove(key));
    }

    /// Nobody waits for this answer any more.
    pub(super) fn withdraw(&self, key: &str) {
        self.with(|open| {
            open.outstanding.retain(|question| question.key != key);
            if let Some(supervisor) = open.supervisor.take() {
                supervisor.wake();
            }
        });
    }

    /// What a step gave in an earlier round.
    pub(super) fn step(&self, key: &str) -> Option<Box<RawValue>> {
        self.with(|open| open.steps.get(key).cloned())
    }

    pub(super) fn remember_step(&self, key: &str, result: Box<RawValue>) {
        self.with(|open| open.steps.insert(key.to_owned(), result));
    }

    /// The questions with which the round is over, if there are any; to be asked whenever the handler has to wait.
    pub(crate) fn round_over(&self, context: &Context<'_>) -> Option<Round> {
        if !self.engaged.load(Ordering::Acquire) || !matches!(self.way, Way::Rounds) {
            return None;
        }
        self.with(|open| open.round_over(context))
    }

    pub(super) fn is_in_task(&self) -> bool {
        self.with(|open| open.background)
    }

    /// The call has ended. Tasks of the handler's own, which nobody drops, learn it from their questions.
    pub(crate) fn end(&self) {
        if !self.engaged.load(Ordering::Acquire) {
            return;
        }
        let outstanding = self.with(|open| {
            open.over = true;
            std::mem::take(&mut open.outstanding)
        });
        outstanding.into_iter().for_each(|one| one.asker.wake());
    }

    fn with<R>(&self, act: impl FnOnce(&mut Open) -> R) -> R {
        act(self.open.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
    }
}

impl Open {
    fn round_over(&mut self, context: &Context<'_>) -> Option<Round> {
        if self.background {
            return None;
        }
        if self.outstanding.is_empty() {
            // A question may be asked in a task of the handler's own.
            self.supervisor = Some(context.waker().clone());
            return None;
        }
        let outstanding = std::mem::take(&mut self.outstanding);
        let asked = outstanding.iter().map(|one| (one.key.clone(), one.fingerprint)).collect();
        // Also those that the handler did not come to see this time; but nothing that was never asked for.
        let answers = std::mem::take(&mut self.answers).into_iter().filter_map(|(key, known)| {
            Some((key, Answer { fingerprint: known.fingerprint?, answer: known.answer }))
        });
        let state = RequestState {
            until: 0,
            round: self.rounds.saturating_add(1),
            answers: answers.collect(),
            asked,
            steps: std::mem::take(&mut self.steps),
        };
        self.over = true;
        let questions = outstanding.into_iter().map(|one| {
            one.asker.wake();
            (one.key, one.method, one.params)
        });
        Some(Round { questions: questions.collect(), state })
    }

    fn poll_answer(
        &mut self,
        question: &Question,
        context: &Context<'_>,
    ) -> Poll<Result<Box<RawValue>, Error>> {
        if self.over {
            return Poll::Ready(Err(over()));
        }
        if let Some(known) = self.answers.get_mut(&question.key) {
            if known.fingerprint.is_none_or(|of| of == question.fingerprint) {
                known.fingerprint = Some(question.fingerprint);
                return Poll::Ready(Ok(known.answer.clone()));
            }
            // It answers another question than this one, which took its place.
            self.answers.remove(&question.key);
        }
        match self.outstanding.iter_mut().find(|other| other.key == question.key) {
            Some(same) if same.fingerprint == question.fingerprint => {
                same.asker.clone_from(context.waker());
            }
            Some(_) => {
                return Poll::Ready(Err(Error::internal(format!(
                    "two questions are asked under the key `{}` at once",
                    question.key
                ))));
            }
            None => {
                self.outstanding.push(Outstanding {
                    key: question.key.clone(),
                    #[cfg(feature = "tasks")]
                    issued: None,
                    method: question.method,
                    params: question.params.clone(),
                    fingerprint: question.fingerprint,
                    asker: context.waker().clone(),
                });
                if let Some(supervisor) = self.supervisor.take() {
                    supervisor.wake();
                }
            }
        }
        Poll::Pending
    }
}

/// What a question gets whose call has ended.
pub(super) fn over() -> Error {
    Error::tool("the call is over, and nobody is asked any more")
}

impl fmt::Debug for Asking {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engaged = self.engaged.load(Ordering::Relaxed);
        formatter.debug_struct("Asking").field("engaged", &engaged).finish_non_exhaustive()
    }
}

/// The questions of a task.
#[cfg(feature = "tasks")]
#[derive(Default)]
struct InTask {
    /// How often a key was given out: none is given out twice.
    issued: BTreeMap<String, usize>,
    /// The questions that were told last.
    told: Vec<String>,
}

#[cfg(feature = "tasks")]
impl Asking {
    /// The call was answered with a task: its questions wait from now on.
    pub(crate) fn go_on_in_task(&self) {
        self.with(|open| open.background = true);
    }

    /// All questions that wait for an answer, each time that they change: key, method, parameters.
    pub(crate) fn poll_questions(
        &self,
        context: &Context<'_>,
    ) -> Poll<Vec<(String, &'static str, Box<RawValue>)>> {
        self.with(|open| open.poll_questions(context))
    }

    /// Brings an answer to its question, if that still waits.
    pub(crate) fn answer(&self, issued: &str, answer: Box<RawValue>) {
        self.with(|open| open.answer(issued, answer));
    }
}

#[cfg(feature = "tasks")]
impl Open {
    fn poll_questions(
        &mut self,
        context: &Context<'_>,
    ) -> Poll<Vec<(String, &'static str, Box<RawValue>)>> {
        let Self { outstanding, in_task, supervisor, .. } = self;
        let mut questions = Vec::with_capacity(outstanding.len());
        for question in outstanding {
            let key = question.issued.get_or_insert_with(|| in_task.issue(&question.key));
            questions.push((key.clone(), question.method, question.params.clone()));
        }
        if in_task.told.iter().eq(questions.iter().map(|(key, ..)| key)) {
            *supervisor = Some(context.waker().clone());
            return Poll::Pending;
        }
        in_task.told = questions.iter().map(|(key, ..)| key.clone()).collect();
        Poll::Ready(questions)
    }

    fn answer(&mut self, issued: &str, answer: Box<RawValue>) {
        let place = self.outstanding.iter().position(|one| one.issued.as_deref() == Some(issued));
        let Some(place) = place else { return };
        let question = self.outstanding.remove(place);
        let fingerprint = Some(question.fingerprint);
        self.answers.insert(question.key, Known { answer, fingerprint });
        question.asker.wake();
    }
}

#[cfg(feature = "tasks")]
impl InTask {
    /// The key of a question as the client gets it: that of the handler, the first time.
    fn issue(&mut self, key: &str) -> String {
        let times = self.issued.entry(key.to_owned()).or_default();
        *times += 1;
        let issued = if *times == 1 { key.to_owned() } else { format!("{key}~{times}") };
        if *times > 1 && self.issued.contains_key(&issued) {
            return self.issue(&issued);
        }
        self.issued.entry(issued.clone()).or_insert(1);
        issued
    }
}
