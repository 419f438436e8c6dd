//! Aggregation: group versions that other API servers answer. Their requests
//! are passed on, their documents merged with ours.

mod availability;
mod discovery;
mod fetch;
mod local;
mod proxy;
mod registered;
mod trust;

pub use local::Definitions;
pub use registered::{ApiService, Registered};
pub use trust::{follow_authorities, publish_authentication};

use skeg_auth::UserInfo;
use skeg_auth::metrics::{Counter, Family};
use skeg_registry::objects::Gr;
use std::sync::Arc;
use tokio::sync::watch;

use crate::ApiServer;
use crate::objects::access::Access;
use crate::webhook::dial::{Dialer, Peer, Stream};
use registered::{GROUP, RESOURCE};

/// The label of APIServices that this server keeps.
pub const AUTOMANAGED: &str = "kube-aggregator.kubernetes.io/automanaged";
const APISERVICES: Gr = Gr(GROUP, RESOURCE);

/// What this server knows of others.
pub struct Aggregator {
    /// What is registered.
    pub registered: Arc<Registered>,
    definitions: Arc<Definitions>,
    dialer: Arc<Dialer>,
    documents: discovery::Documents,
    /// How often an APIService was lost, by its name and the reason.
    lost: Family<(String, &'static str), Counter>,
    /// Whether all that is built in was registered, once that was tried.
    begun: watch::Sender<Option<bool>>,
}

impl Aggregator {
    /// Over what the observers are told.
    pub fn new(
        registered: Arc<Registered>,
        definitions: Arc<Definitions>,
        dialer: Arc<Dialer>,
    ) -> Self {
        Self {
            registered,
            definitions,
            dialer,
            documents: discovery::Documents::default(),
            lost: Family::default(),
            begun: watch::Sender::new(None),
        }
    }

    /// A connection of its own to a server.
    pub async fn dial(&self, peer: &Peer) -> Result<Stream, String> {
        self.dialer.dial(peer).await
    }

    /// Adds to the text of `/metrics`.
    pub fn render(&self, text: &mut skeg_auth::metrics::Text) {
        let name = "aggregator_unavailable_apiservice";
        text.head(
            name,
            "gauge",
            "ALPHA",
            "Whether an APIService cannot be used now.",
        );
        for service in self.registered.snapshot().values() {
            let value = if service.available { 0.0 } else { 1.0 };
            text.sample(name, &[("name", &service.name)], value);
        }
        let lost = self.lost.all();
        if !lost.is_empty() {
            let name = "aggregator_unavailable_apiservice_total";
            let help = "How often an APIService that could be used no longer could, by reason.";
            text.head(name, "counter", "ALPHA", help);
            for ((service, reason), count) in lost {
                let labels = &[("name", service.as_str()), ("reason", reason)];
                text.sample(name, labels, count.get() as f64);
            }
        }
    }

    /// An APIService was available, and is no longer.
    fn lost(&self, name: &str, reason: &'static str) {
        let labels = (name.to_owned(), reason);
        self.lost.get(&labels, Counter::default).inc();
    }
}

impl ApiServer {
    /// Keeps APIServices up to date until the server ends: our own objects,
    /// and the conditions of those of others.
    pub(crate) fn spawn_aggregation(&self) {
        tokio::spawn(local::run(self.clone()));
        tokio::spawn(availability::run(self.clone()));
        tokio::spawn(discovery::run(self.clone()));
    }

    /// The objects as the server itself changes them.
    pub(crate) fn own_access(&self) -> Access {
        let user = UserInfo {
            name: "system:apiserver".to_owned(),
            groups: vec!["system:masters".to_owned()],
            ..UserInfo::default()
        };
        Access::new(self.clone(), Arc::new(user))
    }
}
