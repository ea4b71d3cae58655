//! What the operations on resources answer.

use serde::{Deserialize, Serialize};

use crate::json::Json;
use crate::wire;

macro_rules! single_result {
    ($(#[$doc:meta])* $name:ident, $field_doc:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub struct $name {
            #[doc = $field_doc]
            pub result: Json,
            /// Whether the operation succeeded.
            pub success: bool,
        }

        impl $name {
            /// A success with this resource.
            pub fn new(result: impl Into<Json>) -> Self {
                Self { result: result.into(), success: true }
            }
        }
    };
}

single_result! {
    /// Answers a [`GetInput`](crate::GetInput). Contract: OPS-03, OPS-04.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::GetResult;
    /// use serde_json::json;
    ///
    /// let found = GetResult::new(json!({"name": "web"}));
    /// assert_eq!(found.result.to_value()?["name"], "web");
    /// assert!(found.success && !GetResult::default().success);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    GetResult, "The resource, as JSON."
}

single_result! {
    /// Answers a [`CreateInput`](crate::CreateInput). Contract: OPS-04, OPS-05.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{CreateInput, CreateResult};
    /// use serde_json::json;
    ///
    /// let input = CreateInput::new(json!({"name": "web"}));
    /// let made = CreateResult::new(json!({"name": "web", "uid": "0f8d5a6e"}));
    /// assert_ne!(made.result, input.input, "it tells what the backend has added");
    /// ```
    CreateResult, "The resource as it was made, as JSON."
}

single_result! {
    /// Answers an [`UpdateInput`](crate::UpdateInput). Contract: OPS-04, OPS-07.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::UpdateResult;
    /// use serde_json::json;
    ///
    /// let updated = UpdateResult::new(json!({"name": "web", "replicas": 3}));
    /// assert_eq!(
    ///     serde_json::to_string(&updated)?,
    ///     r#"{"result":{"name":"web","replicas":3},"success":true}"#,
    ///     "the resource is embedded, not quoted",
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    UpdateResult, "The resource as it is now, as JSON."
}

/// Answers a [`DeleteInput`](crate::DeleteInput). Contract: OPS-04, OPS-08.
///
/// The default is a failure; [`DeleteResult::done`] is a success without data.
///
/// # Examples
///
/// ```
/// use omniview_sdk::DeleteResult;
/// use serde_json::json;
///
/// assert!(DeleteResult::new(json!({"name": "web"})).result.is_some());
/// let silent = DeleteResult::done();
/// assert!(silent.success && silent.result.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DeleteResult {
    /// The resource as it was last known, as JSON, if the backend tells. Contract: OPS-09.
    pub result: Option<Json>,
    /// Whether the operation succeeded.
    pub success: bool,
}

impl DeleteResult {
    /// A success with the resource as it was last known.
    pub fn new(result: impl Into<Json>) -> Self {
        Self {
            result: Some(result.into()),
            success: true,
        }
    }

    /// A success of which the backend tells nothing more. Contract: OPS-09.
    pub fn done() -> Self {
        Self {
            result: None,
            success: true,
        }
    }
}

macro_rules! page_result {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub struct $name {
            /// The resources of this page, as JSON, in the order asked for.
            #[serde(deserialize_with = "wire::null_as_default")]
            pub result: Vec<Json>,
            /// Whether the operation succeeded.
            pub success: bool,
            /// How many resources match in all; −1 when that is not known. Contract: PAG-09.
            pub total_count: i64,
            /// Where to go on; none when nothing follows. Contract: PAG-07, PAG-10.
            #[serde(
                deserialize_with = "wire::text_or_none",
                skip_serializing_if = "wire::no_text"
            )]
            pub next_cursor: Option<String>,
        }

        impl $name {
            /// The total that says that it is not known. Contract: PAG-09.
            pub const UNKNOWN_TOTAL: i64 = -1;

            /// A success with these resources, which are all that match.
            pub fn new(result: impl IntoIterator<Item = Json>) -> Self {
                let result: Vec<Json> = result.into_iter().collect();
                let total_count = i64::try_from(result.len()).unwrap_or(Self::UNKNOWN_TOTAL);
                Self { result, success: true, total_count, next_cursor: None }
            }

            /// Says how many match in all. Contract: PAG-09.
            #[must_use]
            pub fn with_total(mut self, total: i64) -> Self {
                self.total_count = total;
                self
            }

            /// Says where to go on. Contract: PAG-07.
            #[must_use]
            pub fn with_next_cursor(mut self, cursor: impl Into<String>) -> Self {
                self.next_cursor = Some(cursor.into());
                self
            }
        }
    };
}

page_result! {
    /// Answers a [`ListInput`](crate::ListInput). Contract: OPS-04.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{Json, ListResult};
    /// use serde_json::json;
    ///
    /// let web = || Json::from(json!({"name": "web"}));
    /// let all = ListResult::new([web()]);
    /// assert_eq!((all.total_count, all.next_cursor), (1, None));
    /// let page = ListResult::new([web()]).with_total(ListResult::UNKNOWN_TOTAL).with_next_cursor("after web");
    /// assert_eq!(serde_json::to_value(&page)?["totalCount"], -1);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ListResult
}

page_result! {
    /// Answers a [`FindInput`](crate::FindInput). Contract: OPS-04.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{FindResult, Json};
    /// use serde_json::json;
    ///
    /// let found = FindResult::new([Json::from(json!({"name": "web"}))]).with_total(40);
    /// assert_eq!(
    ///     serde_json::to_string(&found)?,
    ///     r#"{"result":[{"name":"web"}],"success":true,"totalCount":40}"#,
    ///     "without a cursor nothing follows",
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    FindResult
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Contract: PAG-09
    #[test]
    fn a_list_counts_what_it_holds_unless_told_otherwise() {
        let items = [Json::from(json!({"a": 1})), Json::from(json!({"a": 2}))];
        let result = ListResult::new(items);
        assert!(result.success);
        assert_eq!(result.total_count, 2);
        let page = result
            .with_total(ListResult::UNKNOWN_TOTAL)
            .with_next_cursor("n");
        assert_eq!(
            serde_json::to_string(&page).unwrap(),
            r#"{"result":[{"a":1},{"a":2}],"success":true,"totalCount":-1,"nextCursor":"n"}"#
        );
    }

    /// Contract: OPS-09
    #[test]
    fn a_deletion_may_have_no_data() {
        let written = serde_json::to_string(&DeleteResult::done()).unwrap();
        assert_eq!(written, r#"{"result":null,"success":true}"#);
        assert_eq!(
            serde_json::from_str::<DeleteResult>(&written).unwrap(),
            DeleteResult::done()
        );
        assert_eq!(
            serde_json::from_str::<DeleteResult>(r#"{"success":true}"#).unwrap(),
            DeleteResult::done()
        );
    }

    #[test]
    fn an_empty_cursor_reads_as_none() {
        let result: FindResult =
            serde_json::from_value(json!({"result": null, "nextCursor": ""})).unwrap();
        assert_eq!(result, FindResult::default());
    }

    #[test]
    fn null_items_are_kept() {
        let result: ListResult = serde_json::from_value(json!({"result": [null, 1]})).unwrap();
        assert_eq!(result.result, [Json::null(), Json::from(json!(1))]);
    }
}
