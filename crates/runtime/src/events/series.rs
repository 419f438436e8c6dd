//! Events of `events.k8s.io`: equal ones become a series.

use std::time::Duration;

use skeg_api::events::v1::Event;
use skeg_client::{Api, Client, Error, Patch, PatchOptions};
use skeg_meta::{MicroTime, ObjectMeta};
use skeg_schema::{Object, Value};

use super::{Patience, Recent, Recorded, Reporter, about_key, complain};

/// How many events are remembered.
const REMEMBERED_MAX: usize = 4096;
/// How often a series that goes on is written.
const WRITE_INTERVAL: Duration = Duration::from_secs(6 * 60);
/// After so long without another one the next is a new event.
const SERIES_ENDS: Duration = Duration::from_secs(30 * 60);

struct Run {
    name: String,
    count: i32,
    last: Duration,
    written: Option<Duration>,
}

pub(super) struct Series {
    client: Client,
    reporter: Reporter,
    patience: Patience,
    runs: Recent<Run>,
}

impl Series {
    pub(super) fn new(client: Client, reporter: Reporter, patience: Patience) -> Self {
        Self {
            client,
            reporter,
            patience,
            runs: Recent::new(REMEMBERED_MAX),
        }
    }

    pub(super) async fn record(&mut self, event: Recorded) {
        let related = event.related.as_ref().map(about_key).unwrap_or_default();
        let by = event.by.as_deref().unwrap_or_default();
        let key = [
            by,
            &about_key(&event.about),
            &event.about.field_path,
            &related,
            event.kind.as_str(),
            &event.action,
            &event.reason,
        ]
        .join("\u{1f}");
        let now = self.patience.clock.monotonic();
        if let Some(run) = self.runs.get_mut(&key)
            && now.saturating_sub(run.last) < SERIES_ENDS
        {
            run.count = run.count.saturating_add(1);
            run.last = now;
            if run
                .written
                .is_some_and(|written| now.saturating_sub(written) < WRITE_INTERVAL)
            {
                return;
            }
            run.written = Some(now);
            let (name, count) = (run.name.clone(), run.count);
            match self.go_on(&event, &name, count).await {
                Ok(()) => return,
                // The event has been deleted meanwhile: begin anew.
                Err(error) if error.is_not_found() => {}
                Err(error) => return complain(&error, &event),
            }
        }
        match self.create(&event).await {
            Ok(name) => self.runs.insert(
                key,
                Run {
                    name,
                    count: 1,
                    last: now,
                    written: None,
                },
            ),
            Err(error) => complain(&error, &event),
        }
    }

    fn api(&self, event: &Recorded) -> Api<Event> {
        Api::namespaced(self.client.clone(), event.namespace())
    }

    async fn go_on(&self, event: &Recorded, name: &str, count: i32) -> Result<(), Error> {
        let mut series = Object::new();
        series.insert("count", count);
        series.insert("lastObservedTime", MicroTime(event.at.0).to_string());
        let patch = Patch::Strategic(Value::Object(Object::from_iter([(
            "series".into(),
            Value::Object(series),
        )])));
        let api = self.api(event);
        let options = PatchOptions::default();
        let write = || api.patch(name, &patch, &options);
        self.patience.insist(write).await?;
        Ok(())
    }

    async fn create(&self, event: &Recorded) -> Result<String, Error> {
        let object = Event {
            metadata: ObjectMeta::named(event.namespace(), event.name()),
            event_time: Some(event.at),
            reporting_controller: match &event.by {
                Some(by) => by.to_string(),
                None => self.reporter.component.clone(),
            },
            reporting_instance: match self.reporter.host.as_str() {
                "" => self.reporter.component.clone(),
                host => host.to_owned(),
            },
            // The server wants both; who names no action did what the reason says.
            action: match event.action.as_str() {
                "" => event.reason.clone(),
                action => action.to_owned(),
            },
            reason: event.reason.clone(),
            regarding: event.about.clone(),
            related: event.related.clone(),
            note: cut(&event.message).to_owned(),
            type_: event.kind.as_str().to_owned(),
            ..Event::default()
        };
        let api = self.api(event);
        let write = || api.create(object.clone());
        Ok(self.patience.insist(write).await?.metadata.name.clone())
    }
}

/// As much of a note as the server takes.
fn cut(note: &str) -> &str {
    const NOTE_LEN_MAX: usize = 1024;
    let mut end = NOTE_LEN_MAX.min(note.len());
    while !note.is_char_boundary(end) {
        end -= 1;
    }
    &note[..end]
}
