//! NodeVersionSkew: nodes whose kubelet is too old or too new for this API
//! server are told so, and are not taken in. Not one of upstream's plugins.

use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::tree;
use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::Value;

/// The plugin. It only judges what nodes say of themselves: nobody else is
/// kept from writing a Node.
pub struct NodeVersionSkew;

/// The minor version of this API server.
const OWN_MINOR: u32 = 37;
/// A kubelet may be so many minor versions older, and none newer (upstream's
/// version skew policy).
const OLDER_MAX: u32 = 3;
/// The group of all nodes.
const NODES: &str = "system:nodes";

#[async_trait]
impl Plugin for NodeVersionSkew {
    fn name(&self) -> &'static str {
        "NodeVersionSkew"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[("", "nodes")])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let writes_node = attrs.desc.group.is_empty()
            && attrs.desc.resource == "nodes"
            && matches!(attrs.ctx.subresource, "" | "status")
            && attrs.operation != Operation::Delete;
        if !writes_node || !attrs.ctx.user.groups.iter().any(|group| group == NODES) {
            return Ok(());
        }
        let version = tree::sp(obj, &["status", "nodeInfo", "kubeletVersion"]);
        match refusal(version) {
            Some(why) => Err(attrs.forbidden(obj, why)),
            None => Ok(()),
        }
    }
}

/// Why a kubelet of this version is not taken in. What does not read as a
/// version is nobody's.
fn refusal(version: &str) -> Option<String> {
    let mut parts = version.strip_prefix('v')?.split('.');
    let major: u32 = parts.next()?.parse().ok()?;
    let minor: u32 = parts.next()?.parse().ok()?;
    let oldest = OWN_MINOR - OLDER_MAX;
    if major == 1 && (oldest..=OWN_MINOR).contains(&minor) {
        return None;
    }
    let remedy = if (major, minor) > (1, OWN_MINOR) {
        "upgrade the API server first"
    } else {
        "upgrade the kubelet"
    };
    Some(format!(
        "the kubelet is of version {version}, and this API server of 1.{OWN_MINOR} takes kubelets of \
         1.{oldest} to 1.{OWN_MINOR}: {remedy}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubelets_too_old_or_too_new_are_told_what_to_do() {
        for version in ["v1.34.0", "v1.37.1", "v1.35.9+vendor.1", "", "fake", "v1"] {
            assert_eq!(refusal(version), None, "{version}");
        }
        let old = refusal("v1.33.4").unwrap();
        assert!(
            old.contains("takes kubelets of 1.34 to 1.37: upgrade the kubelet"),
            "{old}"
        );
        let new = refusal("v1.38.0").unwrap();
        assert!(new.ends_with("upgrade the API server first"), "{new}");
        assert!(refusal("v2.0.0").is_some());
    }
}
