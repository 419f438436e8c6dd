//! Rules of CertificateSigningRequests.

use super::{metadata, names};
use crate::errors::{Errs, IMMUTABLE, omitted};
use crate::path::Path;
use crate::tree::{self, at, list, s};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_auth::pki::{KeyKind, PossessedKey, is_signed_by_its_key};
use skeg_meta::Time;
use skeg_schema::Value;
use std::collections::HashSet;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::oid_registry::OID_SIG_ED25519;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::X509Name;

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
    if let Some(why) = request_fault(&pem) {
        let shown = if bytes.is_empty() {
            Value::Null
        } else {
            Value::from(bytes)
        };
        errs.invalid(&path.child("request"), shown, why);
    }
    let usages = list(spec, "usages");
    let u_path = path.child("usages");
    if usages.is_empty() {
        errs.required(&u_path, "");
    }
    let usages = || usages.iter().filter_map(Value::as_str).enumerate();
    for (n, usage) in usages() {
        errs.one_of(&u_path.index(n), usage, USAGES);
    }
    let mut seen = HashSet::new();
    for (n, usage) in usages() {
        if !seen.insert(usage) {
            errs.duplicate(&u_path.index(n), usage);
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
    certificate(obj, errs);
}

// The request in PEM.
fn read_request(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    const TYPE: &str = "PEM block type must be CERTIFICATE REQUEST";
    let blocks = super::extension::pem_blocks(&String::from_utf8_lossy(bytes));
    let Some(block) = blocks.first() else {
        return Err(TYPE);
    };
    if block.label != "CERTIFICATE REQUEST" {
        return Err(TYPE);
    }
    let der = STANDARD.decode(&block.body).map_err(|_| TYPE)?;
    match X509CertificationRequest::from_der(&der) {
        Ok(([], _)) => Ok(der),
        Ok(_) => Err("asn1: syntax error: trailing data"),
        Err(_) => Err("asn1: structure error: malformed certificate request"),
    }
}

// What keeps bytes from being a request for a certificate.
fn request_fault(bytes: &[u8]) -> Option<&'static str> {
    let der = match read_request(bytes) {
        Ok(der) => der,
        Err(words) => return Some(words),
    };
    let (_, request) = X509CertificationRequest::from_der(&der).ok()?;
    if is_signed_by_its_key(&request) {
        return None;
    }
    Some(
        match request.certification_request_info.subject_pki.parsed() {
            Ok(PublicKey::RSA(_)) => "crypto/rsa: verification error",
            Ok(PublicKey::EC(_)) => "x509: ECDSA verification failure",
            _ => "x509: Ed25519 verification failure",
        },
    )
}

// Only certificates may be issued.
fn certificate(obj: &Value, errs: &mut Errs) {
    let text = tree::sp(obj, &["status", "certificate"]);
    if text.is_empty() {
        return;
    }
    let pem = STANDARD.decode(text).unwrap_or_default();
    let blocks = super::extension::pem_blocks(&String::from_utf8_lossy(&pem));
    let fault = if blocks.is_empty() {
        Some("must contain at least one CERTIFICATE PEM block".to_owned())
    } else {
        blocks.iter().find_map(|block| {
            let der = STANDARD.decode(&block.body).unwrap_or_default();
            if block.label != "CERTIFICATE" {
                let label = &block.label;
                Some(format!(
                    "only CERTIFICATE PEM blocks are allowed, found {label:?}"
                ))
            } else if block.headers {
                Some("no PEM block headers are permitted".to_owned())
            } else if der.is_empty() {
                Some("found CERTIFICATE PEM block containing 0 certificates".to_owned())
            } else if x509_parser::parse_x509_certificate(&der).is_err() {
                Some("x509: malformed certificate".to_owned())
            } else {
                None
            }
        })
    };
    if let Some(why) = fault {
        let path = Path::root("status");
        errs.invalid(&path.child("certificate"), "<certificate data>", why);
    }
}

/// How long the name of a signer may be: a domain, and a path as long as a domain and a label.
const SIGNER_NAME_MAX: usize = 2 * names::SUBDOMAIN_MAX + names::LABEL_MAX + 2;

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
    if domain.len() > names::SUBDOMAIN_MAX {
        errs.too_long(path, names::SUBDOMAIN_MAX);
    }
    first_fault(domain, names::dns1123_label, path, errs);
    if domain.split('.').count() < 2 {
        errs.invalid(
            path,
            domain,
            "should be a domain with at least two segments separated by dots",
        );
    }
    first_fault(rest, names::dns1123_subdomain, path, errs);
    if name.len() > SIGNER_NAME_MAX {
        errs.too_long(path, SIGNER_NAME_MAX);
    }
}

