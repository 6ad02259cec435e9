//! The clients that `tests/clients/install` installed, each as a process of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::relay::Relay;
use crate::server::{CONFORMANCE, MATH, Server};

#[tokio::test]
async fn python_1_drives() {
    every_transport(&python("1", "drive.py")).await;
}

#[tokio::test]
async fn python_1_converses() {
    converse(&python("1", "converse.py")).await;
}

#[tokio::test]
async fn python_2_drives() {
    every_transport(&python("2", "drive.py")).await;
}

#[tokio::test]
async fn python_2_converses() {
    converse(&python("2", "converse.py")).await;
}

#[tokio::test]
async fn javascript_drives() {
    every_transport(&javascript("drive.mjs")).await;
}

#[tokio::test]
async fn javascript_converses() {
    converse(&javascript("converse.mjs")).await;
}

/// Runs a driver over all transports, at the same time: most of it is waiting. It starts the server itself over stdio.
async fn every_transport(driver: &[PathBuf]) {
    let streamable = Server::math(&[]).await;
    let plain = Server::math(&["--json"]).await;
    tokio::join!(
        drive(driver, "stdio", [MATH.as_os_str()]),
        drive(driver, "http", [streamable.url()]),
        drive(driver, "json", [plain.url()]),
    );
}

/// The same with the conformance server, over the transports on which it can ask. Each has a server of its own, so that a
/// place which a cancelled call does not give back is missed there.
async fn converse(driver: &[PathBuf]) {
    let (streamable, old) = (Server::conformance().await, Server::conformance().await);
    let relay = Relay::to(streamable.url()).await;
    let old_url = old.url().replace("/mcp", "/sse");
    tokio::join!(
        drive(driver, "stdio", [CONFORMANCE.as_os_str(), "--stdio".as_ref()]),
        drive(driver, "http", [relay.url()]),
        drive(driver, "sse", [&old_url]),
    );
}

async fn drive<const WORDS: usize>(
    driver: &[PathBuf],
    transport: &str,
    target: [impl AsRef<OsStr>; WORDS],
) {
    let [program, script] = driver else { panic!("a program and its script: {driver:?}") };
    let output = Command::new(program)
        .arg(script)
        .arg(transport)
        .args(target)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap_or_else(|error| {
            panic!("{}: {error}; run tests/clients/install", program.display())
        });
    // Printed whole: a driver says what it checked, and how what it found differs.
    println!("{}", String::from_utf8_lossy(&output.stdout));
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{} {transport}: {}", script.display(), output.status);
}

fn javascript(script: &str) -> [PathBuf; 2] {
    ["node".into(), clients().join("npm").join(script)]
}

fn python(major: &str, script: &str) -> [PathBuf; 2] {
    let installed = match std::env::var_os("MINIMCP_CLIENTS_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clients"),
    };
    [installed.join(format!("python-{major}/bin/python")), clients().join("python").join(script)]
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}
