//! A baseline from a report.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use super::{
    Baseline, Day, Known,
    file::{BaselineError, KNOWN, wrong},
};
use crate::{
    catalogue::find_check,
    report::{CheckReport, Report},
    status::{Status, StatusKind},
};

/// What the lines that are new say.
///
/// ```
/// use omniview_conformance::baseline::BlessOptions;
///
/// let options = BlessOptions::new()
///     .reason("the store has no clock yet")
///     .issue("https://example.com/12")
///     .expires("2027-01-31".parse()?);
/// assert_eq!(options.expires.unwrap().to_string(), "2027-01-31");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlessOptions {
    /// Why the failures are accepted; without it nothing new is.
    pub reason: Option<String>,
    /// Where they are dealt with.
    pub issue: Option<String>,
    /// The last day on which they are accepted.
    pub expires: Option<Day>,
}

impl BlessOptions {
    /// Accepts nothing new.
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts what fails, for a reason.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Says where the new ones are dealt with.
    pub fn issue(mut self, issue: impl Into<String>) -> Self {
        self.issue = Some(issue.into());
        self
    }

    /// Accepts the new ones up to a day.
    pub fn expires(mut self, day: Day) -> Self {
        self.expires = Some(day);
        self
    }
}

/// A baseline that was written from a report, and what is new in it.
///
/// ```
/// use omniview_conformance::baseline::Blessed;
///
/// fn summary(blessed: &Blessed) -> String {
///     let Blessed { added, updated, removed, .. } = blessed;
///     format!("{} added, {} updated, {} removed", added.len(), updated.len(), removed.len())
/// }
/// assert_eq!(summary(&Blessed::default()), "0 added, 0 updated, 0 removed");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blessed {
    /// The text of the file.
    pub text: String,
    /// The checks that a line was added for.
    pub added: Vec<String>,
    /// The lines that accept another assertion now.
    pub updated: Vec<String>,
    /// The lines that were not needed any more.
    pub removed: Vec<String>,
    /// What somebody has to look at, a sentence each.
    pub remarks: Vec<String>,
}

const OPENING: &str = "\
# Failures of the conformance suite that are known. `conformance run --baseline FILE` expects them, and
# `conformance bless REPORT.json` brings this file up to date; it keeps reasons, issues, days, comments and order.
";

/// The baseline under which a report has no failures, made from one that there is already.
///
/// A line that is there keeps its reason, issue, day, place and comments; its fingerprint follows the report. A line whose
/// checks all pass is removed. What was not seen stays as it is. A check that fails and has no line gets one at the end.
///
/// # Errors
///
/// The text is no baseline, or something new fails and no reason is given for it.
///
/// ```
/// # use omniview_conformance::{Report, baseline::{BlessOptions, bless}};
/// # fn example(report: &Report) -> Result<(), Box<dyn std::error::Error>> {
/// let options = BlessOptions::new().reason("nothing can be removed yet").issue("#12");
/// let blessed = bless("", report, &options)?;
/// std::fs::write("conformance-baseline.toml", blessed.text)?;
/// # Ok(())
/// # }
/// ```
pub fn bless(
    text: &str,
    report: &Report,
    options: &BlessOptions,
) -> Result<Blessed, BaselineError> {
    let baseline = Baseline::parse(text)?;
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| wrong(None, error.message()))?;
    let mut blessed = Blessed::default();
    let tables = document
        .entry(KNOWN)
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| wrong(None, format!("write each line under [[{KNOWN}]]")))?;
    let mut gone = Vec::new();
    for (at, known) in baseline.known.iter().enumerate() {
        let its_checks: Vec<&CheckReport> = report
            .results
            .iter()
            .filter(|result| {
                let line = baseline.line_for(&result.id);
                line.is_some_and(|line| std::ptr::eq(line, known))
            })
            .collect();
        let Some(table) = tables.get_mut(at) else {
            continue;
        };
        match verdict_on(known, &its_checks) {
            OnLine::Stale => gone.push(at),
            OnLine::Changed(fingerprints) => {
                put_fingerprints(table, &fingerprints, known);
                blessed.updated.push(known.id.clone());
            }
            OnLine::Fine => {}
        }
        put_current_id(table, known, &mut blessed);
    }
    for at in gone.into_iter().rev() {
        blessed.removed.insert(0, baseline.known[at].id.clone());
        remove(tables, at);
    }
    let new: Vec<&CheckReport> = report
        .results
        .iter()
        .filter(|result| result.is_unkept() && baseline.line_for(&result.id).is_none())
        .collect();
    add(tables, &new, options, &mut blessed)?;
    remark_on_what_cannot_be_known(report, &mut blessed);
    blessed.text = document.to_string();
    if text.trim().is_empty() {
        blessed.text = format!(
            "{OPENING}{}{}",
            if blessed.text.starts_with('\n') {
                ""
            } else {
                "\n"
            },
            blessed.text
        );
    }
    Ok(blessed)
}

