//! The Lease that says which API servers there are, as kube-apiserver's
//! (`APIServerIdentity`; pkg/controlplane/apiserver/server.go).

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use skeg_meta::{MicroTime, Time};
use skeg_registry::objects::{Gr, Objects};
use skeg_schema::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

use crate::ApiServer;

const LEASES: Gr = Gr("coordination.k8s.io", "leases");
const NAMESPACE: &str = "kube-system";
const LABEL: &str = "apiserver.kubernetes.io/identity";
const PROGRAM: &str = "kube-apiserver";

/// So long a server is believed to live after it said so.
const LIFE: Duration = Duration::from_secs(3600);

/// How often it says so. Upstream does every ten seconds; the life of an hour asks for no
/// more than this, and every write wakes a disk.
const RENEWAL: Duration = Duration::from_secs(60);

/// What a server of this machine is called: the same after every start.
pub fn server_id(hostname: &str) -> String {
    let hash = digest(&SHA256, hostname.as_bytes());
    format!("apiserver-{}", base32(&hash.as_ref()[..16]))
}

/// RFC 4648's alphabet in lower case, without padding.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bits = bytes.len() * 8;
    let bit = |at: usize| at < bits && bytes[at / 8] >> (7 - at % 8) & 1 == 1;
    (0..bits.div_ceil(5))
        .map(|digit| {
            let value = (0..5).fold(0, |value, at| value << 1 | usize::from(bit(digit * 5 + at)));
            char::from(ALPHABET[value])
        })
        .collect()
}

fn hostname() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned())
}

/// What this server says of itself.
pub struct Identity {
    id: String,
    /// Other than the name it is new with every process.
    holder: String,
    hostname: String,
    address: String,
}

impl Identity {
    /// Of a server; `None` on a machine that has no name.
    pub fn of(server: &ApiServer) -> Option<Self> {
        let hostname = hostname()?;
        let id = server_id(&hostname);
        Some(Self {
            holder: format!("{id}_{}", uuid::Uuid::new_v4()),
            id,
            hostname,
            address: server.inner.address(),
        })
    }

    /// Renews the Lease until the server ends, and takes away what servers say that are gone.
    /// The first time was the caller's.
    pub fn spawn(self, server: &ApiServer) {
        let (server, cancel) = (Arc::downgrade(&server.inner), server.inner.cancel.clone());
        tokio::spawn(async move {
            let mut tick = interval(RENEWAL);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut ticks: u64 = 0;
            loop {
                tokio::select! {
                    () = cancel.cancelled() => return,
                    _ = tick.tick() => {}
                }
                let Some(inner) = server.upgrade() else {
                    return;
                };
                let server = ApiServer { inner };
                if ticks > 0 {
                    self.renew(&server).await;
                }
                if ticks.is_multiple_of(LIFE.as_secs() / RENEWAL.as_secs()) {
                    clear(&server).await;
                }
                ticks += 1;
            }
        });
    }

    /// Says that the server lives.
    pub async fn renew(&self, server: &ApiServer) {
        let access = server.own_access();
        let written = match access.get(LEASES, NAMESPACE, &self.id).await {
            Ok(Some(known)) => {
                let mut lease = (*known).clone();
                self.set(&mut lease, server.now());
                access.update(LEASES, NAMESPACE, "", lease).await
            }
            Ok(None) => {
                let mut lease = json!({
                    "apiVersion": "coordination.k8s.io/v1",
                    "kind": "Lease",
                    "metadata": {"name": (self.id.as_str()), "namespace": NAMESPACE},
                });
                self.set(&mut lease, server.now());
                access.create(LEASES, NAMESPACE, lease).await
            }
            Err(status) => Err(status),
        };
        if let Err(status) = written {
            // Kinds that are switched off have no leases.
            tracing::debug!(
                error = status.message,
                "cannot renew the API server's Lease"
            );
        }
    }

    fn set(&self, lease: &mut Value, now: Time) {
        let seconds = i64::try_from(LIFE.as_secs()).unwrap_or(i64::MAX);
        lease.set_at(&["metadata", "labels", LABEL], PROGRAM);
        let hostname = self.hostname.as_str();
        lease.set_at(&["metadata", "labels", "kubernetes.io/hostname"], hostname);
        let address = [
            "metadata",
            "annotations",
            "kubernetes.io/peer-advertise-address",
        ];
        lease.set_at(&address, self.address.as_str());
        lease.set_at(&["spec", "holderIdentity"], self.holder.as_str());
        lease.set_at(&["spec", "leaseDurationSeconds"], seconds);
        lease.set_at(&["spec", "renewTime"], MicroTime(now.0).to_string());
    }
}

/// Deletes the Leases of servers that have not renewed them for as long as they are to last.
async fn clear(server: &ApiServer) {
    let access = server.own_access();
    let Ok(leases) = access.list(LEASES, Some(NAMESPACE)).await else {
        return;
    };
    let now = server.now();
    for lease in leases.iter().filter(|lease| is_over(lease, now)) {
        let metadata = &lease["metadata"];
        let name = metadata["name"].as_str().unwrap_or_default();
        // One that is renewed just now stays.
        let options = json!({"preconditions": {
            "uid": (metadata["uid"].clone()),
            "resourceVersion": (metadata["resourceVersion"].clone()),
        }});
        if let Err(status) = access.delete(LEASES, NAMESPACE, name, &options).await {
            tracing::debug!(
                name,
                error = status.message,
                "the Lease of a server that is gone stays"
            );
        }
    }
}

/// Whether it is an API server's Lease that nobody has renewed in time, or one that cannot be
/// understood, as upstream.
fn is_over(lease: &Value, now: Time) -> bool {
    if lease["metadata"]["labels"][LABEL].as_str() != Some(PROGRAM) {
        return false;
    }
    let spec = &lease["spec"];
    let renewed = spec["renewTime"]
        .as_str()
        .and_then(|text| text.parse::<MicroTime>().ok());
    match (renewed, spec["leaseDurationSeconds"].as_i64()) {
        (Some(renewed), Some(seconds)) => {
            now.0.as_second() > renewed.0.as_second().saturating_add(seconds)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_servers() {
        assert_eq!(base32(b"foobar"), "mzxw6ytboi");
        let id = server_id("node-1");
        assert_eq!(id.len(), "apiserver-".len() + 26);
        assert_eq!(id, server_id("node-1"));
        assert_ne!(id, server_id("node-2"));
    }

    #[test]
    fn what_is_over() {
        let now: Time = "2026-01-01T02:00:00Z".parse().unwrap();
        let lease = |label: &str, renewed: &str| {
            json!({
                "metadata": {"labels": {(LABEL): label}},
                "spec": {"leaseDurationSeconds": 3600, "renewTime": renewed},
            })
        };
        assert!(is_over(&lease(PROGRAM, "2026-01-01T00:59:59.000000Z"), now));
        assert!(!is_over(
            &lease(PROGRAM, "2026-01-01T01:00:00.000000Z"),
            now
        ));
        assert!(!is_over(
            &lease("another", "2026-01-01T00:00:00.000000Z"),
            now
        ));
        assert!(is_over(
            &json!({"metadata": {"labels": {(LABEL): PROGRAM}}}),
            now
        ));
    }
}
