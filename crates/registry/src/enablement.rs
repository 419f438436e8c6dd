//! Which versions of which resources a server offers: what is stable always,
//! the rest as `--runtime-config` and feature gates say.

use crate::gates::{Feature, FeatureGate, Features, UnmetNeeds};
use skeg_schema::resources::{RESOURCES, ResourceDesc, ServedWhen};
use std::collections::BTreeMap;

/// What `--runtime-config` and `--feature-gates` change about the resources.
#[derive(Clone, Debug, Default)]
pub struct Enablement {
    runtime_config: BTreeMap<String, bool>,
    gates: BTreeMap<String, bool>,
    /// What follows from the gates.
    features: Features,
}

/// A piece of the options that cannot be understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnablementError {
    /// Not `true` or `false`.
    #[error("invalid value of {key}={value}: must be true or false")]
    Value {
        /// What it is about.
        key: String,
        /// What was said.
        value: String,
    },
    /// Names nothing that there is.
    #[error("unknown api groups {0}")]
    Unknown(String),
}

/// Resources that only a feature gate brings: (group, resource, gate).
const GATED: &[(&str, &str, Feature)] = &[
    (
        "lifecycle.k8s.io",
        "evictionrequests",
        Feature::EvictionRequestAPI,
    ),
    ("lifecycle.k8s.io", "evictions", Feature::EvictionRequestAPI),
    (
        "scheduling.k8s.io",
        "compositepodgroups",
        Feature::CompositePodGroup,
    ),
    ("scheduling.k8s.io", "podgroups", Feature::GenericWorkload),
    ("scheduling.k8s.io", "workloads", Feature::GenericWorkload),
];

/// Keys that stand for many versions, the later ones counting more.
const ALL: &str = "api/all";
const GA: &str = "api/ga";
const BETA: &str = "api/beta";
const ALPHA: &str = "api/alpha";

impl Enablement {
    /// Reads the value of `--runtime-config`: pairs such as `api/beta=true`,
    /// `apps/v1`, `batch/v1/jobs=false`, joined by commas.
    ///
    /// # Errors
    /// A piece is about nothing that there is, or says neither yes nor no.
    pub fn parse(runtime_config: &str) -> Result<Self, EnablementError> {
        let mut out = Self::default();
        for piece in runtime_config.split(',').map(str::trim) {
            if piece.is_empty() {
                continue;
            }
            let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
            out.set(key.trim(), value.trim())?;
        }
        Ok(out)
    }

    /// Adds a pair of `--runtime-config`; an empty value is yes.
    ///
    /// # Errors
    /// As [`Enablement::parse`].
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), EnablementError> {
        let on = yes(key, value)?;
        let known = matches!(key, ALL | GA | BETA | ALPHA)
            || RESOURCES.iter().any(|desc| {
                version_keys(desc).contains(&key.to_owned()) || key == resource_key(desc)
            });
        if !known {
            return Err(EnablementError::Unknown(
                key.split('/').next().unwrap_or(key).to_owned(),
            ));
        }
        self.runtime_config.insert(key.to_owned(), on);
        Ok(())
    }

    /// Adds a feature gate; one that is not known changes nothing.
    ///
    /// # Errors
    /// The value is neither yes nor no.
    pub fn set_gate(&mut self, gate: &str, value: &str) -> Result<(), EnablementError> {
        let on = yes(gate, value)?;
        self.gates.insert(gate.to_owned(), on);
        self.features = self
            .gates()
            .filter_map(|(gate, on)| Some((Feature::by_name(gate.name)?, on)))
            .fold(Features::default(), |set, (feature, on)| {
                set.with(feature, on)
            });
        Ok(())
    }

    /// Whether every gate that is on has the gates that it needs.
    ///
    /// # Errors
    /// Those that have not.
    pub fn check_needs(&self) -> Result<(), UnmetNeeds> {
        UnmetNeeds::check(|name| self.gates.get(name).copied())
    }

    /// The gates that are on, of those that change anything.
    pub fn features(&self) -> Features {
        self.features
    }

    /// Every gate there is, and whether it is on.
    pub fn gates(&self) -> impl Iterator<Item = (FeatureGate, bool)> {
        FeatureGate::all().map(|gate| {
            let on = gate.is_on(|name| self.gates.get(name).copied());
            (gate, on)
        })
    }

    /// Whether a resource of a version is served.
    pub fn serves(&self, desc: &ResourceDesc) -> bool {
        let gated = GATED
            .iter()
            .find(|(group, resource, _)| *group == desc.group && *resource == desc.resource);
        if gated.is_some_and(|(_, _, gate)| !self.features.on(*gate)) {
            return false;
        }
        let said = |key: &str| self.runtime_config.get(key).copied();
        let stage = match desc.version {
            version if version.contains("alpha") => ALPHA,
            version if version.contains("beta") => BETA,
            _ => GA,
        };
        let mut on = desc.served == ServedWhen::Default;
        for key in [ALL, stage] {
            on = said(key).unwrap_or(on);
        }
        for key in version_keys(desc) {
            on = said(&key).unwrap_or(on);
        }
        said(&resource_key(desc)).unwrap_or(on)
    }
}

