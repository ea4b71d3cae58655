//! What a check is: data with a body.

use std::{fmt, time::Duration};

use futures_util::future::BoxFuture;
use omniview_sdk::ResourceCapabilities;

use crate::{Cx, Halt, subject::FaultKind};

/// How a check's body ends; `?` on an expectation or on a call ends it early.
///
/// ```
/// use omniview_conformance::{CheckResult, Cx};
///
/// async fn the_plugin_has_types(cx: &Cx) -> CheckResult {
///     cx.expect(!cx.types().is_empty(), "there is a type")?;
///     Ok(())
/// }
/// ```
pub type CheckResult = Result<(), Halt>;

/// A check's body.
///
/// ```
/// use omniview_conformance::{CheckBody, CheckResult, Cx};
///
/// async fn the_plugin_has_types(cx: &Cx) -> CheckResult {
///     cx.expect(!cx.types().is_empty(), "there is a type")
/// }
///
/// let body: CheckBody = |cx| Box::pin(the_plugin_has_types(cx));
/// ```
pub type CheckBody = for<'a> fn(&'a Cx) -> BoxFuture<'a, CheckResult>;

/// One requirement of the contract and the body that sees whether it is kept.
///
/// Checks live in one table; see [`catalogue`](crate::catalogue()).
///
/// ```
/// use omniview_conformance::{Level, catalogue, clause};
///
/// // What a MUST of the area `crud` demands, and the promise of the contract behind it.
/// for check in catalogue().iter().filter(|check| check.area() == "crud" && check.level == Level::Must) {
///     println!("{}: {}", check.id, check.requirement);
///     for id in check.clauses {
///         println!("    {id}: {}", clause(id).unwrap());
///     }
/// }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Check {
    /// Its stable id, `area.subject.statement`; never used again for something else.
    pub id: &'static str,
    /// Ids that it had before.
    pub aliases: &'static [&'static str],
    /// What it requires, in one sentence.
    pub requirement: &'static str,
    /// Whether the contract demands or recommends it.
    pub level: Level,
    /// The clauses of the contract that it holds.
    pub clauses: &'static [&'static str],
    /// What a plugin and its subject must have for it to say something.
    pub needs: &'static [Need],
    /// The smallest profile that it is part of.
    pub profile: Profile,
    /// What the plugin has gone through when the body begins.
    pub start: Start,
    /// How long the body may take.
    pub limit: Duration,
    /// The deviations of the reference backend that it is known to catch.
    pub catches: &'static [&'static str],
    /// The body.
    pub body: CheckBody,
}

impl Check {
    /// What the fields of a table entry are unless it says otherwise: a MUST of the core profile, connected, 5 s.
    pub const DEFAULT: Self = Self {
        id: "",
        aliases: &[],
        requirement: "",
        level: Level::Must,
        clauses: &[],
        needs: &[],
        profile: Profile::Core,
        start: Start::Connected,
        limit: Duration::from_secs(5),
        catches: &[],
        body: |_| Box::pin(async { Err(Halt::broken("the check has no body")) }),
    };

    /// The first part of the id.
    ///
    /// ```
    /// let check = omniview_conformance::find_check("crud.get.returns-created").unwrap();
    /// assert_eq!(check.area(), "crud");
    /// ```
    pub fn area(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(area, _)| area)
    }

    /// The rest of the id as the name of a test function.
    pub fn test_name(&self) -> String {
        let rest = self.id.split_once('.').map_or(self.id, |(_, rest)| rest);
        rest.replace(['.', '-'], "_")
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("id", &self.id)
            .field("level", &self.level)
            .field("clauses", &self.clauses)
            .field("needs", &self.needs)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// How much the contract insists.
///
/// ```
/// use omniview_conformance::Level;
///
/// assert_eq!(Level::Must.as_str(), "MUST");
/// // A MUST comes first in order.
/// assert!(Level::Must < Level::Should);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A plugin that does not keep it does not conform.
    Must,
    /// A plugin that does not keep it is warned.
    Should,
}

impl Level {
    /// The word of the standard: `MUST` or `SHOULD`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        }
    }
}

/// How much of the suite runs; each holds the ones before it.
///
/// ```
/// use omniview_conformance::{Profile, catalogue};
///
/// let in_profile = |profile| catalogue().iter().filter(|check| check.profile <= profile).count();
/// let sizes = Profile::ALL.map(in_profile);
/// assert!(sizes.is_sorted());
/// assert_eq!(sizes[2], catalogue().len());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Whether the plugin works at all, in a moment.
    Smoke,
    /// What every plugin has to keep.
    #[default]
    Core,
    /// Everything, the slow and the exotic included.
    Full,
}

impl Profile {
    /// Every profile, the smallest first.
    pub const ALL: [Self; 3] = [Self::Smoke, Self::Core, Self::Full];

    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Core => "core",
            Self::Full => "full",
        }
    }
}

/// What the plugin has gone through when a body begins.
///
/// ```
/// use omniview_conformance::{Start, find_check};
///
/// let check = find_check("crud.get.returns-created").unwrap();
/// assert_eq!(check.start, Start::Connected);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Start {
    /// It is mounted, and [`Cx::connection`] is started.
    #[default]
    Connected,
    /// It is mounted; no connection method was called on it, beyond what finding a connection takes.
    Mounted,
}

