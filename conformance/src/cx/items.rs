//! Objects that were answered, parsed once.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use omniview_sdk::{
    Json, Result,
    query::{Identity, Item},
};

use super::Cx;

/// Objects by their text, each with where it says which it is. A tree, because comparing two texts ends at the first
/// difference, and hashing one does not.
pub(crate) type Items = BTreeMap<Arc<str>, (Identity, Arc<Item>)>;

impl Cx {
    /// An object with what it says about itself at the paths of `identity`. A text that comes again is not parsed again, and checks
    /// see most objects many times.
    ///
    /// # Errors
    ///
    /// It does not say which object it is, or is no JSON.
    pub(crate) fn item(&self, json: &Json, identity: &Identity) -> Result<Arc<Item>> {
        {
            let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, item)) = items.get(json.as_str())
                && at == identity
            {
                return Ok(Arc::clone(item));
            }
        }
        let item = Arc::new(Item::parse(json.clone(), identity)?);
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.insert(json.as_str().into(), (identity.clone(), Arc::clone(&item)));
        Ok(item)
    }
}
