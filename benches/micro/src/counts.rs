//! The accepted counts: a file of the repository.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::{fs, io};

/// Counts by the name of the case: of instructions and of allocations.
#[derive(Debug, Default, PartialEq)]
pub struct Counts {
    names: Vec<String>,
    values: BTreeMap<String, Count>,
}

/// What a case costs; nothing where it was not counted.
#[derive(Debug, Default, PartialEq, Clone, Copy)]
pub struct Count {
    /// Instructions of one run, by callgrind.
    pub instructions: Option<u64>,
    /// Allocations of one run.
    pub allocations: Option<u64>,
}

impl Counts {
    /// The file.
    #[must_use]
    pub fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("counts.tsv")
    }

    /// Reads the file. A file that is not there is empty.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn load() -> io::Result<Self> {
        match fs::read_to_string(Self::path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            read => read.map(|text| Self::parse(&text)),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn save(&self) -> io::Result<()> {
        fs::write(Self::path(), self.to_string())
    }

    fn parse(text: &str) -> Self {
        let mut counts = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t').map(str::trim);
            let mut number = || cells.next().and_then(|cell| cell.parse().ok());
            let (instructions, allocations) = (number(), number());
            if let Some(name) = cells.next() {
                *counts.of_mut(name) = Count { instructions, allocations };
            }
        }
        counts
    }

    /// The counts of a case.
    #[must_use]
    pub fn of(&self, name: &str) -> Count {
        self.values.get(name).copied().unwrap_or_default()
    }

    /// The counts of a case, to be changed; a new one is the last of the file.
    pub fn of_mut(&mut self, name: &str) -> &mut Count {
        if !self.values.contains_key(name) {
            self.names.push(name.to_owned());
        }
        self.values.entry(name.to_owned()).or_default()
    }

    /// Keeps these cases, in this order.
    pub fn keep<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        self.names = names.into_iter().map(str::to_owned).collect();
        let names = &self.names;
        self.values.retain(|name, _| names.contains(name));
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "# instructions\tallocations\tcase\n\
             # Rewrite instructions with `benches/guard --accept`, allocations with\n\
             # `UPDATE_COUNTS=1 cargo test -p minimcp-micro`. Instructions are of rustc 1.95 on x86-64.\n",
        )?;
        for name in &self.names {
            let Count { instructions, allocations } = self.of(name);
            let cell =
                |count: Option<u64>| count.map_or_else(|| "-".into(), |count| count.to_string());
            let mut line = String::new();
            write!(line, "{}\t{}\t{name}", cell(instructions), cell(allocations))?;
            writeln!(formatter, "{line}")?;
        }
        Ok(())
    }
}

/// The instructions that a file of callgrind sums up.
#[must_use]
pub fn parse_dump(text: &str) -> Option<u64> {
    let totals = |line: &str| {
        line.strip_prefix("totals: ").or(line.strip_prefix("summary: "))?.trim().parse().ok()
    };
    text.lines().rev().find_map(totals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, name: &str, expected: Count) {
        let counts = Counts::parse(text);
        assert_eq!(counts.of(name), expected);
        assert_eq!(Counts::parse(&counts.to_string()), counts);
    }

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let counted = Count { instructions: Some(7), allocations: Some(2) };
        check("# x\n7\t2\ttools/call add\n", "tools/call add", counted);
        check("7\t2\ttools/call add\n", "ping", Count::default());
        check("-\t2\tping\n", "ping", Count { instructions: None, allocations: Some(2) });
    }

    #[test]
    fn a_dump_has_a_sum() {
        assert_eq!(parse_dump("events: Ir\nfn=x\n1 2\ntotals: 42\n"), Some(42));
        assert_eq!(parse_dump("events: Ir\n"), None);
    }
}
