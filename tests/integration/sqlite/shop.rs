//! A shop, the plugin mounted over it, and somebody else who writes to it.

use std::time::Duration;

use omniview_plugintest::Harness;
use omniview_sdk::Json;
use omniview_tests::sqlite::{self, Shops, schema};
use rusqlite::{Connection, Params};
use tempfile::TempDir;

use crate::scratch;

pub(super) const CUSTOMER: &str = "shop::v1::Customer";
pub(super) const ORDER: &str = "shop::v1::Order";
pub(super) const LINE: &str = "shop::v1::OrderLine";

/// The connection that [`Shop::open`] starts.
pub(super) const CONNECTION: &str = "shop";

/// How often the plugin looks for what others have written: the tests wait for it.
const POLL: Duration = Duration::from_millis(5);

/// A database, its plugin, and a second connection behind the plugin's back.
pub(super) struct Shop {
    pub(super) h: Harness,
    pub(super) outside: Connection,
    directory: TempDir,
}

impl Shop {
    /// A shop with two branches, and the plugin connected to it.
    pub(super) async fn open() -> Self {
        let shop = Self::closed();
        shop.h.connect(CONNECTION).await;
        shop
    }

    /// The same, the connection not started.
    pub(super) fn closed() -> Self {
        let directory = scratch::directory();
        let file = directory.path().join("shop.db");
        let outside = Connection::open(&file).expect("a database can be made");
        schema::create(&outside, &["north", "south"]).expect("the schema is sound");
        let shops = Shops::new().shop(CONNECTION, file.to_str().expect("the path is a text"));
        Self {
            h: mount(shops),
            outside,
            directory,
        }
    }

    /// Writes behind the plugin's back.
    pub(super) fn write(&self, sql: &str, params: impl Params) {
        self.outside
            .execute(sql, params)
            .expect("the statement is sound");
    }

    /// A customer and an order of theirs at `north`, written behind the plugin's back.
    pub(super) fn stock(&self) {
        self.write("INSERT INTO customers (id, name) VALUES ('ada', 'Ada')", []);
        self.order("north", "1", None);
    }

    /// An order of Ada's, written behind the plugin's back.
    pub(super) fn order(&self, branch: &str, id: &str, placed: Option<&str>) {
        self.write(
            "INSERT INTO orders (branch, id, customer, status, placed) VALUES (?, ?, 'ada', 'open', ?)",
            (branch, id, placed),
        );
    }

    /// Closes the plugin, joined and checked for leaks.
    pub(super) async fn close(self) {
        self.h.shutdown().await;
        drop(self.directory);
    }
}

/// The plugin, connected to nothing yet.
pub(super) fn mount(shops: Shops) -> Harness {
    let config = sqlite::config(shops, POLL).expect("the schema is sound");
    Harness::mount(config.options(|options| options.watch_retry.base = Duration::from_millis(5)))
}

/// The ids of objects, in their order.
pub(super) fn ids(objects: &[Json]) -> Vec<String> {
    let id = |object: &Json| {
        object.to_value().unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    objects.iter().map(id).collect()
}
