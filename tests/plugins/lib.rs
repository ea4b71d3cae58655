//! Example plugins that the integration tests mount.
//!
//! Each is what an author would write, in files that are short enough to be read as a lesson, together with
//! whatever stands in for the system that it talks to.
//!
//! | plugin | its backend | shows best |
//! |---|---|---|
//! | [`http`] | an API with pages, tokens and rate limits | a typed client, errors, watching by polling |
//! | [`sqlite`] | a database that others write to | filters, order and cursors pushed down, relationships |
//! | [`files`] | a directory that others write to | ids that become paths, watching by events |

pub mod files;
#[path = "../guide/mod.rs"]
pub mod guide;
pub mod http;
pub mod sqlite;
