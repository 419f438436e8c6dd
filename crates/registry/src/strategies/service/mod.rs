//! Services: defaults that depend on the cluster, and what they are given of
//! addresses and node ports.

mod allocate;
mod carry;
mod warnings;

use crate::alloc::{Held, ServiceAllocators, family_of};
use crate::context::Ctx;
use crate::defaults::misc;
use crate::errors::Errs;
use crate::generic::keep;
use crate::objects::Gr;
use crate::strategy::{FieldLabels, Finish, Hooks, Strategy};
use crate::tree::{self, at, list, set};
use crate::validation::{names, service as rules};
use allocate::{Guard, Taken};
use async_trait::async_trait;
use carry::{drop_type_dependent, kind_of, normalize, patch_allocated};
use skeg_meta::Status;
use skeg_schema::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;

/// The strategy of services.
pub struct ServiceStrategy {
    allocators: Arc<ServiceAllocators>,
}

impl ServiceStrategy {
    /// With the cluster's allocators.
    pub fn new(allocators: Arc<ServiceAllocators>) -> Self {
        Self { allocators }
    }
}

impl Strategy for ServiceStrategy {
    fn default(&self, obj: &mut Value) {
        misc::service(obj);
    }

    fn validate_name(&self, name: &str, prefix: bool) -> Vec<String> {
        names::dns1123_label(name, prefix)
    }

    fn prepare_for_create(&self, _ctx: &Ctx<'_>, obj: &mut Value) {
        set(obj, "status", json!({"loadBalancer": {}}));
    }

    fn prepare_for_update(&self, _ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
        keep(new, old, "status");
        if kind_of(new) != "LoadBalancer" {
            set(tree::obj_mut(new, "status"), "loadBalancer", json!({}));
        }
    }

    fn validate(&self, _ctx: &Ctx<'_>, obj: &Value, errs: &mut Errs) {
        rules::service(obj, errs);
    }

    fn validate_update(&self, _ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        rules::service_update(new, old, errs);
    }

    fn validate_status_update(&self, _ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        rules::service_status(new, old, errs);
        errs.warn(warnings::of_status(new));
    }

    fn warnings_on_create(&self, _ctx: &Ctx<'_>, obj: &Value) -> Vec<String> {
        warnings::of_service(obj)
    }

    fn warnings_on_update(&self, _ctx: &Ctx<'_>, new: &Value, _old: &Value) -> Vec<String> {
        warnings::of_service(new)
    }

    /// What is a name elsewhere has no traffic of its own. (Upstream keeps the policy in
    /// the store and never shows it.)
    fn canonicalize(&self, svc: &mut Value) {
        if kind_of(svc) == "ExternalName" {
            tree::remove(tree::obj_mut(svc, "spec"), "internalTrafficPolicy");
        }
    }

    fn allow_create_on_update(&self) -> bool {
        true
    }

    fn returns_object_on_delete(&self) -> bool {
        true
    }

    fn selectable_fields(&self, obj: &Value) -> Vec<(&'static str, String)> {
        vec![
            (
                "spec.clusterIP",
                tree::sp(obj, &["spec", "clusterIP"]).to_owned(),
            ),
            ("spec.type", tree::sp(obj, &["spec", "type"]).to_owned()),
        ]
    }

    fn field_labels(&self) -> FieldLabels {
        FieldLabels::core(&["spec.clusterIP", "spec.type"])
    }

    fn hooks(&self) -> Option<&dyn Hooks> {
        Some(self)
    }
}

#[async_trait]
impl Hooks for ServiceStrategy {
    async fn begin_create(&self, ctx: &Ctx<'_>, obj: &mut Value) -> Result<Finish, Status> {
        normalize(obj, None);
        self.families(obj, None)?;
        let mut guard = Guard {
            allocators: &self.allocators,
            taken: Taken::new(ctx),
            keep: false,
        };
        self.take_ips(ctx, obj, None, &mut guard.taken)?;
        self.take_ports(obj, None, &mut guard.taken)?;
        guard.keep = true;
        let taken = guard.taken.held(&self.allocators);
        Ok(self.finish(ctx.dry_run, taken, Held::default()))
    }

    async fn begin_update(
        &self,
        ctx: &Ctx<'_>,
        new: &mut Value,
        old: &Value,
    ) -> Result<Finish, Status> {
        if ctx.subresource == "status" {
            return Ok(Finish::nothing());
        }
        normalize(new, Some(old));
        patch_allocated(new, old);
        drop_type_dependent(new, old);
        self.families(new, Some(old))?;
        let had = self.allocators.held_by(at(old, "spec"));
        let mut guard = Guard {
            allocators: &self.allocators,
            taken: Taken::new(ctx),
            keep: false,
        };
        self.take_ips(ctx, new, Some(old), &mut guard.taken)?;
        self.take_ports(new, Some(old), &mut guard.taken)?;
        let released = had.without(at(new, "spec"));
        guard.keep = true;
        let taken = guard.taken.held(&self.allocators);
        Ok(self.finish(ctx.dry_run, taken, released))
    }

    fn begin_delete(&self, obj: &Value) -> Finish {
        let released = self.allocators.held_by(at(obj, "spec"));
        self.finish(false, Held::default(), released)
    }

    async fn after_write(&self, ctx: &Ctx<'_>, new: &Value, old: Option<&Value>) {
        let now = addresses(new);
        for ip in &now {
            if ctx
                .objects
                .cached(Gr::IP_ADDRESSES, "", &ip.to_string())
                .is_some()
            {
                continue;
            }
            let made = ctx
                .objects
                .create(Gr::IP_ADDRESSES, "", ip_object(*ip, new))
                .await;
            if let Err(e) = made
                && e.reason != "AlreadyExists"
            {
                tracing::warn!(ip = %ip, error = %e, "the IPAddress of a service could not be made");
            }
        }
        for ip in old.map(addresses).unwrap_or_default() {
            if !now.contains(&ip) {
                delete_ip_object(ctx, ip).await;
            }
        }
    }

    async fn after_delete(&self, ctx: &Ctx<'_>, obj: &Value) {
        for ip in addresses(obj) {
            delete_ip_object(ctx, ip).await;
        }
    }
}

/// The addresses that a service has of its own.
fn addresses(svc: &Value) -> Vec<IpAddr> {
    let ips = list(at(svc, "spec"), "clusterIPs").iter();
    ips.filter_map(|ip| names::parse_ip(ip.as_str()?)).collect()
}

async fn delete_ip_object(ctx: &Ctx<'_>, ip: IpAddr) {
    if let Err(e) = ctx
        .objects
        .delete(Gr::IP_ADDRESSES, "", &ip.to_string(), &Value::Null)
        .await
    {
        tracing::warn!(ip = %ip, error = %e, "the IPAddress of a service could not be deleted");
    }
}

/// The IPAddress that says which service has an address.
fn ip_object(ip: IpAddr, svc: &Value) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IPAddress",
        "metadata": {
            "name": ip.to_string(),
            "labels": {
                "ipaddress.kubernetes.io/ip-family": family_of(ip),
                "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
            },
        },
        "spec": {
            "parentRef": {
                "group": "",
                "resource": "services",
                "namespace": tree::namespace_of(svc),
                "name": tree::name_of(svc),
            },
        },
    })
}
