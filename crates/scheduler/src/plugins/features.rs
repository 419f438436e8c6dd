//! Features that nodes declare to have, and pods that need one (KEP-5328).

use skeg_api::core::v1::{Node, Pod, VolumeMount};

use super::{Candidate, Rejection};
use crate::snapshot::NodeInfo;

/// The features that a pod needs of its node, as its spec shows them. Those that
/// only matter when a pod changes are not among them.
pub(super) fn of(pod: &Pod) -> Vec<&'static str> {
    let spec = &pod.spec;
    let mut rules = spec.init_containers.iter().chain(&spec.containers);
    let restarts_all = rules.any(|container| {
        let mut rules = container.restart_policy_rules.iter();
        rules.any(|rule| rule.action == "RestartAllContainers")
    });
    let users_on_host_network = spec.host_network && spec.host_users == Some(false);
    let with_options = |mounts: &[VolumeMount]| {
        let mut mounts = mounts.iter();
        mounts.any(|mount| !mount.bind_mount_options.is_empty())
    };
    let mut containers = spec.init_containers.iter().chain(&spec.containers);
    let mut ephemeral = spec.ephemeral_containers.iter();
    let mounts_with_options = containers.any(|container| with_options(&container.volume_mounts))
        || ephemeral.any(|container| with_options(&container.volume_mounts));
    [
        ("RestartAllContainersOnContainerExits", restarts_all),
        ("UserNamespacesHostNetworkSupport", users_on_host_network),
        ("VolumeBindMountOptions", mounts_with_options),
    ]
    .into_iter()
    .filter_map(|(feature, needed)| needed.then_some(feature))
    .collect()
}

/// A node must declare the features that a pod needs.
pub(super) fn filter(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    let declared = &node.status.declared_features;
    let has = |feature: &&str| declared.iter().any(|one| one == feature);
    (!candidate.features.iter().all(has))
        .then(|| Rejection::unresolvable("node(s) didn't match Pod's required features"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use skeg_api::core::v1::ContainerRestartRule;

    use super::*;
    use crate::config::Profile;
    use crate::schedule::{Decision, Turn, schedule};
    use crate::snapshot::Snapshot;

    #[test]
    fn a_pod_goes_where_its_features_are() {
        let mut pod = crate::testing::pod("p", "100m", "1Mi");
        assert!(of(&pod).is_empty());
        let rules = &mut pod.spec.containers[0].restart_policy_rules;
        rules.push(ContainerRestartRule {
            action: "RestartAllContainers".into(),
            ..ContainerRestartRule::default()
        });
        let decide = |features: &[&str]| {
            let mut node = crate::testing::node("a", "4", "8Gi");
            node.status.declared_features = features.iter().map(ToString::to_string).collect();
            let mut snapshot = Snapshot::default();
            snapshot.set_node(Arc::new(node));
            let turn = Turn {
                from: &mut 0,
                pick: &mut |_| 0,
            };
            match schedule(&Profile::default(), &snapshot, None, &pod, turn) {
                Decision::Place(name) => name,
                Decision::Unschedulable(why) => why.message(),
            }
        };
        let words = "0/1 nodes are available: 1 node(s) didn't match Pod's required features.";
        assert_eq!(decide(&[]), words);
        assert_eq!(decide(&["VolumeBindMountOptions"]), words);
        assert_eq!(decide(&["RestartAllContainersOnContainerExits"]), "a");
    }

    #[test]
    fn features_are_seen_in_the_spec() {
        let mut pod = crate::testing::pod("p", "100m", "1Mi");
        pod.spec.host_network = true;
        assert!(of(&pod).is_empty());
        pod.spec.host_users = Some(false);
        pod.spec.containers[0].volume_mounts = vec![VolumeMount {
            bind_mount_options: vec!["noexec".into()],
            ..VolumeMount::default()
        }];
        assert_eq!(
            of(&pod),
            ["UserNamespacesHostNetworkSupport", "VolumeBindMountOptions"]
        );
    }
}
