//! What kube-apiserver's flags choose that is not of one place only: who is
//! asking, whether they may, what is written down of it, how much is served at
//! once. `kube-apiserver` takes them all; `skeg up` by `--kube-apiserver-arg`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use skeg_apiserver::{
    Dress, MetricRules, Options, RequestHeader, StorageMediaType, TracingConfiguration,
};
use skeg_auth::assemble::{AuthnOptions, AuthzOptions};
use skeg_auth::audit::AuditOptions;
use skeg_auth::authn::RequestHeaderOptions;
use skeg_auth::authn::oidc::OidcOptions;
use skeg_auth::pki::Authority;
use skeg_registry::admission::PluginConfiguration;
use skeg_registry::{Enablement, FeatureGate, GateError};

use super::flags::{self, Given};
use super::table;

/// The flags that `skeg up` has settings of its own for, or decides itself.
const OWN: &[(&str, &str)] = &[
    ("advertise-address", "--listen"),
    ("api-audiences", ""),
    ("bind-address", "--listen"),
    ("cert-dir", "--data-dir"),
    ("client-ca-file", ""),
    ("encryption-provider-config", "--encryption-provider-config"),
    ("endpoint-reconciler-type", ""),
    ("etcd-cafile", "--etcd-cafile"),
    ("etcd-certfile", "--etcd-certfile"),
    ("etcd-compaction-interval", ""),
    ("etcd-keyfile", "--etcd-keyfile"),
    ("etcd-prefix", ""),
    ("etcd-servers", "--etcd-servers"),
    ("external-hostname", ""),
    ("kubelet-certificate-authority", ""),
    ("kubelet-client-certificate", ""),
    ("kubelet-client-key", ""),
    ("secure-port", "--listen"),
    ("service-account-extend-token-expiration", ""),
    ("service-account-issuer", ""),
    ("service-account-key-file", ""),
    ("service-account-max-token-expiration", ""),
    ("service-account-signing-key-file", ""),
    ("service-cluster-ip-range", "--service-cidr"),
    ("tls-cert-file", ""),
    ("tls-cipher-suites", ""),
    ("tls-curve-preferences", ""),
    ("tls-min-version", ""),
    ("tls-private-key-file", ""),
    ("tls-sni-cert-key", ""),
    ("token-auth-file", "--token-auth-file"),
    ("v", "SKEG_LOG"),
];

/// The choices.
#[derive(Clone, Debug)]
pub struct Choices {
    /// Who is asking; audiences and the CAs of clients are the caller's.
    pub authn: AuthnOptions,
    /// Whether they may.
    pub authz: AuthzOptions,
    audit: AuditOptions,
    request_timeout: Duration,
    /// How long an etcd may take for a check of health, and of readiness.
    store_timeouts: (Duration, Duration),
    max_inflight: u32,
    max_mutating_inflight: u32,
    fairness: bool,
    node_ports: (u16, u16),
    enablement: Enablement,
    /// Where traces go.
    tracing: Option<TracingConfiguration>,
    /// Where the certificates of front proxies are.
    proxies_file: Option<PathBuf>,
    /// Shown to aggregated servers: certificate and key.
    proxy_client: Option<(Vec<u8>, Vec<u8>)>,
    /// Whether the encryption configuration is read again when it changes.
    pub encryption_reloads: bool,
    /// Admission plugins switched on.
    pub plugins_on: Vec<String>,
    /// And off.
    pub plugins_off: Vec<String>,
    admission: PluginConfiguration,
    metric_rules: MetricRules,
    dress: Dress,
    event_ttl: Option<Duration>,
    media_type: StorageMediaType,
}

