//! `docs/requirements.md` and `SECURITY.md` name files and tests that are there.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const LEVELS: [&str; 7] = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "INTEROP", "DESIGN"];

#[test]
fn the_table_names_files_and_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = fs::read_to_string(root.join("docs/requirements.md")).unwrap();
    let problems = problems(&document, &|path| fs::read_to_string(root.join(path)).ok());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn each_attack_has_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let attacks = attacks(&document, &|path| fs::read_to_string(root.join(path)).ok());
    assert!(attacks.len() > 30, "{} attacks alone", attacks.len());
    let problems: Vec<_> = attacks.into_iter().flatten().collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// For each attack in the tables of a document, what is wrong with its row.
fn attacks(document: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<Option<String>> {
    let mut attacks = Vec::new();
    let mut is_table = false;
    for line in document.lines() {
        is_table = line.starts_with("| attack | ") || (is_table && line.starts_with('|'));
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        if !is_table || line.starts_with("|---") || line.starts_with("| attack | ") {
            continue;
        }
        let problem = match cells[..] {
            [_, _, _, tests] if quoted(tests).any(|test| test.contains(".rs::")) => {
                named_tests(tests, read).flatten().next()
            }
            _ => Some("not four cells, or no test".to_owned()),
        };
        attacks.push(problem.map(|problem| format!("{}: {problem}", cells.first().unwrap_or(&""))));
    }
    attacks
}

#[test]
fn the_table_of_attacks_is_read_as_it_is_meant() {
    let read = |path: &str| (path == "x.rs").then(|| "#[test]\nfn a() {".to_owned());
    let check = |row: &str, expected: Option<&str>| {
        let document = format!(
            "| b | c |\n\n| attack | defence | option, default | tests |\n|---|---|---|---|\n| {row} |\n"
        );
        let expected = expected.map(|problem| format!("guess: {problem}"));
        assert_eq!(attacks(&document, &read), [expected], "{row}");
    };
    check("guess | none | fixed | `x.rs::a`", None);
    check("guess | none | fixed | `x.rs::a`, `x.rs::b`", Some("there is no test b in x.rs"));
    check("guess | none | fixed | `y.rs::a`", Some("there is no y.rs"));
    check("guess | none | fixed | `x.rs`", Some("not four cells, or no test"));
    check("guess | none | `x.rs::a`", Some("not four cells, or no test"));
}

/// Everything that is wrong with a document; `read` gives the text of a file.
fn problems(document: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for line in document.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, level, revisions, requirement, places, tests] = cells[..] else {
            problems.push(format!("not six cells: {line}"));
            continue;
        };
        if id == "id" {
            continue;
        }
        let mut problem = |text: String| problems.push(format!("{id}: {text}"));
        if !seen.insert(id) {
            problem("is there twice".to_owned());
        }
        if !LEVELS.contains(&level) || revisions.is_empty() || requirement.is_empty() {
            problem("says not what is required, how much, and where".to_owned());
        }
        for place in quoted(places).filter(|place| read(place).is_none()) {
            problem(format!("there is no {place}"));
        }
        let named: Vec<_> = named_tests(tests, read).collect();
        let has_test = !named.is_empty();
        named.into_iter().flatten().for_each(&mut problem);
        let words = tests.split('`').step_by(2).flat_map(str::split_whitespace).count();
        if (!has_test || quoted(places).next().is_none()) && words < 6 {
            problem("no place or no test, and no reason".to_owned());
        }
    }
    if seen.len() < 300 {
        problems.push(format!("there are {} rows alone", seen.len()));
    }
    problems
}

/// For each test that a cell names, what is wrong with it.
fn named_tests<'a>(
    cell: &'a str,
    read: &'a dyn Fn(&str) -> Option<String>,
) -> impl Iterator<Item = Option<String>> + 'a {
    quoted(cell).filter_map(|test| test.split_once(".rs::")).map(|(path, name)| {
        let path = format!("{path}.rs");
        match read(&path) {
            None => Some(format!("there is no {path}")),
            Some(source) if !has(&source, name) => {
                Some(format!("there is no test {name} in {path}"))
            }
            Some(_) => None,
        }
    })
}

/// What is between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Whether a source has a test of this name.
fn has(source: &str, name: &str) -> bool {
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let is_it = |line: &str| {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        function.and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('('))
    };
    lines.iter().enumerate().filter(|(_, line)| is_it(line)).any(|(index, _)| {
        let attributes = lines.iter().take(index).rev().take_while(|line| line.starts_with("#["));
        let is_test =
            |line: &&&str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        attributes.into_iter().any(|line| is_test(&line))
    })
}

#[test]
fn the_table_is_read_as_it_is_meant() {
    let read = |path: &str| {
        let source =
            "#[tokio::test(start_paused = true)]\nasync fn a() {\n#[test]\n  fn b() {\nfn c() {";
        (path == "x.rs").then(|| source.to_owned())
    };
    let check = |cells: &str, expected: &str| {
        let row =
            format!("| id | level | x | y | z | t |\n|---|---|---|---|---|---|\n| {cells} |\n");
        let mut problems = problems(&row, &read);
        // One row is too few in any case.
        assert!(problems.pop().unwrap().contains("rows alone"));
        assert_eq!(problems.join(", "), expected, "{cells}");
    };
    check("A-1 | MUST | all | what | `x.rs` | `x.rs::a`, `x.rs::b`", "");
    check("A-1 | MAY | all | what |  | it is not done, since nobody has asked", "");
    check("A-1 | MUST | all | what | `x.rs` | `x.rs::c`", "A-1: there is no test c in x.rs");
    check("A-1 | MUST | all | what | `x.rs` | `y.rs::a`", "A-1: there is no y.rs");
    check("A-1 | MUST | all | what | `y.rs` | `x.rs::a`", "A-1: there is no y.rs");
    let nothing = "A-1: no place or no test, and no reason";
    check("A-1 | MUST | all | what | `x.rs` | no reason", nothing);
    check("A-1 | MUST | all | what | (open) | (open)", nothing);
    check("A-1 | MUST | all | what |  | `x.rs::a`", nothing);
    check(
        "A-1 | OUGHT | all | what | `x.rs` | `x.rs::a`",
        "A-1: says not what is required, how much, and where",
    );
    check("A-1 | MUST", "not six cells: | A-1 | MUST |");
}
