//! The verbs: short forms of calls on the check's connection, and objects that are cleaned up.

use std::sync::{PoisonError, atomic::Ordering};

use omniview_sdk::{
    ConnectionId, CreateInput, CreateResult, DeleteInput, DeleteResult, ErrorCode, FindInput,
    FindResult, GetInput, GetResult, Json, ListInput, ListResult, OperationProvider, ResourceKey,
    Result, UpdateInput, UpdateResult, query::lookup,
};
use serde_json::Value;

use super::{Cx, Object, TypeUnderTest};
use crate::{
    Halt,
    history::{Call, Moment},
    ledger::Entry,
    subject::{Fault, FaultKind, Sample},
};

impl Cx {
    /// The next sample of a type, in its usual namespace. No two are alike.
    ///
    /// # Errors
    ///
    /// The subject has none: the check did not declare [`Need::Samples`](crate::Need::Samples).
    pub fn sample(&self, of: &TypeUnderTest) -> Result<Sample, Halt> {
        let namespace = of.namespaces().swap_remove(0);
        self.sample_in(of, &namespace)
    }

    /// The next sample of a type, in a namespace.
    ///
    /// # Errors
    ///
    /// As [`sample`](Self::sample).
    pub fn sample_in(&self, of: &TypeUnderTest, namespace: &str) -> Result<Sample, Halt> {
        let number = self.samples.fetch_add(1, Ordering::Relaxed);
        let sample = of
            .fixture
            .as_ref()
            .and_then(|fixture| fixture.make_sample(number, namespace))
            .ok_or_else(|| Halt::broken(format!("there are no samples of {}", of.key)))?;
        self.issue(of, &sample)?;
        Ok(sample)
    }

    /// Notes a sample, so that its creation is recognised.
    ///
    /// # Errors
    ///
    /// It is not the object that it says it is: the subject is wrong.
    fn issue(&self, of: &TypeUnderTest, sample: &Sample) -> Result<(), Halt> {
        if let Some(identity) = self.facts.identities.get(&of.key)
            && let Ok(data) = sample.data.to_value()
        {
            let told = [("id", identity.id_path(), &sample.id)];
            let namespace = identity
                .namespace_path()
                .map(|path| ("namespace", path, &sample.namespace));
            for (what, path, said) in told.into_iter().chain(namespace) {
                if let Some(held) = lookup(&data, path).and_then(Value::as_str)
                    && held != said.as_str()
                {
                    return Err(Halt::broken(format!(
                        "a sample of {} (ResourceFixture::sample) says that its {what} is {said:?}, and its data has {held:?} \
                         at {path}",
                        of.key
                    )));
                }
            }
        }
        self.ledger.issue(&of.key, sample);
        Ok(())
    }

    /// The next sample of a type, once a namespace: the same number in each, so that the ids may be the same.
    ///
    /// # Errors
    ///
    /// As [`sample`](Self::sample).
    pub fn samples_alike(
        &self,
        of: &TypeUnderTest,
        namespaces: &[String],
    ) -> Result<Vec<Sample>, Halt> {
        let number = self.samples.fetch_add(1, Ordering::Relaxed);
        let fixture = of.fixture.as_ref();
        let samples = namespaces.iter().map(|namespace| {
            let sample = fixture
                .and_then(|fixture| fixture.make_sample(number, namespace))
                .ok_or_else(|| Halt::broken(format!("there are no samples of {}", of.key)))?;
            self.issue(of, &sample)?;
            Ok(sample)
        });
        samples.collect()
    }

    /// The changed form of an object's data.
    ///
    /// # Errors
    ///
    /// The subject has no change, or the data cannot be read.
    pub fn changed(&self, of: &TypeUnderTest, data: &Json) -> Result<Json, Halt> {
        let value = data
            .to_value()
            .map_err(|error| Halt::broken(format!("an object of {}: {error}", of.key)))?;
        let changed = of
            .fixture
            .as_ref()
            .and_then(|fixture| fixture.changed(value))
            .ok_or_else(|| Halt::broken(format!("there is no change of {}", of.key)))?;
        Ok(Json::from(changed))
    }

    /// Calls `create` with a sample.
    ///
    /// # Errors
    ///
    /// Those of the boundary.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it may have happened or not. A sample that [`sample`](Self::sample) and its like have issued is noted before the call
    /// and removed after the check either way.
    pub async fn create(&self, key: &ResourceKey, sample: &Sample) -> Result<CreateResult> {
        let input = CreateInput::new(sample.data.clone()).in_namespace(&sample.namespace);
        self.recorder.create(&self.ctx(), key, input).await
    }

