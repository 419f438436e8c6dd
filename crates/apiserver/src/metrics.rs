//! Metrics in Prometheus' text form, under upstream's names.

mod allow;
pub(crate) mod caches;
pub(crate) mod filters;
pub(crate) mod layers;
mod process;
pub(crate) mod requests;
pub(crate) mod storage;

pub use allow::MetricRules;
pub(crate) use process::start_seconds;

use futures::StreamExt;
use http::Response;
use skeg_auth::metrics::{Counter, Family, Histogram, Text};
use skeg_client::Payload;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long the store has to tell its size.
const STATUS_TIMEOUT: Duration = Duration::from_secs(2);

/// Bounds of `apiserver_request_duration_seconds`.
const DURATIONS: &[f64] = &[
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0,
    10.0, 15.0, 20.0, 30.0, 45.0, 60.0,
];
/// Bounds of `apiserver_request_sli_duration_seconds`.
const SLI_DURATIONS: &[f64] = &[
    0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0,
    30.0, 45.0, 60.0,
];
/// Bounds of `apiserver_watch_list_duration_seconds`.
const WATCH_LISTS: &[f64] = &[
    0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0,
    30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0,
];
/// Bounds of `apiserver_request_body_size_bytes`.
const BODY_SIZES: &[f64] = &[
    50e3, 150e3, 250e3, 350e3, 450e3, 550e3, 650e3, 750e3, 850e3, 950e3, 1050e3, 1150e3, 1250e3,
    1350e3, 1450e3, 1550e3, 1650e3, 1750e3, 1850e3, 1950e3, 2050e3, 2150e3, 2250e3, 2350e3, 2450e3,
    2550e3, 2650e3, 2750e3, 2850e3, 2950e3, 3050e3,
];
/// Bounds of `apiserver_response_sizes`.
const SIZES: &[f64] = &[1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Bounds of `apiserver_watch_events_sizes`.
const EVENT_SIZES: &[f64] = &[
    1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 32768.0, 65536.0, 131_072.0,
];
/// Bounds of `apiserver_admission_…_duration_seconds`.
const ADMISSION: &[f64] = &[0.005, 0.025, 0.1, 0.5, 1.0, 2.5];
/// Bounds of `authentication_duration_seconds` and its like.
const DECISIONS: &[f64] = &[
    0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096,
    8.192, 16.384,
];

/// What identifies a series of requests. All parts are of low cardinality:
/// names from the resource table or constants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// In the order of the alphabet, as Prometheus' own library writes them.
    fn pairs(&self, dry_run: bool) -> Vec<(&'static str, &'static str)> {
        let mut out = vec![("component", "apiserver")];
        if dry_run {
            out.push(("dry_run", if self.dry_run { "All" } else { "" }));
        }
        out.extend([
            ("group", self.group),
            ("resource", self.resource),
            ("scope", self.scope),
            ("subresource", self.subresource),
            ("verb", self.verb),
            ("version", self.version),
        ]);
        out
    }

    fn kind(&self) -> Kind {
        (self.group, self.version, self.resource)
    }
}

/// Group, version, resource.
type Kind = (&'static str, &'static str, &'static str);

struct Series {
    by_code: Family<u16, Counter>,
    durations: Histogram,
    /// Without what was waiting for others.
    own_durations: Histogram,
    sizes: Histogram,
    /// Those that came from inside the process.
    inside: Counter,
    /// Those that were ended early.
    terminated: Family<u16, Counter>,
    /// Requests without end that are under way.
    endless: AtomicI64,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            by_code: Family::default(),
            durations: Histogram::new(DURATIONS),
            own_durations: Histogram::new(SLI_DURATIONS),
            sizes: Histogram::new(SIZES),
            inside: Counter::default(),
            terminated: Family::default(),
            endless: AtomicI64::new(0),
        }
    }
}

/// How often something was decided, and how long that took.
struct Decisions {
    count: Counter,
    durations: Histogram,
}

impl Default for Decisions {
    fn default() -> Self {
        Self {
            count: Counter::default(),
            durations: Histogram::new(DECISIONS),
        }
    }
}

