//! Envelope encryption by a key management service (KMS v2, KEP-3299): values are
//! encrypted with keys derived from a seed, which the service has encrypted and
//! which is stored so beside each value.
//!
//! One seed serves all writes until the service's key changes or the process
//! ends. A seed is used while the service was seen well within the last three
//! minutes; older values are read whatever the service's state, as long as their
//! seed is known.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use prost::Message;

use super::cipher::random;

/// What stored values of this form begin with; the provider's name and a colon
/// follow.
pub(super) const PREFIX: &str = "k8s:enc:kms:v2:";

/// How long a seed may be used for writes after the service was last well.
const SEED_MAX_AGE: Duration = Duration::from_secs(3 * 60);
/// How long it is remembered that the service did not open a seed.
const REFUSED_MAX_AGE: Duration = Duration::from_secs(1);
const KEY_ID_LEN_MAX: usize = 1024;
const SOURCE_LEN_MAX: usize = 1024;
const ANNOTATIONS_LEN_MAX: usize = 32 * 1024;
const SEED_LEN: usize = 32;
const INFO_LEN: usize = 32;
const NONCE_LEN: usize = 12;
/// Opened seeds that are kept.
const KNOWN_LEN_MAX: usize = 4096;
/// Keys whose use is counted.
const COUNTED_LEN_MAX: usize = 10;

/// The service's own word on how it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceStatus {
    /// The version of the protocol: `v2`.
    pub version: String,
    /// `ok`, or what is wrong.
    pub healthz: String,
    /// The key that it encrypts with now.
    pub key_id: String,
}

/// What the service made of a seed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wrapped {
    /// The encrypted seed.
    pub ciphertext: Vec<u8>,
    /// The key that encrypted it.
    pub key_id: String,
    /// What else the service wants back.
    pub annotations: BTreeMap<String, Vec<u8>>,
}

/// A key management service. The strings of its errors are for people.
pub trait KeyService: Send + Sync + 'static {
    /// How it is.
    fn status(&self) -> BoxFuture<'_, Result<ServiceStatus, String>>;
    /// Encrypts a seed.
    fn encrypt<'a>(
        &'a self,
        uid: &'a str,
        plain: &'a [u8],
    ) -> BoxFuture<'a, Result<Wrapped, String>>;
    /// Opens what it has encrypted.
    fn decrypt<'a>(
        &'a self,
        uid: &'a str,
        wrapped: &'a Wrapped,
    ) -> BoxFuture<'a, Result<Vec<u8>, String>>;
}

/// The stored form.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Envelope {
    #[prost(bytes = "vec", tag = "1")]
    data: Vec<u8>,
    #[prost(string, tag = "2")]
    key_id: String,
    #[prost(bytes = "vec", tag = "3")]
    source: Vec<u8>,
    #[prost(btree_map = "string, bytes", tag = "4")]
    annotations: BTreeMap<String, Vec<u8>>,
    /// [`OF_KEY`] or [`OF_SEED`].
    #[prost(int32, tag = "5")]
    source_type: i32,
}

/// The source is the AES key itself (written by kube-apiserver 1.27 to 1.29).
const OF_KEY: i32 = 0;
/// The source is a seed; each value has a key of its own, derived by HKDF with
/// the first bytes of its data.
const OF_SEED: i32 = 1;

impl Envelope {
    fn read(bytes: &[u8]) -> Result<Envelope, String> {
        let envelope = Envelope::decode(bytes)
            .map_err(|error| format!("failed to unmarshal encrypted object: {error}"))?;
        if !matches!(envelope.source_type, OF_KEY | OF_SEED) {
            return Err(format!(
                "unknown encryptedDEKSourceType: {}",
                envelope.source_type
            ));
        }
        if envelope.data.is_empty() {
            return Err("encrypted data is empty".to_owned());
        }
        check_wrapped(&envelope.source, &envelope.key_id, &envelope.annotations)?;
        Ok(envelope)
    }

    fn wrapped(&self) -> Wrapped {
        Wrapped {
            ciphertext: self.source.clone(),
            key_id: self.key_id.clone(),
            annotations: self.annotations.clone(),
        }
    }

    fn seed_id(&self) -> SeedId {
        seed_id(&self.wrapped(), self.source_type)
    }
}

