//! Feature gates: every one that upstream knows, and which of them change
//! anything here.

mod dependencies;

pub use dependencies::UnmetNeeds;

use std::fmt;
use std::sync::LazyLock;

/// Name, stage and default, a line each.
const TABLE: &str = include_str!("feature-gates.tsv");

/// Gates that stand for all others of a stage that are not named themselves.
const OF_STAGES: &[(&str, &str)] = &[("AllAlpha", "ALPHA"), ("AllBeta", "BETA")];

macro_rules! features {
    ($($name:ident)*) => {
        /// A gate that changes something here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Feature {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                $name,
            )*
        }

        impl Feature {
            /// All of them.
            pub const ALL: &'static [Feature] = &[$(Feature::$name,)*];

            /// The name, as `--feature-gates` takes it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Feature::$name => stringify!($name),)*
                }
            }
        }
    };
}

features! {
    CompositePodGroup
    ContainerRestartRules
    ContainerStopSignals
    CoordinatedLeaderElection
    CrossNamespaceVolumeDataSource
    DRAPartitionableDevicesType
    EnvFiles
    EvictionRequestAPI
    GenericWorkload
    HPAScaleToZero
    InPlacePodLevelResourcesVerticalScaling
    MatchLabelKeysInPodTopologySpread
    MaxUnavailableStatefulSet
    PodGroupPreemptionPolicy
    PodLevelResources
    ResourceHealthStatus
    TopologyAwareWorkloadScheduling
    VolumeLimitScaling
}

impl Feature {
    /// The gate of this name, if it changes anything.
    pub fn by_name(name: &str) -> Option<Feature> {
        Self::ALL
            .iter()
            .copied()
            .find(|feature| feature.name() == name)
    }
}

/// Which gates are on: a set that costs a bit test to ask and is copied into
/// every request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Features(u128);

const _: () = assert!(Feature::ALL.len() <= 128, "a bit for every gate");

impl Features {
    /// Whether a gate is on.
    pub const fn on(self, feature: Feature) -> bool {
        self.0 & (1 << feature as u32) != 0
    }

    /// The same gates, but for one.
    #[must_use]
    pub const fn with(self, feature: Feature, on: bool) -> Self {
        let bit = 1 << feature as u32;
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }
}

impl Default for Features {
    /// What is on where nothing is said.
    fn default() -> Self {
        static DEFAULTS: LazyLock<Features> = LazyLock::new(|| {
            let gates = FeatureGate::all().filter(|gate| gate.default);
            gates
                .filter_map(|gate| Feature::by_name(gate.name))
                .fold(Features(0), |set, feature| set.with(feature, true))
        });
        *DEFAULTS
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = Feature::ALL.iter().filter(|feature| self.on(**feature));
        f.debug_set().entries(on).finish()
    }
}

/// A feature gate of upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureGate {
    /// `GenericWorkload`.
    pub name: &'static str,
    /// `ALPHA`, `BETA`, `GA` or `DEPRECATED`.
    pub stage: &'static str,
    /// Whether it is on where nothing is said.
    pub default: bool,
    /// Whether switching it changes anything.
    pub has_effect: bool,
}

/// Why a gate cannot be switched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateError {
    /// There is no such gate.
    Unknown {
        /// The name.
        name: String,
    },
    /// It is what it is, and nothing here follows it.
    NoEffect {
        /// The gate.
        gate: FeatureGate,
    },
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GateError::Unknown { name } => write!(f, "unrecognized feature gate: {name}"),
            GateError::NoEffect { gate } => write!(
                f,
                "{}={} has no effect: it is always {}",
                gate.name, !gate.default, gate.default
            ),
        }
    }
}

impl std::error::Error for GateError {}

impl FeatureGate {
    /// Every gate, by its name.
    pub fn all() -> impl Iterator<Item = FeatureGate> {
        TABLE.lines().filter_map(|line| {
            let mut words = line.split('\t');
            let (name, stage, default) = (words.next()?, words.next()?, words.next()?);
            let of_stage = OF_STAGES.iter().any(|(all, _)| *all == name);
            Some(FeatureGate {
                name,
                stage,
                default: default == "true",
                has_effect: of_stage || Feature::by_name(name).is_some(),
            })
        })
    }

    /// Whether it is on, given what was said of each gate: what is said of
    /// itself counts before what is said of all gates of its stage. A gate
    /// without effect is what it always is.
    pub fn is_on(&self, said: impl Fn(&str) -> Option<bool>) -> bool {
        if !self.has_effect {
            return self.default;
        }
        self.is_asked_for(said)
    }

    /// Whether it is on by what was said, though nothing here may follow it.
    fn is_asked_for(&self, said: impl Fn(&str) -> Option<bool>) -> bool {
        let all = OF_STAGES.iter().find(|(_, stage)| *stage == self.stage);
        said(self.name)
            .or_else(|| all.and_then(|(all, _)| said(all)))
            .unwrap_or(self.default)
    }

    /// Whether a gate can be switched on or off.
    ///
    /// # Errors
    /// There is no such gate; or it would be other than its default, and
    /// nothing would change.
    pub fn check(name: &str, on: bool) -> Result<(), GateError> {
        let Some(gate) = Self::all().find(|gate| gate.name == name) else {
            return Err(GateError::Unknown {
                name: name.to_owned(),
            });
        };
        if on != gate.default && !gate.has_effect {
            return Err(GateError::NoEffect { gate });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_known_by_name() {
        for (name, on, expect) in [
            ("GenericWorkload", true, ""),
            ("APIServerIdentity", true, ""),
            (
                "APIServerIdentity",
                false,
                "APIServerIdentity=false has no effect: it is always true",
            ),
            ("NoSuch", true, "unrecognized feature gate: NoSuch"),
        ] {
            let found = FeatureGate::check(name, on);
            let said = found.map_or_else(|why| why.to_string(), |()| String::new());
            assert_eq!(said, expect);
        }
        let with_effect = FeatureGate::all().filter(|gate| gate.has_effect);
        let of_stages = OF_STAGES.len();
        assert_eq!(with_effect.count(), Feature::ALL.len() + of_stages);
    }

    #[test]
    fn a_gate_counts_before_its_stage() {
        let gate = |name: &str| {
            let found = FeatureGate::all().find(|gate| gate.name == name);
            found.unwrap_or_else(|| panic!("{name} is a gate"))
        };
        for (name, said, expect) in [
            ("ContainerStopSignals", &[][..], false),
            ("ContainerStopSignals", &[("AllAlpha", true)], true),
            ("ContainerStopSignals", &[("AllBeta", true)], false),
            (
                "ContainerStopSignals",
                &[("AllAlpha", true), ("ContainerStopSignals", false)],
                false,
            ),
            ("GenericWorkload", &[("AllBeta", true)], true),
            ("APIServerIdentity", &[("APIServerIdentity", false)], true),
        ] {
            let on = gate(name).is_on(|of| said.iter().find(|(n, _)| *n == of).map(|(_, on)| *on));
            assert_eq!(on, expect, "{name} {said:?}");
        }
    }
}
