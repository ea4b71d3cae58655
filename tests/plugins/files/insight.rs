//! What a document looks like in a table, what it can be filtered by, and how it is doing.

use omniview_sdk::{
    ColumnDefinition, Context, DefinitionProvider, FilterField, FilterFieldType, FilterFields,
    FilterOperator::{
        Contains, Eq, Exists, Gt, Gte, In, Lt, Lte, Neq, NotExists, NotIn, Prefix, Regex, Suffix,
    },
    FilterableProvider, Formatter, HealthAssessor, HealthStatus, Json, PluginResult,
    ResourceDefinition, ResourceHealth, ResourceMeta, ResourceOperationError, async_trait,
};
use serde::Deserialize;

use super::{Client, Documents};

impl DefinitionProvider for Documents {
    fn definition(&self, _: &ResourceMeta) -> ResourceDefinition {
        definition()
    }
}

pub(super) fn definition() -> ResourceDefinition {
    ResourceDefinition {
        id_accessor: "name".to_owned(),
        namespace_accessor: "folder".to_owned(),
        memoizer_accessor: "version".to_owned(),
        column_defs: vec![
            ColumnDefinition::new("name", "Name", "name"),
            ColumnDefinition::new("bytes", "Size", "bytes"),
            ColumnDefinition {
                formatter: Formatter::Age,
                ..ColumnDefinition::new("modified", "Changed", "modified")
            },
        ],
    }
}

#[async_trait]
impl FilterableProvider<Client> for Documents {
    async fn filter_fields(&self, _: &Context<Client>) -> PluginResult<FilterFields> {
        Ok(fields())
    }
}

pub(super) fn fields() -> FilterFields {
    use FilterFieldType::{Datetime, Integer, String};

    let text = [Eq, Neq, Contains, Prefix, Suffix, Regex, In, NotIn];
    let ordered = [Eq, Neq, Gt, Gte, Lt, Lte];
    FilterFields::from(vec![
        FilterField::new("name", String).operators(text.clone()),
        FilterField::new("folder", String).operators(text.clone()),
        FilterField::new("text", String).operators(text),
        FilterField::new("problem", String)
            .operators([Exists, NotExists])
            .description("Why the text cannot be shown."),
        FilterField::new("bytes", Integer).operators(ordered.clone()),
        FilterField::new("modified", Datetime).operators(ordered),
    ])
}

/// What the health of a document depends on.
#[derive(Deserialize)]
struct Content {
    text: Option<String>,
    problem: Option<String>,
}

#[async_trait]
impl HealthAssessor<Client> for Documents {
    async fn assess_health(
        &self,
        _: &Context<Client>,
        data: &Json,
    ) -> PluginResult<ResourceHealth> {
        let content: Content = data.to().map_err(|error| {
            ResourceOperationError::invalid_input(format!("this is no document: {error}"))
                .with_source(error)
        })?;
        Ok(match (content.text, content.problem) {
            (_, Some(problem)) => ResourceHealth::new(HealthStatus::Degraded)
                .with_reason("NotShown")
                .with_message(format!("what it says cannot be shown: it is {problem}")),
            (Some(_), None) => ResourceHealth::new(HealthStatus::Healthy),
            (None, None) => ResourceHealth::new(HealthStatus::Unknown),
        })
    }
}
