//! Kubeconfig files.

use std::path::{Path, PathBuf};

use base64::Engine;
use skeg_schema::{DecodeOptions, Value};

use super::{Config, ConfigError, Credentials, Impersonation};

/// One or several kubeconfig files, merged: what stands first counts.
#[derive(Clone, Debug, Default)]
pub struct Kubeconfig {
    /// The context in use, or empty.
    pub current_context: String,
    contexts: Vec<Named>,
    clusters: Vec<Named>,
    users: Vec<Named>,
}

/// A context of a kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeconfigContext {
    /// Its name.
    pub name: String,
    /// Its cluster's name.
    pub cluster: String,
    /// Its user's name.
    pub user: String,
    /// Its namespace, or empty.
    pub namespace: String,
}

/// An entry, and the folder against which its paths are resolved.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    value: Value,
    folder: PathBuf,
}

impl Named {
    fn text(&self, key: &str) -> &str {
        self.value[key].as_str().unwrap_or_default()
    }

    fn flag(&self, key: &str) -> bool {
        self.value[key].as_bool().unwrap_or_default()
    }

    /// Data in the file itself (base64), or in another file.
    fn data_or_file(&self, data_key: &str, file_key: &str) -> Result<Option<Vec<u8>>, ConfigError> {
        let data = self.text(data_key);
        if !data.is_empty() {
            let data: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            return base64::engine::general_purpose::STANDARD
                .decode(data)
                .map(Some)
                .map_err(|error| {
                    ConfigError::invalid(format!("{data_key} of {:?}", self.name), error)
                });
        }
        let file = self.text(file_key);
        if file.is_empty() {
            return Ok(None);
        }
        let path = self.folder.join(file);
        std::fs::read(&path)
            .map(Some)
            .map_err(|source| ConfigError::Read { path, source })
    }
}

impl Kubeconfig {
    /// The files that `KUBECONFIG` lists, or `~/.kube/config`.
    ///
    /// # Errors
    /// No file is there, or one is unusable.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let listed = std::env::var_os("KUBECONFIG").filter(|paths| !paths.is_empty());
        let home = std::env::var_os("HOME")
            .map(PathBuf::from)
            .unwrap_or_default();
        let paths: Vec<PathBuf> = match &listed {
            Some(paths) => std::env::split_paths(paths)
                .filter(|path| !path.as_os_str().is_empty())
                .collect(),
            None => vec![home.join(".kube/config")],
        };
        // Files that are listed but absent are passed over, as long as one is there.
        let present: Vec<&PathBuf> = paths.iter().filter(|path| path.exists()).collect();
        if present.is_empty() {
            return Err(ConfigError::NotFound {
                path: paths
                    .last()
                    .cloned()
                    .unwrap_or_else(|| home.join(".kube/config")),
            });
        }
        let mut merged = Self::default();
        for path in present {
            merged.merge(Self::from_file(path)?);
        }
        Ok(merged)
    }

    /// One file.
    ///
    /// # Errors
    /// It cannot be read, or is no kubeconfig.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let bytes = std::fs::read(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Self::parse(&bytes, &folder).map_err(|source| ConfigError::Parse {
            path: path.to_owned(),
            source,
        })
    }

    /// The text of a file, and the folder from which its paths go out.
    ///
    /// # Errors
    /// It is neither YAML nor JSON.
    pub fn parse(text: &[u8], folder: &Path) -> Result<Self, skeg_schema::DecodeError> {
        let value = skeg_schema::decode_yaml(text, None, &DecodeOptions::default())?.value;
        let entries = |list: &str, inner: &str| -> Vec<Named> {
            let items = value[list]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default();
            items
                .iter()
                .map(|item| Named {
                    name: item["name"].as_str().unwrap_or_default().to_owned(),
                    value: item[inner].clone(),
                    folder: folder.to_owned(),
                })
                .collect()
        };
        Ok(Self {
            current_context: value["current-context"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            contexts: entries("contexts", "context"),
            clusters: entries("clusters", "cluster"),
            users: entries("users", "user"),
        })
    }

    /// Adds what another file has beyond this one.
    pub fn merge(&mut self, other: Self) {
        if self.current_context.is_empty() {
            self.current_context = other.current_context;
        }
        let add = |into: &mut Vec<Named>, from: Vec<Named>| {
            for entry in from {
                if into.iter().all(|have| have.name != entry.name) {
                    into.push(entry);
                }
            }
        };
        add(&mut self.contexts, other.contexts);
        add(&mut self.clusters, other.clusters);
        add(&mut self.users, other.users);
    }

    /// The contexts there are.
    pub fn contexts(&self) -> impl Iterator<Item = KubeconfigContext> + '_ {
        self.contexts.iter().map(|context| KubeconfigContext {
            name: context.name.clone(),
            cluster: context.text("cluster").to_owned(),
            user: context.text("user").to_owned(),
            namespace: context.text("namespace").to_owned(),
        })
    }

    fn find<'a>(
        list: &'a [Named],
        what: &'static str,
        name: &str,
    ) -> Result<&'a Named, ConfigError> {
        list.iter()
            .find(|entry| entry.name == name)
            .ok_or_else(|| ConfigError::Missing {
                what,
                name: name.to_owned(),
            })
    }

    /// The configuration of a context, or of the current one.
    ///
    /// # Errors
    /// There is no such context, it is incomplete, or it wants a kind of
    /// credentials that is not known here.
    pub fn config(&self, context: Option<&str>) -> Result<Config, ConfigError> {
        let name = context.unwrap_or(&self.current_context);
        if name.is_empty() {
            return Err(ConfigError::NoContext);
        }
        let context = Self::find(&self.contexts, "context", name)?;
        let cluster = Self::find(&self.clusters, "cluster", context.text("cluster"))?;
        let server = cluster.text("server");
        if server.is_empty() {
            return Err(ConfigError::invalid(
                format!("cluster {:?}", cluster.name),
                "no server",
            ));
        }
        if !cluster.text("proxy-url").is_empty() {
            return Err(ConfigError::invalid(
                format!("cluster {:?}", cluster.name),
                "proxy-url is not supported yet",
            ));
        }
        let mut config = Config::new(server);
        config.insecure = cluster.flag("insecure-skip-tls-verify");
        config.ca = cluster.data_or_file("certificate-authority-data", "certificate-authority")?;
        config.server_name = Some(cluster.text("tls-server-name"))
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        let namespace = context.text("namespace");
        if !namespace.is_empty() {
            config.namespace = namespace.to_owned();
        }
        if !context.text("user").is_empty() {
            apply_user(
                Self::find(&self.users, "user", context.text("user"))?,
                &mut config,
            )?;
        }
        Ok(config)
    }
}

