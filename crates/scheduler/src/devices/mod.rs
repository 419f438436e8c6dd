//! Devices (`resource.k8s.io`, KEP-4381): what drivers offer, what is taken, and
//! what the claims of a pod still want.

mod allocate;
mod offer;
pub(crate) mod reserve;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::{Node, NodeSelector, Pod};
use skeg_cel::devices::compile;
use skeg_cel::{EnvOptions, Program};
use skeg_schema::Value;

use crate::plugins::{Candidate, Rejection};
use crate::snapshot::NodeInfo;
use offer::Slice;

/// Compiled expressions that are kept; with more all are forgotten.
const PROGRAMS_MAX: usize = 1000;
/// Pods that may share a claim.
const CONSUMERS_MAX: usize = 256;

/// Namespace and name of a claim.
pub type ClaimKey = (String, String);
/// A device: driver, pool and name.
type DeviceId = (String, String, String);

/// All that decisions about devices are made on.
#[derive(Clone, Debug, Default)]
pub struct Devices {
    slices: BTreeMap<String, Arc<Slice>>,
    classes: BTreeMap<String, Arc<Value>>,
    rules: BTreeMap<String, Arc<Value>>,
    claims: BTreeMap<ClaimKey, Arc<Value>>,
    /// What was decided for claims that do not say it yet, by their uids.
    in_flight: BTreeMap<String, Arc<Value>>,
    programs: Arc<Mutex<HashMap<String, Option<Program>>>>,
}

fn text<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    value.at(path).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    value
        .at(path)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn flag(value: &Value, path: &[&str]) -> bool {
    value.at(path).and_then(Value::as_bool).unwrap_or(false)
}

/// A node selector that is part of a tree.
fn selector(value: Option<&Value>) -> Option<NodeSelector> {
    let mut selector = NodeSelector::default();
    skeg_schema::message_from_value(value?.clone(), &mut selector).ok()?;
    Some(selector)
}

/// A claim of a pod, as far as it got.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which claim.
    pub key: ClaimKey,
    /// Its uid.
    pub uid: String,
    claim: Arc<Value>,
    /// What it has already.
    allocation: Option<Arc<Value>>,
}

/// What a pod's claims say before any node is looked at.
#[derive(Clone, Debug)]
pub enum Claims {
    /// A claim is not there: nothing can be tried.
    Missing,
    /// No node can help, with upstream's words.
    Hopeless(String),
    /// These are to be had on the pod's node.
    Wanted(Vec<Wanted>),
}

impl Devices {
    /// A slice is new, has changed, or is gone.
    pub fn set_slice(&mut self, name: &str, slice: Option<&Value>) {
        match slice {
            Some(slice) => {
                self.slices
                    .insert(name.to_owned(), Arc::new(Slice::new(slice)));
            }
            None => drop(self.slices.remove(name)),
        }
    }

    /// A class is new, has changed, or is gone.
    pub fn set_class(&mut self, name: &str, class: Option<Value>) {
        match class {
            Some(class) => drop(self.classes.insert(name.to_owned(), Arc::new(class))),
            None => drop(self.classes.remove(name)),
        }
    }

    /// A rule that taints devices is new, has changed, or is gone.
    pub fn set_rule(&mut self, name: &str, rule: Option<Value>) {
        match rule {
            Some(rule) => drop(self.rules.insert(name.to_owned(), Arc::new(rule))),
            None => drop(self.rules.remove(name)),
        }
    }

    /// A claim is new, has changed, or is gone.
    pub fn set_claim(&mut self, key: ClaimKey, claim: Option<Value>) {
        match claim {
            Some(claim) => {
                if claim.at(&["status", "allocation"]).is_some() {
                    self.in_flight.remove(text(&claim, &["metadata", "uid"]));
                }
                self.claims.insert(key, Arc::new(claim));
            }
            None => {
                if let Some(claim) = self.claims.remove(&key) {
                    self.in_flight.remove(text(&claim, &["metadata", "uid"]));
                }
            }
        }
    }

    /// Takes devices for claims before these say so.
    pub fn promise(&mut self, allocations: &[(Wanted, Arc<Value>)]) {
        for (wanted, allocation) in allocations {
            if wanted.allocation.is_none() {
                self.in_flight
                    .insert(wanted.uid.clone(), allocation.clone());
            }
        }
    }

    /// What was promised to a claim is not given.
    pub fn take_back(&mut self, uid: &str) {
        self.in_flight.remove(uid);
    }

