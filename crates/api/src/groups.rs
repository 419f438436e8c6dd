// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! A module per group and version.

/// Group `admission`.
#[cfg(feature = "admission")]
pub mod admission {
    pub mod v1;
    pub mod v1beta1;
}
/// Group `admissionregistration`.
#[cfg(feature = "admissionregistration")]
pub mod admissionregistration {
    pub mod v1;
    pub mod v1alpha1;
    pub mod v1beta1;
}
/// Group `apidiscovery`.
#[cfg(feature = "apidiscovery")]
pub mod apidiscovery {
    pub mod v2;
    pub mod v2beta1;
}
/// Group `apiextensions`.
#[cfg(feature = "apiextensions")]
pub mod apiextensions {
    pub mod v1;
}
/// Group `apiregistration`.
#[cfg(feature = "apiregistration")]
pub mod apiregistration {
    pub mod v1;
}
/// Group `apiserverinternal`.
#[cfg(feature = "apiserverinternal")]
pub mod apiserverinternal {
    pub mod v1alpha1;
}
/// Group `apps`.
#[cfg(feature = "apps")]
pub mod apps {
    pub mod v1;
}
/// Group `authentication`.
#[cfg(feature = "authentication")]
pub mod authentication {
    pub mod v1;
}
/// Group `authorization`.
#[cfg(feature = "authorization")]
pub mod authorization {
    pub mod v1;
}
/// Group `autoscaling`.
#[cfg(feature = "autoscaling")]
pub mod autoscaling {
    pub mod v1;
    pub mod v2;
}
/// Group `batch`.
#[cfg(feature = "batch")]
pub mod batch {
    pub mod v1;
}
/// Group `certificates`.
#[cfg(feature = "certificates")]
pub mod certificates {
    pub mod v1;
    pub mod v1beta1;
}
/// Group `coordination`.
#[cfg(feature = "coordination")]
pub mod coordination {
    pub mod v1;
    pub mod v1alpha2;
    pub mod v1beta1;
}
/// Group `core`.
#[cfg(feature = "core")]
pub mod core {
    pub mod v1;
}
/// Group `discovery`.
#[cfg(feature = "discovery")]
pub mod discovery {
    pub mod v1;
}
/// Group `events`.
#[cfg(feature = "events")]
pub mod events {
    pub mod v1;
}
/// Group `flowcontrol`.
#[cfg(feature = "flowcontrol")]
pub mod flowcontrol {
    pub mod v1;
}
/// Group `imagepolicy`.
#[cfg(feature = "imagepolicy")]
pub mod imagepolicy {
    pub mod v1alpha1;
}
/// Group `lifecycle`.
#[cfg(feature = "lifecycle")]
pub mod lifecycle {
    pub mod v1alpha1;
}
/// Group `networking`.
#[cfg(feature = "networking")]
pub mod networking {
    pub mod v1;
}
/// Group `node`.
#[cfg(feature = "node")]
pub mod node {
    pub mod v1;
}
/// Group `policy`.
#[cfg(feature = "policy")]
pub mod policy {
    pub mod v1;
}
/// Group `rbac`.
#[cfg(feature = "rbac")]
pub mod rbac {
    pub mod v1;
}
/// Group `resource`.
#[cfg(feature = "resource")]
pub mod resource {
    pub mod v1;
    pub mod v1alpha3;
    pub mod v1beta1;
    pub mod v1beta2;
}
/// Group `scheduling`.
#[cfg(feature = "scheduling")]
pub mod scheduling {
    pub mod v1;
    pub mod v1alpha3;
    pub mod v1beta1;
}
/// Group `snapshot`.
#[cfg(feature = "snapshot")]
pub mod snapshot {
    pub mod v1;
}
/// Group `storage`.
#[cfg(feature = "storage")]
pub mod storage {
    pub mod v1;
}
/// Group `storagemigration`.
#[cfg(feature = "storagemigration")]
pub mod storagemigration {
    pub mod v1;
    pub mod v1beta1;
}
