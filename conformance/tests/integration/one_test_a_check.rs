//! The macro that makes one test of every check.

use omniview_conformance::{Subject, catalogue};

use crate::plugin::{Conduct, bare, shop};

mod honest {
    use super::*;

    fn subject() -> Subject {
        shop(Conduct::Honest).0
    }

    omniview_conformance::tests!(subject);
}

fn failing() -> Subject {
    shop(Conduct::GetAnswersNothing).0
}

#[test]
fn a_failing_check_fails_its_test_with_the_full_text() {
    let panic = std::panic::catch_unwind(|| {
        omniview_conformance::__test(
            "crud",
            "get_returns_created",
            "shop::conformance::crud",
            failing,
        );
    })
    .unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("FAIL crud.get.returns-created (MUST OPS-03 OPS-05)\n"));
    assert!(
        text.ends_with("cargo test conformance::crud::get_returns_created -- --exact\n"),
        "{text}"
    );
}

#[test]
#[should_panic(expected = "BLOCKED crud.get.returns-created")]
fn a_blocked_must_fails_its_test() {
    let subject = || bare(Conduct::Honest).0;
    omniview_conformance::__test("crud", "get_returns_created", "shop::crud", subject);
}

#[test]
#[should_panic(expected = "crud.get.returns-created ended with pass and left behind")]
fn a_test_that_leaves_something_behind_fails() {
    let subject = || shop(Conduct::DeleteFails).0;
    omniview_conformance::__test("crud", "get_returns_created", "shop::crud", subject);
}

#[test]
fn every_check_has_a_test() {
    // The names are the test binary's own; each entry of the catalogue is looked up by them.
    for check in catalogue() {
        assert!(!check.test_name().contains(['.', '-']), "{}", check.id);
    }
}
