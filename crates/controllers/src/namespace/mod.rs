//! Namespaces that are going: everything in them goes first.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::{Namespace, NamespaceCondition};
use skeg_client::{Api, ApiResource, Client, DeleteOptions, DynamicApi, ListOptions, Propagation};
use skeg_meta::Time;
use skeg_runtime::{Controller, Delta, Next, ObjectName, ReconcileError};
use skeg_schema::resources::RESOURCES;

use crate::{Context, defined};

/// The finalizer that this controller takes away.
const FINALIZER: &str = "kubernetes";
/// When to look again while something goes on ending.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const WORKERS: usize = 4;

/// Runs the namespace controller.
pub(crate) async fn run(context: Context) {
    let namespaces = context.informers.informer::<Namespace>();
    let queue = context.queue::<ObjectName>();
    let to = queue.clone();
    namespaces.on_change(move |delta| {
        let namespace = delta.object();
        if !matches!(delta, Delta::Deleted { .. })
            && namespace.metadata.deletion_timestamp.is_some()
        {
            to.add(ObjectName::cluster(namespace.metadata.name.clone()));
        }
    });
    namespaces.synced().await;
    let client = context.client.clone();
    Controller::new("namespace-controller", queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |key: ObjectName| {
            let namespace = namespaces.get("", &key.name);
            let client = client.clone();
            async move {
                match namespace {
                    Some(namespace) => reconcile(&client, &namespace).await,
                    None => Ok(Next::Done),
                }
            }
        })
        .await;
}

/// What is left in a namespace after everything was told to go.
#[derive(Debug, Default, PartialEq, Eq)]
struct Remains {
    /// How many objects, by `resource.group`.
    resources: BTreeMap<String, usize>,
    /// How many objects wait for each finalizer.
    finalizers: BTreeMap<String, usize>,
    /// How many pods end in their grace period.
    ending_pods: usize,
    /// What could not be told to go.
    failures: Vec<String>,
}

impl Remains {
    /// Pods that only need their time hold the namespace without a word.
    fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.failures.is_empty()
    }
}

async fn reconcile(client: &Client, namespace: &Arc<Namespace>) -> Result<Next, ReconcileError> {
    let finalizers = &namespace.spec.finalizers;
    if namespace.metadata.deletion_timestamp.is_none()
        || !finalizers.iter().any(|name| name == FINALIZER)
    {
        return Ok(Next::Done);
    }
    let remains = clear(client, &namespace.metadata.name).await?;
    let api = Api::<Namespace>::all(client.clone());
    if remains.is_empty() && remains.ending_pods == 0 {
        let mut done = Namespace::clone(namespace);
        done.spec.finalizers.retain(|name| name != FINALIZER);
        return match api.finalize(done).await {
            Err(error) if error.is_not_found() => Ok(Next::Done),
            result => Ok(result.map(|_| Next::Done)?),
        };
    }
    let conditions = conditions(namespace, &remains);
    if conditions != namespace.status.conditions {
        let mut told = Namespace::clone(namespace);
        told.status.conditions = conditions;
        match api.update_status(told).await {
            // The change that was in between brings us back.
            Err(error) if error.is_conflict() || error.is_not_found() => {}
            result => drop(result?),
        }
    }
    Ok(Next::After(LOOK_AGAIN))
}

/// Tells everything in a namespace to go, and says what is left.
async fn clear(client: &Client, namespace: &str) -> Result<Remains, ReconcileError> {
    let mut remains = Remains::default();
    let kinds = RESOURCES.iter().filter(|resource| {
        let can = |verb| resource.verbs.contains(&verb);
        resource.namespaced && resource.served_by_default() && can("list") && can("delete")
    });
    let mut resources: Vec<ApiResource> = Vec::new();
    for desc in kinds {
        // Two versions of a resource hold the same objects; events stand in two groups.
        let known = resources
            .iter()
            .any(|r| (&*r.group, &*r.plural) == (desc.group, desc.resource));
        if !known && (desc.group, desc.resource) != ("events.k8s.io", "events") {
            resources.push(ApiResource::from_desc(desc));
        }
    }
    let defined = defined::all(client).await?;
    resources.extend(defined.into_iter().filter(|resource| resource.namespaced));
    for resource in resources {
        let (group, plural) = (resource.group.clone(), resource.plural.clone());
        let api = DynamicApi::namespaced(client.clone(), resource, namespace);
        let list = ListOptions::default();
        match api.list_shared(&list).await {
            Ok(found) if found.items.is_empty() => continue,
            Ok(_) => {}
            // A custom resource that has gone since.
            Err(error) if error.is_not_found() => continue,
            Err(error) => return Err(error.into()),
        }
        let options = DeleteOptions::default().propagation(Propagation::Background);
        if let Err(error) = api.delete_collection(&options, &list).await {
            remains.failures.push(error.to_string());
        }
        let name = format!("{plural}.{group}");
        for object in api.list_shared(&list).await?.items {
            let tree = object.value();
            let finalizers = tree
                .at(&["metadata", "finalizers"])
                .and_then(|list| list.as_array());
            let finalizers: Vec<&str> = finalizers
                .into_iter()
                .flatten()
                .filter_map(|finalizer| finalizer.as_str())
                .collect();
            let ending = tree.at(&["metadata", "deletionTimestamp"]).is_some();
            if group.is_empty() && plural == "pods" && ending && finalizers.is_empty() {
                remains.ending_pods += 1;
                continue;
            }
            *remains.resources.entry(name.clone()).or_default() += 1;
            for finalizer in finalizers {
                *remains.finalizers.entry(finalizer.to_owned()).or_default() += 1;
            }
        }
    }
    Ok(remains)
}

