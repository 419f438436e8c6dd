//! Encryption at rest: a store whose values are encrypted in another store, in
//! the form in which kube-apiserver stores them (the Kubernetes documentation,
//! "Encrypting Confidential Data at Rest").
//!
//! Which providers a value has goes by the resource that its key belongs to.
//! The first provider's first key writes; all of them read, so that keys are
//! rotated by putting a new one in front, writing everything again, and taking
//! the old one out.

mod cipher;
mod kms;
mod transformation;

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use parking_lot::RwLock;

use crate::{
    Committed, Error, Event, KeyRange, KeyValue, LATEST, Lease, LeaseId, Op, RangeOptions,
    RangeResult, Reply, Result, Revision, Status, Store, Txn, Watch, WatchBatch, WatchOptions,
    WatchSource,
};
use cipher::{ENCRYPTED, Transformer, transformers};
use kms::Missing;
pub use kms::{KeyService, KeyUse, Kms, KmsFigures, ServiceStatus, Wrapped};
pub use transformation::{Direction, Observer, Transformation};

/// A key that values are encrypted with.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedKey {
    /// Stored beside each value.
    pub name: String,
    /// The key itself.
    pub secret: Vec<u8>,
}

impl fmt::Debug for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A way of storing values.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provider {
    /// As they are.
    Identity,
    /// AES in CBC mode with PKCS#7 padding; keys of 16, 24 or 32 bytes. Not
    /// authenticated.
    AesCbc(Vec<NamedKey>),
    /// AES in GCM mode, bound to the value's key in the store; keys of 16, 24 or
    /// 32 bytes. A key must not encrypt more than some 200,000 values.
    AesGcm(Vec<NamedKey>),
    /// XSalsa20 and Poly1305; keys of 32 bytes.
    Secretbox(Vec<NamedKey>),
    /// By a key management service.
    Kms(Arc<Kms>),
}

/// How the values of some resources are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `resource`, `resource.group`, `*.group`, `*.` (the core group) or `*.*`.
    pub resources: Vec<String>,
    /// The first one writes, all read.
    pub providers: Vec<Provider>,
}

/// Why values cannot be stored as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptionError {
    /// A rule has no provider.
    #[error("a list of resources has no provider")]
    NoProviders,
    /// A provider has no key.
    #[error("provider {provider} has no key")]
    NoKeys {
        /// The provider.
        provider: &'static str,
    },
    /// A key's length is not one of the cipher's.
    #[error("key {key:?} of provider {provider} has {bytes} bytes, which the cipher does not take")]
    KeyLength {
        /// The provider.
        provider: &'static str,
        /// The key's name.
        key: String,
        /// Its length.
        bytes: usize,
    },
}

/// A resource: group (empty for the core group) and plural.
pub type GroupResource = (String, String);

/// Tells which resource a key of the store belongs to.
pub type ResourceOf = Arc<dyn Fn(&[u8]) -> Option<GroupResource> + Send + Sync>;

/// The transformers of a rule.
struct Compiled {
    resources: Vec<String>,
    transformers: Vec<Transformer>,
}

struct Rules {
    rules: Vec<Compiled>,
    resource_of: ResourceOf,
    has_kms: bool,
    observer: Option<Observer>,
}

/// The rules in force.
type Current = Arc<RwLock<Arc<Rules>>>;

const NO_PREFIX: &str = "no matching prefix found";
/// What is said of a key that a provider does not have, by what its values begin with.
const KEYLESS: [(&str, &str); 3] = [
    ("k8s:enc:aescbc:v1:", NO_AES_KEY),
    ("k8s:enc:aesgcm:v1:", NO_AES_KEY),
    (
        "k8s:enc:secretbox:v1:",
        "no matching key was found for the provided Secretbox transformer",
    ),
];
const NO_AES_KEY: &str = "no matching key was found for the provided AES transformer";

/// Seeds that a key service opens at once.
const FETCHES_MAX: usize = 8;

