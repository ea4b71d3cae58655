//! What is given to a call from above: session, scope, deadline, cancellation; for plugin code also the client.
//!
//! [`CallContext`] travels through the boundary; [`Context`] is the same with the typed client and the
//! concrete resource type, and is what an author's resource traits receive. The controller makes it; a unit test
//! of a resourcer can too:
//!
//! ```
//! use std::sync::Arc;
//! use omniview_sdk::{CallContext, Context, ResourceMeta, Session};
//!
//! struct Client;
//!
//! let call = CallContext::new().with_session(Session::for_connection("dev"));
//! let meta = Arc::new(ResourceMeta::new("core", "v1", "Pod"));
//! let ctx = Context::new(call, Arc::new(Client), meta);
//! assert_eq!(ctx.key(), "core::v1::Pod");
//! assert_eq!(ctx.connection_id(), "dev");
//! ```

mod call;
mod plugin;
mod session;

pub use call::{
    CallContext, connection_from_context, session_from_context, watch_scope_from_context,
    with_session, with_watch_scope,
};
pub use plugin::Context;
pub(crate) use plugin::Subject;
pub(crate) use session::Surroundings;
pub use session::{GlobalConfig, Session};
