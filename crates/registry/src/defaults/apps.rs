//! Defaults of the kinds that hold a pod template.

use super::pod;
use crate::tree::{self, at, default_to, default_zero, get_mut, has, list_mut, s, set};
use skeg_schema::{Key, Value};

/// Deployment.
pub fn deployment(obj: &mut Value) {
    let spec = tree::obj_mut(obj, "spec");
    default_to(spec, "replicas", 1);
    let strategy = tree::obj_mut(spec, "strategy");
    default_zero(strategy, "type", "RollingUpdate");
    if s(strategy, "type") == "RollingUpdate" {
        let rolling = tree::obj_mut(strategy, "rollingUpdate");
        default_to(rolling, "maxUnavailable", "25%");
        default_to(rolling, "maxSurge", "25%");
    }
    default_to(spec, "revisionHistoryLimit", 10);
    default_to(spec, "progressDeadlineSeconds", 600);
    pod::template(tree::obj_mut(spec, "template"));
}

/// ReplicaSet.
pub fn replica_set(obj: &mut Value) {
    let spec = tree::obj_mut(obj, "spec");
    default_to(spec, "replicas", 1);
    pod::template(tree::obj_mut(spec, "template"));
}

/// ReplicationController: labels and selector come from the template.
pub fn replication_controller(obj: &mut Value) {
    let labels = tree::path(obj, &["spec", "template", "metadata", "labels"]).clone();
    if !tree::is_zero(&labels) {
        if tree::is_zero(tree::path(obj, &["metadata", "labels"])) {
            set(tree::obj_mut(obj, "metadata"), "labels", labels.clone());
        }
        let spec = tree::obj_mut(obj, "spec");
        if tree::is_zero(at(spec, "selector")) {
            set(spec, "selector", labels);
        }
    }
    let spec = tree::obj_mut(obj, "spec");
    default_to(spec, "replicas", 1);
    default_zero(spec, "minReadySeconds", 0);
    if has(spec, "template") {
        pod::template(tree::obj_mut(spec, "template"));
    }
}

/// StatefulSet.
pub fn stateful_set(obj: &mut Value) {
    let spec = tree::obj_mut(obj, "spec");
    default_zero(spec, "podManagementPolicy", "OrderedReady");
    let strategy = tree::obj_mut(spec, "updateStrategy");
    if s(strategy, "type").is_empty() {
        set(strategy, "type", "RollingUpdate");
        tree::obj_mut(strategy, "rollingUpdate");
    }
    // Of a type that was given, only what is there is filled in.
    if s(strategy, "type") == "RollingUpdate"
        && let Some(rolling) = get_mut(strategy, "rollingUpdate")
    {
        default_to(rolling, "partition", 0);
        default_to(rolling, "maxUnavailable", 1);
    }
    let policy = tree::obj_mut(spec, "persistentVolumeClaimRetentionPolicy");
    default_zero(policy, "whenDeleted", "Retain");
    default_zero(policy, "whenScaled", "Retain");
    default_to(spec, "replicas", 1);
    default_to(spec, "revisionHistoryLimit", 10);
    pod::template(tree::obj_mut(spec, "template"));
    for t in list_mut(spec, "volumeClaimTemplates") {
        default_zero(t, "kind", "PersistentVolumeClaim");
        default_zero(t, "apiVersion", "v1");
        super::misc::claim(t);
    }
}

/// Carries a field of DaemonSets of old API versions.
pub const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// DaemonSet.
pub fn daemon_set(obj: &mut Value) {
    let all = tree::obj_mut(tree::obj_mut(obj, "metadata"), "annotations");
    default_to(all, TEMPLATE_GENERATION, "1");
    let spec = tree::obj_mut(obj, "spec");
    let strategy = tree::obj_mut(spec, "updateStrategy");
    default_zero(strategy, "type", "RollingUpdate");
    if s(strategy, "type") == "RollingUpdate" {
        let rolling = tree::obj_mut(strategy, "rollingUpdate");
        default_to(rolling, "maxUnavailable", 1);
        default_to(rolling, "maxSurge", 0);
    }
    default_to(spec, "revisionHistoryLimit", 10);
    pod::template(tree::obj_mut(spec, "template"));
}

/// Job.
pub fn job(obj: &mut Value) {
    let labels = tree::path(obj, &["spec", "template", "metadata", "labels"]).clone();
    if !tree::is_zero(&labels) && tree::is_zero(tree::path(obj, &["metadata", "labels"])) {
        set(tree::obj_mut(obj, "metadata"), inherited(), labels);
    }
    job_spec(tree::obj_mut(obj, "spec"), true);
}

/// A key that this program made, where decoders borrow the table's: how a Job
/// tells labels it took over from its template, and goes on sharing, from equal
/// ones that it was given.
fn inherited() -> Key {
    Key::Owned("labels".to_owned())
}

/// Whether a Job's labels are those of its template.
pub fn inherits_labels(job: &Value) -> bool {
    let metadata = tree::at(job, "metadata").as_object();
    metadata.is_some_and(|all| {
        all.iter()
            .any(|(key, _)| key == "labels" && matches!(key, Key::Owned(_)))
    })
}

fn job_spec(spec: &mut Value, whole: bool) {
    if whole {
        if !has(spec, "completions") && !has(spec, "parallelism") {
            set(spec, "completions", 1);
            set(spec, "parallelism", 1);
        }
        default_to(spec, "parallelism", 1);
        if !has(spec, "backoffLimit") {
            let limit = if has(spec, "backoffLimitPerIndex") {
                i64::from(i32::MAX)
            } else {
                6
            };
            set(spec, "backoffLimit", limit);
        }
        default_to(spec, "completionMode", "NonIndexed");
        default_to(spec, "suspend", false);
        if !has(spec, "podReplacementPolicy") {
            let policy = if has(spec, "podFailurePolicy") {
                "Failed"
            } else {
                "TerminatingOrFailed"
            };
            set(spec, "podReplacementPolicy", policy);
        }
        default_to(spec, "manualSelector", false);
    }
    if let Some(policy) = get_mut(spec, "podFailurePolicy") {
        for rule in list_mut(policy, "rules") {
            for c in list_mut(rule, "onPodConditions") {
                default_zero(c, "status", "True");
            }
        }
    }
    pod::template(tree::obj_mut(spec, "template"));
}

/// CronJob.
pub fn cron_job(obj: &mut Value) {
    let spec = tree::obj_mut(obj, "spec");
    default_zero(spec, "concurrencyPolicy", "Allow");
    default_to(spec, "suspend", false);
    default_to(spec, "successfulJobsHistoryLimit", 3);
    default_to(spec, "failedJobsHistoryLimit", 1);
    let template = tree::obj_mut(spec, "jobTemplate");
    job_spec(tree::obj_mut(template, "spec"), false);
}

/// PodTemplate.
pub fn pod_template(obj: &mut Value) {
    pod::template(tree::obj_mut(obj, "template"));
}
