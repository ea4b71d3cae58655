//! The honest plugin with and without everything that it can be mounted with, in every pair of combinations.
//!
//! [`array`] makes the rows, [`factors`] says what they are made of, [`subject`] mounts one, and [`reasons`] knows what a row
//! may be without.

mod array;
mod factors;
mod reasons;
mod run;
mod subject;
