//! Health, text search, definitions and connections.

use omniview_reference_backend::{Deviation, Kind, Site};
use omniview_sdk::{
    CallContext, Connection, ConnectionStatus, ErrorCode, FindInput, GetInput, HealthStatus,
    ResourceHealth, Result,
};

use super::Look;

impl Look {
    pub(super) async fn shows_in_insight(&self, deviation: Deviation) -> bool {
        let failed = r#"{"status": {"phase": "Failed"}}"#;
        match deviation {
            Deviation::HealthPanicsOnOddJson => {
                assert!(self.health(failed).await.is_ok());
                let panics = self.health("[1]").await.is_err();
                assert_eq!(panics, self.health("{}").await.is_err());
                panics
            }
            Deviation::HealthUnknownStatus => {
                let health = self.health(failed).await.unwrap().unwrap();
                !health.status.is_known()
            }
            Deviation::HealthAlwaysHealthy => {
                let health = self.health(failed).await.unwrap().unwrap();
                health.status == HealthStatus::Healthy
            }
            Deviation::SearchIgnoresText => {
                let provider = &self.plugin.provider;
                let input = FindInput::all().text("grafana");
                let found = provider.find(&self.ctx, &self.pods, input).await.unwrap();
                assert!(found.total_count == 1 || found.total_count == 23);
                found.total_count == 23
            }
            Deviation::SearchFindsTwice => {
                let input = FindInput::all().text("grafana");
                let provider = &self.plugin.provider;
                let found = provider.find(&self.ctx, &self.pods, input).await.unwrap();
                found.total_count == 2 && found.result[0] == found.result[1]
            }
            Deviation::DefinitionWithoutNamespaceAccessor => {
                let provider = &self.plugin.provider;
                let definition = provider.resource_definition(&self.ctx, &self.pods).await;
                let can = provider.resource_capabilities(&self.ctx, &self.pods).await;
                let missing = definition.unwrap().namespace_accessor.is_empty();
                assert_eq!(missing, !can.unwrap().namespace_scoped);
                missing
            }
            Deviation::ScaleHintUnknown => {
                let provider = &self.plugin.provider;
                let can = provider.resource_capabilities(&self.ctx, &self.pods).await;
                !can.unwrap().scale_hint.unwrap().level.is_known()
            }
            Deviation::SchemaNotMatching | Deviation::SchemaIsNoSchema => {
                let provider = &self.plugin.provider;
                let schema = provider.resource_schema(&self.ctx, &self.pods).await;
                let schema = schema.unwrap().unwrap().to_value().unwrap();
                if deviation == Deviation::SchemaIsNoSchema {
                    return schema.is_number();
                }
                let pods = self.backend.objects("dev", Kind::Pod).unwrap();
                !jsonschema::is_valid(&schema, &pods[0].to_value().unwrap())
            }
            Deviation::ErrorsUnclassified => {
                let mut codes = Vec::new();
                for kind in Kind::ALL {
                    let (provider, key) = (&self.plugin.provider, kind.key());
                    let got = provider.get(&self.ctx, &key, GetInput::new("no")).await;
                    codes.push(got.unwrap_err().code().clone());
                }
                codes.iter().all(|code| *code == ErrorCode::Internal)
            }
            Deviation::ActionListedTwice
            | Deviation::ActionScopeUnknown
            | Deviation::ActionSchemaUnknownType
            | Deviation::ActionEventUnknown
            | Deviation::ActionEndsInSilence
            | Deviation::ActionIgnoresReader => self.shows_in_actions(deviation).await,
            Deviation::RelationshipDirectionFlipped
            | Deviation::RelationshipUndeclared
            | Deviation::RelationshipTargetMissing
            | Deviation::RelationshipWrongConnection
            | Deviation::TargetNamespacedWrong => self.shows_in_relationships(deviation).await,
            Deviation::DefinitionNamesUid => {
                let provider = &self.plugin.provider;
                let definition = provider.resource_definition(&self.ctx, &self.pods).await;
                definition.unwrap().id_accessor == "metadata.uid"
            }
            Deviation::DefinitionWithoutIdAccessor => {
                let provider = &self.plugin.provider;
                let definition = provider.resource_definition(&self.ctx, &self.pods).await;
                definition.unwrap().id_accessor.is_empty()
            }
            other => panic!("nobody looks for {other}"),
        }
    }

    pub(super) async fn shows_in_connections(&self, deviation: Deviation) -> bool {
        let (ctx, dev) = (CallContext::new(), "dev".into());
        let provider = &self.plugin.provider;
        let started = provider.start_connection(&ctx, &dev).await;
        if deviation == Deviation::LoadsConnectionTwice {
            return started.is_err_and(|error| *error.code() == ErrorCode::InvalidInput);
        }
        started.unwrap();
        match deviation {
            Deviation::UnhealthyCheck => {
                let status: ConnectionStatus = provider.check_connection(&ctx, &dev).await.unwrap();
                status.status.as_str() == "SPLENDID"
            }
            Deviation::CheckFails => {
                let checked = provider.check_connection(&ctx, &dev).await;
                checked.map_or(true, |status| !status.is_connected())
            }
            Deviation::NamespacesMissing => {
                let namespaces = provider.get_connection_namespaces(&ctx, &dev).await;
                namespaces.unwrap().is_none()
            }
            Deviation::NamespacesTwice => {
                let namespaces = provider.get_connection_namespaces(&ctx, &dev).await;
                let namespaces = namespaces.unwrap().unwrap();
                namespaces.first() == namespaces.last()
            }
            Deviation::LostSession => {
                let prod = "prod".into();
                provider.start_connection(&ctx, &prod).await.unwrap();
                self.backend.fleet("prod").unwrap().open_clients() == 0
            }
            Deviation::RefreshFails => provider.refresh_connection(&ctx, &dev).await.is_err(),
            Deviation::EditorSchemaNotJson => {
                let schemas = provider.editor_schemas(&ctx, &dev).await.unwrap();
                let content = String::from_utf8(schemas[0].content.clone()).unwrap();
                omniview_sdk::Json::parse(content).is_err()
            }
            Deviation::EditorSchemaUnknownType => {
                let schemas = provider.editor_schemas(&ctx, &dev).await.unwrap();
                let key = &schemas[0].resource_key;
                !provider.has_resource_type(&ctx, key).await.unwrap()
            }
            Deviation::DestroyFails => {
                let _ = provider.stop_connection(&ctx, &dev).await;
                self.backend.fleet("dev").unwrap().open_clients() == 1
            }
            Deviation::ConnectionChangesUntold => {
                let staging = Connection::builder("staging").build().unwrap();
                self.backend
                    .add_connection(staging, &Site::empty())
                    .unwrap();
                self.plugin.events(Kind::Pod).await;
                provider.list_connections(&ctx).await.unwrap().len() == 2
            }
            other => panic!("nobody looks for {other}"),
        }
    }

    async fn health(&self, data: &str) -> Result<Option<ResourceHealth>> {
        let provider = &self.plugin.provider;
        provider.assess_health(&self.ctx, &self.pods, data).await
    }
}
