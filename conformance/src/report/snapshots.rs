//! How reports look, seen in full.

use super::{
    Report, Style,
    sample::{conformant, empty, failing, incomplete},
};
#[cfg(feature = "html")]
use crate::{history::StepKind, status::Status};

#[test]
fn reports_as_text() {
    for (name, report) in [
        ("conformant", conformant()),
        ("failing", failing()),
        ("incomplete", incomplete()),
        ("empty", empty()),
    ] {
        let text = report.to_text();
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        insta::assert_snapshot!(format!("text_{name}"), text);
    }
}

#[test]
fn reports_as_json() {
    for (name, report) in [
        ("conformant", conformant()),
        ("failing", failing()),
        ("incomplete", incomplete()),
        ("empty", empty()),
    ] {
        let text = report.to_json();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(format!("{value:#}\n"), text, "the keys are not sorted");
        super::reading::assert_valid(&text);
        insta::assert_snapshot!(format!("json_{name}"), text);
    }
}

#[test]
fn reports_as_markdown() {
    for (name, report) in [
        ("conformant", conformant()),
        ("failing", failing()),
        ("incomplete", incomplete()),
        ("empty", empty()),
    ] {
        insta::assert_snapshot!(format!("markdown_{name}"), report.to_markdown());
    }
}

#[cfg(feature = "junit")]
#[test]
fn reports_as_junit() {
    for (name, report) in [
        ("conformant", conformant()),
        ("failing", failing()),
        ("incomplete", incomplete()),
        ("empty", empty()),
    ] {
        let xml = report.to_junit();
        super::xsd::assert_valid(&xml);
        insta::assert_snapshot!(format!("junit_{name}"), xml);
    }
}

#[test]
fn what_differs_from_run_to_run_stands_apart() {
    let mut slower = failing();
    for result in &mut slower.results {
        result.elapsed *= 3;
    }
    let stable = |report: &Report| {
        let mut value: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        value.as_object_mut().unwrap().remove("volatile").unwrap();
        value
    };
    assert_ne!(slower.to_json(), failing().to_json());
    assert_eq!(stable(&slower), stable(&failing()));
}

#[test]
fn the_brief_text_has_what_needs_attention_and_the_verdict() {
    insta::assert_snapshot!("brief_incomplete", incomplete().to_brief_text(Style::Plain));
}

#[test]
fn colours_add_nothing_but_colours() {
    let painted = failing().to_styled_text(Style::Colour);
    assert!(painted.contains("\u{1b}[31mFAIL\u{1b}[0m"));
    let mut bare = String::new();
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    bare.push_str(rest);
    assert_eq!(bare, failing().to_text());
}

#[cfg(feature = "html")]
#[test]
fn reports_as_pages() {
    for (name, report) in [
        ("conformant", conformant()),
        ("failing", failing()),
        ("incomplete", incomplete()),
        ("empty", empty()),
    ] {
        let page = without("style", &without("script", &report.to_html()));
        // A tag a line: a difference is then one of a line too.
        insta::assert_snapshot!(format!("html_{name}"), page.replace("><", ">\n<"));
    }
}

/// A page with what stands between the tags of a name cut out; the files that it comes from have differences of their own.
#[cfg(feature = "html")]
fn without(tag: &str, page: &str) -> String {
    let (open, close) = (format!("<{tag} nonce"), format!("</{tag}>"));
    let mut parts = page.split(&open);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, after) = part.split_once(&close).unwrap();
        out.push_str(&format!("<{tag}>…{close}{after}"));
    }
    out
}

#[cfg(feature = "html")]
#[test]
fn whatever_a_plugin_says_is_text_on_the_page() {
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u{202e}\0\u{1b}[31m]]>--><!--";
    let mut report = failing();
    report.header.subject = evil.to_owned();
    report.header.connections = vec![evil.to_owned()];
    report.header.command = evil.to_owned();
    let capabilities = omniview_sdk::ResourceCapabilities::default();
    report.header.capabilities.insert(evil.into(), capabilities);
    for result in &mut report.results {
        result.types = vec![evil.into()];
        result.reproduce = evil.to_owned();
        result.clauses = vec![evil.to_owned()];
        for step in &mut result.timeline.steps {
            step.connection = Some(evil.into());
            step.key = Some(evil.into());
            step.id = Some(evil.to_owned());
            step.text = evil.to_owned();
            step.kind = StepKind::Add;
        }
        if let Status::Fail(failure) | Status::Warn(failure) = &mut result.status {
            failure.what = evil.to_owned();
            failure.expected = evil.to_owned();
            failure.actual = evil.to_owned();
            failure.history = vec![evil.to_owned()];
            failure.reproduction = evil.to_owned();
        }
    }
    report.results[1].id = evil.to_owned();
    report.results[2].status = Status::NotApplicable {
        capability: evil.to_owned(),
    };
    let page = report.to_html();
    let ours = failing().to_html();
    for part in ["<script", "</script", "<img", "<!--", "-->", "]]>"] {
        assert_eq!(
            page.matches(part).count(),
            ours.matches(part).count(),
            "{part}"
        );
    }
    for part in [" onerror=alert(2)&gt;&quot;", "␀␛[31m", "⟨U+202E⟩"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains(['\0', '\u{1b}', '\u{202e}']));
}
