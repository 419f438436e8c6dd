//! Which plugins are on: those that are by default, and what
//! `--enable-admission-plugins` and `--disable-admission-plugins` change.

use super::certificates::SharedAuthorizer;
use super::event_rate::EventRateLimit;
use super::image_policy::ImagePolicyWebhook;
use super::node_restriction::NodeRestriction;
use super::owners::OwnerReferencesPermissionEnforcement;
use super::{Chain, Plugin, PluginConfiguration, optional, placing};
use std::collections::BTreeSet;

/// Plugins that are on by default and are no rows of the chain: they are asked
/// where webhooks and policies are.
const BESIDE: &[&str] = &[
    "MutatingAdmissionPolicy",
    "MutatingAdmissionWebhook",
    "PodTopologyLabels",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionWebhook",
];

const EVENT_RATE: &str = "EventRateLimit";
/// Made only when it is on: it connects somewhere.
const IMAGE_POLICY: &str = "ImagePolicyWebhook";

/// Plugins that are off by default, each with the one that it comes before;
/// without one it is the very last.
fn optional(
    configuration: &PluginConfiguration,
    authorizer: &SharedAuthorizer,
) -> Vec<(Box<dyn Plugin>, Option<&'static str>)> {
    let node_selector = placing::PodNodeSelector(configuration.node_selectors.clone());
    let tolerations = placing::PodTolerationRestriction {
        default: configuration.default_tolerations.clone(),
        allowed: configuration.allowed_tolerations.clone(),
    };
    let owners = OwnerReferencesPermissionEnforcement(authorizer.clone());
    vec![
        (
            Box::new(EventRateLimit::new(&configuration.event_limits)),
            Some("StorageObjectInUseProtection"),
        ),
        (Box::new(owners), Some("PersistentVolumeClaimResize")),
        (Box::new(optional::AlwaysAdmit), Some("NamespaceLifecycle")),
        (
            Box::new(optional::NamespaceAutoProvision),
            Some("NamespaceLifecycle"),
        ),
        (Box::new(optional::NamespaceExists), Some("LimitRanger")),
        (
            Box::new(placing::LimitPodHardAntiAffinityTopology),
            Some("LimitRanger"),
        ),
        (
            Box::new(NodeRestriction(authorizer.clone())),
            Some("TaintNodesByCondition"),
        ),
        (Box::new(optional::AlwaysPullImages), Some("PodSecurity")),
        (Box::new(node_selector), Some("Priority")),
        (Box::new(tolerations), Some("StorageObjectInUseProtection")),
        (
            Box::new(optional::ExtendedResourceToleration),
            Some("StorageObjectInUseProtection"),
        ),
        (
            Box::new(optional::DenyServiceExternalIPs),
            Some("DefaultIngressClass"),
        ),
        (Box::new(optional::AlwaysDeny), None),
    ]
}

/// A choice of plugins that cannot be had.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChoiceError {
    /// There is no plugin of that name.
    #[error("admission plugin {0:?} is unknown")]
    Unknown(String),
    /// It does nothing without being told what.
    #[error("admission plugin {0:?} needs a configuration (--admission-control-config-file)")]
    Unconfigured(String),
    /// Its configuration is of no use.
    #[error("admission plugin {0:?}: {1}")]
    Configuration(String, String),
    /// On and off at once.
    #[error("admission plugin {0:?} is both enabled and disabled")]
    Both(String),
}

