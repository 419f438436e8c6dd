//! What kube-apiserver's flags come to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::choices::Choices;
use super::flags::Given;
use super::ranges;
use super::tls_files::TlsRules;
use crate::config::ServiceCidrs;
use crate::logging::Format;
use crate::up::address;

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
    /// An etcd.
    Etcd {
        endpoints: Vec<String>,
        ca: Option<PathBuf>,
        identity: Option<Pair>,
    },
}

/// The settings of a kube-apiserver.
#[derive(Debug)]
pub struct Settings {
    pub choices: Choices,
    pub encryption_provider_config: Option<PathBuf>,
    pub storage: Storage,
    pub listen: SocketAddr,
    /// Where others reach it.
    pub advertise_address: IpAddr,
    pub external_hostname: Option<String>,
    pub cert_dir: PathBuf,
    pub serving: Option<Pair>,
    pub tls: TlsRules,
    /// Certificates by server name.
    pub by_name: Vec<(Pair, Vec<String>)>,
    pub etcd_prefix: String,
    /// How long an etcd's history is kept at least; `None` leaves it to others.
    pub etcd_history: Option<Duration>,
    pub client_ca_file: Option<PathBuf>,
    pub audiences: Vec<String>,
    pub issuers: Vec<String>,
    pub service_account_keys: Vec<PathBuf>,
    pub signing_key: PathBuf,
    pub extended_tokens: bool,
    pub token_expiration_max: Option<Duration>,
    pub service_cidr: ServiceCidrs,
    pub kubelet_client: Option<Pair>,
    pub kubelet_ca: Option<PathBuf>,
    pub publishes_endpoints: bool,
    pub verbosity: i64,
    /// `--logging-format`.
    pub log_format: Format,
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
            servers => Some(storage(servers, given)),
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
        let tls = super::ciphers::rules(given, only_tls_13).unwrap_or_else(|why| {
            faults.push(why);
            TlsRules::default()
        });
        let service_cidr = ranges::of_services(given.text("service-cluster-ip-range"))
            .map_err(|more| faults.extend(more))
            .ok();
        let port = given.parsed::<u16>("secure-port").unwrap_or(6443);
        if given.text("secure-port").is_some() && given.parsed::<u16>("secure-port").is_none()
            || port == 0
        {
            faults.push("--secure-port must be between 1 and 65535".to_owned());
        }
        let mut by_name = Vec::new();
        for text in given.list("tls-sni-cert-key") {
            match named_pair(text) {
                Ok(pair) => by_name.push(pair),
                Err(why) => faults.push(format!("--tls-sni-cert-key: {why}")),
            }
        }
        let etcd_prefix = given.text("etcd-prefix").unwrap_or("/registry").to_owned();
        if etcd_prefix.trim_matches('/').is_empty() {
            faults.push("--etcd-prefix must not be empty".to_owned());
        }
        let choices = Choices::read(given, &["AlwaysAllow"])
            .map_err(|more| faults.extend(more))
            .ok();
        let bind = given
            .parsed("bind-address")
            .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let advertise_address = given
            .parsed("advertise-address")
            .unwrap_or_else(|| reached_at(bind));
        let publishes_endpoints = given.text("endpoint-reconciler-type") != Some("none");
        if let Some(ranges) = &service_cidr
            && publishes_endpoints
            && ranges.primary.is_ipv4() != advertise_address.is_ipv4()
        {
            faults.push(format!(
                "service IP family {:?} must match public address family {:?}",
                ranges.primary.to_string(),
                advertise_address.to_string()
            ));
        }
        let audiences = match given.list("api-audiences") {
            [] => issuers.clone(),
            some => some.to_vec(),
        };
        let (Some(storage), Some(signing_key), Some(service_cidr), Some(choices), []) = (
            storage,
            signing_key,
            service_cidr,
            choices,
            faults.as_slice(),
        ) else {
            return Err(faults.join("\n"));
        };
        Ok(Self {
            choices,
            encryption_provider_config: given.path("encryption-provider-config"),
            storage,
            listen: SocketAddr::new(bind, port),
            advertise_address,
            external_hostname: given.text("external-hostname").map(str::to_owned),
            cert_dir: given
                .path("cert-dir")
                .unwrap_or_else(|| "/var/run/kubernetes".into()),
            serving,
            tls,
            by_name,
            etcd_prefix,
            etcd_history: match given.duration("etcd-compaction-interval") {
                None => Some(crate::up::store::HISTORY),
                every => every.filter(|every| !every.is_zero()),
            },
            client_ca_file: given.path("client-ca-file"),
            audiences,
            issuers,
            service_account_keys: keys,
            signing_key,
            extended_tokens: given.switch("service-account-extend-token-expiration", true),
            token_expiration_max: given
                .duration("service-account-max-token-expiration")
                .filter(|longest| !longest.is_zero()),
            service_cidr,
            kubelet_client,
            kubelet_ca: given.path("kubelet-certificate-authority"),
            publishes_endpoints,
            verbosity: given.parsed("v").unwrap_or(0),
            log_format: given
                .text("logging-format")
                .and_then(Format::parse)
                .unwrap_or_default(),
        })
    }
}