    /// What a pod's claims want.
    #[must_use]
    pub fn of_pod(&self, pod: &Pod) -> Claims {
        let mut all = Vec::with_capacity(pod.spec.resource_claims.len());
        for wanted in &pod.spec.resource_claims {
            let name = match &wanted.resource_claim_name {
                Some(name) => name.clone(),
                None => {
                    let mut made = pod.status.resource_claim_statuses.iter();
                    match made.find(|status| status.name == wanted.name) {
                        // A template that wants nothing made no claim.
                        Some(status) => match &status.resource_claim_name {
                            Some(name) => name.clone(),
                            None => continue,
                        },
                        None => return Claims::Missing,
                    }
                }
            };
            let key = (pod.metadata.namespace.to_string(), name);
            let Some(claim) = self.claims.get(&key) else {
                return Claims::Missing;
            };
            if claim.at(&["metadata", "deletionTimestamp"]).is_some() {
                return Claims::Hopeless(format!("resourceclaim \"{}\" is being deleted", key.1));
            }
            let uid = text(claim, &["metadata", "uid"]).to_owned();
            let allocation = match claim.at(&["status", "allocation"]) {
                Some(allocation) => Some(Arc::new(allocation.clone())),
                None => self.in_flight.get(&uid).cloned(),
            };
            let users = list(claim, &["status", "reservedFor"]);
            let ours = users
                .iter()
                .any(|user| user["uid"] == pod.metadata.uid.as_str());
            if allocation.is_some() && !ours && users.len() >= CONSUMERS_MAX {
                return Claims::Hopeless("resourceclaim in use".to_owned());
            }
            if allocation.is_none()
                && let Some(why) = self.unknown_class(claim)
            {
                return Claims::Hopeless(why);
            }
            all.push(Wanted {
                key,
                uid,
                claim: claim.clone(),
                allocation,
            });
        }
        Claims::Wanted(all)
    }

    fn unknown_class(&self, claim: &Value) -> Option<String> {
        for request in list(claim, &["spec", "devices", "requests"]) {
            let name = text(request, &["name"]);
            let exactly = request
                .get("exactly")
                .into_iter()
                .map(|e| (name.to_owned(), e));
            let first = list(request, &["firstAvailable"])
                .iter()
                .map(|sub| (format!("{name}/{}", text(sub, &["name"])), sub));
            for (name, one) in exactly.chain(first) {
                let class = text(one, &["deviceClassName"]);
                if !self.classes.contains_key(class) {
                    return Some(format!(
                        "request {name}: device class {class} does not exist"
                    ));
                }
            }
        }
        None
    }

    /// The devices that are somebody's, and what they are.
    fn taken(&self) -> HashSet<DeviceId> {
        let held = self
            .claims
            .values()
            .filter_map(|claim| claim.at(&["status", "allocation"]));
        held.chain(self.in_flight.values().map(AsRef::as_ref))
            .flat_map(|allocation| list(allocation, &["devices", "results"]))
            .filter(|result| !flag(result, &["adminAccess"]))
            .map(|result| {
                let of = |name: &str| text(result, &[name]).to_owned();
                (of("driver"), of("pool"), of("device"))
            })
            .collect()
    }

    /// An expression, ready to run; `None` where it does not compile.
    fn program(&self, expression: &str) -> Option<Program> {
        let mut programs = self.programs.lock();
        if let Some(known) = programs.get(expression) {
            return known.clone();
        }
        if programs.len() >= PROGRAMS_MAX {
            programs.clear();
        }
        let made = compile(EnvOptions::stored(), expression).ok();
        programs.insert(expression.to_owned(), made.clone());
        made
    }

    /// What the claims of a pod get on a node, each with its allocation; `None`
    /// when they cannot all be had there.
    pub(crate) fn allocate(
        &self,
        wanted: &[Wanted],
        node: &Node,
    ) -> Option<Vec<(Wanted, Arc<Value>)>> {
        let open: Vec<&Value> = wanted
            .iter()
            .filter(|one| one.allocation.is_none())
            .map(|one| one.claim.as_ref())
            .collect();
        let mut found = if open.is_empty() {
            Vec::new()
        } else {
            allocate::allocate(self, &open, node)?
        }
        .into_iter();
        wanted
            .iter()
            .map(|one| {
                let allocation = match &one.allocation {
                    Some(allocation) => allocation.clone(),
                    None => Arc::new(found.next()?),
                };
                Some((one.clone(), allocation))
            })
            .collect()
    }
}

