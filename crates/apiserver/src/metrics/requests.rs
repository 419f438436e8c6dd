//! Requests that the server sends itself, under client-go's names.

use skeg_auth::metrics::{Counter, Family, Histogram, Text};
use std::time::Duration;

const DURATIONS: &[f64] = &[
    0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0,
];
const SIZES: &[f64] = &[
    64.0,
    256.0,
    512.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
];

/// A request that was sent.
pub(crate) struct Asked {
    /// Host and port.
    pub host: String,
    /// The method.
    pub verb: &'static str,
    /// Of the answer, if there was one.
    pub code: Option<u16>,
    /// Until the answer was there.
    pub took: Duration,
    /// Bytes of its body.
    pub sent: usize,
    /// Bytes of the answer's body, if it was read.
    pub received: Option<usize>,
}

/// By host and method.
type By = (String, &'static str);

/// What is counted of such requests.
#[derive(Default)]
pub(crate) struct Requests {
    totals: Family<(String, String, &'static str), Counter>,
    durations: Family<By, Histogram>,
    sent: Family<By, Histogram>,
    received: Family<By, Histogram>,
}

impl Requests {
    /// Counts one.
    pub fn count(&self, asked: &Asked) {
        let code = asked.code.map(|code| code.to_string());
        let code = code.unwrap_or_else(|| "<error>".to_owned());
        let total = (code, asked.host.clone(), asked.verb);
        self.totals.get(&total, Counter::default).inc();
        let by = (asked.host.clone(), asked.verb);
        let sized = |sizes: &Family<By, Histogram>, size: usize| {
            let sizes = sizes.get(&by, || Histogram::new(SIZES));
            sizes.observe(size as f64);
        };
        sized(&self.sent, asked.sent);
        if let Some(received) = asked.received {
            sized(&self.received, received);
        }
        let times = self.durations.get(&by, || Histogram::new(DURATIONS));
        times.observe(asked.took.as_secs_f64());
    }

    /// Writes the lines.
    pub fn render(&self, out: &mut Text) {
        for (name, help, by) in [
            (
                "rest_client_request_duration_seconds",
                "Time that requests of the server took, in seconds.",
                &self.durations,
            ),
            (
                "rest_client_request_size_bytes",
                "Sizes of requests of the server.",
                &self.sent,
            ),
            (
                "rest_client_response_size_bytes",
                "Sizes of answers to requests of the server.",
                &self.received,
            ),
        ] {
            out.head(name, "histogram", "ALPHA", help);
            for ((host, verb), histogram) in by.all() {
                out.histogram(name, &[("host", &host), ("verb", verb)], &histogram);
            }
        }
        let name = "rest_client_requests_total";
        out.head(name, "counter", "ALPHA", "Requests of the server.");
        for ((code, host, method), total) in self.totals.all() {
            let labels = [("code", &*code), ("host", &host), ("method", method)];
            out.sample(name, &labels, total.get() as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_host_and_outcome() {
        let requests = Requests::default();
        for code in [Some(200), None] {
            requests.count(&Asked {
                host: "hook.ns.svc:443".to_owned(),
                verb: "POST",
                code,
                took: Duration::from_millis(20),
                sent: 100,
                received: code.map(|_| 300),
            });
        }
        let mut out = Text::default();
        requests.render(&mut out);
        let text = out.finish();
        let by = "host=\"hook.ns.svc:443\",verb=\"POST\"";
        for line in [
            "rest_client_requests_total{code=\"200\",host=\"hook.ns.svc:443\",method=\"POST\"} 1".to_owned(),
            "rest_client_requests_total{code=\"<error>\",host=\"hook.ns.svc:443\",method=\"POST\"} 1".to_owned(),
            format!("rest_client_request_duration_seconds_bucket{{{by},le=\"0.025\"}} 2"),
            format!("rest_client_request_size_bytes_sum{{{by}}} 200"),
            format!("rest_client_response_size_bytes_count{{{by}}} 1"),
        ] {
            assert!(text.contains(&line), "{line} is not in {text}");
        }
    }
}
