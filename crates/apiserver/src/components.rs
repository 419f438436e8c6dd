//! The components that ComponentStatus tells of.

use async_trait::async_trait;
use skeg_registry::virtuals::Components;
use skeg_store::Store;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::ApiServer;
use crate::go;
use crate::webhook::client::WebhookClient;
use crate::webhook::dial::{Peer, Place, Trust};

/// How long a component may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(20);

/// A component of the cluster beside the API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// As ComponentStatus names it.
    pub name: String,
    /// Where it says over HTTPS how it is; `None`: it runs in this process, and is as well
    /// as that.
    pub address: Option<SocketAddr>,
}

impl Component {
    /// The scheduler and the controllers, each in this process or where upstream listens.
    pub fn usual(scheduler_inside: bool, controllers_inside: bool) -> Vec<Self> {
        let at = |name: &str, inside: bool, port: u16| Self {
            name: name.to_owned(),
            address: (!inside).then(|| (Ipv4Addr::LOCALHOST, port).into()),
        };
        vec![
            at("scheduler", scheduler_inside, 10_259),
            at("controller-manager", controllers_inside, 10_257),
        ]
    }
}

struct Asked {
    store: Arc<dyn Store>,
    client: WebhookClient,
    components: Vec<Component>,
}

#[async_trait]
impl Components for Asked {
    async fn health(&self) -> Vec<(String, Result<String, String>)> {
        let components = self.components.iter().map(|component| async {
            let health = match component.address {
                None => Ok("ok".to_owned()),
                Some(address) => self.ask(address).await,
            };
            (component.name.clone(), health)
        });
        let mut all = futures::future::join_all(components).await;
        let answer = match self.store.status().await {
            Ok(status) => status.failing.map_or_else(|| Ok("ok".to_owned()), Err),
            Err(error) => Err(error.to_string()),
        };
        all.push(("etcd-0".to_owned(), answer));
        all
    }
}

impl Asked {
    /// As upstream probes them: whoever answers there, whatever its certificate.
    async fn ask(&self, address: SocketAddr) -> Result<String, String> {
        let peer = Peer {
            place: Place::Host {
                name: address.ip().to_string(),
                port: address.port(),
            },
            trust: Trust::Anyone,
            identified: false,
            user: None,
        };
        let url = format!("https://{address}/healthz");
        let asked = tokio::time::timeout(PATIENCE, self.client.get(&peer, &url));
        let failed = |why: &str| Err(format!("Get {}: {why}", go::quote(&url)));
        match asked.await {
            Ok(Ok((200..=399, body))) => Ok(String::from_utf8_lossy(&body).into_owned()),
            Ok(Ok((code, _))) => Err(format!("HTTP probe failed with statuscode: {code}")),
            Ok(Err(why)) => failed(&why),
            Err(_) => {
                failed("context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
            }
        }
    }
}

impl ApiServer {
    /// What tells of the cluster's components.
    pub(crate) fn components(&self) -> Arc<dyn Components> {
        Arc::new(Asked {
            store: self.inner.store.clone(),
            client: self.inner.webhooks.client.clone(),
            components: self.inner.options.components.clone(),
        })
    }
}
