//! Defects of relationships.

use std::sync::Arc;

use omniview_sdk::{
    Context, EdgeDirection, PluginResult, RelationshipDeclarer, RelationshipDescriptor,
    RelationshipResolver, RelationshipType, ResolvedRelationship, ResourceHandles, ResourceMeta,
    ResourceRef, async_trait,
};

use super::Deviation;
use crate::world::ReferenceClient;

pub(super) fn bend(
    deviation: Deviation,
    mut handles: ResourceHandles<ReferenceClient>,
) -> ResourceHandles<ReferenceClient> {
    handles.relationships = handles
        .relationships
        .map(|inner| Arc::new(BentDeclarer { deviation, inner }) as _);
    handles.relationship_resolver = handles
        .relationship_resolver
        .map(|inner| Arc::new(BentResolver { deviation, inner }) as _);
    handles
}

/// What is wrong with a descriptor wherever it is.
fn bent(deviation: Deviation, mut descriptor: RelationshipDescriptor) -> RelationshipDescriptor {
    if deviation == Deviation::TargetNamespacedWrong {
        descriptor.target_namespaced = descriptor.target_namespaced.map(|one| !one);
    }
    descriptor
}

struct BentDeclarer {
    deviation: Deviation,
    inner: Arc<dyn RelationshipDeclarer>,
}

impl RelationshipDeclarer for BentDeclarer {
    fn declare_relationships(&self, meta: &ResourceMeta) -> Vec<RelationshipDescriptor> {
        let declared = self.inner.declare_relationships(meta).into_iter();
        declared.map(|one| bent(self.deviation, one)).collect()
    }
}

struct BentResolver {
    deviation: Deviation,
    inner: Arc<dyn RelationshipResolver<ReferenceClient>>,
}

#[async_trait]
impl RelationshipResolver<ReferenceClient> for BentResolver {
    async fn resolve_relationships(
        &self,
        ctx: &Context<ReferenceClient>,
        id: &str,
        namespace: &str,
    ) -> PluginResult<Vec<ResolvedRelationship>> {
        let mut resolved = self.inner.resolve_relationships(ctx, id, namespace).await?;
        for one in &mut resolved {
            one.descriptor = bent(self.deviation, std::mem::take(&mut one.descriptor));
            match self.deviation {
                Deviation::RelationshipDirectionFlipped => {
                    one.descriptor.direction = match one.descriptor.direction {
                        EdgeDirection::Incoming => EdgeDirection::Outgoing,
                        _ => EdgeDirection::Incoming,
                    };
                }
                Deviation::RelationshipUndeclared => {
                    one.descriptor.kind = RelationshipType::from("resembles");
                }
                Deviation::RelationshipTargetMissing => one.targets.push(ResourceRef {
                    connection_id: ctx.client().fleet().connection().clone(),
                    resource_key: one.descriptor.target_resource_key.clone(),
                    id: "nowhere-to-be-found".into(),
                    ..ResourceRef::default()
                }),
                Deviation::RelationshipWrongConnection => {
                    for target in &mut one.targets {
                        target.connection_id = "elsewhere".into();
                    }
                }
                _ => {}
            }
        }
        Ok(resolved)
    }
}