fn check_wrapped(
    source: &[u8],
    key_id: &str,
    annotations: &BTreeMap<String, Vec<u8>>,
) -> Result<(), String> {
    if source.is_empty() {
        return Err("encrypted DEK source is empty".to_owned());
    }
    if source.len() > SOURCE_LEN_MAX {
        return Err(format!(
            "encrypted DEK source is {} bytes, which exceeds the max size of {SOURCE_LEN_MAX}",
            source.len()
        ));
    }
    check_key_id(key_id).map_err(|(_, why)| why)?;
    let mut total = 0;
    for (name, value) in annotations {
        if !is_domain(name) {
            return Err(format!(
                "annotation key {name:?} is not a fully qualified domain name"
            ));
        }
        total += name.len() + value.len();
    }
    if total > ANNOTATIONS_LEN_MAX {
        return Err(format!(
            "total size of annotations is {total}, which exceeds the max size of {ANNOTATIONS_LEN_MAX}"
        ));
    }
    Ok(())
}

/// The fault's name in metrics, and its words.
fn check_key_id(key_id: &str) -> Result<(), (&'static str, String)> {
    match key_id.len() {
        0 => Err(("empty", "keyID is empty".to_owned())),
        len if len > KEY_ID_LEN_MAX => Err((
            "too_long",
            format!("keyID is {len} bytes, which exceeds the max size of {KEY_ID_LEN_MAX}"),
        )),
        _ => Ok(()),
    }
}

fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        let ends =
            |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        label.len() <= 63
            && label.chars().all(inner)
            && ends(label.chars().next())
            && ends(label.chars().last())
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.contains('.') && name.split('.').all(label)
}

/// Names an encrypted seed.
type SeedId = [u8; 32];

fn seed_id(wrapped: &Wrapped, source_type: i32) -> SeedId {
    let bytes = Envelope {
        data: Vec::new(),
        key_id: wrapped.key_id.clone(),
        source: wrapped.ciphertext.clone(),
        annotations: wrapped.annotations.clone(),
        source_type,
    }
    .encode_to_vec();
    let mut id = [0; 32];
    id.copy_from_slice(digest(&SHA256, &bytes).as_ref());
    id
}

/// Encrypts and decrypts values.
enum Opened {
    Key(LessSafeKey),
    Seed(Prk),
}

impl Opened {
    fn new(source: &[u8], source_type: i32) -> Result<Opened, String> {
        if source_type == OF_KEY {
            return match gcm(source) {
                Some(key) => Ok(Opened::Key(key)),
                None => Err(format!("invalid key size {}", source.len())),
            };
        }
        if source.len() < SEED_LEN {
            return Err(format!(
                "invalid seed length {} used for key generation",
                source.len()
            ));
        }
        Ok(Opened::Seed(Prk::new_less_safe(HKDF_SHA256, source)))
    }

    fn open(&self, key: &[u8], data: &[u8]) -> Result<Vec<u8>, String> {
        const SHORT: &str = "the stored data was shorter than the required size";
        let derived;
        let (cipher, data) = match self {
            Opened::Key(cipher) => (cipher, data),
            Opened::Seed(seed) => {
                let (info, rest) = data.split_first_chunk::<INFO_LEN>().ok_or(SHORT)?;
                derived = derive(seed, info)?;
                (&derived, rest)
            }
        };
        let (nonce, sealed) = data.split_first_chunk::<NONCE_LEN>().ok_or(SHORT)?;
        let mut plain = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let len = cipher
            .open_in_place(nonce, Aad::from(key), &mut plain)
            .map_err(|_| "the stored value cannot be decrypted with this key")?
            .len();
        plain.truncate(len);
        Ok(plain)
    }
}

fn gcm(key: &[u8]) -> Option<LessSafeKey> {
    let algorithm = match key.len() {
        16 => &aws_lc_rs::aead::AES_128_GCM,
        24 => &aws_lc_rs::aead::AES_192_GCM,
        32 => &AES_256_GCM,
        _ => return None,
    };
    Some(LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?))
}

fn derive(seed: &Prk, info: &[u8; INFO_LEN]) -> Result<LessSafeKey, String> {
    const WRONG: &str = "no key can be derived";
    let mut key = [0; 32];
    seed.expand(&[info], HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .map_err(|_| WRONG)?;
    let key = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| WRONG)?;
    Ok(LessSafeKey::new(key))
}

/// The seed that is written with.
struct Writing {
    wrapped: Wrapped,
    seed: Arc<Opened>,
    expires: Instant,
}

enum Known {
    Opened(Arc<Opened>),
    Refused(String, Instant),
}

/// How the service was when it was last asked.
#[derive(Debug, Clone)]
struct Asked {
    at: Instant,
    result: Result<(), String>,
}

/// How often a key was used, and when last.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyUse {
    /// `from_storage`, `to_storage` or empty for what the service's status told.
    pub what: &'static str,
    /// `sha256:` and the digest of the key's name.
    pub key_id_hash: String,
    /// How often.
    pub count: u64,
    /// Seconds since 1970.
    pub last: f64,
}

