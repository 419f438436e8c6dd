//! Kubeconfig files, read.

use std::path::{Path, PathBuf};

use base64::Engine;
use skeg_schema::{DecodeError, DecodeOptions, Value};

use super::{Compression, Config, ConfigError, ProxyChoice, ProxyUrl, user};

/// One or several kubeconfig files, merged: what stands first counts.
///
/// ```
/// use skeg_client::Kubeconfig;
/// use std::path::Path;
///
/// let text = "
/// current-context: dev
/// contexts: [{name: dev, context: {cluster: c, user: me, namespace: team}}]
/// clusters: [{name: c, cluster: {server: 'https://cluster:6443'}}]
/// users: [{name: me, user: {token: abc}}]
/// ";
/// let config = Kubeconfig::parse(text.as_bytes(), Path::new("/"))?.config(None)?;
/// assert_eq!((config.server.as_str(), config.namespace.as_str()), ("https://cluster:6443", "team"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Kubeconfig {
    /// The context in use, or empty.
    pub current_context: String,
    contexts: Vec<Entry>,
    clusters: Vec<Entry>,
    users: Vec<Entry>,
}

impl std::fmt::Debug for Kubeconfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The entries hold secrets.
        let names = |entries: &[Entry]| -> Vec<String> {
            entries.iter().map(|entry| entry.name.clone()).collect()
        };
        f.debug_struct("Kubeconfig")
            .field("current_context", &self.current_context)
            .field("contexts", &names(&self.contexts))
            .field("clusters", &names(&self.clusters))
            .field("users", &names(&self.users))
            .finish()
    }
}

/// A context of a kubeconfig.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

/// What is used of a kubeconfig in place of what its context names: kubectl's
/// `--context`, `--cluster`, `--user` and `--namespace`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KubeconfigOverrides {
    /// The context; otherwise the current one.
    pub context: Option<String>,
    /// The cluster.
    pub cluster: Option<String>,
    /// The user; none at all when it is empty.
    pub user: Option<String>,
    /// The namespace where a request names none.
    pub namespace: Option<String>,
}

/// An entry, and the folder against which its paths are resolved.
#[derive(Clone)]
pub(super) struct Entry {
    name: String,
    value: Value,
    folder: PathBuf,
    file: Option<PathBuf>,
}

