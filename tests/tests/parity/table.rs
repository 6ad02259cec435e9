//! `PARITY.md` and the tests say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The sections of the table, and how many ids each has.
const IDS: [(char, usize); 14] = [
    ('C', 29),
    ('J', 10),
    ('M', 22),
    ('T', 28),
    ('P', 23),
    ('R', 27),
    ('X', 7),
    ('L', 5),
    ('N', 10),
    ('H', 11),
    ('S', 11),
    ('D', 7),
    ('I', 16),
    ('G', 14),
];

/// Modules whose tests are about the tests.
const APPARATUS: [&str; 2] = ["table.rs", "wire.rs"];

struct Row {
    kind: String,
    tests: BTreeSet<String>,
    paths: Vec<String>,
    reason: String,
}

#[test]
fn the_table_and_the_tests_say_the_same() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = rows(&fs::read_to_string(here.join("PARITY.md")).unwrap());
    let tests = tests(&here.join("tests/parity"));
    let mut problems = Vec::new();
    for (section, count) in IDS {
        for id in (1..=count).map(|number| format!("{section}{number}")) {
            match rows.get(&id) {
                Some(row) => problems
                    .extend(row.problem(tests.get(&id), here).map(|it| format!("{id}: {it}"))),
                None => problems.push(format!("{id} is not in the table")),
            }
        }
    }
    let known = |id: &String| {
        IDS.iter()
            .any(|(section, count)| (1..=*count).any(|number| *id == format!("{section}{number}")))
    };
    problems.extend(
        rows.keys()
            .chain(tests.keys())
            .filter(|id| !known(id))
            .map(|id| format!("there is no id {id}")),
    );
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

impl Row {
    fn problem(&self, tests: Option<&BTreeSet<String>>, here: &Path) -> Option<String> {
        let none = BTreeSet::new();
        let tests = tests.unwrap_or(&none);
        if !["P", "A", "F", "PY"].contains(&self.kind.as_str()) {
            return Some(format!("there is no kind {}", self.kind));
        }
        if let Some(path) = self.paths.iter().find(|path| !here.join(path).exists()) {
            return Some(format!("there is no {path}"));
        }
        if self.tests != *tests {
            return Some(format!("the table says {:?}, and the tests are {tests:?}", self.tests));
        }
        (tests.is_empty() && self.reason.split_whitespace().count() < 4)
            .then(|| "no test, and no reason".to_owned())
    }
}

/// Reads the rows: id, kind, behaviour, and then the tests in backticks, paths in backticks, and reasons.
fn rows(document: &str) -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    for line in document.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, kind, _, last] = cells[..] else { panic!("four cells: {line}") };
        if !id.ends_with(|last: char| last.is_ascii_digit()) {
            continue;
        }
        let (mut tests, mut paths, mut reason) = (BTreeSet::new(), Vec::new(), String::new());
        for (index, part) in last.split('`').enumerate() {
            match index % 2 == 1 {
                false => reason.push_str(part),
                true if part.starts_with("ui/") => paths.push(part.to_owned()),
                true if part.starts_with(|first: char| first.is_ascii_lowercase())
                    && !ids(part).is_empty() =>
                {
                    tests.insert(part.to_owned());
                }
                true => reason.push_str(part),
            }
        }
        let row = Row { kind: kind.to_owned(), tests, paths, reason };
        assert!(rows.insert(id.to_owned(), row).is_none(), "{id} is there twice");
    }
    rows
}

/// The names of all tests, by the ids that they begin with.
fn tests(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let source = fs::read_to_string(file.path()).unwrap();
        let mut attribute = false;
        for line in source.lines() {
            let name = line.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
            if let (true, Some((name, _))) = (attribute, name) {
                let ids = ids(name);
                let about_tests = APPARATUS.iter().any(|module| file.file_name() == **module);
                assert!(about_tests || !ids.is_empty(), "{name} begins with no id");
                for id in ids {
                    tests.entry(id).or_default().insert(name.to_owned());
                }
            }
            attribute = line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        }
    }
    tests
}

/// The ids that a name begins with.
fn ids(name: &str) -> Vec<String> {
    let is_id = |part: &&str| {
        let mut letters = part.chars();
        letters.next().is_some_and(|first| first.is_ascii_lowercase())
            && part.len() > 1
            && letters.all(|rest| rest.is_ascii_digit())
    };
    name.split('_').take_while(is_id).map(str::to_uppercase).collect()
}

#[test]
fn the_table_is_read_as_it_is_meant() {
    let rows = rows(
        "| id | kind | x | y |\n|---|---|---|---|\n| C1 | P | what | `c1_c2_x`, `ui/fail` not so |\n| C2 | PY | `x` | Rust has `types` instead |\n",
    );
    assert_eq!(rows.len(), 2);
    assert_eq!(rows["C1"].tests.iter().collect::<Vec<_>>(), ["c1_c2_x"]);
    assert_eq!(rows["C1"].paths, ["ui/fail"]);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = |name: &str| BTreeSet::from([name.to_owned()]);
    assert_eq!(rows["C1"].problem(Some(&tests("c1_c2_x")), here), None);
    assert!(rows["C1"].problem(Some(&tests("c1_y")), here).is_some());
    assert!(rows["C1"].problem(None, here).is_some());
    assert_eq!(rows["C2"].problem(None, here), None);
    assert!(rows["C2"].problem(Some(&tests("c2_x")), here).is_some());
}