/// Tells what is wrong with the first part between dots that is wrong.
fn first_fault(whole: &str, rule: fn(&str, bool) -> Vec<String>, path: &Path<'_>, errs: &mut Errs) {
    for label in whole.split('.') {
        let wrong = rule(label, false);
        if wrong.is_empty() {
            continue;
        }
        for words in wrong {
            errs.invalid(path, whole, format!("validating label {label:?}: {words}"));
        }
        return;
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
                &["False", "True", "Unknown"],
            ),
        }
        if !seen.insert(kind) {
            errs.duplicate(&at_path.child("type"), kind);
        }
    }
    // That approval and denial exclude each other is declared.
}

fn count(v: &Value, kind: &str) -> usize {
    let all = list(at(v, "status"), "conditions");
    all.iter().filter(|c| s(c, "type") == kind).count()
}

// What every update holds to: the request is as it was, and the new
// certificate, if there is one, is right.
fn changed(new: &Value, old: &Value, errs: &mut Errs) {
    conditions(new, errs);
    let issued = |v: &Value| tree::sp(v, &["status", "certificate"]).to_owned();
    if issued(new) != issued(old) {
        certificate(new, errs);
    }
    let path = Path::root("status");
    for kind in ["Approved", "Denied", "Failed"] {
        if count(new, kind) < count(old, kind) {
            errs.forbidden(
                &path.child("conditions"),
                format!("updates may not remove a condition of type {kind:?}"),
            );
        }
    }
}

fn no_decisions(new: &Value, old: &Value, errs: &mut Errs) {
    let path = Path::root("status");
    for kind in ["Approved", "Denied"] {
        if count(new, kind) > count(old, kind) {
            errs.forbidden(
                &path.child("conditions"),
                format!("updates may not add a condition of type {kind:?}"),
            );
        }
    }
}

/// A changed request, status and decisions aside.
pub fn request_update(new: &Value, old: &Value, errs: &mut Errs) {
    changed(new, old, errs);
    no_decisions(new, old, errs);
}

/// An approval or denial.
pub fn approval(new: &Value, old: &Value, errs: &mut Errs) {
    changed(new, old, errs);
}

/// A changed status.
pub fn status(new: &Value, old: &Value, errs: &mut Errs) {
    changed(new, old, errs);
    no_decisions(new, old, errs);
    let (now, before) = (
        tree::sp(new, &["status", "certificate"]),
        tree::sp(old, &["status", "certificate"]),
    );
    if !before.is_empty() && now != before {
        let path = Path::root("status");
        errs.forbidden(
            &path.child("certificate"),
            "updates may not modify existing certificate content",
        );
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
    metadata::user_annotations(
        at(spec, "unverifiedUserAnnotations"),
        &path.child("unverifiedUserAnnotations"),
        errs,
    );
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
    } else {
        possession(spec, &path, errs);
    }
}

const KEY_LEN_MAX: usize = 10 << 10;
const UNKNOWN_KEY: &str = "unknown public key type; supported types are Ed25519, ECDSA, and RSA";
const BAD_CURVE: &str = "elliptic public keys must use curve P256, P384, or P521";
const BAD_MODULUS: &str = "RSA keys must have modulus size 3072 or 4096";

// A pod's key, and that the pod has signed its own UID with it.
fn possession(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let bytes = |field: &str| STANDARD.decode(s(spec, field)).unwrap_or_default();
    let (key, proof) = (bytes("pkixPublicKey"), bytes("proofOfPossession"));
    let (key_path, proof_path) = (path.child("pkixPublicKey"), path.child("proofOfPossession"));
    for (bytes, path) in [(&key, &key_path), (&proof, &proof_path)] {
        if bytes.len() > KEY_LEN_MAX {
            errs.too_long(path, KEY_LEN_MAX);
            return;
        }
    }
    let shown = s(spec, "pkixPublicKey");
    let Some(key) = PossessedKey::read(&key) else {
        let words = "must be a valid PKIX-serialized public key";
        return errs.invalid(&key_path, shown, words);
    };
    match key.kind() {
        KeyKind::Curve(curve) if !matches!(curve, "P-256" | "P-384" | "P-521") => {
            errs.invalid(&key_path, format!("curve {curve}"), BAD_CURVE);
        }
        KeyKind::Rsa(bits) if !matches!(bits, 3072 | 4096) => {
            errs.invalid(&key_path, format!("{bits}-bit modulus"), BAD_MODULUS);
        }
        KeyKind::Other => errs.invalid(&key_path, shown, UNKNOWN_KEY),
        _ if !key.has_signed(s(spec, "podUID").as_bytes(), &proof) => errs.invalid(
            &proof_path,
            omitted(),
            "could not verify proof-of-possession signature",
        ),
        _ => {}
    }
}

