//! Queries as a caller sees them.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::{Identity, Item, QueryItem, any_value, compare_items, find, list};
use crate::{
    ErrorCode, FilterField, FilterFieldType, FilterPredicate, FindInput, Json, ListInput,
    OrderField,
};

fn item(namespace: &str, id: &str, key: impl Into<Value>) -> Item {
    let object = json!({"id": id, "ns": namespace, "key": key.into()});
    Item::parse(Json::from(object), &Identity::new("id", "ns")).unwrap()
}

/// Ten objects, `a/0` to `e/9`, with keys 0 to 4 twice, not in order.
fn ten() -> Vec<Item> {
    [7, 2, 9, 0, 4, 5, 1, 8, 3, 6]
        .into_iter()
        .map(|n: u8| {
            let namespace = char::from(b'a' + n / 2).to_string();
            item(&namespace, &n.to_string(), json!(n % 5))
        })
        .collect()
}

fn ids(result: &[Json]) -> Vec<String> {
    result
        .iter()
        .map(|json| json.to_value().unwrap()["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Contract: PAG-01
#[test]
fn without_an_order_objects_come_by_namespace_and_id() {
    let result = list(ten(), &ListInput::all()).unwrap();
    assert_eq!(ids(&result.result).concat(), "0123456789");
    assert_eq!((result.success, result.total_count), (true, 10));
    assert_eq!(result.next_cursor, None);
}

/// Contract: PAG-01, PAG-02
#[test]
fn ties_are_broken_by_namespace_and_id_also_when_descending() {
    let up = list(ten(), &ListInput::all().order_by("key")).unwrap();
    assert_eq!(ids(&up.result).concat(), "0516273849");
    let down = list(ten(), &ListInput::all().order_by_descending("key")).unwrap();
    assert_eq!(ids(&down.result).concat(), "4938271605");
    let twice = ListInput::all().order_by("key").order_by_descending("id");
    assert_eq!(
        ids(&list(ten(), &twice).unwrap().result).concat(),
        "5061728394"
    );
}

/// Contract: PAG-03
#[test]
fn missing_and_null_come_last_and_first_when_descending() {
    let objects = [
        item("", "null", json!(null)),
        item("", "text", json!("x")),
        item("", "one", json!(1)),
    ];
    let up = list(&objects, &ListInput::all().order_by("key")).unwrap();
    assert_eq!(ids(&up.result), ["one", "text", "null"]);
    let down = list(&objects, &ListInput::all().order_by_descending("key")).unwrap();
    assert_eq!(ids(&down.result), ["null", "text", "one"]);
    let missing = list(&objects, &ListInput::all().order_by("no.such.path")).unwrap();
    assert_eq!(ids(&missing.result), ["null", "one", "text"]);
}

/// Contract: OPS-12
#[test]
fn namespaces_restrict_and_repeats_do_not_count() {
    let input = ListInput::all()
        .namespace("b")
        .namespace("d")
        .namespace("b");
    let result = list(ten(), &input).unwrap();
    assert_eq!(ids(&result.result).concat(), "2367");
    assert_eq!(result.total_count, 4);
    let none = list(ten(), &ListInput::all().namespace("z")).unwrap();
    assert_eq!((none.result.len(), none.total_count), (0, 0));
}

/// Contract: PAG-04, PAG-05, PAG-06, PAG-09, PAG-10
#[rstest]
#[case::zero_is_the_first(0, 4, "0123", true)]
#[case::first(1, 4, "0123", true)]
#[case::second(2, 4, "4567", true)]
#[case::last(3, 4, "89", false)]
#[case::past_the_end(4, 4, "", false)]
#[case::far_past_the_end(i64::MAX, i64::MAX, "", false)]
#[case::exactly_everything(1, 10, "0123456789", false)]
#[case::everything(1, 0, "0123456789", false)]
fn a_page_is_a_part_with_the_true_total(
    #[case] page: i64,
    #[case] size: i64,
    #[case] expected: &str,
    #[case] follows: bool,
) {
    let result = list(ten(), &ListInput::all().page(page, size)).unwrap();
    assert_eq!(ids(&result.result).concat(), expected);
    assert_eq!(result.total_count, 10);
    assert_eq!(result.next_cursor.is_some(), follows);
}

/// Contract: PAG-07, PAG-10
#[test]
fn a_cursor_goes_on_with_another_page_size_and_after_a_numbered_page() {
    let input = ListInput::all().order_by("key");
    let second = list(ten(), &input.clone().page(2, 2)).unwrap();
    assert_eq!(ids(&second.result).concat(), "16");
    let cursor = second.next_cursor.unwrap();
    let third = list(ten(), &input.clone().page_size(3).cursor(&cursor)).unwrap();
    assert_eq!(ids(&third.result).concat(), "273");
    assert_eq!(third.total_count, 10);
    let rest = list(ten(), &input.cursor(&cursor)).unwrap();
    assert_eq!(ids(&rest.result).concat(), "273849");
    assert_eq!(rest.next_cursor, None);
}

/// Contract: PAG-04, PAG-06, PAG-07, PAG-08
#[test]
fn insane_pages_and_foreign_cursors_are_invalid_input() {
    let cursor = list(ten(), &ListInput::all().page_size(2))
        .unwrap()
        .next_cursor
        .unwrap();
    for input in [
        ListInput::all().page(-1, 2),
        ListInput::all().page(2, 0),
        ListInput::all().page(1, 2).cursor(&cursor),
        ListInput::all().cursor("garbage"),
        ListInput::all().order_by("key").cursor(&cursor),
        ListInput::all().namespace("a").cursor(&cursor),
    ] {
        let error = list(ten(), &input).unwrap_err();
        assert_eq!(*error.code(), ErrorCode::InvalidInput, "{input:?}");
    }
    let error = find(ten(), &FindInput::all().cursor(&cursor), &[]).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
}

/// Contract: PAG-09, FLT-01, FLT-08
#[test]
fn find_filters_and_counts_what_is_left() {
    let fields = [FilterField::new("key", FilterFieldType::Integer)];
    let input = FindInput::all()
        .filter(FilterPredicate::neq("key", 0))
        .order_by_descending("id")
        .page_size(3);
    let result = find(ten(), &input, &fields).unwrap();
    assert_eq!(ids(&result.result).concat(), "987");
    assert_eq!(result.total_count, 8);
    assert!(result.next_cursor.is_some());

    let error = find(ten(), &input, &[]).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::FilterUnknownField);
    let required = [FilterField::new("key", FilterFieldType::Integer).required()];
    let error = find(ten(), &FindInput::all(), &required).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
}

#[test]
fn a_text_is_not_searched_for_here() {
    let result = find(ten(), &FindInput::all().text("nothing has this"), &[]).unwrap();
    assert_eq!(result.total_count, 10);
}

/// Objects with distinct identities and keys that tie often.
fn objects() -> impl Strategy<Value = Vec<Item>> {
    let key = prop_oneof![any_value(), (0..3).prop_map(Value::from)];
    prop::collection::btree_map(("[ab]", "[a-f]{1,2}"), key, 0..16)
        .prop_map(|entries| {
            entries
                .into_iter()
                .map(|((namespace, id), key)| item(&namespace, &id, key))
                .collect::<Vec<_>>()
        })
        .prop_shuffle()
}

fn order() -> impl Strategy<Value = Vec<OrderField>> {
    let field = prop_oneof![Just("key"), Just("id"), Just("key.a"), Just("none")];
    prop::collection::vec(
        (field, any::<bool>()).prop_map(|(field, descending)| OrderField {
            field: field.to_owned(),
            descending,
        }),
        0..3,
    )
}

fn identities(result: &[Json]) -> Vec<(String, String)> {
    let part = |json: &Json, key: &str| json.to_value().unwrap()[key].as_str().unwrap().to_owned();
    result
        .iter()
        .map(|json| (part(json, "ns"), part(json, "id")))
        .collect()
}

proptest! {
    #[test]
    fn a_list_is_a_stable_sort(objects in objects(), order in order()) {
        let input = ListInput { order: order.clone(), ..ListInput::all() };
        let mut sorted = objects.clone();
        sorted.sort_by(|a, b| compare_items(a, b, &order));
        let expected: Vec<Json> = sorted.iter().map(Item::json).collect();
        prop_assert_eq!(list(&objects, &input).unwrap().result, expected);
    }

    /// Contract: PAG-05, PAG-09, PAG-10
    #[test]
    fn pages_concatenate_to_the_list(
        objects in objects(),
        order in order(),
        size in 1i64..6,
    ) {
        let input = ListInput { order, ..ListInput::all() };
        let all = list(&objects, &input).unwrap().result;
        let mut pages = Vec::new();
        for page in 1.. {
            let result = list(&objects, &input.clone().page(page, size)).unwrap();
            prop_assert_eq!(result.total_count as usize, objects.len());
            prop_assert!(result.result.len() <= size as usize);
            pages.extend(result.result);
            if result.next_cursor.is_none() {
                break;
            }
        }
        prop_assert_eq!(pages, all);
    }

    /// Contract: PAG-07
    #[test]
    fn a_walk_among_inserts_and_deletes_sees_what_stays_exactly_once(
        objects in objects(),
        others in prop::collection::vec(objects(), 8),
        order in order(),
        size in 1i64..4,
    ) {
        // The first half stays; the rest of the collection is another one on every page.
        let stay = &objects[..objects.len().div_ceil(2)];
        let mut input = ListInput { order, ..ListInput::all() }.page_size(size);
        let (mut seen, mut turn) = (Vec::new(), 0);
        loop {
            let held = |other: &&Item| {
                !stay.iter().any(|s| (s.namespace(), s.id()) == (other.namespace(), other.id()))
            };
            let now: Vec<&Item> = match turn {
                0 => objects.iter().collect(),
                turn => stay
                    .iter()
                    .chain(others[turn % others.len()].iter().filter(held))
                    .collect(),
            };
            let result = list(now, &input).unwrap();
            seen.extend(identities(&result.result));
            turn += 1;
            prop_assert!(turn < 1000, "the walk does not end");
            match result.next_cursor {
                Some(cursor) => input.pagination.cursor = Some(cursor),
                None => break,
            }
        }
        for object in stay {
            let identity = (object.namespace().to_owned(), object.id().to_owned());
            let times = seen.iter().filter(|seen| **seen == identity).count();
            prop_assert_eq!(times, 1, "{:?} in {:?}", identity, seen);
        }
    }
}
