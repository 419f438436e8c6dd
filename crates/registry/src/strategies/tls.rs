//! What is odd about a certificate and its key, as Go's `tls.X509KeyPair` tells
//! it. Whether the key is the certificate's is not looked into.

use crate::tree::s;
use crate::validation::extension::pem_blocks;
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
    match X509Certificate::from_der(der) {
        Err(_) => return Some("x509: malformed certificate".to_owned()),
        Ok((rest, _)) if !rest.is_empty() => return Some("x509: trailing data".to_owned()),
        Ok(_) => {}
    }
    // Keys of all kinds are sequences.
    const SEQUENCE: u8 = 0x30;
    (key.first() != Some(&SEQUENCE)).then(|| "tls: failed to parse private key".to_owned())
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
}