/// Labels of admission: `admit` or `validate`, the operation, whether it was
/// refused.
type AdmissionLabels = (&'static str, &'static str, bool);

/// All counters of one server.
#[derive(Default)]
pub struct Metrics {
    requests: Family<RequestLabels, Series>,
    events: Family<Kind, EventSizes>,
    deprecated: Family<Kind, Counter>,
    authentication: Family<&'static str, Decisions>,
    authorization: Family<&'static str, Decisions>,
    admission: Family<AdmissionLabels, AdmissionTimes>,
    /// By group, resource and verb.
    bodies: Family<Kind, BodySizes>,
    watch_lists: Family<(Kind, &'static str), WatchLists>,
    /// What all requests have in common.
    pub(crate) filters: filters::Filters,
    /// Requests under way that read.
    pub inflight_reading: AtomicI64,
    /// Requests under way that write.
    pub inflight_writing: AtomicI64,
    /// Panics answered with a 500.
    pub panics: AtomicU64,
    /// Watchers closed because they did not keep up.
    pub slow_watchers: AtomicU64,
}

struct BodySizes(Histogram);

impl Default for BodySizes {
    fn default() -> Self {
        Self(Histogram::new(BODY_SIZES))
    }
}

struct WatchLists(Histogram);

impl Default for WatchLists {
    fn default() -> Self {
        Self(Histogram::new(WATCH_LISTS))
    }
}

/// A request that has its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answered {
    /// It has no end by itself.
    pub endless: bool,
    /// From its arrival.
    pub took: Duration,
    /// How much of that was waiting: for seats, or for webhooks.
    pub waited: Duration,
    /// It came from inside the process.
    pub inside: bool,
    /// It was ended before it was through, or not let in.
    pub terminated: bool,
    /// Bytes of its body, if that was read.
    pub body_len: Option<usize>,
    /// How it wants its body checked.
    pub validation: usize,
}

struct EventSizes(Histogram);

impl Default for EventSizes {
    fn default() -> Self {
        Self(Histogram::new(EVENT_SIZES))
    }
}

struct AdmissionTimes(Histogram);

impl Default for AdmissionTimes {
    fn default() -> Self {
        Self(Histogram::new(ADMISSION))
    }
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

/// An answer that is being sent.
struct Sending {
    series: Arc<Series>,
    endless: bool,
    /// Of a list: what was sent.
    len: Option<usize>,
    /// Of a watch: each piece is an event.
    events: Option<Arc<EventSizes>>,
}

impl Sending {
    fn piece(&mut self, len: usize) {
        if let Some(sent) = &mut self.len {
            *sent += len;
        }
        if let Some(events) = &self.events {
            events.0.observe(len as f64);
        }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if self.endless {
            self.series.endless.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(len) = self.len {
            self.series.sizes.observe(len as f64);
        }
    }
}

impl Metrics {
    /// Counts a request whose answer is about to be sent, and follows the
    /// sending.
    pub fn observe(
        &self,
        labels: &RequestLabels,
        answered: Answered,
        response: &mut Response<Payload>,
    ) {
        let endless = answered.endless;
        let code = response.status().as_u16();
        let series = self.requests.get(labels, Series::default);
        series.by_code.get(&code, Counter::default).inc();
        if !endless {
            let (took, own) = (answered.took, answered.took.saturating_sub(answered.waited));
            series.durations.observe(took.as_secs_f64());
            series.own_durations.observe(own.as_secs_f64());
            self.filters.validated(answered.validation, took);
        }
        if answered.inside {
            series.inside.inc();
        }
        if answered.terminated {
            series.terminated.get(&code, Counter::default).inc();
        }
        if let Some(len) = answered.body_len {
            let verb = match labels.verb {
                "POST" => "create",
                "PUT" => "update",
                "PATCH" | "APPLY" => "patch",
                "DELETE" => "delete",
                "DELETECOLLECTION" => "deletecollection",
                other => other,
            };
            let key = (labels.group, labels.resource, verb);
            self.bodies
                .get(&key, BodySizes::default)
                .0
                .observe(len as f64);
        }
        let read = matches!(labels.verb, "GET" | "LIST") && !labels.resource.is_empty();
        if let Payload::Bytes(bytes) = response.body()
            && read
            && !endless
        {
            series.sizes.observe(bytes.len() as f64);
        }
        let streamed = matches!(response.body(), Payload::Stream(_) | Payload::Events(_));
        if !streamed || !(endless || read) {
            return;
        }
        if endless {
            series.endless.fetch_add(1, Ordering::Relaxed);
        }
        let is_watch = labels.verb == "WATCH";
        let mut sending = Sending {
            series,
            endless,
            len: (read && !endless).then_some(0),
            events: is_watch.then(|| self.events.get(&labels.kind(), EventSizes::default)),
        };
        match std::mem::take(response.body_mut()) {
            Payload::Stream(stream) => {
                let counted = stream.inspect(move |piece| {
                    if let Ok(bytes) = piece {
                        sending.piece(bytes.len());
                    }
                });
                *response.body_mut() = Payload::Stream(counted.boxed());
            }
            Payload::Events(events) => {
                let counted = events.inspect(move |_| {
                    let _ = &sending;
                });
                *response.body_mut() = Payload::Events(counted.boxed());
            }
            other => *response.body_mut() = other,
        }
    }

