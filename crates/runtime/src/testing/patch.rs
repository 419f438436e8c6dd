//! The patch types, as far as controllers use them.

use skeg_schema::{FieldType, Object, TypeId, Value};

/// RFC 7386.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if target.as_object().is_none() {
        *target = Value::Object(Object::new());
    }
    let Some(object) = target.as_object_mut() else {
        return;
    };
    for (key, value) in patch {
        if value.is_null() {
            object.remove(key);
        } else {
            merge(
                object.entry_or_insert_with(key.clone(), || Value::Null),
                value,
            );
        }
    }
}

/// RFC 6902, by its operations add, replace, remove and test.
pub(super) fn json(target: &mut Value, patch: &Value) -> Result<(), String> {
    for operation in patch.as_array().ok_or("a JSON patch is a list")? {
        let path = operation["path"]
            .as_str()
            .ok_or("an operation without a path")?;
        let (parent, last) = path.rsplit_once('/').ok_or("a path without a slash")?;
        let last = last.replace("~1", "/").replace("~0", "~");
        let mut place = &mut *target;
        for segment in parent.split('/').skip(1) {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            place = match place {
                Value::Array(items) => {
                    let at: usize = segment
                        .parse()
                        .map_err(|_| format!("no index: {segment}"))?;
                    items
                        .get_mut(at)
                        .ok_or_else(|| format!("nothing at {path}"))?
                }
                other => other
                    .get_mut(&segment)
                    .ok_or_else(|| format!("nothing at {path}"))?,
            };
        }
        let value = operation["value"].clone();
        match (operation["op"].as_str().unwrap_or_default(), place) {
            ("add" | "replace", Value::Object(object)) => drop(object.insert(last, value)),
            ("add", Value::Array(items)) => {
                let at = if last == "-" {
                    Ok(items.len())
                } else {
                    last.parse()
                };
                let at = at
                    .map_err(|_| format!("no index: {last}"))?
                    .min(items.len());
                items.insert(at, value);
            }
            ("remove", Value::Object(object)) => drop(
                object
                    .remove(&last)
                    .ok_or_else(|| format!("nothing at {path}"))?,
            ),
            ("replace" | "remove" | "test", Value::Array(items)) => {
                let at: usize = last.parse().map_err(|_| format!("no index: {last}"))?;
                let item = items
                    .get_mut(at)
                    .ok_or_else(|| format!("nothing at {path}"))?;
                match operation["op"].as_str() {
                    Some("replace") => *item = value,
                    Some("remove") => drop(items.remove(at)),
                    _ if *item == value => {}
                    _ => return Err(format!("test failed at {path}")),
                }
            }
            ("test", Value::Object(object)) if object.get(&last) == Some(&value) => {}
            (operation, _) => return Err(format!("cannot {operation} at {path}")),
        }
    }
    Ok(())
}

/// Strategic merge: lists with a merge key are merged by it.
pub(super) fn strategic(target: &mut Value, patch: &Value, ty: Option<TypeId>) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if target.as_object().is_none() {
        *target = Value::Object(Object::new());
    }
    let Some(object) = target.as_object_mut() else {
        return;
    };
    for (key, value) in patch {
        if let Some(list) = key.strip_prefix("$deleteFromPrimitiveList/") {
            if let (Some(Value::Array(old)), Some(gone)) = (object.get_mut(list), value.as_array())
            {
                old.retain(|item| !gone.contains(item));
            }
            continue;
        }
        if key.starts_with('$') {
            continue;
        }
        if value.is_null() {
            object.remove(key);
            continue;
        }
        let field = ty.and_then(|ty| ty.desc().field(key));
        let below = field.and_then(|field| message_of(&field.ty));
        let merge_key = field
            .map(|field| field.patch_merge_key)
            .filter(|key| !key.is_empty());
        let place = object.entry_or_insert_with(key.clone(), || Value::Null);
        match (value, merge_key) {
            (Value::Array(items), Some(merge_key)) => merge_list(place, items, merge_key, below),
            (Value::Object(_), _) => strategic(place, value, below),
            _ => *place = value.clone(),
        }
    }
}

fn merge_list(place: &mut Value, items: &[Value], merge_key: &str, ty: Option<TypeId>) {
    let mut old = match place.take() {
        Value::Array(old) => old,
        _ => Vec::new(),
    };
    let mut fresh = Vec::new();
    for item in items {
        let at = old
            .iter()
            .position(|have| have[merge_key] == item[merge_key]);
        match (at, item["$patch"] == "delete") {
            (Some(at), true) => drop(old.remove(at)),
            (None, true) => {}
            (Some(at), false) => strategic(&mut old[at], item, ty),
            (None, false) => fresh.push(item.clone()),
        }
    }
    // New elements come first, as upstream has it.
    fresh.append(&mut old);
    *place = Value::Array(fresh);
}

fn message_of(ty: &FieldType) -> Option<TypeId> {
    match ty {
        FieldType::Message(ty) => Some(*ty),
        FieldType::List(item) => message_of(item),
        _ => None,
    }
}
