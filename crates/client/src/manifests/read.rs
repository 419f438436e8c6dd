//! From files to objects, in an order in which they can be made.

use std::path::{Path, PathBuf};

use skeg_meta::GroupVersionKind;
use skeg_schema::Value;

use super::ManifestError;

/// The longest file that is read.
const FILE_LEN_MAX: u64 = 64 << 20;
/// How deep folders are followed.
const DEPTH_MAX: usize = 32;

/// An object as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The object.
    pub tree: Value,
    /// Where it stands, for messages.
    pub origin: String,
}

impl Manifest {
    /// Its kind.
    #[must_use]
    pub fn gvk(&self) -> GroupVersionKind {
        GroupVersionKind::from_api_version(self.text("apiVersion"), self.text("kind"))
    }

    fn text(&self, key: &str) -> &str {
        self.tree[key].as_str().unwrap_or_default()
    }

    fn meta(&self, key: &str) -> &str {
        let found = self.tree.at(&["metadata", key]);
        found.and_then(Value::as_str).unwrap_or_default()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.meta("name")
    }

    /// Its namespace, where it names one.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.meta("namespace")
    }

    /// When it is to be made, the lower the sooner: first what others stand
    /// in, then kinds, what pods refer to, rights, workloads, and last what
    /// stands in the way of others.
    fn rank(&self) -> usize {
        const ORDER: [&str; 34] = [
            "Namespace",
            "CustomResourceDefinition",
            "PriorityClass",
            "RuntimeClass",
            "NetworkPolicy",
            "ResourceQuota",
            "LimitRange",
            "ServiceAccount",
            "Secret",
            "ConfigMap",
            "StorageClass",
            "VolumeAttributesClass",
            "VolumeSnapshotClass",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "DeviceClass",
            "ResourceClaimTemplate",
            "ResourceClaim",
            "Service",
            "DaemonSet",
            "Pod",
            "ReplicationController",
            "ReplicaSet",
            "Deployment",
            "StatefulSet",
            "Job",
            "CronJob",
            "HorizontalPodAutoscaler",
            "PodDisruptionBudget",
            "IngressClass",
        ];
        const LAST: [&str; 4] = [
            "APIService",
            "ValidatingAdmissionPolicy",
            "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
        ];
        let kind = self.text("kind");
        if let Some(at) = LAST.iter().position(|last| *last == kind) {
            return ORDER.len() + 1 + at;
        }
        ORDER
            .iter()
            .position(|first| *first == kind)
            .unwrap_or(ORDER.len())
    }
}

/// Puts manifests into an order in which they can be made; those of a kind
/// stay as they stand.
pub(super) fn in_order(manifests: &[Manifest]) -> Vec<&Manifest> {
    let mut sorted: Vec<&Manifest> = manifests.iter().collect();
    sorted.sort_by_key(|manifest| manifest.rank());
    sorted
}

/// The objects of a text: YAML with any number of documents, or JSON; lists
/// are opened up. `origin` is what messages call the text.
///
/// ```
/// let found = skeg_client::manifests::parse(
///     "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n# nothing\n", "here")?;
/// assert_eq!(found[0].name(), "a");
/// # Ok::<(), skeg_client::manifests::ManifestError>(())
/// ```
///
/// # Errors
/// The text is no YAML, or a document is no object of a kind.
pub fn parse(text: &str, origin: &str) -> Result<Vec<Manifest>, ManifestError> {
    let wrong = |why: String| ManifestError::Document {
        origin: origin.to_owned(),
        why,
    };
    let documents = skeg_schema::decode_yaml_documents(text.as_bytes())
        .map_err(|error| wrong(error.to_string()))?;
    let mut found = Vec::new();
    let several = documents.len() > 1;
    for (at, mut tree) in documents.into_iter().enumerate() {
        let origin = if several {
            format!("{origin}, document {}", at + 1)
        } else {
            origin.to_owned()
        };
        let is_list = tree["kind"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("List"));
        let trees = match tree.get_mut("items") {
            Some(Value::Array(items)) if is_list => std::mem::take(items),
            _ => vec![tree],
        };
        for tree in trees {
            let manifest = Manifest {
                tree,
                origin: origin.clone(),
            };
            check(&manifest)?;
            found.push(manifest);
        }
    }
    Ok(found)
}

fn check(manifest: &Manifest) -> Result<(), ManifestError> {
    let missing = |what: &str| {
        Err(ManifestError::Document {
            origin: manifest.origin.clone(),
            why: format!("{what} is not set"),
        })
    };
    if manifest.tree.as_object().is_none() {
        return Err(ManifestError::Document {
            origin: manifest.origin.clone(),
            why: "is no object".to_owned(),
        });
    }
    for field in ["apiVersion", "kind"] {
        if manifest.text(field).is_empty() {
            return missing(field);
        }
    }
    if manifest.name().is_empty() {
        return missing("metadata.name");
    }
    Ok(())
}

fn failed(path: &Path, source: std::io::Error) -> ManifestError {
    ManifestError::Read {
        path: path.display().to_string(),
        source,
    }
}

/// The objects of a file, or of every `.yaml`, `.yml` and `.json` file in a
/// folder and the folders in it, by name.
///
/// # Errors
/// A file cannot be read or makes no sense.
pub fn read(path: impl AsRef<Path>) -> Result<Vec<Manifest>, ManifestError> {
    let mut files = Vec::new();
    list(path.as_ref(), 0, &mut files)?;
    let mut found = Vec::new();
    for file in files {
        let len = std::fs::metadata(&file)
            .map_err(|source| failed(&file, source))?
            .len();
        if len > FILE_LEN_MAX {
            return Err(ManifestError::Document {
                origin: file.display().to_string(),
                why: format!("is longer than {FILE_LEN_MAX} bytes"),
            });
        }
        let text = std::fs::read_to_string(&file).map_err(|source| failed(&file, source))?;
        found.extend(parse(&text, &file.display().to_string())?);
    }
    Ok(found)
}

fn list(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), ManifestError> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    // A folder that links to itself ends here.
    if depth > DEPTH_MAX {
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|source| failed(path, source))?;
    let mut entries: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(|source| failed(path, source))?;
    entries.sort();
    for entry in entries {
        let suffix = entry.extension().and_then(|suffix| suffix.to_str());
        if entry.is_dir() {
            list(&entry, depth + 1, found)?;
        } else if matches!(suffix, Some("yaml" | "yml" | "json")) {
            found.push(entry);
        }
    }
    Ok(())
}
