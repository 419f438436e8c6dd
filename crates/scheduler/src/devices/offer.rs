//! What drivers offer: slices of pools, with devices.

use std::collections::BTreeMap;

use skeg_api::core::v1::{Node, NodeSelector};
use skeg_api::resource::v1::DeviceTaint;
use skeg_meta::Quantity;
use skeg_schema::{Object, Value};

use super::{flag, list, selector, text, typed};

/// Where a device can be used.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// On one node.
    Node(String),
    /// On the nodes that are selected.
    Selected(NodeSelector),
    /// Everywhere.
    All,
    /// Nowhere: the slice says nothing.
    Nowhere,
}

impl Place {
    fn of(holder: &Value) -> Self {
        let name = text(holder, &["nodeName"]);
        if !name.is_empty() {
            return Self::Node(name.to_owned());
        }
        if flag(holder, &["allNodes"]) {
            return Self::All;
        }
        selector(holder.get("nodeSelector")).map_or(Self::Nowhere, Self::Selected)
    }

    pub(super) fn reaches(&self, node: &Node) -> bool {
        match self {
            Self::Node(name) => *name == node.metadata.name,
            Self::Selected(selector) => crate::plugins::selector_matches(selector, node),
            Self::All => true,
            Self::Nowhere => false,
        }
    }
}

/// Amounts by counter, by set.
pub(super) type Counters = BTreeMap<(String, String), Quantity>;

/// A device.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) name: String,
    pub(super) place: Place,
    /// As its driver describes it.
    pub(super) value: Value,
    /// What keeps claims away that do not tolerate it.
    pub(super) taints: Vec<DeviceTaint>,
    /// What it takes of the pool's counters.
    pub(super) consumes: Counters,
    /// It can be many claims' at once, as far as its capacity goes.
    pub(super) shared: bool,
    /// Who gets it is bound to the node on which it was decided on.
    pub(super) binds: bool,
}

/// A ResourceSlice.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    pub(super) driver: String,
    pub(super) pool: String,
    pub(super) generation: i64,
    /// How many slices the pool has.
    pub(super) count: i64,
    pub(super) devices: Vec<Device>,
    /// What its counter sets hold.
    pub(super) counters: Counters,
}

fn counters(set: &str, counters: Option<&Value>, into: &mut Counters) {
    for (name, counter) in counters
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Object::iter)
    {
        let amount = text(counter, &["value"]).parse::<Quantity>();
        if let Ok(amount) = amount {
            let held = into
                .entry((set.to_owned(), name.to_string()))
                .or_insert(Quantity::ZERO);
            *held = held.plus(&amount);
        }
    }
}

impl Slice {
    /// Reads a slice.
    pub(super) fn new(slice: &Value) -> Self {
        let spec = slice.get("spec").unwrap_or(&Value::Null);
        let shared = Place::of(spec);
        let own = flag(spec, &["perDeviceNodeSelection"]);
        let number = |path: &[&str]| spec.at(path).and_then(Value::as_i64).unwrap_or(0);
        let mut held = Counters::new();
        for set in list(spec, &["sharedCounters"]) {
            counters(text(set, &["name"]), set.get("counters"), &mut held);
        }
        let devices = list(spec, &["devices"]).iter().map(|device| {
            let mut consumes = Counters::new();
            for set in list(device, &["consumesCounters"]) {
                let name = text(set, &["counterSet"]);
                counters(name, set.get("counters"), &mut consumes);
            }
            Device {
                name: text(device, &["name"]).to_owned(),
                place: if own {
                    Place::of(device)
                } else {
                    shared.clone()
                },
                value: device.clone(),
                taints: typed(device, "taints"),
                consumes,
                shared: flag(device, &["allowMultipleAllocations"]),
                binds: flag(device, &["bindsToNode"]),
            }
        });
        Self {
            driver: text(spec, &["driver"]).to_owned(),
            pool: text(spec, &["pool", "name"]).to_owned(),
            generation: number(&["pool", "generation"]),
            count: number(&["pool", "resourceSliceCount"]),
            devices: devices.collect(),
            counters: held,
        }
    }
}
