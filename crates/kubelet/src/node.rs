//! The node's own object: what the machine is and has, and how it is doing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use skeg_api::core::v1::{
    ContainerImage, DaemonEndpoint, Node, NodeAddress, NodeCondition, NodeDaemonEndpoints,
    NodeStatus, NodeSystemInfo,
};
use skeg_cri::{FilesystemUsage, ImageSummary, RuntimeVersion};
use skeg_meta::{Format, Quantity, Time};

/// The version of Kubernetes that this kubelet speaks.
pub(crate) const VERSION: &str = "v1.37.1";
/// How many images a node's status names (upstream's `nodeStatusMaxImages`).
const IMAGES_MAX: usize = 50;
/// How many pods a node takes.
const PODS_MAX: i64 = 110;
/// Less memory available than this is pressure (upstream's default eviction threshold).
const MEMORY_AVAILABLE_MIN_BYTES: u64 = 100 << 20;
/// A smaller share of the disk free than this, in thousandths, is pressure
/// (upstream's default eviction threshold), …
const DISK_AVAILABLE_MIN_PERMILLE: u64 = 100;
/// … unless so much is free: a tenth of a large disk is room for many images.
const DISK_AVAILABLE_ENOUGH_BYTES: u64 = 10 << 30;

/// What the machine is, read once.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) cpus: i64,
    pub(crate) memory_bytes: i64,
    pub(crate) info: NodeSystemInfo,
}

