//! Tells a story: to the server over its wires, and to the model.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::house::{House, Key, Line};
use crate::model::{Model, Phase};
use crate::story::{Ask, End, Kind, Order, Step, Story};

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) client: usize,
    /// Whether it speaks 2026-07-28.
    pub(crate) modern: bool,
    /// Whether its calls go on without it.
    pub(crate) lasting: bool,
}

/// The ways between clients and a server.
pub(crate) trait Wires {
    /// Whether a line is a pipe, on which much is said, or the response to one request.
    const HAS_LINES_FOR_MANY: bool;

    /// The client of this number; they are counted on from the first behind the last.
    fn caller(&self, number: u8) -> Caller;

    /// Whether a cancellation by one client reaches the call of another, or its own, on this line.
    fn may_cancel(&self, by: Caller, of: Caller, line: Line) -> bool;

    /// Sends a message; what comes back will come on the line that this gives.
    async fn send(&mut self, caller: Caller, message: &str) -> Line;

    /// Breaks a line off.
    fn vanish(&mut self, line: Line);

    /// The clients send nothing more, or the server takes nothing more. Gives the lines that end with what runs.
    async fn hang_up(&mut self) -> Vec<Line>;
}

pub(crate) struct Teller<W> {
    house: House,
    wires: W,
    model: Model,
    next: Key,
    lines: BTreeSet<Line>,
}

type Ruling = Result<(), String>;

impl<W: Wires> Teller<W> {
    /// Long enough for whatever is on its way, which on this clock is no time at all.
    const MOMENT: Duration = Duration::from_millis(10);

    pub(crate) fn new(house: House, wires: W, story: &Story) -> Self {
        let model = Model::new(story.concurrency, story.queue);
        Self { house, wires, model, next: 1, lines: BTreeSet::new() }
    }

    pub(crate) async fn tell(mut self, story: &Story) -> Ruling {
        for (number, step) in story.steps.iter().enumerate() {
            let told = self.step(step).await;
            told.map_err(|problem| format!("step {number}, {step:?}: {problem}"))?;
        }
        self.end(story.end).await.map_err(|problem| format!("the end: {problem}"))?;
        if !self.model.closed {
            self.fill(story).await.map_err(|problem| format!("afterwards: {problem}"))?;
        }
        std::mem::take(&mut self.lines).into_iter().for_each(|line| self.model.vanish(line));
        drop(self.wires);
        tokio::time::sleep(House::DRAIN + Self::MOMENT).await;
        match self.house.diary.take().iter().find_map(|event| self.model.see(event).err()) {
            Some(problem) => Err(problem),
            None => Ok(()),
        }
    }

    async fn step(&mut self, step: &Step) -> Ruling {
        self.model.begin_step(matches!(step, Step::Wait));
        let mut moment = Self::MOMENT;
        match step {
            Step::Ask(asks) => {
                for ask in asks {
                    self.ask(ask).await;
                }
            }
            Step::Order(number, orders) => {
                let key = self.choose(*number, |_, phase| phase == Phase::Running);
                for order in orders {
                    self.order(key, *order);
                }
            }
            Step::Cancel { call, by_another } => self.cancel(*call, *by_another).await,
            Step::Vanish(number) => {
                if let Some(key) =
                    self.choose(*number, |silent, phase| !silent && phase != Phase::Over)
                {
                    self.vanish(self.model.asked[&key].line);
                    // A pipe is given up when nothing has ended for so long.
                    moment += House::DRAIN;
                }
            }
            Step::AskAgain(number) => {
                let key = self.choose(*number, |silent, phase| !silent && phase == Phase::Running);
                if let Some(key) = key.filter(|_| W::HAS_LINES_FOR_MANY) {
                    let caller = self.model.asked[&key].caller;
                    self.model.ask_again(key);
                    self.send(caller, &message(key, Kind::Waits, caller, false)).await;
                }
            }
            Step::Notify(number) => {
                let caller = self.wires.caller(*number);
                let method = match number & 8 {
                    0 => "notifications/initialized",
                    _ => "notifications/nonsense",
                };
                let message = json!({ "jsonrpc": "2.0", "method": method }).to_string();
                self.send(caller, &message).await;
            }
            Step::Nonsense(number) => {
                let line = self.send(self.wires.caller(*number), "nonsense").await;
                self.model.nonsense(line);
            }
            Step::Wait => moment += House::PATIENCE,
            Step::Close => {
                self.house.server.close();
                self.model.closed = true;
            }
        }
        self.settle(moment).await
    }

