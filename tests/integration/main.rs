//! Integration tests.

mod json_round_trip;
mod symbols;
mod wire;
mod wire_error;
