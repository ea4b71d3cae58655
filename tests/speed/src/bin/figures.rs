//! Writes what was measured into `docs/performance.md`, and its curves beside it.
//!
//!     figures CRITERION_DIRECTORY DOCS_DIRECTORY [FACTS_FILE]
//!
//! `.ci/bench` runs it. The facts are Markdown about the machine and the footprint, and replace those of the page.
#![expect(
    clippy::print_stderr,
    reason = "whoever runs it has to see what is wrong"
)]

use std::{error::Error, fs, path::Path, process::ExitCode};

use omniview_speed::figures::{Measured, charts, fill, table};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (criterion, docs, facts) = match arguments.as_slice() {
        [criterion, docs] => (criterion, docs, None),
        [criterion, docs, facts] => (criterion, docs, Some(facts)),
        _ => {
            eprintln!("usage: figures CRITERION_DIRECTORY DOCS_DIRECTORY [FACTS_FILE]");
            return ExitCode::from(2);
        }
    };
    match write(criterion.as_ref(), docs.as_ref(), facts.map(Path::new)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the figures could not be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(criterion: &Path, docs: &Path, facts: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let measured = Measured::read(criterion)?;
    let path = docs.join("performance.md");
    let mut page = fill(&fs::read_to_string(&path)?, "figures", &table(&measured))?;
    if let Some(facts) = facts {
        page = fill(&page, "facts", &fs::read_to_string(facts)?)?;
    }
    let pictures = docs.join("performance");
    fs::create_dir_all(&pictures)?;
    for chart in charts(&measured) {
        fs::write(pictures.join(chart.file), chart.svg())?;
    }
    Ok(fs::write(path, page)?)
}
