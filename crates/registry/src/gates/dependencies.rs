//! Gates that need others: kube-apiserver does not start where one is on and
//! what it needs is off, and neither do we.

use super::FeatureGate;
use std::fmt;

/// What a gate needs, in the order of the names. Gates that nothing here follows
/// are among them: settings that upstream refuses are refused.
const NEEDS: &[(&str, &[&str])] = &[
    ("ClusterTrustBundleProjection", &["ClusterTrustBundle"]),
    (
        "CompositePodGroup",
        &["GenericWorkload", "TopologyAwareWorkloadScheduling"],
    ),
    ("DRAAdminAccess", &["DynamicResourceAllocation"]),
    ("DRAConsumableCapacity", &["DynamicResourceAllocation"]),
    (
        "DRADeviceBindingConditions",
        &["DRAResourceClaimDeviceStatus", "DynamicResourceAllocation"],
    ),
    ("DRADeviceTaintRules", &["DRADeviceTaints"]),
    ("DRADeviceTaints", &["DynamicResourceAllocation"]),
    ("DRAExtendedResource", &["DynamicResourceAllocation"]),
    ("DRAPartitionableDevices", &["DynamicResourceAllocation"]),
    ("DRAPrioritizedList", &["DynamicResourceAllocation"]),
    ("DRASchedulerFilterTimeout", &["DynamicResourceAllocation"]),
    (
        "DRAWorkloadResourceClaims",
        &["DynamicResourceAllocation", "GenericWorkload"],
    ),
    ("DeclarativeValidationTakeover", &["DeclarativeValidation"]),
    ("DisableAllocatorDualWrite", &["MultiCIDRServiceAllocator"]),
    (
        "GracefulNodeShutdownBasedOnPodPriority",
        &["GracefulNodeShutdown"],
    ),
    ("ImageVolumeWithDigest", &["ImageVolume"]),
    (
        "InPlacePodLevelResourcesVerticalScaling",
        &[
            "InPlacePodVerticalScaling",
            "NodeDeclaredFeatures",
            "PodLevelResources",
        ],
    ),
    (
        "InPlacePodVerticalScalingExclusiveCPUs",
        &["InPlacePodVerticalScaling"],
    ),
    (
        "InPlacePodVerticalScalingExclusiveMemory",
        &["InPlacePodVerticalScaling"],
    ),
    (
        "MatchLabelKeysInPodTopologySpreadSelectorMerge",
        &["MatchLabelKeysInPodTopologySpread"],
    ),
    ("PodGroupPreemptionPolicy", &["GenericWorkload"]),
    ("PodLevelResourcesFixDefaulting", &["PodLevelResources"]),
    ("ProcMountType", &["UserNamespacesSupport"]),
    ("ResourceHealthStatus", &["DynamicResourceAllocation"]),
    (
        "RestartAllContainersOnContainerExits",
        &["ContainerRestartRules", "NodeDeclaredFeatures"],
    ),
    (
        "ServiceAccountTokenNodeBinding",
        &["ServiceAccountTokenNodeBindingValidation"],
    ),
    ("StorageVersionAPI", &["APIServerIdentity"]),
    ("TopologyAwareWorkloadScheduling", &["GenericWorkload"]),
    (
        "UnknownVersionInteroperabilityProxy",
        &["APIServerIdentity"],
    ),
    (
        "UserNamespacesHostNetworkSupport",
        &["UserNamespacesSupport"],
    ),
    ("WindowsGracefulNodeShutdown", &["GracefulNodeShutdown"]),
    ("WorkloadWithJob", &["GenericWorkload"]),
];

/// Gates that are on though others that they need are off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmetNeeds(Vec<(&'static str, Vec<&'static str>)>);

impl UnmetNeeds {
    /// Fails if what was said of the gates leaves one without what it needs.
    pub(crate) fn check(said: impl Fn(&str) -> Option<bool>) -> Result<(), Self> {
        let on = |name: &str| {
            FeatureGate::all()
                .find(|gate| gate.name == name)
                .is_some_and(|gate| gate.is_asked_for(&said))
        };
        let mut unmet = Vec::new();
        for (gate, needs) in NEEDS.iter().filter(|(gate, _)| on(gate)) {
            let off: Vec<&str> = needs.iter().copied().filter(|need| !on(need)).collect();
            if !off.is_empty() {
                unmet.push((*gate, off));
            }
        }
        match unmet.is_empty() {
            true => Ok(()),
            false => Err(Self(unmet)),
        }
    }
}

impl fmt::Display for UnmetNeeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said: Vec<String> = self.0.iter().map(one).collect();
        match said.as_slice() {
            [alone] => f.write_str(alone),
            several => write!(f, "[{}]", several.join(", ")),
        }
    }
}

fn one((gate, off): &(&str, Vec<&str>)) -> String {
    let off = off.join(" ");
    format!("{gate} is enabled, but depends on features that are disabled: [{off}]")
}

impl std::error::Error for UnmetNeeds {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_refused_without_what_they_need() {
        for (said, expect) in [
            (&[][..], ""),
            (&[("AllAlpha", true), ("AllBeta", true)], ""),
            (&[("AllBeta", true)], ""),
            (&[("AllBeta", false)], ""),
            (
                &[("PodGroupPreemptionPolicy", true)],
                "PodGroupPreemptionPolicy is enabled, but depends on features that are disabled: \
                 [GenericWorkload]",
            ),
            (
                &[("CompositePodGroup", true)],
                "CompositePodGroup is enabled, but depends on features that are disabled: \
                 [GenericWorkload TopologyAwareWorkloadScheduling]",
            ),
            // What nothing here follows counts too.
            (
                &[("ContainerRestartRules", false)],
                "RestartAllContainersOnContainerExits is enabled, but depends on features that \
                 are disabled: [ContainerRestartRules]",
            ),
            (
                &[
                    ("ContainerRestartRules", false),
                    ("RestartAllContainersOnContainerExits", false),
                ],
                "",
            ),
            (
                &[("PodLevelResources", false)],
                "[InPlacePodLevelResourcesVerticalScaling is enabled, but depends on features \
                 that are disabled: [PodLevelResources], PodLevelResourcesFixDefaulting is \
                 enabled, but depends on features that are disabled: [PodLevelResources]]",
            ),
        ] {
            let of = |name: &str| said.iter().find(|(n, _)| *n == name).map(|(_, on)| *on);
            let found = UnmetNeeds::check(of);
            let found = found.map_or_else(|why| why.to_string(), |()| String::new());
            assert_eq!(found, expect, "{said:?}");
        }
    }

    #[test]
    fn the_table_names_gates_that_there_are() {
        let known = |name: &str| FeatureGate::all().any(|gate| gate.name == name);
        for (gate, needs) in NEEDS {
            assert!(known(gate), "{gate}");
            assert!(needs.iter().all(|need| known(need)), "{gate}");
            assert!(needs.is_sorted(), "{gate}");
        }
        assert!(NEEDS.is_sorted_by_key(|(gate, _)| *gate));
    }
}
