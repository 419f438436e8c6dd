//! Security contexts of pod and container, joined into what the runtime takes.

use std::path::{Path, PathBuf};

use skeg_api::core::v1::{Container, Pod, SeccompProfile as ApiSeccomp};
use skeg_cri::{Capabilities, ContainerSecurity, ImageInfo, SeccompProfile};

/// Why a container must not be started as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SecurityError {
    /// It must not run as root, and would.
    #[error("container has runAsNonRoot and image will run as root (pod: \"{0}\", container: {1})")]
    Root(String, String),
    /// It must not run as root, and its image does not say by number as whom it runs.
    #[error(
        "container has runAsNonRoot and image has non-numeric user ({2}), cannot verify user is non-root (pod: \"{0}\", container: {1})"
    )]
    Named(String, String, String),
    /// A profile that is not known here.
    #[error(
        "invalid seccomp profile type {0:?}: it must be RuntimeDefault, Localhost or Unconfined"
    )]
    Seccomp(String),
    /// A number that is no user or group.
    #[error("{0} is not a user or group id")]
    Id(i64),
}

fn id(number: i64) -> Result<u32, SecurityError> {
    u32::try_from(number).map_err(|_| SecurityError::Id(number))
}

/// Joins the security contexts of a pod and one of its containers; what the
/// container says goes before what the pod says.
///
/// # Errors
/// When the container must not be started so.
pub(crate) fn container(
    pod: &Pod,
    container: &Container,
    image: &ImageInfo,
    profiles: &Path,
) -> Result<ContainerSecurity, SecurityError> {
    let of_pod = pod.spec.security_context.clone().unwrap_or_default();
    let own = container.security_context.clone().unwrap_or_default();
    let user = own.run_as_user.or(of_pod.run_as_user);
    if own
        .run_as_non_root
        .or(of_pod.run_as_non_root)
        .unwrap_or(false)
    {
        let names = || {
            (
                format!("{}_{}", pod.metadata.name, pod.metadata.namespace),
                container.name.clone(),
            )
        };
        let (pod_name, container_name) = names();
        match (user, image.uid) {
            (Some(0), _) | (None, Some(0)) => {
                return Err(SecurityError::Root(pod_name, container_name));
            }
            (None, None) if image.username.is_empty() => {
                return Err(SecurityError::Root(pod_name, container_name));
            }
            (None, None) => {
                return Err(SecurityError::Named(
                    pod_name,
                    container_name,
                    image.username.clone(),
                ));
            }
            _ => {}
        }
    }
    let privileged = own.privileged.unwrap_or(false);
    let mut groups = of_pod
        .supplemental_groups
        .iter()
        .map(|group| id(*group))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(group) = of_pod.fs_group {
        groups.push(id(group)?);
    }
    let unmasked = privileged || own.proc_mount.as_deref() == Some("Unmasked");
    Ok(ContainerSecurity {
        privileged,
        capabilities: own
            .capabilities
            .map(|capabilities| Capabilities {
                add: capabilities.add,
                drop: capabilities.drop,
            })
            .unwrap_or_default(),
        run_as_user: user.map(id).transpose()?,
        run_as_group: own
            .run_as_group
            .or(of_pod.run_as_group)
            .map(id)
            .transpose()?,
        run_as_username: None,
        supplemental_groups: groups,
        supplemental_groups_strict: of_pod.supplemental_groups_policy.as_deref() == Some("Strict"),
        read_only_rootfs: own.read_only_root_filesystem.unwrap_or(false),
        no_new_privileges: own.allow_privilege_escalation == Some(false),
        seccomp: seccomp(
            own.seccomp_profile
                .as_deref()
                .or(of_pod.seccomp_profile.as_deref()),
            privileged,
            profiles,
        )?,
        masked_paths: unmasked.then(Vec::new),
        readonly_paths: unmasked.then(Vec::new),
    })
}

fn seccomp(
    profile: Option<&ApiSeccomp>,
    privileged: bool,
    profiles: &Path,
) -> Result<SeccompProfile, SecurityError> {
    let Some(profile) = profile.filter(|_| !privileged) else {
        return Ok(SeccompProfile::Unconfined);
    };
    match profile.type_.as_str() {
        "Unconfined" => Ok(SeccompProfile::Unconfined),
        "RuntimeDefault" => Ok(SeccompProfile::RuntimeDefault),
        "Localhost" => {
            let name = profile.localhost_profile.clone().unwrap_or_default();
            Ok(SeccompProfile::Localhost(
                profiles.join(PathBuf::from(name)),
            ))
        }
        other => Err(SecurityError::Seccomp(other.to_owned())),
    }
}

/// Kernel settings that a pod may have: they are the pod's own.
const SAFE_SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// A kernel setting's name with dots between its parts. Names whose first separator
/// is a slash have slashes there, and dots within their parts; these change places.
pub(crate) fn dotted_sysctl(name: &str) -> String {
    if name
        .find(['.', '/'])
        .is_none_or(|at| name[at..].starts_with('.'))
    {
        return name.to_owned();
    }
    let swap = |letter| match letter {
        '.' => '/',
        '/' => '.',
        other => other,
    };
    name.chars().map(swap).collect()
}

