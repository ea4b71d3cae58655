use omniview_sdk::*;

include!("common/pods.rs");

fn main() {
    let pods = || ResourceRegistration::<()>::builder(pod(), Pods);
    let _ = pods().watch();
    let _ = pods().sync_policy();
    let _ = pods().definition_provider();
    let _ = pods().actions();
    let _ = pods().error_classifier();
    let _ = pods().schema();
    let _ = pods().filterable();
    let _ = pods().text_search();
    let _ = pods().scale_hint();
    let _ = pods().relationships();
    let _ = pods().relationship_resolver();
    let _ = pods().health();
    let _ = pods().events();
    let _ = ConnectionRegistration::<()>::builder(Clusters).build();
}
