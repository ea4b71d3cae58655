// A resource type and a connection provider with nothing optional.

use std::sync::Arc;

struct Pods;

#[async_trait]
impl Resourcer<()> for Pods {
    async fn get(&self, _: &Context<()>, _: GetInput) -> PluginResult<GetResult> {
        unreachable!()
    }
    async fn list(&self, _: &Context<()>, _: ListInput) -> PluginResult<ListResult> {
        unreachable!()
    }
    async fn find(&self, _: &Context<()>, _: FindInput) -> PluginResult<FindResult> {
        unreachable!()
    }
    async fn create(&self, _: &Context<()>, _: CreateInput) -> PluginResult<CreateResult> {
        unreachable!()
    }
    async fn update(&self, _: &Context<()>, _: UpdateInput) -> PluginResult<UpdateResult> {
        unreachable!()
    }
    async fn delete(&self, _: &Context<()>, _: DeleteInput) -> PluginResult<DeleteResult> {
        unreachable!()
    }
}

struct Clusters;

#[async_trait]
impl ConnectionProvider<()> for Clusters {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        unreachable!()
    }
    async fn create_client(&self, _: &CallContext) -> PluginResult<()> {
        unreachable!()
    }
    async fn destroy_client(&self, _: &CallContext, _: Arc<()>) -> PluginResult<()> {
        unreachable!()
    }
    async fn check_connection(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<ConnectionStatus> {
        unreachable!()
    }
    async fn get_namespaces(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<Option<Vec<String>>> {
        unreachable!()
    }
}

fn pod() -> ResourceMeta {
    ResourceMeta::new("core", "v1", "Pod")
}
