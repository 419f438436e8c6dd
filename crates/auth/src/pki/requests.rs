//! Certificate signing requests: what they ask for, and certificates made from
//! them by the cluster's CA.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    KeyUsagePurpose, SanType, SerialNumber, SubjectPublicKeyInfo,
};
use rustls_pki_types::CertificateSigningRequestDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use super::signatures::is_signed_by_its_key;
use super::{Pki, PkiError};

/// How long before now a certificate begins, for clocks that are behind.
const BACKDATE: Duration = Duration::from_secs(5 * 60);

/// What lasts for less is not shortened by that.
const SHORT: Duration = Duration::from_secs(8 * 3600);

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
        if !is_signed_by_its_key(&request) {
            return Err(rcgen::Error::InvalidCertificationRequestSignature.into());
        }
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

    /// What a certificate for it says, apart from how it may be used.
    fn params(&self, subject: &X509Name<'_>) -> Result<CertificateParams, rcgen::Error> {
        let mut name = DistinguishedName::new();
        for attribute in subject.iter_attributes() {
            let oid = attribute.attr_type().iter().into_iter().flatten().collect();
            let text = attribute
                .as_str()
                .map_err(|_| rcgen::Error::CouldNotParseCertificationRequest)?;
            let value = match text.try_into() {
                Ok(printable) => DnValue::PrintableString(printable),
                Err(_) => DnValue::Utf8String(text.to_owned()),
            };
            name.push(DnType::CustomDnType(oid), value);
        }
        let mut alternatives = Vec::new();
        for name in &self.dns_names {
            alternatives.push(SanType::DnsName(name.as_str().try_into()?));
        }
        for mail in &self.emails {
            alternatives.push(SanType::Rfc822Name(mail.as_str().try_into()?));
        }
        for address in &self.ip_addresses {
            alternatives.push(SanType::IpAddress(*address));
        }
        for uri in &self.uris {
            alternatives.push(SanType::URI(uri.as_str().try_into()?));
        }
        let mut params = CertificateParams::default();
        params.distinguished_name = name;
        params.subject_alt_names = alternatives;
        params.is_ca = IsCa::ExplicitNoCa;
        Ok(params)
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
        let asked = CertificateRequest::from_pem(pem)?;
        let der = der(pem)?;
        let (_, request) = X509CertificationRequest::from_der(&der)
            .map_err(|_| rcgen::Error::CouldNotParseCertificationRequest)?;
        let info = &request.certification_request_info;
        let key = SubjectPublicKeyInfo::from_der(info.subject_pki.raw)?;
        let mut params = asked.params(&info.subject)?;
        for usage in usages {
            match purpose(usage) {
                Some(Purpose::Key(purpose)) => params.key_usages.push(purpose),
                Some(Purpose::Extended(purpose)) => params.insert_extended_key_usage(purpose),
                None => {}
            }
        }
        params.serial_number = Some(serial());
        params.not_before = (now - BACKDATE).into();
        // The whole lifetime, but for short ones, which begin earlier.
        let whole = match lifetime < SHORT {
            true => now + lifetime,
            false => now + lifetime - BACKDATE,
        };
        let end = self.ca_ends().map_or(whole, |end| end.min(whole));
        params.not_after = end.into();
        params.use_authority_key_identifier_extension = true;
        Ok(params.signed_by(&key, &self.issuer)?.pem())
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

    /// Requests of carol, of dev, as OpenSSL makes them.
    const PAIRS: [(&str, &str); 4] = [
        (
            "P-256 with SHA-512",
            "-----BEGIN CERTIFICATE REQUEST-----\n\
         MIHZMIGAAgEAMB4xDjAMBgNVBAMMBWNhcm9sMQwwCgYDVQQKDANkZXYwWTATBgcq\n\
         hkjOPQIBBggqhkjOPQMBBwNCAATRO3t95jyjupE4S/dsGKla1eYZGk1i9emPgWKv\n\
         UXhSQuOUeAqS33PXBi1QWQyEuPlKtBLFrGCh0OakIR3ewBhioAAwCgYIKoZIzj0E\n\
         AwQDSAAwRQIgB35ka5EO0ZjxxdkAUe14D2p9IPmLli/L5DJhMgnoJ3UCIQCHiC1A\n\
         oEN0+IAw/dh0sndtUW10g3kEF0riv38aOimSmw==\n\
         -----END CERTIFICATE REQUEST-----",
        ),
        (
            "P-384 with SHA-256",
            "-----BEGIN CERTIFICATE REQUEST-----\n\
         MIIBFTCBnQIBADAeMQ4wDAYDVQQDDAVjYXJvbDEMMAoGA1UECgwDZGV2MHYwEAYH\n\
         KoZIzj0CAQYFK4EEACIDYgAECPbwKJkY9N0+HAZcWv5K/lzMjEXGgJO2pLU7fZok\n\
         sxA4PcjnAWwhk2bFDDtGFS+iq9cv1lOMuxe9TY7Quk8erVSB+bnIG1/XiugCwlYH\n\
         Yeg3KSPOeNURrqXv6m7kW1nRoAAwCgYIKoZIzj0EAwIDZwAwZAIwbw/xJrNtyZD/\n\
         SSOv3gc4SCgwivxcmrqE6mepqfAMG3DABZFTQRUXT0flhRo3EeJCAjAxxG24Y+NR\n\
         HUJbNQZlu3+KwC/LABQis+Upcnns2mRr2bcJWCa9PzbTYwcEVhZTo38=\n\
         -----END CERTIFICATE REQUEST-----",
        ),
        (
            "P-521 with SHA-512",
            "-----BEGIN CERTIFICATE REQUEST-----\n\
         MIIBYDCBwwIBADAeMQ4wDAYDVQQDDAVjYXJvbDEMMAoGA1UECgwDZGV2MIGbMBAG\n\
         ByqGSM49AgEGBSuBBAAjA4GGAAQAf7kvbTV7S8egdbyVzWJS9YyMDUYHaAhBA1qv\n\
         GOePk/n+wQn3zQmvX4C5riLD1mAj1uKyOEWX8EOfry+lEG0YAisBsrPUnKDnXEKR\n\
         mDwRJ0Dh0lQSnQvgr7XisDVWdDkivsVZSMgkNH83SVLLUhcLClgLEhpApKPXXH1p\n\
         9k27CtM+tHCgADAKBggqhkjOPQQDBAOBiwAwgYcCQR7edYyNS/7JEbBBfYvidY8w\n\
         imIr0INsM7KaQ/w3sRTXXB9DYKMekdbpy7HXBgVVCuMmUjc69IlfMCFjPk1BUj4W\n\
         AkIAi8p/FK5AyZl6FvR7xDc5TyNGRfCQo6Pf5kefA+LOPWbyPfFIHJ62ZBPyjGRp\n\
         qNWKd+4e6o9MXfGt4hHaI3cxbk0=\n\
         -----END CERTIFICATE REQUEST-----",
        ),
        (
            "RSA of 1024 bits",
            "-----BEGIN CERTIFICATE REQUEST-----\n\
         MIIBXTCBxwIBADAeMQ4wDAYDVQQDDAVjYXJvbDEMMAoGA1UECgwDZGV2MIGfMA0G\n\
         CSqGSIb3DQEBAQUAA4GNADCBiQKBgQDvTOcW9UZDRqDg03JymEBkqpnKU2wPGID4\n\
         yiggn3YR/e5Ua4yT8PXIW5qocqM0db5nMsB+OeYzZxu0ggJ+TywZHgt7fw5yVHqg\n\
         FhDd8ULkfU3vBZkEAk10437yegBeh8fz3e2zS61lU5/mW/lCU/rS1xgfy6gjZnwq\n\
         ubMm2w5tjQIDAQABoAAwDQYJKoZIhvcNAQELBQADgYEAx0JBIKrMl0c6Hvr3OSLW\n\
         fuSAJKkK7Yd7+6gWgkKTvbt7Qkr1jipOQhLcL5ZFxj9CRZiWCSQVdrH/mXTyJF1f\n\
         MyVCwdKVfuY+UlufRFkMAAISpS3r/9qXAOjJdCekZptv5ZAqkkJv4OAAn/XwT3e2\n\
         +o9wqxx8boTtl6k4x27KcBc=\n\
         -----END CERTIFICATE REQUEST-----",
        ),
    ];

    #[test]
    fn any_curve_comes_with_any_digest() {
        let dir = tempfile::tempdir().expect("a folder");
        let pki = Pki::open(dir.path()).expect("a CA");
        let (hour, now) = (Duration::from_secs(3600), SystemTime::now());
        for (name, pem) in PAIRS {
            let read = CertificateRequest::from_pem(pem.as_bytes()).expect(name);
            assert_eq!(
                (&*read.common_name, &*read.organizations[0]),
                ("carol", "dev")
            );
            let asked = der(pem.as_bytes()).expect(name);
            let (_, request) = X509CertificationRequest::from_der(&asked).expect(name);
            let info = &request.certification_request_info;
            let usages = ["client auth".to_owned()];
            let signed = pki
                .sign_request(pem.as_bytes(), &usages, hour, now)
                .expect(name);
            let (_, block) = x509_parser::pem::parse_x509_pem(signed.as_bytes()).expect(name);
            let certificate = block.parse_x509().expect(name);
            // The same key, said to be of the same curve, and the same subject.
            assert_eq!(certificate.public_key().raw, info.subject_pki.raw, "{name}");
            assert_eq!(
                certificate.subject().to_string(),
                info.subject.to_string(),
                "{name}"
            );
            let mut broken = asked.to_vec();
            *broken.last_mut().expect(name) ^= 1;
            let (_, request) = X509CertificationRequest::from_der(&broken).expect(name);
            assert!(!is_signed_by_its_key(&request), "{name}");
        }
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
