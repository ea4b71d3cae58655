//! Small untruths of objects, filters, types and what is known of them.

use std::sync::Arc;

use omniview_reference_backend::{Deviation, Kind};
use omniview_sdk::{
    CallContext, Connection, ConnectionId, ConnectionStatusCode, CreateInput, FilterExpression,
    FilterOperator, FilterPredicate, FindInput, FindResult, GetInput, Json, ListInput, ResourceKey,
    Result, Session,
};
use serde_json::{Value, json};

use super::Look;
use crate::support::{pod, text};

impl Look {
    pub(super) async fn shows_in_untruths(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let list = |input| provider.list(&self.ctx, &self.pods, input);
        match deviation {
            Deviation::OddInputAccepted => {
                let input = CreateInput::new(Json::null());
                let created = provider.create(&self.ctx, &self.pods, input).await;
                created.is_ok()
            }
            Deviation::GetAnswersAnother => {
                let listed = list(ListInput::all()).await.unwrap().result;
                let input = GetInput::new(text(&listed[0], "/metadata/name"))
                    .in_namespace(text(&listed[0], "/metadata/namespace"));
                let got = provider.get(&self.ctx, &self.pods, input).await.unwrap();
                text(&got.result, "/metadata/uid") != text(&listed[0], "/metadata/uid")
            }
            Deviation::DeleteEverywhere | Deviation::DeleteTakesAnother => {
                let (id, namespace) = match deviation {
                    Deviation::DeleteEverywhere => ("mine", "default"),
                    _ => ("another", "shop"),
                };
                self.create(1).await.unwrap();
                let input = CreateInput::new(pod(id, namespace, 1));
                let created = provider.create(&self.ctx, &self.pods, input).await;
                created.unwrap();
                self.delete().await.unwrap();
                let input = GetInput::new(id).in_namespace(namespace);
                provider.get(&self.ctx, &self.pods, input).await.is_err()
            }
            Deviation::ListRepeatsFirst => {
                let listed = list(ListInput::all()).await.unwrap().result;
                listed.first() == listed.last()
            }
            Deviation::UnknownOrderRefused => list(ListInput::all().order_by("spec.nonsense"))
                .await
                .is_err(),
            Deviation::MalformedCursorAccepted => {
                list(ListInput::all().page_size(5).cursor("nonsense"))
                    .await
                    .is_ok()
            }
            Deviation::PageZeroRefused => list(ListInput::all().page_size(5)).await.is_err(),
            Deviation::SearchUnsupportedRefused => {
                let input = FindInput::all().text("anything");
                let jobs = Kind::Job.key();
                provider.find(&self.ctx, &jobs, input).await.is_err()
            }
            Deviation::ErrorWithoutTitle => {
                let got = provider.get(&self.ctx, &self.pods, GetInput::new("nobody"));
                got.await.unwrap_err().title().is_empty()
            }
            Deviation::ErrorTellsSecrets => {
                let mut connection = Connection {
                    id: "dev".into(),
                    ..Connection::default()
                };
                connection.sensitive.insert("token", "a-secret");
                let session = Session::new().with_connection(Arc::new(connection));
                let ctx = CallContext::new().with_session(session);
                let got = provider.get(&ctx, &self.pods, GetInput::new("nobody"));
                got.await.unwrap_err().message().contains("a-secret")
            }
            Deviation::MalformedKeyAccepted => {
                let key = ResourceKey::from("pods");
                provider
                    .list(&self.ctx, &key, ListInput::all())
                    .await
                    .is_ok()
            }
            Deviation::UpdateTouchesAnother => {
                self.create(1).await.unwrap();
                let input = CreateInput::new(pod("another", "shop", 2));
                let created = provider.create(&self.ctx, &self.pods, input).await;
                created.unwrap();
                self.plugin.forget().await;
                self.update(pod("mine", "shop", 7)).await.unwrap();
                let told = self.plugin.told(Kind::Pod).await;
                assert_eq!(told[0], "update shop/mine");
                told.len() == 2 && told[1] == "update shop/another"
            }
            _ => self.shows_in_what_is_known(deviation).await,
        }
    }

    /// How many pods a filter finds.
    async fn count(&self, filter: impl Into<FilterExpression>) -> Result<i64> {
        let input = FindInput::all().filter(filter);
        let provider = &self.plugin.provider;
        let found = provider.find(&self.ctx, &self.pods, input).await;
        found.map(|FindResult { total_count, .. }| total_count)
    }