impl Entry {
    pub(super) fn new(
        name: impl Into<String>,
        value: Value,
        folder: PathBuf,
        file: Option<PathBuf>,
    ) -> Self {
        Self {
            name: name.into(),
            value,
            folder,
            file,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    pub(super) fn text(&self, key: &str) -> &str {
        self.value[key].as_str().unwrap_or_default()
    }

    fn flag(&self, key: &str) -> bool {
        self.value[key].as_bool().unwrap_or_default()
    }

    /// What an extension of this name holds.
    pub(super) fn extension(&self, name: &str) -> Option<&Value> {
        self.value["extensions"]
            .as_array()?
            .iter()
            .find(|extension| extension["name"] == name)?
            .get("extension")
    }

    /// Refuses values of another type than these fields have.
    fn check(&self, what: &str, texts: &[&str], flags: &[&str]) -> Result<(), ConfigError> {
        let wrong = |key: &str, message: &str| {
            Err(ConfigError::invalid(
                format!("{what} {:?}", self.name),
                format_args!("{key} {message}"),
            ))
        };
        for key in texts {
            let value = &self.value[*key];
            if !value.is_null() && value.as_str().is_none() {
                return wrong(key, "must be a string; put it in quotes");
            }
        }
        for key in flags {
            let value = &self.value[*key];
            if !value.is_null() && value.as_bool().is_none() {
                return wrong(key, "must be true or false");
            }
        }
        Ok(())
    }

    /// Data in the entry itself (base64), or the path of another file.
    #[allow(clippy::type_complexity)]
    pub(super) fn data_or_file(
        &self,
        data_key: &str,
        file_key: &str,
    ) -> Result<(Option<Vec<u8>>, Option<PathBuf>), ConfigError> {
        let data = self.text(data_key);
        if !data.is_empty() {
            let data: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            return base64::engine::general_purpose::STANDARD
                .decode(data)
                .map(|data| (Some(data), None))
                .map_err(|_| {
                    ConfigError::invalid(
                        format!("{data_key} of {:?}", self.name),
                        format_args!("is not base64; to name a file, use {file_key}"),
                    )
                });
        }
        let file = self.text(file_key);
        Ok((None, (!file.is_empty()).then(|| self.folder.join(file))))
    }
}

/// The files that `KUBECONFIG` lists, or `~/.kube/config`.
pub(super) fn paths_of_environment() -> Vec<PathBuf> {
    let listed = std::env::var_os("KUBECONFIG").filter(|paths| !paths.is_empty());
    match &listed {
        Some(paths) => std::env::split_paths(paths)
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
        None => {
            let home = std::env::var_os("HOME")
                .map(PathBuf::from)
                .unwrap_or_default();
            vec![home.join(".kube/config")]
        }
    }
}

impl Kubeconfig {
    /// The files that `KUBECONFIG` lists, or `~/.kube/config`.
    ///
    /// # Errors
    /// No file is there, or one is unusable.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::from_files(&paths_of_environment())
    }

    /// Several files, merged. Those that are not there are passed over, as long
    /// as one is.
    ///
    /// # Errors
    /// None of the files is there, or one is unusable.
    pub fn from_files(paths: &[PathBuf]) -> Result<Self, ConfigError> {
        let mut present = paths.iter().filter(|path| path.exists()).peekable();
        if present.peek().is_none() {
            return Err(ConfigError::NotFound {
                path: paths.last().cloned().unwrap_or_default(),
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
        let mut parsed = Self::parse(&bytes, &folder).map_err(|source| ConfigError::Parse {
            path: path.to_owned(),
            source,
        })?;
        for entry in [
            &mut parsed.contexts,
            &mut parsed.clusters,
            &mut parsed.users,
        ]
        .into_iter()
        .flatten()
        {
            entry.file = Some(path.to_owned());
        }
        Ok(parsed)
    }

    /// The text of a file, and the folder from which its paths go out.
    ///
    /// # Errors
    /// It is neither YAML nor JSON, no map, or a name in it is no text.
    pub fn parse(text: &[u8], folder: &Path) -> Result<Self, DecodeError> {
        let value = skeg_schema::decode_yaml(text, None, &DecodeOptions::default())?.value;
        check_tree(&value)?;
        Ok(Self::of_tree(&value, folder))
    }

    pub(super) fn of_tree(value: &Value, folder: &Path) -> Self {
        let entries = |list: &str, inner: &str| -> Vec<Entry> {
            let items = value[list]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default();
            items
                .iter()
                .map(|item| {
                    let name = item["name"].as_str().unwrap_or_default();
                    Entry::new(name, item[inner].clone(), folder.to_owned(), None)
                })
                .collect()
        };
        Self {
            current_context: value["current-context"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            contexts: entries("contexts", "context"),
            clusters: entries("clusters", "cluster"),
            users: entries("users", "user"),
        }
    }

    /// Adds what another file has beyond this one.
    pub fn merge(&mut self, other: Self) {
        if self.current_context.is_empty() {
            self.current_context = other.current_context;
        }
        let add = |into: &mut Vec<Entry>, from: Vec<Entry>| {
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

    /// The file that the context is from, where a change of it belongs.
    #[must_use]
    pub fn file_of_context(&self, name: &str) -> Option<&Path> {
        self.contexts
            .iter()
            .find(|context| context.name == name)?
            .file
            .as_deref()
    }

    /// The names of the clusters there are.
    pub fn clusters(&self) -> impl Iterator<Item = &str> {
        self.clusters.iter().map(Entry::name)
    }

    /// The names of the users there are.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.users.iter().map(Entry::name)
    }

    /// What an extension of a cluster holds.
    #[must_use]
    pub fn cluster_extension(&self, cluster: &str, extension: &str) -> Option<&Value> {
        self.clusters
            .iter()
            .find(|entry| entry.name == cluster)?
            .extension(extension)
    }

    fn find<'a>(
        list: &'a [Entry],
        what: &'static str,
        name: &str,
    ) -> Result<&'a Entry, ConfigError> {
        list.iter()
            .find(|entry| entry.name == name)
            .ok_or_else(|| ConfigError::Missing {
                what,
                name: name.to_owned(),
                known: list.iter().map(|entry| entry.name.clone()).collect(),
            })
    }

    /// The configuration of a context, or of the current one.
    ///
    /// # Errors
    /// There is no such context, it is incomplete, or it wants a kind of
    /// credentials that is not known here.
    pub fn config(&self, context: Option<&str>) -> Result<Config, ConfigError> {
        self.config_with(&KubeconfigOverrides {
            context: context.map(str::to_owned),
            ..KubeconfigOverrides::default()
        })
    }

    /// The same with another cluster, user or namespace than the context's.
    ///
    /// # Errors
    /// As [`Kubeconfig::config`].
    pub fn config_with(&self, overrides: &KubeconfigOverrides) -> Result<Config, ConfigError> {
        let name = overrides.context.as_ref().unwrap_or(&self.current_context);
        let none = Entry::new("", Value::object(), PathBuf::new(), None);
        let context = match name.as_str() {
            // Who names the cluster needs none.
            "" if overrides.cluster.is_some() => &none,
            "" => return Err(ConfigError::NoContext),
            name => Self::find(&self.contexts, "context", name)?,
        };
        context.check("context", &["cluster", "user", "namespace"], &[])?;
        let chosen = |other: &'_ Option<String>, key: &str| -> String {
            let other = other.as_deref();
            other.unwrap_or_else(|| context.text(key)).to_owned()
        };
        let cluster = chosen(&overrides.cluster, "cluster");
        if cluster.is_empty() {
            return Err(ConfigError::invalid(
                format!("context {name:?}"),
                "cluster is missing; name one of the clusters",
            ));
        }
        let cluster = Self::find(&self.clusters, "cluster", &cluster)?;
        let mut config = config_of_cluster(cluster)?;
        let namespace = chosen(&overrides.namespace, "namespace");
        if !namespace.is_empty() {
            config.namespace = namespace;
        }
        let user = chosen(&overrides.user, "user");
        if !user.is_empty() {
            let found = Self::find(&self.users, "user", &user)?;
            found.check(
                "user",
                &[
                    "client-certificate",
                    "client-certificate-data",
                    "client-key",
                    "client-key-data",
                    "token",
                    "tokenFile",
                    "username",
                    "password",
                    "as",
                    "as-uid",
                ],
                &[],
            )?;
            let mut whole = config.clone();
            user::apply(found, cluster, &mut whole)?;
            if is_private(&config.server) {
                config = whole;
            } else {
                // As client-go: whoever is on the way could read them.
                tracing::warn!(
                    server = config.server,
                    user,
                    "the user's credentials are not sent to a server without TLS; write https://"
                );
                config.impersonation = whole.impersonation;
            }
        }
        Ok(config)
    }
}

/// Whether credentials may be sent to a server: by TLS, or within this machine.
fn is_private(server: &str) -> bool {
    let Ok(uri) = server.parse::<http::Uri>() else {
        // It is refused elsewhere.
        return true;
    };
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_here = || {
        let ip = host.parse::<std::net::IpAddr>();
        host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
    };
    uri.scheme_str() == Some("https") || is_here()
}

/// Refuses what would else be passed over.
fn check_tree(tree: &Value) -> Result<(), DecodeError> {
    let wrong = |message: String| Err(DecodeError::Type(message));
    if !tree.is_null() && tree.as_object().is_none() {
        return wrong("it is no map".to_owned());
    }
    let current = &tree["current-context"];
    if !current.is_null() && current.as_str().is_none() {
        return wrong("current-context must be a string; put it in quotes".to_owned());
    }
    for list in ["contexts", "clusters", "users"] {
        if !tree[list].is_null() && tree[list].as_array().is_none() {
            return wrong(format!("{list} must be a list"));
        }
        for (at, item) in tree[list].as_array().into_iter().flatten().enumerate() {
            if !item["name"].is_null() && item["name"].as_str().is_none() {
                return wrong(format!(
                    "{list}[{at}].name must be a string; put it in quotes"
                ));
            }
        }
    }
    Ok(())
}

fn config_of_cluster(cluster: &Entry) -> Result<Config, ConfigError> {
    let invalid =
        |message: &str| ConfigError::invalid(format!("cluster {:?}", cluster.name), message);
    cluster.check(
        "cluster",
        &[
            "server",
            "tls-server-name",
            "certificate-authority",
            "certificate-authority-data",
            "proxy-url",
        ],
        &["insecure-skip-tls-verify", "disable-compression"],
    )?;
    if cluster.text("server").is_empty() {
        return Err(invalid(
            "server is missing; write the URL of the API server, as https://HOST:6443",
        ));
    }
    let mut config = Config::new(cluster.text("server"));
    config.insecure = cluster.flag("insecure-skip-tls-verify");
    let speaks_tls = config.insecure
        || !cluster.text("certificate-authority-data").is_empty()
        || !cluster.text("certificate-authority").is_empty();
    if speaks_tls && !config.server.contains("://") {
        // As client-go reads what has no scheme.
        config.server.insert_str(0, "https://");
    }
    (config.ca, config.ca_file) =
        cluster.data_or_file("certificate-authority-data", "certificate-authority")?;
    if config.insecure && (config.ca.is_some() || config.ca_file.is_some()) {
        return Err(invalid(
            "insecure-skip-tls-verify and certificate-authority exclude each other; remove one of them",
        ));
    }
    config.server_name = Some(cluster.text("tls-server-name"))
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    if cluster.flag("disable-compression") {
        config.compression = Compression::Never;
    }
    let proxy = cluster.text("proxy-url");
    if !proxy.is_empty() {
        config.proxy = ProxyUrl::parse(proxy)
            .map(ProxyChoice::Through)
            .map_err(|error| invalid(&error.to_string()))?;
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Credentials, InteractiveMode};

    const FIRST: &str = "
apiVersion: v1
kind: Config
current-context: a
contexts:
- name: a
  context: {cluster: one, user: cert, namespace: team}
- name: b
  context: {cluster: two, user: plugin}
- name: gke
  context: {cluster: two, user: gke}
clusters:
- name: one
  cluster:
    server: https://one:6443
    certificate-authority-data: Y2E=
    tls-server-name: kubernetes
    proxy-url: socks5://me:pw@proxy:1080
    disable-compression: true
users:
- name: cert
  user:
    client-certificate-data: Y3J0
    client-key: keys/k.pem
    as: somebody
    as-groups: [g]
    as-user-extra: {k: [v]}
- name: plugin
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./aws, args: [eks], env: [{name: A, value: b}]}
- name: gke
  user:
    auth-provider: {name: gcp}
";

    const SECOND: &str = r#"{"current-context": "b", "clusters": [{"name": "one", "cluster": {"server": "https://other"}},
        {"name": "two", "cluster": {"server": "https://two:8080", "extensions": [
          {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}]}}], "users": [], "contexts": [
        {"name": "c", "context": {"cluster": "two", "user": ""}}, {"name": "d", "context": {"cluster": "none"}}]}"#;

