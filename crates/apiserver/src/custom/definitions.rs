//! Follows the definitions: accepts their names, serves what they define, and
//! empties what is being deleted.

use skeg_auth::{UserInfo, names as users};
use skeg_meta::SharedObject;
use skeg_registry::objects::{Gr, Objects};
use skeg_registry::tree::{self, at, list};
use skeg_schema::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use super::names;
use crate::ApiServer;
use crate::cache::{Begin, Cacher, Filter};
use crate::objects::access::Access;

const DEFINITIONS: Gr = Gr("apiextensions.k8s.io", "customresourcedefinitions");
/// How long after a failure it is tried again, and how often what is being
/// emptied is looked at.
const RETRY: Duration = Duration::from_millis(500);
/// Objects that are deleted at the same time.
const DELETES_AT_ONCE: usize = 16;

/// What is known of the definitions between two looks at them.
#[derive(Default)]
struct Done {
    /// The revisions about which there is nothing to do until they change.
    settled: HashMap<String, u64>,
    /// What the others need to know of each, and of which revision that is. The
    /// trees themselves, schemas and all, are made only of what changes.
    sketches: HashMap<String, (u64, Arc<Value>)>,
}

impl Done {
    fn sketch(&mut self, object: &SharedObject) -> Arc<Value> {
        let revision = object.revision();
        if let Some((of, known)) = self.sketches.get(object.name())
            && *of == revision
        {
            return known.clone();
        }
        let made = Arc::new(names::sketch(&object.value_once()));
        let kept = (revision, made.clone());
        self.sketches.insert(object.name().to_owned(), kept);
        made
    }

    /// Forgets those that are gone. `true`: there was one.
    fn forget(&mut self, present: &HashSet<&str>) -> bool {
        let gone = |name: &String| !present.contains(name.as_str());
        let any = self.settled.keys().any(gone);
        self.settled.retain(|name, _| !gone(name));
        self.sketches.retain(|name, _| !gone(name));
        any
    }
}

impl ApiServer {
    /// Serves the definitions that are there, then follows changes.
    pub(crate) async fn start_custom(&self, cancel: CancellationToken) {
        let served = self
            .inner
            .table()
            .find_any(DEFINITIONS.0, DEFINITIONS.1)
            .cloned();
        let Some(cacher) = served.and_then(|served| served.cacher.clone()) else {
            return;
        };
        let mut done = Done::default();
        self.sync_definitions(&cacher, &mut done).await;
        let server = self.clone();
        tokio::spawn(async move {
            loop {
                let again = tokio::select! {
                    () = cancel.cancelled() => return,
                    again = server.follow_definitions(&cacher, &mut done) => again,
                };
                if !again {
                    return;
                }
            }
        });
    }

    /// Follows the definitions as long as one watch lasts.
    async fn follow_definitions(&self, cacher: &Arc<Cacher>, done: &mut Done) -> bool {
        let subscribed = cacher.subscribe("", Filter::default(), Begin::State, false);
        let Ok(mut watch) = subscribed else {
            tokio::time::sleep(RETRY).await;
            return true;
        };
        let _guard = watch.take_guard();
        loop {
            let settled = self.sync_definitions(cacher, done).await;
            let next = async {
                if settled {
                    watch.receiver.recv().await
                } else {
                    tokio::time::timeout(RETRY, watch.receiver.recv())
                        .await
                        .unwrap_or(Some(crate::cache::Delivery::Bookmark(0)))
                }
            };
            if next.await.is_none() {
                return !self.inner.cancel.is_cancelled();
            }
            // Many changes at once are looked at once.
            while watch.receiver.try_recv().is_ok() {}
        }
    }

    /// Looks at every definition that has changed. `false`: something is left to do.
    async fn sync_definitions(&self, cacher: &Arc<Cacher>, done: &mut Done) -> bool {
        let (objects, _) = cacher.list("");
        let present: HashSet<&str> = objects.iter().map(SharedObject::name).collect();
        for name in self.custom_names() {
            if !present.contains(name.as_str()) {
                self.stop_custom(&name);
            }
        }
        // Whoever waits for the names of what is gone may have them now.
        let gone = done.forget(&present);
        let user = UserInfo::new(users::API_SERVER, &[users::MASTERS, users::AUTHENTICATED]);
        let access = Arc::new(Access::new(self.clone(), Arc::new(user)));
        let mut settled = true;
        // What one accepts, the next must know: a state that is kept up to date.
        let mut current: Vec<Arc<Value>> =
            objects.iter().map(|object| done.sketch(object)).collect();
        if gone {
            look_again(&current, done);
        }
        let mut freed = false;
        for (at, object) in objects.iter().enumerate() {
            let (revision, name) = (object.revision(), object.name());
            if done.settled.get(name) == Some(&revision) {
                continue;
            }
            let definition = object.value_once();
            let outcome = if tree::is_deleting(&definition) {
                self.empty(&access, &definition).await
            } else {
                let others: Vec<&Value> = current.iter().map(|tree| &**tree).collect();
                let wanted = names::status(&definition, &others, &self.now().to_string());
                freed |= wanted["acceptedNames"] != definition["status"]["acceptedNames"];
                let changed = !tree::same(&wanted, at_status(&definition));
                let mut told = Arc::unwrap_or_clone(definition);
                told.set_at(&["status"], wanted);
                current[at] = Arc::new(names::sketch(&told));
                self.accept(&access, &told, changed).await
            };
            match outcome {
                Ok(true) => {
                    done.settled.insert(name.to_owned(), revision);
                }
                Ok(false) => settled = false,
                Err(why) => {
                    tracing::warn!(
                        definition = name,
                        why,
                        "a custom resource is not served yet"
                    );
                    settled = false;
                }
            }
        }
        if freed || !settled {
            look_again(&current, done);
        }
        settled
    }

