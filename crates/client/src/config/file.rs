//! Kubeconfig files, written.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine;
use skeg_schema::{DecodeOptions, Object, Value};

use super::kubeconfig::{Kubeconfig, KubeconfigContext};
use super::{ConfigError, ExecPlugin};

/// How long another program may hold the lock of a file.
const LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// What to write of a cluster. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KubeconfigCluster {
    /// `server`.
    pub server: Option<String>,
    /// `certificate-authority-data`, as PEM. Takes the place of the file.
    pub ca: Option<Vec<u8>>,
    /// `certificate-authority`. Takes the place of the data.
    pub ca_file: Option<PathBuf>,
    /// `tls-server-name`.
    pub server_name: Option<String>,
    /// `insecure-skip-tls-verify`.
    pub insecure: Option<bool>,
    /// `proxy-url`.
    pub proxy_url: Option<String>,
    /// `disable-compression`.
    pub disable_compression: Option<bool>,
}

/// What to write of a user. What is `None` stays as it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KubeconfigUser {
    /// `token`.
    pub token: Option<String>,
    /// `tokenFile`.
    pub token_file: Option<PathBuf>,
    /// `client-certificate-data`, as PEM. Takes the place of the file.
    pub client_certificate: Option<Vec<u8>>,
    /// `client-certificate`. Takes the place of the data.
    pub client_certificate_file: Option<PathBuf>,
    /// `client-key-data`, as PEM. Takes the place of the file.
    pub client_key: Option<Vec<u8>>,
    /// `client-key`. Takes the place of the data.
    pub client_key_file: Option<PathBuf>,
    /// `exec`.
    pub exec: Option<ExecPlugin>,
}

impl std::fmt::Debug for KubeconfigUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KubeconfigUser")
            .field("token", &self.token.is_some())
            .field("token_file", &self.token_file)
            .field("client_certificate", &self.client_certificate.is_some())
            .field("exec", &self.exec)
            .finish_non_exhaustive()
    }
}

/// One kubeconfig file, to be changed. All that is not changed stays as it is:
/// other entries, fields that are not known here, extensions. As with kubectl,
/// the keys of YAML are sorted and its comments lost.
///
/// ```
/// use skeg_client::config::{KubeconfigCluster, KubeconfigContext, KubeconfigFile, KubeconfigUser};
///
/// # let folder = std::env::temp_dir().join(format!("kubeconfig-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("config");
/// let mut file = KubeconfigFile::open(&path)?;
/// file.set_cluster("dev", &KubeconfigCluster {
///     server: Some("https://cluster:6443".to_owned()),
///     ..Default::default()
/// });
/// file.set_user("me", &KubeconfigUser { token: Some("abc".to_owned()), ..Default::default() });
/// file.set_context(&KubeconfigContext {
///     name: "dev".to_owned(),
///     cluster: "dev".to_owned(),
///     user: "me".to_owned(),
///     namespace: String::new(),
/// });
/// file.set_current_context("dev");
/// file.save()?;
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct KubeconfigFile {
    path: PathBuf,
    document: Object,
    /// It was JSON and stays so.
    is_json: bool,
}

impl std::fmt::Debug for KubeconfigFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KubeconfigFile({})", self.path.display())
    }
}

impl KubeconfigFile {
    /// Reads a file; one that is not there yet is empty.
    ///
    /// # Errors
    /// It cannot be read, or is no kubeconfig.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(source) => {
                return Err(ConfigError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let is_json = bytes.trim_ascii_start().starts_with(b"{");
        let tree = skeg_schema::decode_yaml(&bytes, None, &DecodeOptions::default())
            .map_err(|source| ConfigError::Parse {
                path: path.to_owned(),
                source,
            })?
            .value;
        let document = match tree {
            Value::Object(document) => document,
            Value::Null => {
                let mut document = Object::default();
                document.insert("apiVersion", "v1");
                document.insert("kind", "Config");
                document
            }
            _ => {
                return Err(ConfigError::invalid(
                    path.display().to_string(),
                    "is no kubeconfig: it is no map",
                ));
            }
        };
        Ok(Self {
            path: path.to_owned(),
            document,
            is_json,
        })
    }

    /// Reads a file, changes it and writes it back, while other programs that
    /// do likewise (kubectl too) wait.
    ///
    /// # Errors
    /// It cannot be read or written, or another program has it locked for long.
    pub fn change<T>(path: &Path, change: impl FnOnce(&mut Self) -> T) -> Result<T, ConfigError> {
        let path = Self::real(path);
        let _lock = Lock::take(&path)?;
        let mut file = Self::open(&path)?;
        let changed = change(&mut file);
        file.write()?;
        Ok(changed)
    }

