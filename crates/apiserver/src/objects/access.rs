//! What strategies, hooks and plugins see of the other objects.

use async_trait::async_trait;
use skeg_auth::UserInfo;
use skeg_meta::Status;
use skeg_registry::objects::{Gr, Objects};
use skeg_schema::Value;
use std::sync::Arc;

use super::{WriteCx, create, delete, read, update};
use crate::ApiServer;
use crate::error::Error;
use crate::options::{DeleteOptions, ListOptions};
use crate::served::Served;

/// Access to all objects, past authorization and admission.
pub(crate) struct Access {
    server: ApiServer,
    user: Arc<UserInfo>,
}

impl Access {
    pub(crate) fn new(server: ApiServer, user: Arc<UserInfo>) -> Self {
        Self { server, user }
    }

    fn served(&self, gr: Gr) -> Option<Arc<Served>> {
        self.server.inner.table().find_any(gr.0, gr.1).cloned()
    }

    fn known(&self, gr: Gr) -> Result<Arc<Served>, Status> {
        self.served(gr)
            .ok_or_else(|| Error::no_such_resource().into_status())
    }

    fn cx<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
        subresource: &'a str,
        dry_run: bool,
    ) -> WriteCx<'a> {
        WriteCx {
            server: &self.server,
            access: self,
            user: &self.user,
            namespace,
            name,
            unnamed: false,
            subresource,
            booked_as: subresource,
            verb: "update",
            dry_run,
            now: self.server.now(),
            manager: Some("kube-apiserver"),
            admission: false,
            query: None,
            warnings: Vec::new(),
        }
    }
}

#[async_trait]
impl Objects for Access {
    fn cached(&self, gr: Gr, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let served = self.served(gr)?;
        let object = served
            .cacher
            .as_ref()?
            .get(&served.key_of(namespace, name))?;
        Some(served.view(&object).value())
    }

    fn cached_list(&self, gr: Gr, namespace: Option<&str>) -> Vec<Arc<Value>> {
        let Some(served) = self.served(gr) else {
            return Vec::new();
        };
        let Some(cacher) = &served.cacher else {
            return Vec::new();
        };
        let (objects, _) = cacher.list(&served.prefix_of(namespace.unwrap_or_default()));
        objects
            .iter()
            .map(|object| served.view(object).value())
            .collect()
    }

    async fn get(&self, gr: Gr, namespace: &str, name: &str) -> Result<Option<Arc<Value>>, Status> {
        let served = self.known(gr)?;
        let key = served.key_of(namespace, name);
        let found = read::get_by_key(&self.server, &served, &key).await;
        let Some(object) = found.map_err(Error::into_status)? else {
            return Ok(None);
        };
        let shown = served.viewed(&self.server, &object).await;
        Ok(Some(shown.map_err(Error::into_status)?.value()))
    }

    async fn list(&self, gr: Gr, namespace: Option<&str>) -> Result<Vec<Arc<Value>>, Status> {
        let served = self.known(gr)?;
        let filter = crate::cache::Filter {
            namespace: namespace.filter(|n| !n.is_empty()).map(str::to_owned),
            ..Default::default()
        };
        let page = read::list(&self.server, &served, &filter, &ListOptions::default())
            .await
            .map_err(Error::into_status)?;
        Ok(page.items.iter().map(|object| object.value()).collect())
    }

    async fn create(&self, gr: Gr, namespace: &str, mut obj: Value) -> Result<Value, Status> {
        let served = self.known(gr)?;
        served.resource.strategy.default(&mut obj);
        let mut cx = self.cx(namespace, "", "", false);
        let written = create::create(&served, &mut cx, obj)
            .await
            .map_err(Error::into_status)?;
        Ok((*written.object.value()).clone())
    }

    async fn update(
        &self,
        gr: Gr,
        namespace: &str,
        subresource: &str,
        obj: Value,
    ) -> Result<Value, Status> {
        let served = self.known(gr)?;
        let name = obj["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let mut cx = self.cx(namespace, &name, subresource, false);
        // Bindings and evictions change nobody's ownership.
        if matches!(subresource, "binding" | "eviction") {
            cx.manager = None;
        }
        let mut transform = |_: Option<&update::Live>| Ok(obj.clone());
        let change = update::Change {
            transform: &mut transform,
            create: false,
            uid: None,
        };
        let written = update::update(&served, &mut cx, change)
            .await
            .map_err(Error::into_status)?;
        Ok((*written.object.value()).clone())
    }

    async fn delete(
        &self,
        gr: Gr,
        namespace: &str,
        name: &str,
        options: &Value,
    ) -> Result<Option<Value>, Status> {
        let served = self.known(gr)?;
        let options = DeleteOptions::from_tree(options).map_err(Error::into_status)?;
        let mut cx = self.cx(namespace, name, "", options.dry_run);
        match delete::delete(&served, &mut cx, &options).await {
            Ok(delete::Deleted::Object(object)) => Ok(Some((*object.value()).clone())),
            Ok(delete::Deleted::Status(_)) => Ok(Some(Value::Null)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into_status()),
        }
    }
}
