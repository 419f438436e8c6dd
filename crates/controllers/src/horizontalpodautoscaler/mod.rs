//! Horizontal autoscaling: as many replicas as their use of resources asks for.

mod limit;
mod metrics;
mod replicas;
mod sources;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_api::autoscaling::v1::Scale;
use skeg_api::autoscaling::v2::{
    HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerStatus,
};
use skeg_api::core::v1::Pod;
use skeg_client::{Api, ApiResource, DiscoveredResource, DynamicApi, Error};
use skeg_meta::Time;
use skeg_meta::labels::Selector;
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
};

use crate::workload::unless_gone;
use crate::{Context, served};
use limit::{History, limit};

const NAME: &str = "horizontal-pod-autoscaler-controller";
const WORKERS: usize = 5;
/// How often each is looked at (`--horizontal-pod-autoscaler-sync-period`).
const PERIOD: Duration = Duration::from_secs(15);
/// How often a target's scale is written anew when somebody else wrote it.
const TRIES: usize = 5;

struct Autoscalers {
    context: Context,
    recorder: EventRecorder,
    autoscalers: Informer<HorizontalPodAutoscaler>,
    pods: Informer<Pod>,
    histories: Mutex<HashMap<ObjectName, History>>,
    /// Which pods each was found to scale.
    selectors: Mutex<BTreeMap<ObjectName, Selector>>,
}

/// Runs the controller of autoscalers.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(Autoscalers {
        recorder: context.recorder("horizontal-pod-autoscaler"),
        autoscalers: context.informers.informer(),
        pods: context.informers.informer(),
        histories: Mutex::default(),
        selectors: Mutex::default(),
        context,
    });
    let queue = this.context.queue::<ObjectName>();
    let (to, handler) = (queue.clone(), Arc::clone(&this));
    this.autoscalers.on_change(move |delta| {
        let name = ObjectName::of(&delta.object().metadata);
        match delta {
            Delta::Deleted { .. } => {
                handler.histories.lock().remove(&name);
                handler.selectors.lock().remove(&name);
            }
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

/// Whether some metric can be known without any pod running.
fn counts_from_outside(hpa: &HorizontalPodAutoscaler) -> bool {
    let mut metrics = hpa.spec.metrics.iter();
    metrics.any(|metric| matches!(metric.type_.as_str(), "Object" | "External"))
}

/// Whether a target that has no replicas is scaled up again. Only if its
/// autoscaler took them away: who sets them to zero himself switches autoscaling
/// off (KEP-2021).
fn wakes(hpa: &HorizontalPodAutoscaler, min: i32) -> bool {
    let mut conditions = hpa.status.conditions.iter();
    let own = conditions.any(|known| known.type_ == "ScaledToZero" && known.status == "True");
    own && (min != 0 || counts_from_outside(hpa))
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
        {
            let now = self.context.clock.now();
            let mut histories = self.histories.lock();
            histories
                .entry(name.clone())
                .or_default()
                .begin(now, current);
        }
        let min = hpa.spec.min_replicas.unwrap_or(1);
        status.observed_generation = Some(hpa.metadata.generation);
        status.current_replicas = current;
        let mut statuses = Vec::new();
        let asleep = current == 0 && !wakes(hpa, min);
        let waking = current == 0 && !asleep;
        let (desired, reason) = if asleep {
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
        } else if current < min && !waking {
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
                    let desired = if waking { desired.max(min) } else { desired };
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
                    let written = self.write(hpa, status).await;
                    self.recorder.event(
                        hpa,
                        EventType::Warning,
                        "FailedComputeMetricsReplicas",
                        message,
                    );
                    return written;
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
        let target_name = &hpa.spec.scale_target_ref.name;
        let mut next = Scale::clone(scale);
        let mut tries = 0;
        let updated = loop {
            next.spec.replicas = desired;
            tries += 1;
            let updated = target.update_scale(target_name, next.clone()).await;
            match updated {
                Err(error) if error.is_conflict() && tries < TRIES => {
                    match target.get_subresource::<Scale>(target_name, "scale").await {
                        Ok(fresh) => next = Scale::clone(&fresh),
                        Err(_) => break Err(error),
                    }
                }
                updated => break updated,
            }
        };
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
        if desired == 0 && scale.spec.replicas > 0 && counts_from_outside(hpa) {
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
        if hpa.spec.behavior.is_some() {
            let mut histories = self.histories.lock();
            let history = histories.entry(name.clone()).or_default();
            history.change(now, desired - scale.spec.replicas);
        }
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

    /// The resource of a kind; its version is that which is named or, where that
    /// is not served, the one that the server prefers.
    async fn resource(&self, api_version: &str, kind: &str) -> Result<ApiResource, String> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        if version.contains('/') {
            return Err(format!("unexpected GroupVersion string: {api_version}"));
        }
        if let Some(built_in) = ApiResource::built_in(group, version, kind) {
            return Ok(built_in);
        }
        let client = &self.context.client;
        let served = served::versions(client, group).await;
        let mut versions = vec![version.to_owned()];
        versions.extend(served.map_err(|error| error.to_string())?);
        let is_it = |known: &DiscoveredResource| known.resource.kind == kind;
        let found = served::find(client, group, versions, is_it).await;
        match found.map_err(|error| error.to_string())? {
            Some(found) => Ok(found.resource),
            None => Err(format!(
                "no matches for kind \"{kind}\" in group \"{group}\""
            )),
        }
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
            if let Err(error) = &written {
                let message = error.to_string();
                self.recorder
                    .event(hpa, EventType::Warning, "FailedUpdateStatus", message);
            }
            written?;
        }
        Ok(Next::After(PERIOD))
    }
}
