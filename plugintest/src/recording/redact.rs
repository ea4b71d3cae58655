//! Replacing what differs from run to run.

use std::collections::HashMap;

use serde_json::Value;

/// Replaces uids, times and versions by numbers in the order of their appearance.
#[derive(Debug, Default)]
pub(super) struct Redactor {
    known: HashMap<(&'static str, String), usize>,
    counts: HashMap<&'static str, usize>,
}

impl Redactor {
    pub(super) fn redact(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) => self.replace(noun_of(name, text), text),
                        member => self.redact(member),
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::String(text) => self.replace(noun_of("", text), text),
                        item => self.redact(item),
                    }
                }
            }
            _ => {}
        }
    }

    fn replace(&mut self, noun: Option<&'static str>, text: &mut String) {
        let Some(noun) = noun else { return };
        let number = *self.known.entry((noun, text.clone())).or_insert_with(|| {
            let count = self.counts.entry(noun).or_default();
            *count += 1;
            *count
        });
        *text = format!("[{noun}-{number}]");
    }
}

/// What a text is, if it is something that differs from run to run.
fn noun_of(name: &str, text: &str) -> Option<&'static str> {
    match name {
        _ if text.is_empty() => None,
        "uid" => Some("uid"),
        "resourceVersion" => Some("version"),
        _ if is_uuid(text) => Some("uid"),
        _ if is_time(text) => Some("time"),
        _ => None,
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && fits(
            text,
            "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            u8::is_ascii_hexdigit,
        )
}

/// Whether it starts as an RFC 3339 date and time does.
fn is_time(text: &str) -> bool {
    text.len() >= 20 && fits(text, "xxxx-xx-xxTxx:xx:xx", u8::is_ascii_digit)
}

/// Whether a text starts like a shape, in which `x` stands for a digit.
fn fits(text: &str, shape: &str, is_digit: fn(&u8) -> bool) -> bool {
    let pairs = text.as_bytes().iter().zip(shape.as_bytes());
    pairs.into_iter().all(|(letter, wanted)| match wanted {
        b'x' => is_digit(letter),
        wanted => letter == wanted,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_numbered_and_equal_ones_stay_equal() {
        let uuid = "0b8d6a2e-9c7f-4a53-8a3e-2f1f0f6f8b11";
        let mut value = json!([
            {"uid": "a", "owner": uuid, "name": "web-2026-01-02"},
            {"uid": "b", "times": ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5+02:00"]},
            {"uid": "a", "resourceVersion": "41", "id": uuid, "at": "2026-01-02T03:04:05Z"},
        ]);
        Redactor::default().redact(&mut value);
        assert_eq!(
            value,
            // Members are visited in the order of their names.
            json!([
                {"uid": "[uid-2]", "owner": "[uid-1]", "name": "web-2026-01-02"},
                {"uid": "[uid-3]", "times": ["[time-1]", "[time-2]"]},
                {"uid": "[uid-2]", "resourceVersion": "[version-1]", "id": "[uid-1]", "at": "[time-1]"},
            ])
        );
    }
}