impl Chain {
    /// Switches plugins on and off by name.
    ///
    /// # Errors
    /// A name is not known, or a plugin to be switched on is not there.
    pub fn choose(mut self, on: &[String], off: &[String]) -> Result<Self, ChoiceError> {
        let own: BTreeSet<&str> = self
            .names()
            .into_iter()
            .chain(BESIDE.iter().copied())
            .collect();
        let mut optional = optional(&self.configuration, &self.authorizer);
        let is_optional = optional.iter().map(|(plugin, _)| plugin.name());
        let optional_names: BTreeSet<&str> = is_optional.collect();
        for name in on {
            if !own.contains(name.as_str())
                && !optional_names.contains(name.as_str())
                && name != IMAGE_POLICY
            {
                return Err(ChoiceError::Unknown(name.clone()));
            }
            if off.contains(name) {
                return Err(ChoiceError::Both(name.clone()));
            }
        }
        for name in off {
            let known = [&own, &optional_names]
                .iter()
                .any(|names| names.contains(name.as_str()));
            if !known && name != IMAGE_POLICY {
                return Err(ChoiceError::Unknown(name.clone()));
            }
        }
        let is_on = |name: &str| on.iter().any(|on| on == name);
        if is_on(EVENT_RATE) && self.configuration.event_limits.is_empty() {
            return Err(ChoiceError::Unconfigured(EVENT_RATE.to_owned()));
        }
        if is_on(IMAGE_POLICY) {
            let Some(policy) = &self.configuration.image_policy else {
                return Err(ChoiceError::Unconfigured(IMAGE_POLICY.to_owned()));
            };
            let plugin = ImagePolicyWebhook::new(policy).map_err(|error| {
                ChoiceError::Configuration(IMAGE_POLICY.to_owned(), error.to_string())
            })?;
            optional.push((Box::new(plugin), Some("PodSecurity")));
        }
        optional.retain(|(plugin, _)| on.iter().any(|name| name == plugin.name()));
        for (plugin, before) in optional {
            let at = before
                .and_then(|before| self.plugins.iter().position(|p| p.name() == before))
                .unwrap_or(self.plugins.len());
            match before {
                Some(_) => self.plugins.insert(at, plugin),
                None => self.last.push(plugin),
            }
        }
        let stays = |name: &str| !off.iter().any(|off| off == name);
        self.plugins.retain(|plugin| stays(plugin.name()));
        self.last.retain(|plugin| stays(plugin.name()));
        self.off = off.iter().cloned().collect();
        Ok(self)
    }

    /// Whether a plugin was switched off by name.
    pub fn is_off(&self, name: &str) -> bool {
        self.off.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(on: &[&str], off: &[&str]) -> Result<Chain, ChoiceError> {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        Chain::new().choose(&owned(on), &owned(off))
    }

    #[test]
    fn plugins_go_by_name() {
        let all = Chain::new().names();
        let chain = choose(
            &["Priority"],
            &["ServiceAccount", "ResourceQuota", "NodeRestriction"],
        )
        .unwrap();
        let left: Vec<&str> = chain.names();
        let with = choose(&["NodeRestriction", "AlwaysDeny"], &[])
            .unwrap()
            .names();
        assert_eq!(with.len(), all.len() + 2);
        assert_eq!(with.last(), Some(&"AlwaysDeny"));
        assert_eq!(left.len(), all.len() - 2);
        assert!(!left.contains(&"ServiceAccount") && !left.contains(&"ResourceQuota"));
        assert!(
            choose(&[], &["ValidatingAdmissionWebhook"])
                .unwrap()
                .is_off("ValidatingAdmissionWebhook")
        );
    }

    #[test]
    fn what_cannot_be_had_is_named() {
        let said = |on: &[&str], off: &[&str]| choose(on, off).err().map(|e| e.to_string());
        assert_eq!(
            said(&["Nosuch"], &[]).unwrap(),
            "admission plugin \"Nosuch\" is unknown"
        );
        for name in [EVENT_RATE, IMAGE_POLICY] {
            assert!(
                said(&[name], &[])
                    .unwrap()
                    .contains("needs a configuration")
            );
            assert_eq!(said(&[], &[name]), None);
        }
        let with = choose(&["OwnerReferencesPermissionEnforcement"], &[]).unwrap();
        assert!(
            with.names()
                .contains(&"OwnerReferencesPermissionEnforcement")
        );
        assert!(said(&[], &["Nosuch"]).is_some());
        assert!(said(&["Priority"], &["Priority"]).is_some());
        for name in BESIDE {
            assert!(!Chain::new().names().contains(name), "{name} is a row now");
        }
    }
}
