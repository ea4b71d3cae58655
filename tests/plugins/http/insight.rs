//! What a book looks like in a table, what it can be filtered by, and how it is doing.

use omniview_sdk::{
    ColumnDefinition, Context, DefinitionProvider, FilterField, FilterFieldType, FilterFields,
    FilterOperator::{
        Contains, Eq, Exists, Gt, Gte, HasKey, In, Lt, Lte, Neq, NotExists, NotIn, Prefix, Regex,
        Suffix,
    },
    FilterableProvider, Formatter, HealthAssessor, HealthCondition, HealthStatus, Json,
    PluginResult, ResourceDefinition, ResourceHealth, ResourceMeta, ResourceOperationError,
    Timestamp, async_trait,
};
use serde::Deserialize;

use super::{Books, HttpClient};

impl DefinitionProvider for Books {
    fn definition(&self, _: &ResourceMeta) -> ResourceDefinition {
        definition()
    }
}

pub(super) fn definition() -> ResourceDefinition {
    ResourceDefinition {
        id_accessor: "id".to_owned(),
        namespace_accessor: "shelf".to_owned(),
        memoizer_accessor: "revision".to_owned(),
        column_defs: vec![
            ColumnDefinition::new("title", "Title", "title"),
            ColumnDefinition::new("author", "Author", "author"),
            ColumnDefinition::new("status", "Status", "status"),
            ColumnDefinition {
                formatter: Formatter::Age,
                ..ColumnDefinition::new("due", "Due", "due")
            },
        ],
    }
}

#[async_trait]
impl FilterableProvider<HttpClient> for Books {
    async fn filter_fields(&self, _: &Context<HttpClient>) -> PluginResult<FilterFields> {
        Ok(fields())
    }
}

pub(super) fn fields() -> FilterFields {
    use FilterFieldType::{Boolean, Datetime, Enum, Integer, Map, Number, String};

    let text = [Eq, Neq, Contains, Prefix, Suffix, Regex, In, NotIn];
    let ordered = [Eq, Neq, Gt, Gte, Lt, Lte];
    FilterFields::from(vec![
        FilterField::new("title", String).operators(text.clone()),
        FilterField::new("author", String).operators(text),
        FilterField::new("year", Integer).operators(ordered.clone()),
        FilterField::new("price", Number).operators(ordered),
        FilterField::new("reference", Boolean).description("It may be read here only."),
        FilterField::new("status", Enum)
            .allowed_values(["available", "lent", "lost"])
            .operators([Eq, Neq, In, NotIn]),
        FilterField::new("due", Datetime).operators([Gt, Gte, Lt, Lte, Exists, NotExists]),
        FilterField::new("tags", Map).operators([Eq, Neq, HasKey]),
    ])
}

/// What the health of a book depends on.
#[derive(Deserialize)]
struct Loan {
    status: Option<String>,
    due: Option<Timestamp>,
}

#[async_trait]
impl HealthAssessor<HttpClient> for Books {
    async fn assess_health(
        &self,
        _: &Context<HttpClient>,
        data: &Json,
    ) -> PluginResult<ResourceHealth> {
        let loan: Loan = data.to().map_err(|error| {
            ResourceOperationError::invalid_input(format!("this is no book: {error}"))
                .with_source(error)
        })?;
        Ok(health(&loan, Timestamp::now()))
    }
}

fn health(loan: &Loan, now: Timestamp) -> ResourceHealth {
    match (loan.status.as_deref(), loan.due) {
        (Some("available"), _) => ResourceHealth::new(HealthStatus::Healthy),
        (Some("lent"), Some(due)) if due < now => ResourceHealth::new(HealthStatus::Degraded)
            .with_reason("Overdue")
            .with_message(format!("it was due at {due}"))
            .with_since(due)
            .with_condition(HealthCondition::new("Returned", "False")),
        (Some("lent"), _) => ResourceHealth::new(HealthStatus::Healthy).with_reason("Lent"),
        (Some("lost"), _) => ResourceHealth::new(HealthStatus::Unhealthy).with_reason("Lost"),
        _ => ResourceHealth::new(HealthStatus::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn health_follows_status_and_due_date() {
        let now = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
        for (book, status, reason) in [
            (json!({"status": "available"}), HealthStatus::Healthy, ""),
            (
                json!({"status": "lent", "due": "2026-03-01T12:00:00Z"}),
                HealthStatus::Healthy,
                "Lent",
            ),
            (
                json!({"status": "lent", "due": "2026-03-01T11:59:59Z"}),
                HealthStatus::Degraded,
                "Overdue",
            ),
            (json!({"status": "lost"}), HealthStatus::Unhealthy, "Lost"),
            (json!({"status": "pulped"}), HealthStatus::Unknown, ""),
            (json!({}), HealthStatus::Unknown, ""),
        ] {
            let loan: Loan = serde_json::from_value(book.clone()).unwrap();
            let seen = health(&loan, now);
            assert_eq!((seen.status, &*seen.reason), (status, reason), "{book}");
        }
    }
}
