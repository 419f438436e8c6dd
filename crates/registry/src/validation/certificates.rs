//! Rules of CertificateSigningRequests.

use super::names;
use crate::errors::{Errs, IMMUTABLE, omitted};
use crate::path::Path;
use crate::tree::{self, at, list, s};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_schema::Value;
use std::collections::HashSet;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::oid_registry::OID_SIG_ED25519;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;

const USAGES: &[&str] = &[
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
];

/// A new request.
pub fn request(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let bytes = s(spec, "request");
    let pem = STANDARD.decode(bytes).unwrap_or_default();
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE REQUEST-----") {
        let shown = if bytes.is_empty() {
            Value::Null
        } else {
            Value::from(bytes)
        };
        errs.invalid(
            &path.child("request"),
            shown,
            "PEM block type must be CERTIFICATE REQUEST",
        );
    }
    let usages = list(spec, "usages");
    let u_path = path.child("usages");
    if usages.is_empty() {
        errs.required(&u_path, "");
    }
    let mut seen = HashSet::new();
    for (n, u) in usages.iter().filter_map(Value::as_str).enumerate() {
        if !USAGES.contains(&u) {
            errs.not_supported(&u_path.index(n), u, USAGES);
        }
        if !seen.insert(u) {
            errs.duplicate(&u_path.index(n), u);
        }
    }
    let signer = s(spec, "signerName");
    let s_path = path.child("signerName");
    if signer == "kubernetes.io/legacy-unknown" {
        errs.invalid(
            &s_path,
            signer,
            "the legacy signerName is not allowed via this API version",
        );
    } else {
        signer_name(signer, &s_path, errs);
    }
    if let Some(seconds) = tree::i(spec, "expirationSeconds")
        && seconds < 600
    {
        errs.invalid(
            &path.child("expirationSeconds"),
            seconds,
            "may not specify a duration less than 600 seconds (10 minutes)",
        );
    }
    conditions(obj, errs);
}

/// `example.com/signer`
pub fn signer_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    if name.is_empty() {
        errs.required(path, "");
        return;
    }
    let parts: Vec<&str> = name.split('/').collect();
    let [domain, rest] = parts[..] else {
        errs.invalid(
            path,
            name,
            "must be a fully qualified domain and path of the form 'example.com/signer-name'",
        );
        return;
    };
    for label in domain.split('.') {
        for words in names::dns1123_label(label, false) {
            errs.invalid(path, domain, format!("validating label {label:?}: {words}"));
        }
    }
    if domain.split('.').count() < 2 {
        errs.invalid(
            path,
            domain,
            "should be a domain with at least two segments separated by dots",
        );
    }
    for words in names::dns1123_subdomain(rest, false) {
        errs.invalid(path, rest, format!("validating label {rest:?}: {words}"));
    }
}

fn conditions(obj: &Value, errs: &mut Errs) {
    let path = Path::root("status");
    let path = path.child("conditions");
    let mut seen = HashSet::new();
    let all = list(at(obj, "status"), "conditions");
    for (n, c) in all.iter().enumerate() {
        let at_path = path.index(n);
        let kind = s(c, "type");
        if kind.is_empty() {
            errs.required(&at_path.child("type"), "");
        }
        match (kind, s(c, "status")) {
            (_, "") => errs.required(&at_path.child("status"), ""),
            ("Approved" | "Denied" | "Failed", status) => {
                errs.one_of(&at_path.child("status"), status, &["True"]);
            }
            (_, status) => errs.one_of(
                &at_path.child("status"),
                status,
                &["True", "False", "Unknown"],
            ),
        }
        if !seen.insert(kind) {
            errs.duplicate(&at_path.child("type"), kind);
        }
    }
    let has = |kind: &str| all.iter().any(|c| s(c, "type") == kind);
    if has("Approved") && has("Denied") {
        for (n, c) in all.iter().enumerate() {
            if s(c, "type") == "Denied" {
                errs.invalid(
                    &path.index(n).child("type"),
                    "Denied",
                    "Approved and Denied conditions are mutually exclusive",
                );
            }
        }
    }
}

fn keep_decisions(new: &Value, old: &Value, errs: &mut Errs) {
    let path = Path::root("status");
    for kind in ["Approved", "Denied", "Failed"] {
        let has = |v: &Value| {
            list(at(v, "status"), "conditions")
                .iter()
                .any(|c| s(c, "type") == kind)
        };
        if has(old) && !has(new) {
            errs.forbidden(
                &path.child("conditions"),
                format!("updates may not remove a condition of type {kind:?}"),
            );
        }
    }
}

/// An approval or denial.
pub fn approval(new: &Value, old: &Value, errs: &mut Errs) {
    conditions(new, errs);
    keep_decisions(new, old, errs);
}

/// A changed status.
pub fn status(new: &Value, old: &Value, errs: &mut Errs) {
    conditions(new, errs);
    keep_decisions(new, old, errs);
    for kind in ["Approved", "Denied"] {
        let has = |v: &Value| {
            list(at(v, "status"), "conditions")
                .iter()
                .any(|c| s(c, "type") == kind)
        };
        if has(new) && !has(old) {
            errs.forbidden(
                &Path::root("status").child("conditions"),
                format!("updates may not add a condition of type {kind:?}"),
            );
        }
    }
    let (now, before) = (
        tree::sp(new, &["status", "certificate"]),
        tree::sp(old, &["status", "certificate"]),
    );
    let path = Path::root("status");
    let path = path.child("certificate");
    if !before.is_empty() && now != before {
        errs.forbidden(&path, "updates may not modify existing certificate content");
    } else if !now.is_empty() && now != before {
        let pem = STANDARD.decode(now).unwrap_or_default();
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            errs.invalid(
                &path,
                "<certificate data>",
                "must contain at least one CERTIFICATE PEM block",
            );
        }
    }
}

