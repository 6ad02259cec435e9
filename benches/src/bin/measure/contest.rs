//! Who is measured, at what, and the rounds.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::http::{self, Until, free_port};
use crate::message::{Failure, Revision, Work};
use crate::options::Options;
use crate::pipe;
use crate::process::{Launch, Server};

/// How a server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Transport {
    Http,
    Stdio,
}

/// A server that takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) transport: Transport,
    program: Program,
    how: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Bare,
    Minimcp,
    Rmcp,
}

const fn over_http(name: &'static str, program: Program, how: &'static str) -> Contestant {
    Contestant { name, transport: Transport::Http, program, how }
}

const fn over_stdio(name: &'static str, program: Program, how: &'static str) -> Contestant {
    Contestant { name, transport: Transport::Stdio, program, how }
}

/// All of them; the first of each transport is what the others are compared with.
pub(crate) const CONTESTANTS: [Contestant; 12] = [
    over_http("bare axum", Program::Bare, "axum"),
    over_http("bare axum again", Program::Bare, "axum"),
    over_http("bare hyper", Program::Bare, "hyper"),
    over_http("minimcp in axum", Program::Minimcp, "mount"),
    over_http("minimcp http::serve", Program::Minimcp, "serve"),
    over_http("rmcp fastest", Program::Rmcp, "fastest"),
    over_http("rmcp default", Program::Rmcp, "default"),
    over_stdio("bare loop on pipes", Program::Bare, "pipes"),
    over_stdio("bare loop on tokio's stdio", Program::Bare, "stdio"),
    over_stdio("minimcp stdio", Program::Minimcp, "stdio"),
    over_stdio("rmcp fastest stdio", Program::Rmcp, "fastest"),
    over_stdio("rmcp default stdio", Program::Rmcp, "default"),
];

impl Contestant {
    /// The command that starts it.
    pub(crate) fn launch(self, options: &Options, tools: usize, port: u16) -> Launch {
        let address = format!("127.0.0.1:{port}");
        let tools_text = tools.to_string();
        let (program, arguments) = match self.program {
            Program::Bare => {
                let lists = lists_file(options, tools).to_string_lossy().into_owned();
                (options.programs.join("bare-server"), vec![self.how.into(), lists, address])
            }
            Program::Minimcp => (
                options.programs.join("minimcp-server"),
                vec![self.how.into(), tools_text, address],
            ),
            Program::Rmcp => {
                let transport = if self.transport == Transport::Http { "http" } else { "stdio" };
                let words = vec![self.how.into(), transport.into(), tools_text, address];
                (options.peers.join("minimcp-benches-peers"), words)
            }
        };
        Launch { program, arguments, core: options.server_core }
    }
}

/// One column of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) transport: Transport,
    pub(crate) work: Work,
    /// Connections over HTTP, requests in flight over stdio.
    pub(crate) side_by_side: usize,
}

const fn workload(
    name: &'static str,
    transport: Transport,
    work: Work,
    side_by_side: usize,
) -> Workload {
    Workload { name, transport, work, side_by_side }
}

pub(crate) const WORKLOADS: [Workload; 13] = [
    workload("add ×1", Transport::Http, Work::Add, 1),
    workload("add ×16", Transport::Http, Work::Add, 16),
    workload("add ×64", Transport::Http, Work::Add, 64),
    workload("list 5", Transport::Http, Work::List(5), 16),
    workload("list 100", Transport::Http, Work::List(100), 16),
    workload("echo 1 KB", Transport::Http, Work::Echo(1024), 16),
    workload("echo 64 KB", Transport::Http, Work::Echo(64 * 1024), 16),
    workload("echo 1 MB", Transport::Http, Work::Echo(1024 * 1024), 4),
    workload("100 events", Transport::Http, Work::Count(100), 16),
    workload("stdio add ×1", Transport::Stdio, Work::Add, 1),
    workload("stdio add ×64", Transport::Stdio, Work::Add, 64),
    workload("stdio 100 events", Transport::Stdio, Work::Count(100), 1),
    workload("stdio echo 64 KB", Transport::Stdio, Work::Echo(64 * 1024), 1),
];

