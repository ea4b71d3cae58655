//! Whatever is written is read back the same.

use omniview_sdk::types::*;
use omniview_sdk::{ErrorCode, Json, JsonMap, Namespace, Timestamp};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Texts with what JSON escapes, separators of keys, and nothing at all among them.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z:./\"\\\\<&é\u{2028}\u{0}]{1,8}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(text(), inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

fn json() -> impl Strategy<Value = Json> {
    value().prop_map(Json::from)
}

fn present_value() -> impl Strategy<Value = Option<Value>> {
    value().prop_map(|value| (!value.is_null()).then_some(value))
}

fn json_map() -> impl Strategy<Value = JsonMap> {
    btree_map(text(), value(), 0..4).prop_map(JsonMap::from_iter)
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    // The first and the last second of the years 1 and 9999.
    (-62_135_596_800_000_000_000_i128..=253_402_300_799_999_999_999)
        .prop_filter_map("outside the calendar", Timestamp::from_unix_nanos)
}

fn cursor() -> impl Strategy<Value = Option<String>> {
    text().prop_map(|text| (!text.is_empty()).then_some(text))
}

fn pagination() -> impl Strategy<Value = PaginationParams> {
    (any::<i64>(), any::<i64>(), cursor()).prop_map(|(page, page_size, cursor)| PaginationParams {
        page,
        page_size,
        cursor,
    })
}

fn predicate() -> impl Strategy<Value = FilterPredicate> {
    (text(), text(), present_value()).prop_map(|(field, operator, value)| FilterPredicate {
        field,
        operator: FilterOperator::from(operator),
        value,
    })
}

fn filter() -> impl Strategy<Value = FilterExpression> {
    let flat = || {
        (any::<Option<bool>>(), vec(predicate(), 0..3)).prop_map(|(or, predicates)| {
            let logic = or.map(|or| {
                if or {
                    FilterLogic::Or
                } else {
                    FilterLogic::And
                }
            });
            FilterExpression {
                logic,
                predicates,
                groups: Vec::new(),
            }
        })
    };
    (flat(), vec(flat(), 0..3)).prop_map(|(flat, groups)| FilterExpression { groups, ..flat })
}

fn metadata() -> impl Strategy<Value = ResourceMetadata> {
    (
        text(),
        btree_map(text(), text(), 0..3),
        prop::option::of(timestamp()),
    )
        .prop_map(|(uid, labels, created_at)| ResourceMetadata {
            uid,
            labels,
            created_at,
        })
}

fn schema_property() -> impl Strategy<Value = SchemaProperty> {
    // Short decimals: serde_json may miss the last bit of a long one.
    let number = (-4_000_000..4_000_000_i32).prop_map(|quarters| f64::from(quarters) / 4.0);
    let number = prop_oneof![number, Just(-0.0), Just(1e18), Just(1e19), Just(1e21)].boxed();
    let bound = || prop::option::of(number.clone());
    let leaf = (
        text(),
        text(),
        vec(text(), 0..3),
        present_value(),
        bound(),
        bound(),
    )
        .prop_map(
            |(kind, description, one_of, default_value, minimum, maximum)| SchemaProperty {
                kind: SchemaType::from(kind),
                description,
                one_of,
                default_value,
                minimum,
                maximum,
                ..Default::default()
            },
        );
    leaf.prop_recursive(2, 8, 3, |inner| {
        (btree_map(text(), inner, 0..3), vec(text(), 0..3)).prop_map(|(properties, required)| {
            SchemaProperty {
                properties,
                required,
                ..SchemaProperty::object()
            }
        })
    })
}

fn connection() -> impl Strategy<Value = Connection> {
    let auto_connect =
        (any::<bool>(), vec(text(), 0..3), text()).prop_map(|(enabled, triggers, retry)| {
            ConnectionAutoConnect {
                enabled,
                triggers: triggers.into_iter().map(ConnectionTrigger::from).collect(),
                retry: ConnectionRetry::from(retry),
            }
        });
    let expiry = (0..=i64::MAX as u64).prop_map(std::time::Duration::from_nanos);
    (
        timestamp(),
        (json_map(), json_map()),
        prop::option::of(auto_connect),
        (text(), text(), text(), text()),
        expiry,
    )
        .prop_map(
            |(last_refresh, (data, labels), auto_connect, (id, uid, name, avatar), expiry_time)| {
                Connection {
                    last_refresh,
                    data,
                    labels,
                    lifecycle: ConnectionLifecycle { auto_connect },
                    id: id.into(),
                    uid,
                    name,
                    avatar,
                    expiry_time,
                    ..Default::default()
                }
            },
        )
}

