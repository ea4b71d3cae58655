//! Operations, types, health and events at the boundary.

use omniview_reference_backend::{Deviation, Kind};
use omniview_sdk::{
    CallContext, ErrorCode, FilterPredicate, FindInput, ListInput, ListResult, PaginationParams,
    ResourceKey, ResourceOperationError, Result,
};
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use super::Look;
use crate::support::{call, pod};

impl Look {
    pub(super) async fn shows_in_operations(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let fields = |error: ResourceOperationError| *error.code() == ErrorCode::Internal;
        match deviation {
            Deviation::ClosedStillAnswers => {
                provider.close().await.unwrap();
                self.page(0, 0, None).await.is_ok()
            }
            Deviation::CloseAgainFails => {
                provider.close().await.unwrap();
                provider.close().await.is_err()
            }
            Deviation::NotConnectedAnswers => {
                let prod = call("prod");
                let found = provider.find(&prod, &self.pods, FindInput::all()).await;
                let listed = provider.list(&prod, &self.pods, ListInput::all()).await;
                assert_eq!(listed.is_ok(), found.is_ok());
                listed.is_ok_and(|listed| listed.success && listed.result.is_empty())
            }
            Deviation::UnknownKeyIsInternal => {
                *self.error_of("core::v1::Pood").await.code() == ErrorCode::Internal
            }
            Deviation::UnknownKeySuggestsNothing => {
                let error = self.error_of("core::v1::Pood").await;
                assert_eq!(*error.code(), ErrorCode::NotFound);
                error.suggestions().is_empty() && !error.message().contains("Pood")
            }
            Deviation::MalformedKeyNotFound => {
                *self.error_of("pods").await.code() == ErrorCode::NotFound
            }
            Deviation::CursorAcceptedWithPage => {
                let cursor = self.page(0, 5, None).await.unwrap().next_cursor;
                self.page(2, 5, cursor).await.is_ok()
            }
            Deviation::NegativePageAccepted => {
                let size = self.page(0, -1, None).await.is_ok();
                assert_eq!(size, self.page(-1, 5, None).await.is_ok());
                size
            }
            Deviation::SecondPageOfEverythingAccepted => self.page(2, 0, None).await.is_ok(),
            Deviation::AmbiguousPicksFirst | Deviation::SoleConnectionRefused => {
                let ctx = CallContext::new();
                if deviation == Deviation::AmbiguousPicksFirst {
                    provider
                        .start_connection(&ctx, &"prod".into())
                        .await
                        .unwrap();
                }
                let listed = provider.list(&ctx, &self.pods, ListInput::all()).await;
                listed.is_ok() == (deviation == Deviation::AmbiguousPicksFirst)
            }
            Deviation::UnknownFieldAccepted => {
                let filter = FilterPredicate::eq("spec.nonsense", "a");
                self.find_by(filter).await.is_ok()
            }
            Deviation::InvalidOperatorAccepted => {
                let filter = FilterPredicate::prefix("spec.priority", "a");
                self.find_by(filter).await.is_ok()
            }
            Deviation::FilterErrorIsInternal => {
                let field = FilterPredicate::eq("spec.nonsense", "a");
                let operator = FilterPredicate::prefix("spec.priority", "a");
                let field = self.find_by(field).await.unwrap_err();
                fields(field) && fields(self.find_by(operator).await.unwrap_err())
            }
            Deviation::DeadlineIgnored | Deviation::CancelledIsTimeout => {
                let token = CancellationToken::new();
                token.cancel();
                let cancelled = self.ctx.clone().with_cancellation(token);
                let cancelled = provider
                    .list(&cancelled, &self.pods, ListInput::all())
                    .await;
                let expired = Instant::now() - Duration::from_secs(1);
                let expired = self.ctx.clone().with_deadline(expired);
                let expired = provider.list(&expired, &self.pods, ListInput::all()).await;
                if deviation == Deviation::DeadlineIgnored {
                    return cancelled.is_ok() && expired.is_ok();
                }
                cancelled.is_err_and(|error| *error.code() == ErrorCode::Timeout)
            }
            other => panic!("nobody looks for {other}"),
        }
    }

    pub(super) async fn shows_in_types(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let (ctx, dev, none) = (&self.ctx, "dev".into(), ResourceKey::from("core::v1::Nope"));
        let group = |id: &'static str| provider.resource_group(ctx, id);
        match deviation {
            Deviation::HasTypeDisagrees => provider.has_resource_type(ctx, &none).await.unwrap(),
            Deviation::GroupMissing => {
                let groups = provider.resource_groups(ctx, &dev).await.unwrap();
                groups.contains_key("core") && group("core").await.is_err()
            }
            Deviation::UnknownGroupAnswers => group("nope").await.is_ok(),
            Deviation::GroupUnsorted => {
                let groups = provider.resource_groups(ctx, &dev).await.unwrap();
                let kinds = groups["core"].resources["v1"].iter().map(|one| &one.kind);
                !kinds.is_sorted()
            }
            Deviation::TypeMissing | Deviation::DiscoveredTypesMissing => {
                let types = provider.resource_types(ctx, &dev).await.unwrap();
                let wanted = match deviation {
                    Deviation::TypeMissing => Kind::Deployment.key(),
                    _ => "fleet.example.io::v1::Rollout".into(),
                };
                !types.contains_key(&wanted)
            }
            Deviation::LabelMissing => self.meta().await.label.is_empty(),
            Deviation::CategoryMissing => self.meta().await.category.is_empty(),
            Deviation::TypeOfAnotherVersion => self.meta().await.key() != self.pods,
            Deviation::DefinitionOfUnknownKey => {
                provider.resource_definition(ctx, &none).await.is_ok()
            }
            Deviation::CapabilitiesOfUnknownKey => {
                provider.resource_capabilities(ctx, &none).await.is_ok()
            }
            Deviation::SchemaOfUnknownKey => provider.resource_schema(ctx, &none).await.is_ok(),
            Deviation::FilterFieldsMissing => provider
                .filter_fields(ctx, &self.pods)
                .await
                .unwrap()
                .is_none(),
            Deviation::FilterFieldsInvented => {
                let maps = Kind::ConfigMap.key();
                provider.filter_fields(ctx, &maps).await.unwrap().is_some()
            }
            _ => self.shows_in_capabilities(deviation).await,
        }
    }

