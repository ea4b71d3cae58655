//! Whether XML is what an XML Schema says.
//!
//! No crate of a size that fits validates against XSD, and `xmllint` is not on every machine. So the tests read what `tests/junit.xsd`
//! uses of the language themselves; where there is an `xmllint`, it judges the same files by the same schema and by the
//! strictest one in use, that of Jenkins (`tests/junit-10.xsd`, which carries its own licence).

#![cfg(feature = "junit")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::{Command, Stdio},
    sync::LazyLock,
};

use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};

const XSD: &str = include_str!("../../tests/junit.xsd");

/// An element of a document, whatever it says.
#[derive(Debug, Default, Clone)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    fn read(xml: &str) -> Self {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(Self::begun(&start)),
                Event::Empty(start) => {
                    let element = Self::begun(&start);
                    open.last_mut().unwrap().children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(element);
                }
                Event::Text(text) => {
                    let text = text.decode().unwrap();
                    open.last_mut().unwrap().text.push_str(&text);
                }
                Event::GeneralRef(entity) => {
                    let name = entity.decode().unwrap();
                    let known = resolve_predefined_entity(&name).is_some();
                    assert!(known || name.starts_with('#'), "&{name}; is no entity");
                    open.last_mut().unwrap().text.push('&');
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let document = open.pop().unwrap();
        assert!(open.is_empty(), "an element is not closed");
        let [root] = <[Self; 1]>::try_from(document.children).unwrap();
        root
    }

    fn begun(start: &quick_xml::events::BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let name = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
            let value = String::from_utf8(attribute.value.to_vec()).unwrap();
            (name, value)
        });
        Self {
            name: String::from_utf8(start.local_name().as_ref().to_vec()).unwrap(),
            attributes: attributes.collect(),
            ..Self::default()
        }
    }

    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

/// What the schema says about an element.
#[derive(Debug, Default)]
struct Rule {
    /// Each with its type.
    attributes: BTreeMap<String, String>,
    required: BTreeSet<String>,
    /// In order: the names that may stand there, and whether more than one may.
    children: Vec<(BTreeSet<String>, bool)>,
    text: bool,
}

static RULES: LazyLock<BTreeMap<String, Rule>> = LazyLock::new(|| {
    let schema = Element::read(XSD);
    let mut types: BTreeMap<&str, &Element> = BTreeMap::new();
    for ty in schema.of("complexType") {
        types.insert(ty.get("name"), ty);
    }
    schema
        .of("element")
        .map(|element| {
            let named = types.get(element.get("type")).copied();
            let ty = element.of("complexType").next().or(named);
            let rule = ty.map_or_else(
                || Rule {
                    text: true,
                    ..Rule::default()
                },
                rule,
            );
            (element.get("name").to_owned(), rule)
        })
        .collect()
});

fn rule(ty: &Element) -> Rule {
    let mut rule = Rule::default();
    let content = ty.of("simpleContent");
    let extension: Vec<&Element> = content.flat_map(|it| it.of("extension")).collect();
    for holder in extension.iter().copied().chain([ty]) {
        for attribute in holder.of("attribute") {
            let name = attribute.get("name").to_owned();
            if attribute.get("use") == "required" {
                rule.required.insert(name.clone());
            }
            rule.attributes
                .insert(name, attribute.get("type").to_owned());
        }
    }
    rule.text = !extension.is_empty();
    for part in ty.of("sequence").flat_map(|it| &it.children) {
        let many = part.get("maxOccurs") == "unbounded";
        let names: BTreeSet<String> = match part.name.as_str() {
            "choice" => part
                .of("element")
                .map(|it| it.get("ref").to_owned())
                .collect(),
            _ => [part.get("ref").to_owned()].into(),
        };
        rule.children.push((names, many));
    }
    rule
}

/// Asserts that a text is a JUnit report.
pub(super) fn assert_valid(xml: &str) {
    let root = Element::read(xml);
    assert_eq!(root.name, "testsuites");
    let mut faults = Vec::new();
    judge(&root, &mut faults);
    assert!(faults.is_empty(), "{faults:#?}\n{xml}");
    count(&root);
    for schema in ["junit.xsd", "junit-10.xsd"] {
        by_xmllint(xml, schema);
    }
}

fn judge(element: &Element, faults: &mut Vec<String>) {
    let name = &element.name;
    let Some(rule) = RULES.get(name) else {
        faults.push(format!("there is no element {name}"));
        return;
    };
    for required in &rule.required {
        if !element.attributes.contains_key(required) {
            faults.push(format!("{name} without {required}"));
        }
    }
    for (attribute, value) in &element.attributes {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let fits = match rule.attributes.get(attribute).map(String::as_str) {
            Some("count") => digits(value),
            Some("seconds") => value.split('.').count() <= 2 && value.split('.').all(digits),
            Some("xs:string") => true,
            _ => false,
        };
        if !fits {
            faults.push(format!("{name} with {attribute}={value:?}"));
        }
    }
    if !rule.text && !element.text.trim().is_empty() {
        faults.push(format!("{name} with the text {:?}", element.text));
    }
    let mut places = rule.children.iter().peekable();
    for child in &element.children {
        while places
            .peek()
            .is_some_and(|(names, _)| !names.contains(&child.name))
        {
            places.next();
        }
        match places.peek() {
            Some((_, true)) => {}
            Some((_, false)) => drop(places.next()),
            None => faults.push(format!("{} in {name}, there or so often", child.name)),
        }
        judge(child, faults);
    }
}

/// What XSD cannot say: the counts are those of the cases.
fn count(root: &Element) {
    for suite in root.of("testsuite") {
        let cases: Vec<&Element> = suite.of("testcase").collect();
        assert_eq!(suite.get("tests"), cases.len().to_string());
        for (attribute, child) in [
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            let with = cases.iter().filter(|case| case.of(child).count() == 1);
            assert_eq!(
                suite.get(attribute),
                with.count().to_string(),
                "{attribute}"
            );
        }
    }
}

fn by_xmllint(xml: &str, schema: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let started = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema", schema, "-"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut lint) = started else {
        eprintln!("xmllint is not installed: nobody but this test has judged by {schema}");
        return;
    };
    lint.stdin
        .take()
        .unwrap()
        .write_all(xml.as_bytes())
        .unwrap();
    let output = lint.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_is_no_junit_report_is_told_from_one() {
    let faults = |xml: &str| {
        let mut faults = Vec::new();
        judge(&Element::read(xml), &mut faults);
        faults
    };
    let suite = |inner: &str| {
        format!("<testsuite name='a' tests='1' failures='0' errors='0'>{inner}</testsuite>")
    };
    let case = |inner: &str| {
        suite(&format!(
            "<testcase name='a' classname='b'>{inner}</testcase>"
        ))
    };
    for good in [
        suite(""),
        suite("<properties><property name='a' value='b'/></properties>"),
        case(""),
        case("<failure message='m' type='t'>text</failure><system-out>out</system-out>"),
    ] {
        assert_eq!(faults(&good), [""; 0], "{good}");
    }
    for bad in [
        "<suites/>".to_owned(),
        suite("<surprise/>"),
        suite("text"),
        suite("<testcase name='a'/>"),
        suite("<testcase name='a' classname='b' time='soon'/>"),
        suite("<testcase name='a' classname='b' colour='red'/>"),
        suite("<testcase name='a' classname='b'/><properties/>"),
        case("<failure/><error/>"),
        case("<system-out/><failure/>"),
    ] {
        assert_ne!(faults(&bad), [""; 0], "{bad}");
    }
}
