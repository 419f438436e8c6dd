//! What leads from nodes to the objects that their pods need.

use std::collections::HashMap;

use skeg_schema::Value;

/// Objects that pods lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    ConfigMap,
    Secret,
    Claim,
    ServiceAccount,
    ResourceClaim,
}

/// An object: its kind, namespace and name.
pub(super) type ObjectKey = (Kind, String, String);

#[derive(Default)]
pub(super) struct Graph {
    /// By (namespace, name): the node and what the pod refers to.
    pub(super) pods: HashMap<(String, String), (String, Vec<ObjectKey>)>,
    /// How many pods of each node refer to the object.
    pub(super) nodes_of: HashMap<ObjectKey, HashMap<String, usize>>,
    /// A volume's claim and the secrets that mounting it takes.
    pub(super) volumes: HashMap<String, (ObjectKey, Vec<ObjectKey>)>,
    /// The volumes that take a secret.
    pub(super) volumes_of: HashMap<ObjectKey, Vec<String>>,
    /// The node of each volume attachment.
    pub(super) attachments: HashMap<String, String>,
    /// The node of each resource slice that has one.
    pub(super) slices: HashMap<String, String>,
    /// The node of each request for a pod's certificate, by (namespace, name).
    pub(super) requests: HashMap<(String, String), String>,
}

impl Graph {
    pub(super) fn needs(&self, node: &str, key: &ObjectKey) -> bool {
        if self
            .nodes_of
            .get(key)
            .is_some_and(|nodes| nodes.contains_key(node))
        {
            return true;
        }
        // A secret may also be a volume's.
        self.volumes_of
            .get(key)
            .into_iter()
            .flatten()
            .any(|volume| {
                self.volumes.get(volume).is_some_and(|(claim, _)| {
                    self.nodes_of
                        .get(claim)
                        .is_some_and(|nodes| nodes.contains_key(node))
                })
            })
    }

    pub(super) fn remove_pod(&mut self, namespace: &str, name: &str) {
        let Some((node, keys)) = self.pods.remove(&(namespace.to_owned(), name.to_owned())) else {
            return;
        };
        for key in keys {
            let Some(nodes) = self.nodes_of.get_mut(&key) else {
                continue;
            };
            if let Some(count) = nodes.get_mut(&node) {
                *count -= 1;
                if *count == 0 {
                    nodes.remove(&node);
                }
            }
            if nodes.is_empty() {
                self.nodes_of.remove(&key);
            }
        }
    }

    pub(super) fn set_pod(
        &mut self,
        namespace: &str,
        name: &str,
        node: &str,
        keys: Vec<ObjectKey>,
    ) {
        self.remove_pod(namespace, name);
        for key in &keys {
            let nodes = self.nodes_of.entry(key.clone()).or_default();
            *nodes.entry(node.to_owned()).or_default() += 1;
        }
        self.pods.insert(
            (namespace.to_owned(), name.to_owned()),
            (node.to_owned(), keys),
        );
    }

    pub(super) fn nodes_by_name(&mut self, resource: &str) -> &mut HashMap<String, String> {
        if resource == "volumeattachments" {
            &mut self.attachments
        } else {
            &mut self.slices
        }
    }

    pub(super) fn remove_volume(&mut self, name: &str) {
        let Some((_, secrets)) = self.volumes.remove(name) else {
            return;
        };
        for key in secrets {
            if let Some(volumes) = self.volumes_of.get_mut(&key) {
                volumes.retain(|volume| volume != name);
                if volumes.is_empty() {
                    self.volumes_of.remove(&key);
                }
            }
        }
    }
}

