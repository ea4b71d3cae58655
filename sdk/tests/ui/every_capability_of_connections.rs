use omniview_sdk::*;

include!("common/pods.rs");

fn main() {
    let clusters = || ConnectionRegistration::<()>::builder(Clusters);
    let _ = clusters().watch();
    let _ = clusters().refresh();
    let _ = clusters().schemas();
    let _ = clusters().scope();
    let _ = ResourceRegistration::<()>::builder(pod(), Pods).build();
}