    /// Lets everything happen that can happen.
    async fn settle(&mut self, moment: Duration) -> Ruling {
        tokio::time::sleep(moment).await;
        for event in self.house.diary.take() {
            self.model.see(&event)?;
        }
        self.model.settle(W::HAS_LINES_FOR_MANY)
    }

    async fn end(&mut self, end: End) -> Ruling {
        self.model.begin_step(false);
        if end != End::Finish {
            let lines = self.wires.hang_up().await;
            self.model.closed |= !W::HAS_LINES_FOR_MANY;
            self.settle(Self::MOMENT).await?;
            if end == End::CutOff {
                self.model.begin_step(false);
                lines.into_iter().for_each(|line| self.model.cut_off(line));
                if !W::HAS_LINES_FOR_MANY {
                    std::mem::take(&mut self.lines).into_iter().for_each(|line| self.vanish(line));
                }
                self.settle(House::DRAIN + Self::MOMENT).await?;
            }
        }
        self.finish().await
    }

    /// Has all handlers finish, and those that then begin.
    async fn finish(&mut self) -> Ruling {
        while let Some(key) = self.choose(0, |_, phase| phase == Phase::Running) {
            self.model.begin_step(false);
            self.order(Some(key), Order::Answer);
            self.settle(Self::MOMENT).await?;
        }
        Ok(())
    }

    /// Every place is free again: as many calls run and wait as may, and no more.
    async fn fill(&mut self, story: &Story) -> Ruling {
        for number in 0..=story.concurrency + story.queue {
            let caller = u8::try_from(number).unwrap();
            self.step(&Step::Ask(vec![Ask { caller, kind: Kind::Waits, token: true }])).await?;
        }
        self.finish().await
    }

    async fn ask(&mut self, ask: &Ask) {
        let (key, caller) = (self.next, self.wires.caller(ask.caller));
        self.next += 1;
        let line = self.send(caller, &message(key, ask.kind, caller, ask.token)).await;
        self.model.ask(key, line, caller, ask.kind, ask.token);
    }

    fn order(&mut self, key: Option<Key>, order: Order) {
        if let Some(key) = key {
            self.house.order(key, order);
            self.model.order(key, order);
        }
    }

    /// Cancels any request, be it long over.
    async fn cancel(&mut self, number: usize, by_another: bool) {
        let Some(key) = self.choose(number, |_, _| true) else { return };
        let (of, line) = (self.model.asked[&key].caller, self.model.asked[&key].line);
        let by = match by_another {
            true => self.wires.caller(u8::try_from(of.client + 1).unwrap()),
            false => of,
        };
        if self.wires.may_cancel(by, of, line) {
            self.model.cancel(key);
        }
        let params = json!({ "requestId": key });
        let method = "notifications/cancelled";
        self.send(by, &json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string())
            .await;
    }

    fn vanish(&mut self, line: Line) {
        self.lines.remove(&line);
        self.wires.vanish(line);
        self.model.vanish(line);
    }

    async fn send(&mut self, caller: Caller, message: &str) -> Line {
        let line = self.wires.send(caller, message).await;
        self.lines.insert(line);
        let revision = if caller.modern { "2026-07-28" } else { "2025-11-25" };
        // On a pipe each message says its own.
        self.model.sent(line, message, Some(revision).filter(|_| !W::HAS_LINES_FOR_MANY));
        line
    }

    /// One of the calls of which this holds.
    fn choose(&self, number: usize, holds: impl Fn(bool, Phase) -> bool) -> Option<Key> {
        let asked = self.model.asked.iter();
        let those: Vec<_> = asked
            .filter(|(_, asked)| holds(asked.silent, asked.phase))
            .map(|(key, _)| *key)
            .collect();
        those.get(number.checked_rem(those.len())?).copied()
    }
}

/// A request.
fn message(key: Key, kind: Kind, caller: Caller, token: bool) -> String {
    let (method, name) = match kind {
        Kind::Quick => ("tools/call", "quick"),
        Kind::Fails => ("tools/call", "fails"),
        Kind::Breaks => ("tools/call", "breaks"),
        Kind::Panics => ("tools/call", "panics"),
        Kind::Waits => ("tools/call", "waits"),
        Kind::Unknown => ("tools/call", "unknown"),
        // The newest revision has none.
        Kind::Ping if !caller.modern => ("ping", ""),
        Kind::Ping | Kind::List => ("tools/list", ""),
    };
    let mut params = json!({ "_meta": {} });
    if !name.is_empty() {
        params["name"] = name.into();
        params["arguments"] = json!({ "key": key });
    }
    if token {
        params["_meta"]["progressToken"] = key.into();
    }
    if caller.modern {
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    }
    json!({ "jsonrpc": "2.0", "id": key, "method": method, "params": params }).to_string()
}
