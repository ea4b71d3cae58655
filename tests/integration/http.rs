//! The HTTP plugin over the boundary, against a server on loopback.
//!
//! There is real I/O in between, so that time is real here, and nothing sleeps. A test about time waits until its request has
//! reached the server, and pauses the clock then.

mod library;
mod objects;
mod trouble;
mod watching;
