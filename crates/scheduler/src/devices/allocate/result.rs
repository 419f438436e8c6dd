//! What was found, as claims tell it.

use skeg_api::core::v1::Node;
use skeg_schema::{Object, Value, json};

use super::super::list;
use super::super::offer::Place;
use super::{Choice, Search};

impl Search<'_> {
    /// The allocations, in the order of the claims.
    pub(super) fn results(&self, node: &Node) -> Vec<Value> {
        (0..self.claims.len())
            .map(|claim| self.result(claim, node))
            .collect()
    }

    fn result(&self, claim: usize, node: &Node) -> Value {
        let mine: Vec<Choice> = self
            .chosen
            .iter()
            .filter(|choice| self.requests[choice.request].claim == claim)
            .copied()
            .collect();
        let mut results = Vec::new();
        let mut config = Vec::new();
        let mut configured: Vec<&str> = Vec::new();
        for choice in &mine {
            let (way, offer) = (self.way(*choice), &self.offers[choice.offer]);
            let mut result = json!({
                "request": way.name.as_str(),
                "driver": offer.slice.driver.as_str(),
                "pool": offer.slice.pool.as_str(),
                "device": offer.device.name.as_str(),
            });
            if way.admin {
                result.set_at(&["adminAccess"], true);
            }
            if let Some(tolerations) = way.spec.get("tolerations") {
                result.set_at(&["tolerations"], tolerations);
            }
            for key in ["bindingConditions", "bindingFailureConditions"] {
                if let Some(conditions) = offer.device.value.get(key) {
                    result.set_at(&[key], conditions);
                }
            }
            if offer.device.shared && !way.admin {
                let amounts = self.amounts(*choice).unwrap_or_default();
                let amounts: Object = amounts
                    .into_iter()
                    .map(|(name, amount)| (name.into(), Value::from(amount.to_string())))
                    .collect();
                result.set_at(&["consumedCapacity"], Value::Object(amounts));
                result.set_at(&["shareID"], share_id());
            }
            results.push(result);
            if !configured.contains(&way.name.as_str()) {
                configured.push(&way.name);
                for one in list(way.class, &["spec", "config"]) {
                    config.push(configuration("FromClass", json!([way.name.as_str()]), one));
                }
            }
        }
        for one in list(self.claims[claim], &["spec", "devices", "config"]) {
            let names = list(one, &["requests"]);
            let concerns = names.is_empty()
                || mine.iter().any(|choice| {
                    let (main, full) =
                        (self.requests[choice.request].name, &self.way(*choice).name);
                    names.iter().any(|n| n == main || n == full.as_str())
                });
            if concerns {
                config.push(configuration("FromClaim", Value::from(names.to_vec()), one));
            }
        }
        let mut devices = json!({"results": results});
        if !config.is_empty() {
            devices.set_at(&["config"], config);
        }
        let mut allocation = json!({"devices": devices});
        if let Some(selector) = self.selector(&mine, node) {
            allocation.set_at(&["nodeSelector"], selector);
        }
        allocation
    }

    /// The nodes on which all of these devices can be used; `None`: everywhere.
    fn selector(&self, mine: &[Choice], node: &Node) -> Option<Value> {
        let mut term = Object::new();
        let binds = |choice: &Choice| self.offers[choice.offer].device.binds;
        if mine.iter().any(binds) {
            return Some(only(node));
        }
        for choice in mine {
            match &self.offers[choice.offer].device.place {
                Place::Node(_) => return Some(only(node)),
                Place::Selected(selector) => {
                    let selector = skeg_schema::message_to_value(selector);
                    for one in list(&selector, &["nodeSelectorTerms"]) {
                        for (key, requirements) in
                            one.as_object().into_iter().flat_map(Object::iter)
                        {
                            let held =
                                term.entry_or_insert_with(key.clone(), || Value::Array(Vec::new()));
                            for requirement in requirements.as_array().into_iter().flatten() {
                                if let Value::Array(held) = held
                                    && !held.contains(requirement)
                                {
                                    held.push(requirement.clone());
                                }
                            }
                        }
                    }
                }
                Place::All | Place::Nowhere => {}
            }
        }
        (!term.is_empty()).then(|| json!({"nodeSelectorTerms": [term]}))
    }
}

/// A selector of this node alone.
fn only(node: &Node) -> Value {
    json!({"nodeSelectorTerms": [{"matchFields": [{
        "key": "metadata.name", "operator": "In",
        "values": [node.metadata.name.as_str()],
    }]}]})
}

/// Tells one share of a device from the others: a random UUID.
fn share_id() -> String {
    let bits = fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

fn configuration(source: &str, requests: Value, given: &Value) -> Value {
    let mut out = json!({"source": source, "requests": requests});
    if let Some(opaque) = given.get("opaque") {
        out.set_at(&["opaque"], opaque);
    }
    out
}
