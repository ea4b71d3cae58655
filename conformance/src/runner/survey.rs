//! What can be told of a subject without running a check.

use std::collections::BTreeMap;

use omniview_sdk::{ResourceCapabilities, ResourceKey};

use super::{clean, options::RunOptions, prepare};
use crate::{
    catalogue::{catalogue, find_check},
    checks::suite::MOUNT_AND_CONNECT,
    status::Status,
    subject::Subject,
};

/// What one mount tells.
pub(crate) struct Survey {
    pub(crate) connections: Vec<String>,
    pub(crate) capabilities: BTreeMap<ResourceKey, ResourceCapabilities>,
    /// The checks that do not apply, with what is not there.
    pub(crate) absent: BTreeMap<String, String>,
}

/// Mounts the subject once and looks at it; nothing where it cannot be mounted or connected, which every check will say.
pub(crate) async fn survey(subject: &Subject, options: &RunOptions) -> Option<Survey> {
    let check = find_check(MOUNT_AND_CONNECT)?;
    let options = &options.paced(subject);
    let mounted = prepare::mount(subject, options.set_up).await.ok()?;
    let prepared = prepare::prepare(subject, check, &mounted.provider, options.set_up).await;
    let survey = prepared.ok().map(|prepared| {
        // A check whose plugin is not connected may see fewer types than these, and so none that serves it either.
        let absent = catalogue().iter().filter_map(|check| {
            match prepare::fitting(subject, check, &mounted, &prepared) {
                Err(Status::NotApplicable { capability }) => {
                    Some((check.id.to_owned(), capability))
                }
                _ => None,
            }
        });
        Survey {
            absent: absent.collect(),
            connections: prepared
                .connections
                .iter()
                .map(ToString::to_string)
                .collect(),
            capabilities: prepared
                .types
                .into_iter()
                .map(|ty| (ty.key, ty.capabilities))
                .collect(),
        }
    });
    // A plugin that does not close is blamed by the check that mounts it.
    let _ = clean::close(&mounted, options).await;
    survey
}
