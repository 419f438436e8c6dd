//! EventRateLimit: nobody floods the server with events.

use std::collections::HashMap;
use std::time::Instant;

use async_trait::async_trait;
use parking_lot::Mutex;
use skeg_meta::Status;
use skeg_schema::Value;

use super::configuration::{EventLimit, EventLimitType};
use super::{Attributes, Operation, Plugin, Warnings};
use crate::tree::{at, s};

/// The plugin.
#[derive(Default)]
pub struct EventRateLimit {
    limits: Vec<Enforced>,
}

struct Enforced {
    limit: EventLimit,
    buckets: Mutex<Buckets>,
}

#[derive(Default)]
struct Buckets {
    by_key: HashMap<String, Bucket>,
    /// Counts uses, to find the one that was used longest ago.
    clock: u64,
}

struct Bucket {
    tokens: f64,
    filled: Instant,
    used: u64,
}

impl EventRateLimit {
    /// With these limits.
    pub fn new(limits: &[EventLimit]) -> Self {
        let limits = limits.iter().map(|limit| Enforced {
            limit: limit.clone(),
            buckets: Mutex::default(),
        });
        Self {
            limits: limits.collect(),
        }
    }
}

impl Enforced {
    fn key(&self, attrs: &Attributes<'_>, event: &Value) -> String {
        match self.limit.limit_type {
            EventLimitType::Server => String::new(),
            EventLimitType::Namespace => attrs.namespace().to_owned(),
            EventLimitType::User => attrs.ctx.user.name.clone(),
            EventLimitType::SourceAndObject => source_and_object(event),
        }
    }

    fn accepts(&self, key: &str, now: Instant) -> bool {
        let burst = f64::from(self.limit.burst);
        let mut buckets = self.buckets.lock();
        buckets.clock += 1;
        let clock = buckets.clock;
        if !buckets.by_key.contains_key(key) {
            if buckets.by_key.len() >= self.limit.cache_size {
                let oldest = buckets.by_key.iter().min_by_key(|(_, bucket)| bucket.used);
                let oldest = oldest.map(|(key, _)| key.clone());
                oldest.map(|key| buckets.by_key.remove(&key));
            }
            let full = Bucket {
                tokens: burst,
                filled: now,
                used: clock,
            };
            buckets.by_key.insert(key.to_owned(), full);
        }
        let Some(bucket) = buckets.by_key.get_mut(key) else {
            return true;
        };
        let since = now.saturating_duration_since(bucket.filled).as_secs_f64();
        bucket.tokens = (bucket.tokens + since * f64::from(self.limit.qps)).min(burst);
        bucket.filled = now;
        bucket.used = clock;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}

/// Source and object of an event of either group.
fn source_and_object(event: &Value) -> String {
    let either = |new: &str, old: &str| {
        let found = at(event, new);
        if found.is_null() {
            at(event, old)
        } else {
            found
        }
        .clone()
    };
    let source = either("deprecatedSource", "source");
    let object = either("regarding", "involvedObject");
    let mut out = String::new();
    for key in ["component", "host"] {
        out.push_str(s(&source, key));
    }
    for key in ["kind", "namespace", "name", "uid", "apiVersion"] {
        out.push_str(s(&object, key));
    }
    out
}

#[async_trait]
impl Plugin for EventRateLimit {
    fn name(&self) -> &'static str {
        "EventRateLimit"
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let is_event = attrs.is_core("events") || attrs.is("events.k8s.io", "events");
        let is_written = matches!(attrs.operation, Operation::Create | Operation::Update);
        if !is_event || !is_written || attrs.ctx.dry_run {
            return Ok(());
        }
        let now = Instant::now();
        let mut refused = None;
        // Every limit counts the event, also when another one refuses it.
        for enforced in &self.limits {
            let key = enforced.key(attrs, obj);
            if !enforced.accepts(&key, now) {
                let word = enforced.limit.limit_type.word();
                refused = Some(format!("limit reached on type {word} for key {key}"));
            }
        }
        match refused {
            None => Ok(()),
            Some(why) => {
                let mut status = Status::too_many_requests("", 0);
                status.message = format!("Too many requests: {why}");
                status.details = None;
                Err(status)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;
    use std::time::Duration;

    #[test]
    fn a_bucket_empties_and_fills() {
        let limits = EventRateLimit::new(&[EventLimit {
            limit_type: EventLimitType::Namespace,
            qps: 2,
            burst: 3,
            cache_size: 2,
        }]);
        let enforced = &limits.limits[0];
        let start = Instant::now();
        let accepted = |key: &str, at: Duration| enforced.accepts(key, start + at);
        let first: Vec<bool> = (0..5).map(|_| accepted("a", Duration::ZERO)).collect();
        assert_eq!(first, [true, true, true, false, false]);
        assert!(accepted("b", Duration::ZERO));
        assert!(accepted("a", Duration::from_millis(500)));
        assert!(!accepted("a", Duration::from_millis(500)));
        // No more is kept than was asked for: the one that was used longest ago goes.
        assert!(accepted("c", Duration::from_millis(500)));
        assert_eq!(enforced.buckets.lock().by_key.len(), 2);
        assert!(!accepted("a", Duration::from_millis(500)));
    }

    #[test]
    fn sources_of_both_groups() {
        let old = json!({"source": {"component": "c", "host": "h"}, "involvedObject": {"kind": "Pod", "namespace": "n", "name": "p", "apiVersion": "v1"}});
        let new = json!({"deprecatedSource": {"component": "c", "host": "h"}, "regarding": {"kind": "Pod", "namespace": "n", "name": "p", "apiVersion": "v1"}});
        assert_eq!(source_and_object(&old), "chPodnpv1");
        assert_eq!(source_and_object(&old), source_and_object(&new));
    }
}
