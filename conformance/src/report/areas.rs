//! The table of the areas: what every report for people begins with.

use std::collections::BTreeMap;

use super::Report;
use crate::status::StatusKind;

/// The columns of the table, and the kinds that each counts.
pub(super) const COLUMNS: [(&str, &[StatusKind]); 7] = [
    ("pass", &[StatusKind::Pass]),
    ("fail", &[StatusKind::Fail, StatusKind::UnexpectedPass]),
    ("warn", &[StatusKind::Warn, StatusKind::ExpectedFailure]),
    ("n/a", &[StatusKind::NotApplicable]),
    ("blocked", &[StatusKind::Blocked]),
    ("error", &[StatusKind::Timeout, StatusKind::HarnessError]),
    ("not run", &[StatusKind::NotRun]),
];

/// How many checks of an area ended in each way.
pub(super) type Counts = BTreeMap<StatusKind, usize>;

/// The areas in the order in which they occur, with their counts.
pub(super) fn areas(report: &Report) -> Vec<(&str, Counts)> {
    let mut areas: Vec<(&str, Counts)> = Vec::new();
    for result in &report.results {
        if areas.last().is_none_or(|(area, _)| *area != result.area()) {
            areas.push((result.area(), BTreeMap::new()));
        }
        if let Some((_, counts)) = areas.last_mut() {
            *counts.entry(result.status.kind()).or_default() += 1;
        }
    }
    areas
}

/// What stands in a column.
pub(super) fn count(counts: &Counts, kinds: &[StatusKind]) -> usize {
    kinds.iter().filter_map(|kind| counts.get(kind)).sum()
}
