//! Dot paths into JSON.

use serde_json::{Map, Value};

// Up to here one pass over the keys is faster than a search for each way to split the path.
const FEW_KEYS: usize = 24;

/// Finds what a dot path names; none where nothing is there.
///
/// - Each segment is a key of an object, or the index of an element of an array.
/// - A key may itself contain dots: at each object the longest key that the path starts with is
///   taken, and no other is tried after it. `metadata.labels.app.kubernetes.io/name` finds the label.
/// - On an array that the path does not index, the first element decides.
/// - An array or null at the end of the path is found like any other value.
///
/// ```
/// use omniview_sdk::query::lookup;
/// use serde_json::json;
///
/// let pod = json!({
///     "metadata": {"labels": {"app.kubernetes.io/name": "web"}},
///     "spec": {"containers": [{"image": "nginx"}, {"image": "envoy"}]},
/// });
/// assert_eq!(lookup(&pod, "metadata.labels.app.kubernetes.io/name"), Some(&json!("web")));
/// assert_eq!(lookup(&pod, "spec.containers.image"), Some(&json!("nginx")));
/// assert_eq!(lookup(&pod, "spec.containers.1.image"), Some(&json!("envoy")));
/// assert_eq!(lookup(&pod, "status.phase"), None);
/// ```
///
/// Contract: PAG-03
pub fn lookup<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let (mut value, mut rest) = (value, path);
    loop {
        let (found, after) = match value {
            Value::Object(map) => step(map, rest)?,
            Value::Array(items) => match indexed(items, rest) {
                Some((element, after)) => (element?, after),
                None => (items.first()?, Some(rest)),
            },
            _ => return None,
        };
        match after {
            Some(after) => (value, rest) = (found, after),
            None => return Some(found),
        }
    }
}

/// Tells whether any value that a path leads to passes a test.
///
/// An array that the path does not index leads on through each of its elements. An array at the end
/// of the path is one value.
pub(crate) fn any_at(value: &Value, path: &str, test: &impl Fn(&Value) -> bool) -> bool {
    let (mut value, mut rest) = (value, path);
    loop {
        let step = match value {
            Value::Object(map) => step(map, rest),
            Value::Array(items) => match indexed(items, rest) {
                Some((element, after)) => element.map(|element| (element, after)),
                None => return items.iter().any(|element| any_at(element, rest, test)),
            },
            _ => None,
        };
        match step {
            Some((found, Some(after))) => (value, rest) = (found, after),
            Some((found, None)) => return test(found),
            None => return false,
        }
    }
}

/// Finds everything that a dot path leads to, as a filter sees it: an array along the path that the path does not index leads
/// on through each of its elements.
///
/// It is for a backend that takes its objects apart once, and answers [`FieldSource`](crate::filter::FieldSource) from that.
///
/// ```
/// use omniview_sdk::query::lookup_all;
/// use serde_json::json;
///
/// let pod = json!({"spec": {"containers": [{"image": "nginx"}, {"name": "bare"}, {"image": "envoy"}]}});
/// assert_eq!(lookup_all(&pod, "spec.containers.image"), [&json!("nginx"), &json!("envoy")]);
/// assert!(lookup_all(&pod, "status").is_empty());
/// ```
///
/// Contract: FLT-12
pub fn lookup_all<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    collect(value, path, &mut found);
    found
}

fn collect<'v>(value: &'v Value, path: &str, found: &mut Vec<&'v Value>) {
    let step = match value {
        Value::Object(map) => step(map, path),
        Value::Array(items) => match indexed(items, path) {
            Some((element, after)) => element.map(|element| (element, after)),
            None => return items.iter().for_each(|item| collect(item, path, found)),
        },
        _ => None,
    };
    match step {
        Some((value, Some(after))) => collect(value, after, found),
        Some((value, None)) => found.push(value),
        None => {}
    }
}

type Step<'v, 'p> = (&'v Value, Option<&'p str>);

/// Takes the longest key that the path starts with; what is left of the path comes with its value.
fn step<'v, 'p>(map: &'v Map<String, Value>, path: &'p str) -> Option<Step<'v, 'p>> {
    if map.len() > FEW_KEYS {
        return step_by_search(map, path);
    }
    let mut longest: Option<(&str, &Value)> = None;
    for (key, value) in map {
        // The length alone rules most keys out, without a look at their text.
        let ends_segment = match path.as_bytes().get(key.len()) {
            Some(&byte) => byte == b'.',
            None => key.len() == path.len(),
        };
        if ends_segment
            && longest.is_none_or(|(held, _)| held.len() < key.len())
            && path.as_bytes().starts_with(key.as_bytes())
        {
            longest = Some((key, value));
        }
    }
    longest.map(|(key, value)| (value, after(path, key.len())))
}