fn read(path: &str) -> String {
    fs::read_to_string(path)
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

impl Machine {
    /// Reads what the machine is. What cannot be read stays empty.
    pub(crate) fn read(runtime: &RuntimeVersion) -> Self {
        let uname = rustix::system::uname();
        let text = |part: &std::ffi::CStr| part.to_string_lossy().into_owned();
        let cpus =
            std::thread::available_parallelism().map_or(1, |n| i64::try_from(n.get()).unwrap_or(1));
        let os = read("/etc/os-release");
        let pretty = os
            .lines()
            .find_map(|line| line.strip_prefix("PRETTY_NAME="))
            .unwrap_or("Linux");
        let architecture = match text(uname.machine()).as_str() {
            "x86_64" => "amd64".to_owned(),
            "aarch64" => "arm64".to_owned(),
            other => other.to_owned(),
        };
        let machine_id = read("/etc/machine-id");
        let product = read("/sys/class/dmi/id/product_uuid");
        Self {
            cpus,
            memory_bytes: meminfo("MemTotal")
                .and_then(|bytes| i64::try_from(bytes).ok())
                .unwrap_or(0),
            info: NodeSystemInfo {
                system_uuid: if product.is_empty() {
                    machine_id.clone()
                } else {
                    product
                },
                machine_id,
                boot_id: read("/proc/sys/kernel/random/boot_id"),
                kernel_version: text(uname.release()),
                os_image: pretty.trim_matches('"').to_owned(),
                container_runtime_version: format!("{}://{}", runtime.name, runtime.version),
                kubelet_version: VERSION.to_owned(),
                operating_system: "linux".to_owned(),
                architecture,
                ..Default::default()
            },
        }
    }

    /// What the machine has.
    pub(crate) fn capacity(&self, disk: &FilesystemUsage) -> BTreeMap<String, Quantity> {
        BTreeMap::from([
            ("cpu".to_owned(), count(self.cpus)),
            ("memory".to_owned(), kibibytes(self.memory_bytes)),
            (
                "ephemeral-storage".to_owned(),
                count(i64::try_from(disk.capacity_bytes).unwrap_or(i64::MAX)),
            ),
            ("hugepages-1Gi".to_owned(), count(0)),
            ("hugepages-2Mi".to_owned(), count(0)),
            ("pods".to_owned(), count(PODS_MAX)),
        ])
    }
}

fn count(number: i64) -> Quantity {
    Quantity::new(number, Format::DecimalSi)
}

fn kibibytes(bytes: i64) -> Quantity {
    format!("{}Ki", bytes / 1024).parse().unwrap_or_default()
}

/// A figure of /proc/meminfo in bytes.
pub(crate) fn meminfo(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// What a node's status is made from.
pub(crate) struct Facts<'a> {
    pub(crate) machine: &'a Machine,
    pub(crate) disk: FilesystemUsage,
    pub(crate) images: Vec<ImageSummary>,
    pub(crate) addresses: Vec<String>,
    pub(crate) port: u16,
    /// Why the runtime cannot run containers, if it cannot.
    pub(crate) runtime_problem: Option<String>,
    /// A write to the data folder failed for want of room.
    pub(crate) disk_full: bool,
}

/// The node as it registers itself.
pub(crate) fn new_node(name: &str, facts: &Facts<'_>, now: &Time) -> Node {
    let mut node = Node::default();
    node.metadata.name = name.to_owned();
    let info = &facts.machine.info;
    for (key, value) in [
        ("beta.kubernetes.io/arch", &info.architecture),
        ("beta.kubernetes.io/os", &info.operating_system),
        ("kubernetes.io/arch", &info.architecture),
        ("kubernetes.io/hostname", &name.to_owned()),
        ("kubernetes.io/os", &info.operating_system),
    ] {
        node.metadata.labels.insert(key.to_owned(), value.clone());
    }
    node.metadata.annotations.insert(
        "volumes.kubernetes.io/controller-managed-attach-detach".into(),
        "true".into(),
    );
    node.status = status(&node, name, facts, now);
    node
}

/// Whether a resource is none of Kubernetes' own.
fn is_extended(name: &str) -> bool {
    name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests.")
}

/// The node's status. Conditions that are not the kubelet's are kept, and so are
/// extended resources, which others say that the node has.
pub(crate) fn status(node: &Node, name: &str, facts: &Facts<'_>, now: &Time) -> NodeStatus {
    let mut out = node.status.clone();
    out.capacity = facts.machine.capacity(&facts.disk);
    let extended = node.status.capacity.iter();
    let extended = extended.filter(|(name, _)| is_extended(name));
    out.capacity
        .extend(extended.map(|(name, amount)| (name.clone(), *amount)));
    out.allocatable = out.capacity.clone();
    out.addresses = facts
        .addresses
        .iter()
        .map(|address| NodeAddress {
            type_: "InternalIP".into(),
            address: address.clone(),
        })
        .chain([NodeAddress {
            type_: "Hostname".into(),
            address: name.to_owned(),
        }])
        .collect();
    out.daemon_endpoints = NodeDaemonEndpoints {
        kubelet_endpoint: DaemonEndpoint {
            port: i32::from(facts.port),
        },
    };
    out.node_info = facts.machine.info.clone();
    let mut images = facts.images.clone();
    images.sort_by_key(|image| std::cmp::Reverse(image.size_bytes));
    out.images = images
        .into_iter()
        .take(IMAGES_MAX)
        .map(|image| ContainerImage {
            names: image
                .repo_digests
                .into_iter()
                .chain(image.repo_tags)
                .take(5)
                .collect(),
            size_bytes: i64::try_from(image.size_bytes).unwrap_or(i64::MAX),
        })
        .collect();
    out.conditions = conditions(node, facts, now);
    out
}

fn conditions(node: &Node, facts: &Facts<'_>, now: &Time) -> Vec<NodeCondition> {
    let low_memory =
        meminfo("MemAvailable").is_some_and(|bytes| bytes < MEMORY_AVAILABLE_MIN_BYTES);
    let low_disk = facts.disk_full || is_low(&facts.disk);
    let bool_condition = |bad: bool, type_: &str, yes: (&str, &str), no: (&str, &str)| {
        let (reason, message) = if bad { yes } else { no };
        (
            type_.to_owned(),
            if bad { "True" } else { "False" },
            reason.to_owned(),
            message.to_owned(),
        )
    };
    let ready = match &facts.runtime_problem {
        None => (
            "Ready".to_owned(),
            "True",
            "KubeletReady".to_owned(),
            "kubelet is posting ready status".to_owned(),
        ),
        Some(problem) => (
            "Ready".to_owned(),
            "False",
            "KubeletNotReady".to_owned(),
            problem.clone(),
        ),
    };
    let ours = [
        bool_condition(
            low_memory,
            "MemoryPressure",
            (
                "KubeletHasInsufficientMemory",
                "kubelet has insufficient memory available",
            ),
            (
                "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available",
            ),
        ),
        bool_condition(
            low_disk,
            "DiskPressure",
            ("KubeletHasDiskPressure", "kubelet has disk pressure"),
            ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ),
        bool_condition(
            false,
            "PIDPressure",
            (
                "KubeletHasInsufficientPID",
                "kubelet has insufficient PID available",
            ),
            (
                "KubeletHasSufficientPID",
                "kubelet has sufficient PID available",
            ),
        ),
        ready,
    ];
    let mut out: Vec<NodeCondition> = ours
        .into_iter()
        .map(|(type_, status, reason, message)| {
            let held = node
                .status
                .conditions
                .iter()
                .find(|condition| condition.type_ == type_);
            let since = held
                .filter(|held| held.status == status)
                .and_then(|held| held.last_transition_time)
                .unwrap_or(*now);
            NodeCondition {
                type_,
                status: status.into(),
                last_heartbeat_time: Some(*now),
                last_transition_time: Some(since),
                reason,
                message,
            }
        })
        .collect();
    let known: Vec<String> = out
        .iter()
        .map(|condition| condition.type_.clone())
        .collect();
    out.extend(
        node.status
            .conditions
            .iter()
            .filter(|condition| !known.contains(&condition.type_))
            .cloned(),
    );
    out
}

/// Whether a disk has too little room left.
fn is_low(disk: &FilesystemUsage) -> bool {
    disk.capacity_bytes > 0
        && disk.available_bytes < DISK_AVAILABLE_ENOUGH_BYTES
        && disk.available_bytes.saturating_mul(1000) / disk.capacity_bytes
            < DISK_AVAILABLE_MIN_PERMILLE
}

/// Whether two statuses tell the same, heartbeats aside.
pub(crate) fn same(a: &NodeStatus, b: &NodeStatus) -> bool {
    let without_heartbeats = |status: &NodeStatus| {
        let mut status = status.clone();
        for condition in &mut status.conditions {
            condition.last_heartbeat_time = None;
        }
        status
    };
    without_heartbeats(a) == without_heartbeats(b)
}

/// The file system that holds a folder.
pub(crate) fn disk(folder: &Path) -> FilesystemUsage {
    let Ok(stat) = rustix::fs::statvfs(folder) else {
        return FilesystemUsage::default();
    };
    FilesystemUsage {
        mountpoint: folder.to_path_buf(),
        capacity_bytes: stat.f_blocks.saturating_mul(stat.f_frsize),
        available_bytes: stat.f_bavail.saturating_mul(stat.f_frsize),
        used_bytes: stat
            .f_blocks
            .saturating_sub(stat.f_bfree)
            .saturating_mul(stat.f_frsize),
        inodes: stat.f_files,
        inodes_free: stat.f_ffree,
        inodes_used: stat.f_files.saturating_sub(stat.f_ffree),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(machine: &Machine, runtime_problem: Option<String>) -> Facts<'_> {
        Facts {
            machine,
            disk: disk(Path::new("/")),
            images: vec![],
            addresses: vec!["10.0.0.1".into()],
            port: 10250,
            runtime_problem,
            disk_full: false,
        }
    }

    #[test]
    fn little_room_is_pressure_and_a_tenth_of_much_is_not() {
        let check = |capacity: u64, available: u64, expect: bool| {
            let disk = FilesystemUsage {
                capacity_bytes: capacity << 20,
                available_bytes: available << 20,
                ..Default::default()
            };
            assert_eq!(is_low(&disk), expect, "{available} of {capacity} MiB");
        };
        check(100, 9, true);
        check(100, 10, false);
        check(20 << 10, 1 << 10, true);
        check(250 << 10, 20 << 10, false);
        check(250 << 10, 9 << 10, true);
        check(0, 0, false);
    }

    #[test]
    fn a_node_tells_what_it_has_and_keeps_what_others_say() {
        let machine = Machine::read(&RuntimeVersion {
            name: "skeg".into(),
            version: "1".into(),
        });
        let now = Time::now();
        let mut node = new_node("n", &facts(&machine, None), &now);
        assert!(node.status.capacity["memory"].value() > 0);
        let room = node.status.capacity["ephemeral-storage"].to_string();
        assert!(!room.ends_with("Ki"), "{room}");
        assert_eq!(node.status.node_info.container_runtime_version, "skeg://1");
        let other = NodeCondition {
            type_: "NetworkUnavailable".into(),
            status: "False".into(),
            ..Default::default()
        };
        node.status.conditions.push(other.clone());
        let five = node.status.capacity["pods"];
        for name in ["example.com/dongle", "gone"] {
            node.status.capacity.insert(name.into(), five);
        }
        let again = status(&node, "n", &facts(&machine, None), &now);
        assert!(again.conditions.contains(&other));
        assert_eq!(again.allocatable.get("example.com/dongle"), Some(&five));
        assert!(!again.capacity.contains_key("gone"));
        node.status = again.clone();
        let again = status(&node, "n", &facts(&machine, None), &now);
        assert!(same(&node.status, &again));
        let broken = status(
            &node,
            "n",
            &facts(&machine, Some("no cgroups".into())),
            &now,
        );
        let ready = broken
            .conditions
            .iter()
            .find(|condition| condition.type_ == "Ready")
            .unwrap();
        assert_eq!(
            (ready.status.as_str(), ready.message.as_str()),
            ("False", "no cgroups")
        );
    }
}
