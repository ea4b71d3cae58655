//! Example plugins that the integration tests mount.
//!
//! Each is what an author would write, in files that are short enough to be read as a lesson, together with
//! whatever stands in for the system that it talks to.

#[path = "../guide/mod.rs"]
pub mod guide;
pub mod http;
