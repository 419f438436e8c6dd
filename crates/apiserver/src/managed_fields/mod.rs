//! Who owns which field: `metadata.managedFields`, for server-side apply and
//! for all other writes (KEP-555).

pub mod apply;
mod compare;
mod element;
mod entries;
mod fresh;
mod lists;
mod merge;
pub mod node;
pub mod scale;
mod set;
mod steps;
mod typed;
mod updater;

pub use entries::fault;
pub use node::Node;
pub use typed::validate as misfit;
pub use updater::{OneVersion, Versions};

use skeg_schema::{Object, Value};

use entries::{Entry, Operation};

/// One write, as far as ownership goes.
pub struct Write<'a> {
    /// Who writes.
    pub manager: &'a str,
    /// In which version.
    pub api_version: &'a str,
    /// Through which subresource, or empty.
    pub subresource: &'a str,
    /// When, in RFC 3339 and whole seconds.
    pub now: &'a str,
    /// The versions of the kind.
    pub versions: &'a dyn Versions,
    /// A path that this write takes from others but does not own itself.
    pub disowned: Option<Vec<String>>,
    /// The object is new.
    pub creating: bool,
    /// Sets of fields are told by their text alone, which is cheaper to write: see
    /// [`unfold`].
    pub folded: bool,
}

/// Where ownership is booked.
const PATH: &[&str] = &["metadata", "managedFields"];

/// Leaves what is booked as it was.
pub fn keep(live: &Value, new: &mut Value) {
    match live.at(PATH) {
        Some(booked) => new.set_at(PATH, booked.clone()),
        None => drop(new.remove_at(PATH)),
    }
}

/// Makes trees of the sets of fields that are told by their text, for those who
/// look into objects from outside.
pub fn unfold(object: &mut Value) {
    let Some(Value::Array(booked)) = object.at_mut(PATH) else {
        return;
    };
    for entry in booked {
        if let Some(Value::Object(fields)) = entry.get_mut("fieldsV1")
            && let Some(unfolded) = fields.unfolded()
        {
            entry.set_at(&["fieldsV1"], unfolded);
        }
    }
}

/// Brings `new.metadata.managedFields` up to date for a write that turns
/// `live` into `new`.
pub fn update(live: &Value, new: &mut Value, write: &Write<'_>) {
    let live_entries = || entries::decode(live.at(PATH)).unwrap_or_default();
    let given = new.at(PATH);
    let mut entries = if !write.subresource.is_empty() && !write.creating {
        live_entries()
    } else if entries::is_reset(given) {
        Vec::new()
    } else {
        match entries::decode(given) {
            Some(entries) if !entries.is_empty() => entries,
            _ => live_entries(),
        }
    };
    if entries.is_empty() && !write.creating {
        // Nobody has tracked this object so far: that does not begin midway.
        new.remove_at(PATH);
        return;
    }
    // What a manager's version has no field for cannot be compared there: upstream
    // gives up, and what was booked stays.
    let lost = entries.iter().any(|entry| {
        entry.api_version != write.api_version
            && [&*new, live]
                .iter()
                .any(|tree| !write.versions.fits(tree, &entry.api_version))
    });
    // Nor can what does not fit the schema as it is: a set of maps, a list for a text.
    let unfit = match write.versions.node(write.api_version) {
        Some(node @ Node::CustomObject(_)) => {
            [&*new, live].iter().any(|tree| !typed::fits(tree, node))
        }
        _ => false,
    };
    let unknown = !entries
        .iter()
        .all(|entry| write.versions.knows(&entry.api_version));
    if unknown || unfit || lost && !write.creating {
        keep(live, new);
        return;
    }
    // Upstream loses the time of what is booked through a scale.
    let timed = write.subresource != "scale";
    let me = Entry {
        manager: write.manager.to_owned(),
        operation: Operation::Update,
        api_version: write.api_version.to_owned(),
        subresource: write.subresource.to_owned(),
        time: timed.then(|| write.now.to_owned()),
        fields: set::FieldSet::default(),
    };
    let untouched = live.as_object().is_some_and(Object::is_empty) && write.disowned.is_none();
    if untouched
        && entries.is_empty()
        && write.folded
        && let Some(Node::Message(id)) = write.versions.node(write.api_version)
        && let Some(text) = fresh::text(new, id, write.versions.ignored(write.api_version))
    {
        return entries::store_first(new, me, text);
    }
    let disowned: Option<Vec<&str>> = write
        .disowned
        .as_ref()
        .map(|path| path.iter().map(String::as_str).collect());
    let updated = updater::update(
        &mut entries,
        me,
        live,
        new,
        disowned.as_deref(),
        write.versions,
    );
    if updated.is_err() && !write.creating {
        keep(live, new);
        return;
    }
    entries::cap(&mut entries);
    entries::store(new, entries, write.folded);
}

