//! The controller, seen from both sides: as an engine calls it, and as a plugin is called by it.

mod connection_model;
mod connection_races;
mod watch_lifecycle;
mod yard;
