//! What has to come of each request, by what was asked and what happened since.

use std::collections::BTreeMap;

use judge::Transcript;
use serde_json::Value;

use crate::house::{Event, Key, Line};
use crate::story::{Kind, Order};
use crate::teller::Caller;

/// One request.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) line: Line,
    pub(crate) caller: Caller,
    pub(crate) kind: Kind,
    token: bool,
    /// The step in which it was asked: those of earlier steps have their turn first.
    step: usize,
    pub(crate) phase: Phase,
    /// What its handler was told to end with.
    last_order: Option<Order>,
    reports_due: u32,
    reports_heard: u32,
    answered: bool,
    /// Nothing must be heard of it any more: it was cancelled, or nobody listens.
    pub(crate) silent: bool,
    /// Its handler has to go, whatever it does.
    doomed: bool,
    /// It was silent for too long.
    late: bool,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No handler has begun: it waits for its turn, or for nothing any more.
    Before,
    Running,
    /// Its handler is gone, or will never begin.
    Over,
}

impl Asked {
    fn calls_a_handler(&self) -> bool {
        !matches!(self.kind, Kind::Unknown | Kind::Ping | Kind::List)
    }

    /// Whether its handler has a reason to end.
    fn may_end(&self) -> bool {
        self.doomed || self.late || self.last_order.is_some() || self.kind != Kind::Waits
    }
}

/// The server as it should be.
#[derive(Debug, Default)]
pub(crate) struct Model {
    concurrency: usize,
    queue: usize,
    pub(crate) asked: BTreeMap<Key, Asked>,
    pub(crate) closed: bool,
    step: usize,
    /// Whether this step is longer than calls may wait.
    waiting: bool,
    /// How many calls there were room for when the step began.
    room: usize,
    new_in_step: usize,
    /// The errors that are due for what is no message, and for ids that were taken.
    nonsense: BTreeMap<Line, u32>,
    again: BTreeMap<Key, u32>,
    transcripts: BTreeMap<Line, Transcript>,
    ended_lines: Vec<Line>,
}

type Ruling = Result<(), String>;

fn require(holds: bool, problem: impl FnOnce() -> String) -> Ruling {
    if holds { Ok(()) } else { Err(problem()) }
}

/// What happens.
impl Model {
    pub(crate) fn new(concurrency: usize, queue: usize) -> Self {
        Self { concurrency, queue, ..Self::default() }
    }

    /// The next step begins.
    pub(crate) fn begin_step(&mut self, waiting: bool) {
        self.step += 1;
        self.waiting = waiting;
        self.room = (self.concurrency + self.queue).saturating_sub(self.running() + self.queued());
        self.new_in_step = 0;
        for asked in self.asked.values_mut().filter(|_| waiting) {
            asked.late = asked.phase == Phase::Running;
        }
    }

    pub(crate) fn ask(&mut self, key: Key, line: Line, caller: Caller, kind: Kind, token: bool) {
        let asked = Asked {
            line,
            caller,
            kind,
            token,
            step: self.step,
            phase: Phase::Before,
            last_order: None,
            reports_due: 0,
            reports_heard: 0,
            answered: false,
            silent: false,
            doomed: false,
            late: false,
        };
        self.new_in_step += usize::from(asked.calls_a_handler());
        self.asked.insert(key, asked);
    }

    /// A client sent this, and said this revision for all of the line.
    pub(crate) fn sent(&mut self, line: Line, message: &str, revision: Option<&str>) {
        let new = || Transcript::new(revision);
        self.transcripts.entry(line).or_insert_with(new).received(message);
    }

    pub(crate) fn order(&mut self, key: Key, order: Order) {
        let Some(asked) = self.asked.get_mut(&key) else { return };
        match order {
            // What comes behind the last order nobody hears.
            _ if asked.last_order.is_some() => (),
            Order::Report => asked.reports_due += u32::from(asked.token && !asked.silent),
            last => asked.last_order = Some(last),
        }
    }

