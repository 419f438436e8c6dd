//! Who may ask for devices that others use.

use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::errors::Errs;
use crate::objects::Gr;
use crate::path::Path;
use crate::tree::{self, at, list};
use async_trait::async_trait;
use skeg_meta::{GroupKind, Status};
use skeg_schema::Value;

const GROUP: &str = "resource.k8s.io";
const LABEL: &str = "resource.kubernetes.io/admin-access";

/// Claims with admin access need a namespace that is marked for it.
pub struct DeviceAdminAccess;

#[async_trait]
impl Plugin for DeviceAdminAccess {
    fn name(&self) -> &'static str {
        "DeviceAdminAccess"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[(GROUP, "resourceclaims"), (GROUP, "resourceclaimtemplates")])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let spec = if attrs.is(GROUP, "resourceclaims") {
            at(obj, "spec")
        } else if attrs.is(GROUP, "resourceclaimtemplates") {
            tree::path(obj, &["spec", "spec"])
        } else {
            return Ok(());
        };
        if attrs.operation == Operation::Delete {
            return Ok(());
        }
        let path = Path::root("spec");
        let path = path.child("devices");
        let path = path.child("requests");
        let mut errs = Errs::new();
        for (n, r) in list(at(spec, "devices"), "requests").iter().enumerate() {
            if tree::b(at(r, "exactly"), "adminAccess") {
                errs.forbidden(
                    &path.index(n).child("adminAccess"),
                    format!("admin access to devices requires the `{LABEL}: true` label on the containing namespace"),
                );
            }
        }
        if errs.is_empty() {
            return Ok(());
        }
        let namespace = attrs
            .ctx
            .objects
            .get(Gr::NAMESPACES, "", attrs.namespace())
            .await?;
        let marked =
            namespace.is_some_and(|ns| tree::sp(&ns, &["metadata", "labels", LABEL]) == "true");
        if marked {
            return Ok(());
        }
        let kind = GroupKind::new(GROUP, attrs.desc.kind);
        Err(crate::generic::invalid(&kind, tree::name_of(obj), errs))
    }
}
