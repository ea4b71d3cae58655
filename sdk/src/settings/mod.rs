//! The settings of a plugin.

mod error;
mod registry;
mod value;

pub use error::SettingsError;
pub use registry::{SettingChange, Settings};
pub use value::{Setting, SettingKind, SettingValue};
