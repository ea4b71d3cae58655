//! What the checks of several areas share; no check is here.
//!
//! - [`each`] gives every type its turn, and knows when no type had one.
//! - [`Listing`] is what a plugin lists, with the identity of each object; [`quiet`] lists around an observation.

mod diff;
mod evaluate;
mod filterable;
mod order;
mod probe;
mod schema;
mod seen;
mod turns;
mod watching;

pub(super) use diff::{contradiction, difference_of, includes, kept_part};
pub(super) use filterable::{Demand, Filterable, Query};
pub(super) use order::{By, Column, columns, in_order, ordered, orders, plain};
pub(super) use probe::{NOWHERE, Probe, in_words};
pub(super) use schema::violation;
pub(super) use seen::{
    Id, Listing, Seen, can_make, ids, joined, list_all, named, parse, quiet, same_objects,
    same_sequence, stocked,
};
pub(super) use turns::{Stop, Turn, each, each_compared, each_of, prerequisite};
pub(super) use watching::{
    a_while, concerns, each_watched, fold, fresh, is_add, is_delete, is_update, make_in_sight,
    namespace_in_sight, no_state_told, object_of, state_after, synced_after, told, told_of,
    unscoped, within,
};
