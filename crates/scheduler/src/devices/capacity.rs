//! Devices that many claims share: how much of their capacity each takes
//! (KEP-5075).

use std::collections::BTreeMap;

use skeg_meta::Quantity;
use skeg_schema::{Object, Value};

use super::{list, text};

/// Amounts of capacities, by their names.
pub(super) type Amounts = BTreeMap<String, Quantity>;

fn quantity(value: &Value, path: &[&str]) -> Option<Quantity> {
    text(value, path).parse().ok()
}

fn capacities(device: &Value) -> impl Iterator<Item = (&str, &Value)> {
    device
        .get("capacity")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Object::iter)
        .map(|(name, capacity)| (&**name, capacity))
}

/// What a device has.
pub(super) fn of_device(device: &Value) -> Amounts {
    capacities(device)
        .filter_map(|(name, capacity)| Some((name.to_owned(), quantity(capacity, &["value"])?)))
        .collect()
}

/// What a request takes of a shared device; `None` where the device cannot give
/// what is asked for.
pub(super) fn taken_by(driver: &str, device: &Value, request: &Value) -> Option<Amounts> {
    let asked = request.at(&["capacity", "requests"]);
    let asked: BTreeMap<&str, Quantity> = asked
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Object::iter)
        .filter_map(|(name, amount)| Some((&**name, amount.as_str()?.parse().ok()?)))
        .collect();
    let mut out = Amounts::new();
    for (name, capacity) in capacities(device) {
        let qualified = format!("{driver}/{name}");
        let wanted = asked.get(name).or_else(|| asked.get(qualified.as_str()));
        out.insert(name.to_owned(), granted(capacity, wanted.copied())?);
    }
    // All that is asked for must be there.
    let knows = |name: &&str| {
        let bare = name
            .strip_prefix(driver)
            .and_then(|rest| rest.strip_prefix('/'));
        out.contains_key(*name) || bare.is_some_and(|bare| out.contains_key(bare))
    };
    asked.keys().all(knows).then_some(out)
}

/// What is given of one capacity where so much is wanted, by its policy:
/// rounded up to what is allowed.
fn granted(capacity: &Value, wanted: Option<Quantity>) -> Option<Quantity> {
    let whole = quantity(capacity, &["value"])?;
    let Some(policy) = capacity.get("requestPolicy") else {
        let amount = wanted.unwrap_or(whole);
        return (amount <= whole).then_some(amount);
    };
    let wanted = match wanted {
        Some(wanted) => wanted,
        None => quantity(policy, &["default"]).unwrap_or(whole),
    };
    let valid = list(policy, &["validValues"]);
    let amount = if !valid.is_empty() {
        let mut all = valid
            .iter()
            .filter_map(|one| one.as_str()?.parse::<Quantity>().ok());
        all.find(|one| *one >= wanted)?
    } else if let Some(range) = policy.get("validRange") {
        in_range(range, wanted)?
    } else {
        wanted
    };
    (amount <= whole).then_some(amount)
}

fn in_range(range: &Value, wanted: Quantity) -> Option<Quantity> {
    let least = quantity(range, &["min"]).unwrap_or(Quantity::ZERO);
    let mut amount = wanted.max(least);
    if let Some(step) = quantity(range, &["step"]).filter(|step| step.sign() > 0) {
        let above = amount.minus(&least).nanos();
        let steps = above / step.nanos() + i128::from(above % step.nanos() != 0);
        amount = least.plus(&step.times(i64::try_from(steps).ok()?));
    }
    let most = quantity(range, &["max"]);
    most.is_none_or(|most| amount <= most).then_some(amount)
}

/// Whether so much more is left.
pub(super) fn is_left(whole: &Amounts, used: &Amounts, more: &Amounts) -> bool {
    more.iter().all(|(name, amount)| {
        let used = used.get(name).copied().unwrap_or(Quantity::ZERO);
        whole
            .get(name)
            .is_some_and(|whole| used.plus(amount) <= *whole)
    })
}

/// Adds amounts up.
pub(super) fn add(sum: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        let held = sum.entry(name.clone()).or_insert(Quantity::ZERO);
        *held = held.plus(amount);
    }
}

/// What an allocation's result says it takes.
pub(super) fn of_result(result: &Value) -> Amounts {
    result
        .get("consumedCapacity")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Object::iter)
        .filter_map(|(name, amount)| Some((name.to_string(), amount.as_str()?.parse().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn check(policy: Value, wanted: Option<&str>, expect: Option<&str>) {
        let mut capacity = json!({"value": "10Gi"});
        if !policy.is_null() {
            capacity.set_at(&["requestPolicy"], policy.clone());
        }
        let wanted = wanted.map(|wanted| wanted.parse().unwrap());
        let expect = expect.map(|expect| expect.parse::<Quantity>().unwrap());
        assert_eq!(granted(&capacity, wanted), expect, "{policy} {wanted:?}");
    }

    #[test]
    fn policies_round_up() {
        check(Value::Null, None, Some("10Gi"));
        check(Value::Null, Some("3Gi"), Some("3Gi"));
        check(Value::Null, Some("11Gi"), None);
        let valid = json!({"default": "1Gi", "validValues": ["1Gi", "2Gi", "4Gi"]});
        check(valid.clone(), None, Some("1Gi"));
        check(valid.clone(), Some("3Gi"), Some("4Gi"));
        check(valid, Some("5Gi"), None);
        let range =
            json!({"default": "2Gi", "validRange": {"min": "1Gi", "max": "6Gi", "step": "2Gi"}});
        check(range.clone(), Some("1Mi"), Some("1Gi"));
        check(range.clone(), Some("2Gi"), Some("3Gi"));
        check(range, Some("6Gi"), None);
    }
}
