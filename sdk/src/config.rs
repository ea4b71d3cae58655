//! Everything that makes a plugin.

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    sync::Arc,
};

use foldhash::fast::RandomState;

use crate::{
    ConnectionRegistration, ControllerOptions, DiscoveryProvider, ErrorClassifier, ErrorCode,
    GlobalConfig, KeyPattern, PluginId, ResourceDefinition, ResourceGroup, ResourceKey,
    ResourceOperationError, ResourceRegistration, ResourceTarget, Result, Settings,
};

/// Everything that makes a plugin, over its client type `C`.
///
/// ```no_run
/// # use omniview_sdk::*;
/// # fn pods() -> ResourceRegistration<()> { unimplemented!() }
/// # fn connections() -> ConnectionRegistration<()> { unimplemented!() }
/// let config = ResourcePluginConfig::new("kubernetes")
///     .connections(connections())
///     .resource(pods());
/// let plugin = build_resource_controller(&CallContext::new(), config)?;
/// # Ok::<(), ResourceOperationError>(())
/// ```
///
/// Contract: CFG-01 to CFG-17
#[must_use = "a configuration does nothing until a controller is built from it"]
pub struct ResourcePluginConfig<C> {
    /// Names the plugin in events and logs.
    pub plugin_id: PluginId,
    /// Where connections and clients come from. Mandatory.
    pub connections: Option<ConnectionRegistration<C>>,
    /// The types and patterns; at least one.
    pub resources: Vec<ResourceRegistration<C>>,
    /// Groups that organise the types; a group that a type names and nobody declared is made up from its name.
    pub groups: Vec<ResourceGroup>,
    /// The definition of types that have none.
    pub default_definition: Option<ResourceDefinition>,
    /// Brings types that only the backend knows.
    pub discovery: Option<Arc<dyn DiscoveryProvider<C>>>,
    /// Classifies raw errors where the type has no classifier, or one that does not know the error.
    pub error_classifier: Option<Arc<dyn ErrorClassifier>>,
    /// The plugin's settings, given to plugin code in the session.
    pub settings: Arc<Settings>,
    /// The application's settings, given to plugin code in the session.
    pub global_config: GlobalConfig,
    /// Times and bounds.
    pub options: ControllerOptions,
}

impl<C> ResourcePluginConfig<C> {
    /// A configuration with nothing but a name; it needs connections and a resource to be valid.
    pub fn new(plugin_id: impl Into<PluginId>) -> Self {
        Self {
            plugin_id: plugin_id.into(),
            connections: None,
            resources: Vec::new(),
            groups: Vec::new(),
            default_definition: None,
            discovery: None,
            error_classifier: None,
            settings: Arc::default(),
            global_config: GlobalConfig::default(),
            options: ControllerOptions::default(),
        }
    }

    /// Sets where connections and clients come from.
    pub fn connections(mut self, connections: ConnectionRegistration<C>) -> Self {
        self.connections = Some(connections);
        self
    }

    /// Adds a type or a pattern.
    pub fn resource(mut self, registration: ResourceRegistration<C>) -> Self {
        self.resources.push(registration);
        self
    }

    /// Adds a group.
    pub fn group(mut self, group: ResourceGroup) -> Self {
        self.groups.push(group);
        self
    }

    /// Sets the definition of types that have none.
    pub fn default_definition(mut self, definition: ResourceDefinition) -> Self {
        self.default_definition = Some(definition);
        self
    }

    /// Sets what brings types that only the backend knows.
    pub fn discovery(mut self, discovery: impl DiscoveryProvider<C>) -> Self {
        self.discovery = Some(Arc::new(discovery));
        self
    }

    /// Sets the plugin-wide classifier.
    pub fn error_classifier(mut self, classifier: impl ErrorClassifier) -> Self {
        self.error_classifier = Some(Arc::new(classifier));
        self
    }

    /// Sets the plugin's settings.
    pub fn settings(mut self, settings: impl Into<Arc<Settings>>) -> Self {
        self.settings = settings.into();
        self
    }

    /// Sets the application's settings.
    pub fn global_config(mut self, config: GlobalConfig) -> Self {
        self.global_config = config;
        self
    }

    /// Changes times and bounds.
    pub fn options(mut self, change: impl FnOnce(&mut ControllerOptions)) -> Self {
        change(&mut self.options);
        self
    }

