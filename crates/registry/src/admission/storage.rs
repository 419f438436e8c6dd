//! Protection of volumes in use, and default classes.

use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, list, set};
use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::Value;
use std::sync::Arc;

/// StorageObjectInUseProtection: claims and volumes go when nobody uses them.
pub struct StorageObjectInUseProtection;

#[async_trait]
impl Plugin for StorageObjectInUseProtection {
    fn name(&self) -> &'static str {
        "StorageObjectInUseProtection"
    }

    fn scope(&self) -> Scope {
        Scope::admitting(&[
            ("", "persistentvolumeclaims"),
            ("", "persistentvolumes"),
            ("storage.k8s.io", "volumeattributesclasses"),
        ])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if attrs.operation != Operation::Create {
            return Ok(());
        }
        let finalizer = if attrs.is_core("persistentvolumeclaims") {
            "kubernetes.io/pvc-protection"
        } else if attrs.is_core("persistentvolumes") {
            "kubernetes.io/pv-protection"
        } else if attrs.is("storage.k8s.io", "volumeattributesclasses") {
            "kubernetes.io/vac-protection"
        } else {
            return Ok(());
        };
        let meta = tree::obj_mut(obj, "metadata");
        let there = list(meta, "finalizers")
            .iter()
            .any(|f| f.as_str() == Some(finalizer));
        if !there && let Some(all) = tree::vec_mut(meta, "finalizers") {
            all.push(finalizer.into());
        }
        Ok(())
    }
}

/// The newest object marked as default; of the same age the first by name.
fn default_of(all: Vec<Arc<Value>>, annotations: &[&str]) -> Option<Arc<Value>> {
    let mut marked: Vec<Arc<Value>> = all
        .into_iter()
        .filter(|c| {
            annotations
                .iter()
                .any(|a| tree::annotation(c, a) == Some("true"))
        })
        .collect();
    marked.sort_by(|a, b| {
        let made = |v: &Value| tree::sp(v, &["metadata", "creationTimestamp"]).to_owned();
        made(b)
            .cmp(&made(a))
            .then_with(|| tree::name_of(a).cmp(tree::name_of(b)))
    });
    marked.into_iter().next()
}

/// DefaultStorageClass: a claim without a class gets the default one.
pub struct DefaultStorageClass;

#[async_trait]
impl Plugin for DefaultStorageClass {
    fn name(&self) -> &'static str {
        "DefaultStorageClass"
    }

    fn scope(&self) -> Scope {
        Scope::admitting(&[("", "persistentvolumeclaims")])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        const OLD_WAY: &str = "volume.beta.kubernetes.io/storage-class";
        if !attrs.is_core("persistentvolumeclaims")
            || attrs.operation != Operation::Create
            || !at(at(obj, "spec"), "storageClassName").is_null()
            || tree::annotation(obj, OLD_WAY).is_some()
        {
            return Ok(());
        }
        let class = default_of(
            attrs.ctx.objects.cached_list(Gr::STORAGE_CLASSES, None),
            &[
                "storageclass.kubernetes.io/is-default-class",
                "storageclass.beta.kubernetes.io/is-default-class",
            ],
        );
        if let Some(class) = class {
            set(
                tree::obj_mut(obj, "spec"),
                "storageClassName",
                tree::name_of(&class),
            );
        }
        Ok(())
    }
}

/// PersistentVolumeClaimResize: only what a class makes can grow.
pub struct PersistentVolumeClaimResize;

#[async_trait]
impl Plugin for PersistentVolumeClaimResize {
    fn name(&self) -> &'static str {
        "PersistentVolumeClaimResize"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[("", "persistentvolumeclaims")])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let Some(old) = old.filter(|_| {
            attrs.is_core("persistentvolumeclaims") && attrs.operation == Operation::Update
        }) else {
            return Ok(());
        };
        let size = |v: &Value| {
            crate::validation::numbers::quantity(tree::path(
                v,
                &["spec", "resources", "requests", "storage"],
            ))
        };
        if size(obj) <= size(old) {
            return Ok(());
        }
        if tree::sp(old, &["status", "phase"]) != "Bound" {
            return Err(attrs.forbidden(obj, "Only bound persistent volume claims can be expanded"));
        }
        let class = tree::sp(obj, &["spec", "storageClassName"]);
        let grows = attrs
            .ctx
            .objects
            .cached(Gr::STORAGE_CLASSES, "", class)
            .is_some_and(|c| tree::b(&c, "allowVolumeExpansion"));
        if grows {
            return Ok(());
        }
        Err(attrs.forbidden(
            obj,
            "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
        ))
    }
}

/// DefaultIngressClass: an ingress without a class gets the default one.
pub struct DefaultIngressClass;

#[async_trait]
impl Plugin for DefaultIngressClass {
    fn name(&self) -> &'static str {
        "DefaultIngressClass"
    }

    fn scope(&self) -> Scope {
        Scope::admitting(&[("networking.k8s.io", "ingresses")])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.is("networking.k8s.io", "ingresses")
            || attrs.operation != Operation::Create
            || !at(at(obj, "spec"), "ingressClassName").is_null()
            || tree::annotation(obj, "kubernetes.io/ingress.class").is_some()
        {
            return Ok(());
        }
        let class = default_of(
            attrs.ctx.objects.cached_list(Gr::INGRESS_CLASSES, None),
            &["ingressclass.kubernetes.io/is-default-class"],
        );
        if let Some(class) = class {
            set(
                tree::obj_mut(obj, "spec"),
                "ingressClassName",
                tree::name_of(&class),
            );
        }
        Ok(())
    }
}
