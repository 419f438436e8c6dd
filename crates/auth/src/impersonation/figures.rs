//! How often somebody wanted to act as another, and what was asked for it.

use std::time::Duration;

use crate::metrics::{Family, Histogram, Text};

/// Bounds in seconds, doubling from a millisecond.
const BOUNDS: &[f64] = &[
    0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096,
    8.192, 16.384,
];

/// Times by form and decision.
type Times = Family<(&'static str, &'static str), Histogram>;

/// Attempts, and questions to the authorizer. A refused attempt is of no form:
/// all were tried.
#[derive(Debug, Default)]
pub(super) struct Figures {
    attempts: Times,
    questions: Times,
}

fn count(times: &Times, form: &'static str, allowed: bool, took: Duration) {
    let decision = if allowed { "allowed" } else { "denied" };
    times
        .get(&(form, decision), || Histogram::new(BOUNDS))
        .observe(took.as_secs_f64());
}

impl Figures {
    pub(super) fn attempted(&self, form: &'static str, allowed: bool, took: Duration) {
        count(&self.attempts, form, allowed, took);
    }

    pub(super) fn asked(&self, form: &'static str, allowed: bool, took: Duration) {
        count(&self.questions, form, allowed, took);
    }

    pub(super) fn render(&self, out: &mut Text) {
        let parts = [
            (&self.attempts, "attempts", "Attempts to impersonate"),
            (
                &self.questions,
                "authorization_attempts",
                "Questions to the authorizer for impersonation",
            ),
        ];
        for (times, name, what) in parts {
            let all = times.all();
            if all.is_empty() {
                continue;
            }
            let total = format!("apiserver_impersonation_{name}_total");
            let help = format!("{what}, by mode and decision.");
            out.head(&total, "counter", "ALPHA", &help);
            for ((mode, decision), times) in &all {
                let labels = [("decision", *decision), ("mode", *mode)];
                out.sample(&total, &labels, times.count() as f64);
            }
            let seconds = format!("apiserver_impersonation_{name}_duration_seconds");
            let help = format!("{what}: what they took, by mode and decision.");
            out.head(&seconds, "histogram", "ALPHA", &help);
            for ((mode, decision), times) in &all {
                let labels = [("decision", *decision), ("mode", *mode)];
                out.histogram(&seconds, &labels, times);
            }
        }
    }
}
