//! Volumes that live on this node: made before a pod's containers, kept up
//! while they run, removed when they are gone.

mod payload;
mod sub_path;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use rustix::mount::{MountFlags, UnmountFlags};
use skeg_api::core::v1::{
    ConfigMap, DownwardAPIVolumeFile, HostPathVolumeSource, KeyToPath, Pod, Secret, Service,
    Volume, VolumeProjection,
};
use skeg_meta::Quantity;

pub(crate) use payload::{File, Payload};
pub(crate) use sub_path::bind as bind_sub_path;

use crate::fields;

/// What volumes need of the API.
#[async_trait]
pub(crate) trait Source: Send + Sync {
    /// A ConfigMap; `None` when there is none of that name.
    async fn config_map(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Arc<ConfigMap>>, String>;

    /// A Secret; `None` when there is none of that name.
    async fn secret(&self, namespace: &str, name: &str) -> Result<Option<Arc<Secret>>, String>;

    /// The services that a pod finds by its environment.
    async fn services(&self, pod: &Pod) -> Result<Vec<Arc<Service>>, String>;

    /// The handler that a RuntimeClass asks for.
    async fn runtime_handler(&self, class: &str) -> Result<String, String>;

    /// A token of the pod's service account, bound to the pod.
    async fn token(
        &self,
        pod: &Pod,
        audience: &str,
        expiration_seconds: i64,
    ) -> Result<Token, String>;
}

/// A token and when to ask for the next one.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) token: String,
    pub(crate) renew_at: SystemTime,
}

/// Why a volume cannot be had; the pod waits and tries again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VolumeError {
    #[error("MountVolume.SetUp failed for volume {volume:?} : {problem}")]
    SetUp { volume: String, problem: String },
    #[error("volume {volume:?}: {kind} volumes are not supported by this kubelet")]
    Unsupported { volume: String, kind: &'static str },
}

/// How often content that comes from the API is looked at again.
const REFRESH: Duration = Duration::from_secs(60);
/// The lifetime of a service account's token unless the volume says otherwise.
const TOKEN_SECONDS: i64 = 3600;

/// The volumes of one pod on this node.
pub(crate) struct Volumes {
    /// `…/pods/UID`.
    folder: PathBuf,
    tokens: BTreeMap<(String, String), Token>,
}

