//! Capabilities: names, the default set, additions and removals.

use rustix::thread::CapabilitySet;

/// Every capability, in the order of its number.
const NAMES: &[&str] = &[
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

/// What a container gets without being asked, as containerd has it.
const DEFAULT: &[&str] = &[
    "CHOWN",
    "DAC_OVERRIDE",
    "FSETID",
    "FOWNER",
    "MKNOD",
    "NET_RAW",
    "SETGID",
    "SETUID",
    "SETFCAP",
    "SETPCAP",
    "NET_BIND_SERVICE",
    "SYS_CHROOT",
    "KILL",
    "AUDIT_WRITE",
];

/// A capability that does not exist.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown capability {0:?}")]
pub struct UnknownCapability(pub String);

/// The bit of a capability's name, with or without `CAP_`.
pub fn bit(name: &str) -> Result<u64, UnknownCapability> {
    let upper = name.to_ascii_uppercase();
    let short = upper.strip_prefix("CAP_").unwrap_or(&upper);
    let number = NAMES.iter().position(|known| *known == short);
    number
        .map(|number| 1 << number)
        .ok_or_else(|| UnknownCapability(name.to_owned()))
}

/// All capabilities known here.
pub fn all() -> u64 {
    (1 << NAMES.len()) - 1
}

/// What a container gets by default.
pub fn default_set() -> u64 {
    DEFAULT
        .iter()
        .filter_map(|name| bit(name).ok())
        .fold(0, |set, bit| set | bit)
}

/// The default set with changes. `ALL` stands for all; a single name goes before `ALL` on the
/// other side.
pub fn resolve(add: &[String], drop: &[String]) -> Result<u64, UnknownCapability> {
    let is_all = |name: &String| name.eq_ignore_ascii_case("ALL");
    let mut set = default_set();
    if add.iter().any(is_all) {
        set = all();
    }
    if drop.iter().any(is_all) {
        set = 0;
    }
    for name in add.iter().filter(|name| !is_all(name)) {
        set |= bit(name)?;
    }
    for name in drop.iter().filter(|name| !is_all(name)) {
        set &= !bit(name)?;
    }
    Ok(set)
}

/// The capability of a bit mask, without bits that this build does not know.
pub(crate) fn to_set(bits: u64) -> CapabilitySet {
    CapabilitySet::from_bits_retain(bits)
}

/// Every single capability that the running kernel could know.
pub(crate) fn single_bits() -> impl Iterator<Item = u64> {
    (0..NAMES.len()).map(|number| 1 << number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(add: &[&str], drop: &[&str], expect: u64) {
        let owned = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(
            resolve(&owned(add), &owned(drop)).unwrap(),
            expect,
            "+{add:?} -{drop:?}"
        );
    }

    #[test]
    fn sets_are_resolved() {
        let net_admin = bit("NET_ADMIN").unwrap();
        check(&[], &[], default_set());
        check(&["CAP_NET_ADMIN"], &[], default_set() | net_admin);
        check(&["net_admin"], &["ALL"], net_admin);
        check(&["ALL"], &["NET_ADMIN"], all() & !net_admin);
        check(&[], &["ALL"], 0);
        assert_eq!(net_admin, 1 << 12);
        assert_eq!(bit("CHECKPOINT_RESTORE").unwrap(), 1 << 40);
        assert_eq!(default_set(), 0xa80425fb);
        assert!(resolve(&["FLY".into()], &[]).is_err());
    }
}
