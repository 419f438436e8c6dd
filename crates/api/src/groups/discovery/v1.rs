// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `discovery`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;
use std::collections::BTreeMap;

/// `Endpoint`.
#[derive(Clone, Default, PartialEq)]
pub struct Endpoint {
    pub addresses: Vec<String>,
    pub conditions: EndpointConditions,
    pub hostname: Option<String>,
    pub target_ref: Option<crate::core::v1::ObjectReference>,
    pub deprecated_topology: BTreeMap<String, String>,
    pub node_name: Option<String>,
    pub zone: Option<String>,
    pub hints: Option<EndpointHints>,
}

skeg_schema::message! { Endpoint = 548 { 0 addresses, 1 conditions, 2 hostname, 3 target_ref, 4 deprecated_topology, 5 node_name, 6 zone, 7 hints, } }

/// `EndpointConditions`.
#[derive(Clone, Default, PartialEq)]
pub struct EndpointConditions {
    pub ready: Option<bool>,
    pub serving: Option<bool>,
    pub terminating: Option<bool>,
}

skeg_schema::message! { EndpointConditions = 549 { 0 ready, 1 serving, 2 terminating, } }

/// `EndpointHints`.
#[derive(Clone, Default, PartialEq)]
pub struct EndpointHints {
    pub for_zones: Vec<ForZone>,
    pub for_nodes: Vec<ForNode>,
}

skeg_schema::message! { EndpointHints = 550 { 0 for_zones, 1 for_nodes, } }

/// `EndpointPort`.
#[derive(Clone, Default, PartialEq)]
pub struct EndpointPort {
    pub name: Option<String>,
    pub protocol: Option<String>,
    pub port: Option<i32>,
    pub app_protocol: Option<String>,
}

skeg_schema::message! { EndpointPort = 551 { 0 name, 1 protocol, 2 port, 3 app_protocol, } }

/// `EndpointSlice`.
#[derive(Clone, Default, PartialEq)]
pub struct EndpointSlice {
    pub metadata: ObjectMeta,
    pub address_type: String,
    pub endpoints: Vec<Endpoint>,
    pub ports: Vec<EndpointPort>,
}

skeg_schema::message! { EndpointSlice = 552 { 0 metadata, 1 address_type, 2 endpoints, 3 ports, } }

skeg_meta::object! { EndpointSlice, "discovery.k8s.io", "v1", "endpointslices", true, 553 }

/// A list of [`EndpointSlice`].
pub type EndpointSliceList = skeg_meta::List<EndpointSlice>;

/// `ForNode`.
#[derive(Clone, Default, PartialEq)]
pub struct ForNode {
    pub name: String,
}

skeg_schema::message! { ForNode = 554 { 0 name, } }

/// `ForZone`.
#[derive(Clone, Default, PartialEq)]
pub struct ForZone {
    pub name: String,
}

skeg_schema::message! { ForZone = 555 { 0 name, } }

/// Values of `AddressType`.
pub mod address_type {
    pub const FQDN: &str = "FQDN";
    pub const I_PV4: &str = "IPv4";
    pub const I_PV6: &str = "IPv6";
}
