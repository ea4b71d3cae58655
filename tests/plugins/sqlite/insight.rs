//! What a row looks like in a table, what it can be filtered by, and how it is doing.

use omniview_sdk::{
    ColumnDefinition, Context, DefinitionProvider, FilterField, FilterFieldType, FilterFields,
    FilterOperator::{
        self, Contains, Eq, Exists, Gt, Gte, In, Lt, Lte, Neq, NotExists, NotIn, Prefix, Regex,
        Suffix,
    },
    FilterableProvider, Formatter, HealthAssessor, HealthStatus, Json, PluginResult,
    ResourceDefinition, ResourceHealth, ResourceMeta, ResourceOperationError, async_trait,
};
use serde::Deserialize;

use super::{
    Database, Rows,
    schema::{CUSTOMERS, Column, Holds, ID, REVISION},
};

impl DefinitionProvider for Rows {
    fn definition(&self, _: &ResourceMeta) -> ResourceDefinition {
        let shown = self.table.columns.iter();
        let shown = shown.filter(|column| column.name != REVISION);
        ResourceDefinition {
            id_accessor: ID.to_owned(),
            namespace_accessor: self.table.namespace.unwrap_or_default().to_owned(),
            memoizer_accessor: REVISION.to_owned(),
            column_defs: shown.map(shown_as).collect(),
        }
    }
}

fn shown_as(column: &Column) -> ColumnDefinition {
    let mut title = column.name.replace('_', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let definition = ColumnDefinition::new(column.name, title, column.name);
    match column.holds {
        Holds::Instant => ColumnDefinition {
            formatter: Formatter::Age,
            ..definition
        },
        _ => definition,
    }
}

#[async_trait]
impl FilterableProvider<Database> for Rows {
    async fn filter_fields(&self, _: &Context<Database>) -> PluginResult<FilterFields> {
        let fields = self.table.columns.iter().map(|column| {
            let field = FilterField::new(column.name, kind(column.holds));
            let field = field.operators(operators(column.holds).iter().cloned());
            match column.holds {
                Holds::Choice(choices) => field.allowed_values(choices.iter().copied()),
                _ => field,
            }
        });
        Ok(fields.collect())
    }
}

fn kind(holds: Holds) -> FilterFieldType {
    match holds {
        Holds::Text => FilterFieldType::String,
        Holds::Choice(_) => FilterFieldType::Enum,
        Holds::Instant => FilterFieldType::Datetime,
        Holds::Integer => FilterFieldType::Integer,
        Holds::Real => FilterFieldType::Number,
        Holds::Boolean => FilterFieldType::Boolean,
    }
}

/// The operators that a column can be filtered by; [`filter`](super::filter) has a condition for each.
pub fn operators(holds: Holds) -> &'static [FilterOperator] {
    match holds {
        Holds::Text => &[
            Eq, Neq, Contains, Prefix, Suffix, Regex, In, NotIn, Exists, NotExists,
        ],
        Holds::Choice(_) => &[Eq, Neq, In, NotIn],
        Holds::Instant | Holds::Integer | Holds::Real => {
            &[Eq, Neq, Gt, Gte, Lt, Lte, Exists, NotExists]
        }
        Holds::Boolean => &[Eq, Neq],
    }
}

/// What the health of a customer or of an order depends on.
#[derive(Default, Deserialize)]
#[serde(default)]
struct State {
    blocked: Option<bool>,
    credit: Option<f64>,
    status: Option<String>,
}

#[async_trait]
impl HealthAssessor<Database> for Rows {
    async fn assess_health(
        &self,
        _: &Context<Database>,
        data: &Json,
    ) -> PluginResult<ResourceHealth> {
        let state: State = data.to().map_err(|error| {
            ResourceOperationError::invalid_input(format!(
                "this is no {}: {error}",
                self.table.kind
            ))
            .with_source(error)
        })?;
        Ok(if self.table.name == CUSTOMERS.name {
            of_customer(&state)
        } else {
            of_order(&state)
        })
    }
}

fn of_customer(state: &State) -> ResourceHealth {
    match (state.blocked, state.credit) {
        (Some(true), _) => ResourceHealth::new(HealthStatus::Unhealthy)
            .with_reason("Blocked")
            .with_message("the customer may not order"),
        (Some(false), Some(credit)) if credit < 0.0 => ResourceHealth::new(HealthStatus::Degraded)
            .with_reason("InDebt")
            .with_message(format!("the customer owes {}", -credit)),
        (Some(false), Some(_)) => ResourceHealth::new(HealthStatus::Healthy),
        _ => ResourceHealth::new(HealthStatus::Unknown),
    }
}

fn of_order(state: &State) -> ResourceHealth {
    match state.status.as_deref() {
        Some("open") => ResourceHealth::new(HealthStatus::Pending).with_reason("Unpaid"),
        Some("paid") => ResourceHealth::new(HealthStatus::Pending).with_reason("NotShipped"),
        Some("shipped") => ResourceHealth::new(HealthStatus::Healthy),
        Some("cancelled") => ResourceHealth::new(HealthStatus::Unhealthy).with_reason("Cancelled"),
        _ => ResourceHealth::new(HealthStatus::Unknown),
    }
}
