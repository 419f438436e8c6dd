//! The authority that a webhook server's certificates are of.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::WebhookError;

/// Clocks of others may be behind.
const BACKDATE: Duration = Duration::from_secs(3600);

/// How long things live.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifetimes {
    pub(super) authority: Duration,
    pub(super) serving: Duration,
    /// How long an authority is in everybody's bundle before it signs.
    pub(super) settle: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 3600);
        Self {
            authority: 365 * DAY,
            serving: 30 * DAY,
            settle: Duration::from_secs(3600),
        }
    }
}

/// One authority: what it is called is when it was made.
#[derive(Clone, Debug)]
pub(super) struct Authority {
    /// Seconds since 1970.
    pub(super) made: i64,
    pub(super) ends: i64,
    pub(super) certificate_pem: String,
    pub(super) key_pem: String,
}

fn trouble(error: rcgen::Error) -> WebhookError {
    WebhookError::Certificate(error.into())
}

fn time(seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn params(name: &str, from: i64, to: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = (time(from) - BACKDATE).into();
    params.not_after = time(to).into();
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority_params(made: i64, ends: i64) -> CertificateParams {
    // Two authorities that are valid at once must not have one name.
    let mut params = params(&format!("webhooks-{made}"), made, ends);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyCertSign,
    ];
    params
}

impl Authority {
    pub(super) fn make(now: Timestamp, lifetimes: &Lifetimes) -> Result<Self, WebhookError> {
        let made = now.as_second();
        let ends = made.saturating_add(seconds(lifetimes.authority));
        let key = KeyPair::generate().map_err(trouble)?;
        let certificate = authority_params(made, ends)
            .self_signed(&key)
            .map_err(trouble)?;
        Ok(Self {
            made,
            ends,
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        })
    }

    /// A serving certificate for these names, with its chain.
    pub(super) fn sign(
        &self,
        names: &[String],
        now: Timestamp,
        lifetimes: &Lifetimes,
    ) -> Result<Serving, WebhookError> {
        let now = now.as_second();
        let ends = now
            .saturating_add(seconds(lifetimes.serving))
            .min(self.ends);
        let key = KeyPair::from_pem(&self.key_pem).map_err(trouble)?;
        let own = authority_params(self.made, self.ends);
        let issuer = Issuer::from_params(&own, key);
        let mut leaf = params("webhooks", now, ends);
        leaf.subject_alt_names = CertificateParams::new(names.to_vec())
            .map_err(trouble)?
            .subject_alt_names;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(trouble)?;
        let certificate = leaf.signed_by(&key, &issuer).map_err(trouble)?;
        Serving::from_pem(&certificate.pem(), &key.serialize_pem(), now, ends)
    }
}

/// The authorities that there are: the one that signs, one to come, one that was.
#[derive(Clone, Debug, Default)]
pub(super) struct Authorities(pub(super) Vec<Authority>);

impl Authorities {
    /// Forgets what has ended, and makes a new one when the newest has had two
    /// thirds of its time. Whether anything has changed.
    pub(super) fn renew(
        &mut self,
        now: Timestamp,
        lifetimes: &Lifetimes,
    ) -> Result<bool, WebhookError> {
        let at = now.as_second();
        let count = self.0.len();
        self.0.retain(|authority| authority.ends > at);
        self.0.sort_by_key(|authority| authority.made);
        let mut changed = self.0.len() != count;
        let due = self.0.last().is_none_or(|newest| at >= newest.renewal());
        if due {
            self.0.push(Authority::make(now, lifetimes)?);
            changed = true;
        }
        Ok(changed)
    }

    /// The one that signs: the newest that everybody has had the time to hear of.
    pub(super) fn signer(&self, now: Timestamp, lifetimes: &Lifetimes) -> Option<&Authority> {
        let heard = now.as_second() - seconds(lifetimes.settle);
        self.0
            .iter()
            .rev()
            .find(|authority| authority.made <= heard)
            // There is no other at the very beginning.
            .or_else(|| self.0.first())
    }

    /// All of them, for who is to trust them.
    pub(super) fn bundle(&self) -> String {
        self.0
            .iter()
            .map(|authority| authority.certificate_pem.as_str())
            .collect()
    }

    /// When to look again: a new authority is due, or one begins to sign.
    pub(super) fn next(&self, now: Timestamp, lifetimes: &Lifetimes) -> i64 {
        let at = now.as_second();
        let settle = seconds(lifetimes.settle);
        self.0
            .iter()
            .flat_map(|authority| {
                [
                    authority.made.saturating_add(settle),
                    authority.renewal(),
                    authority.ends,
                ]
            })
            .filter(|due| *due > at)
            .min()
            .unwrap_or(at.saturating_add(60))
    }
}

impl Authority {
    /// When the next one is made.
    fn renewal(&self) -> i64 {
        self.made + (self.ends - self.made) / 3 * 2
    }
}

/// A serving certificate with its key.
pub(super) struct Serving {
    pub(super) key: std::sync::Arc<rustls::sign::CertifiedKey>,
    /// When the next one is made.
    pub(super) renewal: i64,
}

impl Serving {
    pub(super) fn from_pem(
        certificates: &str,
        key: &str,
        from: i64,
        to: i64,
    ) -> Result<Self, WebhookError> {
        let bad = |error: rustls_pki_types::pem::Error| WebhookError::Certificate(error.into());
        let chain = CertificateDer::pem_slice_iter(certificates.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(bad)?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(bad)?;
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let key = rustls::sign::CertifiedKey::from_der(chain, key, &provider)
            .map_err(|error| WebhookError::Certificate(error.into()))?;
        Ok(Self {
            key: std::sync::Arc::new(key),
            renewal: from + (to - from) / 3 * 2,
        })
    }
}
