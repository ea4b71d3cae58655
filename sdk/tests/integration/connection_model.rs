//! Random programs of calls, one after the other, against a model.

use std::collections::BTreeMap;

use omniview_sdk::*;
use proptest::prelude::*;

use crate::yard::{Yard, specification};

const IDS: [&str; 3] = ["a", "b", "c"];

#[derive(Debug, Clone)]
enum Call {
    Start(&'static str),
    Stop(&'static str),
    Update(&'static str, u32),
    Delete(&'static str),
    Load(Vec<(&'static str, u32)>),
    Check(&'static str),
    Get,
}

fn id() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["a", "b", "c", "unknown"][..])
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        4 => id().prop_map(Call::Start),
        3 => id().prop_map(Call::Stop),
        3 => (id(), 0..3_u32).prop_map(|(id, revision)| Call::Update(id, revision)),
        1 => id().prop_map(Call::Delete),
        2 => prop::collection::btree_map(prop::sample::select(&IDS[..]), 0..3_u32, 0..4)
            .prop_map(|map| Call::Load(map.into_iter().collect())),
        2 => id().prop_map(Call::Check),
        2 => Just(Call::Get),
    ]
}

/// What a connection should be: its revision, and the number of its client.
#[derive(Debug, Clone, Default)]
struct Modelled {
    revision: u32,
    client: Option<u64>,
}

#[derive(Debug, Default)]
struct Model {
    connections: BTreeMap<&'static str, Modelled>,
    clients: u64,
    destroyed: u64,
    removed: Vec<&'static str>,
}

impl Model {
    fn new_client(&mut self) -> Option<u64> {
        self.clients += 1;
        Some(self.clients)
    }

    /// The code that the call should answer with; none is success.
    fn apply(&mut self, call: &Call) -> Option<&'static str> {
        match call {
            Call::Start(id)
            | Call::Stop(id)
            | Call::Update(id, _)
            | Call::Delete(id)
            | Call::Check(id)
                if !self.connections.contains_key(id) =>
            {
                Some("NOT_FOUND")
            }
            Call::Start(id) => {
                if self.connections[id].client.is_none() {
                    let client = self.new_client();
                    self.connections.entry(id).or_default().client = client;
                }
                None
            }
            Call::Stop(id) => match self.connections.get_mut(id)?.client.take() {
                Some(_) => {
                    self.destroyed += 1;
                    None
                }
                None => Some("NOT_CONNECTED"),
            },
            Call::Update(id, revision) => {
                if self.connections[id].revision == *revision {
                    return Some("CONNECTION_UNCHANGED");
                }
                self.change(id, *revision);
                None
            }
            Call::Delete(id) => {
                self.remove(id);
                None
            }
            Call::Load(wanted) => {
                let wanted: BTreeMap<_, _> = wanted.iter().copied().collect();
                for id in IDS {
                    match (wanted.get(id), self.connections.get(id)) {
                        (None, Some(_)) => self.remove(id),
                        (Some(revision), Some(known)) if known.revision != *revision => {
                            self.change(id, *revision);
                        }
                        (Some(revision), None) => {
                            self.connections.insert(
                                id,
                                Modelled {
                                    revision: *revision,
                                    client: None,
                                },
                            );
                        }
                        _ => {}
                    }
                }
                None
            }
            Call::Check(_) => None,
            Call::Get => match self
                .connections
                .values()
                .filter(|known| known.client.is_some())
                .count()
            {
                0 => Some("NOT_CONNECTED"),
                1 => None,
                _ => Some("AMBIGUOUS_CONNECTION"),
            },
        }
    }

    fn change(&mut self, id: &'static str, revision: u32) {
        let was_running = self.connections[id].client.is_some();
        let client = if was_running {
            self.destroyed += 1;
            self.new_client()
        } else {
            None
        };
        self.connections.insert(id, Modelled { revision, client });
    }

    fn remove(&mut self, id: &'static str) {
        if let Some(known) = self.connections.remove(id) {
            self.destroyed += u64::from(known.client.is_some());
            self.removed.push(id);
        }
    }
}

async fn perform(plugin: &dyn Provider, yard: &Yard, call: Call) -> Option<String> {
    let ctx = CallContext::new();
    let told = match call {
        Call::Start(id) => plugin.start_connection(&ctx, &id.into()).await.map(drop),
        Call::Stop(id) => plugin.stop_connection(&ctx, &id.into()).await.map(drop),
        Call::Update(id, revision) => plugin
            .update_connection(&ctx, specification(id, revision))
            .await
            .map(drop),
        Call::Delete(id) => plugin.delete_connection(&ctx, &id.into()).await,
        Call::Load(wanted) => {
            yard.books(|books| {
                books.configured = wanted
                    .iter()
                    .map(|(id, revision)| specification(id, *revision))
                    .collect();
            });
            plugin.load_connections(&ctx).await.map(drop)
        }
        Call::Check(id) => plugin.check_connection(&ctx, &id.into()).await.map(drop),
        Call::Get => plugin
            .get(&ctx, &"port::v1::Ship".into(), GetInput::new("x"))
            .await
            .map(drop),
    };
    told.err().map(|error| error.code().to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Contract: CON-09, CON-14, CON-21, CON-23, TYP-13
    #[test]
    fn calls_one_after_the_other_do_what_the_model_does(
        program in prop::collection::vec(call(), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let (yard, _outside) = Yard::new(&IDS);
            let plugin = yard.build();
            let ctx = CallContext::new();
            plugin.load_connections(&ctx).await.unwrap();
            let mut model = Model::default();
            for id in IDS {
                model.connections.insert(id, Modelled::default());
            }
            for call in program {
                let expected = model.apply(&call).map(str::to_owned);
                let told = perform(&*plugin, &yard, call.clone()).await;
                prop_assert_eq!(told, expected, "{:?}", call);
                let listed: Vec<(String, bool, bool)> = plugin
                    .list_connections(&ctx)
                    .await
                    .unwrap()
                    .into_iter()
                    .map(|status| {
                        let connection = status.connection.clone().unwrap();
                        (connection.id.to_string(), status.is_connected(), connection.data.contains_key("revision"))
                    })
                    .collect();
                let modelled: Vec<(String, bool, bool)> = model
                    .connections
                    .iter()
                    .map(|(id, known)| ((*id).to_owned(), known.client.is_some(), true))
                    .collect();
                prop_assert_eq!(listed, modelled, "after {:?}", call);
                yard.books(|books| {
                    prop_assert_eq!(books.created.len() as u64, model.clients);
                    prop_assert_eq!(books.destroyed.len() as u64, model.destroyed);
                    let removed: Vec<&str> = books.removed.iter().map(ConnectionId::as_str).collect();
                    let mut removed = removed;
                    let mut expected = model.removed.clone();
                    removed.sort_unstable();
                    expected.sort_unstable();
                    prop_assert_eq!(removed, expected);
                    Ok(())
                })?;
            }
            plugin.close().await.unwrap();
            yard.assert_settled();
            Ok(())
        })?;
    }
}
