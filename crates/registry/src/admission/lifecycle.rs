//! NamespaceLifecycle: nothing is made in a namespace that is absent or going,
//! and the namespaces everything depends on stay.

use super::{Attributes, Operation, Plugin, Warnings};
use crate::objects::Gr;
use crate::tree;
use async_trait::async_trait;
use skeg_meta::{GroupResource, Status, StatusCause};
use skeg_schema::Value;

/// The plugin.
pub struct NamespaceLifecycle;

const IMMORTAL: &[&str] = &["default", "kube-system", "kube-public"];

#[async_trait]
impl Plugin for NamespaceLifecycle {
    fn name(&self) -> &'static str {
        "NamespaceLifecycle"
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        self.check(attrs, obj).await
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if attrs.operation == Operation::Delete {
            return self.check(attrs, obj).await;
        }
        Ok(())
    }
}

impl NamespaceLifecycle {
    async fn check(&self, attrs: &Attributes<'_>, obj: &Value) -> Result<(), Status> {
        if attrs.operation == Operation::Delete {
            if attrs.is_core("namespaces") && IMMORTAL.contains(&attrs.ctx.name) {
                return Err(attrs.forbidden(obj, "this namespace may not be deleted"));
            }
            return Ok(());
        }
        if attrs.operation != Operation::Create
            || !attrs.desc.namespaced
            || attrs.is("authorization.k8s.io", "localsubjectaccessreviews")
        {
            return Ok(());
        }
        let name = attrs.namespace();
        let mut found = attrs.ctx.objects.cached(Gr::NAMESPACES, "", name);
        if found.is_none() {
            // The cache may be a moment behind whoever made the namespace.
            found = attrs.ctx.objects.get(Gr::NAMESPACES, "", name).await?;
        }
        let Some(namespace) = found else {
            return Err(Status::not_found(
                &GroupResource::new("", "namespaces"),
                name,
            ));
        };
        if tree::is_deleting(&namespace)
            || tree::sp(&namespace, &["status", "phase"]) == "Terminating"
        {
            let mut status = attrs.forbidden(
                obj,
                format!("unable to create new content in namespace {name} because it is being terminated"),
            );
            let details = status.details.get_or_insert_with(Default::default);
            details.causes.push(StatusCause {
                reason: "NamespaceTerminating".into(),
                message: format!("namespace {name} is being terminated"),
                field: "metadata.namespace".into(),
            });
            return Err(status);
        }
        Ok(())
    }
}
