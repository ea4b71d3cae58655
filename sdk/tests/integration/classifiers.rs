//! Who classifies the raw error of a plugin.

use std::error::Error;

use omniview_plugintest::{
    Harness,
    stub::{Fault, Stub, StubConnections, StubError, StubOperation},
};
use omniview_sdk::*;

const POD: &str = "core::v1::Pod";

/// Contract: CFG-12, CFG-13, ERR-03
#[tokio::test(start_paused = true)]
async fn the_classifier_of_a_type_is_asked_before_the_plugins() {
    fn by(
        code: ErrorCode,
    ) -> impl Fn(&(dyn Error + Send + Sync)) -> Option<ResourceOperationError> {
        move |error| Some(ResourceOperationError::new(code.clone(), error.to_string()))
    }
    struct Plugins;
    impl ErrorClassifier for Plugins {
        fn classify(
            &self,
            error: &(dyn Error + Send + Sync + 'static),
        ) -> Option<ResourceOperationError> {
            by(ErrorCode::Unavailable)(error)
        }
    }
    for (of_the_type, of_the_plugin, code) in [
        (true, true, ErrorCode::Conflict),
        (true, false, ErrorCode::Conflict),
        (false, true, ErrorCode::Unavailable),
        (false, false, ErrorCode::Internal),
    ] {
        let mut stub = Stub::resource(POD);
        if of_the_type {
            stub = stub.error_classifier(|error| by(ErrorCode::Conflict)(error));
        }
        let (pods, control) = stub.build();
        let mut config = ResourcePluginConfig::new("stub")
            .connections(StubConnections::new(["dev"]).registration())
            .resource(pods);
        if of_the_plugin {
            config = config.error_classifier(Plugins);
        }
        let h = Harness::mount(config);
        h.connect("dev").await;
        control.next(StubOperation::Get, Fault::Raw("the disk is full".into()));
        let error = h.get(POD, "web").expect_error(code).await;
        assert_eq!(error.message(), "the disk is full");
        let raw = error.cause().unwrap();
        assert!(raw.downcast_ref::<StubError>().is_some(), "{raw:?}");
        h.shutdown().await;
    }
}
