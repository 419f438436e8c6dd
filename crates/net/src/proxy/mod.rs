//! The service proxy.

mod compile;
mod model;
mod program;
mod side;

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

pub use model::{Endpoint, L4Protocol, ProxyConfig, ServicePort, ServicePortName, SyncReport};
pub(crate) use program::masquerade_loopback;

use crate::{
    Error,
    conntrack::Cleaner,
    nft::{self, Family, NftSocket},
};
use side::Side;

/// Keeps one nftables table in step with the services of a cluster.
///
/// Calls block for as long as the kernel takes (about 0.1 ms for one service), and act in the
/// network namespace of the thread that opened the proxy. What was applied last is remembered,
/// so that a change sends only what differs. When the kernel refuses a change (because someone
/// else removed the table, say) the whole table is made anew.
#[derive(Debug)]
pub struct Proxy {
    socket: NftSocket,
    cleaner: Cleaner,
    ports: HashMap<ServicePortName, ServicePort>,
    sides: [Side; 2],
    /// Whether the kernel has what the sides say it has.
    in_step: bool,
}

impl Proxy {
    /// Opens the proxy in this thread's network namespace. Nothing is changed before the first
    /// [`sync`](Self::sync): rules of an earlier process go on working until then.
    pub fn open(config: ProxyConfig) -> Result<Self, Error> {
        Ok(Self {
            socket: NftSocket::open()?,
            cleaner: Cleaner::start()?,
            ports: HashMap::new(),
            sides: [
                Side::new(Family::Ip, config.clone()),
                Side::new(Family::Ip6, config),
            ],
            in_step: false,
        })
    }

    /// Makes `desired` all there is. The first call replaces the table, in one step: there is
    /// no moment without rules. Of several ports with the same name the last counts.
    pub fn sync(&mut self, desired: &[ServicePort]) -> Result<SyncReport, Error> {
        let wanted: HashSet<&ServicePortName> = desired.iter().map(|port| &port.name).collect();
        let gone: Vec<ServicePortName> = self
            .ports
            .keys()
            .filter(|name| !wanted.contains(name))
            .cloned()
            .collect();
        self.apply(desired.to_vec(), &gone)
    }

    /// Changes some services and leaves the others alone.
    ///
    /// On an error the desired state is kept, and the next call tries to reach all of it.
    pub fn apply(
        &mut self,
        changed: Vec<ServicePort>,
        removed: &[ServicePortName],
    ) -> Result<SyncReport, Error> {
        let mut touched = Vec::with_capacity(changed.len() + removed.len());
        for name in removed {
            if self.ports.remove(name).is_some() {
                touched.push(name.clone());
            }
        }
        for port in changed {
            if self.ports.get(&port.name) != Some(&port) {
                touched.push(port.name.clone());
                self.ports.insert(port.name.clone(), port);
            }
        }
        if touched.is_empty() && self.in_step {
            return Ok(SyncReport::default());
        }
        let mut report = SyncReport {
            services: touched.len(),
            ..SyncReport::default()
        };
        for side in &mut self.sides {
            side.plan(&self.ports, &touched);
        }
        if self.in_step {
            match self.commit(&mut report) {
                Ok(()) => return Ok(report),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the kernel refused a change of services; making the table anew"
                    );
                    self.in_step = false;
                }
            }
        }
        report.full = true;
        self.replace(&mut report)?;
        self.in_step = true;
        Ok(report)
    }

    /// Looks whether the tables are still there, and makes them anew when someone has removed
    /// one; answers whether all was well.
    pub fn verify(&mut self) -> Result<bool, Error> {
        if self.in_step {
            let mut missing = false;
            for side in self.sides.iter().filter(|side| side.is_active()) {
                let tables = nft::list_tables(&mut self.socket, side.family())?;
                missing |= !tables.iter().any(|table| table == side.table());
            }
            if !missing {
                return Ok(true);
            }
            self.in_step = false;
        }
        self.apply(Vec::new(), &[])?;
        Ok(false)
    }

    /// How many service ports there are.
    pub fn len(&self) -> usize {
        self.ports.len()
    }

    /// Whether there are no services.
    pub fn is_empty(&self) -> bool {
        self.ports.is_empty()
    }

    /// Removes the tables of an instance; answers whether there were any.
    pub fn reset(names: &crate::Names) -> Result<bool, Error> {
        let mut socket = NftSocket::open()?;
        let table = names.proxy_table();
        let four = socket.delete_table(Family::Ip, &table)?;
        let six = socket.delete_table(Family::Ip6, &table)?;
        Ok(four || six)
    }

    fn commit(&mut self, report: &mut SyncReport) -> Result<(), Error> {
        for side in &mut self.sides {
            let Some(change) = side.changes() else {
                continue;
            };
            report.added += change.added;
            report.removed += change.removed;
            let begun = Instant::now();
            self.socket.apply(change.batch)?;
            report.kernel += begun.elapsed();
            self.cleaner.forget(side.settle());
        }
        Ok(())
    }

    fn replace(&mut self, report: &mut SyncReport) -> Result<(), Error> {
        for side in &mut self.sides {
            let Some(change) = side.everything() else {
                // No service of this family: remove what an earlier process may have left.
                if let Err(error) = self.socket.delete_table(side.family(), side.table()) {
                    tracing::debug!(
                        error = &error as &dyn std::error::Error,
                        "no table of the other family to remove"
                    );
                }
                continue;
            };
            report.added += change.added;
            let begun = Instant::now();
            self.socket.apply(change.batch)?;
            report.kernel += begun.elapsed();
            self.cleaner.forget(side.settle());
        }
        Ok(())
    }
}
