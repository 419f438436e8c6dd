//! What can be found out before anything is made: each lack with its remedy.

use anyhow::Result;

use crate::config::{Config, Role};
use crate::failure::Failure;

/// Checks that this machine can do what `config` asks for.
///
/// # Errors
/// The first thing that it cannot.
pub fn check(config: &Config) -> Result<()> {
    if let Some(path) = &config.token_auth_file
        && !path.is_file()
    {
        return Err(Failure::new(
            format!("the token file {} is not there", path.display()),
            "check --token-auth-file; each of its lines is token,user,uid[,\"group1,group2\"]",
        )
        .into());
    }
    let node: Vec<&str> = [Role::Kubelet, Role::Proxy]
        .into_iter()
        .filter(|role| config.roles.has(*role))
        .map(Role::name)
        .collect();
    if node.is_empty() {
        return Ok(());
    }
    if !nix::unistd::geteuid().is_root() {
        return Err(Failure::new(
            format!("not root, which {} must be", node.join(" and ")),
            "sudo skeg up …\nor without a node, which needs no root: skeg up --no-node --data-dir DIR",
        )
        .into());
    }
    let held = effective_capabilities(&read("/proc/self/status"));
    let lacking = NODE_CAPABILITIES
        .iter()
        .find(|(bit, ..)| held.is_some_and(|held| held & (1 << bit) == 0));
    if let Some((_, name, what)) = lacking {
        return Err(Failure::new(
            format!("root without the capability {name}, without which {what}"),
            "in a container, start it with --privileged\nor without a node, which needs no root: skeg up --no-node --data-dir DIR",
        )
        .into());
    }
    if config.roles.has(Role::Kubelet) && !has_cgroups(&read("/proc/mounts")) {
        return Err(Failure::new(
            "no cgroup file system is mounted, so pods could not be held to their limits",
            "mount -t cgroup2 none /sys/fs/cgroup\nin a container, start it with --privileged --cgroupns=private",
        )
        .into());
    }
    if config.roles.has(Role::Proxy) && !has_nftables() {
        return Err(Failure::new(
            "the kernel is without nftables, on which services rest",
            "modprobe nf_tables (kernel option CONFIG_NF_TABLES)\nor without services: --roles apiserver,scheduler,controller-manager,kubelet,dns",
        )
        .into());
    }
    Ok(())
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// What a node does as root, by the number of the capability (capabilities(7)).
const NODE_CAPABILITIES: [(u32, &str, &str); 2] = [
    (
        12,
        "CAP_NET_ADMIN",
        "no pod network and no services can be made",
    ),
    (21, "CAP_SYS_ADMIN", "nothing can be mounted for containers"),
];

/// The capabilities in the text of /proc/self/status; `None` where they are not told.
fn effective_capabilities(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

fn has_cgroups(mounts: &str) -> bool {
    mounts.lines().any(|line| {
        let kind = line.split(' ').nth(2).unwrap_or_default();
        kind == "cgroup2" || kind == "cgroup"
    })
}

/// Whether a netlink socket of the netfilter family can be opened. The module
/// itself is loaded by the first request.
fn has_nftables() -> bool {
    use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, socket};
    socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkNetFilter,
    )
    .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Roles, Settings};

    #[test]
    fn mounts() {
        assert!(has_cgroups("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n"));
        assert!(has_cgroups(
            "x / ext4 rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n"
        ));
        assert!(!has_cgroups("x / ext4 rw 0 0\n"));
    }

    #[test]
    fn capabilities() {
        let status = "Name:\tskeg\nCapEff:\t0000000000201000\nCapBnd:\t0\n";
        let held = effective_capabilities(status).unwrap();
        assert!(
            NODE_CAPABILITIES
                .iter()
                .all(|(bit, ..)| held & (1 << bit) != 0)
        );
        assert_eq!(effective_capabilities("Name:\tskeg\n"), None);
    }

    #[test]
    fn a_missing_token_file_is_told() {
        let config = Config::resolve(Settings {
            roles: Some(Roles::without_node()),
            token_auth_file: Some("/nosuch.csv".into()),
            ..Settings::default()
        });
        let error = check(&config.unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "the token file /nosuch.csv is not there");
    }
}
