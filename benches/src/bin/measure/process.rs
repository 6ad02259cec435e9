//! A server as a process: on a core of its own, with what the system knows of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::message::Failure;

/// A command that starts a server.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// The core that it stays on.
    pub(crate) core: usize,
}

impl Launch {
    fn command(&self) -> Command {
        let mut command = Command::new("taskset");
        command.args(["-c", &self.core.to_string()]).arg(&self.program).args(&self.arguments);
        command.env_remove("RUST_LOG").stderr(Stdio::null());
        command
    }

    /// Starts a server that listens on a port.
    pub(crate) fn listening(&self) -> Result<Server, Failure> {
        let child = self.command().stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        Ok(Server { child })
    }

    /// Starts a server that reads its standard input.
    pub(crate) fn piped(&self) -> Result<Server, Failure> {
        let child = self.command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        Ok(Server { child })
    }
}

/// A server that runs. It ends when this goes away.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) child: Child,
}

impl Server {
    fn folder(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.child.id()))
    }

    /// The CPU time that it has used so far.
    pub(crate) fn cpu(&self) -> Result<Cpu, Failure> {
        let mut threads = BTreeMap::new();
        for thread in fs::read_dir(self.folder().join("task"))? {
            let thread = thread?;
            if let Ok(text) = fs::read_to_string(thread.path().join("schedstat"))
                && let Some(spent) = text.split_whitespace().next().and_then(|ns| ns.parse().ok())
            {
                threads.insert(thread.file_name(), spent);
            }
        }
        // The name of the program stands in parentheses and may have spaces.
        let text = fs::read_to_string(self.folder().join("stat"))?;
        let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Ok(Cpu { threads, ticks })
    }

    /// A figure of `/proc/<pid>/status`, in bytes: `VmRSS` or `VmHWM`.
    pub(crate) fn memory(&self, figure: &str) -> Result<u64, Failure> {
        let text = fs::read_to_string(self.folder().join("status"))?;
        let line = text.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Ok(kilobytes.ok_or("no such figure")? * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// User and system time: in nanoseconds by thread, and in ticks for all of the process.
#[derive(Debug)]
pub(crate) struct Cpu {
    threads: BTreeMap<std::ffi::OsString, u64>,
    ticks: u64,
}

impl Cpu {
    /// The time between two readings.
    pub(crate) fn since(&self, before: &Self) -> Duration {
        let ended = before.threads.keys().any(|thread| !self.threads.contains_key(thread));
        if ended || self.threads.is_empty() {
            // The scheduler forgets the threads that ended, the process does not; Linux has 100 ticks in a second.
            return Duration::from_millis((self.ticks - before.ticks) * 10);
        }
        let spent = self.threads.iter().map(|(thread, after)| {
            after.saturating_sub(before.threads.get(thread).copied().unwrap_or_default())
        });
        Duration::from_nanos(spent.sum())
    }
}
