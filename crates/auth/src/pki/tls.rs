//! TLS of a server that knows its clients by their certificates.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig,
    SignatureScheme,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, UnixTime};
use x509_parser::extensions::GeneralName;

use super::{KeyAndCertificate, PkiError, key_proof};

/// Takes every certificate whose key the client has: whether it is believed is
/// asked for every request, by which a client learns of it as of any other
/// credentials (`RequestClientCert` of Go's crypto/tls).
#[derive(Debug)]
struct Shown {
    hints: Vec<DistinguishedName>,
    supported: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for Shown {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if key_proof::is_readable(certificate) {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::BadEncoding.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        key_proof::verify_handshake(&self.supported, message, certificate, signed, false)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        key_proof::verify_handshake(&self.supported, message, certificate, signed, true)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.supported.supported_schemes()
    }
}

/// What can be chosen about a server's TLS.
#[derive(Clone, Default)]
pub struct ServerTls {
    /// Whose certificates are asked of clients; clients are not asked for one
    /// if there is none. One of another authority does not end the handshake:
    /// who reads it has to verify it.
    pub client_cas: Vec<CertificateDer<'static>>,
    /// TLS 1.2 is refused.
    pub only_13: bool,
    /// The cipher suites of TLS 1.2, by IANA's numbers; `None`: all that there
    /// are. Those of TLS 1.3 are always on.
    pub cipher_suites: Option<Vec<u16>>,
    /// The groups of key exchanges, by IANA's numbers; `None`: the usual ones.
    pub groups: Option<Vec<u16>>,
    /// Certificates for clients that ask for a server of one of these names;
    /// without names, for those that the certificate is for.
    pub by_name: Vec<(KeyAndCertificate, Vec<String>)>,
}

/// Chooses a certificate by the name that the client asks for.
#[derive(Debug)]
struct ByName {
    names: HashMap<String, Arc<CertifiedKey>>,
    otherwise: Arc<CertifiedKey>,
}

impl ByName {
    fn find(&self, name: &str) -> &Arc<CertifiedKey> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let wildcard = || {
            let (_, rest) = name.split_once('.')?;
            self.names.get(&format!("*.{rest}"))
        };
        let found = self.names.get(&name).or_else(wildcard);
        found.unwrap_or(&self.otherwise)
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().unwrap_or_default();
        Some(self.find(name).clone())
    }
}

/// The names of servers that a certificate is for.
fn names_of(chain: &[CertificateDer<'_>]) -> Vec<String> {
    let Some(first) = chain.first() else {
        return Vec::new();
    };
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(first) else {
        return Vec::new();
    };
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let alternatives = alternatives.map_or(&[][..], |names| &names.value.general_names[..]);
    let mut names: Vec<String> = alternatives
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        })
        .collect();
    if names.is_empty() {
        let common = certificate.subject().iter_common_name();
        names.extend(common.filter_map(|name| Some(name.as_str().ok()?.to_ascii_lowercase())));
    }
    names
}

/// Whether there is a cipher suite of this number.
pub fn has_cipher_suite(number: u16) -> bool {
    let mut all = aws_lc_rs::ALL_CIPHER_SUITES.iter();
    all.any(|suite| u16::from(suite.suite()) == number)
}

/// Whether there is a group of key exchanges of this number.
pub fn has_group(number: u16) -> bool {
    let mut all = aws_lc_rs::ALL_KX_GROUPS.iter();
    all.any(|group| u16::from(group.name()) == number)
}

/// What is left of our TLS by what is chosen.
fn provider_of(choices: &ServerTls) -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    if let Some(wanted) = &choices.cipher_suites {
        provider
            .cipher_suites
            .retain(|suite| suite.tls13().is_some() || wanted.contains(&u16::from(suite.suite())));
    }
    if let Some(wanted) = &choices.groups {
        let all = aws_lc_rs::ALL_KX_GROUPS.iter().copied();
        let wanted = all.filter(|group| wanted.contains(&u16::from(group.name())));
        provider.kx_groups = wanted.collect();
    }
    provider
}

