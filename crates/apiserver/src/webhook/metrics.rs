//! What webhooks cost and say, under upstream's names.

use skeg_auth::metrics::{Counter, Family, Histogram, Text};
use std::time::Duration;

const BOUNDS: &[f64] = &[0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 10.0, 25.0];

/// How a call ended.
pub enum Outcome {
    /// The request may go on.
    Allowed,
    /// It may not, with this code.
    Denied(u16),
    /// There is no verdict.
    Failed {
        /// The HTTP code, 0 without one.
        code: u16,
        /// The request goes on all the same.
        open: bool,
    },
}

/// One call of a webhook.
pub struct Call<'a> {
    /// The webhook.
    pub name: &'a str,
    /// What happens to the object.
    pub operation: &'a str,
    /// `admit` or `validating`.
    pub phase: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    name: String,
    operation: String,
    phase: &'static str,
    rejected: bool,
    /// HTTP or rejection code.
    code: u16,
    error: &'static str,
}

/// The counters of all webhooks.
#[derive(Default)]
pub struct Metrics {
    durations: Family<Key, Histogram>,
    requests: Family<Key, Counter>,
    rejections: Family<Key, Counter>,
    opened: Family<(String, &'static str), Counter>,
}

impl Metrics {
    /// Counts a call.
    pub fn observe(&self, call: &Call<'_>) {
        let (rejected, code, error, rejection) = match call.outcome {
            Outcome::Allowed => (false, 200, "no_error", None),
            Outcome::Denied(code) => (true, 200, "no_error", Some(code)),
            Outcome::Failed { code, open } => {
                // Rejections for lack of an answer have no code of their own.
                let rejection = (!open).then_some(0);
                (!open, code, "calling_webhook_error", rejection)
            }
        };
        let key = Key {
            name: call.name.to_owned(),
            operation: call.operation.to_owned(),
            phase: call.phase,
            rejected,
            code: 0,
            error: "",
        };
        self.durations
            .get(&key, || Histogram::new(BOUNDS))
            .observe(call.took.as_secs_f64());
        let key = Key { code, ..key };
        self.requests.get(&key, Counter::default).inc();
        if let Some(code) = rejection {
            let key = Key { code, error, ..key };
            self.rejections.get(&key, Counter::default).inc();
        }
    }

    /// Counts a call that failed and was left out.
    pub fn failed_open(&self, name: &str, phase: &'static str) {
        self.opened
            .get(&(name.to_owned(), phase), Counter::default)
            .inc();
    }

    /// Adds to the text of `/metrics`.
    pub fn render(&self, text: &mut Text) {
        let flag = |set: bool| if set { "true" } else { "false" };
        let name = "apiserver_admission_webhook_admission_duration_seconds";
        text.head(
            name,
            "histogram",
            "STABLE",
            "Time that calls of webhooks took, in seconds.",
        );
        for (key, histogram) in self.durations.all() {
            let labels = [
                ("name", key.name.as_str()),
                ("operation", &key.operation),
                ("rejected", flag(key.rejected)),
                ("type", key.phase),
            ];
            text.histogram(name, &labels, &histogram);
        }
        let name = "apiserver_admission_webhook_request_total";
        text.head(
            name,
            "counter",
            "ALPHA",
            "Calls of webhooks, by HTTP code and verdict.",
        );
        for (key, count) in self.requests.all() {
            let code = key.code.to_string();
            let labels = [
                ("code", code.as_str()),
                ("name", &key.name),
                ("operation", &key.operation),
                ("rejected", flag(key.rejected)),
                ("type", key.phase),
            ];
            text.sample(name, &labels, count.get() as f64);
        }
        let name = "apiserver_admission_webhook_rejection_count";
        text.head(
            name,
            "counter",
            "ALPHA",
            "Requests that webhooks refused, or that failed calls refused.",
        );
        for (key, count) in self.rejections.all() {
            let code = key.code.to_string();
            let labels = [
                ("error_type", key.error),
                ("name", &key.name),
                ("operation", &key.operation),
                ("rejection_code", &code),
                ("type", key.phase),
            ];
            text.sample(name, &labels, count.get() as f64);
        }
        let name = "apiserver_admission_webhook_fail_open_count";
        text.head(
            name,
            "counter",
            "ALPHA",
            "Calls that failed and were left out.",
        );
        for ((hook, phase), count) in self.opened.all() {
            text.sample(
                name,
                &[("name", &hook), ("type", phase)],
                count.get() as f64,
            );
        }
    }
}
