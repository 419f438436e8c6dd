//! Certificate signing requests: what they ask for, and certificates made from
//! them by the cluster's CA.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use rcgen::{
    CertificateSigningRequestParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SerialNumber,
};
use rustls_pki_types::CertificateSigningRequestDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::x509::AttributeTypeAndValue;

use super::{Pki, PkiError};

/// How long before now a certificate begins, for clocks that are behind.
const BACKDATE: Duration = Duration::from_secs(5 * 60);

/// What a certificate signing request asks for. Its signature is good: who made
/// it holds the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateRequest {
    /// The subject's name.
    pub common_name: String,
    /// The subject's organizations.
    pub organizations: Vec<String>,
    /// Other names: of hosts.
    pub dns_names: Vec<String>,
    /// Other names: addresses.
    pub ip_addresses: Vec<IpAddr>,
    /// Other names: mail addresses.
    pub emails: Vec<String>,
    /// Other names: URIs.
    pub uris: Vec<String>,
}

impl CertificateRequest {
    /// Reads a request in PEM.
    ///
    /// # Errors
    /// It is none, or its signature is not that of its key.
    pub fn from_pem(pem: &[u8]) -> Result<Self, PkiError> {
        let der = der(pem)?;
        let (_, request) = X509CertificationRequest::from_der(&der)
            .map_err(|_| rcgen::Error::CouldNotParseCertificationRequest)?;
        request
            .verify_signature()
            .map_err(|_| rcgen::Error::InvalidCertificationRequestSignature)?;
        let subject = &request.certification_request_info.subject;
        let text = |value: &AttributeTypeAndValue<'_>| value.as_str().ok().map(str::to_owned);
        let mut out = Self {
            common_name: subject
                .iter_common_name()
                .next()
                .and_then(text)
                .unwrap_or_default(),
            organizations: subject.iter_organization().filter_map(text).collect(),
            ..Self::default()
        };
        for extension in request.requested_extensions().into_iter().flatten() {
            let ParsedExtension::SubjectAlternativeName(names) = extension else {
                continue;
            };
            for name in &names.general_names {
                out.add(name);
            }
        }
        Ok(out)
    }

    fn add(&mut self, name: &GeneralName<'_>) {
        match name {
            GeneralName::DNSName(name) => self.dns_names.push((*name).to_owned()),
            GeneralName::RFC822Name(name) => self.emails.push((*name).to_owned()),
            GeneralName::URI(name) => self.uris.push((*name).to_owned()),
            GeneralName::IPAddress(bytes) => {
                let address = <[u8; 4]>::try_from(*bytes)
                    .map(IpAddr::from)
                    .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
                self.ip_addresses.extend(address);
            }
            _ => {}
        }
    }
}

fn der(pem: &[u8]) -> Result<CertificateSigningRequestDer<'static>, PkiError> {
    CertificateSigningRequestDer::from_pem_slice(pem)
        .map_err(|_| rcgen::Error::CouldNotParseCertificationRequest.into())
}

impl Pki {
    /// A certificate, in PEM, for the key and names of a request. It says that
    /// it is good for these usages (as `certificates.k8s.io` names them) and
    /// for so long, though never longer than the CA.
    ///
    /// # Errors
    /// The request cannot be read, or asks for what a CA does not give.
    pub fn sign_request(
        &self,
        pem: &[u8],
        usages: &[String],
        lifetime: Duration,
        now: SystemTime,
    ) -> Result<String, PkiError> {
        let mut request = CertificateSigningRequestParams::from_der(&der(pem)?)?;
        let params = &mut request.params;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages.clear();
        params.extended_key_usages.clear();
        for usage in usages {
            match purpose(usage) {
                Some(Purpose::Key(purpose)) => params.key_usages.push(purpose),
                Some(Purpose::Extended(purpose)) => params.insert_extended_key_usage(purpose),
                None => {}
            }
        }
        params.serial_number = Some(serial());
        params.not_before = (now - BACKDATE).into();
        let end = self
            .ca_ends()
            .map_or(now + lifetime, |end| end.min(now + lifetime));
        params.not_after = end.into();
        params.use_authority_key_identifier_extension = true;
        Ok(request.signed_by(&self.issuer)?.pem())
    }

    fn ca_ends(&self) -> Option<SystemTime> {
        let (_, ca) = x509_parser::parse_x509_certificate(&self.ca_der).ok()?;
        let seconds = u64::try_from(ca.validity().not_after.timestamp()).ok()?;
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    }
}