impl Volumes {
    /// The volumes of a pod whose files live below `folder`.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            tokens: BTreeMap::new(),
        }
    }

    /// Where a volume's files are.
    fn place(&self, volume: &str) -> PathBuf {
        self.folder.join("volumes").join(volume)
    }

    /// Makes all volumes, or brings them up to date. Gives for each where it is
    /// on the host, and when to look again.
    ///
    /// # Errors
    /// The first volume that cannot be had.
    pub(crate) async fn prepare(
        &mut self,
        pod: &Pod,
        source: &dyn Source,
        host_ips: &[String],
        allocatable: &BTreeMap<String, Quantity>,
        now: SystemTime,
    ) -> Result<(BTreeMap<String, PathBuf>, Option<SystemTime>), VolumeError> {
        let mut places = BTreeMap::new();
        let mut again: Option<SystemTime> = None;
        for volume in &pod.spec.volumes {
            let failed = |problem: String| VolumeError::SetUp {
                volume: volume.name.clone(),
                problem,
            };
            let place = if let Some(host) = &volume.host_path {
                host_path(host).map_err(failed)?;
                PathBuf::from(&host.path)
            } else if let Some(empty) = &volume.empty_dir {
                let place = self.place(&volume.name);
                let size = empty
                    .size_limit
                    .as_ref()
                    .map(Quantity::value)
                    .filter(|size| *size > 0);
                let memory = empty.medium == "Memory";
                let memory = memory.then(|| memory_size(pod, size, allocatable));
                let made = folder(&place, memory, 0o777);
                let is_new = made.map_err(|error| failed(error.to_string()))?;
                // Once: from then on modes and groups are the containers' own.
                if let Some(group) = fs_group(pod).filter(|_| is_new)
                    && let Err(error) = share(&place, group, 0o2770)
                {
                    // The next look begins anew.
                    drop(remove_folder(&place));
                    return Err(failed(error.to_string()));
                }
                place
            } else {
                let Some((mut files, secret)) = self
                    .files(pod, volume, source, host_ips, allocatable, now)
                    .await
                    .map_err(failed)?
                else {
                    return Err(VolumeError::Unsupported {
                        volume: volume.name.clone(),
                        kind: kind(volume),
                    });
                };
                let place = self.place(&volume.name);
                // Secrets are kept in memory, so that they are never on a disk.
                folder(&place, secret.then_some(None), 0o755)
                    .map_err(|error| failed(error.to_string()))?;
                let group = fs_group(pod);
                if group.is_some() {
                    // The group reads what nobody writes.
                    files.values_mut().for_each(|file| file.mode |= 0o440);
                }
                let fresh = payload::write(&place, &files);
                let fresh = fresh.map_err(|error| failed(error.to_string()))?;
                if let (true, Some(group)) = (fresh, group) {
                    share(&place, group, 0o2550).map_err(|error| failed(error.to_string()))?;
                }
                let due = self.tokens.values().map(|token| token.renew_at).min();
                let refresh = now + REFRESH;
                let due = due.map_or(refresh, |due| due.min(refresh));
                again = Some(again.map_or(due, |at| at.min(due)));
                place
            };
            places.insert(volume.name.clone(), place);
        }
        Ok((places, again))
    }

    /// The files of a volume whose content comes from the API, and whether they are secret.
    async fn files(
        &mut self,
        pod: &Pod,
        volume: &Volume,
        source: &dyn Source,
        host_ips: &[String],
        allocatable: &BTreeMap<String, Quantity>,
        now: SystemTime,
    ) -> Result<Option<(Payload, bool)>, String> {
        let namespace = pod.metadata.namespace.as_str();
        let mut files = Payload::new();
        if let Some(config) = &volume.config_map {
            let found = source.config_map(namespace, &config.name).await?;
            let optional = config.optional == Some(true);
            let data = config_map_data(found.as_deref(), &config.name, namespace, optional)?;
            select(
                &mut files,
                &data,
                &config.items,
                mode(config.default_mode),
                optional,
                "configmap",
            )?;
            return Ok(Some((files, false)));
        }
        if let Some(secret) = &volume.secret {
            let found = source.secret(namespace, &secret.secret_name).await?;
            let optional = secret.optional == Some(true);
            let data = secret_data(found.as_deref(), &secret.secret_name, namespace, optional)?;
            select(
                &mut files,
                &data,
                &secret.items,
                mode(secret.default_mode),
                optional,
                "secret",
            )?;
            return Ok(Some((files, true)));
        }
        if let Some(downward) = &volume.downward_api {
            downward_files(
                &mut files,
                pod,
                &downward.items,
                mode(downward.default_mode),
                host_ips,
                allocatable,
            )?;
            return Ok(Some((files, false)));
        }
        let Some(projected) = &volume.projected else {
            return Ok(None);
        };
        for part in &projected.sources {
            let mode = mode(projected.default_mode);
            self.project(
                &mut files,
                pod,
                part,
                mode,
                source,
                host_ips,
                allocatable,
                now,
            )
            .await?;
        }
        Ok(Some((files, true)))
    }

    async fn project(
        &mut self,
        files: &mut Payload,
        pod: &Pod,
        part: &VolumeProjection,
        mode: u32,
        source: &dyn Source,
        host_ips: &[String],
        allocatable: &BTreeMap<String, Quantity>,
        now: SystemTime,
    ) -> Result<(), String> {
        let namespace = pod.metadata.namespace.as_str();
        if let Some(config) = &part.config_map {
            let found = source.config_map(namespace, &config.name).await?;
            let optional = config.optional == Some(true);
            let data = config_map_data(found.as_deref(), &config.name, namespace, optional)?;
            select(files, &data, &config.items, mode, optional, "configmap")?;
        }
        if let Some(secret) = &part.secret {
            let found = source.secret(namespace, &secret.name).await?;
            let optional = secret.optional == Some(true);
            let data = secret_data(found.as_deref(), &secret.name, namespace, optional)?;
            select(files, &data, &secret.items, mode, optional, "secret")?;
        }
        if let Some(downward) = &part.downward_api {
            downward_files(files, pod, &downward.items, mode, host_ips, allocatable)?;
        }
        if let Some(wanted) = &part.service_account_token {
            let seconds = wanted.expiration_seconds.unwrap_or(TOKEN_SECONDS);
            let key = (wanted.audience.clone(), seconds.to_string());
            let token = match self.tokens.get(&key).filter(|token| token.renew_at > now) {
                Some(token) => token.clone(),
                None => {
                    let token = source.token(pod, &wanted.audience, seconds).await?;
                    self.tokens.insert(key, token.clone());
                    token
                }
            };
            files.insert(
                wanted.path.clone(),
                File {
                    content: token.token.into_bytes(),
                    // The token is its user's alone where that is known.
                    mode: match (common_user(pod), fs_group(pod)) {
                        (None, None) => mode,
                        _ => 0o600,
                    },
                    owner: common_user(pod),
                },
            );
        }
        if part.cluster_trust_bundle.is_some() || part.pod_certificate.is_some() {
            return Err(
                "clusterTrustBundle and podCertificate sources are not supported by this kubelet"
                    .into(),
            );
        }
        Ok(())
    }

    /// A folder for the sub-paths that a container mounts.
    pub(crate) fn sub_path_folder(&self, container: &str) -> PathBuf {
        self.folder.join("subpaths").join(container)
    }

    /// Where a file that only this pod's containers see may be put.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Removes everything, mounts first.
    ///
    /// # Errors
    /// When something cannot be removed; what is left can be tried again.
    pub(crate) fn remove(&self) -> io::Result<()> {
        remove_folder(&self.folder)
    }
}

