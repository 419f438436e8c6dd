//! JSON Web Tokens of other issuers: parts, keys (RFC 7517) and signatures.

use aws_lc_rs::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use skeg_schema::{Value, decode_json_any};

/// Bytes of a token.
const TOKEN_LEN_MAX: usize = 64 * 1024;
/// Keys of one issuer.
const KEYS_LEN_MAX: usize = 256;

/// What must be understood of a token's header (RFC 7515, 4.1.11), and is.
const UNDERSTOOD: [&str; 1] = ["b64"];

/// Whether all that a header calls critical is understood.
pub(crate) fn is_understood(critical: Option<&[&str]>) -> bool {
    critical.is_some_and(|names| names.iter().all(|name| UNDERSTOOD.contains(name)))
}

/// A token, taken apart and not yet believed.
#[derive(Debug)]
pub(super) struct Token<'t> {
    pub algorithm: String,
    pub key_id: String,
    pub claims: Value,
    /// Its header asks for nothing that is not understood here.
    is_understood: bool,
    signed: &'t str,
    signature: Vec<u8>,
}

fn part(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

impl<'t> Token<'t> {
    /// `None`: not a signed JSON Web Token.
    pub(super) fn parse(token: &'t str) -> Option<Self> {
        if token.len() > TOKEN_LEN_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let head = decode_json_any(&part(head)?).ok()?;
        let claims = decode_json_any(&part(claims)?).ok()?;
        claims.as_object()?;
        let text = |key: &str| head[key].as_str().unwrap_or_default().to_owned();
        let critical: Option<Vec<&str>> = match &head["crit"] {
            Value::Null => Some(Vec::new()),
            Value::Array(names) => names.iter().map(Value::as_str).collect(),
            _ => None,
        };
        Some(Self {
            is_understood: is_understood(critical.as_deref()),
            algorithm: text("alg"),
            key_id: text("kid"),
            claims,
            signed,
            signature: part(signature)?,
        })
    }

    /// The issuer that it names.
    pub(super) fn issuer(&self) -> &str {
        self.claims["iss"].as_str().unwrap_or_default()
    }

    /// Whether one of the keys has signed it.
    pub(super) fn is_signed_by(&self, keys: &[Key]) -> bool {
        self.is_understood
            && keys
                .iter()
                .filter(|key| self.key_id.is_empty() || key.id == self.key_id)
                .any(|key| key.verify(&self.algorithm, self.signed.as_bytes(), &self.signature))
    }
}

/// A public key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub id: String,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Curve { name: &'static str, point: Vec<u8> },
}

impl Key {
    /// A JSON Web Key; `None`: of a kind that signs nothing here.
    fn read(jwk: &Value) -> Option<Self> {
        if jwk["use"].as_str().is_some_and(|u| u != "sig") {
            return None;
        }
        let bytes = |key: &str| part(jwk[key].as_str()?);
        let material = match jwk["kty"].as_str()? {
            "RSA" => Material::Rsa {
                n: without_zeroes(bytes("n")?),
                e: without_zeroes(bytes("e")?),
            },
            "EC" => {
                let (name, len) = match jwk["crv"].as_str()? {
                    "P-256" => ("P-256", 32),
                    "P-384" => ("P-384", 48),
                    "P-521" => ("P-521", 66),
                    _ => return None,
                };
                let mut point = vec![4];
                for coordinate in [bytes("x")?, bytes("y")?] {
                    let missing = len - coordinate.len().min(len);
                    point.extend(std::iter::repeat_n(0, missing));
                    point.extend_from_slice(&coordinate);
                }
                (point.len() == 1 + 2 * len).then_some(Material::Curve { name, point })?
            }
            _ => return None,
        };
        Some(Self {
            id: jwk["kid"].as_str().unwrap_or_default().to_owned(),
            material,
        })
    }

