//! NodeRestriction: what a kubelet may write. The authorizer lets nodes write
//! pods, nodes, tokens and leases; here they are kept to their own.

use super::certificates::SharedAuthorizer;
use super::references;
use super::{Attributes, Operation, Plugin, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, has, list, s, sp};
use crate::validation::certificates;
use async_trait::async_trait;
use skeg_meta::{GroupResource, Status};
use skeg_schema::Value;
use skeg_schema::go::quote as quoted;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The plugin. Off by default.
pub struct NodeRestriction(pub SharedAuthorizer);

const NODES_GROUP: &str = "system:nodes";
const NODE_PREFIX: &str = "system:node:";
/// Marks a pod that a kubelet has from a file of its own.
pub(super) const MIRROR: &str = "kubernetes.io/config.mirror";
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

/// What else of the API a PodSpec refers to.
fn refers_to(spec: &Value) -> Option<&'static str> {
    if !s(spec, "serviceAccountName").is_empty() {
        return Some("serviceaccounts");
    }
    if references::any_secret(spec) {
        return Some("secrets");
    }
    if references::any_config_map(spec) {
        return Some("configmaps");
    }
    if !list(spec, "resourceClaims").is_empty() {
        return Some("resourceclaims");
    }
    list(spec, "volumes").iter().find_map(|volume| {
        let volumes = [
            ("csi", "csidrivers (via CSI volumes)"),
            ("glusterfs", "endpoints (via glusterFS volumes)"),
            ("persistentVolumeClaim", "persistentvolumeclaims"),
            (
                "ephemeral",
                "persistentvolumeclaims (via ephemeral volumes)",
            ),
        ];
        let projected = [
            (
                "serviceAccountToken",
                "serviceaccounts (via projected volumes)",
            ),
            ("clusterTrustBundle", "clustertrustbundles"),
            ("podCertificate", "podcertificates"),
        ];
        let found = volumes.iter().find(|(kind, _)| has(volume, kind));
        let sources = list(at(volume, "projected"), "sources");
        let source = |source| projected.iter().find(|(kind, _)| has(source, kind));
        (found.or_else(|| sources.iter().find_map(source))).map(|(_, words)| *words)
    })
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

/// A kubelet and what it wants to write.
pub(super) struct Asker<'a> {
    pub(super) attrs: &'a Attributes<'a>,
    pub(super) node: &'a str,
    pub(super) authorizer: &'a SharedAuthorizer,
}

