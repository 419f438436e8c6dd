//! The other objects, in memory.

use async_trait::async_trait;
use parking_lot::Mutex;
use skeg_meta::{GroupResource, Status};
use skeg_registry::objects::{Gr, Objects};
use skeg_registry::tree;
use skeg_schema::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

type Key = (String, String, String, String);

/// What there is.
#[derive(Default)]
pub struct World(Mutex<BTreeMap<Key, Arc<Value>>>);

impl World {
    pub fn put(&self, group: &str, resource: &str, namespace: &str, obj: Value) {
        let key = (
            group.into(),
            resource.into(),
            namespace.into(),
            tree::name_of(&obj).into(),
        );
        self.0.lock().insert(key, Arc::new(obj));
    }

    pub fn namespace(&self, name: &str) {
        self.put(
            "",
            "namespaces",
            "",
            json!({"metadata": {"name": name}, "status": {"phase": "Active"}}),
        );
        for (class, value) in [
            ("system-node-critical", 2_000_001_000i64),
            ("system-cluster-critical", 2_000_000_000),
        ] {
            self.put("scheduling.k8s.io", "priorityclasses", "", json!({
                "metadata": {"name": class}, "value": value, "preemptionPolicy": "PreemptLowerPriority",
            }));
        }
        self.put(
            "",
            "serviceaccounts",
            name,
            json!({"metadata": {"name": "default", "namespace": name}}),
        );
    }
}

#[async_trait]
impl Objects for World {
    fn cached(&self, gr: Gr, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let key = (gr.0.into(), gr.1.into(), namespace.into(), name.into());
        self.0.lock().get(&key).cloned()
    }

    fn cached_list(&self, gr: Gr, namespace: Option<&str>) -> Vec<Arc<Value>> {
        self.0
            .lock()
            .iter()
            .filter(|(k, _)| k.0 == gr.0 && k.1 == gr.1 && namespace.is_none_or(|ns| k.2 == ns))
            .map(|(_, v)| v.clone())
            .collect()
    }

    async fn get(&self, gr: Gr, namespace: &str, name: &str) -> Result<Option<Arc<Value>>, Status> {
        Ok(self.cached(gr, namespace, name))
    }

    async fn list(&self, gr: Gr, namespace: Option<&str>) -> Result<Vec<Arc<Value>>, Status> {
        Ok(self.cached_list(gr, namespace))
    }

    async fn create(&self, gr: Gr, namespace: &str, obj: Value) -> Result<Value, Status> {
        self.put(gr.0, gr.1, namespace, obj.clone());
        Ok(obj)
    }

    async fn update(&self, gr: Gr, namespace: &str, _: &str, obj: Value) -> Result<Value, Status> {
        self.put(gr.0, gr.1, namespace, obj.clone());
        Ok(obj)
    }

    async fn delete(
        &self,
        gr: Gr,
        namespace: &str,
        name: &str,
        _: &Value,
    ) -> Result<Option<Value>, Status> {
        let key = (gr.0.into(), gr.1.into(), namespace.into(), name.into());
        self.0
            .lock()
            .remove(&key)
            .map(|v| Some((*v).clone()))
            .ok_or_else(|| Status::not_found(&GroupResource::new(gr.0, gr.1), name))
    }
}
