//! Projected volumes: several sources in one directory.

use super::env;
use super::volumes::{key_to_path, mode};
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, i, list, s};
use crate::validation::sources::local_non_reserved;
use crate::validation::{certificates, metadata, names};
use skeg_schema::Value;
use std::collections::HashSet;

/// Where files of one volume are, so that no two are in one place.
type Places<'a> = HashSet<&'a str>;

const CONFLICT: &str = "conflicting duplicate paths";

/// A projected volume.
pub fn projected(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    mode(v, "defaultMode", path, errs);
    let mut places = Places::new();
    let sources = path.child("sources");
    for (n, src) in list(v, "sources").iter().enumerate() {
        let at_path = sources.index(n);
        let mut count = 0;
        for kind in ["secret", "configMap"] {
            if has(src, kind) {
                count += 1;
                items(at(src, kind), path, &at_path.child(kind), &mut places, errs);
            }
        }
        if has(src, "downwardAPI") {
            count += 1;
            for item in list(at(src, "downwardAPI"), "items") {
                env::volume_file(item, &at_path.child("downwardAPI"), errs);
                let file = s(item, "path");
                if !file.is_empty() && !places.insert(file) {
                    errs.invalid(path, file, CONFLICT);
                }
            }
        }
        if has(src, "serviceAccountToken") {
            count += 1;
            let t_path = at_path.child("serviceAccountToken");
            token(at(src, "serviceAccountToken"), path, &t_path, errs);
        }
        if has(src, "clusterTrustBundle") {
            count += 1;
            let b_path = at_path.child("clusterTrustBundle");
            let bundle = at(src, "clusterTrustBundle");
            trust_bundle(bundle, path, &b_path, &mut places, errs);
        }
        if has(src, "podCertificate") {
            count += 1;
            let c_path = at_path.child("podCertificate");
            let certificate = at(src, "podCertificate");
            pod_certificate(certificate, path, &c_path, &mut places, errs);
        }
        if count > 1 {
            errs.forbidden(
                &at_path,
                "may not specify more than 1 volume type per source",
            );
        }
    }
}

fn items<'a>(
    src: &'a Value,
    volume: &Path<'_>,
    path: &Path<'_>,
    places: &mut Places<'a>,
    errs: &mut Errs,
) {
    let name = s(src, "name");
    if name.is_empty() {
        errs.required(&path.child("name"), "");
    }
    for (m, item) in list(src, "items").iter().enumerate() {
        key_to_path(item, &path.child("items").index(m), errs);
        let file = s(item, "path");
        if !file.is_empty() && !places.insert(file) {
            errs.invalid(volume, name, CONFLICT);
        }
    }
}

fn token(t: &Value, volume: &Path<'_>, path: &Path<'_>, errs: &mut Errs) {
    if let Some(seconds) = i(t, "expirationSeconds") {
        let p = path.child("expirationSeconds");
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
    // Upstream hangs the path on the volume.
    let file = s(t, "path");
    if file.is_empty() {
        errs.required(&volume.child("path"), "");
    } else {
        local_non_reserved(file, &volume.child("path"), errs);
    }
}

fn trust_bundle<'a>(
    b: &'a Value,
    volume: &Path<'_>,
    path: &Path<'_>,
    places: &mut Places<'a>,
    errs: &mut Errs,
) {
    match (at(b, "name").as_str(), at(b, "signerName").as_str()) {
        (Some(_), Some(_)) => errs.invalid(
            path,
            dump::go(b, "core/v1.ClusterTrustBundleProjection"),
            "only one of name and signerName may be used",
        ),
        (Some(name), None) => {
            if name.is_empty() {
                errs.required(&path.child("name"), "must be a valid object name");
            }
            for words in bundle_name_faults(name) {
                errs.invalid(
                    &path.child("name"),
                    name,
                    format!("not a valid clustertrustbundlename: {words}"),
                );
            }
            let selector = at(b, "labelSelector");
            if !selector.is_null() {
                errs.invalid(
                    &path.child("labelSelector"),
                    dump::json(selector, "meta/v1.LabelSelector"),
                    "labelSelector must be unset if name is specified",
                );
            }
        }
        (None, Some(signer)) => {
            if signer.is_empty() {
                errs.required(&path.child("signerName"), "must be a valid signer name");
            }
            certificates::signer_name(signer, &path.child("signerName"), errs);
            let selector = at(b, "labelSelector");
            metadata::label_selector(selector, &path.child("labelSelector"), errs);
        }
        (None, None) => errs.required(path, "either name or signerName must be specified"),
    }
    let file = s(b, "path");
    if file.is_empty() {
        errs.required(&path.child("path"), "");
    }
    local_non_reserved(file, &path.child("path"), errs);
    if !places.insert(file) {
        errs.invalid(volume, file, CONFLICT);
    }
}