    /// Checks that a controller can be built.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` that names everything that is wrong: no name, no connections, neither types nor patterns, a malformed
    /// key or pattern, a key, pattern or group that is there twice.
    ///
    /// Contract: CFG-01, CFG-02, CFG-03, CFG-06
    pub fn validate(&self) -> Result<()> {
        let mut problems = Vec::new();
        if self.plugin_id.is_empty() {
            problems.push("the plugin id is empty".to_owned());
        }
        if self.connections.is_none() {
            problems.push("there is no connection provider: call `.connections(…)`".to_owned());
        }
        if self.resources.is_empty() {
            problems.push("there is neither a type nor a pattern: call `.resource(…)`".to_owned());
        }
        let mut plain =
            HashSet::with_capacity_and_hasher(self.resources.len(), RandomState::default());
        let mut odd = BTreeSet::new();
        for registration in &self.resources {
            let target = registration.target();
            let is_new = match parts(target) {
                Some(parts) => plain.insert(parts),
                None => {
                    if let Err(problem) = well_formed(target) {
                        problems.push(problem);
                        continue;
                    }
                    odd.insert(target.to_string())
                }
            };
            if !is_new {
                problems.push(format!("{target} is registered twice"));
            }
        }
        let mut groups = BTreeSet::new();
        for group in &self.groups {
            if !groups.insert(&group.id) {
                problems.push(format!("group {:?} is declared twice", group.id));
            }
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(ResourceOperationError::new(
            ErrorCode::InvalidInput,
            format!(
                "the configuration of plugin {:?} is not valid: {}",
                self.plugin_id.as_str(),
                problems.join("; ")
            ),
        )
        .in_operation("build_resource_controller"))
    }
}

/// The three parts of a target that is well formed at first sight, which is nearly every one.
fn parts(target: &ResourceTarget) -> Option<[&str; 3]> {
    let parts = match target {
        ResourceTarget::Type(meta) => [&*meta.group, &*meta.version, &*meta.kind],
        ResourceTarget::Pattern(text) => {
            let (group, rest) = text.split_once("::")?;
            let (version, kind) = rest.split_once("::")?;
            [group, version, kind]
        }
    };
    let is_plain = |part: &&str| !part.is_empty() && !part.contains(':');
    parts.iter().all(is_plain).then_some(parts)
}

fn well_formed(target: &ResourceTarget) -> Result<(), String> {
    match target {
        ResourceTarget::Type(meta) => meta
            .to_string()
            .parse::<crate::ResourceMeta>()
            .map(drop)
            .map_err(|error| error.to_string()),
        ResourceTarget::Pattern(text) => text
            .parse::<KeyPattern>()
            .map(drop)
            .map_err(|error| error.to_string()),
    }
}

impl<C> fmt::Debug for ResourcePluginConfig<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets: Vec<ResourceKey> = self
            .resources
            .iter()
            .map(|registration| ResourceKey::from(registration.target().to_string()))
            .collect();
        f.debug_struct("ResourcePluginConfig")
            .field("plugin_id", &self.plugin_id)
            .field("connections", &self.connections)
            .field("resources", &targets)
            .field("discovery", &self.discovery.is_some())
            .field("error_classifier", &self.error_classifier.is_some())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use rstest::rstest;

    use super::*;
    use crate::{
        CallContext, Connection, ConnectionProvider, ConnectionStatus, Context, CreateInput,
        CreateResult, DeleteInput, DeleteResult, FindInput, FindResult, GetInput, GetResult,
        ListInput, ListResult, PluginResult, ResourceMeta, Resourcer, UpdateInput, UpdateResult,
    };

    type Config = ResourcePluginConfig<()>;

    /// Contract: CFG-02
    #[test]
    fn a_name_connections_and_one_type_are_enough() {
        assert_eq!(valid().validate(), Ok(()));
        let by_pattern = Config::new("demo")
            .connections(connections())
            .resource(pattern("*"));
        assert_eq!(by_pattern.validate(), Ok(()));
    }

