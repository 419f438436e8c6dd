//! TLS of calls to webhooks and aggregated servers: whom we believe, who we
//! are, and the words in which failures are told.

use std::sync::Arc;

use rustls::{CertificateError, ClientConfig};
use skeg_client::tls::{self, TlsVersion};

use super::{Peer, Trust};

/// A client certificate.
pub use skeg_client::tls::Identity;

/// What TLS needs for a peer.
pub(super) fn client_config(
    peer: &Peer,
    identity: Option<&Identity>,
    http1: bool,
) -> Result<Arc<ClientConfig>, String> {
    let trust = match &peer.trust {
        Trust::System => tls::Trust::System,
        Trust::Bundle(pem) => {
            tls::certificates(pem).map_err(|_| {
                "unable to load root certificates: unable to parse bytes as PEM block".to_owned()
            })?;
            tls::Trust::Bundle(pem.to_vec())
        }
        Trust::Anyone => tls::Trust::Anyone,
    };
    let own = peer.user.as_ref().and_then(|user| user.identity());
    let identity = own.or(identity.filter(|_| peer.identified));
    let protocols: &[&[u8]] = if http1 {
        &[b"http/1.1"]
    } else {
        &[b"h2", b"http/1.1"]
    };
    tls::client_config(&trust, identity, TlsVersion::default(), protocols)
        .map(Arc::new)
        .map_err(|error| error.to_string())
}

/// A failed handshake in the words of Go's TLS.
pub(super) fn words(error: &std::io::Error, server_name: &str) -> String {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let certificate = match inner {
        Some(rustls::Error::InvalidCertificate(certificate)) => certificate,
        Some(rustls::Error::InvalidMessage(_)) => {
            return "tls: first record does not look like a TLS handshake".to_owned();
        }
        Some(other) => return format!("tls: {other}"),
        None if error.kind() == std::io::ErrorKind::UnexpectedEof => return "EOF".to_owned(),
        None => return error.to_string(),
    };
    let why = match certificate {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "certificate signed by unknown authority".to_owned()
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "certificate has expired or is not yet valid".to_owned()
        }
        CertificateError::NotValidForName => {
            format!("certificate is not valid for any names, but wanted to match {server_name}")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<String> = presented.iter().map(|p| bare_name(p)).collect();
            if names.is_empty() {
                format!("certificate is not valid for any names, but wanted to match {server_name}")
            } else {
                format!(
                    "certificate is valid for {}, not {server_name}",
                    names.join(", ")
                )
            }
        }
        other => format!("{other:?}"),
    };
    format!("tls: failed to verify certificate: x509: {why}")
}

/// `DnsName("a")` as `a`.
fn bare_name(presented: &str) -> String {
    presented
        .split_once('(')
        .map_or(presented, |(_, rest)| rest.trim_end_matches(')'))
        .trim_matches('"')
        .to_owned()
}
