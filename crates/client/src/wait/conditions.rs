//! Conditions that programs wait for.

use skeg_api::apiextensions::v1::CustomResourceDefinition;
use skeg_api::apps::v1::Deployment;
use skeg_api::batch::v1::Job;
use skeg_api::core::v1::Pod;
use skeg_meta::SharedObject;

use super::Condition;
use crate::rollout;

/// The object exists no more.
pub fn deleted<K>() -> impl Condition<K> {
    |object: Option<&K>| object.is_none()
}

/// Not this condition.
pub fn not<K>(condition: impl Condition<K>) -> impl Condition<K> {
    move |object: Option<&K>| !condition.is_met(object)
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

/// A condition in the status of any object (`kubectl wait --for=condition=NAME`).
pub fn has_condition(name: impl Into<String>) -> impl Condition<SharedObject> {
    let name = name.into();
    tree_condition(move |tree| {
        let conditions = tree["status"]["conditions"].as_array();
        let conditions = conditions.map(Vec::as_slice).unwrap_or_default();
        conditions.iter().any(|condition| {
            let kind = condition["type"].as_str().unwrap_or_default();
            kind.eq_ignore_ascii_case(&name) && condition["status"].as_str() == Some("True")
        })
    })
}

/// Any question about the tree of an object that exists.
pub fn tree_condition(
    question: impl Fn(&skeg_schema::Value) -> bool + Send + Sync,
) -> impl Condition<SharedObject> {
    move |object: Option<&SharedObject>| object.is_some_and(|object| question(&object.value()))
}
