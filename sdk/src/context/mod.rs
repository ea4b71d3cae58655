//! What is given to a call from above: session, scope, deadline, cancellation; for plugin code also the client.
//!
//! [`CallContext`] travels through the boundary; [`Context`] is the same with the typed client and the
//! concrete resource type, and is what an author's resource traits receive.

mod call;
mod plugin;
mod session;

pub use call::{
    CallContext, connection_from_context, session_from_context, watch_scope_from_context,
    with_session, with_watch_scope,
};
pub use plugin::Context;
pub(crate) use session::fresh_request_id;
pub use session::{GlobalConfig, Session};
