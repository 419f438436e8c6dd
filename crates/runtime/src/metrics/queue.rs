//! What work queues count, under client-go's names.

use super::{Counter, Histogram, Labels, Metrics};

/// From 10 ns to 1000 s, as client-go's queues have them.
const BOUNDS: &[f64] = &[
    1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1000.0,
];

/// What a queue tells of itself when it is asked.
pub(crate) struct QueueState {
    /// How many items wait, by priority.
    pub(crate) waiting: Vec<(i32, usize)>,
    /// How long the items that are being worked on have been, all together, in seconds.
    pub(crate) unfinished: f64,
    /// How long the longest of them has been.
    pub(crate) longest: f64,
}

/// What a work queue counts.
#[derive(Clone, Debug)]
pub struct QueueMetrics {
    pub(crate) adds: Counter,
    pub(crate) retries: Counter,
    pub(crate) waited: Histogram,
    pub(crate) worked: Histogram,
}

impl QueueMetrics {
    /// The metrics of a queue, of which `state` tells what is asked for only
    /// when the metrics are read.
    pub(crate) fn new(
        metrics: &Metrics,
        name: &str,
        state: impl Fn() -> Option<QueueState> + Clone + Send + Sync + 'static,
    ) -> Self {
        let labels = [("name", name), ("controller", name)];
        let by_priority = state.clone();
        metrics.computed(
            "workqueue_depth",
            "Items that wait in a work queue, by priority.",
            &labels,
            move || {
                let shown = |(priority, count): (i32, usize)| {
                    let label: Labels = vec![("priority", priority.to_string())];
                    #[allow(clippy::cast_precision_loss, reason = "a count of items")]
                    (label, count as f64)
                };
                Some(by_priority()?.waiting.into_iter().map(shown).collect())
            },
        );
        let unfinished = state.clone();
        metrics.computed(
            "workqueue_unfinished_work_seconds",
            "Seconds of work that is being done and not finished; a large value means that a worker is stuck.",
            &labels,
            move || Some(vec![(Vec::new(), unfinished()?.unfinished)]),
        );
        metrics.computed(
            "workqueue_longest_running_processor_seconds",
            "Seconds for which the item that has been worked on longest has been.",
            &labels,
            move || Some(vec![(Vec::new(), state()?.longest)]),
        );
        Self {
            adds: metrics.counter(
                "workqueue_adds_total",
                "Items added to a work queue.",
                &labels,
            ),
            retries: metrics.counter(
                "workqueue_retries_total",
                "Items added to a work queue because they had failed.",
                &labels,
            ),
            waited: metrics.histogram(
                "workqueue_queue_duration_seconds",
                "Seconds that an item waits in a work queue before it is taken.",
                &labels,
                BOUNDS,
            ),
            worked: metrics.histogram(
                "workqueue_work_duration_seconds",
                "Seconds that the work on an item takes.",
                &labels,
                BOUNDS,
            ),
        }
    }
}
