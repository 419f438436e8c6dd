//! Volumes of a pod.

use super::{env, projected};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, i, list, s};
use crate::validation::sources::{self, Owner};
use crate::validation::{metadata, names, storage};
use skeg_schema::Value;
use std::collections::{HashMap, HashSet};

/// The valid volumes by name.
pub type Volumes<'a> = HashMap<&'a str, &'a Value>;

/// What the rule of one source may look at beside the source.
struct Context<'a> {
    volume_name: &'a str,
    pod_name: &'a str,
}

/// Sources in upstream's order.
const SOURCES: &[&str] = &[
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

/// `volumes` of a pod with this metadata, or of a template without any. Answers those
/// without a fault.
pub fn volumes<'a>(
    all: &'a [Value],
    meta: &Value,
    path: &Path<'_>,
    errs: &mut Errs,
) -> Volumes<'a> {
    let pod = s(meta, "name");
    let made: HashSet<String> = all
        .iter()
        .filter(|v| !pod.is_empty() && has(v, "ephemeral"))
        .map(|v| format!("{pod}-{}", s(v, "name")))
        .collect();
    let mut out = Volumes::new();
    for (n, v) in all.iter().enumerate() {
        let at_path = path.index(n);
        let before = errs.len();
        let name = s(v, "name");
        let context = Context {
            volume_name: name,
            pod_name: pod,
        };
        source(v, &context, &at_path, errs);
        let name_path = at_path.child("name");
        if name.is_empty() {
            errs.required(&name_path, "");
        } else {
            errs.invalid_all(&name_path, name, names::dns1123_label(name, false));
        }
        if out.contains_key(name) {
            errs.duplicate(&name_path, name);
        }
        if errs.len() == before {
            out.insert(name, v);
        }
        let claim = s(at(v, "persistentVolumeClaim"), "claimName");
        if made.contains(claim) {
            errs.invalid(
                &at_path.child("persistentVolumeClaim").child("claimName"),
                claim,
                "must not reference a PVC that gets created for an ephemeral volume",
            );
        }
    }
    out
}

fn source(v: &Value, context: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    let mut found = false;
    for field in SOURCES {
        let src = at(v, field);
        if src.is_null() {
            continue;
        }
        if found {
            errs.forbidden(
                &path.child(sources::second_name(field)),
                "may not specify more than 1 volume type",
            );
        } else {
            found = true;
            one_source(field, src, context, path, errs);
        }
        if *field == "iscsi"
            && has(src, "initiatorName")
            && context.volume_name.len() + 1 + s(src, "targetPortal").len() > 64
        {
            errs.invalid(
                &path.child("name"),
                context.volume_name,
                sources::ISCSI_TOO_LONG,
            );
        }
    }
    if !found {
        errs.required(path, "must specify a volume type");
    }
}

fn one_source(
    field: &'static str,
    src: &Value,
    context: &Context<'_>,
    volume: &Path<'_>,
    errs: &mut Errs,
) {
    let path = volume.child(sources::own_name(field));
    let owner = Owner { persistent: None };
    if sources::shared(field, src, owner, &path, errs) {
        return;
    }
    match field {
        "emptyDir" => empty_dir(src, &path, errs),
        "gitRepo" => {
            sources::required(src, &["repository"], &path, errs);
            sources::local_descending(s(src, "directory"), &path.child("directory"), errs);
        }
        "persistentVolumeClaim" => sources::required(src, &["claimName"], &path, errs),
        "secret" => secret(src, &path, errs),
        "configMap" => config_map(src, &path, errs),
        "downwardAPI" => downward_api(src, &path, errs),
        "projected" => projected::projected(src, &path, errs),
        "csi" => csi(src, &path, errs),
        "ephemeral" => ephemeral(src, context, volume, &path, errs),
        "image" => image(src, &path, errs),
        _ => {}
    }
}

fn empty_dir(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let limit = at(v, "sizeLimit");
    if !limit.is_null()
        && crate::validation::numbers::quantity(limit) < skeg_meta::Quantity::default()
    {
        errs.forbidden(
            &path.child("sizeLimit"),
            "SizeLimit field must be a valid resource quantity",
        );
    }
}

/// A file mode.
pub fn mode(v: &Value, field: &str, path: &Path<'_>, errs: &mut Errs) {
    if let Some(m) = i(v, field)
        && !(0..=0o777).contains(&m)
    {
        errs.invalid(
            &path.child(field),
            m,
            "must be a number between 0 and 0777 (octal), both inclusive",
        );
    }
}

pub(super) fn key_to_path(item: &Value, path: &Path<'_>, errs: &mut Errs) {
    if s(item, "key").is_empty() {
        errs.required(&path.child("key"), "");
    }
    if s(item, "path").is_empty() {
        errs.required(&path.child("path"), "");
    }
    sources::local_non_reserved(s(item, "path"), &path.child("path"), errs);
    mode(item, "mode", path, errs);
}

fn secret(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    sources::required(v, &["secretName"], path, errs);
    mode(v, "defaultMode", path, errs);
    for (n, item) in list(v, "items").iter().enumerate() {
        key_to_path(item, &path.child("items").index(n), errs);
    }
}

fn config_map(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    sources::required(v, &["name"], path, errs);
    mode(v, "defaultMode", path, errs);
    for (n, item) in list(v, "items").iter().enumerate() {
        key_to_path(item, &path.child("items").index(n), errs);
    }
}

fn downward_api(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    mode(v, "defaultMode", path, errs);
    for item in list(v, "items") {
        env::volume_file(item, path, errs);
    }
}

fn csi(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    sources::csi_driver_name(s(v, "driver"), &path.child("driver"), errs);
    if has(v, "nodePublishSecretRef") {
        let name = s(at(v, "nodePublishSecretRef"), "name");
        if name.is_empty() {
            errs.required(&path.child("nodePublishSecretRef").child("name"), "");
        } else {
            errs.invalid_all(
                &path.child("name"),
                name,
                names::dns1123_subdomain(name, false),
            );
        }
    }
}

fn ephemeral(
    v: &Value,
    context: &Context<'_>,
    volume: &Path<'_>,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let template = at(v, "volumeClaimTemplate");
    let t_path = path.child("volumeClaimTemplate");
    if template.is_null() {
        errs.required(&t_path, "");
    } else {
        metadata::template_meta(at(template, "metadata"), &t_path.child("metadata"), errs);
        storage::claim_spec(at(template, "spec"), &t_path.child("spec"), errs);
    }
    if context.pod_name.is_empty() || context.volume_name.is_empty() {
        return;
    }
    let claim = format!("{}-{}", context.pod_name, context.volume_name);
    for words in names::dns1123_subdomain(&claim, false) {
        errs.invalid(
            &volume.child("name"),
            context.volume_name,
            format!("PVC name {claim:?}: {words}"),
        );
    }
}

fn image(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    if s(v, "reference").is_empty() {
        errs.required(&path.child("reference"), "");
    }
    match s(v, "pullPolicy") {
        "" => errs.required(&path.child("pullPolicy"), ""),
        other => errs.one_of(
            &path.child("pullPolicy"),
            other,
            &["Always", "IfNotPresent", "Never"],
        ),
    }
}
