//! Devices (`resource.k8s.io`, KEP-4381): what drivers offer, what is taken, and
//! what the claims of a pod still want.

mod allocate;
mod capacity;
mod offer;
mod ready;
pub(crate) mod reserve;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::{Node, NodeSelector, Pod};
use skeg_api::resource::v1::DeviceTaintRule;
use skeg_cel::devices::compile;
use skeg_cel::{EnvOptions, Program};
use skeg_schema::{Message, Value};

use crate::plugins::{Candidate, Rejection};
use crate::snapshot::NodeInfo;
use capacity::Amounts;
use offer::Slice;

pub(crate) use ready::Readiness;

/// Compiled expressions that are kept; with more all are forgotten.
const PROGRAMS_MAX: usize = 1000;
/// Why a node is not for a pod whose devices are on another one.
pub(crate) const ELSEWHERE: &str = "resourceclaim not available on the node";
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
    rules: BTreeMap<String, Arc<DeviceTaintRule>>,
    claims: BTreeMap<ClaimKey, Arc<Value>>,
    /// What was decided for claims that do not say it yet, by their uids.
    in_flight: BTreeMap<String, Arc<Value>>,
    programs: Arc<Mutex<HashMap<String, Option<Program>>>>,
}

/// What is somebody's already.
#[derive(Debug, Default)]
struct Taken {
    whole: HashSet<DeviceId>,
    shared: HashMap<DeviceId, Amounts>,
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

/// The objects of a list that is part of a tree.
fn typed<M: Message + Default>(value: &Value, name: &str) -> Vec<M> {
    let read = |one: &Value| {
        let mut object = M::default();
        skeg_schema::message_from_value(one.clone(), &mut object).ok()?;
        Some(object)
    };
    list(value, &[name]).iter().filter_map(read).collect()
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
    pub fn set_rule(&mut self, name: &str, rule: Option<Arc<DeviceTaintRule>>) {
        match rule {
            Some(rule) => drop(self.rules.insert(name.to_owned(), rule)),
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

    /// A claim of a pod that has devices elsewhere and is nobody else's: the pod
    /// could go where other devices are.
    pub(crate) fn idle_claim(&self, pod: &Pod) -> Option<Wanted> {
        let Claims::Wanted(all) = self.of_pod(pod) else {
            return None;
        };
        all.into_iter().find(|one| {
            let uid = pod.metadata.uid.as_str();
            let users = list(&one.claim, &["status", "reservedFor"]);
            one.claim
                .at(&["status", "allocation", "nodeSelector"])
                .is_some()
                && users.iter().all(|user| user["uid"] == uid)
        })
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

    /// The devices that are somebody's, and what is taken of those that are shared.
    fn taken(&self) -> Taken {
        let held = self
            .claims
            .values()
            .filter_map(|claim| claim.at(&["status", "allocation"]));
        let results = held
            .chain(self.in_flight.values().map(AsRef::as_ref))
            .flat_map(|allocation| list(allocation, &["devices", "results"]))
            .filter(|result| !flag(result, &["adminAccess"]));
        let mut out = Taken::default();
        for result in results {
            let of = |name: &str| text(result, &[name]).to_owned();
            let id = (of("driver"), of("pool"), of("device"));
            if text(result, &["shareID"]).is_empty() {
                out.whole.insert(id);
            } else {
                let used = out.shared.entry(id).or_default();
                capacity::add(used, &capacity::of_result(result));
            }
        }
        out
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
        return Some(Rejection::unresolvable(ELSEWHERE));
    }
    devices
        .allocate(wanted, node)
        .is_none()
        .then(|| Rejection::unresolvable("cannot allocate all claims"))
}

#[cfg(test)]
mod tests;
