//! How long each plugin takes.

use std::sync::OnceLock;
use std::time::Instant;

use skeg_auth::metrics::{Histogram, Text};

use super::Operation;

/// Bounds in seconds.
const BOUNDS: &[f64] = &[0.005, 0.025, 0.1, 0.5, 1.0, 2.5];

/// What a plugin is asked to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// To fill in.
    Admit,
    /// To look.
    Validate,
}

const STEPS: [&str; 2] = ["admit", "validate"];
const OPERATIONS: [&str; 3] = ["CREATE", "DELETE", "UPDATE"];
const REJECTED: [&str; 2] = ["false", "true"];
/// Series of one plugin.
const SERIES: usize = STEPS.len() * OPERATIONS.len() * REJECTED.len();

/// The series of one plugin, by step, operation and outcome. A series is found
/// by its place, as every write asks every plugin twice.
#[derive(Debug)]
struct Seat {
    plugin: &'static str,
    series: [OnceLock<Box<Histogram>>; SERIES],
}

/// The times of all plugins, in the order in which these are asked.
#[derive(Debug, Default)]
pub(super) struct Times(OnceLock<Box<[Seat]>>);

/// A round through the plugins.
pub(super) struct Round<'a> {
    seats: std::slice::Iter<'a, Seat>,
    /// Of the step and the operation, when nothing is refused.
    at: usize,
    since: Instant,
}

impl Times {
    /// Begins a round; the first plugin in it is the one after `before` others.
    /// `names` are those of all plugins, which stay the same.
    pub(super) fn start(
        &self,
        names: impl FnOnce() -> Vec<&'static str>,
        before: usize,
        step: Step,
        operation: Operation,
    ) -> Round<'_> {
        let seats = self.0.get_or_init(|| {
            let seat = |plugin| Seat {
                plugin,
                series: Default::default(),
            };
            names().into_iter().map(seat).collect()
        });
        let operation = match operation {
            Operation::Create => 0,
            Operation::Delete => 1,
            Operation::Update => 2,
        };
        Round {
            seats: seats.get(before..).unwrap_or_default().iter(),
            at: (step as usize * OPERATIONS.len() + operation) * REJECTED.len(),
            since: Instant::now(),
        }
    }

    pub(super) fn render(&self, out: &mut Text) {
        let name = "apiserver_admission_controller_admission_duration_seconds";
        let help = "Time that a plugin took, in seconds.";
        out.head(name, "histogram", "STABLE", help);
        let mut seats: Vec<&Seat> = self.0.get().into_iter().flatten().collect();
        seats.sort_by_key(|seat| seat.plugin);
        for seat in seats {
            for (at, series) in seat.series.iter().enumerate() {
                let Some(taken) = series.get() else { continue };
                let (labels, rejected) = (at / REJECTED.len(), at % REJECTED.len());
                let labels = [
                    ("name", seat.plugin),
                    ("operation", OPERATIONS[labels % OPERATIONS.len()]),
                    ("rejected", REJECTED[rejected]),
                    ("type", STEPS[labels / OPERATIONS.len()]),
                ];
                out.histogram(name, &labels, taken);
            }
        }
    }
}

impl Round<'_> {
    /// The next plugin is through.
    pub(super) fn lap(&mut self, rejected: bool) {
        let now = Instant::now();
        self.took(now.duration_since(self.since).as_secs_f64(), rejected);
        self.since = now;
    }

    /// The next plugin has nothing to do with this write, which takes no time.
    pub(super) fn pass(&mut self) {
        self.took(0.0, false);
    }

    fn took(&mut self, seconds: f64, rejected: bool) {
        if let Some(seat) = self.seats.next() {
            let series = &seat.series[self.at + usize::from(rejected)];
            let taken = series.get_or_init(|| Box::new(Histogram::new(BOUNDS)));
            taken.observe(seconds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plugin_has_its_own_time() {
        let times = Times::default();
        let names = || vec!["B", "A", "C"];
        let mut round = times.start(names, 0, Step::Admit, Operation::Create);
        round.lap(false);
        round.lap(true);
        let mut last = times.start(names, 2, Step::Validate, Operation::Delete);
        last.lap(false);
        last.lap(false);
        let mut text = Text::default();
        times.render(&mut text);
        let text = text.finish();
        let counts: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("_count"))
            .collect();
        let expect = [
            "name=\"A\",operation=\"CREATE\",rejected=\"true\",type=\"admit\"} 1",
            "name=\"B\",operation=\"CREATE\",rejected=\"false\",type=\"admit\"} 1",
            "name=\"C\",operation=\"DELETE\",rejected=\"false\",type=\"validate\"} 1",
        ];
        assert_eq!(counts.len(), expect.len(), "{text}");
        for (line, labels) in counts.iter().zip(expect) {
            assert!(line.ends_with(labels), "{labels} is not in {line}");
        }
    }
}
