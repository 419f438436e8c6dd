//! Watches of the fake server.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use skeg_client::SharedEvent;
use skeg_meta::{SharedObject, Status};
use skeg_schema::Value;

use super::request::Selection;
use super::{Change, FakeApi, ResourceKey};

struct Cursor {
    api: FakeApi,
    changed: tokio::sync::watch::Receiver<(u64, u64)>,
    resource: ResourceKey,
    selection: Selection,
    /// The last revision that was looked at.
    at: u64,
    /// How often watches had been broken off when this one began.
    broken: u64,
    /// Whether the watch has ended.
    over: bool,
    /// The revision of the last bookmark that came by chance.
    bookmarked: u64,
}

impl Cursor {
    fn event(&self, change: &Change) -> Option<SharedEvent> {
        let matching =
            |value: &Option<Value>| value.clone().filter(|value| self.selection.matches(value));
        let shared = |value: Value| self.selection.shared(value);
        match (matching(&change.old), matching(&change.new)) {
            (None, Some(new)) => Some(SharedEvent::Added(shared(new))),
            (Some(_), Some(new)) => Some(SharedEvent::Modified(shared(new))),
            (Some(mut old), None) => {
                // It may only have left the selection; the event still has the change's version.
                old.set_at(
                    &["metadata", "resourceVersion"],
                    change.revision.to_string(),
                );
                Some(SharedEvent::Deleted(shared(old)))
            }
            (None, None) => None,
        }
    }

    async fn next(&mut self) -> Option<SharedEvent> {
        loop {
            let found = self.look();
            match found {
                Found::Event(event) => return Some(*event),
                Found::End => return None,
                Found::Nothing => self.changed.changed().await.ok()?,
            }
        }
    }

    fn look(&mut self) -> Found {
        let api = self.api.clone();
        let mut state = api.inner.state.lock();
        if self.over || state.broken != self.broken {
            return Found::End;
        }
        if self.at < state.oldest
            && state
                .log
                .first()
                .is_none_or(|first| first.revision > self.at + 1)
        {
            // What came between has been forgotten.
            self.over = true;
            let status = Status::expired("the watch has fallen behind");
            return Found::Event(Box::new(SharedEvent::Error(Box::new(status))));
        }
        if state.chance() {
            return Found::End;
        }
        let begin = state
            .log
            .partition_point(|change| change.revision <= self.at);
        for change in &state.log[begin..] {
            self.at = change.revision;
            if change.resource == self.resource
                && let Some(event) = self.event(change)
            {
                return Found::Event(Box::new(event));
            }
        }
        if state.chance() && self.bookmarked < self.at {
            self.bookmarked = self.at;
            return Found::Event(Box::new(SharedEvent::Bookmark {
                resource_version: self.at.to_string(),
                initial_events_end: false,
            }));
        }
        Found::Nothing
    }
}

enum Found {
    Event(Box<SharedEvent>),
    Nothing,
    End,
}

impl FakeApi {
    pub(super) fn events(
        &self,
        resource: ResourceKey,
        selection: Selection,
        initial: Option<Vec<SharedObject>>,
        from: u64,
        broken: u64,
    ) -> BoxStream<'static, SharedEvent> {
        let changed = self.inner.changed.subscribe();
        let cursor = Cursor {
            api: self.clone(),
            changed,
            resource,
            selection,
            at: from,
            broken,
            over: false,
            bookmarked: from,
        };
        let first = initial.map(|objects| {
            let end = SharedEvent::Bookmark {
                resource_version: from.to_string(),
                initial_events_end: true,
            };
            stream::iter(objects.into_iter().map(SharedEvent::Added)).chain(stream::iter([end]))
        });
        let rest = stream::unfold(cursor, |mut cursor| async move {
            let event = cursor.next().await?;
            Some((event, cursor))
        });
        stream::iter(first).flatten().chain(rest).boxed()
    }
}
