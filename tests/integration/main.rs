//! Integration tests.

mod json_round_trip;
mod wire;
