//! Deletes what was applied before and is no longer wanted.

use std::collections::{BTreeSet, HashSet};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use skeg_api::core::v1::{ConfigMap, Secret};
use skeg_meta::{GroupKind, SharedObject};
use skeg_schema::{Value, json};

use super::ManifestError;
use super::applier::{Applier, Change, Outcome};
use super::read::Manifest;
use crate::api::Api;
use crate::crd::CustomResourceDefinition;
use crate::diff::LAST_APPLIED;
use crate::dynamic::DynamicApi;
use crate::error::Error;
use crate::options::{DeleteOptions, ListOptions, PatchOptions, Propagation};
use crate::patch::Patch;
use crate::resource::ApiResource;

const ID: &str = "applyset.kubernetes.io/id";
const PART_OF: &str = "applyset.kubernetes.io/part-of";
const PARENT_TYPE: &str = "applyset.kubernetes.io/is-parent-type";
const TOOLING: &str = "applyset.kubernetes.io/tooling";
const GROUP_KINDS: &str = "applyset.kubernetes.io/contains-group-kinds";
const NAMESPACES: &str = "applyset.kubernetes.io/additional-namespaces";

/// What is deleted because it is no longer among the manifests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prune {
    /// Nothing.
    #[default]
    Nothing,
    /// Objects of these kinds that the same manager has applied, with labels
    /// that match, in the namespaces to which something was applied.
    Selected {
        /// The selector; must not be empty.
        labels: String,
        /// The kinds; none for those that `kubectl apply --prune` looks at.
        kinds: Vec<GroupKind>,
    },
    /// Members of this set: the set remembers what was applied and where.
    ApplySet(ApplySet),
}

/// A set of applied objects (KEP-3659), kept by a Secret, a ConfigMap or a
/// custom object: what `kubectl apply --prune --applyset` keeps too, and
/// understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplySet {
    resource: ApiResource,
    name: String,
    namespace: String,
    tooling: String,
}

/// The kinds that kubectl prunes when it is told none.
const KINDS: [(&str, &str); 14] = [
    ("", "ConfigMap"),
    ("", "Endpoints"),
    ("", "PersistentVolumeClaim"),
    ("", "Pod"),
    ("", "ReplicationController"),
    ("", "Secret"),
    ("", "Service"),
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("networking.k8s.io", "Ingress"),
];

fn failed(object: String, action: &'static str) -> impl FnOnce(Error) -> ManifestError {
    move |source| ManifestError::Request {
        origin: "prune".to_owned(),
        action,
        object,
        source,
    }
}

/// The namespaces that changes were made in.
pub(super) fn places(changes: &[Change]) -> BTreeSet<String> {
    changes
        .iter()
        .map(|change| change.namespace.clone())
        .filter(|namespace| !namespace.is_empty())
        .collect()
}

/// Deletes what matches a selector and was applied by this manager, but not now.
pub(super) async fn selected(
    applier: &Applier,
    labels: &str,
    kinds: &[GroupKind],
    places: &BTreeSet<String>,
    applied: &HashSet<String>,
) -> Result<Vec<Change>, ManifestError> {
    if labels.trim().is_empty() {
        return Err(ManifestError::Document {
            origin: "prune".to_owned(),
            why: "without a label selector everything would be deleted; name one, or use an apply set"
                .to_owned(),
        });
    }
    let default: Vec<GroupKind>;
    let kinds = if kinds.is_empty() {
        default = KINDS
            .iter()
            .map(|(group, kind)| GroupKind::new(*group, *kind))
            .collect();
        &default
    } else {
        kinds
    };
    let mine = |object: &SharedObject| was_applied(object, &applier.manager);
    sweep(applier, kinds, places, labels, applied, &mine).await
}

/// Whether an apply of this manager, or `kubectl apply`, made the object.
fn was_applied(object: &SharedObject, manager: &str) -> bool {
    let tree = object.value();
    let entries = tree
        .at(&["metadata", "managedFields"])
        .and_then(Value::as_array);
    let by_manager = entries.is_some_and(|entries| {
        entries
            .iter()
            .any(|entry| entry["manager"] == manager && entry["operation"] == "Apply")
    });
    by_manager
        || tree
            .at(&["metadata", "annotations", LAST_APPLIED])
            .is_some()
}

