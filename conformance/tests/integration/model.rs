//! The test that a failure of random programs prints.

use omniview_conformance::model::{Op, replay};

use crate::plugin::{Conduct, THING, bare, shop};

const PROGRAM: [Op; 4] = [
    Op::Create {
        slot: 0,
        namespace: 0,
    },
    Op::Get {
        slot: 0,
        namespace: 0,
    },
    Op::List {
        within: None,
        pages: 2,
    },
    Op::Delete {
        slot: 0,
        namespace: 0,
    },
];

#[tokio::test(start_paused = true)]
async fn a_program_replays_over_an_honest_plugin_and_leaves_nothing() {
    let (subject, objects) = shop(Conduct::Honest);
    replay(&subject, THING, &PROGRAM).await.unwrap();
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_program_tells_where_the_plugin_and_the_map_part() {
    let (subject, objects) = shop(Conduct::GetAnswersNothing);
    let text = replay(&subject, THING, &PROGRAM).await.unwrap_err();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("what get answers, operation 2 of the program over shop::v1::Thing"),
        "{text}"
    );
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_program_that_cannot_run_says_what_is_missing() {
    let (subject, _) = bare(Conduct::Honest);
    let text = replay(&subject, THING, &PROGRAM).await.unwrap_err();
    assert!(text.contains("samples of a type"), "{text}");
    let (subject, _) = shop(Conduct::Honest);
    let elsewhere = [Op::Get {
        slot: 9,
        namespace: 0,
    }];
    let text = replay(&subject, THING, &elsewhere).await.unwrap_err();
    assert!(text.contains("there is no object 9"), "{text}");
}
