//! The generator of load: a process of its own, so that it can be killed.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::request::{Era, Request, initialize, malformed, post};
use crate::wire::{Connection, Failure};

/// What a generator has seen.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Requests that were answered, each once.
    pub(crate) answered: u64,
    /// Those of them that were streams.
    pub(crate) streams: u64,
    /// Requests that were refused since there was no room.
    pub(crate) refused: u64,
    /// Clients that went away before their answer.
    pub(crate) vanished: u64,
    /// What was wrong, and was told so or cut off.
    pub(crate) malformed: u64,
    pub(crate) sessions: u64,
    /// What came otherwise than it has to.
    pub(crate) problems: Vec<String>,
}

impl Seen {
    pub(crate) fn add(&mut self, other: Self) {
        self.answered += other.answered;
        self.streams += other.streams;
        self.refused += other.refused;
        self.vanished += other.vanished;
        self.malformed += other.malformed;
        self.sessions += other.sessions;
        self.problems.extend(other.problems);
    }
}

/// More clients than calls are let in and may wait, so that some are refused.
const CLIENTS: u64 = 48;

/// Loads a server for a while.
pub(crate) async fn load(address: SocketAddr, time: Duration, seed: u64) -> Seen {
    let until = Instant::now() + time;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(Client::new(address, seed * CLIENTS + number).run(until));
    }
    let mut seen = Seen::default();
    while let Some(ended) = clients.join_next().await {
        match ended {
            Ok(client) => seen.add(client),
            Err(error) => seen.problems.push(error.to_string()),
        }
    }
    seen
}

struct Client {
    address: SocketAddr,
    chance: Chance,
    next: u64,
    connection: Option<Connection>,
    session: Option<String>,
    seen: Seen,
}

impl Client {
    fn new(address: SocketAddr, seed: u64) -> Self {
        let (connection, session, seen) = (None, None, Seen::default());
        Self { address, chance: Chance::new(seed), next: 1, connection, session, seen }
    }

    async fn run(mut self, until: Instant) -> Seen {
        while Instant::now() < until && self.seen.problems.len() < 10 {
            let done = match self.chance.below(10) {
                0..6 => self.ask().await,
                6..8 => self.vanish().await,
                _ => self.send_nonsense().await,
            };
            if let Err(problem) = done {
                self.seen.problems.push(problem.to_string());
                self.connection = None;
            }
        }
        self.seen
    }

    /// Asks, mostly on the connection that there is, and reads the answer.
    async fn ask(&mut self) -> Result<(), Failure> {
        self.next += 1;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        if self.chance.below(100) == 0 {
            self.end_session(&mut connection).await?;
        }
        if self.session.is_none() {
            connection.send(&initialize()).await?;
            self.session = connection.receive().await?.session;
            self.seen.sessions += 1;
        }
        let request = Request::any(self.next, &mut self.chance);
        let sent = request.write(self.era());
        connection.send(&sent).await?;
        let response = connection.receive().await?;
        match request.check(&response)? {
            true => self.seen.answered += 1,
            false => self.seen.refused += 1,
        }
        self.seen.streams += u64::from(response.messages.len() > 1);
        if !response.closes && self.chance.below(10) > 0 {
            self.connection = Some(connection);
        }
        Ok(())
    }

    fn era(&mut self) -> Era<'_> {
        match (self.chance.below(3), &self.session) {
            (0, _) => Era::Modern,
            (1, _) | (_, None) => Era::Stateless,
            (_, Some(session)) => Era::Session(session),
        }
    }

    /// Ends the session, or just forgets it.
    async fn end_session(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        let Some(session) = self.session.take() else { return Ok(()) };
        if self.chance.below(2) == 0 {
            return Ok(());
        }
        let delete = post(&format!("mcp-session-id: {session}\r\n"), "");
        connection
            .send(&[b"DELETE", delete.strip_prefix(b"POST").unwrap_or(&delete)].concat())
            .await?;
        match connection.receive().await?.status {
            204 => Ok(()),
            status => Err(format!("the end of a session was answered with {status}").into()),
        }
    }

    /// Goes away somewhere in the middle.
    async fn vanish(&mut self) -> Result<(), Failure> {
        self.next += 1;
        let mut connection = Connection::open(self.address).await?;
        let steps = 5 + self.chance.below(20);
        let request = Request::steps(self.next, steps, 5);
        let sent = request.write(self.era());
        match self.chance.below(4) {
            0 => {
                let part = self.chance.below(sent.len());
                connection.send(sent.get(..part).unwrap_or_default()).await?;
            }
            1 => connection.send(&sent).await?,
            2 => {
                connection.send(&sent).await?;
                // It was refused, or is told of its progress.
                connection.until("\r\n\r\n").await?;
            }
            _ => {
                connection.send(&sent).await?;
                connection.stream.shutdown().await?;
            }
        }
        if self.chance.below(2) == 0 {
            // As when a process is killed with data on its way to it.
            connection.stream.set_zero_linger()?;
        }
        self.seen.vanished += 1;
        Ok(())
    }

    /// Sends what is wrong: it is told so, or cut off, and the server is not to blame.
    async fn send_nonsense(&mut self) -> Result<(), Failure> {
        let mut connection = Connection::open(self.address).await?;
        let sent = malformed(&mut self.chance);
        // The server may have seen enough before it has read everything.
        let _ = connection.send(&sent).await;
        let answer = connection.rest().await?;
        let is_error = answer.starts_with("HTTP/1.1 4") || answer.contains("\"error\":{");
        // A reset takes away what was not read yet.
        if !is_error && !answer.is_empty() {
            let sent = String::from_utf8_lossy(&sent).chars().take(300).collect::<String>();
            return Err(format!("{sent}\nwas answered with\n{answer}").into());
        }
        self.seen.malformed += 1;
        Ok(())
    }
}
