//! Expectations. Each is counted, and a failing one says what was expected and what was seen.

use std::fmt::Debug;

use omniview_sdk::{ErrorCode, Json, ResourceOperationError};
use serde_json::Value;

use super::Cx;
use crate::Halt;

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
        let what = what.into();
        Err(Halt::failed(what.clone(), what, "it does not hold"))
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
        Err(Halt::failed(
            what,
            format!("{expected:?}"),
            format!("{actual:?}"),
        ))
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

    /// Expects that a call is refused with a code, and returns the error.
    ///
    /// # Errors
    ///
    /// It succeeded, or failed with another code.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a check names the code, and has no use for it later"
    )]
    pub fn expect_error<T: Debug>(
        &self,
        code: ErrorCode,
        result: Result<T, ResourceOperationError>,
    ) -> Result<ResourceOperationError, Halt> {
        self.count_assertion();
        let what = format!("the call is refused with {code}");
        match result {
            Err(error) if *error.code() == code => Ok(error),
            Err(error) => Err(Halt::failed(what, code.as_str(), error.summary())),
            Ok(answer) => Err(Halt::failed(
                what,
                code.as_str(),
                format!("success: {}", shortened(&format!("{answer:?}"))),
            )),
        }
    }

    /// Expects that there is a value, and returns it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn expect_some<T>(&self, what: impl Into<String>, value: Option<T>) -> Result<T, Halt> {
        self.count_assertion();
        value.ok_or_else(|| Halt::failed(what, "a value", "none"))
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
