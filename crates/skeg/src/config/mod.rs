//! The one configuration: file, then environment, then flags; checked before
//! anything is opened.

mod file;
mod values;

pub use values::{Cidr, Listen, NodeName, Role, Roles};

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
    pub service_cidr: Option<Cidr>,
    /// Addresses of pods.
    pub pod_cidr: Option<Cidr>,
    /// Static tokens.
    pub token_auth_file: Option<PathBuf>,
    /// The name of this machine's node.
    pub node_name: Option<NodeName>,
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
];

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
        for relative in [&mut settings.data_dir, &mut settings.token_auth_file]
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
    pub service_cidr: Cidr,
    /// Addresses of pods.
    pub pod_cidr: Cidr,
    /// Static tokens.
    pub token_auth_file: Option<PathBuf>,
    /// The name of this machine's node.
    pub node_name: NodeName,
}

impl Config {
    /// Fills in the defaults and checks that the settings go together.
    ///
    /// # Errors
    /// They do not.
    pub fn resolve(settings: Settings) -> Result<Self> {
        let range = |text: &str| text.parse::<Cidr>().map_err(anyhow::Error::msg);
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
            service_cidr: settings
                .service_cidr
                .map_or_else(|| range("10.96.0.0/16"), Ok)?,
            pod_cidr: settings
                .pod_cidr
                .map_or_else(|| range("10.244.0.0/16"), Ok)?,
            token_auth_file: settings.token_auth_file,
            node_name: settings.node_name.unwrap_or_else(NodeName::of_machine),
        };
        if config.service_cidr.overlaps(&config.pod_cidr) {
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
        if let Some(path) = &self.token_auth_file {
            value["tokenAuthFile"] = json!(path);
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
        assert_eq!(nearest("etcdServers", &known), None);
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
    fn what_is_shown_can_be_read() {
        let config = Config::resolve(Settings {
            token_auth_file: Some("/t.csv".into()),
            roles: Some(Roles::without_node()),
            ..Settings::default()
        })
        .unwrap();
        let read = file::parse(config.to_yaml().as_bytes()).unwrap();
        assert_eq!(Config::resolve(read).unwrap(), config);
    }
}