/// What a provider has done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KmsFigures {
    /// Uses of the keys that were used last.
    pub uses: Vec<KeyUse>,
    /// Names that the service gave its key and that are none, by fault.
    pub invalid: BTreeMap<&'static str, u64>,
    /// Opened seeds that are kept.
    pub known: usize,
    /// Seeds that the service had to open.
    pub misses: u64,
    /// Seconds that it took to make each new seed.
    pub generated: Vec<f64>,
    /// Seeds that could not be made.
    pub generation_failures: u64,
}

/// A provider of keys: a service, and the seeds that it has opened.
pub struct Kms {
    name: String,
    prefix: Vec<u8>,
    service: Arc<dyn KeyService>,
    writing: Mutex<Option<Arc<Writing>>>,
    known: Mutex<HashMap<SeedId, Known>>,
    asked: Mutex<Option<Asked>>,
    /// One question at a time.
    asking: tokio::sync::Mutex<()>,
    figures: Mutex<KmsFigures>,
}

/// Seeds made since the figures were last read.
const GENERATED_LEN_MAX: usize = 1000;

/// A seed that must be opened before a value can be read.
pub(super) struct Missing {
    pub(super) kms: Arc<Kms>,
    pub(super) id: SeedId,
    wrapped: Wrapped,
    source_type: i32,
}

impl Kms {
    /// A provider whose values are marked with `name`, which has no colon.
    pub fn new(name: &str, service: Arc<dyn KeyService>) -> Arc<Kms> {
        Arc::new(Kms {
            name: name.to_owned(),
            prefix: format!("{PREFIX}{name}:").into_bytes(),
            service,
            writing: Mutex::new(None),
            known: Mutex::new(HashMap::new()),
            asked: Mutex::new(None),
            asking: tokio::sync::Mutex::new(()),
            figures: Mutex::new(KmsFigures::default()),
        })
    }

    /// The provider's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it has done so far; the times of new seeds are told once.
    pub fn figures(&self) -> KmsFigures {
        let known = self.known.lock().len();
        let mut figures = self.figures.lock();
        let told = KmsFigures {
            known,
            ..figures.clone()
        };
        figures.generated.clear();
        told
    }

    /// How the service was when it was last asked, and how long ago.
    pub fn last(&self) -> Option<(Result<(), String>, Duration)> {
        let asked = self.asked.lock().clone()?;
        Some((asked.result, asked.at.elapsed()))
    }

    /// Asks the service how it is, and makes a new seed if its key has changed.
    /// Whether it fails or not, values can be written as long as the seed lasts.
    ///
    /// # Errors
    /// What is wrong with the service.
    pub async fn probe(&self) -> Result<(), String> {
        let _one = self.asking.lock().await;
        let result = self.ask().await;
        *self.asked.lock() = Some(Asked {
            at: Instant::now(),
            result: result.clone(),
        });
        result
    }

    async fn ask(&self) -> Result<(), String> {
        let name = &self.name;
        let status = self.service.status().await.map_err(|error| {
            format!(
                "failed to perform status section of the healthz check for KMS Provider {name}, error: {error}"
            )
        })?;
        let mut faults = Vec::new();
        if status.healthz != "ok" {
            faults.push(format!("got unexpected healthz status: {}", status.healthz));
        }
        if !matches!(status.version.as_str(), "v2" | "v2beta1") {
            faults.push(format!(
                "expected KMSv2 API version v2, got {}",
                status.version
            ));
        }
        match check_key_id(&status.key_id) {
            Err((code, why)) => {
                *self.figures.lock().invalid.entry(code).or_default() += 1;
                faults.push(format!(
                    "got invalid KMSv2 KeyID hash {:?}: {why}",
                    hash(&status.key_id)
                ));
            }
            Ok(()) => {
                self.count("", &status.key_id);
                faults.extend(self.rotate(&status.key_id).await.err());
            }
        }
        match faults.len() {
            0 => Ok(()),
            1 => Err(format!(
                "kmsv2 Provider {name} is not healthy, error: {}",
                faults[0]
            )),
            _ => Err(format!(
                "kmsv2 Provider {name} is not healthy, error: [{}]",
                faults.join(", ")
            )),
        }
    }

