//! What Rust source says of the contract: the lines `/// Contract: …`, and what they stand above.

use super::token::{Kind, Tokens};

/// A line `Contract: …` in the documentation of an item.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// What follows `Contract:`, over as many lines as commas lead on to.
    pub(super) text: String,
    /// Where it is, counted from 1.
    pub(super) line: usize,
    pub(super) above: Above,
}

/// What a mention stands above.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Above {
    /// A test that runs.
    Test(String),
    /// A test that is ignored.
    IgnoredTest(String),
    /// A type, a function of the library, a field.
    Item,
}

/// Every mention in a source.
pub(super) fn mentions(source: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut header = Header::default();
    let mut tokens = Tokens::new(source)
        .filter(|(_, kind, _)| *kind != Kind::Space)
        .peekable();
    while let Some((offset, kind, text)) = tokens.next() {
        match (kind, text) {
            (Kind::Doc, _) => header.docs.push((offset, text[3..].trim())),
            (Kind::Sign, "#") => {
                let inner = tokens.next_if(|(_, _, text)| *text == "!").is_some();
                let path = attribute(&mut tokens);
                if !inner {
                    header.attributes.push(path);
                }
            }
            (Kind::Word, "fn") => {
                let name = tokens.next().map_or("", |(_, _, name)| name);
                header.take().end(Some(name), source, &mut found);
            }
            // What may stand between the documentation of a function and its `fn`.
            (Kind::Word, "pub" | "crate" | "async" | "const" | "unsafe") => {}
            (Kind::Sign, "(" | ")") => {}
            _ => header.take().end(None, source, &mut found),
        }
    }
    found
}

/// The documentation and the attributes above an item.
#[derive(Default)]
struct Header<'a> {
    docs: Vec<(usize, &'a str)>,
    attributes: Vec<String>,
}

impl Header<'_> {
    fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// The item is reached: a function of this name, or something else.
    fn end(self, function: Option<&str>, source: &str, found: &mut Vec<Mention>) {
        let mut docs = self.docs.iter();
        while let Some((offset, doc)) = docs.next() {
            let Some(text) = doc.strip_prefix("Contract:") else {
                continue;
            };
            let mut text = text.trim().to_owned();
            while let (true, Some((_, more))) = (text.ends_with(','), docs.as_slice().first()) {
                text = format!("{text} {more}");
                docs.next();
            }
            found.push(Mention {
                text,
                line: 1 + source[..*offset].matches('\n').count(),
                above: self.above(function),
            });
        }
    }

    fn above(&self, function: Option<&str>) -> Above {
        let has = |name| self.attributes.iter().any(|path| path.ends_with(name));
        match function.map(str::to_owned) {
            Some(name) if (has("test") || has("rstest")) && has("ignore") => {
                Above::IgnoredTest(name)
            }
            Some(name) if has("test") || has("rstest") => Above::Test(name),
            _ => Above::Item,
        }
    }
}

/// Reads `[path …]` to its end; returns the path, such as `tokio::test`, with `::` in front.
fn attribute<'a>(tokens: &mut impl Iterator<Item = (usize, Kind, &'a str)>) -> String {
    let mut path = "::".to_owned();
    let mut in_path = true;
    let mut depth = 0;
    for (_, kind, text) in tokens {
        match (kind, text) {
            (Kind::Sign, "[") => depth += 1,
            (Kind::Sign, "]") => depth -= 1,
            (Kind::Word, _) | (Kind::Sign, ":") if in_path => path += text,
            _ => in_path = false,
        }
        if depth == 0 {
            break;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(source: &str) -> Mention {
        let mut found = mentions(source);
        assert_eq!(found.len(), 1, "{source}\n{found:#?}");
        found.remove(0)
    }

    #[test]
    fn a_test_is_found_however_it_is_written() {
        for source in [
            "/// Contract: WAT-01\n#[test]\nfn name() {}",
            "#[test]\n/// Contract: WAT-01\n\n// A remark.\nfn name() {}",
            "/// A sentence.\n///\n/// Contract: WAT-01\n#[tokio::test(start_paused = true)]\nasync fn name() {}",
            "/// Contract: WAT-01\n#[rstest]\n#[case::a(\"]\", ']', &[1])]\n#[case(\n    2,\n)]\npub(crate) async fn name<T>() {}",
            "proptest! { #![proptest_config(c())] /// Contract: WAT-01\n #[test] fn name(x in 0..9) {} }",
            "mod tests {\n    /* x */ /// Contract: WAT-01\n    #[cfg(unix)] #[test] fn name() {}\n}",
        ] {
            let mention = only(source);
            assert_eq!(mention.above, Above::Test("name".to_owned()), "{source}");
            assert_eq!(mention.text, "WAT-01", "{source}");
        }
    }

    #[test]
    fn a_line_goes_on_after_a_comma() {
        let mention = only("\n\n/// Contract: A-1,\n/// B-2\n/// and more\n#[test]\nfn name() {}");
        assert_eq!((mention.text.as_str(), mention.line), ("A-1, B-2", 3));
    }

    #[test]
    fn what_is_no_test_that_runs_holds_nothing() {
        let ignored = only("/// Contract: WAT-01\n#[test]\n#[ignore = \"slow\"]\nfn name() {}");
        assert_eq!(ignored.above, Above::IgnoredTest("name".to_owned()));
        for source in [
            "/// Contract: WAT-01\npub struct Watch;\n#[test]\nfn name() {}",
            "/// Contract: WAT-01\nfn helper() {}",
            "/// Contract: WAT-01\n#[cfg(test)]\nfn helper() {}",
            "/// Contract: WAT-01\npub(crate) field: u8,\n#[test]\nfn name() {}",
        ] {
            assert_eq!(only(source).above, Above::Item, "{source}");
        }
    }

    #[test]
    fn a_text_or_a_remark_mentions_nothing() {
        for source in [
            "const A: &str = \"\n/// Contract: WAT-01\n#[test]\nfn name() {}\";",
            "const A: &str = r#\"\n/// Contract: WAT-01\n#[test]\nfn name() {}\"#;",
            "// Contract: WAT-01\n#[test]\nfn name() {}",
            "/* \n/// Contract: WAT-01\n*/\n#[test]\nfn name() {}",
        ] {
            assert_eq!(mentions(source), [], "{source}");
        }
    }
}
