//! Mounts a resource plugin in process and asserts its behaviour.
mod builder;
mod call;
mod document;
mod failure;
mod harness;
mod json;
mod leak;
mod listener;
pub mod recording;
mod result;
mod shutdown;
pub mod stub;
mod verbs;
pub mod wait;

pub use builder::HarnessBuilder;
pub use call::Call;
pub use document::Document;
pub use harness::Harness;
pub use json::{Difference, assert_json_eq, json_differences};
pub use leak::{Leak, LeakReport};
pub use recording::{Mark, Recording, Seen};
pub use result::JsonResult;
pub use shutdown::Shutdown;
pub use verbs::{ActionRequest, EventsQuery, InNamespace, Listening};
pub use wait::{
    EventPattern, Quiet, Wait, WaitTimeout, added, any_event, deleted, event_where, state, updated,
};
