//! An in-memory resource plugin that implements the contract, with named deviations.
//!
//! Three uses:
//!
//! - **an example**: [`plugin`] is what an author writes, one optional trait a file, over a client that is no toy;
//! - **a backend to test with**: it has versions, conflicts, a change log, faults, and a handle to change it from outside;
//! - **a plugin with one exact defect**: with a [`Deviation`] it breaks one clause of the contract and no other, by which
//!   those who look for defects are tested themselves.
//!
//! # Quick start
//!
//! A [`ReferenceBackend`] is the handle on the backend's side; [`config`](ReferenceBackend::config) is the plugin, ready to be
//! mounted by [`build_resource_controller`](omniview_sdk::build_resource_controller) or a harness.
//!
//! ```
//! use omniview_reference_backend::{Kind, ReferenceBackend};
//! use omniview_sdk::Json;
//! use serde_json::json;
//!
//! let backend = ReferenceBackend::new();
//! let plugin = backend.config();
//! plugin.validate()?;
//!
//! // Behind the plugin's back; whoever watches gets to know.
//! let settings = json!({"metadata": {"name": "flags", "namespace": "shop"}, "data": {"beta": "on"}});
//! let kept = backend.insert("dev", Kind::ConfigMap, &Json::from(settings))?;
//! assert_eq!(kept.to_value().unwrap()["metadata"]["namespace"], "shop");
//! # Ok::<(), omniview_sdk::ResourceOperationError>(())
//! ```
//!
//! # The parts
//!
//! - [`catalog`]: the types and their objects, the same in every run; connections `dev` and `prod` differ.
//! - [`store`]: versioned tables with a change log, snapshots and followers.
//! - [`world`]: the connections, what each leads to, and what is wrong with it at the moment.
//! - [`plugin`]: the author's side.
//! - [`deviation`]: the defects; [`ReferenceBackend::provider`] mounts the plugin with one, at its boundary too.
//!
//! # What it does not do
//!
//! Nothing is kept beyond the life of the [`ReferenceBackend`]. Objects are not checked against the schema of their type. An
//! order by a path that no filter, column or relationship of the type names parses every object. Numbers are kept as `serde_json` parses them: those that need more than 64 bits
//! lose digits.
//!
#![doc = include_str!("guide.md")]

mod backend;
pub mod catalog;
pub mod deviation;
pub mod plugin;
pub mod store;
pub mod world;

pub use backend::{ReferenceBackend, ReferenceBackendBuilder};
pub use catalog::{Kind, Site, TypeFixture};
pub use deviation::Deviation;
pub use world::{Discovery, Fault, FaultScope, FaultTarget, Faults, Operation, ReferenceClient};

/// Keeps the examples of the README true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
