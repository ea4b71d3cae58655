//! The resource-plugin contract as Rust types.

mod error_code;
mod ids;
mod json;
mod timestamp;
pub mod types;
mod wire;

pub use error_code::ErrorCode;
pub use ids::{ConnectionId, PluginId, RequestId, RequesterId, ResourceKey};
pub use json::{Json, JsonMap};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use types::*;
