//! The instruction gate: what hot rows cost, in instructions, against what was committed.
//!
//! Instructions, because a machine that is busy with other things counts as many of them. The same source gives other counts
//! with another compiler, C library or valgrind, so the figures say where they were taken, and are compared nowhere else.

use std::{collections::BTreeMap, fmt::Write};

use serde::{Deserialize, Serialize};

/// How far a row may be off, in per mille.
const TOLERANCE: u64 = 20;

/// A row: a workload of the `workload` command, and how often it is run less and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HotRow {
    /// The name of the workload.
    pub workload: &'static str,
    /// The times of the two runs; what the difference costs is the row.
    pub times: (u64, u64),
}

/// What is gated: rows whose counts are the same in each run.
///
/// Starting and stopping watches is not among them. Which of a thousand tasks is woken first depends on hash seeds, and the
/// allocator's work on that: by up to 3 %.
pub const HOT_ROWS: &[HotRow] = &[
    row("get", 100, 2_100),
    row("get-full", 100, 2_100),
    row("find", 100, 1_100),
    row("event", 1_000, 5_000),
    row("event-8", 1_000, 5_000),
    row("recorded", 1_000, 5_000),
    row("mount-1000-unwatched", 1, 3),
];

const fn row(workload: &'static str, less: u64, more: u64) -> HotRow {
    HotRow {
        workload,
        times: (less, more),
    }
}

/// Instructions a run of each row, and where they were counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instructions {
    /// Compiler, valgrind, C library and the kind of processor.
    pub environment: BTreeMap<String, String>,
    /// By workload.
    pub rows: BTreeMap<String, u64>,
}

/// What the gate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every row is within the tolerance.
    Passed(String),
    /// The figures were taken elsewhere: nothing was compared.
    Elsewhere(String),
    /// A row costs more or less than committed, or is not committed, or not measured.
    Failed(String),
}

/// Compares what was measured with what was committed.
pub fn compare(committed: &Instructions, measured: &Instructions) -> Verdict {
    if committed.environment != measured.environment {
        let mut text = String::from("not compared: the committed figures were taken elsewhere\n");
        for (name, here) in &measured.environment {
            let there = committed.environment.get(name).map_or("?", String::as_str);
            if there != here {
                let _ = writeln!(text, "  {name}: committed {there:?}, here {here:?}");
            }
        }
        for (name, count) in &measured.rows {
            let _ = writeln!(text, "  {name:<24} {count:>10}");
        }
        return Verdict::Elsewhere(text);
    }
    let mut text = String::new();
    let mut failed = false;
    let names = committed.rows.keys().chain(measured.rows.keys());
    let names: std::collections::BTreeSet<_> = names.collect();
    for name in names {
        let (was, is) = (committed.rows.get(name), measured.rows.get(name));
        let (Some(was), Some(is)) = (was, is) else {
            failed = true;
            let which = if was.is_none() {
                "committed"
            } else {
                "measured"
            };
            let _ = writeln!(text, "  {name:<24} is not {which}");
            continue;
        };
        let off = was.abs_diff(*is) * 1000 > was * TOLERANCE;
        failed |= off;
        let said = match (off, is > was) {
            (false, _) => "",
            (true, true) => "  COSTS MORE",
            (true, false) => "  costs less: commit the new figure",
        };
        let _ = writeln!(text, "  {name:<24} {was:>10} -> {is:>10}{said}");
    }
    if failed {
        text.push_str("instructions of a row changed by more than 2 %. Where that is meant, commit the new figures: `.ci/instructions --bless`\n");
        Verdict::Failed(text)
    } else {
        Verdict::Passed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(compiler: &str, rows: &[(&str, u64)]) -> Instructions {
        Instructions {
            environment: BTreeMap::from([("rustc".to_owned(), compiler.to_owned())]),
            rows: rows
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
        }
    }

    #[test]
    fn two_per_cent_are_tolerated_and_no_more_in_either_direction() {
        let committed = figures("1", &[("get", 1000)]);
        for count in [980, 1000, 1020] {
            let verdict = compare(&committed, &figures("1", &[("get", count)]));
            assert!(
                matches!(verdict, Verdict::Passed(_)),
                "{count}: {verdict:?}"
            );
        }
        for (count, said) in [(979, "costs less"), (1021, "COSTS MORE")] {
            let verdict = compare(&committed, &figures("1", &[("get", count)]));
            let Verdict::Failed(text) = verdict else {
                panic!("{count} passed");
            };
            assert!(text.contains(said), "{text}");
        }
    }

    #[test]
    fn a_row_that_only_one_side_has_fails() {
        let (one, two) = (
            figures("1", &[("get", 1)]),
            figures("1", &[("get", 1), ("find", 1)]),
        );
        for (committed, measured, said) in
            [(&one, &two, "not committed"), (&two, &one, "not measured")]
        {
            let Verdict::Failed(text) = compare(committed, measured) else {
                panic!("passed");
            };
            assert!(text.contains(said), "{text}");
        }
    }

    #[test]
    fn another_compiler_is_told_and_compares_nothing() {
        let verdict = compare(
            &figures("1", &[("get", 1000)]),
            &figures("2", &[("get", 9000)]),
        );
        let Verdict::Elsewhere(text) = verdict else {
            panic!("compared: {verdict:?}");
        };
        assert!(text.contains(r#"rustc: committed "1", here "2""#), "{text}");
    }
}