    fn merged() -> Kubeconfig {
        let mut merged = Kubeconfig::parse(FIRST.as_bytes(), Path::new("/k")).expect("yaml");
        merged.merge(Kubeconfig::parse(SECOND.as_bytes(), Path::new("/")).expect("json"));
        merged
    }

    #[test]
    fn contexts_of_several_files() {
        let merged = merged();
        let current = merged.config(None).expect("context a");
        assert_eq!(current.server, "https://one:6443");
        assert_eq!(current.namespace, "team");
        assert_eq!(current.ca.as_deref(), Some(&b"ca"[..]));
        assert_eq!(current.client_certificate.as_deref(), Some(&b"crt"[..]));
        assert_eq!(
            current.client_key_file.as_deref(),
            Some(Path::new("/k/keys/k.pem"))
        );
        assert_eq!(current.server_name.as_deref(), Some("kubernetes"));
        assert_eq!(current.compression, Compression::Never);
        let ProxyChoice::Through(proxy) = &current.proxy else {
            panic!("no proxy: {:?}", current.proxy);
        };
        assert_eq!(proxy.to_string(), "socks5://proxy:1080");
        let impersonation = current.impersonation.expect("impersonation");
        assert_eq!(impersonation.groups, ["g"]);
        assert_eq!(
            impersonation.extra,
            [("k".to_owned(), vec!["v".to_owned()])]
        );
        assert_eq!(
            merged.config(Some("c")).expect("context c").server,
            "https://two:8080"
        );
        assert_eq!(merged.contexts().count(), 5);
    }

