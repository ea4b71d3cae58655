//! Example plugins that the integration tests mount.
