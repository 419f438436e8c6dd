//! Volumes that outlive pods, and claims to them.

use super::sources::{self, Owner};
use super::{metadata, names, numbers};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, list, s, same};
use skeg_meta::Quantity;
use skeg_schema::Value;

pub use sources::{csi_driver_name, required};

/// Every access mode.
pub const ACCESS_MODES: &[&str] = &[
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];

const VOLUME_MODES: &[&str] = &["Block", "Filesystem"];

/// The annotation that was a volume's mount options before it had a field.
pub const MOUNT_OPTIONS: &str = "volume.beta.kubernetes.io/mount-options";

/// Sources whose mount options may be given by that annotation.
const MOUNTED_WITH_OPTIONS: &[&str] = &[
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "nfs",
    "rbd",
    "quobyte",
    "iscsi",
    "cinder",
    "cephfs",
    "azureFile",
    "vsphereVolume",
    "azureDisk",
    "portworxVolume",
];

/// The annotation that was a claim's class before it had a field.
const CLASS_ANNOTATION: &str = "volume.beta.kubernetes.io/storage-class";

fn access_modes(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (mut alone, mut others) = (false, false);
    for m in list(v, "accessModes").iter().filter_map(Value::as_str) {
        errs.one_of(path, m, ACCESS_MODES);
        if m == "ReadWriteOncePod" {
            alone = true;
        } else if ACCESS_MODES.contains(&m) {
            others = true;
        }
    }
    if alone && others {
        errs.forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
}

fn positive(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let q = numbers::quantity(v);
    if q <= Quantity::default() {
        errs.invalid(path, q.to_string(), "must be greater than zero");
    }
}

/// Whether a path, followed without looking at links, ends at the root.
fn is_root(path: &str) -> bool {
    let depth = path
        .split('/')
        .fold(0_usize, |depth, segment| match segment {
            "" | "." => depth,
            ".." => depth.saturating_sub(1),
            _ => depth + 1,
        });
    path.starts_with('/') && depth == 0
}

/// An amount that a volume may have.
fn basic(v: &Value, path: &Path<'_>, errs: &mut Errs) -> bool {
    let q = numbers::quantity(v);
    let wrong = q < Quantity::default();
    if wrong {
        errs.invalid(path, q.value(), "must be a valid resource quantity");
    }
    !wrong
}

fn class_name(v: &str, path: &Path<'_>, errs: &mut Errs) {
    errs.invalid_all(path, v, names::dns1123_subdomain(v, false));
}

/// What an older version of a claim had wrong, which it may keep.
#[derive(Clone, Copy, Default)]
struct Kept {
    selector: bool,
    api_group: bool,
}

/// A PersistentVolumeClaimSpec.
pub fn claim_spec(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    claim_spec_with(spec, Kept::default(), path, errs);
}

fn claim_spec_with(spec: &Value, kept: Kept, path: &Path<'_>, errs: &mut Errs) {
    let modes = path.child("accessModes");
    if list(spec, "accessModes").is_empty() {
        errs.required(&modes, "at least 1 access mode is required");
    }
    if has(spec, "selector") {
        let before = errs.len();
        metadata::label_selector(at(spec, "selector"), &path.child("selector"), errs);
        if kept.selector {
            errs.truncate(before);
        }
    }
    access_modes(spec, &modes, errs);
    let storage = tree::path(spec, &["resources", "requests", "storage"]);
    let resources = path.child("resources");
    if storage.is_null() {
        errs.required(&resources.key("storage"), "");
    } else {
        positive(storage, &resources.key("storage"), errs);
    }
    if let Some(class) = at(spec, "storageClassName").as_str()
        && !class.is_empty()
    {
        class_name(class, &path.child("storageClassName"), errs);
    }
    if let Some(mode) = at(spec, "volumeMode").as_str() {
        errs.one_of(&path.child("volumeMode"), mode, VOLUME_MODES);
    }
    data_sources(spec, kept, path, errs);
    if let Some(class) = at(spec, "volumeAttributesClassName").as_str()
        && !class.is_empty()
    {
        class_name(class, &path.child("volumeAttributesClassName"), errs);
    }
}

fn data_sources(spec: &Value, kept: Kept, path: &Path<'_>, errs: &mut Errs) {
    let (source, reference) = (at(spec, "dataSource"), at(spec, "dataSourceRef"));
    if !source.is_null() {
        data_source(source, kept, &path.child("dataSource"), errs);
    }
    let ns = s(reference, "namespace");
    if !reference.is_null() {
        let r_path = path.child("dataSourceRef");
        data_source(reference, kept, &r_path, errs);
        if !ns.is_empty() {
            errs.invalid_all(
                &r_path.child("namespace"),
                ns,
                names::dns1123_label(ns, false),
            );
        }
    }
    if source.is_null() || reference.is_null() {
        return;
    }
    // Upstream shows the path that it meant to show, as an empty struct.
    if !ns.is_empty() {
        errs.invalid(
            path,
            Value::object(),
            "may not be specified when dataSourceRef.namespace is specified",
        );
        return;
    }
    let alike = at(source, "apiGroup").as_str() == at(reference, "apiGroup").as_str()
        && ["kind", "name"]
            .iter()
            .all(|f| s(source, f) == s(reference, f));
    if !alike {
        errs.invalid(path, Value::object(), "must match dataSourceRef");
    }
}

fn data_source(src: &Value, kept: Kept, path: &Path<'_>, errs: &mut Errs) {
    required(src, &["name", "kind"], path, errs);
    let (group, kind) = (s(src, "apiGroup"), s(src, "kind"));
    if group.is_empty() && kind != "PersistentVolumeClaim" {
        errs.invalid(
            path,
            kind,
            "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
        );
    }
    if !group.is_empty() && !kept.api_group {
        errs.invalid_all(
            &path.child("apiGroup"),
            group,
            names::dns1123_subdomain(group, false),
        );
    }
}

/// A claim.
pub fn claim(obj: &Value, errs: &mut Errs) {
    claim_spec(at(obj, "spec"), &Path::root("spec"), errs);
}

/// Whether a claim moves its class from the annotation to the field.
fn moves_class(new: &Value, old: &Value) -> bool {
    let Some(class) = tree::annotation(old, CLASS_ANNOTATION) else {
        return false;
    };
    let field = |v: &Value| {
        at(at(v, "spec"), "storageClassName")
            .as_str()
            .map(str::to_owned)
    };
    field(old).is_none()
        && field(new).as_deref() == Some(class)
        && tree::annotation(new, CLASS_ANNOTATION).is_none_or(|now| now == class)
}

/// Whether a claim without a class is given one.
fn gains_class(new: &Value, old: &Value) -> bool {
    let class = at(at(new, "spec"), "storageClassName").as_str();
    !has(at(old, "spec"), "storageClassName")
        && class.is_some()
        && tree::annotation(old, CLASS_ANNOTATION).is_none_or(|before| Some(before) == class)
}

/// A changed claim: only its size, and where it has not been bound, its name.
pub fn claim_update(new: &Value, old: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let mut selector = Errs::new();
    metadata::label_selector(at(o, "selector"), &path, &mut selector);
    let kept = Kept {
        selector: !selector.is_empty(),
        api_group: has(at(o, "dataSource"), "apiGroup") || has(at(o, "dataSourceRef"), "apiGroup"),
    };
    claim_spec_with(n, kept, &path, errs);
    let (mut now, mut before) = (n.clone(), o.clone());
    if s(o, "volumeName").is_empty() {
        tree::copy(&mut before, n, "volumeName");
    }
    if moves_class(new, old) {
        tree::remove(&mut now, "storageClassName");
    } else {
        let annotation = |v| tree::annotation(v, CLASS_ANNOTATION).unwrap_or("");
        if annotation(new) != annotation(old) {
            errs.invalid(
                &Path::root("metadata")
                    .child("annotations")
                    .child(CLASS_ANNOTATION),
                annotation(new),
                IMMUTABLE,
            );
        }
        if gains_class(new, old) {
            tree::copy(&mut now, o, "storageClassName");
        }
    }
    if tree::sp(new, &["status", "phase"]) == "Bound" {
        let size = tree::path(o, &["resources", "requests", "storage"]).clone();
        if let Some(r) = tree::get_mut(&mut now, "resources")
            && let Some(requests) = tree::get_mut(r, "requests")
        {
            tree::set(requests, "storage", size);
        }
        tree::copy(&mut now, o, "volumeAttributesClassName");
    }
    if !same(&now, &before) {
        let lines = |v: &Value| dump::indented(&dump::go(v, "core/v1.PersistentVolumeClaimSpec"));
        errs.forbidden(
            &path,
            format!(
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n{}",
                dump::diff(&lines(&before), &lines(&now)),
            ),
        );
    }
    shrinks(new, old, &path, errs);
    errs.immutable(
        &Path::root("volumeMode"),
        at(n, "volumeMode"),
        at(o, "volumeMode"),
    );
    attributes_class_of_claim(new, old, &path, errs);
}

/// A class that was applied can be changed, and not be taken away.
fn attributes_class_of_claim(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    const FIELD: &str = "volumeAttributesClassName";
    let (now, before) = (at(at(new, "spec"), FIELD), at(at(old, "spec"), FIELD));
    if !has(at(old, "status"), "currentVolumeAttributesClassName") || now == before {
        return;
    }
    let what = match now.as_str() {
        None => "nil",
        Some("") => "empty string",
        Some(_) => return,
    };
    errs.forbidden(
        &path.child(FIELD),
        format!(
            "update to {what} is forbidden when status.currentVolumeAttributesClassName is not nil"
        ),
    );
}

/// Only what was asked for and never granted can be given up.
fn shrinks(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    let size =
        |v: &Value| numbers::quantity(tree::path(v, &["spec", "resources", "requests", "storage"]));
    let granted = numbers::quantity(tree::path(old, &["status", "capacity", "storage"]));
    if size(new) < size(old) && size(new) <= granted {
        errs.forbidden(
            &path.child("resources").child("requests").child("storage"),
            "field can not be less than status.capacity",
        );
    }
}

fn attributes_class_update(n: &Value, o: &Value, path: &Path<'_>, errs: &mut Errs) {
    const FIELD: &str = "volumeAttributesClassName";
    if has(o, FIELD) && !has(n, FIELD) {
        let path = path.child(FIELD);
        errs.forbidden(&path, "update from non-nil value to nil is forbidden");
    }
}

/// Sources of persistent volumes, in upstream's order.
const SOURCES: &[&str] = &[
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
];

/// A PersistentVolume.
pub fn volume(obj: &Value, errs: &mut Errs) {
    volume_spec(obj, errs);
    mount_options(obj, errs);
}

fn mount_options(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    if tree::annotation(obj, MOUNT_OPTIONS).is_some()
        && !MOUNTED_WITH_OPTIONS.iter().any(|f| has(spec, f))
    {
        errs.forbidden(
            &Path::root("metadata")
                .child("annotations")
                .child(MOUNT_OPTIONS),
            "may not specify mount options for this volume type",
        );
    }
}

fn volume_spec(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if list(spec, "accessModes").is_empty() {
        errs.required(&path.child("accessModes"), "");
    }
    access_modes(spec, &path.child("accessModes"), errs);
    capacity(spec, &path.child("capacity"), errs);
    let reclaim = s(spec, "persistentVolumeReclaimPolicy");
    if !reclaim.is_empty() {
        errs.one_of(
            &path.child("persistentVolumeReclaimPolicy"),
            reclaim,
            &["Delete", "Recycle", "Retain"],
        );
    }
    if has(spec, "nodeAffinity") {
        let a_path = path.child("nodeAffinity");
        let required = at(at(spec, "nodeAffinity"), "required");
        if required.is_null() {
            errs.required(
                &a_path.child("required"),
                "must specify required node constraints",
            );
        } else {
            super::pod::affinity::node_selector(required, &a_path.child("required"), errs);
        }
    }
    volume_sources(spec, tree::name_of(obj), &path, errs);
    if is_root(s(at(spec, "hostPath"), "path")) && reclaim == "Recycle" {
        errs.forbidden(
            &path.child("persistentVolumeReclaimPolicy"),
            "may not be 'recycle' for a hostPath mount of '/'",
        );
    }
    let class = s(spec, "storageClassName");
    if !class.is_empty() {
        class_name(class, &path.child("storageClassName"), errs);
    }
    if let Some(mode) = at(spec, "volumeMode").as_str() {
        errs.one_of(&path.child("volumeMode"), mode, VOLUME_MODES);
    }
    attributes_class(spec, &path, errs);
}

fn attributes_class(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let Some(class) = at(spec, "volumeAttributesClassName").as_str() else {
        return;
    };
    let c_path = path.child("volumeAttributesClassName");
    if class.is_empty() {
        errs.required(&c_path, "an empty string is disallowed");
    } else {
        class_name(class, &c_path, errs);
    }
    if !has(spec, "csi") {
        errs.required(
            &path.child("csi"),
            "has to be specified when using volumeAttributesClassName",
        );
    }
}

fn capacity(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let capacity = at(spec, "capacity");
    if tree::is_zero(capacity) {
        errs.required(path, "");
    }
    if capacity.get("storage").is_none() || tree::pairs(capacity).count() > 1 {
        let shown = if tree::is_zero(capacity) {
            Value::Null
        } else {
            capacity.clone()
        };
        errs.not_supported(path, dump::json(&shown, ""), &["storage"]);
    }
    for (name, v) in tree::sorted_pairs(capacity) {
        basic(v, &path.key(name), errs);
        positive(v, &path.key(name), errs);
    }
}

fn volume_sources(spec: &Value, name: &str, path: &Path<'_>, errs: &mut Errs) {
    let mut found = false;
    for field in SOURCES {
        let src = at(spec, field);
        if src.is_null() {
            continue;
        }
        // Upstream forgot the second of these.
        if found && *field != "flexVolume" {
            errs.forbidden(
                &path.child(sources::second_name(field)),
                "may not specify more than 1 volume type",
            );
            continue;
        }
        found = true;
        let at_path = path.child(sources::own_name(field));
        let owner = Owner {
            persistent: Some(name),
        };
        match *field {
            "local" => local(src, has(spec, "nodeAffinity"), path, &at_path, errs),
            "csi" => csi(src, &at_path, errs),
            other => {
                sources::shared(other, src, owner, &at_path, errs);
            }
        }
    }
    if !found {
        errs.required(path, "must specify a volume type");
    }
}

fn local(src: &Value, affinity: bool, spec: &Path<'_>, path: &Path<'_>, errs: &mut Errs) {
    let p = s(src, "path");
    if p.is_empty() {
        errs.required(&path.child("path"), "");
    } else {
        sources::no_backsteps(p, &path.child("path"), errs);
    }
    if !affinity {
        errs.required(
            &spec.child("nodeAffinity"),
            "Local volume requires node affinity",
        );
    }
}

fn csi(src: &Value, path: &Path<'_>, errs: &mut Errs) {
    csi_driver_name(s(src, "driver"), &path.child("driver"), errs);
    required(src, &["volumeHandle"], path, errs);
    for secret in [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ] {
        if has(src, secret) {
            sources::secret_reference(at(src, secret), &path.child(secret), errs);
        }
    }
}

/// A changed PersistentVolume keeps its source, mode and place.
pub fn volume_update(new: &Value, old: &Value, errs: &mut Errs) {
    volume_spec(new, errs);
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let source = |v: &Value| -> Value {
        let mut out = Value::object();
        for f in SOURCES {
            tree::copy(&mut out, v, f);
        }
        out
    };
    let (mut now, before) = (source(n), source(o));
    // The secret for expansion may be added later.
    if has(&before, "csi")
        && !has(at(&before, "csi"), "controllerExpandSecretRef")
        && let Some(csi) = tree::get_mut(&mut now, "csi")
    {
        tree::remove(csi, "controllerExpandSecretRef");
    }
    if !same(&now, &before) {
        let lines = |v: &Value| dump::indented(&dump::go(v, "core/v1.PersistentVolumeSource"));
        errs.forbidden(
            &path.child("persistentvolumesource"),
            format!(
                "spec.persistentvolumesource is immutable after creation\n{}",
                dump::diff(&lines(&before), &lines(&now))
            ),
        );
    }
    errs.immutable(
        &Path::root("volumeMode"),
        at(n, "volumeMode"),
        at(o, "volumeMode"),
    );
    let affinity = at(o, "nodeAffinity");
    if !affinity.is_null()
        && !same(
            &graduated(affinity, at(n, "nodeAffinity")),
            at(n, "nodeAffinity"),
        )
    {
        errs.invalid(
            &Path::root("nodeAffinity"),
            dump::go(at(n, "nodeAffinity"), "core/v1.VolumeNodeAffinity"),
            "field is immutable, except for updating from beta label to GA",
        );
    }
    if !same(
        at(o, "volumeAttributesClassName"),
        at(n, "volumeAttributesClassName"),
    ) {
        attributes_class_update(n, o, &path, errs);
    }
    mount_options(new, errs);
}

/// Labels that were renamed when they became stable.
const GRADUATED: &[(&str, &str)] = &[
    (
        "failure-domain.beta.kubernetes.io/zone",
        "topology.kubernetes.io/zone",
    ),
    (
        "failure-domain.beta.kubernetes.io/region",
        "topology.kubernetes.io/region",
    ),
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    (
        "beta.kubernetes.io/instance-type",
        "node.kubernetes.io/instance-type",
    ),
];

/// The old affinity with those labels renamed that the new one has renamed.
fn graduated(old: &Value, new: &Value) -> Value {
    let mut out = old.clone();
    let new_terms = list(at(new, "required"), "nodeSelectorTerms");
    let Some(required) = tree::get_mut(&mut out, "required") else {
        return out;
    };
    for (term, new_term) in tree::list_mut(required, "nodeSelectorTerms")
        .iter_mut()
        .zip(new_terms)
    {
        let news = list(new_term, "matchExpressions");
        for (e, now) in tree::list_mut(term, "matchExpressions")
            .iter_mut()
            .zip(news)
        {
            let renamed = GRADUATED
                .iter()
                .any(|(beta, stable)| s(e, "key") == *beta && s(now, "key") == *stable);
            if renamed {
                tree::copy(e, now, "key");
            }
        }
    }
    out
}

/// A volume that is described in a VolumeAttachment.
pub fn inline_volume(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const INLINE: &str = "in the context of inline volumes";
    let unset = |field: &'static str, errs: &mut Errs| {
        if !tree::is_zero(at(spec, field)) {
            errs.forbidden(&path.child(field), format!("may not be specified {INLINE}"));
        }
    };
    unset("claimRef", errs);
    unset("capacity", errs);
    if !has(spec, "csi") {
        errs.required(&path.child("csi"), format!("has to be specified {INLINE}"));
    }
    if list(spec, "accessModes").is_empty() {
        errs.required(&path.child("accessModes"), "");
    }
    access_modes(spec, &path.child("accessModes"), errs);
    let reclaim = s(spec, "persistentVolumeReclaimPolicy");
    if !reclaim.is_empty() && reclaim != "Retain" {
        errs.forbidden(
            &path.child("persistentVolumeReclaimPolicy"),
            format!("may only be Retain {INLINE}"),
        );
    }
    unset("nodeAffinity", errs);
    volume_sources(spec, "", path, errs);
    unset("storageClassName", errs);
    if at(spec, "volumeMode")
        .as_str()
        .is_some_and(|mode| mode != "Filesystem")
    {
        errs.forbidden(
            &path.child("volumeMode"),
            format!("may not specify volumeMode other than Filesystem {INLINE}"),
        );
    }
    attributes_class(spec, path, errs);
}

