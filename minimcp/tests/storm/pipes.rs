//! Two clients, each with a pipe; each speaks both eras.

use std::collections::BTreeMap;

use minimcp::stdio::Stdio;
use tokio::io::{
    AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, WriteHalf, split,
};
use tokio::task::JoinHandle;

use crate::House;
use crate::house::{Event, Line};
use crate::teller::{Caller, Wires};

pub(crate) struct Pipes {
    house: House,
    open: BTreeMap<Line, Pipe>,
    /// The pipe of each client.
    current: [Line; 2],
    next: Line,
}

struct Pipe {
    input: WriteHalf<DuplexStream>,
    reading: JoinHandle<()>,
}

impl Pipes {
    pub(crate) fn open(house: &House) -> Self {
        let mut pipes =
            Self { house: house.clone(), open: BTreeMap::new(), current: [0, 1], next: 0 };
        pipes.current = [pipes.pipe(), pipes.pipe()];
        pipes
    }

    fn pipe(&mut self) -> Line {
        let line = self.next;
        self.next += 1;
        let (client, server) = tokio::io::duplex(1 << 16);
        let (reader, writer) = split(server);
        let stdio = Stdio::new(self.house.server.clone(), ()).drain_timeout(House::DRAIN);
        tokio::spawn(async move { stdio.run_on(reader, writer).await.unwrap() });
        let (output, input) = split(client);
        let diary = self.house.diary.clone();
        let reading = tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(said)) = lines.next_line().await {
                diary.note(Event::Said(line, said));
            }
            diary.note(Event::Closed(line));
        });
        self.open.insert(line, Pipe { input, reading });
        line
    }
}

impl Wires for Pipes {
    const HAS_LINES_FOR_MANY: bool = true;

    fn caller(&self, number: u8) -> Caller {
        Caller { client: usize::from(number % 2), modern: number & 2 > 0, lasting: false }
    }

    fn may_cancel(&self, by: Caller, _: Caller, line: Line) -> bool {
        self.current[by.client] == line
    }

    async fn send(&mut self, caller: Caller, message: &str) -> Line {
        let line = self.current[caller.client];
        let pipe = self.open.get_mut(&line).unwrap();
        pipe.input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
        line
    }

    fn vanish(&mut self, line: Line) {
        self.open.remove(&line);
        if let Some(client) = self.current.iter().position(|current| *current == line) {
            self.current[client] = self.pipe();
        }
    }

    async fn hang_up(&mut self) -> Vec<Line> {
        for pipe in self.open.values_mut() {
            pipe.input.shutdown().await.unwrap();
        }
        let lines = self.current;
        self.current = [self.pipe(), self.pipe()];
        lines.into()
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // It has the other half.
        self.reading.abort();
    }
}