/// A configuration for HTTP/2 and HTTP/1.1. All certificates in the PEM are
/// shown: the server's own and, after it, those between it and its CA.
///
/// # Errors
/// A certificate or key is not usable, or they do not go together.
pub fn server_config(
    serving: &KeyAndCertificate,
    choices: &ServerTls,
) -> Result<ServerConfig, PkiError> {
    let general = |text: String| PkiError::Tls(rustls::Error::General(text));
    let provider = Arc::new(provider_of(choices));
    // Of TLS 1.2 nothing may be left.
    let has_12 = |suite: &rustls::SupportedCipherSuite| suite.tls13().is_none();
    let only_13 = choices.only_13 || !provider.cipher_suites.iter().any(has_12);
    let versions: &[&rustls::SupportedProtocolVersion] = if only_13 {
        &[&rustls::version::TLS13]
    } else {
        rustls::ALL_VERSIONS
    };
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(versions)
        .map_err(PkiError::Tls)?;
    let builder = if choices.client_cas.is_empty() {
        builder.with_no_client_auth()
    } else {
        let mut roots = RootCertStore::empty();
        for ca in &choices.client_cas {
            roots.add(ca.clone()).map_err(PkiError::Tls)?;
        }
        builder.with_client_cert_verifier(Arc::new(Shown {
            hints: roots.subjects(),
            supported: provider.signature_verification_algorithms,
        }))
    };
    let certified = |pair: &KeyAndCertificate| {
        let key = pair
            .key_der()
            .ok_or_else(|| general("no private key".to_owned()))?;
        let chain = certificates_of(&pair.certificate_pem);
        CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map(Arc::new)
            .map_err(PkiError::Tls)
    };
    let mut names = HashMap::new();
    for (pair, wanted) in &choices.by_name {
        let certified = certified(pair)?;
        let wanted = match wanted.as_slice() {
            [] => names_of(&certified.cert),
            some => some.iter().map(|name| name.to_ascii_lowercase()).collect(),
        };
        for name in wanted {
            // Of two for one name the first counts.
            names.entry(name).or_insert_with(|| certified.clone());
        }
    }
    let otherwise = certified(serving)?;
    let mut config = builder.with_cert_resolver(Arc::new(ByName { names, otherwise }));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificates in a PEM text, in their order.
pub fn certificates_of(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .filter_map(Result::ok)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Pki, ServingNames};

    #[test]
    fn certificates_are_chosen_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path()).unwrap();
        let made = |file: &str, name: &str| {
            let mut names = ServingNames::api_server("cluster.local");
            names.add(name);
            let pair = pki.serving(file, &names).unwrap();
            let chain = certificates_of(&pair.certificate_pem);
            let key = pair.key_der().unwrap();
            let provider = aws_lc_rs::default_provider();
            Arc::new(CertifiedKey::from_der(chain, key, &provider).unwrap())
        };
        let (one, other) = (made("one", "one.example"), made("other", "other.example"));
        assert!(names_of(&one.cert).contains(&"one.example".to_owned()));
        let names = [("one.example", &one), ("*.wild.example", &one)];
        let chooser = ByName {
            names: names.map(|(n, c)| (n.to_owned(), c.clone())).into(),
            otherwise: other.clone(),
        };
        let check = |name: &str, expect: &Arc<CertifiedKey>| {
            assert!(Arc::ptr_eq(chooser.find(name), expect), "{name}");
        };
        check("ONE.example.", &one);
        check("a.wild.example", &one);
        check("a.b.wild.example", &other);
        check("", &other);
    }

    /// A handshake, of a client with one suite or group, in memory.
    fn handshake(
        pki: &Pki,
        server: ServerConfig,
        version: &'static rustls::SupportedProtocolVersion,
        client: &ServerTls,
    ) -> Result<(), Error> {
        let mut roots = RootCertStore::empty();
        for ca in certificates_of(pki.ca_pem()) {
            roots.add(ca)?;
        }
        let client = rustls::ClientConfig::builder_with_provider(Arc::new(provider_of(client)))
            .with_protocol_versions(&[version])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = "kubernetes".try_into().unwrap();
        let mut client = rustls::ClientConnection::new(Arc::new(client), name)?;
        let mut server = rustls::ServerConnection::new(Arc::new(server))?;
        let mut rounds = 0;
        while client.is_handshaking() || server.is_handshaking() {
            rounds += 1;
            assert!(rounds < 9, "the handshake comes to an end");
            let mut sent = Vec::new();
            client.write_tls(&mut sent).unwrap();
            let mut unread = sent.as_slice();
            while !unread.is_empty() {
                server.read_tls(&mut unread).unwrap();
                server.process_new_packets()?;
            }
            let mut sent = Vec::new();
            while server.wants_write() {
                server.write_tls(&mut sent).unwrap();
            }
            let mut unread = sent.as_slice();
            while !unread.is_empty() {
                client.read_tls(&mut unread).unwrap();
                client.process_new_packets()?;
            }
        }
        Ok(())
    }

    #[test]
    fn only_what_is_chosen_is_spoken() {
        use rustls::version::{TLS12, TLS13};
        const AES_128: u16 = 0xc02b;
        const AES_256: u16 = 0xc02c;
        const P256: u16 = 23;
        const X25519: u16 = 29;
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path()).unwrap();
        let names = ServingNames::api_server("cluster.local");
        let serving = pki.serving("apiserver", &names).unwrap();
        let suite = |number| ServerTls {
            cipher_suites: Some(vec![number]),
            ..ServerTls::default()
        };
        let group = |number| ServerTls {
            groups: Some(vec![number]),
            ..ServerTls::default()
        };
        let check = |server: &ServerTls, version, client: &ServerTls, expect: bool| {
            let config = server_config(&serving, server).unwrap();
            let outcome = handshake(&pki, config, version, client);
            assert_eq!(outcome.is_ok(), expect, "{outcome:?}");
        };
        check(&ServerTls::default(), &TLS12, &suite(AES_256), true);
        check(&suite(AES_128), &TLS12, &suite(AES_128), true);
        check(&suite(AES_128), &TLS12, &suite(AES_256), false);
        // The suites of TLS 1.3 are not to be chosen.
        check(&suite(AES_128), &TLS13, &suite(AES_256), true);
        check(&suite(0x1301), &TLS13, &suite(0x1301), true);
        check(&suite(0x1301), &TLS12, &suite(AES_128), false);
        for version in [&TLS12, &TLS13] {
            check(&ServerTls::default(), version, &group(P256), true);
            check(&group(X25519), version, &group(X25519), true);
            check(&group(X25519), version, &group(P256), false);
        }
        assert!(has_cipher_suite(AES_128) && !has_cipher_suite(0x0005));
        assert!(has_group(X25519) && !has_group(25));
    }

    #[test]
    fn our_own_certificates_are_usable() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path()).unwrap();
        let names = ServingNames::api_server("cluster.local");
        let serving = pki.serving("apiserver", &names).unwrap();
        let config = server_config(&serving, &ServerTls::default()).unwrap();
        assert_eq!(config.alpn_protocols.len(), 2);
    }
}