/// The conditions in which a namespace tells what holds it.
fn conditions(namespace: &Namespace, remains: &Remains) -> Vec<NamespaceCondition> {
    let list = |counts: &BTreeMap<String, usize>, words: &str, joint: &str| {
        counts
            .iter()
            .map(|(name, count)| format!("{name} {words} {count} resource instances"))
            .collect::<Vec<_>>()
            .join(joint)
    };
    let failed = !remains.failures.is_empty();
    let content = !remains.resources.is_empty();
    let finalizers = !remains.finalizers.is_empty();
    let new = [
        (
            "NamespaceDeletionDiscoveryFailure",
            false,
            "ResourcesDiscovered",
            "All resources successfully discovered".to_owned(),
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            false,
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed".to_owned(),
        ),
        if failed {
            let text = format!(
                "Failed to delete all resource types, {} remaining: {}",
                remains.failures.len(),
                remains.failures.join(", ")
            );
            (
                "NamespaceDeletionContentFailure",
                true,
                "ContentDeletionFailed",
                text,
            )
        } else {
            let text =
                "All content successfully deleted, may be waiting on finalization".to_owned();
            (
                "NamespaceDeletionContentFailure",
                false,
                "ContentDeleted",
                text,
            )
        },
        if content {
            let text = format!(
                "Some resources are remaining: {}",
                list(&remains.resources, "has", ", ")
            );
            (
                "NamespaceContentRemaining",
                true,
                "SomeResourcesRemain",
                text,
            )
        } else {
            (
                "NamespaceContentRemaining",
                false,
                "ContentRemoved",
                "All content successfully removed".to_owned(),
            )
        },
        if finalizers {
            let text = format!(
                "Some content in the namespace has finalizers remaining: {}",
                list(&remains.finalizers, "in", ", ")
            );
            (
                "NamespaceFinalizersRemaining",
                true,
                "SomeFinalizersRemain",
                text,
            )
        } else {
            let text = "All content-preserving finalizers finished".to_owned();
            (
                "NamespaceFinalizersRemaining",
                false,
                "ContentHasNoFinalizers",
                text,
            )
        },
    ];
    new.into_iter()
        .map(|(type_, truth, reason, message)| {
            let status = if truth { "True" } else { "False" };
            let held = namespace
                .status
                .conditions
                .iter()
                .find(|condition| condition.type_ == type_);
            let since = held
                .filter(|held| held.status == status)
                .and_then(|held| held.last_transition_time)
                .unwrap_or_else(|| Time::now().truncated());
            NamespaceCondition {
                type_: type_.into(),
                status: status.into(),
                reason: reason.into(),
                message,
                last_transition_time: Some(since),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_a_namespace_is_told() {
        let remains = Remains {
            resources: BTreeMap::from([("configmaps.".to_owned(), 1)]),
            finalizers: BTreeMap::from([("example.com/hold".to_owned(), 1)]),
            ..Default::default()
        };
        let told = conditions(&Namespace::default(), &remains);
        let of = |type_: &str| {
            told.iter()
                .find(|condition| condition.type_ == type_)
                .unwrap()
        };
        assert_eq!(
            of("NamespaceContentRemaining").message,
            "Some resources are remaining: configmaps. has 1 resource instances"
        );
        assert_eq!(
            of("NamespaceFinalizersRemaining").message,
            "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances"
        );
        let pods = Remains {
            ending_pods: 1,
            ..Default::default()
        };
        assert!(
            conditions(&Namespace::default(), &pods)
                .iter()
                .all(|condition| condition.status == "False")
        );
    }
}
