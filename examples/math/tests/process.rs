//! The program as clients start it: bytes to its standard input, lines from its standard output.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

fn start() -> Child {
    Command::new(env!("CARGO_BIN_EXE_math"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Sends bytes and the end of input; gives all lines and the exit code. The program writes while it is written to.
fn run(input: Vec<u8>) -> (Vec<Value>, Option<i32>, String) {
    let mut child = start();
    let mut stdin = child.stdin.take().unwrap();
    let sent = String::from_utf8_lossy(&input).into_owned();
    let writing = thread::spawn(move || stdin.write_all(&input));
    let mut output = String::new();
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    judge::sent(None, &sent, &output);
    let lines = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    writing.join().unwrap().unwrap();
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    (lines, child.wait().unwrap().code(), log)
}

/// Compares the error codes and ids of all answers, in the order of the ids.
fn check(input: impl Into<Vec<u8>>, expected: &[(Value, Value)]) {
    let (lines, exit, log) = run(input.into());
    let mut answers: Vec<_> =
        lines.iter().map(|line| (line["id"].clone(), line["error"]["code"].clone())).collect();
    answers.sort_by_key(|(id, _)| id.to_string());
    assert_eq!(answers, expected);
    assert_eq!((exit, log.as_str()), (Some(0), ""));
}

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[test]
fn the_end_of_input_ends_the_program_after_the_running_calls_are_answered() {
    let slow = r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"add_with_progress","arguments":{"a":1,"b":2}}}"#;
    check(format!("{slow}\n{PING}"), &[(json!(1), Value::Null), (json!(2), Value::Null)]);
    check("", &[]);
}

#[test]
fn no_input_stops_it() {
    let endless = [vec![b'x'; 10_000_000], b"\n".to_vec(), PING.into()].concat();
    check(endless, &[(json!(1), Value::Null), (Value::Null, json!(-32700))]);
    let nested = format!("{}{}\n{PING}", "[".repeat(100_000), "]".repeat(100_000));
    check(nested, &[(json!(1), Value::Null), (Value::Null, json!(-32600))]);
    let call =
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"add","arguments":{"a":"#;
    let deep = format!("{call}{}{}}}}}}}\n{PING}", "[".repeat(100_000), "]".repeat(100_000));
    check(deep, &[(json!(1), Value::Null), (json!(2), json!(null))]);
    let bytes = [b"\xff\xfe\x00\n".to_vec(), PING.into()].concat();
    check(bytes, &[(json!(1), Value::Null), (Value::Null, json!(-32700))]);
}

#[test]
fn a_client_that_goes_away_ends_the_program() {
    let mut child = start();
    let mut stdin: ChildStdin = child.stdin.take().unwrap();
    drop(child.stdout.take());
    writeln!(stdin, "{PING}").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn nonsense_on_the_command_line_is_explained() {
    let output = Command::new(env!("CARGO_BIN_EXE_math")).arg("--nonsense").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "usage: math [--page | --http ADDRESS [--json | --page]]\n"
    );
}
