//! Which keys a pattern registration serves.

use std::{cmp::Reverse, fmt, str::FromStr};

use crate::ResourceMeta;

/// Which keys a pattern registration serves: `*` for all, or `group::version::kind` with `*` for any of the parts.
///
/// ```
/// use omniview_sdk::{KeyPattern, ResourceMeta};
///
/// let pattern: KeyPattern = "apps::*::Deployment".parse().unwrap();
/// assert!(pattern.matches(&ResourceMeta::new("apps", "v1", "Deployment")));
/// assert!(!pattern.matches(&ResourceMeta::new("apps", "v1", "DaemonSet")));
/// ```
///
/// Contract: CFG-07, CFG-08
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyPattern {
    text: String,
    parts: [Option<String>; 3],
}

/// A text that is no [`KeyPattern`].
///
/// # Examples
///
/// ```
/// use omniview_sdk::KeyPattern;
///
/// let refused = "apps::v*::Deployment".parse::<KeyPattern>().unwrap_err();
/// assert!(refused.to_string().starts_with(r#""apps::v*::Deployment" is not a key pattern"#));
/// assert!("apps::*::Deployment".parse::<KeyPattern>().is_ok(), "a part is a text or `*`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a key pattern: expected \"*\" or \"group::version::kind\" with \"*\" for any of the parts"
)]
pub struct InvalidPattern {
    text: String,
}

impl KeyPattern {
    /// Whether this pattern serves the type.
    pub fn matches(&self, meta: &ResourceMeta) -> bool {
        let fits =
            |part: &Option<String>, text: &str| part.as_deref().is_none_or(|part| part == text);
        let [group, version, kind] = &self.parts;
        fits(group, &meta.group) && fits(version, &meta.version) && fits(kind, &meta.kind)
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Sorts the pattern to ask first to the front: most literal parts, then by text.
    pub(crate) fn rank(&self) -> (Reverse<usize>, &str) {
        let literal = self.parts.iter().flatten().count();
        (Reverse(literal), &self.text)
    }
}

impl FromStr for KeyPattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let invalid = || InvalidPattern {
            text: text.to_owned(),
        };
        let mut parts = [None, None, None];
        if text != "*" {
            let mut given = text.split("::");
            for part in &mut parts {
                match given.next() {
                    None | Some("") => return Err(invalid()),
                    Some("*") => {}
                    Some(literal) if literal.contains('*') => return Err(invalid()),
                    Some(literal) => *part = Some(literal.to_owned()),
                }
            }
            if given.next().is_some() {
                return Err(invalid());
            }
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }
}

impl fmt::Display for KeyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Contract: CFG-07
    #[rstest]
    #[case("*", true)]
    #[case("apps::*::*", true)]
    #[case("*::v1::*", true)]
    #[case("apps::v1::Deployment", true)]
    #[case("core::*::*", false)]
    #[case("*::*::DaemonSet", false)]
    fn a_pattern_serves_the_keys_that_its_literal_parts_name(
        #[case] text: &str,
        #[case] serves: bool,
    ) {
        let pattern: KeyPattern = text.parse().unwrap();
        assert_eq!(
            pattern.matches(&ResourceMeta::new("apps", "v1", "Deployment")),
            serves
        );
    }

    #[rstest]
    #[case("")]
    #[case("apps")]
    #[case("apps::v1")]
    #[case("apps::::x")]
    #[case("a::b::c::d")]
    #[case("ap*::v1::x")]
    #[case("**")]
    fn a_malformed_pattern_is_refused_with_its_text(#[case] text: &str) {
        let error = text.parse::<KeyPattern>().unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&format!("{text:?} is not a key pattern"))
        );
    }

    /// Contract: CFG-08
    #[test]
    fn most_literal_parts_come_first_then_the_smaller_text() {
        let mut patterns: Vec<KeyPattern> = ["*", "b::*::*", "*::v1::*", "b::v1::*", "a::*::*"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        patterns.sort_by(|a, b| a.rank().cmp(&b.rank()));
        let order: Vec<&str> = patterns.iter().map(KeyPattern::as_str).collect();
        assert_eq!(order, ["b::v1::*", "*::v1::*", "a::*::*", "b::*::*", "*"]);
    }
}
