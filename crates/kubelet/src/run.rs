//! Joins the kubelet's parts and runs them.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use skeg_api::authentication::v1::{TokenReview, TokenReviewSpec};
use skeg_api::authorization::v1::{
    ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec,
};
use skeg_api::core::v1::{Pod, Service};
use skeg_auth::UserInfo;
use skeg_auth::pki::Authority;
use skeg_client::{Api, Client};
use skeg_cri::{ImageService, RuntimeService};
use skeg_runtime::{Delta, EventRecorder, SharedInformerFactory};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::cluster::Cluster;
use crate::dns::Resolv;
use crate::manager::{Manager, PodChange};
use crate::node::Machine;
use crate::register::Registration;
use crate::room::Room;
use crate::server::{Access, Server};
use crate::worker::Shared;

/// How many changes of pods wait for the manager.
const CHANGES_MAX: usize = 4096;

/// What a kubelet is given.
pub struct Config {
    /// The node's name.
    pub node_name: String,
    /// Below it are the files of pods.
    pub folder: PathBuf,
    /// Below it are the logs of containers.
    pub logs_folder: PathBuf,
    /// The node's addresses, the main one first.
    pub addresses: Vec<IpAddr>,
    /// The resolvers of the cluster; empty when there is no cluster DNS.
    pub cluster_dns: Vec<IpAddr>,
    /// The domain of the cluster: `cluster.local`.
    pub cluster_domain: String,
    /// Reaches the API as the node.
    pub client: Client,
    /// Hears of pods and services.
    pub informers: SharedInformerFactory,
    /// Tells what happened.
    pub recorder: EventRecorder,
    /// Runs containers.
    pub runtime: Arc<dyn RuntimeService>,
    /// Holds images.
    pub images: Arc<dyn ImageService>,
    /// Where the kubelet's own API listens.
    pub listener: TcpListener,
    /// Its certificate; clients are asked for theirs.
    pub tls: Arc<rustls::ServerConfig>,
    /// Whose certificates are users.
    pub authority: Arc<Authority>,
}

/// Runs a kubelet until cancelled. Containers go on without it.
///
/// # Errors
/// When the node cannot begin at all: its folders cannot be made, or its port is not known.
pub async fn run(config: Config, cancel: CancellationToken) -> std::io::Result<()> {
    std::fs::create_dir_all(&config.folder)?;
    std::fs::create_dir_all(&config.logs_folder)?;
    let port = config.listener.local_addr()?.port();
    let machine = Machine::read(&config.runtime.version());
    let capacity = machine.capacity(&crate::node::disk(&config.folder));
    let resolv = std::fs::read_to_string("/etc/resolv.conf")
        .map(|text| Resolv::parse(&text))
        .unwrap_or_default();
    let host_ips: Vec<String> = config.addresses.iter().map(ToString::to_string).collect();
    let services = config.informers.informer::<Service>();
    let cluster = Arc::new(Cluster {
        client: config.client.clone(),
        recorder: config.recorder.clone(),
        services,
    });
    let shared = Arc::new(Shared {
        runtime: config.runtime.clone(),
        images: config.images.clone(),
        source: cluster.clone(),
        api: cluster,
        pods_folder: config.folder.join("pods"),
        logs_folder: config.logs_folder.clone(),
        seccomp_profiles: config.folder.join("seccomp"),
        host_ips: host_ips.clone(),
        allocatable: capacity,
        memory_capacity: machine.memory_bytes,
        cluster_dns: config.cluster_dns.iter().map(ToString::to_string).collect(),
        cluster_domain: config.cluster_domain.clone(),
        resolv,
    });
    let manager = Manager::new(shared);
    let server = Arc::new(Server {
        pods: manager.clone(),
        access: Arc::new(Reviews {
            client: config.client.clone(),
            node: config.node_name.clone(),
        }),
        authority: config.authority,
        runtime: config.runtime.clone(),
    });
    let registration = Registration {
        name: config.node_name.clone(),
        client: config.client.clone(),
        runtime: config.runtime,
        images: config.images,
        machine,
        folder: config.folder,
        room: Room::default(),
        addresses: host_ips,
        port,
    };
    let (changes, heard) = mpsc::channel(CHANGES_MAX);
    tokio::join!(
        server.serve(config.listener, config.tls, cancel.clone()),
        registration.run(cancel.clone()),
        hear(
            &config.informers,
            &config.node_name,
            changes,
            cancel.clone()
        ),
        manager.run(heard, cancel.clone()),
    );
    Ok(())
}

