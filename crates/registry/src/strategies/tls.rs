//! What is odd about a certificate and its key, as Go's `tls.X509KeyPair` tells
//! it. Keys that our own library does not take are not compared.

use crate::tree::s;
use crate::validation::extension::pem_blocks;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_schema::Value;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

const CERTIFICATE: &str = "CERTIFICATE";
const KEY: &str = "PRIVATE KEY";

/// The first fault of a Secret's `tls.crt` and `tls.key`.
pub(super) fn warnings(data: &Value) -> Vec<String> {
    let pair = (blocks(s(data, "tls.crt")), blocks(s(data, "tls.key")));
    fault(&pair.0, &pair.1)
        .map(|words| vec![words])
        .unwrap_or_default()
}

type Block = (String, Vec<u8>);

fn blocks(encoded: &str) -> Vec<Block> {
    let text = STANDARD.decode(encoded).unwrap_or_default();
    pem_blocks(&String::from_utf8_lossy(&text))
        .into_iter()
        .filter_map(|block| Some((block.label, STANDARD.decode(block.body).ok()?)))
        .collect()
}

fn fault(certificate: &[Block], key: &[Block]) -> Option<String> {
    let skipped = |all: &[Block]| {
        let labels: Vec<&str> = all.iter().map(|(label, _)| label.as_str()).collect();
        labels.join(" ")
    };
    let Some((_, der)) = certificate.iter().find(|(label, _)| label == CERTIFICATE) else {
        return Some(match certificate {
            [] => "tls: failed to find any PEM data in certificate input".to_owned(),
            [(label, _)] if label.ends_with(KEY) => "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched".to_owned(),
            all => format!(
                "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: [{}]",
                skipped(all)
            ),
        });
    };
    let is_key = |label: &str| label == KEY || label.ends_with(" PRIVATE KEY");
    let Some((_, key)) = key.iter().find(|(label, _)| is_key(label)) else {
        return Some(match key {
            [] => "tls: failed to find any PEM data in key input".to_owned(),
            [(label, _)] if label == CERTIFICATE => {
                "tls: found a certificate rather than a key in the PEM for the private key"
                    .to_owned()
            }
            all => format!(
                "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: [{}]",
                skipped(all)
            ),
        });
    };
    let certificate = match X509Certificate::from_der(der) {
        Err(_) => return Some("x509: malformed certificate".to_owned()),
        Ok((rest, _)) if !rest.is_empty() => return Some("x509: trailing data".to_owned()),
        Ok((_, certificate)) => certificate,
    };
    // Keys of all kinds are sequences.
    const SEQUENCE: u8 = 0x30;
    if key.first() != Some(&SEQUENCE) {
        return Some("tls: failed to parse private key".to_owned());
    }
    let public = certificate.public_key();
    let (algorithm, own) = public_part(key)?;
    let words = if public.algorithm.algorithm.to_id_string() != algorithm {
        "tls: private key type does not match public key type"
    } else if *public.subject_public_key.data != *own {
        "tls: private key does not match public key"
    } else {
        return None;
    };
    Some(words.to_owned())
}

