//! What every controller is given.

use std::sync::Arc;

use skeg_auth::pki::Pki;
use skeg_auth::token::TokenIssuer;
use skeg_client::Client;
use skeg_runtime::{
    Clock, Controller, EventApi, EventRecorder, Metrics, QueueItem, RateLimit,
    SharedInformerFactory, SystemClock, WorkQueue,
};
use tokio_util::sync::CancellationToken;

use crate::table::Row;

/// The name under which controllers own fields, as upstream's do.
pub(crate) const USER_AGENT: &str = "kube-controller-manager";

/// Gives a client that acts as a service account in `kube-system`.
pub type ClientFor = Arc<dyn Fn(&str) -> Client + Send + Sync>;

/// How the controllers run.
#[derive(Clone)]
pub struct Options {
    /// Which of them: names, `*` for all, `-name` for all but that one.
    pub controllers: Vec<String>,
    /// A client for each, which acts as the service account of that name in
    /// `kube-system`; without it all write as the client that reads.
    pub client_for: Option<ClientFor>,
    /// The certificates that sign the API server's, as PEM: what pods are given to trust.
    pub root_ca: Option<String>,
    /// What signs certificates that are asked for; without it nothing is signed.
    pub pki: Option<Arc<Pki>>,
    /// What signs the tokens of service accounts that are kept in Secrets;
    /// without it there are none.
    pub token_issuer: Option<Arc<TokenIssuer>>,
    /// Informers to be shared with other parts of the process; without them
    /// the controllers make their own.
    pub informers: Option<SharedInformerFactory>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where work queues show what they do.
    pub metrics: Option<Metrics>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            controllers: vec!["*".to_owned()],
            client_for: None,
            root_ca: None,
            pki: None,
            token_issuer: None,
            informers: None,
            clock: SystemClock::new(),
            metrics: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("controllers", &self.controllers)
            .finish_non_exhaustive()
    }
}

/// What a controller is given when it starts. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The client that it writes by.
    pub client: Client,
    /// The informers that it shares with the others.
    pub informers: SharedInformerFactory,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Ends it.
    pub cancel: CancellationToken,
    /// How the controllers run.
    pub options: Arc<Options>,
}

impl Context {
    pub(crate) fn new(
        row: &Row,
        client: &Client,
        informers: &SharedInformerFactory,
        options: &Arc<Options>,
        cancel: &CancellationToken,
    ) -> Self {
        let own = options
            .client_for
            .as_ref()
            .filter(|_| !row.account.is_empty())
            .map_or_else(|| client.clone(), |make| make(row.account));
        Self {
            client: own.with_user_agent(USER_AGENT),
            informers: informers.clone(),
            clock: Arc::clone(&options.clock),
            cancel: cancel.clone(),
            options: Arc::clone(options),
        }
    }

    /// A context around a client, as tests want it.
    #[must_use]
    pub fn for_client(client: Client, clock: Arc<dyn Clock>, cancel: CancellationToken) -> Self {
        let options = Options {
            clock: Arc::clone(&clock),
            ..Options::default()
        };
        let informers =
            SharedInformerFactory::new(client.clone(), Arc::clone(&clock), cancel.clone());
        Self {
            client,
            informers,
            clock,
            cancel,
            options: Arc::new(options),
        }
    }

    /// A recorder of events for a component (`deployment-controller`).
    #[must_use]
    pub fn recorder(&self, component: &str) -> EventRecorder {
        let (client, clock) = (self.client.clone(), Arc::clone(&self.clock));
        EventRecorder::start(
            client,
            EventApi::Core,
            component,
            "",
            clock,
            self.cancel.clone(),
        )
    }

    /// A queue with the usual rate limit.
    #[must_use]
    pub fn queue<T: QueueItem>(&self) -> WorkQueue<T> {
        WorkQueue::shown_in(Arc::clone(&self.clock), self.options.metrics.clone())
    }

    /// A controller with a queue of its own limit.
    pub(crate) fn limited<T: QueueItem + std::fmt::Display>(
        &self,
        name: &'static str,
        limit: RateLimit,
    ) -> (WorkQueue<T>, Controller<T>) {
        let queue = WorkQueue::with_limit(Arc::clone(&self.clock), limit);
        let controller = Controller::new(name, queue.clone());
        let controller = match &self.options.metrics {
            Some(metrics) => controller.measured(metrics),
            None => controller,
        };
        (queue, controller)
    }
}
