//! Metrics in Prometheus' text form, under controller-runtime's names.
//!
//! A [`Metrics`] is a set of series that knows nothing of the rest of the
//! process: tests and managers have their own. What counts holds a handle
//! ([`Counter`], [`Gauge`], [`Histogram`]) and never takes a lock.

mod controller;
mod process;
mod queue;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

pub use controller::ControllerMetrics;
pub use queue::QueueMetrics;
pub(crate) use queue::QueueState;

/// How many series a name may have. More are counted, but not shown.
const SERIES_LEN_MAX: usize = 4096;

/// A number that only grows.
#[derive(Clone, Debug, Default)]
pub struct Counter(Arc<AtomicU64>);

impl Counter {
    /// One more.
    pub fn inc(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// How many there are.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Clone, Debug, Default)]
pub struct Gauge(Arc<AtomicU64>);

impl Gauge {
    /// It is this now.
    pub fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }

    /// Adds to it, or takes from it.
    pub fn add(&self, by: f64) {
        let changed = |bits| Some((f64::from_bits(bits) + by).to_bits());
        // The closure never refuses.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, changed);
    }

    /// What it is.
    #[must_use]
    pub fn get(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

/// How often values fell below each of some bounds.
#[derive(Clone, Debug)]
pub struct Histogram(Arc<Buckets>);

#[derive(Debug)]
struct Buckets {
    bounds: &'static [f64],
    /// One more than there are bounds: what lies above them all.
    counts: Box<[AtomicU64]>,
    sum: Gauge,
}

impl Histogram {
    fn new(bounds: &'static [f64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Buckets {
            bounds,
            counts,
            sum: Gauge::default(),
        }))
    }

    /// Counts a value.
    pub fn observe(&self, value: f64) {
        let at = self.0.bounds.partition_point(|&bound| bound < value);
        if let Some(count) = self.0.counts.get(at) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.0.sum.add(value);
    }

    /// How many values were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        let counts = self.0.counts.iter();
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

/// Values made when they are asked for: further labels, and the value. None
/// once what they are about is gone.
type Computed = Box<dyn Fn() -> Option<Vec<(Labels, f64)>> + Send + Sync>;

/// Names and values of labels.
pub type Labels = Vec<(&'static str, String)>;

enum Series {
    Counter(Counter),
    Gauge(Gauge),
    Histogram(Histogram),
    Computed(Computed),
}

impl Series {
    fn kind(&self) -> &'static str {
        match self {
            Series::Counter(_) => "counter",
            Series::Gauge(_) | Series::Computed(_) => "gauge",
            Series::Histogram(_) => "histogram",
        }
    }
}

struct Family {
    help: &'static str,
    kind: &'static str,
    series: BTreeMap<Labels, Series>,
}

type Foreign = Box<dyn Fn(&mut String) + Send + Sync>;

/// A set of metrics. Cheap to clone; the clones are one set.
///
/// ```
/// let metrics = skeg_runtime::Metrics::new();
/// let sent = metrics.counter("mails_sent_total", "Mails sent.", &[("kind", "welcome")]);
/// sent.inc();
/// assert!(metrics.render().contains("mails_sent_total{kind=\"welcome\"} 1"));
/// ```
#[derive(Clone, Default)]
pub struct Metrics {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    families: Mutex<BTreeMap<&'static str, Family>>,
    foreign: Mutex<Vec<Foreign>>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics")
            .field("families", &self.inner.families.lock().len())
            .finish_non_exhaustive()
    }
}

