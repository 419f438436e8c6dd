//! Status, ephemeralcontainers and resize of pods.

use crate::context::Ctx;
use crate::dump;
use crate::errors::Errs;
use crate::generic::bump_generation;
use crate::path::Path;
use crate::tree::{self, at, has, list, s, same};
use crate::validation::pod as rules_of;
use crate::validation::{names, numbers};
use skeg_meta::Status;
use skeg_schema::Value;

const RESIZABLE: &[&str] = &["cpu", "memory"];

/// Reduces the request to what the subresource may change.
pub fn prepare(
    _ctx: &Ctx<'_>,
    subresource: &str,
    new: &mut Value,
    old: &Value,
) -> Result<(), Status> {
    match subresource {
        "ephemeralcontainers" => {
            let wanted = tree::path(new, &["spec", "ephemeralContainers"]).clone();
            *new = with_meta(old, new);
            let spec = tree::obj_mut(new, "spec");
            if wanted.is_null() {
                tree::remove(spec, "ephemeralContainers");
            } else {
                tree::set(spec, "ephemeralContainers", wanted);
            }
        }
        "resize" => {
            let wanted = at(new, "spec").clone();
            *new = with_meta(old, new);
            let spec = tree::obj_mut(new, "spec");
            for kind in ["containers", "initContainers"] {
                let asked = list(&wanted, kind).to_vec();
                let count = list(spec, kind).len();
                if asked.len() != count {
                    if !asked.is_empty() || count > 0 {
                        tree::set(spec, kind, Value::Array(asked));
                    }
                    continue;
                }
                for (c, w) in tree::list_mut(spec, kind).iter_mut().zip(&asked) {
                    if s(c, "name") != s(w, "name") {
                        continue;
                    }
                    tree::copy(c, w, "resources");
                    tree::copy(c, w, "resizePolicy");
                }
            }
        }
        // The server's own writes, which set what they mean.
        _ => {}
    }
    if matches!(subresource, "ephemeralcontainers" | "resize") {
        bump_generation(new, old, &["spec"]);
    }
    Ok(())
}

// The old object, with what identifies the request's version of it.
fn with_meta(old: &Value, new: &Value) -> Value {
    let mut out = old.clone();
    let meta = at(new, "metadata");
    let to = tree::obj_mut(&mut out, "metadata");
    for f in ["resourceVersion", "managedFields"] {
        tree::copy(to, meta, f);
    }
    out
}

/// The rules of these updates.
pub fn rules(_ctx: &Ctx<'_>, subresource: &str, new: &Value, old: &Value, errs: &mut Errs) {
    match subresource {
        "ephemeralcontainers" => ephemeral(new, old, errs),
        "resize" => resize(new, old, errs),
        _ => {}
    }
}

fn ephemeral(new: &Value, old: &Value, errs: &mut Errs) {
    rules_of::whole(new, errs);
    let path = Path::root("spec");
    let path = path.child("ephemeralContainers");
    let (now, before) = (
        list(at(new, "spec"), "ephemeralContainers"),
        list(at(old, "spec"), "ephemeralContainers"),
    );
    for o in before {
        let name = s(o, "name");
        match now.iter().find(|n| s(n, "name") == name) {
            None => errs.forbidden(
                &path,
                format!("existing ephemeral containers {name:?} may not be removed\n"),
            ),
            Some(n) if !same(n, o) => {
                let lines = |v: &Value| dump::indented(&dump::go(v, "core/v1.EphemeralContainer"));
                errs.forbidden(
                    &path,
                    format!(
                        "existing ephemeral containers {name:?} may not be changed\n{}",
                        dump::diff(&lines(o), &lines(n))
                    ),
                );
            }
            Some(_) => {}
        }
    }
}

fn resize(new: &Value, old: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    rules_of::whole(new, errs);
    if s(n, "nodeName").is_empty() && s(o, "nodeName").is_empty() {
        // Nothing runs yet; the new sizes hold from the start.
    }
    if tree::annotation(old, "kubernetes.io/config.mirror").is_some() {
        errs.forbidden(&Path::NIL, "static pods cannot be resized");
    }
    if tree::sp(n, &["os", "name"]) == "windows" {
        errs.forbidden(&Path::NIL, "windows pods cannot be resized");
    }
    for kind in ["containers", "initContainers"] {
        if list(n, kind).len() != list(o, kind).len() {
            errs.forbidden(
                &path.child(kind),
                "containers may not be added or removed on resize",
            );
            return;
        }
    }
    let (before, after) = (
        rules_of::resources::qos_class(o),
        rules_of::resources::qos_class(n),
    );
    if before != after {
        errs.invalid(
            &path,
            before,
            "Pod QOS Class may not change as a result of resizing",
        );
    }
    for kind in ["containers", "initContainers"] {
        for (i, (a, b)) in list(n, kind).iter().zip(list(o, kind)).enumerate() {
            let at_path = path.child(kind);
            let at_path = at_path.index(i);
            removed(a, b, &at_path.child("resources"), errs);
        }
    }
    let mut munged = n.clone();
    for kind in ["containers", "initContainers"] {
        for (c, before) in tree::list_mut(&mut munged, kind)
            .iter_mut()
            .zip(list(o, kind))
        {
            let kept = tree::obj_mut(c, "resources");
            for part in ["limits", "requests"] {
                let old_list = tree::path(before, &["resources", part]);
                if old_list.is_null() {
                    if let Some(now) = tree::get_mut(kept, part) {
                        if let Value::Object(o) = now {
                            o.retain(|k, _| !RESIZABLE.contains(&k));
                        }
                        if tree::is_zero(now) {
                            tree::remove(kept, part);
                        }
                    }
                    continue;
                }
                let now = tree::obj_mut(kept, part);
                for r in RESIZABLE {
                    tree::copy(now, old_list, r);
                }
            }
        }
    }
    if !same(&munged, o) {
        errs.forbidden(&path, "only cpu and memory resources are mutable");
    }
}

