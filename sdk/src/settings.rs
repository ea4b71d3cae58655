//! The settings of a plugin.

/// The settings of a plugin.
#[derive(Debug, Default)]
pub struct Settings {}
