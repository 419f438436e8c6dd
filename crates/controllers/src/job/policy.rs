//! When failures of pods count, and when a Job has succeeded early.

use skeg_api::batch::v1::{Job, PodFailurePolicyRule, SuccessPolicy};
use skeg_api::core::v1::{ContainerStatus, Pod, pod_phase};

use super::indexes::Indexes;

/// Whether pods that are merely being deleted are not replaced until they have ended.
pub(super) fn replaces_only_failed(job: &Job) -> bool {
    job.spec.pod_replacement_policy.as_deref() == Some("Failed")
}

/// Whether a pod counts as failed. One that is deleted does, lest it never be
/// replaced, unless the Job waits for its end.
pub(super) fn is_failed(job: &Job, pod: &Pod) -> bool {
    match &*pod.status.phase {
        pod_phase::FAILED => true,
        pod_phase::SUCCEEDED => false,
        _ => !replaces_only_failed(job) && pod.metadata.is_deleting(),
    }
}

/// What the failure policy says of a failed pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Count,
    Ignore,
    FailIndex,
    FailJob(String),
}

/// Judges a failed pod.
pub(super) fn judge(job: &Job, pod: &Pod) -> Verdict {
    let Some(policy) = &job.spec.pod_failure_policy else {
        return Verdict::Count;
    };
    for (at, rule) in policy.rules.iter().enumerate() {
        let Some(what) = matches(rule, pod) else {
            continue;
        };
        return match &*rule.action {
            "Ignore" => Verdict::Ignore,
            "FailIndex" => Verdict::FailIndex,
            "FailJob" => Verdict::FailJob(format!("{what} matching FailJob rule at index {at}")),
            _ => Verdict::Count,
        };
    }
    Verdict::Count
}

/// What about a pod a rule matches.
fn matches(rule: &PodFailurePolicyRule, pod: &Pod) -> Option<String> {
    let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
    if let Some(codes) = &rule.on_exit_codes {
        let matching = |status: &&ContainerStatus| {
            let Some(ended) = &status.state.terminated else {
                return false;
            };
            let named = codes
                .container_name
                .as_ref()
                .is_none_or(|container| *container == status.name);
            let listed = codes.values.contains(&ended.exit_code);
            named && ended.exit_code != 0 && listed == (codes.operator == "In")
        };
        let statuses = pod
            .status
            .container_statuses
            .iter()
            .chain(&pod.status.init_container_statuses);
        let found = { statuses }.find(matching)?;
        let code = found
            .state
            .terminated
            .as_ref()
            .map_or(0, |ended| ended.exit_code);
        return Some(format!(
            "Container {} for pod {namespace}/{name} failed with exit code {code}",
            found.name
        ));
    }
    // Of several that match the first that the pod has is told.
    let found = pod.status.conditions.iter().find(|held| {
        rule.on_pod_conditions.iter().any(|pattern| {
            let status = match &*pattern.status {
                "" => "True",
                status => status,
            };
            pattern.type_ == held.type_ && held.status == status
        })
    })?;
    let kind = &found.type_;
    Some(format!("Pod {namespace}/{name} has condition {kind}"))
}

/// The first rule of a success policy that is met, in words.
pub(super) fn succeeded_early(
    policy: &SuccessPolicy,
    succeeded: &Indexes,
    completions: i32,
) -> Option<String> {
    let met = policy.rules.iter().position(|rule| {
        match (&rule.succeeded_indexes, rule.succeeded_count) {
            (Some(text), count) => {
                let named = Indexes::parse(text, completions);
                named.count_in(succeeded) >= count.unwrap_or_else(|| named.count())
            }
            (None, Some(count)) => succeeded.count() >= count,
            (None, None) => false,
        }
    })?;
    Some(format!("Matched rules at index {met}"))
}
