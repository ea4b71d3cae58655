//! Whether the README shows what a command prints.

/// Asserts that the README has a block of text that begins with `$ command` and goes on as the output does.
///
/// A line `...` stands for any lines. A number stands for any number, a catalogue digest for any digest.
///
/// # Panics
///
/// There is no such block, or it shows something else.
pub(crate) fn assert_shown(readme: &str, command: &str, output: &str) {
    let begin = format!("```text\n$ {command}\n");
    let Some((_, rest)) = readme.split_once(&begin) else {
        panic!("README.md has no block that begins with `$ {command}`");
    };
    let (block, _) = rest.split_once("```").unwrap_or((rest, ""));
    let shown: Vec<String> = block.lines().map(steady).collect();
    let printed: Vec<String> = output.lines().map(steady).collect();
    if let Err(line) = matches(&shown, &printed) {
        panic!(
            "README.md shows of `{command}` what it does not print (there):\n  {}\nprinted:\n{output}",
            shown[line]
        );
    }
}

/// Ok, or the shown line that is not printed where it should be.
fn matches(shown: &[String], printed: &[String]) -> Result<(), usize> {
    let mut at = 0;
    let mut skips = false;
    for (number, line) in shown.iter().enumerate() {
        if line == "..." {
            skips = true;
            continue;
        }
        let found = match skips {
            true => printed[at..].iter().position(|other| other == line),
            false => (printed.get(at) == Some(line)).then_some(0),
        };
        at += found.ok_or(number)? + 1;
        skips = false;
    }
    Ok(())
}

/// A line without what differs from run to run.
fn steady(line: &str) -> String {
    let words = line.trim_end().split(' ').map(|word| {
        let core = word.trim_end_matches([',', ';', 's', '.']);
        let is_number = !core.is_empty()
            && core
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let is_digest = core.len() == 16 && core.bytes().all(|byte| byte.is_ascii_hexdigit());
        // A table shows nothing as a dot.
        match is_number || is_digest || word == "·" {
            true => word.replace(core, "#").replace('·', "#"),
            false => word.to_owned(),
        }
    });
    // Numbers of other lengths are padded otherwise.
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_for_lines_and_numbers_for_numbers_and_nothing_else_for_anything() {
        let readme = "```text\n$ ls\nsuite 3.0, 0123456789abcdef\n...\nall   22  ·\n```\n";
        let printed = "suite 4.1, 0123456789abcdee\none\ntwo\nall 9  4\n";
        assert_shown(readme, "ls", printed);
        for other in [
            "suit 4.1, 0123456789abcdee\nall 9 4",
            "suite 1, 0123456789abcdee\none\nall 9",
        ] {
            let caught = std::panic::catch_unwind(|| assert_shown(readme, "ls", other));
            assert!(caught.is_err(), "{other}");
        }
    }
}
