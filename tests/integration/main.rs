//! Integration tests.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod documented;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod files;
#[cfg(test)]
mod files_conformance;
#[cfg(test)]
mod full_profile;
mod guide;
#[cfg(test)]
mod http;
#[cfg(test)]
mod http_client;
#[cfg(test)]
mod http_conformance;
mod json_round_trip;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod reference_conformance;
#[cfg(test)]
mod scratch;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod sqlite_conformance;
mod symbols;
#[cfg(test)]
mod template;
#[cfg(test)]
mod traceability;
#[cfg(test)]
mod warnings;
mod wire;
mod wire_error;
