//! Feature gates: every one that upstream knows, and which of them change
//! anything here.

use std::fmt;

/// Name, stage and default, a line each.
const TABLE: &str = include_str!("feature-gates.tsv");

/// Gates that bring resources: only these can be other than their default.
const OF_RESOURCES: &[&str] = &[
    "AllAlpha",
    "AllBeta",
    "CompositePodGroup",
    "EvictionRequestAPI",
    "GenericWorkload",
];

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
            Some(FeatureGate {
                name,
                stage,
                default: default == "true",
                has_effect: OF_RESOURCES.contains(&name),
            })
        })
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
        let of_resources = FeatureGate::all().filter(|gate| gate.has_effect);
        assert_eq!(of_resources.count(), OF_RESOURCES.len());
    }
}
