//! Signed tokens (JWS): the compact form, keys, key sets. RS256, and ES256 and
//! ES384 by the curve of the key, as kube-apiserver signs and believes.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{KeyPair, PublicKeyData, SigningKey};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use serde_json::{Value, json};
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::authn::is_understood;

/// No token is longer; a header that is longer is not looked at.
const TOKEN_LEN_MAX: usize = 16 * 1024;
/// A file holds no more keys.
const KEYS_MAX: usize = 64;

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Es256,
    Es384,
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Es256 => &ECDSA_P256_SHA256_FIXED,
            Self::Es384 => &ECDSA_P384_SHA384_FIXED,
        }
    }

    /// Bytes of one of the two numbers of a signature or point.
    fn number_len(self) -> usize {
        match self {
            Self::Rs256 => 0,
            Self::Es256 => 32,
            Self::Es384 => 48,
        }
    }
}

/// A private key that signs, with its public half.
pub(crate) struct SigningPair {
    pair: KeyPair,
    public: VerifyingKey,
}

/// A public key that tokens may be signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    /// Base64url of SHA-256 of the public key's DER, as kube-apiserver names keys.
    id: String,
    algorithm: Algorithm,
    /// RSAPublicKey's DER, or the uncompressed point.
    key: Vec<u8>,
    /// Modulus and exponent, or x and y.
    numbers: (Vec<u8>, Vec<u8>),
}

/// No key that tokens can be signed with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(&'static str);

impl SigningPair {
    pub(crate) fn new(pair: KeyPair) -> Result<Self, KeyError> {
        let public = VerifyingKey::from_info(&pair.subject_public_key_info())?;
        Ok(Self { pair, public })
    }

    pub(crate) fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// The compact form of `claims`, signed; `None` if the crypto library fails.
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        let algorithm = self.public.algorithm;
        let header = json!({"alg": algorithm.name(), "kid": self.public.id});
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let mut signature = self.pair.sign(token.as_bytes()).ok()?;
        if algorithm != Algorithm::Rs256 {
            signature = fixed(&signature, algorithm.number_len())?;
        }
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Some(token)
    }
}

/// An ECDSA signature as JWS has it, two numbers of one length, from its DER:
/// a sequence of two integers.
fn fixed(der: &[u8], len: usize) -> Option<Vec<u8>> {
    fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
        let (&found, rest) = der.split_first()?;
        let (&length, rest) = rest.split_first()?;
        // No part of such a signature has 128 bytes or more.
        let length = usize::from(length);
        (found == tag && length < 128 && length <= rest.len()).then(|| rest.split_at(length))
    }
    let (pair, _) = value(der, 0x30)?;
    let (r, rest) = value(pair, 0x02)?;
    let (s, _) = value(rest, 0x02)?;
    let mut out = Vec::with_capacity(2 * len);
    for number in [r, s] {
        let number = without_leading_zeros(number);
        out.resize(out.len() + len.checked_sub(number.len())?, 0);
        out.extend_from_slice(&number);
    }
    Some(out)
}

impl VerifyingKey {
    /// The keys in a PEM text: public keys, certificates, and the public
    /// halves of private keys.
    ///
    /// # Errors
    /// There is none, or one that tokens cannot be signed with.
    pub fn from_pem(text: &str) -> Result<Vec<Self>, KeyError> {
        let mut keys = Vec::new();
        for section in Pem::iter_from_buffer(text.as_bytes()) {
            let section = section.map_err(|_| KeyError("the PEM text is damaged"))?;
            let der = section.contents;
            let key = match section.label.as_str() {
                "PUBLIC KEY" => Self::from_info(&der)?,
                "RSA PUBLIC KEY" => Self::from_info(&rsa_info(&der)?)?,
                "CERTIFICATE" => {
                    let (_, certificate) = X509Certificate::from_der(&der)
                        .map_err(|_| KeyError("the certificate is damaged"))?;
                    Self::from_info(certificate.public_key().raw)?
                }
                "PRIVATE KEY" => Self::of_private(PrivatePkcs8KeyDer::from(der).into())?,
                "RSA PRIVATE KEY" => Self::of_private(PrivatePkcs1KeyDer::from(der).into())?,
                "EC PRIVATE KEY" => Self::of_private(PrivateSec1KeyDer::from(der).into())?,
                // Such as the parameters of a curve before its key.
                _ => continue,
            };
            if !keys.contains(&key) {
                keys.push(key);
            }
            if keys.len() > KEYS_MAX {
                return Err(KeyError("there are too many keys"));
            }
        }
        if keys.is_empty() {
            return Err(KeyError("there is no key"));
        }
        Ok(keys)
    }

