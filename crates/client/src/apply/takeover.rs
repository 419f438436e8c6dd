//! Fields that were written by other ways, given to one who applies.

use skeg_schema::Value;

/// The entries of `metadata.managedFields` in which what these managers have
/// written by `Update` belongs to `manager`, who applies: the step from client-side
/// to server-side apply, after which fields that are no longer applied go away.
/// None when they have written nothing.
///
/// As client-go's `csaupgrade`: what is of another API version than the manager's
/// own entry (or the first that is given to it) belongs to nobody afterwards, and
/// entries of subresources stay as they are.
#[must_use]
pub fn take_over<S: AsRef<str>>(
    entries: &[Value],
    from: &[S],
    manager: &str,
) -> Option<Vec<Value>> {
    let of = |entry: &Value, name: &str, operation: &str| {
        entry["manager"] == name
            && entry["operation"] == operation
            && entry["subresource"].as_str().unwrap_or_default().is_empty()
    };
    let theirs = |entry: &Value| from.iter().any(|name| of(entry, name.as_ref(), "Update"));
    let first = entries.iter().find(|entry| theirs(entry))?;
    let own = entries.iter().position(|entry| of(entry, manager, "Apply"));
    let mut mine = own.map_or(first, |at| &entries[at]).clone();
    mine.set_at(&["manager"], manager);
    mine.set_at(&["operation"], "Apply");
    for entry in entries.iter().filter(|entry| theirs(entry)) {
        if entry["apiVersion"] == mine["apiVersion"] {
            union(&mut mine, entry, "fieldsV1");
        }
    }
    let mut mine = Some(mine);
    let mut taken = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        if own.map_or(theirs(entry), |own| own == at) {
            taken.extend(mine.take());
        } else if !theirs(entry) {
            taken.push(entry.clone());
        }
    }
    Some(taken)
}

/// Adds to a member of a tree what the other has there: sets of fields are trees,
/// and what both have is in both once.
fn union(into: &mut Value, from: &Value, member: &str) {
    let Some(more) = from.get(member) else {
        return;
    };
    let Some(object) = into.as_object_mut() else {
        return;
    };
    match object.get_mut(member) {
        Some(there) => {
            for (name, _) in more.as_object().into_iter().flatten() {
                union(there, more, name);
            }
        }
        None => {
            object.insert(member.to_owned(), more.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use skeg_schema::json;

    use super::*;

    fn entry(manager: &str, operation: &str, version: &str, fields: Value) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": version,
               "fieldsType": "FieldsV1", "fieldsV1": fields})
    }

    #[test]
    fn what_others_have_written_belongs_to_who_applies() {
        let theirs = entry(
            "kubectl",
            "Update",
            "v1",
            json!({"f:data": {".": {}, "f:a": {}, "f:b": {}}}),
        );
        let old = entry("kubectl", "Update", "v1beta1", json!({"f:x": {}}));
        let mut status = entry("kubectl", "Update", "v1", json!({"f:status": {}}));
        status.set_at(&["subresource"], "status");
        let other = entry("other", "Update", "v1", json!({"f:data": {"f:c": {}}}));
        let mine = entry(
            "me",
            "Apply",
            "v1",
            json!({"f:data": {"f:b": {}}, "f:metadata": {}}),
        );
        let all = [
            theirs.clone(),
            status.clone(),
            old.clone(),
            other.clone(),
            mine,
        ];
        let taken = take_over(&all, &["kubectl"], "me").expect("a change");
        let union = json!({"f:data": {"f:b": {}, ".": {}, "f:a": {}}, "f:metadata": {}});
        let both = entry("me", "Apply", "v1", union);
        assert_eq!(taken, [status.clone(), other.clone(), both]);

        // Who has applied nothing yet becomes the first of them.
        let taken = take_over(&all[..4], &["kubectl"], "me").expect("a change");
        let whole = entry("me", "Apply", "v1", theirs["fieldsV1"].clone());
        assert_eq!(taken, [whole, status.clone(), other.clone()]);
        assert_eq!(take_over(&[status, other], &["kubectl"], "me"), None);
        assert_eq!(take_over(&[json!("odd")], &["kubectl"], "me"), None);
    }
}
