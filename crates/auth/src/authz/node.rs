//! Kubelets: each may read what its own pods need, and write about itself.

mod graph;

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use parking_lot::RwLock;
use skeg_schema::Value;

use graph::{Graph, Kind, pod_references, volume_secrets};

use super::rules::PolicyRule;
use super::{Attributes, Authorization, Authorizer, KnownRules};
use crate::ObjectObserver;
use crate::metrics::{Family, Histogram, Text};
use crate::text::quote;
use crate::user::{UserInfo, names};

/// The Node authorizer with its graph of which node needs which object. It is
/// fed through [`ObjectObserver`] with pods, persistent volumes and volume
/// attachments.
pub struct NodeAuthorizer {
    graph: RwLock<Graph>,
    rules: Vec<PolicyRule>,
    /// What changes of the graph took.
    actions: Family<&'static str, Histogram>,
}

/// Bounds in seconds.
const BOUNDS: &[f64] = &[
    0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032, 0.0064, 0.0128, 0.0256, 0.0512, 0.1024, 0.2048,
];

/// A change on its way.
struct Timed {
    times: Arc<Histogram>,
    since: Instant,
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.times.observe(self.since.elapsed().as_secs_f64());
    }
}

impl Default for NodeAuthorizer {
    fn default() -> Self {
        Self::new()
    }
}

impl NodeAuthorizer {
    /// Knows no pods yet.
    pub fn new() -> Self {
        Self {
            graph: RwLock::default(),
            rules: node_rules(),
            actions: Family::default(),
        }
    }

    fn timed(&self, operation: &'static str) -> Timed {
        Timed {
            times: self.actions.get(&operation, || Histogram::new(BOUNDS)),
            since: Instant::now(),
        }
    }

    fn decide(&self, node: &str, attributes: &Attributes<'_>) -> Result<(), String> {
        match (attributes.group, attributes.resource) {
            ("", "secrets") => self.read_related(node, Kind::Secret, attributes),
            ("", "configmaps") => self.read_related(node, Kind::ConfigMap, attributes),
            ("", "persistentvolumeclaims") if attributes.subresource == "status" => {
                if !matches!(attributes.verb, "update" | "patch") {
                    return refuse("can only get/update/patch this type");
                }
                self.related(node, Kind::Claim, attributes)
            }
            ("", "persistentvolumeclaims") => self.get_related(node, Kind::Claim, attributes),
            ("resource.k8s.io", "resourceclaims") => {
                self.get_related(node, Kind::ResourceClaim, attributes)
            }
            ("", "serviceaccounts") if attributes.subresource == "token" => {
                if attributes.verb != "create" || attributes.name.is_empty() {
                    return refuse("can only create tokens for individual service accounts");
                }
                self.related(node, Kind::ServiceAccount, attributes)
            }
            ("", "serviceaccounts") => self.get_related(node, Kind::ServiceAccount, attributes),
            ("", "persistentvolumes") => {
                only_get(attributes)?;
                let graph = self.graph.read();
                let claim = graph.volumes.get(attributes.name).map(|(claim, _)| claim);
                related_if(claim.is_some_and(|claim| graph.needs(node, claim)), node)
            }
            ("storage.k8s.io", "volumeattachments") => {
                only_get(attributes)?;
                let graph = self.graph.read();
                related_if(
                    graph
                        .attachments
                        .get(attributes.name)
                        .is_some_and(|n| n == node),
                    node,
                )
            }
            ("coordination.k8s.io", "leases") => self.lease(node, attributes),
            ("storage.k8s.io", "csinodes") => self.csi_node(node, attributes),
            ("resource.k8s.io", "resourceslices") => self.resource_slice(node, attributes),
            ("certificates.k8s.io", "podcertificaterequests") => {
                self.certificate_request(node, attributes)
            }
            ("", "nodes") => self.node(node, attributes),
            ("", "pods") => self.pod(node, attributes),
            _ => self.by_rules(attributes),
        }
    }

    fn by_rules(&self, attributes: &Attributes<'_>) -> Result<(), String> {
        if self.rules.iter().any(|rule| rule.allows(attributes)) {
            Ok(())
        } else {
            refuse("")
        }
    }