impl Choices {
    /// Reads them; every fault is told.
    ///
    /// # Errors
    /// The faults, one a line.
    pub fn read(given: &mut Given, modes: &[&str]) -> Result<Self, Vec<String>> {
        let mut faults = super::checks::faults(given);
        let gates = gates_of_kube(given).unwrap_or_else(|why| {
            faults.push(why);
            BTreeMap::new()
        });
        match feature_gates(&gates) {
            Ok(warnings) => given.warnings.extend(warnings),
            Err(why) => faults.push(why),
        }
        let enablement = enablement(given, &gates).unwrap_or_else(|why| {
            faults.push(why);
            Enablement::default()
        });
        let tracing = tracing(given).unwrap_or_else(|why| {
            faults.push(why);
            None
        });
        let proxy_client = proxy_client(given).unwrap_or_else(|why| {
            faults.push(why);
            None
        });
        let mut note = |why: String| faults.push(why);
        let mut authn = authn(given).map_err(&mut note).unwrap_or_default();
        let authz = authz(given, modes).map_err(&mut note).unwrap_or_default();
        // Whoever shows nothing would be allowed everything.
        if authn.anonymous && authz.modes.iter().any(|mode| mode == "AlwaysAllow") {
            authn.anonymous = false;
            let why = "anonymous requests are refused with --authorization-mode=AlwaysAllow: take another mode to let them in";
            given.warnings.push(why.to_owned());
        }
        let audit = super::audit::options(given)
            .map_err(&mut note)
            .unwrap_or_default();
        let admission = super::admission::configuration(given)
            .map_err(&mut note)
            .unwrap_or_default();
        let metric_rules = super::metrics::rules(given)
            .map_err(&mut note)
            .unwrap_or_default();
        let dress = dress(given).map_err(&mut note).unwrap_or_default();
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            metric_rules,
            dress,
            event_ttl: given.duration("event-ttl"),
            media_type: given
                .text("storage-media-type")
                .and_then(StorageMediaType::parse)
                .unwrap_or_default(),
            proxies_file: given.path("requestheader-client-ca-file"),
            proxy_client,
            tracing,
            authn,
            authz,
            audit,
            request_timeout: given
                .duration("request-timeout")
                .unwrap_or(Duration::from_secs(60)),
            store_timeouts: (
                store_timeout(given, "etcd-healthcheck-timeout"),
                store_timeout(given, "etcd-readycheck-timeout"),
            ),
            max_inflight: given.parsed("max-requests-inflight").unwrap_or(400),
            max_mutating_inflight: given
                .parsed("max-mutating-requests-inflight")
                .unwrap_or(200),
            fairness: given.switch("enable-priority-and-fairness", true),
            enablement,
            node_ports: given
                .text("service-node-port-range")
                .and_then(flags::ports)
                .unwrap_or((30000, 32767)),
            encryption_reloads: given.switch("encryption-provider-config-automatic-reload", false),
            plugins_on: given.list("enable-admission-plugins").to_vec(),
            plugins_off: given.list("disable-admission-plugins").to_vec(),
            admission,
        })
    }

    /// Those of `skeg up`, from arguments `NAME=VALUE`.
    ///
    /// # Errors
    /// A flag is not known, or is not to be chosen in this way.
    pub fn from_arguments(arguments: &[String]) -> Result<(Self, Vec<String>), String> {
        let dashed: Vec<String> = arguments
            .iter()
            .map(|argument| format!("--{}", argument.trim_start_matches('-')))
            .collect();
        let mut given = flags::parse(table::FLAGS, &dashed)?;
        for (flag, instead) in OWN {
            if given.is_given(flag) {
                return Err(match *instead {
                    "" => format!("--{flag} is decided by skeg up itself"),
                    instead => format!("--{flag} is set by {instead}"),
                });
            }
        }
        let choices = Self::read(&mut given, &["Node", "RBAC"]);
        let choices = choices.map_err(|faults| faults.join("; "))?;
        Ok((choices, given.warnings))
    }

    /// Whose certificates front proxies show, and the file of them.
    pub fn proxies(&self) -> Option<(Arc<Authority>, Option<PathBuf>)> {
        let proxies = self.authn.request_header.as_ref()?;
        Some((proxies.authority.clone(), self.proxies_file.clone()))
    }

    /// Puts what concerns the server into its options.
    pub fn fill(&self, options: &mut Options) {
        options.node_port_range = self.node_ports;
        options.request_timeout = self.request_timeout;
        (
            options.store_health_timeout,
            options.store_readiness_timeout,
        ) = self.store_timeouts;
        options.max_requests_inflight = self.max_inflight;
        options.max_mutating_requests_inflight = self.max_mutating_inflight;
        options.priority_and_fairness = self.fairness;
        options.audit = self.audit.clone();
        options.enablement = self.enablement.clone();
        options.enable_admission_plugins = self.plugins_on.clone();
        options.disable_admission_plugins = self.plugins_off.clone();
        options.admission = self.admission.clone();
        options.metric_rules = self.metric_rules.clone();
        options.dress = self.dress.clone();
        if let Some(ttl) = self.event_ttl {
            options.event_ttl = ttl;
        }
        options.storage_media_type = self.media_type;
        options.request_header = self.authn.request_header.as_ref().map(published);
        options.tracing = self.tracing.clone();
        options.proxy_client = self.proxy_client.clone();
    }
}