/// What a report says about a line.
enum OnLine {
    Fine,
    Stale,
    Changed(Vec<String>),
}

fn verdict_on(known: &Known, its_checks: &[&CheckReport]) -> OnLine {
    let unkept: Vec<&&CheckReport> = its_checks.iter().filter(|one| one.is_unkept()).collect();
    if unkept.is_empty() {
        let passed = its_checks.iter().any(|one| {
            matches!(
                one.status.kind(),
                StatusKind::Pass | StatusKind::UnexpectedPass
            )
        });
        return if passed { OnLine::Stale } else { OnLine::Fine };
    }
    let mut seen: Vec<String> = unkept.iter().filter_map(|one| one.fingerprint()).collect();
    seen.sort();
    seen.dedup();
    if known.fingerprints.is_empty() || seen.iter().all(|one| known.fingerprints.contains(one)) {
        // A line without one was written by hand, and means every failure.
        return OnLine::Fine;
    }
    if known.is_glob() {
        // What was not seen this time may be seen the next.
        let mut all = known.fingerprints.clone();
        all.extend(
            seen.into_iter()
                .filter(|one| !known.fingerprints.contains(one)),
        );
        return OnLine::Changed(all);
    }
    OnLine::Changed(seen)
}

/// Replaces the fingerprints, and keeps the comment behind them.
fn put_fingerprints(table: &mut Table, all: &[String], known: &Known) {
    let mut value = match all {
        [one] if !known.is_glob() => Value::from(one.as_str()),
        several => Value::Array(several.iter().map(String::as_str).collect::<Array>()),
    };
    if let Some(before) = table.get("fingerprint").and_then(Item::as_value) {
        *value.decor_mut() = before.decor().clone();
    }
    table["fingerprint"] = Item::Value(value);
}

/// A check that was renamed is called by its new id.
fn put_current_id(table: &mut Table, known: &Known, blessed: &mut Blessed) {
    let Some(check) = find_check(&known.id).filter(|check| check.id != known.id) else {
        return;
    };
    let mut value = Value::from(check.id);
    if let Some(before) = table.get("id").and_then(Item::as_value) {
        *value.decor_mut() = before.decor().clone();
    }
    table["id"] = Item::Value(value);
    blessed
        .remarks
        .push(format!("{} is called {} now", known.id, check.id));
}

/// Removes a line with its comment, and keeps what stands above it with an empty line between: it is about the file.
fn remove(tables: &mut ArrayOfTables, at: usize) {
    let above = tables
        .get(at)
        .and_then(|table| table.decor().prefix())
        .and_then(|prefix| prefix.as_str())
        .and_then(|prefix| prefix.rfind("\n\n").map(|end| prefix[..end + 1].to_owned()))
        .filter(|above| !above.trim().is_empty());
    tables.remove(at);
    let Some(above) = above else { return };
    if let Some(next) = tables.get_mut(at) {
        let own = next
            .decor()
            .prefix()
            .and_then(|prefix| prefix.as_str())
            .unwrap_or_default();
        let prefix = format!("{above}{own}");
        next.decor_mut().set_prefix(prefix);
    }
}

fn add(
    tables: &mut ArrayOfTables,
    new: &[&CheckReport],
    options: &BlessOptions,
    blessed: &mut Blessed,
) -> Result<(), BaselineError> {
    if new.is_empty() {
        return Ok(());
    }
    let given = options.reason.as_deref().map(str::trim);
    let Some(reason) = given.filter(|reason| !reason.is_empty()) else {
        let ids: Vec<&str> = new.iter().map(|result| result.id.as_str()).collect();
        return Err(wrong(
            None,
            format!(
                "{} new to it, and no reason is given to accept {}: {}; say why with --reason",
                if ids.len() == 1 {
                    "a failure is"
                } else {
                    "failures are"
                },
                if ids.len() == 1 { "it" } else { "them" },
                ids.join(", ")
            ),
        ));
    };
    for result in new {
        let mut table = Table::new();
        table["id"] = toml_edit::value(result.id.as_str());
        table["reason"] = toml_edit::value(reason);
        if let Some(issue) = &options.issue {
            table["issue"] = toml_edit::value(issue.as_str());
        }
        if let Some(Ok(day)) = options
            .expires
            .map(|day| day.to_string().parse::<toml_edit::Datetime>())
        {
            table["expires"] = toml_edit::value(day);
        }
        if let Some(fingerprint) = result.fingerprint() {
            table["fingerprint"] = toml_edit::value(fingerprint);
        }
        tables.push(table);
        blessed.added.push(result.id.clone());
    }
    Ok(())
}