// What is wrong with the request that stands for a pod's key: the value to show, and words.
fn stub_fault(der: &[u8]) -> Option<(Value, &'static str)> {
    let Ok(([], request)) = X509CertificationRequest::from_der(der) else {
        return Some((omitted(), "must be a valid PKCS#10 CSR"));
    };
    if !is_signed_by_its_key(&request) {
        return Some((omitted(), "invalid signature"));
    }
    let key = &request.certification_request_info.subject_pki;
    match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => {
            let bits = rsa.key_size();
            (!matches!(bits, 3072 | 4096))
                .then(|| (Value::from(format!("{bits}-bit modulus")), BAD_MODULUS))
        }
        Ok(PublicKey::EC(point)) => {
            (!matches!(point.key_size(), 256 | 384 | 521 | 528)).then(|| (omitted(), BAD_CURVE))
        }
        _ if key.algorithm.algorithm == OID_SIG_ED25519 => None,
        _ => Some((omitted(), UNKNOWN_KEY)),
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

const TERMINAL: [&str; 3] = ["Issued", "Denied", "Failed"];

fn is(v: &Value, kind: &str) -> bool {
    let all = list(at(v, "status"), "conditions");
    all.iter()
        .any(|c| s(c, "type") == kind && s(c, "status") == "True")
}

/// The answer to a pod's request: one, and for good.
pub fn pod_request_status(new: &Value, old: &Value, now: &Time, errs: &mut Errs) {
    let path = Path::root("status");
    let c_path = path.child("conditions");
    let all = list(at(new, "status"), "conditions");
    let before = errs.len();
    let mut known = 0;
    for (n, c) in all.iter().enumerate() {
        // Upstream takes the index for a name.
        let index = format!("[{n}]");
        let at_path = c_path.child(&index);
        let kind = s(c, "type");
        if !TERMINAL.contains(&kind) {
            errs.not_supported(&at_path.child("type"), kind, &TERMINAL);
            continue;
        }
        known += 1;
        if known > 1 {
            errs.invalid(
                &at_path.child("type"),
                kind,
                "There may be at most one condition with type \"Issued\", \"Denied\", or \"Failed\"",
            );
        }
        errs.one_of(&at_path.child("status"), s(c, "status"), &["True"]);
    }
    super::policy::conditions(all, &c_path, errs);
    if errs.len() > before {
        return;
    }
    let (status, earlier) = (at(new, "status"), at(old, "status"));
    let unequal = |other: &Value, words: &str, errs: &mut Errs| {
        if !tree::same(status, other) {
            errs.invalid(&path, omitted(), words);
        }
    };
    if TERMINAL.iter().any(|kind| is(old, kind)) {
        unequal(
            earlier,
            "immutable after PodCertificateRequest is issued, denied, or failed",
            errs,
        );
    } else if is(new, "Denied") || is(new, "Failed") {
        let mut alone = Value::object();
        tree::copy(&mut alone, status, "conditions");
        unequal(
            &alone,
            "non-condition status fields must be empty when denying or failing the PodCertificateRequest",
            errs,
        );
    } else if is(new, "Issued") {
        super::issued::check(new, now, errs);
    } else {
        unequal(
            earlier,
            "status is immutable unless transitioning to \"Issued\", \"Denied\", or \"Failed\"",
            errs,
        );
    }
}

/// The organizations that a CertificateSigningRequest asks a certificate for.
pub fn organizations(obj: &Value) -> Vec<String> {
    of_subject(obj, |subject| {
        subject
            .iter_organization()
            .filter_map(|o| o.as_str().ok().map(str::to_owned))
            .collect()
    })
    .unwrap_or_default()
}

/// Why what it holds cannot be read as a request; nothing if it can.
pub fn fault_of_request(obj: &Value) -> Option<&'static str> {
    let text = STANDARD
        .decode(tree::sp(obj, &["spec", "request"]))
        .unwrap_or_default();
    read_request(&text).err()
}

/// The common name that it asks a certificate for; of several the last.
pub fn common_name(obj: &Value) -> Option<String> {
    of_subject(obj, |subject| {
        let names = subject.iter_common_name();
        names
            .last()
            .and_then(|n| n.as_str().ok().map(str::to_owned))
    })
    .flatten()
}

fn of_subject<T>(obj: &Value, read: impl FnOnce(&X509Name<'_>) -> T) -> Option<T> {
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
    let (_, request) = X509CertificationRequest::from_der(&der).ok()?;
    Some(read(&request.certification_request_info.subject))
}
