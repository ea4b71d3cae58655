//! Actions while they run: those that the subject says may be run.

use std::time::Duration;

use futures_util::StreamExt;
use omniview_sdk::{
    ActionEvent, ActionEventType, ActionInput, ActionScope, ErrorCode, JsonMap, Result as Answer,
};
use tokio::time::timeout;

use super::support::{Stop, Turn, each};
use crate::{Cx, Halt, TypeUnderTest, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_actions {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] actions {
        stream_ends_once {
            id: "actions.stream.ends-once",
            requirement: "A streaming action ends with exactly one event that says so, complete or error, and none comes after it.",
            clauses: &["ACT-03"],
            needs: &[Has(Actions), HarmlessAction, Can(Create), Samples],
            catches: &["stream-two-completes", "stream-never-ends-with-complete", "stream-goes-on"],
        }
        stream_closes {
            id: "actions.stream.closes",
            requirement: "The stream of an action closes once the action has said that it has ended.",
            clauses: &["ACT-03", "ACT-04"],
            needs: &[Has(Actions), HarmlessAction, Can(Create), Samples],
            catches: &["stream-never-closes"],
        }
        stream_speaks_plainly {
            id: "actions.stream.speaks-plainly",
            requirement: "Every event of a streaming action is of one of the four kinds.",
            clauses: &["ACT-05"],
            needs: &[Has(Actions), HarmlessAction, Can(Create), Samples],
            catches: &["action-event-unknown"],
        }
        stream_tells_failure {
            id: "actions.stream.tells-failure",
            requirement: "An action that is refused because its object is not there does not end with complete when it is streamed.",
            clauses: &["ACT-03"],
            needs: &[Has(Actions), HarmlessAction, Can(Create), Samples],
            catches: &["action-ends-in-silence"],
        }
    }}};
}

/// An action that may be run.
struct Runnable {
    id: String,
    params: JsonMap,
    scope: ActionScope,
}

impl Runnable {
    fn input(&self, id: &str, namespace: &str) -> ActionInput {
        let id = match self.scope {
            ActionScope::Type => "",
            _ => id,
        };
        ActionInput {
            params: self.params.clone(),
            ..ActionInput::new(id).in_namespace(namespace)
        }
    }
}

/// The streaming actions of a type that the subject names.
async fn streaming(cx: &Cx, ty: &TypeUnderTest) -> Result<Vec<Runnable>, Stop> {
    let listed = cx.provider().list_actions(&cx.ctx(), &ty.key).await;
    let listed = cx.given("the actions of the type", listed)?;
    let named = ty
        .fixture
        .as_ref()
        .map(|fixture| fixture.harmless_actions());
    let mut runnable = Vec::new();
    for (id, params) in named.into_iter().flatten() {
        let Some(action) = listed.iter().find(|action| action.id == *id) else {
            let text = format!(
                "the subject names action {id:?}, which {} does not list",
                ty.key
            );
            return Err(Stop::Halt(Halt::Blocked(text)));
        };
        if action.streaming {
            runnable.push(Runnable {
                id: id.clone(),
                params: params.clone(),
                scope: action.scope.clone(),
            });
        }
    }
    if runnable.is_empty() {
        let what = "no action that the subject names is a streaming one";
        return Err(Stop::Undeclared(what.to_owned()));
    }
    Ok(runnable)
}

/// What a stream told.
struct Told {
    events: Vec<ActionEvent>,
    /// Whether it closed; else nobody waited any longer.
    closed: bool,
}

/// Streams an action and reads what comes, at least until it should have ended.
async fn run(cx: &Cx, ty: &TypeUnderTest, action: &Runnable, input: ActionInput) -> Answer<Told> {
    let stream = cx
        .provider()
        .stream_action(&cx.ctx(), &ty.key, &action.id, input)
        .await?;
    let mut told = Told {
        events: Vec::new(),
        closed: false,
    };
    let mut reading = stream.map(|event| {
        cx.note(format!("the action says {}", event.kind));
        event
    });
    loop {
        let ended = told.events.last().is_some_and(ActionEvent::is_last);
        // After its end nothing is to come but the end of the stream.
        let most = if ended {
            cx.patience().min(AFTER_THE_END)
        } else {
            cx.patience()
        };
        match timeout(most, reading.next()).await {
            Err(_) => return Ok(told),
            Ok(Some(event)) => told.events.push(event),
            Ok(None) => {
                told.closed = true;
                return Ok(told);
            }
        }
    }
}

