//! The SQLite plugin over the boundary, against real databases that a second connection writes to.
//!
//! A thread answers, so time is real here: nothing sleeps, and what is waited for is an event. A deadline passes on a clock that
//! the test has paused.

mod following;
mod queries;
mod rows;
mod shop;
mod trouble;
