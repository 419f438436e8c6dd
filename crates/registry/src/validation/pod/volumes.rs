//! Volumes of a pod.

use super::env;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, i, list, s};
use crate::validation::{metadata, names, storage};
use skeg_schema::Value;
use std::collections::{HashMap, HashSet};

/// The valid volumes by name.
pub type Volumes<'a> = HashMap<&'a str, &'a Value>;

type Rule = fn(&Value, &Context<'_>, &Path<'_>, &mut Errs);

/// What the rule of one source may look at beside the source.
pub struct Context<'a> {
    volume_name: &'a str,
    meta: &'a Value,
}

/// Sources in upstream's order, each with its rule.
const SOURCES: &[(&str, Rule)] = &[
    ("emptyDir", empty_dir),
    ("hostPath", |v, _, p, e| storage::host_path(v, p, e)),
    ("gitRepo", git_repo),
    ("gcePersistentDisk", |v, _, p, e| {
        storage::required(v, &["pdName"], p, e)
    }),
    ("awsElasticBlockStore", |v, _, p, e| {
        storage::required(v, &["volumeID"], p, e)
    }),
    ("secret", secret),
    ("nfs", |v, _, p, e| storage::nfs(v, p, e)),
    ("iscsi", |v, _, p, e| storage::iscsi(v, p, e)),
    ("glusterfs", |v, _, p, e| {
        storage::required(v, &["endpoints", "path"], p, e)
    }),
    ("flocker", flocker),
    ("persistentVolumeClaim", |v, _, p, e| {
        storage::required(v, &["claimName"], p, e)
    }),
    ("rbd", |v, _, p, e| {
        storage::required(v, &["monitors", "image"], p, e)
    }),
    ("cinder", |v, _, p, e| {
        storage::required(v, &["volumeID"], p, e)
    }),
    ("cephfs", |v, _, p, e| {
        storage::required(v, &["monitors"], p, e)
    }),
    ("quobyte", |v, _, p, e| {
        storage::required(v, &["registry", "volume"], p, e)
    }),
    ("downwardAPI", downward_api),
    ("fc", |v, _, p, e| storage::fc(v, p, e)),
    ("flexVolume", |v, _, p, e| {
        storage::required(v, &["driver"], p, e)
    }),
    ("configMap", config_map),
    ("azureFile", |v, _, p, e| {
        storage::required(v, &["secretName", "shareName"], p, e)
    }),
    ("vsphereVolume", |v, _, p, e| {
        storage::required(v, &["volumePath"], p, e)
    }),
    ("photonPersistentDisk", |v, _, p, e| {
        storage::required(v, &["pdID"], p, e)
    }),
    ("portworxVolume", |v, _, p, e| {
        storage::required(v, &["volumeID"], p, e)
    }),
    ("azureDisk", |v, _, p, e| {
        storage::required(v, &["diskName", "diskURI"], p, e)
    }),
    ("storageos", |v, _, p, e| {
        storage::required(v, &["volumeName"], p, e)
    }),
    ("projected", projected),
    ("scaleIO", |v, _, p, e| {
        storage::required(v, &["gateway", "system", "volumeName"], p, e)
    }),
    ("csi", csi),
    ("ephemeral", ephemeral),
    ("image", image),
];

/// `volumes`. Answers those without a fault.
pub fn volumes<'a>(
    all: &'a [Value],
    meta: &Value,
    path: &Path<'_>,
    errs: &mut Errs,
) -> Volumes<'a> {
    let mut out = Volumes::new();
    for (n, v) in all.iter().enumerate() {
        let at_path = path.index(n);
        let before = errs.len();
        let name = s(v, "name");
        source(
            v,
            &Context {
                volume_name: name,
                meta,
            },
            &at_path,
            errs,
        );
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
    }
    out
}

fn source(v: &Value, context: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    let mut found = false;
    for (field, rule) in SOURCES {
        let src = at(v, field);
        if src.is_null() {
            continue;
        }
        let at_path = path.child(field);
        if found {
            errs.forbidden(&at_path, "may not specify more than 1 volume type");
            continue;
        }
        found = true;
        rule(src, context, &at_path, errs);
    }
    if !found {
        errs.required(path, "must specify a volume type");
    }
}

