//! The page of the documentation.

use std::fmt::Write;

use omniview_conformance::catalogue;
use omniview_reference_backend::{Deviation, deviation::Area};

use super::known;

const HEAD: &str = "\
# The matrix

The suite is tested by plugins with one exact defect each: the deviations of the reference plugin. A test runs the named checks
over each of them and demands that they fail (`cargo test -p omniview-conformance --test matrix`); over the honest plugin, in many
shapes, everything has to pass. Other checks may fail over a deviation too; those that are named are about what it breaks.

`conformance run reference:deviation=NAME` runs the suite over one, `conformance matrix --run` over all.

This page is written by `UPDATE_MATRIX=1 cargo test -p omniview-conformance --bin conformance matrix`.
";

/// The whole page.
pub(super) fn page() -> String {
    let mut out = HEAD.to_owned();
    let caught = |one: &&Deviation| !known::naming(**one).is_empty();
    let _ = writeln!(
        out,
        "\n{} deviations, {} of them caught; {} checks.",
        Deviation::ALL.len(),
        Deviation::ALL.iter().filter(caught).count(),
        catalogue().len()
    );
    let mut area: Option<Area> = None;
    for deviation in Deviation::ALL {
        if area != Some(deviation.area()) {
            area = Some(deviation.area());
            let _ = write!(
                out,
                "\n## {}\n\n| deviation | what is wrong | breaks | caught by |\n|---|---|---|---|\n",
                title(deviation.area())
            );
        }
        let checks: Vec<String> = known::naming(*deviation)
            .iter()
            .map(|check| format!("`{}`", check.id))
            .collect();
        let caught = if checks.is_empty() {
            "nothing; see below".to_owned()
        } else {
            checks.join(", ")
        };
        let _ = writeln!(
            out,
            "| `{deviation}` | {} | {} | {caught} |",
            deviation.describe(),
            deviation.clauses().join(" ")
        );
    }
    out.push_str("\n## Out of reach\n\nWhat nothing at the boundary shows.\n\n");
    list(&mut out, &known::out_of_reach());
    out.push_str("\n## Checks that no deviation proves\n\n");
    list(&mut out, &known::catch_nothing());
    out
}

fn list(out: &mut String, reasons: &[(&str, &str)]) {
    if reasons.is_empty() {
        out.push_str("None.\n");
    }
    for (name, why) in reasons {
        let _ = writeln!(out, "- `{name}`: {why}.");
    }
}

fn title(area: Area) -> &'static str {
    match area {
        Area::Crud => "One object",
        Area::Query => "Queries",
        Area::Watch => "Watches",
        Area::Insight => "What a type tells of itself and its objects",
        Area::Connection => "Connections",
        Area::Answer => "Small untruths",
        _ => "The boundary",
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use super::*;

    #[test]
    fn the_page_of_the_matrix_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/matrix.md");
        if env::var_os("UPDATE_MATRIX").is_some() {
            fs::write(&path, page()).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == page(),
            "docs/matrix.md is not what the catalogue says; write it anew: \
             UPDATE_MATRIX=1 cargo test -p omniview-conformance --bin conformance matrix"
        );
    }
}