/// Two seconds, unless the flag says more than nothing.
fn store_timeout(given: &Given, flag: &str) -> Duration {
    let timeout = given.duration(flag).filter(|timeout| !timeout.is_zero());
    timeout.unwrap_or(Duration::from_secs(2))
}

/// The certificates of a bundle; it has one.
pub fn authority(path: &Path, flag: &str) -> Result<Authority, String> {
    let found = Authority::from_pem(&file(path, flag)?);
    let found = found.map_err(|why| {
        let why = anyhow::Error::from(why);
        format!("--{flag}: cannot use {}: {why:#}", path.display())
    })?;
    if found.current().is_empty() {
        return Err(format!("--{flag}: no certificate is in {}", path.display()));
    }
    Ok(found)
}

/// What answers wear besides what they say.
fn dress(given: &Given) -> Result<Dress, String> {
    const ORIGINS: &str = "cors-allowed-origins";
    const SECURITY: &str = "strict-transport-security-directives";
    const CHANCE: &str = "goaway-chance";
    let mut dress = Dress::default();
    dress
        .allow_origins(given.list(ORIGINS))
        .map_err(|why| format!("--{ORIGINS}: {why}"))?;
    dress
        .transport_security(given.list(SECURITY))
        .map_err(|why| format!("--{SECURITY}: {why}"))?;
    dress
        .goaway_chance(given.parsed(CHANCE).unwrap_or(0.0))
        .map_err(|why| format!("--{CHANCE}: {why}"))?;
    Ok(dress)
}

fn authn(given: &Given) -> Result<AuthnOptions, String> {
    let defaults = AuthnOptions::default();
    Ok(AuthnOptions {
        anonymous: given.switch("anonymous-auth", true),
        token_file: given.path("token-auth-file"),
        bootstrap_tokens: given.switch("enable-bootstrap-token-auth", false),
        configuration_file: given.path("authentication-config"),
        oidc: oidc(given)?,
        webhook_config_file: given.path("authentication-token-webhook-config-file"),
        webhook_version: version(given, "authentication-token-webhook-version")?
            .unwrap_or(defaults.webhook_version),
        webhook_cache_ttl: given
            .duration("authentication-token-webhook-cache-ttl")
            .unwrap_or(defaults.webhook_cache_ttl),
        request_header: request_header(given)?,
        ..defaults
    })
}

fn authz(given: &Given, modes: &[&str]) -> Result<AuthzOptions, String> {
    let defaults = AuthzOptions::default();
    let configuration_file = given.path("authorization-config");
    let chosen = given.list("authorization-mode");
    if configuration_file.is_some() && !chosen.is_empty() {
        return Err("--authorization-config and --authorization-mode exclude each other".into());
    }
    Ok(AuthzOptions {
        modes: match chosen {
            // The file says who decides.
            [] if configuration_file.is_some() => Vec::new(),
            [] => modes.iter().map(|mode| (*mode).to_owned()).collect(),
            chosen => chosen.to_vec(),
        },
        policy_file: given.path("authorization-policy-file"),
        configuration_file,
        webhook_config_file: given.path("authorization-webhook-config-file"),
        webhook_version: version(given, "authorization-webhook-version")?
            .unwrap_or(defaults.webhook_version),
        webhook_authorized_ttl: given
            .duration("authorization-webhook-cache-authorized-ttl")
            .unwrap_or(defaults.webhook_authorized_ttl),
        webhook_unauthorized_ttl: given
            .duration("authorization-webhook-cache-unauthorized-ttl")
            .unwrap_or(defaults.webhook_unauthorized_ttl),
    })
}

fn version<T: std::str::FromStr<Err = String>>(
    given: &Given,
    name: &str,
) -> Result<Option<T>, String> {
    let text = given.text(name);
    text.map(|text| text.parse().map_err(|why| format!("--{name}: {why}")))
        .transpose()
}