    /// Serves a definition, then says so.
    async fn accept(
        &self,
        access: &Arc<Access>,
        definition: &Value,
        changed: bool,
    ) -> Result<bool, String> {
        let name = tree::name_of(definition);
        if names::is_true(definition, "Established") {
            self.serve_custom(name, definition)
                .await
                .map_err(|error| error.to_string())?;
        }
        if !changed {
            return Ok(true);
        }
        match access
            .update(DEFINITIONS, "", "status", definition.clone())
            .await
        {
            // The watch tells of it, and it is looked at once more.
            Ok(_) => Ok(true),
            Err(status) if matches!(status.code, 404 | 409) => Ok(true),
            Err(status) => Err(status.message),
        }
    }

    /// Deletes what a definition that is being deleted has left, then lets it go.
    async fn empty(&self, access: &Arc<Access>, definition: &Value) -> Result<bool, String> {
        const FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";
        let name = tree::name_of(definition);
        let finalizers = list(at(definition, "metadata"), "finalizers");
        if !finalizers.iter().any(|f| f.as_str() == Some(FINALIZER)) {
            return Ok(true);
        }
        if names::is_true(definition, "Established") {
            self.serve_custom(name, definition)
                .await
                .map_err(|error| error.to_string())?;
        }
        let left = self.delete_all(access, definition).await?;
        let mut wanted = definition.clone();
        let now = self.now().to_string();
        if left > 0 {
            names::terminating(
                &mut wanted,
                "InstanceDeletionInProgress",
                "CustomResource deletion is in progress",
                &now,
            );
            self.write(access, definition, wanted).await?;
            return Ok(false);
        }
        names::terminated(&mut wanted, &now);
        let rest: Vec<Value> = finalizers
            .iter()
            .filter(|f| f.as_str() != Some(FINALIZER))
            .cloned()
            .collect();
        self.write(access, definition, wanted.clone()).await?;
        let current = access
            .get(DEFINITIONS, "", name)
            .await
            .map_err(|status| status.message)?;
        let Some(current) = current else {
            return Ok(true);
        };
        let mut wanted = (*current).clone();
        if rest.is_empty() {
            wanted.remove_at(&["metadata", "finalizers"]);
        } else {
            wanted.set_at(&["metadata", "finalizers"], Value::Array(rest));
        }
        match access.update(DEFINITIONS, "", "", wanted).await {
            Ok(_) => Ok(true),
            Err(status) if matches!(status.code, 404 | 409) => Ok(true),
            Err(status) => Err(status.message),
        }
    }

    async fn write(&self, access: &Arc<Access>, old: &Value, new: Value) -> Result<(), String> {
        if tree::same(at_status(&new), at_status(old)) {
            return Ok(());
        }
        match access.update(DEFINITIONS, "", "status", new).await {
            Ok(_) => Ok(()),
            Err(status) if matches!(status.code, 404 | 409) => Ok(()),
            Err(status) => Err(status.message),
        }
    }

    /// Deletes all objects; answers how many are still there.
    async fn delete_all(&self, access: &Arc<Access>, definition: &Value) -> Result<usize, String> {
        let found = {
            let table = self.inner.table();
            table
                .iter()
                .find(|served| {
                    served
                        .resource
                        .custom
                        .as_ref()
                        .is_some_and(|kind| kind.family.name == tree::name_of(definition))
                })
                .cloned()
        };
        let Some(served) = found else { return Ok(0) };
        let Some(cacher) = &served.cacher else {
            return Ok(0);
        };
        cacher.catch_up().await;
        let gr = Gr(served.resource.desc.group, served.resource.desc.resource);
        let (objects, _) = cacher.list(&served.prefix());
        let mut tasks = tokio::task::JoinSet::new();
        for object in objects {
            if tree::is_deleting(&object.value()) {
                continue;
            }
            if tasks.len() >= DELETES_AT_ONCE
                && let Some(Ok(Err(why))) = tasks.join_next().await
            {
                return Err(why);
            }
            let access = access.clone();
            tasks.spawn(async move {
                let options = json!({"kind": "DeleteOptions", "apiVersion": "v1"});
                let (namespace, name) = (object.namespace(), object.name());
                let gone = access.delete(gr, namespace, name, &options).await;
                gone.map(drop).map_err(|status| status.message)
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.map_err(|error| error.to_string())??;
        }
        Ok(cacher.list(&served.prefix()).0.len())
    }
}

/// Those that wait for a name are looked at once more.
fn look_again(definitions: &[Arc<Value>], done: &mut Done) {
    for definition in definitions {
        if !names::is_true(definition, "NamesAccepted") {
            done.settled.remove(tree::name_of(definition));
        }
    }
}

fn at_status(definition: &Value) -> &Value {
    at(definition, "status")
}