async fn sweep(
    applier: &Applier,
    kinds: &[GroupKind],
    places: &BTreeSet<String>,
    labels: &str,
    applied: &HashSet<String>,
    mine: &(dyn Fn(&SharedObject) -> bool + Sync),
) -> Result<Vec<Change>, ManifestError> {
    let mut pruned = Vec::new();
    for kind in kinds {
        let resource = match applier.discovery.kind(kind, &[]).await {
            Ok(found) => found.resource,
            // What is no longer served has no objects.
            Err(error) if error.is_no_match() => continue,
            Err(error) => return Err(failed(kind.to_string(), "find")(error)),
        };
        let client = applier.client();
        let apis: Vec<DynamicApi> = if resource.namespaced {
            places
                .iter()
                .map(|place| {
                    DynamicApi::namespaced(client.clone(), resource.clone(), place.as_str())
                })
                .collect()
        } else {
            vec![DynamicApi::all(client.clone(), resource.clone())]
        };
        for api in apis {
            let options = ListOptions::default().labels(labels);
            let found = api
                .list(&options)
                .await
                .map_err(failed(resource.plural.to_string(), "list"))?;
            for object in found {
                if applied.contains(object.uid()) || !mine(&object) {
                    continue;
                }
                pruned.extend(delete(applier, &api, &object).await?);
            }
        }
    }
    Ok(pruned)
}

async fn delete(
    applier: &Applier,
    api: &DynamicApi,
    object: &SharedObject,
) -> Result<Option<Change>, ManifestError> {
    if object
        .value()
        .at(&["metadata", "deletionTimestamp"])
        .is_some()
    {
        return Ok(None);
    }
    let options = DeleteOptions {
        propagation: Some(Propagation::Background),
        dry_run: applier.dry_run,
        ..DeleteOptions::default().uid(object.uid())
    };
    match api.delete(object.name(), &options).await {
        Ok(_) => {}
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => {
            let what = format!("{} {:?}", api.resource().kind, object.name());
            return Err(failed(what, "delete")(error));
        }
    }
    Ok(Some(Change {
        resource: api.resource().clone(),
        namespace: object.namespace().to_owned(),
        name: object.name().to_owned(),
        outcome: Outcome::Pruned,
        object: None,
    }))
}

impl ApplySet {
    /// Kept by a Secret of this name, which is made if it is not there.
    #[must_use]
    pub fn secret(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self::new(ApiResource::of::<Secret>(), namespace.into(), name.into())
    }

    /// Kept by a ConfigMap of this name, which is made if it is not there.
    #[must_use]
    pub fn config_map(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self::new(
            ApiResource::of::<ConfigMap>(),
            namespace.into(),
            name.into(),
        )
    }

    /// Kept by a custom object, which must be there, of a kind whose definition
    /// has the label `applyset.kubernetes.io/is-parent-type: "true"`. The
    /// namespace is empty for a kind that lives in none.
    #[must_use]
    pub fn custom(
        resource: ApiResource,
        namespace: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self::new(resource, namespace.into(), name.into())
    }

