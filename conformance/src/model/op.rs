//! One operation of a program.

use std::fmt;

use omniview_sdk::ResourceKey;

/// One operation of a program.
///
/// A slot is one of a handful of objects, each with a sample of its own; a namespace is one of those that the subject
/// names, by its place.
///
/// ```
/// use omniview_conformance::model::Op;
///
/// // An object is created, read through two pages, and found again after the connection was lost.
/// let program = [
///     Op::Create { slot: 0, namespace: 0 },
///     Op::List { within: None, pages: 2 },
///     Op::Reconnect,
///     Op::Get { slot: 0, namespace: 0 },
/// ];
/// # assert_eq!(program.len(), 4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Op {
    /// Creates the object; refused if it is there.
    Create {
        /// The object.
        slot: u8,
        /// Its namespace.
        namespace: u8,
    },
    /// Changes the object; refused if it is not there.
    Update {
        /// The object.
        slot: u8,
        /// Its namespace.
        namespace: u8,
    },
    /// Removes the object; refused if it is not there.
    Delete {
        /// The object.
        slot: u8,
        /// Its namespace.
        namespace: u8,
    },
    /// Fetches the object; refused if it is not there.
    Get {
        /// The object.
        slot: u8,
        /// Its namespace.
        namespace: u8,
    },
    /// Lists the objects in so many pages.
    List {
        /// The namespace to look in; all of them where it is `None`.
        within: Option<u8>,
        /// How many pages; 1 is everything at once.
        pages: u8,
    },
    /// Finds the objects in so many pages.
    Find {
        /// The namespace to look in; all of them where it is `None`.
        within: Option<u8>,
        /// How many pages; 1 is everything at once.
        pages: u8,
    },
    /// Restarts the watch of the type.
    RestartWatch,
    /// Stops the connection and starts it again.
    Reconnect,
}

impl Op {
    /// The same with one thing less in it, the simplest first; each of them is simpler.
    pub(super) fn simpler(self) -> Vec<Self> {
        let mut simpler = Vec::new();
        match self {
            Self::Create { slot, namespace }
            | Self::Update { slot, namespace }
            | Self::Delete { slot, namespace }
            | Self::Get { slot, namespace } => {
                if namespace > 0 {
                    simpler.push(self.at(slot, 0));
                }
                if slot > 0 {
                    simpler.push(self.at(0, namespace));
                }
            }
            Self::List { within, pages } | Self::Find { within, pages } => {
                if pages > 1 {
                    simpler.push(self.over(within, 1));
                    simpler.push(self.over(within, pages - 1));
                }
                if within.is_some() {
                    simpler.push(self.over(None, pages));
                }
            }
            Self::RestartWatch | Self::Reconnect => {}
        }
        simpler
    }

    /// The same of another object.
    pub(super) fn at(self, slot: u8, namespace: u8) -> Self {
        match self {
            Self::Create { .. } => Self::Create { slot, namespace },
            Self::Update { .. } => Self::Update { slot, namespace },
            Self::Delete { .. } => Self::Delete { slot, namespace },
            Self::Get { .. } => Self::Get { slot, namespace },
            other => other,
        }
    }

    /// The object that it is about.
    pub(super) fn object(self) -> Option<(u8, u8)> {
        match self {
            Self::Create { slot, namespace }
            | Self::Update { slot, namespace }
            | Self::Delete { slot, namespace }
            | Self::Get { slot, namespace } => Some((slot, namespace)),
            _ => None,
        }
    }

    fn over(self, within: Option<u8>, pages: u8) -> Self {
        match self {
            Self::List { .. } => Self::List { within, pages },
            Self::Find { .. } => Self::Find { within, pages },
            other => other,
        }
    }
}

/// A program of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) key: ResourceKey,
    pub(crate) ops: Vec<Op>,
}

impl Program {
    /// The program as a test, ready to be pasted beside the function that makes the subject.
    pub(super) fn to_test(&self, seed: u64) -> String {
        RustTest(self, seed).to_string()
    }
}

struct RustTest<'p>(&'p Program, u64);

impl fmt::Display for RustTest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(program, seed) = self;
        writeln!(f, "#[tokio::test]")?;
        writeln!(f, "async fn random_program_of_seed_{seed}() {{")?;
        writeln!(f, "    use omniview_conformance::model::{{Op, replay}};")?;
        writeln!(f)?;
        writeln!(f, "    let program = [")?;
        for op in &program.ops {
            // The debug form of an operation is how it is written.
            writeln!(f, "        Op::{op:?},")?;
        }
        writeln!(f, "    ];")?;
        writeln!(
            f,
            "    replay(&subject(), {:?}, &program).await.unwrap();",
            program.key.as_str()
        )?;
        write!(f, "}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_printed_as_a_test() {
        let program = Program {
            key: "core::v1::Pod".into(),
            ops: vec![
                Op::Create {
                    slot: 0,
                    namespace: 1,
                },
                Op::List {
                    within: Some(1),
                    pages: 2,
                },
                Op::Reconnect,
            ],
        };
        insta::assert_snapshot!(program.to_test(42), @r#"
        #[tokio::test]
        async fn random_program_of_seed_42() {
            use omniview_conformance::model::{Op, replay};

            let program = [
                Op::Create { slot: 0, namespace: 1 },
                Op::List { within: Some(1), pages: 2 },
                Op::Reconnect,
            ];
            replay(&subject(), "core::v1::Pod", &program).await.unwrap();
        }
        "#);
    }

    #[test]
    fn what_is_simpler_gets_simple_in_the_end() {
        let mut ops = vec![
            Op::Get {
                slot: 3,
                namespace: 2,
            },
            Op::Find {
                within: Some(1),
                pages: 3,
            },
        ];
        for _ in 0..10 {
            for op in &mut ops {
                if let Some(simpler) = op.simpler().pop() {
                    *op = simpler;
                }
            }
        }
        assert!(ops.iter().all(|op| op.simpler().is_empty()), "{ops:?}");
    }
}
