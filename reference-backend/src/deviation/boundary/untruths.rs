//! Small untruths about objects and queries.

use std::{
    collections::BTreeSet,
    sync::{MutexGuard, PoisonError},
};

use omniview_sdk::{
    CallContext, CreateInput, CreateResult, DeleteInput, ErrorCode, FilterExpression,
    FilterOperator, FilterPredicate, FindInput, FindResult, Json, ListInput, ListResult,
    PaginationParams, ResourceKey, ResourceOperationError, Result, query::lookup,
};
use serde_json::Value;

use super::provider::BentProvider;
use crate::{Deviation, deviation::filter};

impl BentProvider {
    /// Bends what is asked before the honest plugin is.
    ///
    /// # Errors
    ///
    /// What the deviation refuses.
    pub(super) async fn ask(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: &mut FindInput,
    ) -> Result<()> {
        let page = &input.pagination;
        match self.deviation {
            Deviation::PageZeroRefused
                if page.page == 0 && page.page_size > 0 && page.cursor.is_none() =>
            {
                return Err(ResourceOperationError::invalid_input("there is no page 0"));
            }
            Deviation::SearchUnsupportedRefused if !input.text_query.is_empty() => {
                let can = self.inner.resource_capabilities(ctx, key).await?;
                if !can.searchable {
                    return Err(ResourceOperationError::unsupported(
                        "there is no text search",
                    ));
                }
            }
            _ => {}
        }
        if !input.text_query.is_empty() {
            match self.deviation {
                Deviation::SearchIgnoresFilter => input.filters = None,
                Deviation::SearchIgnoresNamespaces => input.namespaces.clear(),
                Deviation::SearchIgnoresOrder => input.order.clear(),
                Deviation::SearchIgnoresPages => input.pagination = PaginationParams::default(),
                _ => {}
            }
        }
        if let Some(asked) = input.filters.take() {
            input.filters = Some(filter::bend(self.deviation, asked));
        }
        Ok(())
    }

    /// Whether a refused query is carried out without what it was refused for, and how.
    pub(super) fn overlooks(&self, error: &ResourceOperationError, input: &mut FindInput) -> bool {
        if *error.code() != ErrorCode::InvalidInput {
            return false;
        }
        if self.is(Deviation::MalformedCursorAccepted) {
            return input.pagination.cursor.take().is_some();
        }
        let Some(asked) = &input.filters else {
            return false;
        };
        let of_an_enumeration = || error.message().contains("an enum");
        let overlooked = match self.deviation {
            Deviation::DeepGroupsAccepted => {
                asked.groups.iter().any(|group| !group.groups.is_empty())
            }
            Deviation::BadPatternAccepted => {
                any(asked, |one| one.operator == FilterOperator::Regex)
            }
            Deviation::MissingValueAccepted => any(asked, |one| one.value.is_none()),
            Deviation::TextForListAccepted => any(asked, |one| {
                let list = matches!(one.operator, FilterOperator::In | FilterOperator::NotIn);
                list && one.value.as_ref().is_some_and(Value::is_string)
            }),
            Deviation::ValueOutsideEnumAccepted => of_an_enumeration(),
            Deviation::WrongValueAccepted => {
                !of_an_enumeration() && any(asked, |one| one.value.is_some())
            }
            _ => false,
        };
        if overlooked {
            input.filters = None;
        }
        overlooked
    }

    /// Bends what is answered to a query.
    ///
    /// # Errors
    ///
    /// What the deviation refuses.
    pub(super) fn found(&self, asked: &FindInput, mut found: FindResult) -> Result<FindResult> {
        let is_empty = |filter: &FilterExpression| filter.is_empty();
        match self.deviation {
            Deviation::EmptyFilterFindsNothing if asked.filters.as_ref().is_some_and(is_empty) => {
                found.result.clear();
                found.total_count = 0;
            }
            Deviation::UnknownOrderRefused => {
                let fields = asked.order.iter().map(|order| order.field.as_str());
                let missing = fields.into_iter().find(|field| {
                    let value = found.result.first().and_then(|first| first.to_value().ok());
                    value.is_some_and(|value| lookup(&value, field).is_none())
                });
                if let Some(field) = missing {
                    let message = format!("there is no field {field:?} to order by");
                    return Err(ResourceOperationError::invalid_input(message));
                }
            }
            _ => {}
        }
        Ok(found)
    }

    /// Bends what is answered to a list.
    ///
    /// # Errors
    ///
    /// As [`found`](Self::found).
    pub(super) fn listed(&self, asked: &ListInput, mut listed: ListResult) -> Result<ListResult> {
        if self.is(Deviation::ListRepeatsFirst) {
            listed.result.extend(listed.result.first().cloned());
            return Ok(listed);
        }
        let asked = FindInput {
            order: asked.order.clone(),
            ..FindInput::default()
        };
        let found = FindResult {
            result: listed.result,
            success: listed.success,
            total_count: listed.total_count,
            next_cursor: listed.next_cursor,
        };
        let found = self.found(&asked, found)?;
        Ok(ListResult {
            result: found.result,
            success: found.success,
            total_count: found.total_count,
            next_cursor: found.next_cursor,
        })
    }

