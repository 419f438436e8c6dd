//! What may change in a pod: images, deadlines, tolerations, gates.

use super::scheduling;
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, i, list, s, same};
use skeg_schema::Value;

const UPDATABLE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// A changed pod (its own rules are checked before).
pub fn update(new: &Value, old: &Value, errs: &mut Errs) {
    annotations(new, old, errs);
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    if !same_count(n, o, "containers", &path, errs)
        || !same_count(n, o, "initContainers", &path, errs)
    {
        return;
    }
    let deadline_path = path.child("activeDeadlineSeconds");
    match (i(n, "activeDeadlineSeconds"), i(o, "activeDeadlineSeconds")) {
        (Some(new), before) => {
            if !(0..=i64::from(i32::MAX)).contains(&new) {
                errs.invalid(
                    &deadline_path,
                    new,
                    "must be between 0 and 2147483647, inclusive",
                );
                return;
            }
            if before.is_some_and(|b| b < new) {
                errs.invalid(
                    &deadline_path,
                    new,
                    "must be less than or equal to previous value",
                );
                return;
            }
        }
        (None, Some(_)) => errs.invalid(
            &deadline_path,
            Value::Null,
            "must not update from a positive integer to nil value",
        ),
        (None, None) => {}
    }
    added_tolerations(n, o, &path.child("tolerations"), errs);
    removed_gates(n, o, &path.child("schedulingGates"), errs);
    if same(n, o) {
        return;
    }
    let gated = !list(o, "schedulingGates").is_empty();
    let mut munged = n.clone();
    for kind in ["containers", "initContainers"] {
        for (c, before) in tree::list_mut(&mut munged, kind)
            .iter_mut()
            .zip(list(o, kind))
        {
            tree::copy(c, before, "image");
        }
    }
    for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] {
        tree::copy(&mut munged, o, field);
    }
    if i(o, "terminationGracePeriodSeconds").is_some_and(|g| g < 0)
        && i(n, "terminationGracePeriodSeconds") == Some(1)
    {
        tree::copy(&mut munged, o, "terminationGracePeriodSeconds");
    }
    if gated {
        gated_pod(&mut munged, o, &path, errs);
    }
    if !same(&munged, o) {
        errs.forbidden(&path, format!("{UPDATABLE}\n{}", spec_diff(o, &munged)));
    }
}

/// The lines in which two PodSpecs differ.
pub fn spec_diff(old: &Value, new: &Value) -> String {
    let lines = |v: &Value| dump::indented(&dump::go(v, "core/v1.PodSpec"));
    dump::diff(&lines(old), &lines(new))
}

const MIRROR: &str = "kubernetes.io/config.mirror";
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Annotations that say what a pod is stay as they are.
pub fn annotations(new: &Value, old: &Value, errs: &mut Errs) {
    let of = |v| at(at(v, "metadata"), "annotations");
    let (now, before) = (of(new), of(old));
    let path = Path::root("metadata");
    let path = path.child("annotations");
    for (key, v) in tree::sorted_pairs(before) {
        if now.get(key) == Some(v) {
            continue;
        }
        if key.starts_with(APPARMOR) {
            errs.forbidden(
                &path.key(key),
                "may not remove or update AppArmor annotations",
            );
        }
        if key == MIRROR {
            errs.forbidden(
                &path.key(key),
                "may not remove or update mirror pod annotation",
            );
        }
    }
    for (key, _) in tree::sorted_pairs(now) {
        if before.get(key).is_some() {
            continue;
        }
        if key.starts_with(APPARMOR) {
            errs.forbidden(&path.key(key), "may not add AppArmor annotations");
        }
        if key == MIRROR {
            errs.forbidden(&path.key(key), "may not add mirror pod annotation");
        }
    }
}

// Answers whether to go on.
fn same_count(new: &Value, old: &Value, kind: &str, path: &Path<'_>, errs: &mut Errs) -> bool {
    let fits = list(new, kind).len() == list(old, kind).len();
    if !fits {
        errs.forbidden(
            &path.child(kind),
            "pod updates may not add or remove containers",
        );
    }
    fits
}

