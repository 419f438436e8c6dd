//! A budget's status, planned: a pure function of the budget, its pods and how
//! many of them there should be.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::core::v1::Pod;
use skeg_api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetStatus};
use skeg_meta::{Condition, IntOrString, LabelSelector, Time};

/// How long an eviction that was allowed counts before the pod is told to go (upstream's `DeletionTimeout`).
pub(super) const DELETION_TIMEOUT: Duration = Duration::from_secs(120);
/// After this long without a deletion a pod is no disruption's target any more.
pub(super) const STALE_TIMEOUT: Duration = Duration::from_secs(120);
const DISRUPTION_ALLOWED: &str = "DisruptionAllowed";
const DISRUPTION_TARGET: &str = "DisruptionTarget";

/// How many pods there should be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Scale {
    /// By the controllers of the pods.
    pub(super) pods: i32,
    /// Whether there are pods that no controller has.
    pub(super) has_unmanaged: bool,
}

/// Whether a budget's numbers depend on the scale of the pods' controllers.
pub(super) fn needs_scale(budget: &PodDisruptionBudget) -> bool {
    budget.spec.max_unavailable.is_some()
        || matches!(budget.spec.min_available, Some(IntOrString::String(_)))
}

/// How many pods are expected, and how many of them healthy.
fn expected(
    budget: &PodDisruptionBudget,
    pods: usize,
    scale: &Scale,
) -> Result<(i32, i32), String> {
    if let Some(max) = &budget.spec.max_unavailable {
        return Ok((
            scale.pods,
            (scale.pods - max.scaled(scale.pods, true)?).max(0),
        ));
    }
    match &budget.spec.min_available {
        Some(IntOrString::Int(min)) => Ok((i32::try_from(pods).unwrap_or(i32::MAX), *min)),
        Some(min) => Ok((scale.pods, min.scaled(scale.pods, true)?)),
        None => Ok((0, 0)),
    }
}

/// What comes of looking at a budget.
pub(super) struct Outcome {
    pub(super) status: PodDisruptionBudgetStatus,
    /// When it is to be looked at again.
    pub(super) again: Option<Duration>,
    /// Pods whose eviction was allowed, and that were not deleted.
    pub(super) not_deleted: Vec<Arc<Pod>>,
}

/// Plans a budget's status.
pub(super) fn plan(
    budget: &PodDisruptionBudget,
    pods: &[Arc<Pod>],
    scale: &Scale,
    now: Timestamp,
) -> Result<Outcome, String> {
    let (expected_pods, desired_healthy) = expected(budget, pods.len(), scale)?;
    let mut disrupted_pods = BTreeMap::new();
    let mut again: Option<Duration> = None;
    let mut not_deleted = Vec::new();
    for pod in pods.iter().filter(|pod| !pod.metadata.is_deleting()) {
        let Some(since) = budget.status.disrupted_pods.get(&pod.metadata.name) else {
            continue;
        };
        match left(since.0, DELETION_TIMEOUT, now) {
            Some(left) => {
                disrupted_pods.insert(pod.metadata.name.clone(), *since);
                again = Some(again.map_or(left, |held| held.min(left)));
            }
            None => not_deleted.push(Arc::clone(pod)),
        }
    }
    let healthy = pods.iter().filter(|pod| {
        pod.is_ready()
            && !pod.metadata.is_deleting()
            && !disrupted_pods.contains_key(&pod.metadata.name)
    });
    let current_healthy = i32::try_from(healthy.count()).unwrap_or(i32::MAX);
    let disruptions_allowed = if expected_pods > 0 {
        current_healthy.saturating_sub(desired_healthy).max(0)
    } else {
        0
    };
    let (truth, reason) = if disruptions_allowed > 0 {
        ("True", "SufficientPods")
    } else {
        ("False", "InsufficientPods")
    };
    let status = PodDisruptionBudgetStatus {
        observed_generation: budget.metadata.generation,
        disrupted_pods,
        disruptions_allowed,
        current_healthy,
        desired_healthy,
        expected_pods,
        conditions: conditions(budget, budget.metadata.generation, [truth, reason, ""], now),
    };
    Ok(Outcome {
        status,
        again,
        not_deleted,
    })
}

