//! The resource table at run time: one row per served resource and version.

use crate::admission::Chain;
use crate::alloc::{ServiceAllocators, ServiceOptions};
use crate::enablement::Enablement;
use crate::strategy::Strategy;
use skeg_schema::resources::{RESOURCES, ResourceDesc};
use skeg_schema::{TypeId, Value};
use std::sync::Arc;

/// A row of the table: the static facts and the behaviour.
#[derive(Clone)]
pub struct Resource {
    /// Names, verbs, scope, subresources, columns.
    pub desc: &'static ResourceDesc,
    /// What this kind does differently.
    pub strategy: Arc<dyn Strategy>,
    /// Key prefix in the store, without trailing slash, e.g. `/registry/pods`.
    /// Resources of several versions or groups (events, autoscalers) share one.
    pub storage_prefix: &'static str,
    /// The stored version's message type and apiVersion. Equal to the served
    /// one for all but the second versions of a resource.
    pub storage_type: TypeId,
    /// apiVersion of stored objects.
    pub storage_api_version: &'static str,
    /// Turns the served form into the stored one and back. `None`: they agree
    /// (or differ by apiVersion only).
    pub conversion: Option<Conversion>,
    /// How the resource is backed.
    pub backing: Backing,
    /// What a definition says, for custom resources. Their objects have no
    /// message type: those of [`ResourceDesc::ty`] and `storage_type` are that
    /// of what all objects have, their metadata.
    pub custom: Option<Arc<crate::custom::Kind>>,
}

/// A pair of in-place conversions between a served and the stored version.
/// They also set apiVersion and kind.
#[derive(Clone, Copy)]
pub struct Conversion {
    /// Served → stored.
    pub to_storage: fn(&mut Value),
    /// Stored → served.
    pub from_storage: fn(&mut Value),
}

/// How a resource is backed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backing {
    /// Objects in the store.
    Stored,
    /// Nothing is stored: answered by [`crate::virtuals`] (reviews, bindings,
    /// componentstatuses).
    Virtual,
}

/// The resources of a server, with what they share.
pub struct Registry {
    /// All resources served by default, in discovery order.
    pub resources: Vec<Resource>,
    /// Service addresses and node ports. Call
    /// [`ServiceAllocators::set_ranges`] and [`ServiceAllocators::repair`] once
    /// the caches are filled, and now and then afterwards.
    pub services: Arc<ServiceAllocators>,
    /// The admission plugins.
    pub admission: Chain,
}

impl Registry {
    /// A registry for these service ranges.
    pub fn new(options: ServiceOptions) -> Self {
        Self::with(options, &Enablement::default())
    }

    /// A registry of the resources that are to be served.
    pub fn with(options: ServiceOptions, enablement: &Enablement) -> Self {
        let services = ServiceAllocators::new(options);
        Self {
            resources: RESOURCES
                .iter()
                .filter(|desc| enablement.serves(desc))
                .map(|desc| crate::strategies::row(desc, &services))
                .collect(),
            services,
            admission: Chain::new(),
        }
    }
}

/// All resources served by default, for the default service ranges.
pub fn table() -> Vec<Resource> {
    Registry::new(ServiceOptions::default()).resources
}
