//! A small fleet that people recognise: the same objects in every run.
//!
//! [`Kind`] is the list of types and what each says about itself; [`Site`] describes what a connection leads to;
//! [`TypeFixture`] makes samples for tests.

mod definitions;
mod fields;
mod fixture;
mod health;
mod kind;
mod objects;
mod site;
mod workloads;

pub use fixture::TypeFixture;
pub(crate) use health::assess;
pub use kind::Kind;
pub(crate) use kind::groups;
pub use site::Site;
