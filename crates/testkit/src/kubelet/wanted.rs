//! Looks for what pods refer to, and looks again at those that wait for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::{ConfigMap, Pod, Secret, ServiceAccount};
use skeg_client::{Api, Error};
use skeg_meta::Object;
use skeg_runtime::ObjectName;

use super::Inner;
use super::needs::{self, Found, Lacks, Need};

/// The kinds that are watched, since a pod waits for one of them.
#[derive(Default)]
pub(super) struct Awaited(Mutex<BTreeSet<&'static str>>);

impl Inner {
    /// Whether a pod is about to start containers.
    pub(super) fn may_start(&self, name: &ObjectName, pod: &Pod) -> bool {
        let mut runs = self.runs.lock();
        let run = self.run_of(&mut runs, name, pod, self.now());
        run.is_some_and(|run| run.starts()) && !pod.metadata.is_deleting()
    }

    /// What a pod refers to and is not there.
    pub(super) async fn lacks_of(&self, pod: &Pod) -> Result<Lacks, Error> {
        let namespace = pod.metadata.namespace.as_str();
        let mut found = Found::default();
        for need in needs::of(pod) {
            match need {
                Need::ConfigMap(name) => {
                    let object = self.look(namespace, &name).await?;
                    found.config_maps.insert(name, object);
                }
                Need::Secret(name) => {
                    let object = self.look(namespace, &name).await?;
                    found.secrets.insert(name, object);
                }
                Need::ServiceAccount(name) => {
                    let object = self.look(namespace, &name).await?;
                    found.accounts.insert(name, object);
                }
            }
        }
        Ok(needs::lacks(pod, &found))
    }

    async fn look<K: Object>(&self, namespace: &str, name: &str) -> Result<Option<Arc<K>>, Error> {
        let client = self.informers.client().clone();
        Api::<K>::namespaced(client, namespace).get_opt(name).await
    }

    /// Tells a pod's run what it lacks, and listens for it from now on.
    pub(super) async fn note_lacks(self: &Arc<Self>, name: &ObjectName, pod: &Pod, lacks: Lacks) {
        let held = {
            let mut runs = self.runs.lock();
            let now = self.now();
            let Some(run) = self.run_of(&mut runs, name, pod, now) else {
                return;
            };
            run.set_lacks(lacks, now);
            run.is_held()
        };
        if !held {
            return;
        }
        for need in needs::of(pod) {
            match need {
                Need::ConfigMap(_) => self.listen::<ConfigMap>(),
                Need::Secret(_) => self.listen::<Secret>(),
                Need::ServiceAccount(_) => self.listen::<ServiceAccount>(),
            }
        }
    }

    /// Looks again at the pods that wait, whenever an object of a kind in
    /// their namespace changes. What has come in the meantime is told first.
    fn listen<K: Object>(self: &Arc<Self>) {
        if !self.awaited.0.lock().insert(std::any::type_name::<K>()) {
            return;
        }
        let inner = Arc::downgrade(self);
        self.informers.informer::<K>().on_change(move |delta| {
            let Some(inner) = inner.upgrade() else {
                return;
            };
            let namespace = &delta.object().meta().namespace;
            let runs = inner.runs.lock();
            for (name, run) in runs.iter() {
                if name.namespace == *namespace && run.is_held() {
                    inner.queue.add(name.clone());
                }
            }
        });
    }
}
