//! Whether somebody holds a key: what they signed with it.

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use num_bigint::BigUint;
use x509_parser::oid_registry::asn1_rs::Tag;
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_NIST_EC_P521,
    OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519,
};
use x509_parser::oid_registry::{Oid, asn1_rs::oid};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

const P224: Oid<'static> = oid!(1.3.132.0.33);
const X25519: Oid<'static> = oid!(1.3.101.110);

/// A public key that was told as X.509's SubjectPublicKeyInfo.
pub struct PossessedKey<'a> {
    kind: Kind,
    key: SubjectPublicKeyInfo<'a>,
}

enum Kind {
    Ed25519,
    Curve(&'static str, Option<&'static dyn VerificationAlgorithm>),
    Rsa(RsaKey),
    Other,
}

struct RsaKey {
    modulus: BigUint,
    exponent: i64,
}

/// What kind of key it is, as far as that decides whether it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Ed25519.
    Ed25519,
    /// On a curve with this name, `P-256`.
    Curve(&'static str),
    /// RSA, with so many bits, in whole bytes.
    Rsa(u64),
    /// One that signs nothing (X25519).
    Other,
}

impl<'a> PossessedKey<'a> {
    /// Reads a key; none if Go's `x509.ParsePKIXPublicKey` would not read it, except
    /// for points that are not on their curve.
    #[must_use]
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let (rest, key) = SubjectPublicKeyInfo::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let algorithm = &key.algorithm.algorithm;
        let kind = if *algorithm == OID_SIG_ED25519 {
            let plain = key.algorithm.parameters.is_none();
            (plain && key.subject_public_key.data.len() == 32).then_some(Kind::Ed25519)?
        } else if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
            curve(&key)?
        } else if *algorithm == OID_PKCS1_RSAENCRYPTION {
            let parameters = key.algorithm.parameters.as_ref()?;
            if parameters.tag() != Tag::Null {
                return None;
            }
            let PublicKey::RSA(rsa) = key.parsed().ok()? else {
                return None;
            };
            let exponent = BigUint::from_bytes_be(rsa.exponent);
            Kind::Rsa(RsaKey {
                modulus: BigUint::from_bytes_be(rsa.modulus),
                // Go has it in an int.
                exponent: i64::try_from(&exponent).ok()?,
            })
        } else if *algorithm == X25519 {
            Kind::Other
        } else {
            return None;
        };
        Some(Self { kind, key })
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.kind {
            Kind::Ed25519 => KeyKind::Ed25519,
            Kind::Curve(name, _) => KeyKind::Curve(name),
            Kind::Rsa(rsa) => KeyKind::Rsa(rsa.modulus.bits().div_ceil(8) * 8),
            Kind::Other => KeyKind::Other,
        }
    }

    /// Whether `proof` is a signature of `message` by this key: for Ed25519 of the message,
    /// for a curve in ASN.1 of its SHA-256, for RSA by PSS with SHA-256 and salt of any length.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], proof: &[u8]) -> bool {
        let by = |algorithm: &'static dyn VerificationAlgorithm| {
            UnparsedPublicKey::new(algorithm, &self.key.subject_public_key.data)
                .verify(message, proof)
                .is_ok()
        };
        match &self.kind {
            Kind::Ed25519 => by(&signature::ED25519),
            Kind::Curve(_, Some(algorithm)) => by(*algorithm),
            Kind::Rsa(rsa) => rsa.has_signed(message, proof),
            Kind::Curve(_, None) | Kind::Other => false,
        }
    }
}

fn curve(key: &SubjectPublicKeyInfo<'_>) -> Option<Kind> {
    let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?;
    Some(if curve == OID_EC_P256 {
        Kind::Curve("P-256", Some(&signature::ECDSA_P256_SHA256_ASN1))
    } else if curve == OID_NIST_EC_P384 {
        Kind::Curve("P-384", Some(&signature::ECDSA_P384_SHA256_ASN1))
    } else if curve == OID_NIST_EC_P521 {
        Kind::Curve("P-521", Some(&signature::ECDSA_P521_SHA256_ASN1))
    } else if curve == P224 {
        Kind::Curve("P-224", None)
    } else {
        return None;
    })
}

