//! The order of merged lists: that of the patch, or of its `$setElementOrder`, with
//! what only the server has between.

use super::{DELETE, DIRECTIVE, ELEMENT_ORDER, Result, internal, no_merge_key, not_a};
use crate::go;
use crate::{Object, Value};

/// The elements of a patch must be in the order list, in that order. Upstream lets an
/// empty list pass.
pub fn check(patch: &[Value], order: &[Value], merge_key: &str) -> Result<()> {
    if order.is_empty() || patch.is_empty() {
        return Ok(());
    }
    let mut elements = Vec::with_capacity(patch.len());
    for item in patch {
        let deleted = !merge_key.is_empty()
            && members(item)?.get(DIRECTIVE).and_then(Value::as_str) == Some(DELETE);
        if !deleted {
            elements.push(item);
        }
    }
    let (mut patched, mut ordered) = (0, 0);
    while patched < elements.len() && ordered < order.len() {
        if elements[patched].get(DIRECTIVE).is_some() {
            patched += 1;
            continue;
        }
        if same_key(elements[patched], &order[ordered], merge_key)? {
            patched += 1;
        }
        ordered += 1;
    }
    if patched == elements.len() {
        return Ok(());
    }
    internal(format!(
        "The order in patch list:\n{}\n doesn't match {ELEMENT_ORDER} list:\n{}\n",
        go::print(&Value::Array(patch.to_vec())),
        go::print(&Value::Array(order.to_vec()))
    ))
}

fn members(item: &Value) -> Result<&Object> {
    match item {
        Value::Object(members) => Ok(members),
        other => not_a("map[string]interface {}", other),
    }
}

fn same_key(a: &Value, b: &Value, merge_key: &str) -> Result<bool> {
    if merge_key.is_empty() {
        return Ok(a == b);
    }
    let (left, right) = (members(a)?, members(b)?);
    let Some(left) = left.get(merge_key) else {
        return no_merge_key(a, merge_key);
    };
    let Some(right) = right.get(merge_key) else {
        return no_merge_key(b, merge_key);
    };
    Ok(left == right)
}

fn same_element(a: &Value, b: &Value, merge_key: &str) -> bool {
    if merge_key.is_empty() {
        return a == b;
    }
    match (a.get(merge_key), b.get(merge_key)) {
        (Some(x), Some(y)) => x == y,
        _ => false,
    }
}

fn position(list: &[Value], item: &Value, merge_key: &str) -> Option<usize> {
    list.iter()
        .position(|other| same_element(item, other, merge_key))
}

/// Puts the elements named in `order` into that order and the server's own
/// between them, each before the first of `order` that follows it in
/// `server_order`.
pub fn enforce(
    merged: Vec<Value>,
    order: &[Value],
    server_order: &[Value],
    merge_key: &str,
) -> Result<Vec<Value>> {
    if !merge_key.is_empty() {
        for item in &merged {
            if !members(item)?.contains_key(merge_key) {
                return no_merge_key(item, merge_key);
            }
            for (at, other) in order.iter().enumerate() {
                if !matches!(other, Value::Object(_)) {
                    return internal(format!("value for key {at} is not a map"));
                }
                if same_element(item, other, merge_key) {
                    break;
                }
            }
        }
    }
    // Lists of maps without a key are put in order only where there is nothing to be moved; what
    // is read then has none.
    let all = || merged.iter().chain(order).chain(server_order);
    if all().any(|item| matches!(item, Value::Object(_))) {
        for item in all() {
            if !members(item)?.contains_key(merge_key) {
                return no_merge_key(item, merge_key);
            }
        }
    }
    let (mut named, mut own): (Vec<Value>, Vec<Value>) = merged
        .into_iter()
        .partition(|item| position(order, item, merge_key).is_some());
    sort(&mut named, order, merge_key);
    sort(&mut own, server_order, merge_key);
    let mut out = Vec::with_capacity(named.len() + own.len());
    let mut own = own.into_iter().peekable();
    let mut named = named.into_iter().peekable();
    loop {
        match (own.peek(), named.peek()) {
            (None, None) => return Ok(out),
            (Some(_), None) => out.extend(own.next()),
            (None, Some(_)) => out.extend(named.next()),
            (Some(left), Some(right)) => {
                let l = position(server_order, left, merge_key);
                let r = position(server_order, right, merge_key);
                let own_first = matches!((l, r), (Some(l), Some(r)) if l < r);
                if own_first {
                    out.extend(own.next());
                } else {
                    out.extend(named.next());
                }
            }
        }
    }
}

/// Sorts by the place in `order`, as upstream does: what has no place there is before all that
/// it is compared with, by insertion.
fn sort(items: &mut [Value], order: &[Value], merge_key: &str) {
    let mut places: Vec<Option<usize>> = items
        .iter()
        .map(|item| position(order, item, merge_key))
        .collect();
    if places.iter().all(Option::is_some) {
        items.sort_by_key(|item| position(order, item, merge_key));
        return;
    }
    for end in 1..items.len() {
        for at in (1..=end).rev() {
            let later = matches!((places[at], places[at - 1]), (Some(x), Some(y)) if x >= y);
            if later {
                break;
            }
            items.swap(at, at - 1);
            places.swap(at, at - 1);
        }
    }
}