/// `CERTIFICATE,KEY` or `CERTIFICATE,KEY:NAME,NAME`.
fn named_pair(text: &str) -> Result<(Pair, Vec<String>), String> {
    let wrong = || format!("{text:?}: expected CERTIFICATE,KEY or CERTIFICATE,KEY:NAME,NAME");
    let (files, names) = text.rsplit_once(':').unwrap_or((text, ""));
    let (certificate, key) = files.split_once(',').ok_or_else(wrong)?;
    let (certificate, key) = (certificate.trim(), key.trim());
    if certificate.is_empty() || key.is_empty() || key.contains(',') {
        return Err(wrong());
    }
    let pair = Pair {
        certificate: certificate.into(),
        key: key.into(),
    };
    let names = names.split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty()).map(str::to_owned);
    Ok((pair, names.collect()))
}

fn paths(list: &[String]) -> Vec<PathBuf> {
    list.iter().map(PathBuf::from).collect()
}

fn storage(servers: &[String], given: &Given) -> Result<Storage, String> {
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
    let identity = match (given.path("etcd-certfile"), given.path("etcd-keyfile")) {
        (Some(certificate), Some(key)) => Some(Pair { certificate, key }),
        (None, None) => None,
        _ => return Err("--etcd-certfile and --etcd-keyfile go together".to_owned()),
    };
    let ca = given.path("etcd-cafile");
    if ca.is_none() && servers.iter().any(|server| server.starts_with("https://")) {
        return Err("--etcd-cafile must be specified for an etcd by https".to_owned());
    }
    Ok(Storage::Etcd {
        endpoints: servers.to_vec(),
        ca,
        identity,
    })
}

/// Where a server is reached that listens there and was told no more.
fn reached_at(bind: IpAddr) -> IpAddr {
    if bind.is_unspecified() || bind.is_loopback() {
        address::of_machine()
    } else {
        bind
    }
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
        --service-cluster-ip-range=10.0.0.0/24 --etcd-servers=http://127.0.0.1:2379";

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
        let Storage::Etcd { endpoints, ca, .. } = settings.storage else {
            panic!("it is not etcd")
        };
        assert_eq!(
            (endpoints, ca),
            (vec!["http://127.0.0.1:2379".to_owned()], None)
        );
        assert_eq!(settings.choices.authz.modes, ["RBAC"]);
        assert_eq!(settings.choices.plugins_off, ["ServiceAccount"]);
        assert_eq!(settings.audiences, ["https://127.0.0.1:7443/"]);
        assert_eq!(settings.service_cidr.to_string(), "10.0.0.0/24");
        assert_eq!(settings.serving, None);
    }

    #[test]
    fn certificates_by_name() {
        let (settings, _) = read(&format!(
            "{ENVTEST} --tls-sni-cert-key=/a.crt,/a.key:a.example,*.b.example --tls-sni-cert-key=/c.crt,/c.key --etcd-prefix=/other"
        ))
        .unwrap();
        let names: Vec<&[String]> = settings.by_name.iter().map(|(_, n)| &**n).collect();
        assert_eq!(names, [&["a.example", "*.b.example"][..], &[]]);
        assert_eq!(settings.by_name[1].0.key, PathBuf::from("/c.key"));
        assert_eq!(settings.etcd_prefix, "/other");
        let said = read(&format!(
            "{ENVTEST} --tls-sni-cert-key=/a.crt --etcd-prefix=/"
        ));
        let said = said.unwrap_err();
        assert!(said.contains("--tls-sni-cert-key: \"/a.crt\""), "{said}");
        assert!(said.contains("--etcd-prefix must not be empty"), "{said}");
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let said =
            read("--tls-cert-file=/a --feature-gates=NoSuch=true --secure-port=0").unwrap_err();
        assert!(
            read(&format!("{ENVTEST} --etcd-servers=https://e:2379"))
                .unwrap_err()
                .contains("--etcd-cafile")
        );
        for part in [
            "--etcd-servers must be specified",
            "--service-account-issuer must be specified",
            "--tls-cert-file and --tls-private-key-file go together",
            "--secure-port must be between",
            "unrecognized feature gate: NoSuch",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn the_services_first_range_is_of_the_advertised_familys() {
        let range = "--service-cluster-ip-range=2001:db8::/112,10.0.0.0/24";
        let of = |more: &str| read(&format!("{ENVTEST} {range} {more}"));
        let (settings, _) = of("--advertise-address=2001:db8:1::1").unwrap();
        assert_eq!(
            settings.service_cidr.to_string(),
            "2001:db8::/112,10.0.0.0/24"
        );
        assert_eq!(
            of("--advertise-address=192.0.2.1").unwrap_err(),
            "service IP family \"2001:db8::/112\" must match public address family \"192.0.2.1\""
        );
        assert!(of("--advertise-address=192.0.2.1 --endpoint-reconciler-type=none").is_ok());
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
