//! Relationships.

use omniview_reference_backend::{Deviation, Kind};
use omniview_sdk::{EdgeDirection, GetInput, RelationshipType};

use super::Look;

impl Look {
    pub(super) async fn shows_in_relationships(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let declared = provider.declared_relationships(&self.ctx, &self.pods);
        let declared = declared.await.unwrap();
        let resolved = provider
            .resolve_relationships(&self.ctx, &self.pods, "cart-0", "shop")
            .await
            .unwrap();
        let undeclared = resolved
            .iter()
            .any(|one| !declared.contains(&one.descriptor));
        let differs = [
            Deviation::RelationshipUndeclared,
            Deviation::RelationshipDirectionFlipped,
        ];
        let present = self.backend.deviation();
        assert_eq!(
            undeclared,
            present.is_some_and(|one| differs.contains(&one))
        );
        let runs_on = &declared[0];
        assert_eq!(runs_on.kind, RelationshipType::RunsOn);
        match deviation {
            Deviation::RelationshipDirectionFlipped => {
                runs_on.direction == EdgeDirection::Outgoing
                    && resolved[0].descriptor.direction == EdgeDirection::Incoming
            }
            Deviation::RelationshipUndeclared => undeclared,
            Deviation::TargetNamespacedWrong => {
                let nodes = Kind::Node.key();
                let can = provider.resource_capabilities(&self.ctx, &nodes).await;
                runs_on.target_namespaced != Some(can.unwrap().namespace_scoped)
            }
            Deviation::RelationshipWrongConnection => resolved[0].targets[0].connection_id != "dev",
            Deviation::RelationshipTargetMissing => {
                let mut missing = false;
                for target in resolved.iter().flat_map(|one| &one.targets) {
                    let get = GetInput::new(&target.id).in_namespace(&target.namespace);
                    let got = provider.get(&self.ctx, &target.resource_key, get).await;
                    missing |= got.is_err();
                }
                missing
            }
            other => panic!("nobody looks for {other}"),
        }
    }
}