/// The status of a budget that cannot be worked out: nothing is allowed.
pub(super) fn failed(
    budget: &PodDisruptionBudget,
    why: &str,
    now: Timestamp,
) -> PodDisruptionBudgetStatus {
    // The numbers that stay are those of this generation.
    let generation = budget.status.observed_generation;
    let condition = ["False", "SyncFailed", why];
    PodDisruptionBudgetStatus {
        disruptions_allowed: 0,
        conditions: conditions(budget, generation, condition, now),
        ..budget.status.clone()
    }
}

/// The conditions with this status, reason and message of the one that tells of
/// disruptions, as of a generation.
fn conditions(
    budget: &PodDisruptionBudget,
    generation: i64,
    [status, reason, message]: [&str; 3],
    now: Timestamp,
) -> Vec<Condition> {
    let mut conditions = budget.status.conditions.clone();
    let mut new = Condition {
        type_: DISRUPTION_ALLOWED.into(),
        status: status.into(),
        observed_generation: generation,
        last_transition_time: Some(Time(now).truncated()),
        reason: reason.into(),
        message: message.into(),
    };
    match conditions
        .iter_mut()
        .find(|held| held.type_ == DISRUPTION_ALLOWED)
    {
        Some(held) => {
            if held.status == new.status {
                new.last_transition_time = held.last_transition_time;
            }
            *held = new;
        }
        None => conditions.push(new),
    }
    conditions
}

/// What is left of a span that began then; none when it is over.
fn left(since: Timestamp, span: Duration, now: Timestamp) -> Option<Duration> {
    let passed = Duration::try_from(now.duration_since(since)).unwrap_or_default();
    span.checked_sub(passed).filter(|left| !left.is_zero())
}

/// How long a pod stays a disruption's target that nobody deletes: zero when
/// that is over, none when it is no such pod.
pub(super) fn stale_in(pod: &Pod, now: Timestamp) -> Option<Duration> {
    let is_target = |kind: &str, status: &str| kind == DISRUPTION_TARGET && status == "True";
    let target = pod
        .status
        .conditions
        .iter()
        .find(|held| is_target(&held.type_, &held.status))?;
    // What the kubelet ends it goes on ending.
    let by_kubelet = target.reason == "TerminationByKubelet";
    if by_kubelet || pod.metadata.is_deleting() || pod.is_finished() {
        return None;
    }
    let since = target
        .last_transition_time
        .map_or(Timestamp::UNIX_EPOCH, |time| time.0);
    Some(left(since, STALE_TIMEOUT, now).unwrap_or_default())
}

/// A pod that is no disruption's target any more.
pub(super) fn released(pod: &Pod, now: Timestamp) -> Pod {
    let mut pod = pod.clone();
    let generation = pod.metadata.generation;
    if let Some(target) = pod
        .status
        .conditions
        .iter_mut()
        .find(|held| held.type_ == DISRUPTION_TARGET)
    {
        target.status = "False".into();
        target.reason = String::new();
        target.message = String::new();
        target.observed_generation = generation;
        target.last_transition_time = Some(Time(now).truncated());
    }
    pod
}