    /// Get, or a list or watch of this one object.
    fn read_related(
        &self,
        node: &str,
        kind: Kind,
        attributes: &Attributes<'_>,
    ) -> Result<(), String> {
        if !matches!(attributes.verb, "get" | "list" | "watch") {
            return refuse("can only read resources of this type");
        }
        if !attributes.subresource.is_empty() {
            return refuse("cannot read subresource");
        }
        if attributes.namespace.is_empty() {
            return refuse("can only read namespaced object of this type");
        }
        self.related(node, kind, attributes)
    }

    fn get_related(
        &self,
        node: &str,
        kind: Kind,
        attributes: &Attributes<'_>,
    ) -> Result<(), String> {
        only_get(attributes)?;
        self.related(node, kind, attributes)
    }

    fn related(&self, node: &str, kind: Kind, attributes: &Attributes<'_>) -> Result<(), String> {
        if attributes.name.is_empty() {
            return refuse("No Object name found");
        }
        let key = (
            kind,
            attributes.namespace.to_owned(),
            attributes.name.to_owned(),
        );
        related_if(self.graph.read().needs(node, &key), node)
    }

    fn lease(&self, node: &str, attributes: &Attributes<'_>) -> Result<(), String> {
        if !matches!(
            attributes.verb,
            "get" | "create" | "update" | "patch" | "delete"
        ) {
            return refuse("can only get, create, update, patch, or delete a node lease");
        }
        if attributes.namespace != "kube-node-lease" {
            return refuse("can only access leases in the \"kube-node-lease\" system namespace");
        }
        own_name(
            node,
            attributes,
            "can only access node lease with the same name as the requesting node",
        )
    }

    fn csi_node(&self, node: &str, attributes: &Attributes<'_>) -> Result<(), String> {
        if !matches!(
            attributes.verb,
            "get" | "create" | "update" | "patch" | "delete"
        ) {
            return refuse("can only get, create, update, patch, or delete a CSINode");
        }
        if !attributes.subresource.is_empty() {
            return refuse("cannot authorize CSINode subresources");
        }
        own_name(
            node,
            attributes,
            "can only access CSINode with the same name as the requesting node",
        )
    }

    fn node(&self, node: &str, attributes: &Attributes<'_>) -> Result<(), String> {
        let read = matches!(attributes.verb, "get" | "list" | "watch");
        if !read || !attributes.subresource.is_empty() {
            return self.by_rules(attributes);
        }
        if attributes.name == node || selects(attributes, "metadata.name", node) {
            return Ok(());
        }
        let what = if attributes.name.is_empty() {
            "all nodes".to_owned()
        } else {
            format!("'{}'", attributes.name)
        };
        Err(format!(
            "node '{node}' cannot read {what}, only its own Node object"
        ))
    }

    fn pod(&self, node: &str, attributes: &Attributes<'_>) -> Result<(), String> {
        if !attributes.subresource.is_empty() {
            return self.by_rules(attributes);
        }
        match attributes.verb {
            "get" => {
                let graph = self.graph.read();
                let key = (attributes.namespace.to_owned(), attributes.name.to_owned());
                let own = graph.pods.get(&key).is_some_and(|(n, _)| n == node);
                drop(graph);
                related_if(own, node)
            }
            "list" | "watch" if selects(attributes, "spec.nodeName", node) => Ok(()),
            "list" | "watch" if !attributes.name.is_empty() => self.pod(
                node,
                &Attributes {
                    verb: "get",
                    ..*attributes
                },
            ),
            "list" | "watch" => {
                Err("can only list/watch pods with spec.nodeName field selector".to_owned())
            }
            _ => self.by_rules(attributes),
        }
    }

    fn resource_slice(&self, node: &str, attributes: &Attributes<'_>) -> Result<(), String> {
        if !attributes.subresource.is_empty() {
            return refuse("cannot authorize ResourceSlice subresources");
        }
        match attributes.verb {
            // Which node it belongs to is for admission to see.
            "create" => Ok(()),
            "get" | "update" | "patch" | "delete" => {
                let graph = self.graph.read();
                related_if(
                    graph.slices.get(attributes.name).is_some_and(|n| n == node),
                    node,
                )
            }
            "watch" | "list" | "deletecollection" => {
                if selects(attributes, "spec.nodeName", node) {
                    return Ok(());
                }
                refuse(
                    "can only list/watch/deletecollection resourceslices with nodeName field selector",
                )
            }
            _ => refuse(
                "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection",
            ),
        }
    }