    /// A watcher has been sent all that there was when it came.
    pub fn watch_listed(&self, labels: (Kind, &'static str), took: Duration) {
        self.watch_lists
            .get(&labels, WatchLists::default)
            .0
            .observe(took.as_secs_f64());
    }

    /// A version that will go was asked for.
    pub fn deprecated(&self, group: &'static str, version: &'static str, resource: &'static str) {
        self.deprecated
            .get(&(group, version, resource), Counter::default)
            .inc();
    }

    /// Somebody was asked who they are: `success`, `failure` or `error`.
    pub fn authenticated(&self, result: &'static str, since: Instant) {
        let decisions = self.authentication.get(&result, Decisions::default);
        decisions.count.inc();
        decisions.durations.observe(since.elapsed().as_secs_f64());
    }

    /// Whether somebody may was decided: `allowed`, `denied`, `no-opinion` or
    /// `error`.
    pub fn authorized(&self, result: &'static str, since: Instant) {
        let decisions = self.authorization.get(&result, Decisions::default);
        decisions.count.inc();
        decisions.durations.observe(since.elapsed().as_secs_f64());
    }

    /// Admission of a write is through: `step` is `admit` or `validate`.
    pub fn admitted(
        &self,
        step: &'static str,
        operation: &'static str,
        rejected: bool,
        since: Instant,
    ) {
        let labels = (step, operation, rejected);
        let times = self.admission.get(&labels, AdmissionTimes::default);
        times.0.observe(since.elapsed().as_secs_f64());
    }

    fn render_requests(&self, out: &mut Text) {
        let requests = self.requests.all();
        let name = "apiserver_request_total";
        let help = "Requests answered, by what they asked and the code of the answer.";
        out.head(name, "counter", "STABLE", help);
        for (labels, series) in &requests {
            for (code, count) in series.by_code.all() {
                let code = code.to_string();
                let mut pairs: Vec<(&str, &str)> = vec![("code", &code)];
                pairs.extend(labels.pairs(true));
                out.sample(name, &pairs, count.get() as f64);
            }
        }
        let name = "apiserver_request_duration_seconds";
        let help = "Time from a request's arrival to its answer's head, in seconds.";
        out.head(name, "histogram", "STABLE", help);
        for (labels, series) in &requests {
            if series.durations.count() > 0 {
                out.histogram(name, &labels.pairs(true), &series.durations);
            }
        }
        let name = "apiserver_request_sli_duration_seconds";
        let help = "The same without waiting for seats and for webhooks, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        for (labels, series) in &requests {
            if series.own_durations.count() > 0 {
                out.histogram(name, &labels.pairs(false), &series.own_durations);
            }
        }
        let name = "apiserver_request_terminations_total";
        let help = "Requests that were not let in or took too long.";
        out.head(name, "counter", "ALPHA", help);
        for (labels, series) in &requests {
            for (code, count) in series.terminated.all() {
                let code = code.to_string();
                let mut pairs: Vec<(&str, &str)> = vec![("code", &code)];
                pairs.extend(labels.pairs(false));
                out.sample(name, &pairs, count.get() as f64);
            }
        }
        self.render_bodies_and_selves(out, &requests);
        let name = "apiserver_response_sizes";
        out.head(name, "histogram", "STABLE", "Bytes of answers to reads.");
        for (labels, series) in &requests {
            if series.sizes.count() > 0 {
                out.histogram(name, &labels.pairs(false), &series.sizes);
            }
        }
        let name = "apiserver_longrunning_requests";
        let help = "Watches and streams under way.";
        out.head(name, "gauge", "STABLE", help);
        for (labels, series) in &requests {
            let endless = series.endless.load(Ordering::Relaxed);
            if endless > 0 || labels.verb == "WATCH" {
                out.sample(name, &labels.pairs(false), endless as f64);
            }
        }
        let name = "apiserver_current_inflight_requests";
        out.head(name, "gauge", "STABLE", "Requests under way.");
        for (kind, value) in [
            ("mutating", &self.inflight_writing),
            ("readOnly", &self.inflight_reading),
        ] {
            let value = value.load(Ordering::Relaxed) as f64;
            out.sample(name, &[("request_kind", kind)], value);
        }
        let name = "apiserver_requested_deprecated_apis";
        let help = "Versions that will go and were asked for.";
        out.head(name, "gauge", "STABLE", help);
        for ((group, version, resource), _) in self.deprecated.all() {
            let labels = [
                ("group", group),
                ("removed_release", ""),
                ("resource", resource),
                ("subresource", ""),
                ("version", version),
            ];
            out.sample(name, &labels, 1.0);
        }
    }

