//! Signed tokens (JWS, RS256): the compact form, keys, key sets.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{KeyPair, PublicKeyData, SigningKey};
use serde_json::{Value, json};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// No token is longer; a header that is longer is not looked at.
const TOKEN_LEN_MAX: usize = 16 * 1024;

/// A private key that signs, with its public half.
pub(crate) struct SigningPair {
    pair: KeyPair,
    public: VerifyingKey,
}

/// A public key that verifies.
#[derive(Clone)]
pub(crate) struct VerifyingKey {
    /// Base64url of SHA-256 of the public key's DER, as kube-apiserver names keys.
    id: String,
    /// The RSAPublicKey's DER.
    rsa: Vec<u8>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

/// The key is not an RSA key of at least 2048 bits.
#[derive(Debug, thiserror::Error)]
#[error("not an RSA key")]
pub(crate) struct NotRsa;

impl SigningPair {
    pub(crate) fn new(pair: KeyPair) -> Result<Self, NotRsa> {
        let spki = pair.subject_public_key_info();
        let (_, info) = SubjectPublicKeyInfo::from_der(&spki).map_err(|_| NotRsa)?;
        let Ok(PublicKey::RSA(rsa)) = info.parsed() else {
            return Err(NotRsa);
        };
        let public = VerifyingKey {
            id: URL_SAFE_NO_PAD.encode(digest(&SHA256, &spki)),
            rsa: info.subject_public_key.data.to_vec(),
            modulus: without_leading_zeros(rsa.modulus),
            exponent: without_leading_zeros(rsa.exponent),
        };
        Ok(Self { pair, public })
    }

    pub(crate) fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// The compact form of `claims`, signed; `None` if the crypto library fails.
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({"alg": "RS256", "kid": self.public.id});
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let signature = self.pair.sign(token.as_bytes()).ok()?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Some(token)
    }
}

impl VerifyingKey {
    /// One entry of a JSON Web Key Set.
    pub(crate) fn jwk(&self) -> Value {
        json!({
            "use": "sig",
            "kty": "RSA",
            "kid": self.id,
            "alg": "RS256",
            "n": URL_SAFE_NO_PAD.encode(&self.modulus),
            "e": URL_SAFE_NO_PAD.encode(&self.exponent),
        })
    }
}

/// A token taken apart, its signature not yet looked at.
pub(crate) struct Unverified<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    key_id: Option<String>,
    /// What it claims. Not to be believed before [`Unverified::verify`].
    pub(crate) claims: Value,
}

impl<'a> Unverified<'a> {
    /// `None` if `token` is not a JWS that is signed with RS256.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        if token.len() > TOKEN_LEN_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let header: Value = serde_json::from_slice(&part(header)?).ok()?;
        if header.get("alg")?.as_str()? != "RS256" {
            return None;
        }
        Some(Self {
            signed,
            signature: part(signature)?,
            key_id: header.get("kid").and_then(Value::as_str).map(str::to_owned),
            claims: serde_json::from_slice(&part(claims)?).ok()?,
        })
    }

    /// Whether one of `keys` signed it: the one that it names, or any if it
    /// names none.
    pub(crate) fn verify(&self, keys: &[VerifyingKey]) -> bool {
        keys.iter()
            .filter(|key| self.key_id.as_ref().is_none_or(|id| *id == key.id))
            .any(|key| {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.rsa)
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
    use super::*;

    fn pair() -> SigningPair {
        let pair = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
        SigningPair::new(pair.unwrap()).unwrap()
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
    fn other_algorithms_are_not_tokens() {
        let none = URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}");
        assert!(Unverified::parse(&format!("{none}.e30.")).is_none());
        assert!(Unverified::parse("garbage").is_none());
        assert!(Unverified::parse("a.b.c").is_none());
    }
}
