//! What the README promises.
#![allow(missing_docs, clippy::unwrap_used)]

const README: &str = include_str!("../../README.md");
const SMALL: &str = include_str!("../../examples/small/src/main.rs");

/// Lines that are neither blank nor a comment.
fn code(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim_end);
    lines.filter(|line| !line.is_empty() && !line.trim_start().starts_with("//")).collect()
}

/// The block of code after a marker.
fn block<'t>(text: &'t str, marker: &str) -> &'t str {
    let after = text.split_once(marker).unwrap().1;
    after.split_once("```rust,no_run\n").unwrap().1.split_once("```").unwrap().0
}

#[test]
fn the_small_server_is_small() {
    let lines = code(SMALL);
    assert!(lines.len() < 30, "{} lines", lines.len());
    for unwanted in ["struct ", "impl ", "derive", "Router"] {
        assert!(lines.iter().all(|line| !line.contains(unwanted)), "{unwanted}");
    }
    for wanted in [
        "#[tool]",
        "#[prompt]",
        "#[resource(\"small://about\")]",
        "#[resource(\"users://{id}/profile\")]",
    ] {
        assert!(lines.contains(&wanted), "{wanted}");
    }
    assert!(SMALL.contains("    /// The first number"), "the parameters are documented");
    assert!(SMALL.contains("http::serve") && SMALL.contains("stdio::serve"));
}

#[test]
fn the_small_server_of_the_readme_is_the_example() {
    assert_eq!(code(block(README, "<!-- small server -->")), code(SMALL));
}

#[test]
fn the_first_server_of_the_readme_has_under_twenty_lines() {
    assert!(code(block(README, "# minimcp")).len() < 20);
}
