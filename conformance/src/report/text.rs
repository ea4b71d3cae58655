//! The report for people.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    CheckReport, Header, Report,
    areas::{COLUMNS, areas, count},
    style::Style,
};
use crate::{
    check::Capability,
    status::{NotRunReason, Status, StatusKind, Verdict},
};

/// What a terminal shows without wrapping.
const WIDTH: usize = 80;

/// Everything: header, table, what needs attention, what is not applicable, verdict.
pub(super) fn report(report: &Report, style: Style) -> String {
    let mut out = String::new();
    header(&mut out, &report.header, style);
    table(&mut out, report, style);
    attention(&mut out, report, style);
    not_applicable(&mut out, report);
    verdict(&mut out, report, style);
    out
}

/// What needs attention, and the verdict.
pub(super) fn brief(report: &Report, style: Style) -> String {
    let mut out = String::new();
    attention(&mut out, report, style);
    verdict(&mut out, report, style);
    out.trim_start().to_owned()
}

/// One check in full.
pub(super) fn check(check: &CheckReport, style: Style) -> String {
    let mut out = String::new();
    let kind = check.status.kind();
    line(
        &mut out,
        &format!(
            "{} {} ({} {})",
            style.status(kind, &kind.as_str().to_uppercase()),
            check.id,
            check.level.as_str(),
            check.clauses.join(" ")
        ),
    );
    field(&mut out, "requirement", &check.requirement);
    match (&check.status, check.status.failure()) {
        (_, Some(failure)) => {
            field(&mut out, "what", &failure.what);
            field(&mut out, "expected", &failure.expected);
            field(&mut out, "actual", &failure.actual);
            history(&mut out, &failure.history);
            reproduction(&mut out, &failure.reproduction);
        }
        (Status::Timeout { history: lines, .. }, None) => {
            field(
                &mut out,
                "reason",
                &check.status.reason().unwrap_or_default(),
            );
            history(&mut out, lines);
        }
        (_, None) => {
            if let Some(reason) = check.status.reason() {
                field(&mut out, "reason", &reason);
            }
        }
    }
    if !check.remark.is_empty() {
        field(&mut out, "remark", &check.remark);
    }
    if !check.reproduce.is_empty() {
        field(&mut out, "reproduce", &check.reproduce);
    }
    out
}

fn header(out: &mut String, header: &Header, style: Style) {
    let version = match &header.plugin_version {
        Some(version) => format!(" {version}"),
        None => String::new(),
    };
    line(
        out,
        &style.heading(&format!("Conformance of {}{version}", header.subject)),
    );
    let Header {
        suite_version,
        sdk_version,
        catalogue,
        ..
    } = header;
    field(
        out,
        "suite",
        &format!("{suite_version}, SDK {sdk_version}, catalogue {catalogue}"),
    );
    let mut chosen = format!("profile {}, seed {}", header.profile.as_str(), header.seed);
    if let Some(shard) = header.shard {
        let _ = write!(chosen, ", shard {shard}");
    }
    if header.strict {
        chosen.push_str(", strict: a SHOULD counts as a MUST");
    }
    field(out, "chosen", &chosen);
    if !header.connections.is_empty() {
        field(out, "connections", &header.connections.join(", "));
    }
    for (key, capabilities) in &header.capabilities {
        let mut declared: Vec<&str> = Capability::ALL
            .iter()
            .filter(|capability| capability.is_in(capabilities))
            .map(|capability| capability.as_str())
            .collect();
        if declared.is_empty() {
            declared.push("CRUD only");
        }
        field(out, "type", &format!("{key}: {}", declared.join(", ")));
    }
    out.push('\n');
}

fn table(out: &mut String, report: &Report, style: Style) {
    let mut areas = areas(report);
    let mut heading = format!("{:<16}", "area");
    for (name, _) in COLUMNS {
        let _ = write!(heading, "{name:>9}");
    }
    line(out, &style.heading(&heading));
    let touched = |counts: &BTreeMap<StatusKind, usize>| {
        counts.keys().any(|kind| *kind != StatusKind::NotRun)
    };
    let all = areas.len();
    // A run of a few checks is not told about every area that it left out; where nothing ran, all are.
    if areas.iter().any(|(_, counts)| touched(counts)) {
        areas.retain(|(_, counts)| touched(counts));
    }
    for (area, counts) in &areas {
        row(out, area, counts, style);
    }
    if all > 1 {
        row(out, "all", &report.counts(), style);
    }
}

