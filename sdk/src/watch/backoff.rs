//! When a failed watch is tried again.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// When and how often a failed watch is tried again.
///
/// The `n`th retry waits `base * 2^(n-1)`, at most `cap`. Reaching Synced restores the budget.
///
/// # Examples
///
/// ```
/// use omniview_sdk::RetryPolicy;
///
/// let policy = RetryPolicy::default();
/// let waits: Vec<u128> = (1..=policy.retries).map(|retry| policy.delay(retry).as_millis()).collect();
/// assert_eq!(waits, [500, 1000, 2000, 4000, 8000]);
/// ```
///
/// Contract: WAT-22, WAT-23, WAT-24
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many retries follow the first attempt: 5.
    pub retries: u32,
    /// The wait before the first retry: 500 ms.
    pub base: Duration,
    /// The longest wait: 30 s.
    pub cap: Duration,
    /// Whether waits are spread: no, so that a test in virtual time is exact.
    pub jitter: Jitter,
}

/// Whether waits are spread, so that many watches that failed together do not come back together.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Jitter, RetryPolicy};
///
/// let policy = RetryPolicy { jitter: Jitter::Half, ..RetryPolicy::default() };
/// let (exact, spread) = (RetryPolicy::default().delay(2), policy.delay(2));
/// assert!(exact / 2 <= spread && spread <= exact, "{spread:?} of {exact:?}");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Jitter {
    /// The exact wait.
    #[default]
    Off,
    /// Anything between half of the wait and all of it.
    Half,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 5,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
            jitter: Jitter::Off,
        }
    }
}

impl RetryPolicy {
    /// The wait before retry number `retry`, the first of which is 1.
    pub fn delay(&self, retry: u32) -> Duration {
        let doublings = retry.saturating_sub(1).min(31);
        let exact = self.base.saturating_mul(1 << doublings).min(self.cap);
        match self.jitter {
            Jitter::Off => exact,
            Jitter::Half => {
                // A fresh `RandomState` is seeded anew; spreading needs no better randomness.
                let random = RandomState::new().hash_one(retry) >> 11;
                let fraction = random as f64 / (1_u64 << 53) as f64;
                exact.div_f64(2.0) + exact.div_f64(2.0).mul_f64(fraction)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract: WAT-22
    #[test]
    fn waits_double_up_to_the_cap() {
        let policy = RetryPolicy::default();
        let waits: Vec<u128> = (1..=8).map(|n| policy.delay(n).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert_eq!(policy.delay(u32::MAX), Duration::from_secs(30));
    }

    #[test]
    fn jitter_stays_between_half_and_all_of_the_wait() {
        let policy = RetryPolicy {
            jitter: Jitter::Half,
            ..RetryPolicy::default()
        };
        let waits: Vec<Duration> = (0..100).map(|_| policy.delay(2)).collect();
        assert!(
            waits
                .iter()
                .all(|wait| (500..=1000).contains(&wait.as_millis()))
        );
        assert!(waits.iter().any(|wait| wait != &waits[0]));
    }
}
