//! Clusters whose kubeconfigs stand in Secrets of a cluster that manages them.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use skeg_api::core::v1::Secret;
use skeg_client::{BoxError, Client, Kubeconfig};
use tokio::sync::Notify;

use super::{ClusterChange, ClusterProvider};
use crate::informer::{Informer, SharedInformerFactory, Subscription};

/// Finds clusters by Secrets: each that has a label and, under a key, a
/// kubeconfig is a cluster of the Secret's name. Cheap to clone.
///
/// The label and the key are those of multicluster-runtime's provider unless
/// told otherwise: `sigs.k8s.io/multicluster-runtime-kubeconfig=true` and
/// `kubeconfig`. What a kubeconfig names must stand in it: files and programs
/// of this machine are refused.
#[derive(Clone)]
pub struct SecretClusters {
    informers: SharedInformerFactory,
    namespace: String,
    selector: String,
    key: String,
}

impl SecretClusters {
    /// Clusters by the Secrets of a namespace.
    #[must_use]
    pub fn new(informers: &SharedInformerFactory, namespace: impl Into<String>) -> Self {
        Self {
            informers: informers.clone(),
            namespace: namespace.into(),
            selector: "sigs.k8s.io/multicluster-runtime-kubeconfig=true".to_owned(),
            key: "kubeconfig".to_owned(),
        }
    }

    /// By Secrets with other labels.
    #[must_use]
    pub fn labels(mut self, selector: impl Into<String>) -> Self {
        self.selector = selector.into();
        self
    }

    /// By kubeconfigs under another key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }
}

struct Follower {
    secrets: Informer<Secret>,
    key: String,
    changed: Arc<Notify>,
    _subscription: Subscription,
    /// The version of each Secret that has been told of, and whether it made a cluster.
    known: BTreeMap<String, (String, bool)>,
    /// What is still to be told.
    pending: VecDeque<ClusterChange>,
}

impl ClusterProvider for SecretClusters {
    fn changes(&self) -> BoxStream<'static, ClusterChange> {
        let builder = self.informers.build::<Secret>();
        let secrets = builder
            .namespace(&self.namespace)
            .labels(&self.selector)
            .start();
        let changed = Arc::new(Notify::new());
        let bell = Arc::clone(&changed);
        let follower = Follower {
            _subscription: secrets.subscribe(move |_| bell.notify_one()),
            secrets,
            key: self.key.clone(),
            changed,
            known: BTreeMap::new(),
            pending: VecDeque::new(),
        };
        stream::unfold(follower, |mut follower| async move {
            let change = follower.next().await;
            Some((change, follower))
        })
        .boxed()
    }
}

impl Follower {
    async fn next(&mut self) -> ClusterChange {
        loop {
            if let Some(change) = self.pending.pop_front() {
                return change;
            }
            self.compare();
            if self.pending.is_empty() {
                self.changed.notified().await;
            }
        }
    }

    /// What differs between the Secrets that there are and what has been told.
    fn compare(&mut self) {
        let secrets = self.secrets.store().list();
        let there: BTreeMap<&str, &Secret> = secrets
            .iter()
            .map(|secret| (secret.metadata.name.as_str(), &**secret))
            .collect();
        let gone = self
            .known
            .keys()
            .filter(|name| !there.contains_key(name.as_str()));
        for name in gone.cloned().collect::<Vec<_>>() {
            if let Some((_, true)) = self.known.remove(&name) {
                self.pending.push_back(ClusterChange::Left { name });
            }
        }
        for (name, secret) in there {
            let version = &secret.metadata.resource_version;
            let before = self.known.get(name);
            if before.is_some_and(|(told, _)| told == version) {
                continue;
            }
            let was_one = before.is_some_and(|(_, joined)| *joined);
            let joined = match client_of(secret, &self.key) {
                Ok(client) => {
                    let name = name.to_owned();
                    self.pending
                        .push_back(ClusterChange::Joined { name, client });
                    true
                }
                Err(error) => {
                    tracing::warn!(secret = name, %error, "a Secret with an unusable kubeconfig");
                    if was_one {
                        let name = name.to_owned();
                        self.pending.push_back(ClusterChange::Left { name });
                    }
                    false
                }
            };
            self.known
                .insert(name.to_owned(), (version.clone(), joined));
        }
    }
}

fn client_of(secret: &Secret, key: &str) -> Result<Client, BoxError> {
    let bytes = secret.data.get(key).ok_or("it has no kubeconfig")?;
    refuse_machine(
        &skeg_schema::decode_yaml(bytes, None, &skeg_schema::DecodeOptions::default())?.value,
    )?;
    let kubeconfig = Kubeconfig::parse(bytes, Path::new("/"))?;
    Ok(Client::from_config(&kubeconfig.config(None)?)?)
}

/// Whoever may write a Secret must not be able to run programs here, or to
/// have files of this machine sent somewhere.
fn refuse_machine(tree: &skeg_schema::Value) -> Result<(), BoxError> {
    const USER: &[&str] = &[
        "exec",
        "auth-provider",
        "tokenFile",
        "client-certificate",
        "client-key",
    ];
    for user in tree["users"].as_array().into_iter().flatten() {
        for field in USER {
            if !user["user"][*field].is_null() {
                return Err(format!("a user's {field} is of another machine").into());
            }
        }
    }
    for cluster in tree["clusters"].as_array().into_iter().flatten() {
        if !cluster["cluster"]["certificate-authority"].is_null() {
            return Err("certificate-authority is of another machine".into());
        }
    }
    Ok(())
}
