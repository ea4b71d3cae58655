//! The command: what is written on the command line, and what each command prints.
//!
//! [`main`] is the front door. Every command writes to standard output, messages about wrong usage go to standard error, and the
//! exit code says how it ended.

mod args;
mod bless;
mod command;
mod config;
mod diff;
mod explain;
mod files;
mod gate;
mod interrupt;
mod list;
mod matrix;
mod output;
mod pages;
mod progress;
mod reference;
mod replay;
mod report;
mod run;

pub(crate) use command::main;