    pub(super) async fn shows_in_filter_untruths(&self, deviation: Deviation) -> bool {
        let priority = "spec.priority";
        let of = |operator, value: Value| FilterPredicate::new(priority, operator, value);
        let text = |operator, value: Value| FilterPredicate::new("metadata.name", operator, value);
        match deviation {
            Deviation::EmptyFilterFindsNothing => {
                self.count(FilterExpression::default()).await == Ok(0)
            }
            Deviation::ContainsAsPrefix => {
                self.count(text(FilterOperator::Contains, json!("out")))
                    .await
                    == Ok(0)
            }
            Deviation::EqIgnored => {
                self.count(FilterPredicate::eq("metadata.name", "nobody"))
                    .await
                    == Ok(23)
            }
            Deviation::LtIncludesEqual => {
                let lt = self.count(of(FilterOperator::Lt, json!(200))).await;
                lt == self.count(of(FilterOperator::Lte, json!(200))).await
            }
            Deviation::NotExistsIgnored => {
                let missing = text(FilterOperator::NotExists, Value::Null);
                self.count(missing).await == Ok(23)
            }
            Deviation::AndAsOr | Deviation::UnsaidLogicIsOr => {
                let mut both = FilterExpression::and([
                    FilterPredicate::eq("status.phase", "Pending"),
                    FilterPredicate::eq("status.phase", "Failed"),
                ]);
                if deviation == Deviation::UnsaidLogicIsOr {
                    both.logic = Default::default();
                }
                self.count(both).await != Ok(0)
            }
            Deviation::DeepGroupsAccepted => {
                let one = || FilterExpression::and([FilterPredicate::eq("metadata.name", "a")]);
                self.count(one().group(one().group(one()))).await.is_ok()
            }
            Deviation::BadPatternAccepted => self
                .count(FilterPredicate::regex("metadata.name", "("))
                .await
                .is_ok(),
            Deviation::MissingValueAccepted => self
                .count(text(FilterOperator::Eq, Value::Null))
                .await
                .is_ok(),
            Deviation::TextForListAccepted => self
                .count(text(FilterOperator::In, json!("x")))
                .await
                .is_ok(),
            Deviation::WrongValueAccepted => self
                .count(of(FilterOperator::Gt, json!("many")))
                .await
                .is_ok(),
            Deviation::ValueOutsideEnumAccepted => {
                let phase = FilterPredicate::eq("status.phase", "Sleeping");
                self.count(phase).await.is_ok()
            }
            Deviation::RequiredFieldOptional => {
                let provider = &self.plugin.provider;
                let fields = provider.filter_fields(&self.ctx, &self.pods).await;
                let fields = fields.unwrap().unwrap();
                fields.iter().any(|field| field.required)
                    && self.count(FilterExpression::default()).await.is_ok()
            }
            other => panic!("nobody looks for {other}"),
        }
    }

    async fn shows_in_what_is_known(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let (ctx, dev) = (CallContext::new(), ConnectionId::from("dev"));
        let (jobs, maps) = (Kind::Job.key(), Kind::ConfigMap.key());
        match deviation {
            Deviation::LoadAnswersTwice => {
                provider.load_connections(&ctx).await.unwrap().len() == 3
            }
            Deviation::ListWithoutState => {
                let listed = provider.list_connections(&ctx).await.unwrap();
                listed[0].status == ConnectionStatusCode::Unknown
            }
            Deviation::ConnectionUnlisted => {
                provider.list_connections(&ctx).await.unwrap().len() == 1
            }
            Deviation::EditorSchemasChange => {
                let first = provider.editor_schemas(&ctx, &dev).await.unwrap();
                let second = provider.editor_schemas(&ctx, &dev).await.unwrap();
                !first.is_empty() && second.is_empty()
            }
            Deviation::TypesInTurns => {
                let first = provider.resource_types(&ctx, &dev).await.unwrap();
                let second = provider.resource_types(&ctx, &dev).await.unwrap();
                first.len() == second.len() + 1
            }
            Deviation::TypesNeedSession => provider.resource_type(&ctx, &self.pods).await.is_err(),
            Deviation::ColumnsAlike => {
                let definition = provider.resource_definition(&ctx, &self.pods).await;
                let columns = definition.unwrap().column_defs;
                columns.len() > 1 && columns.iter().all(|one| one.id == columns[0].id)
            }
            Deviation::RelationshipWithoutKind => {
                let declared = provider.declared_relationships(&self.ctx, &self.pods).await;
                declared.unwrap().iter().all(|one| one.kind.is_empty())
            }
            Deviation::RelationshipTargetUnnamed => {
                let resolved = provider
                    .resolve_relationships(&self.ctx, &self.pods, "web-0", "shop")
                    .await;
                let resolved = resolved.unwrap();
                let mut targets = resolved.iter().flat_map(|one| &one.targets);
                targets.any(|target| target.id.is_empty())
            }
            Deviation::RelationshipsInvented => {
                let declared = provider.declared_relationships(&self.ctx, &jobs).await;
                !declared.unwrap().is_empty()
            }
            Deviation::EventsInvented => {
                let events = provider.resource_events(&self.ctx, &maps, "any", "", 0);
                !events.await.unwrap().is_empty()
            }
            Deviation::HealthWavers => {
                let data = r#"{"status": {"phase": "Failed"}}"#;
                let first = provider.assess_health(&self.ctx, &self.pods, data).await;
                let second = provider.assess_health(&self.ctx, &self.pods, data).await;
                first.unwrap() != second.unwrap()
            }
            Deviation::StartWatchRestarts => {
                self.plugin.forget().await;
                provider.start_connection_watch(&ctx, &dev).await.unwrap();
                !self.plugin.told(Kind::Pod).await.is_empty()
            }
            Deviation::UnknownWatchAccepted => {
                let none = ConnectionId::from("none");
                provider.start_connection_watch(&ctx, &none).await.is_ok()
            }
            Deviation::StateWithStrayCount => {
                let events = self.plugin.events(Kind::Pod).await;
                matches!(&*events[0], omniview_sdk::WatchEvent::State(one)
                    if one.resource_count == Some(0))
            }
            _ => self.shows_in_filter_untruths(deviation).await,
        }
    }
}