    fn render_bodies_and_selves(&self, out: &mut Text, requests: &[(RequestLabels, Arc<Series>)]) {
        let name = "apiserver_request_body_size_bytes";
        out.head(name, "histogram", "ALPHA", "Bytes of bodies.");
        for ((group, resource, verb), sizes) in self.bodies.all() {
            let pairs = [("group", group), ("resource", resource), ("verb", verb)];
            out.histogram(name, &pairs, &sizes.0);
        }
        let name = "apiserver_selfrequest_total";
        let help = "Requests that came from inside the process.";
        out.head(name, "counter", "ALPHA", help);
        let mut inside: BTreeMap<[&str; 4], u64> = BTreeMap::new();
        for (labels, series) in requests {
            let count = series.inside.get();
            if count > 0 {
                let key = [
                    labels.group,
                    labels.resource,
                    labels.subresource,
                    labels.verb,
                ];
                *inside.entry(key).or_default() += count;
            }
        }
        for ([group, resource, subresource, verb], count) in inside {
            let pairs = [
                ("group", group),
                ("resource", resource),
                ("subresource", subresource),
                ("verb", verb),
            ];
            out.sample(name, &pairs, count as f64);
        }
    }

    fn render_watches(&self, out: &mut Text) {
        let events = self.events.all();
        let labels = |(group, version, resource): &Kind| {
            [
                ("group", *group),
                ("resource", *resource),
                ("version", *version),
            ]
        };
        let name = "apiserver_watch_events_total";
        out.head(name, "counter", "BETA", "Events sent to watchers.");
        for (kind, sizes) in &events {
            out.sample(name, &labels(kind), sizes.0.count() as f64);
        }
        let name = "apiserver_watch_events_sizes";
        out.head(name, "histogram", "BETA", "Bytes of events sent.");
        for (kind, sizes) in &events {
            out.histogram(name, &labels(kind), &sizes.0);
        }
        let name = "apiserver_watch_list_duration_seconds";
        let help = "Time until watchers had been sent all that there was, in seconds.";
        out.head(name, "histogram", "BETA", help);
        for (((group, version, resource), scope), times) in self.watch_lists.all() {
            let labels = [
                ("group", group),
                ("resource", resource),
                ("scope", scope),
                ("version", version),
            ];
            out.histogram(name, &labels, &times.0);
        }
        let name = "apiserver_terminated_watchers_total";
        let help = "Watchers closed because they did not keep up.";
        out.head(name, "counter", "ALPHA", help);
        let slow = self.slow_watchers.load(Ordering::Relaxed);
        out.sample(name, &[], slow as f64);
    }