    /// Makes the next sample of a type exist, for a check that is not about creation.
    ///
    /// # Errors
    ///
    /// It could not be created: the check is blocked.
    ///
    /// # Cancel safety
    ///
    /// As [`create`](Self::create), with one exception: an object whose id the backend assigns
    /// ([`ResourceFixture::assigned_id`](crate::ResourceFixture::assigned_id)) is known by that id only when the call has ended, and
    /// stays behind where it was dropped before.
    pub async fn make(&self, of: &TypeUnderTest) -> Result<Object, Halt> {
        let sample = self.sample(of)?;
        self.make_sample(of, &sample).await
    }

    /// As [`make`](Self::make), in a namespace.
    ///
    /// # Errors
    ///
    /// As [`make`](Self::make).
    ///
    /// # Cancel safety
    ///
    /// As [`make`](Self::make).
    pub async fn make_in(&self, of: &TypeUnderTest, namespace: &str) -> Result<Object, Halt> {
        let sample = self.sample_in(of, namespace)?;
        self.make_sample(of, &sample).await
    }

    /// As [`make`](Self::make), from a sample that the check has prepared.
    ///
    /// # Errors
    ///
    /// As [`make`](Self::make).
    ///
    /// # Cancel safety
    ///
    /// As [`make`](Self::make).
    pub async fn make_sample(&self, of: &TypeUnderTest, sample: &Sample) -> Result<Object, Halt> {
        let what = format!("a sample of {} to work with", of.key);
        let created = self.create(&of.key, sample).await;
        let is_invalid = created
            .as_ref()
            .is_err_and(|error| *error.code() == ErrorCode::InvalidInput);
        let created = self.given(&what, created).map_err(|halt| match halt {
            Halt::Blocked(text) if is_invalid => Halt::Blocked(format!(
                "{text} (is what ResourceFixture::sample makes of {} valid?)",
                of.key
            )),
            halt => halt,
        })?;
        let chosen = of.fixture.as_ref().and_then(|fixture| {
            created
                .result
                .to_value()
                .ok()
                .and_then(|value| fixture.id_of(&value))
        });
        if let Some(id) = &chosen {
            self.ledger.strike(&of.key, &sample.id, &sample.namespace);
            self.ledger.note(Entry {
                connection: Some(self.connection().clone()),
                key: of.key.clone(),
                id: id.clone(),
                namespace: sample.namespace.clone(),
            });
        }
        Ok(Object {
            key: of.key.clone(),
            id: chosen.unwrap_or_else(|| sample.id.clone()),
            namespace: sample.namespace.clone(),
            sent: sample.data.clone(),
            data: created.result,
        })
    }

    /// Calls `get`.
    ///
    /// # Errors
    ///
    /// Those of the boundary.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop; the history keeps the call, without an answer.
    pub async fn get(&self, key: &ResourceKey, id: &str, namespace: &str) -> Result<GetResult> {
        let input = GetInput::new(id).in_namespace(namespace);
        self.recorder.get(&self.ctx(), key, input).await
    }

    /// Calls `list`.
    ///
    /// # Errors
    ///
    /// Those of the boundary.
    ///
    /// # Cancel safety
    ///
    /// As [`get`](Self::get).
    pub async fn list(&self, key: &ResourceKey, input: ListInput) -> Result<ListResult> {
        self.recorder.list(&self.ctx(), key, input).await
    }

    /// Calls `find`.
    ///
    /// # Errors
    ///
    /// Those of the boundary.
    ///
    /// # Cancel safety
    ///
    /// As [`get`](Self::get).
    pub async fn find(&self, key: &ResourceKey, input: FindInput) -> Result<FindResult> {
        self.recorder.find(&self.ctx(), key, input).await
    }

    /// Calls `update` on an object.
    ///
    /// # Errors
    ///
    /// Those of the boundary.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it may have happened or not; the history keeps the call, without an answer.
    pub async fn update(&self, object: &Object, data: &Json) -> Result<UpdateResult> {
        let input = UpdateInput::new(&object.id, data.clone()).in_namespace(&object.namespace);
        self.recorder.update(&self.ctx(), &object.key, input).await
    }

    /// Calls `delete` on an object.
    ///
    /// # Errors
    ///
    /// Those of the boundary.
    ///
    /// # Cancel safety
    ///
    /// As [`update`](Self::update). The object stays among those that are removed after the check; one that is gone is fine there.
    pub async fn delete(&self, object: &Object) -> Result<DeleteResult> {
        let input = DeleteInput::new(&object.id).in_namespace(&object.namespace);
        self.recorder.delete(&self.ctx(), &object.key, input).await
    }