    fn of_private(der: PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        let pair = KeyPair::try_from(&der).map_err(|_| KeyError("the private key is damaged"))?;
        Self::from_info(&pair.subject_public_key_info())
    }

    /// The key in a SubjectPublicKeyInfo.
    fn from_info(der: &[u8]) -> Result<Self, KeyError> {
        let (_, info) =
            SubjectPublicKeyInfo::from_der(der).map_err(|_| KeyError("the key is damaged"))?;
        let (algorithm, numbers) = match info.parsed() {
            Ok(PublicKey::RSA(rsa)) if rsa.key_size() >= 2048 => (
                Algorithm::Rs256,
                (
                    without_leading_zeros(rsa.modulus),
                    without_leading_zeros(rsa.exponent),
                ),
            ),
            Ok(PublicKey::RSA(_)) => return Err(KeyError("the RSA key is shorter than 2048 bits")),
            Ok(PublicKey::EC(point)) => {
                let algorithm = match point.data().len() {
                    65 => Algorithm::Es256,
                    97 => Algorithm::Es384,
                    _ => {
                        return Err(KeyError(
                            "the key is of no curve that is used: P-256, P-384",
                        ));
                    }
                };
                let len = algorithm.number_len();
                let (x, y) = point.data()[1..].split_at(len);
                (algorithm, (x.to_vec(), y.to_vec()))
            }
            _ => {
                return Err(KeyError(
                    "the key is neither of RSA nor of an elliptic curve",
                ));
            }
        };
        Ok(Self {
            id: URL_SAFE_NO_PAD.encode(digest(&SHA256, der)),
            algorithm,
            key: info.subject_public_key.data.to_vec(),
            numbers,
        })
    }

    /// The name of its algorithm: `RS256`.
    pub(crate) fn algorithm(&self) -> &'static str {
        self.algorithm.name()
    }

    /// One entry of a JSON Web Key Set.
    pub(crate) fn jwk(&self) -> Value {
        let (first, second) = (
            URL_SAFE_NO_PAD.encode(&self.numbers.0),
            URL_SAFE_NO_PAD.encode(&self.numbers.1),
        );
        let mut key = json!({"use": "sig", "kid": self.id, "alg": self.algorithm()});
        let members = match self.algorithm {
            Algorithm::Rs256 => [("kty", "RSA"), ("n", &first), ("e", &second)],
            Algorithm::Es256 | Algorithm::Es384 => [("kty", "EC"), ("x", &first), ("y", &second)],
        };
        for (name, value) in members {
            key[name] = value.into();
        }
        match self.algorithm {
            Algorithm::Rs256 => {}
            Algorithm::Es256 => key["crv"] = "P-256".into(),
            Algorithm::Es384 => key["crv"] = "P-384".into(),
        }
        key
    }
}

/// PKCS#1's RSAPublicKey as a SubjectPublicKeyInfo.
fn rsa_info(pkcs1: &[u8]) -> Result<Vec<u8>, KeyError> {
    /// The identifier of RSA keys, with its empty parameters.
    const RSA: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    fn tagged(tag: u8, content: &[u8]) -> Result<Vec<u8>, KeyError> {
        let len = u16::try_from(content.len()).map_err(|_| KeyError("the key is too long"))?;
        let [high, low] = len.to_be_bytes();
        let mut out = vec![tag];
        match len {
            0..128 => out.push(low),
            128..256 => out.extend([0x81, low]),
            _ => out.extend([0x82, high, low]),
        }
        out.extend_from_slice(content);
        Ok(out)
    }
    let mut bits = vec![0];
    bits.extend_from_slice(pkcs1);
    let mut content = RSA.to_vec();
    content.extend(tagged(0x03, &bits)?);
    tagged(0x30, &content)
}

/// A token taken apart, its signature not yet looked at.
pub(crate) struct Unverified<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    key_id: Option<String>,
    algorithm: String,
    /// Its header asks for nothing that is not understood here.
    is_understood: bool,
    /// What it claims. Not to be believed before [`Unverified::verify`].
    pub(crate) claims: Value,
}

impl<'a> Unverified<'a> {
    /// `None` if `token` is not a JWS.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        if token.len() > TOKEN_LEN_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let header: Value = serde_json::from_slice(&part(header)?).ok()?;
        let critical: Option<Vec<&str>> = match header.get("crit") {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::Array(names)) => names.iter().map(Value::as_str).collect(),
            Some(_) => None,
        };
        Some(Self {
            signed,
            is_understood: is_understood(critical.as_deref()),
            signature: part(signature)?,
            key_id: header.get("kid").and_then(Value::as_str).map(str::to_owned),
            algorithm: header.get("alg")?.as_str()?.to_owned(),
            claims: serde_json::from_slice(&part(claims)?).ok()?,
        })
    }

    /// Whether one of `keys` signed it, by the algorithm of that key: the one
    /// that it names, or any if it names none.
    pub(crate) fn verify(&self, keys: &[VerifyingKey]) -> bool {
        self.is_understood
            && keys
                .iter()
                .filter(|key| self.key_id.as_ref().is_none_or(|id| *id == key.id))
                .filter(|key| self.algorithm == key.algorithm())
                .any(|key| {
                    UnparsedPublicKey::new(key.algorithm.verification(), &key.key)
                        .verify(self.signed.as_bytes(), &self.signature)
                        .is_ok()
                })
    }
}

