//! Counters.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

use hickory_proto::op::ResponseCode;

/// Counts of a name server, for all its life.
#[derive(Debug, Default)]
pub struct Metrics {
    pub(crate) udp: Counter,
    pub(crate) tcp: Counter,
    pub(crate) malformed: Counter,
    pub(crate) no_error: Counter,
    pub(crate) no_name: Counter,
    pub(crate) failures: Counter,
    pub(crate) other: Counter,
    pub(crate) truncated: Counter,
    pub(crate) forwarded: Counter,
    pub(crate) forward_failures: Counter,
    pub(crate) overload: Counter,
    pub(crate) loops: Counter,
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Metrics {
    pub(crate) fn response(&self, code: ResponseCode) {
        match code {
            ResponseCode::NoError => self.no_error.add(),
            ResponseCode::NXDomain => self.no_name.add(),
            ResponseCode::ServFail => self.failures.add(),
            _ => self.other.add(),
        }
    }

    /// Names, labels and values.
    pub fn samples(&self) -> [(&'static str, &'static str, u64); 12] {
        [
            ("skeg_dns_requests_total", "proto=\"udp\"", self.udp.get()),
            ("skeg_dns_requests_total", "proto=\"tcp\"", self.tcp.get()),
            ("skeg_dns_malformed_total", "", self.malformed.get()),
            (
                "skeg_dns_responses_total",
                "rcode=\"NOERROR\"",
                self.no_error.get(),
            ),
            (
                "skeg_dns_responses_total",
                "rcode=\"NXDOMAIN\"",
                self.no_name.get(),
            ),
            (
                "skeg_dns_responses_total",
                "rcode=\"SERVFAIL\"",
                self.failures.get(),
            ),
            (
                "skeg_dns_responses_total",
                "rcode=\"other\"",
                self.other.get(),
            ),
            ("skeg_dns_truncated_total", "", self.truncated.get()),
            ("skeg_dns_forwarded_total", "", self.forwarded.get()),
            (
                "skeg_dns_forward_failures_total",
                "",
                self.forward_failures.get(),
            ),
            ("skeg_dns_overload_total", "", self.overload.get()),
            ("skeg_dns_loops_total", "", self.loops.get()),
        ]
    }

    /// The counters in Prometheus' text form.
    pub fn render(&self) -> String {
        let mut out = String::new();
        let mut last = "";
        for (name, labels, value) in self.samples() {
            if name != last {
                let _ = writeln!(out, "# TYPE {name} counter");
                last = name;
            }
            let labels = if labels.is_empty() {
                String::new()
            } else {
                format!("{{{labels}}}")
            };
            let _ = writeln!(out, "{name}{labels} {value}");
        }
        out
    }
}
