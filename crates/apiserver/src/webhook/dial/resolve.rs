//! From a service to an address: one ready endpoint of it, so that nothing
//! depends on a service proxy on this machine.

use std::sync::Arc;

use skeg_meta::SharedObject;
use skeg_schema::Value;

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

    /// Where upstream sends what is for a service: its own address and port,
    /// or those of the name that it stands for; or why there is no such place.
    /// This is what URLs show; what is connected to, [`Self::resolve`] says.
    pub fn routed(&self, place: &Place) -> Result<String, String> {
        let Place::Service {
            namespace,
            name,
            port,
        } = place
        else {
            return Ok(place.to_string());
        };
        let service = self
            .service(namespace, name)
            .ok_or_else(|| format!("service {} not found", go::quote(name)))?
            .value();
        routed(&service, name, *port)
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
        if !listens(&service, port) {
            return Err(no_port(name, port));
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

fn routed(service: &Value, name: &str, port: u16) -> Result<String, String> {
    let spec = &service["spec"];
    let text = |key: &str| spec[key].as_str().unwrap_or_default();
    let host = match text("type") {
        "ExternalName" => text("externalName"),
        "" | "ClusterIP" if text("clusterIP") == "None" => {
            return Err("cannot route to service with ClusterIP \"None\"".to_owned());
        }
        "" | "ClusterIP" | "NodePort" | "LoadBalancer" => {
            if !listens(service, port) {
                return Err(no_port(name, port));
            }
            text("clusterIP")
        }
        other => return Err(format!("unsupported service type {}", go::quote(other))),
    };
    let host = host.to_owned();
    Ok(Place::Host { name: host, port }.to_string())
}

fn listens(service: &Value, port: u16) -> bool {
    service["spec"]["ports"].as_array().is_some_and(|ports| {
        ports
            .iter()
            .any(|p| p["port"].as_i64() == Some(port.into()))
    })
}

fn no_port(name: &str, port: u16) -> String {
    format!(
        "no service port {port} found for service {}",
        go::quote(name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_urls_show() {
        let check = |spec: Value, expect: Result<&str, &str>| {
            let got = routed(&json!({"spec": spec}), "s", 443);
            assert_eq!(got.as_deref().map_err(String::as_str), expect);
        };
        let ports = json!([{"port": 443}]);
        let of = |kind: &str, ip: &str, ports: &Value| json!({"type": kind, "clusterIP": ip, "ports": ports.clone()});
        check(of("ClusterIP", "10.0.0.9", &ports), Ok("10.0.0.9:443"));
        check(of("NodePort", "fd00::9", &ports), Ok("[fd00::9]:443"));
        check(
            of("LoadBalancer", "10.0.0.9", &json!([])),
            Err("no service port 443 found for service \"s\""),
        );
        check(
            of("ClusterIP", "None", &ports),
            Err("cannot route to service with ClusterIP \"None\""),
        );
        check(
            json!({"type": "ExternalName", "externalName": "example.com"}),
            Ok("example.com:443"),
        );
        check(
            json!({"type": "Else"}),
            Err("unsupported service type \"Else\""),
        );
    }
}
