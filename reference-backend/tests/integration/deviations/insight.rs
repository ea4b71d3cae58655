//! Health, text search, definitions and connections.

use omniview_reference_backend::{Deviation, Kind, Site};
use omniview_sdk::{
    CallContext, Connection, ConnectionStatus, ErrorCode, FindInput, HealthStatus, ResourceHealth,
    Result,
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