    pub(crate) fn cancel(&mut self, key: Key) {
        if let Some(asked) = self.asked.get_mut(&key)
            && !asked.answered
        {
            asked.silent = true;
            asked.doomed = true;
        }
    }

    /// Whoever listened on a line is gone.
    pub(crate) fn vanish(&mut self, line: Line) {
        self.ended_lines.push(line);
        self.nonsense.remove(&line);
        for (key, asked) in self.asked.iter_mut().filter(|(_, asked)| asked.line == line) {
            asked.silent |= !asked.answered;
            asked.doomed |= !asked.caller.lasting;
            self.again.remove(key);
        }
    }

    /// What runs on a line took too long when its client had hung up.
    pub(crate) fn cut_off(&mut self, line: Line) {
        for asked in self.asked.values_mut().filter(|asked| asked.line == line) {
            asked.silent |= !asked.answered;
            asked.doomed = true;
        }
    }

    pub(crate) fn nonsense(&mut self, line: Line) {
        *self.nonsense.entry(line).or_default() += 1;
    }

    pub(crate) fn ask_again(&mut self, key: Key) {
        *self.again.entry(key).or_default() += 1;
    }
}

/// What is seen.
impl Model {
    pub(crate) fn see(&mut self, event: &Event) -> Ruling {
        match event {
            Event::Began(key) => self.see_begin(*key),
            Event::Ended(key) => {
                let asked = self.asked.get_mut(key).ok_or("a handler that nobody called")?;
                let fits = asked.phase == Phase::Running && asked.may_end();
                asked.phase = Phase::Over;
                require(fits, || format!("{key}: its handler ended for no reason"))
            }
            Event::Said(line, text) => {
                require(!self.ended_lines.contains(line), || format!("after the end: {text}"))?;
                let transcript = self.transcripts.get_mut(line).ok_or("nothing was asked")?;
                transcript.sent(text);
                let message: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
                self.see_message(*line, &message).map_err(|problem| format!("{problem}: {text}"))
            }
            Event::Closed(line) => {
                self.ended_lines.push(*line);
                Ok(())
            }
        }
    }

    fn see_begin(&mut self, key: Key) -> Ruling {
        let room = self.running() < self.concurrency;
        let asked = self.asked.get(&key).ok_or("a handler that nobody called")?;
        let step = asked.step;
        require(room, || format!("{key}: more handlers run than may"))?;
        require(asked.phase == Phase::Before && !asked.answered, || {
            format!("{key}: its handler began twice, or after its answer")
        })?;
        require(!asked.doomed, || format!("{key}: its handler began though nobody wants it"))?;
        require(!self.closed || step < self.step, || format!("{key}: begun after the end"))?;
        // While nothing happens, those in front may have given up.
        let first = self.asked.values().filter(|other| other.is_queued()).map(|other| other.step);
        require(self.waiting || first.min() == Some(step), || format!("{key}: out of its turn"))?;
        if let Some(asked) = self.asked.get_mut(&key) {
            asked.phase = Phase::Running;
        }
        Ok(())
    }

    fn see_message(&mut self, line: Line, message: &Value) -> Ruling {
        let number = |path| {
            let number = message.pointer(path).and_then(Value::as_u64);
            number.and_then(|number| Key::try_from(number).ok())
        };
        if let Some(key) = number("/params/progressToken") {
            let asked = self.asked.get_mut(&key).ok_or("progress of nothing")?;
            asked.reports_heard += 1;
            let value = message.pointer("/params/progress").and_then(Value::as_f64);
            let fits = asked.line == line
                && !asked.silent
                && !asked.answered
                && asked.reports_heard <= asked.reports_due
                && value == Some(f64::from(asked.reports_heard));
            return require(fits, || "progress that is not due".into());
        }
        let code = message.pointer("/error/code").and_then(Value::as_i64);
        let Some(key) = number("/id") else {
            let due = self.nonsense.get_mut(&line).filter(|due| **due > 0 && code == Some(-32700));
            *due.ok_or("an answer to nothing")? -= 1;
            return Ok(());
        };
        if code == Some(-32600)
            && let Some(due) = self.again.get_mut(&key).filter(|due| **due > 0)
        {
            *due -= 1;
            return Ok(());
        }
        self.see_answer(key, line, message)
    }

