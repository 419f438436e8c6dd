//! Services, and the configuration that pods are given.

use std::collections::BTreeMap;

use skeg_meta::labels::Selector;
use skeg_meta::{ByteString, IntOrString};

use crate::core::v1::{ConfigMap, Pod, Secret, Service, ServicePort};

impl Service {
    /// A port, by its name or its number. A service with one port has it under
    /// any empty name.
    #[must_use]
    pub fn port(&self, port: &str) -> Option<&ServicePort> {
        let ports = &self.spec.ports;
        ports
            .iter()
            .find(|have| !have.name.is_empty() && have.name == port)
            .or_else(|| {
                let number: i32 = port.parse().ok()?;
                ports.iter().find(|have| have.port == number)
            })
            .or_else(|| match &**ports {
                [only] if port.is_empty() => Some(only),
                _ => None,
            })
    }

    /// The number of the pod's port to which a port of the service leads, as
    /// kubectl finds it for `port-forward`: by its name or number.
    ///
    /// ```
    /// use skeg_api::core::v1::{Pod, Service};
    ///
    /// let service: Service = serde_json::from_str(
    ///     r#"{"spec": {"ports": [{"name": "web", "port": 80, "targetPort": "http"}]}}"#).unwrap();
    /// let pod: Pod = serde_json::from_str(
    ///     r#"{"spec": {"containers": [{"name": "c", "ports": [{"name": "http", "containerPort": 8080}]}]}}"#).unwrap();
    /// assert_eq!(service.target_port("80", &pod), Some(8080));
    /// assert_eq!(service.target_port("web", &pod), Some(8080));
    /// assert_eq!(service.target_port("443", &pod), None);
    /// ```
    #[must_use]
    pub fn target_port(&self, port: &str, pod: &Pod) -> Option<i32> {
        self.port(port)?.target(pod)
    }

    /// Whether the service has no address of its own.
    #[must_use]
    pub fn is_headless(&self) -> bool {
        self.spec.cluster_ip == "None"
    }

    /// Which pods the service is for; none where it has no selector, and
    /// somebody else makes its endpoints.
    #[must_use]
    pub fn pod_selector(&self) -> Option<Selector> {
        (!self.spec.selector.is_empty()).then(|| Selector::from_labels(&self.spec.selector))
    }

    /// The addresses and names by which the outside reaches it.
    pub fn ingress_addresses(&self) -> impl Iterator<Item = &str> {
        self.status.load_balancer.ingress.iter().map(|at| {
            if at.ip.is_empty() {
                &*at.hostname
            } else {
                &*at.ip
            }
        })
    }
}

/// Protocols are TCP where nothing is said.
fn protocol(text: &str) -> &str {
    if text.is_empty() { "TCP" } else { text }
}

impl ServicePort {
    /// The number of the pod's port to which this port leads; none when the pod
    /// has no port of that name.
    #[must_use]
    pub fn target(&self, pod: &Pod) -> Option<i32> {
        match &self.target_port {
            IntOrString::Int(0) => Some(self.port),
            IntOrString::Int(number) => Some(*number),
            IntOrString::String(name) => pod
                .spec
                .lasting_containers()
                .flat_map(|container| &container.ports)
                .find(|port| {
                    port.name == *name && protocol(&port.protocol) == protocol(&self.protocol)
                })
                .map(|port| port.container_port),
        }
    }
}

impl ConfigMap {
    /// The text or bytes of a key.
    #[must_use]
    pub fn bytes(&self, key: &str) -> Option<&[u8]> {
        self.data
            .get(key)
            .map(String::as_bytes)
            .or_else(|| self.binary_data.get(key).map(|bytes| &bytes[..]))
    }
}

impl Secret {
    /// The bytes of a key.
    #[must_use]
    pub fn bytes(&self, key: &str) -> Option<&[u8]> {
        self.string_data
            .get(key)
            .map(String::as_bytes)
            .or_else(|| self.data.get(key).map(|bytes| &bytes[..]))
    }

    /// The text of a key, if it is text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(key)?).ok()
    }

    /// Sets a key.
    pub fn set(&mut self, key: impl Into<String>, value: impl AsRef<[u8]>) {
        let bytes = ByteString(value.as_ref().to_vec());
        self.data.insert(key.into(), bytes);
    }

    /// A secret of arbitrary texts.
    #[must_use]
    pub fn of_texts<K: Into<String>, V: Into<String>>(
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let data: BTreeMap<String, ByteString> = entries
            .into_iter()
            .map(|(key, value)| (key.into(), ByteString(value.into().into_bytes())))
            .collect();
        Self {
            data,
            type_: "Opaque".to_owned(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_found_by_name_and_number() {
        let service: Service = serde_json::from_str(
            r#"{"spec": {"ports": [
                {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": "dns"},
                {"name": "web", "port": 80},
                {"name": "9", "port": 90, "targetPort": 9090}]}}"#,
        )
        .unwrap();
        let pod: Pod = serde_json::from_str(
            r#"{"spec": {
                "initContainers": [
                    {"name": "i", "ports": [{"name": "dns", "containerPort": 1, "protocol": "UDP"}]},
                    {"name": "s", "restartPolicy": "Always", "ports": [{"name": "dns", "containerPort": 54, "protocol": "UDP"}]}],
                "containers": [{"name": "c", "ports": [{"name": "dns", "containerPort": 2}]}]}}"#,
        )
        .unwrap();
        assert_eq!(service.target_port("dns", &pod), Some(54));
        assert_eq!(service.target_port("80", &pod), Some(80));
        assert_eq!(service.target_port("9", &pod), Some(9090));
        assert_eq!(service.target_port("", &pod), None);
    }

    #[test]
    fn secrets_hold_bytes() {
        let mut secret = Secret::of_texts([("user", "me")]);
        secret.set("key", [0xff]);
        assert_eq!(secret.text("user"), Some("me"));
        assert_eq!(
            (secret.text("key"), secret.bytes("key")),
            (None, Some(&[0xff][..]))
        );
        let map: ConfigMap =
            serde_json::from_str(r#"{"data": {"a": "b"}, "binaryData": {"c": "AQ=="}}"#).unwrap();
        assert_eq!(map.bytes("a"), Some(&b"b"[..]));
        assert_eq!(map.bytes("c"), Some(&[1][..]));
    }
}
