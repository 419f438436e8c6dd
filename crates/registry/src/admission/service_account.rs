//! ServiceAccount: every pod runs as one, and finds its token mounted.

use super::references;
use super::{Attributes, Plugin, Scope, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, list, s, set};
use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::{Value, json};
use std::sync::Arc;

/// The plugin.
pub struct ServiceAccount;

const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const PREFIX: &str = "kube-api-access-";
const MIRROR: &str = "kubernetes.io/config.mirror";
/// An hour and a few seconds: tells the issuer that a pod merely wants the
/// usual token, whose expiry is only warned about.
const TOKEN_SECONDS: i64 = 3607;

#[async_trait]
impl Plugin for ServiceAccount {
    fn name(&self) -> &'static str {
        "ServiceAccount"
    }

    fn scope(&self) -> Scope {
        Scope::of(&[("", "pods")])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.creates_pod() {
            return Ok(());
        }
        if tree::annotation(obj, MIRROR).is_some() {
            return self.mirror(attrs, obj);
        }
        let spec = tree::obj_mut(obj, "spec");
        if s(spec, "serviceAccountName").is_empty() {
            set(spec, "serviceAccountName", "default");
        }
        let name = s(spec, "serviceAccountName").to_owned();
        set(spec, "serviceAccount", name.as_str());
        let account = account(attrs, obj, &name).await?;
        let wanted = tree::path(obj, &["spec", "automountServiceAccountToken"])
            .as_bool()
            .or_else(|| at(&account, "automountServiceAccountToken").as_bool())
            .unwrap_or(true);
        if wanted {
            mount(obj);
        }
        if list(at(obj, "spec"), "imagePullSecrets").is_empty() {
            let secrets = list(&account, "imagePullSecrets").to_vec();
            if !secrets.is_empty() {
                set(
                    tree::obj_mut(obj, "spec"),
                    "imagePullSecrets",
                    Value::Array(secrets),
                );
            }
        }
        limit(attrs, &account, obj)
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if attrs.desc.group.is_empty()
            && attrs.desc.resource == "pods"
            && attrs.ctx.subresource == "ephemeralcontainers"
        {
            let name = tree::sp(obj, &["spec", "serviceAccountName"]);
            if name.is_empty() {
                let (namespace, pod) = (attrs.namespace(), tree::name_of(obj));
                return Err(attrs.forbidden(
                    obj,
                    format!("no service account specified for pod {namespace}/{pod}"),
                ));
            }
            let account = account(attrs, obj, name).await?;
            if !is_limiting(&account) {
                return Ok(());
            }
            let added = list(at(obj, "spec"), "ephemeralContainers");
            return references::in_containers(&account, added, "ephemeral container")
                .map_err(|words| attrs.forbidden(obj, words));
        }
        if !attrs.creates_pod() {
            return Ok(());
        }
        if tree::annotation(obj, MIRROR).is_some() {
            return self.mirror(attrs, obj);
        }
        // What other plugins have made of the pod is held against its account too.
        let name = tree::sp(obj, &["spec", "serviceAccountName"]);
        let account = account(attrs, obj, name).await?;
        limit(attrs, &account, obj)
    }
}

const MOUNTABLE: &str = "kubernetes.io/enforce-mountable-secrets";

/// Whether pods of this account may use its own secrets only.
fn is_limiting(account: &Value) -> bool {
    matches!(
        tree::annotation(account, MOUNTABLE),
        Some("1" | "t" | "T" | "true" | "TRUE" | "True")
    )
}

fn limit(attrs: &Attributes<'_>, account: &Value, obj: &Value) -> Result<(), Status> {
    if !is_limiting(account) {
        return Ok(());
    }
    references::not_mountable(account, at(obj, "spec")).map_err(|words| attrs.forbidden(obj, words))
}

async fn account(attrs: &Attributes<'_>, obj: &Value, name: &str) -> Result<Arc<Value>, Status> {
    let namespace = attrs.namespace();
    let objects = attrs.ctx.objects;
    let mut found = objects.cached(Gr::SERVICE_ACCOUNTS, namespace, name);
    if found.is_none() {
        found = objects.get(Gr::SERVICE_ACCOUNTS, namespace, name).await?;
    }
    found.ok_or_else(|| {
        attrs.forbidden(
            obj,
            format!("error looking up service account {namespace}/{name}: serviceaccount {name:?} not found"),
        )
    })
}

impl ServiceAccount {
    // A mirror of a static pod has no identity in the cluster.
    fn mirror(&self, attrs: &Attributes<'_>, obj: &Value) -> Result<(), Status> {
        let spec = at(obj, "spec");
        if !s(spec, "serviceAccountName").is_empty() {
            return Err(attrs.forbidden(obj, "a mirror pod may not reference service accounts"));
        }
        if references::any_secret(spec) {
            return Err(attrs.forbidden(obj, "a mirror pod may not reference secrets"));
        }
        for v in list(spec, "volumes") {
            let tokens = list(at(v, "projected"), "sources")
                .iter()
                .any(|src| !at(src, "serviceAccountToken").is_null());
            if tokens {
                return Err(attrs.forbidden(
                    obj,
                    "a mirror pod may not use ServiceAccountToken volume projections",
                ));
            }
        }
        Ok(())
    }
}

/// Mounts the token where the client libraries look for it, in every container
/// that has nothing there.
fn mount(pod: &mut Value) {
    let spec = tree::obj_mut(pod, "spec");
    let existing = list(spec, "volumes")
        .iter()
        .map(|v| s(v, "name"))
        .find(|n| n.starts_with(PREFIX))
        .map(str::to_owned);
    let name = existing
        .clone()
        .unwrap_or_else(|| format!("{PREFIX}{}", suffix()));
    let mut needed = false;
    for kind in ["initContainers", "containers"] {
        for c in tree::list_mut(spec, kind) {
            if list(c, "volumeMounts")
                .iter()
                .any(|m| s(m, "mountPath") == MOUNT)
            {
                continue;
            }
            needed = true;
            if let Some(all) = tree::vec_mut(c, "volumeMounts") {
                all.push(json!({"name": name.as_str(), "readOnly": true, "mountPath": MOUNT}));
            }
        }
    }
    if needed
        && existing.is_none()
        && let Some(all) = tree::vec_mut(spec, "volumes")
    {
        all.push(json!({
            "name": name.as_str(),
            "projected": {
                "sources": [
                    {"serviceAccountToken": {"expirationSeconds": TOKEN_SECONDS, "path": "token"}},
                    {"configMap": {
                        "name": "kube-root-ca.crt",
                        "items": [{"key": "ca.crt", "path": "ca.crt"}],
                    }},
                    {"downwardAPI": {"items": [{
                        "path": "namespace",
                        "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                    }]}},
                ],
                "defaultMode": 0o644,
            },
        }));
    }
}

/// Five letters and digits that make no words.
fn suffix() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    (0..5)
        .map(|_| char::from(LETTERS[fastrand::usize(..LETTERS.len())]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_container_gets_the_mount_once() {
        let mut pod = json!({"spec": {
            "containers": [{"name": "a"}, {"name": "b", "volumeMounts": [{"name": "x", "mountPath": MOUNT}]}],
            "initContainers": [{"name": "i"}],
        }});
        mount(&mut pod);
        let spec = &pod["spec"];
        assert_eq!(list(spec, "volumes").len(), 1);
        assert_eq!(list(&spec["containers"][0], "volumeMounts").len(), 1);
        assert_eq!(list(&spec["containers"][1], "volumeMounts").len(), 1);
        assert_eq!(list(&spec["initContainers"][0], "volumeMounts").len(), 1);
    }
}
