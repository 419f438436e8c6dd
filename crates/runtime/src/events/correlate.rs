//! Events of the core group: equal ones are counted, similar ones combined,
//! too many about one object dropped. The rules are client-go's.

use std::collections::HashSet;
use std::time::Duration;

use skeg_api::core::v1::{Event, EventSource};
use skeg_client::{Api, Client, Error, Patch, PatchOptions};
use skeg_meta::{ObjectMeta, Time};
use skeg_schema::{Object, Value};

use super::{Patience, Recent, Recorded, Reporter, about_key, complain};

/// How many objects and kinds of events are remembered.
const REMEMBERED_MAX: usize = 4096;
/// After so many different messages of one reason they are combined.
const SIMILAR_MAX: usize = 10;
/// Unless the last was longer ago than this.
const SIMILAR_WITHIN: Duration = Duration::from_secs(600);
/// How many events about one object may come at once.
const BURST: f64 = 25.0;
/// How long it takes until one more may come.
const REFILL: Duration = Duration::from_secs(300);

const COMBINED: &str = "(combined from similar events): ";

struct Similar {
    messages: HashSet<String>,
    last: Duration,
}

struct Counted {
    name: String,
    count: i32,
    first: Time,
}

struct Bucket {
    tokens: f64,
    at: Duration,
}

pub(super) struct Correlator {
    client: Client,
    reporter: Reporter,
    patience: Patience,
    similar: Recent<Similar>,
    counted: Recent<Counted>,
    buckets: Recent<Bucket>,
}

impl Correlator {
    pub(super) fn new(client: Client, reporter: Reporter, patience: Patience) -> Self {
        Self {
            client,
            reporter,
            patience,
            similar: Recent::new(REMEMBERED_MAX),
            counted: Recent::new(REMEMBERED_MAX),
            buckets: Recent::new(REMEMBERED_MAX),
        }
    }

    pub(super) async fn record(&mut self, mut event: Recorded) {
        let key = self.combine(&mut event);
        let at = Time(event.at.0);
        let counted = self.counted.get_mut(&key).map(|counted| {
            counted.count = counted.count.saturating_add(1);
            (counted.name.clone(), counted.count)
        });
        if !self.may_speak(&event) {
            return;
        }
        let outcome = match counted {
            Some((name, count)) => self.count(&event, &name, count, at).await,
            None => Ok(false),
        };
        let outcome = match outcome {
            Ok(true) => Ok(()),
            Ok(false) => self.create(key, &event, at).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            complain(&error, &event);
        }
    }

    /// Combines what is similar: the key under which the event is counted.
    fn combine(&mut self, event: &mut Recorded) -> String {
        let group = [&about_key(&event.about), event.kind.as_str(), &event.reason].join("\u{1f}");
        let now = self.patience.clock.monotonic();
        let similar = self.similar.get_or_insert_with(&group, || Similar {
            messages: HashSet::new(),
            last: now,
        });
        if now.saturating_sub(similar.last) > SIMILAR_WITHIN {
            similar.messages.clear();
        }
        similar.last = now;
        if similar.messages.len() < SIMILAR_MAX || similar.messages.contains(&event.message) {
            similar.messages.insert(event.message.clone());
        }
        if similar.messages.len() < SIMILAR_MAX {
            return [&group, &*event.about.field_path, &event.message].join("\u{1f}");
        }
        event.message.insert_str(0, COMBINED);
        group
    }

    fn may_speak(&mut self, event: &Recorded) -> bool {
        let now = self.patience.clock.monotonic();
        let bucket = self
            .buckets
            .get_or_insert_with(&about_key(&event.about), || Bucket {
                tokens: BURST,
                at: now,
            });
        let refilled = now.saturating_sub(bucket.at).as_secs_f64() / REFILL.as_secs_f64();
        bucket.tokens = (bucket.tokens + refilled).min(BURST);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }

    fn api(&self, event: &Recorded) -> Api<Event> {
        Api::namespaced(self.client.clone(), event.namespace())
    }

    /// Counts one more of an event; false when that event is gone.
    async fn count(
        &self,
        event: &Recorded,
        name: &str,
        count: i32,
        at: Time,
    ) -> Result<bool, Error> {
        let mut body = Object::new();
        body.insert("count", count);
        body.insert("lastTimestamp", at.to_string());
        body.insert("message", event.message.as_str());
        let patch = Patch::Strategic(Value::Object(body));
        let api = self.api(event);
        let options = PatchOptions::default();
        let write = || api.patch(name, &patch, &options);
        match self.patience.insist(write).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn create(&mut self, key: String, event: &Recorded, at: Time) -> Result<(), Error> {
        let old = self.counted.get_mut(&key);
        let (count, first) = old.map_or((1, at), |counted| (counted.count, counted.first));
        let object = Event {
            metadata: ObjectMeta::named(event.namespace(), event.name()),
            involved_object: event.about.clone(),
            reason: event.reason.clone(),
            message: event.message.clone(),
            source: EventSource {
                component: self.reporter.component.clone(),
                host: self.reporter.host.clone(),
            },
            first_timestamp: Some(first),
            last_timestamp: Some(at),
            count,
            type_: event.kind.as_str().to_owned(),
            reporting_component: self.reporter.component.clone(),
            reporting_instance: self.reporter.host.clone(),
            ..Event::default()
        };
        let api = self.api(event);
        let write = || api.create(object.clone());
        let written = self.patience.insist(write).await?;
        self.counted.insert(
            key,
            Counted {
                name: written.metadata.name.clone(),
                count,
                first,
            },
        );
        Ok(())
    }
}
