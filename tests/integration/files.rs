//! The file plugin over the boundary, on a real directory that others write to.
//!
//! A file system answers, so time is real here: nothing sleeps, and what is waited for is an event.

mod desk;
mod documents;
mod following;
mod trouble;
