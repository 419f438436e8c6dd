// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `networking`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{IntOrString, ObjectMeta};

/// `HTTPIngressPath`.
#[derive(Clone, Default, PartialEq)]
pub struct HTTPIngressPath {
    pub path: String,
    pub path_type: Option<String>,
    pub backend: IngressBackend,
}

skeg_schema::message! { HTTPIngressPath = 644 { 0 path, 1 path_type, 2 backend, } }

/// `HTTPIngressRuleValue`.
#[derive(Clone, Default, PartialEq)]
pub struct HTTPIngressRuleValue {
    pub paths: Vec<HTTPIngressPath>,
}

skeg_schema::message! { HTTPIngressRuleValue = 645 { 0 paths, } }

/// `IPAddress`.
#[derive(Clone, Default, PartialEq)]
pub struct IPAddress {
    pub metadata: ObjectMeta,
    pub spec: IPAddressSpec,
}

skeg_schema::message! { IPAddress = 646 { 0 metadata, 1 spec, } }

skeg_meta::object! { IPAddress, "networking.k8s.io", "v1", "ipaddresses", false, 647 }

/// A list of [`IPAddress`].
pub type IPAddressList = skeg_meta::List<IPAddress>;

/// `IPAddressSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct IPAddressSpec {
    pub parent_ref: Option<ParentReference>,
}

skeg_schema::message! { IPAddressSpec = 648 { 0 parent_ref, } }

/// `IPBlock`.
#[derive(Clone, Default, PartialEq)]
pub struct IPBlock {
    pub cidr: String,
    pub except: Vec<String>,
}

skeg_schema::message! { IPBlock = 649 { 0 cidr, 1 except, } }

/// `Ingress`.
#[derive(Clone, Default, PartialEq)]
pub struct Ingress {
    pub metadata: ObjectMeta,
    pub spec: IngressSpec,
    pub status: IngressStatus,
}

skeg_schema::message! { Ingress = 650 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Ingress, "networking.k8s.io", "v1", "ingresses", true, 656 }

impl skeg_meta::HasStatus for Ingress {}

/// `IngressBackend`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressBackend {
    pub service: Option<IngressServiceBackend>,
    pub resource: Option<crate::core::v1::TypedLocalObjectReference>,
}

skeg_schema::message! { IngressBackend = 651 { 0 service, 1 resource, } }

/// `IngressClass`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressClass {
    pub metadata: ObjectMeta,
    pub spec: IngressClassSpec,
}

skeg_schema::message! { IngressClass = 652 { 0 metadata, 1 spec, } }

skeg_meta::object! { IngressClass, "networking.k8s.io", "v1", "ingressclasses", false, 653 }

/// A list of [`IngressClass`].
pub type IngressClassList = skeg_meta::List<IngressClass>;

/// `IngressClassParametersReference`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressClassParametersReference {
    pub api_group: Option<String>,
    pub kind: String,
    pub name: String,
    pub scope: Option<String>,
    pub namespace: Option<String>,
}

skeg_schema::message! { IngressClassParametersReference = 654 { 0 api_group, 1 kind, 2 name, 3 scope, 4 namespace, } }

/// `IngressClassSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressClassSpec {
    pub controller: String,
    pub parameters: Option<IngressClassParametersReference>,
}

skeg_schema::message! { IngressClassSpec = 655 { 0 controller, 1 parameters, } }

/// A list of [`Ingress`].
pub type IngressList = skeg_meta::List<Ingress>;

/// `IngressLoadBalancerIngress`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressLoadBalancerIngress {
    pub ip: String,
    pub hostname: String,
    pub ports: Vec<IngressPortStatus>,
}

skeg_schema::message! { IngressLoadBalancerIngress = 657 { 0 ip, 1 hostname, 2 ports, } }

/// `IngressLoadBalancerStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressLoadBalancerStatus {
    pub ingress: Vec<IngressLoadBalancerIngress>,
}

skeg_schema::message! { IngressLoadBalancerStatus = 658 { 0 ingress, } }

/// `IngressPortStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressPortStatus {
    pub port: i32,
    pub protocol: String,
    pub error: Option<String>,
}

skeg_schema::message! { IngressPortStatus = 659 { 0 port, 1 protocol, 2 error, } }

/// `IngressRule`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressRule {
    pub host: String,
    pub http: Option<HTTPIngressRuleValue>,
}

skeg_schema::message! { IngressRule = 660 { 0 host, 1 http, } }

/// `IngressRuleValue`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressRuleValue {
    pub http: Option<HTTPIngressRuleValue>,
}

skeg_schema::message! { IngressRuleValue = 661 { 0 http, } }

/// `IngressServiceBackend`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressServiceBackend {
    pub name: String,
    pub port: ServiceBackendPort,
}

skeg_schema::message! { IngressServiceBackend = 662 { 0 name, 1 port, } }

/// `IngressSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressSpec {
    pub ingress_class_name: Option<String>,
    pub default_backend: Option<IngressBackend>,
    pub tls: Vec<IngressTLS>,
    pub rules: Vec<IngressRule>,
}

