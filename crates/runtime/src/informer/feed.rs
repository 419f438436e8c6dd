//! What reflectors bring into an informer.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use skeg_client::telemetry::Event;
use skeg_client::{BoxError, Error};
use skeg_meta::SharedObject;

use super::{Delta, Handler, Inner};
use crate::cached::Cached;
use crate::held::{Held, Unreadable};
use crate::name::ObjectName;
use crate::reflector::Sink;

impl<K: Cached> Inner<K> {
    /// What the store is to hold. What came over the wire stays as it came.
    fn decoded(&self, object: &SharedObject) -> Result<Held<K>, BoxError> {
        if self.transform.is_none() && K::PACKS && object.is_packed() {
            return Ok(Held::packed(object.clone()));
        }
        let decoded = match &self.transform {
            None => K::from_shared(object),
            Some(transform) => transform(object),
        };
        decoded.map(Held::Whole)
    }

    /// The same, though it cannot be read.
    fn held(&self, object: SharedObject) -> (ObjectName, Held<K>) {
        let name = ObjectName::new(object.namespace(), object.name());
        let held = self.decoded(&object).unwrap_or_else(|error| {
            let unreadable = self.unreadable(&name, object, error);
            Held::Unreadable(Arc::new(unreadable))
        });
        (name, held)
    }

    /// Tells of an object that cannot be read. It stays known that it is there:
    /// otherwise it would seem to have been deleted.
    fn unreadable(
        &self,
        name: &ObjectName,
        object: SharedObject,
        source: BoxError,
    ) -> Unreadable<K> {
        let resource = self.what.as_str();
        let error = Error::Decode {
            target: format!("{resource} {name}"),
            source,
        };
        let text = error.chain();
        tracing::error!(resource, namespace = %name.namespace, name = %name.name, error = text, "an object cannot be read");
        if let Some(recorder) = &self.recorder {
            recorder.record(&Event::Unreadable { resource });
        }
        self.tell_error(&error);
        Unreadable {
            object,
            error: text,
            last: self.store.last_of(name),
        }
    }

    pub(super) fn tell<'a>(&self, handlers: &[Handler<K>], delta: impl Fn() -> Delta<'a, K>)
    where
        K: 'a,
    {
        for handler in handlers {
            if handler.is_wanted() {
                handler.call(delta());
            }
        }
    }

    fn put(&self, handlers: &[Handler<K>], name: ObjectName, new: Held<K>, initial: bool) {
        let old = self.store.put(name, new.clone());
        if !handlers.iter().any(Handler::is_wanted) {
            return;
        }
        if let Some(old) = &old {
            let ((old_uid, old_version), (uid, version)) = (old.identity(), new.identity());
            if old_uid == uid && old_version == version {
                return;
            }
        }
        let Some(object) = self.store.open(&new) else {
            return;
        };
        let before = old.as_ref().and_then(|old| self.store.last(old));
        let object = &object;
        match &before {
            None => self.tell(handlers, || Delta::Added { object, initial }),
            Some(old) if old.object_meta().uid != object.object_meta().uid => {
                for handler in handlers.iter().filter(|handler| handler.is_wanted()) {
                    handler.call(Delta::Deleted { object: old });
                    handler.call(Delta::Added { object, initial });
                }
            }
            Some(old) => self.tell(handlers, || Delta::Updated { old, new: object }),
        }
    }

    fn take(&self, handlers: &[Handler<K>], name: &ObjectName, last: Option<Held<K>>) {
        let Some(old) = self.store.take(name) else {
            return;
        };
        if handlers.iter().any(Handler::is_wanted) {
            let last = last.and_then(|last| self.store.open(&last));
            if let Some(object) = &last.or_else(|| self.store.last(&old)) {
                self.tell(handlers, || Delta::Deleted { object });
            }
        }
    }
}

impl<K: Cached> Inner<K> {
    /// These are all the objects of a namespace, or of all.
    fn replace(&self, objects: Vec<SharedObject>, namespace: Option<&str>, initial: bool) {
        let mut handlers = self.handlers.lock();
        handlers.retain(Handler::is_wanted);
        let mut present = HashSet::with_capacity(objects.len());
        for object in objects {
            let (name, held) = self.held(object);
            present.insert(name.clone());
            self.put(&handlers, name, held, initial);
        }
        for name in self.store.names() {
            let is_here = namespace.is_none_or(|namespace| name.namespace == namespace);
            if is_here && !present.contains(&name) {
                self.take(&handlers, &name, None);
            }
        }
    }

    pub(super) fn apply(&self, object: SharedObject) {
        let (name, held) = self.held(object);
        let handlers = self.handlers.lock();
        self.put(&handlers, name, held, false);
    }
}

/// What one reflector of an informer feeds: the objects of its namespace, or all.
pub(super) struct PartSink<K> {
    inner: Arc<Inner<K>>,
    namespace: Option<String>,
    was_read: AtomicBool,
}

impl<K> PartSink<K> {
    pub(super) fn new(inner: Arc<Inner<K>>, namespace: Option<String>) -> Self {
        Self {
            inner,
            namespace,
            was_read: AtomicBool::new(false),
        }
    }
}

impl<K: Cached> Sink for PartSink<K> {
    fn replace(&self, objects: Vec<SharedObject>) {
        let initial = !self.was_read.swap(true, Ordering::Relaxed);
        let inner = &self.inner;
        inner.replace(objects, self.namespace.as_deref(), initial);
        inner.trouble.lock().remove(&self.namespace);
        if initial && inner.unread.fetch_sub(1, Ordering::AcqRel) == 1 {
            inner.synced.send_replace(true);
        }
    }

    fn apply(&self, object: SharedObject) {
        self.inner.apply(object);
    }

    fn remove(&self, object: SharedObject) {
        let name = ObjectName::new(object.namespace(), object.name());
        let last = self.inner.decoded(&object).ok();
        let handlers = self.inner.handlers.lock();
        self.inner.take(&handlers, &name, last);
    }

    fn failed(&self, error: &Error) {
        let mut trouble = self.inner.trouble.lock();
        trouble.insert(self.namespace.clone(), error.chain());
        drop(trouble);
        self.inner.tell_error(error);
    }
}

impl<K> Inner<K> {
    fn tell_error(&self, error: &Error) {
        if let Some(on_error) = &self.on_error {
            on_error(error);
        }
    }
}