    fn render_decisions(&self, out: &mut Text) {
        for (attempts, durations, help, family) in [
            (
                "authentication_attempts",
                "authentication_duration_seconds",
                "Requests that were asked who makes them.",
                &self.authentication,
            ),
            (
                "authorization_attempts_total",
                "authorization_duration_seconds",
                "Requests of which it was decided whether they may.",
                &self.authorization,
            ),
        ] {
            out.head(attempts, "counter", "ALPHA", help);
            let all = family.all();
            for (result, decisions) in &all {
                let count = decisions.count.get() as f64;
                out.sample(attempts, &[("result", result)], count);
            }
            out.head(durations, "histogram", "ALPHA", "Time it took, in seconds.");
            for (result, decisions) in &all {
                out.histogram(durations, &[("result", result)], &decisions.durations);
            }
        }
        let name = "apiserver_admission_step_admission_duration_seconds";
        let help = "Time that admission took, in seconds.";
        out.head(name, "histogram", "STABLE", help);
        for ((step, operation, rejected), times) in self.admission.all() {
            let labels = [
                ("operation", operation),
                ("rejected", if rejected { "true" } else { "false" }),
                ("type", step),
            ];
            out.histogram(name, &labels, &times.0);
        }
    }

    /// The text that `/metrics` answers.
    pub fn render(&self, gauges: &[Gauge]) -> String {
        let mut out = Text::default();
        self.render_requests(&mut out);
        self.render_watches(&mut out);
        self.render_decisions(&mut out);
        self.filters.render(&mut out);
        let name = "skeg_request_panics_total";
        out.head(name, "counter", "ALPHA", "Requests whose handler panicked.");
        let panics = self.panics.load(Ordering::Relaxed);
        out.sample(name, &[], panics as f64);
        for gauge in gauges {
            out.head(gauge.name, "gauge", "ALPHA", gauge.help);
            for (labels, value) in &gauge.values {
                out.raw(&format!("{}{{{labels}}} {value}\n", gauge.name));
            }
        }
        out.finish()
    }
}

/// How many addresses and ports of services are taken.
fn render_allocators(out: &mut Text, services: &skeg_registry::alloc::ServiceAllocators) {
    let ranges = services.usage();
    let name = "kube_apiserver_clusterip_allocator_allocated_ips";
    out.head(name, "gauge", "ALPHA", "Addresses of services in use.");
    for (cidr, taken, _) in &ranges {
        out.sample(name, &[("cidr", cidr)], *taken as f64);
    }
    let name = "kube_apiserver_clusterip_allocator_available_ips";
    out.head(
        name,
        "gauge",
        "ALPHA",
        "Addresses of services that are free.",
    );
    for (cidr, taken, all) in &ranges {
        out.sample(name, &[("cidr", cidr)], all.saturating_sub(*taken) as f64);
    }
    let (taken, all) = services.ports.usage();
    let name = "kube_apiserver_nodeport_allocator_allocated_ports";
    out.head(name, "gauge", "ALPHA", "Node ports in use.");
    out.sample(name, &[], taken as f64);
    let name = "kube_apiserver_nodeport_allocator_available_ports";
    out.head(name, "gauge", "ALPHA", "Node ports that are free.");
    out.sample(name, &[], all.saturating_sub(taken) as f64);
}

impl crate::ApiServer {
    /// A connection came to nothing.
    pub(crate) fn count_tls_error(&self) {
        let errors = &self.inner.metrics.filters.tls_errors;
        errors.fetch_add(1, Ordering::Relaxed);
    }