impl Asker<'_> {
    /// 403 in upstream's words.
    pub(super) fn refuse(&self, obj: &Value, words: impl std::fmt::Display) -> Status {
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

    async fn create_pod(&self, pod: &Value) -> Result<(), Status> {
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
        if sp(pod, &["spec", "nodeName"]) != self.node {
            return Err(self.refuse(
                pod,
                format!("node {node} can only create pods with spec.nodeName set to itself"),
            ));
        }
        self.owner(pod).await?;
        match refers_to(at(pod, "spec")) {
            None => Ok(()),
            Some(what) => Err(self.refuse(
                pod,
                format!("node {node} can not create pods that reference {what}"),
            )),
        }
    }

    /// The node, and nobody else, owns a pod that it made.
    async fn owner(&self, pod: &Value) -> Result<(), Status> {
        let node = quoted(self.node);
        let refuse = |words: &str| Err(self.refuse(pod, format!("node {node} {words}")));
        let owner = match list(at(pod, "metadata"), "ownerReferences") {
            [owner] => owner,
            [] => return refuse("can only create pods with an owner reference set to itself"),
            _ => {
                return refuse("can only create pods with a single owner reference set to itself");
            }
        };
        if (s(owner, "apiVersion"), s(owner, "kind"), s(owner, "name")) != ("v1", "Node", self.node)
        {
            return refuse("can only create pods with an owner reference set to itself");
        }
        if !tree::b(owner, "controller") {
            return refuse("can only create pods with a controller owner reference set to itself");
        }
        if tree::b(owner, "blockOwnerDeletion") {
            return refuse("must not set blockOwnerDeletion on an owner reference");
        }
        let found = self.attrs.ctx.objects.get(Gr::NODES, "", self.node).await?;
        let Some(found) = found else {
            return Err(Status::not_found(
                &GroupResource::new("", "node"),
                self.node,
            ));
        };
        let (named, own) = (s(owner, "uid"), sp(&found, &["metadata", "uid"]));
        if named == own {
            return Ok(());
        }
        Err(self.refuse(
            pod,
            format!(
                "node {} UID mismatch: expected {named} got {own}",
                self.node
            ),
        ))
    }

    async fn pods(&self, obj: &Value, old: Option<&Value>) -> Result<(), Status> {
        let node = quoted(self.node);
        let sub = self.attrs.ctx.subresource;
        let nothing = Value::Null;
        let old = old.unwrap_or(&nothing);
        match (sub, self.attrs.operation) {
            ("", Operation::Create) => self.create_pod(obj).await,
            ("", Operation::Delete) if sp(old, &["spec", "nodeName"]) != self.node => Err(self
                .refuse(
                    old,
                    format!("node {node} can only delete pods with spec.nodeName set to itself"),
                )),
            ("", Operation::Delete) => Ok(()),
            ("status", Operation::Update) => {
                if sp(old, &["spec", "nodeName"]) != self.node {
                    return Err(self.refuse(
                        obj,
                        format!("node {node} can only update pod status for pods with spec.nodeName set to itself"),
                    ));
                }
                let labels = |o: &Value| tree::path(o, &["metadata", "labels"]).clone();
                if !tree::same(&labels(obj), &labels(old)) {
                    return Err(self.refuse(
                        obj,
                        format!("node {node} cannot update labels through pod status"),
                    ));
                }
                let claims = |o: &Value, field: &str| tree::path(o, &["status", field]).clone();
                for (field, words) in [
                    ("resourceClaimStatuses", "resource claim statues"),
                    (
                        "extendedResourceClaimStatus",
                        "extended resource claim status",
                    ),
                    (
                        "nodeAllocatableResourceClaimStatuses",
                        "node allocatable resource claim statuses",
                    ),
                ] {
                    if !tree::same(&claims(obj, field), &claims(old, field)) {
                        return Err(self.refuse(obj, format!("node {node} cannot update {words}")));
                    }
                }
                Ok(())
            }
            ("eviction", Operation::Create) => {
                let name = self.name(obj);
                let found = self.pod(self.attrs.namespace(), name).await?;
                match found {
                    None => Err(Status::not_found(&GroupResource::new("", "pod"), name)),
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
            ("", operation) => Err(self.refuse(
                obj,
                format!(
                    "unexpected operation {}, node {node} can only create and delete mirror pods",
                    quoted(operation.word())
                ),
            )),
            ("eviction", operation) => {
                let operation = operation.word();
                Err(self.refuse(obj, format!("unexpected operation {operation}")))
            }
            ("status", operation) => {
                let operation = quoted(operation.word());
                Err(self.refuse(obj, format!("unexpected operation {operation}")))
            }
            (sub, _) => Err(self.refuse(
                obj,
                format!(
                    "unexpected pod subresource {}, only 'status' and 'eviction' are allowed",
                    quoted(sub)
                ),
            )),
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
        let source = |o: &Value| tree::path(o, &["spec", "configSource"]).clone();
        match (self.attrs.operation, old) {
            (Operation::Create, _) => {
                if !source(obj).is_null() {
                    let words = format!(
                        "node {node} is not allowed to create pods with a non-nil configSource"
                    );
                    return Err(self.refuse(obj, words));
                }
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
                if !source(obj).is_null() && !tree::same(&source(obj), &source(old)) {
                    let words = format!(
                        "node {node} is not allowed to update configSource to a new non-nil configSource"
                    );
                    return Err(self.refuse(obj, words));
                }
                let taints = |o: &Value| tree::path(o, &["spec", "taints"]).clone();
                if !tree::same(&taints(obj), &taints(old)) {
                    return Err(
                        self.refuse(obj, format!("node {node} is not allowed to modify taints"))
                    );
                }
                let owners = |o: &Value| tree::path(o, &["metadata", "ownerReferences"]).clone();
                if !tree::same(&owners(obj), &owners(old)) {
                    return Err(self.refuse(
                        obj,
                        format!("node {node} is not allowed to modify ownerReferences"),
                    ));
                }
                let bad = changed_reserved(obj, old);
                if !bad.is_empty() {
                    return Err(self.refuse(
                        obj,
                        format!("is not allowed to modify labels: {}", bad.join(", ")),
                    ));
                }
            }
            _ => {}
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
        let (seen, verb) = match self.attrs.operation {
            Operation::Create => (obj, "create"),
            Operation::Delete => (old.unwrap_or(obj), "delete"),
            // The authorizer has seen whose it is.
            Operation::Update => return Ok(()),
        };
        if sp(seen, &["spec", "nodeName"]) == self.node {
            return Ok(());
        }
        Err(self.refuse(
            seen,
            format!("can only {verb} ResourceSlice with the same NodeName as the requesting node"),
        ))
    }

    /// A kubelet tells how large a claim is, and how its growth goes on.
    fn claim_status(&self, obj: &Value, old: Option<&Value>) -> Result<(), Status> {
        let (Operation::Update, Some(old)) = (self.attrs.operation, old) else {
            let operation = quoted(self.attrs.operation.word());
            return Err(self.refuse(obj, format!("unexpected operation {operation}")));
        };
        let rest = |claim: &Value| {
            let mut claim = claim.clone();
            for path in [
                ["metadata", "resourceVersion"],
                ["metadata", "managedFields"],
                ["status", "capacity"],
                ["status", "conditions"],
                ["status", "allocatedResources"],
                ["status", "allocatedResourceStatuses"],
            ] {
                claim.remove_at(&path);
            }
            claim
        };
        if tree::same(&rest(obj), &rest(old)) {
            return Ok(());
        }
        let node = quoted(self.node);
        Err(self.refuse(
            obj,
            format!("node {node} is not allowed to update fields other than status.quantity and status.conditions"),
        ))
    }

    /// Who asks for a certificate of a node asks for its own.
    fn signing_request(&self, obj: &Value) -> Result<(), Status> {
        const SIGNERS: [&str; 2] = [
            "kubernetes.io/kubelet-serving",
            "kubernetes.io/kube-apiserver-client-kubelet",
        ];
        let creates = self.attrs.operation == Operation::Create;
        if !creates || !SIGNERS.contains(&sp(obj, &["spec", "signerName"])) {
            return Ok(());
        }
        if let Some(words) = certificates::fault_of_request(obj) {
            return Err(self.refuse(obj, format!("unable to parse csr: {words}")));
        }
        let own = format!("{NODE_PREFIX}{}", self.node);
        if certificates::common_name(obj).as_deref() == Some(&*own) {
            return Ok(());
        }
        Err(self.refuse(obj, format!("can only create a node CSR with CN={own}")))
    }
}

#[async_trait]
impl Plugin for NodeRestriction {
    fn name(&self) -> &'static str {
        "NodeRestriction"
    }

    /// What is sent is looked at as it is, before kinds leave out what a request
    /// may not change.
    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        match attrs.operation {
            Operation::Delete => Ok(()),
            Operation::Create | Operation::Update => self.check(attrs, obj, old).await,
        }
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        match attrs.operation {
            Operation::Delete => self.check(attrs, obj, old).await,
            Operation::Create | Operation::Update => Ok(()),
        }
    }
}

impl NodeRestriction {
    async fn check(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
    ) -> Result<(), Status> {
        let Some(node) = node_of(attrs) else {
            return Ok(());
        };
        if node.is_empty() {
            let user = quoted(&attrs.ctx.user.name);
            let words = format!("could not determine node from user {user}");
            return Err(attrs.forbidden(old.filter(|_| obj.is_null()).unwrap_or(obj), words));
        }
        let authorizer = &self.0;
        let asker = Asker {
            attrs,
            node,
            authorizer,
        };
        match (attrs.desc.group, attrs.desc.resource, attrs.ctx.subresource) {
            ("", "pods", _) => asker.pods(obj, old).await,
            ("", "nodes", "" | "status") => asker.nodes(obj, old),
            ("", "persistentvolumeclaims", "status") => asker.claim_status(obj, old),
            ("", "persistentvolumeclaims", _) => {
                let seen = old.filter(|_| obj.is_null()).unwrap_or(obj);
                Err(asker.refuse(seen, "may only update PVC status"))
            }
            ("", "serviceaccounts", "token") => asker.token(obj).await,
            ("certificates.k8s.io", "certificatesigningrequests", "") => asker.signing_request(obj),
            ("certificates.k8s.io", "podcertificaterequests", sub) => match attrs.operation {
                Operation::Create if sub.is_empty() => asker.certificate(obj).await,
                operation => {
                    let seen = old.filter(|_| obj.is_null()).unwrap_or(obj);
                    let words = format!("unexpected operation {}", operation.word());
                    Err(asker.refuse(seen, words))
                }
            },
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
