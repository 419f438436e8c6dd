//! Small plugins that are off until they are switched on by name.

use super::{Attributes, Operation, Plugin, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, list, s};
use async_trait::async_trait;
use skeg_meta::{GroupResource, Status};
use skeg_schema::{Value, json};

/// Refuses everything.
pub struct AlwaysDeny;

#[async_trait]
impl Plugin for AlwaysDeny {
    fn name(&self) -> &'static str {
        "AlwaysDeny"
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        Err(attrs.forbidden(obj, "admission control is denying all modifications"))
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let seen = if obj.is_null() {
            old.unwrap_or(obj)
        } else {
            obj
        };
        Err(attrs.forbidden(seen, "admission control is denying all modifications"))
    }
}

/// Refuses nothing.
pub struct AlwaysAdmit;

#[async_trait]
impl Plugin for AlwaysAdmit {
    fn name(&self) -> &'static str {
        "AlwaysAdmit"
    }
}

/// Images are pulled before every start, so that nobody uses what another
/// tenant's credentials have brought to the node.
pub struct AlwaysPullImages;

#[async_trait]
impl Plugin for AlwaysPullImages {
    fn name(&self) -> &'static str {
        "AlwaysPullImages"
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let written = matches!(attrs.operation, Operation::Create | Operation::Update);
        if !attrs.is_core("pods") || !written || obj.is_null() {
            return Ok(());
        }
        // An update that changes no image is left alone: it may not change this.
        if let Some(old) = old {
            let images = |pod: &Value| -> Vec<String> {
                let spec = at(pod, "spec");
                CONTAINERS
                    .iter()
                    .flat_map(|key| list(spec, key))
                    .map(|c| s(c, "image").to_owned())
                    .collect()
            };
            if images(old) == images(obj) {
                return Ok(());
            }
        }
        let spec = tree::obj_mut(obj, "spec");
        for key in CONTAINERS {
            for container in tree::list_mut(spec, key) {
                tree::set(container, "imagePullPolicy", "Always");
            }
        }
        Ok(())
    }
}

const CONTAINERS: &[&str] = &["containers", "initContainers", "ephemeralContainers"];

/// Services take no further external addresses.
pub struct DenyServiceExternalIPs;

#[async_trait]
impl Plugin for DenyServiceExternalIPs {
    fn name(&self) -> &'static str {
        "DenyServiceExternalIPs"
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.is_core("services") || obj.is_null() {
            return Ok(());
        }
        let addresses = |service: &Value| list(at(service, "spec"), "externalIPs").to_vec();
        let known = old.map(addresses).unwrap_or_default();
        if addresses(obj).iter().all(|ip| known.contains(ip)) {
            return Ok(());
        }
        Err(attrs.forbidden(obj, "Use of external IPs is denied by admission control."))
    }
}

/// What is written to a namespace makes it.
pub struct NamespaceAutoProvision;

#[async_trait]
impl Plugin for NamespaceAutoProvision {
    fn name(&self) -> &'static str {
        "NamespaceAutoProvision"
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        _obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let namespace = attrs.namespace();
        let made = attrs.operation == Operation::Create && !attrs.ctx.dry_run;
        if namespace.is_empty() || !attrs.desc.namespaced || !made {
            return Ok(());
        }
        let objects = attrs.ctx.objects;
        if objects.cached(Gr::NAMESPACES, "", namespace).is_some() {
            return Ok(());
        }
        let object =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
        match objects.create(Gr::NAMESPACES, "", object).await {
            Err(status) if !status.is("AlreadyExists") => Err(status),
            _ => Ok(()),
        }
    }
}

/// Nothing is written to a namespace that is not there.
pub struct NamespaceExists;

#[async_trait]
impl Plugin for NamespaceExists {
    fn name(&self) -> &'static str {
        "NamespaceExists"
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        _obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let namespace = attrs.namespace();
        if namespace.is_empty() || !attrs.desc.namespaced {
            return Ok(());
        }
        let objects = attrs.ctx.objects;
        if objects.cached(Gr::NAMESPACES, "", namespace).is_some()
            || objects.get(Gr::NAMESPACES, "", namespace).await?.is_some()
        {
            return Ok(());
        }
        Err(Status::not_found(
            &GroupResource::new("", "namespaces"),
            namespace,
        ))
    }
}

/// Pods that ask for extended resources tolerate the taints of nodes that have
/// them.
pub struct ExtendedResourceToleration;

/// Names without a domain, or with this one, are no extended resources.
fn is_extended(resource: &str) -> bool {
    resource.contains('/')
        && !resource.contains("kubernetes.io/")
        && !resource.starts_with("requests.")
}

#[async_trait]
impl Plugin for ExtendedResourceToleration {
    fn name(&self) -> &'static str {
        "ExtendedResourceToleration"
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.is_core("pods") || obj.is_null() {
            return Ok(());
        }
        let spec = tree::obj_mut(obj, "spec");
        let mut wanted = std::collections::BTreeSet::new();
        for key in ["containers", "initContainers"] {
            for container in list(spec, key) {
                let requests = tree::path(container, &["resources", "requests"]);
                wanted.extend(
                    tree::pairs(requests)
                        .map(|(name, _)| name.to_owned())
                        .filter(|name| is_extended(name)),
                );
            }
        }
        for resource in wanted {
            let known = list(spec, "tolerations")
                .iter()
                .any(|t| s(t, "key") == resource && s(t, "operator") == "Exists");
            if !known && let Some(all) = tree::vec_mut(spec, "tolerations") {
                all.push(json!({"key": resource, "operator": "Exists"}));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn extended_resources() {
        assert!(super::is_extended("example.com/gpu"));
        assert!(!super::is_extended("cpu"));
        assert!(!super::is_extended("kubernetes.io/batch"));
    }
}
