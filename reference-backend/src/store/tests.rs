//! What is kept of the objects, against the objects: whatever a table went through, its snapshots answer as the SDK does over the
//! parsed objects. In unit tests a chunk has at most eight objects, so that a few dozen make several chunks.

use std::{collections::BTreeMap, sync::Arc};

use omniview_sdk::{
    FilterExpression, FilterField, FilterFieldType as Type, FilterOperator as Op, FilterPredicate,
    FindInput, Json, Namespace,
    query::{self, Identity, Item},
};
use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::{Clock, Snapshot, Table, TableScope};

/// What is kept, and last two paths that are not.
const PATHS: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g.h", "y", "z.h"];
const KEPT: usize = 7;

fn fields() -> Vec<FilterField> {
    use Op::*;
    let every = [
        Eq, Neq, In, NotIn, Gt, Gte, Lt, Lte, Contains, Prefix, Suffix, Regex, Exists, NotExists,
        HasKey,
    ];
    let types = [
        Type::String,
        Type::Integer,
        Type::Number,
        Type::Boolean,
        Type::Datetime,
        Type::Map,
        Type::String,
        Type::Integer,
        Type::String,
    ];
    PATHS
        .iter()
        .zip(types)
        .map(|(path, kind)| FilterField::new(*path, kind).operators(every.clone()))
        .collect()
}

/// The same few values over and over, of every kind, some of them equal and not the same.
fn scalars() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(1),
        json!(1.0),
        json!(2),
        json!(2.5),
        json!(-3),
        json!(u64::MAX),
        json!(9_007_199_254_740_993_i64),
        json!(9_007_199_254_740_992.0),
        json!("a"),
        json!("ab"),
        json!("ä"),
        json!("true"),
        json!("2"),
        json!(""),
        json!("2026-01-01T00:00:00Z"),
        json!("2026-01-01T01:00:00+01:00"),
        json!("2026-01-02T00:00:00Z"),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    select(scalars()).prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[hk]", inner, 0..3)
                .prop_map(|entries| entries.into_iter().collect::<Value>()),
        ]
    })
}

fn object() -> impl Strategy<Value = Map<String, Value>> {
    let key = select(vec!["a", "b", "c", "d", "e", "f", "g", "y", "z"]);
    let entries = prop::collection::btree_map(key, value(), 0..9);
    entries.prop_map(|entries| {
        let entries = entries.into_iter();
        entries
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    })
}

fn predicate() -> impl Strategy<Value = FilterPredicate> {
    use Op::*;
    let texts = || select(vec!["a", "ab", "", "^a$", "h", "k", "h=a", "k=2"]).prop_map(Value::from);
    let numbers = || {
        select(vec![
            json!(1),
            json!(2),
            json!(2.5),
            json!(-3),
            json!(u64::MAX),
        ])
    };
    let integers = || select(vec![json!(1), json!(2.0), json!(9_007_199_254_740_992_i64)]);
    let times = || {
        let times = ["2026-01-01T00:00:00Z", "2026-01-01T23:59:59-01:00"];
        select(times.to_vec()).prop_map(Value::from)
    };
    let list = |texts: Vec<&'static str>| {
        prop::collection::vec(select(texts).prop_map(Value::from), 0..3).prop_map(Value::from)
    };
    let of = |paths: Vec<&'static str>, operators: Vec<Op>, value: BoxedStrategy<Value>| {
        (select(paths), select(operators), value).prop_map(|(path, operator, value)| {
            FilterPredicate {
                field: path.to_owned(),
                operator,
                value: Some(value),
            }
        })
    };
    let text = || vec!["a", "g.h", "z.h"];
    prop_oneof![
        2 => of(PATHS.to_vec(), vec![Exists, NotExists], Just(Value::Null).boxed()),
        3 => of(text(), vec![Eq, Neq, Contains, Prefix, Suffix, Regex], texts().boxed()),
        1 => of(text(), vec![In, NotIn], list(vec!["a", "ab", "true"]).boxed()),
        2 => of(vec!["b", "y"], vec![Eq, Neq, Gt, Gte, Lt, Lte], integers().boxed()),
        2 => of(vec!["c"], vec![Eq, Neq, Gt, Gte, Lt, Lte], numbers().boxed()),
        1 => of(vec!["c"], vec![In, NotIn], list(vec!["1", "2.5"]).boxed()),
        1 => of(vec!["d"], vec![Eq, Neq], any::<bool>().prop_map(Value::from).boxed()),
        2 => of(vec!["e"], vec![Eq, Neq, Gt, Gte, Lt, Lte], times().boxed()),
        2 => of(vec!["f"], vec![HasKey], select(vec!["h", "k"]).prop_map(Value::from).boxed()),
        2 => of(vec!["f"], vec![Eq, Neq], select(vec!["h=a", "k=2", "h="]).prop_map(Value::from).boxed()),
        // Whatever comes of it, it is the same.
        1 => of(PATHS.to_vec(), vec![Eq, Gt, In, HasKey, Regex], texts().boxed()),
    ]
}

