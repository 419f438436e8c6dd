//! Which devices the claims of a pod get on a node: requests in their order,
//! devices in the order in which they are offered, one step back where it does
//! not work out.

mod result;

use std::collections::{BTreeMap, HashMap, HashSet};

use skeg_api::core::v1::Node;
use skeg_api::resource::v1::{DeviceTaintRule, DeviceToleration};
use skeg_cel::devices::{COST_MAX, device as as_device};
use skeg_cel::{Activation, Program};
use skeg_meta::Quantity;
use skeg_schema::{Object, Value};

use super::capacity::{self, Amounts};
use super::offer::{Counters, Device, Slice};
use super::{DeviceId, Devices, flag, list, text, typed};

/// Devices that one claim may get.
const RESULTS_MAX: usize = 32;
/// Steps after which a search is given up.
const STEPS_MAX: usize = 100_000;

/// A device that can be used on the node.
struct Offer<'a> {
    slice: &'a Slice,
    device: &'a Device,
    pool: usize,
    taken: bool,
    /// What others have of it, if it is shared and they have any.
    used: Option<Amounts>,
}

/// The newest generation of a pool.
struct Pool<'a> {
    slices: Vec<&'a Slice>,
    complete: bool,
    /// What is left of its counters.
    left: Counters,
}

/// One way to serve a request.
struct Way<'a> {
    /// `request`, or `request/subrequest`.
    name: String,
    selectors: Vec<Program>,
    /// `None`: all there are.
    count: Option<usize>,
    admin: bool,
    tolerations: Vec<DeviceToleration>,
    spec: &'a Value,
    class: &'a Value,
}

struct Request<'a> {
    claim: usize,
    name: &'a str,
    ways: Vec<Way<'a>>,
}

/// A device that was chosen: for which request, in which way, which offer.
#[derive(Clone, Copy)]
struct Choice {
    request: usize,
    way: usize,
    offer: usize,
}

struct Search<'a> {
    offers: Vec<Offer<'a>>,
    pools: Vec<Pool<'a>>,
    requests: Vec<Request<'a>>,
    claims: &'a [&'a Value],
    rules: Vec<&'a DeviceTaintRule>,
    chosen: Vec<Choice>,
    /// Whether a device suits a way of a request.
    suits: HashMap<(usize, usize, usize), bool>,
    steps: usize,
}

fn pools(devices: &Devices) -> Vec<Pool<'_>> {
    let mut by_name: BTreeMap<(&str, &str), Vec<&Slice>> = BTreeMap::new();
    for slice in devices.slices.values() {
        by_name
            .entry((&slice.driver, &slice.pool))
            .or_default()
            .push(slice);
    }
    by_name
        .into_values()
        .map(|mut slices| {
            let newest = slices.iter().map(|slice| slice.generation).max();
            slices.retain(|slice| Some(slice.generation) == newest);
            let wanted = slices.iter().map(|slice| slice.count).max().unwrap_or(0);
            let mut names = HashSet::new();
            let unique = slices
                .iter()
                .flat_map(|slice| &slice.devices)
                .all(|device| names.insert(&device.name));
            let mut left = Counters::new();
            for slice in &slices {
                left.extend(slice.counters.clone());
            }
            Pool {
                complete: unique && i64::try_from(slices.len()) == Ok(wanted),
                slices,
                left,
            }
        })
        .collect()
}

fn take(left: &mut Counters, device: &Device) {
    for (counter, amount) in &device.consumes {
        if let Some(held) = left.get_mut(counter) {
            *held -= *amount;
        }
    }
}

fn give_back(left: &mut Counters, device: &Device) {
    for (counter, amount) in &device.consumes {
        if let Some(held) = left.get_mut(counter) {
            *held += *amount;
        }
    }
}

fn fits(left: &Counters, device: &Device) -> bool {
    device
        .consumes
        .iter()
        .all(|(counter, amount)| left.get(counter).is_some_and(|held| *held >= *amount))
}

/// The allocations of these claims on a node, in their order.
pub(super) fn allocate(devices: &Devices, claims: &[&Value], node: &Node) -> Option<Vec<Value>> {
    let taken = devices.taken();
    let mut pools = pools(devices);
    let mut offers = Vec::new();
    for (at, pool) in pools.iter_mut().enumerate() {
        for slice in pool.slices.clone() {
            for device in &slice.devices {
                let id: DeviceId = (
                    slice.driver.clone(),
                    slice.pool.clone(),
                    device.name.clone(),
                );
                let used = taken.shared.get(&id).cloned();
                let taken = taken.whole.contains(&id);
                if taken || used.is_some() {
                    take(&mut pool.left, device);
                }
                if device.place.reaches(node) {
                    offers.push(Offer {
                        slice,
                        device,
                        pool: at,
                        taken,
                        used,
                    });
                }
            }
        }
    }
    let mut requests = Vec::new();
    for (at, claim) in claims.iter().enumerate() {
        for request in list(claim, &["spec", "devices", "requests"]) {
            requests.push(Request {
                claim: at,
                name: text(request, &["name"]),
                ways: ways(devices, request)?,
            });
        }
    }
    let mut search = Search {
        offers,
        pools,
        requests,
        claims,
        rules: devices.rules.values().map(AsRef::as_ref).collect(),
        chosen: Vec::new(),
        suits: HashMap::new(),
        steps: 0,
    };
    search.request(0).then(|| search.results(node))
}

