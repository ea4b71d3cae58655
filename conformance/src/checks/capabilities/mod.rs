//! What types declare, and that it is true both ways.

mod actions;
mod declared;
mod relationships;

pub(crate) use actions::*;
pub(crate) use declared::*;
pub(crate) use relationships::*;

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_capabilities {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] capabilities {
        crud_is_declared {
            id: "capabilities.crud.is-declared",
            requirement: "Every type declares the six operations; what it cannot do it refuses.",
            clauses: &["CAP-01"],
            needs: &[Can(Get)],
            catches: &["capability-denies-delete"],
        }
        namespaces_follow_definition {
            id: "capabilities.namespaces.follow-definition",
            requirement: "A type says that it has namespaces exactly if its definition says where an object has its own.",
            clauses: &["CAP-03"],
            needs: &[Can(Get)],
            catches: &["capability-not-namespaced"],
        }
        schema_is_given {
            id: "capabilities.schema.is-given",
            requirement: "A type that has a JSON Schema gives one.",
            clauses: &["SCH-02", "CAP-02"],
            needs: &[Has(Schema)],
            catches: &["schema-is-no-schema"],
        }
        schema_fits_objects {
            id: "capabilities.schema.fits-objects",
            requirement: "The objects of a type keep to its JSON Schema, as far as types, required fields, enumerations and items go.",
            level: Should,
            clauses: &["SCH-02"],
            needs: &[Has(Schema), Can(List)],
            catches: &["schema-not-matching", "schema-is-no-schema"],
        }
        schema_undeclared_is_none {
            id: "capabilities.schema.undeclared-is-none",
            requirement: "A type that has no JSON Schema gives none.",
            clauses: &["SCH-02", "CAP-02"],
            needs: &[Lacks(Schema)],
            catches: &["capability-hides-schema"],
        }
        actions_are_listed {
            id: "capabilities.actions.are-listed",
            requirement: "A type that has actions lists them, each with an id of its own, a label and a scope.",
            clauses: &["ACT-01", "ACT-07", "CAP-02"],
            needs: &[Has(Actions)],
            catches: &["action-listed-twice", "action-scope-unknown", "capability-claims-actions"],
        }
        actions_have_sound_schemas {
            id: "capabilities.actions.have-sound-schemas",
            requirement: "What actions are told and answer is described by JSON Schemas of objects.",
            clauses: &["ACT-06"],
            needs: &[Has(Actions)],
            catches: &["action-schema-unknown-type"],
        }
        action_unknown_is_not_found {
            id: "capabilities.action.unknown-is-not-found",
            requirement: "An action that a type does not list is refused with NOT_FOUND, executed or streamed.",
            clauses: &["ACT-02"],
            needs: &[Has(Actions)],
            catches: &["action-unknown-accepted"],
        }
        actions_undeclared_are_refused {
            id: "capabilities.actions.undeclared-are-refused",
            requirement: "A type without actions lists none, and refuses to execute one with UNSUPPORTED.",
            clauses: &["ACT-01", "ACT-02", "CAP-02"],
            needs: &[Lacks(Actions)],
            catches: &["capability-hides-actions", "no-actions-is-unsupported", "action-unsupported-accepted"],
        }
        relationships_are_declared {
            id: "capabilities.relationships.are-declared",
            requirement: "A type that has relationships declares them, each with a kind and a type at the other end.",
            clauses: &["REL-01", "CAP-02"],
            needs: &[Has(Relationships)],
            catches: &["relationship-without-kind"],
        }
        relationships_resolve {
            id: "capabilities.relationships.resolve",
            requirement: "The relationships of an object lead to objects, each named by type, id and connection.",
            clauses: &["REL-02"],
            needs: &[Has(Relationships), Can(List)],
            catches: &["relationship-target-unnamed"],
        }
        relationships_know_target_scope {
            id: "capabilities.relationships.know-target-scope",
            requirement: "What a relationship says of namespaces at its other end agrees with the type there.",
            clauses: &["REL-04", "CAP-03"],
            needs: &[Has(Relationships)],
            catches: &["target-namespaced-wrong"],
        }
        relationships_are_those_declared {
            id: "capabilities.relationships.are-those-declared",
            requirement: "What the relationships of an object resolve to was declared of its type: the same kind, direction and other end.",
            level: Should,
            clauses: &["REL-01", "REL-02", "REL-03"],
            needs: &[Has(Relationships), Can(List), Related],
            catches: &["relationship-undeclared", "relationship-direction-flipped"],
        }
        relationships_stay_within_reach {
            id: "capabilities.relationships.stay-within-reach",
            requirement: "The objects that relationships of a plugin's own lead to are on connections that it has.",
            clauses: &["REL-02"],
            needs: &[Has(Relationships), Can(List), Related],
            catches: &["relationship-wrong-connection"],
        }
        relationships_lead_somewhere {
            id: "capabilities.relationships.lead-somewhere",
            requirement: "The objects that relationships lead to are there.",
            level: Should,
            clauses: &["REL-02"],
            needs: &[Has(Relationships), Can(List), Related],
            catches: &["relationship-target-missing"],
        }
        relationships_undeclared_are_none {
            id: "capabilities.relationships.undeclared-are-none",
            requirement: "A type without relationships declares none and resolves none.",
            clauses: &["REL-01", "REL-02", "CAP-02"],
            needs: &[Lacks(Relationships), Can(List)],
            catches: &["relationships-invented"],
        }
        scale_is_sound {
            id: "capabilities.scale.is-sound",
            requirement: "A hint of scale names a known level and no negative number.",
            clauses: &["CAP-04"],
            needs: &[Can(Get)],
            catches: &["scale-hint-unknown"],
        }
    }}};
}