/// Unmounts whatever lies below a folder and removes it.
///
/// # Errors
/// When something cannot be removed.
pub fn remove_folder(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let mut below: Vec<PathBuf> = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .map(|path| PathBuf::from(path.replace("\\040", " ")))
        .filter(|path| path.starts_with(folder))
        .collect();
    below.sort();
    for path in below.iter().rev() {
        rustix::mount::unmount(path, UnmountFlags::DETACH)?;
    }
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn mode(wanted: Option<i32>) -> u32 {
    wanted
        .and_then(|mode| u32::try_from(mode).ok())
        .unwrap_or(0o644)
}

/// Makes a folder; with `memory` it is a file system in memory, of that many bytes at most.
/// Whether it was made now: one that was there keeps its mode.
fn folder(place: &Path, memory: Option<Option<i64>>, mode: u32) -> io::Result<bool> {
    let mut is_new = !place.exists();
    fs::create_dir_all(place)?;
    if let Some(size) = memory
        && !is_mount_point(place)?
    {
        let options = size.map_or_else(
            || "mode=0755".to_owned(),
            |size| format!("mode=0755,size={size}"),
        );
        let options = std::ffi::CString::new(options).map_err(io::Error::other)?;
        let flags = MountFlags::NOSUID | MountFlags::NODEV;
        rustix::mount::mount("tmpfs", place, "tmpfs", flags, Some(options.as_c_str()))?;
        is_new = true;
    }
    if is_new {
        fs::set_permissions(place, fs::Permissions::from_mode(mode))?;
    }
    Ok(is_new)
}

/// How large a folder in memory may become, as upstream sizes it: no larger than the
/// node's memory, the pod's limit and its own.
fn memory_size(
    pod: &Pod,
    own: Option<i64>,
    allocatable: &BTreeMap<String, Quantity>,
) -> Option<i64> {
    let bounds = [
        own,
        allocatable.get("memory").map(Quantity::value),
        crate::resources::pod(pod).memory_limit_bytes,
    ];
    bounds.into_iter().flatten().filter(|size| *size > 0).min()
}

fn is_mount_point(place: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let parent = place.parent().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(fs::metadata(place)?.dev() != fs::metadata(parent)?.dev())
}

/// The group that a pod's volumes belong to.
fn fs_group(pod: &Pod) -> Option<u32> {
    let context = pod.spec.security_context.as_ref()?;
    u32::try_from(context.fs_group?).ok()
}

/// The user of all containers, when they have one in common.
fn common_user(pod: &Pod) -> Option<u32> {
    let of_pod = (pod.spec.security_context.as_ref()).and_then(|context| context.run_as_user);
    let mut users =
        (pod.spec.containers.iter().chain(&pod.spec.init_containers)).map(|container| {
            let own = container.security_context.as_ref();
            own.and_then(|context| context.run_as_user).or(of_pod)
        });
    let first = users.next()??;
    users
        .all(|user| user == Some(first))
        .then(|| u32::try_from(first).ok())
        .flatten()
}

/// Gives a volume to a group, which also owns what is made in it. `mode` is
/// what folders get; files what of it has no meaning for folders alone.
fn share(path: &Path, group: u32, mode: u32) -> io::Result<()> {
    std::os::unix::fs::lchown(path, None, Some(group))?;
    let metadata = fs::symlink_metadata(path)?;
    let now = metadata.permissions().mode();
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            share(&entry?.path(), group, mode)?;
        }
        fs::set_permissions(path, fs::Permissions::from_mode(now | mode))?;
    } else if metadata.is_file() {
        fs::set_permissions(path, fs::Permissions::from_mode(now | (mode & 0o660)))?;
    }
    Ok(())
}

