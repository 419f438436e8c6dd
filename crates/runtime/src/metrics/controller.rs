//! What controllers count, under controller-runtime's names.

use super::{Counter, Gauge, Histogram, Metrics};

const SECONDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9,
    1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 15.0, 20.0,
    25.0, 30.0, 40.0, 50.0, 60.0,
];

/// What a controller counts.
#[derive(Clone, Debug)]
pub struct ControllerMetrics {
    pub(crate) success: Counter,
    pub(crate) error: Counter,
    pub(crate) requeue_after: Counter,
    pub(crate) errors: Counter,
    pub(crate) terminal: Counter,
    pub(crate) panics: Counter,
    pub(crate) timeouts: Counter,
    pub(crate) seconds: Histogram,
    pub(crate) active: Gauge,
    pub(crate) workers: Gauge,
}

impl ControllerMetrics {
    /// The metrics of a controller.
    #[must_use]
    pub fn new(metrics: &Metrics, name: &str) -> Self {
        let labels = [("controller", name)];
        let result = |result| {
            metrics.counter(
                "controller_runtime_reconcile_total",
                "Reconciles by what came of them.",
                &[("controller", name), ("result", result)],
            )
        };
        // Shown from the start, as controller-runtime does.
        result("requeue");
        Self {
            success: result("success"),
            error: result("error"),
            requeue_after: result("requeue_after"),
            errors: metrics.counter(
                "controller_runtime_reconcile_errors_total",
                "Reconciles that failed.",
                &labels,
            ),
            terminal: metrics.counter(
                "controller_runtime_terminal_reconcile_errors_total",
                "Reconciles that failed in a way that trying again does not help.",
                &labels,
            ),
            panics: metrics.counter(
                "controller_runtime_reconcile_panics_total",
                "Reconciles that panicked.",
                &labels,
            ),
            timeouts: metrics.counter(
                "controller_runtime_reconcile_timeouts_total",
                "Reconciles that took too long and were given up.",
                &labels,
            ),
            seconds: metrics.histogram(
                "controller_runtime_reconcile_time_seconds",
                "Seconds that a reconcile takes.",
                &labels,
                SECONDS,
            ),
            active: metrics.gauge(
                "controller_runtime_active_workers",
                "Workers that reconcile just now.",
                &labels,
            ),
            workers: metrics.gauge(
                "controller_runtime_max_concurrent_reconciles",
                "Workers that there are.",
                &labels,
            ),
        }
    }
}
