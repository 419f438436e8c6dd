//! NodeRestriction: what a kubelet may write. The authorizer lets nodes write
//! pods, nodes, tokens and leases; here they are kept to their own.

use super::references;
use super::{Attributes, Operation, Plugin, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, has, list, s, sp};
use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::Value;
use skeg_schema::go::quote as quoted;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The plugin. Off by default.
pub struct NodeRestriction;

const NODES_GROUP: &str = "system:nodes";
const NODE_PREFIX: &str = "system:node:";
const MIRROR: &str = "kubernetes.io/config.mirror";
const LEASES_NAMESPACE: &str = "kube-node-lease";
const RESTRICTED: &str = "node-restriction.kubernetes.io";
/// Labels below kubernetes.io and k8s.io that kubelets may set.
const KUBELET_LABELS: &[&str] = &[
    "kubernetes.io/hostname",
    "kubernetes.io/arch",
    "kubernetes.io/os",
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/instance-type",
    "node.kubernetes.io/instance-type",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
];
/// Further ones by the domain before the slash.
const KUBELET_DOMAINS: &[&str] = &["kubelet.kubernetes.io", "node.kubernetes.io"];

/// The node that a kubelet speaks for; `None`: no kubelet.
fn node_of<'a>(attrs: &Attributes<'a>) -> Option<&'a str> {
    let user = attrs.ctx.user;
    let name = user.name.strip_prefix(NODE_PREFIX)?;
    user.groups.iter().any(|g| g == NODES_GROUP).then_some(name)
}

fn reserved(key: &str) -> bool {
    let Some((domain, _)) = key.split_once('/') else {
        return false;
    };
    let below = |parent: &str| domain == parent || domain.ends_with(&format!(".{parent}"));
    if below(RESTRICTED) {
        return true;
    }
    (below("kubernetes.io") || below("k8s.io"))
        && !KUBELET_LABELS.contains(&key)
        && !KUBELET_DOMAINS.iter().any(|known| below(known))
}

/// Labels that differ, of those that are not a kubelet's to set.
fn changed_reserved(new: &Value, old: &Value) -> Vec<String> {
    let labels = |o: &Value| tree::path(o, &["metadata", "labels"]).clone();
    let (new, old) = (labels(new), labels(old));
    let keys: BTreeSet<&str> = tree::pairs(&new)
        .chain(tree::pairs(&old))
        .map(|(key, _)| key)
        .collect();
    keys.into_iter()
        .filter(|key| reserved(key) && new.get(key) != old.get(key))
        .map(str::to_owned)
        .collect()
}

struct Asker<'a> {
    attrs: &'a Attributes<'a>,
    node: &'a str,
}

