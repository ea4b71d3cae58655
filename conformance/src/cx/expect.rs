//! Expectations. Each is counted, and a failing one says what was expected and what was seen.

use std::fmt::Debug;

use omniview_sdk::{ErrorCode, Json, ResourceOperationError};
use serde::Serialize;
use serde_json::Value;

use super::Cx;
use crate::{
    Halt,
    halt::{A_CALL_SUCCEEDS, Failure},
    history::Call,
};

impl Cx {
    /// Expects that something holds; `what` says what, as a statement.
    ///
    /// # Errors
    ///
    /// It does not hold.
    pub fn expect(&self, holds: bool, what: impl Into<String>) -> Result<(), Halt> {
        self.count_assertion();
        if holds {
            return Ok(());
        }
        Err(Halt::failed(what, "yes", format!("no{}", self.after())))
    }

    /// Expects that something holds, as [`expect`](Self::expect) does; `seen` says what was seen where it does not.
    ///
    /// # Errors
    ///
    /// It does not hold.
    pub fn expect_as_seen(
        &self,
        holds: bool,
        what: impl Into<String>,
        seen: impl FnOnce() -> String,
    ) -> Result<(), Halt> {
        self.count_assertion();
        if holds {
            return Ok(());
        }
        Err(Halt::failed(what, "yes", format!("no: {}", seen())))
    }

    /// Says in a failure which call it was that did not succeed.
    pub(crate) fn name_the_call(&self, failure: &mut Failure) {
        let last = self.history().last_answered(|_| true);
        if let (true, Some((call, _))) = (failure.what == A_CALL_SUCCEEDS, last) {
            failure.what = format!("{call} succeeds");
        }
    }

    /// What was answered last, to be put behind what was seen.
    pub(super) fn after(&self) -> String {
        // What the suite asks of a definition is to read the objects of the call that counts.
        let told = |call: &Call| call.operation != "resource_definition";
        let last = self.history().last_answered(told);
        last.map_or_else(String::new, |(call, answer)| {
            format!("; {call} was answered: {answer}")
        })
    }

    /// Expects that `actual` equals `expected`.
    ///
    /// # Errors
    ///
    /// It does not; both are shown.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a check hands over what it has just got"
    )]
    pub fn expect_eq<A, E>(
        &self,
        what: impl Into<String>,
        actual: A,
        expected: E,
    ) -> Result<(), Halt>
    where
        A: PartialEq<E> + Debug,
        E: Debug,
    {
        self.count_assertion();
        if actual == expected {
            return Ok(());
        }
        let (expected, actual) = (format!("{expected:?}"), format!("{actual:?}"));
        let (want, have) = (plain(&expected), plain(&actual));
        if want == have {
            // Only the form tells them apart.
            return Err(Halt::failed(what, expected, actual));
        }
        Err(Halt::failed(what, want, have))
    }

    /// Expects that two JSON texts mean the same.
    ///
    /// # Errors
    ///
    /// They do not, or one cannot be read.
    pub fn expect_json(
        &self,
        what: impl Into<String>,
        actual: &Json,
        expected: &Json,
    ) -> Result<(), Halt> {
        self.count_assertion();
        let what = what.into();
        if self.value(&what, actual)? == self.value(&what, expected)? {
            return Ok(());
        }
        Err(Halt::failed(what, expected.as_str(), actual.as_str()))
    }

    /// Expects that every field of `expected` is in `actual` with the same value; `actual` may have more.
    ///
    /// The right comparison of what a backend answers with what it was given: it may add fields of its own.
    ///
    /// # Errors
    ///
    /// A field is missing or differs; its path is named.
    pub fn expect_includes(
        &self,
        what: impl Into<String>,
        actual: &Json,
        expected: &Json,
    ) -> Result<(), Halt> {
        self.count_assertion();
        let what = what.into();
        let (have, want) = (self.value(&what, actual)?, self.value(&what, expected)?);
        match difference(&have, &want, "") {
            None => Ok(()),
            Some((path, want, have)) => Err(Halt::failed(
                what,
                format!("{path} is {want}"),
                match have {
                    Some(have) => format!("{path} is {have}"),
                    None => format!("{path} is missing from {actual}"),
                },
            )),
        }
    }

    /// Expects that a call succeeds, and returns its answer.
    ///
    /// # Errors
    ///
    /// It failed.
    pub fn expect_ok<T>(
        &self,
        what: impl Into<String>,
        result: Result<T, ResourceOperationError>,
    ) -> Result<T, Halt> {
        self.count_assertion();
        result.map_err(|error| Halt::failed(what, "success", error.summary()))
    }

    /// Expects that the call that was answered last is refused with a code, and returns the error.
    ///
    /// # Errors
    ///
    /// It succeeded, or failed with another code.
    pub fn expect_error<T>(
        &self,
        code: ErrorCode,
        result: Result<T, ResourceOperationError>,
    ) -> Result<ResourceOperationError, Halt> {
        let last = self.history().last_answered(|_| true);
        let call = last.map_or_else(|| "the call".to_owned(), |(call, _)| call.to_string());
        self.expect_refused(call, code, result)
    }

    /// Expects that a call is refused with a code, and returns the error; `what` says which call, where its name and what it is
    /// about do not say all.
    ///
    /// # Errors
    ///
    /// It succeeded, or failed with another code.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a check names the code, and has no use for it later"
    )]
    pub fn expect_refused<T>(
        &self,
        what: impl Into<String>,
        code: ErrorCode,
        result: Result<T, ResourceOperationError>,
    ) -> Result<ResourceOperationError, Halt> {
        self.count_assertion();
        let actual = match result {
            Err(error) if *error.code() == code => return Ok(error),
            Err(error) => error.summary(),
            Ok(_) => match self.history().last_answered(|_| true) {
                Some((_, answer)) if !["", "done"].contains(&answer.as_str()) => {
                    format!("success: {answer}")
                }
                _ => "success".to_owned(),
            },
        };
        let what = format!("{} is refused with {code}", what.into());
        Err(Halt::failed(what, code.as_str(), actual))
    }

    /// Expects that two values are written alike as JSON.
    ///
    /// # Errors
    ///
    /// They are not; the path of the first difference is named.
    pub fn expect_alike<T: Serialize>(
        &self,
        what: impl Into<String>,
        actual: &T,
        expected: &T,
    ) -> Result<(), Halt> {
        self.count_assertion();
        let what = what.into();
        let json = |value: &T| {
            serde_json::to_value(value)
                .map_err(|error| Halt::broken(format!("{what} cannot be written: {error}")))
        };
        let (have, want) = (json(actual)?, json(expected)?);
        let shown = |value: Option<Value>| {
            value.map_or_else(
                || "missing".to_owned(),
                |value| shortened(&value.to_string()),
            )
        };
        let (path, want, have) = match difference(&have, &want, "") {
            Some((path, want, have)) => (path, Some(want), have),
            // Only what is there too much is left.
            None => match difference(&want, &have, "") {
                Some((path, have, want)) => (path, want, Some(have)),
                None => return Ok(()),
            },
        };
        Err(Halt::failed(
            what,
            format!("{path} is {}", shown(want)),
            format!("{path} is {}", shown(have)),
        ))
    }

    /// Expects that there is a value, and returns it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn expect_some<T>(&self, what: impl Into<String>, value: Option<T>) -> Result<T, Halt> {
        self.count_assertion();
        value.ok_or_else(|| Halt::failed(what, "present", "missing"))
    }

    /// Takes a step that the check relies on and that is not what it is about; without it the check is blocked.
    ///
    /// # Errors
    ///
    /// The step failed.
    pub fn given<T>(
        &self,
        what: &str,
        result: Result<T, ResourceOperationError>,
    ) -> Result<T, Halt> {
        result.map_err(|error| Halt::Blocked(format!("{what}: {}", error.summary())))
    }

    fn value(&self, what: &str, json: &Json) -> Result<Value, Halt> {
        json.to_value().map_err(|error| {
            Halt::failed(what, "JSON that can be read", format!("{error}: {json}"))
        })
    }
}

