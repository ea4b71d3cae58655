//! The test of one check, for the macro that writes them.

use super::{
    judge::{Judgement, Trial},
    settings::Settings,
};
use crate::{catalogue::catalogue, fragment::Folder, subject::Subject};

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
    let trial = Trial::new(check, format!("{module}::{name}")).settings(Settings::wanted());
    match trial.run(&subject(), Folder::wanted().as_ref()) {
        Judgement::Fine => {}
        Judgement::Remark(text) => say(&text),
        Judgement::NotApplicable(what) => say(&format!("{}: not applicable: {what}", check.id)),
        Judgement::NotRun(why) => say(&format!("{}: not run: {why}", check.id)),
        Judgement::Failed(text) => panic!("{text}"),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the only place where a passing test can say why"
)]
fn say(text: &str) {
    eprintln!("{text}");
}