fn empty_dir(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
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

fn git_repo(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    storage::required(v, &["repository"], path, errs);
    local_descending(s(v, "directory"), &path.child("directory"), errs);
}

fn flocker(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    let (name, uuid) = (s(v, "datasetName"), s(v, "datasetUUID"));
    if name.is_empty() && uuid.is_empty() {
        errs.required(path, "one of datasetName and datasetUUID is required");
    }
    if !name.is_empty() && !uuid.is_empty() {
        errs.invalid(
            path,
            "resource",
            "datasetName and datasetUUID can not be specified simultaneously",
        );
    }
    if name.contains('/') {
        errs.invalid(&path.child("datasetName"), name, "must not contain '/'");
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

fn key_to_path(item: &Value, path: &Path<'_>, errs: &mut Errs) {
    if s(item, "key").is_empty() {
        errs.required(&path.child("key"), "");
    }
    if s(item, "path").is_empty() {
        errs.required(&path.child("path"), "");
    }
    local_non_reserved(s(item, "path"), &path.child("path"), errs);
    mode(item, "mode", path, errs);
}

fn secret(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    storage::required(v, &["secretName"], path, errs);
    mode(v, "defaultMode", path, errs);
    for (n, item) in list(v, "items").iter().enumerate() {
        key_to_path(item, &path.child("items").index(n), errs);
    }
}

fn config_map(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    storage::required(v, &["name"], path, errs);
    mode(v, "defaultMode", path, errs);
    for (n, item) in list(v, "items").iter().enumerate() {
        key_to_path(item, &path.child("items").index(n), errs);
    }
}

fn downward_api(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    mode(v, "defaultMode", path, errs);
    for item in list(v, "items") {
        env::volume_file(item, path, errs);
    }
}

fn projected(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    mode(v, "defaultMode", path, errs);
    let mut paths: HashSet<&str> = HashSet::new();
    let sources = path.child("sources");
    for (n, src) in list(v, "sources").iter().enumerate() {
        let at_path = sources.index(n);
        let mut count = 0;
        for kind in ["secret", "configMap"] {
            let p = at(src, kind);
            if p.is_null() {
                continue;
            }
            count += 1;
            let p_path = at_path.child(kind);
            if s(p, "name").is_empty() {
                errs.required(&p_path.child("name"), "");
            }
            for (m, item) in list(p, "items").iter().enumerate() {
                key_to_path(item, &p_path.child("items").index(m), errs);
                let file = s(item, "path");
                if !file.is_empty() && !paths.insert(file) {
                    errs.invalid(path, s(p, "name"), "conflicting duplicate paths");
                }
            }
        }
        if has(src, "downwardAPI") {
            count += 1;
            for (m, item) in list(at(src, "downwardAPI"), "items").iter().enumerate() {
                let p_path = at_path.child("downwardAPI");
                env::volume_file(item, &p_path.child("items").index(m), errs);
                let file = s(item, "path");
                if !file.is_empty() && !paths.insert(file) {
                    errs.invalid(path, file, "conflicting duplicate paths");
                }
            }
        }
        if has(src, "serviceAccountToken") {
            count += 1;
            token(
                at(src, "serviceAccountToken"),
                path,
                &at_path.child("serviceAccountToken"),
                &mut paths,
                errs,
            );
        }
        if has(src, "clusterTrustBundle") {
            count += 1;
            trust_bundle(
                at(src, "clusterTrustBundle"),
                path,
                &at_path.child("clusterTrustBundle"),
                &mut paths,
                errs,
            );
        }
        if has(src, "podCertificate") {
            count += 1;
            pod_certificate(
                at(src, "podCertificate"),
                &at_path.child("podCertificate"),
                errs,
            );
        }
        if count > 1 {
            errs.forbidden(
                &at_path,
                "may not specify more than 1 volume type per source",
            );
        }
    }
}

fn token<'a>(
    t: &'a Value,
    path: &Path<'_>,
    at_path: &Path<'_>,
    paths: &mut HashSet<&'a str>,
    errs: &mut Errs,
) {
    if let Some(seconds) = i(t, "expirationSeconds") {
        let p = at_path.child("expirationSeconds");
        if seconds < 600 {
            errs.invalid(
                &p,
                seconds,
                "may not specify a duration less than 10 minutes",
            );
        }
        if seconds > 1 << 32 {
            errs.invalid(
                &p,
                seconds,
                "may not specify a duration larger than 2^32 seconds",
            );
        }
    }
    let file = s(t, "path");
    if file.is_empty() {
        errs.required(&path.child("path"), "");
    } else {
        local_non_reserved(file, &path.child("path"), errs);
        if !paths.insert(file) {
            errs.invalid(path, file, "conflicting duplicate paths");
        }
    }
}

fn trust_bundle<'a>(
    b: &'a Value,
    path: &Path<'_>,
    at_path: &Path<'_>,
    paths: &mut HashSet<&'a str>,
    errs: &mut Errs,
) {
    let (name, signer) = (has(b, "name"), has(b, "signerName"));
    if !name && !signer {
        errs.required(at_path, "either name or signerName must be specified");
    }
    if name && signer {
        errs.invalid(
            at_path,
            b.clone(),
            "only one of name and signerName may be used",
        );
    }
    if let Some(n) = at(b, "name").as_str()
        && n.is_empty()
    {
        errs.required(&at_path.child("name"), "must be a valid object name");
    }
    if has(b, "labelSelector") {
        metadata::label_selector(
            at(b, "labelSelector"),
            &at_path.child("labelSelector"),
            errs,
        );
    }
    let file = s(b, "path");
    if file.is_empty() {
        errs.required(&at_path.child("path"), "");
    }
    local_non_reserved(file, &at_path.child("path"), errs);
    if !file.is_empty() && !paths.insert(file) {
        errs.invalid(path, file, "conflicting duplicate paths");
    }
}

fn pod_certificate(c: &Value, path: &Path<'_>, errs: &mut Errs) {
    const KEY_TYPES: &[&str] = &[
        "RSA3072",
        "RSA4096",
        "ECDSAP256",
        "ECDSAP384",
        "ECDSAP521",
        "ED25519",
    ];
    errs.one_of(&path.child("keyType"), s(c, "keyType"), KEY_TYPES);
    if let Some(seconds) = i(c, "maxExpirationSeconds") {
        let p = path.child("maxExpirationSeconds");
        if seconds < 3600 {
            errs.invalid(
                &p,
                seconds,
                "if provided, maxExpirationSeconds must be >= 3600",
            );
        }
    }
    let bundle = s(c, "credentialBundlePath");
    let (key, chain) = (s(c, "keyPath"), s(c, "certificateChainPath"));
    if bundle.is_empty() && key.is_empty() && chain.is_empty() {
        errs.required(
            path,
            "specify at least one of credentialBundlePath, keyPath, and certificateChainPath",
        );
    }
    for (field, v) in [
        ("credentialBundlePath", bundle),
        ("keyPath", key),
        ("certificateChainPath", chain),
    ] {
        if !v.is_empty() {
            local_non_reserved(v, &path.child(field), errs);
        }
    }
}

fn csi(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    storage::csi_driver_name(s(v, "driver"), &path.child("driver"), errs);
    if has(v, "nodePublishSecretRef") && s(at(v, "nodePublishSecretRef"), "name").is_empty() {
        errs.required(&path.child("nodePublishSecretRef").child("name"), "");
    }
}

fn ephemeral(v: &Value, context: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    let template = at(v, "volumeClaimTemplate");
    if template.is_null() {
        errs.required(&path.child("volumeClaimTemplate"), "");
    } else {
        let t_path = path.child("volumeClaimTemplate");
        let meta = at(template, "metadata");
        let m_path = t_path.child("metadata");
        metadata::annotations(at(meta, "annotations"), &m_path.child("annotations"), errs);
        metadata::labels(at(meta, "labels"), &m_path.child("labels"), errs);
        for (k, v) in tree::pairs(meta) {
            if !matches!(k, "annotations" | "labels") && !tree::is_zero(v) {
                errs.forbidden(&m_path.child(k), "cannot be set");
            }
        }
        storage::claim_spec(at(template, "spec"), &t_path.child("spec"), errs);
    }
    let pod = s(context.meta, "name");
    if !pod.is_empty() {
        let claim = format!("{pod}-{}", context.volume_name);
        for words in names::dns1123_subdomain(&claim, false) {
            errs.invalid(
                &path.child("name"),
                context.volume_name,
                format!("PVC name {claim:?}: {words}"),
            );
        }
    }
}

fn image(v: &Value, _: &Context<'_>, path: &Path<'_>, errs: &mut Errs) {
    let reference = s(v, "reference");
    if reference.is_empty() {
        errs.required(&path.child("reference"), "");
    }
    errs.one_of(
        &path.child("pullPolicy"),
        s(v, "pullPolicy"),
        &["Always", "IfNotPresent", "Never"],
    );
}

/// A relative path that does not climb.
pub fn local_descending(v: &str, path: &Path<'_>, errs: &mut Errs) {
    if v.starts_with('/') {
        errs.invalid(path, v, "must be a relative path");
    }
    no_backsteps(v, path, errs);
}

/// The same, and no name that begins with `..`.
pub fn local_non_reserved(v: &str, path: &Path<'_>, errs: &mut Errs) {
    local_descending(v, path, errs);
    if v.starts_with("..") && !v.starts_with("../") && v != ".." {
        errs.invalid(path, v, "must not start with '..'");
    }
}

/// No `..` among the segments.
pub fn no_backsteps(v: &str, path: &Path<'_>, errs: &mut Errs) {
    if v.split('/').any(|seg| seg == "..") {
        errs.invalid(path, v, "must not contain '..'");
    }
}