/// The first place where `want` is not in `have`: path, wanted and found value.
pub(crate) fn difference(
    have: &Value,
    want: &Value,
    path: &str,
) -> Option<(String, Value, Option<Value>)> {
    let (Value::Object(have_fields), Value::Object(want_fields)) = (have, want) else {
        return (have != want).then(|| {
            let path = if path.is_empty() { "the whole" } else { path };
            (path.to_owned(), want.clone(), Some(have.clone()))
        });
    };
    want_fields.iter().find_map(|(name, want)| {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match have_fields.get(name) {
            Some(have) => difference(have, want, &path),
            None => Some((path, want.clone(), None)),
        }
    })
}

/// What `Debug` writes, for people: no `Some` around a value, yes and no, and not more than a reader takes in.
pub(crate) fn plain(debug: &str) -> String {
    match debug {
        "None" | "[]" | "{}" | "\"\"" | "()" => "none".to_owned(),
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        _ if debug.contains("\\\"") && serde_json::from_str::<String>(debug).is_ok() => {
            // Of a text with quotes in it, the outer ones and what escapes the inner ones are in the way.
            serde_json::from_str(debug).unwrap_or_default()
        }
        _ => {
            let inner = ["Some(", "Other("]
                .iter()
                .find_map(|around| debug.strip_prefix(around)?.strip_suffix(')'));
            inner.map_or_else(|| shortened(debug), plain)
        }
    }
}

pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_debug_writes_is_made_plain() {
        let told: Option<Option<&str>> = Some(Some("SYNCING"));
        assert_eq!(plain(&format!("{told:?}")), "\"SYNCING\"");
        assert_eq!(plain(&format!("{:?}", Some(None::<u8>))), "none");
        assert_eq!(plain(&format!("{:?}", Some(true))), "yes");
        assert_eq!(plain("[1, 2]"), "[1, 2]");
        let quoted = Some(r#"a with "b" before c"#);
        assert_eq!(plain(&format!("{quoted:?}")), r#"a with "b" before c"#);
        assert_eq!(plain("Pair(Some(1), None)"), "Pair(Some(1), None)");
        assert_eq!(plain(&"x".repeat(1000)).chars().count(), 201);
    }

    #[test]
    fn a_difference_names_the_path_of_the_first_field() {
        let have = json!({"a": {"b": 1, "extra": true}, "uid": "x"});
        assert_eq!(difference(&have, &json!({"a": {"b": 1}}), ""), None);
        assert_eq!(
            difference(&have, &json!({"a": {"b": 2}}), ""),
            Some(("a.b".to_owned(), json!(2), Some(json!(1))))
        );
        assert_eq!(
            difference(&have, &json!({"a": {"c": null}}), ""),
            Some(("a.c".to_owned(), json!(null), None))
        );
    }
}
