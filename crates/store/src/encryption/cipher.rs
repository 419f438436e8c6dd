//! The ciphers, with the layout of upstream's stored values: a prefix that names
//! provider, version and key, then what the cipher made.

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rand;
use crypto_secretbox::aead::{Aead, KeyInit};
use crypto_secretbox::{Key as SecretboxKey, Nonce as SecretboxNonce, XSalsa20Poly1305};

use std::sync::Arc;

use super::kms::Kms;
use super::{EncryptionError, NamedKey, Provider};

/// What every encrypted value begins with.
pub(super) const ENCRYPTED: &[u8] = b"k8s:enc:";

const CBC_IV: usize = 16;
const GCM_NONCE: usize = 12;
const SECRETBOX_NONCE: usize = 24;
const SECRETBOX_TAG: usize = 16;

/// One way to store a value.
pub(super) struct Transformer {
    prefix: Vec<u8>,
    cipher: Cipher,
}

enum Cipher {
    Identity,
    Cbc(Box<(PaddedBlockEncryptingKey, PaddedBlockDecryptingKey)>),
    Gcm(LessSafeKey),
    Secretbox(Box<XSalsa20Poly1305>),
    Kms(Arc<Kms>),
}

/// The transformers of a provider, one for each key, the first one for writing.
pub(super) fn transformers(provider: &Provider) -> Result<Vec<Transformer>, EncryptionError> {
    let (name, keys, make): (_, _, fn(&[u8]) -> Option<Cipher>) = match provider {
        Provider::Identity => {
            return Ok(vec![Transformer {
                prefix: Vec::new(),
                cipher: Cipher::Identity,
            }]);
        }
        Provider::Kms(kms) => {
            return Ok(vec![Transformer {
                prefix: Vec::new(),
                cipher: Cipher::Kms(kms.clone()),
            }]);
        }
        Provider::AesCbc(keys) => ("aescbc", keys, cbc),
        Provider::AesGcm(keys) => ("aesgcm", keys, gcm),
        Provider::Secretbox(keys) => ("secretbox", keys, secretbox),
    };
    if keys.is_empty() {
        return Err(EncryptionError::NoKeys { provider: name });
    }
    let transformer = |key: &NamedKey| {
        let cipher = make(&key.secret).ok_or_else(|| EncryptionError::KeyLength {
            provider: name,
            key: key.name.clone(),
            bytes: key.secret.len(),
        })?;
        Ok(Transformer {
            prefix: format!("k8s:enc:{name}:v1:{}:", key.name).into_bytes(),
            cipher,
        })
    };
    keys.iter().map(transformer).collect()
}

fn cbc(secret: &[u8]) -> Option<Cipher> {
    let algorithm = match secret.len() {
        16 => &AES_128,
        24 => &AES_192,
        32 => &AES_256,
        _ => return None,
    };
    let key = || UnboundCipherKey::new(algorithm, secret).ok();
    Some(Cipher::Cbc(Box::new((
        PaddedBlockEncryptingKey::cbc_pkcs7(key()?).ok()?,
        PaddedBlockDecryptingKey::cbc_pkcs7(key()?).ok()?,
    ))))
}

fn gcm(secret: &[u8]) -> Option<Cipher> {
    let algorithm = match secret.len() {
        16 => &AES_128_GCM,
        24 => &AES_192_GCM,
        32 => &AES_256_GCM,
        _ => return None,
    };
    let key = UnboundKey::new(algorithm, secret).ok()?;
    Some(Cipher::Gcm(LessSafeKey::new(key)))
}

fn secretbox(secret: &[u8]) -> Option<Cipher> {
    let key: [u8; 32] = secret.try_into().ok()?;
    let cipher = XSalsa20Poly1305::new(&SecretboxKey::from(key));
    Some(Cipher::Secretbox(Box::new(cipher)))
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], &'static str> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| "the system has no random bytes")?;
    Ok(bytes)
}

