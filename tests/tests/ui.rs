//! What the macros say: `ui/fail` has a folder for each mistake, `ui/pass` what has to compile.
//!
//! One mistake gives one message, at the token that is wrong, with advice. After a change run with
//! `TRYBUILD=overwrite`, and read each difference with that in mind. A single case runs with
//! `cargo test -p minimcp-tests --features ui --test ui -- ui trybuild=not_async`.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*/*.rs");
}