/// A store whose values another store holds encrypted.
pub struct Encrypted {
    inner: Arc<dyn Store>,
    current: Current,
}

fn compile(
    rules: &[Rule],
    resource_of: ResourceOf,
    observer: Option<Observer>,
) -> Result<Rules, EncryptionError> {
    let compile = |rule: &Rule| {
        let mut all = Vec::new();
        for provider in &rule.providers {
            all.extend(transformers(provider)?);
        }
        if all.is_empty() {
            return Err(EncryptionError::NoProviders);
        }
        Ok(Compiled {
            resources: rule.resources.clone(),
            transformers: all,
        })
    };
    let rules: Vec<Compiled> = rules.iter().map(compile).collect::<Result<_, _>>()?;
    let mut all = rules.iter().flat_map(|rule| &rule.transformers);
    let has_kms = all.any(|transformer| transformer.kms().is_some());
    Ok(Rules {
        rules,
        resource_of,
        has_kms,
        observer,
    })
}

impl Encrypted {
    /// Encrypts what goes into `inner`, by the first rule that names the value's
    /// resource. What no rule names is stored as it is.
    ///
    /// # Errors
    /// A rule cannot be followed.
    pub fn new(
        inner: Arc<dyn Store>,
        rules: &[Rule],
        resource_of: ResourceOf,
    ) -> Result<Encrypted, EncryptionError> {
        Encrypted::observed(inner, rules, resource_of, None)
    }

    /// The same, telling `observer` of every value that is encrypted or decrypted.
    ///
    /// # Errors
    /// A rule cannot be followed.
    pub fn observed(
        inner: Arc<dyn Store>,
        rules: &[Rule],
        resource_of: ResourceOf,
        observer: Option<Observer>,
    ) -> Result<Encrypted, EncryptionError> {
        let rules = compile(rules, resource_of, observer)?;
        Ok(Encrypted {
            inner,
            current: Arc::new(RwLock::new(Arc::new(rules))),
        })
    }

    /// Follows other rules from now on; watches that run do too.
    ///
    /// # Errors
    /// A rule cannot be followed; those before stay in force.
    pub fn replace(&self, rules: &[Rule]) -> Result<(), EncryptionError> {
        let now = self.rules();
        let (resource_of, observer) = (now.resource_of.clone(), now.observer.clone());
        *self.current.write() = Arc::new(compile(rules, resource_of, observer)?);
        Ok(())
    }

    fn rules(&self) -> Arc<Rules> {
        self.current.read().clone()
    }

    /// Changes an answer: at once if it is there and no key service must be
    /// asked first.
    fn read<'a, T: Values + Send + 'a, U: Send + 'a>(
        &self,
        reply: Reply<'a, T>,
        change: impl FnOnce(&Rules, Result<T>) -> Result<U> + Send + 'a,
    ) -> Reply<'a, U> {
        let rules = self.rules();
        match reply.now() {
            Ok(result) => {
                let missing = rules.missing(&result);
                if missing.is_empty() {
                    return Reply::ready(change(&rules, result));
                }
                Reply::pending(async move {
                    fetch(missing).await;
                    change(&rules, result)
                })
            }
            Err(reply) => Reply::pending(async move {
                let result = reply.await;
                fetch(rules.missing(&result)).await;
                change(&rules, result)
            }),
        }
    }
}

/// Has key services open seeds.
async fn fetch(missing: Vec<Missing>) {
    let fetches = futures::stream::iter(missing).map(Missing::fetch);
    fetches
        .for_each_concurrent(FETCHES_MAX, |fetched| fetched)
        .await;
}

/// The values of an answer.
trait Values {
    fn each(&self, see: &mut dyn FnMut(&KeyValue));
}

impl Values for Option<Arc<KeyValue>> {
    fn each(&self, see: &mut dyn FnMut(&KeyValue)) {
        self.iter().for_each(|kv| see(kv));
    }
}