// A limit or request that is there may change but not go.
fn removed(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    for part in ["limits", "requests"] {
        let (n, o) = (
            tree::path(new, &["resources", part]),
            tree::path(old, &["resources", part]),
        );
        if RESIZABLE.iter().any(|r| has(o, r) && !has(n, r)) {
            errs.forbidden(
                &path.child(part),
                format!("resource {part} cannot be removed"),
            );
        }
    }
}

/// The rules of a status update.
pub fn status(new: &Value, old: &Value, errs: &mut Errs) {
    let (st, before) = (at(new, "status"), at(old, "status"));
    let path = Path::root("status");
    let node = s(st, "nominatedNodeName");
    if !node.is_empty()
        && node != s(before, "nominatedNodeName")
        && !tree::sp(new, &["spec", "nodeName"]).is_empty()
    {
        errs.forbidden(
            &path.child("nominatedNodeName"),
            "may not be set on pods that are already bound to a node",
        );
    } else if !node.is_empty() {
        errs.invalid_all(
            &path.child("nominatedNodeName"),
            node,
            names::dns1123_subdomain(node, false),
        );
    }
    if let Some(g) = tree::i(st, "observedGeneration")
        && g < 0
    {
        errs.invalid(
            &path.child("observedGeneration"),
            g,
            "must be a non-negative integer",
        );
    }
    for (n, c) in list(st, "conditions").iter().enumerate() {
        let at_path = path.child("conditions");
        let at_path = at_path.index(n);
        numbers::non_negative(c, "observedGeneration", &at_path, errs);
        let kind = s(c, "type");
        errs.invalid_all(&at_path.child("Type"), kind, names::qualified_name(kind));
    }
    restarts(new, old, errs);
    if !s(before, "qosClass").is_empty() && s(st, "qosClass") != s(before, "qosClass") {
        errs.invalid(
            &path.child("qosClass"),
            s(st, "qosClass"),
            crate::errors::IMMUTABLE,
        );
    }
    addresses(st, &path, errs);
}

// A container that ended for good does not run again.
fn restarts(new: &Value, old: &Value, errs: &mut Errs) {
    let spec = at(new, "spec");
    let policy = s(spec, "restartPolicy");
    if policy == "Always" {
        return;
    }
    let path = Path::root("status");
    for (field, kind) in [
        ("containerStatuses", "containers"),
        ("initContainerStatuses", "initContainers"),
    ] {
        for o in list(at(old, "status"), field) {
            let ended = tree::path(o, &["state", "terminated"]);
            if ended.is_null() {
                continue;
            }
            if tree::i0(ended, "exitCode") != 0 && policy == "OnFailure" {
                continue;
            }
            let name = s(o, "name");
            let may_restart = list(spec, kind).iter().any(|c| {
                s(c, "name") == name
                    && (matches!(s(c, "restartPolicy"), "Always" | "OnFailure")
                        || !list(c, "restartPolicyRules").is_empty())
            });
            if may_restart {
                continue;
            }
            let lives = list(at(new, "status"), field)
                .iter()
                .enumerate()
                .find(|(_, n)| {
                    s(n, "name") == name && tree::path(n, &["state", "terminated"]).is_null()
                });
            if let Some((n, _)) = lives {
                errs.forbidden(
                    &path.child(field).index(n).child("state"),
                    "may not be transitioned to non-terminated state",
                );
            }
        }
    }
}

fn addresses(st: &Value, path: &Path<'_>, errs: &mut Errs) {
    for field in ["podIPs", "hostIPs"] {
        let all = list(st, field);
        let at_path = path.child(field);
        if field == "hostIPs"
            && let Some(first) = all.first()
            && s(first, "ip") != s(st, "hostIP")
        {
            errs.invalid(
                &at_path.index(0).child("ip"),
                s(first, "ip"),
                "must be equal to `hostIP`",
            );
        }
        for (n, a) in all.iter().enumerate() {
            let ip = s(a, "ip");
            errs.invalid_all(&at_path.index(n), ip, names::ip(ip));
        }
        if all.len() > 2 {
            errs.invalid(
                &at_path,
                dump::go_list(&Value::Array(all.to_vec()), "core/v1.PodIP"),
                "may specify no more than one IP for each IP family",
            );
        } else if all.len() == 2 {
            let families: Vec<bool> = all
                .iter()
                .filter_map(|a| names::parse_ip(s(a, "ip")))
                .map(|ip| ip.is_ipv4())
                .collect();
            if families.len() == 2 && families[0] == families[1] {
                errs.invalid(
                    &at_path,
                    dump::go_list(&Value::Array(all.to_vec()), "core/v1.PodIP"),
                    "may specify no more than one IP for each IP family",
                );
            }
        }
    }
}