    /// What is answered instead of the refusal to create what is no object.
    pub(super) fn odd(
        &self,
        input: &CreateInput,
        answer: Result<CreateResult>,
    ) -> Result<CreateResult> {
        let is_odd = !input.input.to_value().is_ok_and(|value| value.is_object());
        match answer {
            Err(_) if is_odd && self.is(Deviation::OddInputAccepted) => {
                Ok(CreateResult::new(input.input.clone()))
            }
            answer => answer,
        }
    }

    /// Another object than the one that was asked for, by its uid.
    pub(super) fn another(&self, object: Json) -> Json {
        let Ok(mut value) = object.to_value() else {
            return object;
        };
        match value.pointer_mut("/metadata/uid") {
            Some(uid) if self.is(Deviation::GetAnswersAnother) => {
                *uid = Value::from("another");
                Json::from(value)
            }
            _ => object,
        }
    }

    /// Whether a query may go on where its cursor says.
    ///
    /// # Errors
    ///
    /// Its cursor was not given out, or is dead.
    pub(super) fn alive(&self, key: &ResourceKey, input: &FindInput) -> Result<()> {
        match &input.pagination.cursor {
            Some(cursor) if self.is(Deviation::CursorDiesWithCreate) => {
                let place = (key.clone(), cursor.clone());
                if self.cursors().contains(&place) {
                    return Ok(());
                }
                let message = format!("the cursor {cursor:?} is malformed");
                Err(ResourceOperationError::invalid_input(message))
            }
            _ => Ok(()),
        }
    }

    /// Remembers a cursor that is given out.
    pub(super) fn gave(&self, key: &ResourceKey, cursor: Option<&String>) {
        if let (Some(cursor), Deviation::CursorDiesWithCreate) = (cursor, self.deviation) {
            self.cursors().insert((key.clone(), cursor.clone()));
        }
    }

    /// Forgets the cursors of a type.
    pub(super) fn kill_cursors(&self, key: &ResourceKey) {
        self.cursors().retain(|(of, _)| of != key);
    }

    fn cursors(&self) -> MutexGuard<'_, BTreeSet<(ResourceKey, String)>> {
        self.cursors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes what a delete did not mean.
    pub(super) async fn delete_more(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: &DeleteInput,
    ) {
        let more = matches!(
            self.deviation,
            Deviation::DeleteEverywhere | Deviation::DeleteTakesAnother
        );
        if !more {
            return;
        }
        let listed = self.inner.list(ctx, key, ListInput::all()).await;
        let objects = listed.map(|listed| listed.result).unwrap_or_default();
        let mut others: Vec<(u64, String, String)> = objects
            .iter()
            .filter_map(|object| {
                let value = object.to_value().ok()?;
                let text = |field: &str| {
                    value["metadata"][field]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned()
                };
                let version = text("resourceVersion").parse().unwrap_or_default();
                Some((version, text("name"), text("namespace")))
            })
            .collect();
        if self.is(Deviation::DeleteEverywhere) {
            others.retain(|(_, id, _)| *id == input.id);
        } else {
            others.sort();
            others = others.pop().into_iter().collect();
        }
        for (_, id, namespace) in others {
            let also = DeleteInput::new(id).in_namespace(namespace);
            // Whatever becomes of it, nobody asked.
            let _ = self.inner.delete(ctx, key, also).await;
        }
    }

    /// Bends an error that any operation ends with.
    pub(super) fn untrue(
        &self,
        ctx: &CallContext,
        error: ResourceOperationError,
    ) -> ResourceOperationError {
        match self.deviation {
            Deviation::ErrorWithoutId
                if *error.code() == ErrorCode::NotFound && error.id().is_some() =>
            {
                ResourceOperationError::not_found("there is no such object")
            }
            Deviation::ErrorWithoutTitle => error.with_title(""),
            Deviation::ErrorTellsSecrets => {
                let connection = ctx.connection();
                let secrets: Vec<String> = connection
                    .iter()
                    .flat_map(|connection| connection.sensitive.iter())
                    .map(|(name, value)| format!("{name} {value}"))
                    .collect();
                let message = format!("{} (with {})", error.message(), secrets.join(", "));
                ResourceOperationError::new(error.code().clone(), message)
            }
            _ => error,
        }
    }
}

fn any(filter: &FilterExpression, wanted: impl Fn(&FilterPredicate) -> bool + Copy) -> bool {
    filter.predicates.iter().any(wanted) || filter.groups.iter().any(|group| any(group, wanted))
}