/// Writes and reads, as text and as a value.
fn survives<T>(value: &T) -> Result<(), TestCaseError>
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let written = serde_json::to_string(value).map_err(|e| TestCaseError::fail(e.to_string()))?;
    let read: T = serde_json::from_str(&written)
        .map_err(|error| TestCaseError::fail(format!("{error} in {written}")))?;
    prop_assert_eq!(&read, value);
    let untyped = serde_json::to_value(value).map_err(|e| TestCaseError::fail(e.to_string()))?;
    let read: T = serde_json::from_value(untyped)
        .map_err(|error| TestCaseError::fail(format!("{error} in {written}")))?;
    prop_assert_eq!(&read, value);
    Ok(())
}

proptest! {
    #[test]
    fn json_passes_through(json in json()) {
        survives(&json)?;
    }

    #[test]
    fn timestamps(time in timestamp()) {
        survives(&time)?;
        prop_assert_eq!(time.to_string().parse(), Ok(time));
    }

    #[test]
    fn resource_meta(parts in [text(), text(), text(), text(), text(), text(), text()]) {
        let [group, version, kind, label, icon, description, category] = parts;
        survives(&ResourceMeta { group, version, kind, label, icon, description, category })?;
    }

    #[test]
    fn find_input(
        filters in prop::option::of(filter()),
        text_query in text(),
        namespaces in vec(text(), 0..3),
        order in vec((text(), any::<bool>()), 0..3),
        pagination in pagination(),
    ) {
        let order =
            order.into_iter().map(|(field, descending)| OrderField { field, descending }).collect();
        let namespaces = namespaces.into_iter().map(Namespace::from).collect();
        survives(&FindInput { filters, text_query, namespaces, order, pagination })?;
    }

    #[test]
    fn list_result(
        result in vec(json(), 0..4),
        success in any::<bool>(),
        total_count in any::<i64>(),
        next_cursor in cursor(),
    ) {
        survives(&ListResult { result, success, total_count, next_cursor })?;
    }

    #[test]
    fn delete_input(id in text(), namespace in text(), grace in any::<Option<i64>>()) {
        survives(&DeleteInput {
            namespace: namespace.into(),
            grace_period_seconds: grace,
            ..DeleteInput::new(id)
        })?;
    }

    #[test]
    fn schema(
        properties in btree_map(text(), schema_property(), 0..3),
        required in vec(text(), 0..3),
    ) {
        survives(&Schema { properties, required })?;
    }

    #[test]
    fn editor_schema(key in text(), url in text(), content in vec(any::<u8>(), 0..16)) {
        survives(&EditorSchema { resource_key: key.into(), url, content, ..Default::default() })?;
    }

    #[test]
    fn watch_payload(
        ids in [text(), text(), text(), text(), text()],
        data in json(),
        metadata in metadata(),
    ) {
        let [plugin_id, key, connection, id, namespace] = ids;
        survives(&WatchAddPayload {
            data,
            plugin_id: plugin_id.into(),
            key: key.into(),
            connection: connection.into(),
            id: id.into(),
            namespace: namespace.into(),
            metadata,
        })?;
    }

    #[test]
    fn watch_state_event(
        state in prop::sample::select(WatchState::ALL),
        message in text(),
        count in prop::option::of(1..i64::MAX),
        code in cursor(),
    ) {
        survives(&WatchStateEvent {
            state,
            message,
            resource_count: count,
            error_code: code.map(ErrorCode::from),
            ..Default::default()
        })?;
    }

    #[test]
    fn relationship(
        texts in [text(), text(), text(), text()],
        cardinality in cursor(),
        incoming in any::<bool>(),
        target_namespaced in any::<Option<bool>>(),
        selector in prop::option::of(btree_map(text(), text(), 0..3)),
    ) {
        let [kind, target, label, inverse_label] = texts;
        survives(&RelationshipDescriptor {
            kind: RelationshipType::from(kind),
            target_resource_key: target.into(),
            label,
            inverse_label,
            cardinality,
            direction: if incoming { EdgeDirection::Incoming } else { EdgeDirection::Outgoing },
            extractor: selector.map(|label_selector| RelationshipExtractor {
                label_selector,
                ..Default::default()
            }),
            target_namespaced,
        })?;
    }

    #[test]
    fn connections(connection in connection()) {
        survives(&connection)?;
        prop_assert!(connection.same_configuration(&connection));
    }
}
