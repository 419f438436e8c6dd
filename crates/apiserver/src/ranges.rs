//! The ranges of service addresses: as the server is told them, and as the
//! ServiceCIDR objects say.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_auth::ObjectObserver;
use skeg_registry::alloc::{ServiceAllocators, ServiceOptions};
use skeg_registry::objects::Gr;
use skeg_schema::Value;

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
