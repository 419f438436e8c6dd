//! Objects that cannot be read: lists fail that would show them, and tell which.

use bytes::Bytes;
use serde_json::json;
use skeg_store::encryption::{Encrypted, NamedKey, Provider, Rule};
use skeg_store::{Embedded, Expect, Key, Store};
use std::sync::Arc;

use crate::support::{PATIENCE, Server, later};

const MAPS: &str = "/api/v1/namespaces/default/configmaps";
const SECRETS: &str = "/api/v1/namespaces/default/secrets";

async fn put(store: &dyn Store, key: &str, bytes: &'static [u8]) {
    let stored = store.put_if(Key::from(key), Bytes::from_static(bytes), Expect::Any, None);
    stored.await.unwrap();
}

#[tokio::test]
async fn lists_fail_that_would_leave_something_out() {
    const KEY: &str = "/registry/configmaps/default/broken";
    let store = Arc::new(Embedded::in_memory());
    let server = Server::start_over(store.clone(), Default::default()).await;
    server.make_maps(&["a"]).await;
    for bytes in [&b"k8s\0nonsense"[..], b"k8s:enc:aescbc:v1:lost:xyz"] {
        put(&*store, KEY, bytes).await;
        for query in ["", "?resourceVersion=0", "?limit=5", "?labelSelector=x"] {
            for path in [MAPS, "/api/v1/configmaps"] {
                let answer = server.get(&format!("{path}{query}")).await;
                let said = answer.refused(500, "StorageReadError");
                let details = &answer.json()["details"];
                let first = details["causes"][0]["message"].as_str().unwrap();
                assert_eq!(
                    said,
                    format!("failed to read one or more configmaps from the storage: {first}")
                );
                assert_eq!(details["name"], "list");
                assert_eq!(details["kind"], "configmaps");
                let causes = details["causes"].as_array().unwrap();
                assert_eq!(causes.len(), 1, "{details}");
                assert_eq!(causes[0]["reason"], "UnexpectedServerResponse");
                assert_eq!(causes[0]["field"], KEY);
                let said = causes[0]["message"].as_str().unwrap();
                let words = format!("StorageError: corrupt object, Code: 7, Key: {KEY}, ");
                assert!(said.starts_with(&words), "{said}");
            }
        }
        let gone = server.delete(MAPS, json!({})).await;
        gone.refused(500, "StorageReadError");
        // What lies elsewhere can be read.
        let rest = "/api/v1/namespaces/kube-system/configmaps";
        server.get(rest).await.expect(200);
        let one = format!("{MAPS}?fieldSelector=metadata.name=a");
        let list = server.get(&one).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    }
    let unsafely = json!({"ignoreStoreReadErrorWithClusterBreakingPotential": true});
    server
        .delete(&format!("{MAPS}/broken"), unsafely)
        .await
        .expect(200);
    server.get(MAPS).await.expect(200);
}

fn rules(secret: u8) -> Vec<Rule> {
    let key = NamedKey {
        name: format!("key{secret}"),
        secret: vec![secret; 32],
    };
    vec![Rule {
        resources: vec!["secrets".to_owned()],
        providers: vec![Provider::Secretbox(vec![key])],
    }]
}

#[tokio::test]
async fn a_lost_key_fails_the_lists_until_it_is_found() {
    let inner: Arc<dyn Store> = Arc::new(Embedded::in_memory());
    let over = |secret| {
        let resource_of = Arc::new(|key: &[u8]| {
            let text = std::str::from_utf8(key).ok()?;
            let resource = text.strip_prefix("/registry/")?.split('/').next()?;
            Some((String::new(), resource.to_owned()))
        });
        Arc::new(Encrypted::new(inner.clone(), &rules(secret), resource_of).unwrap())
    };
    let secret = |name: &str| json!({"metadata": {"name": name}});
    let line = format!("POST {SECRETS}");
    {
        let server = Server::start_over(over(1), Default::default()).await;
        for name in ["a", "b"] {
            server.send(&line, secret(name)).await.expect(201);
        }
    }
    let store = over(2);
    let server = Server::start_over(store.clone(), Default::default()).await;
    server.send(&line, secret("c")).await.expect(201);
    let answer = server.get(SECRETS).await;
    let said = answer.refused(500, "StorageReadError");
    assert!(said.ends_with(" (and 1 more)"), "{said}");
    let causes = &answer.json()["details"]["causes"];
    assert_eq!(causes.as_array().unwrap().len(), 2, "{causes}");
    let words = "AdditionalErrorMsg: data from the storage is not transformable revision=0: no matching key was found for the provided Secretbox transformer";
    assert!(
        causes[1]["message"].as_str().unwrap().ends_with(words),
        "{causes}"
    );
    let said = server.get(&format!("{SECRETS}/a")).await;
    let said = said.refused(500, "InternalError");
    let key = "Key: /secrets/default/a, ";
    assert!(said.contains(key) && said.ends_with(words), "{said}");
    server.get(&format!("{SECRETS}/c")).await.expect(200);
    server.get(MAPS).await.expect(200);

    let both = rules(2).remove(0).providers.into_iter();
    let both = both.chain(rules(1).remove(0).providers).collect();
    let resources = vec!["secrets".to_owned()];
    let rule = Rule {
        resources,
        providers: both,
    };
    store.replace(&[rule]).unwrap();
    let list = server.get(SECRETS).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    // The cache sees it as well, a while later.
    later().await;
    let cached = async {
        let path = format!("{SECRETS}?watch=true");
        loop {
            let mut watch = server.watch(&path).await;
            let mut names = Vec::new();
            while names.last().is_none_or(|name| name != "c") {
                match watch.next().await {
                    Some(event) => {
                        names.push(
                            event["object"]["metadata"]["name"]
                                .as_str()
                                .unwrap()
                                .to_owned(),
                        );
                    }
                    None => break,
                }
            }
            if names == ["a", "b", "c"] {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, cached)
        .await
        .expect("it is read again");
}
