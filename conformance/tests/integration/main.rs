//! The runner, seen from outside: a small plugin whose conduct each test chooses.

mod one_test_a_check;
mod plugin;
mod runs;
