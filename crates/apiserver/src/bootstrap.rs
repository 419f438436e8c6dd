//! Objects that are there without anybody asking: made when they are absent,
//! left alone when they are there.

use skeg_auth::UserInfo;
use skeg_auth::names;
use skeg_meta::Time;
use skeg_schema::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::ApiServer;
use crate::error::Error;
use crate::objects::access::Access;
use crate::objects::{WriteCx, create, update};
use crate::served::Served;

/// One of the objects could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the initial {kind} {name:?}: {why}")]
pub struct BootstrapError {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

impl ApiServer {
    /// Makes the initial objects; `/readyz` answers `ok` afterwards.
    ///
    /// # Errors
    /// An object could not be stored.
    pub async fn bootstrap(&self) -> Result<(), BootstrapError> {
        let options = &self.inner.options;
        let parameters = skeg_registry::bootstrap::Parameters {
            kubernetes_ip: self.inner.services.kubernetes_ip(),
            service_cidr: options.service_cidr.clone(),
            secure_port: options.advertise_port,
            now: Time::now(),
        };
        let user = UserInfo::new(names::API_SERVER, &[names::MASTERS, names::AUTHENTICATED]);
        let access = Access::new(self.clone(), Arc::new(user.clone()));
        for made in skeg_registry::bootstrap::objects(&parameters) {
            self.ensure(&access, &user, made.object, made.manager)
                .await?;
        }
        self.inner.ready.store(true, Ordering::Release);
        Ok(())
    }

    fn served_kind(&self, tree: &Value) -> Option<Arc<Served>> {
        let api_version = tree["apiVersion"].as_str()?;
        let kind = tree["kind"].as_str()?;
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        self.inner
            .table
            .iter()
            .find(|served| {
                let desc = served.resource.desc;
                desc.kind == kind && desc.version == version && desc.group == group
            })
            .cloned()
    }

    async fn ensure(
        &self,
        access: &Access,
        user: &UserInfo,
        mut tree: Value,
        manager: &str,
    ) -> Result<(), BootstrapError> {
        let text = |tree: &Value, key: &str| {
            tree["metadata"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let (name, namespace) = (text(&tree, "name"), text(&tree, "namespace"));
        let kind = tree["kind"].as_str().unwrap_or_default().to_owned();
        let failed = |why: String| BootstrapError {
            kind: kind.clone(),
            name: name.clone(),
            why,
        };
        let Some(served) = self.served_kind(&tree) else {
            return Err(failed("no such kind is served".to_owned()));
        };
        let key = served.key_of(&namespace, &name);
        let found = crate::objects::read::get_by_key(self, &served, &key).await;
        if found.map_err(|e| failed(e.to_string()))?.is_some() {
            return Ok(());
        }
        served.resource.strategy.default(&mut tree);
        let status = tree.get("status").cloned();
        let cx = |subresource| WriteCx {
            server: self,
            access,
            user,
            namespace: &namespace,
            name: if subresource == "" { "" } else { &name },
            subresource,
            booked_as: subresource,
            dry_run: false,
            now: Time::now(),
            manager: Some(manager),
            admission: false,
            warnings: Vec::new(),
        };
        match create::create(&served, &mut cx(""), tree).await {
            Ok(_) => {}
            Err(error) if error.is_already_exists() => return Ok(()),
            Err(error) => return Err(failed(error.to_string())),
        }
        let Some(status) = status.filter(|_| served.resource.desc.subresource("status").is_some())
        else {
            return Ok(());
        };
        let mut transform = |live: Option<&skeg_meta::SharedObject>| {
            let Some(live) = live else {
                return Err(Error::internal_error("it vanished"));
            };
            let mut tree = (*live.value()).clone();
            tree.set_at(&["status"], status.clone());
            Ok(tree)
        };
        let change = update::Change {
            transform: &mut transform,
            create: false,
            uid: None,
        };
        let outcome = update::update(&served, &mut cx("status"), change).await;
        outcome.map(drop).map_err(|e| failed(e.to_string()))
    }
}
