use omniview_sdk::*;

struct Socket;

fn main() {
    // What is configured is not registered yet.
    let _ = ResourcePluginConfig::<()>::new("static").connections(StaticConnections::new());
    // A client that cannot be copied is made at each start: that is `connect`.
    let _ = StaticConnections::new().client("dev", Socket);
}
