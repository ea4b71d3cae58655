//! The registry of settings, with typed access.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use super::{
    error::SettingsError,
    value::{Setting, SettingKind, SettingValue},
};

/// The category of bare ids.
const PLUGIN: &str = "plugin";

/// The settings of a plugin: a registry in memory, shared as `Arc<Settings>`.
///
/// - The id of a setting is `category.setting`; a bare id is in the category `plugin`. What comes out
///   of the registry has full ids.
/// - A setting keeps the type that it was registered with, and is read as that type only.
/// - Values are not printed: `Debug` shows ids.
///
/// ```
/// use std::sync::Arc;
/// use omniview_sdk::{Setting, Settings, SettingsError};
///
/// let settings = Arc::new(Settings::default());
/// settings.register_settings([
///     Setting::new("retries", 3).label("Retries"),
///     Setting::new("editor.theme", "dark"),
/// ])?;
/// settings.on_change("plugin", |changes| assert_eq!(changes[0].id, "plugin.retries"));
///
/// settings.set_setting("retries", 5)?;
/// assert_eq!(settings.int("plugin.retries")?, 5);
/// assert!(matches!(settings.string("retries"), Err(SettingsError::TypeMismatch { .. })));
/// # Ok::<(), SettingsError>(())
/// ```
///
/// Contract: SES-05
#[derive(Default)]
pub struct Settings {
    // Never held while a handler runs.
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    settings: BTreeMap<String, Setting>,
    handlers: BTreeMap<String, Handler>,
}

type Handler = Arc<dyn Fn(&[SettingChange]) + Send + Sync>;

/// One setting that has a new value.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use omniview_sdk::{Setting, SettingChange, SettingValue, Settings};
///
/// let settings = Settings::new();
/// settings.register_setting(Setting::new("retries", 3))?;
/// let seen: Arc<Mutex<Vec<SettingChange>>> = Arc::default();
/// let kept = seen.clone();
/// settings.on_change("plugin", move |changes| kept.lock().unwrap().extend_from_slice(changes));
///
/// settings.set_setting("retries", 5)?;
/// let change = &seen.lock().unwrap()[0];
/// assert_eq!((&change.old, &change.new), (&SettingValue::from(3), &SettingValue::from(5)));
/// # Ok::<(), omniview_sdk::SettingsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SettingChange {
    /// The full id.
    pub id: String,
    /// The value before.
    pub old: SettingValue,
    /// The value now.
    pub new: SettingValue,
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident -> $type:ty = $variant:ident;)+) => {
        impl Settings {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// The setting is not registered, or holds another type.
                pub fn $name(&self, id: &str) -> Result<$type, SettingsError> {
                    match self.value(id)? {
                        SettingValue::$variant(value) => Ok(value),
                        other => Err(SettingsError::TypeMismatch {
                            id: full_id(id)?,
                            actual: other.kind(),
                            asked: SettingKind::$variant,
                        }),
                    }
                }
            )+
        }
    };
}

getters! {
    /// Reads a text.
    string -> String = String;
    /// Reads a list of texts.
    strings -> Vec<String> = Strings;
    /// Reads a number without a fraction.
    int -> i64 = Int;
    /// Reads a list of numbers without a fraction.
    ints -> Vec<i64> = Ints;
    /// Reads a number; one that was registered without a fraction is an int, not a float.
    float -> f64 = Float;
    /// Reads a list of numbers.
    floats -> Vec<f64> = Floats;
    /// Reads true or false.
    bool -> bool = Bool;
}

impl Settings {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a value of any type.
    ///
    /// # Errors
    ///
    /// The setting is not registered.
    pub fn value(&self, id: &str) -> Result<SettingValue, SettingsError> {
        let id = full_id(id)?;
        let state = self.read();
        match state.settings.get(&id) {
            Some(setting) => Ok(setting.value.clone()),
            None => Err(state.not_found(id)),
        }
    }

    /// Every setting, sorted by its full id.
    pub fn list_settings(&self) -> Vec<Setting> {
        self.read().settings.values().cloned().collect()
    }

    /// Adds a setting.
    ///
    /// # Errors
    ///
    /// Those of [`register_settings`](Self::register_settings).
    pub fn register_setting(&self, setting: Setting) -> Result<(), SettingsError> {
        self.register_settings([setting])
    }

    /// Adds settings, all or none; no handler is called.
    ///
    /// # Errors
    ///
    /// An id is malformed or taken, or a value is not of the type of its default.
    pub fn register_settings(
        &self,
        settings: impl IntoIterator<Item = Setting>,
    ) -> Result<(), SettingsError> {
        let settings = settings
            .into_iter()
            .map(|setting| {
                let id = full_id(&setting.id)?;
                same_kind(&id, &setting.default, &setting.value)?;
                Ok(Setting { id, ..setting })
            })
            .collect::<Result<Vec<Setting>, SettingsError>>()?;
        let mut state = self.write();
        let mut added = BTreeMap::new();
        for setting in settings {
            let id = setting.id.clone();
            if state.settings.contains_key(&id) || added.insert(id.clone(), setting).is_some() {
                return Err(SettingsError::AlreadyRegistered { id });
            }
        }
        state.settings.append(&mut added);
        Ok(())
    }