fn apply_user(user: &Named, config: &mut Config) -> Result<(), ConfigError> {
    let what = || format!("user {:?}", user.name);
    config.client_certificate =
        user.data_or_file("client-certificate-data", "client-certificate")?;
    config.client_key = user.data_or_file("client-key-data", "client-key")?;
    // As client-go: the token file wins over the token.
    config.credentials = if !user.text("tokenFile").is_empty() {
        Credentials::TokenFile(user.folder.join(user.text("tokenFile")))
    } else if !user.text("token").is_empty() {
        Credentials::Token(user.text("token").to_owned())
    } else if !user.text("username").is_empty() {
        Credentials::Basic {
            username: user.text("username").to_owned(),
            password: user.text("password").to_owned(),
        }
    } else if user.value.get("exec").is_some_and(|exec| !exec.is_null()) {
        return Err(ConfigError::invalid(
            what(),
            "exec plugins are not supported yet; use a token or a certificate",
        ));
    } else if user
        .value
        .get("auth-provider")
        .is_some_and(|provider| !provider.is_null())
    {
        return Err(ConfigError::invalid(
            what(),
            "auth-provider was removed from Kubernetes in 1.26; use an exec plugin, a token or a certificate",
        ));
    } else {
        Credentials::None
    };
    if !user.text("as").is_empty() {
        let texts = |value: &Value| -> Vec<String> {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        config.impersonation = Some(Impersonation {
            user: user.text("as").to_owned(),
            uid: user.text("as-uid").to_owned(),
            groups: texts(&user.value["as-groups"]),
            extra: user.value["as-user-extra"]
                .as_object()
                .map(|extra| {
                    extra
                        .iter()
                        .map(|(key, value)| (key.to_string(), texts(value)))
                        .collect()
                })
                .unwrap_or_default(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "
apiVersion: v1
kind: Config
current-context: a
contexts:
- name: a
  context: {cluster: one, user: cert, namespace: team}
- name: b
  context: {cluster: two, user: plugin}
clusters:
- name: one
  cluster:
    server: https://one:6443
    certificate-authority-data: Y2E=
    tls-server-name: kubernetes
users:
- name: cert
  user:
    client-certificate-data: Y3J0
    client-key: keys/k.pem
- name: plugin
  user:
    exec: {command: aws}
";

    const SECOND: &str = r#"{"current-context": "b", "clusters": [{"name": "one", "cluster": {"server": "https://other"}},
        {"name": "two", "cluster": {"server": "http://two:8080"}}], "users": [], "contexts": [
        {"name": "c", "context": {"cluster": "two", "user": ""}}, {"name": "d", "context": {"cluster": "none"}}]}"#;

    #[test]
    fn contexts_of_several_files() {
        let folder = tempfile::tempdir().expect("folder");
        std::fs::create_dir(folder.path().join("keys")).expect("folder");
        std::fs::write(folder.path().join("keys/k.pem"), "key").expect("write");
        let mut merged = Kubeconfig::parse(FIRST.as_bytes(), folder.path()).expect("yaml");
        merged.merge(Kubeconfig::parse(SECOND.as_bytes(), Path::new("/")).expect("json"));

        let current = merged.config(None).expect("context a");
        assert_eq!(current.server, "https://one:6443");
        assert_eq!(current.namespace, "team");
        assert_eq!(current.ca.as_deref(), Some(&b"ca"[..]));
        assert_eq!(current.client_certificate.as_deref(), Some(&b"crt"[..]));
        assert_eq!(current.client_key.as_deref(), Some(&b"key"[..]));
        assert_eq!(current.server_name.as_deref(), Some("kubernetes"));

        assert_eq!(
            merged.config(Some("c")).expect("context c").server,
            "http://two:8080"
        );
        assert_eq!(merged.contexts().count(), 4);
        let refusal = |context| {
            merged
                .config(Some(context))
                .expect_err("unusable")
                .to_string()
        };
        assert_eq!(
            refusal("b"),
            r#"user "plugin": exec plugins are not supported yet; use a token or a certificate"#
        );
        assert_eq!(refusal("d"), r#"the kubeconfig has no cluster "none""#);
        assert_eq!(refusal("e"), r#"the kubeconfig has no context "e""#);
    }

    #[test]
    fn an_empty_file_names_no_context() {
        let empty = Kubeconfig::parse(b"", Path::new("/")).expect("empty");
        assert!(matches!(empty.config(None), Err(ConfigError::NoContext)));
    }
}