    /// Those for pods of its own (KEP-4317).
    fn certificate_request(&self, node: &str, attributes: &Attributes<'_>) -> Result<(), String> {
        if !attributes.subresource.is_empty() {
            return refuse("nodes may not access the status subresource of PodCertificateRequests");
        }
        match attributes.verb {
            // Whose pod it is for is for admission to see.
            "create" => Ok(()),
            "get" => {
                let graph = self.graph.read();
                let key = (attributes.namespace.to_owned(), attributes.name.to_owned());
                related_if(graph.requests.get(&key).is_some_and(|n| n == node), node)
            }
            "list" | "watch" if selects(attributes, "spec.nodeName", node) => Ok(()),
            "list" | "watch" => {
                refuse("can only list/watch podcertificaterequests with nodeName field selector")
            }
            verb => Err(format!(
                "unsupported verb {verb:?} for PodCertificateRequests"
            )),
        }
    }
}

fn refuse(why: &str) -> Result<(), String> {
    Err(why.to_owned())
}

fn only_get(attributes: &Attributes<'_>) -> Result<(), String> {
    if attributes.verb != "get" {
        return refuse("can only get individual resources of this type");
    }
    if !attributes.subresource.is_empty() {
        return refuse("cannot get subresource");
    }
    if attributes.name.is_empty() {
        refuse("No Object name found")
    } else {
        Ok(())
    }
}

/// A create has no name yet in the request: admission looks at the object's.
fn own_name(node: &str, attributes: &Attributes<'_>, why: &str) -> Result<(), String> {
    if attributes.verb == "create" || attributes.name == node {
        Ok(())
    } else {
        refuse(why)
    }
}

fn related_if(related: bool, node: &str) -> Result<(), String> {
    if related {
        Ok(())
    } else {
        Err(format!(
            "no relationship found between node '{node}' and this object"
        ))
    }
}

fn selects(attributes: &Attributes<'_>, field: &str, value: &str) -> bool {
    attributes.selectors.requires(field, value)
}

/// The node's name if `user` is a kubelet.
fn node_of(user: &UserInfo) -> Option<&str> {
    user.name
        .strip_prefix(names::NODE_PREFIX)
        .filter(|_| user.in_group(names::NODES))
}

#[async_trait]
impl Authorizer for NodeAuthorizer {
    fn name(&self) -> &str {
        "node"
    }

    async fn authorize(&self, attributes: &Attributes<'_>) -> Authorization {
        let Some(node) = node_of(attributes.user) else {
            return Authorization::no_opinion("");
        };
        if node.is_empty() {
            let user = quote(&attributes.user.name);
            return Authorization::no_opinion(format!("unknown node for user {user}"));
        }
        let outcome = if attributes.resource_request {
            self.decide(node, attributes)
        } else {
            self.by_rules(attributes)
        };
        match outcome {
            Ok(()) => Authorization::allow(""),
            Err(why) if why.is_empty() => Authorization::no_opinion(""),
            Err(why) => Authorization::no_opinion(why),
        }
    }

    fn known_rules(&self, user: &UserInfo, _namespace: &str) -> KnownRules {
        match node_of(user) {
            Some(_) => KnownRules::gap("node authorizer does not support user rule resolution"),
            None => KnownRules::default(),
        }
    }

    fn render(&self, out: &mut Text) {
        let name = "node_authorizer_graph_actions_duration_seconds";
        let help = "Time that a change of what nodes may see took, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        for (operation, times) in self.actions.all() {
            out.histogram(name, &[("operation", operation)], &times);
        }
    }
}

