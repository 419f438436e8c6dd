//! Volumes that outlive pods: sources, claims, classes.

use super::metadata;
use super::names;
use super::numbers::quantity;
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, i, list, s, same};
use skeg_meta::Quantity;
use skeg_schema::Value;

/// Every access mode.
pub const ACCESS_MODES: &[&str] = &[
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];

/// Fields that must be there.
pub fn required(v: &Value, fields: &[&str], path: &Path<'_>, errs: &mut Errs) {
    for f in fields {
        if tree::is_zero(at(v, f)) {
            errs.required(&path.child(f), "");
        }
    }
}

/// A hostPath source.
pub fn host_path(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let p = s(v, "path");
    if p.is_empty() {
        errs.required(&path.child("path"), "");
        return;
    }
    super::pod::volumes::no_backsteps(p, &path.child("path"), errs);
    if let Some(kind) = at(v, "type").as_str() {
        errs.one_of(
            &path.child("type"),
            kind,
            &[
                "",
                "BlockDevice",
                "CharDevice",
                "Directory",
                "DirectoryOrCreate",
                "File",
                "FileOrCreate",
                "Socket",
            ],
        );
    }
}

/// An nfs source.
pub fn nfs(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    required(v, &["server", "path"], path, errs);
    let p = s(v, "path");
    if !p.starts_with('/') {
        errs.invalid(&path.child("path"), p, "must be an absolute path");
    }
}

/// An iscsi source.
pub fn iscsi(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    required(v, &["targetPortal"], path, errs);
    let iqn = s(v, "iqn");
    if iqn.is_empty() {
        errs.required(&path.child("iqn"), "");
    } else if !["iqn.", "eui.", "naa."].iter().any(|p| iqn.starts_with(p)) {
        errs.invalid(
            &path.child("iqn"),
            iqn,
            "must be valid format starting with iqn, eui, or naa",
        );
    }
    let lun = tree::i0(v, "lun");
    if !(0..=255).contains(&lun) {
        errs.invalid(
            &path.child("lun"),
            lun,
            "must be between 0 and 255, inclusive",
        );
    }
}

/// An fc source.
pub fn fc(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (names, ids) = (list(v, "targetWWNs"), list(v, "wwids"));
    if names.is_empty() && ids.is_empty() {
        errs.required(
            &path.child("targetWWNs"),
            "must specify either targetWWNs or wwids, but not both",
        );
    }
    if !names.is_empty() && !ids.is_empty() {
        errs.invalid(
            &path.child("targetWWNs"),
            Value::Array(names.to_vec()),
            "targetWWNs and wwids can not be specified simultaneously",
        );
    }
    if !names.is_empty() {
        match i(v, "lun") {
            None => errs.required(
                &path.child("lun"),
                "lun is required if targetWWNs is specified",
            ),
            Some(lun) if !(0..=255).contains(&lun) => {
                errs.invalid(
                    &path.child("lun"),
                    lun,
                    "must be between 0 and 255, inclusive",
                );
            }
            Some(_) => {}
        }
    }
}

/// The name of a CSI driver.
pub fn csi_driver_name(v: &str, path: &Path<'_>, errs: &mut Errs) {
    if v.is_empty() {
        errs.required(path, "");
    }
    if v.len() > 63 {
        errs.too_long(path, 63);
    }
    if !v.is_empty() {
        errs.invalid_all(path, v, names::dns1123_subdomain(&v.to_lowercase(), false));
    }
}

