//! Control groups: version 1, version 2, and both at once.
//!
//! A group is named by a path relative to the root that an instance derives from its id. Under
//! version 1 it is one folder in each controller's hierarchy, under version 2 one folder.

mod devices;
mod v1;
mod v2;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

pub use devices::DevicePolicy;

/// Limits and weights; what is absent is left as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Weight of CPU time, 2–262144.
    pub cpu_shares: Option<u64>,
    /// Microseconds of CPU time in a period; negative is no limit.
    pub cpu_quota_us: Option<i64>,
    /// The period; 100000 when left out.
    pub cpu_period_us: Option<u64>,
    /// CPUs that may be used.
    pub cpuset_cpus: Option<String>,
    /// Bytes of memory; negative is no limit.
    pub memory_bytes: Option<i64>,
    /// Processes and threads; negative is no limit.
    pub pids: Option<i64>,
    /// All processes of the group are killed together when memory runs out (version 2 only).
    pub oom_group: bool,
}

/// What a group uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// CPU time since it was made.
    pub cpu_nanos: u64,
    /// Memory charged, caches included.
    pub memory_bytes: u64,
    /// File pages that can be dropped at once.
    pub inactive_file_bytes: u64,
    /// Anonymous memory.
    pub anonymous_bytes: u64,
    /// Limit, where there is one.
    pub memory_limit_bytes: Option<u64>,
    /// Processes and threads.
    pub pids: u64,
    /// Processes killed for want of memory.
    pub oom_kills: u64,
}

/// What went wrong with a group.
#[derive(Debug, thiserror::Error)]
pub enum CgroupError {
    /// No usable hierarchy is mounted.
    #[error(
        "no cgroup hierarchy with a {0} controller is mounted; mount one (for example `mount -t cgroup2 none /sys/fs/cgroup`) or boot with systemd"
    )]
    Missing(&'static str),
    /// A controller is not handed down to a group.
    #[error(
        "the cgroup controller {0} is not available in {1}; boot with it enabled (kernel option cgroup_enable={0}), and where skeg runs in a container give that its own cgroup namespace"
    )]
    NotEnabled(&'static str, PathBuf),
    /// A file of the hierarchy could not be used.
    #[error("{operation} {path}")]
    File {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A path that does not stay below the root.
    #[error("bad cgroup path {0:?}")]
    BadPath(String),
}

/// The result of an operation on a group.
pub type Result<T, E = CgroupError> = std::result::Result<T, E>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Layout {
    /// Controller name to mount point; `name=systemd` and `unified` only hold processes.
    V1 {
        controllers: BTreeMap<String, PathBuf>,
    },
    V2 {
        root: PathBuf,
    },
}

/// The groups of one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cgroups {
    layout: Layout,
    root: String,
}

impl Cgroups {
    /// Looks at what is mounted. `root` is the name of the instance's own top group.
    pub fn detect(root: &str) -> Result<Self> {
        let text = fs::read_to_string("/proc/self/mountinfo")
            .map_err(|source| file("read", Path::new("/proc/self/mountinfo"), source))?;
        Self::from_mountinfo(&text, root)
    }

    fn from_mountinfo(text: &str, root: &str) -> Result<Self> {
        check_path(root)?;
        let mut controllers = BTreeMap::new();
        let mut unified = None;
        for line in text.lines() {
            let Some((left, right)) = line.split_once(" - ") else {
                continue;
            };
            let Some(mount_point) = left.split(' ').nth(4) else {
                continue;
            };
            let mount_point = PathBuf::from(mount_point);
            let mut right = right.split(' ');
            match (right.next(), right.nth(1)) {
                (Some("cgroup"), Some(options)) => {
                    for option in options.split(',') {
                        if v1::CONTROLLERS.contains(&option) {
                            controllers
                                .entry(option.to_owned())
                                .or_insert(mount_point.clone());
                        }
                    }
                }
                (Some("cgroup2"), _) => unified = unified.or(Some(mount_point)),
                _ => {}
            }
        }
        let layout = if controllers.contains_key("memory") || controllers.contains_key("pids") {
            if let Some(unified) = unified {
                controllers.insert("unified".into(), unified);
            }
            Layout::V1 { controllers }
        } else {
            Layout::V2 {
                root: unified.ok_or(CgroupError::Missing("memory"))?,
            }
        };
        Ok(Self {
            layout,
            root: root.to_owned(),
        })
    }