skeg_schema::message! { IngressSpec = 663 { 0 ingress_class_name, 1 default_backend, 2 tls, 3 rules, } }

/// `IngressStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressStatus {
    pub load_balancer: IngressLoadBalancerStatus,
}

skeg_schema::message! { IngressStatus = 664 { 0 load_balancer, } }

/// `IngressTLS`.
#[derive(Clone, Default, PartialEq)]
pub struct IngressTLS {
    pub hosts: Vec<String>,
    pub secret_name: String,
}

skeg_schema::message! { IngressTLS = 665 { 0 hosts, 1 secret_name, } }

/// `NetworkPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct NetworkPolicy {
    pub metadata: ObjectMeta,
    pub spec: NetworkPolicySpec,
}

skeg_schema::message! { NetworkPolicy = 666 { 0 metadata, 1 spec, } }

skeg_meta::object! { NetworkPolicy, "networking.k8s.io", "v1", "networkpolicies", true, 669 }

/// `NetworkPolicyEgressRule`.
#[derive(Clone, Default, PartialEq)]
pub struct NetworkPolicyEgressRule {
    pub ports: Vec<NetworkPolicyPort>,
    pub to: Vec<NetworkPolicyPeer>,
}

skeg_schema::message! { NetworkPolicyEgressRule = 667 { 0 ports, 1 to, } }

/// `NetworkPolicyIngressRule`.
#[derive(Clone, Default, PartialEq)]
pub struct NetworkPolicyIngressRule {
    pub ports: Vec<NetworkPolicyPort>,
    pub from: Vec<NetworkPolicyPeer>,
}

skeg_schema::message! { NetworkPolicyIngressRule = 668 { 0 ports, 1 from, } }

/// A list of [`NetworkPolicy`].
pub type NetworkPolicyList = skeg_meta::List<NetworkPolicy>;

/// `NetworkPolicyPeer`.
#[derive(Clone, Default, PartialEq)]
pub struct NetworkPolicyPeer {
    pub pod_selector: Option<skeg_meta::LabelSelector>,
    pub namespace_selector: Option<skeg_meta::LabelSelector>,
    pub ip_block: Option<IPBlock>,
}

skeg_schema::message! { NetworkPolicyPeer = 670 { 0 pod_selector, 1 namespace_selector, 2 ip_block, } }

/// `NetworkPolicyPort`.
#[derive(Clone, Default, PartialEq)]
pub struct NetworkPolicyPort {
    pub protocol: Option<String>,
    pub port: Option<IntOrString>,
    pub end_port: Option<i32>,
}

skeg_schema::message! { NetworkPolicyPort = 671 { 0 protocol, 1 port, 2 end_port, } }

/// `NetworkPolicySpec`.
#[derive(Clone, Default, PartialEq)]
pub struct NetworkPolicySpec {
    pub pod_selector: skeg_meta::LabelSelector,
    pub ingress: Vec<NetworkPolicyIngressRule>,
    pub egress: Vec<NetworkPolicyEgressRule>,
    pub policy_types: Vec<String>,
}

skeg_schema::message! { NetworkPolicySpec = 672 { 0 pod_selector, 1 ingress, 2 egress, 3 policy_types, } }

/// `ParentReference`.
#[derive(Clone, Default, PartialEq)]
pub struct ParentReference {
    pub group: String,
    pub resource: String,
    pub namespace: String,
    pub name: String,
}

skeg_schema::message! { ParentReference = 673 { 0 group, 1 resource, 2 namespace, 3 name, } }

/// `ServiceBackendPort`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceBackendPort {
    pub name: String,
    pub number: i32,
}

skeg_schema::message! { ServiceBackendPort = 674 { 0 name, 1 number, } }

/// `ServiceCIDR`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceCIDR {
    pub metadata: ObjectMeta,
    pub spec: ServiceCIDRSpec,
    pub status: ServiceCIDRStatus,
}

skeg_schema::message! { ServiceCIDR = 675 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ServiceCIDR, "networking.k8s.io", "v1", "servicecidrs", false, 676 }

impl skeg_meta::HasStatus for ServiceCIDR {}

/// A list of [`ServiceCIDR`].
pub type ServiceCIDRList = skeg_meta::List<ServiceCIDR>;

/// `ServiceCIDRSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceCIDRSpec {
    pub cidrs: Vec<String>,
}

skeg_schema::message! { ServiceCIDRSpec = 677 { 0 cidrs, } }

/// `ServiceCIDRStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceCIDRStatus {
    pub conditions: Vec<skeg_meta::Condition>,
}

skeg_schema::message! { ServiceCIDRStatus = 678 { 0 conditions, } }

/// Values of `PathType`.
pub mod path_type {
    pub const EXACT: &str = "Exact";
    pub const IMPLEMENTATION_SPECIFIC: &str = "ImplementationSpecific";
    pub const PREFIX: &str = "Prefix";
}

/// Values of `PolicyType`.
pub mod policy_type {
    pub const EGRESS: &str = "Egress";
    pub const INGRESS: &str = "Ingress";
}
