//! The servers that clients are tried with, as processes.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::LazyLock;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};

pub(crate) static MATH: LazyLock<PathBuf> = LazyLock::new(|| program("math"));

pub(crate) static CONFORMANCE: LazyLock<PathBuf> = LazyLock::new(|| program("conformance"));

/// The program of an example. Cargo names the programs of the same package alone to a test, so it is asked for this one.
fn program(name: &str) -> PathBuf {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", name, "--bin", name])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo should run");
    assert!(output.status.success(), "{name} should build");
    let messages = String::from_utf8(output.stdout).expect("cargo should write UTF-8");
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .expect("cargo should say where the program is")
}

/// A server on a port of its own, until this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    url: String,
    process: Child,
    // Kept open: a server that cannot write to it would fail for a reason of its own.
    _stderr: BufReader<ChildStderr>,
}

impl Server {
    pub(crate) async fn math(arguments: &[&str]) -> Self {
        Self::start(Command::new(&*MATH).args(["--http", "127.0.0.1:0"]).args(arguments)).await
    }

    pub(crate) async fn conformance() -> Self {
        Self::conformance_at("127.0.0.1:0").await
    }

    pub(crate) async fn conformance_at(address: &str) -> Self {
        Self::start(Command::new(&*CONFORMANCE).arg(address)).await
    }

    /// Starts the conformance server again, in the same place; it has forgotten everything.
    pub(crate) async fn conformance_again(self) -> Self {
        let Self { url, process: mut old, .. } = self;
        old.kill().await.expect("the server should be killed");
        let address = url.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/mcp"));
        Self::conformance_at(address.expect("an address")).await
    }

    async fn start(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server should start");
        let mut stderr = BufReader::new(process.stderr.take().expect("stderr is piped"));
        let mut line = String::new();
        stderr.read_line(&mut line).await.expect("the server should say where it listens");
        let url = line.trim().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("not an address: {line}")).to_owned();
        Self { url, process, _stderr: stderr }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
