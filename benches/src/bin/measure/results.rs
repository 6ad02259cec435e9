//! What was measured, as the file that everything else is drawn from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contest::{CONTESTANTS, Cell};
use crate::message::Failure;

/// All results of a run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Results {
    /// Date, machine, versions and settings.
    pub(crate) about: BTreeMap<String, String>,
    pub(crate) cells: Vec<Cell>,
    /// Further figures, by table and row.
    pub(crate) figures: Vec<Figure>,
    /// Date, machine and versions of what was built.
    #[serde(default)]
    pub(crate) built_about: BTreeMap<String, String>,
}

/// A row of a further table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) table: String,
    pub(crate) row: String,
    pub(crate) column: String,
    pub(crate) value: String,
    /// Whether it is of `--build`, which is measured by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) built: bool,
}

/// A ratio over the rounds: in the middle, and where the middle half of the rounds begins and ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ratio {
    pub(crate) median: f64,
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

impl Results {
    /// The results that are in the repository.
    pub(crate) fn read() -> Result<Self, Failure> {
        Ok(serde_json::from_str(&std::fs::read_to_string("docs/benchmarks.json")?)?)
    }

    pub(crate) fn cell(&self, server: &str, workload: &str, revision: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| {
            cell.server == server && cell.workload == workload && cell.revision == revision
        })
    }

    /// A server against the bare one of its transport, round by round.
    pub(crate) fn ratio(&self, server: &str, workload: &str, revision: &str) -> Option<Ratio> {
        let contestant = CONTESTANTS.iter().find(|contestant| contestant.name == server)?;
        let base = CONTESTANTS.iter().find(|other| other.transport == contestant.transport)?.name;
        let base = self.cell(base, workload, revision)?;
        let cell = self.cell(server, workload, revision)?;
        let ratios = cell.rounds.iter().zip(&base.rounds).map(|(one, base)| one / base);
        let mut ratios: Vec<f64> = ratios.collect();
        ratios.sort_by(f64::total_cmp);
        Some(Ratio {
            median: *ratios.get(ratios.len() / 2)?,
            lower: *ratios.get(ratios.len() / 4)?,
            upper: *ratios.get(ratios.len() * 3 / 4)?,
        })
    }

    /// A median of the CPU time of a request, in microseconds.
    pub(crate) fn microseconds(&self, server: &str, workload: &str, revision: &str) -> Option<f64> {
        let mut rounds = self.cell(server, workload, revision)?.rounds.clone();
        rounds.sort_by(f64::total_cmp);
        rounds.get(rounds.len() / 2).map(|nanoseconds| nanoseconds / 1000.0)
    }

    pub(crate) fn figure(&mut self, table: &str, row: &str, column: &str, value: impl ToString) {
        self.figures.push(Figure {
            table: table.into(),
            row: row.into(),
            column: column.into(),
            value: value.to_string(),
            built: false,
        });
    }
}

/// A ratio with as many digits as it deserves.
pub(crate) fn shown(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 9.95 => format!("{ratio:.2}"),
        ratio if ratio < 99.5 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.0}"),
    }
}
