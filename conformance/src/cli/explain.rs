//! `conformance explain`.

use std::fmt::Write;

use omniview_conformance::{Check, Start, find_check, nearest_ids};

use super::{
    args::ExplainArgs,
    output::{Usage, print},
};

/// Prints everything about one check.
///
/// # Errors
///
/// There is no such check.
pub(super) fn explain(args: &ExplainArgs) -> Result<(), Usage> {
    let check = find_check(&args.id).ok_or_else(|| {
        Usage(format!(
            "there is no check `{}`; the nearest are {}",
            args.id,
            nearest_ids(&args.id).join(", ")
        ))
    })?;
    print(&text(check));
    Ok(())
}

fn text(check: &Check) -> String {
    let mut out = format!("{}\n\n  {}\n\n", check.id, check.requirement);
    let mut field = |name: &str, value: &str| {
        let _ = writeln!(out, "  {name:<12} {value}");
    };
    field("level", check.level.as_str());
    field("clauses", &check.clauses.join(" "));
    field("profile", check.profile.as_str());
    for (index, need) in check.needs.iter().enumerate() {
        field(if index == 0 { "needs" } else { "" }, &need.to_string());
    }
    field(
        "begins",
        match check.start {
            Start::Connected => "with a plugin that is mounted and a connection that is started",
            Start::Mounted => "with a plugin that is mounted, and nothing started",
        },
    );
    field("time limit", &format!("{:?}", check.limit));
    if !check.catches.is_empty() {
        field("catches", &check.catches.join(", "));
    }
    if !check.aliases.is_empty() {
        field("was called", &check.aliases.join(", "));
    }
    field("run", &format!("conformance run --only {}", check.id));
    field(
        "test",
        &format!("cargo test {}::{}", check.area(), check.test_name()),
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_tells_everything() {
        let check = find_check("crud.get.unknown-is-not-found").unwrap();
        insta::assert_snapshot!(text(check));
    }
}