    /// Makes a seed for the key `key_id`, unless the one in use is.
    async fn rotate(&self, key_id: &str) -> Result<(), String> {
        let expires = Instant::now() + SEED_MAX_AGE;
        let current = self.writing.lock().clone();
        if let Some(current) = &current
            && current.wrapped.key_id == key_id
        {
            let renewed = Writing {
                wrapped: current.wrapped.clone(),
                seed: current.seed.clone(),
                expires,
            };
            *self.writing.lock() = Some(Arc::new(renewed));
            return Ok(());
        }
        let started = Instant::now();
        let made = self.generate().await;
        let (reason, got) = match made {
            Ok((wrapped, seed)) if wrapped.key_id == key_id => {
                let mut figures = self.figures.lock();
                if figures.generated.len() < GENERATED_LEN_MAX {
                    figures.generated.push(started.elapsed().as_secs_f64());
                }
                drop(figures);
                let id = seed_id(&wrapped, OF_SEED);
                self.remember(id, Known::Opened(seed.clone()));
                *self.writing.lock() = Some(Arc::new(Writing {
                    wrapped,
                    seed,
                    expires,
                }));
                tracing::info!(provider = %self.name, "the seed that is written with is a new one");
                return Ok(());
            }
            Ok((wrapped, _)) => ("<nil>".to_owned(), wrapped.key_id),
            Err(error) => {
                self.figures.lock().generation_failures += 1;
                (error, String::new())
            }
        };
        let before = current.map_or(String::new(), |current| hash(&current.wrapped.key_id));
        Err(format!(
            "failed to rotate DEK, errGen={reason}, statusKeyIDHash={:?}, encryptKeyIDHash={:?}, stateKeyIDHash={before:?}",
            hash(key_id),
            hash(&got),
        ))
    }

    async fn generate(&self) -> Result<(Wrapped, Arc<Opened>), String> {
        let seed = random::<SEED_LEN>()?;
        let wrapped = self
            .service
            .encrypt(&uid()?, &seed)
            .await
            .map_err(|error| format!("failed to encrypt DEK, error: {error}"))?;
        check_wrapped(&wrapped.ciphertext, &wrapped.key_id, &wrapped.annotations)?;
        Ok((wrapped, Arc::new(Opened::new(&seed, OF_SEED)?)))
    }

    fn remember(&self, id: SeedId, known: Known) {
        let mut all = self.known.lock();
        if all.len() >= KNOWN_LEN_MAX && !all.contains_key(&id) {
            // Which one goes matters little: the service opens it again.
            let any = all.keys().next().copied();
            any.map(|any| all.remove(&any));
        }
        all.insert(id, known);
    }

    /// What the values that it writes begin with.
    pub(super) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    fn count(&self, what: &'static str, key_id: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let last = now.unwrap_or_default().as_secs_f64();
        let key_id_hash = hash(key_id);
        let mut figures = self.figures.lock();
        let same = |used: &KeyUse| used.what == what && used.key_id_hash == key_id_hash;
        if let Some(at) = figures.uses.iter().position(same) {
            let mut used = figures.uses.remove(at);
            used.count += 1;
            used.last = last;
            figures.uses.push(used);
            return;
        }
        if figures.uses.len() >= 2 * COUNTED_LEN_MAX {
            figures.uses.remove(0);
        }
        figures.uses.push(KeyUse {
            what,
            key_id_hash,
            count: 1,
            last,
        });
    }

