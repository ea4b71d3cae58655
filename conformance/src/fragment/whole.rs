//! Whether parts belong together.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{MergeError, Part};
use crate::{catalogue::catalogue_digest, check::Capability, report::Header};

/// What a header says, name and value, as far as it has to be the same in all parts.
fn facts(header: &Header) -> Vec<(String, String)> {
    let mut facts = vec![
        ("the subject".to_owned(), format!("{:?}", header.subject)),
        (
            "the version of the plugin".to_owned(),
            header.plugin_version.clone().unwrap_or("none".to_owned()),
        ),
        (
            "the version of the suite".to_owned(),
            header.suite_version.clone(),
        ),
        ("the catalogue".to_owned(), header.catalogue.clone()),
        ("the profile".to_owned(), header.profile.as_str().to_owned()),
        ("the seed".to_owned(), header.seed.to_string()),
        (
            "the number of random programs".to_owned(),
            header.programs.to_string(),
        ),
        (
            "whether they are strict".to_owned(),
            header.strict.to_string(),
        ),
    ];
    // A fragment does not have what only a look at the whole plugin tells.
    if !header.connections.is_empty() {
        facts.push(("the connections".to_owned(), header.connections.join(", ")));
        let types: Vec<&str> = header.capabilities.keys().map(|key| key.as_str()).collect();
        facts.push(("the resource types".to_owned(), types.join(", ")));
    }
    for (key, capabilities) in &header.capabilities {
        let declared: Vec<&str> = Capability::ALL
            .iter()
            .filter(|capability| capability.is_in(capabilities))
            .map(|capability| capability.as_str())
            .collect();
        facts.push((format!("the capabilities of {key}"), declared.join(", ")));
    }
    facts
}

/// Whether all parts are of one plugin, suite and seed, and of this suite.
pub(super) fn check(parts: &[Part]) -> Result<(), MergeError> {
    if parts.is_empty() {
        return Err(MergeError::Nothing);
    }
    let mut order = Vec::new();
    let mut said: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for part in parts {
        for (what, value) in facts(&part.report().header) {
            if !said.contains_key(&what) {
                order.push(what.clone());
            }
            let values = said.entry(what).or_default();
            values.entry(value).or_default().push(part.source.clone());
        }
    }
    for what in order {
        if let Some(values) = said.remove(&what)
            && values.len() > 1
        {
            let values = values.into_iter().collect();
            return Err(MergeError::Mixed { what, values });
        }
    }
    let here = catalogue_digest();
    for part in parts {
        let header = &part.report().header;
        if header.catalogue != here {
            return Err(MergeError::Unreadable {
                source: part.source.clone(),
                message: format!(
                    "it is of suite {} with the catalogue {}, and this is suite {} with {here}, which cannot tell \
                     whether a check is missing; use the suite that wrote it",
                    header.suite_version,
                    header.catalogue,
                    env!("CARGO_PKG_VERSION"),
                ),
            });
        }
    }
    one_run_a_folder(parts)
}

fn one_run_a_folder(parts: &[Part]) -> Result<(), MergeError> {
    let mut folders: BTreeMap<&Path, BTreeMap<&str, &str>> = BTreeMap::new();
    for part in parts {
        let Some(fragment) = part.fragment() else {
            continue;
        };
        let folder = Path::new(&part.source).parent().unwrap_or(Path::new("."));
        let runs = folders.entry(folder).or_default();
        runs.entry(&fragment.run).or_insert(&part.source);
    }
    match folders.into_iter().find(|(_, runs)| runs.len() > 1) {
        None => Ok(()),
        Some((folder, runs)) => Err(MergeError::SeveralRuns {
            folder: folder.display().to_string(),
            examples: runs
                .into_values()
                .map(ToOwned::to_owned)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        }),
    }
}