impl Asker<'_> {
    fn refuse(&self, obj: &Value, words: impl std::fmt::Display) -> Status {
        self.attrs.forbidden(obj, words)
    }

    fn name<'o>(&'o self, obj: &'o Value) -> &'o str {
        match self.attrs.ctx.name {
            "" => tree::name_of(obj),
            name => name,
        }
    }

    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Arc<Value>>, Status> {
        self.attrs.ctx.objects.get(Gr::PODS, namespace, name).await
    }

    fn create_pod(&self, pod: &Value) -> Result<(), Status> {
        let node = quoted(self.node);
        if tree::annotation(pod, MIRROR).is_none() {
            return Err(self.refuse(
                pod,
                format!(
                    "pod does not have {} annotation, node {node} can only create mirror pods",
                    quoted(MIRROR)
                ),
            ));
        }
        let spec = at(pod, "spec");
        if s(spec, "nodeName") != self.node {
            return Err(self.refuse(
                pod,
                format!("node {node} can only create pods with spec.nodeName set to itself"),
            ));
        }
        let owners = list(at(pod, "metadata"), "ownerReferences");
        let own = owners.len() == 1
            && s(&owners[0], "kind") == "Node"
            && s(&owners[0], "apiVersion") == "v1"
            && s(&owners[0], "name") == self.node;
        if !own {
            return Err(self.refuse(
                pod,
                format!("node {node} can only create pods with an owner reference set to itself"),
            ));
        }
        if !s(spec, "serviceAccountName").is_empty() {
            return Err(self.refuse(
                pod,
                format!("node {node} can not create pods that reference a service account"),
            ));
        }
        let volumes = list(spec, "volumes");
        let has_volume = |kind: &str| volumes.iter().any(|v| has(v, kind));
        let projects = |kind: &str| {
            volumes
                .iter()
                .flat_map(|v| list(at(v, "projected"), "sources"))
                .any(|source| has(source, kind))
        };
        let containers = ["containers", "initContainers"]
            .into_iter()
            .flat_map(|key| list(spec, key));
        let refers = |from: &str, key: &str| {
            containers.clone().any(|c| {
                list(c, "envFrom").iter().any(|e| has(e, from))
                    || list(c, "env").iter().any(|e| has(at(e, "valueFrom"), key))
            })
        };
        let secrets = references::any_secret(spec);
        let configs = has_volume("configMap")
            || projects("configMap")
            || refers("configMapRef", "configMapKeyRef");
        for (found, what) in [
            (secrets, "secrets"),
            (configs, "configmaps"),
            (
                has_volume("persistentVolumeClaim"),
                "persistentvolumeclaims",
            ),
            (projects("serviceAccountToken"), "service account tokens"),
            (!list(spec, "resourceClaims").is_empty(), "resourceclaims"),
        ] {
            if found {
                return Err(self.refuse(
                    pod,
                    format!("node {node} can not create pods that reference {what}"),
                ));
            }
        }
        Ok(())
    }

    async fn pods(&self, obj: &Value, old: Option<&Value>) -> Result<(), Status> {
        let node = quoted(self.node);
        let sub = self.attrs.ctx.subresource;
        let nothing = Value::Null;
        let old = old.unwrap_or(&nothing);
        match (sub, self.attrs.operation) {
            ("", Operation::Create) => self.create_pod(obj),
            ("", Operation::Delete) if sp(old, &["spec", "nodeName"]) != self.node => Err(self
                .refuse(
                    old,
                    format!("node {node} can only delete pods with spec.nodeName set to itself"),
                )),
            ("", Operation::Delete) => Ok(()),
            ("status" | "resize", Operation::Update) => {
                let what = if sub == "status" {
                    "pod status"
                } else {
                    "pod resize"
                };
                if sp(old, &["spec", "nodeName"]) != self.node {
                    return Err(self.refuse(
                        obj,
                        format!("node {node} can only update {what} for pods with spec.nodeName set to itself"),
                    ));
                }
                let labels = |o: &Value| tree::path(o, &["metadata", "labels"]).clone();
                if !tree::same(&labels(obj), &labels(old)) {
                    return Err(self.refuse(
                        obj,
                        format!("node {node} cannot update labels through {what}"),
                    ));
                }
                Ok(())
            }
            ("eviction", Operation::Create) => {
                let found = self.pod(self.attrs.namespace(), self.name(obj)).await?;
                match found {
                    Some(pod) if sp(&pod, &["spec", "nodeName"]) != self.node => Err(self.refuse(
                        obj,
                        format!(
                            "node {} can only evict pods with spec.nodeName set to itself",
                            self.node
                        ),
                    )),
                    _ => Ok(()),
                }
            }
            _ => Err(self.refuse(obj, "unexpected operation or subresource of a node on pods")),
        }
    }

    fn nodes(&self, obj: &Value, old: Option<&Value>) -> Result<(), Status> {
        let node = quoted(self.node);
        let seen = if obj.is_null() {
            old.unwrap_or(obj)
        } else {
            obj
        };
        let name = self.name(seen);
        if name != self.node {
            return Err(self.refuse(
                seen,
                format!("node {node} is not allowed to modify node {}", quoted(name)),
            ));
        }
        match (self.attrs.operation, old) {
            (Operation::Create, _) => {
                let bad = changed_reserved(obj, &Value::Null);
                if !bad.is_empty() {
                    return Err(self.refuse(
                        obj,
                        format!(
                            "node {node} is not allowed to set the following labels: {}",
                            bad.join(", ")
                        ),
                    ));
                }
            }
            (Operation::Update, Some(old)) => {
                let taints = |o: &Value| tree::path(o, &["spec", "taints"]).clone();
                if !tree::same(&taints(obj), &taints(old)) {
                    return Err(
                        self.refuse(obj, format!("node {node} is not allowed to modify taints"))
                    );
                }
                let bad = changed_reserved(obj, old);
                if !bad.is_empty() {
                    return Err(self.refuse(
                        obj,
                        format!("is not allowed to modify labels: {}", bad.join(", ")),
                    ));
                }
                let owners = |o: &Value| tree::path(o, &["metadata", "ownerReferences"]).clone();
                if !tree::same(&owners(obj), &owners(old)) {
                    return Err(self.refuse(
                        obj,
                        format!("node {node} is not allowed to modify its owner references"),
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn token(&self, obj: &Value) -> Result<(), Status> {
        let bound = tree::path(obj, &["spec", "boundObjectRef"]);
        if s(bound, "kind") != "Pod" || s(bound, "apiVersion") != "v1" {
            return Err(self.refuse(obj, "node requested token not bound to a pod"));
        }
        if s(bound, "uid").is_empty() {
            return Err(self.refuse(obj, "node requested token with a pod binding without a uid"));
        }
        let pod = self.pod(self.attrs.namespace(), s(bound, "name")).await?;
        let Some(pod) = pod else {
            return Err(self.refuse(obj, format!("pod {} not found", quoted(s(bound, "name")))));
        };
        let uid = sp(&pod, &["metadata", "uid"]);
        if uid != s(bound, "uid") {
            return Err(self.refuse(
                obj,
                format!(
                    "the UID in the bound object reference ({}) does not match the UID in record. The object might have been deleted and then recreated",
                    s(bound, "uid")
                ),
            ));
        }
        if sp(&pod, &["spec", "nodeName"]) != self.node {
            return Err(self.refuse(
                obj,
                "node requested token bound to a pod scheduled on a different node",
            ));
        }
        Ok(())
    }

    fn own_name(&self, obj: &Value, old: Option<&Value>, what: &str) -> Result<(), Status> {
        let seen = if obj.is_null() {
            old.unwrap_or(obj)
        } else {
            obj
        };
        if self.name(seen) == self.node {
            return Ok(());
        }
        Err(self.refuse(
            seen,
            format!("can only access {what} with the same name as the requesting node"),
        ))
    }

    fn slice(&self, obj: &Value, old: Option<&Value>) -> Result<(), Status> {
        let seen = if obj.is_null() {
            old.unwrap_or(obj)
        } else {
            obj
        };
        if sp(seen, &["spec", "nodeName"]) == self.node {
            return Ok(());
        }
        let verb = if self.attrs.operation == Operation::Create {
            "create"
        } else {
            "modify"
        };
        Err(self.refuse(
            seen,
            format!("can only {verb} ResourceSlice with the same NodeName as the requesting node"),
        ))
    }
}

#[async_trait]
impl Plugin for NodeRestriction {
    fn name(&self) -> &'static str {
        "NodeRestriction"
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let Some(node) = node_of(attrs) else {
            return Ok(());
        };
        let asker = Asker { attrs, node };
        match (attrs.desc.group, attrs.desc.resource, attrs.ctx.subresource) {
            ("", "pods", _) => asker.pods(obj, old).await,
            ("", "nodes", "" | "status") => asker.nodes(obj, old),
            ("", "serviceaccounts", "token") => asker.token(obj).await,
            ("coordination.k8s.io", "leases", "") => {
                if attrs.namespace() != LEASES_NAMESPACE {
                    return Err(asker.refuse(
                        obj,
                        format!(
                            "can only access leases in the {} system namespace",
                            quoted(LEASES_NAMESPACE)
                        ),
                    ));
                }
                asker.own_name(obj, old, "node lease")
            }
            ("storage.k8s.io", "csinodes", "") => asker.own_name(obj, old, "CSINode"),
            ("resource.k8s.io", "resourceslices", "") => asker.slice(obj, old),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn labels_that_are_not_a_kubelets() {
        assert!(reserved("node-restriction.kubernetes.io/a"));
        assert!(reserved("node-role.kubernetes.io/control-plane"));
        assert!(!reserved("kubernetes.io/hostname"));
        assert!(!reserved("node.kubernetes.io/anything"));
        assert!(!reserved("example.com/a") && !reserved("plain"));
        let new = json!({"metadata": {"labels": {"node-role.kubernetes.io/x": "", "a": "b"}}});
        assert_eq!(
            changed_reserved(&new, &Value::Null),
            ["node-role.kubernetes.io/x"]
        );
        assert!(changed_reserved(&new, &new).is_empty());
    }
}