impl ObjectObserver for NodeAuthorizer {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("", "pods"),
            ("", "persistentvolumes"),
            ("storage.k8s.io", "volumeattachments"),
            ("resource.k8s.io", "resourceslices"),
            ("certificates.k8s.io", "podcertificaterequests"),
        ]
    }

    fn upsert(&self, resource: &str, namespace: &str, name: &str, object: &Value) {
        let _timed = self.timed(match resource {
            "pods" => "AddPod",
            "persistentvolumes" => "AddPV",
            "volumeattachments" => "AddVolumeAttachment",
            "podcertificaterequests" => "AddPodCertificateRequest",
            _ => "AddResourceSlice",
        });
        match resource {
            "pods" => {
                let node = object
                    .at(&["spec", "nodeName"])
                    .and_then(Value::as_str)
                    .unwrap_or("");
                if node.is_empty() {
                    return;
                }
                let keys = pod_references(namespace, name, object);
                self.graph.write().set_pod(namespace, name, node, keys);
            }
            "persistentvolumes" => {
                let text = |path: &[&str]| {
                    object
                        .at(path)
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned()
                };
                let claim = (
                    Kind::Claim,
                    text(&["spec", "claimRef", "namespace"]),
                    text(&["spec", "claimRef", "name"]),
                );
                let mut graph = self.graph.write();
                graph.remove_volume(name);
                if claim.2.is_empty() {
                    return;
                }
                let secrets = volume_secrets(object, &claim.1);
                for secret in &secrets {
                    graph
                        .volumes_of
                        .entry(secret.clone())
                        .or_default()
                        .push(name.to_owned());
                }
                graph.volumes.insert(name.to_owned(), (claim, secrets));
            }
            "volumeattachments" | "resourceslices" => {
                let node = object.at(&["spec", "nodeName"]).and_then(Value::as_str);
                let node = node.unwrap_or_default().to_owned();
                let mut graph = self.graph.write();
                graph.nodes_by_name(resource).insert(name.to_owned(), node);
            }
            "podcertificaterequests" => {
                let node = object.at(&["spec", "nodeName"]).and_then(Value::as_str);
                let key = (namespace.to_owned(), name.to_owned());
                let mut graph = self.graph.write();
                graph
                    .requests
                    .insert(key, node.unwrap_or_default().to_owned());
            }
            _ => {}
        }
    }

    fn remove(&self, resource: &str, namespace: &str, name: &str) {
        let _timed = self.timed(match resource {
            "pods" => "DeletePod",
            "persistentvolumes" => "DeletePV",
            "volumeattachments" => "DeleteVolumeAttachment",
            "podcertificaterequests" => "DeletePodCertificateRequest",
            _ => "DeleteResourceSlice",
        });
        let mut graph = self.graph.write();
        match resource {
            "pods" => graph.remove_pod(namespace, name),
            "persistentvolumes" => graph.remove_volume(name),
            "volumeattachments" | "resourceslices" => {
                graph.nodes_by_name(resource).remove(name);
            }
            "podcertificaterequests" => {
                let key = (namespace.to_owned(), name.to_owned());
                graph.requests.remove(&key);
            }
            _ => {}
        }
    }
}

