//! The file and what its lines say.

use std::{collections::BTreeMap, fmt, ops::Range};

use toml_edit::{Document, Item, Table, Value};

use super::Day;
use crate::{
    catalogue::catalogue,
    select::{matches_check, nearest, nearest_ids},
};

/// Failures that are known.
///
/// ```
/// use omniview_conformance::baseline::Baseline;
///
/// let text = r#"
/// [[known]]
/// id = "watch.*"
/// reason = "the store has no change log yet"
/// "#;
/// let baseline = Baseline::parse(text)?;
/// assert!(baseline.known[0].is_glob());
/// # Ok::<(), omniview_conformance::baseline::BaselineError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Baseline {
    /// The lines, in the order of the file.
    pub known: Vec<Known>,
}

/// One line: a failure that is known, or several that are known together.
///
/// ```
/// use omniview_conformance::baseline::Baseline;
///
/// let text = "[[known]]\nid = \"crud.delete.*\"\nreason = \"nothing can be removed yet\"\nexpires = 2027-01-31\n";
/// let known = &Baseline::parse(text)?.known[0];
/// assert!(!known.has_expired("2027-01-31".parse()?));
/// assert!(known.has_expired("2027-02-01".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Known {
    /// The id of the check, or a glob.
    pub id: String,
    /// Why it is known.
    pub reason: String,
    /// Where it is dealt with.
    pub issue: Option<String>,
    /// The last day on which it is accepted.
    pub expires: Option<Day>,
    /// What of it is known; every failure, where there are none.
    pub fingerprints: Vec<String>,
    /// The line of the file in which it begins, counted from 1.
    pub line: usize,
}

impl Known {
    /// Whether it stands for more than one check by its form.
    pub fn is_glob(&self) -> bool {
        self.id.contains('*')
    }

    /// Whether it is not accepted any more.
    pub fn has_expired(&self, today: Day) -> bool {
        self.expires.is_some_and(|day| day < today)
    }
}

/// What is wrong with a baseline, and where.
///
/// ```
/// use omniview_conformance::baseline::Baseline;
///
/// let error = Baseline::parse("[[knwon]]\nid = \"watch.*\"\n").unwrap_err();
/// assert_eq!(error.line, Some(1));
/// assert!(error.to_string().contains("there is no key `knwon`"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BaselineError {
    /// The line, counted from 1; none where it is about the file as a whole.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for BaselineError {}

pub(super) const KNOWN: &str = "known";

const KEYS: [&str; 5] = ["id", "reason", "issue", "expires", "fingerprint"];

impl Baseline {
    /// The baseline that a text says.
    ///
    /// # Errors
    ///
    /// The text is no TOML, a key is unknown, a line lacks its id or its reason, stands for no check of the catalogue, or
    /// for one that another line stands for under the same id.
    ///
    /// ```
    /// use omniview_conformance::baseline::Baseline;
    ///
    /// let text = "[[known]]\nid = \"crud.delete.*\"\nreason = \"nothing can be removed yet\"\n";
    /// assert_eq!(Baseline::parse(text).unwrap().known[0].line, 1);
    ///
    /// let error = Baseline::parse("[[known]]\nid = \"crud.delete.removes\"\n").unwrap_err();
    /// assert!(error.to_string().starts_with("line 1: it has no `reason`"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let lines = Lines(text);
        let document = Document::parse(text).map_err(|error| BaselineError {
            line: lines.of(error.span()),
            message: format!("it is no TOML: {}", error.message().trim_end()),
        })?;
        let mut known = Vec::new();
        for (key, item) in document.iter() {
            let at = lines.of(document.key(key).and_then(toml_edit::Key::span));
            if key != KNOWN {
                return Err(wrong(
                    at,
                    format!("there is no key `{key}`; a line begins with [[{KNOWN}]]"),
                ));
            }
            let Some(tables) = item.as_array_of_tables() else {
                return Err(wrong(at, format!("write each line under [[{KNOWN}]]")));
            };
            for table in tables {
                known.push(read(table, &lines)?);
            }
        }
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &known {
            if let Some(first) = seen.insert(&one.id, one.line) {
                return Err(wrong(
                    Some(one.line),
                    format!(
                        "`{}` is in line {first} already; make one of the two",
                        one.id
                    ),
                ));
            }
        }
        Ok(Self { known })
    }
}

fn read(table: &Table, lines: &Lines<'_>) -> Result<Known, BaselineError> {
    let line = lines.of(table.span());
    for (key, _) in table {
        if !KEYS.contains(&key) {
            let at = lines.of(table.key(key).and_then(toml_edit::Key::span));
            return Err(wrong(
                at.or(line),
                format!(
                    "there is no key `{key}`; did you mean `{}`?",
                    nearest(key, KEYS)
                ),
            ));
        }
    }
    let id = text(table, "id", lines)?
        .ok_or_else(|| wrong(line, "it has no `id`: write the id of a check, or a glob"))?;
    if !catalogue().iter().any(|check| matches_check(&id, check)) {
        return Err(wrong(
            lines.of(table.get("id").and_then(Item::span)).or(line),
            format!(
                "no check matches `{id}`; the nearest are {}; correct the line or remove it",
                nearest_ids(&id).join(", ")
            ),
        ));
    }
    let reason = text(table, "reason", lines)?
        .filter(|reason| !reason.trim().is_empty())
        .ok_or_else(|| {
            wrong(
                line,
                format!("it has no `reason`: say why `{id}` is known to fail"),
            )
        })?;
    Ok(Known {
        id,
        reason,
        issue: text(table, "issue", lines)?,
        expires: day(table, lines)?,
        fingerprints: fingerprints(table, lines)?,
        line: line.unwrap_or(1),
    })
}

