//! The guide hangs together: each chapter is in the book and tested, its links lead somewhere, each trait has one.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use omniview_tests::guide::CHAPTERS;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn book() -> PathBuf {
    root().join("docs/guide/src")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files with a text for people that lead from one to the other.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = CHAPTERS.iter().map(|file| book().join(file)).collect();
    pages.push(book().join("SUMMARY.md"));
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "sdk/README.md",
        "plugintest/README.md",
        "docs/architecture.md",
        "docs/symbols.md",
        "templates/plugin/README.md",
    ] {
        pages.push(root().join(page));
    }
    pages
}

/// The targets of links outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for rest in line.split("](").skip(1) {
            found.extend(rest.split_once(')').map(|(target, _)| target));
        }
    }
    found
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
            kept.collect::<String>().replace(' ', "-")
        })
        .collect()
}

#[test]
fn every_chapter_of_the_book_is_tested_and_every_tested_one_is_in_the_book() {
    let summary = read(&book().join("SUMMARY.md"));
    let listed: Vec<&str> = links(&summary);
    let tested: BTreeSet<&str> = CHAPTERS.iter().copied().collect();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), tested);
    assert_eq!(listed.len(), tested.len(), "a chapter is listed twice");

    let mut files = BTreeSet::new();
    for folder in ["", "traits", "testing"] {
        for entry in fs::read_dir(book().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let file = path.strip_prefix(book()).unwrap().to_string_lossy();
                files.insert(file.replace('\\', "/"));
            }
        }
    }
    files.remove("SUMMARY.md");
    assert_eq!(
        files.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        tested
    );
}

#[test]
fn every_block_of_rust_in_the_guide_is_run() {
    for chapter in CHAPTERS {
        let text = read(&book().join(chapter));
        for line in text.lines().filter(|line| line.starts_with("```")) {
            let known = ["```", "```rust", "```text", "```toml", "```yaml"];
            assert!(known.contains(&line), "{chapter}: {line} is not run");
        }
    }
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let repository = "https://github.com/omniviewdev/plugin-sdk-rust/blob/main/";
    let mut broken = Vec::new();
    let mut followed = 0;
    for page in pages() {
        let text = read(&page);
        for link in links(&text) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = match target.strip_prefix(repository) {
                Some(path) => root().join(path),
                None if target.contains("://") || target.starts_with("mailto:") => continue,
                None if target.is_empty() => page.clone(),
                None => page.parent().unwrap().join(target),
            };
            followed += 1;
            if !path.exists() {
                broken.push(format!("{}: {link}: there is no such file", page.display()));
            } else if !anchor.is_empty() && !anchors(&read(&path)).contains(anchor) {
                broken.push(format!(
                    "{}: {link}: there is no such heading",
                    page.display()
                ));
            }
        }
    }
    assert!(followed > 100, "only {followed} links were found");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The traits that authors implement are those whose absence the compiler explains.
#[test]
fn every_trait_of_an_author_has_a_chapter_with_the_duties_of_both_sides() {
    let sources = [
        "sdk/src/discovery.rs",
        "sdk/src/connection/traits.rs",
        "sdk/src/resource/actions.rs",
        "sdk/src/resource/classify.rs",
        "sdk/src/resource/declare.rs",
        "sdk/src/resource/filterable.rs",
        "sdk/src/resource/insight.rs",
        "sdk/src/resource/resourcer.rs",
        "sdk/src/resource/watcher.rs",
    ];
    let mut traits = BTreeSet::new();
    for source in sources {
        let text = read(&root().join(source));
        for (_, rest) in text
            .match_indices("#[diagnostic::on_unimplemented(")
            .map(|(at, _)| text.split_at(at))
        {
            let (_, rest) = rest.split_once("pub trait ").unwrap();
            let end = rest.find([':', '<']).unwrap();
            traits.insert(rest[..end].to_owned());
        }
    }
    assert_eq!(traits.len(), 20, "{traits:?}");
    for name in traits {
        let file = name
            .char_indices()
            .map(|(at, letter)| match letter.is_uppercase() && at > 0 {
                true => format!("-{}", letter.to_lowercase()),
                false => letter.to_lowercase().to_string(),
            })
            .collect::<String>();
        let text = read(&book().join(format!("traits/{file}.md")));
        for part in [
            &*format!("# `{name}`"),
            "\n## You MUST\n",
            "\n## The SDK WILL\n",
            "\n## Example\n",
            "\n```rust\n",
        ] {
            assert!(text.contains(part), "{file}.md has no {part:?}");
        }
    }
}

/// What the guide says that a clause asks for can be looked up.
#[test]
fn every_clause_that_the_guide_names_is_in_the_contract() {
    let contract = read(&root().join("docs/contract.md"));
    let mut named = 0;
    for chapter in CHAPTERS {
        let text = read(&book().join(chapter));
        for word in text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')) {
            let Some((area, number)) = word.split_once('-') else {
                continue;
            };
            let is_clause = area.len() == 3
                && area.bytes().all(|byte| byte.is_ascii_uppercase())
                && number.len() == 2
                && number.bytes().all(|byte| byte.is_ascii_digit());
            if is_clause {
                named += 1;
                assert!(
                    contract.contains(word),
                    "{chapter}: there is no clause {word}"
                );
            }
        }
    }
    assert!(named > 80, "only {named} clauses were found");
}