fn host_path(wanted: &HostPathVolumeSource) -> Result<(), String> {
    let path = Path::new(&wanted.path);
    let fail = |error: io::Error| format!("{}: {error}", wanted.path);
    let kind = wanted.type_.as_deref().unwrap_or_default();
    match kind {
        // A runtime makes the folder that is not there, as containerd does.
        "" if path.exists() => return Ok(()),
        "" | "DirectoryOrCreate" if !path.exists() => {
            return fs::create_dir_all(path).map_err(fail);
        }
        "FileOrCreate" if !path.exists() => {
            return fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .map(drop)
                .map_err(fail);
        }
        _ => {}
    }
    let found = fs::metadata(path).map_err(fail)?.file_type();
    let right = match kind {
        "Directory" | "DirectoryOrCreate" => found.is_dir(),
        "File" | "FileOrCreate" => found.is_file(),
        "Socket" => found.is_socket(),
        "CharDevice" => found.is_char_device(),
        "BlockDevice" => found.is_block_device(),
        _ => false,
    };
    if right {
        Ok(())
    } else {
        Err(format!(
            "hostPath type check failed: {} is not a {kind}",
            wanted.path
        ))
    }
}

fn missing(kind: &str, namespace: &str, name: &str) -> String {
    format!("{kind} \"{name}\" not found in namespace \"{namespace}\"")
}

fn config_map_data(
    found: Option<&ConfigMap>,
    name: &str,
    namespace: &str,
    optional: bool,
) -> Result<BTreeMap<String, Vec<u8>>, String> {
    match found {
        Some(map) => {
            let text = map
                .data
                .iter()
                .map(|(key, value)| (key.clone(), value.clone().into_bytes()));
            let bytes = map
                .binary_data
                .iter()
                .map(|(key, value)| (key.clone(), value.0.to_vec()));
            Ok(text.chain(bytes).collect())
        }
        None if optional => Ok(BTreeMap::new()),
        None => Err(missing("configmap", namespace, name)),
    }
}

fn secret_data(
    found: Option<&Secret>,
    name: &str,
    namespace: &str,
    optional: bool,
) -> Result<BTreeMap<String, Vec<u8>>, String> {
    match found {
        Some(secret) => Ok(secret
            .data
            .iter()
            .map(|(key, value)| (key.clone(), value.0.to_vec()))
            .collect()),
        None if optional => Ok(BTreeMap::new()),
        None => Err(missing("secret", namespace, name)),
    }
}

/// Adds all keys, or those that are named under the paths they are given.
fn select(
    files: &mut Payload,
    data: &BTreeMap<String, Vec<u8>>,
    items: &[KeyToPath],
    mode: u32,
    optional: bool,
    kind: &str,
) -> Result<(), String> {
    if items.is_empty() {
        files.extend(data.iter().map(|(key, content)| {
            (
                key.clone(),
                File {
                    content: content.clone(),
                    mode,
                    owner: None,
                },
            )
        }));
        return Ok(());
    }
    for item in items {
        let Some(content) = data.get(&item.key) else {
            if optional {
                continue;
            }
            return Err(format!(
                "{kind} references non-existent {kind} key: {}",
                item.key
            ));
        };
        let mode = item
            .mode
            .and_then(|mode| u32::try_from(mode).ok())
            .unwrap_or(mode);
        files.insert(
            item.path.clone(),
            File {
                content: content.clone(),
                mode,
                owner: None,
            },
        );
    }
    Ok(())
}

fn downward_files(
    files: &mut Payload,
    pod: &Pod,
    items: &[DownwardAPIVolumeFile],
    mode: u32,
    host_ips: &[String],
    allocatable: &BTreeMap<String, Quantity>,
) -> Result<(), String> {
    for item in items {
        let content = if let Some(field) = &item.field_ref {
            fields::pod_field(pod, &field.field_path, host_ips)
                .map_err(|error| error.to_string())?
        } else if let Some(resource) = &item.resource_field_ref {
            let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
            let container = containers
                .into_iter()
                .find(|container| container.name == resource.container_name)
                .ok_or_else(|| format!("container {} not found", resource.container_name))?;
            fields::resource_field(
                container,
                &resource.resource,
                &resource.divisor,
                allocatable,
            )
            .map_err(|error| error.to_string())?
        } else {
            continue;
        };
        let mode = item
            .mode
            .and_then(|mode| u32::try_from(mode).ok())
            .unwrap_or(mode);
        files.insert(
            item.path.clone(),
            File {
                content: content.into_bytes(),
                mode,
                owner: None,
            },
        );
    }
    Ok(())
}

