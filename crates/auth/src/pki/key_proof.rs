//! Signatures by the key of a certificate, of whatever version of X.509 it is.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerMisbehaved, SignatureScheme};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use x509_parser::oid_registry::asn1_rs::Any;
use x509_parser::prelude::{FromDer, X509Certificate, X509Version};

/// A certificate, with the parts that x509-parser does not keep as they are
/// written.
struct Parts<'a> {
    certificate: X509Certificate<'a>,
    /// Algorithm of the key, without tag and length.
    key_algorithm: &'a [u8],
    /// Algorithm of the signature, likewise.
    signature_algorithm: &'a [u8],
}

fn inner(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (rest, any) = Any::from_der(der).ok()?;
    Some((any.data, rest))
}

impl<'a> Parts<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let (key, _) = inner(certificate.tbs_certificate.subject_pki.raw)?;
        let (key_algorithm, _) = inner(key)?;
        let (whole, _) = inner(der)?;
        let (_, after) = inner(whole)?;
        let (signature_algorithm, _) = inner(after)?;
        Some(Self {
            certificate,
            key_algorithm,
            signature_algorithm,
        })
    }

    fn has_signed(
        &self,
        algorithm: &dyn SignatureVerificationAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let key = &self.certificate.public_key().subject_public_key.data;
        algorithm.public_key_alg_id().as_ref() == self.key_algorithm
            && algorithm.verify_signature(key, message, signature).is_ok()
    }
}

/// Whether TLS can make anything of a certificate.
pub(super) fn is_readable(certificate: &CertificateDer<'_>) -> bool {
    Parts::read(certificate).is_some()
}

/// Whether the handshake was signed by the key of `certificate`. In TLS 1.3 a
/// scheme stands for one curve.
pub(super) fn verify_handshake(
    supported: &WebPkiSupportedAlgorithms,
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    is_13: bool,
) -> Result<HandshakeSignatureValid, Error> {
    let known = supported.mapping.iter();
    let mut known = known.filter(|(scheme, _)| *scheme == signed.scheme);
    let old = matches!(
        signed.scheme,
        SignatureScheme::RSA_PKCS1_SHA256
            | SignatureScheme::RSA_PKCS1_SHA384
            | SignatureScheme::RSA_PKCS1_SHA512
    );
    let algorithms = match known.next() {
        Some((_, algorithms)) if !(is_13 && old) => *algorithms,
        _ => return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into()),
    };
    let count = if is_13 { 1 } else { algorithms.len() };
    let parts = Parts::read(certificate).ok_or(CertificateError::BadEncoding)?;
    let mut algorithms = algorithms.iter().take(count);
    if algorithms.any(|algorithm| parts.has_signed(*algorithm, message, signed.signature())) {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(CertificateError::BadSignature.into())
    }
}

/// Whether a certificate of version 1 is signed by one of `authorities` and
/// good `now`. It has no extensions, so it is for every use, and vouches for no
/// other certificate.
pub(super) fn is_old_and_vouched_for(
    own: &CertificateDer<'_>,
    authorities: &[CertificateDer<'_>],
    now: UnixTime,
) -> bool {
    let Some(own) = Parts::read(own) else {
        return false;
    };
    let certificate = &own.certificate;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let is_good = |certificate: &X509Certificate<'_>| {
        let validity = certificate.validity();
        (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now)
    };
    if certificate.version() != X509Version::V1 || !is_good(certificate) {
        return false;
    }
    let algorithms = aws_lc_rs::default_provider()
        .signature_verification_algorithms
        .all;
    authorities.iter().any(|authority| {
        let Some(authority) = Parts::read(authority) else {
            return false;
        };
        let issuer = &authority.certificate;
        let is_authority = issuer.is_ca() && is_good(issuer);
        let signs = issuer.key_usage().ok().flatten();
        let signs = signs.is_none_or(|usage| usage.value.key_cert_sign());
        is_authority
            && signs
            && issuer.subject().as_raw() == certificate.issuer().as_raw()
            && algorithms.iter().any(|algorithm| {
                algorithm.signature_alg_id().as_ref() == own.signature_algorithm
                    && authority.has_signed(
                        *algorithm,
                        certificate.tbs_certificate.as_ref(),
                        &certificate.signature_value.data,
                    )
            })
    })
}