    fn see_answer(&mut self, key: Key, line: Line, message: &Value) -> Ruling {
        let full = self.new_in_step > self.room;
        let asked = self.asked.get_mut(&key).ok_or("an answer to nothing")?;
        require(asked.line == line, || "an answer to somebody else".into())?;
        require(!asked.answered, || "a second answer".into())?;
        require(!asked.silent, || "an answer that nobody wants".into())?;
        require(asked.reports_heard == asked.reports_due, || "progress is missing".into())?;
        let text = |path| message.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let own = text("/result/content/0/text") == format!("for {key}");
        let failed = message.pointer("/result/isError") == Some(&Value::Bool(true));
        let error = text("/error/message");
        let fits = match (asked.phase, asked.kind, asked.last_order) {
            (_, Kind::Ping | Kind::List, _) => message.get("result").is_some(),
            (_, Kind::Unknown, _) => error.contains("nknown") || error.contains("no tool"),
            // Those that were taken before are still let in, if they do not wait for too long.
            (Phase::Before, ..) if self.closed && asked.step == self.step => {
                error.contains("about to stop")
            }
            (Phase::Before, ..) => error.contains("queue is full") && (full || self.waiting),
            (Phase::Running, ..) => false,
            (Phase::Over, Kind::Waits, None) => asked.late && error.contains("was stopped"),
            (Phase::Over, Kind::Quick, _) | (_, _, Some(Order::Answer)) => own && !failed,
            (Phase::Over, Kind::Fails, _) | (_, _, Some(Order::Fail)) => own && failed,
            (Phase::Over, ..) => error == "internal error",
        };
        asked.answered = true;
        asked.phase = Phase::Over;
        require(fits, || "another answer than is due".into())
    }
}

/// When nothing more can happen.
impl Model {
    pub(crate) fn running(&self) -> usize {
        self.asked.values().filter(|asked| asked.phase == Phase::Running).count()
    }

    fn queued(&self) -> usize {
        self.asked.values().filter(|asked| asked.is_queued()).count()
    }

    /// Nothing is owed to anybody.
    pub(crate) fn settle(&mut self, has_lines_for_many: bool) -> Ruling {
        for asked in self.asked.values_mut() {
            // One that waited for too long without a client is refused, and nobody sees it.
            let refused = self.waiting && asked.silent && asked.step < self.step;
            if asked.phase == Phase::Before && (asked.doomed || refused) {
                asked.phase = Phase::Over;
            }
        }
        for (key, asked) in &self.asked {
            let problem = match asked.phase {
                Phase::Before if !asked.calls_a_handler() => "not answered",
                Phase::Before if self.waiting && asked.step < self.step => "it waits for too long",
                Phase::Running if asked.may_end() => "its handler has not ended",
                Phase::Over if !asked.answered && !asked.silent => "not answered",
                _ if !asked.silent && asked.reports_heard < asked.reports_due => "not told",
                Phase::Over if !has_lines_for_many && !self.ended_lines.contains(&asked.line) => {
                    "its response does not end"
                }
                _ => continue,
            };
            return Err(format!("{key}: {problem}: {asked:?}"));
        }
        let (running, queued) = (self.running(), self.queued());
        require(queued == 0 || running == self.concurrency, || {
            format!("{queued} wait though there is room: {running} of {}", self.concurrency)
        })?;
        require(queued <= self.queue, || format!("{queued} wait, which is too many"))?;
        let owed = self.nonsense.values().chain(self.again.values()).sum::<u32>();
        require(owed == 0, || format!("{owed} errors are missing"))
    }
}

impl Asked {
    fn is_queued(&self) -> bool {
        self.phase == Phase::Before && self.calls_a_handler() && !self.answered && !self.doomed
    }
}
