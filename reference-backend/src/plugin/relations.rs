//! Relationships, declared and resolved.

use omniview_sdk::{
    Context, PluginResult, RelationshipDeclarer, RelationshipDescriptor, RelationshipResolver,
    ResolvedRelationship, ResourceMeta, ResourceRef, async_trait,
};
use serde_json::Value;

use super::ReferenceResourcer;
use crate::{
    catalog::{Kind, Link, Relation, relations},
    store::{Object, Row, Table, TableScope},
    world::{Operation, ReferenceClient},
};

/// Relationships to types that the backend was built without are not declared.
///
/// Contract: REL-01, REL-03, REL-04
impl RelationshipDeclarer for ReferenceResourcer {
    fn declare_relationships(&self, _meta: &ResourceMeta) -> Vec<RelationshipDescriptor> {
        self.relations().map(Relation::descriptor).collect()
    }
}

/// Answers every declared relationship, with the objects at its other end that exist: those that the object names, those that
/// name it, and those that one of both selects by labels.
///
/// Contract: REL-02
#[async_trait]
impl RelationshipResolver<ReferenceClient> for ReferenceResourcer {
    async fn resolve_relationships(
        &self,
        ctx: &Context<ReferenceClient>,
        id: &str,
        namespace: &str,
    ) -> PluginResult<Vec<ResolvedRelationship>> {
        let client = ctx.client();
        let table = client.reach(Operation::Relationships, ctx.key()).await?;
        let object = table.get(id, namespace)?;
        let snapshot = table.snapshot();
        // It may be gone by now; it was there when it was asked for.
        let row = snapshot.row(object.id(), object.namespace());
        let row = row.unwrap_or_else(|| Row::from(&object));
        let mut resolved = Vec::new();
        for relation in self.relations() {
            let targets = client.fleet().table(&relation.target.key())?;
            let to_ref = |target: &Object| ResourceRef {
                connection_id: client.fleet().connection().clone(),
                resource_key: targets.key().clone(),
                id: target.id().into(),
                namespace: target.namespace().into(),
                display_name: target.id().to_owned(),
                ..ResourceRef::default()
            };
            resolved.push(ResolvedRelationship {
                descriptor: relation.descriptor(),
                targets: linked(self.kind(), relation, row, &targets, to_ref),
            });
        }
        Ok(resolved)
    }
}

impl ReferenceResourcer {
    fn relations(&self) -> impl Iterator<Item = &'static Relation> {
        relations(self.kind())
            .iter()
            .filter(|relation| self.kinds().contains(&relation.target))
    }
}

fn linked(
    kind: Kind,
    relation: &Relation,
    object: Row<'_>,
    targets: &Table,
    to_ref: impl Fn(&Object) -> ResourceRef,
) -> Vec<ResourceRef> {
    if let Link::Names(path) = relation.link {
        let name = object.at(path);
        let namespace = match targets.scope() {
            TableScope::Namespaced => object.namespace(),
            TableScope::Cluster => "",
        };
        let found = name
            .as_deref()
            .and_then(Value::as_str)
            .and_then(|name| targets.get(name, namespace).ok());
        return found.iter().map(|target| to_ref(target)).collect();
    }
    let snapshot = targets.snapshot();
    let near = |target: &Row<'_>| match relation.link {
        Link::Names(_) => false,
        Link::NamedAt(path) => {
            let name = target.at(path);
            name.as_deref().and_then(Value::as_str) == Some(object.id())
        }
        Link::OwnedBy => owns(relation.target, target, object),
        Link::Owns => owns(kind, &object, *target),
        Link::Selects(path) => selects(object, *target, path),
        Link::SelectedBy(path) => selects(*target, object, path),
    };
    let near = snapshot.rows().filter(near);
    near.map(|target| to_ref(&target)).collect()
}

/// Whether `owned` names `owner`, an object of type `kind` in its namespace, as its owner.
pub(super) fn owns(kind: Kind, owner: &Object, owned: Row<'_>) -> bool {
    if owner.namespace() != owned.namespace() {
        return false;
    }
    let references = owned.at("metadata.ownerReferences");
    let references = references.as_deref().and_then(Value::as_array);
    references
        .into_iter()
        .flatten()
        .any(|reference| reference["kind"] == *kind.meta().kind && reference["name"] == *owner.id())
}

/// Whether `selected`, in the namespace of `selector`, has every label at `path`; a selector without labels selects nothing.
fn selects(selector: Row<'_>, selected: Row<'_>, path: &str) -> bool {
    if selector.namespace() != selected.namespace() {
        return false;
    }
    let wanted = selector.at(path);
    let Some(wanted) = wanted.as_deref().and_then(Value::as_object) else {
        return false;
    };
    let labels = selected.at("metadata.labels");
    let label = |key: &str| labels.as_deref().and_then(|labels| labels.get(key));
    !wanted.is_empty() && wanted.iter().all(|(key, value)| label(key) == Some(value))
}
