//! What each metric of an autoscaler asks for.

use std::sync::Arc;

use skeg_api::autoscaling::v1::Scale;
use skeg_api::autoscaling::v2::{
    ContainerResourceMetricStatus, ExternalMetricSource, ExternalMetricStatus,
    HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus, MetricIdentifier, MetricSpec,
    MetricStatus, MetricTarget, MetricValueStatus, ObjectMetricSource, ObjectMetricStatus,
    PodsMetricSource, PodsMetricStatus, ResourceMetricStatus,
};
use skeg_api::core::v1::Pod;
use skeg_meta::labels::Selector;
use skeg_meta::{LabelSelector, Quantity};
use skeg_runtime::{EventType, ObjectName};

use super::replicas::{Case, Proposal, Target, Tolerances, for_shares, for_whole, propose};
use super::{Autoscalers, metrics};

/// Why the replicas that a metric asks for are not known.
struct Fault {
    reason: &'static str,
    /// As the event and the condition say it.
    message: String,
    /// As it is summed up.
    whole: String,
}

/// What all metrics together ask for.
pub(super) struct Wanted {
    pub(super) replicas: i32,
    pub(super) metric: String,
    pub(super) statuses: Vec<MetricStatus>,
}

/// What one metric asks for, with what it is called where that is told.
struct Asked {
    replicas: i32,
    words: String,
    status: MetricStatus,
}

/// All that is known when metrics are looked at.
struct Look<'a> {
    hpa: &'a HorizontalPodAutoscaler,
    scale: &'a Scale,
    pods: Vec<Arc<Pod>>,
    tolerances: Tolerances,
}

impl Look<'_> {
    fn namespace(&self) -> &str {
        &self.hpa.metadata.namespace
    }
}

