//! What is in the JSON of a result.

use omniview_sdk::{
    CreateResult, DeleteResult, FindResult, GetResult, Json, ListResult, UpdateResult,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads the JSON of a result, as a type or untyped.
///
/// ```
/// use omniview_plugintest::JsonResult;
/// use omniview_sdk::{GetResult, Json, ListResult};
/// use serde_json::json;
///
/// let pod = GetResult::new(json!({"name": "web-1"}));
/// assert_eq!(pod.json()["name"], "web-1");
///
/// let pods = ListResult::new([Json::from(json!({"name": "web-1"}))]);
/// assert_eq!(pods.json()[0]["name"], "web-1");
/// ```
pub trait JsonResult {
    /// One object of type `T`, or several.
    type Of<T>;

    /// The objects as `T`.
    ///
    /// # Panics
    ///
    /// One does not describe a `T`; the text says why, and shows it.
    #[track_caller]
    fn to<T: DeserializeOwned>(&self) -> Self::Of<T>;

    /// The objects as untyped values.
    ///
    /// # Panics
    ///
    /// One holds a number that is out of every range.
    #[track_caller]
    fn json(&self) -> Self::Of<Value> {
        self.to()
    }
}

#[track_caller]
fn read<T: DeserializeOwned>(json: &Json) -> T {
    match json.to() {
        Ok(value) => value,
        Err(error) => panic!(
            "the result is no `{}`: {error}\n  result: {}",
            std::any::type_name::<T>(),
            crate::failure::shortened(json.as_str())
        ),
    }
}

macro_rules! single {
    ($($name:ident)+) => {$(
        impl JsonResult for $name {
            type Of<T> = T;

            #[track_caller]
            fn to<T: DeserializeOwned>(&self) -> T {
                read(&self.result)
            }
        }
    )+};
}

macro_rules! page {
    ($($name:ident)+) => {$(
        impl JsonResult for $name {
            type Of<T> = Vec<T>;

            #[track_caller]
            fn to<T: DeserializeOwned>(&self) -> Vec<T> {
                let mut objects = Vec::with_capacity(self.result.len());
                for json in &self.result {
                    objects.push(read(json));
                }
                objects
            }
        }
    )+};
}

single! { GetResult CreateResult UpdateResult }
page! { ListResult FindResult }

/// A deletion need not tell what it deleted.
impl JsonResult for DeleteResult {
    type Of<T> = Option<T>;

    #[track_caller]
    fn to<T: DeserializeOwned>(&self) -> Option<T> {
        #[expect(clippy::manual_map, reason = "a closure would lose the caller's line")]
        match &self.result {
            Some(json) => Some(read(json)),
            None => None,
        }
    }
}