    /// Changes a setting.
    ///
    /// # Errors
    ///
    /// Those of [`set_settings`](Self::set_settings).
    pub fn set_setting(
        &self,
        id: &str,
        value: impl Into<SettingValue>,
    ) -> Result<(), SettingsError> {
        self.set_settings([(id, value)])
    }

    /// Changes settings, all or none, then calls the handler of each category that has a new value.
    ///
    /// Handlers run on this thread after every change is in, and may use the registry. A value that
    /// stays the same is no change. Calls from several threads may reach a handler in any order.
    ///
    /// # Errors
    ///
    /// A setting is not registered, or a value is not of its type.
    pub fn set_settings<I, V>(
        &self,
        values: impl IntoIterator<Item = (I, V)>,
    ) -> Result<(), SettingsError>
    where
        I: AsRef<str>,
        V: Into<SettingValue>,
    {
        let mut new = BTreeMap::new();
        for (id, value) in values {
            new.insert(full_id(id.as_ref())?, value.into());
        }
        // A statement of its own: the lock must be free before a handler runs.
        let calls = self.write().change(new)?;
        for (handler, changes) in calls {
            handler(&changes);
        }
        Ok(())
    }

    /// Sets what is called when settings of a category have new values, in place of an earlier one.
    ///
    /// It gets the changes of one [`set_settings`](Self::set_settings) together. A panic in it reaches
    /// the caller of that, with the changes made.
    pub fn on_change(
        &self,
        category: impl Into<String>,
        handler: impl Fn(&[SettingChange]) + Send + Sync + 'static,
    ) {
        let replaced = self
            .write()
            .handlers
            .insert(category.into(), Arc::new(handler));
        // Dropped here, since the lock is free by now: what a handler holds may use the registry.
        drop(replaced);
    }

    // Nothing panics under the lock, and a state is changed only when nothing can fail any more.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.read().settings.keys()).finish()
    }
}

impl State {
    /// Makes the changes and says who is to hear of them.
    fn change(
        &mut self,
        new: BTreeMap<String, SettingValue>,
    ) -> Result<Vec<(Handler, Vec<SettingChange>)>, SettingsError> {
        for (id, value) in &new {
            match self.settings.get(id) {
                Some(setting) => same_kind(id, &setting.default, value)?,
                None => return Err(self.not_found(id.clone())),
            }
        }
        let mut changes: BTreeMap<String, Vec<SettingChange>> = BTreeMap::new();
        for (id, new) in new {
            let Some(setting) = self.settings.get_mut(&id).filter(|held| held.value != new) else {
                continue;
            };
            let old = std::mem::replace(&mut setting.value, new.clone());
            changes
                .entry(category(&id).to_owned())
                .or_default()
                .push(SettingChange { id, old, new });
        }
        Ok(changes
            .into_iter()
            .filter_map(|(category, changes)| {
                Some((Arc::clone(self.handlers.get(&category)?), changes))
            })
            .collect())
    }

    fn not_found(&self, id: String) -> SettingsError {
        SettingsError::NotFound {
            known: self
                .settings
                .keys()
                .filter(|known| category(known) == category(&id))
                .cloned()
                .collect(),
            id,
        }
    }
}

fn full_id(id: &str) -> Result<String, SettingsError> {
    match id.split_once('.') {
        None if !id.is_empty() => Ok(format!("{PLUGIN}.{id}")),
        Some((category, setting)) if !category.is_empty() && !setting.is_empty() => {
            Ok(id.to_owned())
        }
        _ => Err(SettingsError::InvalidId { id: id.to_owned() }),
    }
}

fn category(id: &str) -> &str {
    id.split_once('.').map_or(PLUGIN, |(category, _)| category)
}

