//! The HTTP plugin over the boundary, against a server on loopback.
//!
//! There is real I/O in between, so that time is real here: deadlines are small, and nothing sleeps.

mod library;
mod objects;
mod trouble;
mod watching;
