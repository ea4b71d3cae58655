//! Identifiers: cheap to clone, ordered and compared as text.
//!
//! Each is the text as it was given. Nothing is checked when one is made; a [`ResourceKey`] is
//! checked where it is taken apart, by [`ResourceKey::meta`].

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::{SmolStr, SmolStrBuilder};

use crate::types::{ParseKeyError, ResourceMeta};

macro_rules! text_id {
    (#[doc = $summary:literal] $(#[$doc:meta])* $name:ident) => {
        #[doc = $summary]
        ///
        /// Text as given, not validated. Up to 23 bytes are copied with it, a longer text is shared by its clones; the
        /// default is the empty text.
        $(#[$doc])*
        // Copied rather than counted: an event has five of these, and a count that every thread shares is what they would
        // wait for.
        #[derive(Clone, Default)]
        pub struct $name(SmolStr);

        impl $name {
            /// Makes the identifier with this text.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(SmolStr::new(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// Tells whether the text is empty, which is how the wire says that it is not known.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                Self::new(text.as_str())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl From<&$name> for String {
            fn from(id: &$name) -> Self {
                id.as_str().to_owned()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.as_str().serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                SmolStr::deserialize(deserializer).map(Self)
            }
        }

        // `Eq`, `Ord` and `Hash` are those of the text, as `Borrow` demands.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<$name> for str {
            fn eq(&self, other: &$name) -> bool {
                self == other.as_str()
            }
        }

        impl PartialEq<$name> for &str {
            fn eq(&self, other: &$name) -> bool {
                *self == other.as_str()
            }
        }

        impl PartialEq<$name> for String {
            fn eq(&self, other: &$name) -> bool {
                self == other.as_str()
            }
        }
    };
}

text_id! {
    /// Names one connection of a plugin.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use omniview_sdk::ConnectionId;
    ///
    /// let running = BTreeMap::from([(ConnectionId::from("dev"), 3)]);
    /// assert_eq!(running.get("dev"), Some(&3), "looked up by text");
    /// assert_eq!(running.get("Dev"), None, "text as given");
    /// assert!(ConnectionId::default().is_empty());
    /// ```
    ConnectionId
}

text_id! {
    /// Names one resource type as `group::version::kind`.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::ResourceKey;
    ///
    /// let key = ResourceKey::of("apps", "v1", "Deployment");
    /// assert_eq!(key, "apps::v1::Deployment");
    /// assert_eq!(key.meta()?.kind, "Deployment");
    /// assert!(ResourceKey::from("Deployment").meta().is_err(), "refused only where it is taken apart");
    /// # Ok::<(), omniview_sdk::ParseKeyError>(())
    /// ```
    ///
    /// Contract: OPS-01, TYP-09.
    ResourceKey
}

text_id! {
    /// Names one resource of a type, where there are namespaces within its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{GetInput, ResourceId};
    ///
    /// let web = ResourceId::from("web");
    /// let input = GetInput::new(&web);
    /// assert_eq!(input.id, web);
    /// assert_ne!(input.id, "Web", "text as given");
    /// ```
    ResourceId
}

text_id! {
    /// Names one namespace of a connection; empty for a type without namespaces.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{GetInput, Namespace};
    ///
    /// let shop = Namespace::from("shop");
    /// assert_eq!(GetInput::new("web").in_namespace(&shop).namespace, shop);
    /// assert!(GetInput::new("node-1").namespace.is_empty(), "of a type without namespaces");
    /// ```
    Namespace
}

text_id! {
    /// Names the plugin that an event or a resource comes from.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{PluginId, ResourceRef};
    ///
    /// let here = ResourceRef { id: "web".into(), ..ResourceRef::default() };
    /// assert!(here.plugin_id.is_empty(), "of the plugin that says so");
    /// let elsewhere = ResourceRef { plugin_id: PluginId::from("aws"), ..here };
    /// assert_eq!(serde_json::to_value(&elsewhere)?["pluginId"], "aws");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    PluginId
}

text_id! {
    /// Names one call into a plugin.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{RequestId, Session};
    ///
    /// let session = Session::for_connection("dev").with_request_id("r-17");
    /// assert_eq!(session.request_id, RequestId::from("r-17"));
    /// assert!(Session::new().request_id.is_empty(), "the SDK makes one up");
    /// ```
    RequestId
}

text_id! {
    /// Names whoever made a call into a plugin.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{RequesterId, Session};
    ///
    /// let asked_by = |window: &str| Session::for_connection("dev").with_requester_id(window);
    /// assert_eq!(asked_by("window-1").requester_id, RequesterId::from("window-1"));
    /// assert_ne!(asked_by("window-1").requester_id, asked_by("window-2").requester_id);
    /// ```
    RequesterId
}

impl ResourceKey {
    /// Joins the three parts as `group::version::kind`.
    pub fn of(group: &str, version: &str, kind: &str) -> Self {
        // By hand: a plugin makes a thousand of these when it starts, and `format!` costs five times as much.
        let mut text = SmolStrBuilder::new();
        for part in [group, "::", version, "::", kind] {
            text.push_str(part);
        }
        Self(text.finish())
    }

    /// Takes the key apart; the label is the kind and the category is "Uncategorized".
    ///
    /// # Errors
    ///
    /// The text is not three non-empty parts separated by `::`.
    pub fn meta(&self) -> Result<ResourceMeta, ParseKeyError> {
        self.as_str().parse()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;

    #[test]
    fn an_id_is_a_plain_string_on_the_wire() {
        let id: ConnectionId = serde_json::from_str(r#""dev""#).unwrap();
        assert_eq!(id, "dev");
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""dev""#);
        let value = serde_json::json!("dev");
        assert_eq!(serde_json::from_value::<ConnectionId>(value).unwrap(), id);
    }

    #[test]
    fn the_empty_id_is_the_same_however_it_was_made() {
        let read: ConnectionId = serde_json::from_str(r#""""#).unwrap();
        for empty in [ConnectionId::default(), ConnectionId::new(""), read] {
            assert!(empty.is_empty());
            assert_eq!(empty, ConnectionId::from(String::new()));
            assert_eq!(empty.as_str(), "");
            assert_eq!(serde_json::to_string(&empty).unwrap(), r#""""#);
            assert!(empty < ConnectionId::new("a"));
            assert_eq!(HashMap::from([(empty, 1)]).get(""), Some(&1));
        }
        assert!(serde_json::from_str::<ConnectionId>("null").is_err());
    }

    #[test]
    fn an_id_prints_as_its_text_and_debugs_as_quoted_text() {
        let id = PluginId::new("p\"1");
        assert_eq!(id.to_string(), "p\"1");
        assert_eq!(format!("{id:?}"), r#""p\"1""#);
        assert_eq!(format!("{:<4}|", RequestId::new("r")), "r   |");
    }

    #[test]
    fn maps_keyed_by_an_id_are_looked_up_by_text() {
        let id = RequesterId::from("me");
        assert_eq!(HashMap::from([(id.clone(), 1)]).get("me"), Some(&1));
        assert_eq!(BTreeMap::from([(id, 1)]).get("me"), Some(&1));
        assert!(RequesterId::default().is_empty());
    }

    #[test]
    fn a_key_is_made_of_three_parts_and_taken_apart_again() {
        let key = ResourceKey::of("core", "v1", "Pod");
        assert_eq!(key, "core::v1::Pod");
        assert_eq!(key.meta().unwrap(), ResourceMeta::new("core", "v1", "Pod"));
        assert!(ResourceKey::new("core::Pod").meta().is_err());
    }
}
