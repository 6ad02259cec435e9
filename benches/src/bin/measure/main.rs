//! Measures minimcp beside servers without a framework and beside rmcp; `benches/run` builds all of them and starts this.
//!
//! Each server has one core, the load another. All servers of a workload run at the same time and are asked in turn, round
//! by round; what counts is the CPU time that a server used for a request, as a ratio to the server without a framework
//! in the same round. Every answer is checked.
#![allow(clippy::print_stdout, reason = "a program that reports")]

mod contest;
mod http;
mod message;
mod options;
mod pipe;
mod process;
mod results;

use contest::{WORKLOADS, compete, write_lists};
use message::{Failure, Revision};
use options::{HELP, Options};
use results::{Results, shown};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let Some(options) = Options::parse()? else {
        print!("{HELP}");
        return Ok(());
    };
    write_lists(&options).await?;
    let mut results = Results::default();
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
                        shown(ratio.least),
                        shown(ratio.most),
                        cell.requests,
                    ),
                    (_, _, failure) => {
                        println!("{:>28} {}", cell.server, failure.as_deref().unwrap_or("–"));
                    }
                }
            }
        }
    }
    Ok(())
}
