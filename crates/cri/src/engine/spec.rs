//! From a container's configuration and its image to what the low-level runtime takes.

use std::{fs, path::PathBuf};

use skeg_oci::{
    capability,
    cgroup::Limits,
    image::{ImageRecord, RunConfig},
    runtime::{
        ContainerMount, DEFAULT_MASKED_PATHS, DEFAULT_READONLY_PATHS, Propagation, Root, Spec,
        UserSpec,
    },
    seccomp::Seccomp,
};

use crate::{
    ContainerConfig, Error, ErrorKind, MountPropagation, Namespace, Resources, Result,
    SandboxConfig, SeccompProfile,
};

/// Open files of a container's processes; programs may raise it to the machine's limit.
const OPEN_FILES: u64 = 65_536;

pub(super) fn build(
    sandbox: &SandboxConfig,
    config: &ContainerConfig,
    image: &ImageRecord,
    root: Root,
    cgroup_views: Vec<(String, PathBuf)>,
) -> Result<Spec> {
    let run = image.config.config.clone().unwrap_or_default();
    let security = &config.security;
    let invalid = |message: String| Error::new(ErrorKind::InvalidArgument, message);
    let args = arguments(config, &run);
    if args.is_empty() {
        return Err(invalid("no command specified".into()));
    }
    let capabilities = if security.privileged {
        capability::all()
    } else {
        capability::resolve(&security.capabilities.add, &security.capabilities.drop)
            .map_err(|error| invalid(error.to_string()))?
    };
    let paths = |own: &Option<Vec<PathBuf>>, default: &[&str]| match own {
        _ if security.privileged => Vec::new(),
        Some(own) => own.clone(),
        None => default.iter().map(PathBuf::from).collect(),
    };
    let cwd = [
        config.working_dir.clone(),
        run.working_dir.clone().unwrap_or_default(),
    ];
    Ok(Spec {
        root,
        read_only_root: security.read_only_rootfs,
        args,
        env: environment(config, &run, &hostname(sandbox)),
        cwd: cwd
            .into_iter()
            .find(|cwd| !cwd.is_empty())
            .unwrap_or_default(),
        user: user(config, &run),
        mounts: mounts(&config.mounts)?,
        devices: config.devices.clone(),
        privileged: security.privileged,
        capabilities,
        no_new_privileges: security.no_new_privileges,
        seccomp: seccomp(sandbox, config)?,
        masked_paths: paths(&security.masked_paths, DEFAULT_MASKED_PATHS),
        readonly_paths: paths(&security.readonly_paths, DEFAULT_READONLY_PATHS),
        oom_score_adj: config.resources.oom_score_adj,
        open_files: Some(OPEN_FILES),
        cgroup_views,
        host_ipc: sandbox.security.namespaces.ipc == Namespace::Node,
    })
}

fn arguments(config: &ContainerConfig, run: &RunConfig) -> Vec<String> {
    let (mut program, own_command) = match config.command.is_empty() {
        false => (config.command.clone(), true),
        true => (run.entrypoint.clone().unwrap_or_default(), false),
    };
    if !config.args.is_empty() || own_command {
        program.extend(config.args.iter().cloned());
    } else {
        program.extend(run.cmd.clone().unwrap_or_default());
    }
    program
}

/// The name that a sandbox's host has; with the node's network it is the node's.
fn hostname(sandbox: &SandboxConfig) -> String {
    if sandbox.security.namespaces.network == Namespace::Node {
        let names = rustix::system::uname();
        return names.nodename().to_string_lossy().into_owned();
    }
    sandbox.hostname.clone()
}

/// The variables of a container: its own go before its image's, and both before the
/// name of its host.
fn environment(config: &ContainerConfig, run: &RunConfig, hostname: &str) -> Vec<String> {
    let mut env: Vec<String> = run.env.clone().unwrap_or_default();
    if !env.iter().any(|pair| pair.starts_with("HOSTNAME=")) {
        env.insert(0, format!("HOSTNAME={hostname}"));
    }
    for (name, value) in &config.env {
        let pair = format!("{name}={value}");
        let slot = env.iter_mut().find(|known| {
            known
                .split_once('=')
                .map_or(known.as_str(), |(name, _)| name)
                == name
        });
        match slot {
            Some(slot) => *slot = pair,
            None => env.push(pair),
        }
    }
    env
}

fn user(config: &ContainerConfig, run: &RunConfig) -> UserSpec {
    let security = &config.security;
    let user = match (security.run_as_user, &security.run_as_username) {
        (Some(uid), _) => uid.to_string(),
        (None, Some(name)) => name.clone(),
        (None, None) => run.user.clone().unwrap_or_default(),
    };
    UserSpec {
        user,
        gid: security.run_as_group,
        supplemental: security.supplemental_groups.clone(),
        strict: security.supplemental_groups_strict,
    }
}

