//! Actions and their streams.

use std::time::Duration;

use futures_util::StreamExt;
use omniview_reference_backend::{Deviation, Kind};
use omniview_sdk::{ActionEvent, ActionEventType, ActionInput, Result};

use super::Look;
use crate::support::text;

impl Look {
    pub(super) async fn shows_in_actions(&self, deviation: Deviation) -> bool {
        let actions = self.plugin.provider.list_actions(&self.ctx, &self.pods);
        let actions = actions.await.unwrap();
        match deviation {
            Deviation::ActionListedTwice => actions.first() == actions.last(),
            Deviation::ActionScopeUnknown => !actions[0].scope.is_known(),
            Deviation::ActionSchemaUnknownType => actions.iter().any(|action| {
                let schema = action.params_schema.iter();
                let mut told = schema.flat_map(|schema| schema.properties.values());
                told.any(|property| !property.kind.is_known())
            }),
            Deviation::ActionEventUnknown => {
                let events = self.stream("logs", "echo-0").await.unwrap();
                events.iter().any(|event| !event.kind.is_known())
            }
            Deviation::ActionEndsInSilence => {
                let events = self.stream("logs", "nobody").await.unwrap();
                assert_eq!(events.len(), 1);
                events[0].kind == ActionEventType::Complete
            }
            Deviation::ActionIgnoresReader => {
                let (provider, nodes) = (&self.plugin.provider, Kind::Node.key());
                let input = ActionInput::new("dev-a");
                let stream = provider.stream_action(&self.ctx, &nodes, "drain", input);
                let mut stream = stream.await.unwrap();
                stream.next().await.unwrap();
                drop(stream);
                tokio::time::sleep(Duration::from_secs(1)).await;
                let pods = self.backend.objects("dev", Kind::Pod).unwrap();
                let evicted = pods
                    .iter()
                    .filter(|pod| text(pod, "/status/reason") == "Evicted");
                evicted.count() > 1
            }
            other => panic!("nobody looks for {other}"),
        }
    }

    pub(super) async fn shows_in_streams(&self, deviation: Deviation) -> bool {
        let unknown = ActionInput::new("echo-0");
        let provider = &self.plugin.provider;
        match deviation {
            Deviation::NoActionsIsUnsupported => provider
                .list_actions(&self.ctx, &Kind::Job.key())
                .await
                .is_err(),
            Deviation::ActionUnknownAccepted => provider
                .execute_action(&self.ctx, &self.pods, "fly", unknown)
                .await
                .is_ok(),
            Deviation::ActionUnsupportedAccepted => provider
                .execute_action(&self.ctx, &Kind::Job.key(), "restart", unknown)
                .await
                .is_ok(),
            Deviation::StreamNeverCloses => {
                let stream = self.stream("logs", "echo-0");
                tokio::time::timeout(Duration::from_secs(60), stream)
                    .await
                    .is_err()
            }
            _ => {
                let events = self.stream("logs", "echo-0").await.unwrap();
                let ends = events.iter().filter(|event| event.is_last()).count();
                let ended = events.last().is_some_and(ActionEvent::is_last);
                match deviation {
                    Deviation::StreamTwoCompletes => ends == 2,
                    Deviation::StreamNeverEndsWithComplete => ends == 0,
                    Deviation::StreamGoesOn => ends == 1 && !ended,
                    other => panic!("nobody looks for {other}"),
                }
            }
        }
    }

    async fn stream(&self, action: &str, id: &str) -> Result<Vec<ActionEvent>> {
        let (provider, input) = (&self.plugin.provider, ActionInput::new(id));
        let stream = provider.stream_action(&self.ctx, &self.pods, action, input);
        Ok(stream.await?.collect().await)
    }
}
