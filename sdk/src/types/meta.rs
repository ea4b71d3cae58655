//! What a resource type is called and how types are grouped.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::ResourceKey;
use crate::wire;

const UNCATEGORIZED: &str = "Uncategorized";

/// Names and describes one resource type.
///
/// The key, the text form and the parse all agree: `group::version::kind`. Contract: TYP-09.
///
/// # Examples
///
/// ```
/// use omniview_sdk::ResourceMeta;
///
/// let pod = ResourceMeta::new("core", "v1", "Pod").with_category("Workloads").with_icon("box");
/// assert_eq!(pod.key(), "core::v1::Pod");
/// assert_eq!(pod.label, "Pod", "what is not said follows from the kind");
/// assert_eq!("core::v1::Pod".parse::<ResourceMeta>()?.kind, "Pod");
/// # Ok::<(), omniview_sdk::ParseKeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceMeta {
    /// The API group, for example `core`.
    pub group: String,
    /// The version within the group, for example `v1`.
    pub version: String,
    /// The kind within the version, for example `Pod`.
    pub kind: String,
    /// What people read; the kind if nothing else is said. Contract: TYP-07.
    pub label: String,
    /// The icon of the type.
    pub icon: String,
    /// What the type is, in a sentence.
    pub description: String,
    /// Where the navigation files the type; "Uncategorized" if nothing else is said.
    /// Contract: TYP-08.
    pub category: String,
}

impl ResourceMeta {
    /// Names a type; its label is the kind and its category is "Uncategorized".
    ///
    /// Contract: TYP-07, TYP-08.
    pub fn new(
        group: impl Into<String>,
        version: impl Into<String>,
        kind: impl Into<String>,
    ) -> Self {
        Self {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
            ..Self::default()
        }
        .with_defaults()
    }

    /// Sets what people read.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the icon.
    #[must_use]
    pub fn with_icon(mut self, icon: impl Into<String>) -> Self {
        self.icon = icon.into();
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the category.
    #[must_use]
    pub fn with_category(mut self, category: impl Into<String>) -> Self {
        self.category = category.into();
        self
    }

    /// Fills an empty label with the kind and an empty category with "Uncategorized".
    ///
    /// Contract: TYP-07, TYP-08.
    #[must_use]
    pub fn with_defaults(mut self) -> Self {
        if self.label.is_empty() {
            self.label.clone_from(&self.kind);
        }
        if self.category.is_empty() {
            self.category = UNCATEGORIZED.to_owned();
        }
        self
    }

    /// The key of the type, `group::version::kind`. Contract: TYP-09.
    pub fn key(&self) -> ResourceKey {
        ResourceKey::of(&self.group, &self.version, &self.kind)
    }
}

impl fmt::Display for ResourceMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.key())
    }
}

impl FromStr for ResourceMeta {
    type Err = ParseKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split("::").collect();
        match parts[..] {
            [group, version, kind] if parts.iter().all(|part| !part.is_empty()) => {
                Ok(Self::new(group, version, kind))
            }
            _ => Err(ParseKeyError { text: text.into() }),
        }
    }
}

/// Reads a `group::version::kind` text as the meta it names. Contract: TYP-10.
///
/// # Errors
///
/// The text is not three non-empty parts separated by `::`.
///
/// # Examples
///
/// ```
/// use omniview_sdk::resource_meta_from_string;
///
/// let meta = resource_meta_from_string("apps::v1::Deployment")?;
/// assert_eq!((meta.group.as_str(), meta.kind.as_str()), ("apps", "Deployment"));
/// assert!(resource_meta_from_string("apps.v1.Deployment").is_err());
/// # Ok::<(), omniview_sdk::ParseKeyError>(())
/// ```
pub fn resource_meta_from_string(text: &str) -> Result<ResourceMeta, ParseKeyError> {
    text.parse()
}

/// A text is not the key of a resource type. Contract: TYP-10.
///
/// # Examples
///
/// ```
/// use omniview_sdk::ResourceMeta;
///
/// let error = "core.v1.Pod".parse::<ResourceMeta>().unwrap_err();
/// assert_eq!(error.text(), "core.v1.Pod");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("resource key {text:?} is not of the form group::version::kind")]
pub struct ParseKeyError {
    text: Box<str>,
}

impl ParseKeyError {
    /// The text that is not a key.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Files resource types under one heading, by version.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ResourceGroup, ResourcePluginConfig};
///
/// let core = ResourceGroup::new("core", "Core").with_description("What every cluster has.");
/// let config: ResourcePluginConfig<()> = ResourcePluginConfig::new("clusters").group(core);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceGroup {
    /// The id of the group, equal to the `group` of its types.
    pub id: String,
    /// What people read.
    pub name: String,
    /// What the group holds, in a sentence.
    pub description: String,
    /// The icon of the group.
    pub icon: String,
    /// The types of each version, sorted by kind. Contract: TYP-06.
    #[serde(deserialize_with = "wire::map_of_lists")]
    pub resources: BTreeMap<String, Vec<ResourceMeta>>,
}

impl ResourceGroup {
    /// Makes a group without types.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            ..Self::default()
        }
    }

    /// Sets the description.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the icon.
    #[must_use]
    pub fn with_icon(mut self, icon: impl Into<String>) -> Self {
        self.icon = icon.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract: TYP-09, TYP-10
    #[test]
    fn key_text_and_parse_agree() {
        let meta = ResourceMeta::new("apps", "v1", "Deployment");
        assert_eq!(meta.key(), "apps::v1::Deployment");
        assert_eq!(meta.to_string(), "apps::v1::Deployment");
        assert_eq!(
            resource_meta_from_string("apps::v1::Deployment").unwrap(),
            meta
        );
    }

    /// Contract: TYP-07, TYP-08
    #[test]
    fn label_and_category_have_defaults() {
        let meta = ResourceMeta::new("core", "v1", "Pod");
        assert_eq!(
            (meta.label.as_str(), meta.category.as_str()),
            ("Pod", "Uncategorized")
        );
        let named = meta
            .with_label("Unit")
            .with_category("Workloads")
            .with_defaults();
        assert_eq!(
            (named.label.as_str(), named.category.as_str()),
            ("Unit", "Workloads")
        );
    }

    /// Contract: TYP-10
    #[test]
    fn malformed_keys_are_named() {
        for text in [
            "",
            "a",
            "a::b",
            "a::b::c::d",
            "a::::c",
            "::b::c",
            "a::b::",
            "a:b:c",
        ] {
            let error = text.parse::<ResourceMeta>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("resource key {text:?} is not of the form group::version::kind")
            );
            assert_eq!(error.text(), text);
        }
    }

    #[test]
    fn null_resources_read_as_none_at_either_level() {
        let group: ResourceGroup = serde_json::from_str(r#"{"resources":{"v1":null}}"#).unwrap();
        assert_eq!(group.resources["v1"], []);
        let group: ResourceGroup = serde_json::from_str(r#"{"resources":null}"#).unwrap();
        assert_eq!(
            serde_json::to_value(group).unwrap()["resources"],
            serde_json::json!({})
        );
    }
}
