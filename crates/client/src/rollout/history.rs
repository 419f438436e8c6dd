//! Earlier templates of a workload, and the way back to them.

use std::sync::Arc;

use skeg_api::apps::v1::{ControllerRevision, ReplicaSet};
use skeg_api::core::v1::PodTemplateSpec;
use skeg_meta::labels::Selector;
use skeg_meta::{LabelSelector, Object, ObjectMeta};
use skeg_schema::{FieldValue, Value, json};

use crate::api::Api;
use crate::error::Error;
use crate::options::{ListOptions, PatchOptions};
use crate::patch::Patch;

use super::Rollout;

const REVISION: &str = "deployment.kubernetes.io/revision";
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
/// The label by which a deployment tells its replica sets' pods apart.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// What rollouts need to know of a workload.
#[doc(hidden)]
pub struct Parts<'a> {
    pub(super) selector: Option<&'a LabelSelector>,
    pub(super) template: &'a PodTemplateSpec,
    pub(super) paused: bool,
    pub(super) in_replica_sets: bool,
}

/// An earlier state of a workload's pod template, or the present one.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its number; later ones are higher.
    pub number: i64,
    /// The object that keeps it.
    pub name: String,
    /// Why the change was made, where somebody said so.
    pub change_cause: String,
    /// The pod template.
    pub template: Value,
    /// The patch that brings it back.
    patch: Patch,
}

/// Why a rollout cannot be undone.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UndoError {
    /// A request failed.
    #[error("cannot undo the rollout of {target}")]
    Request {
        /// What was to be undone.
        target: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// A deployment that is paused must be resumed first.
    #[error("{target} is paused; resume it first")]
    Paused {
        /// The deployment.
        target: String,
    },
    /// There is no such revision.
    #[error("{target} has no {what}")]
    NoRevision {
        /// What was to be undone.
        target: String,
        /// The revision that is missing.
        what: String,
    },
    /// The template is the present one already.
    #[error("{target} has the template of revision {number} already")]
    Unchanged {
        /// What was to be undone.
        target: String,
        /// The revision.
        number: i64,
    },
}

/// The revisions of a workload's template that are kept, the oldest first.
///
/// # Errors
/// As for every request.
pub async fn history<K: Rollout>(api: &Api<K>, name: &str) -> Result<Vec<Revision>, Error> {
    let object = api.get(name).await?;
    revisions(api, &object).await
}

async fn revisions<K: Rollout>(api: &Api<K>, object: &Arc<K>) -> Result<Vec<Revision>, Error> {
    let parts = object.parts();
    let selector = Selector::from_label_selector(parts.selector).map_err(|message| {
        Error::decode(format!("{} {}", K::PLURAL, object.meta().name), message)
    })?;
    let options = ListOptions::default().labels(selector.to_string());
    let mut revisions: Vec<Revision> = if parts.in_replica_sets {
        let sets: Api<ReplicaSet> = beside(api);
        let sets = sets.list(&options).await?;
        let own = sets.items.iter().filter(|set| owned(object, &set.metadata));
        own.filter_map(|set| of_replica_set(set)).collect()
    } else {
        let kept: Api<ControllerRevision> = beside(api);
        let kept = kept.list(&options).await?;
        let own = kept.items.iter().filter(|one| owned(object, &one.metadata));
        own.map(|one| of_controller_revision(one)).collect()
    };
    revisions.sort_by_key(|revision| revision.number);
    Ok(revisions)
}

fn beside<K: Rollout, R: Object>(api: &Api<K>) -> Api<R> {
    match api.namespace() {
        Some(namespace) => Api::namespaced(api.client().clone(), namespace),
        None => Api::all(api.client().clone()),
    }
}

fn owned<K: Object>(owner: &Arc<K>, meta: &ObjectMeta) -> bool {
    let owners = meta.owner_references.iter();
    owners
        .filter(|reference| reference.controller == Some(true))
        .any(|reference| reference.uid == owner.meta().uid)
}

fn of_replica_set(set: &ReplicaSet) -> Option<Revision> {
    let annotation = |key: &str| set.metadata.annotations.get(key).cloned();
    let number = annotation(REVISION)?.parse().ok()?;
    let template = without_hash(&set.spec.template);
    let patch = json!([{"op": "replace", "path": "/spec/template", "value": template.clone()}]);
    Some(Revision {
        number,
        name: set.metadata.name.clone(),
        change_cause: annotation(CHANGE_CAUSE).unwrap_or_default(),
        template,
        patch: Patch::Json(patch),
    })
}

fn without_hash(template: &PodTemplateSpec) -> Value {
    let mut template = template.clone();
    template.metadata.labels.remove(TEMPLATE_HASH);
    template.to_value()
}

fn of_controller_revision(kept: &ControllerRevision) -> Revision {
    let cause = kept.metadata.annotations.get(CHANGE_CAUSE);
    Revision {
        number: kept.revision,
        name: kept.metadata.name.clone(),
        change_cause: cause.cloned().unwrap_or_default(),
        template: kept.data["spec"]["template"].clone(),
        // It is kept as the patch that brings it back.
        patch: Patch::Strategic(kept.data.clone()),
    }
}

/// Brings a workload's template back to an earlier revision: this one, or the
/// one before the present. Gives its number.
///
/// # Errors
/// See [`UndoError`].
pub async fn undo<K: Rollout>(api: &Api<K>, name: &str, to: Option<i64>) -> Result<i64, UndoError> {
    let target = format!("{} {name}", K::PLURAL);
    let failed = |source| UndoError::Request {
        target: target.clone(),
        source,
    };
    let object = api.get(name).await.map_err(failed)?;
    let parts = object.parts();
    if parts.paused {
        return Err(UndoError::Paused { target });
    }
    let mut kept = revisions(api, &object).await.map_err(failed)?;
    let chosen = match to {
        Some(number) => kept.into_iter().find(|revision| revision.number == number),
        None => {
            kept.pop();
            kept.pop()
        }
    };
    let Some(revision) = chosen else {
        return Err(UndoError::NoRevision {
            target,
            what: to.map_or_else(
                || "earlier revision".to_owned(),
                |number| format!("revision {number}"),
            ),
        });
    };
    if parts.in_replica_sets && revision.template == without_hash(parts.template) {
        return Err(UndoError::Unchanged {
            target,
            number: revision.number,
        });
    }
    api.patch(name, &revision.patch, &PatchOptions::default())
        .await
        .map_err(failed)?;
    Ok(revision.number)
}