/// Everything that the node needs to read for this pod, each once.
pub(super) fn pod_references(namespace: &str, pod: &str, object: &Value) -> Vec<ObjectKey> {
    let mut keys: Vec<ObjectKey> = Vec::new();
    // A mirror pod only shows what a node runs of its own accord.
    if object
        .at(&["metadata", "annotations", "kubernetes.io/config.mirror"])
        .is_some()
    {
        return keys;
    }
    let mut add = |kind: Kind, name: &str| {
        let key = (kind, namespace.to_owned(), name.to_owned());
        if !name.is_empty() && !keys.contains(&key) {
            keys.push(key);
        }
    };
    let text = |value: &Value, path: &[&str]| {
        value
            .at(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let items = |value: &Value, path: &[&str]| {
        value
            .at(path)
            .and_then(Value::as_array)
            .map(|a| a.to_vec())
            .unwrap_or_default()
    };
    let Some(spec) = object.get("spec") else {
        return keys;
    };
    add(Kind::ServiceAccount, &text(spec, &["serviceAccountName"]));
    for secret in items(spec, &["imagePullSecrets"]) {
        add(Kind::Secret, &text(&secret, &["name"]));
    }
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in items(spec, &[list]) {
            for env in items(&container, &["env"]) {
                add(
                    Kind::Secret,
                    &text(&env, &["valueFrom", "secretKeyRef", "name"]),
                );
                add(
                    Kind::ConfigMap,
                    &text(&env, &["valueFrom", "configMapKeyRef", "name"]),
                );
            }
            for env in items(&container, &["envFrom"]) {
                add(Kind::Secret, &text(&env, &["secretRef", "name"]));
                add(Kind::ConfigMap, &text(&env, &["configMapRef", "name"]));
            }
        }
    }
    for volume in items(spec, &["volumes"]) {
        add(Kind::Secret, &text(&volume, &["secret", "secretName"]));
        add(Kind::ConfigMap, &text(&volume, &["configMap", "name"]));
        add(
            Kind::Claim,
            &text(&volume, &["persistentVolumeClaim", "claimName"]),
        );
        if volume.get("ephemeral").is_some() {
            add(Kind::Claim, &format!("{pod}-{}", text(&volume, &["name"])));
        }
        for source in items(&volume, &["projected", "sources"]) {
            add(Kind::Secret, &text(&source, &["secret", "name"]));
            add(Kind::ConfigMap, &text(&source, &["configMap", "name"]));
        }
        for plugin in [
            "cephfs",
            "flexVolume",
            "iscsi",
            "rbd",
            "scaleIO",
            "storageos",
        ] {
            add(Kind::Secret, &text(&volume, &[plugin, "secretRef", "name"]));
        }
        add(Kind::Secret, &text(&volume, &["azureFile", "secretName"]));
        add(
            Kind::Secret,
            &text(&volume, &["csi", "nodePublishSecretRef", "name"]),
        );
    }
    for claim in items(spec, &["resourceClaims"]) {
        add(Kind::ResourceClaim, &text(&claim, &["resourceClaimName"]));
    }
    for claim in items(object, &["status", "resourceClaimStatuses"]) {
        add(Kind::ResourceClaim, &text(&claim, &["resourceClaimName"]));
    }
    let extended = ["status", "extendedResourceClaimStatus", "resourceClaimName"];
    add(Kind::ResourceClaim, &text(object, &extended));
    keys
}

/// The secrets that a persistent volume's plugin names.
pub(super) fn volume_secrets(volume: &Value, claim_namespace: &str) -> Vec<ObjectKey> {
    let references: [&[&str]; 11] = [
        &["azureFile", "secretName"],
        &["cephfs", "secretRef"],
        &["flexVolume", "secretRef"],
        &["iscsi", "secretRef"],
        &["rbd", "secretRef"],
        &["scaleIO", "secretRef"],
        &["storageos", "secretRef"],
        &["csi", "controllerPublishSecretRef"],
        &["csi", "nodePublishSecretRef"],
        &["csi", "nodeStageSecretRef"],
        &["csi", "nodeExpandSecretRef"],
    ];
    let Some(spec) = volume.get("spec") else {
        return Vec::new();
    };
    let found = references.iter().filter_map(|path| spec.at(path));
    found
        .filter_map(|reference| {
            let (namespace, name) = match reference.as_str() {
                Some(name) => (None, name),
                None => (
                    reference.get("namespace").and_then(Value::as_str),
                    reference.get("name").and_then(Value::as_str)?,
                ),
            };
            let namespace = namespace
                .filter(|n| !n.is_empty())
                .unwrap_or(claim_namespace);
            Some((Kind::Secret, namespace.to_owned(), name.to_owned()))
        })
        .collect()
}
