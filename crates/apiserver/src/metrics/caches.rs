//! What is told of the watch caches.

use skeg_auth::metrics::{Counter, Histogram, Text};
use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Cacher, RING_LEN_MAX};

/// Bounds of `apiserver_watch_cache_read_wait_seconds`.
const READ_WAIT: &[f64] = &[
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0,
];
/// Bounds of `apiserver_watch_cache_initialization_duration_seconds`.
const FILLING: &[f64] = &[
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0,
];

/// Lists of a resource.
#[derive(Default)]
pub(crate) struct Lists {
    asked: Counter,
    fetched: Counter,
    evaluated: Counter,
    returned: Counter,
}

impl Lists {
    /// One more, for which so many objects were fetched, held against selectors, and
    /// answered.
    pub fn count(&self, fetched: usize, evaluated: usize, returned: usize) {
        self.asked.inc();
        self.fetched.add(fetched as u64);
        self.evaluated.add(evaluated as u64);
        self.returned.add(returned as u64);
    }
}

/// What a cache counts of itself.
pub(crate) struct CacheStats {
    /// Lists that it answered.
    pub lists: Lists,
    /// Lists that the store answered in its stead.
    pub stored_lists: Lists,
    /// Changes that the store told.
    pub received: Counter,
    /// Times that the store told how far it is, without a change.
    pub bookmarks: Counter,
    /// Objects sent to watchers at their beginning.
    pub initial: Counter,
    /// Reads of what is newest that the cache could answer.
    pub consistent: Counter,
    /// Those that it could not.
    pub behind: Counter,
    filled: Histogram,
    waited: Histogram,
}

impl Default for CacheStats {
    fn default() -> Self {
        Self {
            lists: Lists::default(),
            stored_lists: Lists::default(),
            received: Counter::default(),
            bookmarks: Counter::default(),
            initial: Counter::default(),
            consistent: Counter::default(),
            behind: Counter::default(),
            filled: Histogram::new(FILLING),
            waited: Histogram::new(READ_WAIT),
        }
    }
}

impl CacheStats {
    /// It was read from the store.
    pub fn filled(&self, took: Duration) {
        self.filled.observe(took.as_secs_f64());
    }

    /// A reader waited until it was far enough.
    pub fn waited(&self, took: Duration) {
        self.waited.observe(took.as_secs_f64());
    }
}

/// Group, plural name, cache.
type Row = (&'static str, &'static str, Arc<Cacher>);
/// A metric: name, kind, stability, help, value; `None`: no line.
type Number = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    fn(&Cacher) -> Option<f64>,
);

fn count(counter: &Counter) -> Option<f64> {
    Some(counter.get() as f64).filter(|n| *n > 0.0)
}

const NUMBERS: &[Number] = &[
    (
        "apiserver_init_events_total",
        "counter",
        "ALPHA",
        "Objects sent to watchers at their beginning.",
        |c| count(&c.stats().initial),
    ),
    (
        "apiserver_resource_size_estimate_bytes",
        "gauge",
        "ALPHA",
        "About how many bytes the objects of a resource take in the store.",
        |c| Some(c.size_estimate() as f64),
    ),
    (
        "apiserver_storage_events_received_total",
        "counter",
        "BETA",
        "Changes that the store told.",
        |c| count(&c.stats().received),
    ),
    (
        "apiserver_watch_cache_events_dispatched_total",
        "counter",
        "ALPHA",
        "Changes that were passed to watchers.",
        |c| count(&c.stats().received),
    ),
    (
        "apiserver_watch_cache_events_received_total",
        "counter",
        "ALPHA",
        "Changes that came into the watch cache.",
        |c| count(&c.stats().received),
    ),
    (
        "apiserver_watch_cache_resource_version",
        "gauge",
        "ALPHA",
        "The resource version that the watch cache has reached.",
        |c| Some(c.revision() as f64),
    ),
    (
        "etcd_bookmark_total",
        "counter",
        "ALPHA",
        "Times that the store told how far it is, without a change.",
        |c| count(&c.stats().bookmarks),
    ),
    (
        "watch_cache_capacity",
        "gauge",
        "ALPHA",
        "Changes that the watch cache keeps for watches that begin in the past.",
        |_| Some(RING_LEN_MAX as f64),
    ),
];

