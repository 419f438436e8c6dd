//! Who owns which field: `metadata.managedFields`, tracked for operations of
//! type Update from the first write on (KEP-555).

mod compare;
mod set;

pub use compare::compare;
pub use set::FieldSet;

use skeg_schema::{Object, TypeId, Value};

/// Managers of updates that are kept apart; older ones are put together.
const UPDATERS_MAX: usize = 10;
/// The manager that stands for the older ones.
const ANCIENT: &str = "ancient-changes";

/// Fields that nobody owns.
const STRIPPED: &[&[&str]] = &[
    &["f:apiVersion"],
    &["f:kind"],
    &["f:metadata", "f:name"],
    &["f:metadata", "f:namespace"],
    &["f:metadata", "f:creationTimestamp"],
    &["f:metadata", "f:selfLink"],
    &["f:metadata", "f:uid"],
    &["f:metadata", "f:clusterName"],
    &["f:metadata", "f:generation"],
    &["f:metadata", "f:managedFields"],
    &["f:metadata", "f:resourceVersion"],
];

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
    /// The type of the object.
    pub ty: TypeId,
    /// Paths that this write does not touch whatever it says.
    pub reset: &'a [&'static [&'static str]],
    /// A path that this write takes from others but does not own itself.
    pub disowned: Option<Vec<String>>,
    /// The object is new.
    pub creating: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    manager: String,
    operation: String,
    api_version: String,
    subresource: String,
    time: Option<String>,
    fields: FieldSet,
}

impl Entry {
    fn same_manager(&self, other: &Entry) -> bool {
        self.manager == other.manager
            && self.operation == other.operation
            && self.api_version == other.api_version
            && self.subresource == other.subresource
    }
}

/// `None`: not decodable.
fn decode(list: &Value) -> Option<Vec<Entry>> {
    let items = match list {
        Value::Array(items) => items,
        _ => return Some(Vec::new()),
    };
    items
        .iter()
        .map(|item| {
            let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
            let operation = text("operation");
            if operation != "Apply" && operation != "Update" {
                return None;
            }
            if item["fieldsType"].as_str() != Some("FieldsV1") {
                return None;
            }
            let fields = match &item["fieldsV1"] {
                Value::Null => FieldSet::default(),
                given => FieldSet::decode(given)?,
            };
            Some(Entry {
                manager: text("manager"),
                operation,
                api_version: text("apiVersion"),
                subresource: text("subresource"),
                time: item["time"].as_str().map(str::to_owned),
                fields,
            })
        })
        .collect()
}

fn encode(mut entries: Vec<Entry>) -> Option<Value> {
    if entries.is_empty() {
        return None;
    }
    entries.sort_by(|a, b| {
        a.operation
            .cmp(&b.operation)
            .then_with(|| a.time.cmp(&b.time))
            .then_with(|| a.manager.cmp(&b.manager))
            .then_with(|| a.api_version.cmp(&b.api_version))
            .then_with(|| a.subresource.cmp(&b.subresource))
    });
    let items = entries
        .into_iter()
        .map(|entry| {
            let mut out = Object::with_capacity(7);
            out.insert("manager", entry.manager);
            out.insert("operation", entry.operation);
            out.insert("apiVersion", entry.api_version);
            if let Some(time) = entry.time {
                out.insert("time", time);
            }
            out.insert("fieldsType", "FieldsV1");
            out.insert("fieldsV1", entry.fields.encode());
            if !entry.subresource.is_empty() {
                out.insert("subresource", entry.subresource);
            }
            Value::Object(out)
        })
        .collect();
    Some(Value::Array(items))
}

/// `[]` or `[{}]`: the client gives all tracking up.
fn is_reset(list: &Value) -> bool {
    match list {
        Value::Array(items) => match items.as_slice() {
            [] => true,
            [one] => one
                .as_object()
                .is_some_and(|map| map.values().all(|v| v.is_null() || v.as_str() == Some(""))),
            _ => false,
        },
        _ => false,
    }
}

fn set_managed_fields(object: &mut Value, entries: Vec<Entry>) {
    match encode(entries) {
        Some(list) => object.set_at(&["metadata", "managedFields"], list),
        None => {
            object.remove_at(&["metadata", "managedFields"]);
        }
    }
}

