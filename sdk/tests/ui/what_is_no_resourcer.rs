use omniview_sdk::*;

struct Plain;

fn main() {
    let pod = ResourceMeta::new("core", "v1", "Pod");
    let _ = ResourceRegistration::<()>::builder(pod, Plain);
    let _ = ResourceRegistration::<()>::pattern("apps::*::*", Plain);
    let _ = ConnectionRegistration::<()>::builder(Plain);
    let _ = ResourcePluginConfig::<()>::new("plain").discovery(Plain);
    let _ = ResourcePluginConfig::<()>::new("plain").error_classifier(Plain);
}
