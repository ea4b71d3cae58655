//! The report for the summary of a CI step.

use std::fmt::Write;

use super::{
    CheckReport, Header, Report,
    areas::{COLUMNS, areas, count},
    escape::{block, code, inline},
};
use crate::{
    check::Capability,
    status::{Status, StatusKind},
};

/// What GitHub takes as the summary of a step is 1 MiB; this leaves room for what else a step writes.
pub(super) const LIMIT: usize = 1_000_000;

/// How much of one text is shown.
const TEXT: usize = 8 * 1024;

/// How many types are listed.
const TYPES: usize = 50;

/// The report in no more than `limit` bytes: what does not fit is counted and left out.
pub(super) fn report(report: &Report, limit: usize) -> String {
    let mut out = String::new();
    opening(&mut out, report);
    table(&mut out, report);
    let ending = header(&report.header);
    let room = limit.saturating_sub(ending.len() + 400);
    let sections = [
        ("Needs attention", attention(report)),
        ("Known failures", known(report)),
        ("Not applicable", not_applicable(report)),
    ];
    let mut left_out = 0;
    for (title, entries) in sections {
        let mut titled = false;
        for entry in entries {
            if out.len() + entry.len() + title.len() + 8 > room {
                left_out += 1;
                continue;
            }
            if !titled {
                let _ = write!(out, "\n### {title}\n\n");
                titled = true;
            }
            out.push_str(&entry);
        }
    }
    if left_out > 0 {
        let _ = write!(
            out,
            "\n> {left_out} more entries are left out: this page may hold {limit} bytes. The JSON report has them all.\n"
        );
    }
    out.push_str(&ending);
    out
}

fn opening(out: &mut String, report: &Report) {
    let header = &report.header;
    let version = match &header.plugin_version {
        Some(version) => format!(" {}", inline(version)),
        None => String::new(),
    };
    let counts = report.counts();
    let parts: Vec<String> = StatusKind::ALL
        .iter()
        .filter_map(|kind| Some(format!("{} {kind}", counts.get(kind)?)))
        .collect();
    let _ = write!(
        out,
        "## Conformance of {}{version}: {}\n\n{}\n",
        inline(&header.subject),
        report.verdict().as_str(),
        if parts.is_empty() {
            "The report holds no check.".to_owned()
        } else {
            parts.join(", ")
        }
    );
}

fn table(out: &mut String, report: &Report) {
    let areas = areas(report);
    if areas.is_empty() {
        return;
    }
    out.push_str("\n| area |");
    for (name, _) in COLUMNS {
        let _ = write!(out, " {name} |");
    }
    out.push_str("\n| :--- |");
    out.push_str(&" ---: |".repeat(COLUMNS.len()));
    out.push('\n');
    for (area, counts) in &areas {
        let _ = write!(out, "| {} |", inline(area));
        for (_, kinds) in COLUMNS {
            match count(counts, kinds) {
                0 => out.push_str("  |"),
                some => {
                    let _ = write!(out, " {some} |");
                }
            }
        }
        out.push('\n');
    }
}

fn attention(report: &Report) -> Vec<String> {
    let all = report.results.iter();
    let urgent = all.filter(|result| result.needs_attention());
    urgent.map(check).collect()
}

fn check(result: &CheckReport) -> String {
    let kind = result.status.kind();
    let mut out = format!(
        "<details><summary><b>{}</b> {} ({} {}): {}</summary>\n\n",
        kind.as_str().to_uppercase(),
        code(&result.id),
        result.level.as_str(),
        inline(&result.clauses.join(" ")),
        inline(&result.requirement),
    );
    let mut field = |name: &str, text: &str| {
        if !text.is_empty() {
            let _ = write!(out, "**{name}**\n\n{}\n", block(text, TEXT));
        }
    };
    let mut lines = Vec::new();
    match &result.status {
        Status::Timeout { history, .. } => {
            field("reason", &result.status.reason().unwrap_or_default());
            lines.clone_from(history);
        }
        status => match status.failure() {
            Some(failure) => {
                field("what", &failure.what);
                field("expected", &failure.expected);
                field("actual", &failure.actual);
                lines.clone_from(&failure.history);
            }
            None => field("reason", &status.reason().unwrap_or_default()),
        },
    }
    field("remark", &result.remark);
    field("history", &lines.join("\n"));
    if let Some(failure) = result.status.failure() {
        field("as a test", &failure.reproduction);
    }
    field("reproduce", &result.reproduce);
    out.push_str("</details>\n");
    out
}

fn known(report: &Report) -> Vec<String> {
    let all = report.results.iter();
    all.filter_map(|result| match &result.status {
        Status::ExpectedFailure { reason, failure } => Some(format!(
            "- {}: {} ({})\n",
            code(&result.id),
            short(reason),
            short(&failure.what),
        )),
        _ => None,
    })
    .collect()
}

