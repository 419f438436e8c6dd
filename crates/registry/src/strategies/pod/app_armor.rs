//! AppArmor profiles that are still asked for by annotations (KEP-24).

use crate::tree::{self, at, s};
use crate::validation::pod::security;
use skeg_schema::{Value, json};

/// What the keys of these annotations begin with; the container's name follows.
pub const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Gives containers the profiles that annotations name, unless they have one or the pod's is
/// the same. Answers warnings of those that count, and of those that mean nothing.
pub fn carry_over(pod: &mut Value) -> Vec<String> {
    let mut warnings = Vec::new();
    let told =
        tree::entries(at(pod, "metadata"), "annotations").any(|(key, _)| key.starts_with(PREFIX));
    if !told || tree::sp(pod, &["spec", "os", "name"]) == "windows" {
        return warnings;
    }
    let annotations = tree::path(pod, &["metadata", "annotations"]).clone();
    let whole = tree::path(pod, &["spec", "securityContext", "appArmorProfile"]).clone();
    let spec = tree::obj_mut(pod, "spec");
    for kind in ["initContainers", "containers", "ephemeralContainers"] {
        for c in tree::list_mut(spec, kind) {
            let key = format!("{PREFIX}{}", s(c, "name"));
            let Some(text) = at(&annotations, &key).as_str() else {
                continue;
            };
            if tree::has(at(c, "securityContext"), "appArmorProfile") {
                continue;
            }
            let profile = profile(text);
            if profile.as_ref().is_some_and(|own| tree::same(own, &whole)) {
                continue;
            }
            if let Some(profile) = profile {
                let context = tree::obj_mut(c, "securityContext");
                tree::set(context, "appArmorProfile", profile);
            }
            warnings.push(deprecated("", &key));
        }
    }
    warnings
}

/// The warning about such an annotation.
pub fn deprecated(prefix: &str, key: &str) -> String {
    format!(
        "{prefix}metadata.annotations[{key}]: deprecated since v1.30; use the \"appArmorProfile\" field instead"
    )
}

/// The field for an annotation, if it is of any use.
fn profile(text: &str) -> Option<Value> {
    let profile = match text {
        "unconfined" => json!({"type": "Unconfined"}),
        "runtime/default" => json!({"type": "RuntimeDefault"}),
        other => {
            let local = other.strip_prefix("localhost/")?;
            json!({"type": "Localhost", "localhostProfile": local})
        }
    };
    security::is_app_armor(&profile).then_some(profile)
}
