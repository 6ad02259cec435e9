//! Where and with what was measured.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::options::Options;

/// Date, machine, versions and settings.
pub(crate) fn about(options: &Options) -> BTreeMap<String, String> {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor =
        processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let peers = fs::read_to_string("benches/peers/Cargo.lock").unwrap_or_default();
    let own = fs::read_to_string("Cargo.lock").unwrap_or_default();
    let entries = [
        ("date", output("date", &["-u", "+%Y-%m-%d"])),
        ("processor", processor.map_or("?", |(_, name)| name).to_owned()),
        // The load has one core, so this process sees only that.
        ("cores of the servers and of the load", format!("1 and {cores}")),
        ("memory", kilobytes.unwrap_or("?").trim().to_owned()),
        ("kernel", output("uname", &["-sr"])),
        ("compiler", output("rustc", &["--version"])),
        (
            "minimcp",
            format!(
                "{} ({})",
                version(&own, "minimcp"),
                output("git", &["rev-parse", "--short", "HEAD"])
            ),
        ),
        ("axum", version(&own, "axum")),
        ("hyper", version(&own, "hyper")),
        ("tokio", version(&own, "tokio")),
        ("rmcp", version(&peers, "rmcp")),
        ("rounds", options.rounds.to_string()),
        ("seconds of a server in a round", options.time.as_secs_f64().to_string()),
        ("load of the machine before", load_before()),
    ];
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The same, for what was built.
pub(crate) fn built_about() -> BTreeMap<String, String> {
    let lock = fs::read_to_string("benches/built/Cargo.lock").unwrap_or_default();
    let entries = [
        ("date", output("date", &["-u", "+%Y-%m-%d"])),
        ("compiler", output("rustc", &["--version"])),
        ("minimcp", output("git", &["rev-parse", "--short", "HEAD"])),
        ("axum", version(&lock, "axum")),
        ("rmcp", version(&lock, "rmcp")),
        ("tokio", version(&lock, "tokio")),
    ];
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn load_before() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_owned()
}

fn version(lock: &str, name: &str) -> String {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let found = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    found.map_or("?", |(version, _)| version).to_owned()
}

fn output(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output();
    output
        .map_or_else(|_| "?".into(), |output| String::from_utf8_lossy(&output.stdout).trim().into())
}