/// How long a stream may take to close, or to say more, after its last event.
const AFTER_THE_END: Duration = Duration::from_millis(500);

/// Streams each action that may be run over a sample of its own.
async fn each_stream(
    cx: &Cx,
    judge: impl Fn(&str, Told) -> Result<(), Halt> + Send + Sync,
) -> CheckResult {
    let judge = &judge;
    each(cx, |ty| async move {
        for action in streaming(cx, ty).await? {
            let object = cx.make(ty).await?;
            let input = action.input(&object.id, &object.namespace);
            let said = format!("action {:?} of {} {}", action.id, ty.key, object.id);
            let told = run(cx, ty, &action, input).await;
            judge(&said, cx.given(&said, told)?)?;
        }
        Turn::Ok(())
    })
    .await
}

fn kinds(told: &Told) -> Vec<String> {
    told.events
        .iter()
        .map(|event| event.kind.to_string())
        .collect()
}

pub(crate) async fn stream_ends_once(cx: &Cx) -> CheckResult {
    each_stream(cx, |said, told| {
        let ends = told.events.iter().filter(|event| event.is_last()).count();
        let what = format!("the number of events with which {said} ends");
        if ends != 1 {
            cx.count_assertion();
            let seen = format!("{ends}, among {:?}", kinds(&told));
            return Err(Halt::failed(what, "1, complete or error", seen));
        }
        let after = told
            .events
            .iter()
            .skip_while(|event| !event.is_last())
            .skip(1);
        let after: Vec<String> = after.map(|event| event.kind.to_string()).collect();
        cx.expect_eq(
            format!("what {said} says after it has ended"),
            after,
            Vec::<String>::new(),
        )
    })
    .await
}

pub(crate) async fn stream_closes(cx: &Cx) -> CheckResult {
    each_stream(cx, |said, told| {
        let ended = told.events.last().map(|event| event.kind.to_string());
        let ended = ended.unwrap_or_else(|| "of which there is none".to_owned());
        let what = format!("whether the stream of {said} closes after its last event, {ended}");
        cx.expect_eq(what, told.closed, true)
    })
    .await
}

pub(crate) async fn stream_speaks_plainly(cx: &Cx) -> CheckResult {
    each_stream(cx, |said, told| {
        let strange = told.events.iter().find(|event| !event.kind.is_known());
        let strange = strange.map(|event| event.kind.to_string());
        let what =
            format!("an event of {said} that is neither progress, output, error nor complete");
        cx.expect_eq(what, strange, None)
    })
    .await
}

pub(crate) async fn stream_tells_failure(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let mut refused = 0;
        for action in streaming(cx, ty).await? {
            // A sample that was never created: an id of the right form that nothing has.
            let sample = cx.sample(ty)?;
            let input = action.input(&sample.id, &sample.namespace);
            let executed = cx
                .provider()
                .execute_action(&cx.ctx(), &ty.key, &action.id, input.clone())
                .await;
            let is_missing = executed.is_err_and(|error| *error.code() == ErrorCode::NotFound);
            if action.scope == ActionScope::Type || !is_missing {
                continue;
            }
            refused += 1;
            let last = match run(cx, ty, &action, input).await {
                Ok(told) => told.events.last().map(|event| event.kind.clone()),
                Err(_) => Some(ActionEventType::Error),
            };
            let what = format!(
                "how action {:?} of {} ends, streamed for {}, which does not exist",
                action.id, ty.key, sample.id
            );
            cx.expect_eq(what, last, Some(ActionEventType::Error))?;
        }
        if refused == 0 {
            let what = "no action is refused when its object is not there";
            return Err(Stop::Undeclared(what.to_owned()));
        }
        Ok(())
    })
    .await
}
