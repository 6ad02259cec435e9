//! The server as a process: what it uses, what it tells of itself, and its end.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::request::{Era, Request};
use crate::wire::{Connection, Failure};

pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Log>>,
}

/// What was bad in the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub(crate) panics: Vec<String>,
    /// Errors that no tool made on purpose.
    pub(crate) errors: Vec<String>,
}

/// What the server says that there is, the call that says so included.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct State {
    pub(crate) handlers: i64,
    pub(crate) tasks: i64,
    pub(crate) running: i64,
    pub(crate) queued: i64,
    pub(crate) streams: i64,
    pub(crate) connections: i64,
}

impl State {
    /// Whether nothing is there but the call that says so.
    fn is_idle(&self) -> bool {
        (self.handlers, self.running, self.queued, self.streams, self.connections)
            == (0, 1, 0, 0, 1)
    }
}

/// What the server uses while nobody asks anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// In bytes.
    pub(crate) memory: u64,
    pub(crate) files: usize,
    pub(crate) tasks: i64,
}

impl Server {
    pub(crate) async fn start(arguments: &[&str]) -> Result<Self, Failure> {
        let program = std::env::current_exe()?.with_file_name("soaked");
        let mut command = Command::new(program);
        command.args(arguments).env_remove("RUST_LOG").kill_on_drop(true);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no log")?).lines();
        let address = loop {
            let line = lines.next_line().await?.ok_or("the server does not listen")?;
            if let Some((_, address)) = line.split_once("listening address=") {
                break address.parse()?;
            }
        };
        let log = Arc::new(Mutex::new(Log::default()));
        let kept = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut log = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if line.contains("panicked") {
                    log.panics.push(line);
                } else if line.contains(" ERROR ") && !line.contains("on purpose") {
                    log.errors.push(line);
                }
            }
        });
        Ok(Self { child, address, log })
    }

    pub(crate) fn log(&self) -> Log {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks on a connection of its own.
    pub(crate) async fn state(&self) -> Result<State, Failure> {
        let mut connection = Connection::open(self.address).await?;
        connection.send(&Request::call(1, "state", &json!({}), "").write(Era::Stateless)).await?;
        let response = connection.receive().await?;
        let state =
            response.messages.last().and_then(|answer| answer.pointer("/result/structuredContent"));
        let state = state.ok_or_else(|| format!("no state in {:?}", response.messages))?;
        Ok(serde_json::from_value(state.clone())?)
    }

    /// What it uses once nothing is running any more.
    ///
    /// # Errors
    ///
    /// If something is still running after 20 seconds.
    pub(crate) async fn idle(&self) -> Result<Usage, Failure> {
        let begun = Instant::now();
        loop {
            // A crowd that just left may hold all places.
            let state = self.state().await;
            if let Ok(state) = &state
                && state.is_idle()
            {
                let (memory, files) = (self.memory()?, self.files()?);
                return Ok(Usage { memory, files, tasks: state.tasks });
            }
            if begun.elapsed() > Duration::from_secs(20) {
                return Err(format!("something is left: {state:?}").into());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    fn folder(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.child.id().unwrap_or_default()))
    }

    /// The memory that it has, in bytes.
    fn memory(&self) -> Result<u64, Failure> {
        let text = fs::read_to_string(self.folder().join("status"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        Ok(kilobytes.ok_or("no VmRSS")?.parse::<u64>()? * 1024)
    }

    fn files(&self) -> Result<usize, Failure> {
        Ok(fs::read_dir(self.folder().join("fd"))?.count())
    }

    /// The CPU time that its threads have used.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let mut all = 0;
        for thread in fs::read_dir(self.folder().join("task"))? {
            let text = fs::read_to_string(thread?.path().join("schedstat"))?;
            all += text.split_whitespace().next().ok_or("no times")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(all))
    }

    /// Ends it while a call runs: that call is finished, new ones are refused, and the program ends with 0 in its time.
    /// Gives how long that took.
    pub(crate) async fn end(mut self) -> Result<Duration, Failure> {
        let mut running = Connection::open(self.address).await?;
        let request = Request::steps(1, 10, 100);
        running.send(&request.write(Era::Modern)).await?;
        let first = "\"progress\":1";
        running.until(first).await?;
        let id = self.child.id().ok_or("the server has ended")?.to_string();
        let begun = Instant::now();
        Command::new("kill").args(["-TERM", &id]).status().await?;
        let late = Request::call(2, "add", &json!({ "a": 1, "b": 1 }), "2").write(Era::Modern);
        loop {
            let mut connection = Connection::open(self.address).await?;
            connection.send(&late).await?;
            let response = connection.receive().await?;
            match response.status {
                // The signal has not arrived yet.
                200 => sleep(Duration::from_millis(1)).await,
                503 if format!("{response:?}").contains("about to stop") => break,
                _ => return Err(format!("a late call was answered with {response:?}").into()),
            }
        }
        if !request.check(&running.receive().await?)? {
            return Err("a call that was running was refused".into());
        }
        let exit = timeout(Duration::from_secs(11), self.child.wait()).await;
        match exit.map_err(|_| "the server does not end")??.code() {
            Some(0) => Ok(begun.elapsed()),
            code => Err(format!("the server ended with {code:?}").into()),
        }
    }
}
