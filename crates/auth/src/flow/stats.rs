//! What is counted about flow control.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use super::{Configured, Rejection, Width};
use crate::metrics::{Counter, Histogram, Text};

const WAIT: &[f64] = &[
    0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0,
];
const EXECUTION: &[f64] = &[
    0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0,
];
const SEATS: &[f64] = &[1.0, 2.0, 4.0, 10.0];
/// Seconds that a refused client is told to stay away, at most.
const RETRY_AFTER_MAX: u64 = 32;

/// Counters of a flow schema at a level.
pub(super) struct Stats {
    dispatched: Counter,
    rejected: [Counter; 4],
    running: AtomicI64,
    seats: AtomicI64,
    waiting: AtomicI64,
    waited: [Histogram; 2],
    executed: Histogram,
    estimated: Histogram,
}

impl Default for Stats {
    fn default() -> Self {
        Self {
            dispatched: Counter::default(),
            rejected: Default::default(),
            running: AtomicI64::new(0),
            seats: AtomicI64::new(0),
            waiting: AtomicI64::new(0),
            waited: [Histogram::new(WAIT), Histogram::new(WAIT)],
            executed: Histogram::new(EXECUTION),
            estimated: Histogram::new(SEATS),
        }
    }
}

impl Stats {
    pub(super) fn rejected(&self, why: Rejection) {
        self.rejected[why as usize].inc();
    }

    /// How many were refused for this reason.
    pub(super) fn refused(&self, why: Rejection) -> u64 {
        self.rejected[why as usize].get()
    }

    /// How many got seats.
    pub(super) fn dispatched(&self) -> u64 {
        self.dispatched.get()
    }

    pub(super) fn admitted(&self, width: Width) {
        self.dispatched.inc();
        self.running.fetch_add(1, Ordering::Relaxed);
        self.seats
            .fetch_add(i64::from(width.most()), Ordering::Relaxed);
        self.estimated.observe(f64::from(width.most()));
    }

    pub(super) fn executed(&self, took: Duration, seats: u32) {
        self.running.fetch_sub(1, Ordering::Relaxed);
        self.seats.fetch_sub(i64::from(seats), Ordering::Relaxed);
        self.executed.observe(took.as_secs_f64());
    }

    pub(super) fn waited(&self, waited: Duration, executed: bool) {
        self.waited[usize::from(executed)].observe(waited.as_secs_f64());
    }

