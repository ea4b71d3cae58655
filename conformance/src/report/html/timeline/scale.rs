//! Where a step stands from left to right.

use std::time::Duration;

use crate::history::Step;

/// From one step to the next, if no time passes: few steps spread over a page, many stand close.
const CLOSEST: f64 = 18.0;
const WIDEST: f64 = 40.0;
const PAGE: f64 = 780.0;

/// What a tenfold time adds, and the most.
const STRETCH: f64 = 7.0;
const MOST: f64 = 56.0;

/// The room before the first step and after the last.
const MARGIN: f64 = 14.0;
const END: f64 = 84.0;

/// Where each step stands, and how wide the whole is.
pub(super) struct Scale {
    pub(super) places: Vec<f64>,
    pub(super) width: f64,
    /// Where the last step's share ends, and what did not come would have.
    pub(super) end: f64,
}

impl Scale {
    pub(super) fn new(steps: &[Step]) -> Self {
        let mut places = Vec::with_capacity(steps.len());
        let pitch = (PAGE / steps.len().max(1) as f64).clamp(CLOSEST, WIDEST);
        let mut x = MARGIN;
        let mut before: Option<Duration> = None;
        for step in steps {
            if let Some(before) = before {
                x += pitch + stretch(step.at.saturating_sub(before));
            }
            places.push(x);
            before = Some(step.at);
        }
        let end = x + pitch;
        Self {
            places,
            width: end + END,
            end,
        }
    }
}

/// What a time that passes adds, by its logarithm in microseconds.
fn stretch(time: Duration) -> f64 {
    let micros = time.as_secs_f64() * 1e6;
    (STRETCH * (1.0 + micros).log10()).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::StepKind;

    #[test]
    fn steps_are_in_order_and_time_stretches_them() {
        let times = [0, 0, 10, 10_000, 3_600_000_000];
        let steps: Vec<Step> = (0..)
            .zip(times)
            .map(|(n, micros)| Step::new(StepKind::Note, n, Duration::from_micros(micros)))
            .collect();
        let scale = Scale::new(&steps);
        let gaps: Vec<f64> = scale.places.windows(2).map(|two| two[1] - two[0]).collect();
        assert_eq!(gaps[0], WIDEST);
        assert!(gaps.windows(2).all(|two| two[0] < two[1]), "{gaps:?}");
        assert!(gaps[3] <= WIDEST + MOST);
        assert!(scale.width > scale.end);
    }
}
