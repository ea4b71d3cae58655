//! Filter fields and text search.

use omniview_sdk::{
    Context, FilterExpression, FilterField, FilterFieldType, FilterFields, FilterOperator,
    FilterableProvider, Json, PluginResult, TextSearchProvider, async_trait,
};
use serde_json::Value;

use super::ReferenceResourcer;
use crate::{
    store::Row,
    world::{Operation, ReferenceClient},
};

/// The fields are those of the type, the same on every connection, and known without asking the backend.
///
/// Contract: FLT-01 to FLT-08
#[async_trait]
impl FilterableProvider<ReferenceClient> for ReferenceResourcer {
    async fn filter_fields(&self, _ctx: &Context<ReferenceClient>) -> PluginResult<FilterFields> {
        Ok(self.fields().cloned().unwrap_or_default())
    }
}

/// An object matches when its id, or the key or the text of a label, contains the query; case does not count.
///
/// Contract: TXT-01, TXT-02
#[async_trait]
impl TextSearchProvider<ReferenceClient> for ReferenceResourcer {
    async fn search(
        &self,
        ctx: &Context<ReferenceClient>,
        query: &str,
        limit: usize,
    ) -> PluginResult<Vec<Json>> {
        let table = ctx.client().reach(Operation::Search, ctx.key()).await?;
        let query = query.to_lowercase();
        let limit = if limit == 0 { usize::MAX } else { limit };
        Ok(table
            .snapshot()
            .rows()
            .filter(|row| matches(row, &query))
            .take(limit)
            .map(|row| row.json().clone())
            .collect())
    }
}

fn matches(row: &Row<'_>, query: &str) -> bool {
    let contains = |text: &str| text.to_lowercase().contains(query);
    contains(row.id()) || row.any_label(|key, value| contains(key) || contains(value))
}

/// Makes up the fields of a filter on a type that declares none: what a predicate compares with says what it holds.
///
/// Contract: FLT-04
pub(super) fn undeclared(filters: Option<&FilterExpression>) -> Vec<FilterField> {
    let mut fields: Vec<FilterField> = Vec::new();
    let levels = filters
        .into_iter()
        .flat_map(|filters| std::iter::once(filters).chain(&filters.groups));
    for predicate in levels.flat_map(|level| &level.predicates) {
        let operator = predicate.operator.clone();
        if let Some(field) = fields
            .iter_mut()
            .find(|field| field.path == predicate.field)
        {
            field.operators.push(operator);
            continue;
        }
        let kind = match (&operator, &predicate.value) {
            (FilterOperator::HasKey, _) => FilterFieldType::Map,
            (_, Some(Value::Number(_))) => FilterFieldType::Number,
            (_, Some(Value::Bool(_))) => FilterFieldType::Boolean,
            (
                FilterOperator::Gt | FilterOperator::Gte | FilterOperator::Lt | FilterOperator::Lte,
                Some(Value::String(_)),
            ) => FilterFieldType::Datetime,
            _ => FilterFieldType::String,
        };
        fields.push(FilterField::new(predicate.field.clone(), kind).operators([operator]));
    }
    fields
}
