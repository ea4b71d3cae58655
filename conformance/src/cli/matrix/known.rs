//! What the catalogue knows.

use std::fmt::Write;

use omniview_conformance::{Check, catalogue};
use omniview_reference_backend::Deviation;

use crate::cli::output::Usage;

const OUT_OF_REACH: &str = include_str!("out-of-reach.txt");
const CATCH_NOTHING: &str = include_str!("catch-nothing.txt");

/// Deviations that no check can catch, and why.
pub(super) fn out_of_reach() -> Vec<(&'static str, &'static str)> {
    reasons(OUT_OF_REACH)
}

/// Checks that no deviation proves, and why.
pub(super) fn catch_nothing() -> Vec<(&'static str, &'static str)> {
    reasons(CATCH_NOTHING)
}

fn reasons(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(": ")).collect()
}

/// The checks that name a deviation.
pub(super) fn naming(deviation: Deviation) -> Vec<&'static Check> {
    let all = catalogue().iter();
    all.filter(|check| check.catches.contains(&deviation.name()))
        .collect()
}

/// The deviations with a text in their name.
///
/// # Errors
///
/// There is none.
pub(super) fn chosen(text: Option<&str>) -> Result<Vec<Deviation>, Usage> {
    let all = Deviation::ALL.iter().copied();
    let chosen: Vec<Deviation> = all
        .filter(|one| text.is_none_or(|text| one.name().contains(text)))
        .collect();
    if chosen.is_empty() {
        let text = text.unwrap_or_default();
        return Err(Usage(format!(
            "no deviation has {text:?} in its name; `conformance list --deviations` shows all"
        )));
    }
    Ok(chosen)
}

/// A line a deviation, and one for each check that names it.
pub(super) fn text(chosen: &[Deviation]) -> String {
    let mut out = String::new();
    for deviation in chosen {
        let _ = writeln!(out, "{deviation}: {}", deviation.describe());
        for check in naming(*deviation) {
            let _ = writeln!(out, "    {}", check.id);
        }
        if let Some((_, why)) = out_of_reach()
            .into_iter()
            .find(|(name, _)| *name == deviation.name())
        {
            let _ = writeln!(out, "    out of reach: {why}");
        }
    }
    let _ = writeln!(
        out,
        "\n{} deviations, {} checks; `conformance run reference:deviation=NAME` runs over one",
        chosen.len(),
        catalogue().len()
    );
    out
}
