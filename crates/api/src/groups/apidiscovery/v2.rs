// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `apidiscovery`, version `v2`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;

/// `APIGroupDiscovery`.
#[derive(Clone, Default, PartialEq)]
pub struct APIGroupDiscovery {
    pub metadata: ObjectMeta,
    pub versions: Vec<APIVersionDiscovery>,
}

skeg_schema::message! { APIGroupDiscovery = 102 { 0 metadata, 1 versions, } }

skeg_meta::object! { APIGroupDiscovery, "apidiscovery.k8s.io", "v2", "apigroupdiscoverys", true, 103 }

/// A list of [`APIGroupDiscovery`].
pub type APIGroupDiscoveryList = skeg_meta::List<APIGroupDiscovery>;

/// `APIResourceDiscovery`.
#[derive(Clone, Default, PartialEq)]
pub struct APIResourceDiscovery {
    pub resource: String,
    pub response_kind: Option<skeg_meta::GroupVersionKind>,
    pub scope: String,
    pub singular_resource: String,
    pub verbs: Vec<String>,
    pub short_names: Vec<String>,
    pub categories: Vec<String>,
    pub subresources: Vec<APISubresourceDiscovery>,
}

skeg_schema::message! { APIResourceDiscovery = 104 { 0 resource, 1 response_kind, 2 scope, 3 singular_resource, 4 verbs, 5 short_names, 6 categories, 7 subresources, } }

/// `APISubresourceDiscovery`.
#[derive(Clone, Default, PartialEq)]
pub struct APISubresourceDiscovery {
    pub subresource: String,
    pub response_kind: Option<skeg_meta::GroupVersionKind>,
    pub accepted_types: Vec<skeg_meta::GroupVersionKind>,
    pub verbs: Vec<String>,
}

skeg_schema::message! { APISubresourceDiscovery = 105 { 0 subresource, 1 response_kind, 2 accepted_types, 3 verbs, } }

/// `APIVersionDiscovery`.
#[derive(Clone, Default, PartialEq)]
pub struct APIVersionDiscovery {
    pub version: String,
    pub resources: Vec<APIResourceDiscovery>,
    pub freshness: String,
}

skeg_schema::message! { APIVersionDiscovery = 106 { 0 version, 1 resources, 2 freshness, } }

/// Values of `DiscoveryFreshness`.
pub mod discovery_freshness {
    pub const CURRENT: &str = "Current";
    pub const STALE: &str = "Stale";
}

/// Values of `ResourceScope`.
pub mod resource_scope {
    pub const CLUSTER: &str = "Cluster";
    pub const NAMESPACED: &str = "Namespaced";
}