impl Metrics {
    /// No metrics yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The counter of this name and these labels.
    #[must_use]
    pub fn counter(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &[(&'static str, &str)],
    ) -> Counter {
        self.series(
            name,
            help,
            labels,
            Counter::default(),
            |series| match series {
                Series::Counter(counter) => Some(counter.clone()),
                _ => None,
            },
        )
    }

    /// The gauge of this name and these labels.
    #[must_use]
    pub fn gauge(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &[(&'static str, &str)],
    ) -> Gauge {
        self.series(
            name,
            help,
            labels,
            Gauge::default(),
            |series| match series {
                Series::Gauge(gauge) => Some(gauge.clone()),
                _ => None,
            },
        )
    }

    /// The histogram of this name and these labels.
    #[must_use]
    pub fn histogram(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &[(&'static str, &str)],
        bounds: &'static [f64],
    ) -> Histogram {
        self.series(
            name,
            help,
            labels,
            Histogram::new(bounds),
            |series| match series {
                Series::Histogram(histogram) => Some(histogram.clone()),
                _ => None,
            },
        )
    }

    /// A gauge whose values are asked for when metrics are read: each with
    /// labels of its own besides these. None says that it is no more.
    pub fn computed(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &[(&'static str, &str)],
        values: impl Fn() -> Option<Vec<(Labels, f64)>> + Send + Sync + 'static,
    ) {
        let mut families = self.inner.families.lock();
        let family = families.entry(name).or_insert_with(|| Family {
            help,
            kind: "gauge",
            series: BTreeMap::new(),
        });
        let labels = owned(labels);
        if family.kind == "gauge" && family.has_room(&labels) {
            let computed = Series::Computed(Box::new(values));
            family.series.insert(labels, computed);
        }
    }

    /// Metrics of somebody else's making, written as text behind ours.
    pub fn foreign(&self, write: impl Fn(&mut String) + Send + Sync + 'static) {
        self.inner.foreign.lock().push(Box::new(write));
    }

    /// What the operating system says of this process: CPU time, memory, open
    /// files. A [`Manager`](crate::Manager)'s metrics have it already.
    pub fn process(&self) {
        self.foreign(process::write);
    }

    /// The series of a name and labels; one that is not shown when the name is
    /// taken by another kind, or has too many already.
    fn series<S: Clone + Into<Series>>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &[(&'static str, &str)],
        new: S,
        as_wanted: impl Fn(&Series) -> Option<S>,
    ) -> S {
        let mut families = self.inner.families.lock();
        let series: Series = new.clone().into();
        let family = families.entry(name).or_insert_with(|| Family {
            help,
            kind: series.kind(),
            series: BTreeMap::new(),
        });
        let labels = owned(labels);
        if let Some(there) = family.series.get(&labels).and_then(as_wanted) {
            return there;
        }
        if family.kind == series.kind() && family.has_room(&labels) {
            family.series.insert(labels, series);
        }
        new
    }

    /// Everything in Prometheus' text form.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::with_capacity(4096);
        {
            let mut families = self.inner.families.lock();
            for (name, family) in families.iter_mut() {
                text::write_family(&mut out, name, family);
            }
        }
        for write in self.inner.foreign.lock().iter() {
            write(&mut out);
        }
        out
    }
}

impl Family {
    fn has_room(&self, labels: &Labels) -> bool {
        self.series.len() < SERIES_LEN_MAX || self.series.contains_key(labels)
    }
}

impl From<Counter> for Series {
    fn from(counter: Counter) -> Self {
        Series::Counter(counter)
    }
}

impl From<Gauge> for Series {
    fn from(gauge: Gauge) -> Self {
        Series::Gauge(gauge)
    }
}

impl From<Histogram> for Series {
    fn from(histogram: Histogram) -> Self {
        Series::Histogram(histogram)
    }
}

fn owned(labels: &[(&'static str, &str)]) -> Labels {
    labels
        .iter()
        .map(|&(name, value)| (name, value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_prometheus_text_form() {
        let metrics = Metrics::new();
        let labels = [("controller", "a\"b\\c\nd")];
        metrics.counter("x_total", "How many.", &labels).add(3);
        metrics.counter("x_total", "How many.", &labels).inc();
        metrics.gauge("level", "How high.", &[]).set(1.5);
        let histogram = metrics.histogram("seconds", "How long.", &[], &[0.1, 1.0]);
        for value in [0.1, 0.5, 7.0] {
            histogram.observe(value);
        }
        metrics.computed("depth", "How deep.", &[("name", "q")], || {
            Some(vec![(vec![("priority", "0".to_owned())], 2.0)])
        });
        metrics.computed("gone", "No more.", &[], || None);
        metrics.foreign(|out| out.push_str("other 1\n"));
        let expect = "\
# HELP depth How deep.
# TYPE depth gauge
depth{name=\"q\",priority=\"0\"} 2
# HELP level How high.
# TYPE level gauge
level 1.5
# HELP seconds How long.
# TYPE seconds histogram
seconds_bucket{le=\"0.1\"} 1
seconds_bucket{le=\"1\"} 2
seconds_bucket{le=\"+Inf\"} 3
seconds_sum 7.6
seconds_count 3
# HELP x_total How many.
# TYPE x_total counter
x_total{controller=\"a\\\"b\\\\c\\nd\"} 4
other 1
";
        assert_eq!(metrics.render(), expect);
    }

    #[test]
    fn a_name_of_another_kind_harms_nobody() {
        let metrics = Metrics::new();
        metrics.counter("x", "", &[]).inc();
        metrics.gauge("x", "", &[]).set(9.0);
        assert!(metrics.render().contains("x 1\n"));
    }
}
