//! Characters that a reader cannot see.

use std::fmt::Write;

/// Replaces what is invisible, or turns the direction of what comes after it, by something that can be seen.
///
/// Line feeds and tabs stay. A control character becomes its picture (`␀`), any other its number (`⟨U+202E⟩`).
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => out.push(character),
            '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + u32::from(character))),
            '\u{7f}' => out.push('␡'),
            _ if is_hidden(character) => {
                // Writing to a string does not fail.
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out
}

/// Whether it is a control character, turns the direction of a text, or has no width; those that join letters do not count.
const fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown_and_everything_else_stays() {
        let plain = "a\tb\nשלום 日本 e\u{301} 👩\u{200d}💻 <&\">";
        assert_eq!(visible(plain), plain);
        assert_eq!(
            visible("a\0b\u{1b}[31m\r\u{202e}evil\u{2066}\u{200b}\u{85}"),
            "a␀b␛[31m␍⟨U+202E⟩evil⟨U+2066⟩⟨U+200B⟩⟨U+0085⟩"
        );
    }
}
