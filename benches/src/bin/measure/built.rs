//! What it takes to build a server: crates, CPU time, the size of the program. The packages are in `benches/built`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::message::Failure;
use crate::options::Options;
use crate::rest::{TABLE as REST, rest};
use crate::results::{Results, shown};
use crate::tools::{TABLE as TOOLS, tools};

pub(crate) const SERVERS: [&str; 3] = ["hand", "minimcp", "rmcp"];
const FOLDER: &str = "benches/built";
const TREE: &str =
    "Building the same server over HTTP: crates, and CPU seconds of a clean release build";
const SIZES: &str = "Size of the stripped program in MB, with one tool";

/// Profiles by what is changed in the plain release profile.
const PROFILES: [(&str, &[(&str, &str)]); 3] = [
    ("release", &[]),
    ("lto, one codegen unit", &[("LTO", "fat"), ("CODEGEN_UNITS", "1")]),
    ("the same, opt-level s", &[("LTO", "fat"), ("CODEGEN_UNITS", "1"), ("OPT_LEVEL", "s")]),
];

/// All of it, or the tables that were asked for, in the place of what was there.
pub(crate) fn build(options: &Options, results: &mut Results) -> Result<(), Failure> {
    let folder = options.programs.join("built");
    for (table, measure) in [(TREE, trees as Measure), (SIZES, sizes), (REST, rest), (TOOLS, tools)]
    {
        if table.contains(&options.only) {
            results.figures.retain(|figure| figure.table != table);
            let before = results.figures.len();
            measure(options, results, &folder)?;
            for figure in results.figures.iter_mut().skip(before) {
                figure.built = true;
            }
        }
    }
    Ok(())
}

type Measure = fn(&Options, &mut Results, &Path) -> Result<(), Failure>;

fn trees(options: &Options, results: &mut Results, folder: &Path) -> Result<(), Failure> {
    cargo(&["fetch", "--quiet"], Path::new(FOLDER), folder, &[])?;
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..options.rounds.min(3) {
        for name in SERVERS {
            // From nothing, so that only this server's features are built.
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            let time = release(name, "http", folder, &[])?;
            println!("clean build of {name}: {time:.1} CPU seconds");
            times.entry(name).or_default().push(time);
        }
    }
    let hand = times.get("hand").cloned().unwrap_or_default();
    for name in SERVERS {
        let times = times.remove(name).unwrap_or_default();
        let ratios = times.iter().zip(&hand).map(|(time, hand)| time / hand).collect();
        results.figure(TREE, name, "crates", crates(name)?);
        results.figure(TREE, name, "CPU seconds", format!("{:.1}", median(times)));
        results.figure(TREE, name, "ratio", shown(median(ratios)));
    }
    Ok(())
}

/// How many crates a server brings along, without its own.
fn crates(name: &str) -> Result<usize, Failure> {
    let package = format!("built-{name}");
    let mut tree = Command::new("cargo");
    tree.args(["tree", "--edges", "normal", "--prefix", "none", "--package", &package]);
    let output = tree.current_dir(FOLDER).output()?;
    let names = String::from_utf8(output.stdout)?;
    let names = names.lines().filter(|line| !line.starts_with(&package));
    let names: BTreeSet<_> = names.map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(names.len())
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn sizes(_: &Options, results: &mut Results, folder: &Path) -> Result<(), Failure> {
    for (profile, changes) in PROFILES {
        let changes: Vec<_> = changes
            .iter()
            .map(|(key, value)| (format!("CARGO_PROFILE_RELEASE_{key}"), (*value).to_owned()))
            .collect();
        for transport in ["stdio", "http"] {
            for name in SERVERS {
                release(name, transport, folder, &changes)?;
                let size = fs::metadata(strip(name, transport, folder)?)?.len() as f64 / 1e6;
                let row = format!("{name}, {transport}");
                results.figure(SIZES, &row, profile, format!("{size:.2}"));
                println!("{row}, {profile}: {size:.2} MB");
            }
        }
    }
    Ok(())
}

/// Strips a program that was built; gives where the result is.
pub(crate) fn strip(name: &str, transport: &str, folder: &Path) -> Result<PathBuf, Failure> {
    let program = folder.join("release").join(format!("{name}-{transport}"));
    let stripped = folder.join("stripped");
    run(Command::new("strip").arg("-o").arg(&stripped).arg(program))?;
    Ok(stripped)
}

pub(crate) fn release(
    name: &str,
    transport: &str,
    target: &Path,
    environment: &[(String, String)],
) -> Result<f64, Failure> {
    let (package, program) = (format!("built-{name}"), format!("{name}-{transport}"));
    let words = ["build", "--quiet", "--release", "--package", &package, "--bin", &program];
    cargo(&words, Path::new(FOLDER), target, environment)
}

/// Runs cargo; gives the CPU seconds of all that it started.
pub(crate) fn cargo(
    words: &[&str],
    folder: &Path,
    target: &Path,
    environment: &[(String, String)],
) -> Result<f64, Failure> {
    let target = fs::canonicalize(".")?.join(target);
    let mut cargo = Command::new("cargo");
    cargo.args(words).current_dir(folder).env("CARGO_TARGET_DIR", target);
    // What is kept for the next build costs time in this one.
    cargo.env("CARGO_INCREMENTAL", "0").envs(environment.iter().cloned());
    let before = of_children()?;
    run(&mut cargo)?;
    Ok(of_children()? - before)
}

fn run(command: &mut Command) -> Result<(), Failure> {
    match command.status()?.success() {
        true => Ok(()),
        false => Err(format!("{command:?} failed").into()),
    }
}

/// User and system time of all children that ended, and of theirs.
fn of_children() -> Result<f64, Failure> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(13).take(2);
    // Linux has 100 ticks in a second.
    Ok(ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The lockfile of the packages, so that those that are generated use the same versions.
pub(crate) fn lockfile() -> PathBuf {
    Path::new(FOLDER).join("Cargo.lock")
}