fn remark_on_what_cannot_be_known(report: &Report, blessed: &mut Blessed) {
    for result in &report.results {
        if let Status::HarnessError { message } = &result.status {
            blessed.remarks.push(format!(
                "{} is an error of the suite and cannot be accepted: {message}",
                result.id
            ));
        }
        if result.remark.contains(" expired on ") {
            blessed
                .remarks
                .push(format!("{}: {}", result.id, result.remark));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::Level, halt::Failure, report::sample, status::Verdict};

    const ONE: &str = "crud.delete.removes";
    const OTHER: &str = "crud.get.returns-created";
    const THIRD: &str = "crud.create.returns-object";

    fn failing(what: &str) -> Status {
        Status::Fail(Box::new(Failure {
            what: what.to_owned(),
            ..Failure::default()
        }))
    }

    fn report(results: &[(&str, Status)]) -> Report {
        Report {
            header: sample::header(),
            results: results
                .iter()
                .map(|(id, status)| sample::result(id, Level::Must, status.clone()))
                .collect(),
        }
    }

    fn today() -> Day {
        Day::new(2027, 1, 1).unwrap()
    }

    #[test]
    fn under_what_was_blessed_nothing_fails() {
        let report = report(&[
            (ONE, failing("it is removed")),
            (OTHER, Status::Pass),
            (THIRD, failing("it is made")),
        ]);
        let options = BlessOptions::new()
            .reason("not yet \"done\"")
            .issue("#12")
            .expires(Day::new(2027, 1, 31).unwrap());
        let blessed = bless("", &report, &options).unwrap();
        assert_eq!(blessed.added, [ONE, THIRD]);
        insta::assert_snapshot!(blessed.text);
        let baseline = Baseline::parse(&blessed.text).unwrap();
        let known = baseline.apply(report.clone(), today());
        assert_eq!(known.verdict(), Verdict::Conformant);
        // And blessing what is known already changes nothing.
        for again in [&report, &known] {
            let again = bless(&blessed.text, again, &BlessOptions::new()).unwrap();
            assert_eq!(again.text, blessed.text);
        }
    }

    #[test]
    fn what_people_wrote_stays_where_it_is() {
        let text = format!(
            "# About this file.\n\n# About the first.\n[[known]]\nid = \"{OTHER}\" # the id\nreason = \"first\"\n\n\
             # About the second.\n[[known]]\nreason = \"second\" # why\nissue = \"#7\"\nid = \"{ONE}\"\n\
             expires = 2030-01-01 # next year\nfingerprint = \"0123456789abcdef\" # of May\n\n\
             # About the third.\n[[known]]\nid = \"watch.*\"\nreason = \"no watch\"\n\n# The end.\n"
        );
        let report = report(&[
            (ONE, failing("it is removed")),
            (OTHER, Status::Pass),
            (THIRD, failing("it is made")),
        ]);
        let blessed = bless(&text, &report, &BlessOptions::new().reason("new")).unwrap();
        assert_eq!(blessed.removed, [OTHER]);
        assert_eq!(blessed.updated, [ONE]);
        assert_eq!(blessed.added, [THIRD]);
        insta::assert_snapshot!(blessed.text);
    }

    #[test]
    fn a_glob_learns_and_forgets_nothing() {
        let text = "[[known]]\nid = \"crud.*\"\nreason = \"why\"\nfingerprint = [\"aa\"]\n";
        let report = report(&[(ONE, failing("it is removed")), (OTHER, Status::Pass)]);
        let blessed = bless(text, &report, &BlessOptions::new()).unwrap();
        let known = Baseline::parse(&blessed.text).unwrap().known.remove(0);
        let fingerprint = report.results[0].fingerprint().unwrap();
        assert_eq!(known.fingerprints, ["aa".to_owned(), fingerprint]);
    }

    #[test]
    fn a_line_written_by_hand_for_every_failure_stays_one() {
        let text = format!("[[known]]\nid = \"{ONE}\"\nreason = \"why\"\n");
        let report = report(&[(ONE, failing("it is removed"))]);
        let blessed = bless(&text, &report, &BlessOptions::new()).unwrap();
        assert_eq!(blessed.text, text);
    }

    #[test]
    fn nothing_new_is_accepted_without_a_reason() {
        for reason in [BlessOptions::new(), BlessOptions::new().reason(" ")] {
            let failing = report(&[
                (ONE, failing("it is removed")),
                (OTHER, failing("it is got")),
            ]);
            let error = bless("", &failing, &reason).unwrap_err().to_string();
            assert_eq!(
                error,
                "failures are new to it, and no reason is given to accept them: crud.delete.removes, \
                 crud.get.returns-created; say why with --reason"
            );
        }
    }

    #[test]
    fn an_error_of_the_suite_is_told_and_never_accepted() {
        let message = "the body panicked".to_owned();
        let report = report(&[(ONE, Status::HarnessError { message })]);
        let blessed = bless("", &report, &BlessOptions::new().reason("why")).unwrap();
        assert_eq!(blessed.added, [""; 0]);
        assert!(blessed.remarks[0].contains("cannot be accepted: the body panicked"));
    }
}