/// Brings `new.metadata.managedFields` up to date for a write that turns
/// `live` into `new`.
pub fn update(live: &Value, new: &mut Value, write: &Write<'_>) {
    let given = new
        .at(&["metadata", "managedFields"])
        .cloned()
        .unwrap_or_default();
    let live_list = live
        .at(&["metadata", "managedFields"])
        .cloned()
        .unwrap_or_default();
    let live_entries = || decode(&live_list).unwrap_or_default();
    let mut entries = if !write.subresource.is_empty() && !write.creating {
        live_entries()
    } else if is_reset(&given) {
        Vec::new()
    } else {
        match decode(&given) {
            Some(entries) if !entries.is_empty() => entries,
            _ => live_entries(),
        }
    };
    // What was booked in a version of another group cannot be compared.
    let group = |api_version: &str| {
        api_version
            .rsplit_once('/')
            .map_or("", |(g, _)| g)
            .to_owned()
    };
    let own_group = group(write.api_version);
    let tracked = !entries.is_empty();
    entries.retain(|entry| group(&entry.api_version) == own_group);
    if !tracked && !write.creating {
        // Nobody has tracked this object so far: that does not begin midway.
        new.remove_at(&["metadata", "managedFields"]);
        return;
    }
    let taken = new.remove_at(&["metadata", "managedFields"]);
    drop(taken);
    let mut bare_live = live.clone();
    bare_live.remove_at(&["metadata", "managedFields"]);
    let mut difference = compare(&bare_live, new, write.ty);
    for set in [
        &mut difference.added,
        &mut difference.modified,
        &mut difference.removed,
    ] {
        for path in STRIPPED {
            set.cut(path);
        }
        for path in write.reset {
            set.cut(path);
        }
        if let Some(metadata) = set.children.get_mut("f:metadata") {
            metadata.member = false;
            if metadata.is_empty() {
                set.children.remove("f:metadata");
            }
        }
    }
    let mut mine = difference.added.clone();
    mine.union(&difference.modified);
    for entry in &mut entries {
        entry.fields.subtract(&mine);
        entry.fields.subtract(&difference.removed);
    }
    if let Some(path) = &write.disowned {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        mine.cut(&path);
        for entry in entries.iter_mut().filter(|entry| {
            entry.manager == write.manager && entry.subresource == write.subresource
        }) {
            entry.fields.cut(&path);
        }
    }
    if !mine.is_empty() {
        let me = Entry {
            manager: write.manager.to_owned(),
            operation: "Update".to_owned(),
            api_version: write.api_version.to_owned(),
            subresource: write.subresource.to_owned(),
            time: Some(write.now.to_owned()),
            fields: mine,
        };
        match entries.iter_mut().find(|entry| entry.same_manager(&me)) {
            Some(entry) => {
                entry.fields.union(&me.fields);
                entry.time = me.time;
            }
            None => entries.push(me),
        }
    }
    entries.retain(|entry| !entry.fields.is_empty() || entry.operation == "Apply");
    cap(&mut entries);
    set_managed_fields(new, entries);
}

/// Puts the oldest updaters together when there are too many.
fn cap(entries: &mut Vec<Entry>) {
    let updaters = entries.iter().filter(|e| e.operation == "Update").count();
    if updaters <= UPDATERS_MAX {
        return;
    }
    let mut order: Vec<usize> = (0..entries.len())
        .filter(|i| entries[*i].operation == "Update")
        .collect();
    order.sort_by(|a, b| entries[*a].time.cmp(&entries[*b].time));
    let mut excess: Vec<usize> = order[..=updaters - UPDATERS_MAX].to_vec();
    excess.sort_unstable();
    let mut ancient: Vec<Entry> = Vec::new();
    for at in excess.into_iter().rev() {
        let old = entries.remove(at);
        match ancient
            .iter_mut()
            .find(|a| a.api_version == old.api_version)
        {
            Some(bucket) => {
                bucket.fields.union(&old.fields);
                bucket.time = bucket.time.take().max(old.time);
            }
            None => ancient.push(Entry {
                manager: ANCIENT.to_owned(),
                subresource: String::new(),
                ..old
            }),
        }
    }
    entries.extend(ancient);
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

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn write<'a>(manager: &'a str, creating: bool, now: &'a str) -> Write<'a> {
        Write {
            manager,
            api_version: "v1",
            subresource: "",
            now,
            ty: TypeId::by_gvk("", "v1", "ConfigMap").expect("kind"),
            reset: &[],
            disowned: None,
            creating,
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
    fn managers_from_agents() {
        assert_eq!(manager_of_agent("kubectl/v1.37 (linux)"), "kubectl");
        assert_eq!(manager_of_agent("curl"), "curl");
        assert_eq!(manager_of_agent(""), "unknown");
    }
}
