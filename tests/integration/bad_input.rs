//! What a caller or an author gets wrong is one structured error with its code, and harms nothing else.

mod calls;
mod configuration;
mod desk;
mod filters;
mod notes;
mod panics;
mod verbs;
