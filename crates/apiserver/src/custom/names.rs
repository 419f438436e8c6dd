//! Which names a definition gets: those that no other of its group has.

use skeg_registry::tree::{self, at, list, s, sp};
use skeg_registry::validation::webhooks::is_broken_bundle;
use skeg_schema::{Object, Value, json};

/// A condition by its type.
pub fn condition<'c>(definition: &'c Value, kind: &str) -> Option<&'c Value> {
    list(at(definition, "status"), "conditions")
        .iter()
        .find(|c| s(c, "type") == kind)
}

/// Whether a condition is true.
pub fn is_true(definition: &Value, kind: &str) -> bool {
    condition(definition, kind).is_some_and(|c| s(c, "status") == "True")
}

/// Sets a condition; its time changes only when its status does.
fn set_condition(conditions: &mut Vec<Value>, wanted: Value, now: &str) {
    let kind = s(&wanted, "type").to_owned();
    let known = conditions.iter_mut().find(|c| s(c, "type") == kind);
    let since = match &known {
        Some(old) if s(old, "status") == s(&wanted, "status") => {
            s(old, "lastTransitionTime").to_owned()
        }
        _ => now.to_owned(),
    };
    let mut made = Object::new();
    made.insert("type", kind);
    made.insert("status", at(&wanted, "status").clone());
    made.insert("lastTransitionTime", since);
    for field in ["reason", "message"] {
        made.insert(field, at(&wanted, field).clone());
    }
    match known {
        Some(old) => *old = Value::Object(made),
        None => conditions.push(Value::Object(made)),
    }
}

fn entry(kind: &str, status: bool, reason: &str, message: impl Into<String>) -> Value {
    let status = if status { "True" } else { "False" };
    json!({"type": kind, "status": status, "reason": reason, "message": message.into()})
}

/// Of a definition, what decides about the names of others.
pub fn sketch(definition: &Value) -> Value {
    let accepted = condition(definition, "NamesAccepted");
    json!({
        "metadata": {"name": tree::name_of(definition)},
        "spec": {"group": sp(definition, &["spec", "group"])},
        "status": {
            "acceptedNames": tree::path(definition, &["status", "acceptedNames"]).clone(),
            "conditions": accepted.map_or_else(Vec::new, |accepted| vec![json!({
                "type": "NamesAccepted",
                "status": s(accepted, "status"),
            })]),
        },
    })
}

struct Taken {
    resources: Vec<String>,
    kinds: Vec<String>,
}

fn taken(definition: &Value, others: &[&Value]) -> Taken {
    let group = sp(definition, &["spec", "group"]);
    let mut out = Taken {
        resources: Vec::new(),
        kinds: Vec::new(),
    };
    for other in others {
        if sp(other, &["spec", "group"]) != group
            || tree::name_of(other) == tree::name_of(definition)
        {
            continue;
        }
        let names = tree::path(other, &["status", "acceptedNames"]);
        for field in ["plural", "singular"] {
            out.resources.push(s(names, field).to_owned());
        }
        out.resources.extend(
            list(names, "shortNames")
                .iter()
                .filter_map(|n| n.as_str().map(str::to_owned)),
        );
        for field in ["kind", "listKind"] {
            out.kinds.push(s(names, field).to_owned());
        }
    }
    out
}

