//! How a run goes on: a bar on a terminal, a line an area elsewhere.

use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use omniview_conformance::{Check, CheckReport, Observer};

use super::{
    args::RunArgs,
    output::{complain, is_watched},
};

/// How much is told while the run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Nothing.
    Nothing,
    /// Where it is, and what needs attention.
    Attention,
    /// How every check ends.
    Everything,
}

impl Detail {
    pub(super) fn of(args: &RunArgs) -> Self {
        match (args.gate.quiet, args.verbose) {
            (true, _) => Self::Nothing,
            (false, true) => Self::Everything,
            (false, false) => Self::Attention,
        }
    }
}

/// The observer that fits where standard error goes.
pub(super) fn observer(checks: usize, detail: Detail) -> Arc<dyn Observer> {
    match detail {
        Detail::Nothing => Arc::new(Silence),
        Detail::Everything => Arc::new(Each),
        Detail::Attention if is_watched() => Arc::new(Bar::new(checks)),
        Detail::Attention => Arc::new(Lines::default()),
    }
}

struct Silence;

impl Observer for Silence {
    fn started(&self, _check: &Check) {}
    fn finished(&self, _report: &CheckReport) {}
}

/// A line a check.
struct Each;

impl Observer for Each {
    fn started(&self, _check: &Check) {}

    fn finished(&self, report: &CheckReport) {
        complain(&format!(
            "{:<14} {} ({} assertions, {} calls, {:.1?})",
            report.status.kind(),
            report.id,
            report.assertions,
            report.calls,
            report.elapsed
        ));
    }
}

struct Bar(ProgressBar);

impl Bar {
    fn new(checks: usize) -> Self {
        let bar = ProgressBar::new(checks as u64);
        // The template is ours; one that cannot be read leaves the default.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos:>3}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl Observer for Bar {
    fn started(&self, check: &Check) {
        self.0.set_message(check.id);
    }

    fn finished(&self, report: &CheckReport) {
        if report.needs_attention() {
            self.0
                .println(format!("{:<14} {}", report.status.kind(), report.id));
        }
        self.0.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[derive(Default)]
struct Lines(Mutex<&'static str>);

impl Observer for Lines {
    fn started(&self, check: &Check) {
        let area = check.area();
        let before = {
            let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, area)
        };
        if before != area {
            complain(&format!("checking {area}"));
        }
    }

    fn finished(&self, report: &CheckReport) {
        if report.needs_attention() {
            complain(&format!("{:<14} {}", report.status.kind(), report.id));
        }
    }
}