/// The mounts of a container, a folder before what lies in it: whatever their order was,
/// none hides another.
fn mounts(wanted: &[crate::Mount]) -> Result<Vec<ContainerMount>> {
    let mut made = wanted.iter().map(mount).collect::<Result<Vec<_>>>()?;
    made.sort_by_key(|mount| mount.target.components().count());
    Ok(made)
}

fn mount(mount: &crate::Mount) -> Result<ContainerMount> {
    // Links are followed on the machine's side, where only the kubelet makes any.
    let source = fs::canonicalize(&mount.host_path).map_err(|error| {
        let path = mount.host_path.display();
        Error::new(
            ErrorKind::InvalidArgument,
            format!("mount source {path}: {error}"),
        )
    })?;
    Ok(ContainerMount {
        source,
        target: mount.container_path.clone(),
        read_only: mount.read_only,
        recursive_read_only: mount.recursive_read_only,
        propagation: match mount.propagation {
            MountPropagation::Private => Propagation::Private,
            MountPropagation::HostToContainer => Propagation::Slave,
            MountPropagation::Bidirectional => Propagation::Shared,
        },
    })
}

fn seccomp(sandbox: &SandboxConfig, config: &ContainerConfig) -> Result<Seccomp> {
    if config.security.privileged {
        return Ok(Seccomp::Unconfined);
    }
    let profile = match &config.security.seccomp {
        SeccompProfile::Unconfined => &sandbox.security.seccomp,
        own => own,
    };
    match profile {
        SeccompProfile::Unconfined => Ok(Seccomp::Unconfined),
        SeccompProfile::RuntimeDefault => Ok(Seccomp::RuntimeDefault),
        SeccompProfile::Localhost(path) => {
            let text = fs::read_to_string(path).map_err(|error| {
                let message = format!("cannot load seccomp profile {}: {error}", path.display());
                Error::new(ErrorKind::InvalidArgument, message)
            })?;
            let profile = Seccomp::Profile(text);
            // Now rather than in the container: the message reaches the user either way, but
            // here before anything runs.
            skeg_oci::seccomp::compile(&profile, 0).map_err(|error| {
                let message = format!("cannot load seccomp profile {}: {error}", path.display());
                Error::new(ErrorKind::InvalidArgument, message)
            })?;
            Ok(profile)
        }
    }
}

/// Limits as the cgroup takes them.
pub(super) fn limits(resources: &Resources) -> Limits {
    Limits {
        cpu_shares: resources.cpu_shares,
        cpu_quota_us: resources.cpu_quota_us,
        cpu_period_us: resources.cpu_period_us,
        cpuset_cpus: resources.cpuset_cpus.clone(),
        memory_bytes: resources.memory_limit_bytes,
        pids: resources.pids_limit,
        oom_group: false,
    }
}

/// Those of a container, of which nothing is left when the kernel kills a part of it.
pub(super) fn container_limits(resources: &Resources) -> Limits {
    Limits {
        oom_group: true,
        ..limits(resources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_mounted_before_what_lies_in_them() {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| crate::Mount {
            container_path: path.into(),
            host_path: dir.path().to_owned(),
            read_only: false,
            recursive_read_only: false,
            propagation: MountPropagation::Private,
        };
        let wanted = ["/data/sub", "/etc/x", "/data", "/b"].map(at);
        let made = mounts(&wanted).unwrap();
        let order: Vec<_> = made.iter().map(|mount| mount.target.to_str()).collect();
        let expect = ["/data", "/b", "/data/sub", "/etc/x"].map(Some);
        assert_eq!(order, expect);
    }

    #[test]
    fn commands_are_put_together() {
        let list = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let check = |command: &str, args: &str, expect: &str| {
            let config = ContainerConfig {
                command: list(command),
                args: list(args),
                ..ContainerConfig::default()
            };
            let run = RunConfig {
                entrypoint: Some(list("/entry e")),
                cmd: Some(list("c d")),
                ..RunConfig::default()
            };
            assert_eq!(arguments(&config, &run), list(expect), "{command} + {args}");
        };
        check("", "", "/entry e c d");
        check("", "x", "/entry e x");
        check("y", "", "y");
        check("y", "x", "y x");
    }

    #[test]
    fn later_variables_win() {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        let config = ContainerConfig {
            env: vec![pair("A", "2"), pair("B", "x=y"), pair("B", "3")],
            ..ContainerConfig::default()
        };
        let run = RunConfig {
            env: Some(vec!["A=1".into(), "C=0".into()]),
            ..RunConfig::default()
        };
        let expect = ["HOSTNAME=p", "A=2", "C=0", "B=3"];
        assert_eq!(environment(&config, &run, "p"), expect);
        let run = RunConfig {
            env: Some(vec!["HOSTNAME=image".into()]),
            ..RunConfig::default()
        };
        let mut config = ContainerConfig::default();
        assert_eq!(environment(&config, &run, "p"), ["HOSTNAME=image"]);
        config.env.push(pair("HOSTNAME", "own"));
        assert_eq!(environment(&config, &run, "p"), ["HOSTNAME=own"]);
    }
}
