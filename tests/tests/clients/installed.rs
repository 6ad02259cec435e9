//! The clients that `tests/clients/install` installed, each as a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::server::{MATH, Server};

#[tokio::test]
async fn python_1() {
    every_transport(&python("1")).await;
}

#[tokio::test]
async fn python_2() {
    every_transport(&python("2")).await;
}

#[tokio::test]
async fn javascript() {
    every_transport(&["node".into(), clients().join("npm/drive.mjs")]).await;
}

/// Runs a driver over all transports, at the same time: most of it is waiting. It starts the server itself over stdio.
async fn every_transport(driver: &[PathBuf]) {
    let streamable = Server::start(&[]).await;
    let plain = Server::start(&["--json"]).await;
    tokio::join!(
        drive(driver, "stdio", MATH.as_path()),
        drive(driver, "http", streamable.url().as_ref()),
        drive(driver, "json", plain.url().as_ref()),
    );
}

async fn drive(driver: &[PathBuf], transport: &str, target: &Path) {
    let [program, script] = driver else { panic!("a program and its script: {driver:?}") };
    let output = Command::new(program)
        .arg(script)
        .arg(transport)
        .arg(target)
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

fn python(major: &str) -> [PathBuf; 2] {
    let installed = match std::env::var_os("MINIMCP_CLIENTS_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clients"),
    };
    [installed.join(format!("python-{major}/bin/python")), clients().join("python/drive.py")]
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}
