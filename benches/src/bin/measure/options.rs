//! What the command line says.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

use crate::message::Failure;

/// What to measure, and how long.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Rounds of each workload.
    pub(crate) rounds: usize,
    /// The time of one server in one round.
    pub(crate) time: Duration,
    /// Workloads whose names have this in them.
    pub(crate) only: String,
    /// Servers whose names have one of these in them; those that others are compared with always take part.
    pub(crate) servers: Vec<String>,
    /// The core of the servers. The load has another.
    pub(crate) server_core: usize,
    /// Where the programs are.
    pub(crate) programs: PathBuf,
    pub(crate) peers: PathBuf,
    /// Whether to measure growth, memory and starting as well.
    pub(crate) growth: bool,
    /// Whether to write the document, the chart and the results into the repository.
    pub(crate) write: bool,
    /// Whether to measure what building servers takes, and nothing else.
    pub(crate) build: bool,
    /// Whether to draw document and chart again from the results in the repository, and measure nothing.
    pub(crate) draw: bool,
}

pub(crate) const HELP: &str = "\
Usage: benches/run [options]

  --rounds N        rounds of each workload (41)
  --seconds S       time of one server in one round (0.1); many short rounds tell more than a few long ones
  --only TEXT       only workloads with TEXT in their names; with --build, tables
  --servers A,B     only servers with A or B in their names, and those they are compared with
  --growth          also: number of tools, idle connections, memory, time to the first answer
  --build           only: crates, CPU seconds and sizes of programs that are built, and what a further tool costs; other
                    results stay as they are
  --write           write docs/benchmarks.md, docs/benchmarks.json and docs/benchmarks.svg
  --draw            write document and chart again from docs/benchmarks.json, and measure nothing
  --server-core N   the core of the servers (0); the load is on the second
";

impl Options {
    pub(crate) fn parse() -> Result<Option<Self>, Failure> {
        let here = std::env::current_exe()?;
        let programs = here.parent().ok_or("a program in a folder")?.to_path_buf();
        let target = programs.parent().ok_or("a folder in a folder")?;
        let mut options = Self {
            rounds: 41,
            time: Duration::from_millis(100),
            only: String::new(),
            servers: Vec::new(),
            server_core: 0,
            peers: target.join("peers/release"),
            programs,
            growth: false,
            build: false,
            write: false,
            draw: false,
        };
        let mut words = lexopt::Parser::from_env();
        while let Some(word) = words.next()? {
            match word {
                Long("rounds") => options.rounds = words.value()?.parse::<usize>()?.max(1),
                Long("seconds") => {
                    options.time = Duration::try_from_secs_f64(words.value()?.parse()?)?;
                }
                Long("only") => options.only = words.value()?.string()?,
                Long("servers") => {
                    let names = words.value()?.string()?;
                    options.servers = names.split(',').map(str::to_owned).collect();
                }
                Long("server-core") => options.server_core = words.value()?.parse()?,
                Long("growth") => options.growth = true,
                Long("build") => options.build = true,
                Long("draw") => options.draw = true,
                Long("write") => options.write = true,
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Some(options))
    }

    pub(crate) fn takes(&self, server: &str) -> bool {
        let base = ["bare axum", "bare loop on pipes"].contains(&server);
        base || self.servers.is_empty() || self.servers.iter().any(|part| server.contains(part))
    }
}
