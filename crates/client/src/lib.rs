//! A client of the Kubernetes API.
//!
//! The crate works against any API server: over HTTPS ([`Config`],
//! [`Client::from_config`]), or, where a server runs in the same process, over
//! a transport of its own ([`Transport`]) that passes whole objects and encodes
//! nothing. The typed [`Api`] and the [`DynamicApi`] are the same for both.
//!
//! | to | use |
//! |---|---|
//! | connect | [`Client::from_environment`], [`Config`], [`Kubeconfig`], [`Credentials`], [`tls`] |
//! | read and write a kind | [`Api`], with [`options`]; subresources, logs, exec are methods of it |
//! | the same for a kind known only at run time | [`DynamicApi`], [`Discovery`], [`RestMapper`] |
//! | only metadata | [`MetadataApi`] |
//! | change | [`Patch`], [`JsonPatch`], [`mod@diff`]; [`apply!`] and [`Apply`] for server-side apply |
//! | wait | [`wait`], [`rollout`] |
//! | work with pods | [`streams`] |
//! | nodes, files | [`drain`], [`manifests`], [`validate`], [`openapi`] |
//! | have a kind of one's own | [`CustomResource`], [`JsonSchema`], [`crd`] |
//! | know who may do what | [`access`]; certificates: `csr` with its feature |
//! | send much, or be careful | [`Batch`], [`Coalesced`], [`RetryPolicy`], [`RateLimit`], [`BreakerPolicy`] |
//! | see what happens | [`telemetry`] |
//!
//! # Reading and writing
//!
//! ```
//! use skeg_api::core::v1::ConfigMap;
//! use skeg_client::{Api, Client, DeleteOptions, Error, ListOptions};
//! use skeg_meta::ObjectMeta;
//!
//! async fn colours(client: Client) -> Result<(), Error> {
//!     let maps: Api<ConfigMap> = Api::namespaced(client, "shop");
//!     let mut map = ConfigMap { metadata: ObjectMeta::named("shop", "door"), ..Default::default() };
//!     map.data.insert("colour".to_owned(), "green".to_owned());
//!     let written = maps.create(map).await?;
//!
//!     // What is read is shared (`Arc<ConfigMap>`): a change begins with a copy.
//!     let mut changed = ConfigMap::clone(&written);
//!     changed.data.insert("colour".to_owned(), "red".to_owned());
//!     maps.update(changed).await?;
//!
//!     // The same where others write too: read, changed and written until nobody was first.
//!     let blue = |map: &mut ConfigMap| drop(map.data.insert("colour".to_owned(), "blue".to_owned()));
//!     maps.modify("door", blue).await?;
//!
//!     for map in maps.list(&ListOptions::default().labels("app=shop").limit(500)).await? {
//!         println!("{}: {:?}", map.metadata.name, map.data.get("colour"));
//!     }
//!     maps.delete("door", &DeleteOptions::default()).await?;
//!     Ok(())
//! }
//! ```
//!
//! # Changing
//!
//! ```
//! use skeg_api::apps::v1::Deployment;
//! use skeg_client::{Api, ApplyOptions, Error, JsonPatch, Patch, PatchOptions, apply, json};
//!
//! async fn changes(api: Api<Deployment>) -> Result<(), Error> {
//!     let options = PatchOptions::default();
//!     let merge = Patch::Merge(json!({"spec": {"replicas": 3}}));
//!     api.patch("web", &merge, &options).await?;
//!
//!     let steps = JsonPatch::new()
//!         .test("/spec/replicas", 3)
//!         .replace("/spec/replicas", 4);
//!     api.patch("web", &Patch::from(steps), &options).await?;
//!
//!     // By what two states of an object have not in common.
//!     let old = api.get("web").await?;
//!     let mut new = Deployment::clone(&old);
//!     new.metadata.labels.insert("tier".to_owned(), "front".to_owned());
//!     api.patch("web", &Patch::merge_between(&*old, &new), &options).await?;
//!
//!     // Server-side apply: fields and their types are checked by the compiler.
//!     let wanted = apply!(Deployment, "web", { spec: { replicas: 5 } });
//!     api.apply(&wanted, ApplyOptions::manager("autoscaler").force()).await?;
//!     Ok(())
//! }
//! ```
//!
//! # Watching and waiting
//!
//! A watch of an [`Api`] is one request, which ends when the server ends it.
//! Watches that go on for ever, caches and controllers are in `skeg-runtime`.
//!
//! ```
//! use std::time::Duration;
//! use futures::StreamExt;
//! use skeg_api::core::v1::Pod;
//! use skeg_client::{Api, WatchEvent, WatchOptions, wait};
//!
//! async fn until_ready(pods: Api<Pod>) -> Result<(), Box<dyn std::error::Error>> {
//!     let ready = wait::await_condition(&pods, "web-0", wait::pod_ready());
//!     wait::within(Duration::from_secs(60), ready).await?;
//!
//!     let mut events = pods.watch(&WatchOptions::default().labels("app=web")).await?;
//!     while let Some(event) = events.next().await {
//!         match event? {
//!             WatchEvent::Added(pod) | WatchEvent::Modified(pod) => println!("{}", pod.metadata.name),
//!             WatchEvent::Deleted(pod) => println!("{} is gone", pod.metadata.name),
//!             WatchEvent::Bookmark { .. } => {}
//!             WatchEvent::Error(status) => println!("{}", status.message),
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Kinds known only at run time
//!
//! ```
//! use skeg_client::{
//!     Client, CreateOptions, Discovery, DynamicApi, Error, ListOptions, MetadataApi, json,
//! };
//!
//! async fn any(client: Client) -> Result<(), Error> {
//!     // As kubectl understands names: plurals, kinds, short names, `shops.v1.example.com`.
//!     let shops = Discovery::new(client.clone()).resolve("shops").await?.resource;
//!     let api = DynamicApi::namespaced(client.clone(), shops.clone(), "default");
//!     let shop = json!({
//!         "apiVersion": "example.com/v1", "kind": "Shop",
//!         "metadata": {"name": "corner"}, "spec": {"tills": 2},
//!     });
//!     let made = api.create(shop, &CreateOptions::default()).await?;
//!     println!("{} has {} tills", made.name(), made.value()["spec"]["tills"]);
//!
//!     let names = MetadataApi::all(client, shops).list(&ListOptions::default()).await?;
//!     println!("{} in all", names.items.len());
//!     Ok(())
//! }
//! ```
//!
//! # Errors
//!
//! ```
//! use skeg_api::core::v1::Secret;
//! use skeg_client::{Api, Error};
//!
//! async fn token(secrets: Api<Secret>) -> Result<Option<Vec<u8>>, Error> {
//!     match secrets.get("token").await {
//!         Ok(secret) => Ok(secret.data.get("token").map(|bytes| bytes.to_vec())),
//!         Err(error) if error.is_not_found() => Ok(None),
//!         Err(error) => {
//!             // The causes in one line, and what to do about it.
//!             eprintln!("{}: {}", error.chain(), error.advice().unwrap_or_default());
//!             Err(error)
//!         }
//!     }
//! }
//! ```
//!
//! # Who may do what
//!
//! ```
//! use skeg_api::core::v1::Pod;
//! use skeg_client::access::Can;
//! use skeg_client::{Client, Error, Impersonation};
//!
//! async fn asks(client: Client) -> Result<(), Error> {
//!     println!("I am {}", client.who_am_i().await?.username);
//!     let mine = client.can_i(Can::of::<Pod>("delete").namespace("shop")).await?;
//!     let theirs = client.can(Can::of::<Pod>("delete").namespace("shop").by("alice")).await?;
//!     println!("{mine} {}", theirs.allowed);
//!
//!     let alice = client.impersonate(&Impersonation::user("alice").group("shopkeepers"))?;
//!     println!("and then I am {}", alice.who_am_i().await?.username);
//!     Ok(())
//! }
//! ```
//!
//! # Connections
//!
//! ```
//! use std::time::Duration;
//! use skeg_client::tls::TlsVersion;
//! use skeg_client::{BreakerPolicy, Client, Config, Credentials, Error, RateLimit, RetryPolicy};
//!
//! fn careful() -> Result<Client, Error> {
//!     let mut config = Config::new("https://10.0.0.1:6443");
//!     // Files are read again when they change.
//!     config.ca_file = Some("/etc/shop/ca.crt".into());
//!     config.credentials = Credentials::TokenFile("/etc/shop/token".into());
//!     config.server_name = Some("kubernetes.default.svc".to_owned());
//!     config.tls_min = TlsVersion::V1_3;
//!     config.timeout = Some(Duration::from_secs(30));
//!     config.rate_limit = Some(RateLimit::new(20.0, 40));
//!     config.breaker = Some(BreakerPolicy::default());
//!     Ok(Client::from_config(&config)?.with_retry(RetryPolicy::persistent()))
//! }
//! ```
//!
//! It must not know any server, nor how objects are stored.

