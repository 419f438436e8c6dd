//! Structs that stand inlined in others: Go names them in the paths of its
//! decoder's errors, though they are not seen in JSON.

use crate::desc::{FieldType, MessageDesc};

/// What stands in a path before a member of a struct: `VolumeSource.` before
/// the `configMap` of a `Volume`.
pub(super) fn before(owner: &str, member: &str) -> &'static str {
    match (owner, member) {
        (
            "ConfigMapEnvSource"
            | "ConfigMapKeySelector"
            | "ConfigMapProjection"
            | "ConfigMapVolumeSource"
            | "SecretEnvSource"
            | "SecretKeySelector"
            | "SecretProjection",
            "name",
        ) => "LocalObjectReference.",
        (
            "DeviceAllocationConfiguration"
            | "DeviceClaimConfiguration"
            | "DeviceClassConfiguration",
            "opaque",
        ) => "DeviceConfiguration.",
        ("EphemeralContainer", "targetContainerName")
        | ("NamedRuleWithOperations", "resourceNames")
        | ("RuleWithOperations", "operations")
        | ("Volume", "name") => "",
        ("EphemeralContainer", _) => "EphemeralContainerCommon.",
        ("IngressRule", "http") => "IngressRuleValue.",
        ("NamedRuleWithOperations", "operations") => "RuleWithOperations.",
        ("NamedRuleWithOperations", _) => "RuleWithOperations.Rule.",
        ("RuleWithOperations", _) => "Rule.",
        ("Volume", _) => "VolumeSource.",
        ("Probe", "exec" | "httpGet" | "tcpSocket" | "grpc") => "ProbeHandler.",
        (
            "PersistentVolumeSpec",
            "capacity"
            | "accessModes"
            | "claimRef"
            | "persistentVolumeReclaimPolicy"
            | "storageClassName"
            | "mountOptions"
            | "volumeMode"
            | "nodeAffinity"
            | "volumeAttributesClassName",
        ) => "",
        ("PersistentVolumeSpec", _) => "PersistentVolumeSource.",
        _ => "",
    }
}

/// The struct that a member of another is, or that its items are.
pub(super) fn below(owner: &'static MessageDesc, member: &str) -> Option<&'static MessageDesc> {
    let mut ty = &owner.field(member)?.ty;
    loop {
        match ty {
            FieldType::Message(id) => return Some(id.desc()),
            FieldType::List(item) | FieldType::Map(item) => ty = item,
            _ => return None,
        }
    }
}
