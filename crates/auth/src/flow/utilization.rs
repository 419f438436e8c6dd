//! How much of a level is in use, and for how long: histograms whose counts are
//! nanoseconds, as upstream's timing histograms have them.

use std::time::Instant;

use crate::metrics::{Histogram, Text};

const SEATS: &[f64] = &[
    0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0,
];
const REQUESTS: &[f64] = &[0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 1.0];

/// A share that changes in steps.
#[derive(Debug)]
struct Share {
    value: f64,
    since: Instant,
    times: Histogram,
}

impl Share {
    fn new(bounds: &'static [f64], now: Instant) -> Self {
        Self {
            value: 0.0,
            since: now,
            times: Histogram::new(bounds),
        }
    }

    fn set(&mut self, value: f64, now: Instant) {
        let passed = now.saturating_duration_since(self.since).as_nanos();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        self.times.observe_times(self.value, passed);
        self.since = now;
        self.value = value;
    }
}

/// What of a level is in use.
#[derive(Debug)]
pub(super) struct Utilization {
    seats: Share,
    running: Share,
    waiting: Share,
}

/// What of a level may be used, and is.
pub(super) struct Use {
    pub seats: u32,
    pub limit: u32,
    pub running: u32,
    pub waiting: usize,
    pub waiting_max: usize,
}

impl Utilization {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            seats: Share::new(SEATS, now),
            running: Share::new(REQUESTS, now),
            waiting: Share::new(REQUESTS, now),
        }
    }

    pub(super) fn set(&mut self, used: &Use, now: Instant) {
        let limit = f64::from(used.limit.max(1));
        self.seats.set(f64::from(used.seats) / limit, now);
        self.running.set(f64::from(used.running) / limit, now);
        let waiting_max = used.waiting_max.max(1) as f64;
        self.waiting.set(used.waiting as f64 / waiting_max, now);
    }

    /// Brings what it tells up to `now`.
    fn settle(&mut self, now: Instant) {
        for share in [&mut self.seats, &mut self.running, &mut self.waiting] {
            share.set(share.value, now);
        }
    }
}

/// Is told of a level.
type Tell<'a> = &'a mut dyn FnMut(&str, &mut Utilization);

/// Writes the lines of all levels.
pub(super) fn render(out: &mut Text, now: Instant, each: &mut dyn FnMut(Tell<'_>)) {
    let name = "apiserver_flowcontrol_priority_level_request_utilization";
    let help = "Nanoseconds by the share of a level's requests that ran or waited.";
    out.head(name, "histogram", "", help);
    each(&mut |level, used| {
        used.settle(now);
        for (phase, share) in [("executing", &used.running), ("waiting", &used.waiting)] {
            let labels = [("phase", phase), ("priority_level", level)];
            out.histogram(name, &labels, &share.times);
        }
    });
    let name = "apiserver_flowcontrol_priority_level_seat_utilization";
    let help = "Nanoseconds by the share of a level's seats that were in use.";
    out.head(name, "histogram", "", help);
    each(&mut |level, used| {
        let labels = [("phase", "executing"), ("priority_level", level)];
        out.histogram(name, &labels, &used.seats.times);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn shares_are_counted_by_their_time() {
        let start = Instant::now();
        let at = |nanos| start + Duration::from_nanos(nanos);
        let mut used = Utilization::new(start);
        let half = Use {
            seats: 5,
            limit: 10,
            running: 1,
            waiting: 0,
            waiting_max: 4,
        };
        used.set(&half, at(100));
        let mut out = Text::default();
        render(&mut out, at(130), &mut |tell| {
            tell("global-default", &mut used)
        });
        let text = out.finish();
        let labels = "phase=\"executing\",priority_level=\"global-default\"";
        for line in [
            format!("seat_utilization_bucket{{{labels},le=\"0.4\"}} 100"),
            format!("seat_utilization_bucket{{{labels},le=\"0.5\"}} 130"),
            format!("seat_utilization_sum{{{labels}}} 15"),
            format!("request_utilization_bucket{{{labels},le=\"0.03\"}} 100"),
            format!("request_utilization_bucket{{{labels},le=\"0.1\"}} 130"),
        ] {
            let line = format!("\napiserver_flowcontrol_priority_level_{line}\n");
            assert!(text.contains(&line), "{line} is not in {text}");
        }
    }
}
