//! Encryption by a key management service: a new seed when its key changes, old
//! values readable, writes refused when it has been away.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use skeg_store::encryption::{
    Encrypted, KeyService, Kms, Provider, ResourceOf, Rule, ServiceStatus, Wrapped,
};
use skeg_store::{Embedded, Error, Expect, KeyRange, LATEST, RangeOptions, Store, WatchOptions};

use crate::runtime;

const KEY: &str = "/registry/secrets/default/a";

/// A service that turns bytes over by its key's number.
struct Plugin {
    key: Mutex<u8>,
    /// Whether anything is answered.
    is_up: Mutex<bool>,
    decrypted: Mutex<usize>,
}

impl Plugin {
    fn new() -> Arc<Plugin> {
        Arc::new(Plugin {
            key: Mutex::new(1),
            is_up: Mutex::new(true),
            decrypted: Mutex::new(0),
        })
    }

    fn up(&self) -> Result<u8, String> {
        if *self.is_up.lock() {
            Ok(*self.key.lock())
        } else {
            Err("away".to_owned())
        }
    }
}

fn turned(bytes: &[u8], by: u8) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ by).collect()
}

impl KeyService for Plugin {
    fn status(&self) -> BoxFuture<'_, Result<ServiceStatus, String>> {
        let key = self.up();
        async move {
            Ok(ServiceStatus {
                version: "v2".to_owned(),
                healthz: "ok".to_owned(),
                key_id: key?.to_string(),
            })
        }
        .boxed()
    }

    fn encrypt<'a>(
        &'a self,
        _uid: &'a str,
        plain: &'a [u8],
    ) -> BoxFuture<'a, Result<Wrapped, String>> {
        let key = self.up();
        async move {
            let key = key?;
            Ok(Wrapped {
                ciphertext: turned(plain, key),
                key_id: key.to_string(),
                annotations: BTreeMap::from([("local.kms.example".to_owned(), vec![key])]),
            })
        }
        .boxed()
    }

    fn decrypt<'a>(
        &'a self,
        _uid: &'a str,
        wrapped: &'a Wrapped,
    ) -> BoxFuture<'a, Result<Vec<u8>, String>> {
        *self.decrypted.lock() += 1;
        let up = self.up();
        async move {
            up?;
            // The answer is not there at once.
            tokio::task::yield_now().await;
            Ok(turned(
                &wrapped.ciphertext,
                wrapped.annotations.values().next().unwrap()[0],
            ))
        }
        .boxed()
    }
}

fn over(inner: &Arc<dyn Store>, providers: Vec<Provider>) -> Encrypted {
    let resource_of: ResourceOf = Arc::new(|key: &[u8]| {
        let text = std::str::from_utf8(key).ok()?;
        let resource = text.strip_prefix("/registry/")?.split('/').next()?;
        Some((String::new(), resource.to_owned()))
    });
    let rule = Rule {
        resources: vec!["secrets".to_owned()],
        providers,
    };
    Encrypted::new(inner.clone(), &[rule], resource_of).unwrap()
}

async fn put(store: &dyn Store, key: &str, value: impl Into<Bytes>) -> Result<(), Error> {
    let put = store.put_if(key.into(), value.into(), Expect::Any, None);
    put.await.map(|_| ())
}

async fn get(store: &dyn Store, key: &str) -> Result<Bytes, Error> {
    let kv = store.get(key.as_bytes(), LATEST).await?;
    Ok(kv.unwrap().value.clone())
}

/// What upstream's transformer made of [`GOLDEN_PLAIN`] under [`KEY`] with such a
/// service, whose key was the character 1.
const GOLDEN: &str = "\
    0a5182074b668fa2aa89579a0223efe2b014226937e3c3d6f0b08d644e2914bbb99ed74c3b029c6d25f5c1394e \
    b1ee52384f42720bb4aa6a36b7a328b189804f3c8b1a42abb278dd9ca991a673f41cc780e5411201311a207cac \
    f367a03e7312ed40ab751f814b35a275e2e0358b93586d84f67065e3266322130a0e62792e6b6d732e6578616d \
    706c651201312801";
const GOLDEN_PLAIN: &[u8] = b"k8s\0what a secret has";

#[test]
fn what_upstream_stored_is_read() {
    runtime().block_on(async {
        let digits: Vec<u8> = GOLDEN.bytes().filter(|b| *b != b' ').collect();
        let mut value = b"k8s:enc:kms:v2:one:".to_vec();
        value.extend(digits.chunks(2).map(|two| {
            let text = std::str::from_utf8(two).unwrap();
            u8::from_str_radix(text, 16).unwrap()
        }));
        let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        put(&*inner, KEY, value).await.unwrap();
        let plugin = Plugin::new();
        *plugin.key.lock() = b'1';
        let kms = Kms::new("one", plugin);
        let store = over(&inner, vec![Provider::Kms(kms)]);
        assert_eq!(get(&store, KEY).await.unwrap(), GOLDEN_PLAIN);
    });
}

