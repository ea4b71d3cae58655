//! What the compiler tells an author who forgot a trait or misused a builder. The texts are part of the SDK.
//!
//! `TRYBUILD=overwrite cargo test -p omniview-sdk --test compile_fail` takes the texts as they are now.

use std::process::Command;

/// The compiler whose texts `tests/ui` has. Others say the same in other words, and with other notes around it.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn the_compiler_says_which_trait_is_missing_and_what_to_do() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().unwrap();
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    if !version.starts_with(COMPILER) {
        eprintln!("skipped: tests/ui has the texts of {COMPILER}x, and this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}

/// Not bound to a compiler's version: what the SDK itself says is there, for each trait.
#[test]
fn each_text_names_the_trait_and_the_call() {
    let types = include_str!("ui/every_capability_of_a_type.stderr");
    for (name, call) in [
        ("Watcher<()>", "watch"),
        ("SyncPolicyDeclarer", "sync_policy"),
        ("DefinitionProvider", "definition_provider"),
        ("ActionResourcer<()>", "actions"),
        ("ErrorClassifier", "error_classifier"),
        ("ResourceSchemaProvider<()>", "schema"),
        ("FilterableProvider<()>", "filterable"),
        ("TextSearchProvider<()>", "text_search"),
        ("ScaleHintProvider", "scale_hint"),
        ("RelationshipDeclarer", "relationships"),
        ("RelationshipResolver<()>", "relationship_resolver"),
        ("HealthAssessor<()>", "health"),
        ("EventRetriever<()>", "events"),
    ] {
        assert_told(types, "Pods", name, call);
    }
    let connections = include_str!("ui/every_capability_of_connections.stderr");
    for (name, call) in [
        ("ConnectionWatcher", "watch"),
        ("ClientRefresher<()>", "refresh"),
        ("SchemaProvider<()>", "schemas"),
        ("ScopeProvider<()>", "scope"),
    ] {
        assert_told(connections, "Clusters", name, call);
    }
}

#[track_caller]
fn assert_told(text: &str, who: &str, name: &str, call: &str) {
    let missing = format!("error[E0277]: `{who}` does not implement `{name}`\n");
    let because = format!("`.{call}()` needs `{name}`");
    let advice = format!("= note: implement `{name}` for `{who}`, or ");
    for part in [missing, because, advice] {
        assert!(text.contains(&part), "{part:?} is not in\n{text}");
    }
}
