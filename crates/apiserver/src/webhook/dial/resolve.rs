//! From a service to an address: one ready endpoint of it, so that nothing
//! depends on a service proxy on this machine.

use std::sync::Arc;

use skeg_meta::SharedObject;

use super::Place;
use crate::cache::Cacher;
use crate::go;
use crate::proxy::endpoint_of_service;
use crate::served::Table;

/// The label that ties a slice to its service.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";

/// Finds addresses of services in the watch caches.
#[derive(Clone, Default)]
pub struct Resolver {
    services: Option<(Arc<Cacher>, String)>,
    slices: Option<(Arc<Cacher>, String)>,
}

impl Resolver {
    /// Over the caches of this table.
    pub fn new(table: &Table) -> Self {
        let cache = |group: &str, resource: &str| {
            let served = table.find_any(group, resource)?;
            Some((served.cacher.clone()?, served.prefix()))
        };
        Self {
            services: cache("", "services"),
            slices: cache("discovery.k8s.io", "endpointslices"),
        }
    }

    /// A service.
    pub fn service(&self, namespace: &str, name: &str) -> Option<SharedObject> {
        let (cacher, prefix) = self.services.as_ref()?;
        cacher.get(&format!("{prefix}{namespace}/{name}"))
    }

    /// The endpoint slices of a service.
    pub fn slices(&self, namespace: &str, name: &str) -> Vec<SharedObject> {
        let Some((cacher, prefix)) = &self.slices else {
            return Vec::new();
        };
        let (mut slices, _) = cacher.list(&format!("{prefix}{namespace}/"));
        slices.retain(|slice| {
            slice.value()["metadata"]["labels"][SERVICE_LABEL].as_str() == Some(name)
        });
        slices
    }

    /// Host and port to connect to, or upstream's words for why there is none.
    pub fn resolve(&self, place: &Place) -> Result<(String, u16), String> {
        let (namespace, name, port) = match place {
            Place::Host { name, port } => return Ok((name.clone(), *port)),
            Place::Service {
                namespace,
                name,
                port,
            } => (namespace, name, *port),
        };
        let service = self
            .service(namespace, name)
            .ok_or_else(|| format!("service {} not found", go::quote(name)))?
            .value();
        if service["spec"]["type"].as_str() == Some("ExternalName") {
            let host = service["spec"]["externalName"].as_str().unwrap_or_default();
            return Ok((host.to_owned(), port));
        }
        let listens = service["spec"]["ports"].as_array().is_some_and(|ports| {
            ports
                .iter()
                .any(|p| p["port"].as_i64() == Some(port.into()))
        });
        if !listens {
            return Err(format!(
                "no service port {port} found for service {}",
                go::quote(name)
            ));
        }
        let trees: Vec<_> = self
            .slices(namespace, name)
            .iter()
            .map(SharedObject::value)
            .collect();
        endpoint_of_service(&service, trees.iter().map(|t| &**t), &port.to_string())
            .ok_or_else(|| format!("no endpoints available for service {}", go::quote(name)))
    }
}
