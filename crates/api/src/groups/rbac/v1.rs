// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `rbac`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;

/// `AggregationRule`.
#[derive(Clone, Default, PartialEq)]
pub struct AggregationRule {
    pub cluster_role_selectors: Vec<skeg_meta::LabelSelector>,
}

skeg_schema::message! { AggregationRule = 688 { 0 cluster_role_selectors, } }

/// `ClusterRole`.
#[derive(Clone, Default, PartialEq)]
pub struct ClusterRole {
    pub metadata: ObjectMeta,
    pub rules: Vec<PolicyRule>,
    pub aggregation_rule: Option<AggregationRule>,
}

skeg_schema::message! { ClusterRole = 689 { 0 metadata, 1 rules, 2 aggregation_rule, } }

skeg_meta::object! { ClusterRole, "rbac.authorization.k8s.io", "v1", "clusterroles", false, 692 }

/// `ClusterRoleBinding`.
#[derive(Clone, Default, PartialEq)]
pub struct ClusterRoleBinding {
    pub metadata: ObjectMeta,
    pub subjects: Vec<Subject>,
    pub role_ref: RoleRef,
}

skeg_schema::message! { ClusterRoleBinding = 690 { 0 metadata, 1 subjects, 2 role_ref, } }

skeg_meta::object! { ClusterRoleBinding, "rbac.authorization.k8s.io", "v1", "clusterrolebindings", false, 691 }

/// A list of [`ClusterRoleBinding`].
pub type ClusterRoleBindingList = skeg_meta::List<ClusterRoleBinding>;

/// A list of [`ClusterRole`].
pub type ClusterRoleList = skeg_meta::List<ClusterRole>;

/// `PolicyRule`.
#[derive(Clone, Default, PartialEq)]
pub struct PolicyRule {
    pub verbs: Vec<String>,
    pub api_groups: Vec<String>,
    pub resources: Vec<String>,
    pub resource_names: Vec<String>,
    pub non_resource_urls: Vec<String>,
}

skeg_schema::message! { PolicyRule = 693 { 0 verbs, 1 api_groups, 2 resources, 3 resource_names, 4 non_resource_urls, } }

/// `Role`.
#[derive(Clone, Default, PartialEq)]
pub struct Role {
    pub metadata: ObjectMeta,
    pub rules: Vec<PolicyRule>,
}

skeg_schema::message! { Role = 694 { 0 metadata, 1 rules, } }

skeg_meta::object! { Role, "rbac.authorization.k8s.io", "v1", "roles", true, 697 }

/// `RoleBinding`.
#[derive(Clone, Default, PartialEq)]
pub struct RoleBinding {
    pub metadata: ObjectMeta,
    pub subjects: Vec<Subject>,
    pub role_ref: RoleRef,
}

skeg_schema::message! { RoleBinding = 695 { 0 metadata, 1 subjects, 2 role_ref, } }

skeg_meta::object! { RoleBinding, "rbac.authorization.k8s.io", "v1", "rolebindings", true, 696 }

/// A list of [`RoleBinding`].
pub type RoleBindingList = skeg_meta::List<RoleBinding>;

/// A list of [`Role`].
pub type RoleList = skeg_meta::List<Role>;

/// `RoleRef`.
#[derive(Clone, Default, PartialEq)]
pub struct RoleRef {
    pub api_group: String,
    pub kind: String,
    pub name: String,
}

skeg_schema::message! { RoleRef = 698 { 0 api_group, 1 kind, 2 name, } }

/// `Subject`.
#[derive(Clone, Default, PartialEq)]
pub struct Subject {
    pub kind: String,
    pub api_group: String,
    pub name: String,
    pub namespace: String,
}

skeg_schema::message! { Subject = 699 { 0 kind, 1 api_group, 2 name, 3 namespace, } }
