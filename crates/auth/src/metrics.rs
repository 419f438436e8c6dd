//! Counters and histograms, and the text form in which they are asked for.
//!
//! Everything is atomic: counting takes some nanoseconds and no lock, but for
//! the look-up of a labelled series ([`Family`]).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;
use parking_lot::RwLock;
use skeg_schema::go::print_float;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn inc(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often values fell below each of some bounds.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [f64],
    /// One a bound, and one for what is above the last; not cumulative.
    buckets: Box<[AtomicU64]>,
    /// The bits of an f64.
    sum: AtomicU64,
}

impl Histogram {
    /// Nothing observed yet. `bounds` ascend.
    pub fn new(bounds: &'static [f64]) -> Self {
        Self {
            bounds,
            buckets: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
        }
    }

    /// Counts a value.
    pub fn observe(&self, value: f64) {
        self.observe_times(value, 1);
    }

    /// Counts a value so many times.
    pub fn observe_times(&self, value: f64, times: u64) {
        let at = self.bounds.partition_point(|bound| *bound < value);
        self.buckets[at].fetch_add(times, Ordering::Relaxed);
        if value != 0.0 {
            let value = value * times as f64;
            let _ = self
                .sum
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
                    Some((f64::from_bits(bits) + value).to_bits())
                });
        }
    }

    /// How many values were observed.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|b| b.load(Ordering::Relaxed)).sum()
    }
}

/// Series of one metric by their labels. Labels are of low cardinality; as a
/// safety against those that are not, series above a bound are not kept.
#[derive(Debug)]
pub struct Family<L, M> {
    series: RwLock<HashMap<L, Arc<M>, RandomState>>,
}

/// Series of one metric.
const SERIES_LEN_MAX: usize = 20_000;

impl<L, M> Default for Family<L, M> {
    fn default() -> Self {
        Self {
            series: RwLock::new(HashMap::default()),
        }
    }
}

impl<L: Hash + Eq + Clone + Ord, M> Family<L, M> {
    /// The series of these labels, made when it is asked for first.
    pub fn get(&self, labels: &L, make: impl FnOnce() -> M) -> Arc<M> {
        if let Some(found) = self.series.read().get(labels) {
            return found.clone();
        }
        let mut series = self.series.write();
        if series.len() >= SERIES_LEN_MAX && !series.contains_key(labels) {
            return Arc::new(make());
        }
        series
            .entry(labels.clone())
            .or_insert_with(|| Arc::new(make()))
            .clone()
    }

    /// All series in the order of their labels.
    pub fn all(&self) -> Vec<(L, Arc<M>)> {
        let mut all: Vec<(L, Arc<M>)> = self
            .series
            .read()
            .iter()
            .map(|(l, m)| (l.clone(), m.clone()))
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }
}

/// Prometheus' text form, on its way.
#[derive(Debug, Default)]
pub struct Text {
    out: String,
}

/// Names and values of labels.
pub type Labels<'a> = &'a [(&'a str, &'a str)];

impl Text {
    /// Begins a metric. `kind` is `counter`, `gauge` or `histogram`;
    /// `stability` as upstream tells it, empty where it does not.
    pub fn head(&mut self, name: &str, kind: &str, stability: &str, help: &str) {
        let _ = write!(self.out, "# HELP {name} ");
        if !stability.is_empty() {
            let _ = write!(self.out, "[{stability}] ");
        }
        let _ = writeln!(self.out, "{help}\n# TYPE {name} {kind}");
    }

    /// One value.
    pub fn sample(&mut self, name: &str, labels: Labels<'_>, value: f64) {
        self.out.push_str(name);
        self.labels(labels, None);
        let _ = writeln!(self.out, " {}", print_float(value));
    }

    /// One histogram.
    pub fn histogram(&mut self, name: &str, labels: Labels<'_>, histogram: &Histogram) {
        let mut total = 0;
        for (at, bucket) in histogram.buckets.iter().enumerate() {
            total += bucket.load(Ordering::Relaxed);
            let bound = match histogram.bounds.get(at) {
                Some(bound) => print_float(*bound),
                None => "+Inf".to_owned(),
            };
            let _ = write!(self.out, "{name}_bucket");
            self.labels(labels, Some(&bound));
            let _ = writeln!(self.out, " {total}");
        }
        let _ = write!(self.out, "{name}_sum");
        self.labels(labels, None);
        let sum = f64::from_bits(histogram.sum.load(Ordering::Relaxed));
        let _ = write!(self.out, " {}\n{name}_count", print_float(sum));
        self.labels(labels, None);
        let _ = writeln!(self.out, " {total}");
    }

    /// Lines that are made already.
    pub fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }

    fn labels(&mut self, labels: Labels<'_>, bound: Option<&str>) {
        if labels.is_empty() && bound.is_none() {
            return;
        }
        self.out.push('{');
        let bound = bound.map(|b| ("le", b));
        for (at, (name, value)) in labels.iter().copied().chain(bound).enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            let _ = write!(self.out, "{name}=\"");
            for c in value.chars() {
                match c {
                    '"' => self.out.push_str("\\\""),
                    '\\' => self.out.push_str("\\\\"),
                    '\n' => self.out.push_str("\\n"),
                    c => self.out.push(c),
                }
            }
            self.out.push('"');
        }
        self.out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_are_cumulative_in_text_only() {
        let histogram = Histogram::new(&[0.1, 1.0]);
        for value in [0.0, 0.1, 0.5, 7.0] {
            histogram.observe(value);
        }
        let mut text = Text::default();
        text.head("h", "histogram", "BETA", "What.");
        text.histogram("h", &[("a", "x\"y")], &histogram);
        assert_eq!(
            text.finish(),
            "# HELP h [BETA] What.\n# TYPE h histogram\n\
             h_bucket{a=\"x\\\"y\",le=\"0.1\"} 2\nh_bucket{a=\"x\\\"y\",le=\"1\"} 3\n\
             h_bucket{a=\"x\\\"y\",le=\"+Inf\"} 4\nh_sum{a=\"x\\\"y\"} 7.6\nh_count{a=\"x\\\"y\"} 4\n"
        );
    }

    #[test]
    fn a_series_is_made_once() {
        let family: Family<&str, Counter> = Family::default();
        family.get(&"a", Counter::default).inc();
        family.get(&"a", Counter::default).inc();
        assert_eq!(family.all()[0].1.get(), 2);
    }
}