/// A pod's request for a certificate.
pub fn pod_request(obj: &Value, errs: &mut Errs) {
    const UID_MAX: usize = 128;
    const SECONDS_MIN: i64 = 3600;
    const SECONDS_MAX: i64 = 7_862_400;
    const OWN_SIGNERS_MAX: i64 = 86_400;
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let signer = s(spec, "signerName");
    signer_name(signer, &path.child("signerName"), errs);
    for (name, uid) in [
        ("podName", "podUID"),
        ("serviceAccountName", "serviceAccountUID"),
        ("nodeName", "nodeUID"),
    ] {
        let v = s(spec, name);
        errs.invalid_all(&path.child(name), v, names::dns1123_subdomain(v, false));
        let v = s(spec, uid);
        if v.is_empty() {
            errs.invalid(&path.child(uid), "", "must not be empty");
        } else if v.len() > UID_MAX {
            errs.too_long(&path.child(uid), UID_MAX);
        }
    }
    let own = signer.starts_with("kubernetes.io/");
    let max = if own { OWN_SIGNERS_MAX } else { SECONDS_MAX };
    if let Some(seconds) = tree::i(spec, "maxExpirationSeconds")
        && !(SECONDS_MIN..=max).contains(&seconds)
    {
        errs.invalid(
            &path.child("maxExpirationSeconds"),
            seconds,
            format!("must be in the range [{SECONDS_MIN}, {max}]"),
        );
    }
    for (key, _) in tree::sorted_pairs(at(spec, "unverifiedUserAnnotations")) {
        if !key.contains('/') {
            errs.invalid(
                &path.child("unverifiedUserAnnotations"),
                key,
                "must be a domain-prefixed key (such as \"acme.io/foo\")",
            );
        }
    }
    let stub = s(spec, "stubPKCS10Request");
    let key = !s(spec, "pkixPublicKey").is_empty() && !s(spec, "proofOfPossession").is_empty();
    if stub.is_empty() != key {
        errs.invalid(
            &path,
            omitted(),
            "exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set",
        );
    } else if !stub.is_empty() {
        let der = STANDARD.decode(stub).unwrap_or_default();
        if let Some((shown, words)) = stub_fault(&der) {
            errs.invalid(&path.child("stubPKCS10Request"), shown, words);
        }
    }
}

// What is wrong with the request that stands for a pod's key: the value to show, and words.
fn stub_fault(der: &[u8]) -> Option<(Value, &'static str)> {
    let Ok((_, request)) = X509CertificationRequest::from_der(der) else {
        return Some((omitted(), "must be a valid PKCS#10 CSR"));
    };
    if request.verify_signature().is_err() {
        return Some((omitted(), "invalid signature"));
    }
    let key = &request.certification_request_info.subject_pki;
    match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => {
            let bits = rsa.key_size();
            (!matches!(bits, 3072 | 4096)).then(|| {
                (
                    Value::from(format!("{bits}-bit modulus")),
                    "RSA keys must have modulus size 3072 or 4096",
                )
            })
        }
        Ok(PublicKey::EC(point)) => {
            (!matches!(point.key_size(), 256 | 384 | 521 | 528)).then(|| {
                (
                    omitted(),
                    "elliptic public keys must use curve P256, P384, or P521",
                )
            })
        }
        _ if key.algorithm.algorithm == OID_SIG_ED25519 => None,
        _ => Some((
            omitted(),
            "unknown public key type; supported types are Ed25519, ECDSA, and RSA",
        )),
    }
}

/// A pod's request keeps what it asked for.
pub fn pod_request_update(new: &Value, old: &Value, errs: &mut Errs) {
    if !tree::same(at(new, "spec"), at(old, "spec")) {
        errs.invalid(
            &Path::root("spec"),
            crate::dump::go(
                at(new, "spec"),
                "certificates/v1beta1.PodCertificateRequestSpec",
            ),
            IMMUTABLE,
        );
    }
}

/// An answered request keeps its answer.
pub fn pod_request_status(new: &Value, old: &Value, errs: &mut Errs) {
    let done = list(at(old, "status"), "conditions")
        .iter()
        .any(|c| matches!(s(c, "type"), "Issued" | "Denied" | "Failed"));
    if done && !tree::same(at(new, "status"), at(old, "status")) {
        errs.invalid(
            &Path::root("status"),
            omitted(),
            "immutable after PodCertificateRequest is issued, denied, or failed",
        );
    }
}

/// The organizations that a CertificateSigningRequest asks a certificate for.
pub fn organizations(obj: &Value) -> Vec<String> {
    let text = STANDARD
        .decode(tree::sp(obj, &["spec", "request"]))
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let body: String = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.starts_with("-----"))
        .collect();
    let der = STANDARD.decode(body).unwrap_or_default();
    let Ok((_, request)) = X509CertificationRequest::from_der(&der) else {
        return Vec::new();
    };
    request
        .certification_request_info
        .subject
        .iter_organization()
        .filter_map(|o| o.as_str().ok().map(str::to_owned))
        .collect()
}
