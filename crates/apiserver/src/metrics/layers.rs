//! Where the time of a request went: what is measured for service levels
//! leaves out queues and webhooks, and the audit of a slow request tells all.

use skeg_meta::Duration as Shown;
use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

tokio::task_local! {
    static SPENT: Cell<Spent>;
}

/// Requests that take longer have the times of their layers in their audit.
const SLOW: Duration = Duration::from_millis(500);

/// A part of the way of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Authentication,
    Impersonation,
    Queue,
    Authorization,
    MutatingWebhooks,
    ValidatingWebhooks,
    Store,
}

impl Layer {
    const ALL: [Self; 7] = [
        Self::Authentication,
        Self::Impersonation,
        Self::Queue,
        Self::Authorization,
        Self::MutatingWebhooks,
        Self::ValidatingWebhooks,
        Self::Store,
    ];

    /// The annotation that tells of it (apiserver/pkg/endpoints/request).
    fn key(self) -> &'static str {
        match self {
            Self::Authentication => "apiserver.latency.k8s.io/authentication",
            Self::Impersonation => "apiserver.latency.k8s.io/impersonation",
            Self::Queue => "apiserver.latency.k8s.io/apf-queue-wait",
            Self::Authorization => "apiserver.latency.k8s.io/authorization",
            Self::MutatingWebhooks => "apiserver.latency.k8s.io/mutating-webhook",
            Self::ValidatingWebhooks => "apiserver.latency.k8s.io/validating-webhook",
            Self::Store => "apiserver.latency.k8s.io/etcd",
        }
    }

    /// The time from now until what is returned is dropped is this layer's.
    pub fn begin(self) -> Within {
        Within(self, Instant::now())
    }

    /// Adds to the time of the request that runs, if one does.
    pub fn took(self, time: Duration) {
        let _ = SPENT.try_with(|spent| {
            let mut now = spent.get();
            now.0[self as usize] += time;
            spent.set(now);
        });
    }
}

/// See [`Layer::begin`].
pub(crate) struct Within(Layer, Instant);

impl Drop for Within {
    fn drop(&mut self) {
        self.0.took(self.1.elapsed());
    }
}

/// What a request spent in each layer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent([Duration; Layer::ALL.len()]);

impl Spent {
    fn of(&self, layer: Layer) -> Duration {
        self.0[layer as usize]
    }

    /// Time that was not the server's own.
    pub fn waiting(&self) -> Duration {
        self.of(Layer::Queue)
            + self.of(Layer::MutatingWebhooks)
            + self.of(Layer::ValidatingWebhooks)
    }

    /// What the audit of a request says that took `total` in all.
    pub fn annotations(&self, total: Duration) -> Vec<(&'static str, String)> {
        if total <= SLOW {
            return Vec::new();
        }
        let mut out: Vec<(&str, String)> = Layer::ALL
            .iter()
            .filter(|layer| !self.of(**layer).is_zero())
            .map(|layer| (layer.key(), Shown(self.of(*layer)).to_string()))
            .collect();
        if !out.is_empty() {
            out.push(("apiserver.latency.k8s.io/total", Shown(total).to_string()));
        }
        out
    }
}

/// Runs a request, and tells where its time went.
pub(crate) async fn during<F: Future>(request: F) -> (F::Output, Spent) {
    let run = async {
        let output = request.await;
        (output, SPENT.with(Cell::get))
    };
    SPENT.scope(Cell::default(), run).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn times_add_up_by_layer() {
        let ((), spent) = during(async {
            Layer::Queue.took(Duration::from_millis(2));
            Layer::Queue.took(Duration::from_millis(3));
            Layer::MutatingWebhooks.took(Duration::from_millis(600));
            Layer::Store.took(Duration::from_micros(1500));
        })
        .await;
        assert_eq!(spent.waiting(), Duration::from_millis(605));
        assert_eq!(spent.annotations(SLOW), []);
        let told = spent.annotations(Duration::from_millis(700));
        let expect = [
            ("apiserver.latency.k8s.io/apf-queue-wait", "5ms"),
            ("apiserver.latency.k8s.io/mutating-webhook", "600ms"),
            ("apiserver.latency.k8s.io/etcd", "1.5ms"),
            ("apiserver.latency.k8s.io/total", "700ms"),
        ];
        assert_eq!(told, expect.map(|(key, time)| (key, time.to_owned())));
        // Outside of a request nobody asks.
        drop(Layer::Queue.begin());
    }
}