impl Values for RangeResult {
    fn each(&self, see: &mut dyn FnMut(&KeyValue)) {
        self.kvs.iter().for_each(|kv| see(kv));
    }
}

impl Values for Committed {
    fn each(&self, see: &mut dyn FnMut(&KeyValue)) {
        self.previous.iter().for_each(|kv| see(kv));
    }
}

impl Values for WatchBatch {
    fn each(&self, see: &mut dyn FnMut(&KeyValue)) {
        for event in &self.events {
            see(&event.kv);
            event.prev.iter().for_each(|kv| see(kv));
        }
    }
}

impl Rules {
    fn of(&self, key: &[u8]) -> &[Transformer] {
        self.resource_and_transformers(key)
            .map_or(&[], |(_, transformers)| transformers)
    }

    fn resource_and_transformers(&self, key: &[u8]) -> Option<(GroupResource, &[Transformer])> {
        let resource = (self.resource_of)(key)?;
        let rule = self.rules.iter().find(|rule| {
            rule.resources
                .iter()
                .any(|pattern| names(pattern, &resource.0, &resource.1))
        })?;
        Some((resource, &rule.transformers))
    }

    fn tell(
        &self,
        resource: &GroupResource,
        direction: Direction,
        prefix: &str,
        since: Instant,
        is_ok: bool,
    ) {
        if let Some(observer) = &self.observer {
            observer(&Transformation {
                resource,
                direction,
                prefix,
                took: since.elapsed(),
                is_ok,
            });
        }
    }

    /// The seeds that must be opened before the values of an answer can be read.
    fn missing(&self, result: &Result<impl Values>) -> Vec<Missing> {
        let mut missing: Vec<Missing> = Vec::new();
        if !self.has_kms {
            return missing;
        }
        let mut see = |kv: &KeyValue| {
            if !kv.value.starts_with(ENCRYPTED) {
                return;
            }
            let services = self.of(&kv.key).iter().filter_map(Transformer::kms);
            for found in services.filter_map(|kms| kms.missing(&kv.value)) {
                let same = |one: &Missing| one.id == found.id && Arc::ptr_eq(&one.kms, &found.kms);
                if !missing.iter().any(same) {
                    missing.push(found);
                }
            }
        };
        match result {
            Ok(values) => values.each(&mut see),
            Err(Error::Conflict { current, .. }) => current.each(&mut see),
            Err(_) => {}
        }
        missing
    }

    fn seal(&self, key: &[u8], plain: Bytes) -> Result<Bytes> {
        let Some((resource, [transformer, ..])) = self.resource_and_transformers(key) else {
            return Ok(plain);
        };
        let since = Instant::now();
        let sealed = transformer.seal(key, &plain);
        let prefix = transformer.prefix();
        self.tell(
            &resource,
            Direction::ToStorage,
            prefix,
            since,
            sealed.is_ok(),
        );
        sealed
            .map(Bytes::from)
            .map_err(|reason| failed(key, &reason))
    }

    /// The value in plain, and whether it should be written again.
    fn open(&self, key: &[u8], stored: &Bytes) -> Result<(Bytes, bool)> {
        let Some((resource, transformers)) = self.resource_and_transformers(key) else {
            // What no rule names is plain, or nobody has the key for it.
            return match stored.starts_with(ENCRYPTED) {
                false => Ok((stored.clone(), false)),
                true => Err(failed(key, NO_PREFIX)),
            };
        };
        let since = Instant::now();
        let tell = |prefix: &str, is_ok| {
            self.tell(&resource, Direction::FromStorage, prefix, since, is_ok);
        };
        let mut last = None;
        for (index, transformer) in transformers.iter().enumerate() {
            let Some(opened) = transformer.open(key, stored) else {
                continue;
            };
            let prefix = match transformer.prefix() {
                "" => "identity",
                prefix => prefix,
            };
            tell(prefix, opened.is_ok());
            match opened {
                Ok((plain, is_stale)) => return Ok((plain.into(), is_stale || index > 0)),
                // Another one may have a key of the same name.
                Err(reason) => last = last.or(Some(reason)),
            }
        }
        if let Some(reason) = last {
            return Err(failed(key, &reason));
        }
        tell("unknown", false);
        // Upstream's words: nobody has the key for it, or it is not encrypted and may not be so.
        let words = KEYLESS.iter().find(|(family, _)| {
            stored.starts_with(family.as_bytes())
                && transformers
                    .iter()
                    .any(|known| known.prefix().starts_with(family))
        });
        Err(failed(key, words.map_or(NO_PREFIX, |(_, words)| words)))
    }

