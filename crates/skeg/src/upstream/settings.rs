//! What kube-apiserver's flags come to.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::flags::{Given, ports};
use crate::config::Cidr;
use crate::up::server::Mode;

/// Every feature gate of 1.37: name, stage, default.
const FEATURE_GATES: &str = include_str!("feature-gates.tsv");

/// A certificate file and its key file.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Where objects are kept.
#[derive(Debug, PartialEq)]
pub enum Storage {
    /// The embedded store in a folder.
    Folder(PathBuf),
}

/// The settings of a kube-apiserver.
#[derive(Debug)]
pub struct Settings {
    pub storage: Storage,
    pub listen: SocketAddr,
    pub advertise_address: Option<IpAddr>,
    pub external_hostname: Option<String>,
    pub cert_dir: PathBuf,
    pub serving: Option<Pair>,
    pub only_tls_13: bool,
    pub client_ca_file: Option<PathBuf>,
    pub token_auth_file: Option<PathBuf>,
    pub anonymous: bool,
    pub audiences: Vec<String>,
    pub issuers: Vec<String>,
    pub service_account_keys: Vec<PathBuf>,
    pub signing_key: PathBuf,
    pub extended_tokens: bool,
    pub token_expiration_max: Option<Duration>,
    pub modes: Vec<Mode>,
    pub service_cidr: Cidr,
    pub node_ports: (u16, u16),
    pub request_timeout: Duration,
    pub kubelet_client: Option<Pair>,
    pub kubelet_ca: Option<PathBuf>,
    pub publishes_endpoints: bool,
    pub plugins_on: Vec<String>,
    pub plugins_off: Vec<String>,
    pub verbosity: i64,
}

impl Settings {
    /// Reads them; every fault at once, a line each.
    pub fn new(given: &mut Given) -> Result<Self, String> {
        let mut faults = Vec::new();
        let mut need = |name: &str| {
            faults.push(format!("--{name} must be specified"));
        };
        let storage = match given.list("etcd-servers") {
            [] => {
                need("etcd-servers");
                None
            }
            servers => Some(storage(servers)),
        };
        let issuers = given.list("service-account-issuer").to_vec();
        if issuers.is_empty() {
            need("service-account-issuer");
        }
        let signing_key = given.path("service-account-signing-key-file");
        if signing_key.is_none() {
            need("service-account-signing-key-file");
        }
        let keys: Vec<PathBuf> = paths(given.list("service-account-key-file"));
        let storage = storage.and_then(|storage| storage.map_err(|why| faults.push(why)).ok());
        let mut pair =
            |certificate: &str, key: &str| match (given.path(certificate), given.path(key)) {
                (Some(certificate), Some(key)) => Some(Pair { certificate, key }),
                (None, None) => None,
                _ => {
                    faults.push(format!("--{certificate} and --{key} go together"));
                    None
                }
            };
        let serving = pair("tls-cert-file", "tls-private-key-file");
        let kubelet_client = pair("kubelet-client-certificate", "kubelet-client-key");
        let modes = modes(given.list("authorization-mode")).unwrap_or_else(|why| {
            faults.push(why);
            Vec::new()
        });
        let only_tls_13 = match given.text("tls-min-version") {
            None | Some("VersionTLS12") => false,
            Some("VersionTLS13") => true,
            Some(other) => {
                faults.push(format!(
                    "--tls-min-version {other:?} is not to be had: it is VersionTLS12 or VersionTLS13"
                ));
                false
            }
        };
        let service_cidr = service_cidr(given.text("service-cluster-ip-range"));
        let service_cidr = service_cidr.map_err(|why| faults.push(why)).ok();
        let port = given.parsed::<u16>("secure-port").unwrap_or(6443);
        if given.text("secure-port").is_some() && given.parsed::<u16>("secure-port").is_none()
            || port == 0
        {
            faults.push("--secure-port must be between 1 and 65535".to_owned());
        }
        match feature_gates(&given.map("feature-gates")) {
            Ok(warnings) => given.warnings.extend(warnings),
            Err(why) => faults.push(why),
        }
        let bind = given
            .parsed("bind-address")
            .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let audiences = match given.list("api-audiences") {
            [] => issuers.clone(),
            some => some.to_vec(),
        };
        match (storage, signing_key, service_cidr) {
            (Some(storage), Some(signing_key), Some(service_cidr)) if faults.is_empty() => {
                Ok(Self {
                    storage,
                    listen: SocketAddr::new(bind, port),
                    advertise_address: given.parsed("advertise-address"),
                    external_hostname: given.text("external-hostname").map(str::to_owned),
                    cert_dir: given
                        .path("cert-dir")
                        .unwrap_or_else(|| "/var/run/kubernetes".into()),
                    serving,
                    only_tls_13,
                    client_ca_file: given.path("client-ca-file"),
                    token_auth_file: given.path("token-auth-file"),
                    anonymous: given.switch("anonymous-auth", true),
                    audiences,
                    issuers,
                    service_account_keys: keys,
                    signing_key,
                    extended_tokens: given.switch("service-account-extend-token-expiration", true),
                    token_expiration_max: given
                        .duration("service-account-max-token-expiration")
                        .filter(|longest| !longest.is_zero()),
                    modes,
                    service_cidr,
                    node_ports: given
                        .text("service-node-port-range")
                        .and_then(ports)
                        .unwrap_or((30000, 32767)),
                    request_timeout: given
                        .duration("request-timeout")
                        .unwrap_or(Duration::from_secs(60)),
                    kubelet_client,
                    kubelet_ca: given.path("kubelet-certificate-authority"),
                    publishes_endpoints: given.text("endpoint-reconciler-type") != Some("none"),
                    plugins_on: given.list("enable-admission-plugins").to_vec(),
                    plugins_off: given.list("disable-admission-plugins").to_vec(),
                    verbosity: given.parsed("v").unwrap_or(0),
                })
            }
            _ => Err(faults.join("\n")),
        }
    }
}

