//! The custom resources that are served just now.

use parking_lot::Mutex;
use skeg_schema::Value;
use skeg_schema::resources::ResourceDesc;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;

use crate::ApiServer;
use crate::cache::Cacher;
use crate::custom::openapi::Part;
use crate::custom::packed::Packed;
use crate::served::{Served, Table};
use crate::stored::{Form, StorageMediaType};

/// Places of custom resources in the table begin here.
const FIRST_INDEX: usize = 1 << 20;

/// One definition whose resources are served.
struct One {
    definition: Arc<Packed>,
    terminating: bool,
    cacher: Arc<Cacher>,
    cancel: CancellationToken,
    rows: Vec<Arc<Served>>,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Live {
    known: Mutex<BTreeMap<String, One>>,
    next: AtomicUsize,
}

impl ApiServer {
    /// Serves what a definition says, until it says something else.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn serve_custom(
        &self,
        name: &str,
        definition: &Value,
    ) -> skeg_store::Result<()> {
        let terminating = super::names::is_true(definition, "Terminating");
        let live = &self.inner.custom;
        let packed = Packed::new(definition);
        let kept = {
            let known = live.known.lock();
            match known.get(name) {
                Some(one) if one.definition.is_like(&packed) => {
                    if one.terminating == terminating {
                        return Ok(());
                    }
                    Some((one.cacher.clone(), one.cancel.clone()))
                }
                _ => None,
            }
        };
        let mut rows = skeg_registry::custom::rows(definition);
        // What the server has itself no definition adds to.
        rows.retain(|row| !self.is_built_in(row.desc));
        let Some(first) = rows.first() else {
            self.stop_custom(name);
            return Ok(());
        };
        let (cacher, cancel) = match kept {
            Some(kept) => kept,
            None => {
                let Some(kind) = first.custom.clone() else {
                    return Ok(());
                };
                let cacher = self.custom_cacher(first.storage_prefix, kind);
                let cancel = self.inner.cancel.child_token();
                cacher.start(cancel.clone()).await?;
                (cacher, cancel)
            }
        };
        let rows = rows
            .into_iter()
            .map(|resource| {
                Arc::new(Served {
                    form: Form::of(&resource, StorageMediaType::Json),
                    resource,
                    index: FIRST_INDEX + live.next.fetch_add(1, Ordering::Relaxed),
                    cacher: Some(cacher.clone()),
                })
            })
            .collect();
        let one = One {
            definition: Arc::new(packed),
            terminating,
            cacher: cacher.clone(),
            cancel,
            rows,
        };
        let before = live.known.lock().insert(name.to_owned(), one);
        if let Some(before) = before
            && !Arc::ptr_eq(&before.cacher, &cacher)
        {
            before.cancel.cancel();
        }
        self.publish_custom();
        Ok(())
    }

    /// Whether the version of a group is one of the server's own.
    fn is_built_in(&self, desc: &ResourceDesc) -> bool {
        self.inner.built_in.iter().any(|served| {
            let known = served.resource.desc;
            (known.group, known.version) == (desc.group, desc.version)
        })
    }

    /// Serves a definition's resources no longer; their watches end.
    pub(crate) fn stop_custom(&self, name: &str) {
        let gone = self.inner.custom.known.lock().remove(name);
        if let Some(gone) = gone {
            self.publish_custom();
            gone.cancel.cancel();
        }
    }

    /// The names of the definitions that are served.
    pub(crate) fn custom_names(&self) -> Vec<String> {
        self.inner.custom.known.lock().keys().cloned().collect()
    }

    fn custom_cacher(&self, prefix: &str, kind: Arc<skeg_registry::custom::Kind>) -> Arc<Cacher> {
        let metrics = self.inner.metrics.clone();
        let family = kind.family.clone();
        Cacher::new(
            format!("{prefix}/"),
            self.inner.store.clone(),
            Box::new(move |kv| {
                let object = crate::served::read_custom(&family, &kv.value, kv.mod_revision);
                if object.is_none() {
                    tracing::error!(key = %kv.key, "a stored custom resource cannot be decoded");
                }
                object
            }),
            Vec::new(),
            Arc::new(move || {
                metrics.slow_watchers.fetch_add(1, Ordering::Relaxed);
            }),
        )
    }

    /// Puts the rows of now into the table.
    fn publish_custom(&self) {
        // The lock is held so that a later state is not overwritten by an earlier.
        let known = self.inner.custom.known.lock();
        let rows = self
            .inner
            .built_in
            .iter()
            .cloned()
            .chain(known.values().flat_map(|one| one.rows.iter().cloned()))
            .collect();
        self.inner.serving.store(Arc::new(Table::new(rows)));
        let mut parts: BTreeMap<String, Part> = BTreeMap::new();
        for one in known.values() {
            for row in &one.rows {
                let desc = row.resource.desc;
                let path = format!("apis/{}/{}", desc.group, desc.version);
                let part = parts.entry(path.clone()).or_insert_with(|| Part {
                    path,
                    hash: String::new(),
                    definitions: Vec::new(),
                });
                part.definitions.push((desc, one.definition.clone()));
            }
        }
        for part in parts.values_mut() {
            let mut hasher = DefaultHasher::new();
            for (_, definition) in &part.definitions {
                definition.identity().hash(&mut hasher);
            }
            part.hash = format!("{:016X}", hasher.finish());
        }
        self.inner.openapi.set_custom(parts.into_values().collect());
    }
}
