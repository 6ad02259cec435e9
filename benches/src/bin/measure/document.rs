//! The results as a document in Markdown.

use std::fmt::Write as _;

use crate::contest::{CONTESTANTS, Contestant, Transport, WORKLOADS};
use crate::message::Revision;
use crate::results::{Results, shown};

const INTRODUCTION: &str = "\
# Benchmarks

Written by `benches/run --write --growth` from [benchmarks.json](benchmarks.json); do not edit.

![CPU of a request, as a ratio to a server without a framework](benchmarks.svg)

## How to read this

Each number is the CPU time that a server process used for a request, user and system time together as the operating system
accounts for it, divided by that of a server without a framework in the same round. **1.00 is as much as without a framework;
lower is better.** The number is the median of the rounds, and in parentheses is the middle half of them. The row
*bare axum again* is the same program a second time: what it differs from 1 by is what this measure cannot see.

The bare server reads the same message into typed structs with serde and answers with the bytes that minimcp would send; its
lists are ready bytes. It checks nothing else and has no limits. minimcp has its default limits, checks and validation
switched on. rmcp answers with text alone, which costs it less. *rmcp fastest* has its router built once instead of for each
message, no sessions, plain JSON where nothing is streamed, pipes that do not block and a runtime of one thread; *rmcp
default* is what its documentation shows.

Servers have one core, the load has another. All servers of a column are asked in turn in each round. The number after ×
is that of connections over HTTP with a request under way on each (16 where there is none, 4 for 1 MB), and of requests
in flight over stdio (1 where there is none). The load reads each answer: its status, its id, its result, its events. An
answer whose bytes around the id equal those of one that was read needs no second reading.

CPU time is not latency. Where requests come one at a time most of it is the kernel's: a wake-up, a read, a write.
";

const BUILDING: &str = "\
## Building

Written by `benches/run --build --write`, apart from all above. *hand* is the same server without a framework, on tokio, serde,
serde_json, schemars and axum with HTTP/1 alone ([`benches/built/hand`](../benches/built/hand)): one tool with its schema,
one revision, no limits and no checks. minimcp has its default features, rmcp those of its two transports. All have tokio's
runtime of many threads and the plain release profile. CPU seconds are user and system time of cargo and all that it
started; servers are built in turn, and the ratios are those of one round. The program is stripped by `strip`; panics unwind
in all profiles. Memory is that of the stripped program, pages of its file among it. A further tool is a function with three documented parameters, in a package with a hundred of them and in
one with a single one; only that package is built.
";

/// The document.
pub(crate) fn document(results: &Results) -> String {
    let mut out = INTRODUCTION.to_owned();
    out.push_str("\n## The machine\n\n| | |\n|---|---|\n");
    for (name, value) in &results.about {
        let _ = writeln!(out, "| {name} | {value} |");
    }
    for (title, transport) in [("Over HTTP", Transport::Http), ("Over stdio", Transport::Stdio)] {
        for revision in Revision::ALL {
            let _ = writeln!(out, "\n## {title}, {}\n", revision.name());
            table(&mut out, results, transport, revision.name());
        }
    }
    lost(&mut out, results);
    for name in tables(results, false) {
        let _ = writeln!(out, "\n## {name}\n");
        figures(&mut out, results, name);
    }
    let built = tables(results, true);
    if !built.is_empty() {
        let about = results.built_about.iter().map(|(name, value)| format!("{name} {value}"));
        let about: Vec<_> = about.collect();
        let _ = writeln!(out, "\n{BUILDING}\nMeasured with {}.", about.join(", "));
    }
    for name in built {
        let _ = writeln!(out, "\n### {name}\n");
        figures(&mut out, results, name);
    }
    out
}

fn tables(results: &Results, built: bool) -> Vec<&str> {
    let figures = results.figures.iter().filter(|figure| figure.built == built);
    let mut tables: Vec<&str> = figures.map(|figure| &*figure.table).collect();
    tables.dedup();
    tables
}

fn servers(transport: Transport) -> impl Iterator<Item = &'static Contestant> {
    CONTESTANTS.iter().filter(move |contestant| contestant.transport == transport)
}

fn table(out: &mut String, results: &Results, transport: Transport, revision: &str) {
    let columns: Vec<_> =
        WORKLOADS.iter().filter(|workload| workload.transport == transport).collect();
    let names: Vec<_> = columns.iter().map(|workload| workload.name).collect();
    let _ =
        writeln!(out, "| server | {} |\n|---|{}", names.join(" | "), "---:|".repeat(names.len()));
    for (index, server) in servers(transport).enumerate() {
        let _ = write!(out, "| {} |", server.name);
        for workload in &columns {
            let ratio = results.ratio(server.name, workload.name, revision);
            let time = results.microseconds(server.name, workload.name, revision);
            let _ = match (index, ratio, time) {
                (0, _, Some(time)) => write!(out, " 1 ({time:.1} µs) |"),
                (_, Some(ratio), _) => {
                    let spread = format!("{}–{}", shown(ratio.lower), shown(ratio.upper));
                    write!(out, " **{}** ({spread}) |", shown(ratio.median))
                }
                _ => write!(out, " – |"),
            };
        }
        out.push('\n');
    }
}

/// Where another server needs less than minimcp, found in the results.
fn lost(out: &mut String, results: &Results) {
    out.push_str("\n## Where minimcp does not win\n\nWhere a server other than hyper without axum needs at least 5 % less CPU than minimcp \
        (what it is made of: [what remains](../ARCHITECTURE.md#what-remains)):\n\n");
    let mut any = false;
    for workload in &WORKLOADS {
        for revision in Revision::ALL {
            for ours in servers(workload.transport).filter(|server| server.name.contains("minimcp"))
            {
                let Some(own) = results.ratio(ours.name, workload.name, revision.name()) else {
                    continue;
                };
                let better: Vec<_> = servers(workload.transport)
                    .filter(|other| {
                        ["minimcp", "hyper", "again"].iter().all(|part| !other.name.contains(part))
                    })
                    .filter_map(|other| {
                        let ratio = results.ratio(other.name, workload.name, revision.name())?;
                        (ratio.median * 1.05 < own.median)
                            .then(|| format!("{} {}", other.name, shown(ratio.median)))
                    })
                    .collect();
                if !better.is_empty() {
                    any = true;
                    let _ = writeln!(
                        out,
                        "- {}, {}: {} {}; {}",
                        workload.name,
                        revision.name(),
                        ours.name,
                        shown(own.median),
                        better.join(", ")
                    );
                }
            }
        }
    }
    if !any {
        out.push_str("- nowhere in this run\n");
    }
}

fn figures(out: &mut String, results: &Results, table: &str) {
    let rows = results.figures.iter().filter(|figure| figure.table == table);
    let (mut names, mut columns) = (Vec::new(), Vec::new());
    for figure in rows.clone() {
        if !names.contains(&&figure.row) {
            names.push(&figure.row);
        }
        if !columns.contains(&&figure.column) {
            columns.push(&figure.column);
        }
    }
    let titles: Vec<_> = columns.iter().map(|column| column.as_str()).collect();
    let _ = writeln!(out, "| | {} |\n|---|{}", titles.join(" | "), "---:|".repeat(titles.len()));
    for name in names {
        let _ = write!(out, "| {name} |");
        for column in &columns {
            let cell = rows.clone().find(|figure| figure.row == *name && figure.column == **column);
            let _ = write!(out, " {} |", cell.map_or("–", |figure| &figure.value));
        }
        out.push('\n');
    }
}
