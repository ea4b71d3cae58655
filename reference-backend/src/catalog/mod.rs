//! A small fleet that people recognise: the same objects in every run.
//!
//! [`Kind`] is the list of types and what each says about itself; [`Site`] describes what a connection leads to;
//! [`TypeFixture`] makes samples for tests.

mod actions;
mod custom;
mod definitions;
mod fields;
mod fixture;
mod health;
mod kind;
mod objects;
mod relations;
mod schemas;
mod site;
mod workloads;

pub(crate) use actions::MAX_REPLICAS;
pub(crate) use custom::{CUSTOM_PATTERN, custom_definition, custom_group, happenings, rollout};
pub use fixture::TypeFixture;
pub(crate) use health::assess;
pub use kind::Kind;
pub(crate) use kind::groups;
pub(crate) use relations::{Link, Relation, relations};
pub use site::Site;
