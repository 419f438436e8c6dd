//! Client certificates: the common name is the user, each organization a group.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{SHA256, digest};
use rustls_pki_types::CertificateDer;
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::prelude::*;

use crate::user::UserInfo;

/// The identity in a certificate that TLS has verified.
#[derive(Debug)]
pub struct PeerIdentity {
    user: Arc<UserInfo>,
    /// When the certificate ends, in Unix seconds.
    not_after: Option<i64>,
    /// Kept only where it has to be asked whose certificate it is.
    chain: Vec<CertificateDer<'static>>,
    proxy: OnceLock<bool>,
    client: OnceLock<bool>,
}

impl PartialEq for PeerIdentity {
    fn eq(&self, other: &Self) -> bool {
        self.user == other.user
    }
}

/// The certificate verified, but carries no identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeerIdentityError {
    /// Not an X.509 certificate.
    #[error("client certificate cannot be parsed")]
    Malformed,
    /// A certificate without a user.
    #[error("client certificate has no common name")]
    NoCommonName,
}

impl PeerIdentity {
    /// Reads the identity of an end-entity certificate whose chain the TLS
    /// layer has verified against the client CA. Do this once a connection.
    ///
    /// # Errors
    /// The certificate names no user.
    pub fn from_verified_der(certificate: &[u8]) -> Result<Self, PeerIdentityError> {
        let (_, parsed) =
            X509Certificate::from_der(certificate).map_err(|_| PeerIdentityError::Malformed)?;
        let subject = parsed.subject();
        let texts = |attributes: &mut dyn Iterator<Item = &AttributeTypeAndValue<'_>>| {
            attributes
                .filter_map(|a| a.as_str().ok().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        let name = texts(&mut subject.iter_common_name())
            .into_iter()
            .next()
            .unwrap_or_default();
        if name.is_empty() {
            return Err(PeerIdentityError::NoCommonName);
        }
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
        Ok(Self {
            user: Arc::new(user.with_authenticated_group()),
            not_after: Some(parsed.validity().not_after.timestamp()),
            chain: Vec::new(),
            proxy: OnceLock::new(),
            client: OnceLock::new(),
        })
    }

    /// The same of the whole chain that was shown, the end entity's first.
    ///
    /// # Errors
    /// As [`PeerIdentity::from_verified_der`].
    pub fn from_verified_chain(
        chain: &[CertificateDer<'static>],
    ) -> Result<Self, PeerIdentityError> {
        let first = chain.first().ok_or(PeerIdentityError::Malformed)?;
        let mut peer = Self::from_verified_der(first)?;
        peer.chain = chain.to_vec();
        Ok(peer)
    }

    /// Whether the certificate is a front proxy's; `check` is asked once a
    /// connection.
    pub(super) fn is_proxy(&self, check: impl FnOnce(&[CertificateDer<'static>]) -> bool) -> bool {
        *self.proxy.get_or_init(|| check(&self.chain))
    }

    /// Whether the certificate is a user's.
    pub(super) fn is_client(&self, check: impl FnOnce(&[CertificateDer<'static>]) -> bool) -> bool {
        *self.client.get_or_init(|| check(&self.chain))
    }

    /// How long the certificate is good yet.
    pub(super) fn seconds_left(&self) -> Option<f64> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.map_or(0.0, |since| since.as_secs_f64());
        self.not_after.map(|end| end as f64 - now)
    }

    /// Who it is.
    pub fn user(&self) -> &Arc<UserInfo> {
        &self.user
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::Pki;

    #[test]
    fn certificate_of_a_component() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path()).unwrap();
        let pair = pki
            .client("admin", "kubernetes-admin", Some("system:masters"))
            .unwrap();
        let identity = PeerIdentity::from_verified_der(&pair.certificate_der()).unwrap();
        let user = identity.user();
        assert_eq!(user.name, "kubernetes-admin");
        assert_eq!(user.groups, ["system:masters", "system:authenticated"]);
        assert!(
            user.extra["authentication.kubernetes.io/credential-id"][0].starts_with("X509SHA256=")
        );
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(
            PeerIdentity::from_verified_der(b"x"),
            Err(PeerIdentityError::Malformed)
        );
    }
}
