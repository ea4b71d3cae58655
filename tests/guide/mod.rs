//! The guide under `docs/guide`: every block of Rust in it is a doc test of this crate.

pub mod support;

/// Takes a chapter's text as the documentation of a module, so that its examples are compiled and run.
macro_rules! chapters {
    ($($name:ident => $file:literal,)+) => {
        $(
            #[doc = include_str!(concat!("../../docs/guide/src/", $file))]
            pub mod $name {}
        )+

        /// The files of the chapters, as the book names them.
        pub const CHAPTERS: &[&str] = &[$($file),+];
    };
}

chapters! {
    introduction => "introduction.md",
    first_hour => "first-hour.md",
    concepts => "concepts.md",
    connection_provider => "traits/connection-provider.md",
    connection_watcher => "traits/connection-watcher.md",
    client_refresher => "traits/client-refresher.md",
    schema_provider => "traits/schema-provider.md",
    scope_provider => "traits/scope-provider.md",
    resourcer => "traits/resourcer.md",
    watcher => "traits/watcher.md",
    sync_policy_declarer => "traits/sync-policy-declarer.md",
    definition_provider => "traits/definition-provider.md",
    scale_hint_provider => "traits/scale-hint-provider.md",
    filterable_provider => "traits/filterable-provider.md",
    text_search_provider => "traits/text-search-provider.md",
    action_resourcer => "traits/action-resourcer.md",
    relationship_declarer => "traits/relationship-declarer.md",
    relationship_resolver => "traits/relationship-resolver.md",
    health_assessor => "traits/health-assessor.md",
    event_retriever => "traits/event-retriever.md",
    resource_schema_provider => "traits/resource-schema-provider.md",
    error_classifier => "traits/error-classifier.md",
    discovery_provider => "traits/discovery-provider.md",
    harness => "testing/harness.md",
    snapshots => "testing/snapshots.md",
    time => "testing/time.md",
    faults => "testing/faults.md",
    conformance => "testing/conformance.md",
    from_go => "from-go.md",
}
