//! The one configuration: file, then environment, then flags; checked before
//! anything is opened.

mod file;
mod values;

pub use values::{Cidr, Listen, NodeName, Role, Roles, ServiceCidrs};

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::failure::{Failure, OrFail};

/// `apiVersion` of the file.
pub const API_VERSION: &str = "skeg.dev/v1alpha1";
/// `kind` of the file.
pub const KIND: &str = "ClusterConfiguration";

/// Settings that one source gives; what it leaves out is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Where everything is kept.
    pub data_dir: Option<PathBuf>,
    /// Where the API server listens.
    pub listen: Option<Listen>,
    /// What runs.
    pub roles: Option<Roles>,
    /// Addresses of services.
    pub service_cidr: Option<ServiceCidrs>,
    /// Addresses of pods.
    pub pod_cidr: Option<Cidr>,
    /// Static tokens.
    pub token_auth_file: Option<PathBuf>,
    /// The name of this machine's node.
    pub node_name: Option<NodeName>,
    /// An etcd in place of the embedded store.
    pub etcd_servers: Option<Vec<String>>,
    /// The CA of etcd's certificates.
    pub etcd_ca_file: Option<PathBuf>,
    /// The certificate shown to etcd.
    pub etcd_cert_file: Option<PathBuf>,
    /// The key of that certificate.
    pub etcd_key_file: Option<PathBuf>,
    /// Which values are encrypted in the store.
    pub encryption_provider_config: Option<PathBuf>,
    /// Flags of kube-apiserver, `NAME=VALUE`.
    pub kube_apiserver_args: Option<Vec<String>>,
}

/// One line for each setting: its key in the file and how it is read. The
/// only list of keys.
struct Key {
    name: &'static str,
    set: fn(&mut Settings, &str) -> Result<(), String>,
}

const KEYS: &[Key] = &[
    Key {
        name: "dataDir",
        set: |s, t| path(t).map(|v| s.data_dir = Some(v)),
    },
    Key {
        name: "listen",
        set: |s, t| t.parse().map(|v| s.listen = Some(v)),
    },
    Key {
        name: "roles",
        set: |s, t| t.parse().map(|v| s.roles = Some(v)),
    },
    Key {
        name: "serviceCIDR",
        set: |s, t| t.parse().map(|v| s.service_cidr = Some(v)),
    },
    Key {
        name: "podCIDR",
        set: |s, t| t.parse().map(|v| s.pod_cidr = Some(v)),
    },
    Key {
        name: "tokenAuthFile",
        set: |s, t| path(t).map(|v| s.token_auth_file = Some(v)),
    },
    Key {
        name: "nodeName",
        set: |s, t| t.parse().map(|v| s.node_name = Some(v)),
    },
    Key {
        name: "etcdServers",
        set: |s, t| {
            s.etcd_servers = Some(t.split(',').map(str::to_owned).collect());
            Ok(())
        },
    },
    Key {
        name: "etcdCAFile",
        set: |s, t| path(t).map(|v| s.etcd_ca_file = Some(v)),
    },
    Key {
        name: "etcdCertFile",
        set: |s, t| path(t).map(|v| s.etcd_cert_file = Some(v)),
    },
    Key {
        name: "etcdKeyFile",
        set: |s, t| path(t).map(|v| s.etcd_key_file = Some(v)),
    },
    Key {
        name: "kubeAPIServerArgs",
        set: |s, t| {
            s.kube_apiserver_args = Some(arguments(t));
            Ok(())
        },
    },
    Key {
        name: "encryptionProviderConfig",
        set: |s, t| path(t).map(|v| s.encryption_provider_config = Some(v)),
    },
];

/// A list comes joined by commas, which values may have too: each argument
/// begins with dashes.
fn arguments(text: &str) -> Vec<String> {
    let mut arguments: Vec<String> = Vec::new();
    for part in text.split(',') {
        match arguments.last_mut() {
            Some(last) if !part.starts_with("--") => last.extend([",", part]),
            _ => arguments.push(part.to_owned()),
        }
    }
    arguments
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        Err("the path is empty".to_owned())
    } else {
        Ok(text.into())
    }
}

