//! Load over standard input and output: some requests under way at a time.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::time::Instant;

use crate::http::Until;
use crate::message::{Failure, Heard, Question, Revision, Work, handshake};
use crate::process::Server;

/// The pipes of a server.
pub(crate) struct Load {
    question: Question,
    next: u64,
    in_flight: usize,
    read: Vec<u8>,
}

impl Load {
    /// Shakes hands where clients of this revision do.
    pub(crate) fn connect(
        server: &mut Server,
        work: Work,
        revision: Revision,
        in_flight: usize,
    ) -> Result<Self, Failure> {
        let question = Question::new(work, revision);
        let mut load = Self { question, next: Question::FIRST, in_flight, read: Vec::new() };
        if revision == Revision::Legacy {
            let [initialize, initialized] = handshake();
            load.write(server, format!("{initialize}\n").as_bytes())?;
            while !load.read.ends_with(b"\n") {
                load.more(server)?;
            }
            load.read.clear();
            load.write(server, format!("{initialized}\n").as_bytes())?;
        }
        Ok(load)
    }

    /// Asks for a while, and says how many answers came.
    pub(crate) fn run(&mut self, server: &mut Server, until: Until) -> Result<u64, Failure> {
        let (most, deadline) = match until {
            Until::Passed(time) => (u64::MAX, Some(Instant::now() + time)),
            Until::Answered(calls) => (calls, None),
        };
        let mut waiting = HashMap::new();
        let (mut asked, mut answered) = (0, 0);
        let mut out = Vec::new();
        loop {
            let goes_on = deadline.is_none_or(|deadline| Instant::now() < deadline);
            while goes_on && asked < most && waiting.len() < self.in_flight {
                out.extend_from_slice(self.question.ask(self.next));
                out.push(b'\n');
                waiting.insert(self.next, 0);
                self.next += 1;
                asked += 1;
            }
            self.write(server, &out)?;
            out.clear();
            if waiting.is_empty() {
                return Ok(answered);
            }
            self.more(server)?;
            let end = self.read.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let lines: Vec<u8> = self.read.drain(..end).collect();
            for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                match self.question.read(line)? {
                    Heard::Answer(id) => {
                        if waiting.remove(&id) != Some(self.question.events()) {
                            return Err(format!("an answer to {id} without its events").into());
                        }
                        answered += 1;
                    }
                    Heard::Progress(token) => {
                        *waiting.get_mut(&token).ok_or("progress of another call")? += 1;
                    }
                }
            }
        }
    }

    fn write(&self, server: &mut Server, out: &[u8]) -> Result<(), Failure> {
        let input = server.child.stdin.as_mut().ok_or("a server without pipes")?;
        Ok(input.write_all(out)?)
    }

    fn more(&mut self, server: &mut Server) -> Result<(), Failure> {
        let output = server.child.stdout.as_mut().ok_or("a server without pipes")?;
        let before = self.read.len();
        self.read.resize(before + 64 * 1024, 0);
        let length = output.read(self.read.get_mut(before..).unwrap_or_default())?;
        self.read.truncate(before + length);
        match length {
            0 => Err("the server closed its output".into()),
            _ => Ok(()),
        }
    }
}
