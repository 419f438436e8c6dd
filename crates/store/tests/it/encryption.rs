//! Encryption at rest: the contract holds over it, what upstream wrote is read,
//! keys are rotated.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use skeg_store::contract::Subject;
use skeg_store::encryption::{
    Encrypted, EncryptionError, NamedKey, Observer, Provider, ResourceOf, Rule,
};
use skeg_store::testing::ManualClock;
use skeg_store::{
    Embedded, Error, Expect, KeyRange, LATEST, Options, RangeOptions, Store, WatchOptions,
};

use crate::runtime;

const KEY: &str = "/registry/secrets/default/a";
const PLAIN: &str = "k8s\0what a secret has";

fn key(name: &str, len: u8) -> NamedKey {
    NamedKey {
        name: name.to_owned(),
        secret: (0..len).collect(),
    }
}

fn rule(resources: &[&str], providers: Vec<Provider>) -> Rule {
    Rule {
        resources: resources.iter().map(|r| (*r).to_owned()).collect(),
        providers,
    }
}

fn resource_of() -> ResourceOf {
    Arc::new(|key: &[u8]| {
        let text = std::str::from_utf8(key).ok()?;
        let resource = text.strip_prefix("/registry/")?.split('/').next()?;
        Some((String::new(), resource.to_owned()))
    })
}

fn over(inner: &Arc<dyn Store>, rules: &[Rule]) -> Encrypted {
    Encrypted::new(inner.clone(), rules, resource_of()).unwrap()
}

fn over_with(inner: &Arc<dyn Store>, providers: Vec<Provider>) -> Encrypted {
    over(inner, &[rule(&["secrets"], providers)])
}

async fn put(store: &dyn Store, key: &str, value: impl Into<Bytes>) {
    store
        .put_if(key.into(), value.into(), Expect::Any, None)
        .await
        .unwrap();
}

async fn get(store: &dyn Store, key: &str) -> Result<Bytes, Error> {
    let kv = store.get(key.as_bytes(), LATEST).await?;
    Ok(kv.unwrap().value.clone())
}

struct Sealed(ManualClock);

impl Subject for Sealed {
    fn fresh(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        async {
            let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory_with(Options {
                clock: Arc::new(self.0.clone()),
                ..Options::default()
            }));
            let everything = Arc::new(|_: &[u8]| Some((String::new(), "all".to_owned())));
            let rules = [rule(&["*.*"], vec![Provider::AesGcm(vec![key("k", 32)])])];
            let sealed = Encrypted::new(inner, &rules, everything).unwrap();
            Arc::new(sealed) as Arc<dyn Store>
        }
        .boxed()
    }

    fn advance(&self, by: Duration) -> BoxFuture<'_, ()> {
        async move { self.0.advance(by) }.boxed()
    }

    fn restart(&self, _store: Arc<dyn Store>) -> BoxFuture<'_, Option<Arc<dyn Store>>> {
        async { None }.boxed()
    }
}

skeg_store::contract_tests!(Sealed(ManualClock::new()));