#![deny(missing_docs)]

pub mod access;
mod api;
pub mod apply;
mod attempt;
mod batch;
pub mod breaker;
mod client;
mod clock;
mod codec;
pub mod config;

pub mod crd;
#[cfg(feature = "csr")]
pub mod csr;
pub mod diff;
mod discovery;
mod disk;
pub mod drain;
mod dynamic;
mod error;
mod flight;
#[cfg(feature = "k8s-openapi")]
mod foreign;
mod frames;
mod https;
pub mod jsonpath;
pub mod limit;
mod listing;
pub mod manifests;
mod metadata;
mod modify;
pub mod openapi;
pub mod options;
mod pages;
mod patch;
mod pauses;
mod payload;
mod resource;
mod retry;
pub mod rollout;
mod scope;
mod spread;
pub mod streams;
mod subresources;
pub mod telemetry;
pub mod tls;
mod transport;
mod upgrade;
pub mod validate;
pub mod wait;

pub use api::{Api, List, Watch, WatchEvent};
pub use apply::{Apply, ApplyOptions, FieldConflict};
pub use batch::Batch;
pub use breaker::BreakerPolicy;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use config::{Config, ConfigError, Credentials, Impersonation, Kubeconfig};
#[doc(hidden)]
pub use crd::support as __derive;
pub use crd::{CustomResource, JsonSchema};
pub use discovery::{
    ApiGroup, Catalog, CatalogGroup, CatalogVersion, DiscoveredResource, Discovery, MapError,
    RestMapper, ServerVersion,
};
pub use dynamic::DynamicApi;
pub use error::Error;
pub use flight::Coalesced;
#[cfg(feature = "k8s-openapi")]
pub use foreign::{Foreign, ForeignKind, Scoped};
pub use https::HttpsTransport;
pub use jsonpath::{JsonPath, JsonPathError};
pub use limit::{Priority, RateLimit};
pub use metadata::MetadataApi;
pub use options::{
    CreateOptions, DeleteOptions, FieldValidation, GetOptions, ListOptions, LogOptions,
    PatchOptions, Propagation, UpdateOptions, VersionMatch, WatchOptions,
};
pub use pages::Pages;
pub use patch::{JsonPatch, Patch, PatchError, pointer};
pub use payload::{BoxError, Payload, SharedEvent, SharedList};
pub use resource::ApiResource;
pub use retry::RetryPolicy;
pub use scope::Deleted;
#[cfg(feature = "derive")]
pub use skeg_derive::{CustomResource, JsonSchema};
pub use skeg_schema::{Value, json};
pub use subresources::LogStream;
/// What raw requests and answers are made of, in the versions that this library takes.
pub use {bytes, http};

/// Subresources and what they take and give.
pub mod subresource {
    pub use crate::subresources::{
        EvictOptions, Evicted, HasProxy, HasScale, HasStatus, ProxyAnswer, ProxyRequest,
    };
}
pub use transport::{AssertedUser, InProcess, Transport, TransportError};
pub use upgrade::{UpgradeOffer, Upgraded, is_upgrade};

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Those of the README of the derive macros, which stand on this crate.
#[cfg(all(doctest, feature = "derive"))]
#[doc = include_str!("../../derive/README.md")]
struct ReadmeOfDerive;
