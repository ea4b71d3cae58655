//! Random programs over the honest plugin.

use omniview_conformance::{Profile, RunOptions, Selection, StatusKind, run};

use crate::reference::Shape;

#[tokio::test]
#[ignore = "takes seconds; for every night"]
async fn a_thousand_random_programs_find_nothing_wrong_with_the_honest_plugin() {
    for seed in (0..1000).step_by(100) {
        let only = Selection::new(Profile::Full, &["model.*"], &[]).unwrap();
        let options = RunOptions::new().selection(only).seed(seed).programs(100);
        let report = run(&Shape::default().subject(), options).await;
        let result = report.result("model.random-programs").unwrap();
        assert_eq!(
            result.status.kind(),
            StatusKind::Pass,
            "{}",
            result.to_text()
        );
        let history = report.results.iter().filter(|one| one.area() == "history");
        for one in history {
            assert_eq!(one.status.kind(), StatusKind::NotRun, "{}", one.to_text());
        }
    }
}
