//! Measures minimcp beside servers without a framework and beside rmcp; `benches/run` builds all of them and starts this.
//!
//! Each server has one core, the load another. All servers of a workload run at the same time and are asked in turn, round
//! by round; what counts is the CPU time that a server used for a request, as a ratio to the server without a framework
//! in the same round. Every answer is checked.
#![allow(clippy::print_stdout, reason = "a program that reports")]

mod about;
mod built;
mod chart;
mod contest;
mod document;
mod growth;
mod http;
mod message;
mod options;
mod pipe;
mod process;
mod rest;
mod results;
mod tools;

use about::{about, built_about};
use built::build;
use chart::chart;
use contest::{WORKLOADS, compete, write_lists};
use document::document;
use growth::grow;
use message::{Failure, Revision};
use options::{HELP, Options};
use results::{Figure, Results, shown};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let Some(options) = Options::parse()? else {
        print!("{HELP}");
        return Ok(());
    };
    if options.draw {
        return draw(&Results::read()?);
    }
    let earlier = Results::read().unwrap_or_default();
    if options.build {
        let mut results = Results { built_about: built_about(), ..earlier };
        build(&options, &mut results)?;
        return finish(&options, &results);
    }
    write_lists(&options).await?;
    let mut results = Results { about: about(&options), ..Results::default() };
    for workload in WORKLOADS.iter().filter(|workload| workload.name.contains(&options.only)) {
        for revision in Revision::ALL {
            println!("\n{}, {}", workload.name, revision.name());
            results.cells.extend(compete(&options, workload, revision).await);
            for cell in results
                .cells
                .iter()
                .filter(|cell| cell.workload == workload.name && cell.revision == revision.name())
            {
                let ratio = results.ratio(&cell.server, workload.name, revision.name());
                let cpu = results.microseconds(&cell.server, workload.name, revision.name());
                match (ratio, cpu, &cell.failure) {
                    (Some(ratio), Some(cpu), None) => println!(
                        "{:>28} {:>6}  ({} to {})  {cpu:.1} µs, {} requests",
                        cell.server,
                        shown(ratio.median),
                        shown(ratio.lower),
                        shown(ratio.upper),
                        cell.requests,
                    ),
                    (_, _, failure) => {
                        println!("{:>28} {}", cell.server, failure.as_deref().unwrap_or("–"));
                    }
                }
            }
        }
    }
    if options.growth {
        grow(&options, &mut results).await?;
    }
    results.figures.extend(earlier.figures.into_iter().filter(|figure| figure.built));
    results.built_about = earlier.built_about;
    finish(&options, &results)
}

fn finish(options: &Options, results: &Results) -> Result<(), Failure> {
    for Figure { table, row, column, value, built } in &results.figures {
        if *built == options.build {
            println!("{table}: {row}, {column}: {value}");
        }
    }
    if options.write {
        // A line for each cell, since a round is not worth one.
        let json = serde_json::to_string(results)?.replace("{\"server\"", "\n{\"server\"");
        std::fs::write("docs/benchmarks.json", json + "\n")?;
        draw(results)?;
    }
    Ok(())
}

fn draw(results: &Results) -> Result<(), Failure> {
    std::fs::write("docs/benchmarks.md", document(results))?;
    Ok(std::fs::write("docs/benchmarks.svg", chart(results))?)
}