/// A count of lists: name, help, whether it is told by index, value.
type ListNumber = (&'static str, &'static str, bool, fn(&Lists) -> &Counter);

const LISTS: [ListNumber; 4] = [
    (
        "apiserver_storage_list_evaluated_objects_total",
        "Objects that were held against selectors for lists.",
        false,
        |lists| &lists.evaluated,
    ),
    (
        "apiserver_storage_list_fetched_objects_total",
        "Objects that were read for lists.",
        true,
        |lists| &lists.fetched,
    ),
    (
        "apiserver_storage_list_returned_objects_total",
        "Objects that lists answered.",
        false,
        |lists| &lists.returned,
    ),
    (
        "apiserver_storage_list_total",
        "Lists that were asked for.",
        true,
        |lists| &lists.asked,
    ),
];

fn render_lists(out: &mut Text, rows: &[Row]) {
    for (name, help, by_index, value) in LISTS {
        out.head(name, "counter", "ALPHA", help);
        for (group, resource, cacher) in rows {
            let stats = cacher.stats();
            for (storage, lists) in [("etcd", &stats.stored_lists), ("watchcache", &stats.lists)] {
                if lists.asked.get() == 0 {
                    continue;
                }
                let labels = [
                    ("group", *group),
                    ("index", ""),
                    ("resource", *resource),
                    ("storage", storage),
                ];
                let value = value(lists).get() as f64;
                if by_index {
                    out.sample(name, &labels, value);
                } else {
                    out.sample(name, &[labels[0], labels[2], labels[3]], value);
                }
            }
        }
    }
}

/// Writes the lines.
pub(crate) fn render(out: &mut Text, rows: &[Row]) {
    render_lists(out, rows);
    let labels = |row: &Row| [("group", row.0), ("resource", row.1)];
    for (name, kind, stability, help, value) in NUMBERS {
        out.head(name, kind, stability, help);
        for row in rows {
            if let Some(value) = value(&row.2) {
                out.sample(name, &labels(row), value);
            }
        }
    }
    let name = "apiserver_watch_cache_consistent_read_total";
    let help = "Reads of what is newest, by whether the watch cache could answer them.";
    out.head(name, "counter", "ALPHA", help);
    for row in rows {
        let stats = row.2.stats();
        for (success, counter) in [("true", &stats.consistent), ("false", &stats.behind)] {
            if let Some(n) = count(counter) {
                let labels = [
                    ("fallback", if success == "true" { "false" } else { "true" }),
                    ("group", row.0),
                    ("resource", row.1),
                    ("success", success),
                ];
                out.sample(name, &labels, n);
            }
        }
    }
    let name = "apiserver_watch_cache_initializations_total";
    out.head(
        name,
        "counter",
        "ALPHA",
        "Times that it was read from the store.",
    );
    for row in rows {
        out.sample(name, &labels(row), row.2.stats().filled.count() as f64);
    }
    let histograms: [(&str, &str, fn(&CacheStats) -> &Histogram); 2] = [
        (
            "apiserver_watch_cache_initialization_duration_seconds",
            "Time that reading it from the store took, in seconds.",
            |s| &s.filled,
        ),
        (
            "apiserver_watch_cache_read_wait_seconds",
            "Time that readers waited for the watch cache to catch up, in seconds.",
            |s| &s.waited,
        ),
    ];
    for (name, help, of) in histograms {
        out.head(name, "histogram", "ALPHA", help);
        for row in rows {
            let histogram = of(row.2.stats());
            if histogram.count() > 0 {
                out.histogram(name, &labels(row), histogram);
            }
        }
    }
}
