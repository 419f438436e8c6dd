//! Where the names come from that a controller reconciles.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use skeg_client::ApiResource;
use skeg_meta::OwnerReference;

use super::Choose;
use crate::cached::Cached;
use crate::informer::{Delta, SharedInformerFactory};
use crate::name::ObjectName;
use crate::predicate::Predicate;
use crate::queue::LOW_PRIORITY;

/// Which objects an object of another kind concerns.
pub(super) type Map<W> = Arc<dyn Fn(&W) -> Vec<ObjectName> + Send + Sync>;

/// Takes names, and how urgent they are.
#[derive(Clone)]
pub(super) struct Enqueue(Arc<dyn Fn(ObjectName, i32) + Send + Sync>);

impl Enqueue {
    pub(super) fn new(take: impl Fn(ObjectName, i32) + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    pub(super) fn add(&self, name: ObjectName, priority: i32) {
        (self.0)(name, priority);
    }
}

/// The names of everything that a source knows.
pub(super) type Names = Arc<dyn Fn() -> Vec<ObjectName> + Send + Sync>;

/// Why an object that a source knows cannot be read, if it cannot.
pub(super) type Unreadable = Arc<dyn Fn(&ObjectName) -> Option<String> + Send + Sync>;

/// A source that feeds a controller, until it is dropped.
pub(super) struct Engaged {
    /// What is read, and what is wrong with it.
    pub(super) missing: Box<dyn Fn() -> String + Send + Sync>,
    pub(super) synced: BoxFuture<'static, ()>,
    pub(super) names: Names,
    pub(super) unreadable: Unreadable,
    /// Held, so that the handler stays.
    pub(super) _subscription: Box<dyn Any + Send + Sync>,
}

/// Lets a source of some cluster's informers feed a controller.
pub(super) type Engage = Arc<dyn Fn(&SharedInformerFactory, &Enqueue) -> Engaged + Send + Sync>;

pub(super) fn engage<W: Cached>(choose: Choose<W>, filter: Predicate<W>, map: Map<W>) -> Engage {
    Arc::new(move |informers, enqueue| {
        let informer = choose(informers);
        let (filter, map, enqueue) = (filter.clone(), Arc::clone(&map), enqueue.clone());
        let subscription = informer.subscribe(move |delta| {
            if filter.passes(&delta) {
                told(&delta, &map, &enqueue);
            }
        });
        let store = informer.store().clone();
        let (known, reader) = (store.clone(), informer.clone());
        Engaged {
            missing: Box::new(move || reader.missing()),
            synced: async move { informer.synced().await }.boxed(),
            names: Arc::new(move || store.names()),
            unreadable: Arc::new(move |name| known.unreadable(name)),
            _subscription: Box::new(subscription),
        }
    })
}

fn told<W: Cached>(delta: &Delta<'_, W>, map: &Map<W>, enqueue: &Enqueue) {
    let (priority, old) = match delta {
        // Nobody waits for what was there before.
        Delta::Added { initial: true, .. } => (LOW_PRIORITY, None),
        Delta::Updated { old, new } => {
            let (before, after) = (old.object_meta(), new.object_meta());
            if before.resource_version == after.resource_version {
                (LOW_PRIORITY, None)
            } else {
                (0, Some(old))
            }
        }
        _ => (0, None),
    };
    let names = map(delta.object());
    if let Some(old) = old {
        for name in map(old) {
            if !names.contains(&name) {
                enqueue.add(name, priority);
            }
        }
    }
    for name in names {
        enqueue.add(name, priority);
    }
}

/// Which owners count.
#[derive(Clone, Copy)]
pub(super) enum Owned {
    ByController,
    ByAnyone,
}

/// The kind that a controller is for.
#[derive(Clone)]
pub(super) struct Subject {
    group: Cow<'static, str>,
    kind: Cow<'static, str>,
    namespaced: bool,
}

impl Subject {
    pub(super) fn of(resource: &ApiResource) -> Self {
        Self {
            group: resource.group.clone(),
            kind: resource.kind.clone(),
            namespaced: resource.namespaced,
        }
    }

    fn is(&self, reference: &OwnerReference) -> bool {
        let group = reference.api_version.split_once('/');
        reference.kind == self.kind && group.map_or("", |(group, _)| group) == self.group
    }

    /// Maps an object to its owners of this kind.
    pub(super) fn owner_of<C: Cached>(&self, owned: Owned) -> Map<C> {
        let this = self.clone();
        Arc::new(move |object: &C| {
            let meta = object.object_meta();
            let namespace = if this.namespaced {
                &*meta.namespace
            } else {
                ""
            };
            let owners = meta.owner_references.iter();
            owners
                .filter(|owner| match owned {
                    Owned::ByController => owner.controller == Some(true),
                    Owned::ByAnyone => true,
                })
                .filter(|owner| this.is(owner))
                .map(|owner| ObjectName::new(namespace, &*owner.name))
                .collect()
        })
    }
}