    fn plain(&self, kv: &Arc<KeyValue>) -> Result<Arc<KeyValue>> {
        if self.of(&kv.key).is_empty() && !kv.value.starts_with(ENCRYPTED) {
            return Ok(kv.clone());
        }
        let (value, _) = self.open(&kv.key, &kv.value)?;
        Ok(Arc::new(KeyValue {
            value,
            ..(**kv).clone()
        }))
    }

    fn plain_all(&self, kvs: &mut [Arc<KeyValue>]) -> Result<()> {
        for kv in kvs {
            *kv = self.plain(kv)?;
        }
        Ok(())
    }

    fn range(&self, mut found: RangeResult) -> Result<RangeResult> {
        self.plain_all(&mut found.kvs)?;
        Ok(found)
    }

    fn committed(&self, result: Result<Committed>) -> Result<Committed> {
        match result {
            Ok(mut committed) => {
                // That an old value cannot be read any more does not undo the write.
                committed.previous = committed
                    .previous
                    .iter()
                    .map(|kv| self.plain(kv).unwrap_or_else(|_| kv.clone()))
                    .collect();
                Ok(committed)
            }
            Err(Error::Conflict {
                key,
                current,
                revision,
            }) => Err(Error::Conflict {
                key,
                current: current.map(|kv| self.plain(&kv)).transpose()?,
                revision,
            }),
            Err(error) => Err(error),
        }
    }

    fn event(&self, event: Event) -> Result<Event> {
        // A deletion's value is empty, and was never encrypted.
        let kv = match event.kind {
            crate::EventKind::Put => self.plain(&event.kv)?,
            crate::EventKind::Delete => event.kv,
        };
        Ok(Event {
            kind: event.kind,
            kv,
            prev: event.prev.map(|kv| self.plain(&kv)).transpose()?,
        })
    }
}

fn failed(key: &[u8], reason: &str) -> Error {
    Error::Encryption {
        key: key.into(),
        reason: reason.to_owned(),
    }
}

/// Whether a pattern of a rule names a resource.
fn names(pattern: &str, group: &str, resource: &str) -> bool {
    let (wanted, of) = pattern.split_once('.').unwrap_or((pattern, ""));
    match (wanted, of) {
        ("*", "*") => true,
        ("*", of) => of == group,
        (wanted, of) => wanted == resource && of == group,
    }
}