    #[test]
    fn a_plugin_is_found_beside_the_file() {
        let config = merged().config(Some("b")).expect("context b");
        let Credentials::Exec(plugin) = &config.credentials else {
            panic!("no plugin: {:?}", config.credentials);
        };
        assert_eq!(plugin.command, Path::new("/k/./aws"));
        assert_eq!(plugin.args, ["eks"]);
        assert_eq!(plugin.env, [("A".to_owned(), "b".to_owned())]);
        assert_eq!(plugin.interactive_mode, InteractiveMode::IfAvailable);
        assert_eq!(
            plugin.cluster_config.as_deref(),
            Some(r#"{"audience":"x"}"#)
        );
    }

    fn refusal(text: &str) -> String {
        Kubeconfig::parse(text.as_bytes(), Path::new("/"))
            .expect("yaml")
            .config(Some("c"))
            .expect_err("unusable")
            .to_string()
    }

    fn user_refused(user: &str) -> String {
        refusal(&format!(
            "contexts: [{{name: c, context: {{cluster: k, user: u}}}}]
clusters: [{{name: k, cluster: {{server: h}}}}]
users: [{{name: u, user: {user}}}]"
        ))
    }

    fn cluster_refused(cluster: &str) -> String {
        refusal(&format!(
            "contexts: [{{name: c, context: {{cluster: k}}}}]
clusters: [{{name: k, cluster: {cluster}}}]"
        ))
    }

    #[test]
    fn refusals_name_the_field_and_the_remedy() {
        let missing = |context| {
            let error = merged().config(Some(context)).expect_err("unusable");
            error.to_string()
        };
        assert_eq!(
            missing("d"),
            r#"the kubeconfig has no cluster "none"; it has one, two"#
        );
        assert_eq!(
            missing("e"),
            r#"the kubeconfig has no context "e"; it has a, b, gke, c, d"#
        );
        assert!(missing("gke").contains("gke-gcloud-auth-plugin"));
        for (user, expect) in [
            (
                "{token: 7}",
                "user \"u\": token must be a string; put it in quotes",
            ),
            (
                "{token: a, username: b}",
                "user \"u\": it has both a token and a username; remove one of them",
            ),
            (
                "{client-key-data: '§'}",
                "client-key-data of \"u\": is not base64; to name a file, use client-key",
            ),
            (
                "{as-groups: [a]}",
                "user \"u\": as-groups, as-uid and as-user-extra need a user; add `as`",
            ),
            (
                "{exec: {apiVersion: client.authentication.k8s.io/v1, command: a}}",
                "user \"u\": exec.interactiveMode is missing, which v1 wants; write Never, IfAvailable or Always",
            ),
            (
                "{exec: {command: a}}",
                "user \"u\": exec.apiVersion is missing; it is client.authentication.k8s.io/v1 or v1beta1",
            ),
            (
                "{exec: {apiVersion: client.authentication.k8s.io/v1beta1}}",
                "user \"u\": exec.command is missing; it names the program to run",
            ),
            (
                "{auth-provider: {name: oidc, config: {client-id: a}}}",
                "user \"u\": auth-provider.config.idp-issuer-url is missing",
            ),
        ] {
            assert_eq!(user_refused(user), expect);
        }
        for (cluster, expect) in [
            (
                "{}",
                "cluster \"k\": server is missing; write the URL of the API server, as https://HOST:6443",
            ),
            (
                "{server: h, insecure-skip-tls-verify: 'yes'}",
                "cluster \"k\": insecure-skip-tls-verify must be true or false",
            ),
            (
                "{server: h, proxy-url: 'ftp://x'}",
                "cluster \"k\": proxy-url: unsupported scheme \"ftp\", must be http, https, or socks5",
            ),
        ] {
            assert_eq!(cluster_refused(cluster), expect);
        }
    }

    #[test]
    fn a_context_can_be_overridden() {
        let some = |text: &str| Some(text.to_owned());
        let overrides = KubeconfigOverrides {
            context: some("a"),
            cluster: some("two"),
            user: some("plugin"),
            namespace: some("other"),
        };
        let config = merged().config_with(&overrides).expect("a config");
        assert_eq!(
            (config.server.as_str(), config.namespace.as_str()),
            ("https://two:8080", "other")
        );
        assert!(matches!(config.credentials, Credentials::Exec(_)));
        let text = "clusters: [{name: k, cluster: {server: 'https://h'}}]";
        let bare = Kubeconfig::parse(text.as_bytes(), Path::new("/")).expect("yaml");
        assert!(matches!(bare.config(None), Err(ConfigError::NoContext)));
        let overrides = KubeconfigOverrides {
            cluster: some("k"),
            ..KubeconfigOverrides::default()
        };
        let config = bare.config_with(&overrides).expect("a config");
        assert_eq!(config.server, "https://h");
    }

    #[test]
    fn what_is_no_kubeconfig_is_refused() {
        let check = |text: &str, expect: &str| {
            let error = Kubeconfig::parse(text.as_bytes(), Path::new("/")).expect_err(text);
            assert_eq!(error.to_string(), expect);
        };
        check("hello world", "it is no map");
        check("[1, 2]", "it is no map");
        check("contexts: {}", "contexts must be a list");
        check(
            "current-context: 1",
            "current-context must be a string; put it in quotes",
        );
        check(
            "contexts: [{name: a}, {name: 1}]",
            "contexts[1].name must be a string; put it in quotes",
        );
    }

    #[test]
    fn an_empty_file_names_no_context() {
        let empty = Kubeconfig::parse(b"", Path::new("/")).expect("empty");
        assert!(matches!(empty.config(None), Err(ConfigError::NoContext)));
    }

    #[test]
    fn credentials_stay_behind_tls() {
        let read = |server: &str, more: &str| {
            let text = format!(
                "current-context: c\ncontexts: [{{name: c, context: {{cluster: a, user: u}}}}]\n\
                 clusters: [{{name: a, cluster: {{server: '{server}'{more}}}}}]\n\
                 users: [{{name: u, user: {{token: t, as: ann}}}}]\n"
            );
            let file = Kubeconfig::parse(text.as_bytes(), Path::new("/")).expect("a file");
            let config = file.config(None);
            let config = config.expect("a config");
            let has_token = !matches!(config.credentials, crate::config::Credentials::None);
            (config.server, has_token, config.impersonation.is_some())
        };
        let is = |server: &str, more: &str, expect: (&str, bool)| {
            let (url, has_token, acts) = read(server, more);
            assert_eq!((&*url, has_token, acts), (expect.0, expect.1, true));
        };
        is("https://h:1", "", ("https://h:1", true));
        is("http://h:1", "", ("http://h:1", false));
        is("http://127.0.0.1:1", "", ("http://127.0.0.1:1", true));
        is(
            "h:1",
            ", insecure-skip-tls-verify: true",
            ("https://h:1", true),
        );
        is("h:1", "", ("h:1", false));
    }
}