fn oidc(given: &Given) -> Result<Option<OidcOptions>, String> {
    let Some(issuer_url) = given.text("oidc-issuer-url") else {
        return match given.any_given("oidc-") {
            Some(flag) => Err(format!("--{flag} needs --oidc-issuer-url")),
            None => Ok(None),
        };
    };
    let text = |name: &str| given.text(name).unwrap_or_default().to_owned();
    let ca_pem = given.path("oidc-ca-file");
    let ca_pem = ca_pem.map(|path| file(&path, "oidc-ca-file"));
    Ok(Some(OidcOptions {
        issuer_url: issuer_url.to_owned(),
        client_id: text("oidc-client-id"),
        ca_pem: ca_pem.transpose()?,
        username_claim: text("oidc-username-claim"),
        username_prefix: text("oidc-username-prefix"),
        groups_claim: text("oidc-groups-claim"),
        groups_prefix: text("oidc-groups-prefix"),
        required_claims: given.map("oidc-required-claim"),
        signing_algorithms: given.list("oidc-signing-algs").to_vec(),
    }))
}

fn request_header(given: &Given) -> Result<Option<RequestHeaderOptions>, String> {
    let Some(path) = given.path("requestheader-client-ca-file") else {
        // Without one the other flags say nothing.
        return Ok(None);
    };
    Ok(Some(RequestHeaderOptions {
        authority: Arc::new(authority(&path, "requestheader-client-ca-file")?),
        allowed_names: given.list("requestheader-allowed-names").to_vec(),
        username_headers: given.list("requestheader-username-headers").to_vec(),
        uid_headers: given.list("requestheader-uid-headers").to_vec(),
        group_headers: given.list("requestheader-group-headers").to_vec(),
        extra_prefixes: given.list("requestheader-extra-headers-prefix").to_vec(),
    }))
}

/// Which versions are served.
fn enablement(given: &Given, gates: &BTreeMap<String, String>) -> Result<Enablement, String> {
    let mut enablement = Enablement::default();
    for pair in given.list("runtime-config") {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        enablement
            .set(key.trim(), value.trim())
            .map_err(|why| format!("--runtime-config: {why}"))?;
    }
    for (gate, value) in gates {
        enablement
            .set_gate(gate, value)
            .map_err(|why| format!("--feature-gates: {why}"))?;
    }
    enablement
        .check_needs()
        .map_err(|why| format!("--feature-gates: {why}"))?;
    Ok(enablement)
}

/// The same, as it is published.
fn published(options: &RequestHeaderOptions) -> RequestHeader {
    RequestHeader {
        ca: options.authority.clone(),
        allowed_names: options.allowed_names.clone(),
        username_headers: options.username_headers.clone(),
        uid_headers: options.uid_headers.clone(),
        group_headers: options.group_headers.clone(),
        extra_prefixes: options.extra_prefixes.clone(),
    }
}

fn tracing(given: &Given) -> Result<Option<TracingConfiguration>, String> {
    const FLAG: &str = "tracing-config-file";
    let Some(path) = given.path(FLAG) else {
        return Ok(None);
    };
    TracingConfiguration::parse(&file(&path, FLAG)?)
        .map(Some)
        .map_err(|why| format!("--{FLAG}: {}: {why}", path.display()))
}

fn proxy_client(given: &Given) -> Result<Option<(Vec<u8>, Vec<u8>)>, String> {
    const FLAGS: [&str; 2] = ["proxy-client-cert-file", "proxy-client-key-file"];
    match FLAGS.map(|flag| given.path(flag)) {
        [Some(certificate), Some(key)] => {
            Ok(Some((file(&certificate, FLAGS[0])?, file(&key, FLAGS[1])?)))
        }
        [None, None] => Ok(None),
        _ => Err(format!("--{} and --{} go together", FLAGS[0], FLAGS[1])),
    }
}

fn file(path: &Path, flag: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|why| format!("--{flag}: cannot read {}: {why}", path.display()))
}