fn filter() -> impl Strategy<Value = Option<FilterExpression>> {
    let predicates = || prop::collection::vec(predicate(), 0..3);
    let level = |(or, predicates)| match or {
        true => FilterExpression::or(predicates),
        false => FilterExpression::and(predicates),
    };
    let group = (any::<bool>(), predicates()).prop_map(level);
    let groups = prop::collection::vec(group, 0..3);
    let root = (any::<bool>(), predicates()).prop_map(level);
    let filter = (root, groups).prop_map(|(root, groups)| FilterExpression { groups, ..root });
    prop::option::weighted(0.8, filter)
}

fn queries() -> impl Strategy<Value = Vec<FindInput>> {
    let ordered = prop::collection::vec((select(PATHS.to_vec()), any::<bool>()), 0..3);
    let namespaces = prop::collection::vec("[w-z]", 0..2);
    let query = (filter(), ordered, namespaces, 0..5_i64, 0..3_i64);
    let query = query.prop_map(|(filters, order, namespaces, size, page)| {
        let mut input = FindInput {
            filters,
            namespaces: namespaces.into_iter().map(Namespace::from).collect(),
            ..FindInput::all()
        };
        for (path, descending) in order {
            input = match descending {
                true => input.order_by_descending(path),
                false => input.order_by(path),
            };
        }
        input.pagination.page_size = size;
        input.pagination.page = page;
        input
    });
    prop::collection::vec(query, 1..4)
}

#[derive(Debug, Clone)]
enum Step {
    Put(String, String, Map<String, Value>),
    Remove(String, String),
    /// Somebody takes a snapshot and looks at it in the end.
    Look,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => ("[xyz]", "[a-p]", object()).prop_map(|(at, id, object)| Step::Put(at, id, object)),
        5 => ("[xyz]", "[a-p]").prop_map(|(at, id)| Step::Remove(at, id)),
        1 => Just(Step::Look),
    ];
    prop::collection::vec(step, 0..100)
}

/// Objects by namespace and id.
type Truth = BTreeMap<(String, String), Json>;

