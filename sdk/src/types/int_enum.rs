//! Number enumerations: a closed set, each value with the name the user interface shows.

/// Declares an enumeration that is a number on the wire and rejects numbers that it does not know.
///
/// The first value is the default and has the number 0, as on the wire.
macro_rules! int_enum {
    (
        #[doc = $summary:literal]
        $(#[$doc:meta])*
        $name:ident, $noun:literal {
            $(#[$first_doc:meta])* $first:ident = $first_number:literal, $first_ui:literal;
            $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $ui:literal;)+
        }
    ) => {
        #[doc = $summary]
        ///
        /// Reads and writes as its number; an unknown number is an error. Prints as its name.
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[non_exhaustive]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first = $first_number,
            $($(#[$variant_doc])* $variant = $number,)+
        }

        impl $name {
            /// Every value, in the order of its number. Contract: WAT-43.
            pub const ALL: &'static [Self] = &[Self::$first, $(Self::$variant,)+];

            /// The number on the wire.
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// The value with this number, if there is one.
            pub fn from_number(number: i64) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| i64::from(value.number()) == number)
            }

            /// The name that the user interface shows. Contract: WAT-43.
            pub const fn ui_name(self) -> &'static str {
                match self {
                    Self::$first => $first_ui,
                    $(Self::$variant => $ui,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.ui_name())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(self.number())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let number = <i64 as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_number(number).ok_or_else(|| {
                    <D::Error as serde::de::Error>::custom(format_args!(
                        concat!("unknown ", $noun, " {}, expected a number from 0 to {}"),
                        number,
                        Self::ALL.len() - 1,
                    ))
                })
            }
        }
    };
}

pub(crate) use int_enum;

#[cfg(test)]
#[expect(
    unreachable_pub,
    reason = "the macro declares public items, here in a private module"
)]
mod tests {
    int_enum! {
        /// A size.
        Size, "size" {
            /// Small.
            Small = 0, "S";
            /// Large.
            Large = 1, "L";
        }
    }

    #[test]
    fn values_are_their_numbers_on_the_wire() {
        for (number, size) in Size::ALL.iter().enumerate() {
            assert_eq!(serde_json::to_string(size).unwrap(), number.to_string());
            assert_eq!(
                serde_json::from_str::<Size>(&number.to_string()).unwrap(),
                *size
            );
        }
        assert_eq!(Size::default(), Size::Small);
        assert_eq!(Size::Large.to_string(), "L");
    }

    #[test]
    fn an_unknown_number_is_rejected_by_name() {
        for number in ["2", "-1"] {
            let error = serde_json::from_str::<Size>(number)
                .unwrap_err()
                .to_string();
            let expected = format!("unknown size {number}, expected a number from 0 to 1");
            assert!(error.starts_with(&expected), "{error}");
        }
        assert!(serde_json::from_str::<Size>("\"0\"").is_err());
    }
}