    /// The text that `/metrics` answers, of all parts. A store that does not answer in time is
    /// left out.
    pub(crate) async fn render_metrics(&self, gauges: &[Gauge]) -> String {
        let status = self.inner.store.status();
        let status = tokio::time::timeout(STATUS_TIMEOUT, status).await;
        let mut text = skeg_auth::metrics::Text::default();
        text.raw(&self.inner.metrics.render(gauges));
        if let Some(flow) = &self.inner.flow {
            flow.control.render(&mut text);
        }
        self.inner.admission.render(&mut text);
        self.inner.webhooks.render(&mut text);
        self.inner.policies.render(&mut text);
        self.inner.aggregator.render(&mut text);
        if let Some(auditor) = &self.inner.auditor {
            auditor.render(&mut text);
        }
        if let Some(tracer) = &self.inner.tracer {
            tracer.render(&mut text);
        }
        if let Ok(Ok(status)) = status {
            let name = "apiserver_storage_size_bytes";
            let help = "Bytes that the store takes.";
            text.head(name, "gauge", "STABLE", help);
            let bytes = status.disk_bytes.max(status.live_bytes);
            text.sample(name, &[("storage_cluster_id", "etcd-0")], bytes as f64);
        }
        if let Some(authenticator) = &self.inner.request_authenticator {
            authenticator.render(&mut text);
        }
        self.inner.authorizer.render(&mut text);
        self.inner.impersonation.render(&mut text);
        caches::render(&mut text, &self.inner.table().cachers());
        self.inner.measured.render(&mut text);
        render_allocators(&mut text, &self.inner.services);
        process::render(&mut text);
        for more in &self.inner.options.more_metrics {
            text.raw(&(more.0)());
        }
        self.inner.options.metric_rules.apply(text.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn labels(verb: &'static str) -> RequestLabels {
        RequestLabels {
            verb,
            group: "",
            version: "v1",
            resource: "pods",
            subresource: "",
            scope: "resource",
            dry_run: false,
        }
    }

    fn response(code: u16, body: Payload) -> Response<Payload> {
        Response::builder().status(code).body(body).unwrap()
    }

    #[test]
    fn text_form() {
        let metrics = Metrics::default();
        let body = || Payload::Bytes(Bytes::from_static(b"x"));
        let observe = |code, millis| {
            let took = Duration::from_millis(millis);
            let answered = Answered {
                took,
                waited: took / 2,
                ..Answered::default()
            };
            metrics.observe(&labels("GET"), answered, &mut response(code, body()));
        };
        observe(200, 10);
        observe(404, 1);
        let text = metrics.render(&[]);
        assert!(text.contains("apiserver_request_total{code=\"404\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"pods\",scope=\"resource\",subresource=\"\",verb=\"GET\",version=\"v1\"} 1"));
        assert!(text.contains("le=\"0.005\"} 1\n"));
        assert!(text.contains("le=\"0.025\"} 2\n"));
        assert!(text.contains("apiserver_response_sizes_count{component=\"apiserver\",group=\"\",resource=\"pods\",scope=\"resource\",subresource=\"\",verb=\"GET\",version=\"v1\"} 2\n"));
    }

    #[tokio::test]
    async fn watches_are_counted_while_they_last_and_their_events() {
        let metrics = Metrics::default();
        let events = ["a", "bc"].map(|e| Ok(Bytes::from_static(e.as_bytes())));
        let stream = futures::stream::iter(events).boxed();
        let mut response = response(200, Payload::Stream(stream));
        let answered = Answered {
            endless: true,
            ..Answered::default()
        };
        metrics.observe(&labels("WATCH"), answered, &mut response);
        let line = |name: &str, value: &str| {
            let text = metrics.render(&[]);
            text.lines()
                .any(|l| l.starts_with(name) && l.ends_with(&format!("}} {value}")))
        };
        assert!(line("apiserver_longrunning_requests{", "1"));
        let Payload::Stream(stream) = response.into_body() else {
            panic!("no stream")
        };
        assert_eq!(stream.count().await, 2);
        assert!(line("apiserver_longrunning_requests{", "0"));
        assert!(line("apiserver_watch_events_total{", "2"));
    }
}