/// What was measured of one server at one workload.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub(crate) server: String,
    pub(crate) workload: String,
    pub(crate) revision: String,
    /// Nanoseconds of CPU for a request, in each round.
    pub(crate) rounds: Vec<f64>,
    /// Requests answered and checked, in all rounds.
    pub(crate) requests: u64,
    /// Why there is nothing.
    pub(crate) failure: Option<String>,
}

fn lists_file(options: &Options, tools: usize) -> PathBuf {
    options.programs.join(format!("lists-{tools}.json"))
}

/// Asks minimcp for its lists, so that the bare servers send the same bytes.
pub(crate) async fn write_lists(options: &Options) -> Result<(), Failure> {
    for tools in [5, 100] {
        let port = free_port()?;
        let mounted = over_http("", Program::Minimcp, "mount");
        let _server = mounted.launch(options, tools, port).listening()?;
        let mut lists = Vec::new();
        for revision in Revision::ALL {
            let answer = http::ask_once(port, Work::List(tools), revision).await?;
            let answer = String::from_utf8(answer)?;
            let (_, result) = answer.split_once(r#""result":"#).ok_or("no result")?;
            lists.push(result.strip_suffix('}').unwrap_or(result).to_owned());
        }
        let [legacy, modern] = &*lists else { return Err("two revisions".into()) };
        std::fs::write(
            lists_file(options, tools),
            format!(r#"{{"legacy":{legacy},"modern":{modern}}}"#),
        )?;
    }
    Ok(())
}

/// A server that is asked.
enum Asked {
    Http(Server, http::Load),
    Stdio(Server, pipe::Load),
}

impl Asked {
    async fn start(
        options: &Options,
        contestant: Contestant,
        workload: &Workload,
        revision: Revision,
    ) -> Result<Self, Failure> {
        let (work, many) = (workload.work, workload.side_by_side);
        let port = free_port()?;
        let launch = contestant.launch(options, work.tools(), port);
        let mut asked = match contestant.transport {
            Transport::Http => {
                let server = launch.listening()?;
                let load = http::Load::connect(port, work, revision, many).await?;
                Self::Http(server, load)
            }
            Transport::Stdio => {
                let mut server = launch.piped()?;
                let load = pipe::Load::connect(&mut server, work, revision, many)?;
                Self::Stdio(server, load)
            }
        };
        asked.run(Until::Passed(options.time / 4)).await?;
        Ok(asked)
    }

    async fn run(&mut self, until: Until) -> Result<u64, Failure> {
        match self {
            Self::Http(_, load) => load.run(until).await,
            Self::Stdio(server, load) => load.run(server, until),
        }
    }

    fn server(&self) -> &Server {
        match self {
            Self::Http(server, _) | Self::Stdio(server, _) => server,
        }
    }

    /// Nanoseconds of CPU for a request, and how many there were.
    async fn round(&mut self, options: &Options) -> Result<(f64, u64), Failure> {
        let before = self.server().cpu()?;
        let requests = self.run(Until::Passed(options.time)).await?;
        let spent = self.server().cpu()?.since(&before);
        #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
        Ok(((spent.as_nanos() as f64 / requests.max(1) as f64).round(), requests))
    }
}

/// All servers of a transport at one workload in turn, and so on in each round.
pub(crate) async fn compete(
    options: &Options,
    workload: &Workload,
    revision: Revision,
) -> Vec<Cell> {
    let contestants: Vec<_> = CONTESTANTS
        .into_iter()
        .filter(|contestant| contestant.transport == workload.transport)
        .filter(|contestant| options.takes(contestant.name))
        .collect();
    let mut all = Vec::new();
    for contestant in contestants {
        let mut cell = Cell {
            server: contestant.name.into(),
            workload: workload.name.into(),
            revision: revision.name().into(),
            rounds: Vec::new(),
            requests: 0,
            failure: None,
        };
        let asked = Asked::start(options, contestant, workload, revision).await;
        cell.failure = asked.as_ref().err().map(ToString::to_string);
        all.push((cell, asked.ok()));
    }
    for _ in 0..options.rounds {
        for (cell, asked) in &mut all {
            let Some(running) = asked else { continue };
            match running.round(options).await {
                Ok((cpu, requests)) => {
                    cell.rounds.push(cpu);
                    cell.requests += requests;
                }
                Err(error) => {
                    cell.failure = Some(error.to_string());
                    *asked = None;
                }
            }
        }
    }
    all.into_iter().map(|(cell, _)| cell).collect()
}