fn not_applicable(report: &Report) -> Vec<String> {
    let all = report.results.iter();
    all.filter_map(|result| match &result.status {
        Status::NotApplicable { capability } => {
            Some(format!("- {}: {}\n", code(&result.id), short(capability)))
        }
        _ => None,
    })
    .collect()
}

/// On one line, and not all of it where it is long.
fn short(text: &str) -> String {
    const SHORT: usize = 200;
    match text.char_indices().nth(SHORT) {
        Some((at, _)) => format!("{}…", inline(&text[..at])),
        None => inline(text),
    }
}

fn header(header: &Header) -> String {
    let mut out = format!(
        "\n<sub>Suite {}, SDK {}, catalogue {}, profile {}, seed {}",
        inline(&header.suite_version),
        inline(&header.sdk_version),
        inline(&header.catalogue),
        header.profile.as_str(),
        header.seed,
    );
    if let Some(shard) = header.shard {
        let _ = write!(out, ", shard {shard}");
    }
    if header.strict {
        out.push_str(", strict");
    }
    if !header.connections.is_empty() {
        let names: Vec<String> = header
            .connections
            .iter()
            .map(|id| short(id))
            .take(TYPES)
            .collect();
        let _ = write!(out, ", connections {}", names.join(", "));
    }
    out.push_str("</sub>\n");
    if header.capabilities.is_empty() {
        return out;
    }
    out.push_str("\n<details><summary>What the types declare</summary>\n\n");
    for (key, capabilities) in header.capabilities.iter().take(TYPES) {
        let declared: Vec<&str> = Capability::ALL
            .iter()
            .filter(|capability| capability.is_in(capabilities))
            .map(|capability| capability.as_str())
            .collect();
        let declared = if declared.is_empty() {
            "CRUD only".to_owned()
        } else {
            declared.join(", ")
        };
        let _ = writeln!(out, "- {}: {declared}", code(&cut(key.as_str())));
    }
    if let Some(more) = header.capabilities.len().checked_sub(TYPES + 1) {
        let _ = writeln!(out, "- and {} more", more + 1);
    }
    out.push_str("\n</details>\n");
    out
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::sample, *};

    #[test]
    fn what_does_not_fit_is_counted_and_left_out() {
        let mut report = sample::failing();
        let failed = report.results[0].clone();
        for number in 0..500 {
            let mut again = failed.clone();
            again.id = format!("crud.again-{number}");
            report.results.push(again);
        }
        let limit = 100_000;
        let text = super::report(&report, limit);
        assert!(text.len() <= limit, "{}", text.len());
        assert!(text.len() > limit / 2, "{}", text.len());
        assert!(text.contains("more entries are left out: this page may hold 100000 bytes"));
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
    }

    #[test]
    fn one_failure_cannot_fill_the_page() {
        let mut report = sample::failing();
        let Status::Fail(failure) = &mut report.results[0].status else {
            panic!("the first one fails");
        };
        failure.actual = "`|<".repeat(1_000_000);
        let text = super::report(&report, LIMIT);
        assert!(text.len() < 100_000, "{}", text.len());
        assert!(text.contains("more bytes are in the JSON report"));
    }

    #[test]
    fn what_a_plugin_says_is_never_markup() {
        let evil = "<img src=x onerror=alert(1)> | ``` </details> \u{1b}[0m **x**\n# y";
        let mut report = sample::failing();
        report.header.subject = evil.to_owned();
        report.header.connections = vec![evil.to_owned()];
        for result in &mut report.results {
            result.requirement = evil.to_owned();
            result.reproduce = evil.to_owned();
            result.remark = evil.to_owned();
            match &mut result.status {
                Status::Fail(failure)
                | Status::Warn(failure)
                | Status::ExpectedFailure { failure, .. } => {
                    failure.what = evil.to_owned();
                    failure.actual = evil.to_owned();
                    failure.history = vec![evil.to_owned()];
                }
                Status::NotApplicable { capability } => *capability = evil.to_owned(),
                _ => {}
            }
        }
        let text = super::report(&report, LIMIT);
        // Outside of fenced blocks none of it is left as it was.
        let mut fence: Option<&str> = None;
        for line in text.lines() {
            match fence {
                Some(open) if line == open => fence = None,
                Some(_) => {}
                None if line.starts_with("```") => fence = Some(line.trim_end_matches("text")),
                None => {
                    assert!(!line.contains("<img") && !line.contains("**x**"), "{line}");
                    assert!(!line.starts_with("# y"), "{line}");
                }
            }
        }
        assert_eq!(fence, None);
        assert!(!text.contains('\u{1b}'));
    }
}
