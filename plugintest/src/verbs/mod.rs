//! A verb for every method of the boundary.
//!
//! Each is a plain function that notes its caller and returns a [`Call`](crate::Call); nothing happens before that is
//! awaited.

mod connections;
mod insight;
mod operations;
mod types;
mod watches;

pub use insight::{ActionRequest, EventsQuery};
pub use operations::InNamespace;
pub use watches::Listening;

use std::panic::Location;

use omniview_sdk::{ConnectionId, ResourceKey};

use crate::call::At;

impl At {
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    pub(crate) fn of(key: impl Into<ResourceKey>) -> Self {
        Self {
            key: Some(key.into()),
            ..Self::default()
        }
    }

    pub(crate) fn on(connection: impl Into<ConnectionId>) -> Self {
        Self {
            connection: Some(connection.into()),
            ..Self::default()
        }
    }

    pub(crate) fn and_key(mut self, key: impl Into<ResourceKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    pub(crate) fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

/// The line of the test.
#[track_caller]
pub(crate) fn here() -> &'static Location<'static> {
    Location::caller()
}