/// When a certificate in PEM ends, if it is one.
#[must_use]
pub fn certificate_ends(pem: &[u8]) -> Option<SystemTime> {
    let der = rustls_pki_types::CertificateDer::from_pem_slice(pem).ok()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&der).ok()?;
    let seconds = u64::try_from(certificate.validity().not_after.timestamp()).ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

// A positive number that nobody can guess.
fn serial() -> SerialNumber {
    let mut bytes = *uuid::Uuid::new_v4().as_bytes();
    bytes[0] &= 0x7f;
    SerialNumber::from_slice(&bytes)
}

enum Purpose {
    Key(KeyUsagePurpose),
    Extended(ExtendedKeyUsagePurpose),
}

fn purpose(usage: &str) -> Option<Purpose> {
    use {ExtendedKeyUsagePurpose as Extended, KeyUsagePurpose as Key};
    Some(match usage {
        "signing" | "digital signature" => Purpose::Key(Key::DigitalSignature),
        "content commitment" => Purpose::Key(Key::ContentCommitment),
        "key encipherment" => Purpose::Key(Key::KeyEncipherment),
        "data encipherment" => Purpose::Key(Key::DataEncipherment),
        "key agreement" => Purpose::Key(Key::KeyAgreement),
        "cert sign" => Purpose::Key(Key::KeyCertSign),
        "crl sign" => Purpose::Key(Key::CrlSign),
        "encipher only" => Purpose::Key(Key::EncipherOnly),
        "decipher only" => Purpose::Key(Key::DecipherOnly),
        "any" => Purpose::Extended(Extended::Any),
        "server auth" => Purpose::Extended(Extended::ServerAuth),
        "client auth" => Purpose::Extended(Extended::ClientAuth),
        "code signing" => Purpose::Extended(Extended::CodeSigning),
        "email protection" | "s/mime" => Purpose::Extended(Extended::EmailProtection),
        "timestamping" => Purpose::Extended(Extended::TimeStamping),
        "ocsp signing" => Purpose::Extended(Extended::OcspSigning),
        "ipsec end system" => Purpose::Extended(Extended::Other(vec![1, 3, 6, 1, 5, 5, 7, 3, 5])),
        "ipsec tunnel" => Purpose::Extended(Extended::Other(vec![1, 3, 6, 1, 5, 5, 7, 3, 6])),
        "ipsec user" => Purpose::Extended(Extended::Other(vec![1, 3, 6, 1, 5, 5, 7, 3, 7])),
        "microsoft sgc" => {
            Purpose::Extended(Extended::Other(vec![1, 3, 6, 1, 4, 1, 311, 10, 3, 3]))
        }
        "netscape sgc" => Purpose::Extended(Extended::Other(vec![2, 16, 840, 1, 113_730, 4, 1])),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    #[test]
    fn a_request_is_read_and_signed() {
        let key = KeyPair::generate().expect("a key");
        let mut params =
            CertificateParams::new(vec!["a.example".to_owned(), "10.0.0.1".to_owned()])
                .expect("names");
        params.distinguished_name.push(DnType::CommonName, "carol");
        params
            .distinguished_name
            .push(DnType::OrganizationName, "dev");
        let request = params.serialize_request(&key).expect("a request");
        let pem = request.pem().expect("as PEM");
        let read = CertificateRequest::from_pem(pem.as_bytes()).expect("it is read");
        assert_eq!(read.common_name, "carol");
        assert_eq!(read.organizations, ["dev"]);
        assert_eq!(read.dns_names, ["a.example"]);
        assert_eq!(read.ip_addresses.len(), 1);

        let dir = tempfile::tempdir().expect("a folder");
        let pki = Pki::open(dir.path()).expect("a CA");
        let (hour, now) = (Duration::from_secs(3600), SystemTime::now());
        let signed = pki
            .sign_request(pem.as_bytes(), &["client auth".to_owned()], hour, now)
            .expect("it is signed");
        let ends = certificate_ends(signed.as_bytes()).expect("a certificate");
        assert!(ends <= now + hour && ends + Duration::from_secs(2) > now + hour);
        let forever = Duration::from_secs(100 * 365 * 86_400);
        let long = pki
            .sign_request(pem.as_bytes(), &["client auth".to_owned()], forever, now)
            .expect("it is signed");
        assert!(certificate_ends(long.as_bytes()) == pki.ca_ends());
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for text in [
            "",
            "nonsense",
            "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        ] {
            assert!(
                CertificateRequest::from_pem(text.as_bytes()).is_err(),
                "{text}"
            );
        }
    }
}
