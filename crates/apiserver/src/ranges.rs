//! The ranges of service addresses: as the server is told them, and as the
//! ServiceCIDR objects say.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_auth::ObjectObserver;
use skeg_meta::Time;
use skeg_registry::alloc::{ServiceAllocators, ServiceOptions};
use skeg_registry::objects::Gr;
use skeg_schema::{Value, json};

use crate::core::{Options, StartError};

/// What the options say of the ranges of services.
pub fn service_options(options: &Options) -> Result<ServiceOptions, StartError> {
    let wrong = |why: &str| StartError::Option {
        name: "service_cidr",
        why: format!("{:?} {why}", options.service_cidr),
    };
    let range = |text: &str| {
        let (address, length) = text
            .split_once('/')
            .ok_or_else(|| wrong("has no prefix length"))?;
        let address: IpAddr = address
            .parse()
            .map_err(|_| wrong("does not begin with an address"))?;
        let length: u8 = length
            .parse()
            .map_err(|_| wrong("does not end in a prefix length"))?;
        if length > if address.is_ipv4() { 30 } else { 126 } {
            return Err(wrong("is too small for services"));
        }
        Ok((address, length))
    };
    let (first, second) = match options.service_cidr.split_once(',') {
        None => (range(&options.service_cidr)?, None),
        Some((first, second)) => (range(first)?, Some(range(second)?)),
    };
    if second.is_some_and(|second| second.0.is_ipv4() == first.0.is_ipv4()) {
        return Err(wrong("has two ranges of one family"));
    }
    Ok(ServiceOptions {
        service_cidr: first,
        secondary_cidr: second,
        node_ports: options.node_port_range,
    })
}

/// Keeps the ranges of service addresses as the objects say.
pub struct RangeFollower {
    services: Arc<ServiceAllocators>,
    known: Mutex<BTreeMap<String, Value>>,
}

impl RangeFollower {
    pub fn new(services: Arc<ServiceAllocators>) -> Self {
        Self {
            services,
            known: Mutex::new(BTreeMap::new()),
        }
    }
}

impl ObjectObserver for RangeFollower {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[(Gr::SERVICE_CIDRS.0, Gr::SERVICE_CIDRS.1)]
    }

    fn upsert(&self, _: &str, _: &str, name: &str, object: &Value) {
        let mut known = self.known.lock();
        known.insert(name.to_owned(), object.clone());
        self.services.set_ranges(known.values());
    }

    fn remove(&self, _: &str, _: &str, name: &str) {
        let mut known = self.known.lock();
        known.remove(name);
        self.services.set_ranges(known.values());
    }
}

/// What is to be done about the ServiceCIDR `kubernetes` that is there.
#[derive(Debug, PartialEq)]
pub enum DefaultRange {
    /// Nothing.
    Keep,
    /// It gets the second range: the cluster has come to have two families.
    Extend,
    /// It is said to be ready, which nobody has yet.
    TellReady,
    /// Nothing, but its administrator is told.
    Warn {
        /// The event's reason.
        reason: String,
        /// And its message.
        message: String,
    },
}

fn cidrs(range: &Value) -> &[Value] {
    range["spec"]["cidrs"].as_array().map_or(&[], Vec::as_slice)
}

/// Compares the default range with the one that the server is configured with
/// (upstream's `defaultservicecidr` controller).
pub fn default_range(live: &Value, wanted: &Value) -> DefaultRange {
    if extended(live, wanted).is_some() {
        return DefaultRange::Extend;
    }
    // How it goes is for the controller of ranges to say.
    if !live["metadata"]["deletionTimestamp"].is_null() {
        return DefaultRange::Keep;
    }
    if cidrs(live) != cidrs(wanted) {
        let shown = |range: &Value| {
            let all = cidrs(range).iter().filter_map(Value::as_str);
            all.collect::<Vec<_>>().join(" ")
        };
        return DefaultRange::Warn {
            reason: "KubernetesDefaultServiceCIDRInconsistent".to_owned(),
            message: format!(
                "The default ServiceCIDR [{}] does not match the controller flag configurations [{}]",
                shown(live),
                shown(wanted)
            ),
        };
    }
    let conditions = live["status"]["conditions"].as_array();
    let ready = conditions
        .into_iter()
        .flatten()
        .find(|condition| condition["type"] == "Ready");
    let text = |name: &str| ready.and_then(|condition| condition[name].as_str());
    match text("status") {
        Some("True") => DefaultRange::Keep,
        Some("False") => DefaultRange::Warn {
            reason: text("reason").unwrap_or_default().to_owned(),
            message: format!(
                "Configuration matches, but {}",
                text("message").unwrap_or_default()
            ),
        },
        _ => DefaultRange::TellReady,
    }
}