impl Settings {
    /// Reads a configuration file. A relative path in it starts at the file's folder.
    ///
    /// # Errors
    /// The file cannot be read, has unknown keys (the nearest known one is
    /// named) or values that do not parse.
    pub fn from_file(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).or_fail(
            format!("cannot read the configuration file {}", path.display()),
            "check the path given by --config or SKEG_CONFIG",
        )?;
        let remedy = "see `skeg config show` for every key with its value";
        let mut settings = file::parse(&text).map_err(anyhow::Error::msg).or_fail(
            format!("the configuration file {} is not valid", path.display()),
            remedy,
        )?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for relative in [
            &mut settings.data_dir,
            &mut settings.token_auth_file,
            &mut settings.etcd_ca_file,
            &mut settings.etcd_cert_file,
            &mut settings.etcd_key_file,
            &mut settings.encryption_provider_config,
        ]
        .into_iter()
        .flatten()
        {
            *relative = folder.join(&*relative);
        }
        Ok(settings)
    }

    /// What `self` says, and what `below` says where `self` is silent.
    pub fn over(self, below: Self) -> Self {
        Self {
            data_dir: self.data_dir.or(below.data_dir),
            listen: self.listen.or(below.listen),
            roles: self.roles.or(below.roles),
            service_cidr: self.service_cidr.or(below.service_cidr),
            pod_cidr: self.pod_cidr.or(below.pod_cidr),
            token_auth_file: self.token_auth_file.or(below.token_auth_file),
            node_name: self.node_name.or(below.node_name),
            etcd_servers: self.etcd_servers.or(below.etcd_servers),
            etcd_ca_file: self.etcd_ca_file.or(below.etcd_ca_file),
            etcd_cert_file: self.etcd_cert_file.or(below.etcd_cert_file),
            etcd_key_file: self.etcd_key_file.or(below.etcd_key_file),
            encryption_provider_config: self
                .encryption_provider_config
                .or(below.encryption_provider_config),
            kube_apiserver_args: self.kube_apiserver_args.or(below.kube_apiserver_args),
        }
    }
}

/// Where everything is kept unless told otherwise.
pub const DEFAULT_DATA_DIR: &str = "/var/lib/skeg";

/// Everything decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Where the API server listens.
    pub listen: Listen,
    /// What runs.
    pub roles: Roles,
    /// Addresses of services.
    pub service_cidr: ServiceCidrs,
    /// Addresses of pods.
    pub pod_cidr: Cidr,
    /// Static tokens.
    pub token_auth_file: Option<PathBuf>,
    /// The name of this machine's node.
    pub node_name: NodeName,
    /// An etcd in place of the embedded store.
    pub etcd: Etcd,
    /// Which values are encrypted in the store.
    pub encryption_provider_config: Option<PathBuf>,
    /// Flags of kube-apiserver, `NAME=VALUE`.
    pub kube_apiserver_args: Vec<String>,
}

/// An etcd that holds the cluster's objects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Etcd {
    /// URLs of its members; none if the store is the embedded one.
    pub servers: Vec<String>,
    /// The CA of their certificates.
    pub ca_file: Option<PathBuf>,
    /// The certificate shown to them.
    pub cert_file: Option<PathBuf>,
    /// The key of that certificate.
    pub key_file: Option<PathBuf>,
}

impl Etcd {
    fn check(&self) -> Result<()> {
        let has_tls = self.servers.iter().any(|url| url.starts_with("https://"));
        let fault = if self.servers.is_empty() {
            let files = [&self.ca_file, &self.cert_file, &self.key_file];
            let given = files.iter().any(|file| file.is_some());
            given.then_some("files for etcd are given, and no --etcd-servers")
        } else if self.cert_file.is_some() != self.key_file.is_some() {
            Some("--etcd-certfile and --etcd-keyfile belong together")
        } else if has_tls && self.ca_file.is_none() {
            Some("an https URL of etcd needs --etcd-cafile")
        } else {
            None
        };
        match fault {
            None => Ok(()),
            Some(fault) => bail!(Failure::new(
                fault,
                "for example: --etcd-servers https://10.0.0.5:2379 --etcd-cafile ca.crt \
                 --etcd-certfile client.crt --etcd-keyfile client.key",
            )),
        }
    }
}

