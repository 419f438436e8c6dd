//! Metrics in Prometheus' text form, under upstream's names.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Bounds of `apiserver_request_duration_seconds`.
const BOUNDS: [f64; 22] = [
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0,
    10.0, 15.0, 20.0, 30.0, 60.0,
];

/// What identifies a series of requests. All parts are of low cardinality:
/// names from the resource table or constants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestLabels {
    /// Verb in capitals.
    pub verb: &'static str,
    /// API group.
    pub group: &'static str,
    /// API version.
    pub version: &'static str,
    /// Resource.
    pub resource: &'static str,
    /// Subresource, or the path of what is no resource.
    pub subresource: &'static str,
    /// `cluster`, `namespace` or `resource`.
    pub scope: &'static str,
    /// Whether nothing was persisted.
    pub dry_run: bool,
}

impl RequestLabels {
    fn write(&self, out: &mut String, dry_run: bool) {
        let component = "apiserver";
        let _ = write!(out, "component=\"{component}\"");
        if dry_run {
            let _ = write!(
                out,
                ",dry_run=\"{}\"",
                if self.dry_run { "All" } else { "" }
            );
        }
        let _ = write!(
            out,
            ",group=\"{}\",resource=\"{}\",scope=\"{}\",subresource=\"{}\",verb=\"{}\",version=\"{}\"",
            self.group, self.resource, self.scope, self.subresource, self.verb, self.version
        );
    }
}

#[derive(Default)]
struct Series {
    by_code: BTreeMap<u16, u64>,
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum_seconds: f64,
}

/// All counters of one server.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<RequestLabels, Series>>,
    /// Requests under way that read.
    pub inflight_reading: AtomicI64,
    /// Requests under way that write.
    pub inflight_writing: AtomicI64,
    /// Panics answered with a 500.
    pub panics: AtomicU64,
    /// Watchers closed because they did not keep up.
    pub slow_watchers: AtomicU64,
}

/// A gauge that another part of the server computes when asked.
pub struct Gauge {
    /// Metric name.
    pub name: &'static str,
    /// Help text.
    pub help: &'static str,
    /// Labels, ready to print, and values.
    pub values: Vec<(String, f64)>,
}

impl Metrics {
    /// Counts one finished request.
    pub fn observe(&self, labels: RequestLabels, code: u16, took: Duration) {
        let mut requests = self.requests.lock();
        let series = requests.entry(labels).or_default();
        *series.by_code.entry(code).or_default() += 1;
        let seconds = took.as_secs_f64();
        series.count += 1;
        series.sum_seconds += seconds;
        for (bucket, bound) in series.buckets.iter_mut().zip(BOUNDS) {
            if seconds <= bound {
                *bucket += 1;
            }
        }
    }

    /// The text that `/metrics` answers.
    pub fn render(&self, gauges: &[Gauge]) -> String {
        let mut out = String::with_capacity(16 * 1024);
        let requests = self.requests.lock();
        head(
            &mut out,
            "apiserver_request_total",
            "counter",
            "Requests answered, by what they asked and the code of the answer.",
        );
        for (labels, series) in requests.iter() {
            for (code, count) in &series.by_code {
                let _ = write!(out, "apiserver_request_total{{code=\"{code}\",");
                labels.write(&mut out, true);
                let _ = writeln!(out, "}} {count}");
            }
        }
        let name = "apiserver_request_duration_seconds";
        head(
            &mut out,
            name,
            "histogram",
            "Time from a request's arrival to its answer's head, in seconds.",
        );
        for (labels, series) in requests.iter() {
            for (bound, count) in BOUNDS.iter().zip(series.buckets) {
                let _ = write!(out, "{name}_bucket{{");
                labels.write(&mut out, true);
                let _ = writeln!(out, ",le=\"{bound}\"}} {count}");
            }
            let _ = write!(out, "{name}_bucket{{");
            labels.write(&mut out, true);
            let _ = writeln!(out, ",le=\"+Inf\"}} {}", series.count);
            let _ = write!(out, "{name}_sum{{");
            labels.write(&mut out, true);
            let _ = writeln!(out, "}} {}", series.sum_seconds);
            let _ = write!(out, "{name}_count{{");
            labels.write(&mut out, true);
            let _ = writeln!(out, "}} {}", series.count);
        }
        drop(requests);
        let name = "apiserver_current_inflight_requests";
        head(&mut out, name, "gauge", "Requests under way.");
        for (kind, value) in [
            ("readOnly", &self.inflight_reading),
            ("mutating", &self.inflight_writing),
        ] {
            let _ = writeln!(
                out,
                "{name}{{request_kind=\"{kind}\"}} {}",
                value.load(Ordering::Relaxed)
            );
        }
        head(
            &mut out,
            "skeg_request_panics_total",
            "counter",
            "Requests whose handler panicked.",
        );
        let _ = writeln!(
            out,
            "skeg_request_panics_total {}",
            self.panics.load(Ordering::Relaxed)
        );
        let name = "apiserver_terminated_watchers_total";
        head(
            &mut out,
            name,
            "counter",
            "Watchers closed because they did not keep up.",
        );
        let _ = writeln!(out, "{name} {}", self.slow_watchers.load(Ordering::Relaxed));
        for gauge in gauges {
            head(&mut out, gauge.name, "gauge", gauge.help);
            for (labels, value) in &gauge.values {
                let _ = writeln!(out, "{}{{{labels}}} {value}", gauge.name);
            }
        }
        out
    }
}

impl crate::ApiServer {
    /// The text that `/metrics` answers, of all parts.
    pub(crate) fn render_metrics(&self, gauges: &[Gauge]) -> String {
        let mut text = skeg_auth::metrics::Text::default();
        text.raw(&self.inner.metrics.render(gauges));
        if let Some(flow) = &self.inner.flow {
            flow.control.render(&mut text);
        }
        if let Some(auditor) = &self.inner.auditor {
            auditor.render(&mut text);
        }
        text.finish()
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form() {
        let metrics = Metrics::default();
        let labels = RequestLabels {
            verb: "GET",
            group: "",
            version: "v1",
            resource: "pods",
            subresource: "",
            scope: "resource",
            dry_run: false,
        };
        metrics.observe(labels.clone(), 200, Duration::from_millis(10));
        metrics.observe(labels, 404, Duration::from_millis(1));
        let text = metrics.render(&[]);
        assert!(text.contains("apiserver_request_total{code=\"404\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"pods\",scope=\"resource\",subresource=\"\",verb=\"GET\",version=\"v1\"} 1"));
        assert!(text.contains("le=\"0.005\"} 1\n"));
        assert!(text.contains("le=\"0.025\"} 2\n"));
    }
}