/// A selector as upstream's events print it.
pub(super) fn print(selector: Option<&LabelSelector>) -> String {
    let Some(selector) = selector else {
        return "nil".to_owned();
    };
    let mut text = String::from("&LabelSelector{MatchLabels:map[string]string{");
    // Writing to a string cannot fail.
    for (name, value) in &selector.match_labels {
        let _ = write!(text, "{name}: {value},");
    }
    text.push_str("},MatchExpressions:[]LabelSelectorRequirement{");
    for expression in &selector.match_expressions {
        let values = expression.values.join(" ");
        let (key, operator) = (&expression.key, &expression.operator);
        let _ = write!(
            text,
            "LabelSelectorRequirement{{Key:{key},Operator:{operator},Values:[{values}],}},"
        );
    }
    text.push_str("},}");
    text
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::PodCondition;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).expect("a time")
    }

    fn pod(name: &str, ready: bool) -> Arc<Pod> {
        let mut pod = Pod::default();
        pod.metadata.name = name.into();
        let status = if ready { "True" } else { "False" };
        pod.status.conditions = vec![PodCondition {
            type_: "Ready".into(),
            status: status.into(),
            ..Default::default()
        }];
        Arc::new(pod)
    }

    fn budget(min: Option<IntOrString>, max: Option<IntOrString>) -> PodDisruptionBudget {
        let mut budget = PodDisruptionBudget::default();
        budget.spec.min_available = min;
        budget.spec.max_unavailable = max;
        budget
    }

    /// Checks expected, desired, healthy and allowed, over four pods of which three are ready.
    fn check(
        min: Option<IntOrString>,
        max: Option<IntOrString>,
        scale: i32,
        expect: (i32, i32, i32, i32),
    ) {
        let pods = [
            pod("a", true),
            pod("b", true),
            pod("c", true),
            pod("d", false),
        ];
        let scale = Scale {
            pods: scale,
            has_unmanaged: false,
        };
        let status = plan(&budget(min, max), &pods, &scale, at(0))
            .expect("it can be worked out")
            .status;
        let found = (
            status.expected_pods,
            status.desired_healthy,
            status.current_healthy,
            status.disruptions_allowed,
        );
        assert_eq!(found, expect);
    }

    #[test]
    fn budgets_allow_what_is_beyond_need() {
        check(Some(IntOrString::Int(2)), None, 0, (4, 2, 3, 1));
        check(Some(IntOrString::Int(3)), None, 0, (4, 3, 3, 0));
        check(Some("50%".into()), None, 4, (4, 2, 3, 1));
        check(None, Some("25%".into()), 4, (4, 3, 3, 0));
        check(None, Some(IntOrString::Int(2)), 4, (4, 2, 3, 1));
        check(None, Some(IntOrString::Int(9)), 4, (4, 0, 3, 3));
        check(None, Some(IntOrString::Int(1)), 0, (0, 0, 3, 0));
        check(None, None, 0, (0, 0, 3, 0));
    }

    #[test]
    fn a_failure_is_of_the_generation_that_was_seen() {
        let mut budget = budget(None, Some(IntOrString::Int(1)));
        budget.metadata.generation = 3;
        budget.status.observed_generation = 2;
        budget.status.disruptions_allowed = 1;
        let status = failed(&budget, "no", at(0));
        let told = &status.conditions[0];
        assert_eq!(
            (status.disruptions_allowed, told.observed_generation),
            (0, 2)
        );
        assert_eq!((&*told.reason, &*told.message), ("SyncFailed", "no"));
    }

    #[test]
    fn evictions_count_until_they_happen() {
        let mut budget = budget(Some(IntOrString::Int(0)), None);
        budget.status.disrupted_pods = [
            ("a".to_owned(), Time(at(0))),
            ("gone".to_owned(), Time(at(0))),
        ]
        .into();
        let pods = [pod("a", true), pod("b", true)];
        let look =
            |now| plan(&budget, &pods, &Scale::default(), at(now)).expect("it can be worked out");
        let soon = look(20);
        assert_eq!(
            (soon.status.current_healthy, soon.again),
            (1, Some(Duration::from_secs(100)))
        );
        assert_eq!(soon.status.disrupted_pods.len(), 1);
        let late = look(120);
        assert_eq!(
            (
                late.status.current_healthy,
                late.again,
                late.not_deleted.len()
            ),
            (2, None, 1)
        );
    }

    #[test]
    fn targets_that_stay_are_released() {
        let mut target = Pod::default();
        assert_eq!(stale_in(&target, at(0)), None);
        target.status.conditions = vec![PodCondition {
            type_: DISRUPTION_TARGET.into(),
            status: "True".into(),
            last_transition_time: Some(Time(at(0))),
            ..Default::default()
        }];
        assert_eq!(stale_in(&target, at(20)), Some(Duration::from_secs(100)));
        assert_eq!(stale_in(&target, at(200)), Some(Duration::ZERO));
        target.status.conditions[0].reason = "TerminationByKubelet".into();
        assert_eq!(stale_in(&target, at(200)), None);
        target.status.conditions[0].reason.clear();
        assert_eq!(stale_in(&released(&target, at(200)), at(200)), None);
    }

    #[test]
    fn selectors_print() {
        let selector = LabelSelector {
            match_labels: [("app".to_owned(), "web".to_owned())].into(),
            ..Default::default()
        };
        assert_eq!(
            print(Some(&selector)),
            "&LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}"
        );
    }
}
