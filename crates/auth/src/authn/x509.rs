//! Client certificates: the common name is the user, each organization a group.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use rustls_pki_types::CertificateDer;
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::prelude::*;

use crate::pki::{Bundle, Verdict};
use crate::user::UserInfo;

/// The identity in a certificate that a client showed, and whose key it has.
/// Whether the certificate is believed is asked of each authority.
#[derive(Debug)]
pub struct PeerIdentity {
    user: Option<Arc<UserInfo>>,
    /// When the certificate ends, in Unix seconds.
    not_after: i64,
    /// The client's own first.
    chain: Vec<CertificateDer<'static>>,
    proxy: Verdict,
    client: Verdict,
}

/// Not an X.509 certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("client certificate cannot be parsed")]
pub struct MalformedCertificate;

impl PeerIdentity {
    /// Reads the identity in the certificates that a client showed, its own
    /// first. Do this once a connection.
    ///
    /// # Errors
    /// There is none that can be read.
    pub fn from_chain(chain: &[CertificateDer<'static>]) -> Result<Self, MalformedCertificate> {
        let certificate = chain.first().ok_or(MalformedCertificate)?;
        let (_, parsed) =
            X509Certificate::from_der(certificate).map_err(|_| MalformedCertificate)?;
        let subject = parsed.subject();
        let texts = |attributes: &mut dyn Iterator<Item = &AttributeTypeAndValue<'_>>| {
            attributes
                .filter_map(|a| a.as_str().ok().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        // Of several the last, as in Go.
        let name = texts(&mut subject.iter_common_name())
            .pop()
            .unwrap_or_default();
        // The attribute that Kubernetes registered for the uid of a user.
        let uid_oid = oid!(1.3.6.1.4.1.57683.2);
        let uid = texts(&mut subject.iter_by_oid(&uid_oid))
            .into_iter()
            .next()
            .unwrap_or_default();
        let fingerprint: String = digest(&SHA256, certificate)
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let user = UserInfo {
            name,
            uid,
            groups: texts(&mut subject.iter_organization()),
            extra: [(
                "authentication.kubernetes.io/credential-id".to_owned(),
                vec![format!("X509SHA256={fingerprint}")],
            )]
            .into(),
        };
        let is_named = !user.name.is_empty();
        Ok(Self {
            user: is_named.then(|| Arc::new(user.with_authenticated_group())),
            not_after: parsed.validity().not_after.timestamp(),
            chain: chain.to_vec(),
            proxy: Verdict::default(),
            client: Verdict::default(),
        })
    }

    /// Whether the certificate is a front proxy's.
    pub(super) fn is_proxy(&self, authority: &Bundle) -> bool {
        self.proxy.of(authority, &self.chain) && self.seconds_left() >= 0.0
    }

    /// Whether the certificate is a user's.
    pub fn is_client(&self, authority: &Bundle) -> bool {
        self.client.of(authority, &self.chain) && self.seconds_left() >= 0.0
    }

    /// How long the certificate is good yet.
    pub(super) fn seconds_left(&self) -> f64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.map_or(0.0, |since| since.as_secs_f64());
        self.not_after as f64 - now
    }

    /// Who it says that it is; a certificate may name nobody.
    pub fn user(&self) -> Option<&Arc<UserInfo>> {
        self.user.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Pki, certificates_of};

    #[test]
    fn certificate_of_a_component() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path()).unwrap();
        let pair = pki
            .client("admin", "kubernetes-admin", Some("system:masters"))
            .unwrap();
        let chain = certificates_of(&pair.certificate_pem);
        let identity = PeerIdentity::from_chain(&chain).unwrap();
        let user = identity.user().unwrap();
        assert_eq!(user.name, "kubernetes-admin");
        assert_eq!(user.groups, ["system:masters", "system:authenticated"]);
        assert!(
            user.extra["authentication.kubernetes.io/credential-id"][0].starts_with("X509SHA256=")
        );
    }

    #[test]
    fn nonsense_is_refused() {
        let nonsense = [CertificateDer::from(b"x".to_vec())];
        assert!(PeerIdentity::from_chain(&nonsense).is_err());
        assert!(PeerIdentity::from_chain(&[]).is_err());
    }
}
