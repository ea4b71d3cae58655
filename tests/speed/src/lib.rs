//! What the benchmarks measure: a plugin that does nothing, and the work that the SDK has with it.
//!
//! The criterion benches of the packages, the instruction gate and the memory figures run the same workloads, so that
//! all of them speak of the same thing. [`plugin`] is the plugin; [`mount`], [`calls`], [`watches`] and [`events`] are
//! the rows of `docs/performance.md`.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a workload that cannot run has failed, and says so where people look"
)]

pub mod calls;
pub mod clock;
pub mod events;
pub mod mount;
pub mod plugin;
pub mod watches;
