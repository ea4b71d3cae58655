//! What predicates mean, how they are joined, and which are refused.
//!
//! Values come from the objects that are listed. What is found is compared with an evaluation of its own, object by object;
//! those of which the contract leaves the answer open do not count.

mod logic;
mod operators;
mod refused;

pub(crate) use logic::*;
pub(crate) use operators::*;
pub(crate) use refused::*;

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_filters {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] filters {
        operator_eq {
            id: "filters.operator.eq",
            requirement: "A predicate with eq holds exactly of the objects whose field equals the value.",
            clauses: &["FLT-09", "FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            profile: Smoke,
            catches: &["eq-ignored"],
        }
        operator_neq {
            id: "filters.operator.neq",
            requirement: "A predicate with neq holds exactly of the objects whose field does not equal the value, a missing field included.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["neq-on-missing-false"],
        }
        operator_gt {
            id: "filters.operator.gt",
            requirement: "A predicate with gt holds exactly of the objects whose field is greater than the value, and of no object that misses it.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["gt-always-true"],
        }
        operator_gte {
            id: "filters.operator.gte",
            requirement: "A predicate with gte holds exactly of the objects whose field is greater than the value or equal to it.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["gte-excludes-equal"],
        }
        operator_lt {
            id: "filters.operator.lt",
            requirement: "A predicate with lt holds exactly of the objects whose field is less than the value, and of no object that misses it.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["lt-includes-equal"],
        }
        operator_lte {
            id: "filters.operator.lte",
            requirement: "A predicate with lte holds exactly of the objects whose field is less than the value or equal to it.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["lte-excludes-equal"],
        }
        operator_contains {
            id: "filters.operator.contains",
            requirement: "A predicate with contains holds exactly of the objects whose field contains the text, its case included.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["contains-as-prefix"],
        }
        operator_prefix {
            id: "filters.operator.prefix",
            requirement: "A predicate with prefix holds exactly of the objects whose field begins with the text.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["prefix-as-contains"],
        }
        operator_suffix {
            id: "filters.operator.suffix",
            requirement: "A predicate with suffix holds exactly of the objects whose field ends with the text.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["suffix-as-contains"],
        }
        operator_regex {
            id: "filters.operator.regex",
            requirement: "A predicate with regex holds exactly of the objects whose field has a match of the pattern anywhere.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["regex-ignored"],
        }
        operator_within {
            id: "filters.operator.within",
            requirement: "A predicate with in holds exactly of the objects whose field is one of the texts of the list.",
            clauses: &["FLT-09", "FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["in-first-only"],
        }
        operator_not_within {
            id: "filters.operator.not-within",
            requirement: "A predicate with notin holds exactly of the objects whose field is none of the texts of the list, a missing field included.",
            clauses: &["FLT-09", "FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["notin-ignored"],
        }
        operator_exists {
            id: "filters.operator.exists",
            requirement: "A predicate with exists holds exactly of the objects whose field is there and not null.",
            clauses: &["FLT-09", "FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["exists-ignored"],
        }
        operator_not_exists {
            id: "filters.operator.not-exists",
            requirement: "A predicate with notexists holds exactly of the objects whose field is missing or null.",
            clauses: &["FLT-09", "FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["notexists-ignored"],
        }
        operator_has_key {
            id: "filters.operator.has-key",
            requirement: "A predicate with haskey holds exactly of the objects whose field is a map that has the key.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["haskey-ignored"],
        }
        negatives_partition {
            id: "filters.negatives.partition",
            requirement: "An operator and its opposite (eq and neq, in and notin, exists and notexists) part the objects in two.",
            clauses: &["FLT-12"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["neq-on-missing-false", "notin-ignored"],
        }
        and_intersects {
            id: "filters.and.intersects",
            requirement: "Predicates that are joined by and find what each of them finds.",
            clauses: &["FLT-11"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["and-as-or"],
        }
        or_unites {
            id: "filters.or.unites",
            requirement: "Predicates that are joined by or find what any of them finds.",
            clauses: &["FLT-11"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["or-as-and"],
        }
        groups_are_joined {
            id: "filters.groups.are-joined",
            requirement: "Groups are joined as predicates are, each by its own logic inside.",
            clauses: &["FLT-10", "FLT-11"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["or-as-and", "groups-ignored"],
        }
        unsaid_logic_is_and {
            id: "filters.unsaid-logic.is-and",
            requirement: "Predicates of which nobody says how they are joined are joined by and.",
            clauses: &["FLT-11"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["unsaid-logic-is-or"],
        }
        empty_finds_all {
            id: "filters.empty.finds-all",
            requirement: "An expression of nothing filters nothing out, whichever way it is joined.",
            clauses: &["FLT-11", "FLT-14"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["empty-filter-finds-nothing"],
        }
        namespace_restricts_too {
            id: "filters.namespace.restricts-too",
            requirement: "A filter and a namespace both hold of what is found.",
            clauses: &["FLT-11", "OPS-12"],
            needs: &[Can(List), Can(Find), Has(Filterable), Has(NamespaceScoped)],
            catches: &["namespace-filter-ignored"],
        }
        order_and_pages_apply {
            id: "filters.order-and-pages.apply",
            requirement: "What a filter finds is ordered and paged like a list, with the total of what was found.",
            clauses: &["PAG-01", "PAG-05", "PAG-09"],
            needs: &[Can(List), Can(Find), Has(Filterable)],
            catches: &["order-ignored", "page-size-ignored", "wrong-total", "total-of-page"],
        }
        fields_are_sound {
            id: "filters.fields.are-sound",
            requirement: "Declared filter fields have a path of their own, a known type, known operators, and allowed values where they are enumerations.",
            clauses: &["FLT-01", "FLT-02", "FLT-07"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["capability-claims-filters", "filter-fields-missing"],
        }
        unknown_field_is_refused {
            id: "filters.unknown-field.is-refused",
            requirement: "A predicate on a field that is not declared is refused with FILTER_UNKNOWN_FIELD.",
            clauses: &["FLT-01", "FLT-15"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["unknown-field-accepted", "filter-error-is-internal"],
        }
        other_operator_is_refused {
            id: "filters.other-operator.is-refused",
            requirement: "An operator that a field does not allow is refused with FILTER_INVALID_OPERATOR, which lists those that it does.",
            clauses: &["FLT-02", "FLT-03", "FLT-13"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["invalid-operator-accepted", "filter-error-is-internal"],
        }
        wrong_value_is_refused {
            id: "filters.wrong-value.is-refused",
            requirement: "A value that does not fit the type of its field is refused with INVALID_INPUT.",
            clauses: &["FLT-09"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["wrong-value-accepted"],
        }
        missing_value_is_refused {
            id: "filters.missing-value.is-refused",
            requirement: "A predicate without a value is refused with INVALID_INPUT where its operator compares with one.",
            clauses: &["FLT-09"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["missing-value-accepted"],
        }
        list_is_demanded {
            id: "filters.list.is-demanded",
            requirement: "A predicate with in or notin and no list is refused with INVALID_INPUT.",
            clauses: &["FLT-09"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["text-for-list-accepted"],
        }
        bad_pattern_is_refused {
            id: "filters.bad-pattern.is-refused",
            requirement: "A pattern that is no regular expression is refused with INVALID_INPUT.",
            clauses: &["FLT-09"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["bad-pattern-accepted"],
        }
        value_outside_enum_is_refused {
            id: "filters.value-outside-enum.is-refused",
            requirement: "A value that an enumeration does not have is refused with INVALID_INPUT, and the suggestions list those that it has.",
            clauses: &["FLT-07"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["value-outside-enum-accepted"],
        }
        required_field_is_demanded {
            id: "filters.required-field.is-demanded",
            requirement: "A query that does not name a required field is refused with INVALID_INPUT.",
            clauses: &["FLT-08"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["required-field-optional"],
        }
        deep_groups_are_refused {
            id: "filters.deep-groups.are-refused",
            requirement: "Groups within groups are refused with INVALID_INPUT.",
            clauses: &["FLT-10"],
            needs: &[Can(Find), Has(Filterable)],
            catches: &["deep-groups-accepted"],
        }
        undeclared_has_no_fields {
            id: "filters.undeclared.has-no-fields",
            requirement: "A type that cannot be filtered tells no fields, and Find without a filter works.",
            clauses: &["FLT-04", "FLT-05"],
            needs: &[Can(Find), Lacks(Filterable)],
            catches: &["capability-denies-filters", "filter-fields-invented"],
        }
    }}};
}
