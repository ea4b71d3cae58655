//! One test a check, from a binary without the standard harness.

omniview_conformance::main!(omniview_door_harness::subject);