fn check(snapshot: &Snapshot, truth: &Truth, queries: &[FindInput]) {
    let stored: Vec<&Json> = snapshot.objects().map(|object| object.json()).collect();
    assert_eq!(stored, truth.values().collect::<Vec<_>>());
    assert_eq!(snapshot.len(), truth.len());
    let identity = Identity::new("metadata.name", "metadata.namespace");
    let items = truth.values().cloned();
    let items: Vec<Item> = items
        .map(|json| Item::parse(json, &identity).unwrap())
        .collect();
    let fields = fields();
    for query in queries {
        let mut input = query.clone();
        loop {
            let expected = query::find(&items, &input, &fields);
            let answer = snapshot.find(&input, &fields);
            let text = |error: omniview_sdk::ResourceOperationError| error.to_string();
            assert_eq!(
                answer.as_ref().map_err(|error| text(error.clone())),
                expected.as_ref().map_err(|error| text(error.clone())),
                "{input:?}"
            );
            let Some(cursor) = expected.ok().and_then(|page| page.next_cursor) else {
                break;
            };
            input.pagination.page = 0;
            input.pagination.cursor = Some(cursor);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Contract: FLT-11, FLT-12, OPS-12, PAG-01, PAG-02, PAG-03, PAG-04, PAG-05, PAG-06, PAG-07, PAG-08, PAG-09, PAG-10
    #[test]
    fn snapshots_answer_as_the_parsed_objects_do(steps in steps(), queries in queries()) {
        let clock = Arc::new(Clock::new());
        let table = Table::new("core::v1::Pod", TableScope::Namespaced, clock)
            .keeping(PATHS[..KEPT].to_vec());
        let mut truth = Truth::new();
        let mut looks = Vec::new();
        for step in steps {
            match step {
                Step::Put(namespace, id, mut object) => {
                    object.insert("metadata".into(), json!({"name": id, "namespace": namespace}));
                    let json = Json::from(Value::Object(object));
                    let known = truth.contains_key(&(namespace.clone(), id.clone()));
                    let stored = match known {
                        true => table.update(&id, &json, &namespace),
                        false => table.create(&json, &namespace),
                    };
                    truth.insert((namespace, id), stored.unwrap().json().clone());
                }
                Step::Remove(namespace, id) => {
                    let removed = table.remove(&id, &namespace).is_ok();
                    prop_assert_eq!(removed, truth.remove(&(namespace, id)).is_some());
                }
                Step::Look => looks.push((table.snapshot(), truth.clone())),
            }
        }
        looks.push((table.snapshot(), truth));
        for (snapshot, truth) in &looks {
            check(snapshot, truth, &queries);
        }
    }
}

#[test]
fn a_cursor_goes_on_where_its_object_is_gone() {
    let clock = Arc::new(Clock::new());
    let table = Table::new("core::v1::Pod", TableScope::Namespaced, clock).keeping(["n"]);
    for n in 0..40 {
        let object = json!({"metadata": {"name": format!("o{n:02}")}, "n": n % 3});
        table.create(&Json::from(object), "x").unwrap();
    }
    let input = FindInput::all().order_by("n").page_size(5);
    let first = table.snapshot().find(&input, &[]).unwrap();
    for name in ["o12", "o11", "o15"] {
        table.remove(name, "x").unwrap();
    }
    let next = input.cursor(first.next_cursor.unwrap());
    let page = table.snapshot().find(&next, &[]).unwrap();
    let names: Vec<String> = page
        .result
        .iter()
        .map(|one| {
            one.to_value().unwrap()["metadata"]["name"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(names, ["o18", "o21", "o24", "o27", "o30"]);
}

#[test]
fn a_table_that_was_loaded_is_one_into_which_the_objects_were_created() {
    let epoch = super::clock::epoch();
    let objects: Vec<Json> = (0..60)
        .map(|n| {
            let (name, namespace) = (format!("o{}", n * 7 % 60), ["x", "y", "z"][n % 3]);
            Json::from(json!({"metadata": {"name": name, "namespace": namespace}, "b": n % 5}))
        })
        .collect();
    let table = || {
        let clock = Arc::new(Clock::new());
        let table = Table::with_log_bound("core::v1::Pod", TableScope::Namespaced, clock, 10);
        Arc::new(table.keeping(PATHS))
    };
    let (created, loaded) = (table(), table());
    let mut loading = loaded.load();
    for object in &objects {
        created.create_at(object, "", epoch).unwrap();
        loading.push(object, epoch).unwrap();
    }
    let error = loading.push(&objects[3], epoch).unwrap_err();
    assert_eq!(error.refusal(), super::Refusal::Taken);
    loading.finish();

    let truth: Truth = created
        .snapshot()
        .objects()
        .map(|object| {
            let place = (object.namespace().to_owned(), object.id().to_owned());
            (place, object.json().clone())
        })
        .collect();
    let ordered = FindInput::all().order_by("b").page_size(7);
    check(&loaded.snapshot(), &truth, &[FindInput::all(), ordered]);
    assert_eq!(loaded.get("o7", "").unwrap().version(), 2);
    let versions = |table: &Arc<Table>| -> Vec<u64> {
        let changes = table.follow_from(50).pending().unwrap();
        changes.iter().map(|change| change.version).collect()
    };
    assert_eq!(versions(&loaded), versions(&created));
    assert!(loaded.follow_from(0).pending().is_err());
    loaded.create(&objects[5], "").unwrap_err();
    loaded.remove("o7", "").unwrap();
    assert_eq!(loaded.snapshot().len(), 59);
}
