use omniview_sdk::*;

include!("common/pods.rs");

fn main() {
    let _ = ResourcePluginConfig::<()>::new("pods")
        .connections(ConnectionRegistration::builder(Clusters))
        .resource(ResourceRegistration::builder(pod(), Pods));
}
