//! What grows: with tools, connections, calls and time.

use std::time::Instant;

use crate::contest::{CONTESTANTS, Contestant, Transport};
use crate::http::{Load, Until, free_port};
use crate::message::{Failure, Revision, Work};
use crate::options::Options;
use crate::pipe;
use crate::process::Server;
use crate::results::{Results, shown};

fn named(name: &str) -> Result<Contestant, Failure> {
    let found = CONTESTANTS.into_iter().find(|contestant| contestant.name == name);
    found.ok_or_else(|| format!("no server {name}").into())
}

/// A server over HTTP with a load of 16 connections.
struct Running {
    server: Server,
    port: u16,
    load: Load,
}

impl Running {
    async fn start(options: &Options, name: &str, tools: usize) -> Result<Self, Failure> {
        let port = free_port()?;
        let server = named(name)?.launch(options, tools, port).listening()?;
        let mut load = Load::connect(port, Work::Add, Revision::Modern, 16).await?;
        load.run(Until::Passed(options.time / 4)).await?;
        Ok(Self { server, port, load })
    }

    /// Nanoseconds of CPU for a call.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    async fn cost(&mut self, options: &Options) -> Result<f64, Failure> {
        let before = self.server.cpu()?;
        let calls = self.load.run(Until::Passed(options.time)).await?;
        Ok(self.server.cpu()?.since(&before).as_nanos() as f64 / calls.max(1) as f64)
    }
}

/// The median of what each column costs in relation to the first, in turn.
async fn ratios(options: &Options, all: &mut [Running]) -> Result<Vec<f64>, Failure> {
    let mut ratios = vec![Vec::new(); all.len()];
    for _ in 0..options.rounds {
        let mut first = None;
        for (running, ratios) in all.iter_mut().zip(&mut ratios) {
            let cost = running.cost(options).await?;
            ratios.push(cost / *first.get_or_insert(cost));
        }
    }
    let median = |mut ratios: Vec<f64>| {
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
    };
    Ok(ratios.into_iter().map(median).collect())
}

/// All of it.
pub(crate) async fn grow(options: &Options, results: &mut Results) -> Result<(), Failure> {
    tools(options, results).await?;
    idle(options, results).await?;
    memory(options, results).await?;
    start(options, results).await
}

async fn tools(options: &Options, results: &mut Results) -> Result<(), Failure> {
    const TABLE: &str = "CPU of a call, by the number of tools";
    const NUMBERS: [usize; 4] = [10, 100, 1_000, 10_000];
    for name in ["minimcp in axum", "rmcp fastest"] {
        let mut all = Vec::new();
        for tools in NUMBERS {
            all.push(Running::start(options, name, tools).await?);
        }
        for (tools, ratio) in NUMBERS.iter().zip(ratios(options, &mut all).await?) {
            results.figure(TABLE, name, &tools.to_string(), shown(ratio));
        }
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
async fn idle(options: &Options, results: &mut Results) -> Result<(), Failure> {
    const TABLE: &str = "Idle connections: CPU of a call beside them, and memory of each";
    const NUMBERS: [usize; 3] = [0, 1_000, 5_000];
    for name in ["bare axum", "minimcp in axum", "minimcp http::serve"] {
        let (mut all, mut connected) = (Vec::new(), Vec::new());
        for number in NUMBERS {
            let running = Running::start(options, name, 5).await?;
            let before = running.server.memory("VmRSS")?;
            if number > 0 {
                // Each has had a request, as those of clients have.
                let mut idle =
                    Load::connect(running.port, Work::Add, Revision::Modern, number).await?;
                idle.run(Until::Answered(number as u64)).await?;
                let each = (running.server.memory("VmRSS")? - before) as f64 / number as f64;
                results.figure(
                    TABLE,
                    name,
                    &format!("KB for each of {number}"),
                    format!("{:.1}", each / 1024.0),
                );
                connected.push(idle);
            }
            all.push(running);
        }
        for (number, ratio) in NUMBERS.iter().zip(ratios(options, &mut all).await?) {
            results.figure(TABLE, name, &format!("CPU beside {number}"), shown(ratio));
        }
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
async fn memory(options: &Options, results: &mut Results) -> Result<(), Failure> {
    const TABLE: &str = "Resident memory in MB";
    for name in ["bare axum", "minimcp in axum", "minimcp http::serve", "rmcp fastest"] {
        let port = free_port()?;
        let server = named(name)?.launch(options, 5, port).listening()?;
        let mut load = Load::connect(port, Work::Add, Revision::Modern, 1).await?;
        load.run(Until::Answered(1)).await?;
        let mut done = 1;
        for calls in [1, 10_000, 1_000_000] {
            load.run(Until::Answered(calls - done)).await?;
            if done == 1 && calls > 1 {
                load = Load::connect(port, Work::Add, Revision::Modern, 16).await?;
            }
            done = calls;
            let megabytes = server.memory("VmRSS")? as f64 / 1024.0 / 1024.0;
            results.figure(TABLE, name, &format!("after {calls} calls"), format!("{megabytes:.2}"));
        }
    }
    Ok(())
}

async fn start(options: &Options, results: &mut Results) -> Result<(), Failure> {
    const TABLE: &str = "From the start of the process to its first answer, in milliseconds";
    const NAMES: [&str; 7] = [
        "bare axum",
        "minimcp in axum",
        "minimcp http::serve",
        "rmcp fastest",
        "bare loop on pipes",
        "minimcp stdio",
        "rmcp fastest stdio",
    ];
    let mut all = vec![Vec::new(); NAMES.len()];
    for _ in 0..options.rounds.max(5) * 4 {
        for (name, times) in NAMES.iter().zip(&mut all) {
            let contestant = named(name)?;
            let port = free_port()?;
            let launch = contestant.launch(options, 5, port);
            let begun = Instant::now();
            if contestant.transport == Transport::Http {
                let _server = launch.listening()?;
                let mut load = Load::connect(port, Work::Add, Revision::Modern, 1).await?;
                load.run(Until::Answered(1)).await?;
                times.push(begun.elapsed().as_secs_f64());
            } else {
                let mut server = launch.piped()?;
                let mut load = pipe::Load::connect(&mut server, Work::Add, Revision::Modern, 1)?;
                load.run(&mut server, Until::Answered(1))?;
                times.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    for (name, mut times) in NAMES.iter().zip(all) {
        times.sort_by(f64::total_cmp);
        for (column, part) in [("median", 0.5), ("fastest tenth", 0.1)] {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "an index"
            )]
            let at = (times.len() as f64 * part) as usize;
            let time = times.get(at).copied().unwrap_or(f64::NAN);
            results.figure(TABLE, name, column, format!("{:.2}", time * 1000.0));
        }
    }
    Ok(())
}