impl Transformer {
    /// What is stored for `plain` under `key`.
    pub(super) fn seal(&self, key: &[u8], plain: &[u8]) -> Result<Vec<u8>, String> {
        if let Cipher::Kms(kms) = &self.cipher {
            return kms.seal(key, plain);
        }
        let mut out = Vec::with_capacity(self.prefix.len() + plain.len() + 64);
        out.extend_from_slice(&self.prefix);
        match &self.cipher {
            Cipher::Identity | Cipher::Kms(_) => out.extend_from_slice(plain),
            Cipher::Cbc(keys) => {
                let iv = random::<CBC_IV>()?;
                let context = EncryptionContext::Iv128(FixedLength::from(&iv));
                let mut sealed = plain.to_vec();
                keys.0
                    .less_safe_encrypt(&mut sealed, context)
                    .map_err(|_| "it cannot be encrypted")?;
                out.extend_from_slice(&iv);
                out.extend_from_slice(&sealed);
            }
            Cipher::Gcm(gcm) => {
                let nonce = random::<GCM_NONCE>()?;
                let mut sealed = plain.to_vec();
                gcm.seal_in_place_append_tag(
                    Nonce::assume_unique_for_key(nonce),
                    Aad::from(key),
                    &mut sealed,
                )
                .map_err(|_| "it cannot be encrypted")?;
                out.extend_from_slice(&nonce);
                out.extend_from_slice(&sealed);
            }
            Cipher::Secretbox(secretbox) => {
                let nonce = random::<SECRETBOX_NONCE>()?;
                let sealed = secretbox
                    .encrypt(&SecretboxNonce::from(nonce), plain)
                    .map_err(|_| "it cannot be encrypted")?;
                out.extend_from_slice(&nonce);
                out.extend_from_slice(&sealed);
            }
        }
        Ok(out)
    }

    /// What the values that it writes begin with; empty if nothing is encrypted.
    pub(super) fn prefix(&self) -> &str {
        let prefix = match &self.cipher {
            Cipher::Kms(kms) => kms.prefix(),
            _ => &self.prefix,
        };
        std::str::from_utf8(prefix).unwrap_or_default()
    }

    /// The key service behind it.
    pub(super) fn kms(&self) -> Option<&Arc<Kms>> {
        match &self.cipher {
            Cipher::Kms(kms) => Some(kms),
            _ => None,
        }
    }

    /// What was stored as `data` under `key`, and whether in an outdated form;
    /// `None` if this transformer did not do it.
    pub(super) fn open(&self, key: &[u8], data: &[u8]) -> Option<Result<(Vec<u8>, bool), String>> {
        match &self.cipher {
            // Encrypted values are for another transformer to read.
            Cipher::Identity => (!data.starts_with(ENCRYPTED)).then(|| Ok((data.to_vec(), false))),
            Cipher::Kms(kms) => kms.open(key, data),
            _ => {
                let plain = self.decrypt(key, data.strip_prefix(&*self.prefix)?);
                Some(plain.map(|plain| (plain, false)).map_err(str::to_owned))
            }
        }
    }

    fn decrypt(&self, key: &[u8], data: &[u8]) -> Result<Vec<u8>, &'static str> {
        // Upstream's words, and those of Go's library.
        const SHORT: &str = "the stored data was shorter than the required size";
        const UNPADDED: &str = "invalid padding on input";
        const FORGED: &str = "cipher: message authentication failed";
        match &self.cipher {
            Cipher::Identity | Cipher::Kms(_) => Ok(data.to_vec()),
            Cipher::Cbc(keys) => {
                let (iv, sealed) = data.split_first_chunk::<CBC_IV>().ok_or(SHORT)?;
                if sealed.is_empty() || !sealed.len().is_multiple_of(16) {
                    return Err("the stored data is not a multiple of the block size");
                }
                let mut plain = sealed.to_vec();
                let context = DecryptionContext::Iv128(FixedLength::from(iv));
                let len = keys
                    .1
                    .decrypt(&mut plain, context)
                    .map_err(|_| UNPADDED)?
                    .len();
                plain.truncate(len);
                Ok(plain)
            }
            Cipher::Gcm(gcm) => {
                let (nonce, sealed) = data.split_first_chunk::<GCM_NONCE>().ok_or(SHORT)?;
                let mut plain = sealed.to_vec();
                let len = gcm
                    .open_in_place(
                        Nonce::assume_unique_for_key(*nonce),
                        Aad::from(key),
                        &mut plain,
                    )
                    .map_err(|_| FORGED)?
                    .len();
                plain.truncate(len);
                Ok(plain)
            }
            Cipher::Secretbox(secretbox) => {
                let (nonce, sealed) = data.split_first_chunk::<SECRETBOX_NONCE>().ok_or(SHORT)?;
                if sealed.len() < SECRETBOX_TAG {
                    return Err(SHORT);
                }
                secretbox
                    .decrypt(&SecretboxNonce::from(*nonce), sealed)
                    .map_err(|_| "output array was not large enough for encryption")
            }
        }
    }
}