/// The status of a definition: accepted names and the conditions that follow
/// from them, from its group and from its approval.
pub fn status(definition: &Value, others: &[&Value], now: &str) -> Value {
    let taken = taken(definition, others);
    let wanted = tree::path(definition, &["spec", "names"]);
    let accepted = tree::path(definition, &["status", "acceptedNames"]);
    let mut conflict: Option<(&str, String)> = None;
    let mut names = Object::new();
    let steps = [
        ("plural", "PluralConflict", false),
        ("singular", "SingularConflict", false),
        ("shortNames", "ShortNamesConflict", false),
        ("kind", "KindConflict", true),
        ("listKind", "ListKindConflict", true),
    ];
    for (field, reason, kinds) in steps {
        let used = if kinds {
            &taken.kinds
        } else {
            &taken.resources
        };
        let is_used = |name: &str| used.iter().any(|other| other == name);
        let refused: Vec<String> = if field == "shortNames" {
            let own = list(accepted, field);
            list(wanted, field)
                .iter()
                .filter(|name| !own.contains(name))
                .filter_map(Value::as_str)
                .filter(|name| is_used(name))
                .map(str::to_owned)
                .collect()
        } else {
            let name = s(wanted, field);
            let fresh = name == s(accepted, field) || !is_used(name);
            if fresh {
                Vec::new()
            } else {
                vec![name.to_owned()]
            }
        };
        let kept = if refused.is_empty() { wanted } else { accepted };
        match at(kept, field) {
            Value::Null => {}
            value => {
                names.insert(field, value.clone());
            }
        }
        if !refused.is_empty() {
            let texts: Vec<String> = refused
                .iter()
                .map(|name| format!("{name:?} is already in use"))
                .collect();
            let text = if texts.len() == 1 {
                texts.concat()
            } else {
                format!("[{}]", texts.join(", "))
            };
            conflict = Some((reason, text));
        }
    }
    if tree::has(wanted, "categories") {
        names.insert("categories", at(wanted, "categories").clone());
    }
    let mut conditions = list(at(definition, "status"), "conditions").to_vec();
    approval(definition, &mut conditions, now);
    structure(definition, &mut conditions, now);
    let accepted = conflict.is_none();
    let entry_names = match conflict {
        Some((reason, text)) => entry("NamesAccepted", false, reason, text),
        None => entry("NamesAccepted", true, "NoConflicts", "no conflicts found"),
    };
    set_condition(&mut conditions, entry_names, now);
    // Once established, always established.
    if !is_true(definition, "Established") {
        let established = if accepted && has_broken_bundle(definition) {
            entry(
                "Established",
                false,
                "InvalidCABundle",
                "The conversion webhook CABundle is invalid",
            )
        } else if accepted {
            entry(
                "Established",
                true,
                "InitialNamesAccepted",
                "the initial names have been accepted",
            )
        } else {
            entry(
                "Established",
                false,
                "NotAccepted",
                "not all names are accepted",
            )
        };
        set_condition(&mut conditions, established, now);
    }
    let mut status = at(definition, "status").clone();
    if !status.is_object() {
        status = Value::object();
    }
    status.set_at(&["acceptedNames"], names);
    status.set_at(&["conditions"], Value::Array(conditions));
    status
}

/// Whether no webhook can be trusted to convert.
fn has_broken_bundle(definition: &Value) -> bool {
    const PLACE: &[&str] = &["spec", "conversion", "webhook", "clientConfig", "caBundle"];
    is_broken_bundle(sp(definition, PLACE))
}

/// Says how far a deletion is.
pub fn terminating(definition: &mut Value, reason: &str, message: &str, now: &str) {
    let mut conditions = list(at(definition, "status"), "conditions").to_vec();
    set_condition(
        &mut conditions,
        entry("Terminating", true, reason, message),
        now,
    );
    definition.set_at(&["status", "conditions"], Value::Array(conditions));
}

/// Says that a deletion has come to its end.
pub fn terminated(definition: &mut Value, now: &str) {
    let mut conditions = list(at(definition, "status"), "conditions").to_vec();
    let made = entry(
        "Terminating",
        false,
        "InstanceDeletionCompleted",
        "removed all instances",
    );
    set_condition(&mut conditions, made, now);
    definition.set_at(&["status", "conditions"], Value::Array(conditions));
}

/// A definition that is stored may be older than the rule that schemas are
/// structural.
fn structure(definition: &Value, conditions: &mut Vec<Value>, now: &str) {
    const KIND: &str = "NonStructuralSchema";
    match skeg_registry::validation::definition::not_structural(definition) {
        None => conditions.retain(|c| s(c, "type") != KIND),
        Some(why) => set_condition(conditions, entry(KIND, true, "Violations", why), now),
    }
}

