//! The behaviour of every kind, one row each.

pub mod apps;
pub mod convert;
pub mod core;
mod dropped;
pub mod extension;
pub mod kind;
pub mod network;
pub mod pod;
pub mod policy;
pub mod preview;
pub mod service;
pub mod storage;
mod tls;
mod volumes;

use crate::alloc::ServiceAllocators;
use crate::resource::{Backing, Resource};
use crate::strategy::Strategy;
use kind::Kind;
use skeg_schema::TypeId;
use skeg_schema::resources::ResourceDesc;
use std::sync::Arc;

/// The row of a resource.
pub fn row(desc: &'static ResourceDesc, services: &Arc<ServiceAllocators>) -> Resource {
    let strategy: Arc<dyn Strategy> = match (desc.group, desc.resource) {
        ("", "services") => Arc::new(service::ServiceStrategy::new(services.clone())),
        (group, resource) => Arc::new(kind(group, desc.version, resource)),
    };
    let (storage_api_version, storage_type) = storage_version(desc);
    Resource {
        desc,
        strategy,
        storage_prefix: storage_prefix(desc.group, desc.resource),
        storage_type,
        storage_api_version,
        conversion: convert::conversion(desc.group, desc.version, desc.resource),
        backing: if desc.has_verb("update") {
            Backing::Stored
        } else {
            Backing::Virtual
        },
        custom: None,
    }
}

fn kind(group: &str, version: &str, resource: &str) -> Kind {
    if let Some(kind) = preview::kind(group, version, resource) {
        return kind;
    }
    match group {
        "" => core::kind(resource),
        "apps" | "batch" => apps::kind(resource),
        "networking.k8s.io" | "discovery.k8s.io" => network::kind(resource),
        "rbac.authorization.k8s.io"
        | "policy"
        | "scheduling.k8s.io"
        | "coordination.k8s.io"
        | "node.k8s.io"
        | "events.k8s.io" => policy::kind(group, resource),
        "autoscaling" => policy::autoscaler(version),
        "storage.k8s.io" | "resource.k8s.io" | "storagemigration.k8s.io" => storage::kind(resource),
        _ => extension::kind(resource),
    }
}

// Where etcd keeps them, as upstream does.
fn storage_prefix(group: &str, resource: &str) -> &'static str {
    match (group, resource) {
        ("", "services") => "/registry/services/specs",
        ("", "endpoints") => "/registry/services/endpoints",
        ("", "nodes") => "/registry/minions",
        ("", "replicationcontrollers") => "/registry/controllers",
        ("", r) | ("events.k8s.io", r @ "events") => static_prefix(r),
        ("networking.k8s.io", "ingresses") => "/registry/ingress",
        ("apiregistration.k8s.io", _) => "/registry/apiregistration.k8s.io/apiservices",
        ("apiextensions.k8s.io", _) => "/registry/apiextensions.k8s.io/customresourcedefinitions",
        (_, r) => static_prefix(r),
    }
}

// The table is made once, from static names; the prefixes live as long.
fn static_prefix(resource: &str) -> &'static str {
    use std::collections::HashMap;
    use std::sync::{Mutex, OnceLock};
    static MADE: OnceLock<Mutex<HashMap<String, &'static str>>> = OnceLock::new();
    let mut made = MADE
        .get_or_init(Mutex::default)
        .lock()
        .expect("no one panics while holding this");
    if let Some(prefix) = made.get(resource) {
        return prefix;
    }
    let prefix: &'static str = format!("/registry/{resource}").leak();
    made.insert(resource.to_owned(), prefix);
    prefix
}

fn storage_version(desc: &'static ResourceDesc) -> (&'static str, TypeId) {
    let other = |api_version, group, version| {
        (
            api_version,
            TypeId::by_gvk(group, version, desc.kind).unwrap_or(desc.ty),
        )
    };
    match (desc.group, desc.resource) {
        ("autoscaling", "horizontalpodautoscalers") => other("autoscaling/v2", "autoscaling", "v2"),
        ("events.k8s.io", "events") => other("v1", "", "v1"),
        ("certificates.k8s.io", "clustertrustbundles" | "podcertificaterequests") => other(
            "certificates.k8s.io/v1beta1",
            "certificates.k8s.io",
            "v1beta1",
        ),
        ("storagemigration.k8s.io", _) => other(
            "storagemigration.k8s.io/v1beta1",
            "storagemigration.k8s.io",
            "v1beta1",
        ),
        ("resource.k8s.io", "devicetaintrules") => {
            other("resource.k8s.io/v1beta2", "resource.k8s.io", "v1beta2")
        }
        ("resource.k8s.io", "resourcepoolstatusrequests") => {
            other("resource.k8s.io/v1alpha3", "resource.k8s.io", "v1alpha3")
        }
        ("resource.k8s.io", _) => other("resource.k8s.io/v1", "resource.k8s.io", "v1"),
        (
            "admissionregistration.k8s.io",
            "mutatingadmissionpolicies" | "mutatingadmissionpolicybindings",
        ) => other(
            "admissionregistration.k8s.io/v1",
            "admissionregistration.k8s.io",
            "v1",
        ),
        ("coordination.k8s.io", "leasecandidates") => other(
            "coordination.k8s.io/v1beta1",
            "coordination.k8s.io",
            "v1beta1",
        ),
        ("scheduling.k8s.io", "podgroups" | "workloads") => {
            other("scheduling.k8s.io/v1beta1", "scheduling.k8s.io", "v1beta1")
        }
        _ => (desc.api_version().leak(), desc.ty),
    }
}
