//! The program on every kind of standard input and output: the same bytes go in, the same lines come out.
#![cfg(unix)]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use serde_json::{Value, json};

/// What a standard stream of the program is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Pipe,
    Socket,
    File,
    Null,
    /// A pipe or socket whose other end is gone.
    Gone,
}

/// One end for the program, the other for the test.
fn pair(kind: Kind, name: &str) -> (OwnedFd, Box<dyn ReadWrite>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    static FILES: AtomicU32 = AtomicU32::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = format!("minimcp-math-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(file);
    match kind {
        Kind::Socket => (theirs.into(), Box::new(ours)),
        Kind::Gone => (theirs.into(), Box::new(File::open("/dev/null").unwrap())),
        Kind::Null => {
            let null = File::options().read(true).write(true).open("/dev/null").unwrap();
            (null.into(), Box::new(File::open("/dev/null").unwrap()))
        }
        Kind::File => {
            let file = File::options().read(true).append(true).create(true).open(&path).unwrap();
            let other = File::options().read(true).append(true).open(&path).unwrap();
            fs::remove_file(&path).unwrap();
            (file.into(), Box::new(other))
        }
        Kind::Pipe => {
            let (reader, writer) = std::io::pipe().unwrap();
            match name {
                "in" => (reader.into(), Box::new(File::from(OwnedFd::from(writer)))),
                _ => (writer.into(), Box::new(File::from(OwnedFd::from(reader)))),
            }
        }
    }
}

trait ReadWrite: Read + Write + Send {}
impl<T: Read + Write + Send> ReadWrite for T {}

/// Whether reads and writes of an open file wait, by what Linux says of it.
fn waits(fd: &OwnedFd) -> bool {
    use std::os::fd::AsRawFd as _;
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", fd.as_raw_fd()));
    let Ok(info) = info else { return true };
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
    u32::from_str_radix(flags, 8).unwrap() & 0o4000 == 0
}

/// Sends lines and the end of input, and compares the ids of the answers, which come in the order of the ids.
fn check(input: Kind, output: Kind, log: Option<Kind>, lines: &str, expected: &[Value]) {
    let (stdin, mut to) = pair(input, "in");
    let (stdout, mut from) = pair(output, "out");
    // A file ends where it ends: what is in it has to be there before.
    if input == Kind::File {
        to.write_all(lines.as_bytes()).unwrap();
    }
    let shared = (stdin.try_clone().unwrap(), stdout.try_clone().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_math"));
    command.stdin(stdin).stderr(match log {
        Some(_) => Stdio::from(stdout.try_clone().unwrap()),
        None => Stdio::inherit(),
    });
    let mut child = command.stdout(stdout).spawn().unwrap();
    drop(command);
    let sent = lines.to_owned();
    let sending = thread::spawn(move || {
        if !matches!(input, Kind::File | Kind::Null | Kind::Gone) {
            // A program that has no one to answer to does not read to the end.
            let _ = to.write_all(sent.as_bytes());
        }
    });
    let (shared_in, shared_out) = shared;
    let watching = thread::spawn(move || {
        let status = child.wait().unwrap();
        // Only then does the test's own copy go: with it the output ends.
        (status.code(), waits(&shared_out))
    });
    let mut answers = String::new();
    let file = output == Kind::File;
    if !file {
        from.read_to_string(&mut answers).unwrap();
    }
    assert_eq!(watching.join().unwrap(), (Some(0), true), "{input:?} {output:?}");
    if file {
        from.read_to_string(&mut answers).unwrap();
    }
    sending.join().unwrap();
    assert!(waits(&shared_in), "{input:?} {output:?}");
    judge::sent(None, lines, &answers);
    let mut ids: Vec<Value> = answers
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].take())
        .collect();
    ids.sort_by_key(Value::to_string);
    assert_eq!(ids, expected, "{input:?} {output:?} {log:?}");
}

fn ping(id: u32) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }).to_string() + "\n"
}

/// Far more than a pipe holds, read by nobody until much of it is written.
fn many(count: u32) -> (String, Vec<Value>) {
    let lines = (0..count).map(|id| {
        let params = json!({ "name": "add", "arguments": { "a": id, "b": 1 } });
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string()
            + "\n"
    });
    let mut ids: Vec<Value> = (0..count).map(Value::from).collect();
    ids.sort_by_key(Value::to_string);
    (lines.collect(), ids)
}

#[test]
fn every_input_goes_with_every_output() {
    let (lines, ids) = many(3000);
    for input in [Kind::Pipe, Kind::Socket, Kind::File] {
        for output in [Kind::Pipe, Kind::Socket, Kind::File] {
            check(input, output, None, &lines, &ids);
        }
        check(input, Kind::Null, None, &ping(1), &[]);
    }
}

#[test]
fn a_log_that_shares_the_output_is_left_alone() {
    let (lines, ids) = many(3000);
    for kind in [Kind::Pipe, Kind::Socket] {
        check(kind, kind, Some(kind), &lines, &ids);
    }
}

#[test]
fn an_input_that_has_ended_ends_it() {
    for input in [Kind::Null, Kind::Gone] {
        check(input, Kind::Pipe, None, "", &[]);
    }
}

#[test]
fn an_output_that_is_gone_ends_it() {
    for input in [Kind::Pipe, Kind::Socket] {
        check(input, Kind::Gone, None, &ping(1), &[]);
    }
}
