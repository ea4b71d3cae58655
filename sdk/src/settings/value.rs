//! What a setting is and what it holds.

use std::fmt;

/// The value of a setting, of one of seven types.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{SettingKind, SettingValue};
///
/// assert_eq!(SettingValue::from("dark").kind(), SettingKind::String);
/// assert_eq!(format!("{:?}", SettingValue::from("s3cret")), "[a string]", "it may be a token");
/// ```
#[derive(Clone, PartialEq)]
pub enum SettingValue {
    /// A text.
    String(String),
    /// A list of texts.
    Strings(Vec<String>),
    /// A number without a fraction.
    Int(i64),
    /// A list of numbers without a fraction.
    Ints(Vec<i64>),
    /// Any number.
    Float(f64),
    /// A list of any numbers.
    Floats(Vec<f64>),
    /// True or false.
    Bool(bool),
}

impl SettingValue {
    /// The type of the value.
    pub fn kind(&self) -> SettingKind {
        match self {
            Self::String(_) => SettingKind::String,
            Self::Strings(_) => SettingKind::Strings,
            Self::Int(_) => SettingKind::Int,
            Self::Ints(_) => SettingKind::Ints,
            Self::Float(_) => SettingKind::Float,
            Self::Floats(_) => SettingKind::Floats,
            Self::Bool(_) => SettingKind::Bool,
        }
    }
}

// A setting may be a token, and settings are printed with every session.
impl fmt::Debug for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.kind())
    }
}

/// The type of a setting's value.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Setting, SettingKind, Settings, SettingsError};
///
/// let settings = Settings::new();
/// settings.register_setting(Setting::new("pageSize", 50))?;
/// assert_eq!(settings.value("pageSize")?.kind(), SettingKind::Int);
///
/// let refused = settings.set_setting("pageSize", "many").unwrap_err();
/// assert!(matches!(refused, SettingsError::TypeMismatch { asked: SettingKind::String, .. }));
/// # Ok::<(), SettingsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingKind {
    /// A text.
    String,
    /// A list of texts.
    Strings,
    /// A number without a fraction.
    Int,
    /// A list of numbers without a fraction.
    Ints,
    /// Any number.
    Float,
    /// A list of any numbers.
    Floats,
    /// True or false.
    Bool,
}

impl fmt::Display for SettingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::String => "a string",
            Self::Strings => "a list of strings",
            Self::Int => "an int",
            Self::Ints => "a list of ints",
            Self::Float => "a float",
            Self::Floats => "a list of floats",
            Self::Bool => "a bool",
        })
    }
}

macro_rules! conversions {
    ($($from:ty => $variant:ident |$value:ident| $into:expr;)+) => {$(
        impl From<$from> for SettingValue {
            fn from($value: $from) -> Self {
                Self::$variant($into)
            }
        }
    )+};
}

conversions! {
    String => String |text| text;
    &str => String |text| text.to_owned();
    Vec<String> => Strings |texts| texts;
    Vec<&str> => Strings |texts| texts.into_iter().map(str::to_owned).collect();
    i64 => Int |number| number;
    i32 => Int |number| number.into();
    Vec<i64> => Ints |numbers| numbers;
    f64 => Float |number| number;
    Vec<f64> => Floats |numbers| numbers;
    bool => Bool |value| value;
}

/// One setting: its id, what people read, and its value.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Setting, SettingKind};
///
/// let retries = Setting::new("retries", 3).label("Retries").description("How often a request is sent again.");
/// assert_eq!(retries.value.kind(), SettingKind::Int);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Setting {
    /// `category.setting`; a bare name is in the category `plugin`.
    pub id: String,
    /// What people read.
    pub label: String,
    /// What the setting does, in a sentence.
    pub description: String,
    /// The value it starts with, which fixes its type.
    pub default: SettingValue,
    /// The value it has now.
    pub value: SettingValue,
}

impl Setting {
    /// A setting that has its default, labelled with its id.
    pub fn new(id: impl Into<String>, default: impl Into<SettingValue>) -> Self {
        let (id, default) = (id.into(), default.into());
        Self {
            label: id.clone(),
            id,
            description: String::new(),
            value: default.clone(),
            default,
        }
    }

    /// Sets what people read.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }
}