/// Values that upstream's transformers made, with the key 00 01 02 …
#[test]
fn what_upstream_stored_is_read() {
    let cbc = "7d16e37fa6b371fa8a9631cd29d9f1790dcf780519b33bb8f803ad5d321c698e28b270db43131705d397f5c8828d4eea";
    let gcm = "f596895fd8991fd1cd922dfc91cb631264a4cceef34b8c71d98a111eddaef20ac34f266d14f1aac8afe14b27cb705b3574";
    let gcm16 = "f3d12f36180e5f189333345f2d5ab953fcb8f9dad52167780887b303f083330fe03be0ec19b56ef12c6f84b5ec9999f38e";
    let gcm24 = "155b3776c3a00a2091e25219ac879df38588768077584aa5a96da92947d283173ba4ed7592fe1dd64a5829c8bddb2fcef3";
    let secretbox = "86b04399725ab62a8ad4c0bf8fd01ecc2bee19e1b54c5e7359c7d7c2453b8c99977b1503d18377879cdfd4db361b8d0d89aae165425f4fd663c0be2d70";
    runtime().block_on(async {
        for (provider, prefix, stored) in [
            (Provider::AesCbc(vec![key("key1", 32)]), "aescbc", cbc),
            (Provider::AesGcm(vec![key("key1", 32)]), "aesgcm", gcm),
            (Provider::AesGcm(vec![key("key1", 16)]), "aesgcm", gcm16),
            (Provider::AesGcm(vec![key("key1", 24)]), "aesgcm", gcm24),
            (
                Provider::Secretbox(vec![key("key1", 32)]),
                "secretbox",
                secretbox,
            ),
        ] {
            let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
            let mut value = format!("k8s:enc:{prefix}:v1:key1:").into_bytes();
            let bytes = (0..stored.len()).step_by(2);
            value.extend(bytes.map(|i| u8::from_str_radix(&stored[i..i + 2], 16).unwrap()));
            put(&*inner, KEY, value).await;
            let store = over_with(&inner, vec![provider.clone()]);
            assert_eq!(get(&store, KEY).await.unwrap(), PLAIN, "{provider:?}");
            assert!(!store.is_stale(KEY.as_bytes()).await.unwrap());

            // And back: what is written has the same form.
            put(&store, KEY, PLAIN).await;
            let raw = get(&*inner, KEY).await.unwrap();
            assert_eq!(raw.len(), prefix.len() + 17 + stored.len() / 2);
            assert!(raw.starts_with(format!("k8s:enc:{prefix}:v1:key1:").as_bytes()));
            assert!(!raw.windows(4).any(|part| part == b"what"));
            assert_eq!(get(&store, KEY).await.unwrap(), PLAIN);
        }
    });
}

#[test]
fn keys_are_rotated() {
    runtime().block_on(async {
        let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        put(&*inner, KEY, PLAIN).await;
        let (one, two) = (key("one", 32), key("two", 16));
        let steps: Vec<(Vec<Provider>, &[u8])> = vec![
            (
                vec![Provider::AesCbc(vec![one.clone()]), Provider::Identity],
                b"k8s:enc:aescbc:v1:one:",
            ),
            (
                vec![Provider::AesCbc(vec![two.clone(), one.clone()])],
                b"k8s:enc:aescbc:v1:two:",
            ),
            (
                vec![
                    Provider::Secretbox(vec![one.clone()]),
                    Provider::AesCbc(vec![two.clone()]),
                ],
                b"k8s:enc:secretbox:v1:one:",
            ),
            (
                vec![Provider::Identity, Provider::Secretbox(vec![one.clone()])],
                b"k8s\0",
            ),
        ];
        for (providers, prefix) in steps {
            let store = over_with(&inner, providers);
            assert_eq!(get(&store, KEY).await.unwrap(), PLAIN);
            assert!(store.is_stale(KEY.as_bytes()).await.unwrap());
            put(&store, KEY, PLAIN).await;
            assert!(!store.is_stale(KEY.as_bytes()).await.unwrap());
            assert!(get(&*inner, KEY).await.unwrap().starts_with(prefix));
        }
        // A key that was forgotten is missed by name of the value's key.
        let sealed = over_with(&inner, vec![Provider::AesGcm(vec![one.clone()])]);
        put(&sealed, KEY, PLAIN).await;
        for providers in [
            vec![Provider::Identity],
            vec![Provider::AesGcm(vec![key("one", 16)])],
            vec![Provider::AesGcm(vec![two])],
        ] {
            let error = get(&over_with(&inner, providers), KEY).await.unwrap_err();
            assert!(matches!(error, Error::Encryption { .. }), "{error}");
            assert!(error.to_string().contains(KEY));
        }
        // GCM binds a value to its place.
        let moved = get(&*inner, KEY).await.unwrap();
        put(&*inner, "/registry/secrets/default/b", moved).await;
        assert!(get(&sealed, "/registry/secrets/default/b").await.is_err());
    });
}