impl Config {
    /// Fills in the defaults and checks that the settings go together.
    ///
    /// # Errors
    /// They do not.
    pub fn resolve(settings: Settings) -> Result<Self> {
        let services = || "10.96.0.0/16".parse().map_err(anyhow::Error::msg);
        let pods = || "10.244.0.0/16".parse().map_err(anyhow::Error::msg);
        let config = Self {
            data_dir: match settings.data_dir {
                Some(dir) => std::path::absolute(&dir).unwrap_or(dir),
                None => DEFAULT_DATA_DIR.into(),
            },
            listen: match settings.listen {
                Some(listen) => listen,
                None => Listen(([0, 0, 0, 0], 6443).into()),
            },
            roles: settings.roles.unwrap_or_else(Roles::all),
            service_cidr: settings.service_cidr.map_or_else(services, Ok)?,
            pod_cidr: settings.pod_cidr.map_or_else(pods, Ok)?,
            token_auth_file: settings.token_auth_file,
            node_name: settings.node_name.unwrap_or_else(NodeName::of_machine),
            etcd: Etcd {
                servers: settings.etcd_servers.unwrap_or_default(),
                ca_file: settings.etcd_ca_file,
                cert_file: settings.etcd_cert_file,
                key_file: settings.etcd_key_file,
            },
            encryption_provider_config: settings.encryption_provider_config,
            kube_apiserver_args: settings.kube_apiserver_args.unwrap_or_default(),
        };
        config.etcd.check()?;
        let ServiceCidrs { primary, secondary } = config.service_cidr;
        let needs_ipv4 = [Role::Kubelet, Role::Proxy, Role::Dns];
        if secondary.is_some() && needs_ipv4.iter().any(|role| config.roles.has(*role)) {
            bail!(Failure::new(
                format!(
                    "the service range {} is of two families, and nodes, proxy and DNS of this release know one",
                    config.service_cidr
                ),
                "give one range, or let the control plane run alone: \
                 --roles apiserver,scheduler,controller-manager",
            ));
        }
        let mut ranges = [Some(primary), secondary].into_iter().flatten();
        if ranges.any(|range| range.overlaps(&config.pod_cidr)) {
            bail!(Failure::new(
                format!(
                    "the service range {} and the pod range {} share addresses",
                    config.service_cidr, config.pod_cidr
                ),
                "choose ranges apart: --service-cidr 10.96.0.0/16 --pod-cidr 10.244.0.0/16",
            ));
        }
        Ok(config)
    }

    /// Whether this machine becomes a node.
    pub fn has_node(&self) -> bool {
        self.roles.has(Role::Kubelet)
    }

    /// The file that says exactly this.
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "apiVersion": API_VERSION,
            "kind": KIND,
            "dataDir": self.data_dir,
            "listen": self.listen.to_string(),
            "roles": self.roles.names(),
            "serviceCIDR": self.service_cidr.to_string(),
            "podCIDR": self.pod_cidr.to_string(),
            "nodeName": self.node_name.to_string(),
        });
        for (name, path) in [
            ("tokenAuthFile", &self.token_auth_file),
            ("etcdCAFile", &self.etcd.ca_file),
            ("etcdCertFile", &self.etcd.cert_file),
            ("etcdKeyFile", &self.etcd.key_file),
            ("encryptionProviderConfig", &self.encryption_provider_config),
        ] {
            if let Some(path) = path {
                value[name] = json!(path);
            }
        }
        if !self.etcd.servers.is_empty() {
            value["etcdServers"] = json!(self.etcd.servers);
        }
        if !self.kube_apiserver_args.is_empty() {
            let dashed = self.kube_apiserver_args.iter();
            let dashed = dashed.map(|argument| format!("--{}", argument.trim_start_matches('-')));
            value["kubeAPIServerArgs"] = dashed.collect::<Vec<_>>().into();
        }
        value
    }

    /// The same as YAML.
    pub fn to_yaml(&self) -> String {
        let text = self.to_value().to_string();
        skeg_schema::decode_json_any(text.as_bytes())
            .map(|value| skeg_schema::encode_yaml(&value))
            .unwrap_or(text)
    }
}

/// The name in `known` that `name` was probably meant to be.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_lowercase();
    known
        .iter()
        .map(|k| (distance(&lower, &k.to_lowercase()), *k))
        .min()
        .filter(|(distance, k)| *distance <= 1 + k.len() / 3)
        .map(|(_, k)| k)
}