    /// Puts a sample into the backend behind the plugin's back.
    ///
    /// # Errors
    ///
    /// The subject could not: the check is blocked.
    ///
    /// # Panics
    ///
    /// As [`outside`](Self::outside).
    ///
    /// # Cancel safety
    ///
    /// Dropped, it may have happened or not. The object is noted before, and removed after the check either way.
    pub async fn insert_outside(&self, key: &ResourceKey, sample: &Sample) -> Result<(), Halt> {
        self.insert_outside_on(self.connection(), key, sample).await
    }

    /// As [`insert_outside`](Self::insert_outside), into the backend of another connection.
    ///
    /// # Errors
    ///
    /// As [`insert_outside`](Self::insert_outside).
    ///
    /// # Panics
    ///
    /// As [`outside`](Self::outside).
    ///
    /// # Cancel safety
    ///
    /// As [`insert_outside`](Self::insert_outside).
    pub async fn insert_outside_on(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), Halt> {
        self.ledger.note(Entry {
            connection: Some(connection.clone()),
            key: key.clone(),
            id: sample.id.clone(),
            namespace: sample.namespace.clone(),
        });
        self.record_outside("insert", connection, key, &sample.id, &sample.namespace);
        let inserted = self.outside().insert(connection, key, sample).await;
        inserted.map_err(|error| Halt::Blocked(format!("insert from outside: {error}")))
    }

    /// Replaces an object behind the plugin's back.
    ///
    /// # Errors
    ///
    /// The subject could not: the check is blocked.
    ///
    /// # Panics
    ///
    /// As [`outside`](Self::outside).
    ///
    /// # Cancel safety
    ///
    /// Dropped, it may have happened or not.
    pub async fn update_outside(&self, key: &ResourceKey, object: &Sample) -> Result<(), Halt> {
        self.record_outside(
            "update",
            self.connection(),
            key,
            &object.id,
            &object.namespace,
        );
        let updated = self.outside().update(self.connection(), key, object).await;
        updated.map_err(|error| Halt::Blocked(format!("update from outside: {error}")))
    }

    /// Removes an object behind the plugin's back.
    ///
    /// # Errors
    ///
    /// The subject could not: the check is blocked.
    ///
    /// # Panics
    ///
    /// As [`outside`](Self::outside).
    ///
    /// # Cancel safety
    ///
    /// Dropped, it may have happened or not; the object is then removed after the check, if it is still there.
    pub async fn remove_outside(
        &self,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<(), Halt> {
        self.record_outside("remove", self.connection(), key, id, namespace);
        let connection = self.connection();
        let removed = self.outside().remove(connection, key, id, namespace).await;
        removed.map_err(|error| Halt::Blocked(format!("remove from outside: {error}")))?;
        self.ledger.strike(key, id, namespace);
        Ok(())
    }

    /// Makes the backend of [`connection`](Self::connection) fail until [`recover`](Self::recover), at the latest until
    /// the check is over.
    ///
    /// # Errors
    ///
    /// The subject could not: the check is blocked.
    ///
    /// # Panics
    ///
    /// As [`outside`](Self::outside).
    ///
    /// # Cancel safety
    ///
    /// Dropped, the backend may fail or not; after the check it recovers either way.
    pub async fn inject(&self, kind: FaultKind, key: Option<&ResourceKey>) -> Result<(), Halt> {
        let mut fault = Fault::new(kind, self.connection().clone());
        fault.key = key.cloned();
        self.faulted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(fault.connection.clone());
        self.note(format!("outside: the backend begins to {kind}"));
        let injected = self.outside().inject(&fault).await;
        injected.map_err(|error| Halt::Blocked(format!("make the backend {kind}: {error}")))
    }

    /// Ends the faults of [`connection`](Self::connection).
    ///
    /// # Errors
    ///
    /// The subject could not: the check is blocked.
    ///
    /// # Panics
    ///
    /// As [`outside`](Self::outside).
    ///
    /// # Cancel safety
    ///
    /// Dropped, the backend may still fail; it recovers after the check.
    pub async fn recover(&self) -> Result<(), Halt> {
        self.note("outside: the backend recovers");
        let recovered = self.outside().recover(self.connection()).await;
        recovered.map_err(|error| Halt::Blocked(format!("let the backend recover: {error}")))
    }

    fn record_outside(
        &self,
        operation: &'static str,
        connection: &ConnectionId,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) {
        self.history.push(Moment::Outside(Call {
            operation,
            connection: Some(connection.clone()),
            key: Some(key.clone()),
            id: Some(id.to_owned()),
            namespace: Some(namespace.to_owned()),
        }));
    }
}
