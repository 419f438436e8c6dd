//! What a webhook server tells of its hooks, under controller-runtime's names.

use std::time::Duration;

use crate::metrics::{Counter, Gauge, Histogram, Metrics};

/// The bounds that Prometheus' clients have where none are said.
const SECONDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
const REQUESTS: &str = "controller_runtime_webhook_requests_total";
const REQUESTS_HELP: &str = "Total number of admission requests by HTTP status code.";

/// Counts the questions to one hook.
pub(super) struct HookMetrics {
    metrics: Metrics,
    path: String,
    latency: Histogram,
    in_flight: Gauge,
    panics: Counter,
}

impl HookMetrics {
    pub(super) fn new(metrics: &Metrics, path: &str) -> Self {
        let labels = [("webhook", path)];
        let hook = Self {
            latency: metrics.histogram(
                "controller_runtime_webhook_latency_seconds",
                "Histogram of the latency of processing admission requests",
                &labels,
                SECONDS,
            ),
            in_flight: metrics.gauge(
                "controller_runtime_webhook_requests_in_flight",
                "Current number of admission requests being served.",
                &labels,
            ),
            panics: metrics.counter(
                "controller_runtime_webhook_panics_total",
                "Total number of webhook panics",
                &[],
            ),
            metrics: metrics.clone(),
            path: path.to_owned(),
        };
        // Rates begin with what is shown before the first question.
        let _ = (hook.requests("200"), hook.requests("500"));
        hook
    }

    fn requests(&self, code: &str) -> Counter {
        let labels = [("webhook", self.path.as_str()), ("code", code)];
        self.metrics.counter(REQUESTS, REQUESTS_HELP, &labels)
    }

    /// A question is being answered until what is given back is dropped.
    pub(super) fn asked(&self) -> InFlight<'_> {
        self.in_flight.add(1.0);
        InFlight(&self.in_flight)
    }

    pub(super) fn answered(&self, code: u16, took: Duration, panicked: bool) {
        self.latency.observe(took.as_secs_f64());
        self.requests(&code.to_string()).inc();
        if panicked {
            self.panics.inc();
        }
    }
}

/// Counts one question less when it is dropped.
pub(super) struct InFlight<'a>(&'a Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.add(-1.0);
    }
}