/// How many letters must be put in, left out, changed or swapped with their
/// neighbour to get from one to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names() {
        let known = ["dataDir", "listen", "serviceCIDR", "podCIDR"];
        assert_eq!(nearest("datadir", &known), Some("dataDir"));
        assert_eq!(nearest("lisetn", &known), Some("listen"));
        assert_eq!(nearest("serviceCidrs", &known), Some("serviceCIDR"));
        assert_eq!(nearest("kubeletPort", &known), None);
    }

    #[test]
    fn later_sources_win() {
        let listen = |text: &str| Settings {
            listen: text.parse().ok(),
            ..Settings::default()
        };
        let file = Settings {
            node_name: "n".parse().ok(),
            ..listen("127.0.0.1:1")
        };
        let config = Config::resolve(listen("127.0.0.1:2").over(file)).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:2");
        assert_eq!(config.node_name.0, "n");
        assert_eq!(config.service_cidr.to_string(), "10.96.0.0/16");
        assert!(config.has_node());
    }

    #[test]
    fn ranges_must_be_apart() {
        let settings = Settings {
            pod_cidr: "10.96.8.0/24".parse().ok(),
            ..Settings::default()
        };
        assert!(
            Config::resolve(settings)
                .unwrap_err()
                .to_string()
                .contains("share addresses")
        );
    }

    #[test]
    fn only_a_cluster_without_a_node_has_services_of_two_families() {
        let check = |roles: Option<&str>, range: &str, expect: Result<&str, &str>| {
            let settings = Settings {
                roles: roles.map(|roles| roles.parse().unwrap()),
                service_cidr: range.parse().ok(),
                ..Settings::default()
            };
            assert!(settings.service_cidr.is_some(), "{range}");
            match (Config::resolve(settings), expect) {
                (Ok(config), Ok(expect)) => assert_eq!(config.to_value()["serviceCIDR"], expect),
                (Err(error), Err(expect)) => assert!(error.to_string().contains(expect), "{error}"),
                (got, _) => panic!("{range} {roles:?}: {got:?}"),
            }
        };
        let both = "10.1.0.0/16,2001:db8::/112";
        check(None, "10.1.0.0/16", Ok("10.1.0.0/16"));
        check(None, both, Err("of two families"));
        check(Some("apiserver,dns"), both, Err("of two families"));
        check(Some("apiserver"), both, Ok(both));
        check(Some("apiserver,controller-manager"), both, Ok(both));
        let over = "2001:db8::/112,10.244.8.0/24";
        check(Some("apiserver"), over, Err("share addresses"));
        for wrong in [
            "10.1.0.0/16,10.2.0.0/16",
            "10.1.0.0/16,",
            "10.1.0.0/16,2001:db8::/112,10.2.0.0/16",
        ] {
            assert!(wrong.parse::<ServiceCidrs>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_etcd_needs_must_be_there() {
        let check = |settings: Settings, expect: &str| {
            let error = Config::resolve(settings).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        let at = |url: &str| Settings {
            etcd_servers: Some(vec![url.to_owned()]),
            ..Settings::default()
        };
        check(at("https://a:1"), "--etcd-cafile");
        let half = Settings {
            etcd_cert_file: Some("/c".into()),
            ..at("http://a:1")
        };
        check(half, "--etcd-keyfile");
        let alone = Settings {
            etcd_ca_file: Some("/c".into()),
            ..Settings::default()
        };
        check(alone, "--etcd-servers");
    }

    #[test]
    fn what_is_shown_can_be_read() {
        let config = Config::resolve(Settings {
            token_auth_file: Some("/t.csv".into()),
            roles: Some(Roles::without_node()),
            etcd_servers: Some(vec!["https://a:1".to_owned(), "https://b:1".to_owned()]),
            etcd_ca_file: Some("/ca.crt".into()),
            encryption_provider_config: Some("/enc.yaml".into()),
            ..Settings::default()
        })
        .unwrap();
        let read = file::parse(config.to_yaml().as_bytes()).unwrap();
        assert_eq!(Config::resolve(read).unwrap(), config);
    }
}
