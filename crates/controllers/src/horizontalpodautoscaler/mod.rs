//! Horizontal autoscaling: as many replicas as their use of resources asks for.

mod limit;
mod metrics;
mod replicas;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_api::autoscaling::v1::Scale;
use skeg_api::autoscaling::v2::{
    ContainerResourceMetricStatus, HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition,
    HorizontalPodAutoscalerStatus, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus,
    ResourceMetricStatus,
};
use skeg_api::core::v1::Pod;
use skeg_client::{Api, ApiResource, DynamicApi, Error};
use skeg_meta::labels::Selector;
use skeg_meta::{Quantity, Time};
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
};

use crate::Context;
use crate::workload::unless_gone;
use limit::{History, limit};
use replicas::{Proposal, Target, propose};

const NAME: &str = "horizontal-pod-autoscaler-controller";
const WORKERS: usize = 5;
/// How often each is looked at (`--horizontal-pod-autoscaler-sync-period`).
const PERIOD: Duration = Duration::from_secs(15);

struct Autoscalers {
    context: Context,
    recorder: EventRecorder,
    autoscalers: Informer<HorizontalPodAutoscaler>,
    pods: Informer<Pod>,
    histories: Mutex<HashMap<ObjectName, History>>,
}

/// Runs the controller of autoscalers.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(Autoscalers {
        recorder: context.recorder("horizontal-pod-autoscaler"),
        autoscalers: context.informers.informer(),
        pods: context.informers.informer(),
        histories: Mutex::default(),
        context,
    });
    let queue = this.context.queue::<ObjectName>();
    let (to, handler) = (queue.clone(), Arc::clone(&this));
    this.autoscalers.on_change(move |delta| {
        let name = ObjectName::of(&delta.object().metadata);
        match delta {
            Delta::Deleted { .. } => drop(handler.histories.lock().remove(&name)),
            // What only its status tells is known here.
            _ if delta
                .old()
                .is_some_and(|old| old.spec == delta.object().spec) => {}
            _ => to.add(name),
        }
    });
    this.pods.synced().await;
    this.autoscalers.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(cancel, move |name| {
            let this = Arc::clone(&this);
            async move {
                let Some(hpa) = this.autoscalers.store().get(&name) else {
                    return Ok(Next::Done);
                };
                let written = unless_gone(this.reconcile(&name, &hpa).await);
                match written {
                    // The next look is a fresh one anyway.
                    Err(error) if error.is_conflict() => Ok(Next::After(Duration::from_secs(1))),
                    Err(error) => Err(error),
                    Ok(_) => Ok(Next::After(PERIOD)),
                }
            }
        })
        .await;
}

/// Why the replicas that a metric asks for are not known: a reason and words.
struct Fault {
    reason: &'static str,
    message: String,
}

/// What all metrics together ask for.
struct Wanted {
    replicas: i32,
    metric: String,
    statuses: Vec<MetricStatus>,
}