/// What is wrong with the name of a ClusterTrustBundle. One of a signer begins
/// with the signer's name, in which colons stand for slashes.
fn bundle_name_faults(name: &str) -> Vec<String> {
    match name.rsplit_once(':') {
        Some(("", _)) => {
            vec!["ClusterTrustBundle without signer name must not have \":\" in its name".into()]
        }
        Some((prefix, rest)) => {
            let signer = prefix.replace(':', "/");
            if prefix.contains('/') {
                let prefix = prefix.replace('/', ":");
                return vec![format!(
                    "ClusterTrustBundle for signerName {signer} must be named with prefix {prefix}:"
                )];
            }
            names::dns1123_subdomain(rest, false)
        }
        None => names::dns1123_subdomain(name, false),
    }
}

fn pod_certificate<'a>(
    c: &'a Value,
    volume: &Path<'_>,
    path: &Path<'_>,
    places: &mut Places<'a>,
    errs: &mut Errs,
) {
    const KEY_TYPES: &[&str] = &[
        "RSA3072",
        "RSA4096",
        "ECDSAP256",
        "ECDSAP384",
        "ECDSAP521",
        "ED25519",
    ];
    const LIFETIME_MIN_SECONDS: i64 = 3600;
    const LIFETIME_MAX_SECONDS: i64 = 91 * 24 * 3600;
    /// Kubernetes' own signers make no certificates for longer than a day.
    const OWN_LIFETIME_MAX_SECONDS: i64 = 24 * 3600;
    let signer = s(c, "signerName");
    certificates::signer_name(signer, &path.child("signerName"), errs);
    if has(c, "userAnnotations") {
        metadata::user_annotations(
            at(c, "userAnnotations"),
            &path.child("userAnnotations"),
            errs,
        );
    }
    errs.one_of(&path.child("keyType"), s(c, "keyType"), KEY_TYPES);
    if let Some(seconds) = i(c, "maxExpirationSeconds") {
        let p = path.child("maxExpirationSeconds");
        if seconds < LIFETIME_MIN_SECONDS {
            errs.invalid(
                &p,
                seconds,
                format!("if provided, maxExpirationSeconds must be >= {LIFETIME_MIN_SECONDS}"),
            );
        }
        let max = if signer.starts_with("kubernetes.io/") {
            OWN_LIFETIME_MAX_SECONDS
        } else {
            LIFETIME_MAX_SECONDS
        };
        if seconds > max {
            errs.invalid(
                &p,
                seconds,
                format!("if provided, maxExpirationSeconds must be <= {max}"),
            );
        }
    }
    let mut none = true;
    for field in ["credentialBundlePath", "keyPath", "certificateChainPath"] {
        let file = s(c, field);
        if file.is_empty() {
            continue;
        }
        none = false;
        local_non_reserved(file, &path.child(field), errs);
        if !places.insert(file) {
            errs.invalid(volume, file, CONFLICT);
        }
    }
    if none {
        errs.required(
            path,
            "specify at least one of credentialBundlePath, keyPath, and certificateChainPath",
        );
    }
}
