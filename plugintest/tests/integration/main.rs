//! The harness over its own stubs: what it says when a test fails, and that it is right when one does not.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod failures;
mod faults;
mod json;
mod misuse;
mod places;
mod recording;
mod shutdown;
mod stub_connections;
mod stub_resources;
mod support;
mod verbs;
mod waits;
