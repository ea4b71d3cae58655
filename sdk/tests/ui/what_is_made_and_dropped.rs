#![deny(unused_must_use)]

use omniview_plugintest::Harness;
use omniview_sdk::*;

include!("common/pods.rs");

async fn test(h: Harness) {
    h.get("core::v1::Pod", "web-1");
    h.wait_for(omniview_plugintest::added("web-1"));
    h.shutdown();
}

fn main() {
    ResourceRegistration::<()>::builder(pod(), Pods);
    ConnectionRegistration::<()>::builder(Clusters);
    ResourcePluginConfig::<()>::new("pods");
    drop(test);
}
