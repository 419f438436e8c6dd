//! Rules of CertificateSigningRequests.

use super::names;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, list, s};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_schema::Value;
use std::collections::HashSet;

const USAGES: &[&str] = &[
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign",
    "data encipherment", "decipher only", "digital signature", "email protection",
    "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement",
    "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth",
    "signing", "timestamping",
];

/// A new request.
pub fn request(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let bytes = s(spec, "request");
    let pem = STANDARD.decode(bytes).unwrap_or_default();
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE REQUEST-----") {
        let shown = if bytes.is_empty() { Value::Null } else { Value::from(bytes) };
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
            (_, status) => errs.one_of(&at_path.child("status"), status, &["True", "False", "Unknown"]),
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
            errs.invalid(&path, "<certificate data>", "must contain at least one CERTIFICATE PEM block");
        }
    }
}
