use super::*;

use skeg_apiserver::{ApiServer, Options};
use skeg_auth::authn::{RequestAuthenticator, StaticTokens};
use skeg_auth::authz::{AuthorizerUnion, Masters};
use skeg_auth::{UserInfo, names};
use skeg_store::{Embedded, KeyRange};
use tokio_util::sync::DropGuard;

/// An API server over a store, and as whom all is done.
struct Server {
    store: Arc<dyn Store>,
    client: Client,
    _cancel: DropGuard,
}

impl Server {
    async fn start() -> Self {
        let store: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        let cancel = CancellationToken::new();
        let tokens = StaticTokens::parse("", Vec::new()).unwrap();
        let authenticator = RequestAuthenticator::new(Arc::new(tokens), Vec::new(), true);
        let api = ApiServer::builder(Arc::clone(&store))
            .request_authenticator(Arc::new(authenticator))
            .authorizer(Arc::new(AuthorizerUnion::new(vec![Arc::new(Masters)])))
            .options(Options::default())
            .start(cancel.clone())
            .await
            .unwrap();
        api.bootstrap().await.unwrap();
        let user = UserInfo::new(names::API_SERVER, &[names::MASTERS]);
        Self {
            client: Client::new(api.transport(user)),
            store,
            _cancel: cancel.drop_guard(),
        }
    }

    fn publisher(&self, address: &str) -> Publisher {
        let shared = Some(Arc::clone(&self.store));
        Publisher::new(self.client.clone(), address.parse().unwrap(), shared).unwrap()
    }

    fn api(&self, group: &str, version: &str, kind: &str) -> DynamicApi {
        let resource = ApiResource::built_in(group, version, kind).unwrap();
        DynamicApi::namespaced(self.client.clone(), resource, NAMESPACE)
    }

    /// The addresses in the endpoints and in their slice, which are the same.
    async fn published(&self) -> Vec<String> {
        let endpoints = self.api("", "v1", "Endpoints").get(NAME).await.unwrap();
        let endpoints = endpoints.value();
        let slices = self.api("discovery.k8s.io", "v1", "EndpointSlice");
        let slice = slices.get(NAME).await.unwrap().value();
        let of = |list: &Value, pointer: &dyn Fn(&Value) -> Value| -> Vec<String> {
            let items = list.as_array().unwrap().iter();
            items
                .map(|item| pointer(item).as_str().unwrap().to_owned())
                .collect()
        };
        let told = of(&endpoints["subsets"][0]["addresses"], &|item| {
            item["ip"].clone()
        });
        let sliced = of(&slice["endpoints"], &|item| item["addresses"][0].clone());
        assert_eq!(told, sliced);
        told
    }
}

#[tokio::test]
async fn servers_that_share_a_store_are_all_told_of() {
    let server = Server::start().await;
    let mut first = server.publisher("192.0.2.9:6443");
    let mut second = server.publisher("192.0.2.10:6443");
    first.publish().await.unwrap();
    assert_eq!(server.published().await, ["192.0.2.9"]);
    second.publish().await.unwrap();
    assert_eq!(server.published().await, ["192.0.2.10", "192.0.2.9"]);
    first.publish().await.unwrap();
    assert_eq!(server.published().await, ["192.0.2.10", "192.0.2.9"]);
    second.leave().await.unwrap();
    assert_eq!(server.published().await, ["192.0.2.9"]);
    first.leave().await.unwrap();
    assert_eq!(
        server.published().await,
        ["192.0.2.9"],
        "nobody is left to ask"
    );
}

#[tokio::test]
async fn the_keys_are_as_upstream_has_them() {
    let server = Server::start().await;
    let mut publisher = server.publisher("192.0.2.9:6443");
    publisher.publish().await.unwrap();
    let key = KeyRange::one("/registry/masterleases/192.0.2.9");
    let found = server.store.range(&key, Default::default()).await.unwrap();
    assert!(found.kvs[0].value.starts_with(b"k8s\0"), "{:?}", found.kvs);
    let lease = found.kvs[0].lease.expect("it goes with its server");
    assert_eq!(
        server.store.lease(lease).await.unwrap().ttl,
        Duration::from_secs(15)
    );
    // What ends without a word is gone when its lease is.
    server.store.revoke_lease(lease).await.unwrap();
    let mut other = server.publisher("192.0.2.10:6443");
    other.publish().await.unwrap();
    assert_eq!(server.published().await, ["192.0.2.10"]);
    publisher.publish().await.unwrap();
    assert_eq!(server.published().await, ["192.0.2.10", "192.0.2.9"]);
}

#[tokio::test]
async fn what_others_change_is_set_right() {
    let server = Server::start().await;
    let address = "192.0.2.9:6443".parse().unwrap();
    let mut publisher = Publisher::new(server.client.clone(), address, None).unwrap();
    let loopback = "127.0.0.1:6443".parse().unwrap();
    assert!(Publisher::new(server.client.clone(), loopback, None).is_none());
    publisher.publish().await.unwrap();
    let endpoints = server.api("", "v1", "Endpoints");
    let slices = server.api("discovery.k8s.io", "v1", "EndpointSlice");
    let mut slice = Value::clone(&slices.get(NAME).await.unwrap().value());
    slice.set_at(
        &["metadata"],
        json!({
            "name": "foreign", "namespace": NAMESPACE, "labels": {(SERVICE_OF): NAME},
        }),
    );
    slices
        .create(slice, &CreateOptions::default())
        .await
        .unwrap();
    endpoints
        .delete(NAME, &DeleteOptions::default())
        .await
        .unwrap();
    publisher.publish().await.unwrap();
    assert_eq!(server.published().await, ["192.0.2.9"]);
    assert!(slices.get_opt("foreign").await.unwrap().is_none());
    let revision = |object: &Value| object["metadata"]["resourceVersion"].clone();
    let before = revision(&endpoints.get(NAME).await.unwrap().value());
    publisher.publish().await.unwrap();
    let after = revision(&endpoints.get(NAME).await.unwrap().value());
    assert_eq!(before, after, "nothing is written that is as it should be");
}
