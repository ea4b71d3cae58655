//! Answers queries over objects in memory, in the documented order and pages.
//!
//! [`list`] and [`find`] are the front door: an author whose backend only knows how to fetch
//! everything passes it in and returns what comes out. Order, ties, totals, pages and cursors are then
//! those of the contract. A backend that can do some of it itself takes the parts: [`lookup`] reads
//! dot paths, [`compare_values`] and [`compare_items`] order, [`check_pagination`] checks, and [`QueryShape`] reads and
//! writes cursors.

mod collection;
mod compare;
mod cursor;
mod item;
mod lead;
mod order;
mod page;
mod path;
mod run;

pub use collection::Collection;
pub use compare::compare_values;
#[cfg(test)]
pub(crate) use compare::tests::any_value;
pub(crate) use compare::{compare_numbers, is_integral};
pub use cursor::QueryShape;
pub use item::{Identity, Item, QueryItem};
pub use order::{Position, compare_items};
pub use page::{check_pagination, page_range};
pub(crate) use path::any_at;
pub use path::{lookup, lookup_all};
pub use run::{find, list};

#[cfg(test)]
mod tests;
