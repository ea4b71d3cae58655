//! `conformance list`.

use std::fmt::Write;

use omniview_conformance::{Check, catalogue};

use super::{
    args::ListArgs,
    output::{Usage, print},
    reference,
};

/// Prints the checks, or the deviations.
///
/// # Errors
///
/// There is no such area.
pub(super) fn list(args: &ListArgs) -> Result<(), Usage> {
    let text = if args.deviations {
        deviations()
    } else {
        checks(args.area.as_deref())?
    };
    print(&text);
    Ok(())
}

fn checks(area: Option<&str>) -> Result<String, Usage> {
    let listed: Vec<&Check> = catalogue()
        .iter()
        .filter(|check| area.is_none_or(|area| check.area() == area))
        .collect();
    if let (Some(area), true) = (area, listed.is_empty()) {
        let mut areas: Vec<&str> = catalogue().iter().map(Check::area).collect();
        areas.dedup();
        return Err(Usage(format!(
            "there is no area `{area}`; there are {}",
            areas.join(", ")
        )));
    }
    let width = widest(listed.iter().map(|check| check.id));
    let mut out = String::new();
    for check in &listed {
        let _ = writeln!(
            out,
            "{:<width$}  {:<6}  {:<5}  {}",
            check.id,
            check.level.as_str(),
            check.profile.as_str(),
            check.requirement
        );
    }
    let _ = writeln!(
        out,
        "\n{} checks; `conformance explain ID` tells more",
        listed.len()
    );
    Ok(out)
}

fn deviations() -> String {
    let all = reference::deviations();
    let width = widest(all.iter().map(|(name, _)| *name));
    let mut out = String::new();
    for (name, what) in &all {
        let _ = writeln!(out, "{name:<width$}  {what}");
    }
    let _ = writeln!(
        out,
        "\n{} deviations; `conformance run reference:deviation=NAME` runs over one",
        all.len()
    );
    out
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(str::len).max().unwrap_or_default()
}
