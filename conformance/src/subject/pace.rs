//! How fast a backend is, and how soon it is consistent.

use std::time::Duration;

use omniview_sdk::ErrorCode;

/// How patient the suite is with a backend that is slow, late or busy. The default is for one that is none of them.
///
/// Everything has a maximum, beyond which a value is cut: a suite that waits without end says nothing.
///
/// ```
/// use std::time::Duration;
///
/// use omniview_conformance::Pace;
///
/// // A cloud: seconds for a call, reads that lag behind writes by up to a second, and a limit on calls.
/// let cloud = Pace::new()
///     .slower(6)
///     .settling(3, Duration::from_millis(600), Duration::from_secs(10))
///     .retrying(["RATE_LIMITED"], 5, Duration::from_millis(200));
/// # let _ = cloud;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "give it to `Subject::pace`"]
pub struct Pace {
    slower: u32,
    pub(super) settling: Option<Settling>,
    pub(super) retrying: Option<Retrying>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Settling {
    pub(super) equal: u32,
    pub(super) pause: Duration,
    pub(super) within: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Retrying {
    pub(super) codes: Vec<ErrorCode>,
    pub(super) times: u32,
    pub(super) pause: Duration,
}

impl Pace {
    /// The most that [`slower`](Self::slower) takes: a check of 5 s then has 5 minutes.
    pub const SLOWEST: u32 = 60;
    /// The most equal answers that [`settling`](Self::settling) asks for.
    pub const MOST_EQUAL: u32 = 10;
    /// The longest time that [`settling`](Self::settling) lets pass.
    pub const LONGEST: Duration = Duration::from_secs(60);
    /// The most that a call is repeated by [`retrying`](Self::retrying).
    pub const MOST_RETRIES: u32 = 10;
    /// The longest pause between two calls; a longer one is cut.
    pub const LONGEST_PAUSE: Duration = Duration::from_secs(5);

    /// A backend that answers at once, knows at once what was written, and never refuses because it is busy.
    pub const fn new() -> Self {
        Self {
            slower: 1,
            settling: None,
            retrying: None,
        }
    }

    /// Gives everything so many times the time: the limit of each check, the waits within it, mounting and cleaning up. From
    /// 1 to [`SLOWEST`](Self::SLOWEST).
    pub fn slower(mut self, times: u32) -> Self {
        self.slower = times.clamp(1, Self::SLOWEST);
        self
    }

    /// For a backend that is consistent in the end: after a write, a `get`, `list` or `find` is repeated until so many
    /// answers in a row are equal, with a pause between two.
    ///
    /// - `equal` times `pause` has to be longer than the backend lags behind: old answers are equal as well.
    /// - A read that is later than `within` after the last write is not repeated, and one that is repeated ends then with
    ///   what it has.
    /// - 2 to [`MOST_EQUAL`](Self::MOST_EQUAL) answers, at most [`LONGEST_PAUSE`](Self::LONGEST_PAUSE) and
    ///   [`LONGEST`](Self::LONGEST).
    /// - The history shows the last answer alone.
    pub fn settling(mut self, equal: u32, pause: Duration, within: Duration) -> Self {
        self.settling = Some(Settling {
            equal: equal.clamp(2, Self::MOST_EQUAL),
            pause: pause.min(Self::LONGEST_PAUSE),
            within: within.min(Self::LONGEST),
        });
        self
    }

    /// For a backend that limits how often it is called: a call that is refused with one of these codes is repeated up to so
    /// many times, after a pause that doubles.
    ///
    /// A code that says something else as well, such as `UNAVAILABLE`, hides the failures that checks are about. At most
    /// [`MOST_RETRIES`](Self::MOST_RETRIES) times, and [`LONGEST_PAUSE`](Self::LONGEST_PAUSE) between two calls.
    pub fn retrying<T: Into<ErrorCode>>(
        mut self,
        codes: impl IntoIterator<Item = T>,
        times: u32,
        pause: Duration,
    ) -> Self {
        self.retrying = Some(Retrying {
            codes: codes.into_iter().map(Into::into).collect(),
            times: times.min(Self::MOST_RETRIES),
            pause: pause.min(Self::LONGEST_PAUSE),
        });
        self
    }

    pub(crate) const fn times_slower(&self) -> u32 {
        self.slower
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_beyond_its_maximum() {
        let hour = Duration::from_secs(3600);
        let pace = Pace::new()
            .slower(1_000_000)
            .settling(1_000_000, hour, hour)
            .retrying(["BUSY"], 1_000_000, hour);
        assert_eq!(pace.times_slower(), Pace::SLOWEST);
        let settling = pace.settling.unwrap();
        assert_eq!(
            (settling.equal, settling.pause, settling.within),
            (Pace::MOST_EQUAL, Pace::LONGEST_PAUSE, Pace::LONGEST)
        );
        let retrying = pace.retrying.unwrap();
        assert_eq!(
            (retrying.times, retrying.pause),
            (Pace::MOST_RETRIES, Pace::LONGEST_PAUSE)
        );
        let least = Pace::new().slower(0).settling(0, hour, hour);
        assert_eq!(
            (least.times_slower(), least.settling.unwrap().equal),
            (1, 2)
        );
    }
}
