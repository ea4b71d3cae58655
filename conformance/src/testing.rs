//! One test a check.

use crate::{
    catalogue::catalogue,
    check::{Check, Level},
    history::invariants,
    runner::{Outcome, RunOptions, run_check},
    select::Selection,
    status::Status,
    subject::Subject,
};

/// Makes one `#[test]` of every check, over the subject that a function makes.
///
/// The tests are `area::name`, so that `cargo test crud::get` and `cargo nextest run` choose among them. Each
/// mounts a plugin of its own on a runtime of its own, when it runs and not before.
///
/// - A check that fails, times out, or is an error of the suite fails its test with the full text.
/// - A MUST that is blocked fails its test with what is missing; a SHOULD passes.
/// - A check that is not applicable passes, and a SHOULD that is not kept does; both say so on standard error.
/// - A check that leaves something behind fails its test, and so does one whose history violates an
///   [invariant](crate::history::invariants).
///
/// ```
/// mod conformance {
/// # use omniview_conformance::Subject;
/// # fn my_config() -> omniview_sdk::ResourcePluginConfig<()> { unimplemented!() }
///     fn subject() -> Subject {
///         Subject::in_process("my-plugin", my_config)
///     }
///
///     omniview_conformance::tests!(subject);
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! tests {
    ($subject:expr) => {
        fn __conformance_subject() -> $crate::Subject {
            ($subject)()
        }

        $crate::for_each_check! { [$crate::__test_area] [] }
    };
}

/// The tests of one area.
#[doc(hidden)]
#[macro_export]
macro_rules! __test_area {
    ([] $area:ident { $($name:ident { $($fields:tt)* })+ }) => {
        mod $area {
            $(
                #[test]
                fn $name() {
                    $crate::__test(
                        stringify!($area),
                        stringify!($name),
                        module_path!(),
                        super::__conformance_subject,
                    );
                }
            )+
        }
    };
}

/// Runs the check `area::name` and panics with its text unless it is fine.
///
/// # Panics
///
/// The check is not fine, or there is no such check.
#[doc(hidden)]
#[expect(clippy::panic, reason = "this is how a test fails")]
pub fn __test(area: &str, name: &str, module: &str, subject: fn() -> Subject) {
    let check = catalogue()
        .iter()
        .find(|check| check.area() == area && check.test_name() == name)
        .unwrap_or_else(|| panic!("there is no check {area}::{name}"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap_or_else(|error| panic!("no runtime for the test: {error}"));
    // The crate's name is no part of the path that the test has.
    let path = module.split_once("::").map_or(module, |(_, path)| path);
    let command = format!("cargo test {path}::{name} -- --exact");
    let outcome = runtime.block_on(judge(check, &subject(), command));
    match outcome {
        Ok(None) => {}
        #[expect(
            clippy::print_stderr,
            reason = "the only place where a passing test can say why"
        )]
        Ok(Some(remark)) => eprintln!("{remark}"),
        Err(text) => panic!("{text}"),
    }
}

/// Runs a check: nothing or a remark where its test passes, else the text to fail with.
async fn judge(
    check: &Check,
    subject: &Subject,
    command: String,
) -> Result<Option<String>, String> {
    let options = RunOptions::new().selection(Selection::single(check));
    let Outcome {
        mut report,
        leftovers,
        findings,
        ..
    } = run_check(subject, check, &options).await;
    report.reproduce = command;
    let kind = report.status.kind();
    match &report.status {
        Status::Fail(_)
        | Status::UnexpectedPass { .. }
        | Status::Timeout { .. }
        | Status::HarnessError { .. } => return Err(report.to_text()),
        Status::Blocked { .. } if check.level == Level::Must => return Err(report.to_text()),
        _ => {}
    }
    if !leftovers.is_empty() {
        let left: Vec<&str> = leftovers.iter().map(|left| left.what.as_str()).collect();
        return Err(format!(
            "FAIL suite.clean-up: {} ended with {kind} and left behind:\n  {}",
            check.id,
            left.join("\n  ")
        ));
    }
    // Those of its own invariant have failed it already; those of the others' tours are seen by the others.
    let behind = findings
        .iter()
        .find(|_| !invariants::is_invariant(check.id));
    if let Some(finding) = behind {
        return Err(format!(
            "FAIL {}: {} ended with {kind}, and its history shows:\n  {}\n  {}",
            finding.invariant,
            check.id,
            finding.failure,
            finding.failure.history.join("\n  ")
        ));
    }
    Ok(report
        .status
        .reason()
        .map(|reason| format!("{}: {kind}: {reason}", check.id)))
}