#[test]
fn rules_choose_by_resource() {
    runtime().block_on(async {
        let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        let store = over(
            &inner,
            &[
                rule(&["events"], vec![Provider::Identity]),
                rule(
                    &["secrets", "configmaps"],
                    vec![Provider::Secretbox(vec![key("s", 32)])],
                ),
            ],
        );
        let mut watch = store
            .watch(KeyRange::prefix("/registry/"), WatchOptions { from: 2 })
            .await
            .unwrap();
        for (resource, is_sealed) in [("events", false), ("configmaps", true), ("pods", false)] {
            let key = format!("/registry/{resource}/x");
            put(&store, &key, "plain").await;
            assert_eq!(get(&*inner, &key).await.unwrap() != "plain", is_sealed);
            let batch = watch.next().await.unwrap().unwrap();
            assert_eq!(batch.events[0].kv.value, "plain");
        }
        let all = store
            .range(&KeyRange::prefix("/registry/"), RangeOptions::default())
            .await
            .unwrap();
        assert!(all.kvs.iter().all(|kv| kv.value == "plain"));
        // The loser of a race is given the value in plain.
        let lost = store
            .put_if(
                "/registry/configmaps/x".into(),
                "2".into(),
                Expect::Absent,
                None,
            )
            .await;
        let Err(Error::Conflict { current, .. }) = lost else {
            panic!("{lost:?}");
        };
        assert_eq!(current.unwrap().value, "plain");
    });
}

#[test]
fn keys_that_do_not_fit_are_refused() {
    let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
    let check = |providers: Vec<Provider>| {
        let rules = [rule(&["secrets"], providers)];
        Encrypted::new(inner.clone(), &rules, resource_of()).unwrap_err()
    };
    assert_eq!(check(vec![]), EncryptionError::NoProviders);
    let error = check(vec![Provider::Secretbox(vec![key("short", 16)])]);
    assert!(error.to_string().contains("\"short\""), "{error}");
    assert!(matches!(
        check(vec![Provider::AesCbc(vec![])]),
        EncryptionError::NoKeys { .. }
    ));
    assert!(!format!("{:?}", key("k", 3)).contains('1'));
}

#[tokio::test]
async fn who_counts_is_told_of_every_value() {
    let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = told.clone();
    let observer: Observer = Arc::new(move |seen| {
        let (way, prefix) = (seen.direction.as_str(), seen.prefix);
        let line = format!("{} {way} {prefix} {}", seen.resource.1, seen.is_ok);
        heard.lock().unwrap().push(line);
    });
    let rules = [rule(
        &["secrets"],
        vec![Provider::AesGcm(vec![key("a", 32)])],
    )];
    let store = Encrypted::observed(inner.clone(), &rules, resource_of(), Some(observer)).unwrap();
    put(&store, "/registry/secrets/s", "plain").await;
    get(&store, "/registry/secrets/s").await.unwrap();
    put(&store, "/registry/configmaps/m", "plain").await;
    put(&*inner, "/registry/secrets/t", "k8s:enc:aesgcm:v1:gone:x").await;
    get(&store, "/registry/secrets/t").await.unwrap_err();
    // Those who replace the rules are told of what the new ones do.
    let plain = [rule(&["secrets"], vec![Provider::Identity])];
    store.replace(&plain).unwrap();
    put(&store, "/registry/secrets/u", "plain").await;
    get(&store, "/registry/secrets/u").await.unwrap();
    let told = told.lock().unwrap();
    assert_eq!(
        *told,
        [
            "secrets to_storage k8s:enc:aesgcm:v1:a: true",
            "secrets from_storage k8s:enc:aesgcm:v1:a: true",
            "secrets from_storage unknown false",
            "secrets to_storage  true",
            "secrets from_storage identity true",
        ]
    );
}
