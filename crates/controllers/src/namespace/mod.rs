//! Namespaces that are going: everything in them goes first, the pods before
//! all else (KEP-5080).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::core::v1::{Namespace, NamespaceCondition, Pod};
use skeg_client::{
    Api, ApiResource, Client, DeleteOptions, Discovery, DynamicApi, Error, ListOptions, Propagation,
};
use skeg_meta::{ObjectMeta, Time};
use skeg_runtime::{
    Cached, Clock, Controller, Delta, Next, ObjectName, PartialObject, ReconcileError,
};
use skeg_schema::resources::RESOURCES;

use crate::{Context, defined};

/// The finalizer that this controller takes away.
const FINALIZER: &str = "kubernetes";
/// When to look again while something goes on ending.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const WORKERS: usize = 4;

struct Namespaces {
    client: Client,
    discovery: Discovery,
    clock: Arc<dyn Clock>,
}

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
    let this = Arc::new(Namespaces {
        client: context.client.clone(),
        // What is served may have changed since the last namespace went.
        discovery: Discovery::new(context.client.clone()).ttl(Duration::ZERO),
        clock: Arc::clone(&context.clock),
    });
    Controller::new("namespace-controller", queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |key: ObjectName| {
            let namespace = namespaces.get("", &key.name);
            let this = Arc::clone(&this);
            async move {
                match namespace {
                    Some(namespace) => this.reconcile(&namespace).await,
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
    /// Pods that are there still; everything else waits for them.
    pods: usize,
    /// Why it is not known what there is.
    unknown: Option<String>,
    /// What could not be told to go.
    failures: Vec<String>,
}

impl Remains {
    fn is_empty(&self) -> bool {
        self.resources.is_empty()
            && self.failures.is_empty()
            && self.pods == 0
            && self.unknown.is_none()
    }
}

/// What is left of one resource.
#[derive(Debug, Default)]
struct Rest {
    objects: usize,
    finalizers: BTreeMap<String, usize>,
}

impl Namespaces {
    async fn reconcile(&self, namespace: &Arc<Namespace>) -> Result<Next, ReconcileError> {
        let finalizers = &namespace.spec.finalizers;
        let Some(since) = namespace.metadata.deletion_timestamp else {
            return Ok(Next::Done);
        };
        if !finalizers.iter().any(|name| name == FINALIZER) {
            return Ok(Next::Done);
        }
        let remains = self.clear(&namespace.metadata.name, since).await?;
        let api = Api::<Namespace>::all(self.client.clone());
        if remains.is_empty() {
            let mut done = Namespace::clone(namespace);
            done.spec.finalizers.retain(|name| name != FINALIZER);
            return match api.finalize(done).await {
                Err(error) if error.is_not_found() => Ok(Next::Done),
                result => Ok(result.map(|_| Next::Done)?),
            };
        }
        let conditions = conditions(namespace, &remains, self.clock.now());
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
    async fn clear(&self, namespace: &str, since: Time) -> Result<Remains, ReconcileError> {
        let mut remains = Remains::default();
        let resources = self.resources(&mut remains).await?;
        let pods = ApiResource::of::<Pod>();
        match self.remove(&pods, namespace, since).await {
            Ok(rest) => remains.pods = rest.objects,
            Err((rest, why)) => {
                remains.pods = rest.objects;
                remains.failures.push(why);
            }
        }
        if remains.pods > 0 {
            return Ok(remains);
        }
        for resource in resources {
            if (&*resource.group, &*resource.plural) == ("", "pods") {
                continue;
            }
            let rest = match self.remove(&resource, namespace, since).await {
                Ok(rest) => rest,
                Err((rest, why)) => {
                    remains.failures.push(why);
                    rest
                }
            };
            if rest.objects > 0 {
                let name = format!("{}.{}", resource.plural, resource.group);
                *remains.resources.entry(name).or_default() += rest.objects;
            }
            for (finalizer, count) in rest.finalizers {
                *remains.finalizers.entry(finalizer).or_default() += count;
            }
        }
        remains.failures.sort();
        Ok(remains)
    }

    /// Everything that can stand in a namespace, each in one version.
    async fn resources(&self, remains: &mut Remains) -> Result<Vec<ApiResource>, ReconcileError> {
        let kinds = RESOURCES.iter().filter(|resource| {
            let can = |verb| resource.verbs.contains(&verb);
            resource.namespaced && resource.served_by_default() && can("list") && can("delete")
        });
        let mut resources: Vec<ApiResource> = Vec::new();
        // Two versions of a resource hold the same objects; events stand in two groups.
        let add = |resource: ApiResource, resources: &mut Vec<ApiResource>| {
            let known = resources
                .iter()
                .any(|known| known.group == resource.group && known.plural == resource.plural);
            if !known && (&*resource.group, &*resource.plural) != ("events.k8s.io", "events") {
                resources.push(resource);
            }
        };
        for desc in kinds {
            add(ApiResource::from_desc(desc), &mut resources);
        }
        for resource in defined::all(&self.client).await? {
            if resource.namespaced {
                add(resource, &mut resources);
            }
        }
        // What other servers serve, and what is off by default.
        match self.discovery.catalog().await {
            Ok(mapper) => {
                let catalog = mapper.catalog();
                let stale = catalog.stale();
                for found in catalog.preferred_resources() {
                    let can = |verb: &str| found.verbs.iter().any(|have| have == verb);
                    let resource = &found.resource;
                    if resource.namespaced
                        && can("list")
                        && can("delete")
                        && !stale.contains(&resource.api_version())
                    {
                        add(resource.clone(), &mut resources);
                    }
                }
                remains.unknown = undiscovered(stale);
            }
            Err(error) => remains.unknown = Some(error.to_string()),
        }
        Ok(resources)
    }

    /// Tells the objects of a resource to go, and says how many are left, and
    /// what went wrong.
    async fn remove(
        &self,
        resource: &ApiResource,
        namespace: &str,
        since: Time,
    ) -> Result<Rest, (Rest, String)> {
        let api = DynamicApi::namespaced(self.client.clone(), resource.clone(), namespace);
        let list = ListOptions::default();
        let failed = |error: Error| (Rest::default(), error.to_string());
        match api.list_shared(&list).await {
            Ok(found) if found.items.is_empty() => return Ok(Rest::default()),
            Ok(_) => {}
            // A custom resource that has gone since, or one that cannot be listed.
            Err(error) if error.is_not_found() || error.is_method_not_supported() => {
                return Ok(Rest::default());
            }
            Err(error) => return Err(failed(error)),
        }
        let options = DeleteOptions::default().propagation(Propagation::Background);
        let mut outcome = api.delete_collection(&options, &list).await.map(drop);
        if matches!(&outcome, Err(error) if error.is_method_not_supported()) {
            outcome = remove_each(&api, &options, &list).await;
        }
        if let Err(error) = outcome
            && !error.is_not_found()
        {
            return Err(failed(error));
        }
        let left = match api.list_shared(&list).await {
            Ok(left) => left.items,
            Err(error) => return Err(failed(error)),
        };
        let mut rest = Rest::default();
        let mut grace: i64 = 0;
        let is_pods = (&*resource.group, &*resource.plural) == ("", "pods");
        for object in left {
            rest.objects += 1;
            let Ok(partial) = PartialObject::from_shared(&object) else {
                continue;
            };
            let meta: &ObjectMeta = partial.meta();
            for finalizer in &meta.finalizers {
                *rest.finalizers.entry(finalizer.clone()).or_default() += 1;
            }
            if is_pods {
                let tree = object.value();
                let seconds = tree.at(&["spec", "terminationGracePeriodSeconds"]);
                grace = grace.max(seconds.and_then(|seconds| seconds.as_i64()).unwrap_or(0));
            }
        }
        let passed = self.clock.now().duration_since(since.0).as_secs();
        if rest.objects == 0 || passed < grace || !rest.finalizers.is_empty() {
            return Ok(rest);
        }
        // Nothing says why they are still there.
        let (version, plural) = (&resource.version, &resource.plural);
        let gvr = format!("{}/{version}, Resource={plural}", resource.group);
        let why = format!("unexpected items still remain in namespace: {namespace} for gvr: {gvr}");
        Err((rest, why))
    }
}

/// Removes objects one by one, where a resource knows no other way.
async fn remove_each(
    api: &DynamicApi,
    options: &DeleteOptions,
    list: &ListOptions,
) -> Result<(), Error> {
    for object in api.list_shared(list).await?.items {
        match api.delete(object.name(), options).await {
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// That groups of other servers are not there, in upstream's words.
fn undiscovered(mut stale: Vec<String>) -> Option<String> {
    if stale.is_empty() {
        return None;
    }
    stale.sort();
    let mut text = format!(
        "Discovery failed for some groups, {} failing: unable to retrieve the complete list of server APIs: ",
        stale.len()
    );
    for (at, group) in stale.iter().enumerate() {
        let joint = if at == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{joint}{group}: stale GroupVersion discovery: {group}"
        );
    }
    Some(text)
}

/// The conditions in which a namespace tells what holds it.
fn conditions(namespace: &Namespace, remains: &Remains, now: Timestamp) -> Vec<NamespaceCondition> {
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
        match &remains.unknown {
            Some(why) => (
                "NamespaceDeletionDiscoveryFailure",
                true,
                "DiscoveryFailed",
                why.clone(),
            ),
            None => (
                "NamespaceDeletionDiscoveryFailure",
                false,
                "ResourcesDiscovered",
                "All resources successfully discovered".to_owned(),
            ),
        },
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
                .unwrap_or_else(|| Time(now).truncated());
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
        let check = |remains: Remains, expect: &[(&str, &str, &str)]| {
            let told = conditions(&Namespace::default(), &remains, Timestamp::UNIX_EPOCH);
            let told: Vec<_> = told
                .iter()
                .filter(|condition| condition.status == "True")
                .map(|condition| (&*condition.type_, &*condition.reason, &*condition.message))
                .collect();
            assert_eq!(told, expect);
        };
        let left = Remains {
            resources: BTreeMap::from([("configmaps.".to_owned(), 1)]),
            finalizers: BTreeMap::from([("example.com/hold".to_owned(), 1)]),
            ..Default::default()
        };
        check(
            left,
            &[
                (
                    "NamespaceContentRemaining",
                    "SomeResourcesRemain",
                    "Some resources are remaining: configmaps. has 1 resource instances",
                ),
                (
                    "NamespaceFinalizersRemaining",
                    "SomeFinalizersRemain",
                    "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
                ),
            ],
        );
        let pods = Remains {
            pods: 1,
            ..Default::default()
        };
        assert!(!pods.is_empty());
        check(pods, &[]);
        let unknown = Remains {
            unknown: undiscovered(vec!["metrics.k8s.io/v1".to_owned(), "a.io/v1".to_owned()]),
            ..Default::default()
        };
        assert!(!unknown.is_empty());
        check(
            unknown,
            &[(
                "NamespaceDeletionDiscoveryFailure",
                "DiscoveryFailed",
                "Discovery failed for some groups, 2 failing: unable to retrieve the complete list of server APIs: \
                 a.io/v1: stale GroupVersion discovery: a.io/v1, \
                 metrics.k8s.io/v1: stale GroupVersion discovery: metrics.k8s.io/v1",
            )],
        );
        let failed = Remains {
            failures: vec!["one".to_owned(), "two".to_owned()],
            ..Default::default()
        };
        check(
            failed,
            &[(
                "NamespaceDeletionContentFailure",
                "ContentDeletionFailed",
                "Failed to delete all resource types, 2 remaining: one, two",
            )],
        );
    }
}
