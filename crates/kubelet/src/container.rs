//! A container's configuration for the runtime, made from its spec.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use skeg_api::core::v1::{Container, EnvVarSource, Pod, Service};
use skeg_cri::{
    ContainerConfig, ContainerId, ContainerMetadata, ImageInfo, Mount, MountPropagation,
};
use skeg_meta::Quantity;

use crate::names::{self, CONTAINER_HASH, CONTAINER_NAME, TERMINATION_LOG, TERMINATION_POLICY};
use crate::volumes::{Source, Volumes, bind_sub_path};
use crate::{containers, fields, resources, security};

/// Why a container cannot be configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConfigError(pub(crate) String);

/// What a container's configuration is made from.
pub(crate) struct Setting<'a> {
    pub(crate) pod: &'a Pod,
    pub(crate) container: &'a Container,
    pub(crate) attempt: u32,
    /// The image as the runtime knows it.
    pub(crate) image: &'a ImageInfo,
    pub(crate) image_name: String,
    /// Where the pod's volumes are on the host.
    pub(crate) places: &'a BTreeMap<String, PathBuf>,
    pub(crate) volumes: &'a Volumes,
    pub(crate) host_ips: &'a [String],
    pub(crate) allocatable: &'a BTreeMap<String, Quantity>,
    pub(crate) memory_capacity: i64,
    pub(crate) seccomp_profiles: &'a Path,
    pub(crate) services: &'a [Arc<Service>],
    /// The instance whose processes the container is to see.
    pub(crate) pid_target: Option<ContainerId>,
}