    /// `v1`, `hybrid` or `v2`.
    pub fn version(&self) -> &'static str {
        match &self.layout {
            Layout::V1 { controllers } if controllers.contains_key("unified") => "hybrid",
            Layout::V1 { .. } => "v1",
            Layout::V2 { .. } => "v2",
        }
    }

    /// Makes a group (and those above it) and sets its limits.
    pub fn create(&self, path: &str, limits: &Limits) -> Result<()> {
        check_path(path)?;
        match &self.layout {
            Layout::V1 { controllers } => v1::create(controllers, &self.full(path), limits),
            Layout::V2 { root } => v2::create(root, &self.full(path), limits),
        }
    }

    /// Makes a group that only holds processes, in every hierarchy there is.
    pub fn create_holder(&self, path: &str) -> Result<()> {
        check_path(path)?;
        match &self.layout {
            Layout::V1 { controllers } => {
                // A new cpuset lets no process in, and a holder needs none.
                let wanted = controllers.iter().filter(|(name, _)| *name != "cpuset");
                for mount in distinct(wanted.map(|(_, mount)| mount)) {
                    make(&mount.join(self.full(path)))?;
                }
                Ok(())
            }
            Layout::V2 { root } => v2::create(root, &self.full(path), &Limits::default()),
        }
    }

    /// Changes limits of a group.
    pub fn update(&self, path: &str, limits: &Limits) -> Result<()> {
        check_path(path)?;
        match &self.layout {
            Layout::V1 { controllers } => v1::apply(controllers, &self.full(path), limits),
            Layout::V2 { root } => v2::apply(&root.join(self.full(path)), limits),
        }
    }

    /// Restricts the devices that a group's processes can use.
    pub fn restrict_devices(&self, path: &str, policy: &DevicePolicy) -> Result<()> {
        match &self.layout {
            Layout::V1 { controllers } => match controllers.get("devices") {
                Some(mount) => devices::restrict_v1(&mount.join(self.full(path)), policy),
                None => Ok(()),
            },
            Layout::V2 { root } => devices::restrict_v2(&root.join(self.full(path)), policy),
        }
    }

    /// The files to which a process writes `0` to enter a group.
    pub fn procs_files(&self, path: &str) -> Vec<PathBuf> {
        let folders = self.folders(path).into_iter();
        folders
            .filter(|folder| folder.exists())
            .map(|f| f.join("cgroup.procs"))
            .collect()
    }

    /// Where a container finds its own group: name below `/sys/fs/cgroup` and folder. Version 2
    /// has one with an empty name.
    pub fn views(&self, path: &str) -> Vec<(String, PathBuf)> {
        let full = self.full(path);
        match &self.layout {
            Layout::V1 { controllers } => controllers
                .iter()
                .map(|(name, mount)| (name.clone(), mount.join(&full)))
                .filter(|(_, folder)| folder.exists())
                .collect(),
            Layout::V2 { root } => vec![(String::new(), root.join(&full))],
        }
    }

    /// Processes in a group and below it.
    pub fn processes(&self, path: &str) -> Vec<i32> {
        let folder = match &self.layout {
            Layout::V1 { controllers } => {
                let mount = ["pids", "memory", "cpu"]
                    .iter()
                    .find_map(|c| controllers.get(*c));
                mount.map(|mount| mount.join(self.full(path)))
            }
            Layout::V2 { root } => Some(root.join(self.full(path))),
        };
        let mut found = Vec::new();
        if let Some(folder) = folder {
            collect_processes(&folder, &mut found);
        }
        found
    }

    /// Sends KILL to every process in a group and below it. Repeat until `processes` is empty:
    /// a process may be forking meanwhile.
    pub fn kill(&self, path: &str) {
        if let Layout::V2 { root } = &self.layout
            && fs::write(root.join(self.full(path)).join("cgroup.kill"), "1").is_ok()
        {
            return;
        }
        for pid in self.processes(path) {
            if let Some(pid) = rustix::process::Pid::from_raw(pid) {
                // It may be gone already.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
    }

    /// Removes a group and those below it. False: processes are still in it.
    pub fn remove(&self, path: &str) -> bool {
        let mut gone = true;
        for folder in self.folders(path) {
            gone &= remove_tree(&folder);
        }
        gone
    }

    /// Removes the instance's top group with all below it. False: processes are still in it.
    pub fn remove_root(&self) -> bool {
        self.remove("")
    }

    /// What a group uses.
    pub fn usage(&self, path: &str) -> Usage {
        match &self.layout {
            Layout::V1 { controllers } => v1::usage(controllers, &self.full(path)),
            Layout::V2 { root } => v2::usage(&root.join(self.full(path))),
        }
    }

    /// Processes of a group that were killed for want of memory.
    pub fn oom_kills(&self, path: &str) -> u64 {
        match &self.layout {
            Layout::V1 { controllers } => v1::oom_kills(controllers, &self.full(path)),
            Layout::V2 { root } => v2::oom_kills(&root.join(self.full(path))),
        }
    }

    fn full(&self, path: &str) -> String {
        if path.is_empty() {
            self.root.clone()
        } else {
            format!("{}/{path}", self.root)
        }
    }

    fn folders(&self, path: &str) -> Vec<PathBuf> {
        let full = self.full(path);
        match &self.layout {
            Layout::V1 { controllers } => distinct(controllers.values())
                .into_iter()
                .map(|m| m.join(&full))
                .collect(),
            Layout::V2 { root } => vec![root.join(&full)],
        }
    }
}

fn check_path(path: &str) -> Result<()> {
    let good = !path.starts_with('/')
        && (path.is_empty()
            || path
                .split('/')
                .all(|part| !part.is_empty() && part != "." && part != ".."));
    if good {
        Ok(())
    } else {
        Err(CgroupError::BadPath(path.to_owned()))
    }
}

fn file(operation: &'static str, path: &Path, source: io::Error) -> CgroupError {
    CgroupError::File {
        operation,
        path: path.to_owned(),
        source,
    }
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| file("create cgroup", folder, source))
}