/// Groups below k8s.io need the approval of their API's reviewers.
fn approval(definition: &Value, conditions: &mut Vec<Value>, now: &str) {
    const KIND: &str = "KubernetesAPIApprovalPolicyConformant";
    let group = sp(definition, &["spec", "group"]);
    if !skeg_registry::custom::is_protected(group) {
        conditions.retain(|c| s(c, "type") != KIND);
        return;
    }
    let (approved, reason, message) = skeg_registry::custom::approval(definition);
    let made = entry(KIND, approved, reason, message);
    let known = conditions.iter().any(|c| {
        ["type", "status", "reason", "message"]
            .iter()
            .all(|field| at(c, field) == at(&made, field))
    });
    if !known {
        set_condition(conditions, made, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(name: &str, kind: &str, short: &str) -> Value {
        json!({
            "metadata": {"name": format!("{name}.example.com")},
            "spec": {"group": "example.com", "names": {"plural": name, "singular": kind.to_lowercase(),
                "kind": kind, "listKind": format!("{kind}List"), "shortNames": [short]}},
            "status": {"acceptedNames": {"plural": "", "kind": ""}, "conditions": null},
        })
    }

    #[test]
    fn what_is_not_structural_is_told() {
        let mut old = definition("widgets", "Widget", "w");
        let versions = json!([{"name": "v1", "schema": {"openAPIV3Schema": {"type": "object",
            "properties": {"b": {}, "a": {}}}}}]);
        old.set_at(&["spec", "versions"], versions.clone());
        old.set_at(&["spec", "preserveUnknownFields"], true);
        let made = json!({"status": status(&old, &[], "t0")});
        let told = condition(&made, "NonStructuralSchema").expect("a condition");
        assert_eq!(
            (s(told, "status"), s(told, "reason"), s(told, "message")),
            (
                "True",
                "Violations",
                "[spec.preserveUnknownFields: Invalid value: true: must be false, \
                 spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields, \
                 spec.versions[0].schema.openAPIV3Schema.properties[b].type: Required value: must not be empty for specified object fields]"
            )
        );
        old.set_at(&["status"], made["status"].clone());
        let schema = json!([{"name": "v1", "schema": {"openAPIV3Schema": {"type": "object"}}}]);
        old.set_at(&["spec", "versions"], schema);
        old.set_at(&["spec", "preserveUnknownFields"], false);
        let made = json!({"status": status(&old, &[], "t1")});
        assert_eq!(condition(&made, "NonStructuralSchema"), None);
    }

    #[test]
    fn a_bundle_that_is_none_keeps_a_definition_down() {
        let place = &["spec", "conversion", "webhook", "clientConfig", "caBundle"];
        let mut first = definition("widgets", "Widget", "w");
        first.set_at(place, "Cg==");
        first.set_at(&["status"], status(&first, &[], "t0"));
        assert!(is_true(&first, "NamesAccepted"));
        let told = condition(&first, "Established").expect("a condition");
        assert_eq!(
            (s(told, "status"), s(told, "reason"), s(told, "message")),
            (
                "False",
                "InvalidCABundle",
                "The conversion webhook CABundle is invalid"
            )
        );
        first.remove_at(place);
        let mended = json!({"status": status(&first, &[], "t1")});
        assert!(is_true(&mended, "Established"));
    }

    #[test]
    fn first_come_first_served() {
        let mut first = definition("widgets", "Widget", "w");
        let made = status(&first, &[], "t0");
        assert_eq!(made["acceptedNames"]["plural"], "widgets");
        first.set_at(&["status"], made);
        assert!(is_true(&first, "Established"));
        let second = definition("gadgets", "Widget", "w");
        let made = status(&second, &[&first, &second], "t1");
        let refused = json!({"status": made.clone()});
        assert!(!is_true(&refused, "NamesAccepted"));
        assert_eq!(
            condition(&refused, "NamesAccepted").map(|c| c["reason"].clone()),
            Some(Value::from("ListKindConflict"))
        );
        assert_eq!(made["acceptedNames"]["plural"], "gadgets");
        assert_eq!(made["acceptedNames"]["kind"], "");
    }
}
