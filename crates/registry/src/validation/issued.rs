//! The certificate that answers a pod's request.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, s};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_meta::Time;
use skeg_schema::Value;
use x509_parser::certificate::X509Certificate;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;

/// The longest chain of certificates, in bytes.
const CHAIN_MAX: usize = 100 * 1024;
/// How far the server's clock and the certificate may be apart.
const SKEW_SECONDS: i64 = 5 * 60;
const LIFETIME_MIN_SECONDS: i64 = 60 * 60;
/// A certificate is renewed at least so long after it began and before it ends.
const MARGIN_SECONDS: i64 = 10 * 60;

/// The status of a request that becomes issued; the first fault ends it.
pub fn check(obj: &Value, now: &Time, errs: &mut Errs) {
    let status = at(obj, "status");
    let root = Path::root("status");
    let path = root.child("certificateChain");
    let chain = s(status, "certificateChain");
    if chain.len() > CHAIN_MAX {
        errs.too_long(&path, CHAIN_MAX);
        return;
    }
    let blocks: Vec<Pem> = Pem::iter_from_buffer(chain.as_bytes())
        .map_while(Result::ok)
        .collect();
    let Some(first) = blocks.first() else {
        errs.invalid(
            &path,
            chain,
            "issued certificate chain must contain at least one certificate",
        );
        return;
    };
    if first.label != "CERTIFICATE" {
        errs.invalid(
            &path,
            chain,
            "issued certificate chain must consist entirely of CERTIFICATE PEM blocks",
        );
        return;
    }
    let Ok(leaf) = first.parse_x509() else {
        errs.invalid(
            &path,
            chain,
            "leaf certificate does not parse as valid X.509",
        );
        return;
    };
    names(&leaf, &path, errs);
    if !is_for(&leaf, obj) {
        errs.invalid(
            &path,
            chain,
            "leaf certificate was not issued to the requested public key",
        );
        return;
    }
    if !times(&leaf, obj, now, errs) {
        return;
    }
    for block in &blocks[1..] {
        let words = if block.label != "CERTIFICATE" {
            "issued certificate chain must consist entirely of CERTFICATE PEM blocks"
        } else if block.parse_x509().is_err() {
            "intermediate certificate does not parse as valid X.509"
        } else {
            continue;
        };
        errs.invalid(&path, chain, words);
        return;
    }
}

fn names(leaf: &X509Certificate<'_>, path: &Path<'_>, errs: &mut Errs) {
    let Ok(Some(extension)) = leaf.subject_alternative_name() else {
        return;
    };
    for name in &extension.value.general_names {
        match name {
            GeneralName::DNSName(name) => {
                for (wrong, words) in [
                    (
                        name.is_empty(),
                        "leaf certificate should not contain empty DNSName",
                    ),
                    (
                        name.contains(".."),
                        "leaf certificate's DNSName should not contain '..'",
                    ),
                    (
                        name.starts_with('.') || name.ends_with('.'),
                        "leaf certificate's DNSName should not start or end with '.'",
                    ),
                ] {
                    if wrong {
                        errs.invalid(path, *name, words);
                    }
                }
            }
            GeneralName::RFC822Name(name) => {
                let fine = name
                    .split_once('@')
                    .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
                if !fine {
                    errs.invalid(
                        path,
                        *name,
                        "leaf certificate should not contain invalid EmailAddress",
                    );
                }
            }
            _ => {}
        }
    }
}

// Whether the certificate is for the key that was asked for.
fn is_for(leaf: &X509Certificate<'_>, obj: &Value) -> bool {
    let spec = at(obj, "spec");
    let bytes = |field: &str| STANDARD.decode(s(spec, field)).unwrap_or_default();
    let own = leaf.public_key().raw;
    let stub = bytes("stubPKCS10Request");
    match X509CertificationRequest::from_der(&stub) {
        Ok((_, request)) => request.certification_request_info.subject_pki.raw == own,
        Err(_) => bytes("pkixPublicKey") == own,
    }
}

// Whether the times of the status are those of the certificate, and in bounds.
fn times(leaf: &X509Certificate<'_>, obj: &Value, now: &Time, errs: &mut Errs) -> bool {
    let status = at(obj, "status");
    let root = Path::root("status");
    let before = errs.len();
    let mut seconds = [0; 3];
    for (n, (field, words)) in [
        (
            "notBefore",
            "must be present and consistent with the issued certificate",
        ),
        (
            "notAfter",
            "must be present and consistent with the issued certificate",
        ),
        (
            "beginRefreshAt",
            "must be present and in the range [notbefore+10min, notafter-10min]",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        match s(status, field).parse::<Time>() {
            Ok(time) => seconds[n] = time.0.as_second(),
            Err(_) => errs.required(&root.child(field), words),
        }
    }
    if errs.len() > before {
        return false;
    }
    let [begin, end, refresh] = seconds;
    let (first, last) = (
        leaf.validity().not_before.timestamp(),
        leaf.validity().not_after.timestamp(),
    );
    let lifetime = last - first;
    let longest = tree::i0(at(obj, "spec"), "maxExpirationSeconds");
    let go_duration = |seconds: i64| Value::Int(seconds.saturating_mul(1_000_000_000));
    let shown = |field: &str| at(status, field).clone();
    let chain = "certificateChain";
    let fault = if begin != first {
        let words = "must be set to the NotBefore time encoded in the leaf certificate";
        ("notBefore", shown("notBefore"), words.to_owned())
    } else if (begin - now.0.as_second()).abs() >= SKEW_SECONDS {
        let words = "must be set to within 5 minutes of kube-apiserver's current time";
        ("notBefore", shown("notBefore"), words.to_owned())
    } else if end != last {
        let words = "must be set to the NotAfter time encoded in the leaf certificate";
        ("notAfter", shown("notAfter"), words.to_owned())
    } else if lifetime < LIFETIME_MIN_SECONDS {
        let words = "leaf certificate lifetime must be >= 1 hour";
        (chain, go_duration(lifetime), words.to_owned())
    } else if lifetime > longest {
        let words =
            format!("leaf certificate lifetime must be <= spec.maxExpirationSeconds ({longest})");
        (chain, go_duration(lifetime), words)
    } else if refresh < begin + MARGIN_SECONDS {
        let words = "must be at least 10 minutes after status.notBefore";
        ("beginRefreshAt", shown("beginRefreshAt"), words.to_owned())
    } else if refresh > end - MARGIN_SECONDS {
        let words = "must be at least 10 minutes before status.notAfter";
        ("beginRefreshAt", shown("beginRefreshAt"), words.to_owned())
    } else {
        return true;
    };
    errs.invalid(&root.child(fault.0), fault.1, fault.2);
    false
}
