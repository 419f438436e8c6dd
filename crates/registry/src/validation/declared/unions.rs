//! Rules about several fields or elements at once.

use super::{rules, value};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at};
use skeg_schema::{FieldDesc, MessageDesc, Value};

fn set(v: &Value, field: &FieldDesc) -> bool {
    match at(v, field.json) {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        other => field.pointer || !tree::is_zero(other),
    }
}

fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    names.join(", ")
}

/// Of a union's members exactly one is set.
pub fn members(
    v: &Value,
    old: Option<&Value>,
    desc: &'static MessageDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let on = errs.features();
    let is_member =
        |field: &&FieldDesc| rules(on, field.markers).any(|rule| rule.starts_with("unionMember"));
    let members: Vec<&FieldDesc> = desc.fields.iter().filter(is_member).collect();
    if members.is_empty() {
        return;
    }
    // Old objects may hold what a later rule forbids.
    if old.is_some_and(|old| members.iter().all(|field| set(old, field) == set(v, field))) {
        return;
    }
    let names = |fields: &[&FieldDesc]| fields.iter().map(|f| f.json).collect::<Vec<_>>();
    let given: Vec<&FieldDesc> = members.iter().copied().filter(|f| set(v, f)).collect();
    let all = quoted(&names(&members));
    match given.len() {
        1 => {}
        0 => errs.invalid(path, "", format!("must specify one of: {all}")),
        _ => errs.invalid(
            path,
            format!("{{{}}}", names(&given).join(", ")),
            format!("must specify exactly one of: {all}"),
        ),
    }
}

/// Members that another one's value asks for.
pub fn modes(
    v: &Value,
    old: Option<&Value>,
    desc: &'static MessageDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let on = errs.features();
    let is_mode =
        |field: &&FieldDesc| rules(on, field.markers).any(|rule| rule == "modeDiscriminator");
    let Some(mode) = desc.fields.iter().find(is_mode) else {
        return;
    };
    let chosen = tree::s(v, mode.json);
    for field in desc.fields {
        let wanted = rules(on, field.markers).any(|rule| {
            rule.strip_prefix("ifMode(\"")
                .and_then(|rest| rest.strip_suffix("\")=+k8s:required"))
                == Some(chosen)
        });
        let unchanged = old.is_some_and(|old| {
            tree::s(old, mode.json) == chosen && tree::same(at(old, field.json), at(v, field.json))
        });
        if wanted && !unchanged && !set(v, field) {
            errs.required(&path.child(field.json), "");
        }
    }
}

/// Of some elements of a list at most one may be there.
pub fn items(
    items: &[Value],
    old: Option<&Value>,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let on = errs.features();
    let Some(key) = value(on, field.markers, "listMapKey") else {
        return;
    };
    let head = format!("item({key}: \"");
    let members: Vec<&str> = rules(on, field.markers)
        .filter_map(|rule| {
            rule.strip_prefix(&head)?
                .strip_suffix("\")=+k8s:zeroOrOneOfMember")
        })
        .collect();
    let there = |items: &[Value], member: &str| items.iter().any(|i| tree::s(i, key) == member);
    let before = old.map(tree::items);
    if before.is_some_and(|before| {
        members
            .iter()
            .all(|member| there(before, member) == there(items, member))
    }) {
        return;
    }
    let name = |member: &&str| format!("{}[{{\"{key}\": \"{member}\"}}]", field.json);
    let given: Vec<String> = members
        .iter()
        .filter(|member| there(items, member))
        .map(name)
        .collect();
    if given.len() > 1 {
        let all: Vec<String> = members.iter().map(name).collect();
        errs.invalid(
            path,
            format!("{{{}}}", given.join(", ")),
            format!("must specify at most one of: {}", quoted(&all)),
        );
    }
}