impl Autoscalers {
    async fn reconcile(
        &self,
        name: &ObjectName,
        hpa: &HorizontalPodAutoscaler,
    ) -> Result<Next, ReconcileError> {
        let mut status = hpa.status.clone();
        let found = match self.scale(hpa).await {
            Ok(found) => found,
            Err(message) => {
                self.say(
                    &mut status,
                    "AbleToScale",
                    false,
                    "FailedGetScale",
                    &format!(
                        "the HPA controller was unable to get the target's current scale: {message}"
                    ),
                );
                self.recorder
                    .event(hpa, EventType::Warning, "FailedGetScale", message);
                return self.write(hpa, status).await;
            }
        };
        self.say(
            &mut status,
            "AbleToScale",
            true,
            "SucceededGetScale",
            "the HPA controller was able to get the target's current scale",
        );
        let scale = &found.1;
        let (current, max) = (scale.spec.replicas, hpa.spec.max_replicas);
        let min = hpa.spec.min_replicas.unwrap_or(1);
        status.observed_generation = Some(hpa.metadata.generation);
        status.current_replicas = current;
        let mut statuses = Vec::new();
        let (desired, reason) = if current == 0 && min != 0 {
            self.say(
                &mut status,
                "ScalingActive",
                false,
                "ScalingDisabled",
                "scaling is disabled since the replica count of the target is zero",
            );
            (0, String::new())
        } else if current > max {
            (
                max,
                "Current number of replicas above Spec.MaxReplicas".to_owned(),
            )
        } else if current < min {
            (
                min,
                "Current number of replicas below Spec.MinReplicas".to_owned(),
            )
        } else {
            match self.wanted(hpa, scale, &mut status).await {
                Ok(wanted) => {
                    statuses = wanted.statuses;
                    let now = self.context.clock.now();
                    let (desired, said) = {
                        let mut histories = self.histories.lock();
                        let history = histories.entry(name.clone()).or_default();
                        limit(hpa, history, current, wanted.replicas, min, now)
                    };
                    for (kind, is, reason, message) in said {
                        self.say(&mut status, kind, is, reason, message);
                    }
                    let reason = if wanted.replicas > current {
                        format!("{} above target", wanted.metric)
                    } else {
                        "All metrics below target".to_owned()
                    };
                    (desired, reason)
                }
                Err((message, statuses)) => {
                    status.current_metrics = statuses;
                    self.recorder.event(
                        hpa,
                        EventType::Warning,
                        "FailedComputeMetricsReplicas",
                        message,
                    );
                    return self.write(hpa, status).await;
                }
            }
        };
        status.current_metrics = statuses;
        if desired != current {
            self.rescale(name, hpa, &found, desired, &reason, &mut status)
                .await?;
        }
        status.desired_replicas = desired;
        self.write(hpa, status).await
    }

    async fn rescale(
        &self,
        name: &ObjectName,
        hpa: &HorizontalPodAutoscaler,
        (target, scale): &(DynamicApi, Arc<Scale>),
        desired: i32,
        reason: &str,
        status: &mut HorizontalPodAutoscalerStatus,
    ) -> Result<(), ReconcileError> {
        let mut next = Scale::clone(scale);
        next.spec.replicas = desired;
        let target_name = &hpa.spec.scale_target_ref.name;
        let updated = target
            .update_subresource::<Scale>(target_name, "scale", next)
            .await;
        if let Err(error) = updated {
            let message = format!("New size: {desired}; reason: {reason}; error: {error}");
            self.recorder
                .event(hpa, EventType::Warning, "FailedRescale", message);
            let message =
                format!("the HPA controller was unable to update the target scale: {error}");
            self.say(status, "AbleToScale", false, "FailedUpdateScale", &message);
            self.write(hpa, status.clone()).await?;
            return Err(error.into());
        }
        let message =
            format!("the HPA controller was able to update the target scale to {desired}");
        self.say(status, "AbleToScale", true, "SucceededRescale", &message);
        if desired == 0 {
            let message = "the HPA controller scaled the workload to zero";
            self.say(status, "ScaledToZero", true, "ScaledToZero", message);
        } else {
            let message = "the HPA controller did not scale the workload to zero";
            self.say(status, "ScaledToZero", false, "NotScaledToZero", message);
        }
        let message = format!("New size: {desired}; reason: {reason}");
        self.recorder
            .event(hpa, EventType::Normal, "SuccessfulRescale", message);
        let now = self.context.clock.now();
        let mut histories = self.histories.lock();
        let history = histories.entry(name.clone()).or_default();
        history.change(now, desired - scale.spec.replicas);
        status.last_scale_time = Some(Time(now));
        Ok(())
    }

    /// The target's scale, and where it was found; else words why not.
    async fn scale(
        &self,
        hpa: &HorizontalPodAutoscaler,
    ) -> Result<(DynamicApi, Arc<Scale>), String> {
        let target = &hpa.spec.scale_target_ref;
        let resource = self.resource(&target.api_version, &target.kind).await?;
        let namespace = hpa.metadata.namespace.as_str();
        let api = DynamicApi::namespaced(self.context.client.clone(), resource, namespace);
        let scale = api
            .get_subresource::<Scale>(&target.name, "scale")
            .await
            .map_err(|error| error.to_string())?;
        Ok((api, scale))
    }

