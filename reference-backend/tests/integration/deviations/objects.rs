//! Get, create, update and delete.

use omniview_reference_backend::Deviation;
use omniview_sdk::{
    CreateInput, CreateResult, DeleteInput, DeleteResult, ErrorCode, GetInput, GetResult, Json,
    Result, UpdateInput, UpdateResult,
};

use super::Look;
use crate::support::{pod, text};

impl Look {
    pub(super) async fn shows_in_objects(&self, deviation: Deviation) -> bool {
        let missing = |result: &Result<GetResult>| {
            result
                .as_ref()
                .is_err_and(|error| *error.code() == ErrorCode::NotFound)
        };
        match deviation {
            Deviation::StaleGet => {
                let created = self.create(1).await.unwrap().result;
                self.update(pod("mine", "shop", 2)).await.unwrap();
                self.get("shop").await.unwrap().result == created
            }
            Deviation::GetMissingSucceeds => self
                .get("shop")
                .await
                .is_ok_and(|got| got.success && got.result.is_null()),
            Deviation::GetMissingInternal => self
                .get("shop")
                .await
                .is_err_and(|error| *error.code() == ErrorCode::Internal),
            Deviation::GetIgnoresNamespace => {
                self.create(1).await.unwrap();
                self.get("default").await.is_ok()
            }
            Deviation::GetWithoutSuccess => {
                self.create(1).await.unwrap();
                !self.get("shop").await.unwrap().success
            }
            Deviation::CreateAcceptsDuplicates => {
                self.create(1).await.unwrap();
                self.create(2).await.is_ok()
            }
            Deviation::CreateIgnored => {
                self.create(1).await.unwrap();
                missing(&self.get("shop").await)
            }
            Deviation::UpdateIgnored => {
                self.create(1).await.unwrap();
                self.update(pod("mine", "shop", 2)).await.unwrap();
                let got = self.get("shop").await.unwrap().result;
                got.to_value().unwrap()["spec"]["priority"] == 1
            }
            Deviation::UpdateCreatesMissing => {
                let updated = self.update(pod("mine", "shop", 2)).await.is_ok();
                assert_eq!(updated, !missing(&self.get("shop").await));
                updated
            }
            Deviation::UpdateForgetsConflict => {
                let created = self.create(1).await.unwrap().result;
                self.update(created.clone()).await.unwrap();
                self.update(created).await.is_ok()
            }
            Deviation::DeleteIgnored => {
                self.create(1).await.unwrap();
                let deleted = self.delete().await.unwrap();
                assert_eq!(text(&deleted.result.unwrap(), "/metadata/name"), "mine");
                !missing(&self.get("shop").await)
            }
            Deviation::CreateAnswersInput => {
                self.create(1).await.unwrap().result == pod("mine", "shop", 1)
            }
            Deviation::UpdateAnswersOld => {
                let created = self.create(1).await.unwrap().result;
                self.update(pod("mine", "shop", 2)).await.unwrap().result == created
            }
            Deviation::CreateIgnoresNamespace => {
                let created = self.create(1).await.unwrap().result;
                text(&created, "/metadata/namespace") == "default"
            }
            Deviation::DeleteIgnoresNamespace => {
                self.create(1).await.unwrap();
                let input = DeleteInput::new("mine").in_namespace("default");
                let provider = &self.plugin.provider;
                let deleted = provider.delete(&self.ctx, &self.pods, input).await;
                assert_eq!(deleted.is_ok(), missing(&self.get("shop").await));
                deleted.is_ok()
            }
            Deviation::DeleteNeedsGrace => {
                self.create(1).await.unwrap();
                let deleted = self.delete().await;
                deleted.is_err_and(|error| *error.code() == ErrorCode::InvalidInput)
            }
            Deviation::CreateAnswersNothing => {
                let created = self.create(1).await.unwrap().result;
                assert!(self.get("shop").await.is_ok());
                created.is_null()
            }
            Deviation::GetAnswersNamesake => {
                self.create(1).await.unwrap();
                let namesake = CreateInput::new(pod("mine", "default", 2));
                let provider = &self.plugin.provider;
                let created = provider.create(&self.ctx, &self.pods, namesake).await;
                let created = created.unwrap().result;
                assert_eq!(self.get("default").await.unwrap().result, created);
                self.get("shop").await.unwrap().result == created
            }
            Deviation::UpdateChangesAnother => {
                self.create(1).await.unwrap();
                let another = CreateInput::new(pod("another", "shop", 2));
                let provider = &self.plugin.provider;
                let created = provider.create(&self.ctx, &self.pods, another).await;
                let created = created.unwrap().result;
                let updated = self.update(pod("mine", "shop", 7)).await.unwrap().result;
                assert_eq!(self.get("shop").await.unwrap().result, updated);
                let input = GetInput::new("another").in_namespace("shop");
                let got = provider.get(&self.ctx, &self.pods, input).await.unwrap();
                let priority = got.result.to_value().unwrap()["spec"]["priority"].clone();
                assert_eq!(priority == 7, got.result != created);
                priority == 7
            }
            Deviation::DeleteMissingSucceeds => self.delete().await.is_ok(),
            other => panic!("nobody looks for {other}"),
        }
    }

    async fn get(&self, namespace: &str) -> Result<GetResult> {
        let input = GetInput::new("mine").in_namespace(namespace);
        self.plugin.provider.get(&self.ctx, &self.pods, input).await
    }

    pub(super) async fn create(&self, priority: i64) -> Result<CreateResult> {
        let input = CreateInput::new(pod("mine", "shop", priority));
        let provider = &self.plugin.provider;
        provider.create(&self.ctx, &self.pods, input).await
    }

    pub(super) async fn update(&self, object: Json) -> Result<UpdateResult> {
        let input = UpdateInput::new("mine", object).in_namespace("shop");
        let provider = &self.plugin.provider;
        provider.update(&self.ctx, &self.pods, input).await
    }

    pub(super) async fn delete(&self) -> Result<DeleteResult> {
        let input = DeleteInput::new("mine").in_namespace("shop");
        let provider = &self.plugin.provider;
        provider.delete(&self.ctx, &self.pods, input).await
    }
}