impl Setting<'_> {
    /// Makes the configuration; files that are mounted are made on the way.
    ///
    /// # Errors
    /// What the container must wait for, or what is wrong with its spec.
    pub(crate) async fn config(&self, source: &dyn Source) -> Result<ContainerConfig, ConfigError> {
        let env = self.env(source).await?;
        let lookup = |name: &str| {
            env.iter()
                .rev()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        let expand = |list: &[String]| {
            list.iter()
                .map(|text| fields::expand(text, &lookup))
                .collect()
        };
        let command = expand(&self.container.command);
        let args = expand(&self.container.args);
        let security =
            security::container(self.pod, self.container, self.image, self.seccomp_profiles)
                .map_err(|error| ConfigError(error.to_string()))?;
        let mounts = self.mounts(&lookup)?;
        let mut labels = names::pod_labels(self.pod);
        labels.insert(CONTAINER_NAME.into(), self.container.name.clone());
        Ok(ContainerConfig {
            metadata: ContainerMetadata {
                name: self.container.name.clone(),
                attempt: self.attempt,
            },
            image: self.image_name.clone(),
            command,
            args,
            working_dir: self.container.working_dir.clone(),
            env,
            mounts,
            devices: Vec::new(),
            labels,
            annotations: BTreeMap::from([
                (CONTAINER_HASH.into(), names::spec_hash(self.container)),
                (
                    TERMINATION_LOG.into(),
                    self.termination_file().to_string_lossy().into_owned(),
                ),
                (
                    TERMINATION_POLICY.into(),
                    self.container.termination_message_policy.clone(),
                ),
            ]),
            log_path: PathBuf::from(&self.container.name).join(format!("{}.log", self.attempt)),
            stdin: self.container.stdin,
            stdin_once: self.container.stdin_once,
            tty: self.container.tty,
            resources: resources::container(self.pod, self.container, self.memory_capacity),
            pid_target: self.pid_target.clone(),
            security,
            stop_signal: self
                .container
                .lifecycle
                .as_ref()
                .and_then(|lifecycle| lifecycle.stop_signal.clone()),
        })
    }

    /// Where the container's last words are on the host.
    fn termination_file(&self) -> PathBuf {
        self.volumes.file(&format!(
            "containers/{}/{}",
            self.container.name, self.attempt
        ))
    }

    fn mounts(&self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Mount>, ConfigError> {
        let mut mounts = Vec::new();
        let folder = self.volumes.sub_path_folder(&self.container.name);
        // Those of earlier instances, or of one that could not be made.
        crate::volumes::remove_folder(&folder)
            .map_err(|error| ConfigError(format!("failed to unmount earlier subPaths: {error}")))?;
        for (index, mount) in self.container.volume_mounts.iter().enumerate() {
            let place = self.places.get(&mount.name).ok_or_else(|| {
                ConfigError(format!(
                    "volume {:?} of a mount is not among the pod's",
                    mount.name
                ))
            })?;
            let part = if mount.sub_path_expr.is_empty() {
                mount.sub_path.clone()
            } else {
                // As upstream: nothing is mounted where a name is not known yet.
                let missing = std::cell::RefCell::new(Vec::new());
                let known = |name: &str| {
                    let value = lookup(name).filter(|value| !value.is_empty());
                    if value.is_none() {
                        missing.borrow_mut().push(format!("{name:?}"));
                    }
                    value
                };
                let part = fields::expand(&mount.sub_path_expr, &known);
                let missing = missing.into_inner();
                if !missing.is_empty() {
                    let names = missing.join(", ");
                    return Err(ConfigError(format!("missing value for {names}")));
                }
                part
            };
            let host_path = if part.is_empty() {
                place.clone()
            } else {
                let target = folder.join(format!("{}-{index}", self.attempt));
                bind_sub_path(place, &part, &target).map_err(|error| {
                    ConfigError(format!(
                        "failed to prepare subPath for volumeMount {:?}: {error}",
                        mount.name
                    ))
                })?
            };
            mounts.push(Mount {
                container_path: absolute(&mount.mount_path),
                host_path,
                read_only: mount.read_only,
                recursive_read_only: containers::is_read_only_below(mount),
                propagation: match mount.mount_propagation.as_deref() {
                    Some("HostToContainer") => MountPropagation::HostToContainer,
                    Some("Bidirectional") => MountPropagation::Bidirectional,
                    _ => MountPropagation::Private,
                },
            });
        }
        let taken: Vec<PathBuf> = mounts
            .iter()
            .map(|mount| mount.container_path.clone())
            .collect();
        for (path, file) in [
            ("/etc/hosts", "etc-hosts"),
            ("/etc/resolv.conf", "resolv.conf"),
            ("/etc/hostname", "hostname"),
        ] {
            if !taken.iter().any(|taken| taken == Path::new(path)) {
                mounts.push(Mount {
                    container_path: path.into(),
                    host_path: self.volumes.file(file),
                    ..Default::default()
                });
            }
        }
        let path = &self.container.termination_message_path;
        if !path.is_empty() {
            let file = self.termination_file();
            let made = file
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::write(&file, ""))
                .and_then(|()| {
                    use std::os::unix::fs::PermissionsExt;
                    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666))
                });
            made.map_err(|error| ConfigError(format!("{}: {error}", file.display())))?;
            mounts.push(Mount {
                container_path: absolute(path),
                host_path: file,
                ..Default::default()
            });
        }
        Ok(mounts)
    }

    /// The environment: services first, then whole maps, then single variables,
    /// each of which may refer to those before it.
    async fn env(&self, source: &dyn Source) -> Result<Vec<(String, String)>, ConfigError> {
        let mut env = Env::default();
        for (name, value) in service_env(self.services) {
            env.set(name, value);
        }
        for from in &self.container.env_from {
            for (key, value) in self.env_from(from, source).await? {
                env.set(format!("{}{key}", from.prefix), value);
            }
        }
        for variable in &self.container.env {
            let value = match &variable.value_from {
                Some(from) => self.env_value(from, source).await?,
                None => Some(fields::expand(&variable.value, &|name| env.get(name))),
            };
            if let Some(value) = value {
                env.set(variable.name.clone(), value);
            }
        }
        Ok(env.0)
    }

    async fn env_from(
        &self,
        from: &skeg_api::core::v1::EnvFromSource,
        source: &dyn Source,
    ) -> Result<BTreeMap<String, String>, ConfigError> {
        let namespace = &self.pod.metadata.namespace;
        if let Some(wanted) = &from.config_map_ref {
            let found = source
                .config_map(namespace, &wanted.name)
                .await
                .map_err(ConfigError)?;
            return match found {
                Some(map) => Ok(map.data.clone()),
                None if wanted.optional == Some(true) => Ok(BTreeMap::new()),
                None => Err(ConfigError(format!(
                    "configmap \"{}\" not found",
                    wanted.name
                ))),
            };
        }
        if let Some(wanted) = &from.secret_ref {
            let found = source
                .secret(namespace, &wanted.name)
                .await
                .map_err(ConfigError)?;
            return match found {
                Some(secret) => Ok(secret
                    .data
                    .iter()
                    .map(|(key, value)| {
                        (key.clone(), String::from_utf8_lossy(&value.0).into_owned())
                    })
                    .collect()),
                None if wanted.optional == Some(true) => Ok(BTreeMap::new()),
                None => Err(ConfigError(format!("secret \"{}\" not found", wanted.name))),
            };
        }
        Ok(BTreeMap::new())
    }

    /// The value that a variable takes from elsewhere; `None` when it is optional and not there.
    async fn env_value(
        &self,
        from: &EnvVarSource,
        source: &dyn Source,
    ) -> Result<Option<String>, ConfigError> {
        let namespace = &self.pod.metadata.namespace;
        let no_key = |key: &str, kind: &str, name: &str| {
            ConfigError(format!(
                "couldn't find key {key} in {kind} {namespace}/{name}"
            ))
        };
        if let Some(field) = &from.field_ref {
            return fields::pod_field(self.pod, &field.field_path, self.host_ips)
                .map(Some)
                .map_err(|error| ConfigError(error.to_string()));
        }
        if let Some(resource) = &from.resource_field_ref {
            let containers = self
                .pod
                .spec
                .containers
                .iter()
                .chain(&self.pod.spec.init_containers);
            let container = containers
                .into_iter()
                .find(|container| container.name == resource.container_name)
                .unwrap_or(self.container);
            return fields::resource_field(
                container,
                &resource.resource,
                &resource.divisor,
                self.allocatable,
            )
            .map(Some)
            .map_err(|error| ConfigError(error.to_string()));
        }
        if let Some(wanted) = &from.config_map_key_ref {
            let optional = wanted.optional == Some(true);
            let found = source
                .config_map(namespace, &wanted.name)
                .await
                .map_err(ConfigError)?;
            return match found {
                None if optional => Ok(None),
                None => Err(ConfigError(format!(
                    "configmap \"{}\" not found",
                    wanted.name
                ))),
                Some(map) => match map.data.get(&wanted.key) {
                    None if !optional => Err(no_key(&wanted.key, "ConfigMap", &wanted.name)),
                    value => Ok(value.cloned()),
                },
            };
        }
        if let Some(wanted) = &from.secret_key_ref {
            let optional = wanted.optional == Some(true);
            let found = source
                .secret(namespace, &wanted.name)
                .await
                .map_err(ConfigError)?;
            return match found {
                None if optional => Ok(None),
                None => Err(ConfigError(format!("secret \"{}\" not found", wanted.name))),
                Some(secret) => match secret.data.get(&wanted.key) {
                    None if !optional => Err(no_key(&wanted.key, "Secret", &wanted.name)),
                    value => Ok(value.map(|value| String::from_utf8_lossy(&value.0).into_owned())),
                },
            };
        }
        Err(ConfigError(
            "a variable's valueFrom names no source that is supported".into(),
        ))
    }
}

