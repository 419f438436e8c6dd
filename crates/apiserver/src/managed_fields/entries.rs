//! `metadata.managedFields`, decoded.

use skeg_schema::{Object, Value};

use super::PATH;
use super::set::FieldSet;

/// Managers of updates that are kept apart; older ones are put together.
const UPDATERS_MAX: usize = 10;
/// The manager that stands for the older ones.
const ANCIENT: &str = "ancient-changes";

/// How a manager came to own something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// By server-side apply.
    Apply,
    /// By any other write.
    Update,
}

impl Operation {
    fn text(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::Update => "Update",
        }
    }
}

/// What one manager owns.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub manager: String,
    /// How it came to it.
    pub operation: Operation,
    /// The version in which the fields are told.
    pub api_version: String,
    /// Through which subresource, or empty.
    pub subresource: String,
    /// When it last changed something.
    pub time: Option<String>,
    /// The fields.
    pub fields: FieldSet,
}

impl Entry {
    /// Whether both are of one manager. An applier is the same in all
    /// versions, an updater is not.
    pub fn same_manager(&self, other: &Entry) -> bool {
        self.manager == other.manager
            && self.operation == other.operation
            && self.subresource == other.subresource
            && (self.operation == Operation::Apply || self.api_version == other.api_version)
    }

    /// The text by which managers are sorted in messages.
    pub fn identity(&self) -> String {
        let mut out = Object::with_capacity(4);
        out.insert("manager", self.manager.as_str());
        out.insert("operation", self.operation.text());
        if self.operation == Operation::Update {
            out.insert("apiVersion", self.api_version.as_str());
        }
        if !self.subresource.is_empty() {
            out.insert("subresource", self.subresource.as_str());
        }
        Value::Object(out).to_string()
    }

    /// As managedFields tell it.
    fn booked(self, fields: Value) -> Value {
        let mut out = Object::with_capacity(7);
        if !self.manager.is_empty() {
            out.insert("manager", self.manager);
        }
        out.insert("operation", self.operation.text());
        out.insert("apiVersion", self.api_version);
        if let Some(time) = self.time {
            out.insert("time", time);
        }
        out.insert("fieldsType", "FieldsV1");
        out.insert("fieldsV1", fields);
        if !self.subresource.is_empty() {
            out.insert("subresource", self.subresource);
        }
        Value::Object(out)
    }

    /// As messages name it.
    pub fn shown(&self) -> String {
        let mut out = crate::go::quote(&self.manager);
        if !self.subresource.is_empty() {
            out.push_str(" with subresource ");
            out.push_str(&crate::go::quote(&self.subresource));
        }
        if self.operation == Operation::Update {
            out.push_str(" using ");
            out.push_str(&self.api_version);
        }
        out
    }
}

/// Reads managedFields. `None`: not decodable.
pub fn decode(list: Option<&Value>) -> Option<Vec<Entry>> {
    let Some(Value::Array(items)) = list else {
        return Some(Vec::new());
    };
    let mut out: Vec<Entry> = Vec::with_capacity(items.len() + 1);
    for item in items {
        let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
        let operation = match item["operation"].as_str() {
            Some("Apply") => Operation::Apply,
            Some("Update") => Operation::Update,
            _ => return None,
        };
        let api_version = text("apiVersion");
        if api_version.is_empty() || item["fieldsType"].as_str() != Some("FieldsV1") {
            return None;
        }
        let fields = match &item["fieldsV1"] {
            Value::Null => FieldSet::default(),
            given => FieldSet::decode(given)?,
        };
        let entry = Entry {
            manager: text("manager"),
            operation,
            api_version,
            subresource: text("subresource"),
            time: item["time"].as_str().map(str::to_owned),
            fields,
        };
        match out.iter_mut().find(|known| known.same_manager(&entry)) {
            Some(known) => *known = entry,
            None => out.push(entry),
        }
    }
    Some(out)
}

/// Why managedFields cannot be decoded; `None`: they can.
pub fn fault(list: Option<&Value>) -> Option<String> {
    let Some(Value::Array(items)) = list else {
        return None;
    };
    for (index, item) in items.iter().enumerate() {
        let text = |key: &str| item[key].as_str().unwrap_or_default();
        if !matches!(text("operation"), "Apply" | "Update") {
            return Some("operation must be `Apply` or `Update`".to_owned());
        }
        if text("apiVersion").is_empty() {
            return Some("apiVersion must not be empty".to_owned());
        }
        match text("fieldsType") {
            "FieldsV1" => {}
            "" => {
                return Some(format!(
                    "missing fieldsType in managed fields entry {index}"
                ));
            }
            other => {
                let other = crate::go::quote(other);
                return Some(format!(
                    "invalid fieldsType {other} in managed fields entry {index}"
                ));
            }
        }
        let fields = &item["fieldsV1"];
        if !fields.is_null() && FieldSet::decode(fields).is_none() {
            let manager = crate::go::quote(text("manager"));
            return Some(format!("error decoding versioned set of manager {manager}"));
        }
    }
    None
}