/// A claim's changed status.
pub fn claim_status(new: &Value, errs: &mut Errs) {
    const STATES: &[&str] = &[
        "ControllerResizeInProgress",
        "ControllerResizeInfeasible",
        "NodeResizeInProgress",
        "NodeResizeInfeasible",
        "NodeResizePending",
    ];
    let status = at(new, "status");
    let path = Path::root("status");
    if list(at(new, "spec"), "accessModes").is_empty() {
        errs.required(&Path::root("Spec").child("accessModes"), "");
    }
    for (name, v) in tree::sorted_pairs(at(status, "capacity")) {
        basic(v, &path.child("capacity").key(name), errs);
    }
    let states = path.child("allocatedResourceStatuses");
    let mut sorted = STATES.to_vec();
    sorted.sort_unstable();
    for (name, v) in tree::sorted_pairs(at(status, "allocatedResourceStatuses")) {
        claim_resource(name, &states, errs);
        if !STATES.contains(&v.as_str().unwrap_or("")) {
            errs.not_supported(&states, name, &sorted);
        }
    }
    let sizes = path.child("allocatedResources");
    for (name, v) in tree::sorted_pairs(at(status, "allocatedResources")) {
        if claim_resource(name, &sizes, errs) {
            basic(v, &sizes.key(name), errs);
        }
    }
}

/// Of Kubernetes' own resources a claim has only storage.
fn claim_resource(name: &str, path: &Path<'_>, errs: &mut Errs) -> bool {
    let before = errs.len();
    let wrong = names::qualified_name(name);
    let native = !name.contains('/') || name.contains("kubernetes.io/");
    if wrong.is_empty() && native && name != "storage" {
        errs.not_supported(path, name, &["storage"]);
    }
    errs.invalid_all(path, name, wrong);
    errs.len() == before
}
