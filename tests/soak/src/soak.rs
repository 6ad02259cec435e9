//! A long time under load, and what is left of it.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::time::sleep;

use crate::chance::Chance;
use crate::load::Seen;
use crate::server::{Server, Usage};
use crate::wire::Failure;

/// The memory at the end may be so much more than after the warm-up, which is the first fifth of the time: a quarter, and
/// as many bytes, for what an allocator keeps.
const GROWTH: (f64, u64) = (1.25, 8 << 20);
/// And so many more open files.
const FILES: usize = 2;

/// Loads a server. Gives the report, and what is wrong.
pub(crate) async fn soak(time: Duration) -> Result<(String, Vec<String>), Failure> {
    let server = Server::start(&[]).await?;
    let fresh = server.idle().await?;
    let each = (time / 12).clamp(Duration::from_secs(1), Duration::from_secs(20));
    let begun = Instant::now();
    let (mut seen, mut killed, mut rounds) = (Seen::default(), 0_u64, 0_u64);
    let (mut warm, mut most) = (None, fresh);
    let mut last = fresh;
    let mut chance = Chance::new(7);
    while begun.elapsed() < time && seen.problems.is_empty() {
        rounds += 1;
        match rounds % 3 {
            0 => {
                kill(&server, each, rounds, &mut chance).await?;
                killed += 1;
            }
            _ => seen.add(generate(&server, each, rounds).await?),
        }
        last = server.idle().await?;
        most.memory = most.memory.max(last.memory);
        if begun.elapsed() >= time / 5 && rounds > 1 {
            warm.get_or_insert(last);
        }
    }
    let warm = warm.unwrap_or(last);
    let log = server.log();
    let ended = server.end().await?;

    let mut problems = seen.problems.clone();
    problems.extend(log.panics.iter().chain(&log.errors).cloned());
    problems.extend(grown(fresh, warm, last));
    let mut text = String::new();
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    for (what, value) in [
        ("seconds", begun.elapsed().as_secs().to_string()),
        ("generators, killed of them", format!("{rounds}, {killed}")),
        ("requests answered, each once", seen.answered.to_string()),
        ("of them streams", seen.streams.to_string()),
        ("refused for want of room", seen.refused.to_string()),
        ("sessions begun", seen.sessions.to_string()),
        ("clients that vanished", seen.vanished.to_string()),
        ("malformed", seen.malformed.to_string()),
        (
            "memory: fresh, warm, most, at the end",
            [fresh, warm, most, last].map(|usage| megabytes(usage.memory)).join(", "),
        ),
        (
            "open files: fresh, warm, at the end",
            [fresh, warm, last].map(|usage| usage.files.to_string()).join(", "),
        ),
        (
            "tasks: fresh, warm, at the end",
            [fresh, warm, last].map(|usage| usage.tasks.to_string()).join(", "),
        ),
        ("panics, errors in the log", format!("{}, {}", log.panics.len(), log.errors.len())),
        ("end after SIGTERM", format!("{} ms", ended.as_millis())),
    ] {
        writeln!(text, "{what:40} {value}")?;
    }
    Ok((text, problems))
}

/// What has become more than it may.
fn grown(fresh: Usage, warm: Usage, last: Usage) -> Vec<String> {
    let mut problems = Vec::new();
    let most = (warm.memory as f64 * GROWTH.0) as u64 + GROWTH.1;
    if last.memory > most {
        problems.push(format!("the memory grew from {} to {} bytes", warm.memory, last.memory));
    }
    if last.files > fresh.files + FILES {
        problems.push(format!("{} files are open, and were {}", last.files, fresh.files));
    }
    if last.tasks > fresh.tasks {
        problems.push(format!("{} tasks are there, and were {}", last.tasks, fresh.tasks));
    }
    problems
}

fn generator(server: &Server, time: Duration, seed: u64) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["generate", &server.address.to_string()]);
    command.args([time.as_millis().to_string(), seed.to_string()]);
    command.stdout(Stdio::piped()).kill_on_drop(true);
    Ok(command)
}

/// A generator of load that says what it has seen.
async fn generate(server: &Server, time: Duration, seed: u64) -> Result<Seen, Failure> {
    let output = generator(server, time, seed)?.output().await?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// One that is killed in the midst of everything.
async fn kill(
    server: &Server,
    time: Duration,
    seed: u64,
    chance: &mut Chance,
) -> Result<(), Failure> {
    let mut child = generator(server, time * 2, seed)?.spawn()?;
    let part = u32::try_from(500 + chance.below(500)).unwrap_or(1000);
    sleep(time * part / 1000).await;
    child.kill().await?;
    let mut said = String::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_string(&mut said).await?;
    }
    match said.is_empty() {
        true => Ok(()),
        false => Err(format!("a generator ended before it was killed: {said}").into()),
    }
}