fn added_tolerations(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    let alike = |a: &Value, b: &Value| {
        ["key", "operator", "value", "effect"]
            .iter()
            .all(|f| s(a, f) == s(b, f))
    };
    let now = list(new, "tolerations");
    if list(old, "tolerations")
        .iter()
        .any(|o| !now.iter().any(|n| alike(n, o)))
    {
        errs.forbidden(
            path,
            "existing toleration can not be modified except its tolerationSeconds",
        );
        return;
    }
    scheduling::tolerations(now, path, errs);
}

fn removed_gates(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    let before = list(old, "schedulingGates");
    for (n, g) in list(new, "schedulingGates").iter().enumerate() {
        let name = s(g, "name");
        if !before.iter().any(|b| s(b, "name") == name) {
            errs.forbidden(
                &path.index(n).child("name"),
                format!("only deletion is allowed, but found new scheduling gate '{name}'"),
            );
        }
    }
}

// A pod that waits may still narrow where it wants to go.
fn gated_pod(munged: &mut Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (n, o) = (at(munged, "nodeSelector"), at(old, "nodeSelector"));
    if !same(n, o) {
        if tree::pairs(o).any(|(k, v)| n.get(k) != Some(v)) {
            errs.invalid(
                &path.child("nodeSelector"),
                n.clone(),
                "only additions to spec.nodeSelector are allowed (no mutations or deletions)",
            );
        }
        tree::copy(munged, old, "nodeSelector");
    }
    let affinity = |v: &Value| tree::path(v, &["affinity", "nodeAffinity"]).clone();
    let (n, o) = (affinity(munged), affinity(old));
    if !same(&n, &o) {
        let path = path.child("affinity");
        node_affinity(&n, &o, &path.child("nodeAffinity"), errs);
        let has_before = tree::has(old, "affinity");
        if has_before {
            if o.is_null() {
                tree::remove(tree::obj_mut(munged, "affinity"), "nodeAffinity");
            } else {
                tree::set(tree::obj_mut(munged, "affinity"), "nodeAffinity", o);
            }
        } else {
            tree::remove(tree::obj_mut(munged, "affinity"), "nodeAffinity");
            if tree::is_zero(at(munged, "affinity")) {
                tree::remove(munged, "affinity");
            }
        }
    }
}

fn node_affinity(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
    if !tree::has(old, REQUIRED) {
        return;
    }
    let path = path.child(REQUIRED);
    let path = path.child("nodeSelectorTerms");
    let terms = |v: &Value| at(at(v, REQUIRED), "nodeSelectorTerms").clone();
    let (now, before) = (terms(new), terms(old));
    let (n, o) = (tree::items(&now), tree::items(&before));
    if n.len() != o.len() && !o.is_empty() {
        errs.invalid(
            &path,
            dump::go_list(&now, "core/v1.NodeSelectorTerm"),
            "no additions/deletions to non-empty NodeSelectorTerms list are allowed",
        );
        return;
    }
    const FIELDS: [&str; 2] = ["matchExpressions", "matchFields"];
    for (n, (a, b)) in n.iter().zip(o).enumerate() {
        let was_empty = FIELDS.iter().all(|f| list(b, f).is_empty());
        let is_empty = FIELDS.iter().all(|f| list(a, f).is_empty());
        let kept = FIELDS.iter().all(|f| {
            let (now, before) = (list(a, f), list(b, f));
            now.len() >= before.len() && before.iter().zip(now).all(|(x, y)| same(x, y))
        });
        // A term without requirements matches nothing; one must not widen it.
        if !kept || (was_empty && !is_empty) {
            errs.invalid(
                &path.index(n),
                dump::go(a, "core/v1.NodeSelectorTerm"),
                "only additions are allowed (no mutations or deletions)",
            );
        }
    }
}