    /// What a path is a link to.
    fn real(path: &Path) -> PathBuf {
        std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file says as it is now.
    #[must_use]
    pub fn view(&self) -> Kubeconfig {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        Kubeconfig::of_tree(&Value::Object(self.document.clone()), folder)
    }

    /// Makes a context the current one; an empty name makes it none.
    pub fn set_current_context(&mut self, name: &str) {
        self.document.insert("current-context", name);
    }

    /// Adds a context, or changes it. An empty namespace leaves out the field.
    pub fn set_context(&mut self, context: &KubeconfigContext) {
        let entry = self.entry("contexts", "context", &context.name);
        for (key, text) in [
            ("cluster", &context.cluster),
            ("user", &context.user),
            ("namespace", &context.namespace),
        ] {
            if text.is_empty() {
                entry.remove(key);
            } else {
                entry.insert(key, text.as_str());
            }
        }
    }

    /// Adds a cluster, or changes it.
    pub fn set_cluster(&mut self, name: &str, cluster: &KubeconfigCluster) {
        let entry = self.entry("clusters", "cluster", name);
        let texts = [
            ("server", &cluster.server),
            ("tls-server-name", &cluster.server_name),
            ("proxy-url", &cluster.proxy_url),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                entry.insert(key, text.as_str());
            }
        }
        let flags = [
            ("insecure-skip-tls-verify", cluster.insecure),
            ("disable-compression", cluster.disable_compression),
        ];
        for (key, flag) in flags {
            if let Some(flag) = flag {
                entry.insert(key, flag);
            }
        }
        data_or_file(
            entry,
            "certificate-authority",
            &cluster.ca,
            &cluster.ca_file,
        );
    }

    /// Adds a user, or changes it.
    pub fn set_user(&mut self, name: &str, user: &KubeconfigUser) {
        let entry = self.user_mut(name);
        if let Some(token) = &user.token {
            entry.insert("token", token.as_str());
        }
        if let Some(file) = &user.token_file {
            entry.insert("tokenFile", file.to_string_lossy().into_owned());
        }
        data_or_file(
            entry,
            "client-certificate",
            &user.client_certificate,
            &user.client_certificate_file,
        );
        data_or_file(entry, "client-key", &user.client_key, &user.client_key_file);
        if let Some(exec) = &user.exec {
            entry.insert("exec", exec.to_value());
        }
    }

    /// All of a cluster's fields, which is added when it is not there.
    pub fn cluster_mut(&mut self, name: &str) -> &mut Object {
        self.entry("clusters", "cluster", name)
    }

    /// All of a user's fields, which is added when it is not there.
    pub fn user_mut(&mut self, name: &str) -> &mut Object {
        self.entry("users", "user", name)
    }

    /// All of a context's fields, which is added when it is not there.
    pub fn context_mut(&mut self, name: &str) -> &mut Object {
        self.entry("contexts", "context", name)
    }

    /// Removes a cluster; says whether it was there.
    pub fn remove_cluster(&mut self, name: &str) -> bool {
        self.remove("clusters", name)
    }

    /// Removes a user; says whether it was there.
    pub fn remove_user(&mut self, name: &str) -> bool {
        self.remove("users", name)
    }

    /// Removes a context; says whether it was there.
    pub fn remove_context(&mut self, name: &str) -> bool {
        self.remove("contexts", name)
    }

    /// Gives a context another name, also where it is the current one; says
    /// whether it was there. Nothing happens when the other name is taken.
    pub fn rename_context(&mut self, from: &str, to: &str) -> bool {
        let contexts = self.list("contexts");
        if contexts.iter().any(|context| context["name"] == to) {
            return false;
        }
        let Some(context) = contexts
            .iter_mut()
            .find(|context| context["name"] == from)
            .and_then(Value::as_object_mut)
        else {
            return false;
        };
        context.insert("name", to);
        let is_current = self
            .document
            .get("current-context")
            .is_some_and(|current| *current == from);
        if is_current {
            self.set_current_context(to);
        }
        true
    }

    /// The text of the file: YAML, or JSON where it was JSON.
    #[must_use]
    pub fn to_text(&self) -> String {
        let document = Value::Object(self.document.clone());
        if self.is_json {
            format!("{document}\n")
        } else {
            skeg_schema::encode_yaml(&document)
        }
    }

    /// Writes the file, readable by its owner alone, in one step. What other
    /// programs have written since it was opened is lost; see
    /// [`KubeconfigFile::change`].
    ///
    /// # Errors
    /// It cannot be written, or another program has it locked for long.
    pub fn save(&self) -> Result<(), ConfigError> {
        let _lock = Lock::take(&Self::real(&self.path))?;
        self.write()
    }

    fn write(&self) -> Result<(), ConfigError> {
        let path = Self::real(&self.path);
        let beside = with_suffix(&path, &format!(".{:016x}.tmp", fastrand::u64(..)));
        let write = || {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&beside)?;
            file.write_all(self.to_text().as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)
        };
        write().map_err(|source| {
            let _ = std::fs::remove_file(&beside);
            ConfigError::Write { path, source }
        })
    }

    fn list(&mut self, list: &'static str) -> &mut Vec<Value> {
        let value = self
            .document
            .entry_or_insert_with(list, || Value::Array(Vec::new()));
        if value.as_array().is_none() {
            *value = Value::Array(Vec::new());
        }
        value.as_array_mut().expect("it has just been made a list")
    }

    fn entry(&mut self, list: &'static str, inner: &'static str, name: &str) -> &mut Object {
        let items = self.list(list);
        let at = items
            .iter()
            .position(|item| item["name"] == name)
            .unwrap_or_else(|| {
                let mut item = Object::default();
                item.insert("name", name);
                items.push(Value::Object(item));
                items.len() - 1
            });
        let entry = items[at]
            .as_object_mut()
            .expect("what has a name is a map")
            .entry_or_insert_with(inner, || Value::Object(Object::default()));
        if entry.as_object().is_none() {
            *entry = Value::Object(Object::default());
        }
        entry.as_object_mut().expect("it has just been made a map")
    }

    fn remove(&mut self, list: &'static str, name: &str) -> bool {
        let items = self.list(list);
        let before = items.len();
        items.retain(|item| item["name"] != name);
        items.len() < before
    }
}