    /// Contract: CFG-01, CFG-02, CFG-03, CFG-06
    #[rstest]
    #[case(
        Config { plugin_id: "".into(), ..valid() },
        "the plugin id is empty"
    )]
    #[case(
        Config { connections: None, ..valid() },
        "there is no connection provider: call `.connections(…)`"
    )]
    #[case(
        Config { resources: Vec::new(), ..valid() },
        "there is neither a type nor a pattern: call `.resource(…)`"
    )]
    #[case(
        valid().resource(resource("", "v1", "Pod")),
        "resource key \"::v1::Pod\" is not of the form group::version::kind"
    )]
    #[case(
        valid().resource(resource("core", "v1", "")),
        "resource key \"core::v1::\" is not of the form group::version::kind"
    )]
    #[case(
        valid().resource(resource("core::v1", "beta", "Pod")),
        "resource key \"core::v1::beta::Pod\" is not of the form group::version::kind"
    )]
    #[case(
        valid().resource(pattern("core::*")),
        "\"core::*\" is not a key pattern: expected \"*\" or \"group::version::kind\" \
         with \"*\" for any of the parts"
    )]
    #[case(
        valid().resource(resource("core", "v1", "Pod")),
        "core::v1::Pod is registered twice"
    )]
    #[case(
        valid().resource(pattern("core::*::*")).resource(pattern("core::*::*")),
        "core::*::* is registered twice"
    )]
    #[case(
        valid().group(ResourceGroup::new("core", "Core")).group(ResourceGroup::new("core", "Other")),
        "group \"core\" is declared twice"
    )]
    fn a_broken_invariant_is_named(#[case] config: Config, #[case] problem: &str) {
        let error = config.validate().unwrap_err();
        assert_eq!(*error.code(), ErrorCode::InvalidInput);
        assert_eq!(error.operation(), Some("build_resource_controller"));
        let plugin = config.plugin_id.as_str();
        assert_eq!(
            error.message(),
            format!("the configuration of plugin {plugin:?} is not valid: {problem}")
        );
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let config = Config::new("demo")
            .resource(resource("core", "v1", "Pod"))
            .resource(resource("core", "v1", "Pod"))
            .resource(pattern("**"))
            .group(ResourceGroup::new("core", "Core"))
            .group(ResourceGroup::new("core", "Core"));
        let message = config.validate().unwrap_err().message().to_owned();
        for problem in [
            "there is no connection provider",
            "core::v1::Pod is registered twice",
            "\"**\" is not a key pattern",
            "group \"core\" is declared twice",
        ] {
            assert!(
                message.contains(problem),
                "{problem:?} is not in {message:?}"
            );
        }
        assert_eq!(message.matches("; ").count(), 3, "{message}");
    }

    #[test]
    fn a_type_and_a_pattern_that_serve_the_same_keys_do_not_collide() {
        let config = valid()
            .resource(pattern("core::v1::*"))
            .resource(pattern("*"));
        assert_eq!(config.validate(), Ok(()));
    }

    #[test]
    fn debug_names_what_is_registered() {
        let text = format!("{:?}", valid().resource(pattern("*")));
        assert!(
            text.contains(r#"resources: ["core::v1::Pod", "*"]"#),
            "{text}"
        );
    }

    fn valid() -> Config {
        Config::new("demo")
            .connections(connections())
            .resource(resource("core", "v1", "Pod"))
    }

    fn connections() -> ConnectionRegistration<()> {
        ConnectionRegistration::builder(Inert).build()
    }

    fn resource(group: &str, version: &str, kind: &str) -> ResourceRegistration<()> {
        ResourceRegistration::builder(ResourceMeta::new(group, version, kind), Inert).build()
    }

    fn pattern(text: &str) -> ResourceRegistration<()> {
        ResourceRegistration::pattern(text, Inert).build()
    }

    /// Satisfies the traits; validation calls none of it.
    struct Inert;

    #[async_trait]
    impl Resourcer<()> for Inert {
        async fn get(&self, _: &Context<()>, _: GetInput) -> PluginResult<GetResult> {
            unreachable!()
        }

        async fn list(&self, _: &Context<()>, _: ListInput) -> PluginResult<ListResult> {
            unreachable!()
        }

        async fn find(&self, _: &Context<()>, _: FindInput) -> PluginResult<FindResult> {
            unreachable!()
        }

        async fn create(&self, _: &Context<()>, _: CreateInput) -> PluginResult<CreateResult> {
            unreachable!()
        }

        async fn update(&self, _: &Context<()>, _: UpdateInput) -> PluginResult<UpdateResult> {
            unreachable!()
        }

        async fn delete(&self, _: &Context<()>, _: DeleteInput) -> PluginResult<DeleteResult> {
            unreachable!()
        }
    }

    #[async_trait]
    impl ConnectionProvider<()> for Inert {
        async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
            unreachable!()
        }

        async fn create_client(&self, _: &CallContext) -> PluginResult<()> {
            unreachable!()
        }

        async fn destroy_client(&self, _: &CallContext, _: Arc<()>) -> PluginResult<()> {
            unreachable!()
        }

        async fn check_connection(
            &self,
            _: &CallContext,
            _: &Arc<()>,
        ) -> PluginResult<ConnectionStatus> {
            unreachable!()
        }

        async fn get_namespaces(
            &self,
            _: &CallContext,
            _: &Arc<()>,
        ) -> PluginResult<Option<Vec<String>>> {
            unreachable!()
        }
    }
}