fn without_leading_zeros(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    bytes[start..].to_vec()
}

#[cfg(test)]
mod tests {
    use rcgen::CertificateParams;

    use super::*;

    fn rsa() -> KeyPair {
        KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap()
    }

    fn pair() -> SigningPair {
        SigningPair::new(rsa()).unwrap()
    }

    #[test]
    fn signed_and_verified() {
        let pair = pair();
        let token = pair.sign(&json!({"sub": "x"})).unwrap();
        let parsed = Unverified::parse(&token).unwrap();
        assert_eq!(parsed.claims, json!({"sub": "x"}));
        assert!(parsed.verify(&[pair.public().clone()]));
        assert!(!parsed.verify(&[]));
        let (head, tail) = token.rsplit_once('.').unwrap();
        let (header, _) = head.split_once('.').unwrap();
        let forged = format!(
            "{header}.{}.{tail}",
            URL_SAFE_NO_PAD.encode("{\"sub\":\"y\"}")
        );
        assert!(
            !Unverified::parse(&forged)
                .unwrap()
                .verify(&[pair.public().clone()])
        );
        let jwk = pair.public().jwk();
        assert_eq!(jwk["e"], "AQAB");
        assert_eq!(jwk["n"].as_str().unwrap().len(), 342);
    }

    #[test]
    fn elliptic_curves_sign_too() {
        for (algorithm, curve, name) in [
            (&rcgen::PKCS_ECDSA_P256_SHA256, "P-256", "ES256"),
            (&rcgen::PKCS_ECDSA_P384_SHA384, "P-384", "ES384"),
        ] {
            let pair = SigningPair::new(KeyPair::generate_for(algorithm).unwrap()).unwrap();
            let jwk = pair.public().jwk();
            assert_eq!(
                (jwk["crv"].as_str(), jwk["alg"].as_str()),
                (Some(curve), Some(name))
            );
            // Numbers with leading zeros come up once in 128 signatures.
            for n in 0..300 {
                let token = pair.sign(&json!({"n": n})).unwrap();
                assert!(
                    Unverified::parse(&token)
                        .unwrap()
                        .verify(&[pair.public().clone()]),
                    "{token}"
                );
            }
        }
    }

    #[test]
    fn keys_come_from_any_kind_of_pem() {
        let rsa = rsa();
        let known = VerifyingKey::from_info(&rsa.subject_public_key_info()).unwrap();
        let certificate = CertificateParams::default().self_signed(&rsa).unwrap();
        let pkcs1 = pem("RSA PUBLIC KEY", &known.key);
        for text in [
            rsa.public_key_pem(),
            rsa.serialize_pem(),
            certificate.pem(),
            pkcs1,
        ] {
            assert_eq!(
                VerifyingKey::from_pem(&text).unwrap(),
                std::slice::from_ref(&known),
                "{text}"
            );
        }
        let both = rsa.public_key_pem() + &KeyPair::generate().unwrap().serialize_pem();
        assert_eq!(VerifyingKey::from_pem(&both).unwrap().len(), 2);
        assert!(VerifyingKey::from_pem("no key").is_err());
        let damaged = pem("PUBLIC KEY", &[0x30, 0x01]);
        assert!(VerifyingKey::from_pem(&damaged).is_err());
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn other_algorithms_are_not_believed() {
        let none = URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}");
        let token = format!("{none}.e30.");
        let pair = pair();
        assert!(
            !Unverified::parse(&token)
                .unwrap()
                .verify(&[pair.public().clone()])
        );
        // A signature by one algorithm is none by another of the same key.
        let token = pair.sign(&json!({})).unwrap();
        let mut parsed = Unverified::parse(&token).unwrap();
        parsed.algorithm = "ES256".to_owned();
        assert!(!parsed.verify(&[pair.public().clone()]));
        // Nor is what asks for something that nobody here knows.
        let mut token = Unverified::parse(&token).unwrap();
        assert!(token.verify(&[pair.public().clone()]));
        token.is_understood = false;
        assert!(!token.verify(&[pair.public().clone()]));
        assert!(Unverified::parse("garbage").is_none());
        assert!(Unverified::parse("a.b.c").is_none());
    }
}
