//! The math server as a process.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::LazyLock;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};

/// The program. Cargo names the programs of the same package alone to a test, so it is asked for this one.
pub(crate) static MATH: LazyLock<PathBuf> = LazyLock::new(|| {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "math", "--bin", "math"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo should run");
    assert!(output.status.success(), "the math server should build");
    let messages = String::from_utf8(output.stdout).expect("cargo should write UTF-8");
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .expect("cargo should say where the program is")
});

/// The math server on a port of its own, until this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    url: String,
    _process: Child,
    // Kept open: a server that cannot write to it would fail for a reason of its own.
    _stderr: BufReader<ChildStderr>,
}

impl Server {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(&*MATH)
            .args(["--http", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the math server should start");
        let mut stderr = BufReader::new(process.stderr.take().expect("stderr is piped"));
        let mut line = String::new();
        stderr.read_line(&mut line).await.expect("the math server should say where it listens");
        let url = line.trim().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("not an address: {line}")).to_owned();
        Self { url, _process: process, _stderr: stderr }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