    /// What is stored for `plain` under `key`.
    pub(super) fn seal(&self, key: &[u8], plain: &[u8]) -> Result<Vec<u8>, String> {
        let writing = self.writing.lock().clone();
        let Some(writing) = writing else {
            return Err(format!(
                "the KMS provider {} has not encrypted a seed yet",
                self.name
            ));
        };
        if Instant::now() > writing.expires {
            return Err(format!(
                "encryptedDEKSource with keyID hash {:?} expired: the KMS provider {} is not healthy",
                hash(&writing.wrapped.key_id),
                self.name,
            ));
        }
        let Opened::Seed(seed) = &*writing.seed else {
            return Err("the seed is none".to_owned());
        };
        let info = random::<INFO_LEN>()?;
        let nonce = random::<NONCE_LEN>()?;
        let mut sealed = plain.to_vec();
        derive(seed, &info)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(key),
                &mut sealed,
            )
            .map_err(|_| "it cannot be encrypted")?;
        let mut data = Vec::with_capacity(INFO_LEN + NONCE_LEN + sealed.len());
        data.extend_from_slice(&info);
        data.extend_from_slice(&nonce);
        data.extend_from_slice(&sealed);
        let envelope = Envelope {
            data,
            key_id: writing.wrapped.key_id.clone(),
            source: writing.wrapped.ciphertext.clone(),
            annotations: writing.wrapped.annotations.clone(),
            source_type: OF_SEED,
        };
        self.count("to_storage", &envelope.key_id);
        let mut out = Vec::with_capacity(self.prefix.len() + envelope.encoded_len());
        out.extend_from_slice(&self.prefix);
        envelope
            .encode(&mut out)
            .map_err(|_| "it cannot be encoded")?;
        Ok(out)
    }

    /// The seed that must be opened before `data` can be read, if it is this
    /// provider's.
    pub(super) fn missing(self: &Arc<Self>, data: &[u8]) -> Option<Missing> {
        let envelope = Envelope::read(data.strip_prefix(&*self.prefix)?).ok()?;
        let id = envelope.seed_id();
        match self.known.lock().get(&id) {
            Some(Known::Opened(_)) => return None,
            Some(Known::Refused(_, since)) if since.elapsed() < REFUSED_MAX_AGE => return None,
            _ => {}
        }
        Some(Missing {
            kms: self.clone(),
            id,
            wrapped: envelope.wrapped(),
            source_type: envelope.source_type,
        })
    }

    /// What was stored as `data` under `key`, and whether it should be written
    /// again; `None` if another provider did it.
    pub(super) fn open(&self, key: &[u8], data: &[u8]) -> Option<Result<(Vec<u8>, bool), String>> {
        Some(self.decrypt(key, data.strip_prefix(&*self.prefix)?))
    }

    fn decrypt(&self, key: &[u8], data: &[u8]) -> Result<(Vec<u8>, bool), String> {
        let envelope = Envelope::read(data)?;
        let seed = match self.known.lock().get(&envelope.seed_id()) {
            Some(Known::Opened(seed)) => seed.clone(),
            Some(Known::Refused(why, _)) => {
                return Err(format!("failed to decrypt DEK, error: {why}"));
            }
            None => return Err("its DEK is not known".to_owned()),
        };
        self.count("from_storage", &envelope.key_id);
        let plain = seed.open(key, &envelope.data)?;
        let writing = self.writing.lock().clone();
        let is_stale = writing.is_none_or(|writing| {
            writing.wrapped.key_id != envelope.key_id || envelope.source_type != OF_SEED
        });
        Ok((plain, is_stale))
    }
}

impl Missing {
    /// Has the service open the seed; reading the value afterwards tells how it
    /// went.
    pub(super) async fn fetch(self) {
        self.kms.figures.lock().misses += 1;
        let opened = match uid() {
            Ok(uid) => self.kms.service.decrypt(&uid, &self.wrapped).await,
            Err(error) => Err(error.to_owned()),
        };
        let opened = opened.and_then(|source| Opened::new(&source, self.source_type));
        let known = match opened {
            Ok(seed) => Known::Opened(Arc::new(seed)),
            Err(why) => Known::Refused(why, Instant::now()),
        };
        self.kms.remember(self.id, known);
    }
}

fn hash(key_id: &str) -> String {
    if key_id.is_empty() {
        return String::new();
    }
    let mut text = "sha256:".to_owned();
    for byte in digest(&SHA256, key_id.as_bytes()).as_ref() {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// A random UUID, by which the service's own log tells calls apart.
fn uid() -> Result<String, &'static str> {
    let mut bytes = random::<16>()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text)
}

impl PartialEq for Kms {
    fn eq(&self, other: &Kms) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Kms {}

impl fmt::Debug for Kms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kms")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_says_is_checked() {
        let check = |source: &[u8], key_id: &str, annotations: &[&str], expect: Option<&str>| {
            let annotations = annotations
                .iter()
                .map(|name| ((*name).to_owned(), vec![1]))
                .collect();
            let told = check_wrapped(source, key_id, &annotations).err();
            match expect {
                None => assert_eq!(told, None),
                Some(part) => assert!(told.as_deref().unwrap().contains(part), "{told:?}"),
            }
        };
        check(b"x", "1", &["kms.example.io"], None);
        check(b"", "1", &[], Some("encrypted DEK source is empty"));
        check(&[1; 1025], "1", &[], Some("exceeds the max size of 1024"));
        check(b"x", "", &[], Some("keyID is empty"));
        check(b"x", &"k".repeat(1025), &[], Some("keyID is 1025 bytes"));
        check(b"x", "1", &["no-dots"], Some("fully qualified"));
        check(b"x", "1", &["Big.example"], Some("fully qualified"));
    }

    #[test]
    fn names_of_calls_are_uuids() {
        let one = uid().unwrap();
        assert_eq!(one.len(), 36);
        assert_eq!(&one[14..15], "4");
        assert_ne!(one, uid().unwrap());
    }
}
