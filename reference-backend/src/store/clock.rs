//! Versions and times.

use std::sync::atomic::{AtomicU64, Ordering};

use omniview_sdk::Timestamp;
use tokio::time::Instant;

/// Gives out versions, which only grow, and times, which are the same in every run.
///
/// Times start at 2026-01-01 and go on with tokio's clock, so that a test with a paused clock knows them.
///
/// ```
/// use omniview_reference_backend::store::Clock;
///
/// let clock = Clock::new();
/// assert_eq!((clock.next_version(), clock.next_version()), (1, 2));
/// assert!(clock.now().to_string().starts_with("2026-01-01T00:00:0"));
/// ```
#[derive(Debug)]
pub struct Clock {
    version: AtomicU64,
    started: Instant,
}

/// 2026-01-01T00:00:00Z.
const EPOCH_NANOS: i128 = 1_767_225_600_000_000_000;

impl Clock {
    /// A clock at version 0.
    pub fn new() -> Self {
        Self {
            version: AtomicU64::new(0),
            started: Instant::now(),
        }
    }

    /// A clock of its own with the versions of this one, whose time starts again.
    pub(crate) fn fork(&self) -> Self {
        Self {
            version: AtomicU64::new(self.version.load(Ordering::Relaxed)),
            started: Instant::now(),
        }
    }

    /// Takes the next version.
    pub fn next_version(&self) -> u64 {
        self.version.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        epoch()
            .checked_add(self.started.elapsed())
            .unwrap_or_else(epoch)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

/// The time at which every clock starts.
pub(crate) fn epoch() -> Timestamp {
    Timestamp::from_unix_nanos(EPOCH_NANOS).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn times_follow_tokios_clock_from_a_fixed_start() {
        let clock = Clock::new();
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00Z");
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:01.5Z");
    }
}