/// Something without which a check has nothing to say.
///
/// A need that a type's capabilities or declarations rule out makes the check not applicable. One that the
/// subject could have provided and did not makes it blocked.
///
/// ```
/// use omniview_conformance::{FaultKind, Need, Operation};
///
/// // As a report says it of a check that is blocked or does not apply.
/// assert_eq!(Need::Can(Operation::Get).to_string(), "a type that supports get");
/// assert_eq!(Need::Fault(FaultKind::Hang).to_string(), "a backend that can be made to hang (Outside::inject)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Need {
    /// A type that supports the operation.
    Can(Operation),
    /// A type that declares the capability.
    Has(Capability),
    /// A type that does not declare the capability.
    Lacks(Capability),
    /// Samples of the type.
    Samples,
    /// A change to a sample of the type.
    Change,
    /// Two namespaces to put samples of the type into.
    TwoNamespaces,
    /// An action of the type that the suite may run.
    HarmlessAction,
    /// An object whose relationships lead to others. Nothing at the boundary says whether a plugin resolves relationships or
    /// only declares them, so it is taken to resolve them unless [`Subject::without`](crate::Subject::without) says otherwise.
    Related,
    /// A second connection.
    SecondConnection,
    /// A way to change objects behind the plugin's back.
    Outside,
    /// A way to configure connections behind the plugin's back.
    OutsideConnections,
    /// A way to make the backend fail like this.
    Fault(FaultKind),
}

impl Need {
    /// Whether it is something that a type has or lacks, rather than the whole subject.
    pub(crate) const fn is_of_a_type(self) -> bool {
        !matches!(
            self,
            Self::Related
                | Self::SecondConnection
                | Self::Outside
                | Self::OutsideConnections
                | Self::Fault(_)
        )
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Can(operation) => write!(f, "a type that supports {operation}"),
            Self::Has(capability) => write!(f, "a type that is {capability}"),
            Self::Lacks(capability) => write!(f, "a type that is not {capability}"),
            Self::Samples => f.write_str("samples of a type (ResourceFixture::sample)"),
            Self::Change => f.write_str("a change to a sample (ResourceFixture::change)"),
            Self::TwoNamespaces => {
                f.write_str("two namespaces of a type (ResourceFixture::namespaces)")
            }
            Self::HarmlessAction => f.write_str(
                "an action that the suite may run (ResourceFixture::harmless_action)",
            ),
            Self::Related => f.write_str("an object whose relationships are resolved"),
            Self::SecondConnection => f.write_str("a second connection"),
            Self::Outside => f.write_str("a way behind the plugin's back (Outside)"),
            Self::OutsideConnections => f.write_str(
                "a way to configure connections behind the plugin's back (Outside::configures_connections)",
            ),
            Self::Fault(kind) => {
                write!(f, "a backend that can be made to {kind} (Outside::inject)")
            }
        }
    }
}

/// One of the six operations.
///
/// ```
/// use omniview_conformance::{Operation, ResourceFixture};
///
/// // Objects of the type come from elsewhere.
/// let events = ResourceFixture::new("core::v1::Event").unsupported([Operation::Create, Operation::Update]);
/// assert!(!events.supports(Operation::Create));
/// assert!(events.supports(Operation::List));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Fetch one object.
    Get,
    /// List objects.
    List,
    /// Query objects.
    Find,
    /// Make an object.
    Create,
    /// Change an object.
    Update,
    /// Remove an object.
    Delete,
}

impl Operation {
    /// The name of the method.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Find => "find",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! capabilities {
    ($($(#[$doc:meta])* $name:ident => $field:ident, $text:literal;)+) => {
        /// A flag of [`ResourceCapabilities`].
        ///
        /// ```
        /// use omniview_conformance::Capability;
        /// use omniview_sdk::ResourceCapabilities;
        ///
        /// let declared = ResourceCapabilities { watchable: true, ..ResourceCapabilities::default() };
        /// let has: Vec<&str> = Capability::ALL.iter().filter(|one| one.is_in(&declared)).map(|one| one.as_str()).collect();
        /// assert_eq!(has, ["watchable"]);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Capability {
            $($(#[$doc])* $name,)+
        }

        impl Capability {
            /// Every capability.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The flag's name in JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// Whether `capabilities` declare it.
            pub const fn is_in(self, capabilities: &ResourceCapabilities) -> bool {
                match self {
                    $(Self::$name => capabilities.$field,)+
                }
            }
        }
    };
}

capabilities! {
    /// Changes are reported.
    Watchable => watchable, "watchable";
    /// There are fields to filter by.
    Filterable => filterable, "filterable";
    /// There is a text search.
    Searchable => searchable, "searchable";
    /// There are actions.
    Actions => has_actions, "hasActions";
    /// There is a JSON Schema.
    Schema => has_schema, "hasSchema";
    /// Objects live in namespaces.
    NamespaceScoped => namespace_scoped, "namespaceScoped";
    /// There are relationships.
    Relationships => has_relationships, "hasRelationships";
    /// Health is judged.
    Health => has_health, "hasHealth";
    /// There are events about objects.
    Events => has_events, "hasEvents";
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
