//! Why a setting cannot be read or changed.

use super::value::SettingKind;

/// Why a setting cannot be read, changed or registered.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Setting, Settings, SettingsError};
///
/// let settings = Settings::new();
/// settings.register_setting(Setting::new("retries", 3))?;
/// assert!(matches!(settings.set_setting("retries", "many"), Err(SettingsError::TypeMismatch { .. })));
/// assert!(settings.int("patience").is_err());
/// # Ok::<(), SettingsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// No setting has this id.
    #[error("setting {id:?} is not registered{}; register it first, or correct the id", neighbours(.known))]
    NotFound {
        /// The full id that was asked for.
        id: String,
        /// The ids of the same category.
        known: Vec<String>,
    },
    /// The setting holds another type.
    #[error("setting {id:?} holds {actual}, not {asked}; use the type it was registered with")]
    TypeMismatch {
        /// The full id of the setting.
        id: String,
        /// What the setting holds.
        actual: SettingKind,
        /// What was asked for or given.
        asked: SettingKind,
    },
    /// A setting of this id exists.
    #[error("setting {id:?} is registered already; give each setting an id of its own")]
    AlreadyRegistered {
        /// The full id.
        id: String,
    },
    /// The id is not `category.setting`, nor a bare name.
    #[error(
        "{id:?} is not the id of a setting; write category.setting, or a bare name for the plugin's own"
    )]
    InvalidId {
        /// The id as it was given.
        id: String,
    },
}

fn neighbours(ids: &[String]) -> String {
    if ids.is_empty() {
        String::new()
    } else {
        format!(" (its category has {})", ids.join(", "))
    }
}
