//! When taints of devices end the pods that use these. No IO.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use skeg_api::core::v1::Pod;
use skeg_api::resource::v1::{
    DeviceRequestAllocationResult, DeviceTaint, DeviceTaintRule, ResourceClaim, ResourceSlice,
};
use skeg_runtime::is_controlled_by;

pub(super) const NO_EXECUTE: &str = "NoExecute";

/// When a pod has to go.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Eviction {
    pub(super) when: Timestamp,
    /// The uids of the rules that are among the reasons.
    pub(super) rules: BTreeSet<String>,
}

/// What decisions are made on.
pub(super) trait Facts {
    /// The slices of a driver's pool.
    fn pool(&self, driver: &str, pool: &str) -> Vec<Arc<ResourceSlice>>;
    /// A claim of a namespace.
    fn claim(&self, namespace: &str, name: &str) -> Option<Arc<ResourceClaim>>;
}

/// The slices of a pool that count: those of its newest generation.
pub(super) fn newest(mut slices: Vec<Arc<ResourceSlice>>) -> Vec<Arc<ResourceSlice>> {
    let generation = |slice: &Arc<ResourceSlice>| slice.spec.pool.generation;
    let newest = slices.iter().map(generation).max();
    slices.retain(|slice| Some(generation(slice)) == newest);
    slices
}

/// The devices that a claim has.
pub(super) fn results(claim: &ResourceClaim) -> &[DeviceRequestAllocationResult] {
    let allocation = claim.status.allocation.as_ref();
    allocation.map_or(&[], |allocation| &allocation.devices.results)
}

/// Whether a rule taints a device that was given to a claim.
pub(super) fn taints(rule: &DeviceTaintRule, result: &DeviceRequestAllocationResult) -> bool {
    rule.selects(&result.driver, &result.pool, &result.device)
}

/// Whether a slice has a device with a taint that ends pods.
pub(super) fn is_tainted(slice: &ResourceSlice) -> bool {
    let mut taints = slice.spec.devices.iter().flat_map(|device| &device.taints);
    taints.any(|taint| taint.effect == NO_EXECUTE)
}

/// When a taint ends the use of a device: `None` if never, or if nobody says
/// since when the device has it.
fn ends(result: &DeviceRequestAllocationResult, taint: &DeviceTaint) -> Option<Timestamp> {
    let mut least: Option<i64> = None;
    for toleration in &result.tolerations {
        // One for every effect does not count here, as upstream has it.
        if toleration.effect != NO_EXECUTE || !taint.is_tolerated(std::slice::from_ref(toleration))
        {
            continue;
        }
        let seconds = toleration.toleration_seconds?.max(0);
        least = Some(least.map_or(seconds, |least| least.min(seconds)));
    }
    let since = taint.time_added?.0;
    let stay = SignedDuration::from_secs(least.unwrap_or(0));
    // A time that no calendar has never comes.
    since.checked_add(stay).ok()
}

/// When whoever uses a claim has to go, under these rules.
fn of_claim(
    claim: &ResourceClaim,
    facts: &dyn Facts,
    rules: &[Arc<DeviceTaintRule>],
) -> Option<Eviction> {
    let mut found: Option<Eviction> = None;
    let mut add = |when: Timestamp, rule: Option<&str>| {
        let eviction = found.get_or_insert_with(|| Eviction {
            when,
            rules: BTreeSet::new(),
        });
        eviction.when = eviction.when.min(when);
        eviction.rules.extend(rule.map(str::to_owned));
    };
    for result in results(claim) {
        let slices = newest(facts.pool(&result.driver, &result.pool));
        let mut devices = slices.iter().flat_map(|slice| &slice.spec.devices);
        if let Some(device) = devices.find(|device| device.name == result.device) {
            let taints = device.taints.iter();
            for taint in taints.filter(|taint| taint.effect == NO_EXECUTE) {
                if let Some(when) = ends(result, taint) {
                    add(when, None);
                }
            }
        }
        for rule in rules.iter().filter(|rule| taints(rule, result)) {
            if let Some(when) = ends(result, &rule.spec.taint) {
                add(when, Some(&rule.metadata.uid));
            }
        }
    }
    found
}

