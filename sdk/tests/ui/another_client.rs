use omniview_sdk::*;

include!("common/pods.rs");

struct HttpClient;

#[async_trait]
impl Watcher<HttpClient> for Pods {
    async fn watch(&self, _: &Context<HttpClient>, _: WatchSink) -> PluginResult<()> {
        unreachable!()
    }
}

fn main() {
    // The operations are over `()`, the watch is over `HttpClient`: one of them is wrong.
    let _ = ResourceRegistration::<()>::builder(pod(), Pods).watch();
    let _ = ConnectionRegistration::<HttpClient>::builder(Clusters);
}