/// What is said of feature gates, which may name the component: `kube:NAME=true`.
/// There is no other component here.
fn gates_of_kube(given: &Given) -> Result<BTreeMap<String, String>, String> {
    let said = given.map("feature-gates");
    let named = said.keys().filter(|key| key.contains(':')).count();
    if 0 < named && named < said.len() {
        return Err(
            "set kube feature gates with default empty prefix or kube: prefix consistently, do not mix use"
                .to_owned(),
        );
    }
    let gate = |(key, value): (String, String)| match key.split_once(':') {
        None => Ok((key, value)),
        Some((component, gate)) if component.trim() == super::checks::KUBE => {
            Ok((gate.trim().to_owned(), value))
        }
        Some((component, _)) => Err(format!("component not registered: {}", component.trim())),
    };
    said.into_iter().map(gate).collect()
}

/// Checks names and values; warns of what is other than its default, which has no effect.
fn feature_gates(wanted: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let mut warnings = Vec::new();
    for (name, value) in wanted {
        let checked = FeatureGate::check(name, value == "true");
        if let Err(unknown @ GateError::Unknown { .. }) = checked {
            return Err(format!("--feature-gates: {unknown}"));
        }
        if value != "true" && value != "false" {
            return Err(format!(
                "--feature-gates: invalid value of {name}={value}, expected true or false"
            ));
        }
        if let Err(without_effect) = checked {
            warnings.push(format!("--feature-gates {without_effect}"));
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<(Choices, Vec<String>), String> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Choices::from_arguments(&arguments)
    }

    #[test]
    fn arguments_of_skeg_up() {
        let (choices, warnings) = read(&[
            "--authorization-mode=Webhook,RBAC",
            "authorization-webhook-config-file=/w",
            "max-requests-inflight=9",
            "feature-gates=APIResponseCompression=false",
            "enable-admission-plugins=NodeRestriction",
        ])
        .unwrap();
        assert_eq!(choices.authz.modes, ["Webhook", "RBAC"]);
        assert_eq!(choices.plugins_on, ["NodeRestriction"]);
        assert!(warnings[0].contains("it is always true"), "{warnings:?}");
        let mut options = Options::default();
        choices.fill(&mut options);
        assert_eq!(options.max_requests_inflight, 9);
        let (open, warnings) = read(&["authorization-mode=AlwaysAllow"]).unwrap();
        assert!(!open.authn.anonymous, "{warnings:?}");
        assert!(warnings[0].contains("AlwaysAllow"), "{warnings:?}");
        let (by_file, warnings) = read(&["authorization-config=/file"]).unwrap();
        assert!(
            by_file.authn.anonymous && warnings.is_empty(),
            "{warnings:?}"
        );
        let (_, warnings) = read(&["feature-gates=kube:APIResponseCompression=false"]).unwrap();
        assert!(warnings[0].contains("it is always true"), "{warnings:?}");
        let (choices, _) = read(&[]).unwrap();
        assert_eq!(choices.authz.modes, ["Node", "RBAC"]);
        assert!(choices.authn.oidc.is_none() && choices.authn.request_header.is_none());
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let check = |argument: &str, expect: &str| {
            let said = read(&[argument]).unwrap_err();
            assert!(said.contains(expect), "{said}");
        };
        check("secure-port=1", "--secure-port is set by --listen");
        check("tls-cert-file=/c", "decided by skeg up itself");
        check(
            "oidc-client-id=c",
            "--oidc-client-id needs --oidc-issuer-url",
        );
        check(
            "feature-gates=NoSuch=true",
            "unrecognized feature gate: NoSuch",
        );
        check(
            "feature-gates=wardle:AllAlpha=true",
            "component not registered: wardle",
        );
        check(
            "feature-gates=kube:AllAlpha=true,AllBeta=true",
            "do not mix use",
        );
        check(
            "feature-gates=AllBeta=true,GenericWorkload=false",
            "--feature-gates: DRAWorkloadResourceClaims is enabled, but depends on features that are disabled: [GenericWorkload]",
        );
        check("runtime-config=nosuch/v1=true", "unknown api groups nosuch");
        check("cors-allowed-origins=example.com", "--cors-allowed-origins");
        check("goaway-chance=1", "--goaway-chance: 1 is not between");
        check(
            "strict-transport-security-directives=never",
            "--strict-transport-security-directives",
        );
        check("audit-polcy-file=x", "did you mean --audit-policy-file?");
        check(
            "authorization-webhook-version=v9",
            "--authorization-webhook-version",
        );
    }
}