/// The algorithm of a private key and its public part, as certificates have it.
fn public_part(key: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    const RSA: &str = "1.2.840.113549.1.1.1";
    const EC: &str = "1.2.840.10045.2.1";
    const ED25519: &str = "1.3.101.112";
    let rsa = rsa::KeyPair::from_der(key).or_else(|_| rsa::KeyPair::from_pkcs8(key));
    if let Ok(pair) = rsa {
        return Some((RSA, pair.public_key().as_ref().to_vec()));
    }
    if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key) {
        return Some((ED25519, pair.public_key().as_ref().to_vec()));
    }
    let curves = [
        &ECDSA_P256_SHA256_ASN1_SIGNING,
        &ECDSA_P384_SHA384_ASN1_SIGNING,
        &ECDSA_P521_SHA512_ASN1_SIGNING,
    ];
    let mut pairs = curves
        .into_iter()
        .filter_map(|curve| EcdsaKeyPair::from_private_key_der(curve, key).ok());
    let pair = pairs.next()?;
    Some((EC, pair.public_key().as_ref().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn faults_of_pairs() {
        let pem = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let check = |certificate: &str, key: &str, expect: &str| {
            let data = json!({
                "tls.crt": STANDARD.encode(certificate),
                "tls.key": STANDARD.encode(key),
            });
            assert_eq!(warnings(&data), [expect], "{certificate} {key}");
        };
        let (certificate, key, other) =
            (pem(CERTIFICATE), pem("RSA PRIVATE KEY"), pem("PUBLIC KEY"));
        check(
            "x",
            "y",
            "tls: failed to find any PEM data in certificate input",
        );
        check(
            &key,
            &key,
            "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
        );
        check(
            &other,
            &key,
            "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: [PUBLIC KEY]",
        );
        check(
            &certificate,
            "y",
            "tls: failed to find any PEM data in key input",
        );
        check(
            &certificate,
            &certificate,
            "tls: found a certificate rather than a key in the PEM for the private key",
        );
        check(
            &certificate,
            &(other.clone() + &certificate),
            "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: [PUBLIC KEY CERTIFICATE]",
        );
        check(&certificate, &key, "x509: malformed certificate");
    }

    #[test]
    fn keys_of_other_certificates() {
        const EC: &str = "MIIBbzCCARWgAwIBAgIUf6ZP4OOeDq/CJj5/hzGQFn7nhIcwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjIxNTQwMjBaGA8yMDgxMDgyNTE1NDAyMFowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKvvkLFVQ5rzujGfLIuhpWrwavSQbzMzRRzGJozUtz38IJYXOavqCq4pp2UO+GO3KxwiH90n1cgm27aEZehaY6yjUzBRMB0GA1UdDgQWBBTiVIW1hAwDj2mplfwjMKjjHYVKpzAfBgNVHSMEGDAWgBTiVIW1hAwDj2mplfwjMKjjHYVKpzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIB0iloQExFfgoD6t4my0Ro9mdZbGfa1La2wUssSgHnrhAiEAoUcufQlrkCcwAbJxlq0YJSaa6ctvS4Llo/i9lR0D3X4=";
        const EC_KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWEFRXpA5oNALBmcHcfdqeBMMFpv/XDG9rH+6ioIc7cShRANCAASr75CxVUOa87oxnyyLoaVq8Gr0kG8zM0UcxiaM1Lc9/CCWFzmr6gquKadlDvhjtyscIh/dJ9XIJtu2hGXoWmOs";
        const EC_OTHER: &str = "MHcCAQEEIIo++o6LuRZkSZ91mR75/Rm3LhshHBLi/yne/lU4EEEJoAoGCCqGSM49AwEHoUQDQgAEnSJeuCsO6F1gxpGHOku4EaKFMCq9Gs4FufpfN92gb/joUDWEEKGgP0RgC0s1GCGC8+XnbgeElrD/rYMDBqBgbg==";
        const ED: &str = "MIIBLjCB4aADAgECAhQPpexzArQ6DNNApzt2ytcKtc08gjAFBgMrZXAwDDEKMAgGA1UEAwwBZTAgFw0yNjExMjIxNTQwMjBaGA8yMDgxMDgyNTE1NDAyMFowDDEKMAgGA1UEAwwBZTAqMAUGAytlcAMhAIBJUNGBG8S/VifLGhX5yAerCv3bFYfWFQl5T/ObmztEo1MwUTAdBgNVHQ4EFgQU2MNOcjvtOTB3L6RHV32uoYW5HNMwHwYDVR0jBBgwFoAU2MNOcjvtOTB3L6RHV32uoYW5HNMwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQAaRIjXUR79rMD8dpPkinReqggbM80kEppV21mBkA3Ohu+ajeiH5l2iK9YXGx6OGljmEkq1sEaburDckgbXM9AB";
        const ED_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIN5bLVWMmm6DDjVZGRfzH46lIzXG2Z91khT42jBy9Hit";
        let check = |certificate: &str, label: &str, key: &str, expect: &[&str]| {
            let pem = |label: &str, body: &str| {
                STANDARD.encode(format!(
                    "-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"
                ))
            };
            let data = json!({
                "tls.crt": pem(CERTIFICATE, certificate), "tls.key": pem(label, key),
            });
            assert_eq!(warnings(&data), expect);
        };
        let (other, kind) = (
            "tls: private key does not match public key",
            "tls: private key type does not match public key type",
        );
        check(EC, KEY, EC_KEY, &[]);
        check(EC, "EC PRIVATE KEY", EC_OTHER, &[other]);
        check(EC, KEY, ED_KEY, &[kind]);
        check(ED, KEY, ED_KEY, &[]);
        check(ED, KEY, EC_KEY, &[kind]);
    }
}
