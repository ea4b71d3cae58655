//! The report for the browser: one page, which needs no network and, to be read, no script.
//!
//! [`report`] is the front door. `page` holds the parts together; each part is a file. The templates escape what they are
//! given, and what cannot be seen in a text (control characters, marks that turn its direction) is made visible in
//! the whole page at once, so that nothing that a plugin says is more than text. The script and the style are files of their own
//! and the only ones that the page's policy allows.

mod check;
mod difference;
mod filters;
mod group;
mod masthead;
mod matrix;
mod page;
mod timeline;
mod visible;

pub(super) use page::report;
