//! Events: those of events.k8s.io are core events by other names.

use crate::tree::{self, set};
use skeg_schema::Value;

// events.k8s.io name → core name
const EVENT_FIELDS: &[(&str, &str)] = &[
    ("regarding", "involvedObject"),
    ("note", "message"),
    ("reportingController", "reportingComponent"),
    ("deprecatedSource", "source"),
    ("deprecatedFirstTimestamp", "firstTimestamp"),
    ("deprecatedLastTimestamp", "lastTimestamp"),
    ("deprecatedCount", "count"),
];

pub(super) fn to_core(v: &mut Value) {
    set(v, "apiVersion", "v1");
    set(v, "kind", "Event");
    for (new, core) in EVENT_FIELDS {
        if let Some(value) = tree::remove(v, new) {
            set(v, *core, value);
        }
    }
}

pub(super) fn from_core(v: &mut Value) {
    set(v, "apiVersion", "events.k8s.io/v1");
    set(v, "kind", "Event");
    for (new, core) in EVENT_FIELDS {
        if let Some(value) = tree::remove(v, core) {
            set(v, *new, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn an_event_goes_there_and_back() {
        let new = json!({"apiVersion": "events.k8s.io/v1", "kind": "Event", "note": "n", "regarding": {"kind": "Pod"}});
        let mut v = new.clone();
        to_core(&mut v);
        assert_eq!(v["message"], Value::from("n"));
        from_core(&mut v);
        assert!(tree::same(&v, &new));
    }
}
