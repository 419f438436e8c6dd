//! Conditions that programs wait for.

use skeg_api::apiextensions::v1::CustomResourceDefinition;
use skeg_api::apps::v1::Deployment;
use skeg_api::batch::v1::Job;
use skeg_api::core::v1::Pod;
use skeg_meta::{Object, SharedObject};
use skeg_schema::Value;

use super::Condition;
use crate::rollout;

/// No object of the name exists. Where a controller makes another under the same
/// name (a stateful set's pod), that may never be seen: see [`deleted_uid`].
pub fn deleted<K>() -> impl Condition<K> {
    |object: Option<&K>| object.is_none()
}

/// The object with this uid exists no more, though there may be another of its name.
pub fn deleted_uid<K: Object>(uid: impl Into<String>) -> impl Condition<K> {
    let uid = uid.into();
    move |object: Option<&K>| object.is_none_or(|object| object.meta().uid != uid)
}

/// Not this condition.
pub fn not<K>(condition: impl Condition<K>) -> impl Condition<K> {
    move |object: Option<&K>| !condition.is_met(object)
}

/// All of these conditions.
///
/// ```no_run
/// # use skeg_api::core::v1::Pod;
/// # use skeg_client::wait::{self, Condition};
/// let settled = wait::any::<Pod>([
///     Box::new(wait::pod_finished()) as Box<dyn Condition<Pod>>,
///     Box::new(wait::all([
///         Box::new(wait::pod_ready()) as Box<dyn Condition<Pod>>,
///         Box::new(|pod: Option<&Pod>| pod.is_some_and(|pod| pod.metadata.labels.contains_key("live"))),
///     ])),
/// ]);
/// ```
pub fn all<K>(conditions: impl IntoIterator<Item = Box<dyn Condition<K>>>) -> impl Condition<K> {
    let conditions: Vec<_> = conditions.into_iter().collect();
    move |object: Option<&K>| conditions.iter().all(|one| one.is_met(object))
}

/// One or more of these conditions; see [`all`].
pub fn any<K>(conditions: impl IntoIterator<Item = Box<dyn Condition<K>>>) -> impl Condition<K> {
    let conditions: Vec<_> = conditions.into_iter().collect();
    move |object: Option<&K>| conditions.iter().any(|one| one.is_met(object))
}

fn is_true<'a>(mut conditions: impl Iterator<Item = (&'a str, &'a str)>, wanted: &str) -> bool {
    conditions.any(|(kind, status)| kind == wanted && status == "True")
}

fn pod_is(pod: &Pod, condition: &str) -> bool {
    let conditions = pod.status.conditions.iter();
    is_true(
        conditions.map(|c| (c.type_.as_str(), c.status.as_str())),
        condition,
    )
}

/// The pod's containers run.
pub fn pod_running() -> impl Condition<Pod> {
    |pod: Option<&Pod>| pod.is_some_and(|pod| pod.status.phase == "Running")
}

/// The pod is ready to serve.
pub fn pod_ready() -> impl Condition<Pod> {
    |pod: Option<&Pod>| pod.is_some_and(|pod| pod_is(pod, "Ready"))
}

/// The pod has ended, well or not, or exists no more.
pub fn pod_finished() -> impl Condition<Pod> {
    |pod: Option<&Pod>| {
        pod.is_none_or(|pod| matches!(pod.status.phase.as_str(), "Succeeded" | "Failed"))
    }
}

/// The job has completed or failed.
pub fn job_finished() -> impl Condition<Job> {
    |job: Option<&Job>| {
        job.is_some_and(|job| {
            let conditions = || {
                let all = job.status.conditions.iter();
                all.map(|c| (c.type_.as_str(), c.status.as_str()))
            };
            is_true(conditions(), "Complete") || is_true(conditions(), "Failed")
        })
    }
}

/// Every pod of the deployment is of its newest template, and available.
pub fn deployment_rolled_out() -> impl Condition<Deployment> {
    |deployment: Option<&Deployment>| {
        deployment.is_some_and(|deployment| {
            rollout::Progress::of_deployment(deployment).is_ok_and(|progress| progress.is_done())
        })
    }
}

/// The custom resource definition is served.
pub fn crd_established() -> impl Condition<CustomResourceDefinition> {
    |crd: Option<&CustomResourceDefinition>| {
        crd.is_some_and(|crd| {
            let conditions = crd.status.conditions.iter();
            is_true(
                conditions.map(|c| (c.type_.as_str(), c.status.as_str())),
                "Established",
            )
        })
    }
}

/// A condition in the status of any object is true
/// (`kubectl wait --for=condition=NAME`).
pub fn has_condition(name: impl Into<String>) -> impl Condition<SharedObject> {
    has_condition_status(name, "True")
}

/// A condition in the status of any object is `True`, `False` or `Unknown`
/// (`kubectl wait --for=condition=NAME=STATUS`). One that speaks of an earlier
/// generation of the object does not count.
pub fn has_condition_status(
    name: impl Into<String>,
    status: impl Into<String>,
) -> impl Condition<SharedObject> {
    let (name, status) = (name.into(), status.into());
    tree_condition(move |tree| {
        let text = |value: &Value, wanted: &str| {
            let value = value.as_str();
            value.is_some_and(|value| value.eq_ignore_ascii_case(wanted))
        };
        let conditions = tree["status"]["conditions"].as_array();
        let mut conditions = conditions.into_iter().flatten();
        conditions
            .find(|condition| text(&condition["type"], &name))
            .is_some_and(|condition| {
                let observed = condition["observedGeneration"].as_i64();
                let observed = observed.or_else(|| tree["status"]["observedGeneration"].as_i64());
                let generation = tree["metadata"]["generation"].as_i64();
                let stale = observed
                    .zip(generation)
                    .is_some_and(|(observed, generation)| observed < generation);
                !stale && text(&condition["status"], &status)
            })
    })
}

/// Any question about the tree of an object that exists.
pub fn tree_condition(
    question: impl Fn(&skeg_schema::Value) -> bool + Send + Sync,
) -> impl Condition<SharedObject> {
    move |object: Option<&SharedObject>| object.is_some_and(|object| question(&object.value()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn conditions_of_any_object_are_those_of_its_newest_generation() {
        let check = |condition: &dyn Condition<SharedObject>, tree: Value, expect: bool| {
            let object = SharedObject::from_tree(tree.clone());
            assert_eq!(condition.is_met(Some(&object)), expect, "{tree}");
        };
        let with = |generation: i64, status: Value| json!({"apiVersion": "x.io/v1", "kind": "W", "metadata": {"generation": generation}, "status": status});
        let ready = has_condition("ready");
        let is = |status: &str| json!({"conditions": [{"type": "Other", "status": "True"}, {"type": "Ready", "status": status}]});
        check(&ready, with(1, is("True")), true);
        check(&ready, with(1, is("False")), false);
        check(&ready, with(1, json!({})), false);
        let of = |generation: i64| json!({"conditions": [{"type": "Ready", "status": "True", "observedGeneration": generation}]});
        check(&ready, with(2, of(1)), false);
        check(&ready, with(2, of(2)), true);
        let whole =
            json!({"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "True"}]});
        check(&ready, with(2, whole.clone()), false);
        check(&ready, with(1, whole), true);
        let not_ready = has_condition_status("Ready", "false");
        check(&not_ready, with(1, is("False")), true);
        check(&not_ready, with(1, is("Unknown")), false);
        check(&not_ready, with(1, json!({})), false);
    }
}
