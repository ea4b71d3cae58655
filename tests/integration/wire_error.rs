//! What the reference encoder wrote of errors is read, and written back as an equal value.

use omniview_sdk::{FilterOperator, ResourceOperationError};

use crate::wire::{compare_texts, vectors};

/// Contract: ERR-01, FLT-13
#[test]
fn every_error_of_the_reference_is_read_and_written_back() {
    let mut checked = 0;
    for vector in vectors() {
        let ours = match vector.kind.as_str() {
            "ResourceOperationError" => {
                let error: ResourceOperationError = serde_json::from_str(&vector.json).unwrap();
                serde_json::to_string(&error).unwrap()
            }
            "ResourceOperationError.Error()" => {
                let error: ResourceOperationError = serde_json::from_str(&vector.json).unwrap();
                error.to_string()
            }
            "ErrFilterUnknownField" => {
                ResourceOperationError::filter_unknown_field("status.x").to_string()
            }
            "ErrFilterInvalidOperator" => ResourceOperationError::filter_invalid_operator(
                "name",
                &FilterOperator::Gt,
                &[FilterOperator::Eq, FilterOperator::Neq],
            )
            .to_string(),
            _ => continue,
        };
        if let Err(why) = compare_texts(&vector.json, &ours) {
            panic!("{} ({}): {why}", vector.kind, vector.case);
        }
        checked += 1;
    }
    assert_eq!(checked, 5);
}