impl RsaKey {
    /// EMSA-PSS of RFC 8017 (9.1.2) with SHA-256. Signers in Go take as much salt as there is
    /// room for, which aws-lc does not.
    fn has_signed(&self, message: &[u8], proof: &[u8]) -> bool {
        let bits = self.modulus.bits();
        let Ok(len) = usize::try_from(bits.div_ceil(8)) else {
            return false;
        };
        let signature = BigUint::from_bytes_be(proof);
        // As Go bounds it, so that nobody makes the server raise to powers for long.
        let exponent = i32::try_from(self.exponent)
            .ok()
            .filter(|exponent| *exponent >= 2)
            .and_then(|exponent| u32::try_from(exponent).ok());
        let Some(exponent) = exponent.map(BigUint::from) else {
            return false;
        };
        if proof.len() != len || signature >= self.modulus || bits < 2 {
            return false;
        }
        let encoded = signature.modpow(&exponent, &self.modulus).to_bytes_be();
        let encoded_bits = bits - 1;
        let Ok(encoded_len) = usize::try_from(encoded_bits.div_ceil(8)) else {
            return false;
        };
        let Some(missing) = encoded_len.checked_sub(encoded.len()) else {
            return false;
        };
        let mut whole = vec![0; missing];
        whole.extend_from_slice(&encoded);
        is_pss(&whole, encoded_bits, digest(&SHA256, message).as_ref())
    }
}