impl Store for Encrypted {
    fn current_revision(&self) -> Reply<'_, Revision> {
        self.inner.current_revision()
    }

    fn get(&self, key: &[u8], revision: Revision) -> Reply<'_, Option<Arc<KeyValue>>> {
        self.read(self.inner.get(key, revision), |rules, found| {
            found?.map(|kv| rules.plain(&kv)).transpose()
        })
    }

    fn range(&self, range: &KeyRange, options: RangeOptions) -> Reply<'_, RangeResult> {
        self.read(self.inner.range(range, options), |rules, found| {
            rules.range(found?)
        })
    }

    fn count(&self, range: &KeyRange, revision: Revision) -> Reply<'_, usize> {
        self.inner.count(range, revision)
    }

    fn commit(&self, mut txn: Txn) -> Reply<'_, Committed> {
        let rules = self.rules();
        for op in &mut txn.ops {
            if let Op::Put { key, value, .. } = op {
                match rules.seal(key, std::mem::take(value)) {
                    Ok(sealed) => *value = sealed,
                    Err(error) => return Reply::ready(Err(error)),
                }
            }
        }
        self.read(self.inner.commit(txn), Rules::committed)
    }

    fn watch(&self, range: KeyRange, options: WatchOptions) -> Reply<'_, Watch> {
        let decrypting = |inner: Watch, current: Current| {
            Watch::new(Decrypting {
                inner,
                current,
                waiting: None,
            })
        };
        let current = self.current.clone();
        match self.inner.watch(range, options).now() {
            Ok(watch) => Reply::ready(watch.map(|watch| decrypting(watch, current))),
            Err(reply) => Reply::pending(async move { Ok(decrypting(reply.await?, current)) }),
        }
    }

    fn compact(&self, revision: Revision) -> Reply<'_, ()> {
        self.inner.compact(revision)
    }

    fn grant_lease(&self, ttl: Duration) -> Reply<'_, Lease> {
        self.inner.grant_lease(ttl)
    }

    fn keep_lease_alive(&self, id: LeaseId) -> Reply<'_, Lease> {
        self.inner.keep_lease_alive(id)
    }

    fn revoke_lease(&self, id: LeaseId) -> Reply<'_, Committed> {
        self.read(self.inner.revoke_lease(id), Rules::committed)
    }

    fn lease(&self, id: LeaseId) -> Reply<'_, Lease> {
        self.inner.lease(id)
    }

    fn status(&self) -> Reply<'_, Status> {
        self.inner.status()
    }

    fn close(&self) -> Reply<'_, ()> {
        self.inner.close()
    }

    fn is_stale(&self, key: &[u8]) -> Reply<'_, bool> {
        let owned = key.to_vec();
        self.read(
            self.inner.get(key, LATEST),
            move |rules, found| match found? {
                Some(kv) => Ok(rules.open(&owned, &kv.value)?.1),
                None => Ok(false),
            },
        )
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encrypted")
            .field("rules", &self.rules().rules.len())
            .finish_non_exhaustive()
    }
}

struct Decrypting {
    inner: Watch,
    current: Current,
    /// A batch that waits for key services.
    waiting: Option<(WatchBatch, BoxFuture<'static, ()>)>,
}

impl WatchSource for Decrypting {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<WatchBatch>>> {
        let rules = self.current.read().clone();
        let batch = match &mut self.waiting {
            Some((_, fetched)) => {
                ready!(fetched.as_mut().poll(cx));
                self.waiting.take().map(|(batch, _)| batch)
            }
            None => None,
        };
        let batch = match batch {
            Some(batch) => batch,
            None => match ready!(self.inner.poll_next_batch(cx)) {
                Some(Ok(batch)) => {
                    let result = Ok(batch);
                    let missing = rules.missing(&result);
                    let batch = result?;
                    if missing.is_empty() {
                        batch
                    } else {
                        self.waiting = Some((batch, Box::pin(fetch(missing))));
                        return self.poll_next(cx);
                    }
                }
                ended => return Poll::Ready(ended),
            },
        };
        let events = batch.events.into_iter().map(|event| rules.event(event));
        let events = events.collect::<Result<_>>();
        Poll::Ready(Some(events.map(|events| WatchBatch {
            revision: batch.revision,
            events,
        })))
    }

    fn request_progress(&mut self) {
        self.inner.request_progress();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_resources() {
        let check = |pattern, group, resource| names(pattern, group, resource);
        assert!(check("secrets", "", "secrets"));
        assert!(!check("secrets", "x.io", "secrets"));
        assert!(check("pandas.bears.example", "bears.example", "pandas"));
        assert!(check("*.apps", "apps", "deployments"));
        assert!(!check("*.apps", "", "pods"));
        assert!(check("*.", "", "pods"));
        assert!(!check("*.", "apps", "deployments"));
        assert!(check("*.*", "apps", "deployments") && check("*.*", "", "pods"));
    }
}