fn access_modes(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let modes = list(v, "accessModes");
    for m in modes.iter().filter_map(Value::as_str) {
        errs.one_of(path, m, ACCESS_MODES);
    }
    if modes.len() > 1 && modes.iter().any(|m| m.as_str() == Some("ReadWriteOncePod")) {
        errs.forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
}

fn positive(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let q = quantity(v);
    if q <= Quantity::default() {
        errs.invalid(path, q.to_string(), "must be greater than zero");
    }
}

/// A PersistentVolumeClaimSpec.
pub fn claim_spec(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let modes = path.child("accessModes");
    if list(spec, "accessModes").is_empty() {
        errs.required(&modes, "at least 1 access mode is required");
    }
    if has(spec, "selector") {
        metadata::label_selector(at(spec, "selector"), &path.child("selector"), errs);
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
        errs.invalid_all(
            &path.child("storageClassName"),
            class,
            names::dns1123_subdomain(class, false),
        );
    }
    if let Some(mode) = at(spec, "volumeMode").as_str() {
        errs.one_of(&path.child("volumeMode"), mode, &["Block", "Filesystem"]);
    }
    if has(spec, "dataSource") {
        data_source(at(spec, "dataSource"), &path.child("dataSource"), errs);
    }
    if has(spec, "dataSourceRef") && !same(at(spec, "dataSource"), at(spec, "dataSourceRef")) {
        data_source(
            at(spec, "dataSourceRef"),
            &path.child("dataSourceRef"),
            errs,
        );
    }
    let (a, b) = (at(spec, "dataSource"), at(spec, "dataSourceRef"));
    if !a.is_null() && !b.is_null() && s(b, "namespace").is_empty() {
        let alike = ["apiGroup", "kind", "name"]
            .iter()
            .all(|f| s(a, f) == s(b, f));
        if !alike {
            errs.invalid(path, Value::object(), "must match dataSourceRef");
        }
    }
    if let Some(class) = at(spec, "volumeAttributesClassName").as_str()
        && !class.is_empty()
    {
        errs.invalid_all(
            &path.child("volumeAttributesClassName"),
            class,
            names::dns1123_subdomain(class, false),
        );
    }
}

fn data_source(src: &Value, path: &Path<'_>, errs: &mut Errs) {
    required(src, &["name", "kind"], path, errs);
    let (group, kind) = (s(src, "apiGroup"), s(src, "kind"));
    if group.is_empty() && kind != "PersistentVolumeClaim" {
        errs.invalid(
            path,
            kind,
            "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
        );
    }
    if !group.is_empty() {
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

/// A changed claim: only its size, and where it has not been bound, its name.
pub fn claim_update(new: &Value, old: &Value, errs: &mut Errs) {
    claim(new, errs);
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let mut kept = n.clone();
    // A claim that waits may be given its volume.
    if s(o, "volumeName").is_empty() && tree::sp(old, &["status", "phase"]) != "Bound" {
        tree::copy(&mut kept, o, "volumeName");
    }
    let bound = tree::sp(old, &["status", "phase"]) == "Bound";
    if bound {
        // Growing is the storage's business.
        let size = tree::path(o, &["resources", "requests", "storage"]).clone();
        if let Some(r) = tree::get_mut(&mut kept, "resources")
            && let Some(requests) = tree::get_mut(r, "requests")
        {
            tree::set(requests, "storage", size);
        }
    }
    tree::copy(&mut kept, o, "volumeAttributesClassName");
    if !has(o, "storageClassName") && has(n, "storageClassName") && !bound {
        tree::copy(&mut kept, o, "storageClassName");
    }
    if !same(&kept, o) {
        errs.forbidden(
            &path,
            format!(
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n{}",
                dump::diff(
                    &dump::indented(&dump::go(o, "core/v1.PersistentVolumeClaimSpec")),
                    &dump::indented(&dump::go(&kept, "core/v1.PersistentVolumeClaimSpec")),
                )
            ),
        );
    }
    let size = |v: &Value| quantity(tree::path(v, &["resources", "requests", "storage"]));
    let granted = tree::path(old, &["status", "capacity", "storage"]);
    let lowest = if granted.is_null() {
        size(o)
    } else {
        quantity(granted)
    };
    if size(n) < size(o) && size(n) <= lowest {
        errs.forbidden(
            &path.child("resources").child("requests").child("storage"),
            "field can not be less than status.capacity",
        );
    }
}

/// Volume sources that only persistent volumes have, or share.
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
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if list(spec, "accessModes").is_empty() {
        errs.required(&path.child("accessModes"), "");
    }
    access_modes(spec, &path.child("accessModes"), errs);
    let capacity = at(spec, "capacity");
    let capacity_path = path.child("capacity");
    if tree::is_zero(capacity) {
        errs.required(&capacity_path, "");
    }
    if capacity.get("storage").is_none() || tree::pairs(capacity).count() > 1 {
        let shown = if tree::is_zero(capacity) {
            Value::Null
        } else {
            capacity.clone()
        };
        errs.not_supported(&capacity_path, dump::json(&shown, ""), &["storage"]);
    }
    for (name, v) in tree::sorted_pairs(capacity) {
        if let Some(q) = Some(quantity(v))
            && q < Quantity::default()
        {
            errs.invalid(
                &capacity_path.key(name),
                q.to_string(),
                "must be greater than or equal to 0",
            );
        }
        positive(v, &capacity_path.key(name), errs);
    }
    let reclaim = s(spec, "persistentVolumeReclaimPolicy");
    if !reclaim.is_empty() {
        errs.one_of(
            &path.child("persistentVolumeReclaimPolicy"),
            reclaim,
            &["Delete", "Recycle", "Retain"],
        );
    }
    let mut affinity = false;
    if has(spec, "nodeAffinity") {
        affinity = true;
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
    let mut found = false;
    for field in SOURCES {
        let src = at(spec, field);
        if src.is_null() {
            continue;
        }
        let at_path = path.child(field);
        if found {
            errs.forbidden(&at_path, "may not specify more than 1 volume type");
            continue;
        }
        found = true;
        volume_source(field, src, affinity, &path, &at_path, errs);
    }
    if !found {
        errs.required(&path, "must specify a volume type");
    }
    if tree::sp(spec, &["hostPath", "path"]) == "/" && reclaim == "Recycle" {
        errs.forbidden(
            &path.child("persistentVolumeReclaimPolicy"),
            "may not be 'recycle' for a hostPath mount of '/'",
        );
    }
    let class = s(spec, "storageClassName");
    if !class.is_empty() {
        errs.invalid_all(
            &path.child("storageClassName"),
            class,
            names::dns1123_subdomain(class, false),
        );
    }
    if let Some(mode) = at(spec, "volumeMode").as_str() {
        errs.one_of(&path.child("volumeMode"), mode, &["Block", "Filesystem"]);
    }
    if let Some(class) = at(spec, "volumeAttributesClassName").as_str() {
        if class.is_empty() {
            errs.required(
                &path.child("volumeAttributesClassName"),
                "an empty string is disallowed",
            );
        }
        if !has(spec, "csi") {
            errs.required(
                &path.child("csi"),
                "has to be specified when using volumeAttributesClassName",
            );
        }
    }
}

fn volume_source(
    field: &str,
    src: &Value,
    affinity: bool,
    spec: &Path<'_>,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    match field {
        "hostPath" => host_path(src, path, errs),
        "nfs" => nfs(src, path, errs),
        "iscsi" => iscsi(src, path, errs),
        "fc" => fc(src, path, errs),
        "local" => {
            let p = s(src, "path");
            if p.is_empty() {
                errs.required(&path.child("path"), "");
            } else {
                super::pod::volumes::no_backsteps(p, &path.child("path"), errs);
            }
            if !affinity {
                errs.required(
                    &spec.child("nodeAffinity"),
                    "Local volume requires node affinity",
                );
            }
        }
        "csi" => {
            csi_driver_name(s(src, "driver"), &path.child("driver"), errs);
            required(src, &["volumeHandle"], path, errs);
            for secret in [
                "controllerPublishSecretRef",
                "nodePublishSecretRef",
                "nodeStageSecretRef",
                "controllerExpandSecretRef",
                "nodeExpandSecretRef",
            ] {
                if has(src, secret) {
                    // The namespace of the older ones was never asked for.
                    let fields: &[&str] = if secret.ends_with("ExpandSecretRef") {
                        &["name", "namespace"]
                    } else {
                        &["name"]
                    };
                    required(at(src, secret), fields, &path.child(secret), errs);
                }
            }
        }
        "rbd" => required(src, &["monitors", "image"], path, errs),
        "cephfs" => required(src, &["monitors"], path, errs),
        "glusterfs" => required(src, &["endpoints", "path"], path, errs),
        "azureFile" => required(src, &["secretName", "shareName"], path, errs),
        "azureDisk" => required(src, &["diskName", "diskURI"], path, errs),
        "awsElasticBlockStore" | "cinder" | "portworxVolume" => {
            required(src, &["volumeID"], path, errs)
        }
        "gcePersistentDisk" => required(src, &["pdName"], path, errs),
        "flexVolume" => required(src, &["driver"], path, errs),
        "vsphereVolume" => required(src, &["volumePath"], path, errs),
        "photonPersistentDisk" => required(src, &["pdID"], path, errs),
        "quobyte" => required(src, &["registry", "volume"], path, errs),
        "scaleIO" => required(src, &["gateway", "system", "volumeName"], path, errs),
        _ => {}
    }
}

/// A changed PersistentVolume keeps its source, mode and place.
pub fn volume_update(new: &Value, old: &Value, errs: &mut Errs) {
    volume(new, errs);
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let source = |v: &Value| -> Value {
        let mut out = Value::object();
        for f in SOURCES {
            if let Some(src) = v.get(f).filter(|src| !src.is_null()) {
                let mut src = src.clone();
                if *f == "csi" {
                    // Secrets for expansion may be added later.
                    tree::remove(&mut src, "controllerExpandSecretRef");
                    tree::remove(&mut src, "nodeExpandSecretRef");
                }
                tree::set(&mut out, *f, src);
            }
        }
        out
    };
    let (a, b) = (source(n), source(o));
    if !same(&a, &b) {
        let shown = |v: &Value| {
            let mut whole = Value::object();
            for f in SOURCES {
                tree::copy(&mut whole, v, f);
            }
            dump::indented(&dump::go(&whole, "core/v1.PersistentVolumeSource"))
        };
        errs.forbidden(
            &path.child("persistentvolumesource"),
            format!(
                "spec.persistentvolumesource is immutable after creation\n{}",
                dump::diff(&shown(o), &shown(n))
            ),
        );
    }
    if !same(at(n, "volumeMode"), at(o, "volumeMode")) {
        errs.invalid(
            &Path::root("volumeMode"),
            at(n, "volumeMode").clone(),
            IMMUTABLE,
        );
    }
    if has(o, "nodeAffinity") && !same(at(n, "nodeAffinity"), at(o, "nodeAffinity")) {
        errs.invalid(
            &Path::root("nodeAffinity"),
            dump::go(at(n, "nodeAffinity"), "core/v1.VolumeNodeAffinity"),
            "field is immutable, except for updating from beta label to GA",
        );
    }
}

/// A volume that is described in a VolumeAttachment.
pub fn inline_volume(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    if !has(spec, "csi") {
        errs.required(
            &path.child("csi"),
            "has to be specified in the context of inline volumes",
        );
    }
    if list(spec, "accessModes").is_empty() {
        errs.required(&path.child("accessModes"), "");
    }
    access_modes(spec, &path.child("accessModes"), errs);
    if has(spec, "csi") {
        volume_source(
            "csi",
            at(spec, "csi"),
            false,
            path,
            &path.child("csi"),
            errs,
        );
    }
}

/// A claim's changed status.
pub fn claim_status(new: &Value, errs: &mut Errs) {
    const STATES: &[&str] = &[
        "ControllerResizeInProgress",
        "ControllerResizeInfeasible",
        "NodeResizePending",
        "NodeResizeInProgress",
        "NodeResizeInfeasible",
    ];
    let status = at(new, "status");
    let path = Path::root("status");
    for (name, v) in tree::sorted_pairs(at(status, "capacity")) {
        super::pod::resources::amount(name, v, &path.child("capacity").key(name), errs);
    }
    let states = path.child("allocatedResourceStatuses");
    let known = |name: &str| name == "storage" || super::pod::resources::extended(name);
    for (name, v) in tree::sorted_pairs(at(status, "allocatedResourceStatuses")) {
        if !known(name) {
            errs.not_supported(&states, name, &["storage"]);
        }
        errs.one_of(&states.key(name), v.as_str().unwrap_or(""), STATES);
    }
    let sizes = path.child("allocatedResources");
    for (name, v) in tree::sorted_pairs(at(status, "allocatedResources")) {
        if !known(name) {
            errs.not_supported(&sizes, name, &["storage"]);
        }
        super::pod::resources::amount(name, v, &sizes.key(name), errs);
    }
}