fn paths(list: &[String]) -> Vec<PathBuf> {
    list.iter().map(PathBuf::from).collect()
}

fn storage(servers: &[String]) -> Result<Storage, String> {
    if let [one] = servers
        && let Some(folder) = one.strip_prefix("file://")
    {
        return match folder.starts_with('/') {
            true => Ok(Storage::Folder(folder.into())),
            false => Err(format!(
                "--etcd-servers {one}: a folder begins with a slash: file:///DIR"
            )),
        };
    }
    Err(format!(
        "--etcd-servers {}: this release keeps objects in a folder of its own only: file:///DIR",
        servers.join(",")
    ))
}

fn modes(list: &[String]) -> Result<Vec<Mode>, String> {
    let mut modes = Vec::new();
    for name in list {
        let Some((_, mode)) = Mode::ALL.iter().find(|(known, _)| known == name) else {
            let known: Vec<&str> = Mode::ALL.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "--authorization-mode {name:?} is not to be had; there are {}",
                known.join(", ")
            ));
        };
        if modes.contains(mode) {
            return Err(format!("--authorization-mode names {name} twice"));
        }
        modes.push(*mode);
    }
    if modes.is_empty() {
        modes.push(Mode::AlwaysAllow);
    }
    Ok(modes)
}

/// The first range. More of them are for dual-stack services.
fn service_cidr(text: Option<&str>) -> Result<Cidr, String> {
    let text = text.unwrap_or("10.96.0.0/16");
    if text.contains(',') {
        return Err(format!(
            "--service-cluster-ip-range {text}: this release takes one range"
        ));
    }
    text.parse()
        .map_err(|why| format!("--service-cluster-ip-range: {why}"))
}

/// Checks names and values; warns of what is other than its default, which has no effect.
fn feature_gates(wanted: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let known: BTreeMap<&str, &str> = FEATURE_GATES
        .lines()
        .filter_map(|line| {
            let mut words = line.split('\t');
            Some((words.next()?, words.nth(1)?))
        })
        .collect();
    let mut warnings = Vec::new();
    for (name, value) in wanted {
        let Some(default) = known.get(name.as_str()) else {
            return Err(format!(
                "--feature-gates: unrecognized feature gate: {name}"
            ));
        };
        if value != "true" && value != "false" {
            return Err(format!(
                "--feature-gates: invalid value of {name}={value}, expected true or false"
            ));
        }
        if value != default {
            warnings.push(format!(
                "--feature-gates {name}={value} has no effect: it is always {default}"
            ));
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests {
    use super::super::{flags, table};
    use super::*;

    /// What envtest passes.
    const ENVTEST: &str = "--allow-privileged=true --authorization-mode=RBAC --bind-address=127.0.0.1 \
        --cert-dir=/c --client-ca-file=/c/client-cert-auth-ca.crt --disable-admission-plugins=ServiceAccount \
        --secure-port=7443 --service-account-issuer=https://127.0.0.1:7443/ \
        --service-account-key-file=/c/sa-signer.crt --service-account-signing-key-file=/c/sa-signer.key \
        --service-cluster-ip-range=10.0.0.0/24 --etcd-servers=file:///s";

    fn read(line: &str) -> Result<(Settings, Vec<String>), String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let mut given = flags::parse(table::FLAGS, &args)?;
        let settings = Settings::new(&mut given)?;
        Ok((settings, given.warnings))
    }

    #[test]
    fn the_flags_of_envtest_set_what_they_say() {
        let (settings, warnings) = read(ENVTEST).unwrap();
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(settings.listen.to_string(), "127.0.0.1:7443");
        assert_eq!(settings.storage, Storage::Folder("/s".into()));
        assert_eq!(settings.modes, [Mode::Rbac]);
        assert_eq!(settings.plugins_off, ["ServiceAccount"]);
        assert_eq!(settings.audiences, ["https://127.0.0.1:7443/"]);
        assert_eq!(settings.service_cidr.to_string(), "10.0.0.0/24");
        assert_eq!(settings.serving, None);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let said = read("--tls-cert-file=/a --authorization-mode=RBAC,Kerberos --secure-port=0")
            .unwrap_err();
        for part in [
            "--etcd-servers must be specified",
            "--service-account-issuer must be specified",
            "--tls-cert-file and --tls-private-key-file go together",
            "\"Kerberos\" is not to be had",
            "--secure-port must be between",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn feature_gates_are_known_by_name() {
        let said = read(&format!("{ENVTEST} --feature-gates=NoSuch=true")).unwrap_err();
        assert!(said.contains("unrecognized feature gate: NoSuch"), "{said}");
        let (_, warnings) = read(&format!(
            "{ENVTEST} --feature-gates=APIResponseCompression=false"
        ))
        .unwrap();
        assert!(warnings[0].contains("it is always true"), "{warnings:?}");
    }

    #[test]
    fn no_flag_is_listed_twice() {
        let mut names: Vec<&str> = table::FLAGS
            .iter()
            .flat_map(|section| section.flags)
            .map(|flag| flag.name)
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(!names.contains(&"insecure-port"));
    }
}
