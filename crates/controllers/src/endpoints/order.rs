//! The order of a port list: by a hash of the words in which Go shows a port,
//! as upstream's controllers have it. It means nothing, but readers see it.

use skeg_api::core::v1::EndpointPort as LegacyPort;
use skeg_api::discovery::v1::EndpointPort;

/// FNV-1a of 128 bits.
fn fnv1a(text: &str) -> u128 {
    const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes().fold(START, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    })
}

fn or_nil<T: ToString>(value: Option<&T>) -> String {
    value.map_or_else(|| "<nil>".to_owned(), ToString::to_string)
}

/// The place of a slice's port among others.
pub(crate) fn of_port(port: &EndpointPort) -> u128 {
    fnv1a(&format!(
        "(v1.EndpointPort){{Name:(*string){} Protocol:(*v1.Protocol){} Port:(*int32){} AppProtocol:(*string){}}}",
        or_nil(port.name.as_ref()),
        or_nil(port.protocol.as_ref()),
        or_nil(port.port.as_ref()),
        or_nil(port.app_protocol.as_ref()),
    ))
}

/// The place of a port of Endpoints among others.
pub(super) fn of_legacy_port(port: &LegacyPort) -> u128 {
    let app = or_nil(port.app_protocol.as_ref());
    fnv1a(&format!(
        "(v1.EndpointPort){{Name:(string){} Port:(int32){} Protocol:(v1.Protocol){} AppProtocol:(*string){app}}}",
        port.name, port.port, port.protocol,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_upstreams_order() {
        let given = [
            ("dns", 53, "UDP", None),
            ("dns-tcp", 5353, "TCP", None),
            ("s", 9, "SCTP", Some("example.com/x".to_owned())),
        ];
        let mut ports: Vec<EndpointPort> = Vec::new();
        let mut legacy: Vec<LegacyPort> = Vec::new();
        for (name, port, protocol, app_protocol) in given {
            ports.push(EndpointPort {
                name: Some(name.into()),
                protocol: Some(protocol.into()),
                port: Some(port),
                app_protocol: app_protocol.clone(),
            });
            legacy.push(LegacyPort {
                name: name.into(),
                protocol: protocol.into(),
                port,
                app_protocol,
            });
        }
        ports.sort_by_key(of_port);
        legacy.sort_by_key(of_legacy_port);
        let names: Vec<_> = ports.iter().filter_map(|port| port.name.clone()).collect();
        assert_eq!(names, ["dns", "s", "dns-tcp"]);
        let names: Vec<_> = legacy.iter().map(|port| &*port.name).collect();
        assert_eq!(names, ["dns-tcp", "s", "dns"]);
    }
}
