//! How fields are read and written where serde's own rules and the wire's differ.
//!
//! Reading is lenient about emptiness: null, an absent key and an empty list or map are one thing.
//! Writing leaves an optional key out when it holds its zero value.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serializer};

/// Reads null as the default of `T`.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a map of lists in which the map and each of its lists may be null.
pub(crate) fn map_of_lists<'de, D, T>(deserializer: D) -> Result<BTreeMap<String, Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let map: Option<BTreeMap<String, Option<Vec<T>>>> = Option::deserialize(deserializer)?;
    Ok(map
        .into_iter()
        .flatten()
        .map(|(key, list)| (key, list.unwrap_or_default()))
        .collect())
}

/// Reads a text in which null and the empty text both mean that nothing was said.
pub(crate) fn text_or_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + AsRef<str>,
{
    let text: Option<T> = Option::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.as_ref().is_empty()))
}

/// Tells whether an optional text has nothing to write.
pub(crate) fn no_text<T: AsRef<str>>(text: &Option<T>) -> bool {
    text.as_ref().is_none_or(|text| text.as_ref().is_empty())
}

/// Tells whether a value is the zero value that an optional key leaves out.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Writes a number in its shortest form: an integral one without a fraction.
///
/// # Errors
///
/// JSON has no infinity and no NaN.
pub(crate) fn shortest_number<S>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
{
    // 2^63 and 2^64: the first numbers past `i64` and past `u64`.
    const I64_END: f64 = 9_223_372_036_854_775_808.0;
    const U64_END: f64 = 18_446_744_073_709_551_616.0;

    let Some(number) = *number else {
        return serializer.serialize_none();
    };
    if !number.is_finite() {
        return Err(S::Error::custom(format!("{number} has no form in JSON")));
    }
    let negative_zero = number == 0.0 && number.is_sign_negative();
    if number.fract() != 0.0 || negative_zero {
        serializer.serialize_f64(number)
    } else if (-I64_END..I64_END).contains(&number) {
        serializer.serialize_i64(number as i64)
    } else if (0.0..U64_END).contains(&number) {
        serializer.serialize_u64(number as u64)
    } else {
        serializer.serialize_f64(number)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(number: f64) -> String {
        let mut text = Vec::new();
        shortest_number(&Some(number), &mut serde_json::Serializer::new(&mut text)).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn integral_numbers_have_no_fraction() {
        assert_eq!(written(0.0), "0");
        assert_eq!(written(-3.0), "-3");
        assert_eq!(written(1.5), "1.5");
        assert_eq!(written(9_223_372_036_854_775_808.0), "9223372036854775808");
        assert_eq!(
            written(-9_223_372_036_854_775_808.0),
            "-9223372036854775808"
        );
        assert_eq!(written(1e300).parse(), Ok(1e300));
        assert_eq!(written(-0.0), "-0.0");
    }

    #[test]
    fn numbers_without_a_json_form_are_refused() {
        let error = shortest_number(&Some(f64::NAN), serde_json::value::Serializer).unwrap_err();
        assert_eq!(error.to_string(), "NaN has no form in JSON");
    }

    #[test]
    fn null_lists_inside_a_map_read_as_empty() {
        let map: BTreeMap<String, Vec<i64>> = map_of_lists(json!({"a": null, "b": [1]})).unwrap();
        assert_eq!(map["a"], Vec::<i64>::new());
        assert_eq!(map["b"], [1]);
        assert_eq!(
            map_of_lists::<_, i64>(json!(null)).unwrap(),
            BTreeMap::new()
        );
    }
}
