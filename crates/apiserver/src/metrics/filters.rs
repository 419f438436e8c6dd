//! What is counted of all requests alike: the filters that they pass, who asks,
//! how bodies are checked.

use skeg_auth::metrics::{Counter, Family, Histogram, Text};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::SLI_DURATIONS;
use crate::query::Query;

/// Bounds of `apiserver_request_filter_duration_seconds`.
const FILTERS: &[f64] = &[
    0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 5.0, 10.0, 15.0, 30.0,
];
/// The values of `fieldValidation`, and what is none of them.
const VALIDATION: [&str; 5] = ["", "Ignore", "Strict", "Warn", "invalid"];

/// A filter on the way of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Filter {
    /// Who is asking.
    Authentication,
    /// Whether they may.
    Authorization,
    /// Until there are seats for it.
    PriorityAndFairness,
}

const FILTER_NAMES: [&str; 3] = ["authentication", "authorization", "priorityandfairness"];

pub(crate) struct Filters {
    filters: [Histogram; 3],
    users: Family<&'static str, Counter>,
    validation: [Histogram; VALIDATION.len()],
    /// Handshakes of TLS that came to nothing.
    pub tls_errors: AtomicU64,
}

impl Default for Filters {
    fn default() -> Self {
        Self {
            filters: std::array::from_fn(|_| Histogram::new(FILTERS)),
            users: Family::default(),
            validation: std::array::from_fn(|_| Histogram::new(SLI_DURATIONS)),
            tls_errors: AtomicU64::new(0),
        }
    }
}

/// Names of users are not told: only a few that are everywhere the same.
fn class_of(user: &str) -> &'static str {
    const KNOWN: [&str; 5] = [
        "admin",
        "client",
        "kube_proxy",
        "kubelet",
        "system:serviceaccount:kube-system:default",
    ];
    match KNOWN.iter().find(|known| **known == user) {
        Some(known) => known,
        None if user.contains('@') => "email_id",
        None => "other",
    }
}

/// Which of [`VALIDATION`] a request asks for.
pub(crate) fn validation_of(query: &Query) -> usize {
    let Some(wanted) = query.first("fieldValidation") else {
        return 0;
    };
    let known = VALIDATION[..4].iter().position(|known| *known == wanted);
    known.unwrap_or(4)
}

impl Filters {
    /// A filter took so long.
    pub fn passed(&self, filter: Filter, took: Duration) {
        self.filters[filter as usize].observe(took.as_secs_f64());
    }

    /// Somebody was recognised.
    pub fn user(&self, name: &str) {
        self.users.get(&class_of(name), Counter::default).inc();
    }

    /// A request that had its body checked so took so long.
    pub fn validated(&self, how: usize, took: Duration) {
        self.validation[how].observe(took.as_secs_f64());
    }

    /// Writes the lines.
    pub fn render(&self, out: &mut Text) {
        let name = "apiserver_request_filter_duration_seconds";
        let help = "Time that a filter took before the handler, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        for (filter, times) in FILTER_NAMES.into_iter().zip(&self.filters) {
            out.histogram(name, &[("filter", filter)], times);
        }
        let name = "authenticated_user_requests";
        let help = "Requests of users that were recognised, by a rough class of their names.";
        out.head(name, "counter", "ALPHA", help);
        for (class, count) in self.users.all() {
            out.sample(name, &[("username", class)], count.get() as f64);
        }
        let name = "field_validation_request_duration_seconds";
        let help = "Time from arrival to answer, by what is to be done with unknown fields.";
        out.head(name, "histogram", "ALPHA", help);
        for (how, times) in VALIDATION.into_iter().zip(&self.validation) {
            if times.count() > 0 {
                out.histogram(name, &[("field_validation", how)], times);
            }
        }
        let name = "apiserver_tls_handshake_errors_total";
        let help = "Handshakes of TLS that came to nothing.";
        out.head(name, "counter", "ALPHA", help);
        let errors = self.tls_errors.load(Ordering::Relaxed);
        out.sample(name, &[], errors as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_users() {
        let check = |name: &str, expect: &str| assert_eq!(class_of(name), expect);
        check("admin", "admin");
        check("jane@example.com", "email_id");
        check("system:node:a", "other");
    }

    #[test]
    fn ways_to_validate() {
        let check = |query: &str, expect: &str| {
            assert_eq!(VALIDATION[validation_of(&Query::parse(query))], expect);
        };
        check("", "");
        check("fieldValidation=Warn", "Warn");
        check("fieldValidation=warn", "invalid");
    }
}