#[test]
fn a_seed_serves_until_the_key_changes() {
    runtime().block_on(async {
        let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        let plugin = Plugin::new();
        let kms = Kms::new("one", plugin.clone());
        let store = over(&inner, vec![Provider::Kms(kms.clone())]);
        // Nothing is written before there is a seed.
        assert!(put(&store, KEY, "secret").await.is_err());
        kms.probe().await.unwrap();
        put(&store, KEY, "secret").await.unwrap();
        let raw = get(&*inner, KEY).await.unwrap();
        assert!(raw.starts_with(b"k8s:enc:kms:v2:one:"));
        assert!(!raw.windows(6).any(|part| part == b"secret"));
        assert_eq!(get(&store, KEY).await.unwrap(), "secret");
        assert_eq!(*plugin.decrypted.lock(), 0);
        assert!(!store.is_stale(KEY.as_bytes()).await.unwrap());

        *plugin.key.lock() = 2;
        assert!(!store.is_stale(KEY.as_bytes()).await.unwrap());
        kms.probe().await.unwrap();
        assert!(store.is_stale(KEY.as_bytes()).await.unwrap());
        put(&store, KEY, "secret").await.unwrap();
        assert!(!store.is_stale(KEY.as_bytes()).await.unwrap());

        // Away for a moment: what is known is read and written.
        *plugin.is_up.lock() = false;
        let told = kms.probe().await.unwrap_err();
        assert_eq!(
            told,
            "failed to perform status section of the healthz check for KMS Provider one, error: away"
        );
        assert_eq!(kms.last().unwrap().0, Err(told));
        put(&store, KEY, "again").await.unwrap();
        assert_eq!(get(&store, KEY).await.unwrap(), "again");
        let figures = kms.figures();
        assert_eq!((figures.misses, figures.generated.len()), (0, 2));
        assert!(figures.uses.iter().any(|used| used.what == "to_storage"));
    });
}

#[test]
fn another_process_asks_the_service_for_the_seed() {
    runtime().block_on(async {
        let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        let plugin = Plugin::new();
        let first = Kms::new("one", plugin.clone());
        first.probe().await.unwrap();
        let writer = over(&inner, vec![Provider::Kms(first)]);
        for i in 0..20 {
            let key = format!("/registry/secrets/default/{i}");
            put(&writer, &key, format!("{i}")).await.unwrap();
        }

        let kms = Kms::new("one", plugin.clone());
        let store = over(&inner, vec![Provider::Identity, Provider::Kms(kms.clone())]);
        *plugin.is_up.lock() = false;
        let error = get(&store, "/registry/secrets/default/3")
            .await
            .unwrap_err();
        let told = error.to_string();
        assert!(
            told.contains("failed to decrypt DEK, error: away"),
            "{told}"
        );
        *plugin.is_up.lock() = true;
        *plugin.decrypted.lock() = 0;
        // That it was away is soon forgotten.
        let range = KeyRange::prefix("/registry/secrets/");
        let all = loop {
            match store.range(&range, RangeOptions::default()).await {
                Ok(all) => break all,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        assert_eq!(all.kvs.len(), 20);
        assert!(all.kvs.iter().all(|kv| kv.value.len() <= 2));
        // One question for all of them.
        assert_eq!(*plugin.decrypted.lock(), 1);

        // A watch waits for the service too.
        let late = Kms::new("one", plugin.clone());
        let store = over(&inner, vec![Provider::Kms(late)]);
        let mut watch = store
            .watch(range.clone(), WatchOptions { from: 2 })
            .await
            .unwrap();
        let batch = watch.next().await.unwrap().unwrap();
        assert_eq!(batch.events[0].kv.value, "0");
    });
}

#[test]
fn other_rules_hold_for_what_runs() {
    runtime().block_on(async {
        let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        let plugin = Plugin::new();
        let kms = Kms::new("one", plugin.clone());
        kms.probe().await.unwrap();
        let store = over(&inner, vec![Provider::Identity]);
        let range = KeyRange::prefix("/registry/");
        let mut watch = store.watch(range, WatchOptions { from: 2 }).await.unwrap();
        put(&store, KEY, "plain").await.unwrap();
        assert_eq!(get(&*inner, KEY).await.unwrap(), "plain");
        let rules = [Rule {
            resources: vec!["*.*".to_owned()],
            providers: vec![Provider::Kms(kms), Provider::Identity],
        }];
        store.replace(&rules).unwrap();
        assert!(store.is_stale(KEY.as_bytes()).await.unwrap());
        put(&store, KEY, "sealed").await.unwrap();
        assert_ne!(get(&*inner, KEY).await.unwrap(), "sealed");
        let mut seen = Vec::new();
        while seen.len() < 2 {
            let batch = watch.next().await.unwrap().unwrap();
            seen.extend(batch.events.into_iter().map(|event| event.kv.value.clone()));
        }
        assert_eq!(seen, ["plain", "sealed"]);
        // Rules that cannot be followed change nothing.
        assert!(
            store
                .replace(&[Rule {
                    resources: vec![],
                    providers: vec![]
                }])
                .is_err()
        );
        assert_eq!(get(&store, KEY).await.unwrap(), "sealed");
    });
}