    async fn shows_in_capabilities(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let of = async |kind: Kind| {
            let can = provider.resource_capabilities(&self.ctx, &kind.key()).await;
            can.unwrap()
        };
        let (pod, map) = (of(Kind::Pod).await, of(Kind::ConfigMap).await);
        match deviation {
            Deviation::CapabilityDeniesDelete => !pod.can_delete,
            Deviation::CapabilityDeniesWatch => !pod.watchable,
            Deviation::CapabilityClaimsWatch => {
                let (ctx, dev) = (CallContext::new(), "dev".into());
                let ensured = provider.ensure_resource_watch(&ctx, &dev, &self.pods).await;
                pod.watchable && ensured.is_err()
            }
            Deviation::CapabilityDeniesFilters => !pod.filterable,
            Deviation::CapabilityClaimsFilters => map.filterable,
            Deviation::CapabilityHidesActions => !pod.has_actions,
            Deviation::CapabilityClaimsActions => map.has_actions,
            Deviation::CapabilityClaimsHealth => map.has_health,
            Deviation::CapabilityClaimsRelationships => map.has_relationships,
            Deviation::CapabilityHidesSchema => !pod.has_schema,
            Deviation::CapabilityNotNamespaced => !pod.namespace_scoped,
            other => panic!("nobody looks for {other}"),
        }
    }

    pub(super) async fn shows_in_health(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        match deviation {
            Deviation::RelationshipsOfUnknownKey => {
                let none = "core::v1::Nope".into();
                let declared = provider.declared_relationships(&self.ctx, &none).await;
                declared.is_ok()
            }
            Deviation::MalformedHealthAccepted => {
                let health = provider.assess_health(&self.ctx, &self.pods, "{").await;
                health.is_ok()
            }
            Deviation::HealthInvented => {
                let maps = Kind::ConfigMap.key();
                let health = provider.assess_health(&self.ctx, &maps, "{}").await;
                health.unwrap().is_some()
            }
            Deviation::EventsOldestFirst => {
                let events = provider
                    .resource_events(&self.ctx, &self.pods, "checkout-2", "shop", 0)
                    .await
                    .unwrap();
                assert_eq!(events.len(), 2);
                events[0].reason == "Created"
            }
            _ => {
                for priority in 0..25 {
                    let object = pod("mine", "shop", priority);
                    if priority == 0 {
                        self.backend.insert("dev", Kind::Pod, &object).unwrap();
                    }
                    self.backend.update("dev", Kind::Pod, &object).unwrap();
                }
                let events = async |limit: i64| {
                    provider
                        .resource_events(&self.ctx, &self.pods, "mine", "shop", limit)
                        .await
                        .map(|events| events.len())
                };
                match deviation {
                    Deviation::EventsOverLimit => events(3).await.unwrap() == 4,
                    Deviation::EventsNegativeLimitAccepted => events(-1).await.is_ok(),
                    Deviation::EventsLimitZeroIsAll => events(0).await.unwrap() == 26,
                    Deviation::EventsLimitZeroIsNone => events(0).await.unwrap() == 0,
                    other => panic!("nobody looks for {other}"),
                }
            }
        }
    }

    async fn page(&self, page: i64, page_size: i64, cursor: Option<String>) -> Result<ListResult> {
        let input = ListInput {
            pagination: PaginationParams {
                page,
                page_size,
                cursor,
            },
            ..ListInput::all()
        };
        let provider = &self.plugin.provider;
        provider.list(&self.ctx, &self.pods, input).await
    }

    async fn error_of(&self, key: &str) -> ResourceOperationError {
        let provider = &self.plugin.provider;
        let listed = provider
            .list(&self.ctx, &key.into(), ListInput::all())
            .await;
        listed.unwrap_err()
    }

    async fn find_by(&self, filter: FilterPredicate) -> Result<()> {
        let input = FindInput::all().filter(filter);
        let provider = &self.plugin.provider;
        let found = provider.find(&self.ctx, &self.pods, input).await;
        found.map(drop)
    }

    async fn meta(&self) -> omniview_sdk::ResourceMeta {
        let provider = &self.plugin.provider;
        provider.resource_type(&self.ctx, &self.pods).await.unwrap()
    }
}