fn text(table: &Table, key: &str, lines: &Lines<'_>) -> Result<Option<String>, BaselineError> {
    let Some(item) = table.get(key) else {
        return Ok(None);
    };
    match item.as_str() {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(wrong(
            lines.of(item.span()),
            format!("`{key}` is no text; write it between quotes"),
        )),
    }
}

/// A date of TOML, or the same between quotes.
fn day(table: &Table, lines: &Lines<'_>) -> Result<Option<Day>, BaselineError> {
    let Some(item) = table.get("expires") else {
        return Ok(None);
    };
    let date = item.as_datetime().and_then(|datetime| datetime.date);
    let day = match (date, item.as_str()) {
        (Some(date), _) => Day::new(i32::from(date.year), date.month, date.day),
        (None, Some(text)) => text.parse().ok(),
        (None, None) => None,
    };
    let wrong = || {
        wrong(
            lines.of(item.span()),
            "`expires` is no day; write YYYY-MM-DD, such as 2027-01-31",
        )
    };
    day.map(Some).ok_or_else(wrong)
}

fn fingerprints(table: &Table, lines: &Lines<'_>) -> Result<Vec<String>, BaselineError> {
    let Some(item) = table.get("fingerprint") else {
        return Ok(Vec::new());
    };
    let all: Option<Vec<String>> = match item.as_value() {
        Some(Value::String(one)) => Some(vec![one.value().clone()]),
        Some(Value::Array(several)) => several
            .iter()
            .map(|one| one.as_str().map(ToOwned::to_owned))
            .collect(),
        _ => None,
    };
    all.filter(|all| !all.is_empty()).ok_or_else(|| {
        wrong(
            lines.of(item.span()),
            "`fingerprint` is no text and no list of texts; take it from a report, or leave it out",
        )
    })
}

pub(super) fn wrong(line: Option<usize>, message: impl Into<String>) -> BaselineError {
    BaselineError {
        line,
        message: message.into(),
    }
}

/// Places in a text as lines.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn of(&self, span: Option<Range<usize>>) -> Option<usize> {
        let before = self.0.get(..span?.start)?;
        Some(before.matches('\n').count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "crud.delete.removes";

    #[test]
    fn everything_that_a_line_can_say_is_read() {
        let text = format!(
            "# a comment\n\n[[known]]\nid = \"{ID}\"\nreason = \"why\"\nissue = \"#12\"\nexpires = 2027-01-31\n\
             fingerprint = \"abc\"\n\n[[known]]\nid = \"watch.*\"\nreason = \"none\"\nexpires = \"2027-02-28\"\n\
             fingerprint = [\"a\", \"b\"]\n"
        );
        let known = Baseline::parse(&text).unwrap().known;
        assert_eq!(
            known[0],
            Known {
                id: ID.to_owned(),
                reason: "why".to_owned(),
                issue: Some("#12".to_owned()),
                expires: Day::new(2027, 1, 31),
                fingerprints: vec!["abc".to_owned()],
                line: 3,
            }
        );
        assert_eq!(known[1].fingerprints, ["a", "b"]);
        assert_eq!(
            (known[1].expires, known[1].line),
            (Day::new(2027, 2, 28), 10)
        );
        assert!(known[1].is_glob() && !known[0].is_glob());
    }

    #[test]
    fn a_line_is_accepted_up_to_its_last_day() {
        let text = format!("[[known]]\nid = \"{ID}\"\nreason = \"why\"\nexpires = 2027-01-31\n");
        let known = Baseline::parse(&text).unwrap().known.remove(0);
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert!(!known.has_expired(day("2027-01-31")));
        assert!(known.has_expired(day("2027-02-01")));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_what_is_right() {
        let line = |rest: &str| format!("[[known]]\nid = \"{ID}\"\nreason = \"why\"\n{rest}\n");
        let mut said = String::new();
        for text in [
            "known = ".to_owned(),
            "[[known]\n".to_owned(),
            "[[knwon]]\n".to_owned(),
            "known = 3\n".to_owned(),
            "\n[[known]]\nreason = \"why\"\n".to_owned(),
            format!("\n[[known]]\nid = \"{ID}\"\n"),
            format!("[[known]]\nid = \"{ID}\"\nreason = \" \"\n"),
            "[[known]]\nid = \"crud.delete.remove\"\nreason = \"why\"\n".to_owned(),
            "[[known]]\nid = \"nothing.*\"\nreason = \"why\"\n".to_owned(),
            "[[known]]\nid = 3\nreason = \"why\"\n".to_owned(),
            line("expires = \"soon\""),
            line("expires = 07:32:00"),
            line("fingerprint = 3"),
            line("fingerprint = []"),
            line("expiry = 2027-01-31"),
            format!("{}{}", line(""), line("")),
        ] {
            let error = Baseline::parse(&text).unwrap_err();
            said.push_str(&format!("{text:?}\n  {error}\n"));
        }
        insta::assert_snapshot!(said);
    }

    #[test]
    fn an_empty_file_knows_nothing() {
        assert_eq!(
            Baseline::parse("# nothing yet\n").unwrap(),
            Baseline::default()
        );
    }
}
