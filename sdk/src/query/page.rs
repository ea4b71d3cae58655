//! Which part of a result is wanted.

use std::ops::Range;

use crate::{PaginationParams, ResourceOperationError, Result};

/// Checks what a query says about pages.
///
/// The SDK does so before it calls a plugin; the query functions here do it again.
///
/// # Errors
///
/// `INVALID_INPUT` for
///
/// - a negative page or page size,
/// - a page after the first of a page size of 0, which puts everything on the first,
/// - a cursor together with a page.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ErrorCode, ListInput, query::check_pagination};
///
/// check_pagination(&ListInput::all().page(2, 50).pagination)?;
/// let second_of_all = ListInput::all().page(2, 0);
/// let refused = check_pagination(&second_of_all.pagination).unwrap_err();
/// assert_eq!(*refused.code(), ErrorCode::InvalidInput);
/// assert_eq!(refused.suggestions(), ["Give a page size, or ask for page 1"]);
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: PAG-04, PAG-06, PAG-08
pub fn check_pagination(pagination: &PaginationParams) -> Result<()> {
    let PaginationParams {
        page,
        page_size,
        cursor,
    } = pagination;
    let (message, suggestion) = if *page < 0 {
        (
            format!("page {page} is negative"),
            "Count pages from 1; 0 means the first",
        )
    } else if *page_size < 0 {
        (
            format!("page size {page_size} is negative"),
            "Give the number of objects on a page; 0 means all of them",
        )
    } else if *page != 0 && has_cursor(cursor.as_deref()) {
        (
            format!("page {page} and a cursor are given, and they exclude each other"),
            "Leave the page at 0 to continue from the cursor, or drop the cursor",
        )
    } else if *page > 1 && *page_size == 0 {
        (
            format!("page {page} is asked for with page size 0, which puts everything on page 1"),
            "Give a page size, or ask for page 1",
        )
    } else {
        return Ok(());
    };
    Err(ResourceOperationError::invalid_input(message).with_suggestion(suggestion))
}

/// An empty cursor is none, as on the wire.
pub(super) fn has_cursor(cursor: Option<&str>) -> bool {
    cursor.is_some_and(|cursor| !cursor.is_empty())
}

/// The places of the wanted objects among the `len` that are left to page through, behind the cursor if there is one.
///
/// For a backend that cuts pages itself. It is empty past the end, and everything where the page size is 0.
///
/// ```
/// use omniview_sdk::{ListInput, query};
///
/// let input = ListInput::all().page(2, 3);
/// assert_eq!(query::page_range(&input.pagination, 4), 3..4);
/// ```
///
/// Contract: PAG-04, PAG-05, PAG-06
pub fn page_range(pagination: &PaginationParams, len: usize) -> Range<usize> {
    if pagination.page_size <= 0 {
        return 0..len;
    }
    let before = pagination.page.max(1) - 1;
    let start = clamp(before.saturating_mul(pagination.page_size), len);
    let end = clamp(
        before
            .saturating_mul(pagination.page_size)
            .saturating_add(pagination.page_size),
        len,
    );
    start..end
}

fn clamp(place: i64, len: usize) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX).min(len)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::ErrorCode;

    fn params(page: i64, page_size: i64, cursor: Option<&str>) -> PaginationParams {
        PaginationParams {
            page,
            page_size,
            cursor: cursor.map(str::to_owned),
        }
    }

    /// Contract: PAG-04, PAG-06, PAG-08
    #[rstest]
    #[case::nothing_said(params(0, 0, None))]
    #[case::the_first_of_everything(params(1, 0, None))]
    #[case::a_page(params(3, 10, None))]
    #[case::a_cursor(params(0, 10, Some("c")))]
    #[case::the_rest_after_a_cursor(params(0, 0, Some("c")))]
    #[case::an_empty_cursor(params(2, 10, Some("")))]
    fn sane_pages_pass(#[case] params: PaginationParams) {
        check_pagination(&params).unwrap();
    }

    /// Contract: PAG-04, PAG-06, PAG-08
    #[rstest]
    #[case::negative_page(params(-1, 10, None), "page -1")]
    #[case::negative_size(params(1, -5, None), "page size -5")]
    #[case::second_page_of_everything(params(2, 0, None), "page 2")]
    #[case::page_and_cursor(params(2, 10, Some("c")), "exclude")]
    #[case::first_page_and_cursor(params(1, 10, Some("c")), "exclude")]
    #[case::negative_page_and_cursor(params(-1, 10, Some("c")), "negative")]
    fn others_are_invalid_input(#[case] params: PaginationParams, #[case] said: &str) {
        let error = check_pagination(&params).unwrap_err();
        assert_eq!(*error.code(), ErrorCode::InvalidInput);
        assert!(error.message().contains(said), "{error}");
        assert_eq!(error.suggestions().len(), 1);
    }

    #[rstest]
    #[case(params(0, 0, None), 0..7)]
    #[case(params(0, 3, None), 0..3)]
    #[case(params(1, 3, None), 0..3)]
    #[case(params(3, 3, None), 6..7)]
    #[case(params(4, 3, None), 7..7)]
    #[case(params(i64::MAX, i64::MAX, None), 7..7)]
    #[case(params(1, i64::MAX, None), 0..7)]
    fn a_page_is_a_range(#[case] params: PaginationParams, #[case] expected: Range<usize>) {
        assert_eq!(page_range(&params, 7), expected);
    }
}