    fn new(resource: ApiResource, namespace: String, name: String) -> Self {
        Self {
            resource,
            name,
            namespace,
            tooling: concat!("skeg/v", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Which tool keeps the set: name and version. Another tool does not touch
    /// it; to go on with what kubectl has made, say `kubectl/v1.37.0`.
    #[must_use]
    pub fn tooling(mut self, tooling: impl Into<String>) -> Self {
        self.tooling = tooling.into();
        self
    }

    /// The set's identity, which follows from the object that keeps it.
    #[must_use]
    pub fn id(&self) -> String {
        // The core group's name is empty, but the dot is there.
        let ApiResource { kind, group, .. } = &self.resource;
        let seed = format!("{}.{}.{kind}.{group}", self.name, self.namespace);
        let hash = digest(&SHA256, seed.as_bytes());
        format!("applyset-{}-v1", URL_SAFE_NO_PAD.encode(hash))
    }

    fn api(&self, applier: &Applier) -> DynamicApi {
        let (client, resource) = (applier.client().clone(), self.resource.clone());
        if resource.namespaced {
            DynamicApi::namespaced(client, resource, self.namespace.as_str())
        } else {
            DynamicApi::all(client, resource)
        }
    }

    fn what(&self) -> String {
        format!("{} {:?}", self.resource.kind, self.name)
    }

    fn refused(&self, why: String) -> ManifestError {
        ManifestError::Document {
            origin: format!("apply set {}", self.name),
            why,
        }
    }

    /// Whether the kind may keep sets, and its object is there if it is not ours to make.
    async fn check_parent(&self, applier: &Applier, is_there: bool) -> Result<(), ManifestError> {
        let ApiResource { plural, group, .. } = &self.resource;
        if group.is_empty() {
            return Ok(());
        }
        let name = format!("{plural}.{group}");
        let definitions = Api::<CustomResourceDefinition>::all(applier.client().clone());
        let definition = definitions.get_opt(&name).await;
        let definition = definition.map_err(failed(name.clone(), "get"))?;
        let labels = definition.map(|definition| definition.metadata.labels.clone());
        let may = labels.is_some_and(|labels| labels.get(PARENT_TYPE).is_some_and(|v| v == "true"));
        if !may {
            return Err(self.refused(format!(
                "the definition {name} has no label {PARENT_TYPE}=true"
            )));
        }
        if !is_there {
            return Err(self.refused(format!("there is no {}; make it first", self.what())));
        }
        Ok(())
    }

    /// Writes down, before anything is applied, what may be in the set from now
    /// on: what was in it and what is about to be.
    pub(super) async fn begin(
        &self,
        applier: &Applier,
        manifests: &[Manifest],
    ) -> Result<Known, ManifestError> {
        let parent = self
            .api(applier)
            .get_opt(&self.name)
            .await
            .map_err(failed(self.what(), "get"))?;
        self.check_parent(applier, parent.is_some()).await?;
        let mut known = Known {
            set: self.clone(),
            kinds: BTreeSet::new(),
            places: BTreeSet::new(),
            wanted_kinds: BTreeSet::new(),
            wanted_places: BTreeSet::new(),
        };
        if let Some(parent) = &parent {
            known.recall(parent)?;
        }
        for manifest in manifests {
            let gvk = manifest.gvk();
            known.wanted_kinds.insert(gvk.group_kind().to_string());
            let place = match manifest.namespace() {
                "" => &*applier.namespace,
                place => place,
            };
            known.wanted_places.insert(place.to_owned());
        }
        known.kinds.extend(known.wanted_kinds.iter().cloned());
        known.places.extend(known.wanted_places.iter().cloned());
        known.write(applier, &known.kinds, &known.places).await?;
        Ok(known)
    }
}

/// What is known of a set while it is applied.
pub(super) struct Known {
    set: ApplySet,
    kinds: BTreeSet<String>,
    places: BTreeSet<String>,
    wanted_kinds: BTreeSet<String>,
    wanted_places: BTreeSet<String>,
}

impl Known {
    fn recall(&mut self, parent: &SharedObject) -> Result<(), ManifestError> {
        let tree = parent.value();
        let annotation = |key: &str| {
            let found = tree.at(&["metadata", "annotations", key]);
            found.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let refuse = |why: String| self.set.refused(why);
        let label = parent.labels().get(ID);
        if let Some(id) = label.filter(|id| **id != self.set.id()) {
            return Err(refuse(format!(
                "its label {ID} is {id}, not {}",
                self.set.id()
            )));
        }
        let tool = annotation(TOOLING);
        let name = |tool: &str| tool.split('/').next().unwrap_or_default().to_owned();
        if !tool.is_empty() && name(&tool) != name(&self.set.tooling) {
            return Err(refuse(format!(
                "it is kept by {tool}, not by {}",
                self.set.tooling
            )));
        }
        let listed = |text: String| -> BTreeSet<String> {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        self.kinds = listed(annotation(GROUP_KINDS));
        self.places = listed(annotation(NAMESPACES));
        if self.set.resource.namespaced {
            self.places.insert(self.set.namespace.clone());
        }
        Ok(())
    }

    /// Marks a member.
    pub(super) fn label(&self, tree: &mut Value) {
        tree.set_at(&["metadata", "labels", PART_OF], self.set.id());
    }

    async fn write(
        &self,
        applier: &Applier,
        kinds: &BTreeSet<String>,
        places: &BTreeSet<String>,
    ) -> Result<(), ManifestError> {
        let joined = |parts: &mut dyn Iterator<Item = &String>| {
            let parts: Vec<&str> = parts.map(String::as_str).collect();
            parts.join(",")
        };
        let others = &mut places.iter().filter(|place| **place != self.set.namespace);
        let mut parent = json!({
            "apiVersion": self.set.resource.api_version(),
            "kind": &*self.set.resource.kind,
            "metadata": {
                "name": self.set.name.as_str(),
                "labels": {ID: self.set.id()},
                "annotations": {
                    TOOLING: self.set.tooling.as_str(),
                    GROUP_KINDS: joined(&mut kinds.iter()),
                    NAMESPACES: joined(others),
                },
            },
        });
        if self.set.resource.namespaced {
            parent.set_at(&["metadata", "namespace"], self.set.namespace.as_str());
        }
        let options = PatchOptions {
            force: true,
            dry_run: applier.dry_run,
            ..PatchOptions::apply(format!("{}-applyset", applier.manager))
        };
        let (api, what) = (self.set.api(applier), self.set.what());
        api.patch(&self.set.name, &Patch::Apply(parent), &options)
            .await
            .map(drop)
            .map_err(failed(what, "apply"))
    }

    /// Deletes the members that were not applied, and forgets where only they were.
    pub(super) async fn end(
        self,
        applier: &Applier,
        applied: &HashSet<String>,
    ) -> Result<Vec<Change>, ManifestError> {
        let kinds: Vec<GroupKind> = self
            .kinds
            .iter()
            .map(|kind| {
                let (kind, group) = kind.split_once('.').unwrap_or((kind, ""));
                GroupKind::new(group.to_owned(), kind.to_owned())
            })
            .collect();
        let labels = format!("{PART_OF}={}", self.set.id());
        let pruned = sweep(applier, &kinds, &self.places, &labels, applied, &|_| true).await?;
        self.write(applier, &self.wanted_kinds, &self.wanted_places)
            .await?;
        Ok(pruned)
    }
}
