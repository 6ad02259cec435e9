//! The allocations of each case are those that were accepted: no more, and no fewer without a word.

use minimcp_micro::{Counts, cases};

/// Compares all cases with the file, or rewrites it.
#[test]
#[allow(clippy::expect_used, reason = "a test")]
fn allocations_are_those_accepted() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let _guard = runtime.enter();
    let mut cases = cases();
    let mut counts = Counts::load().expect("the file of accepted counts");
    let mut differences = Vec::new();
    for case in &mut cases {
        assert!(case.warm_up(), "{} has a wrong answer", case.name);
        let (now, accepted) = (case.allocations(), &mut counts.of_mut(&case.name).allocations);
        if *accepted != Some(now) {
            differences.push(format!("{}: {accepted:?} accepted, {now} now", case.name));
        }
        *accepted = Some(now);
    }
    if std::env::var_os("UPDATE_COUNTS").is_some() {
        counts.keep(cases.iter().map(|case| case.name.as_str()));
        counts.save().expect("the file of accepted counts can be written");
        return;
    }
    assert!(
        differences.is_empty(),
        "allocations differ from benches/micro/counts.tsv; if they have to, \
         `UPDATE_COUNTS=1 cargo test -p minimcp-micro`:\n{}",
        differences.join("\n")
    );
}
