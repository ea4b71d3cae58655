use omniview_plugintest::Harness;

async fn test(h: Harness) {
    h.shutdown().await;
    h.get("core::v1::Pod", "web-1").await;
}

fn main() {
    drop(test);
}
