//! What expressions cost in time, under upstream's names.

use skeg_auth::metrics::{Histogram, Text};
use std::time::{Duration, Instant};

const BOUNDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The times of all policies' expressions.
pub struct Metrics {
    compilation: Histogram,
    evaluation: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            compilation: Histogram::new(BOUNDS),
            evaluation: Histogram::new(BOUNDS),
        }
    }
}

impl Metrics {
    /// Counts a policy that was compiled since then.
    pub fn compiled(&self, since: Instant) {
        self.compilation.observe(since.elapsed().as_secs_f64());
    }

    /// Counts an evaluation.
    pub fn evaluated(&self, took: Duration) {
        self.evaluation.observe(took.as_secs_f64());
    }

    /// Adds to the text of `/metrics`.
    pub fn render(&self, text: &mut Text) {
        for (name, help, histogram) in [
            (
                "apiserver_cel_compilation_duration_seconds",
                "Time that compiling a policy's expressions took, in seconds.",
                &self.compilation,
            ),
            (
                "apiserver_cel_evaluation_duration_seconds",
                "Time that evaluating an expression took, in seconds.",
                &self.evaluation,
            ),
        ] {
            text.head(name, "histogram", "BETA", help);
            text.histogram(name, &[], histogram);
        }
    }
}