    pub(super) fn began_waiting(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn stopped_waiting(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counters of a level.
#[derive(Default)]
pub(super) struct LevelStats {
    pub(super) rejected: Counter,
    seen: AtomicU64,
    retry_after: AtomicU64,
    demand: Mutex<(f64, f64, f64)>,
}

impl LevelStats {
    pub(super) fn adjusted(&self, peak: f64, average: f64, smoothed: f64) {
        *self.demand.lock() = (peak, average, smoothed);
    }

    /// Ends a period: clients are sent away for longer when many were refused,
    /// and for less when none were.
    pub(super) fn roll(&self) {
        let now = self.rejected.get();
        let refused = now - self.seen.swap(now, Ordering::Relaxed);
        let before = self.retry_after.load(Ordering::Relaxed).max(1);
        let next = match refused {
            0 => before.saturating_sub(before.div_ceil(2)).max(1),
            1..=500 => before,
            _ => (before * 2).min(RETRY_AFTER_MAX),
        };
        self.retry_after.store(next, Ordering::Relaxed);
    }

    pub(super) fn retry_after(&self) -> u64 {
        self.retry_after.load(Ordering::Relaxed).max(1)
    }
}

pub(super) fn render(out: &mut Text, configured: &Configured) {
    let prefix = "apiserver_flowcontrol";
    let each = |out: &mut Text, name: &str, value: &dyn Fn(&Stats) -> f64| {
        for ((level, schema), stats) in &configured.stats {
            let labels = [("flow_schema", schema.as_str()), ("priority_level", level)];
            out.sample(name, &labels, value(stats));
        }
    };
    let gauges: [(&str, &str, &dyn Fn(&Stats) -> f64); 3] = [
        (
            "current_executing_requests",
            "Requests that run and have seats.",
            &|s| s.running.load(Ordering::Relaxed) as f64,
        ),
        (
            "current_inqueue_requests",
            "Requests that wait for seats.",
            &|s| s.waiting.load(Ordering::Relaxed) as f64,
        ),
        ("current_executing_seats", "Seats that are taken.", &|s| {
            s.seats.load(Ordering::Relaxed) as f64
        }),
    ];
    for (name, help, value) in gauges {
        let name = format!("{prefix}_{name}");
        out.head(&name, "gauge", "BETA", help);
        each(out, &name, value);
    }
    let name = format!("{prefix}_dispatched_requests_total");
    out.head(&name, "counter", "BETA", "Requests that got seats.");
    each(out, &name, &|s| s.dispatched.get() as f64);

    let name = format!("{prefix}_rejected_requests_total");
    out.head(&name, "counter", "BETA", "Requests that got none.");
    for ((level, schema), stats) in &configured.stats {
        for why in [
            Rejection::ConcurrencyLimit,
            Rejection::QueueFull,
            Rejection::TimeOut,
            Rejection::Cancelled,
        ] {
            let count = stats.rejected[why as usize].get();
            if count > 0 {
                let labels = [
                    ("flow_schema", schema.as_str()),
                    ("priority_level", level),
                    ("reason", why.as_str()),
                ];
                out.sample(&name, &labels, count as f64);
            }
        }
    }
    let name = format!("{prefix}_request_wait_duration_seconds");
    out.head(&name, "histogram", "BETA", "Time spent waiting for seats.");
    for ((level, schema), stats) in &configured.stats {
        for (histogram, execute) in stats.waited.iter().zip(["false", "true"]) {
            if histogram.count() > 0 {
                let labels = [
                    ("execute", execute),
                    ("flow_schema", schema.as_str()),
                    ("priority_level", level),
                ];
                out.histogram(&name, &labels, histogram);
            }
        }
    }
    let name = format!("{prefix}_request_execution_seconds");
    out.head(&name, "histogram", "ALPHA", "Time that seats were kept.");
    for ((level, schema), stats) in &configured.stats {
        if stats.executed.count() > 0 {
            let labels = [
                ("flow_schema", schema.as_str()),
                ("priority_level", level.as_str()),
            ];
            out.histogram(&name, &labels, &stats.executed);
        }
    }
    let name = format!("{prefix}_work_estimated_seats");
    out.head(
        &name,
        "histogram",
        "ALPHA",
        "Seats that requests take at most.",
    );
    for ((level, schema), stats) in &configured.stats {
        if stats.estimated.count() > 0 {
            let labels = [
                ("flow_schema", schema.as_str()),
                ("priority_level", level.as_str()),
            ];
            out.histogram(&name, &labels, &stats.estimated);
        }
    }
    levels(out, configured);
}

fn levels(out: &mut Text, configured: &Configured) {
    let prefix = "apiserver_flowcontrol";
    type Value = fn(&super::LiveLevel) -> f64;
    let gauges: [(&str, &str, &str, Value); 7] = [
        ("nominal_limit_seats", "BETA", "Seats by shares.", |l| {
            f64::from(l.limits.nominal)
        }),
        (
            "current_limit_seats",
            "ALPHA",
            "Seats that there are now.",
            |l| f64::from(l.level.queues.lock().limit()),
        ),
        (
            "lower_limit_seats",
            "ALPHA",
            "Seats that are never lent.",
            |l| f64::from(l.limits.lower),
        ),
        (
            "upper_limit_seats",
            "ALPHA",
            "Seats with all that may be borrowed.",
            |l| f64::from(l.limits.upper),
        ),
        (
            "demand_seats_high_watermark",
            "ALPHA",
            "Peak of the demand.",
            |l| l.level.stats.demand.lock().0,
        ),
        (
            "demand_seats_average",
            "ALPHA",
            "Average of the demand.",
            |l| l.level.stats.demand.lock().1,
        ),
        ("demand_seats_smoothed", "ALPHA", "Smoothed demand.", |l| {
            l.level.stats.demand.lock().2
        }),
    ];
    for (name, stability, help, value) in gauges {
        let name = format!("{prefix}_{name}");
        out.head(&name, "gauge", stability, help);
        for (level, live) in &configured.live {
            out.sample(&name, &[("priority_level", level)], value(live));
        }
    }
}