fn yes(key: &str, value: &str) -> Result<bool, EnablementError> {
    match value {
        "" | "true" | "True" | "TRUE" | "t" | "T" | "1" => Ok(true),
        "false" | "False" | "FALSE" | "f" | "F" | "0" => Ok(false),
        other => Err(EnablementError::Value {
            key: key.to_owned(),
            value: other.to_owned(),
        }),
    }
}

// The core group's version goes by two names.
fn version_keys(desc: &ResourceDesc) -> Vec<String> {
    let mut keys = vec![desc.api_version()];
    if desc.group.is_empty() {
        keys.push(format!("api/{}", desc.version));
    }
    keys
}

fn resource_key(desc: &ResourceDesc) -> String {
    format!("{}/{}", desc.api_version(), desc.resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(config: &str, gates: &[(&str, &str)]) -> Vec<String> {
        let mut enablement = Enablement::parse(config).expect(config);
        for (gate, value) in gates {
            enablement.set_gate(gate, value).expect(gate);
        }
        let rows = RESOURCES.iter().filter(|desc| enablement.serves(desc));
        rows.map(resource_key).collect()
    }

    #[test]
    fn what_is_served() {
        const ALIAS: &str = "resource.k8s.io/v1beta1/resourceclaims";
        const RULES: &str = "resource.k8s.io/v1alpha3/devicetaintrules";
        for (config, key, expect) in [
            ("", "apps/v1/deployments", true),
            ("", ALIAS, false),
            ("api/all=true", ALIAS, true),
            ("api/all=true", RULES, true),
            ("api/beta=true", ALIAS, true),
            ("api/beta", RULES, false),
            ("api/alpha=true", RULES, true),
            ("api/all=true,api/beta=false", ALIAS, false),
            ("resource.k8s.io/v1beta1=true", ALIAS, true),
            ("resource.k8s.io/v1beta1/resourceclaims=true", ALIAS, true),
            ("resource.k8s.io/v1beta1/deviceclasses=true", ALIAS, false),
            ("apps/v1/deployments=false", "apps/v1/deployments", false),
            ("apps/v1=false", "apps/v1/daemonsets", false),
            ("api/all=true", "scheduling.k8s.io/v1beta1/workloads", false),
        ] {
            let found = served(config, &[]).contains(&key.to_owned());
            assert_eq!(found, expect, "{config} {key}");
        }
        let all = [("AllAlpha", "true"), ("AllBeta", "true")];
        assert_eq!(served("api/all=true", &all).len(), RESOURCES.len());
    }

    #[test]
    fn what_is_refused() {
        for (config, expect) in [
            (
                "api/all=maybe",
                "invalid value of api/all=maybe: must be true or false",
            ),
            ("nope/v1=true", "unknown api groups nope"),
            ("apps/v1/nope=true", "unknown api groups apps"),
        ] {
            let error = Enablement::parse(config).expect_err(config);
            assert_eq!(error.to_string(), expect);
        }
    }
}
