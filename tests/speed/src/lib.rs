//! What the benchmarks measure: a plugin that does nothing, and the work that the SDK has with it.
//!
//! The criterion benches of the packages and the instruction gate run the same workloads, so that both speak of the same
//! thing. [`plugin`] is the plugin; [`mount`], [`calls`], [`watches`], [`events`] and [`early`] are the rows of
//! `docs/performance.md`. [`figures`] makes that page of what was measured, and [`gate`] compares instructions.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a workload that cannot run has failed, and says so where people look"
)]

pub mod calls;
pub mod clock;
pub mod early;
pub mod events;
pub mod figures;
pub mod gate;
pub mod mount;
pub mod plugin;
pub mod watches;
