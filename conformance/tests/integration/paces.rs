//! Honest plugins over backends that are slow, late or busy.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use omniview_conformance::{
    Need, Pace, Profile, Report, RunOptions, Selection, StatusKind, Subject, Verdict, run,
};
use omniview_sdk::{
    ConnectionRegistration, Context, CreateInput, CreateResult, DeleteInput, DeleteResult,
    ErrorCode, FindInput, FindResult, GetInput, GetResult, ListInput, ListResult, PluginResult,
    ResourceMeta, ResourceOperationError, ResourcePluginConfig, ResourceRegistration, Resourcer,
    UpdateInput, UpdateResult, async_trait,
};

use crate::plugin::{Conduct, Objects, OneConnection, Things, definition, fixture};

/// What is the matter with the backend.
#[derive(Clone, Copy, PartialEq)]
enum Trouble {
    /// Every call takes so long.
    Slow(Duration),
    /// Reads lag behind writes.
    Late(Duration),
    /// A call is refused the first time, and every other time.
    Busy,
}

/// The shop over such a backend.
struct Troubled {
    trouble: Trouble,
    truth: Things,
    /// What reads see.
    shown: Things,
    /// The calls that were refused and not yet repeated.
    refused: Mutex<BTreeSet<String>>,
}

impl Troubled {
    async fn serve(&self, call: String) -> PluginResult<()> {
        match self.trouble {
            Trouble::Slow(time) => tokio::time::sleep(time).await,
            Trouble::Busy => {
                let mut refused = self.refused.lock().unwrap();
                if !refused.remove(&call) {
                    refused.insert(call);
                    let busy = ErrorCode::from("RATE_LIMITED");
                    return Err(ResourceOperationError::new(busy, "slow down").into());
                }
            }
            Trouble::Late(_) => {}
        }
        Ok(())
    }

    /// Shows the truth, at once or later.
    fn show(&self) {
        let (truth, shown) = (
            Arc::clone(&self.truth.objects),
            Arc::clone(&self.shown.objects),
        );
        let show = move || {
            let truth = truth.lock().unwrap().clone();
            *shown.lock().unwrap() = truth;
        };
        match self.trouble {
            Trouble::Late(lag) => {
                tokio::spawn(async move {
                    tokio::time::sleep(lag).await;
                    show();
                });
            }
            _ => show(),
        }
    }
}

#[async_trait]
impl Resourcer<()> for Troubled {
    async fn get(&self, ctx: &Context<()>, input: GetInput) -> PluginResult<GetResult> {
        self.serve(format!("get {}", input.id)).await?;
        self.shown.get(ctx, input).await
    }

    async fn list(&self, ctx: &Context<()>, input: ListInput) -> PluginResult<ListResult> {
        self.serve("list".to_owned()).await?;
        self.shown.list(ctx, input).await
    }

    async fn find(&self, ctx: &Context<()>, input: FindInput) -> PluginResult<FindResult> {
        self.serve("find".to_owned()).await?;
        self.shown.find(ctx, input).await
    }

    async fn create(&self, ctx: &Context<()>, input: CreateInput) -> PluginResult<CreateResult> {
        self.serve(format!("create {}", input.input)).await?;
        let created = self.truth.create(ctx, input).await;
        self.show();
        created
    }

    async fn update(&self, ctx: &Context<()>, input: UpdateInput) -> PluginResult<UpdateResult> {
        self.serve(format!("update {}", input.id)).await?;
        let updated = self.truth.update(ctx, input).await;
        self.show();
        updated
    }

    async fn delete(&self, ctx: &Context<()>, input: DeleteInput) -> PluginResult<DeleteResult> {
        self.serve(format!("delete {}", input.id)).await?;
        let deleted = self.truth.delete(ctx, input).await;
        self.show();
        deleted
    }
}

fn config(trouble: Trouble, truth: &Objects, shown: &Objects) -> ResourcePluginConfig<()> {
    let troubled = Troubled {
        trouble,
        truth: Things::over(Conduct::Honest, truth),
        shown: Things::over(Conduct::Honest, shown),
        refused: Mutex::default(),
    };
    let meta = ResourceMeta::new("shop", "v1", "Thing");
    ResourcePluginConfig::new("shop")
        .connections(ConnectionRegistration::builder(OneConnection(Conduct::Honest)).build())
        .resource(
            ResourceRegistration::builder(meta, troubled)
                .definition(definition())
                .build(),
        )
}

async fn over(trouble: Trouble, pace: Pace) -> Report {
    let (truth, shown) = (Objects::default(), Objects::default());
    let mounted = (truth.clone(), shown.clone());
    let subject = Subject::in_process("shop", move || config(trouble, &mounted.0, &mounted.1))
        .resource(fixture())
        .without(Need::SecondConnection, "the shop has one")
        .pace(pace);
    let options = RunOptions::new().selection(Selection::profile(Profile::Full));
    let report = run(&subject, options).await;
    assert!(truth.lock().unwrap().is_empty(), "{}", report.to_text());
    report
}

/// The checks that say that something is wrong.
fn failed(report: &Report) -> Vec<&str> {
    let results = report.results.iter();
    let failed = results.filter(|one| {
        !matches!(
            one.status.kind(),
            StatusKind::Pass | StatusKind::NotApplicable | StatusKind::Blocked
        )
    });
    failed.map(|one| one.id.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_slow_backend_gets_the_time_that_its_subject_asks_for() {
    let slow = Trouble::Slow(Duration::from_millis(900));
    let report = over(slow, Pace::new()).await;
    assert_eq!(
        report.verdict(),
        Verdict::NotConformant,
        "{}",
        report.to_text()
    );
    let report = over(slow, Pace::new().slower(30)).await;
    assert_eq!(failed(&report), [""; 0], "{}", report.to_text());
}

#[tokio::test(start_paused = true)]
async fn reads_that_lag_are_repeated_until_they_agree() {
    let late = Trouble::Late(Duration::from_millis(250));
    let report = over(late, Pace::new()).await;
    assert_eq!(
        report.verdict(),
        Verdict::NotConformant,
        "{}",
        report.to_text()
    );
    let settling =
        Pace::new()
            .slower(30)
            .settling(4, Duration::from_millis(100), Duration::from_secs(5));
    let report = over(late, settling).await;
    assert_eq!(failed(&report), [""; 0], "{}", report.to_text());
    // Answers that agree too soon are old ones.
    let hasty = Pace::new().settling(2, Duration::from_millis(10), Duration::from_secs(5));
    assert_eq!(over(late, hasty).await.verdict(), Verdict::NotConformant);
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_refused_because_there_are_too_many_are_repeated() {
    let report = over(Trouble::Busy, Pace::new()).await;
    assert_eq!(
        report.verdict(),
        Verdict::NotConformant,
        "{}",
        report.to_text()
    );
    let retrying = |code: &str| Pace::new().retrying([code], 8, Duration::from_millis(10));
    let report = over(Trouble::Busy, retrying("RATE_LIMITED")).await;
    assert_eq!(failed(&report), [""; 0], "{}", report.to_text());
    let other = over(Trouble::Busy, retrying("SOMETHING_ELSE")).await;
    assert_eq!(other.verdict(), Verdict::NotConformant);
}
