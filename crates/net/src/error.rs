//! What can go wrong.

use std::{io, net::IpAddr, path::PathBuf};

use crate::netlink::NetlinkError;

/// An error of the pod network or the service proxy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A netlink socket could not be opened: no root, or a kernel without the subsystem.
    #[error("cannot open a netlink socket ({family}); root (CAP_NET_ADMIN) is needed")]
    Open {
        /// Which netlink family.
        family: &'static str,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The kernel refused a change of a link, an address, a route or a neighbour.
    #[error("cannot {action}{}", remedy(.source, "the kernel needs bridge and veth links"))]
    Route {
        /// What was to be done, with the names of what it was done to.
        action: String,
        /// The kernel's answer.
        #[source]
        source: NetlinkError,
    },
    /// The kernel refused a batch of nftables changes; none of it was applied.
    #[error("cannot change nftables table {table}{}", remedy(.source, NFT_NEEDS))]
    Nft {
        /// The table.
        table: String,
        /// The kernel's answer.
        #[source]
        source: NetlinkError,
    },
    /// The connection tracking table could not be read or changed.
    #[error(
        "cannot clean up connection tracking entries{}",
        remedy(.0, "the kernel needs nf_conntrack with netlink")
    )]
    Conntrack(#[source] NetlinkError),
    /// A network namespace could not be entered.
    #[error("cannot enter network namespace {path}")]
    Netns {
        /// Its path.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// A kernel setting could not be written.
    #[error("cannot set {path} to {value}")]
    Sysctl {
        /// The file below `/proc/sys`.
        path: PathBuf,
        /// The value.
        value: String,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The file of addresses could not be read or written.
    #[error("cannot {action} the pod address file {path}")]
    State {
        /// What was to be done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// Every address of the node's pod CIDR is taken.
    #[error("no free address in the node's pod CIDR {cidr}: {used} are in use")]
    Exhausted {
        /// The range.
        cidr: ipnet::Ipv4Net,
        /// How many addresses are given out.
        used: usize,
    },
    /// The pod CIDR is too small to hold a gateway and a pod.
    #[error("pod CIDR {0} is too small: it needs room for a gateway and at least one pod")]
    CidrTooSmall(ipnet::Ipv4Net),
    /// Another link has addresses of a range: another cluster's, or another network's.
    #[error("range {cidr} overlaps with {other}, which is behind link {link}")]
    RangeTaken {
        /// The range that was to be used.
        cidr: ipnet::Ipv4Net,
        /// The range that is used.
        other: ipnet::Ipv4Net,
        /// By which link.
        link: String,
    },
    /// Another sandbox holds this host port.
    #[error("host port {port}/{protocol} is taken by sandbox {holder}")]
    HostPortTaken {
        /// The port.
        port: u16,
        /// TCP, UDP or SCTP.
        protocol: crate::L4Protocol,
        /// The other sandbox.
        holder: String,
    },
    /// A host address and a pod address must be of the same family.
    #[error("host port on {0}: only IPv4 addresses can be forwarded to IPv4 pods")]
    HostPortFamily(IpAddr),
    /// A task that did the work was lost.
    #[error("network task ended unexpectedly")]
    TaskLost,
}

const NFT_NEEDS: &str =
    "the kernel needs nf_tables with nat, masquerade, reject, fib and numgen (modprobe nf_tables)";

/// What to do about a refusal, as far as its number tells.
fn remedy(error: &NetlinkError, needs: &str) -> String {
    match error.errno() {
        Some(libc::EPERM | libc::EACCES) => "; root (CAP_NET_ADMIN) is needed".to_owned(),
        Some(libc::EOPNOTSUPP | libc::EAFNOSUPPORT | libc::EPROTONOSUPPORT | libc::ENOENT) => {
            format!("; {needs}")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_a_remedy() {
        let message = |errno| {
            let source = NetlinkError::from_errno(errno);
            Error::Nft {
                table: "skeg-a".into(),
                source,
            }
            .to_string()
        };
        assert!(message(libc::EPERM).contains("root"));
        assert!(message(libc::EOPNOTSUPP).contains("modprobe nf_tables"));
        assert_eq!(message(libc::EBUSY), "cannot change nftables table skeg-a");
    }
}
