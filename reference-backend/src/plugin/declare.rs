//! What a type says about itself.

use omniview_sdk::{
    DefinitionProvider, ResourceDefinition, ResourceMeta, ScaleHint, ScaleHintProvider, SyncPolicy,
    SyncPolicyDeclarer,
};

use super::ReferenceResourcer;

/// Contract: WAT-01, WAT-02, WAT-03
impl SyncPolicyDeclarer for ReferenceResourcer {
    fn sync_policy(&self, _meta: &ResourceMeta) -> SyncPolicy {
        self.kind().sync_policy()
    }
}

/// Contract: CFG-10, CAP-03
impl DefinitionProvider for ReferenceResourcer {
    fn definition(&self, _meta: &ResourceMeta) -> ResourceDefinition {
        self.kind().definition()
    }
}

/// Contract: CAP-04
impl ScaleHintProvider for ReferenceResourcer {
    fn scale_hint(&self, _meta: &ResourceMeta) -> Option<ScaleHint> {
        self.kind().scale_hint()
    }
}
