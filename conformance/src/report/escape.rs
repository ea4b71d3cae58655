//! Texts of a plugin inside Markdown: nothing in them is taken for Markdown or HTML.

use std::fmt::Write;

/// A text as inline code, for prose and for cells of a table; on one line.
///
/// HTML's element rather than backticks: between backticks a bar still ends a cell.
pub(crate) fn code(text: &str) -> String {
    format!("<code>{}</code>", inline(text))
}

/// A text as prose on one line.
///
/// Every character that could mean something is written as an entity, which never does.
pub(crate) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            // They mean something only beside what is escaped, or at the beginning of a line, where no text of ours puts one.
            ' ' | '.' | ',' | '-' | '/' | ':' | '(' | ')' | '=' | '+' | ';' | '?' | '%' => {
                out.push(c);
            }
            c if c.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            c if c.is_ascii_punctuation() => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// A text as a block of code, between fences that it cannot end; cut where it is longer than `limit` bytes.
pub(crate) fn block(text: &str, limit: usize) -> String {
    let end = text.floor_char_boundary_at(limit);
    let (shown, left_out) = (&text[..end], text.len() - end);
    let longest = shown.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    let mut out = format!("{fence}text\n");
    for c in shown.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {}
            c if c.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(&fence);
    out.push('\n');
    if left_out > 0 {
        let _ = writeln!(out, "\n({left_out} more bytes are in the JSON report)");
    }
    out
}

trait FloorCharBoundary {
    fn floor_char_boundary_at(&self, at: usize) -> usize;
}

impl FloorCharBoundary for str {
    /// The last place up to `at` where the text can be cut.
    fn floor_char_boundary_at(&self, at: usize) -> usize {
        let mut at = at.min(self.len());
        while !self.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_means_anything() {
        let text = "a|b `c` <script>alert(1)</script> **d** [e](f) @team #1\nnext \u{1b}[31m";
        let safe = code(text);
        let inner = safe
            .strip_prefix("<code>")
            .and_then(|rest| rest.strip_suffix("</code>"))
            .unwrap();
        assert!(
            !inner.contains(['|', '`', '<', '>', '*', '[', '@', '\n', '\u{1b}']),
            "{inner}"
        );
        assert!(
            inner.starts_with("a&#124;b &#96;c&#96; &#60;script&#62;"),
            "{inner}"
        );
    }

    #[test]
    fn a_block_cannot_be_ended_from_inside() {
        let text = "before\n````\n</details>\n```` after";
        let fenced = block(text, 1000);
        assert!(fenced.starts_with("`````text\n"), "{fenced}");
        assert!(fenced.ends_with("\n`````\n"), "{fenced}");
        assert!(fenced.contains(text));
    }

    #[test]
    fn a_long_block_is_cut_between_characters_and_says_so() {
        let fenced = block(&"\u{e9}".repeat(10), 5);
        assert_eq!(
            fenced,
            "```text\n\u{e9}\u{e9}\n```\n\n(16 more bytes are in the JSON report)\n"
        );
    }
}
