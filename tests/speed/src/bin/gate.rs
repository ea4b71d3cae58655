//! Counts the instructions of the hot rows and compares them with the committed figures.
//!
//!     gate FIGURES.json [--bless]
//!
//! Runs the `workload` command beside it under callgrind. `.ci/instructions` builds both and runs this.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "whoever runs it has to see what came out"
)]

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use omniview_speed::gate::{HOT_ROWS, Instructions, Verdict, compare};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        [figures] => gate(figures.as_ref()),
        [figures, "--bless"] => bless(figures.as_ref()),
        _ => {
            eprintln!("usage: gate FIGURES.json [--bless]");
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("the instructions could not be counted: {error}");
        ExitCode::from(2)
    })
}

fn gate(figures: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let committed: Instructions = serde_json::from_str(&fs::read_to_string(figures)?)?;
    Ok(match compare(&committed, &measure()?) {
        Verdict::Passed(text) | Verdict::Elsewhere(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Verdict::Failed(text) => {
            print!("{text}");
            ExitCode::FAILURE
        }
    })
}

fn bless(figures: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let mut text = serde_json::to_string_pretty(&measure()?)?;
    text.push('\n');
    fs::write(figures, &text)?;
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn measure() -> Result<Instructions, Box<dyn Error>> {
    let workload = std::env::current_exe()?.with_file_name("workload");
    let mut rows = BTreeMap::new();
    for row in HOT_ROWS {
        let less = count(&workload, row.workload, row.times.0)?;
        let more = count(&workload, row.workload, row.times.1)?;
        let each = more.saturating_sub(less) / (row.times.1 - row.times.0);
        rows.insert(row.workload.to_owned(), each);
    }
    Ok(Instructions {
        environment: environment()?,
        rows,
    })
}

/// The instructions of one run.
fn count(workload: &PathBuf, name: &str, times: u64) -> Result<u64, Box<dyn Error>> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(workload)
        .args([name, &times.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&run.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok());
    match collected {
        Some(count) if run.status.success() => Ok(count),
        _ => Err(format!("workload {name} {times} failed: {said}").into()),
    }
}

/// What the counts depend on beside the source.
fn environment() -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let first_line = |command: &str, argument: &str| -> Result<String, Box<dyn Error>> {
        let said = Command::new(command).arg(argument).output()?.stdout;
        let said = String::from_utf8_lossy(&said);
        Ok(said.lines().next().unwrap_or_default().trim().to_owned())
    };
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    // The C library copies memory by what the processor can do.
    let can: Vec<&str> = ["avx2", "avx512f", "erms", "fsrm"]
        .into_iter()
        .filter(|flag| cpu.split_whitespace().any(|word| word == *flag))
        .collect();
    Ok(BTreeMap::from([
        ("rustc".to_owned(), first_line("rustc", "--version")?),
        ("valgrind".to_owned(), first_line("valgrind", "--version")?),
        ("libc".to_owned(), first_line("ldd", "--version")?),
        (
            "processor".to_owned(),
            format!("{} {}", std::env::consts::ARCH, can.join(" ")),
        ),
    ]))
}
