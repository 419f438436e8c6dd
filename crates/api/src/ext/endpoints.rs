//! Endpoint slices.

use crate::discovery::v1::{Endpoint, EndpointPort, EndpointSlice};

impl Endpoint {
    /// Whether it takes requests; it does where nothing is said.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.conditions.ready.unwrap_or(true)
    }

    /// Whether it answers, be it that it is ending.
    #[must_use]
    pub fn is_serving(&self) -> bool {
        self.conditions.serving.unwrap_or_else(|| self.is_ready())
    }

    /// Whether it is ending.
    #[must_use]
    pub fn is_terminating(&self) -> bool {
        self.conditions.terminating.unwrap_or(false)
    }
}

impl EndpointSlice {
    /// The service that the slice is of.
    #[must_use]
    pub fn service_name(&self) -> Option<&str> {
        let label = self.metadata.labels.get("kubernetes.io/service-name");
        label.map(String::as_str)
    }

    /// The addresses that take requests. Where none does, those that still
    /// answer while they end, which is better than nothing.
    #[must_use]
    pub fn ready_addresses(&self) -> Vec<&str> {
        let addresses = |wanted: &dyn Fn(&Endpoint) -> bool| -> Vec<&str> {
            self.endpoints
                .iter()
                .filter(|endpoint| wanted(endpoint))
                // The others are the same endpoint's.
                .filter_map(|endpoint| endpoint.addresses.first())
                .map(String::as_str)
                .collect()
        };
        let ready = addresses(&Endpoint::is_ready);
        if ready.is_empty() {
            addresses(&|endpoint| endpoint.is_serving() && endpoint.is_terminating())
        } else {
            ready
        }
    }

    /// A port, by its name; empty for the port of a service with one.
    #[must_use]
    pub fn port(&self, name: &str) -> Option<&EndpointPort> {
        self.ports
            .iter()
            .find(|port| port.name.as_deref().unwrap_or_default() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_ends_serves_when_nobody_else_does() {
        let mut slice: EndpointSlice = serde_json::from_str(
            r#"{"addressType": "IPv4", "ports": [{"name": "web", "port": 80}], "endpoints": [
                {"addresses": ["10.0.0.1"], "conditions": {"ready": true}},
                {"addresses": ["10.0.0.2"], "conditions": {}},
                {"addresses": ["10.0.0.3"], "conditions": {"ready": false, "serving": true, "terminating": true}},
                {"addresses": ["10.0.0.4"], "conditions": {"ready": false, "serving": false}}]}"#,
        )
        .unwrap();
        assert_eq!(slice.ready_addresses(), ["10.0.0.1", "10.0.0.2"]);
        slice.endpoints.drain(..2);
        assert_eq!(slice.ready_addresses(), ["10.0.0.3"]);
        assert_eq!(slice.port("web").and_then(|port| port.port), Some(80));
        assert!(slice.port("").is_none());
    }
}