/// When a pod has to go because of its devices, under these rules; all of them
/// are of effect `NoExecute`.
pub(super) fn of_pod(
    pod: &Pod,
    facts: &dyn Facts,
    rules: &[Arc<DeviceTaintRule>],
) -> Option<Eviction> {
    if pod.spec.node_name.is_empty() {
        return None;
    }
    let mut found: Option<Eviction> = None;
    for wanted in &pod.spec.resource_claims {
        let made = || {
            let mut statuses = pod.status.resource_claim_statuses.iter();
            let status = statuses.find(|status| status.name == wanted.name)?;
            status.resource_claim_name.clone()
        };
        let named = wanted.resource_claim_name.is_some();
        let Some(name) = wanted.resource_claim_name.clone().or_else(made) else {
            continue;
        };
        let Some(claim) = facts.claim(&pod.metadata.namespace, &name) else {
            continue;
        };
        let mut users = claim.status.reserved_for.iter();
        let is_its_own = named || is_controlled_by(&claim.metadata, &pod.metadata.uid);
        if !is_its_own || !users.any(|user| user.uid == pod.metadata.uid) {
            continue;
        }
        if let Some(one) = of_claim(&claim, facts, rules) {
            let eviction = found.get_or_insert_with(|| one.clone());
            eviction.when = eviction.when.min(one.when);
            eviction.rules.extend(one.rules);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, claim, pod, rule, slice};
    use super::*;
    use skeg_api::resource::v1::DeviceToleration;
    use skeg_meta::Object;

    struct Held(Vec<Arc<ResourceSlice>>, Arc<ResourceClaim>);

    impl Facts for Held {
        fn pool(&self, driver: &str, pool: &str) -> Vec<Arc<ResourceSlice>> {
            let of = |slice: &&Arc<ResourceSlice>| {
                slice.spec.driver == driver && slice.spec.pool.name == pool
            };
            self.0.iter().filter(of).cloned().collect()
        }

        fn claim(&self, _: &str, name: &str) -> Option<Arc<ResourceClaim>> {
            (self.1.metadata.name == name).then(|| self.1.clone())
        }
    }

    fn tolerates(effect: &str, seconds: Option<i64>) -> DeviceToleration {
        DeviceToleration {
            operator: "Exists".to_owned(),
            effect: effect.to_owned(),
            toleration_seconds: seconds,
            ..DeviceToleration::default()
        }
    }

    /// When the pod goes, in seconds after the taint was added.
    fn goes(tolerations: &[DeviceToleration]) -> Option<i64> {
        let mut claim = claim("c", "p");
        let allocation = claim.status.allocation.as_mut().expect("it has one");
        allocation.devices.results[0].tolerations = tolerations.to_vec();
        let held = Held(vec![Arc::new(slice(1, NO_EXECUTE))], Arc::new(claim));
        of_pod(&pod("p", "c"), &held, &[]).map(|one| one.when.duration_since(at(0)).as_secs())
    }

    #[test]
    fn tolerations_put_it_off() {
        assert_eq!(goes(&[]), Some(0));
        assert_eq!(goes(&[tolerates(NO_EXECUTE, None)]), None);
        assert_eq!(goes(&[tolerates("", None)]), Some(0));
        assert_eq!(goes(&[tolerates(NO_EXECUTE, Some(-5))]), Some(0));
        let two = [30, 20].map(|seconds| tolerates(NO_EXECUTE, Some(seconds)));
        assert_eq!(goes(&two), Some(20));
        assert_eq!(goes(&[tolerates(NO_EXECUTE, Some(i64::MAX))]), None);
    }

    #[test]
    fn only_what_counts_ends_a_pod() {
        let held = |slices: Vec<ResourceSlice>, claim| {
            Held(slices.into_iter().map(Arc::new).collect(), Arc::new(claim))
        };
        let tainted = || slice(1, NO_EXECUTE);
        let of = |facts: &Held, pod: &Pod| of_pod(pod, facts, &[]).is_some();
        assert!(of(&held(vec![tainted()], claim("c", "p")), &pod("p", "c")));
        // The pool's newest generation has no such taint.
        let newer = held(vec![tainted(), slice(2, "NoSchedule")], claim("c", "p"));
        assert!(!of(&newer, &pod("p", "c")));
        // Somebody else has the claim.
        let others = held(vec![tainted()], claim("c", "q"));
        assert!(!of(&others, &pod("p", "c")));
        // The pod has no node yet.
        let mut waiting = pod("p", "c");
        waiting.spec.node_name.clear();
        assert!(!of(&held(vec![tainted()], claim("c", "p")), &waiting));
        // A claim made from a template must be the pod's own.
        let mut made = pod("p", "c");
        let wanted = &mut made.spec.resource_claims[0];
        wanted.resource_claim_template_name = wanted.resource_claim_name.take();
        made.status.resource_claim_statuses = vec![skeg_api::core::v1::PodResourceClaimStatus {
            name: wanted.name.clone(),
            resource_claim_name: Some("c".to_owned()),
        }];
        let mut owned = claim("c", "p");
        assert!(!of(&held(vec![tainted()], owned.clone()), &made));
        owned.metadata.owner_references = vec![made.controller_reference()];
        assert!(of(&held(vec![tainted()], owned), &made));
    }

    #[test]
    fn rules_are_named_as_reasons() {
        let facts = Held(
            vec![Arc::new(slice(1, NO_EXECUTE))],
            Arc::new(claim("c", "p")),
        );
        let mut later = rule("r", NO_EXECUTE);
        later.spec.taint.time_added = Some(skeg_meta::Time(at(60)));
        let found = of_pod(&pod("p", "c"), &facts, &[Arc::new(later)]).expect("it goes");
        assert_eq!(found.when, at(0));
        assert_eq!(found.rules, BTreeSet::from(["uid-of-r".to_owned()]));
    }
}
