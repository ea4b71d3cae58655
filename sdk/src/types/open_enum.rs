//! Text enumerations whose set of values may grow on the other side of the wire.

/// Declares an enumeration of texts that keeps the texts it does not know.
///
/// `Name = Variant { .. }` makes `Variant` the default; without it the default is the empty text,
/// the zero value of the wire.
macro_rules! open_enum {
    (
        #[doc = $summary:literal]
        $(#[$doc:meta])*
        $name:ident $(= $default:ident)? {
            $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        #[doc = $summary]
        ///
        /// Reads and writes as a plain string. Compared, ordered and hashed as its text.
        $(#[$doc])*
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A text without a name here, kept as it came; the empty text says "not set".
            Other(Box<str>),
        }

        impl $name {
            /// Every value with a name, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }

            /// Tells whether the text is empty: nothing was said.
            pub fn is_empty(&self) -> bool {
                self.as_str().is_empty()
            }

            /// Tells whether the text is one that has a name here.
            pub fn is_known(&self) -> bool {
                Self::named(self.as_str()).is_some()
            }

            fn named(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $crate::types::open_enum::open_enum!(@default $($default)?)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::named(text).unwrap_or_else(|| Self::Other(text.into()))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::named(&text).unwrap_or_else(|| Self::Other(text.into()))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        // By text, so that `Other` with a known text is not a second value of the same name.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

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

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }
    };
    (@default) => {
        Self::Other(Box::default())
    };
    (@default $default:ident) => {
        Self::$default
    };
}

pub(crate) use open_enum;

#[cfg(test)]
#[expect(
    unreachable_pub,
    reason = "the macro declares public items, here in a private module"
)]
mod tests {
    use std::collections::HashSet;

    open_enum! {
        /// A colour.
        Colour {
            /// Red.
            Red = "red",
            /// Green.
            Green = "green",
        }
    }

    open_enum! {
        /// A shade.
        Shade = Plain {
            /// Plain.
            Plain = "plain",
        }
    }

    #[test]
    fn known_unknown_and_empty_texts_round_trip() {
        for text in ["red", "green", "blue", "RED", ""] {
            let json = serde_json::to_string(text).unwrap();
            let colour: Colour = serde_json::from_str(&json).unwrap();
            assert_eq!(colour.as_str(), text);
            assert_eq!(serde_json::to_string(&colour).unwrap(), json);
        }
        assert!(matches!(Colour::from("red"), Colour::Red));
        assert!(matches!(Colour::from("blue"), Colour::Other(text) if &*text == "blue"));
    }

    #[test]
    fn the_default_is_the_empty_text_unless_one_is_named() {
        assert!(Colour::default().is_empty());
        assert_eq!(Shade::default(), Shade::Plain);
    }

    #[test]
    fn values_are_compared_by_text() {
        let spelled = Colour::Other("red".into());
        assert_eq!(spelled, Colour::Red);
        assert!(spelled.is_known());
        assert_eq!(HashSet::from([spelled, Colour::Red]).len(), 1);
        assert_eq!(Colour::Green, "green");
        assert!(!Colour::from("blue").is_known());
        assert!(!Shade::Plain.is_empty());
        assert!(Shade::from(String::from("plain")).is_known());
    }

    #[test]
    fn the_list_holds_every_named_value_in_order() {
        let texts: Vec<&str> = Colour::ALL.iter().map(Colour::as_str).collect();
        assert_eq!(texts, ["red", "green"]);
        assert_eq!(Shade::ALL.len(), 1);
        assert_eq!(format!("{:>6}", Colour::Red), "   red");
    }
}