/// What every kubelet may do whatever its pods are: the rules of the bootstrap
/// role `system:node` for what the graph does not decide.
fn node_rules() -> Vec<PolicyRule> {
    const RULES: &[(&str, &str, &str)] = &[
        ("create", "authentication.k8s.io", "tokenreviews"),
        (
            "create",
            "authorization.k8s.io",
            "localsubjectaccessreviews subjectaccessreviews",
        ),
        ("get list watch", "", "services"),
        ("create patch update", "", "nodes"),
        ("patch update", "", "nodes/status"),
        ("create patch update", "", "events"),
        ("create patch update", "events.k8s.io", "events"),
        ("create delete", "", "pods"),
        ("patch update", "", "pods/status"),
        ("create", "", "pods/eviction"),
        ("get", "", "endpoints"),
        (
            "create get list watch",
            "certificates.k8s.io",
            "certificatesigningrequests",
        ),
        (
            "get list watch",
            "certificates.k8s.io",
            "clustertrustbundles",
        ),
        ("get list watch", "storage.k8s.io", "csidrivers"),
        ("get list watch", "node.k8s.io", "runtimeclasses"),
    ];
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    RULES
        .iter()
        .map(|(verbs, group, resources)| PolicyRule {
            verbs: words(verbs),
            api_groups: vec![(*group).to_owned()],
            resources: words(resources),
            ..PolicyRule::default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authz::Selectors;
    use skeg_schema::json;

    #[test]
    fn what_a_node_may_is_in_no_list() {
        let user = |name: &str| UserInfo {
            name: name.to_owned(),
            groups: vec![names::NODES.to_owned()],
            ..UserInfo::default()
        };
        let nodes = NodeAuthorizer::new();
        assert_eq!(nodes.known_rules(&user("somebody"), "").fault(), None);
        assert_eq!(
            nodes.known_rules(&user("system:node:n"), "").gaps,
            ["node authorizer does not support user rule resolution"]
        );
    }

    fn world() -> NodeAuthorizer {
        let nodes = NodeAuthorizer::new();
        nodes.upsert(
            "pods",
            "ns",
            "p",
            &json!({"spec": {
                "nodeName": "n",
                "serviceAccountName": "robot",
                "imagePullSecrets": [{"name": "pull"}],
                "containers": [{
                    "env": [{"valueFrom": {"secretKeyRef": {"name": "env"}}}],
                    "envFrom": [{"configMapRef": {"name": "from"}}]
                }],
                "volumes": [
                    {"projected": {"sources": [{"configMap": {"name": "kube-root-ca.crt"}}]}},
                    {"persistentVolumeClaim": {"claimName": "data"}},
                    {"name": "tmp", "ephemeral": {}}
                ]
            }, "status": {"extendedResourceClaimStatus": {"resourceClaimName": "devices"}}}),
        );
        nodes.upsert(
            "persistentvolumes",
            "",
            "pv",
            &json!({"spec": {
                "claimRef": {"namespace": "ns", "name": "data"},
                "csi": {"nodeStageSecretRef": {"namespace": "vault", "name": "stage"}}
            }}),
        );
        nodes.upsert(
            "volumeattachments",
            "",
            "va",
            &json!({"spec": {"nodeName": "n"}}),
        );
        for (name, node) in [("r", "n"), ("other", "m")] {
            let request = json!({"spec": {"nodeName": node}});
            nodes.upsert("podcertificaterequests", "ns", name, &request);
        }
        nodes
    }

    async fn ask(
        nodes: &NodeAuthorizer,
        node: &str,
        verb: &str,
        what: &str,
        fields: &str,
    ) -> Result<(), String> {
        let user = UserInfo::new(format!("system:node:{node}"), &["system:nodes"]);
        let selectors = Selectors::parse(fields, "");
        // group:resource/subresource@namespace/name
        let (group, rest) = what.split_once(':').unwrap();
        let (resource, object) = rest.split_once('@').unwrap_or((rest, "/"));
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let (namespace, name) = object.split_once('/').unwrap();
        let base = Attributes::resource(&user, verb, group, resource);
        let answer = nodes
            .authorize(&Attributes {
                subresource,
                namespace,
                name,
                selectors: &selectors,
                ..base
            })
            .await;
        if answer.allowed() {
            Ok(())
        } else {
            Err(answer.reason.to_string())
        }
    }

    #[tokio::test]
    async fn what_pods_need() {
        let nodes = world();
        let allowed = [
            ("get", ":secrets@ns/pull"),
            ("watch", ":secrets@ns/env"),
            ("get", ":secrets@vault/stage"),
            ("list", ":configmaps@ns/from"),
            ("get", ":configmaps@ns/kube-root-ca.crt"),
            ("get", ":persistentvolumeclaims@ns/data"),
            ("get", ":persistentvolumeclaims@ns/p-tmp"),
            ("get", ":persistentvolumes@/pv"),
            ("get", "resource.k8s.io:resourceclaims@ns/devices"),
            ("get", "storage.k8s.io:volumeattachments@/va"),
            ("create", ":serviceaccounts/token@ns/robot"),
            ("get", ":pods@ns/p"),
            ("watch", ":pods@ns/p"),
            ("get", "certificates.k8s.io:podcertificaterequests@ns/r"),
            ("create", "certificates.k8s.io:podcertificaterequests@ns/"),
            ("patch", ":pods/status@ns/p"),
            ("update", "coordination.k8s.io:leases@kube-node-lease/n"),
            ("create", "coordination.k8s.io:leases@kube-node-lease/"),
            ("get", ":nodes@/n"),
            ("create", ":nodes@/"),
            ("list", ":services@/"),
            ("create", "authentication.k8s.io:tokenreviews@/"),
        ];
        for (verb, what) in allowed {
            assert_eq!(
                ask(&nodes, "n", verb, what, "").await,
                Ok(()),
                "{verb} {what}"
            );
        }
        let unrelated = "no relationship found between node 'n' and this object";
        let refused = [
            ("get", ":secrets@ns/other", unrelated),
            ("get", ":persistentvolumes@/other", unrelated),
            ("create", ":serviceaccounts/token@ns/default", unrelated),
            ("list", ":secrets@ns/", "No Object name found"),
            (
                "delete",
                ":secrets@ns/pull",
                "can only read resources of this type",
            ),
            (
                "get",
                ":nodes@/m",
                "node 'n' cannot read 'm', only its own Node object",
            ),
            (
                "list",
                ":nodes@/",
                "node 'n' cannot read all nodes, only its own Node object",
            ),
            ("delete", ":nodes@/n", ""),
            ("list", ":pods@ns/q", unrelated),
            (
                "get",
                "certificates.k8s.io:podcertificaterequests@ns/other",
                unrelated,
            ),
            (
                "list",
                "certificates.k8s.io:podcertificaterequests@/",
                "can only list/watch podcertificaterequests with nodeName field selector",
            ),
            ("get", "apps:deployments@ns/d", ""),
        ];
        for (verb, what, why) in refused {
            assert_eq!(
                ask(&nodes, "n", verb, what, "").await,
                Err(why.into()),
                "{verb} {what}"
            );
        }
        assert!(
            ask(&nodes, "m", "get", ":secrets@ns/pull", "")
                .await
                .is_err()
        );
        let own = "spec.nodeName=n";
        assert_eq!(ask(&nodes, "n", "watch", ":pods@/", own).await, Ok(()));
        assert!(ask(&nodes, "m", "watch", ":pods@/", own).await.is_err());
        let itself = "metadata.name=n";
        assert_eq!(ask(&nodes, "n", "list", ":nodes@/", itself).await, Ok(()));
    }

    #[tokio::test]
    async fn a_pod_that_goes_takes_its_needs_with_it() {
        let nodes = world();
        let second = json!({"spec": {"nodeName": "n", "imagePullSecrets": [{"name": "pull"}]}});
        nodes.upsert("pods", "ns", "q", &second);
        nodes.remove("pods", "ns", "p");
        assert!(
            ask(&nodes, "n", "get", ":secrets@ns/pull", "")
                .await
                .is_ok()
        );
        assert!(
            ask(&nodes, "n", "get", ":secrets@ns/env", "")
                .await
                .is_err()
        );
        assert!(
            ask(&nodes, "n", "get", ":secrets@vault/stage", "")
                .await
                .is_err()
        );
        nodes.remove("pods", "ns", "q");
        assert!(
            ask(&nodes, "n", "get", ":secrets@ns/pull", "")
                .await
                .is_err()
        );
        assert!(nodes.graph.read().nodes_of.is_empty());
        nodes.remove("persistentvolumes", "", "pv");
        assert!(nodes.graph.read().volumes_of.is_empty());
    }

    #[tokio::test]
    async fn others_are_not_its_business() {
        let nodes = world();
        for user in [
            UserInfo::new("system:node:n", &[]),
            UserInfo::new("alice", &["system:nodes"]),
        ] {
            let attributes = Attributes::resource(&user, "list", "", "services");
            assert_eq!(
                nodes.authorize(&attributes).await,
                Authorization::no_opinion("")
            );
        }
    }

    #[test]
    fn changes_of_the_graph_are_timed() {
        let nodes = world();
        nodes.remove("pods", "ns", "p");
        let mut out = Text::default();
        nodes.render(&mut out);
        let text = out.finish();
        for operation in ["AddPod", "DeletePod"] {
            let line = format!(
                "node_authorizer_graph_actions_duration_seconds_count{{operation=\"{operation}\"}} 1"
            );
            assert!(text.contains(&line), "{line} is not in {text}");
        }
    }
}
