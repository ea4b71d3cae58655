//! Integration tests.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod http;
#[cfg(test)]
mod http_client;
#[cfg(test)]
mod http_conformance;
mod json_round_trip;
mod symbols;
#[cfg(test)]
mod traceability;
#[cfg(test)]
mod warnings;
mod wire;
mod wire_error;