fn write(folder: &Path, name: &str, value: &str) -> Result<()> {
    let path = folder.join(name);
    fs::write(&path, value).map_err(|source| file("write", &path, source))
}

fn read_u64(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The number behind a key in a file of `key value` lines.
fn keyed(text: &str, key: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))?;
    line.trim().parse().ok()
}

fn distinct<'a>(mounts: impl Iterator<Item = &'a PathBuf>) -> Vec<&'a PathBuf> {
    let mut found: Vec<&PathBuf> = Vec::new();
    for mount in mounts {
        if !found.contains(&mount) {
            found.push(mount);
        }
    }
    found
}

fn collect_processes(folder: &Path, found: &mut Vec<i32>) {
    if let Ok(text) = fs::read_to_string(folder.join("cgroup.procs")) {
        found.extend(text.lines().filter_map(|line| line.parse::<i32>().ok()));
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect_processes(&entry.path(), found);
        }
    }
}

fn remove_tree(folder: &Path) -> bool {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_tree(&entry.path());
        }
    }
    match fs::remove_dir(folder) {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
30 27 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
31 27 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
32 27 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
33 27 0:29 / /sys/fs/cgroup/unified rw shared:4 - cgroup2 cgroup2 rw,nsdelegate
";

    #[test]
    fn layouts_are_told_apart() {
        let version = |text: &str| Cgroups::from_mountinfo(text, "skeg-a").map(|c| c.version());
        assert_eq!(version(HYBRID).unwrap(), "hybrid");
        let v1: String = HYBRID
            .lines()
            .take(3)
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(version(&v1).unwrap(), "v1");
        assert_eq!(
            version("1 2 0:3 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw").unwrap(),
            "v2"
        );
        assert!(matches!(
            version("1 2 0:3 / / rw - ext4 x rw"),
            Err(CgroupError::Missing(_))
        ));
    }

    #[test]
    fn mounts_shared_by_controllers_count_once() {
        let cgroups = Cgroups::from_mountinfo(HYBRID, "skeg-a").unwrap();
        let folders = cgroups.folders("x/y");
        assert_eq!(folders.len(), 4, "{folders:?}");
        assert!(folders.contains(&PathBuf::from("/sys/fs/cgroup/memory/skeg-a/x/y")));
    }

    #[test]
    fn groups_of_version_2_hold_and_kill_processes() {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        let line = mounts.lines().find(|line| line.contains(" - cgroup2 "));
        let root = line
            .and_then(|line| line.split(' ').nth(4))
            .map(PathBuf::from);
        let Some(root) = root.filter(|_| rustix::process::geteuid().is_root()) else {
            println!("skipped: needs root and a cgroup2 mount");
            return;
        };
        let name = format!("skeg-test-v2-{}", std::process::id());
        let cgroups = Cgroups {
            layout: Layout::V2 { root: root.clone() },
            root: name,
        };
        cgroups.create("pod/one", &Limits::default()).unwrap();
        let mut child = std::process::Command::new("sleep")
            .arg("1000")
            .spawn()
            .unwrap();
        let files = cgroups.procs_files("pod/one");
        fs::write(&files[0], child.id().to_string()).unwrap();
        assert_eq!(cgroups.processes("pod"), [child.id() as i32]);
        assert!(!cgroups.remove("pod"));
        cgroups.kill("pod");
        assert!(!child.wait().unwrap().success());
        // A controller that is bound to version 1 cannot be had here; the message says so.
        let limits = Limits {
            memory_bytes: Some(1 << 30),
            ..Limits::default()
        };
        match cgroups.update("pod/one", &limits) {
            Ok(()) => {}
            Err(error) => assert!(
                error.to_string().contains("cgroup_enable=memory"),
                "{error}"
            ),
        }
        while !cgroups.remove_root() {}
    }

    #[test]
    fn paths_stay_below_the_root() {
        for bad in ["/x", "../x", "x//y", "x/.", "x/"] {
            assert!(check_path(bad).is_err(), "{bad}");
        }
        assert!(check_path("burstable/pod1").is_ok());
    }

    #[test]
    fn keyed_values_match_whole_keys() {
        let text = "oom 3\noom_kill 5\noom_group_kill 1\n";
        assert_eq!(keyed(text, "oom_kill"), Some(5));
        assert_eq!(keyed(text, "oom_k"), None);
    }
}
