//! The ephemeralcontainers and resize of pods.

use crate::context::Ctx;
use crate::defaults;
use crate::dump;
use crate::errors::Errs;
use crate::generic::bump_generation;
use crate::path::Path;
use crate::strategies::dropped;
use crate::tree::{self, at, has, list, s, same};
use crate::validation::pod as rules_of;
use skeg_meta::Status;
use skeg_schema::Value;

const RESIZABLE: &[&str] = &["cpu", "memory"];

/// Reduces the request to what the subresource may change.
pub fn prepare(
    ctx: &Ctx<'_>,
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
            dropped::pod_spec(ctx.features, spec, at(old, "spec"));
        }
        "resize" => {
            let wanted = at(new, "spec").clone();
            *new = with_meta(old, new);
            let spec = tree::obj_mut(new, "spec");
            tree::copy(spec, &wanted, "resources");
            for kind in ["containers", "initContainers"] {
                let asked = list(&wanted, kind).to_vec();
                let names = |all: &[Value]| -> Vec<String> {
                    all.iter().map(|c| s(c, "name").to_owned()).collect()
                };
                // Other containers are for the rules to refuse.
                if names(&asked) != names(list(spec, kind)) {
                    tree::set(spec, kind, Value::Array(asked));
                    continue;
                }
                for (c, w) in tree::list_mut(spec, kind).iter_mut().zip(&asked) {
                    tree::copy(c, w, "resources");
                    tree::copy(c, w, "resizePolicy");
                }
            }
            dropped::pod_spec(ctx.features, spec, at(old, "spec"));
            defaults::pod::pod_level(spec);
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
    if is_static(old) {
        errs.forbidden(&WHOLE, "static pods do not support ephemeral containers");
        return;
    }
    rules_of::whole(new, errs);
    rules_of::update::annotations(new, old, errs);
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

/// What no field is to blame for: upstream's path is there, and empty.
const WHOLE: Path<'static> = Path::NIL.key("");

fn is_static(pod: &Value) -> bool {
    tree::annotation(pod, "kubernetes.io/config.mirror").is_some()
}

const INIT: &str = "initContainers";

fn resize(new: &Value, old: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let start = errs.len();
    rules_of::whole(new, errs);
    let refuse = |words: &str, errs: &mut Errs| {
        errs.truncate(start);
        errs.forbidden(&WHOLE, words);
    };
    if is_static(old) {
        return refuse("static pods cannot be resized", errs);
    }
    if tree::sp(o, &["os", "name"]) == "windows" {
        return refuse("windows pods cannot be resized", errs);
    }
    let before = match tree::sp(old, &["status", "qosClass"]) {
        "" => rules_of::resources::qos_class(o),
        told => told,
    };
    if before != rules_of::resources::qos_class(n) {
        errs.invalid(
            &path,
            tree::sp(new, &["status", "qosClass"]),
            "Pod QOS Class may not change as a result of resizing",
        );
    }
    if !node_resizes(old) {
        errs.forbidden(&path, "Pod running on node without support for resize");
    }
    let mut munged = n.clone();
    pod_level(n, o, &mut munged, &path, errs);
    if !same_order(n, o, &path, errs) {
        return;
    }
    for kind in [INIT, "containers"] {
        for (i, (a, b)) in list(n, kind).iter().zip(list(o, kind)).enumerate() {
            let at_path = path.child(kind);
            let at_path = at_path.index(i);
            removed(
                at(a, "resources"),
                at(b, "resources"),
                "resource",
                &at_path.child("resources"),
                errs,
            );
        }
    }
    for kind in ["containers", INIT] {
        for (i, (c, before)) in tree::list_mut(&mut munged, kind)
            .iter_mut()
            .zip(list(o, kind))
            .enumerate()
        {
            let modified = !same(c, before);
            keep_amounts(tree::obj_mut(c, "resources"), at(before, "resources"));
            if tree::is_zero(at(c, "resources")) && !has(before, "resources") {
                tree::remove(c, "resources");
            }
            let differs = !same(c, before);
            if kind != INIT {
                if differs {
                    errs.forbidden(&path, "only cpu and memory resources are mutable");
                }
                continue;
            }
            let i_path = path.child(INIT);
            let i_path = i_path.index(i);
            if differs {
                errs.forbidden(
                    &i_path,
                    "only cpu and memory resources for init or sidecar containers are mutable",
                );
            }
            let restarts = list(c, "resizePolicy")
                .iter()
                .filter(|p| s(p, "restartPolicy") == "RestartContainer");
            if modified && s(c, "restartPolicy") != "Always" {
                for _ in restarts {
                    errs.forbidden(
                        &i_path,
                        "non-sidecar init containers with a resize policy of RestartContainer cannot be resized",
                    );
                }
            }
        }
    }
    if !same(at(n, "volumes"), at(o, "volumes")) {
        errs.forbidden(
            &path.child("volumes"),
            "volumes are immutable on resize when InPlacePodVerticalScalingMemoryBackedVolumes feature gate is disabled",
        );
    }
    if errs.len() == start && !same(&munged, o) {
        errs.forbidden(&path, "only cpu and memory resources are mutable");
    }
}

/// A node that can resize says what its running containers have.
fn node_resizes(pod: &Value) -> bool {
    list(at(pod, "status"), "containerStatuses")
        .iter()
        .find(|c| has(at(c, "state"), "running"))
        .is_none_or(|c| has(c, "resources"))
}

fn same_order(n: &Value, o: &Value, path: &Path<'_>, errs: &mut Errs) -> bool {
    let start = errs.len();
    for kind in ["containers", INIT] {
        let at_path = path.child(kind);
        let (now, before) = (list(n, kind), list(o, kind));
        if now.len() != before.len() {
            errs.forbidden(
                &at_path,
                format!("{kind} may not be added or removed on resize"),
            );
            continue;
        }
        for (i, (a, b)) in now.iter().zip(before).enumerate() {
            if s(a, "name") != s(b, "name") {
                errs.forbidden(
                    &at_path.index(i).child("name"),
                    format!("{kind} may not be renamed or reordered on resize"),
                );
            }
        }
    }
    errs.len() == start
}

/// The resources of the pod as a whole.
fn pod_level(n: &Value, o: &Value, munged: &mut Value, path: &Path<'_>, errs: &mut Errs) {
    let set = |v: &Value| {
        let r = at(v, "resources");
        !tree::is_zero(at(r, "requests")) || !tree::is_zero(at(r, "limits"))
    };
    if !set(n) && !set(o) {
        return;
    }
    let at_path = path.child("resources");
    let (now, before) = (at(n, "resources"), at(o, "resources"));
    if now.is_null() {
        errs.forbidden(&at_path, "pod-level resources cannot be removed");
        return;
    }
    if !before.is_null() {
        removed(now, before, "pod-level resource", &at_path, errs);
    }
    keep_amounts(tree::obj_mut(munged, "resources"), before);
    let empty = |r: &Value| {
        ["requests", "limits", "claims"]
            .iter()
            .all(|f| tree::is_zero(at(r, f)))
    };
    if before.is_null() && empty(at(munged, "resources")) {
        tree::remove(munged, "resources");
    }
    if !same(at(munged, "resources"), before) {
        errs.forbidden(
            path,
            "only cpu and memory resources are mutable at pod-level",
        );
    }
}

/// Gives requirements the amounts of CPU and memory that they had.
fn keep_amounts(kept: &mut Value, before: &Value) {
    for part in ["limits", "requests"] {
        let old_list = at(before, part);
        if !has(kept, part) && old_list.is_null() {
            continue;
        }
        let now = tree::obj_mut(kept, part);
        for r in RESIZABLE {
            tree::copy(now, old_list, r);
        }
        if tree::is_zero(at(kept, part)) && old_list.is_null() {
            tree::remove(kept, part);
        }
    }
}

// A limit or request that is there may change but not go.
fn removed(new: &Value, old: &Value, what: &str, path: &Path<'_>, errs: &mut Errs) {
    for part in ["requests", "limits"] {
        let now = at(new, part);
        if tree::pairs(at(old, part)).any(|(name, _)| now.get(name).is_none()) {
            errs.forbidden(
                &path.child(part),
                format!("{what} {part} cannot be removed"),
            );
        }
    }
}
