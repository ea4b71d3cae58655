//! Defects at the boundary: what an SDK could get wrong, not what a plugin could.
//!
//! [`wrap`] puts a whole [`Provider`](omniview_sdk::Provider) around an honest one. Every facet is forwarded method by method: the
//! traits have no default bodies, so that a new method is a compile error here and not a hole.

mod connections;
mod insight;
mod operations;
mod provider;
mod races;
mod sink;
mod types;
mod untruths;
mod watches;

pub(crate) use provider::wrap;
