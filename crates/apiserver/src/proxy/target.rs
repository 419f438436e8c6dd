//! Where a request is to go: addresses from Node, Pod and EndpointSlice trees.

use skeg_schema::Value;

use super::NodeTarget;

/// Port of kubelets that do not tell theirs.
const KUBELET_PORT: u16 = 10250;
/// Address types in the order in which they are tried.
const ADDRESS_ORDER: &[&str] = &[
    "Hostname",
    "InternalDNS",
    "InternalIP",
    "ExternalDNS",
    "ExternalIP",
];

/// Reads a Node. Addresses that are IPs come first: names of nodes seldom
/// resolve on the machine of the API server.
pub fn node_address(node: &Value) -> Option<NodeTarget> {
    let name = node["metadata"]["name"].as_str()?;
    let addresses = node["status"]["addresses"].as_array()?;
    let of_type = |wanted: &str| {
        addresses
            .iter()
            .find(|a| a["type"].as_str() == Some(wanted))
            .and_then(|a| a["address"].as_str())
    };
    let host = of_type("InternalIP")
        .or_else(|| ADDRESS_ORDER.iter().find_map(|wanted| of_type(wanted)))?;
    let port = node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"]
        .as_i64()
        .and_then(|port| u16::try_from(port).ok())
        .filter(|port| *port > 0)
        .unwrap_or(KUBELET_PORT);
    Some(NodeTarget {
        node: name.to_owned(),
        host: host.to_owned(),
        port,
    })
}

/// `[scheme:]name[:port]`, as in paths of proxies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// Name of pod, service or node.
    pub name: &'a str,
    /// Port number or name, or empty.
    pub port: &'a str,
}

/// Splits the name in a proxy's path. `None`: it makes no sense.
pub fn workload(text: &str) -> Option<Workload<'_>> {
    let parts: Vec<&str> = text.split(':').collect();
    let (scheme, name, port) = match parts.as_slice() {
        [name] => ("", *name, ""),
        [name, port] => ("", *name, *port),
        [scheme, name, port] => (*scheme, *name, *port),
        _ => return None,
    };
    let scheme = match scheme {
        "" | "http" => "http",
        "https" => "https",
        _ => return None,
    };
    (!name.is_empty()).then_some(Workload { scheme, name, port })
}

/// Address and port of one ready endpoint behind a service's port: named, a
/// number, or, when empty, the one without a name.
pub fn endpoint_of_service<'v>(
    service: &Value,
    slices: impl Iterator<Item = &'v Value>,
    port: &str,
) -> Option<(String, u16)> {
    let ports = service["spec"]["ports"].as_array()?;
    let wanted = ports.iter().find(|p| {
        p["name"].as_str().unwrap_or_default() == port
            || p["port"]
                .as_i64()
                .is_some_and(|number| number.to_string() == port)
    })?;
    let port_name = wanted["name"].as_str().unwrap_or_default();
    for slice in slices {
        let number = slice["ports"].as_array().and_then(|ports| {
            ports
                .iter()
                .find(|p| p["name"].as_str().unwrap_or_default() == port_name)
                .and_then(|p| p["port"].as_i64())
        });
        let Some(number) = number.and_then(|n| u16::try_from(n).ok()) else {
            continue;
        };
        let Some(endpoints) = slice["endpoints"].as_array() else {
            continue;
        };
        let ready: Vec<&str> = endpoints
            .iter()
            .filter(|e| e["conditions"]["ready"].as_bool().unwrap_or(true))
            .filter_map(|e| e["addresses"][0].as_str())
            .collect();
        if !ready.is_empty() {
            return Some((ready[fastrand::usize(..ready.len())].to_owned(), number));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn names_of_proxies() {
        let check = |text: &str, expect: Option<(&str, &str, &str)>| {
            let got = workload(text).map(|w| (w.scheme, w.name, w.port));
            assert_eq!(got, expect, "{text}");
        };
        check("a", Some(("http", "a", "")));
        check("a:80", Some(("http", "a", "80")));
        check("https:a:web", Some(("https", "a", "web")));
        check("ftp:a:1", None);
        check("", None);
    }

    #[test]
    fn kubelets() {
        let node = json!({
            "metadata": {"name": "n"},
            "status": {
                "addresses": [{"type": "Hostname", "address": "n"}, {"type": "InternalIP", "address": "10.0.0.1"}],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 4711}}
            }
        });
        let target = node_address(&node).expect("an address");
        assert_eq!((target.host.as_str(), target.port), ("10.0.0.1", 4711));
        assert!(node_address(&json!({"metadata": {"name": "n"}})).is_none());
    }

    #[test]
    fn endpoints() {
        let service = json!({"spec": {"ports": [{"name": "web", "port": 80}]}});
        let slice = json!({
            "ports": [{"name": "web", "port": 8080}],
            "endpoints": [{"addresses": ["10.1.1.1"], "conditions": {"ready": true}}, {"addresses": ["10.1.1.2"], "conditions": {"ready": false}}]
        });
        let found = endpoint_of_service(&service, std::iter::once(&slice), "80");
        assert_eq!(found, Some(("10.1.1.1".to_owned(), 8080)));
        assert_eq!(
            endpoint_of_service(&service, std::iter::once(&slice), "81"),
            None
        );
    }
}
