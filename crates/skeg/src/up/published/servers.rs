//! The API servers that share a store: each has a key there for as long as it
//! lives, as kube-apiserver has it (`--endpoint-reconciler-type=lease`), so that
//! servers of both kinds see each other.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use skeg_meta::SharedObject;
use skeg_schema::{TypeId, json, resources};
use skeg_store::{Error, Expect, Key, KeyRange, LeaseId, RangeOptions, Store};

/// Where the keys are, as upstream.
const KEYS: &str = "/registry/masterleases/";

/// A server that did not say for so long that it lives is gone, as upstream.
const LIFE: Duration = Duration::from_secs(15);

/// The servers of a store, and this one among them.
pub struct Servers {
    store: Arc<dyn Store>,
    own: IpAddr,
    lease: Option<LeaseId>,
}

impl Servers {
    /// Nothing is said of the server at `own` yet.
    pub fn new(store: Arc<dyn Store>, own: IpAddr) -> Self {
        Self {
            store,
            own,
            lease: None,
        }
    }

    /// Says that this server lives, and which ones live.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn renew(&mut self) -> Result<BTreeSet<IpAddr>> {
        let kept = match self.lease {
            Some(lease) => self.store.keep_lease_alive(lease).await.is_ok(),
            None => false,
        };
        // First the key: of two servers that start at once one sees both.
        if !kept {
            self.put().await?;
        }
        let mut alive = self.held().await?;
        // Who had the address before may have taken the key along.
        if alive.insert(self.own) {
            self.put().await?;
        }
        Ok(alive)
    }

    /// Says that this server is gone, and which ones are left.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn leave(&mut self) -> Result<BTreeSet<IpAddr>> {
        match self.store.delete_if(self.key(), Expect::Present).await {
            Ok(_) | Err(Error::Conflict { .. }) => {}
            Err(error) => return Err(error).context("cannot take the key of this server away"),
        }
        self.held().await
    }

    fn key(&self) -> Key {
        format!("{KEYS}{}", self.own).into_bytes().into()
    }

    async fn put(&mut self) -> Result<()> {
        let lease = self.store.grant_lease(LIFE).await?.id;
        let tree = json!({
            "apiVersion": "v1",
            "kind": "Endpoints",
            "subsets": [{"addresses": [{"ip": (self.own.to_string())}]}],
        });
        let value = SharedObject::from_value(tree, endpoints(), 0).try_protobuf()?;
        let put = self
            .store
            .put_if(self.key(), value, Expect::Any, Some(lease));
        put.await.context("cannot say that this server lives")?;
        self.lease = Some(lease);
        Ok(())
    }

    /// The addresses in the keys that can be read.
    async fn held(&self) -> Result<BTreeSet<IpAddr>> {
        let all = KeyRange::prefix(KEYS);
        let found = self.store.range(&all, RangeOptions::default()).await;
        let found = found.context("cannot see which API servers live")?;
        let addresses = found.kvs.iter().filter_map(|kv| {
            let object = SharedObject::from_stored(kv.value.clone(), endpoints(), 0).ok()?;
            let tree = object.try_value().ok()?;
            tree["subsets"][0]["addresses"][0]["ip"]
                .as_str()?
                .parse()
                .ok()
        });
        Ok(addresses.collect())
    }
}

fn endpoints() -> TypeId {
    resources::by_gvk("", "v1", "Endpoints")
        .expect("endpoints are built in")
        .ty
}
