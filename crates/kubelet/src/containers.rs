//! A pod's containers of all three lists, alike.

use std::borrow::Cow;

use skeg_api::core::v1::{Container, EphemeralContainer, Pod, VolumeMount};

/// In which list of its pod's spec a container stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Init,
    Main,
    Ephemeral,
}

impl List {
    /// The list's name in a pod's spec.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Init => "initContainers",
            Self::Main => "containers",
            Self::Ephemeral => "ephemeralContainers",
        }
    }
}

/// A container of a pod by its name.
pub(crate) fn find<'a>(pod: &'a Pod, name: &str) -> Option<Cow<'a, Container>> {
    let spec = &pod.spec;
    spec.init_containers
        .iter()
        .chain(&spec.containers)
        .find(|container| container.name == name)
        .map(Cow::Borrowed)
        .or_else(|| {
            let found = spec.ephemeral_containers.iter().find(|c| c.name == name)?;
            Some(Cow::Owned(as_container(found)))
        })
}

/// Whether what is mounted below a mount must not be written either (KEP-3857).
pub(crate) fn is_read_only_below(mount: &VolumeMount) -> bool {
    let asked = mount.recursive_read_only.as_deref();
    mount.read_only && matches!(asked, Some("Enabled" | "IfPossible"))
}

/// In which list a container stands.
pub(crate) fn list_of(pod: &Pod, name: &str) -> Option<List> {
    let spec = &pod.spec;
    if spec.containers.iter().any(|c| c.name == name) {
        Some(List::Main)
    } else if spec.init_containers.iter().any(|c| c.name == name) {
        Some(List::Init)
    } else if spec.ephemeral_containers.iter().any(|c| c.name == name) {
        Some(List::Ephemeral)
    } else {
        None
    }
}

/// The ephemeral containers of a pod as containers that run once.
pub(crate) fn ephemeral(pod: &Pod) -> Vec<Container> {
    pod.spec
        .ephemeral_containers
        .iter()
        .map(as_container)
        .collect()
}

/// Whose processes an ephemeral container is to see.
pub(crate) fn target<'a>(pod: &'a Pod, name: &str) -> Option<&'a str> {
    let found = pod
        .spec
        .ephemeral_containers
        .iter()
        .find(|container| container.name == name)?;
    Some(found.target_container_name.as_str()).filter(|target| !target.is_empty())
}

/// What an ephemeral container shares with others; it has no probes, hooks,
/// ports or resources, and is never started again.
fn as_container(ephemeral: &EphemeralContainer) -> Container {
    let from = ephemeral.clone();
    Container {
        name: from.name,
        image: from.image,
        command: from.command,
        args: from.args,
        working_dir: from.working_dir,
        env_from: from.env_from,
        env: from.env,
        restart_policy: Some("Never".into()),
        volume_mounts: from.volume_mounts,
        volume_devices: from.volume_devices,
        termination_message_path: from.termination_message_path,
        termination_message_policy: from.termination_message_policy,
        image_pull_policy: from.image_pull_policy,
        security_context: from.security_context,
        stdin: from.stdin,
        stdin_once: from.stdin_once,
        tty: from.tty,
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_of_every_list_are_found() {
        let mut pod = Pod::default();
        let named = |name: &str| Container {
            name: name.into(),
            ..Default::default()
        };
        pod.spec.init_containers = vec![named("i")];
        pod.spec.containers = vec![named("c")];
        pod.spec.ephemeral_containers = vec![EphemeralContainer {
            name: "e".into(),
            image: "debugger".into(),
            tty: true,
            target_container_name: "c".into(),
            ..Default::default()
        }];
        let found = find(&pod, "e").unwrap();
        assert_eq!((found.image.as_str(), found.tty), ("debugger", true));
        assert_eq!(found.restart_policy.as_deref(), Some("Never"));
        assert_eq!(ephemeral(&pod).len(), 1);
        assert_eq!(target(&pod, "e"), Some("c"));
        assert_eq!(target(&pod, "c"), None);
        let lists = ["i", "c", "e", "x"].map(|name| list_of(&pod, name).map(List::field));
        let expect = ["initContainers", "containers", "ephemeralContainers"];
        assert_eq!(lists[..3], expect.map(Some));
        assert_eq!(lists[3], None);
        assert!(find(&pod, "x").is_none());
    }
}