fn data_or_file(
    entry: &mut Object,
    key: &'static str,
    data: &Option<Vec<u8>>,
    file: &Option<PathBuf>,
) {
    let data_key = match key {
        "certificate-authority" => "certificate-authority-data",
        "client-certificate" => "client-certificate-data",
        _ => "client-key-data",
    };
    if let Some(data) = data {
        entry.remove(key);
        let data = base64::engine::general_purpose::STANDARD.encode(data);
        entry.insert(data_key, data);
    } else if let Some(file) = file {
        entry.remove(data_key);
        entry.insert(key, file.to_string_lossy().into_owned());
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The lock of a kubeconfig file as client-go takes it: a file beside it.
struct Lock(PathBuf);

impl Lock {
    fn take(path: &Path) -> Result<Self, ConfigError> {
        let lock = with_suffix(path, ".lock");
        let failed = |source| ConfigError::Write {
            path: lock.clone(),
            source,
        };
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let begun = Instant::now();
        loop {
            match std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&lock)
            {
                Ok(_) => return Ok(Self(lock)),
                Err(error)
                    if error.kind() == std::io::ErrorKind::AlreadyExists
                        && begun.elapsed() < LOCK_WAIT =>
                {
                    std::thread::sleep(LOCK_PAUSE);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    return Err(ConfigError::invalid(
                        lock.display().to_string(),
                        "another program is changing the kubeconfig; if none is, remove this file",
                    ));
                }
                Err(error) => return Err(failed(error)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // It is in the way of the next, but nothing better can be done here.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Credentials;

    const TEXT: &str = "\
apiVersion: v1
clusters:
- cluster:
    certificate-authority: ca.crt
    extensions:
    - extension:
        provider: minikube.sigs.k8s.io
      name: cluster_info
    server: https://one:6443
    some-future-field: 7
  name: one
contexts:
- context:
    cluster: one
    user: me
  name: one
current-context: one
kind: Config
preferences:
  colors: true
users:
- name: me
  user:
    token: abc
";

    #[test]
    fn what_is_not_changed_stays() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("config");
        std::fs::write(&path, TEXT).expect("write");
        KubeconfigFile::change(&path, |_| ()).expect("no change");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), TEXT);

        KubeconfigFile::change(&path, |file| {
            let ca = Some(b"pem".to_vec());
            let cluster = KubeconfigCluster {
                ca,
                ..Default::default()
            };
            file.set_cluster("one", &cluster);
            assert!(file.rename_context("one", "first"));
            assert!(!file.rename_context("none", "second"));
        })
        .expect("changed");
        let expect = TEXT
            .replace(
                "    certificate-authority: ca.crt\n",
                "    certificate-authority-data: cGVt\n",
            )
            .replace(
                "    user: me\n  name: one\n",
                "    user: me\n  name: first\n",
            )
            .replace("current-context: one", "current-context: first");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), expect);
        assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 1);
    }

    #[test]
    fn a_new_file_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("deep/config");
        let mut file = KubeconfigFile::open(&path).expect("empty");
        file.set_user(
            "me",
            &KubeconfigUser {
                exec: Some(ExecPlugin::new("plugin")),
                ..Default::default()
            },
        );
        let server = Some("https://h".to_owned());
        file.set_cluster(
            "c",
            &KubeconfigCluster {
                server,
                ..Default::default()
            },
        );
        file.set_context(&KubeconfigContext {
            name: "x".to_owned(),
            cluster: "c".to_owned(),
            user: "me".to_owned(),
            namespace: String::new(),
        });
        file.set_current_context("x");
        file.save().expect("saved");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let config = Kubeconfig::from_file(&path)
            .expect("kubeconfig")
            .config(None)
            .expect("config");
        assert_eq!(config.server, "https://h");
        assert_eq!(
            config.credentials,
            Credentials::Exec(Box::new(ExecPlugin::new("plugin")))
        );
        assert!(file.remove_user("me") && !file.remove_user("me"));
    }

    #[test]
    fn json_stays_json() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("config");
        std::fs::write(&path, r#" {"kind": "Config", "x": 1}"#).expect("write");
        KubeconfigFile::change(&path, |file| file.set_current_context("c")).expect("changed");
        assert_eq!(
            std::fs::read_to_string(&path).expect("read"),
            "{\"kind\":\"Config\",\"x\":1,\"current-context\":\"c\"}\n"
        );
    }
}