    async fn resource(&self, api_version: &str, kind: &str) -> Result<ApiResource, String> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        if let Some(built_in) = ApiResource::built_in(group, version, kind) {
            return Ok(built_in);
        }
        let unknown = |words: String| {
            format!("unable to determine resource for scale target reference: {words}")
        };
        let client = &self.context.client;
        let known = match client.resources(group, version).await {
            Err(error) if error.is_not_found() => Vec::new(),
            result => result.map_err(|error| unknown(error.to_string()))?,
        };
        known
            .into_iter()
            .find(|known| known.resource.kind == kind)
            .map(|known| known.resource)
            .ok_or_else(|| {
                unknown(format!(
                    "no matches for kind \"{kind}\" in group \"{group}\""
                ))
            })
    }

    /// The most that any metric asks for.
    async fn wanted(
        &self,
        hpa: &HorizontalPodAutoscaler,
        scale: &Scale,
        status: &mut HorizontalPodAutoscalerStatus,
    ) -> Result<Wanted, (String, Vec<MetricStatus>)> {
        if scale.status.selector.is_empty() {
            let message = "the HPA target's scale is missing a selector";
            self.say(status, "ScalingActive", false, "InvalidSelector", message);
            self.recorder.event(
                hpa,
                EventType::Warning,
                "SelectorRequired",
                "selector is required",
            );
            return Err(("selector is required".to_owned(), Vec::new()));
        }
        let current = scale.spec.replicas;
        let mut most: Option<(i32, String)> = None;
        let mut statuses = Vec::new();
        let mut faults: Vec<Fault> = Vec::new();
        for metric in &hpa.spec.metrics {
            match self.of_metric(hpa, metric, scale).await {
                Ok((replicas, words, metric_status)) => {
                    statuses.push(metric_status);
                    if most.as_ref().is_none_or(|(most, _)| replicas > *most) {
                        most = Some((replicas, words));
                    }
                }
                Err(fault) => {
                    statuses.push(MetricStatus::default());
                    self.recorder
                        .event(hpa, EventType::Warning, fault.reason, &*fault.message);
                    faults.push(fault);
                }
            }
        }
        let known = most.filter(|(replicas, _)| faults.is_empty() || *replicas >= current);
        let Some((replicas, metric)) = known else {
            // Going down on a part of the truth is not safe.
            let (all, wrong) = (hpa.spec.metrics.len(), faults.len());
            let first = faults.first();
            let words = first.map_or("", |fault| fault.message.as_str());
            let message = format!("the HPA was unable to compute the replica count: {words}");
            let reason = first.map_or("FailedGetResourceMetric", |fault| fault.reason);
            self.say(status, "ScalingActive", false, reason, &message);
            let message =
                format!("invalid metrics ({wrong} invalid out of {all}), first error is: {words}");
            return Err((message, statuses));
        };
        let message =
            format!("the HPA was able to successfully calculate a replica count from {metric}");
        self.say(status, "ScalingActive", true, "ValidMetricFound", &message);
        Ok(Wanted {
            replicas,
            metric,
            statuses,
        })
    }

    async fn of_metric(
        &self,
        hpa: &HorizontalPodAutoscaler,
        metric: &MetricSpec,
        scale: &Scale,
    ) -> Result<(i32, String, MetricStatus), Fault> {
        let absent = |reason, what: &str, api: &str| Fault {
            reason,
            message: format!("failed to get {what}: no {api} metrics API is known"),
        };
        match metric.type_.as_str() {
            "Resource" => {
                let source = metric.resource.clone().unwrap_or_default();
                let found = self
                    .use_of(hpa, scale, &source.name, None, &source.target)
                    .await;
                let (proposal, words) = found.map_err(|message| Fault {
                    reason: "FailedGetResourceMetric",
                    message,
                })?;
                let status = MetricStatus {
                    type_: metric.type_.clone(),
                    resource: Some(ResourceMetricStatus {
                        current: value(&source.name, &proposal),
                        name: source.name,
                    }),
                    ..MetricStatus::default()
                };
                Ok((proposal.replicas, words, status))
            }
            "ContainerResource" => {
                let source = metric.container_resource.clone().unwrap_or_default();
                let container = Some(source.container.as_str());
                let found = self
                    .use_of(hpa, scale, &source.name, container, &source.target)
                    .await;
                let (proposal, words) = found.map_err(|message| Fault {
                    reason: "FailedGetContainerResourceMetric",
                    message,
                })?;
                let status = MetricStatus {
                    type_: metric.type_.clone(),
                    container_resource: Some(ContainerResourceMetricStatus {
                        current: value(&source.name, &proposal),
                        name: source.name,
                        container: source.container,
                    }),
                    ..MetricStatus::default()
                };
                Ok((proposal.replicas, words, status))
            }
            "Pods" => Err(absent("FailedGetPodsMetric", "pods metric value", "custom")),
            "Object" => Err(absent(
                "FailedGetObjectMetric",
                "object metric value",
                "custom",
            )),
            "External" => Err(absent(
                "FailedGetExternalMetric",
                "external metric value",
                "external",
            )),
            other => Err(Fault {
                reason: "InvalidMetricSourceType",
                message: format!("unknown metric source type {other:?}"),
            }),
        }
    }

    /// What the use of a resource asks for; with the name of what was looked at.
    async fn use_of(
        &self,
        hpa: &HorizontalPodAutoscaler,
        scale: &Scale,
        resource: &str,
        container: Option<&str>,
        target: &MetricTarget,
    ) -> Result<(Proposal, String), String> {
        let of = if container.is_some() {
            "container resource"
        } else {
            "resource"
        };
        let (target, verb, words) = match (&target.average_value, target.average_utilization) {
            (Some(value), _) => (
                Target::Average(value.milli_value()),
                "usage",
                format!("{resource} {of}"),
            ),
            (None, Some(percent)) => (
                Target::Utilization(i64::from(percent)),
                "utilization",
                format!("{resource} {of} utilization (percentage of request)"),
            ),
            (None, None) => {
                return Err(
                    "invalid resource metric source: neither an average utilization target nor an average value (usage) target was set"
                        .to_owned(),
                );
            }
        };
        let failed = |message: String| format!("failed to get {resource} {verb}: {message}");
        let selector = &scale.status.selector;
        let namespace = hpa.metadata.namespace.as_str();
        let samples = metrics::of_pods(&self.context, namespace, selector, resource, container)
            .await
            .map_err(|message| {
                failed(format!(
                    "unable to get metrics for resource {resource}: {message}"
                ))
            })?;
        let parsed = Selector::parse(selector).map_err(failed)?;
        let mut pods = self.pods.store().in_namespace(namespace);
        pods.retain(|pod| parsed.matches(&pod.metadata.labels));
        let now = self.context.clock.now();
        let current = scale.spec.replicas;
        let proposal =
            propose(current, &pods, samples, resource, container, target, now).map_err(failed)?;
        Ok((proposal, words))
    }

    fn say(
        &self,
        status: &mut HorizontalPodAutoscalerStatus,
        kind: &str,
        is: bool,
        reason: &str,
        message: &str,
    ) {
        let now = Some(Time(self.context.clock.now()));
        let value = if is { "True" } else { "False" };
        let known = status
            .conditions
            .iter()
            .position(|known| known.type_ == kind);
        let at = known.unwrap_or_else(|| {
            status.conditions.push(HorizontalPodAutoscalerCondition {
                type_: kind.to_owned(),
                ..HorizontalPodAutoscalerCondition::default()
            });
            status.conditions.len() - 1
        });
        let condition = &mut status.conditions[at];
        if condition.status != value {
            condition.status = value.to_owned();
            condition.last_transition_time = now;
        }
        condition.reason = reason.to_owned();
        condition.message = message.to_owned();
    }

    async fn write(
        &self,
        hpa: &HorizontalPodAutoscaler,
        status: HorizontalPodAutoscalerStatus,
    ) -> Result<Next, ReconcileError> {
        if status != hpa.status {
            let mut next = hpa.clone();
            next.status = status;
            let namespace = hpa.metadata.namespace.as_str();
            let client = self.context.client.clone();
            let api = Api::<HorizontalPodAutoscaler>::namespaced(client, namespace);
            let written: Result<_, Error> = api.update_status(next).await;
            written?;
        }
        Ok(Next::After(PERIOD))
    }
}

fn value(resource: &str, proposal: &Proposal) -> MetricValueStatus {
    let average = if resource == "memory" {
        Quantity::from_bytes(proposal.average / 1000)
    } else {
        Quantity::from_millis(proposal.average)
    };
    MetricValueStatus {
        average_value: Some(average),
        average_utilization: proposal
            .utilization
            .and_then(|percent| i32::try_from(percent).ok()),
        ..MetricValueStatus::default()
    }
}