fn is_pss(encoded: &[u8], bits: u64, hash: &[u8]) -> bool {
    const LAST: u8 = 0xbc;
    let Some(masked_len) = encoded.len().checked_sub(SHA256_OUTPUT_LEN + 1) else {
        return false;
    };
    let (masked, rest) = encoded.split_at(masked_len);
    let (inner, last) = rest.split_at(SHA256_OUTPUT_LEN);
    // Bits of the first byte that are not used.
    let unused = (8 - bits % 8) % 8;
    let used = 0xff_u8 >> unused;
    let Some(first) = masked.first() else {
        return false;
    };
    if last != [LAST] || first & !used != 0 {
        return false;
    }
    let mut block: Vec<u8> = masked.to_vec();
    for (n, part) in block.chunks_mut(SHA256_OUTPUT_LEN).enumerate() {
        let Ok(n) = u32::try_from(n) else {
            return false;
        };
        let mask = digest(&SHA256, &[inner, &n.to_be_bytes()].concat());
        part.iter_mut()
            .zip(mask.as_ref())
            .for_each(|(byte, mask)| *byte ^= mask);
    }
    if let Some(first) = block.first_mut() {
        *first &= used;
    }
    let Some(one) = block.iter().position(|byte| *byte != 0) else {
        return false;
    };
    if block[one] != 1 {
        return false;
    }
    let salted = [&[0; 8], hash, &block[one + 1..]].concat();
    digest(&SHA256, &salted).as_ref() == inner
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    // Made by OpenSSL; the proofs are signatures of `pod-uid`. The first one of RSA has as much
    // salt as there is room for, the short one as much as the digest is long.
    const ED25519: &str = "MCowBQYDK2VwAyEA3ur16kDEBdCl5uu/An1yeLEyRvS+XNimczPNwLAsdX4=";
    const ED25519_PROOF: &str = "Nz3rbzMURxY2dwhPMMy5k6F3m/STvs5bcsIL5gXFz3gdTPciHIFAK0eZWMdIorG6AL1w8AM8zhrHlzaFznux\
        DA==";
    const X25519: &str = "MCowBQYDK2VuAyEABwIzg6icIRn+UF644VMue9l1oiiuou3A1dlwzV7aslM=";
    const P224: &str = "ME4wEAYHKoZIzj0CAQYFK4EEACEDOgAEoUxqY9B/E+7LF/1zTG1M8yJDcKvm9oe34GRG6af3YUE/xZtF2kuV\
        ILzIIHIkJ4TajWb4A1+CBaQ=";
    const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6FK4o0ejOtsVxfI4weAAK9VWd6hguVxSh2t0PNg5ncEy2Eqq\
        rWqXZG4a1d/UlD2RJ3TT4kdcVgrZVhJtWzcLUw==";
    const P256_PROOF: &str = "MEQCIDnIzNn+ZH5OBqGggE9FVeIWtM/s4+CsDfibuPUvFX6eAiA+5+D2Kb2uVMPsJCElCKwge7omXid9xREG\
        bWys2qTLGg==";
    const P384: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEwEQo6Tl7rwTzu82QIaaPY/NtxylHUMgDegmTB/7bXuaJfg6Dt0EF\
        gFfmUyAr7bkHERvBpfAnunTMI3R1YQM2E+CaUOU8cnpCZCoioZra9aoSqM1oKhxl5vJAXunnfgwX";
    const P384_PROOF: &str = "MGQCLxSpZXsP5hZBQ+X0P67P6CcbXYfXunEkiUS/6addaqxYAIe7Ay1e3ZRMPXM4scYjAjEAtZ+ugQcWFB8s\
        bkJnFks1FuLy0JQlp52QtBoRWSSWY43B4qCO+cXlx2zXn4MsPHfo";
    const P521: &str = "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBYl2FM9cOrY6AUbBnI6bvk91PLn3r0vBZ3RKmarCMv92Z/dDU\
        iRF69gwP/pb6s8m3/bB2uu0bzUUIK20l7k0J0K4BQY8FxsTFt8aYnDNaLuCXQHeswkwVoDU6cuk12wS5L/JV\
        phCP7L6/a6dzhDn+2wKwlaWBA5+/r9f1j4qU04ZeduU=";
    const P521_PROOF: &str = "MIGIAkIAprsyjka3waCJm/7prdzkjvSHNtDlcCwkw2F4ZrDTrGMiIFS39tHs66pL9WvHLOxOGJWinxiaDhrO\
        6PlgwUf0ODYCQgF90/cAJpveICaFd4gBdl1mZtDZ0vNR8ejPBnv3i5yu//Dh250mATjYjUfrLhk2r4X+nyUH\
        p+iXvE6JYhao8QauLA==";
    const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArIbuKh1rYtXKxzbDiftFeS1HQnRq9bp+GxT+fLm8\
        whuSmowPkKZ2bYt9xfqxQiblGa1XIeXDRtdbjs7gE1+hvCageDGycd3iQXES1MUnIc/Gr6tqOiuWcQwzynxr\
        uavTfyxBI2FZwLYXiXwFQs/ryBD6xAcNLYt7mPP0jZq/PMkCzJ4ituw0oijMtPK6Na5uszPRGlJGKFtA2HYt\
        b3T99/Dc2bzr28t6H2OSRAyysY1gh9jYIkWMXp9Os8N6cMlmi5ByuFZMKg1f5ADc0UcEu24QBlLzvwrLQrd+\
        3SAaR/tFbsZTdjh9ZAamXLpsaK1eZc6YAyfKXYX7B+Bi3Iqj6QIDAQAB";
    const RSA_3072: &str = "MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEAjLR1jtujFmIeFhhvLwFAdSEtHiP3A3kfY51xgVxI\
        ddnV1nwanTRkmZjDCBDxNX2/NPWAQuZKHa8gyoeTg5/VNPVB4kKsbrt+BeEBnOWg51lAOy5If3ugwf7NGuk2\
        D+w7A7QoHlAJOmwcA3HqCGPiTEYraQnDLFz568nMmDbttnO/LMUhvvGTtWXkkYrL9Hz3yyxqw8j9dElFoosx\
        yo9yR2D+WXc/jWvxIcre7HSwI58GIgSJZIxZcqSJH2bVhx7Rkx6yOzP6S6rCwVZOyKTRFS/CT2y/nHao9RPf\
        vgo10+ypN9DQEkfIvB37dibxmAotQ0f6PZYii8jujCoo9Zvm0FwRNQHg0BhGNb4SjYJ+qYfyTgHTxfjzRFJu\
        RKvERZAxPEAJxwIrEMQWeth5O8ee5TP7N7K1Z5K+CsPGs89twkeGfNHk4nlhksQMIJFfzaS0hcUX9oM+TY/f\
        dXu9/sVUo7/sN0JQ5DjIZqlEESxjGUA6ItecAqjfsjrHwUb/0iQPAgMBAAE=";
    const RSA_3072_PROOF: &str = "aBwMDkY6ObwndZ8HdB5qgel1A98wKZ8iwCJvf/shFUCIG9DP3c+K8NPz1n3cZkaxlpo2J3odI2c9J1GE9RzJ\
        5G/FP592fpVC8ido3oqiWqYzc1sOJUl53bDOLVb+ePIBtzodhqpqJitH3NvbKIKPRWpBeA0qqCVf8BMHtwYC\
        s8qsHR1/ugoFr86XwCG5DKTaw2TOK6NQZ72a0ZcIoYtefRJ+LDfvreRV0mZvFu1ESEIoybYoAnISbNUWJvja\
        TVL/y5XLwh15g4oWem4p04QLqZ7i5z0MuoS9F21HTMTAuk8eoE+VUUgFgI/0HpjJtYkK4shEgkjQjzPP3DDw\
        BOuy9tpIK9TSFsMQFefHyyHypbr29BFI5Sda0xlrYrh9pcP/xEEbnSrM185MfEKkGBAQ8zt5hyKPh9Dc2Nb4\
        eQchHy5fuTcw2XNv8RhBwcBZhL6ZqTOHdbHh7LxF/OJ3Ctf6UJDKtiYtTwTrWRHDxzqAUGkjXUTknG/negiF\
        2F1IHFAF";
    const RSA_3072_SHORT_PROOF: &str = "MYzBnI4tuzpHciOPIfF67CSQ7XwQXCWnQ+yzr0LrmPsXe7Vr44pUK/kxGX8940REgbsJRSu9ztGOCARjvJ9X\
        /w0A10jODQY8zcLl3WQAs03mxBPDPp4xkIeKHP4ZOTxu6Q+r5YUCuPqD4GDCNOtmlWiIzoRsaLGQKeOqHzJT\
        fPj5iPcowhfQi4oCpyERwNKLoFs1wkXHgzWeyny/ubDuIrwXcyEu0wWLcqF67s46upXm/8f86Qhirk+cEKNl\
        j90W9U8LeMs3PuET1J1ATl5/H/uX6nB8QJJqKdk50tnbYt4/D4L/v8fwt6A5iWX3KgNBwJvBRyvHTlTqj0uy\
        Gx7FTzFWa6NhrxCRUebQqcYFVJ9XNwMzDeeAnCcnK/TEIaLnEtQRfhowuxjpxIkRhYSsH/+y7t066tzo8Qrw\
        G7t88pVfw/3fOKAByzd+1+pQ0dweGXvA6L+KNCdQF+avk5RBN7X8c7J4Esql3+eUo5Y/FtKTyzsB9Lcw7VPW\
        nkBaEePU";

    fn bytes(text: &str) -> Vec<u8> {
        STANDARD.decode(text).expect("base64")
    }

    #[test]
    fn who_holds_a_key_signs_with_it() {
        for (key, kind, proofs) in [
            (ED25519, KeyKind::Ed25519, vec![ED25519_PROOF]),
            (P256, KeyKind::Curve("P-256"), vec![P256_PROOF]),
            (P384, KeyKind::Curve("P-384"), vec![P384_PROOF]),
            (P521, KeyKind::Curve("P-521"), vec![P521_PROOF]),
            (
                RSA_3072,
                KeyKind::Rsa(3072),
                vec![RSA_3072_PROOF, RSA_3072_SHORT_PROOF],
            ),
        ] {
            let der = bytes(key);
            let key = PossessedKey::read(&der).expect("a key");
            assert_eq!(key.kind(), kind);
            for proof in proofs {
                let mut proof = bytes(proof);
                assert!(key.has_signed(b"pod-uid", &proof), "{kind:?}");
                assert!(!key.has_signed(b"pod-uie", &proof), "{kind:?}");
                let last = proof.len() - 1;
                proof[last] ^= 1;
                assert!(!key.has_signed(b"pod-uid", &proof), "{kind:?}");
                assert!(!key.has_signed(b"pod-uid", &proof[..last]), "{kind:?}");
                assert!(!key.has_signed(b"pod-uid", &[]), "{kind:?}");
            }
        }
    }

    #[test]
    fn keys_that_sign_nothing() {
        for (key, kind) in [
            (X25519, KeyKind::Other),
            (P224, KeyKind::Curve("P-224")),
            (RSA_2048, KeyKind::Rsa(2048)),
        ] {
            let der = bytes(key);
            let key = PossessedKey::read(&der).expect("a key");
            assert_eq!(key.kind(), kind);
            assert!(!key.has_signed(b"pod-uid", &bytes(RSA_3072_PROOF)));
        }
        assert!(PossessedKey::read(&[0, 0, 0]).is_none());
        assert!(PossessedKey::read(&[]).is_none());
        let longer = [bytes(P256), vec![0]].concat();
        assert!(PossessedKey::read(&longer).is_none());
    }
}
