//! What is in each certificate. P-256 everywhere.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::*;

use super::PkiError;

/// Clocks of clients may be behind.
const BACKDATE: Duration = Duration::from_secs(3600);

/// A certificate with its key, as PEM.
#[derive(Clone)]
pub struct KeyAndCertificate {
    /// The certificate.
    pub certificate_pem: String,
    /// The private key, PKCS#8.
    pub key_pem: String,
}

impl KeyAndCertificate {
    /// The certificate as DER (empty if the PEM is damaged, which the folder
    /// has checked).
    pub fn certificate_der(&self) -> Vec<u8> {
        CertificateDer::from_pem_slice(self.certificate_pem.as_bytes())
            .map(|der| der.to_vec())
            .unwrap_or_default()
    }

    /// The key in the form that rustls takes.
    pub fn key_der(&self) -> Option<PrivateKeyDer<'static>> {
        PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).ok()
    }
}

/// The names and addresses that a serving certificate is good for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServingNames {
    names: BTreeSet<String>,
}

impl ServingNames {
    /// What the API server's certificate names besides the addresses that it
    /// listens on: the loopback and the names of the service `kubernetes`.
    pub fn api_server(cluster_domain: &str) -> Self {
        let mut names = Self::default();
        for name in [
            "127.0.0.1",
            "::1",
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
        ] {
            names.add(name);
        }
        names.add(&format!("kubernetes.default.svc.{cluster_domain}"));
        names
    }

    /// Adds a DNS name or an address. Unspecified addresses (0.0.0.0) are not
    /// names of anything and left out.
    pub fn add(&mut self, name: &str) {
        if name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_unspecified())
            || name.is_empty()
        {
            return;
        }
        self.names.insert(name.to_lowercase());
    }

    pub(super) fn canonical(&self) -> BTreeSet<String> {
        self.names.clone()
    }
}

/// What is in a certificate of ours.
pub(super) struct CertificateState {
    pub(super) ends: SystemTime,
    pub(super) names: BTreeSet<String>,
    pub(super) common_name: String,
    pub(super) organization: Option<String>,
}

/// Reads `pem`; `None` if it is no certificate signed by this CA.
pub(super) fn inspect(pem: &str, ca_der: &[u8]) -> Option<CertificateState> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    let (_, certificate) = X509Certificate::from_der(&der).ok()?;
    let (_, ca) = X509Certificate::from_der(ca_der).ok()?;
    // The authority's key id tells two CAs of the same name apart.
    let key_id_of_issuer =
        certificate
            .extensions()
            .iter()
            .find_map(|e| match e.parsed_extension() {
                ParsedExtension::AuthorityKeyIdentifier(id) => {
                    id.key_identifier.as_ref().map(|k| k.0)
                }
                _ => None,
            })?;
    let key_id_of_ca = ca
        .extensions()
        .iter()
        .find_map(|e| match e.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0),
            _ => None,
        })?;
    if key_id_of_issuer != key_id_of_ca {
        return None;
    }
    let mut names = BTreeSet::new();
    if let Ok(Some(alternatives)) = certificate.subject_alternative_name() {
        for name in &alternatives.value.general_names {
            match name {
                GeneralName::DNSName(name) => {
                    names.insert((*name).to_owned());
                }
                GeneralName::IPAddress(bytes) => {
                    let address = match bytes.len() {
                        4 => <[u8; 4]>::try_from(*bytes).ok().map(IpAddr::from),
                        _ => <[u8; 16]>::try_from(*bytes).ok().map(IpAddr::from),
                    };
                    names.extend(address.map(|a| a.to_string()));
                }
                _ => {}
            }
        }
    }
    let subject = certificate.subject();
    let first = |text: Option<&AttributeTypeAndValue<'_>>| {
        text.and_then(|t| t.as_str().ok()).map(str::to_owned)
    };
    let ends = u64::try_from(certificate.validity().not_after.timestamp()).ok()?;
    Some(CertificateState {
        ends: UNIX_EPOCH + Duration::from_secs(ends),
        names,
        common_name: first(subject.iter_common_name().next()).unwrap_or_default(),
        organization: first(subject.iter_organization().next()),
    })
}

fn params(common_name: &str, lifetime: Duration) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    let now = SystemTime::now();
    params.not_before = (now - BACKDATE).into();
    params.not_after = (now + lifetime).into();
    params.use_authority_key_identifier_extension = true;
    params
}

/// A CA's certificate and key.
pub(super) fn authority(lifetime: Duration) -> Result<(String, KeyPair), PkiError> {
    let key = KeyPair::generate()?;
    let mut params = params("kubernetes", lifetime);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
        KeyUsagePurpose::KeyCertSign,
    ];
    Ok((params.self_signed(&key)?.pem(), key))
}

pub(super) fn serving(
    issuer: &Issuer<'_, KeyPair>,
    names: &ServingNames,
    lifetime: Duration,
) -> Result<KeyAndCertificate, PkiError> {
    let alternatives: Vec<String> = names.names.iter().cloned().collect();
    let mut params = params("kube-apiserver", lifetime);
    params.subject_alt_names = CertificateParams::new(alternatives)?.subject_alt_names;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf(issuer, params)
}

pub(super) fn client(
    issuer: &Issuer<'_, KeyPair>,
    user: &str,
    group: Option<&str>,
    lifetime: Duration,
) -> Result<KeyAndCertificate, PkiError> {
    let mut params = params(user, lifetime);
    if let Some(group) = group {
        params
            .distinguished_name
            .push(DnType::OrganizationName, group);
    }
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    leaf(issuer, params)
}

fn leaf(
    issuer: &Issuer<'_, KeyPair>,
    mut params: CertificateParams,
) -> Result<KeyAndCertificate, PkiError> {
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
    ];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok(KeyAndCertificate {
        certificate_pem: certificate.pem(),
        key_pem: key.serialize_pem(),
    })
}