fn ways<'a>(devices: &'a Devices, request: &'a Value) -> Option<Vec<Way<'a>>> {
    let name = text(request, &["name"]);
    let way = |name: String, spec: &'a Value| {
        let class = devices.classes.get(text(spec, &["deviceClassName"]))?;
        let selectors = list(class, &["spec", "selectors"])
            .iter()
            .chain(list(spec, &["selectors"]))
            .map(|one| devices.program(text(one, &["cel", "expression"])))
            .collect::<Option<Vec<_>>>()?;
        let count = spec.get("count").and_then(Value::as_i64).unwrap_or(1);
        Some(Way {
            name,
            selectors,
            count: (text(spec, &["allocationMode"]) != "All")
                .then(|| usize::try_from(count).unwrap_or(0)),
            admin: flag(spec, &["adminAccess"]),
            tolerations: typed(spec, "tolerations"),
            spec,
            class,
        })
    };
    if let Some(exactly) = request.get("exactly") {
        return Some(vec![way(name.to_owned(), exactly)?]);
    }
    list(request, &["firstAvailable"])
        .iter()
        .map(|sub| way(format!("{name}/{}", text(sub, &["name"])), sub))
        .collect()
}

impl Search<'_> {
    /// Serves this request and those behind it.
    fn request(&mut self, request: usize) -> bool {
        let Some(ways) = self.requests.get(request).map(|one| one.ways.len()) else {
            return true;
        };
        (0..ways).any(|way| match self.requests[request].ways[way].count {
            Some(count) => self.some(request, way, count, 0),
            None => self.all(request, way),
        })
    }

    /// Serves a request with `count` devices more, none before `from`.
    fn some(&mut self, request: usize, way: usize, count: usize, from: usize) -> bool {
        if count == 0 {
            return self.request(request + 1);
        }
        for offer in from..self.offers.len() {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return false;
            }
            if self.choose(request, way, offer) {
                // A shared device may serve the next one as well.
                let next = offer + usize::from(!self.offers[offer].device.shared);
                if self.some(request, way, count - 1, next) {
                    return true;
                }
                self.undo();
            }
        }
        false
    }

    /// Serves a request with all devices that suit it.
    fn all(&mut self, request: usize, way: usize) -> bool {
        if self.pools.iter().any(|pool| !pool.complete) {
            return false;
        }
        let before = self.chosen.len();
        for offer in 0..self.offers.len() {
            if self.suits(request, way, offer) && !self.choose(request, way, offer) {
                self.undo_to(before);
                return false;
            }
        }
        if self.chosen.len() > before && self.request(request + 1) {
            return true;
        }
        self.undo_to(before);
        false
    }

    fn undo_to(&mut self, len: usize) {
        while self.chosen.len() > len {
            self.undo();
        }
    }

    fn way(&self, choice: Choice) -> &Way<'_> {
        &self.requests[choice.request].ways[choice.way]
    }

    /// Chooses a device if it can be had. Says whether it was chosen.
    fn choose(&mut self, request: usize, way: usize, offer: usize) -> bool {
        if !self.suits(request, way, offer) {
            return false;
        }
        let choice = Choice {
            request,
            way,
            offer,
        };
        let claim = self.requests[request].claim;
        let in_claim = self
            .chosen
            .iter()
            .filter(|other| self.requests[other.request].claim == claim);
        if in_claim.count() >= RESULTS_MAX {
            return false;
        }
        let admin = self.way(choice).admin;
        let one = &self.offers[offer];
        let (pool, device) = (one.pool, one.device);
        let is_free = admin
            || !one.taken
                && (self.is_in_use(offer) || fits(&self.pools[pool].left, device))
                && if device.shared {
                    self.has_left(choice)
                } else {
                    !self.is_in_use(offer)
                };
        if !is_free || !self.agrees(choice) {
            return false;
        }
        if !admin && !self.is_in_use(offer) {
            take(&mut self.pools[pool].left, device);
        }
        self.chosen.push(choice);
        true
    }

    /// Whether a device is somebody's already; its counters are taken then.
    fn is_in_use(&self, offer: usize) -> bool {
        let mut chosen = self.chosen.iter();
        self.offers[offer].used.is_some()
            || chosen.any(|other| other.offer == offer && !self.way(*other).admin)
    }

    /// What a choice takes of a shared device.
    fn amounts(&self, choice: Choice) -> Option<Amounts> {
        let (way, offer) = (self.way(choice), &self.offers[choice.offer]);
        capacity::taken_by(&offer.slice.driver, &offer.device.value, way.spec)
    }

    /// Whether a shared device has enough left for a choice.
    fn has_left(&self, choice: Choice) -> bool {
        let Some(more) = self.amounts(choice) else {
            return false;
        };
        let offer = &self.offers[choice.offer];
        let mut used = offer.used.clone().unwrap_or_default();
        for other in &self.chosen {
            if other.offer == choice.offer && !self.way(*other).admin {
                capacity::add(&mut used, &self.amounts(*other).unwrap_or_default());
            }
        }
        let whole = capacity::of_device(&offer.device.value);
        capacity::is_left(&whole, &used, &more)
    }

    fn undo(&mut self) {
        if let Some(choice) = self.chosen.pop()
            && !self.way(choice).admin
            && !self.is_in_use(choice.offer)
        {
            let (pool, device) = {
                let offer = &self.offers[choice.offer];
                (offer.pool, offer.device)
            };
            give_back(&mut self.pools[pool].left, device);
        }
    }

    /// Whether a device is what a request asks for, whoever has it.
    fn suits(&mut self, request: usize, way: usize, offer: usize) -> bool {
        if let Some(known) = self.suits.get(&(request, way, offer)) {
            return *known;
        }
        let suits = self.looks_right(request, way, offer);
        self.suits.insert((request, way, offer), suits);
        suits
    }

    fn looks_right(&self, request: usize, way: usize, offer: usize) -> bool {
        let way = &self.requests[request].ways[way];
        let one = &self.offers[offer];
        if !self.pools[one.pool].complete {
            return false;
        }
        if !self.is_tolerated(way, one) || !is_large_enough(way, one) {
            return false;
        }
        let seen =
            Activation::new().with("device", as_device(&one.slice.driver, &one.device.value));
        way.selectors.iter().all(|program| {
            let outcome = program.eval(&seen, COST_MAX);
            outcome.is_ok_and(|outcome| outcome.value.as_bool() == Some(true))
        })
    }

    fn is_tolerated(&self, way: &Way<'_>, offer: &Offer<'_>) -> bool {
        let (driver, pool, device) = (&offer.slice.driver, &offer.slice.pool, offer.device);
        let of_rules = self
            .rules
            .iter()
            .filter(|rule| rule.selects(driver, pool, &device.name))
            .map(|rule| &rule.spec.taint);
        device
            .taints
            .iter()
            .chain(of_rules)
            .filter(|taint| matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute"))
            .all(|taint| taint.is_tolerated(&way.tolerations))
    }

    /// Whether the constraints of its claim hold with one device more.
    fn agrees(&self, choice: Choice) -> bool {
        let request = &self.requests[choice.request];
        let claim = self.claims[request.claim];
        list(claim, &["spec", "devices", "constraints"])
            .iter()
            .all(|constraint| {
                let covers = |one: Choice| {
                    let names = list(constraint, &["requests"]);
                    let (main, full) = (self.requests[one.request].name, &self.way(one).name);
                    names.is_empty() || names.iter().any(|n| n == main || n == full.as_str())
                };
                if !covers(choice) {
                    return true;
                }
                let same = text(constraint, &["matchAttribute"]);
                let distinct = text(constraint, &["distinctAttribute"]);
                let name = if same.is_empty() { distinct } else { same };
                if name.is_empty() {
                    // A constraint of a newer version.
                    return false;
                }
                let Some(own) = self.attribute(choice, name) else {
                    return false;
                };
                self.chosen
                    .iter()
                    .filter(|other| {
                        self.requests[other.request].claim == request.claim && covers(**other)
                    })
                    .all(|other| (self.attribute(*other, name) == Some(own)) != same.is_empty())
            })
    }

    fn attribute(&self, choice: Choice, name: &str) -> Option<&Value> {
        let offer = &self.offers[choice.offer];
        let all = offer.device.value.get("attributes")?.as_object()?;
        all.get(name).or_else(|| {
            let (domain, name) = name.split_once('/')?;
            (domain == offer.slice.driver).then(|| all.get(name))?
        })
    }
}

/// Whether a device has the capacity that a request names.
fn is_large_enough(way: &Way<'_>, offer: &Offer<'_>) -> bool {
    let wanted = way.spec.at(&["capacity", "requests"]);
    wanted
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Object::iter)
        .all(|(name, amount)| {
            let held = text(&offer.device.value, &["capacity", name, "value"]);
            match (amount.as_str().map(str::parse), held.parse()) {
                (Some(Ok::<Quantity, _>(amount)), Ok::<Quantity, _>(held)) => held >= amount,
                _ => false,
            }
        })
}
