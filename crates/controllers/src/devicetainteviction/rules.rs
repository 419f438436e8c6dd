//! What the status of a rule that taints devices says.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::core::v1::Pod;
use skeg_api::resource::v1::DeviceTaintRule;
use skeg_client::{Api, Patch, PatchOptions};
use skeg_meta::Condition;
use skeg_runtime::{Next, ReconcileError};
use skeg_schema::json;

use super::plan::{self, NO_EXECUTE, newest, of_pod, results};
use super::{Evictor, NAME};

/// How often the status changes while pods are evicted (upstream's `ruleStatusPeriod`).
pub(super) const PERIOD: Duration = Duration::from_secs(10);
const IN_PROGRESS: &str = "EvictionInProgress";

/// What a rule does, or would do.
#[derive(Default)]
struct Counts {
    published: usize,
    allocated: usize,
    pods: usize,
    namespaces: usize,
    evicted: u64,
}

/// `1 pod`, `2 pods`.
fn count(n: impl Into<u64>, one: &str, many: &str) -> String {
    match n.into() {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

/// Status, reason and message of the condition.
fn say(effect: &str, counts: &Counts) -> (&'static str, &'static str, String) {
    let of = |n: usize, one: &str, many: &str| count(n as u64, one, many);
    let (status, reason, mut message) = match effect {
        NO_EXECUTE if counts.pods > 0 => {
            let pods = of(counts.pods, "pod needs", "pods need");
            let namespaces = of(counts.namespaces, "namespace", "different namespaces");
            let message = format!("{pods} to be evicted in {namespaces}.");
            ("True", "PodsPendingEviction", message)
        }
        NO_EXECUTE if counts.evicted > 0 => ("False", "Completed", String::new()),
        NO_EXECUTE => ("False", "NotStarted", String::new()),
        "None" => {
            let message = format!(
                "{} selected. {} selected. {} would be evicted in {} if the effect was NoExecute. \
                 This information will not be updated again. \
                 Recreate the DeviceTaintRule to trigger an update.",
                of(counts.published, "published device", "published devices"),
                of(counts.allocated, "allocated device", "allocated devices"),
                of(counts.pods, "pod", "pods"),
                of(counts.namespaces, "namespace", "different namespaces"),
            );
            ("False", "NoEffect", message)
        }
        _ => {
            let message = "Eviction only happens for the NoExecute effect.";
            ("False", "OtherEffect", message.to_owned())
        }
    };
    if counts.evicted > 0 {
        if !message.is_empty() {
            message.push(' ');
        }
        message.push_str(&count(counts.evicted, "pod", "pods"));
        message.push_str(" evicted since starting the controller.");
    }
    (status, reason, message)
}

impl Evictor {
    /// Brings the status of a rule up to date, not more often than is useful.
    pub(super) async fn tell_rule(&self, name: &str) -> Result<Next, ReconcileError> {
        let Some(rule) = self.rules.get("", name) else {
            return Ok(Next::Done);
        };
        let now = self.context.clock.now();
        let mut conditions = rule.status.conditions.iter();
        let held = conditions.find(|held| held.type_ == IN_PROGRESS);
        // Every change of the condition moves its time, be it of the message alone.
        if let Some(held) = held.filter(|held| held.observed_generation == rule.metadata.generation)
        {
            let left = PERIOD.saturating_sub(since(held, now));
            if !left.is_zero() {
                return Ok(Next::After(left));
            }
        }
        let counts = self.counts(&rule);
        let (status, reason, message) = say(&rule.spec.taint.effect, &counts);
        if held.is_some_and(|held| {
            held.status == status
                && held.reason == reason
                && held.message == message
                && held.observed_generation == rule.metadata.generation
        }) {
            return Ok(Next::Done);
        }
        let patch = Patch::Apply(json!({
            "apiVersion": "resource.k8s.io/v1",
            "kind": "DeviceTaintRule",
            "metadata": {"name": name, "uid": rule.metadata.uid.as_str()},
            "status": {"conditions": [{
                "type": IN_PROGRESS,
                "status": status,
                "reason": reason,
                "message": message,
                "observedGeneration": rule.metadata.generation,
                "lastTransitionTime": skeg_meta::Time(now).to_string(),
            }]},
        }));
        Api::<DeviceTaintRule>::all(self.context.client.clone())
            .patch_status(name, &patch, &PatchOptions::apply(NAME).force())
            .await?;
        Ok(Next::Done)
    }

    fn counts(&self, rule: &Arc<DeviceTaintRule>) -> Counts {
        let evicted = self.evicted.lock().get(&rule.metadata.uid).copied();
        let mut counts = Counts {
            evicted: evicted.unwrap_or(0),
            ..Counts::default()
        };
        match rule.spec.taint.effect.as_str() {
            NO_EXECUTE => {
                let rules = self.ending_rules();
                self.count_pods(rule, &rules, &mut counts);
            }
            "None" => {
                // What would be, were this the only rule and in force.
                let mut in_force = DeviceTaintRule::clone(rule);
                in_force.spec.taint.effect = NO_EXECUTE.to_owned();
                self.count_pods(rule, &[Arc::new(in_force)], &mut counts);
                self.count_devices(rule, &mut counts);
            }
            _ => {}
        }
        counts
    }

    fn count_pods(
        &self,
        rule: &DeviceTaintRule,
        rules: &[Arc<DeviceTaintRule>],
        counts: &mut Counts,
    ) {
        let ends = |pod: &Pod| {
            !pod.spec.resource_claims.is_empty()
                && !pod.metadata.is_deleting()
                && of_pod(pod, self, rules)
                    .is_some_and(|eviction| eviction.rules.contains(&rule.metadata.uid))
        };
        let pods = self.pods.store().filtered(ends);
        counts.pods = pods.len();
        let namespaces = pods.iter().map(|pod| pod.metadata.namespace.as_str());
        counts.namespaces = namespaces.collect::<BTreeSet<_>>().len();
    }

    fn count_devices(&self, rule: &DeviceTaintRule, counts: &mut Counts) {
        for (driver, pool) in self.by_pool.keys() {
            let slices = newest(self.by_pool.get(&(driver.clone(), pool.clone())));
            let devices = slices.iter().flat_map(|slice| &slice.spec.devices);
            counts.published += devices
                .filter(|device| rule.selects(&driver, &pool, &device.name))
                .count();
        }
        for claim in self.claims.store().list() {
            let results = results(&claim).iter();
            counts.allocated += results.filter(|one| plan::taints(rule, one)).count();
        }
    }
}

/// How long a condition has stood.
fn since(condition: &Condition, now: Timestamp) -> Duration {
    condition.last_transition_time.map_or(PERIOD, |at| {
        Duration::try_from(now.duration_since(at.0)).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_condition() {
        let check = |effect: &str, counts: Counts, expect: (&str, &str, &str)| {
            let (status, reason, message) = say(effect, &counts);
            assert_eq!((status, reason, message.as_str()), expect);
        };
        let pods = |pods, namespaces, evicted| Counts {
            pods,
            namespaces,
            evicted,
            ..Counts::default()
        };
        check(NO_EXECUTE, pods(0, 0, 0), ("False", "NotStarted", ""));
        check(
            NO_EXECUTE,
            pods(1, 1, 0),
            (
                "True",
                "PodsPendingEviction",
                "1 pod needs to be evicted in 1 namespace.",
            ),
        );
        check(
            NO_EXECUTE,
            pods(3, 2, 1),
            (
                "True",
                "PodsPendingEviction",
                "3 pods need to be evicted in 2 different namespaces. 1 pod evicted since starting the controller.",
            ),
        );
        check(
            NO_EXECUTE,
            pods(0, 0, 2),
            (
                "False",
                "Completed",
                "2 pods evicted since starting the controller.",
            ),
        );
        check(
            "NoSchedule",
            pods(0, 0, 0),
            (
                "False",
                "OtherEffect",
                "Eviction only happens for the NoExecute effect.",
            ),
        );
        let would = Counts {
            published: 1,
            ..pods(2, 1, 0)
        };
        check(
            "None",
            would,
            (
                "False",
                "NoEffect",
                "1 published device selected. 0 allocated devices selected. 2 pods would be evicted in \
                 1 namespace if the effect was NoExecute. This information will not be updated again. \
                 Recreate the DeviceTaintRule to trigger an update.",
            ),
        );
    }
}
