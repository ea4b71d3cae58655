//! What a caller is told when a plugin fails.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use omniview_plugintest::{
    Harness, state,
    stub::{Fault, Stub, StubConnections, StubError, StubOperation},
};
use omniview_sdk::*;
use serde_json::{Value, json};

use crate::{
    boundary::{DEV, POD},
    equipped::{Equipped, PluginCall, Side, equipped, equipped_serving, on_dev, plugin_calls},
    logbook::Logbook,
};

/// What a classifier does with every error.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// It knows each, and says who it is.
    Says(&'static str),
    /// It knows none.
    Passes,
    Panics,
}

/// A classifier that counts how often it was asked.
#[derive(Debug, Clone)]
struct Classifier {
    answer: Answer,
    asked: Arc<AtomicUsize>,
}

impl Classifier {
    fn new(answer: Answer) -> Self {
        Self {
            answer,
            asked: Arc::default(),
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl ErrorClassifier for Classifier {
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match self.answer {
            Answer::Says(who) => Some(ResourceOperationError::new(
                ErrorCode::from(who),
                format!("{who} saw: {error}"),
            )),
            Answer::Passes => None,
            Answer::Panics => panic!("the classifier is lost"),
        }
    }
}

/// A plugin whose pods, or whose everything, has a classifier.
fn classified(resource: Option<&Classifier>) -> Equipped {
    match resource.cloned() {
        None => equipped(),
        Some(classifier) => equipped_serving(
            Stub::resource(POD).error_classifier(move |error| classifier.classify(error)),
        ),
    }
}

async fn mount(plugin: &Equipped, everywhere: Option<&Classifier>) -> Harness {
    let config = plugin.config();
    let h = Harness::mount(match everywhere {
        None => config,
        Some(classifier) => config.error_classifier(classifier.clone()),
    });
    h.connect(DEV).await;
    h
}

/// Lets a call fail with a raw error, and returns what the caller is told.
async fn failing(h: &Harness, plugin: &Equipped, call: PluginCall) -> ResourceOperationError {
    plugin.plan(call, Fault::Raw("raw".into()));
    call.make(&**h.provider(), &on_dev()).await.unwrap_err()
}

/// Contract: CFG-12, ERR-02
#[tokio::test(start_paused = true)]
async fn without_a_classifier_the_raw_error_of_every_call_reaches_the_caller() {
    let plugin = equipped();
    let h = mount(&plugin, None).await;
    for call in plugin_calls() {
        let error = failing(&h, &plugin, call).await;
        assert_eq!(*error.code(), ErrorCode::Internal, "{:?}", call.operation);
        assert_eq!(error.message(), "raw", "{:?}", call.operation);
        // The last event of a stream is plain data.
        if call.operation != StubOperation::StreamAction {
            let source = error
                .source()
                .and_then(|source| source.downcast_ref::<StubError>());
            assert_eq!(
                source,
                Some(&StubError("raw".into())),
                "{:?}",
                call.operation
            );
        }
    }
    h.shutdown().await;
}

/// Contract: CFG-13, ERR-03
#[tokio::test(start_paused = true)]
async fn the_classifier_of_a_type_outranks_that_of_the_plugin_in_every_call() {
    let (of_type, of_plugin) = (
        Classifier::new(Answer::Says("TYPE")),
        Classifier::new(Answer::Says("PLUGIN")),
    );
    let plugin = classified(Some(&of_type));
    let h = mount(&plugin, Some(&of_plugin)).await;
    for call in plugin_calls() {
        let error = failing(&h, &plugin, call).await;
        let expected = match call.side {
            Side::Resource => "TYPE",
            Side::Connection => "PLUGIN",
        };
        assert_eq!(*error.code(), *expected, "{:?}", call.operation);
        assert_eq!(error.message(), format!("{expected} saw: raw"));
    }
    let of_resources = plugin_calls()
        .iter()
        .filter(|call| call.side == Side::Resource)
        .count();
    assert_eq!(of_type.asked(), of_resources);
    assert_eq!(of_plugin.asked(), plugin_calls().len() - of_resources);
    h.shutdown().await;
}

/// Contract: CFG-13, ERR-03
#[tokio::test(start_paused = true)]
async fn the_classifier_of_the_plugin_is_asked_where_that_of_the_type_does_not_know() {
    let passes = Classifier::new(Answer::Passes);
    let knows = Classifier::new(Answer::Says("PLUGIN"));
    for of_type in [None, Some(&passes)] {
        let plugin = classified(of_type);
        let h = mount(&plugin, Some(&knows)).await;
        for call in plugin_calls() {
            let error = failing(&h, &plugin, call).await;
            assert_eq!(*error.code(), "PLUGIN", "{:?}", call.operation);
        }
        h.shutdown().await;
    }
    let plugin = classified(Some(&passes));
    let h = mount(&plugin, Some(&passes)).await;
    for call in plugin_calls() {
        let error = failing(&h, &plugin, call).await;
        assert_eq!(
            (error.code(), error.message()),
            (&ErrorCode::Internal, "raw")
        );
    }
    h.shutdown().await;
}

/// Contract: ERR-03
#[tokio::test(start_paused = true)]
async fn a_classifier_that_panics_leaves_the_original_error() {
    let log = Logbook::open();
    let panics = Classifier::new(Answer::Panics);
    let plugin = classified(Some(&panics));
    let h = mount(&plugin, Some(&panics)).await;
    for call in plugin_calls() {
        let error = failing(&h, &plugin, call).await;
        assert_eq!(*error.code(), ErrorCode::Internal, "{:?}", call.operation);
        assert_eq!(error.message(), "raw", "{:?}", call.operation);
    }
    let warnings = log.warnings();
    assert!(
        warnings[0].contains("an error classifier panicked: the classifier is lost"),
        "{warnings:?}"
    );
    h.shutdown().await;
}

/// Contract: ERR-03
#[tokio::test(start_paused = true)]
async fn after_a_panic_of_the_classifier_of_a_type_nobody_else_is_asked() {
    let panics = Classifier::new(Answer::Panics);
    let knows = Classifier::new(Answer::Says("PLUGIN"));
    let plugin = classified(Some(&panics));
    let h = mount(&plugin, Some(&knows)).await;
    let of_resources = plugin_calls()
        .into_iter()
        .filter(|call| call.side == Side::Resource);
    for call in of_resources {
        let error = failing(&h, &plugin, call).await;
        assert_eq!(
            (error.code(), error.message()),
            (&ErrorCode::Internal, "raw"),
            "{:?}",
            call.operation
        );
    }
    assert_eq!(knows.asked(), 0);
    h.shutdown().await;
}

/// Contract: ERR-03, WAT-31
#[tokio::test(start_paused = true)]
async fn the_error_of_a_watch_is_classified_as_well() {
    let refuses = Classifier::new(Answer::Says("FORBIDDEN"));
    let plugin = classified(Some(&refuses));
    plugin
        .pods
        .next(StubOperation::Watch, Fault::Raw("raw".into()));
    let h = mount(&plugin, None).await;
    let seen = h.wait_for(state(POD, WatchState::Forbidden)).await;
    assert!(seen.to_string().contains("FORBIDDEN saw: raw"), "{seen}");
    h.shutdown().await;
}

/// Contract: ERR-02, ERR-03
#[tokio::test(start_paused = true)]
async fn a_classified_error_keeps_the_raw_one_as_its_cause() {
    let knows = Classifier::new(Answer::Says("PLUGIN"));
    let plugin = classified(None);
    let h = mount(&plugin, Some(&knows)).await;
    plugin
        .pods
        .next(StubOperation::Get, Fault::Raw("raw".into()));
    let error = h.get(POD, "web").attempt().await.unwrap_err();
    assert_eq!(
        error.source().unwrap().downcast_ref(),
        Some(&StubError("raw".into()))
    );
    let text: Value = serde_json::from_str(&error.to_string()).unwrap();
    let keys: Vec<&String> = text.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["code", "message", "title"],
        "the cause is not written"
    );
    h.shutdown().await;
}

/// Contract: ERR-01, ERR-03
#[tokio::test(start_paused = true)]
async fn an_error_that_is_structured_already_is_passed_on_and_its_text_is_its_json() {
    let never = Classifier::new(Answer::Says("NEVER"));
    let plugin = classified(Some(&never));
    let h = mount(&plugin, Some(&never)).await;
    let error = ResourceOperationError::new(ErrorCode::Conflict, "someone was faster")
        .with_title("Too slow")
        .with_suggestion("load it again")
        .with_suggestion("or overwrite");
    for call in plugin_calls() {
        plugin.plan(call, Fault::Error(error.clone()));
        let told = call.make(&**h.provider(), &on_dev()).await.unwrap_err();
        assert_eq!(
            (told.code(), told.message()),
            (error.code(), error.message())
        );
        if call.operation == StubOperation::StreamAction {
            continue;
        }
        assert_eq!(told, error, "{:?}", call.operation);
        let text: Value = serde_json::from_str(&told.to_string()).unwrap();
        let expected = json!({
            "code": "CONFLICT", "title": "Too slow", "message": "someone was faster",
            "suggestions": ["load it again", "or overwrite"],
        });
        assert_eq!(text, expected, "{:?}", call.operation);
    }
    assert_eq!(never.asked(), 0);
    h.shutdown().await;
}

/// The clauses speak of the text; this is what the text leaves out.
#[tokio::test(start_paused = true)]
async fn an_error_knows_where_it_happened() {
    let plugin = equipped();
    let h = mount(&plugin, None).await;
    for call in plugin_calls() {
        if call.operation == StubOperation::StreamAction {
            continue;
        }
        let error = failing(&h, &plugin, call).await;
        assert!(error.operation().is_some(), "{:?}", call.operation);
        let loads = call.operation == StubOperation::LoadConnections;
        assert_eq!(error.connection().is_none(), loads, "{:?}", call.operation);
        assert_eq!(
            error.key().is_some(),
            call.side == Side::Resource,
            "{:?}",
            call.operation
        );
    }
    h.shutdown().await;
}

/// A type that panics whenever it should declare something.
struct Speechless;

impl SyncPolicyDeclarer for Speechless {
    fn sync_policy(&self, _: &ResourceMeta) -> SyncPolicy {
        panic!("planted")
    }
}

impl DefinitionProvider for Speechless {
    fn definition(&self, _: &ResourceMeta) -> ResourceDefinition {
        panic!("planted")
    }
}

impl ScaleHintProvider for Speechless {
    fn scale_hint(&self, _: &ResourceMeta) -> Option<ScaleHint> {
        panic!("planted")
    }
}

impl RelationshipDeclarer for Speechless {
    fn declare_relationships(&self, _: &ResourceMeta) -> Vec<RelationshipDescriptor> {
        panic!("planted")
    }
}

/// Contract: OPS-15
#[tokio::test(start_paused = true)]
async fn a_declaration_that_panics_is_survived_where_it_has_a_default_and_told_where_not() {
    let speechless = Arc::new(Speechless);
    let (pods, _) = Stub::resource(POD).watchable().build();
    let pods = pods.map_handles(|handles| ResourceHandles {
        sync_policy: Some(speechless.clone()),
        definition: Some(speechless.clone()),
        scale_hint: Some(speechless.clone()),
        relationships: Some(speechless),
        ..handles
    });
    let registered = pods.definition().cloned().unwrap();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    assert_eq!(h.resource_definition(POD).await, registered);
    assert_eq!(h.resource_capabilities(POD).await.scale_hint, None);
    let error = h
        .declared_relationships(POD)
        .expect_error(ErrorCode::Internal)
        .await;
    assert_eq!(
        error.message(),
        "the plugin panicked in `declared_relationships` of core::v1::Pod: planted"
    );
    h.list(POD, ListInput::all()).await;
    h.shutdown().await;
}