/// The default range with the second one that it should have and does not; any other
/// difference is its administrator's.
pub fn extended(live: &Value, wanted: &Value) -> Option<Value> {
    let ([has], [first, _]) = (cidrs(live), cidrs(wanted)) else {
        return None;
    };
    (has == first).then(|| {
        let mut tree = live.clone();
        tree.set_at(&["spec", "cidrs"], wanted["spec"]["cidrs"].clone());
        tree
    })
}

/// A warning about a range of services.
pub fn event(range: &Value, component: &str, reason: &str, message: &str, now: &Time) -> Value {
    let meta = |name: &str| range["metadata"][name].clone();
    let name = range["metadata"]["name"].as_str().unwrap_or_default();
    json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": (format!("{name}.{:x}", now.0.as_nanosecond())),
            "namespace": "default",
        },
        "involvedObject": {
            "apiVersion": (range["apiVersion"].clone()),
            "kind": (range["kind"].clone()),
            "name": name,
            "uid": (meta("uid")),
            "resourceVersion": (meta("resourceVersion")),
        },
        "type": "Warning",
        "reason": reason,
        "message": message,
        "count": 1,
        "firstTimestamp": (now.to_string()),
        "lastTimestamp": (now.to_string()),
        "source": {"component": component},
        "reportingComponent": component,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_range_gets_its_second_and_is_told_of_otherwise() {
        let (four, other, six) = ("10.0.0.0/16", "10.1.0.0/16", "2001:db8::/112");
        let range = |cidrs: &[&str], ready: &str| {
            let mut range = json!({"metadata": {}, "spec": {"cidrs": (cidrs.to_vec())}});
            if !ready.is_empty() {
                let ready =
                    json!({"type": "Ready", "status": ready, "reason": "R", "message": "m"});
                range.set_at(&["status", "conditions"], vec![ready]);
            }
            range
        };
        let warn = |reason: &str, message: &str| DefaultRange::Warn {
            reason: reason.to_owned(),
            message: message.to_owned(),
        };
        let differs = |words: &str| warn("KubernetesDefaultServiceCIDRInconsistent", words);
        for (live, ready, wanted, expect) in [
            (&[four][..], "True", &[four, six][..], DefaultRange::Extend),
            (&[four], "", &[four, six], DefaultRange::Extend),
            (&[four], "True", &[four], DefaultRange::Keep),
            (&[four], "", &[four], DefaultRange::TellReady),
            (
                &[four, six],
                "Unknown",
                &[four, six],
                DefaultRange::TellReady,
            ),
            (
                &[four],
                "False",
                &[four],
                warn("R", "Configuration matches, but m"),
            ),
            (
                &[other],
                "True",
                &[four, six],
                differs(
                    "The default ServiceCIDR [10.1.0.0/16] does not match the controller flag configurations [10.0.0.0/16 2001:db8::/112]",
                ),
            ),
            (
                &[four, six],
                "True",
                &[six, four],
                differs(
                    "The default ServiceCIDR [10.0.0.0/16 2001:db8::/112] does not match the controller flag configurations [2001:db8::/112 10.0.0.0/16]",
                ),
            ),
        ] {
            let wanted = range(wanted, "True");
            assert_eq!(default_range(&range(live, ready), &wanted), expect);
        }
        let mut going = range(&[four], "False");
        going.set_at(&["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z");
        assert_eq!(
            default_range(&going, &range(&[four], "True")),
            DefaultRange::Keep
        );
    }
}