fn row(out: &mut String, name: &str, counts: &BTreeMap<StatusKind, usize>, style: Style) {
    let mut text = format!("{name:<16}");
    for (_, kinds) in COLUMNS {
        let count = count(counts, kinds);
        if count == 0 {
            let _ = write!(text, "{:>9}", "·");
        } else {
            text.push_str(&style.status(kinds[0], &format!("{count:>9}")));
        }
    }
    line(out, &text);
}

fn attention(out: &mut String, report: &Report, style: Style) {
    for result in &report.results {
        if result.needs_attention() {
            out.push('\n');
            out.push_str(&check(result, style));
        }
    }
}

fn not_applicable(out: &mut String, report: &Report) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for result in &report.results {
        if let Status::NotApplicable { capability } = &result.status {
            reasons.entry(capability).or_default().push(&result.id);
        }
    }
    if reasons.is_empty() {
        return;
    }
    out.push_str("\nnot applicable\n");
    for (reason, ids) in reasons {
        wrapped(out, "  ", "    ", &format!("{reason}: {}", ids.join(", ")));
    }
}

fn verdict(out: &mut String, report: &Report, style: Style) {
    let counts = report.counts();
    let mut parts = Vec::new();
    for kind in StatusKind::ALL {
        if let Some(count) = counts.get(&kind) {
            parts.push(format!("{count} {kind}"));
        }
    }
    if parts.is_empty() {
        parts.push("the report holds no check".to_owned());
    }
    let not_run = |reason| {
        let status = Status::NotRun { reason };
        report.results.iter().any(|one| one.status == status)
    };
    let verdict = report.verdict();
    let why = if not_run(NotRunReason::Interrupted) {
        "; the run was interrupted"
    } else if not_run(NotRunReason::Missing) {
        "; some checks are in no part"
    } else if verdict == Verdict::Incomplete && !counts.contains_key(&StatusKind::Blocked) {
        "; nothing was seen"
    } else {
        ""
    };
    let text = format!("{}: {}{why}", verdict.as_str(), parts.join(", "));
    let mut lines = String::new();
    wrapped(&mut lines, "", "  ", &text);
    out.push('\n');
    out.push_str(&lines.replacen(
        verdict.as_str(),
        &style.verdict(verdict, verdict.as_str()),
        1,
    ));
}

fn history(out: &mut String, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    out.push_str("  history\n");
    for entry in lines {
        wrapped(out, "    ", "      ", entry);
    }
}

/// Never wrapped: it is there to be copied.
fn reproduction(out: &mut String, test: &str) {
    if test.is_empty() {
        return;
    }
    out.push_str("  as a test\n");
    for text in test.lines() {
        line(out, &format!("    {text}"));
    }
}

fn field(out: &mut String, name: &str, value: &str) {
    wrapped(out, &format!("  {name:<12} "), &" ".repeat(15), value);
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

/// Writes a text after a prefix, its further lines after another that is not shorter.
fn wrapped(out: &mut String, prefix: &str, further: &str, text: &str) {
    let room = WIDTH - further.chars().count();
    let mut current = prefix.to_owned();
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut word: &str = word;
        loop {
            let length = word.chars().count();
            let gap = usize::from(used > 0);
            if used + gap + length <= room {
                if gap > 0 {
                    current.push(' ');
                }
                current.push_str(word);
                used += gap + length;
                break;
            }
            if used > 0 {
                line(out, &current);
                current = further.to_owned();
                used = 0;
                continue;
            }
            // A word that no line holds is cut.
            let cut = word
                .char_indices()
                .nth(room)
                .map_or(word.len(), |(at, _)| at);
            line(out, &format!("{current}{}", &word[..cut]));
            current = further.to_owned();
            word = &word[cut..];
        }
    }
    line(out, &current);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal_and_nothing_is_lost() {
        let text = format!("short {} short {}", "x".repeat(200), "word ".repeat(40));
        let mut out = String::new();
        wrapped(&mut out, "  name  ", "         ", &text);
        assert!(
            out.lines().all(|line| line.chars().count() <= WIDTH),
            "{out}"
        );
        let letters =
            |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
        assert_eq!(letters(&out), letters(&format!("name{text}")));
    }
}