/// Passes on what the API says of this node's pods.
async fn hear(
    informers: &SharedInformerFactory,
    node: &str,
    changes: mpsc::Sender<PodChange>,
    cancel: CancellationToken,
) {
    // In one process with other components, one informer of all pods serves them all.
    let pods = if informers.client().in_process() {
        informers.informer::<Pod>()
    } else {
        informers.selected::<Pod>("", &format!("spec.nodeName={node}"))
    };
    let (told, mut deltas) = mpsc::unbounded_channel();
    let node = node.to_owned();
    pods.on_change(move |delta| {
        let ours = |pod: &Pod| pod.spec.node_name == node;
        let change = match &delta {
            Delta::Deleted { object } if ours(object) => PodChange::Removed((*object).clone()),
            Delta::Added { .. } | Delta::Updated { .. } if ours(delta.object()) => {
                PodChange::Upsert(delta.object().clone())
            }
            _ => return,
        };
        // The receiver goes only when the kubelet ends.
        drop(told.send(change));
    });
    tokio::select! {
        () = pods.synced() => {}
        () = cancel.cancelled() => return,
    }
    let mut synced = false;
    loop {
        // All that was there at the start comes before what happens later.
        if !synced && deltas.is_empty() {
            synced = true;
            if changes.send(PodChange::Synced).await.is_err() {
                return;
            }
        }
        tokio::select! {
            change = deltas.recv() => match change {
                Some(change) => if changes.send(change).await.is_err() { return },
                None => return,
            },
            () = cancel.cancelled() => return,
        }
    }
}

/// Asks the API server who a caller is and what it may.
struct Reviews {
    client: Client,
    node: String,
}

#[async_trait]
impl Access for Reviews {
    async fn authenticate(&self, token: &str) -> Option<UserInfo> {
        let review = TokenReview {
            spec: TokenReviewSpec {
                token: token.to_owned(),
                ..Default::default()
            },
            ..Default::default()
        };
        let answer = Api::<TokenReview>::all(self.client.clone())
            .create(review)
            .await
            .ok()?;
        let status = &answer.status;
        status.authenticated.then(|| UserInfo {
            name: status.user.username.clone(),
            uid: status.user.uid.clone(),
            groups: status.user.groups.clone(),
            ..Default::default()
        })
    }

    async fn allowed(&self, user: &UserInfo, verb: &str, subresource: &str) -> bool {
        if user.in_group("system:masters") {
            return true;
        }
        let review = SubjectAccessReview {
            spec: SubjectAccessReviewSpec {
                user: user.name.clone(),
                groups: user.groups.clone(),
                uid: user.uid.clone(),
                resource_attributes: Some(ResourceAttributes {
                    verb: verb.to_owned(),
                    version: "v1".into(),
                    resource: "nodes".into(),
                    subresource: subresource.to_owned(),
                    name: self.node.clone(),
                    ..Default::default()
                }),
                ..Default::default()
            },
            ..Default::default()
        };
        match Api::<SubjectAccessReview>::all(self.client.clone())
            .create(review)
            .await
        {
            Ok(answer) => answer.status.allowed,
            Err(error) => {
                tracing::warn!(error = %error.chain(), "the API server does not say who may use this kubelet");
                false
            }
        }
    }
}