/// Writes managedFields into an object; `folded`: sets of fields as text.
pub fn store(object: &mut Value, mut entries: Vec<Entry>, folded: bool) {
    if entries.is_empty() {
        object.remove_at(PATH);
        return;
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
        .map(|mut entry| {
            let fields = std::mem::take(&mut entry.fields);
            let fields = if folded {
                Value::Object(Object::folded(fields.text()))
            } else {
                fields.encode()
            };
            entry.booked(fields)
        })
        .collect();
    object.set_at(PATH, Value::Array(items));
}

/// Writes the managedFields of an object that had none: one entry, whose fields are told by
/// their text. Who owns nothing is not booked.
pub fn store_first(object: &mut Value, entry: Entry, fields: String) {
    if fields.is_empty() {
        object.remove_at(PATH);
        return;
    }
    let entry = entry.booked(Value::Object(Object::folded(fields)));
    object.set_at(PATH, Value::Array(vec![entry]));
}

/// `[]` or `[{}]`: the client gives all tracking up.
pub fn is_reset(list: Option<&Value>) -> bool {
    match list {
        Some(Value::Array(items)) => match items.as_slice() {
            [] => true,
            [one] => one
                .as_object()
                .is_some_and(|map| map.values().all(|v| v.is_null() || v.as_str() == Some(""))),
            _ => false,
        },
        _ => false,
    }
}

/// Puts the oldest updaters together, by version, when there are too many.
pub fn cap(entries: &mut Vec<Entry>) {
    let mut count = entries
        .iter()
        .filter(|e| e.operation == Operation::Update)
        .count();
    if count <= UPDATERS_MAX {
        return;
    }
    let mut oldest: Vec<(Option<String>, String)> = entries
        .iter()
        .filter(|e| e.operation == Operation::Update)
        .map(|e| (e.time.clone(), e.identity()))
        .collect();
    oldest.sort();
    // The first of a version stays alone until a second one joins it.
    let mut first: Vec<(String, String)> = Vec::new();
    for (_, identity) in oldest {
        if count <= UPDATERS_MAX {
            break;
        }
        let Some(at) = entries.iter().position(|e| e.identity() == identity) else {
            continue;
        };
        let version = entries[at].api_version.clone();
        let Some((_, lone)) = first.iter().find(|(v, _)| *v == version).cloned() else {
            first.push((version, identity));
            continue;
        };
        let old = entries.remove(at);
        let bucket = |e: &Entry| {
            e.manager == ANCIENT
                && e.operation == Operation::Update
                && e.api_version == version
                && e.subresource.is_empty()
        };
        if !entries.iter().any(bucket)
            && let Some(lone) = entries.iter_mut().find(|e| e.identity() == lone)
        {
            lone.manager = ANCIENT.to_owned();
            lone.subresource = String::new();
        }
        if let Some(bucket) = entries.iter_mut().find(|e| bucket(e)) {
            bucket.fields.union(&old.fields);
            bucket.time = old.time;
        }
        count -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn entry(manager: &str, time: &str, field: &str) -> Value {
        json!({"manager": manager, "operation": "Update", "apiVersion": "v1", "time": time,
            "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {(format!("f:{field}")): {}}}})
    }

    #[test]
    fn eleven_become_ten() {
        let list: Vec<Value> = (10..21)
            .map(|i| {
                entry(
                    &format!("m{i}"),
                    &format!("2026-01-01T00:00:{i}Z"),
                    &format!("k{i}"),
                )
            })
            .collect();
        let mut entries = decode(Some(&Value::Array(list))).expect("decodable");
        cap(&mut entries);
        assert_eq!(entries.len(), 10);
        let ancient = entries
            .iter()
            .find(|e| e.manager == ANCIENT)
            .expect("the old ones");
        assert_eq!(
            ancient.fields.encode(),
            json!({"f:data": {"f:k10": {}, "f:k11": {}}})
        );
        assert_eq!(ancient.time.as_deref(), Some("2026-01-01T00:00:11Z"));
    }

    #[test]
    fn what_cannot_be_decoded() {
        let mut without_version = entry("m", "t", "k");
        without_version.remove_at(&["apiVersion"]);
        assert!(decode(Some(&json!([(without_version)]))).is_none());
        assert!(decode(Some(&json!([{"operation": "Nope"}]))).is_none());
        assert!(decode(None).is_some_and(|e| e.is_empty()));
    }
}
