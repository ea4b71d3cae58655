//! Rust source as tokens: just enough to tell code from comments and texts.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `/// text`.
    Doc,
    /// Whitespace or any other comment.
    Space,
    /// A text, a character, or what else has quotes.
    Quoted,
    /// A keyword, a name or a number.
    Word,
    /// Any other character.
    Sign,
}

/// The tokens of a source, each with its offset; together they are the whole source.
pub(super) struct Tokens<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, at: 0 }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (usize, Kind, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.source[self.at..];
        let (kind, length) = first(rest)?;
        let offset = self.at;
        self.at += length;
        Some((offset, kind, &rest[..length]))
    }
}

/// The first token of `rest` and its length; none at the end.
fn first(rest: &str) -> Option<(Kind, usize)> {
    let char = rest.chars().next()?;
    let line = || rest.find('\n').unwrap_or(rest.len());
    Some(if rest.starts_with("///") && !rest.starts_with("////") {
        (Kind::Doc, line())
    } else if rest.starts_with("//") {
        (Kind::Space, line())
    } else if rest.starts_with("/*") {
        (Kind::Space, block_comment(rest))
    } else if char.is_whitespace() {
        (Kind::Space, char.len_utf8())
    } else if let Some(length) = text(rest).or_else(|| character(rest)) {
        (Kind::Quoted, length)
    } else if is_word(char) {
        (Kind::Word, rest.find(|c| !is_word(c)).unwrap_or(rest.len()))
    } else {
        (Kind::Sign, char.len_utf8())
    })
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// A text literal: plain or raw, of characters, bytes or for C.
fn text(rest: &str) -> Option<usize> {
    let mut start = rest.bytes().take(3);
    let prefix = start.position(|byte| matches!(byte, b'#' | b'"'))?;
    if !matches!(&rest[..prefix], "" | "b" | "c" | "r" | "br" | "cr") {
        return None;
    }
    if !rest[..prefix].ends_with('r') {
        return quoted(rest, prefix, b'"');
    }
    let hashes = rest[prefix..]
        .bytes()
        .take_while(|byte| *byte == b'#')
        .count();
    let open = prefix + hashes + 1;
    if !rest[prefix + hashes..].starts_with('"') {
        return None;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    Some(
        rest[open..]
            .find(&close)
            .map_or(rest.len(), |end| open + end + close.len()),
    )
}

/// A character or a byte, but not a lifetime or a label.
fn character(rest: &str) -> Option<usize> {
    let open = usize::from(rest.starts_with("b'"));
    if !rest[open..].starts_with('\'') {
        return None;
    }
    let mut inside = rest[open + 1..].chars();
    match (inside.next()?, inside.next()?) {
        ('\\', _) | (_, '\'') => quoted(rest, open, b'\''),
        _ => None,
    }
}

/// The length up to the end of a quotation that begins at `open`; none when it does not begin there.
fn quoted(rest: &str, open: usize, quote: u8) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = open + 1;
    if bytes[open] != quote {
        return None;
    }
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    Some((at + 1).min(bytes.len()))
}

#[test]
fn quotations_end_where_they_end() {
    for (source, length) in [
        (r#""a \" b" c"#, 8),
        (r##"r#"a " b"# c"##, 10),
        (r#"b"x" c"#, 4),
        (r"'\'' c", 4),
        ("'é' c", 4),
        ("b'\"' c", 4),
        ("'static c", 1),
        ("r#type c", 1),
        ("\"never closed", 13),
    ] {
        let (_, _, token) = Tokens::new(source).next().unwrap();
        assert_eq!(token.len(), length, "{source} begins with {token}");
    }
}

#[test]
fn comments_are_space_unless_they_document() {
    let kinds = |source| {
        Tokens::new(source)
            .map(|(_, kind, _)| kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds("/// a"), [Kind::Doc]);
    assert_eq!(kinds("//// a"), [Kind::Space]);
    assert_eq!(kinds("// \" a"), [Kind::Space]);
    assert_eq!(kinds("/* a /* b */ \" */c"), [Kind::Space, Kind::Word]);
}
