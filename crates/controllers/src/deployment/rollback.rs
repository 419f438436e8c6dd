//! Back to an earlier revision, by the annotation that is left of
//! `extensions/v1beta1`.

use skeg_api::apps::v1::{Deployment, ReplicaSet};
use skeg_runtime::EventType;

use super::util::{ROLLBACK_TO, TEMPLATE_HASH, is_own_annotation, revision, same_template};

/// The Deployment to be written, and what is told about it.
pub(super) struct Rollback {
    pub(super) deployment: Deployment,
    pub(super) event: (EventType, &'static str, String),
}

/// What an annotation asks for; 0 is the last revision before this one.
fn asked(deployment: &Deployment) -> Option<i64> {
    let text = deployment.metadata.annotations.get(ROLLBACK_TO)?;
    text.parse().ok()
}

/// The revision before the newest.
fn last(sets: &[ReplicaSet]) -> i64 {
    let mut all: Vec<i64> = sets.iter().map(revision).collect();
    all.sort_unstable();
    all.dedup();
    all.iter().rev().nth(1).copied().unwrap_or(0)
}

/// Works out what to do where a rollback is asked for.
pub(super) fn rollback(deployment: &Deployment, sets: &[ReplicaSet]) -> Option<Rollback> {
    let mut wanted = asked(deployment)?;
    let mut next = deployment.clone();
    next.metadata.annotations.remove(ROLLBACK_TO);
    let not_found = |next, words: &str| Rollback {
        deployment: next,
        event: (
            EventType::Warning,
            "DeploymentRollbackRevisionNotFound",
            words.to_owned(),
        ),
    };
    if wanted == 0 {
        wanted = last(sets);
        if wanted == 0 {
            return Some(not_found(next, "Unable to find last revision."));
        }
    }
    let Some(set) = sets.iter().find(|set| revision(set) == wanted) else {
        return Some(not_found(
            next,
            "Unable to find the revision to rollback to.",
        ));
    };
    let name = &deployment.metadata.name;
    if same_template(&deployment.spec.template, &set.spec.template) {
        let words = format!(
            "The rollback revision contains the same template as current deployment \"{name}\""
        );
        return Some(Rollback {
            deployment: next,
            event: (
                EventType::Warning,
                "DeploymentRollbackTemplateUnchanged",
                words,
            ),
        });
    }
    next.spec.template = set.spec.template.clone();
    next.spec.template.metadata.labels.remove(TEMPLATE_HASH);
    // Its annotations are those of that time too.
    let annotations = &mut next.metadata.annotations;
    annotations.retain(|key, _| is_own_annotation(key));
    for (key, value) in &set.metadata.annotations {
        if !is_own_annotation(key) {
            annotations.insert(key.clone(), value.clone());
        }
    }
    Some(Rollback {
        deployment: next,
        event: (
            EventType::Normal,
            "DeploymentRollback",
            format!("Rolled back deployment \"{name}\" to revision {wanted}"),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::util::REVISION;
    use super::*;

    fn set(v: &str, revision: i64) -> ReplicaSet {
        let mut set = ReplicaSet::default();
        let annotations = &mut set.metadata.annotations;
        annotations.insert(REVISION.to_owned(), revision.to_string());
        annotations.insert("cause".to_owned(), v.to_owned());
        let labels = &mut set.spec.template.metadata.labels;
        labels.insert("v".to_owned(), v.to_owned());
        labels.insert(TEMPLATE_HASH.to_owned(), v.to_owned());
        set
    }

    fn check(to: &str, reason: &str, v: &str) {
        let mut deployment = Deployment::default();
        deployment.metadata.name = "web".to_owned();
        let annotations = &mut deployment.metadata.annotations;
        annotations.insert(ROLLBACK_TO.to_owned(), to.to_owned());
        annotations.insert("cause".to_owned(), "new".to_owned());
        let labels = &mut deployment.spec.template.metadata.labels;
        labels.insert("v".to_owned(), "new".to_owned());
        let sets = [set("older", 1), set("old", 2), set("new", 3)];
        let back = rollback(&deployment, &sets).expect("it is asked for");
        assert_eq!(back.event.1, reason, "{to}");
        let next = &back.deployment;
        assert!(!next.metadata.annotations.contains_key(ROLLBACK_TO));
        assert_eq!(next.metadata.annotations["cause"], v);
        let labels = &next.spec.template.metadata.labels;
        assert_eq!(labels.get("v").map(String::as_str), Some(v));
        assert!(!labels.contains_key(TEMPLATE_HASH));
    }

    #[test]
    fn revisions_are_found() {
        check("0", "DeploymentRollback", "old");
        check("1", "DeploymentRollback", "older");
        check("3", "DeploymentRollbackTemplateUnchanged", "new");
        check("9", "DeploymentRollbackRevisionNotFound", "new");
        assert!(rollback(&Deployment::default(), &[]).is_none());
    }
}