impl Autoscalers {
    /// The most that any metric asks for.
    pub(super) async fn wanted(
        &self,
        hpa: &HorizontalPodAutoscaler,
        scale: &Scale,
        status: &mut HorizontalPodAutoscalerStatus,
    ) -> Result<Wanted, (String, Vec<MetricStatus>)> {
        let pods = match self.select(hpa, scale) {
            Ok(pods) => pods,
            Err((reason, message, condition)) => {
                let known = if reason == "SelectorRequired" {
                    "InvalidSelector"
                } else {
                    reason
                };
                self.say(status, "ScalingActive", false, known, &condition);
                self.recorder
                    .event(hpa, EventType::Warning, reason, &*message);
                return Err((message, Vec::new()));
            }
        };
        let look = Look {
            hpa,
            scale,
            pods,
            tolerances: Tolerances::of(hpa.spec.behavior.as_ref()),
        };
        let current = scale.spec.replicas;
        let mut most: Option<(i32, String)> = None;
        let mut statuses = Vec::new();
        let mut faults: Vec<Fault> = Vec::new();
        for metric in &hpa.spec.metrics {
            match self.of_metric(&look, metric).await {
                Ok(asked) => {
                    statuses.push(asked.status);
                    if most.as_ref().is_none_or(|(most, _)| asked.replicas > *most) {
                        most = Some((asked.replicas, asked.words));
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
            let (mut reason, mut whole) = ("FailedGetResourceMetric", "");
            if let Some(first) = faults.first() {
                let message = format!(
                    "the HPA was unable to compute the replica count: {}",
                    first.message
                );
                (reason, whole) = (first.reason, &first.whole);
                self.say(status, "ScalingActive", false, reason, &message);
            }
            tracing::debug!(hpa = %hpa.metadata.name, reason, "no metric is known");
            let message =
                format!("invalid metrics ({wrong} invalid out of {all}), first error is: {whole}");
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

    /// The pods that the target's selector chooses, which no other autoscaler
    /// may choose; else the event's reason, the error and the condition's words.
    fn select(
        &self,
        hpa: &HorizontalPodAutoscaler,
        scale: &Scale,
    ) -> Result<Vec<Arc<Pod>>, (&'static str, String, String)> {
        let text = &scale.status.selector;
        if text.is_empty() {
            return Err((
                "SelectorRequired",
                "selector is required".to_owned(),
                "the HPA target's scale is missing a selector".to_owned(),
            ));
        }
        let selector = Selector::parse(text).map_err(|error| {
            let message = format!(
                "couldn't convert selector into a corresponding internal selector object: {error}"
            );
            ("InvalidSelector", message.clone(), message)
        })?;
        let namespace = hpa.metadata.namespace.as_str();
        let mut pods = self.pods.store().in_namespace(namespace);
        pods.retain(|pod| selector.matches(&pod.metadata.labels));
        let mut selectors = self.selectors.lock();
        selectors.insert(ObjectName::of(&hpa.metadata), selector);
        let rivals: Vec<String> = selectors
            .iter()
            .filter(|(name, selector)| {
                &*name.namespace == namespace
                    && pods
                        .iter()
                        .any(|pod| selector.matches(&pod.metadata.labels))
            })
            .map(|(name, _)| format!("{{{} {}}}", name.name, name.namespace))
            .collect();
        if rivals.len() > 1 {
            let message = format!(
                "pods by selector {text} are controlled by multiple HPAs: [{}]",
                rivals.join(" ")
            );
            return Err(("AmbiguousSelector", message.clone(), message));
        }
        Ok(pods)
    }

    async fn of_metric(&self, look: &Look<'_>, metric: &MetricSpec) -> Result<Asked, Fault> {
        let fault = |reason, message: String, of: String| Fault {
            reason,
            whole: format!("failed to get {of} metric value: {message}"),
            message,
        };
        match metric.type_.as_str() {
            "Resource" => {
                let source = metric.resource.clone().unwrap_or_default();
                let found = self.use_of(look, &source.name, None, &source.target).await;
                let (proposal, words) = found.map_err(|message| {
                    let of = format!("{} resource", source.name);
                    fault("FailedGetResourceMetric", message, of)
                })?;
                Ok(Asked {
                    replicas: proposal.replicas,
                    words,
                    status: MetricStatus {
                        type_: metric.type_.clone(),
                        resource: Some(ResourceMetricStatus {
                            current: value(&source.name, &proposal),
                            name: source.name,
                        }),
                        ..MetricStatus::default()
                    },
                })
            }
            "ContainerResource" => {
                let source = metric.container_resource.clone().unwrap_or_default();
                let container = Some(source.container.as_str());
                let found = self
                    .use_of(look, &source.name, container, &source.target)
                    .await;
                let (proposal, words) = found.map_err(|message| {
                    let of = format!("{} container", source.container);
                    fault("FailedGetContainerResourceMetric", message, of)
                })?;
                Ok(Asked {
                    replicas: proposal.replicas,
                    words,
                    status: MetricStatus {
                        type_: metric.type_.clone(),
                        container_resource: Some(ContainerResourceMetricStatus {
                            current: value(&source.name, &proposal),
                            name: source.name,
                            container: source.container,
                        }),
                        ..MetricStatus::default()
                    },
                })
            }
            "Pods" => {
                let source = metric.pods.clone().unwrap_or_default();
                let found = self.of_each_pod(look, &source).await;
                found.map_err(|message| fault("FailedGetPodsMetric", message, "pods".to_owned()))
            }
            "Object" => {
                let source = metric.object.clone().unwrap_or_default();
                let found = self.of_object(look, &source).await;
                found.map_err(|(message, outer)| Fault {
                    whole: format!("failed to get object metric value: {outer}{message}"),
                    ..fault("FailedGetObjectMetric", message, "object".to_owned())
                })
            }
            "External" => {
                let source = metric.external.clone().unwrap_or_default();
                let name = source.metric.name.clone();
                let found = self.external(look, &source).await;
                found.map_err(|(message, outer)| Fault {
                    whole: format!("failed to get {name} external metric value: {outer}{message}"),
                    ..fault("FailedGetExternalMetric", message, String::new())
                })
            }
            other => {
                let message = format!("unknown metric source type {other:?}");
                Err(Fault {
                    reason: "InvalidMetricSourceType",
                    whole: message.clone(),
                    message,
                })
            }
        }
    }

    fn case<'a>(&self, look: &'a Look<'_>) -> Case<'a> {
        Case {
            current: look.scale.spec.replicas,
            pods: &look.pods,
            tolerances: look.tolerances,
            now: self.context.clock.now(),
        }
    }

    /// What the use of a resource asks for; with the name of what was looked at.
    async fn use_of(
        &self,
        look: &Look<'_>,
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
                format!("{resource} resource"),
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
        let (context, selector) = (&self.context, &look.scale.status.selector);
        let samples = metrics::of_pods(context, look.namespace(), selector, resource, container)
            .await
            .map_err(|message| {
                failed(format!(
                    "unable to get metrics for resource {resource}: {message}"
                ))
            })?;
        let case = self.case(look);
        let proposal = propose(&case, samples, resource, container, target).map_err(failed)?;
        Ok((proposal, words))
    }

    async fn of_each_pod(
        &self,
        look: &Look<'_>,
        source: &PodsMetricSource,
    ) -> Result<Asked, String> {
        let (metric, selector) = (&source.metric, &look.scale.status.selector);
        let target = source.target.average_value.unwrap_or(Quantity::ZERO);
        let samples = metrics::of_each_pod(&self.context, look.namespace(), selector, metric)
            .await
            .map_err(|message| format!("unable to get metric {}: {message}", metric.name))?;
        let target = Target::Average(target.milli_value());
        let proposal = propose(&self.case(look), samples, "", None, target)?;
        Ok(Asked {
            replicas: proposal.replicas,
            words: format!("pods metric {}", metric.name),
            status: MetricStatus {
                type_: "Pods".to_owned(),
                pods: Some(PodsMetricStatus {
                    metric: metric.clone(),
                    current: average(proposal.average),
                }),
                ..MetricStatus::default()
            },
        })
    }

    /// What a number of an object asks for. What goes wrong comes with the words
    /// that are put before it where all is summed up.
    async fn of_object(
        &self,
        look: &Look<'_>,
        source: &ObjectMetricSource,
    ) -> Result<Asked, (String, String)> {
        let (metric, object, target) = (&source.metric, &source.described_object, &source.target);
        let (whole, share) = match target.type_.as_str() {
            "Value" => (target.value, None),
            "AverageValue" => (None, target.average_value),
            _ => (None, None),
        };
        if whole.is_none() && share.is_none() {
            let message = "invalid object metric source: neither a value target nor an average value target was set";
            return Err((message.to_owned(), String::new()));
        }
        let outer = share.map_or(String::new(), |_| {
            format!("failed to get {} object metric: ", metric.name)
        });
        let namespace = look.namespace();
        let known = match self.resource(&object.api_version, &object.kind).await {
            Ok(resource) => {
                let plural = &resource.plural;
                metrics::of_object(&self.context, namespace, object, plural, metric).await
            }
            Err(words) => Err(format!(
                "unable to fetch metrics from custom metrics API: {words}"
            )),
        };
        let usage = known.map_err(|message| {
            let on = format!("{} {namespace}/{}", object.kind, object.name);
            let message = format!("unable to get metric {} on {on}: {message}", metric.name);
            (message, outer.clone())
        })?;
        let status = |current| MetricStatus {
            type_: "Object".to_owned(),
            object: Some(ObjectMetricStatus {
                described_object: object.clone(),
                metric: metric.clone(),
                current,
            }),
            ..MetricStatus::default()
        };
        if let Some(target) = whole {
            let case = self.case(look);
            let replicas = for_whole(&case, usage, target.milli_value())
                .map_err(|message| (message, outer))?;
            return Ok(Asked {
                replicas,
                words: format!("{} metric {}", object.kind, metric.name),
                status: status(total(usage)),
            });
        }
        let target = share.unwrap_or(Quantity::ZERO).milli_value();
        let now = look.scale.status.replicas;
        let (replicas, share) = for_shares(look.tolerances, now, usage, target);
        Ok(Asked {
            replicas,
            words: outside(metric),
            status: status(average(share)),
        })
    }

    /// What a number from outside asks for; errors as those of an object.
    async fn external(
        &self,
        look: &Look<'_>,
        source: &ExternalMetricSource,
    ) -> Result<Asked, (String, String)> {
        let (metric, target) = (&source.metric, &source.target);
        let outer = match (target.average_value, target.value) {
            (Some(_), _) => format!("failed to get {} external metric: ", metric.name),
            (None, Some(_)) => format!("failed to get external metric {}: ", metric.name),
            (None, None) => {
                let message = "invalid external metric source: neither a value target nor an average value target was set";
                return Err((message.to_owned(), String::new()));
            }
        };
        let namespace = look.namespace();
        let usage = metrics::external(&self.context, namespace, metric)
            .await
            .map_err(|message| {
                let selector = in_go(metric.selector.as_ref());
                let of = format!("{namespace}/{}/{selector}", metric.name);
                let message = format!("unable to get external metric {of}: {message}");
                (message, outer.clone())
            })?;
        let status = |current| MetricStatus {
            type_: "External".to_owned(),
            external: Some(ExternalMetricStatus {
                metric: metric.clone(),
                current,
            }),
            ..MetricStatus::default()
        };
        let (replicas, status) = match (target.average_value, target.value) {
            (Some(target), _) => {
                let now = look.scale.status.replicas;
                let target = target.milli_value();
                let (replicas, share) = for_shares(look.tolerances, now, usage, target);
                (replicas, status(average(share)))
            }
            (None, target) => {
                let target = target.unwrap_or(Quantity::ZERO).milli_value();
                let replicas = for_whole(&self.case(look), usage, target)
                    .map_err(|message| (message, outer))?;
                (replicas, status(total(usage)))
            }
        };
        Ok(Asked {
            replicas,
            words: outside(metric),
            status,
        })
    }
}

fn outside(metric: &MetricIdentifier) -> String {
    let selector = in_go(metric.selector.as_ref());
    format!("external metric {}({selector})", metric.name)
}

/// A selector as upstream's messages have it.
fn in_go(selector: Option<&LabelSelector>) -> String {
    let Some(selector) = selector else {
        return "nil".to_owned();
    };
    let labels: String = selector
        .match_labels
        .iter()
        .map(|(key, value)| format!("{key}: {value},"))
        .collect();
    let expressions: String = selector
        .match_expressions
        .iter()
        .map(|one| {
            format!(
                "LabelSelectorRequirement{{Key:{},Operator:{},Values:[{}],}},",
                one.key,
                one.operator,
                one.values.join(" ")
            )
        })
        .collect();
    format!(
        "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )
}

fn total(millis: i64) -> MetricValueStatus {
    MetricValueStatus {
        value: Some(Quantity::from_millis(millis)),
        ..MetricValueStatus::default()
    }
}

fn average(millis: i64) -> MetricValueStatus {
    MetricValueStatus {
        average_value: Some(Quantity::from_millis(millis)),
        ..MetricValueStatus::default()
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
