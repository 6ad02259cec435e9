//! The client program against the service, each a process or a task of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::process::Output;
use std::time::Duration;

use calculator::{Options, serve};
use tokio::net::TcpListener;
use tokio::process::Command;

#[tokio::test]
async fn the_client_lists_calls_and_prints_steps_in_order() {
    let options = Options {
        token: "secret".parse().ok(),
        pause: Duration::from_millis(1),
        ..Options::default()
    };
    let output = run(options, &["--token", "secret", "--client-id", "anna"]).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<_> = printed.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "tool add_numbers: Add two numbers",
            "tool multiply_numbers: Multiply two numbers",
            "2 + 3 = 5.0",
            "  step 1 of 3: take 6",
            "  step 2 of 3: times 7",
            "  step 3 of 3: 6 × 7 = 42",
            "6 × 7 = 42.0",
        ]
    );
}

#[tokio::test]
async fn a_wrong_token_is_reported() {
    let options = Options { token: "secret".parse().ok(), ..Options::default() };
    let output = run(options, &["--token", "wrong"]).await;
    assert!(!output.status.success());
    assert!(!output.stderr.is_empty());
}

/// Runs the client against a service of its own.
async fn run(options: Options, arguments: &[&str]) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let client = Command::new(env!("CARGO_BIN_EXE_calculator_client"))
        .args(arguments)
        .arg(url)
        .kill_on_drop(true)
        .output();
    tokio::select! {
        output = client => output.unwrap(),
        served = serve(listener, &options, std::future::pending()) => panic!("{served:?}"),
    }
}
