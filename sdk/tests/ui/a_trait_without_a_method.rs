use omniview_sdk::*;

struct Pods;

// No operation is forgotten by accident: there are no default bodies.
#[async_trait]
impl Resourcer<()> for Pods {
    async fn get(&self, _: &Context<()>, _: GetInput) -> PluginResult<GetResult> {
        unreachable!()
    }
}

fn main() {}