/// Why a pod is not taken for the sake of its kernel settings.
pub(crate) fn forbidden_sysctl(pod: &skeg_api::core::v1::Pod) -> Option<String> {
    let wanted = &pod.spec.security_context.as_ref()?.sysctls;
    wanted.iter().find_map(|sysctl| {
        let name = dotted_sysctl(&sysctl.name);
        let why = if !SAFE_SYSCTLS.contains(&name.as_str()) {
            "not allowlisted"
        } else if pod.spec.host_network && name.starts_with("net.") {
            "not allowed with host net enabled"
        } else if pod.spec.host_ipc && name.starts_with("kernel.shm") {
            "not allowed with host ipc enabled"
        } else {
            return None;
        };
        Some(format!("forbidden sysctl: \"{name}\" {why}"))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn settings_are_spelt_with_dots_or_with_slashes() {
        for (name, expect) in [
            ("kernel/shm_rmid_forced", "kernel.shm_rmid_forced"),
            ("kernel.shm_rmid_forced", "kernel.shm_rmid_forced"),
            ("net/ipv4/conf/eth0.1/arp", "net.ipv4.conf.eth0/1.arp"),
            ("net.ipv4.conf.eth0/1.arp", "net.ipv4.conf.eth0/1.arp"),
            ("plain", "plain"),
        ] {
            assert_eq!(super::dotted_sysctl(name), expect);
        }
    }

    #[test]
    fn only_settings_of_the_pod_itself_are_taken() {
        let why = |name: &str, host: bool| {
            let mut pod = skeg_api::core::v1::Pod::default();
            let mut context = skeg_api::core::v1::PodSecurityContext::default();
            context.sysctls.push(skeg_api::core::v1::Sysctl {
                name: name.into(),
                value: "1".into(),
            });
            pod.spec.security_context = Some(context);
            pod.spec.host_network = host;
            super::forbidden_sysctl(&pod)
        };
        assert_eq!(why("kernel.shm_rmid_forced", false), None);
        assert_eq!(why("net/ipv4/tcp_syncookies", false), None);
        assert_eq!(why("net.ipv4.tcp_notsent_lowat", false), None);
        assert_eq!(
            why("kernel.msgmax", false).as_deref(),
            Some("forbidden sysctl: \"kernel.msgmax\" not allowlisted")
        );
        assert!(why("net.ipv4.tcp_syncookies", true).is_some());
    }

    use skeg_api::core::v1::{PodSecurityContext, SecurityContext};

    use super::*;

    fn join(
        of_pod: PodSecurityContext,
        own: SecurityContext,
        image: ImageInfo,
    ) -> Result<ContainerSecurity, SecurityError> {
        let mut pod = Pod::default();
        pod.spec.security_context = Some(of_pod);
        let named = Container {
            name: "c".into(),
            security_context: Some(Box::new(own)),
            ..Default::default()
        };
        container(&pod, &named, &image, Path::new("/profiles"))
    }

    #[test]
    fn the_container_goes_before_the_pod() {
        let of_pod = PodSecurityContext {
            run_as_user: Some(1),
            run_as_group: Some(2),
            fs_group: Some(3),
            ..Default::default()
        };
        let own = SecurityContext {
            run_as_user: Some(9),
            ..Default::default()
        };
        let joined = join(of_pod, own, ImageInfo::default()).unwrap();
        assert_eq!(
            (joined.run_as_user, joined.run_as_group),
            (Some(9), Some(2))
        );
        assert_eq!(joined.supplemental_groups, [3]);
    }

    #[test]
    fn root_is_refused_where_it_must_not_be() {
        let own = SecurityContext {
            run_as_non_root: Some(true),
            ..Default::default()
        };
        let with = |uid, username: &str| {
            let image = ImageInfo {
                uid,
                username: username.into(),
                ..Default::default()
            };
            join(PodSecurityContext::default(), own.clone(), image)
        };
        assert!(matches!(with(None, ""), Err(SecurityError::Root(..))));
        assert!(matches!(with(Some(0), ""), Err(SecurityError::Root(..))));
        assert!(matches!(with(None, "web"), Err(SecurityError::Named(..))));
        assert!(with(Some(1000), "").is_ok());
    }

    #[test]
    fn an_unknown_profile_is_refused() {
        let profile = Box::new(ApiSeccomp {
            type_: "Lax".into(),
            ..Default::default()
        });
        let own = SecurityContext {
            seccomp_profile: Some(profile),
            ..Default::default()
        };
        let refused = join(PodSecurityContext::default(), own, ImageInfo::default());
        assert_eq!(refused, Err(SecurityError::Seccomp("Lax".into())));
    }
}
