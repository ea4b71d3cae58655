//! The checks, an area a file.
//!
//! # How to add a check
//!
//! 1. Add an entry to the table at the top of the area's file. The name of the entry is the name of the function and
//!    of the test; with the area it is the id (`get_returns_created` in `crud` is `crud.get.returns-created`, where every `_` may
//!    stand for a dot or a dash). The fields are those of [`Check`](crate::Check); those that are left out are
//!    [`Check::DEFAULT`](crate::Check::DEFAULT)'s. `Need`, `Capability`, `Operation`, `Level`, `Profile` and `Start` are
//!    written without their type: `needs: &[Has(Watchable), Can(Create), Samples]`.
//! 2. Write `pub(crate) async fn name(cx: &Cx) -> CheckResult` below.
//!
//! A new area is a new file with a table of its own (`__checks_<area>!`), a `pub(crate) mod` here and a line in
//! [`for_each_check!`](crate::for_each_check). An entry without a function, or a function without an entry, does not compile
//! without a warning; ids and sentences are checked by the tests of the catalogue.
//!
//! # How to write a body
//!
//! - `for ty in cx.types()` goes over every type that has what the table's `needs` say; `cx.any_type()` is one of them.
//! - What a requirement is *about* goes through `cx.expect…`, or is a call with `?`. What it merely *relies on* goes
//!   through `cx.make` or `cx.given`, and blocks the check when it fails: a plugin with one defect then fails the
//!   checks that are about it.
//! - What an expectation says is read by the author of a plugin, without the code beside it: it names the operation, the connection,
//!   the type and the object, and what was seen. `expect_as_seen` says what was seen where a `no` does not, `expect_refused` which
//!   call was meant where its name does not, `expect_alike` where two values differ. Each text is in a snapshot
//!   (`tests/matrix/snapshots`), and is read before it is accepted.
//! - An answer is compared with what was sent by `expect_includes`: a backend may add fields.
//! - A backend may hold objects that the check did not make. Never expect a total; look for your own ids.
//! - A check about what comes of a watch begins with `cx.watched_types()`, which listens and waits until they are synced.
//!   One about watching itself begins with `cx.listen()`. Then `cx.wait_event(…)`,
//!   `cx.wait_state(…)`; `expect_silence` and `eventually` cost real time.
//! - Nothing is cleaned up by hand. A direct `create` through `cx.provider()` is in the ledger too, if the input is a sample of
//!   `cx.sample`.
//! - One requirement a check. A second one is a second check.

pub(crate) mod actions;
pub(crate) mod capabilities;
pub(crate) mod connections;
pub(crate) mod crud;
pub(crate) mod errors;
pub(crate) mod filters;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod lifecycle;
pub(crate) mod listing;
pub(crate) mod model;
pub(crate) mod paging;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod suite;
mod support;
pub(crate) mod types;
pub(crate) mod watch;