/// A copy of an object without its managedFields.
pub fn unbooked(object: &Value) -> Value {
    let Value::Object(members) = object else {
        return object.clone();
    };
    let mut out = Object::with_capacity(members.len() + 1);
    for (key, value) in members.iter() {
        let value = match value {
            Value::Object(metadata) if key == "metadata" => {
                let mut kept = Object::with_capacity(metadata.len() + 1);
                for (key, value) in metadata.iter().filter(|(key, _)| *key != "managedFields") {
                    kept.push(key.clone(), value.clone());
                }
                Value::Object(kept)
            }
            other => other.clone(),
        };
        out.push(key.clone(), value);
    }
    Value::Object(out)
}

/// The manager of a request that names none: what stands before the first
/// slash of the user agent.
pub fn manager_of_agent(agent: &str) -> String {
    let prefix = agent.split('/').next().unwrap_or_default();
    let mut out = String::new();
    for c in prefix.chars().filter(|c| !c.is_control()) {
        if out.len() + c.len_utf8() > 128 {
            break;
        }
        out.push(c);
    }
    if out.is_empty() {
        "unknown".to_owned()
    } else {
        out
    }
}

/// What becomes of an object when another tree is merged into it; nobody's
/// ownership is looked at.
pub fn merged(live: &Value, applied: &Value, node: Node<'_>) -> Value {
    merge::merge(Some(live), Some(applied), node).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::{TypeId, json};

    fn config_maps() -> &'static OneVersion<'static> {
        static ONE: std::sync::OnceLock<OneVersion<'static>> = std::sync::OnceLock::new();
        ONE.get_or_init(|| OneVersion {
            node: Node::Message(TypeId::by_gvk("", "v1", "ConfigMap").expect("kind")),
            ignored: &[],
        })
    }

    fn write<'a>(manager: &'a str, creating: bool, now: &'a str) -> Write<'a> {
        Write {
            manager,
            api_version: "v1",
            subresource: "",
            now,
            versions: config_maps(),
            disowned: None,
            creating,
            folded: true,
        }
    }

    #[test]
    fn ownership_moves_with_changes() {
        let mut created = json!({"metadata": {"name": "a"}, "data": {"k": "v", "l": "w"}});
        update(&json!({}), &mut created, &write("one", true, "t1"));
        assert_eq!(
            created["metadata"]["managedFields"],
            json!([{"manager": "one", "operation": "Update", "apiVersion": "v1", "time": "t1",
                "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {".": {}, "f:k": {}, "f:l": {}}}}])
        );
        let mut changed = json!({"metadata": {"name": "a"}, "data": {"k": "x"}});
        update(&created, &mut changed, &write("two", false, "t2"));
        let list = changed["metadata"]["managedFields"]
            .as_array()
            .expect("list")
            .clone();
        assert_eq!(list[0]["fieldsV1"], json!({"f:data": {}}));
        assert_eq!(list[1]["manager"], json!("two"));
        assert_eq!(list[1]["fieldsV1"], json!({"f:data": {"f:k": {}}}));
    }

    #[test]
    fn no_change_no_time() {
        let mut created = json!({"data": {"k": "v"}});
        update(&json!({}), &mut created, &write("one", true, "t1"));
        let mut again = json!({"data": {"k": "v"}});
        update(&created, &mut again, &write("one", false, "t2"));
        assert_eq!(again, created);
    }

    #[test]
    fn untracked_objects_stay_untracked() {
        let mut new = json!({"data": {"k": "v"}});
        update(
            &json!({"metadata": {}}),
            &mut new,
            &write("one", false, "t1"),
        );
        assert!(new.at(&["metadata", "managedFields"]).is_none());
    }

    #[test]
    fn all_but_what_is_booked() {
        let object = json!({"kind": "A", "metadata": {"name": "a", "managedFields": [{"manager": "m"}],
            "labels": {"managedFields": "x"}}, "managedFields": 1});
        let mut expected = object.clone();
        expected.remove_at(&["metadata", "managedFields"]);
        assert_eq!(unbooked(&object).to_string(), expected.to_string());
        assert_eq!(
            unbooked(&json!({"metadata": null})),
            json!({"metadata": null})
        );
        assert_eq!(unbooked(&json!([])), json!([]));
    }

    #[test]
    fn managers_from_agents() {
        assert_eq!(manager_of_agent("kubectl/v1.37 (linux)"), "kubectl");
        assert_eq!(manager_of_agent("curl"), "curl");
        assert_eq!(manager_of_agent(""), "unknown");
    }
}