fn absolute(path: &str) -> PathBuf {
    Path::new("/").join(path)
}

/// Variables in the order in which they were first set.
#[derive(Default)]
struct Env(Vec<(String, String)>);

impl Env {
    fn set(&mut self, name: String, value: String) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, held)) => *held = value,
            None => self.0.push((name, value)),
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    }
}

/// The variables by which containers find services, in Docker's form (API
/// documentation of `enableServiceLinks`).
fn service_env(services: &[Arc<Service>]) -> Vec<(String, String)> {
    let mut env = Vec::new();
    for service in services {
        let ip = &service.spec.cluster_ip;
        let Some(first) = service.spec.ports.first() else {
            continue;
        };
        if ip.is_empty() || ip == "None" {
            continue;
        }
        let prefix = service
            .metadata
            .name
            .to_uppercase()
            .replace(['-', '.'], "_");
        let mut add = |name: String, value: String| env.push((format!("{prefix}_{name}"), value));
        add("SERVICE_HOST".into(), ip.clone());
        add("SERVICE_PORT".into(), first.port.to_string());
        for port in service
            .spec
            .ports
            .iter()
            .filter(|port| !port.name.is_empty())
        {
            add(
                format!(
                    "SERVICE_PORT_{}",
                    port.name.to_uppercase().replace('-', "_")
                ),
                port.port.to_string(),
            );
        }
        let url = |port: &skeg_api::core::v1::ServicePort| {
            format!("{}://{ip}:{}", port.protocol.to_lowercase(), port.port)
        };
        add("PORT".into(), url(first));
        for port in &service.spec.ports {
            let base = format!("PORT_{}_{}", port.port, port.protocol.to_uppercase());
            add(base.clone(), url(port));
            add(format!("{base}_PROTO"), port.protocol.to_lowercase());
            add(format!("{base}_PORT"), port.port.to_string());
            add(format!("{base}_ADDR"), ip.clone());
        }
    }
    env
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::ServicePort;

    use super::*;

    #[test]
    fn services_are_found_by_variables() {
        let mut service = Service::default();
        service.metadata.name = "redis-master".into();
        service.spec.cluster_ip = "10.0.0.11".into();
        service.spec.ports = vec![ServicePort {
            port: 6379,
            protocol: "TCP".into(),
            ..Default::default()
        }];
        let env: BTreeMap<_, _> = service_env(&[Arc::new(service)]).into_iter().collect();
        assert_eq!(env["REDIS_MASTER_SERVICE_HOST"], "10.0.0.11");
        assert_eq!(env["REDIS_MASTER_PORT"], "tcp://10.0.0.11:6379");
        assert_eq!(env["REDIS_MASTER_PORT_6379_TCP_ADDR"], "10.0.0.11");
        assert_eq!(env.len(), 7);
    }

    #[test]
    fn a_variable_that_is_set_again_keeps_its_place() {
        let mut env = Env::default();
        env.set("a".into(), "1".into());
        env.set("b".into(), "2".into());
        env.set("a".into(), "3".into());
        assert_eq!(
            env.0,
            [
                ("a".to_owned(), "3".to_owned()),
                ("b".to_owned(), "2".to_owned())
            ]
        );
    }
}
