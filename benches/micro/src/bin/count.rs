//! What `benches/guard` runs.
//!
//! `count grow` and `count growth <folder>` do the same for what must not grow faster than what a client sends.
//!
//! `count run [part of a name]` runs cases under callgrind, which writes a file after each; `count compare <folder>` compares
//! the files with the accepted counts, and `count accept <folder>` makes them the accepted ones.
#![allow(clippy::print_stdout, reason = "a program that reports")]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use minimcp_micro::{Case, Counts, TIMES, TIMES_LONGER, cases, growing, measured, parse_dump};

/// By how much a count may be above the accepted one.
const TOLERANCE: f64 = 0.05;

fn run(part: &str) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let _guard = runtime.enter();
    // What is measured beside a case is only of interest when it is asked for.
    let wanted = |name: &str| {
        let floor = name.starts_with("floor") && !part.is_empty() && !part.starts_with("floor");
        name.contains(part) && !floor
    };
    for mut case in cases().into_iter().filter(|case| wanted(&case.name)) {
        if !case.warm_up() {
            return Err(format!("{} has a wrong answer", case.name).into());
        }
        measured(&mut case);
    }
    Ok(())
}

/// Runs what grows.
fn grow() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let _guard = runtime.enter();
    for mut case in growing() {
        if !case.warm_up() {
            return Err(format!("{} has a wrong answer", case.name).into());
        }
        measured(&mut case);
    }
    Ok(())
}

/// Fails where a text of four times the length costs more than five times the instructions.
#[allow(clippy::cast_precision_loss, reason = "counts of instructions are small")]
fn growth(folder: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let cases = growing();
    let mut failed = false;
    println!("{:>12} {:>12} {:>8}  repeated", "short", "long", "growth");
    for (case, counts) in cases.iter().step_by(2).zip(counted(folder, &cases)?.chunks(2)) {
        let &[short, long] = counts else { continue };
        let growth = long as f64 / short as f64;
        let mark = if growth > TIMES_LONGER as f64 * 1.25 { " <-- too fast" } else { "" };
        failed |= !mark.is_empty();
        println!("{short:>12} {long:>12} {growth:>7.1}x  {}{mark}", case.name);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The files of one run, in the order in which they were written.
fn counted(folder: &Path, cases: &[Case]) -> Result<Vec<u64>, Box<dyn Error>> {
    (1..=cases.len())
        .map(|number| {
            let text = std::fs::read_to_string(folder.join(format!("out.{number}")))?;
            let total = parse_dump(&text).ok_or("a file of callgrind without a sum")?;
            Ok(total / TIMES)
        })
        .collect()
}

fn compare(folder: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let (cases, accepted) = (cases(), Counts::load()?);
    let mut failed = false;
    println!("{:>12} {:>12} {:>8}  case", "accepted", "now", "change");
    for (case, now) in cases.iter().zip(counted(folder, &cases)?) {
        let Some(before) = accepted.of(&case.name).instructions else {
            failed = true;
            println!("{:>12} {now:>12} {:>8}  {}", "-", "new", case.name);
            continue;
        };
        #[allow(clippy::cast_precision_loss, reason = "counts of instructions are small")]
        let change = now as f64 / before as f64 - 1.0;
        let mark = if change > TOLERANCE { " <-- too many" } else { "" };
        failed |= change > TOLERANCE;
        println!("{before:>12} {now:>12} {:>+7.1}%  {}{mark}", change * 100.0, case.name);
    }
    if failed {
        println!(
            "\nMore than 5 % above what was accepted, or not accepted yet. If it has to be: benches/guard --accept"
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn accept(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (cases, mut accepted) = (cases(), Counts::load()?);
    for (case, now) in cases.iter().zip(counted(folder, &cases)?) {
        accepted.of_mut(&case.name).instructions = Some(now);
    }
    accepted.keep(cases.iter().map(|case| case.name.as_str()));
    Ok(accepted.save()?)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (what, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match what.as_str() {
        "run" => run(&rest)?,
        "grow" => grow()?,
        "growth" => return growth(Path::new(&rest)),
        "compare" => return compare(Path::new(&rest)),
        "accept" => accept(Path::new(&rest))?,
        _ => return Err("what to do: run, compare, accept, grow or growth".into()),
    }
    Ok(ExitCode::SUCCESS)
}
