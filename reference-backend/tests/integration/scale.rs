//! Many objects, and queries over what is kept of them.

use omniview_reference_backend::{Kind, ReferenceBackend, Site};
use omniview_sdk::{
    FilterExpression, FilterField, FilterFieldType, FilterOperator, FilterPredicate, FindInput,
    query::{self, Identity, Item},
};

use crate::support::names;

#[test]
fn a_scaled_site_has_the_same_objects_and_further_copies_of_them() {
    let once = ReferenceBackend::new();
    let thrice = ReferenceBackend::builder().scale(3).build();
    for kind in Kind::ALL {
        let (few, many) = (
            once.objects("dev", *kind).unwrap(),
            thrice.objects("dev", *kind).unwrap(),
        );
        assert_eq!(many.len(), 3 * few.len(), "{kind:?}");
        assert_eq!(many.len(), Site::dev().scaled(3).len(*kind));
        let (few, many) = (names(&few), names(&many));
        assert!(few.iter().all(|name| many.contains(name)), "{kind:?}");
    }
    let again = ReferenceBackend::builder().scale(3).build();
    assert_eq!(
        thrice.objects("prod", Kind::Pod).unwrap(),
        again.objects("prod", Kind::Pod).unwrap()
    );
    let pods = thrice.objects("dev", Kind::Pod).unwrap();
    let of_a_copy = pods
        .iter()
        .map(|pod| pod.to_value().unwrap())
        .find(|pod| pod["metadata"]["name"] == "cart-n2-0")
        .unwrap();
    let node = of_a_copy["spec"]["nodeName"].as_str().unwrap();
    assert!(names(&thrice.objects("dev", Kind::Node).unwrap()).contains(&node.to_owned()));
    assert!(Site::empty().is_empty() && !Site::dev().is_empty());
}

fn queries() -> Vec<FindInput> {
    let filters: Vec<FilterExpression> = vec![
        FilterPredicate::eq("status.phase", "Running").into(),
        FilterPredicate::neq("spec.nodeName", "dev-a").into(),
        FilterPredicate::has_key("metadata.labels", "app").into(),
        FilterPredicate::eq("metadata.labels", "team=discovery").into(),
        FilterPredicate::lt("metadata.creationTimestamp", "2025-12-02T00:00:00Z").into(),
        FilterExpression::or([
            FilterPredicate::gt("status.containerStatuses.restartCount", 1),
            FilterPredicate::not_exists("status.startTime"),
        ]),
        FilterExpression::and([
            FilterPredicate::regex("metadata.name", "^c.*1$"),
            FilterPredicate::contains("spec.containers.image", ":"),
        ]),
        // A path that nothing keeps.
        FilterPredicate::eq("kind", "Pod").into(),
    ];
    let orders = [
        vec![],
        vec!["status.phase"],
        vec!["spec.priority", "spec.nodeName"],
        vec!["name"],
        vec!["apiVersion", "metadata.uid"],
    ];
    let mut queries = Vec::new();
    for filter in filters {
        for (number, order) in orders.iter().enumerate() {
            let mut input = FindInput::all().filter(filter.clone());
            for field in order {
                input = match number % 2 {
                    0 => input.order_by(*field),
                    _ => input.order_by_descending(*field),
                };
            }
            queries.push(input);
        }
    }
    queries
}

#[test]
fn queries_over_what_is_kept_answer_as_over_parsed_objects() {
    check_queries(2, 7);
}

#[test]
fn queries_over_several_chunks_answer_as_over_parsed_objects() {
    check_queries(50, 400);
}

fn check_queries(scale: usize, page_size: i64) {
    let backend = ReferenceBackend::builder()
        .kinds([Kind::Pod])
        .connection("dev", Site::dev().scaled(scale))
        .build();
    let snapshot = backend.table("dev", Kind::Pod).unwrap().snapshot();
    let identity = Identity::new("metadata.name", "metadata.namespace");
    let parsed: Vec<Item> = snapshot
        .objects()
        .map(|object| Item::parse(object.json().clone(), &identity).unwrap())
        .collect();
    let mut fields: Vec<FilterField> = Kind::Pod.filter_fields().unwrap().to_vec();
    fields.push(FilterField::new("kind", FilterFieldType::String).operators([FilterOperator::Eq]));
    for input in queries() {
        let mut input = input.page_size(page_size);
        loop {
            let expected = query::find(&parsed, &input, &fields).unwrap();
            let kept = snapshot.find(&input, &fields).unwrap();
            assert_eq!(kept, expected, "{input:?}");
            match expected.next_cursor {
                Some(cursor) => input = input.cursor(cursor),
                None => break,
            }
        }
    }
}