    fn verify(&self, algorithm: &str, message: &[u8], given: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { n, e } => {
                let scheme = match algorithm {
                    "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
                    "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
                    "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
                    "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
                    "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
                    "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
                    _ => return false,
                };
                RsaPublicKeyComponents { n, e }
                    .verify(scheme, message, given)
                    .is_ok()
            }
            Material::Curve { name, point } => {
                let scheme = match (algorithm, *name) {
                    ("ES256", "P-256") => &signature::ECDSA_P256_SHA256_FIXED,
                    ("ES384", "P-384") => &signature::ECDSA_P384_SHA384_FIXED,
                    ("ES512", "P-521") => &signature::ECDSA_P521_SHA512_FIXED,
                    _ => return false,
                };
                UnparsedPublicKey::new(scheme, point)
                    .verify(message, given)
                    .is_ok()
            }
        }
    }
}

fn without_zeroes(bytes: Vec<u8>) -> Vec<u8> {
    let start = bytes.iter().take_while(|b| **b == 0).count();
    bytes[start..].to_vec()
}

/// The keys of a key set (`{"keys": […]}`); others are passed over.
pub(super) fn keys(set: &Value) -> Vec<Key> {
    set["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Key::read)
        .take(KEYS_LEN_MAX)
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use skeg_schema::json;

    /// An issuer's key.
    pub(in crate::authn) struct Signer {
        pair: EcdsaKeyPair,
        pub id: String,
    }

    impl Signer {
        pub(in crate::authn) fn new(id: &str) -> Self {
            Self {
                pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
                id: id.to_owned(),
            }
        }

        pub(in crate::authn) fn sign(&self, claims: &Value) -> String {
            let head = json!({"alg": "ES256", "kid": (self.id.as_str())});
            self.sign_with(&head, claims)
        }

        pub(in crate::authn) fn sign_with(&self, head: &Value, claims: &Value) -> String {
            let signed = format!(
                "{}.{}",
                URL_SAFE_NO_PAD.encode(head.to_string()),
                URL_SAFE_NO_PAD.encode(claims.to_string())
            );
            let signature = self
                .pair
                .sign(&SystemRandom::new(), signed.as_bytes())
                .unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
        }

        pub(in crate::authn) fn key_set(&self) -> Value {
            let point = self.pair.public_key().as_ref();
            json!({"keys": [{
                "kty": "EC", "crv": "P-256", "kid": (self.id.as_str()), "use": "sig",
                "x": (URL_SAFE_NO_PAD.encode(&point[1..33])),
                "y": (URL_SAFE_NO_PAD.encode(&point[33..]))
            }]})
        }
    }

    #[test]
    fn signatures() {
        let signer = Signer::new("k1");
        let token = signer.sign(&json!({"iss": "x"}));
        let parsed = Token::parse(&token).unwrap();
        assert_eq!(parsed.issuer(), "x");
        assert!(parsed.is_signed_by(&keys(&signer.key_set())));
        for (critical, believed) in [
            (json!(["foo"]), false),
            (json!("foo"), false),
            (json!([]), true),
            (json!(["b64"]), true),
        ] {
            let head = json!({"alg": "ES256", "crit": (critical.clone()), "foo": 1});
            let token = signer.sign_with(&head, &json!({"iss": "x"}));
            let parsed = Token::parse(&token).unwrap();
            assert_eq!(
                parsed.is_signed_by(&keys(&signer.key_set())),
                believed,
                "{critical}"
            );
        }
        let other = Signer::new("k1");
        assert!(!parsed.is_signed_by(&keys(&other.key_set())));
        let broken = format!("{}AAAAAA", &token[..token.len() - 6]);
        assert!(
            !Token::parse(&broken)
                .unwrap()
                .is_signed_by(&keys(&signer.key_set()))
        );
        for nonsense in ["", "a.b", "a.b.c", "...."] {
            assert!(Token::parse(nonsense).is_none(), "{nonsense}");
        }
    }
}
