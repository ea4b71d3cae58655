//! What one test logs.

use std::sync::{Mutex, PoisonError};

use tracing::{dispatcher, subscriber::DefaultGuard};
use tracing_test::internal::{MockWriter, get_subscriber};

/// What one test logs, from when this is made until it is dropped.
///
/// `#[traced_test]` keeps the lines of the test's own span. The SDK's tasks run outside of it, so this listens to all
/// that the test's thread logs, which is where a current-thread runtime runs every task.
pub(super) struct Log {
    written: &'static Mutex<Vec<u8>>,
    _listening: DefaultGuard,
}

impl Log {
    /// Listens to what is logged at `level` and above.
    pub(super) fn at(level: &str) -> Self {
        let written: &'static Mutex<Vec<u8>> = Box::leak(Box::default());
        let subscriber = get_subscriber(MockWriter::new(written), level);
        Self {
            written,
            _listening: dispatcher::set_default(&subscriber),
        }
    }

    /// The lines so far.
    pub(super) fn lines(&self) -> Vec<String> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&written);
        text.lines().map(str::to_owned).collect()
    }

    /// Asserts that exactly one line has all of these parts.
    #[track_caller]
    pub(super) fn expect_one(&self, parts: &[&str]) {
        let lines = self.lines();
        let fitting = lines
            .iter()
            .filter(|line| parts.iter().all(|part| line.contains(part)));
        let found = fitting.count();
        assert_eq!(found, 1, "lines with {parts:?} in {lines:#?}");
    }
}
