//! JSON compared by meaning.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::recording::count;

/// How many differences the text of a failure lists.
const LISTED: usize = 20;

/// Asserts that two values are the same JSON; the first is what was found, the second what is expected.
///
/// Order of keys, whitespace and the way a number is written do not count. Takes whatever has a JSON form: a
/// [`Json`](omniview_sdk::Json), a `Value`, a struct. A message may follow, as with `assert_eq!`.
///
/// ```
/// use omniview_plugintest::assert_json_eq;
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// let found = Json::parse(r#"{"b": 1.0, "a": [true]}"#).unwrap();
/// assert_json_eq!(found, json!({"a": [true], "b": 1}));
/// ```
///
/// # Panics
///
/// They differ; the text lists the paths at which they do.
#[macro_export]
macro_rules! assert_json_eq {
    ($actual:expr, $expected:expr $(,)?) => {
        $crate::assert_json_eq(&$actual, &$expected, ::std::option::Option::None)
    };
    ($actual:expr, $expected:expr, $($message:tt)+) => {
        $crate::assert_json_eq(
            &$actual,
            &$expected,
            ::std::option::Option::Some(::std::format_args!($($message)+)),
        )
    };
}

/// What [`assert_json_eq!`] calls.
///
/// # Panics
///
/// The two differ, or one has no JSON form.
///
/// # Examples
///
/// ```
/// use omniview_plugintest::assert_json_eq;
/// use serde_json::json;
///
/// assert_json_eq(&json!({"a": 1.0}), &json!({"a": 1}), None);
/// let differs = || assert_json_eq(&json!([1]), &json!([2]), Some(format_args!("of page {}", 3)));
/// let text = std::panic::catch_unwind(differs).unwrap_err().downcast::<String>().unwrap();
/// assert!(text.starts_with("JSON differs in 1 place: of page 3\n  $[0]: expected 2, found 1"), "{text}");
/// ```
#[track_caller]
pub fn assert_json_eq(
    actual: &(impl Serialize + ?Sized),
    expected: &(impl Serialize + ?Sized),
    message: Option<fmt::Arguments<'_>>,
) {
    let (actual, expected) = (value_of(actual), value_of(expected));
    let differences = json_differences(&actual, &expected);
    if differences.is_empty() {
        return;
    }
    let mut text = format!("JSON differs in {}", count(differences.len(), "place"));
    if let Some(message) = message {
        text.push_str(&format!(": {message}"));
    }
    for difference in differences.iter().take(LISTED) {
        text.push_str(&format!("\n  {difference}"));
    }
    if let Some(more) = differences.len().checked_sub(LISTED + 1) {
        text.push_str(&format!("\n  and in {}", count(more + 1, "other place")));
    }
    text.push_str(&format!(
        "\n  found: {}",
        crate::failure::shortened(&actual.to_string())
    ));
    panic!("{text}");
}

/// One place where two JSON values differ.
///
/// # Examples
///
/// ```
/// use omniview_plugintest::json_differences;
/// use serde_json::json;
///
/// let differences = json_differences(&json!({"ports": [80]}), &json!({"ports": [80, 443]}));
/// let [missing] = &differences[..] else { panic!("{differences:?}") };
/// assert_eq!((&*missing.path, &missing.expected, &missing.found), ("$.ports[1]", &Some(json!(443)), &None));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where, as in `$.spec.ports[0].name`.
    pub path: String,
    /// What was expected there; `None` for nothing.
    pub expected: Option<Value>,
    /// What was found there; `None` for nothing.
    pub found: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |value: &Option<Value>| match value {
            Some(value) => crate::failure::shortened(&value.to_string()),
            None => "nothing".to_owned(),
        };
        write!(
            f,
            "{}: expected {}, found {}",
            self.path,
            show(&self.expected),
            show(&self.found)
        )
    }
}

/// The places where two JSON values differ in meaning, in the order of their paths.
///
/// ```
/// use omniview_plugintest::json_differences;
/// use serde_json::json;
///
/// let differences = json_differences(&json!({"a": [1, 2]}), &json!({"a": [1.0, 3], "b": null}));
/// let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
/// assert_eq!(lines, ["$.a[1]: expected 3, found 2", "$.b: expected null, found nothing"]);
/// ```
pub fn json_differences(actual: &Value, expected: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    compare("$", Some(actual), Some(expected), &mut differences);
    differences
}

fn compare(
    path: &str,
    actual: Option<&Value>,
    expected: Option<&Value>,
    differences: &mut Vec<Difference>,
) {
    match (actual, expected) {
        (Some(Value::Object(actual)), Some(Value::Object(expected))) => {
            // The keys of both, sorted and each once.
            let keys: std::collections::BTreeSet<&String> =
                actual.keys().chain(expected.keys()).collect();
            for key in keys {
                let path = format!("{path}{}", step(key));
                compare(&path, actual.get(key), expected.get(key), differences);
            }
        }
        (Some(Value::Array(actual)), Some(Value::Array(expected))) => {
            for index in 0..actual.len().max(expected.len()) {
                let path = format!("{path}[{index}]");
                compare(&path, actual.get(index), expected.get(index), differences);
            }
        }
        (Some(Value::Number(a)), Some(Value::Number(b))) if same_number(a, b) => {}
        (actual, expected) if actual == expected => {}
        (actual, expected) => differences.push(Difference {
            path: path.to_owned(),
            expected: expected.cloned(),
            found: actual.cloned(),
        }),
    }
}

/// `.name`, or `["odd name"]`.
fn step(key: &str) -> String {
    let plain = !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-');
    if plain {
        format!(".{key}")
    } else {
        format!("[{key:?}]")
    }
}

/// Whether two numbers are equal by value; two integers are compared as such, so that large ones stay exact.
fn same_number(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    let integer = |number: &serde_json::Number| {
        number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from))
    };
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.as_f64() == b.as_f64(),
    }
}

#[track_caller]
fn value_of(value: &(impl Serialize + ?Sized)) -> Value {
    match serde_json::to_value(value) {
        Ok(value) => value,
        Err(error) => panic!("a compared value has no JSON form: {error}"),
    }
}
