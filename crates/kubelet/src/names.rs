//! The labels and annotations by which sandboxes and containers are found again.

use std::collections::BTreeMap;

use skeg_api::core::v1::Pod;

/// Labels of CRI, as every kubelet writes them.
pub(crate) const POD_NAME: &str = "io.kubernetes.pod.name";
pub(crate) const POD_NAMESPACE: &str = "io.kubernetes.pod.namespace";
pub(crate) const POD_UID: &str = "io.kubernetes.pod.uid";
pub(crate) const CONTAINER_NAME: &str = "io.kubernetes.container.name";
/// Annotations of containers.
pub(crate) const CONTAINER_HASH: &str = "io.kubernetes.container.hash";
pub(crate) const TERMINATION_LOG: &str = "io.kubernetes.container.terminationMessagePath";
pub(crate) const TERMINATION_POLICY: &str = "io.kubernetes.container.terminationMessagePolicy";

/// The labels of everything that belongs to a pod.
pub(crate) fn pod_labels(pod: &Pod) -> BTreeMap<String, String> {
    BTreeMap::from([
        (POD_NAME.to_owned(), pod.metadata.name.clone()),
        (POD_NAMESPACE.to_owned(), pod.metadata.namespace.clone()),
        (POD_UID.to_owned(), pod.metadata.uid.to_string()),
    ])
}

/// A container restarts when the part of its spec that it cannot change while
/// it runs has changed; this tells one such part from another.
pub(crate) fn spec_hash(container: &skeg_api::core::v1::Container) -> String {
    // FNV-1a, 64 bits: stable over restarts of the kubelet, and not a secret.
    let text = format!("{}\0{}", container.name, container.image);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:x}")
}

/// The name of a pod's log folder below the folder of all logs.
pub(crate) fn log_folder(pod: &Pod) -> String {
    format!(
        "{}_{}_{}",
        pod.metadata.namespace, pod.metadata.name, pod.metadata.uid
    )
}
