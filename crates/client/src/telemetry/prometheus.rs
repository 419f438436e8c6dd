//! Metrics as Prometheus reads them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use parking_lot::Mutex;

use super::{Event, Recorder};

/// The upper bounds of the buckets of latencies in seconds, as client-go has them.
const BUCKETS: [f64; 12] = [
    0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0,
];
/// The most series that are kept. Labels are of small sets; this is for the
/// case that somebody's are not.
const SERIES_MAX: usize = 10_000;

/// Keeps metrics in memory and writes the text that Prometheus reads. The names
/// are those of client-go where it has them.
///
/// ```
/// use std::sync::Arc;
/// use skeg_client::{Config, telemetry::Prometheus};
///
/// let metrics = Arc::new(Prometheus::new());
/// let mut config = Config::new("https://cluster:6443");
/// config.recorder = Some(metrics.clone());
/// // … requests, and at /metrics:
/// let text = metrics.render();
/// # assert_eq!(text, "");
/// ```
#[derive(Default)]
pub struct Prometheus {
    series: Mutex<Series>,
}

#[derive(Default)]
struct Series {
    counters: BTreeMap<Key, u64>,
    gauges: BTreeMap<Key, i64>,
    histograms: BTreeMap<Key, Histogram>,
}

/// The metric and its labels, written out.
type Key = (&'static str, String);

#[derive(Default)]
struct Histogram {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    sum: f64,
}

const HELP: &[(&str, &str)] = &[
    (
        "rest_client_requests_total",
        "Requests by code, method and host.",
    ),
    (
        "rest_client_request_retries_total",
        "Requests that were sent again, by code, verb and host.",
    ),
    (
        "rest_client_request_duration_seconds",
        "Time until the head of the answer, by verb and host.",
    ),
    (
        "rest_client_rate_limiter_duration_seconds",
        "Time that requests waited for the client's rate limit.",
    ),
    (
        "rest_client_connections",
        "Open connections by host and protocol.",
    ),
    (
        "rest_client_connections_opened_total",
        "Connections opened by host and protocol.",
    ),
    (
        "rest_client_circuit_open",
        "Whether the circuit breaker keeps requests from the host.",
    ),
    (
        "rest_client_credentials_fetched_total",
        "Credentials fetched from plugins and providers, by source and result.",
    ),
    (
        "rest_client_credentials_duration_seconds",
        "Time that fetching credentials took.",
    ),
    ("rest_client_watches_total", "Watches begun, by resource."),
    (
        "rest_client_watch_restarts_total",
        "Watches begun again, by resource and reason.",
    ),
    (
        "rest_client_unreadable_objects_total",
        "Objects that do not fit the struct of their kind, by resource.",
    ),
];

fn labels(labels: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in labels {
        if !text.is_empty() {
            text.push(',');
        }
        let value = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        let _ = write!(text, "{name}=\"{value}\"");
    }
    text
}

impl Series {
    fn is_full(&self) -> bool {
        self.counters.len() + self.gauges.len() + self.histograms.len() >= SERIES_MAX
    }

    fn count(&mut self, name: &'static str, label: &[(&str, &str)]) {
        let key = (name, labels(label));
        if self.is_full() && !self.counters.contains_key(&key) {
            return;
        }
        *self.counters.entry(key).or_default() += 1;
    }

    fn gauge(&mut self, name: &'static str, label: &[(&str, &str)], change: impl FnOnce(&mut i64)) {
        let key = (name, labels(label));
        if self.is_full() && !self.gauges.contains_key(&key) {
            return;
        }
        change(self.gauges.entry(key).or_default());
    }

    fn observe(&mut self, name: &'static str, label: &[(&str, &str)], took: Duration) {
        let key = (name, labels(label));
        if self.is_full() && !self.histograms.contains_key(&key) {
            return;
        }
        let histogram = self.histograms.entry(key).or_default();
        let seconds = took.as_secs_f64();
        for (count, bound) in histogram.buckets.iter_mut().zip(BUCKETS) {
            *count += u64::from(seconds <= bound);
        }
        histogram.count += 1;
        histogram.sum += seconds;
    }
}

impl Prometheus {
    /// No metrics as yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All metrics as text, to be served as `text/plain; version=0.0.4`.
    #[must_use]
    pub fn render(&self) -> String {
        let series = self.series.lock();
        let mut text = String::new();
        for &(name, help) in HELP {
            let mut lines = String::new();
            let mut kind = "counter";
            for ((_, labels), value) in series.counters.iter().filter(|((n, _), _)| *n == name) {
                let _ = writeln!(lines, "{name}{{{labels}}} {value}");
            }
            for ((_, labels), value) in series.gauges.iter().filter(|((n, _), _)| *n == name) {
                kind = "gauge";
                let _ = writeln!(lines, "{name}{{{labels}}} {value}");
            }
            for ((_, labels), of) in series.histograms.iter().filter(|((n, _), _)| *n == name) {
                kind = "histogram";
                for (bound, count) in BUCKETS.iter().zip(of.buckets) {
                    let _ = writeln!(lines, "{name}_bucket{{{labels},le=\"{bound}\"}} {count}");
                }
                let (count, sum) = (of.count, of.sum);
                let _ = writeln!(lines, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
                let _ = writeln!(lines, "{name}_sum{{{labels}}} {sum}");
                let _ = writeln!(lines, "{name}_count{{{labels}}} {count}");
            }
            if !lines.is_empty() {
                let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
                text.push_str(&lines);
            }
        }
        text
    }
}

/// The code as client-go writes it.
pub(super) fn code_text(code: Option<u16>) -> String {
    code.map_or_else(|| "<error>".to_owned(), |code| code.to_string())
}

impl Recorder for Prometheus {
    fn record(&self, event: &Event<'_>) {
        let mut series = self.series.lock();
        match *event {
            Event::Request {
                method,
                server,
                code,
                took,
            } => {
                let code = code_text(code);
                series.count(
                    "rest_client_requests_total",
                    &[("code", &code), ("method", method), ("host", server)],
                );
                series.observe(
                    "rest_client_request_duration_seconds",
                    &[("verb", method), ("host", server)],
                    took,
                );
            }
            Event::Retry {
                method,
                server,
                code,
            } => series.count(
                "rest_client_request_retries_total",
                &[
                    ("code", &code_text(code)),
                    ("verb", method),
                    ("host", server),
                ],
            ),
            Event::RateLimit {
                method,
                server,
                waited,
            } => series.observe(
                "rest_client_rate_limiter_duration_seconds",
                &[("verb", method), ("host", server)],
                waited,
            ),
            Event::ConnectionOpened { server, protocol } => {
                let labels = [("host", server), ("protocol", protocol)];
                series.gauge("rest_client_connections", &labels, |open| *open += 1);
                series.count("rest_client_connections_opened_total", &labels);
            }
            Event::ConnectionClosed { server, protocol } => {
                let labels = [("host", server), ("protocol", protocol)];
                series.gauge("rest_client_connections", &labels, |open| *open -= 1);
            }
            Event::Circuit { server, is_open } => {
                series.gauge("rest_client_circuit_open", &[("host", server)], |open| {
                    *open = i64::from(is_open);
                });
            }
            Event::Credentials {
                source,
                took,
                is_ok,
            } => {
                let result = if is_ok { "ok" } else { "error" };
                series.count(
                    "rest_client_credentials_fetched_total",
                    &[("source", source), ("result", result)],
                );
                series.observe(
                    "rest_client_credentials_duration_seconds",
                    &[("source", source)],
                    took,
                );
            }
            Event::WatchStarted { resource } => {
                series.count("rest_client_watches_total", &[("resource", resource)]);
            }
            Event::WatchRestarted { resource, reason } => series.count(
                "rest_client_watch_restarts_total",
                &[("resource", resource), ("reason", reason)],
            ),
            Event::Unreadable { resource } => series.count(
                "rest_client_unreadable_objects_total",
                &[("resource", resource)],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_prometheus() {
        let metrics = Prometheus::new();
        for (code, millis) in [(Some(200), 20), (Some(200), 300), (None, 9)] {
            metrics.record(&Event::Request {
                method: "GET",
                server: "h:1",
                code,
                took: Duration::from_millis(millis),
            });
        }
        let (server, protocol) = ("h:1", "h2");
        metrics.record(&Event::ConnectionOpened { server, protocol });
        metrics.record(&Event::ConnectionOpened { server, protocol });
        metrics.record(&Event::ConnectionClosed { server, protocol });
        let text = metrics.render();
        for line in [
            "# TYPE rest_client_requests_total counter",
            r#"rest_client_requests_total{code="200",method="GET",host="h:1"} 2"#,
            r#"rest_client_requests_total{code="<error>",method="GET",host="h:1"} 1"#,
            "# TYPE rest_client_request_duration_seconds histogram",
            r#"rest_client_request_duration_seconds_bucket{verb="GET",host="h:1",le="0.005"} 0"#,
            r#"rest_client_request_duration_seconds_bucket{verb="GET",host="h:1",le="0.025"} 2"#,
            r#"rest_client_request_duration_seconds_bucket{verb="GET",host="h:1",le="+Inf"} 3"#,
            r#"rest_client_request_duration_seconds_count{verb="GET",host="h:1"} 3"#,
            r#"rest_client_connections{host="h:1",protocol="h2"} 1"#,
            r#"rest_client_connections_opened_total{host="h:1",protocol="h2"} 2"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
    }

    #[test]
    fn series_are_bounded_and_labels_escaped() {
        let metrics = Prometheus::new();
        for at in 0..SERIES_MAX + 5 {
            let resource = format!("\"{at}\n");
            metrics.record(&Event::WatchStarted {
                resource: &resource,
            });
        }
        let text = metrics.render();
        assert_eq!(text.lines().count(), SERIES_MAX + 2);
        assert!(text.contains(r#"{resource="\"7\n"} 1"#));
    }
}