/// What a volume is that this kubelet cannot make.
fn kind(volume: &Volume) -> &'static str {
    match volume {
        Volume {
            persistent_volume_claim: Some(_),
            ..
        } => "persistentVolumeClaim",
        Volume {
            ephemeral: Some(_), ..
        } => "ephemeral",
        Volume { csi: Some(_), .. } => "csi",
        Volume { nfs: Some(_), .. } => "nfs",
        Volume { image: Some(_), .. } => "image",
        _ => "such",
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::{ConfigMapVolumeSource, EmptyDirVolumeSource};

    use super::*;

    #[test]
    fn what_is_there_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("data");
        let mode = || fs::metadata(&place).unwrap().permissions().mode() & 0o7777;
        assert!(folder(&place, None, 0o777).unwrap());
        assert_eq!(mode(), 0o777);
        fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!folder(&place, None, 0o777).unwrap());
        assert_eq!(mode(), 0o700);
    }

    struct Fixed;

    #[async_trait]
    impl Source for Fixed {
        async fn config_map(&self, _: &str, name: &str) -> Result<Option<Arc<ConfigMap>>, String> {
            let mut map = ConfigMap::default();
            map.data.insert("a".into(), "1".into());
            map.data.insert("b".into(), "2".into());
            Ok((name == "there").then(|| Arc::new(map)))
        }

        async fn secret(&self, _: &str, _: &str) -> Result<Option<Arc<Secret>>, String> {
            Ok(None)
        }

        async fn runtime_handler(&self, _: &str) -> Result<String, String> {
            Ok(String::new())
        }

        async fn services(&self, _: &Pod) -> Result<Vec<Arc<Service>>, String> {
            Ok(vec![])
        }

        async fn token(&self, _: &Pod, _: &str, _: i64) -> Result<Token, String> {
            Err("no tokens here".into())
        }
    }

    async fn prepare(volumes: Vec<Volume>) -> Result<BTreeMap<String, PathBuf>, String> {
        let dir = tempfile::tempdir().unwrap().keep();
        let mut pod = Pod::default();
        pod.metadata.namespace = "ns".into();
        pod.spec.volumes = volumes;
        let mut made = Volumes::new(dir);
        let prepared = made
            .prepare(&pod, &Fixed, &[], &BTreeMap::new(), SystemTime::UNIX_EPOCH)
            .await;
        prepared
            .map(|(places, _)| places)
            .map_err(|error| error.to_string())
    }

    fn config(name: &str, optional: bool, items: Vec<KeyToPath>) -> Volume {
        let config_map = ConfigMapVolumeSource {
            name: name.into(),
            optional: Some(optional),
            items,
            ..Default::default()
        };
        Volume {
            name: "v".into(),
            config_map: Some(config_map),
            ..Default::default()
        }
    }

    #[tokio::test]
    async fn config_maps_become_files() {
        let places = prepare(vec![config("there", false, vec![])]).await.unwrap();
        assert_eq!(fs::read_to_string(places["v"].join("a")).unwrap(), "1");
        let items = vec![KeyToPath {
            key: "b".into(),
            path: "sub/b".into(),
            ..Default::default()
        }];
        let places = prepare(vec![config("there", false, items)]).await.unwrap();
        assert_eq!(fs::read_to_string(places["v"].join("sub/b")).unwrap(), "2");
        assert!(!places["v"].join("a").exists());
        fs::remove_dir_all(places["v"].parent().unwrap().parent().unwrap()).unwrap();
    }

    #[tokio::test]
    async fn what_is_missing_is_told_unless_it_is_optional() {
        let said = prepare(vec![config("absent", false, vec![])])
            .await
            .unwrap_err();
        assert!(said.contains("configmap \"absent\" not found"), "{said}");
        assert!(prepare(vec![config("absent", true, vec![])]).await.is_ok());
        let empty = Volume {
            name: "v".into(),
            empty_dir: Some(EmptyDirVolumeSource::default()),
            ..Default::default()
        };
        assert!(prepare(vec![empty]).await.unwrap()["v"].is_dir());
        let unknown = prepare(vec![Volume {
            name: "v".into(),
            ..Default::default()
        }])
        .await
        .unwrap_err();
        assert!(unknown.contains("not supported"), "{unknown}");
    }
}
