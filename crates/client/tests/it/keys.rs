//! Private keys in every form in which people have them. The keys are for
//! these tests alone.

use skeg_client::tls::{Identity, TlsVersion, Trust, client_config};

const EC: &str = include_str!("keys/ec.crt");
const RSA: &str = include_str!("keys/rsa.crt");

fn usable(certificate: &str, key: &str) -> Result<(), String> {
    let identity = Identity::from_pem(certificate.as_bytes(), key.as_bytes())
        .map_err(|error| error.to_string())?;
    client_config(&Trust::Anyone, Some(&identity), TlsVersion::V1_3, &[b"h2"])
        .map(drop)
        .map_err(|error| error.to_string())
}

#[test]
fn of_every_form() {
    let sec1 = include_str!("keys/ec-sec1.pem");
    let pkcs1 = include_str!("keys/rsa-pkcs1.pem");
    let pkcs8 = include_str!("keys/rsa-pkcs8.pem");
    for (certificate, key) in [(EC, sec1), (RSA, pkcs1), (RSA, pkcs8)] {
        let form = key.lines().next();
        assert_eq!(usable(certificate, key), Ok(()), "{form:?}");
    }
    // Both in one text, as gcloud and others write it.
    let both = format!("{pkcs8}{RSA}");
    usable(&both, &both).expect("both in one");
}

#[test]
fn what_does_not_fit_is_told() {
    let encrypted = include_str!("keys/ec-encrypted.pem");
    let error = usable(EC, encrypted).expect_err("encrypted");
    assert!(error.contains("decrypt it first"), "{error}");
    let other = include_str!("keys/rsa-pkcs1.pem");
    let error = usable(EC, other).expect_err("another key");
    assert_eq!(error, "certificate and key do not belong together");
    let error = usable(EC, EC).expect_err("no key");
    assert_eq!(error, "private key: no key in it");
}
