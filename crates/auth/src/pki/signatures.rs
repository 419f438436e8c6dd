//! Whether a certificate signing request is signed by the key that it is for.

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::oid_registry::{
    OID_EC_P256, OID_NIST_EC_P384, OID_NIST_EC_P521, OID_PKCS1_SHA256WITHRSA,
    OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384,
    OID_SIG_ECDSA_WITH_SHA512,
};

/// Whether the signature of a request is that of its key. Any curve may come
/// with any digest, and RSA keys have 1024 bits or more, as in Go.
#[must_use]
pub fn is_signed_by_its_key(request: &X509CertificationRequest<'_>) -> bool {
    if request.verify_signature().is_ok() {
        return true;
    }
    let info = &request.certification_request_info;
    algorithm(request).is_some_and(|algorithm| {
        UnparsedPublicKey::new(algorithm, &info.subject_pki.subject_public_key.data)
            .verify(info.raw, &request.signature_value.data)
            .is_ok()
    })
}

/// The pairs that the parser does not know.
fn algorithm(request: &X509CertificationRequest<'_>) -> Option<&'static dyn VerificationAlgorithm> {
    let signed = &request.signature_algorithm.algorithm;
    if *signed == OID_PKCS1_SHA256WITHRSA {
        return Some(&signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY);
    }
    if *signed == OID_PKCS1_SHA512WITHRSA {
        return Some(&signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY);
    }
    let bits = [
        (OID_SIG_ECDSA_WITH_SHA256, 256),
        (OID_SIG_ECDSA_WITH_SHA384, 384),
        (OID_SIG_ECDSA_WITH_SHA512, 512),
    ];
    let (_, bits) = bits.iter().find(|(oid, _)| oid == signed)?;
    let key = &request.certification_request_info.subject_pki.algorithm;
    let curve = key.parameters.as_ref()?.as_oid().ok()?;
    let pairs: [&'static dyn VerificationAlgorithm; 3] = if curve == OID_EC_P256 {
        [
            &signature::ECDSA_P256_SHA256_ASN1,
            &signature::ECDSA_P256_SHA384_ASN1,
            &signature::ECDSA_P256_SHA512_ASN1,
        ]
    } else if curve == OID_NIST_EC_P384 {
        [
            &signature::ECDSA_P384_SHA256_ASN1,
            &signature::ECDSA_P384_SHA384_ASN1,
            &signature::ECDSA_P384_SHA512_ASN1,
        ]
    } else if curve == OID_NIST_EC_P521 {
        [
            &signature::ECDSA_P521_SHA256_ASN1,
            &signature::ECDSA_P521_SHA384_ASN1,
            &signature::ECDSA_P521_SHA512_ASN1,
        ]
    } else {
        return None;
    };
    let [sha256, sha384, sha512] = pairs;
    Some(match bits {
        256 => sha256,
        384 => sha384,
        _ => sha512,
    })
}