fn same_kind(id: &str, held: &SettingValue, given: &SettingValue) -> Result<(), SettingsError> {
    if held.kind() == given.kind() {
        return Ok(());
    }
    Err(SettingsError::TypeMismatch {
        id: id.to_owned(),
        actual: held.kind(),
        asked: given.kind(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn registry() -> Settings {
        let settings = Settings::new();
        settings
            .register_settings([
                Setting::new("text", "a"),
                Setting::new("texts", vec!["a", "b"]),
                Setting::new("int", 1),
                Setting::new("ints", vec![1_i64, 2]),
                Setting::new("float", 1.5),
                Setting::new("floats", vec![1.5, 2.5]),
                Setting::new("flag", true),
                Setting::new("editor.font.size", 12),
            ])
            .unwrap();
        settings
    }

    #[test]
    fn each_type_is_read_back_as_itself() {
        let settings = registry();
        assert_eq!(settings.string("text").unwrap(), "a");
        assert_eq!(settings.strings("texts").unwrap(), ["a", "b"]);
        assert_eq!(settings.int("int").unwrap(), 1);
        assert_eq!(settings.ints("ints").unwrap(), [1, 2]);
        assert_eq!(settings.float("float").unwrap(), 1.5);
        assert_eq!(settings.floats("floats").unwrap(), [1.5, 2.5]);
        assert!(settings.bool("flag").unwrap());
        assert_eq!(settings.int("editor.font.size").unwrap(), 12);
    }

    #[test]
    fn another_type_is_a_mismatch_that_names_both() {
        let settings = registry();
        let error = settings.float("int").unwrap_err();
        assert_eq!(
            error,
            SettingsError::TypeMismatch {
                id: "plugin.int".into(),
                actual: SettingKind::Int,
                asked: SettingKind::Float,
            }
        );
        assert!(error.to_string().contains("holds an int, not a float"));
        assert!(settings.strings("text").is_err());
        assert!(settings.bool("text").is_err());
        assert_eq!(
            settings.set_setting("int", "2").unwrap_err(),
            SettingsError::TypeMismatch {
                id: "plugin.int".into(),
                actual: SettingKind::Int,
                asked: SettingKind::String,
            }
        );
    }

    #[test]
    fn a_missing_setting_is_not_found_and_its_neighbours_are_named() {
        let settings = registry();
        let error = settings.int("editor.size").unwrap_err();
        assert!(
            matches!(&error, SettingsError::NotFound { known, .. } if known == &["editor.font.size"]),
            "{error}"
        );
        assert!(settings.set_setting("none", 1).is_err());
        for id in ["", ".", "a.", ".a"] {
            assert_eq!(
                settings.value(id).unwrap_err(),
                SettingsError::InvalidId { id: id.into() }
            );
        }
    }

    #[test]
    fn a_bare_id_is_in_the_category_plugin() {
        let settings = registry();
        settings.set_setting("int", 2).unwrap();
        assert_eq!(settings.int("plugin.int").unwrap(), 2);
        assert!(
            settings
                .register_setting(Setting::new("plugin.int", 0))
                .is_err()
        );
    }

    #[test]
    fn many_are_registered_or_set_together_or_not_at_all() {
        let settings = registry();
        let before = settings.list_settings();
        for added in [
            vec![Setting::new("new", 1), Setting::new("int", 1)],
            vec![Setting::new("new", 1), Setting::new("plugin.new", 2)],
            vec![Setting::new("new", 1), Setting::new("", 2)],
        ] {
            settings.register_settings(added).unwrap_err();
        }
        settings
            .set_settings([("int", 5), ("none", 6)])
            .unwrap_err();
        settings
            .set_settings([("int", 5), ("text", 6)])
            .unwrap_err();
        assert_eq!(settings.list_settings(), before);
    }

    #[test]
    fn the_list_is_sorted_and_has_default_and_value() {
        let settings = registry();
        settings.set_setting("int", 9).unwrap();
        let list = settings.list_settings();
        assert!(list.is_sorted_by_key(|setting| setting.id.clone()));
        let int = list.iter().find(|held| held.id == "plugin.int").unwrap();
        assert_eq!((&int.default, &int.value), (&1.into(), &9.into()));
    }

    #[test]
    fn a_handler_hears_the_changes_of_its_category_and_may_use_the_registry() {
        let settings = Arc::new(registry());
        let heard = Arc::new(Mutex::new(Vec::new()));
        settings.on_change("plugin", |_| panic!("replaced by the next"));
        settings.on_change("plugin", {
            let (settings, heard) = (Arc::downgrade(&settings), Arc::clone(&heard));
            move |changes| {
                let settings = settings.upgrade().unwrap();
                assert_eq!(settings.int("int").unwrap(), 2, "every change is in");
                settings.set_setting("editor.font.size", 13).unwrap();
                heard.lock().unwrap().push(changes.to_vec());
            }
        });
        settings
            .set_settings([
                ("float", SettingValue::from(2.0)),
                ("int", 2.into()),
                ("flag", true.into()),
            ])
            .unwrap();
        settings.set_setting("int", 2).unwrap();
        settings.set_setting("editor.font.size", 14).unwrap();

        let change = |id: &str, old: SettingValue, new: SettingValue| SettingChange {
            id: id.into(),
            old,
            new,
        };
        assert_eq!(
            *heard.lock().unwrap(),
            [vec![
                change("plugin.float", 1.5.into(), 2.0.into()),
                change("plugin.int", 1.into(), 2.into()),
            ]]
        );
    }

    #[test]
    fn values_are_not_printed() {
        let settings = Settings::new();
        let token = Setting::new("token", "hunter2");
        let printed = format!("{token:?}");
        settings.register_setting(token).unwrap();
        let all = format!("{settings:?} {:?} {printed}", settings.list_settings());
        assert!(!all.contains("hunter2"), "{all}");
        assert!(all.contains("plugin.token"), "{all}");
    }
}
