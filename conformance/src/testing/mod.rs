//! One test a check.
//!
//! [`tests!`](crate::tests) and `main!` are the front doors: real `#[test]`s in the author's own test binary, or a
//! test binary of their own. Behind both, `judge` runs one check and says how its test ends, and `settings` reads what
//! the environment asks for.

#[cfg(feature = "harness")]
mod harness;
mod judge;
mod macros;
mod settings;
mod single;

#[cfg(feature = "harness")]
pub use harness::__main;
#[cfg(all(test, feature = "cli"))]
pub(crate) use judge::Trial;
pub(crate) use judge::runtime;
pub use single::__test;
