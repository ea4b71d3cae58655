//! One `#[test]` a check.

omniview_conformance::tests!(omniview_door_macro::subject);