/// Whether a node has, or can give, what a pod's claims want.
pub(crate) fn filter(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    let (devices, Claims::Wanted(wanted)) = (&candidate.devices, &candidate.claims) else {
        return None;
    };
    if wanted.is_empty() {
        return None;
    }
    let away = wanted
        .iter()
        .filter_map(|one| selector(one.allocation.as_ref()?.get("nodeSelector")))
        .any(|place| !crate::plugins::selector_matches(&place, node));
    if away {
        return Some(Rejection::unresolvable(
            "resourceclaim not available on the node",
        ));
    }
    devices
        .allocate(wanted, node)
        .is_none()
        .then(|| Rejection::unresolvable("cannot allocate all claims"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::PodResourceClaim;
    use skeg_schema::json;

    const DRIVER: &str = "gpu.example.com";

    fn node(name: &str) -> Node {
        crate::testing::node(name, "4", "8Gi")
    }

    /// Devices of node a: `devices` is what the slice lists.
    fn offered(devices: Value) -> Devices {
        let mut all = Devices::default();
        let slice = json!({"spec": {
            "driver": DRIVER, "nodeName": "a",
            "pool": {"name": "a", "generation": 1, "resourceSliceCount": 1},
            "devices": devices,
        }});
        all.set_slice("a", Some(&slice));
        let class = json!({"spec": {"selectors": [
            {"cel": {"expression": (format!("device.driver == '{DRIVER}'"))}}]}});
        all.set_class("gpu", Some(class));
        all
    }

    fn claim(all: &mut Devices, name: &str, spec: Value) {
        let claim = json!({
            "metadata": {"name": name, "namespace": "default", "uid": (format!("{name}-uid"))},
            "spec": {"devices": spec},
        });
        all.set_claim(("default".into(), name.into()), Some(claim));
    }

    fn pod(claims: &[&str]) -> Pod {
        let mut pod = crate::testing::pod("p", "1", "1Mi");
        for name in claims {
            pod.spec.resource_claims.push(PodResourceClaim {
                name: (*name).into(),
                resource_claim_name: Some((*name).into()),
                ..Default::default()
            });
        }
        pod
    }

    fn wanted(all: &Devices, claims: &[&str]) -> Vec<Wanted> {
        match all.of_pod(&pod(claims)) {
            Claims::Wanted(wanted) => wanted,
            other => panic!("{other:?}"),
        }
    }

    fn given(all: &Devices, claims: &[&str], on: &str) -> Option<Vec<String>> {
        let found = all.allocate(&wanted(all, claims), &node(on))?;
        Some(
            found
                .iter()
                .flat_map(|(_, allocation)| list(allocation, &["devices", "results"]))
                .map(|r| format!("{}={}", text(r, &["request"]), text(r, &["device"])))
                .collect(),
        )
    }

    fn exactly(more: Value) -> Value {
        let mut request =
            json!({"deviceClassName": "gpu", "allocationMode": "ExactCount", "count": 1});
        for (key, value) in more.as_object().cloned().unwrap_or_default() {
            request.as_object_mut().unwrap().insert(key, value);
        }
        json!({"requests": [{"name": "r", "exactly": request}]})
    }

    fn names(list: &[&str]) -> Option<Vec<String>> {
        Some(list.iter().map(|name| format!("r={name}")).collect())
    }

    #[test]
    fn a_device_of_the_node_is_given_once() {
        let mut all = offered(json!([{"name": "g0"}]));
        claim(&mut all, "c", exactly(json!({})));
        claim(&mut all, "d", exactly(json!({})));
        assert_eq!(given(&all, &["c"], "a"), names(&["g0"]));
        assert_eq!(given(&all, &["c"], "b"), None);
        assert_eq!(given(&all, &["c", "d"], "a"), None);
        let found = all.allocate(&wanted(&all, &["c"]), &node("a")).unwrap();
        assert_eq!(
            found[0].1["nodeSelector"],
            json!({"nodeSelectorTerms": [{"matchFields": [
                {"key": "metadata.name", "operator": "In", "values": ["a"]}]}]})
        );
        all.promise(&found);
        assert_eq!(given(&all, &["d"], "a"), None);
        // Who shares the claim has it.
        assert_eq!(given(&all, &["c"], "a"), names(&["g0"]));
        all.take_back("c-uid");
        assert_eq!(given(&all, &["d"], "a"), names(&["g0"]));
    }

    #[test]
    fn selectors_and_counts_choose() {
        let device = |name: &str, memory: &str, numa: i64| {
            json!({"name": name, "attributes": {"numa": {"int": numa}},
                "capacity": {"memory": {"value": memory}}})
        };
        let mut all = offered(json!([
            device("small", "1Gi", 0),
            device("g1", "8Gi", 1),
            device("g2", "8Gi", 1),
            device("g3", "8Gi", 2)
        ]));
        let big = format!("device.capacity['{DRIVER}'].memory.compareTo(quantity('4Gi')) >= 0");
        let selectors = json!([{"cel": {"expression": big}}]);
        claim(
            &mut all,
            "c",
            exactly(json!({"selectors": selectors.clone()})),
        );
        assert_eq!(given(&all, &["c"], "a"), names(&["g1"]));
        let mut two = exactly(json!({"count": 2}));
        two.set_at(
            &["constraints"],
            json!([{"requests": ["r"], "matchAttribute": (format!("{DRIVER}/numa"))}]),
        );
        claim(&mut all, "two", two.clone());
        assert_eq!(given(&all, &["two"], "a"), names(&["g1", "g2"]));
        two.set_at(
            &["constraints"],
            json!([{"distinctAttribute": (format!("{DRIVER}/numa"))}]),
        );
        claim(&mut all, "apart", two);
        assert_eq!(given(&all, &["apart"], "a"), names(&["small", "g1"]));
        claim(
            &mut all,
            "all",
            exactly(json!({"allocationMode": "All", "selectors": selectors})),
        );
        assert_eq!(given(&all, &["all"], "a"), names(&["g1", "g2", "g3"]));
        claim(&mut all, "many", exactly(json!({"count": 5})));
        assert_eq!(given(&all, &["many"], "a"), None);
    }

    #[test]
    fn the_first_that_can_be_had() {
        let mut all = offered(json!([{"name": "g0"}]));
        let request = |name: &str, count: i64| json!({"name": name, "deviceClassName": "gpu", "allocationMode": "ExactCount", "count": count});
        claim(
            &mut all,
            "c",
            json!({"requests": [{"name": "r", "firstAvailable": [request("two", 2), request("one", 1)]}]}),
        );
        assert_eq!(given(&all, &["c"], "a"), Some(vec!["r/one=g0".to_owned()]));
    }

    #[test]
    fn tainted_devices_must_be_tolerated() {
        let taint = json!([{"key": "k", "value": "v", "effect": "NoSchedule"}]);
        let mut all = offered(json!([{"name": "g0", "taints": taint}]));
        claim(&mut all, "c", exactly(json!({})));
        assert_eq!(given(&all, &["c"], "a"), None);
        let tolerations = json!([{"key": "k", "operator": "Exists"}]);
        claim(&mut all, "d", exactly(json!({"tolerations": tolerations})));
        assert_eq!(given(&all, &["d"], "a"), names(&["g0"]));
        let mut all = offered(json!([{"name": "g0"}]));
        claim(&mut all, "c", exactly(json!({})));
        all.set_rule(
            "rule",
            Some(json!({"spec": {"deviceSelector": {"driver": DRIVER},
                "taint": {"key": "k", "effect": "NoExecute"}}})),
        );
        assert_eq!(given(&all, &["c"], "a"), None);
    }

    #[test]
    fn parts_of_a_device_share_its_counters() {
        let part = |name: &str, amount: &str| {
            json!({"name": name, "consumesCounters": [
                {"counterSet": "whole", "counters": {"memory": {"value": amount}}}]})
        };
        let mut all = offered(json!([
            part("half-0", "4Gi"),
            part("half-1", "4Gi"),
            part("full", "8Gi")
        ]));
        let slice = json!({"spec": {
            "driver": DRIVER, "nodeName": "a",
            "pool": {"name": "a", "generation": 1, "resourceSliceCount": 2},
            "sharedCounters": [{"name": "whole", "counters": {"memory": {"value": "8Gi"}}}],
        }});
        all.set_slice("counters", Some(&slice));
        let devices = json!({"spec": {
            "driver": DRIVER, "nodeName": "a",
            "pool": {"name": "a", "generation": 1, "resourceSliceCount": 2},
            "devices": [part("half-0", "4Gi"), part("half-1", "4Gi"), part("full", "8Gi")],
        }});
        all.set_slice("a", Some(&devices));
        claim(&mut all, "two", exactly(json!({"count": 2})));
        claim(&mut all, "three", exactly(json!({"count": 3})));
        assert_eq!(given(&all, &["two"], "a"), names(&["half-0", "half-1"]));
        assert_eq!(given(&all, &["three"], "a"), None);
    }

    #[test]
    fn old_and_incomplete_pools_give_nothing() {
        let mut all = offered(json!([{"name": "g0"}]));
        let slice = |generation: i64, count: i64, device: &str| {
            json!({"spec": {
                "driver": DRIVER, "nodeName": "a", "devices": [{"name": device}],
                "pool": {"name": "a", "generation": generation, "resourceSliceCount": count},
            }})
        };
        claim(&mut all, "c", exactly(json!({})));
        all.set_slice("b", Some(&slice(2, 1, "new")));
        assert_eq!(given(&all, &["c"], "a"), names(&["new"]));
        all.set_slice("b", Some(&slice(2, 2, "new")));
        assert_eq!(given(&all, &["c"], "a"), None);
    }

    #[test]
    fn what_is_missing_is_told() {
        let mut all = offered(json!([{"name": "g0"}]));
        assert!(matches!(all.of_pod(&pod(&["none"])), Claims::Missing));
        claim(&mut all, "c", exactly(json!({"deviceClassName": "nope"})));
        match all.of_pod(&pod(&["c"])) {
            Claims::Hopeless(why) => assert_eq!(why, "request r: device class nope does not exist"),
            other => panic!("{other:?}"),
        }
    }
}