fn step_by_search<'v, 'p>(map: &'v Map<String, Value>, path: &'p str) -> Option<Step<'v, 'p>> {
    let mut key = path;
    loop {
        if let Some(value) = map.get(key) {
            return Some((value, after(path, key.len())));
        }
        key = &key[..key.rfind('.')?];
    }
}

fn after(path: &str, end: usize) -> Option<&str> {
    path.get(end + 1..)
}

/// The element that the path's first segment indexes, and the rest; none if it is no index.
fn indexed<'v, 'p>(
    items: &'v [Value],
    path: &'p str,
) -> Option<(Option<&'v Value>, Option<&'p str>)> {
    if !path.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (segment, after) = match path.split_once('.') {
        Some((segment, after)) => (segment, Some(after)),
        None => (path, None),
    };
    let index = segment.parse::<usize>().ok()?;
    Some((items.get(index), after))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    /// Contract: PAG-03
    #[rstest]
    #[case::a_key("name", Some(json!("web")))]
    #[case::a_nested_key("meta.uid", Some(json!(7)))]
    #[case::null_is_found("meta.gone", Some(json!(null)))]
    #[case::missing("meta.none", None)]
    #[case::through_a_scalar("name.first", None)]
    #[case::a_key_with_dots("labels.app.io/name", Some(json!("dotted")))]
    #[case::through_a_key_with_dots("labels.a.b.c", Some(json!("longest")))]
    #[case::a_shorter_key_where_no_longer_one_is("labels.a.x", Some(json!("short")))]
    #[case::the_longest_key_is_final("labels.a.b.d", None)]
    #[case::an_index("ports.1.number", Some(json!(443)))]
    #[case::an_index_past_the_end("ports.9.number", None)]
    #[case::the_first_element_decides("ports.number", Some(json!(80)))]
    #[case::only_the_first_element("ports.name", None)]
    #[case::an_array_at_the_end("tags", Some(json!(["x", "y"])))]
    #[case::an_element_at_the_end("tags.1", Some(json!("y")))]
    #[case::an_empty_path("", None)]
    #[case::an_empty_segment("meta..uid", None)]
    fn a_path_finds(#[case] path: &str, #[case] expected: Option<Value>) {
        let object = json!({
            "name": "web",
            "meta": {"uid": 7, "gone": null},
            "labels": {
                "app.io/name": "dotted",
                "a.b": {"c": "longest"},
                "a": {"b": {"c": "shortest", "d": "hidden"}, "x": "short"},
            },
            "ports": [{"number": 80}, {"number": 443, "name": "tls"}],
            "tags": ["x", "y"],
        });
        assert_eq!(lookup(&object, path), expected.as_ref());
    }

    #[test]
    fn a_large_object_is_searched_by_the_same_rule() {
        let mut map: Map<String, Value> = (0..100).map(|n| (format!("k{n}"), json!(n))).collect();
        map.insert("a.b".into(), json!({"c": "longest"}));
        map.insert("a".into(), json!({"b": {"c": "shortest"}, "x": 1}));
        let object = Value::Object(map);
        assert_eq!(lookup(&object, "a.b.c"), Some(&json!("longest")));
        assert_eq!(lookup(&object, "a.x"), Some(&json!(1)));
        assert_eq!(lookup(&object, "k42"), Some(&json!(42)));
        assert_eq!(lookup(&object, "k42.x"), None);
        assert_eq!(lookup(&object, "none"), None);
    }

    #[test]
    fn every_element_along_the_path_is_visited() {
        let object = json!({"pods": [{"tags": ["a"]}, {"ports": [[{"n": 1}], {"n": 2}]}, 3]});
        let has = |path: &str, wanted: Value| any_at(&object, path, &|found| *found == wanted);
        assert!(has("pods.ports.n", json!(1)));
        assert!(has("pods.ports.n", json!(2)));
        assert!(!has("pods.ports.n", json!(3)));
        assert!(has("pods.tags", json!(["a"])));
        assert!(has("pods.2", json!(3)));
        assert!(!has("pods.5", json!(3)));
        for path in [
            "pods.ports.n",
            "pods.tags",
            "pods.2",
            "pods.5",
            "pods",
            "none.n",
        ] {
            let all = lookup_all(&object, path);
            for value in [
                json!(1),
                json!(2),
                json!(["a"]),
                json!(3),
                object["pods"].clone(),
            ] {
                assert_eq!(
                    has(path, value.clone()),
                    all.contains(&&value),
                    "{path} {value}"
                );
            }
        }
    }
}
