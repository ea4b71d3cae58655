//! What was expected beside what was seen.

use maud::{Markup, html};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// How alike two texts have to be for their words to be compared: below it, everything would be marked.
const ALIKE: f64 = 0.4;

/// What was expected and what was seen: a difference line by line where both are JSON, else beside each other.
pub(super) fn difference(expected: &str, actual: &str) -> Markup {
    match (structured(expected), structured(actual)) {
        (Some(("", expected)), Some(("", actual))) => lines(&expected, &actual),
        _ => words(expected, actual),
    }
}

/// The JSON object or list at the end of a text, line by line, and what stands before it.
fn structured(text: &str) -> Option<(&str, String)> {
    let at = text.find(['{', '['])?;
    let (before, json) = text.split_at(at);
    let value: Value = serde_json::from_str(json).ok()?;
    Some((before.trim_end(), format!("{value:#}")))
}

fn lines(expected: &str, actual: &str) -> Markup {
    let difference = TextDiff::from_lines(expected, actual);
    html! {
        div.diff {
            p.legend { span.minus { "− expected" } " " span.plus { "+ actual" } }
            pre {
                @for (n, hunk) in difference.grouped_ops(4).iter().enumerate() {
                    @if n > 0 { span.gap { "⋯\n" } }
                    @for change in hunk.iter().flat_map(|op| difference.iter_changes(op)) {
                        @let line = change.value().trim_end_matches('\n');
                        @match change.tag() {
                            ChangeTag::Delete => del { "− " (line) "\n" },
                            ChangeTag::Insert => ins { "+ " (line) "\n" },
                            ChangeTag::Equal => span { "  " (line) "\n" },
                        }
                    }
                }
            }
        }
    }
}

fn words(expected: &str, actual: &str) -> Markup {
    let difference = TextDiff::from_words(expected, actual);
    let marked = expected != actual && likeness(&difference) >= ALIKE;
    html! {
        dl.versus {
            div.expected {
                dt { "Expected" }
                dd { @if marked { (side(&difference, ChangeTag::Delete)) } @else { (plain(expected)) } }
            }
            div.actual {
                dt { "Actual" }
                dd { @if marked { (side(&difference, ChangeTag::Insert)) } @else { (plain(actual)) } }
            }
        }
    }
}

/// The share of the letters that both sides have; the room between the words does not count.
fn likeness<'t>(difference: &TextDiff<'t, 't, 't, str>) -> f64 {
    let (mut same, mut all) = (0, 0);
    for change in difference.iter_all_changes() {
        let letters = change.value().trim().len();
        match change.tag() {
            ChangeTag::Equal => {
                same += 2 * letters;
                all += 2 * letters;
            }
            ChangeTag::Insert | ChangeTag::Delete => all += letters,
        }
    }
    same as f64 / all.max(1) as f64
}

/// One side of a difference, what only it has marked.
fn side<'t>(difference: &TextDiff<'t, 't, 't, str>, own: ChangeTag) -> Markup {
    html! {
        @for change in difference.iter_all_changes() {
            @if change.tag() == own { mark { (change.value()) } }
            @else if change.tag() == ChangeTag::Equal { (change.value()) }
        }
    }
}

fn plain(text: &str) -> Markup {
    match structured(text) {
        Some((before, json)) => html! { (before) pre { (json) } },
        None => html! { (text) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_json_texts_are_compared_line_by_line_whatever_the_order_of_their_keys() {
        let page = difference(r#"{"a":1,"b":2}"#, r#"{"b":3,"a":1}"#).0;
        assert!(
            page.contains("<span>    &quot;a&quot;: 1,\n</span>"),
            "{page}"
        );
        assert!(page.contains("<del>−   &quot;b&quot;: 2\n</del>"), "{page}");
        assert!(page.contains("<ins>+   &quot;b&quot;: 3\n</ins>"), "{page}");
    }

    #[test]
    fn texts_that_are_alike_have_their_words_compared() {
        let page = difference("3 objects are listed", "4 objects are listed").0;
        assert!(page.contains("<mark>3</mark> objects"), "{page}");
        assert!(page.contains("<mark>4</mark> objects"), "{page}");
        let unlike = difference("there is a success", "there was an <error>").0;
        assert!(!unlike.contains("<mark>"), "{unlike}");
        assert!(unlike.contains("&lt;error&gt;"), "{unlike}");
    }

    #[test]
    fn json_at_the_end_of_a_text_is_spread_out() {
        let page = difference("a is 1", r#"a is missing from {"b":[2]}"#).0;
        assert!(page.contains("a is missing from<pre>{\n"), "{page}");
    }
}
