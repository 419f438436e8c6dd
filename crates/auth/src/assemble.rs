//! Authenticators and authorizers of an API server, put together from plain
//! options, which are named as the flags of kube-apiserver.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;

use crate::UserInfo;
use crate::authn::oidc::{ConfigurationError, Issuer, OidcOptions, OidcTokens};
use crate::authn::{
    BootstrapTokens, CachedTokens, ReloadedIssuers, RequestAuthenticator, RequestHeaderOptions,
    ReviewVersion, SecretLookup, ServiceAccountTokens, StaticTokenError, StaticTokens,
    TokenAuthenticator, TokenCacheStats, TokenUnion, WebhookTokens,
};
use crate::authz::{
    Abac, Always, Attributes, Authorization, AuthorizationConfigurationError, Authorizer,
    AuthorizerUnion, Decision, KnownRules, Masters, Member, NodeAuthorizer, PolicyFileError, Rbac,
    WebhookAuthorizer, WebhookAuthorizerOptions, read_configuration,
};
use crate::expr::Compiler;
use crate::pki::Authority;
use crate::token::{TokenIssuer, TokenLookup};
use crate::webhook::{Remote, WebhookError};

/// How long what a token means is remembered.
const TOKEN_TTL: Duration = Duration::from_secs(10);
/// How often the file of the chain is looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);
/// Another program must have answered by then.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(30);

/// Who is asking.
#[derive(Clone, Debug)]
pub struct AuthnOptions {
    /// `--anonymous-auth`.
    pub anonymous: bool,
    /// `--api-audiences`.
    pub audiences: Vec<String>,
    /// `--token-auth-file`.
    pub token_file: Option<PathBuf>,
    /// `--enable-bootstrap-token-auth`.
    pub bootstrap_tokens: bool,
    /// `--authentication-config`; excludes `oidc`.
    pub configuration_file: Option<PathBuf>,
    /// `--oidc-…`.
    pub oidc: Option<OidcOptions>,
    /// `--authentication-token-webhook-config-file`.
    pub webhook_config_file: Option<PathBuf>,
    /// `--authentication-token-webhook-version`.
    pub webhook_version: ReviewVersion,
    /// `--authentication-token-webhook-cache-ttl`.
    pub webhook_cache_ttl: Duration,
    /// `--requestheader-…`. TLS must ask for certificates of these authorities
    /// too.
    pub request_header: Option<RequestHeaderOptions>,
    /// `--client-ca-file`. TLS must ask for its certificates.
    pub client_authority: Arc<Authority>,
}

impl Default for AuthnOptions {
    fn default() -> Self {
        Self {
            anonymous: true,
            audiences: Vec::new(),
            token_file: None,
            bootstrap_tokens: false,
            configuration_file: None,
            oidc: None,
            webhook_config_file: None,
            webhook_version: ReviewVersion::V1Beta1,
            webhook_cache_ttl: Duration::from_secs(120),
            request_header: None,
            client_authority: Arc::default(),
        }
    }
}

/// Whether they may.
#[derive(Clone, Debug)]
pub struct AuthzOptions {
    /// `--authorization-mode`: `Node`, `RBAC`, `ABAC`, `Webhook`, `AlwaysAllow`,
    /// `AlwaysDeny`. Excluded by `configuration_file`.
    pub modes: Vec<String>,
    /// `--authorization-policy-file`: the policies of `ABAC`.
    pub policy_file: Option<PathBuf>,
    /// `--authorization-config`.
    pub configuration_file: Option<PathBuf>,
    /// `--authorization-webhook-config-file`.
    pub webhook_config_file: Option<PathBuf>,
    /// `--authorization-webhook-version`.
    pub webhook_version: ReviewVersion,
    /// `--authorization-webhook-cache-authorized-ttl`.
    pub webhook_authorized_ttl: Duration,
    /// `--authorization-webhook-cache-unauthorized-ttl`.
    pub webhook_unauthorized_ttl: Duration,
}

impl Default for AuthzOptions {
    fn default() -> Self {
        Self {
            modes: vec!["Node".to_owned(), "RBAC".to_owned()],
            policy_file: None,
            configuration_file: None,
            webhook_config_file: None,
            webhook_version: ReviewVersion::V1Beta1,
            webhook_authorized_ttl: Duration::from_secs(300),
            webhook_unauthorized_ttl: Duration::from_secs(30),
        }
    }
}

/// Options make no sense, or files are not usable.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
    /// The token file.
    #[error(transparent)]
    Tokens(#[from] StaticTokenError),
    /// Issuers.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The chain of authorizers.
    #[error(transparent)]
    Authorization(#[from] AuthorizationConfigurationError),
    /// Another program.
    #[error("cannot use the webhook of {what}")]
    Webhook {
        /// Of authentication or authorization.
        what: &'static str,
        /// Why.
        #[source]
        source: WebhookError,
    },
    /// Policies.
    #[error(transparent)]
    Policies(#[from] PolicyFileError),
    /// They exclude each other, or one lacks another.
    #[error("{0}")]
    Options(String),
}

/// Where authenticators look up objects.
pub struct Lookups {
    /// What service account tokens are bound to.
    pub tokens: Arc<dyn TokenLookup>,
    /// Secrets.
    pub secrets: Arc<dyn SecretLookup>,
}

/// Puts the authenticator together. Files that may change are followed until
/// `cancel`.
///
/// # Errors
/// The options make no sense or a file is not usable.
pub fn authenticator(
    options: &AuthnOptions,
    issuer: &TokenIssuer,
    lookups: Lookups,
    cel: Arc<dyn Compiler>,
    cancel: &CancellationToken,
) -> Result<RequestAuthenticator, AssembleError> {
    if let Some(header) = &options.request_header {
        tell_apart(&options.client_authority, header).map_err(AssembleError::Options)?;
    }
    let audiences = &options.audiences;
    let mut tokens: Vec<Arc<dyn TokenAuthenticator>> = Vec::new();
    if let Some(path) = &options.token_file {
        tokens.push(Arc::new(StaticTokens::from_file(path, audiences.clone())?));
    }
    tokens.push(Arc::new(ServiceAccountTokens::new(issuer, lookups.tokens)));
    if options.bootstrap_tokens {
        tokens.push(Arc::new(BootstrapTokens::new(
            lookups.secrets,
            audiences.clone(),
        )));
    }
    let stats = Arc::new(TokenCacheStats::default());
    let remembered = |inner: Arc<dyn TokenAuthenticator>| -> Arc<dyn TokenAuthenticator> {
        let stats = Arc::clone(&stats);
        Arc::new(CachedTokens::new(inner, TOKEN_TTL, Duration::ZERO, stats))
    };
    let mut anonymous = options.anonymous;
    let mut anonymous_paths = Vec::new();
    match (&options.configuration_file, &options.oidc) {
        (Some(_), Some(_)) => {
            return Err(AssembleError::Options(
                "authentication-config file and oidc-* flags are mutually exclusive".to_owned(),
            ));
        }
        (Some(path), None) => {
            let (issuers, file) =
                ReloadedIssuers::open(path, audiences.clone(), issuer.issuers(), cel)?;
            issuers.follow(cancel.clone());
            tokens.push(remembered(issuers));
            if let Some(told) = file.anonymous {
                anonymous = told.enabled;
                anonymous_paths = told.paths;
            }
        }
        (None, Some(oidc)) => {
            let oidc = OidcTokens::new(Issuer::from_options(oidc)?, audiences.clone())?;
            tokens.push(remembered(Arc::new(oidc)));
        }
        (None, None) => {}
    }
    if let Some(path) = &options.webhook_config_file {
        let what = "authentication";
        let remote = Remote::from_kubeconfig(path, WEBHOOK_TIMEOUT)
            .map_err(|source| AssembleError::Webhook { what, source })?;
        let webhook = WebhookTokens::new(remote, options.webhook_version, audiences.clone());
        let ttl = options.webhook_cache_ttl;
        let stats = Arc::clone(&stats);
        tokens.push(Arc::new(CachedTokens::new(
            Arc::new(webhook),
            ttl,
            ttl,
            stats,
        )));
    }
    let mut authenticator = RequestAuthenticator::new(
        Arc::new(TokenUnion::new(tokens)),
        audiences.clone(),
        anonymous,
    )
    .with_anonymous_paths(anonymous_paths)
    .with_token_caches(stats)
    .with_client_authority(options.client_authority.clone());
    if let Some(request_header) = &options.request_header {
        authenticator = authenticator.with_front_proxies(request_header.clone());
    }
    Ok(authenticator)
}

/// Where one authority vouches for clients and for proxies, any client could name
/// anybody.
fn tell_apart(clients: &Authority, header: &RequestHeaderOptions) -> Result<(), String> {
    if !header.allowed_names.is_empty() {
        return Ok(());
    }
    let (clients, proxies) = (clients.current(), header.authority.current());
    let both = |one| clients.certificates().contains(one);
    if proxies.certificates().iter().any(both) {
        return Err(
            "--requestheader-client-ca-file and --client-ca-file contain the same certificate: \
             --requestheader-allowed-names must say which of its clients are proxies"
                .to_owned(),
        );
    }
    Ok(())
}

fn read_file(path: &Path) -> Result<Vec<u8>, AuthorizationConfigurationError> {
    std::fs::read(path).map_err(|e| {
        AuthorizationConfigurationError(format!("cannot read {}: {e}", path.display()))
    })
}

/// Puts the authorizers together. `system:masters` may do everything before
/// any of them is asked.
///
/// # Errors
/// The options make no sense or a file is not usable.
pub fn authorizer(
    options: &AuthzOptions,
    rbac: &Arc<Rbac>,
    nodes: &Arc<NodeAuthorizer>,
    cel: &dyn Compiler,
) -> Result<AuthorizerUnion, AssembleError> {
    let members = match &options.configuration_file {
        Some(path) => read_configuration(&read_file(path)?, cel)?,
        None => by_modes(options)?,
    };
    Ok(chain(members, rbac, nodes))
}

/// A chain by a file that is read again when it changes.
pub struct ReloadedAuthorizer {
    path: PathBuf,
    rbac: Arc<Rbac>,
    nodes: Arc<NodeAuthorizer>,
    cel: Arc<dyn Compiler>,
    /// Types that the file began with, and has to keep.
    required: BTreeSet<&'static str>,
    current: RwLock<(Vec<u8>, Arc<AuthorizerUnion>)>,
}

impl ReloadedAuthorizer {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read or is not valid.
    pub fn open(
        path: &Path,
        rbac: &Arc<Rbac>,
        nodes: &Arc<NodeAuthorizer>,
        cel: Arc<dyn Compiler>,
    ) -> Result<Arc<Self>, AssembleError> {
        let content = read_file(path)?;
        let members = read_configuration(&content, &*cel)?;
        let required = members.iter().filter_map(Member::lasting_type).collect();
        let union = Arc::new(chain(members, rbac, nodes));
        Ok(Arc::new(Self {
            path: path.to_owned(),
            rbac: rbac.clone(),
            nodes: nodes.clone(),
            cel,
            required,
            current: RwLock::new((content, union)),
        }))
    }

    /// Reads the file again if it has changed. `true`: it has, and is used.
    ///
    /// # Errors
    /// It is not valid; what was valid before stays in use.
    pub fn look(&self) -> Result<bool, AuthorizationConfigurationError> {
        let content = read_file(&self.path)?;
        if self.current.read().0 == content {
            return Ok(false);
        }
        let members = read_configuration(&content, &*self.cel)?;
        let has: BTreeSet<_> = members.iter().filter_map(Member::lasting_type).collect();
        let missing: Vec<_> = self.required.difference(&has).copied().collect();
        if !missing.is_empty() {
            let words = format!("missing required types: [{}]", missing.join(" "));
            return Err(AuthorizationConfigurationError(words));
        }
        // As in upstream, what these know is gathered from the start or not at all.
        let started = |kind: &&&str| ["Node", "RBAC", "ABAC"].contains(*kind);
        if let Some(new) = has.difference(&self.required).find(started) {
            let words = format!(
                "authorizers: type {new} was not there when the server started: restart it"
            );
            return Err(AuthorizationConfigurationError(words));
        }
        let union = Arc::new(chain(members, &self.rbac, &self.nodes));
        *self.current.write() = (content, union);
        Ok(true)
    }

    /// Follows the file until `cancel`.
    pub fn follow(self: &Arc<Self>, cancel: CancellationToken) {
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = cancel.cancelled() => return,
                    () = tokio::time::sleep(LOOK_INTERVAL) => {}
                }
                match this.look() {
                    Ok(false) => {}
                    Ok(true) => tracing::info!("the authorization configuration was read again"),
                    Err(error) => {
                        tracing::warn!(%error, "the authorization configuration stays as it was");
                    }
                }
            }
        });
    }
}

#[async_trait]
impl Authorizer for ReloadedAuthorizer {
    async fn authorize(&self, attributes: &Attributes<'_>) -> Authorization {
        let union = self.current.read().1.clone();
        union.authorize(attributes).await
    }

    fn known_rules(&self, user: &UserInfo, namespace: &str) -> KnownRules {
        self.current.read().1.known_rules(user, namespace)
    }

    fn render(&self, out: &mut crate::metrics::Text) {
        self.current.read().1.render(out);
    }
}

/// The same as [`authorizer`], following the configuration file, where there
/// is one, until `cancel`.
///
/// # Errors
/// As [`authorizer`].
pub fn following_authorizer(
    options: &AuthzOptions,
    rbac: &Arc<Rbac>,
    nodes: &Arc<NodeAuthorizer>,
    cel: Arc<dyn Compiler>,
    cancel: &CancellationToken,
) -> Result<Arc<dyn Authorizer>, AssembleError> {
    match &options.configuration_file {
        Some(path) => {
            let reloaded = ReloadedAuthorizer::open(path, rbac, nodes, cel)?;
            reloaded.follow(cancel.clone());
            Ok(reloaded)
        }
        None => Ok(Arc::new(authorizer(options, rbac, nodes, &*cel)?)),
    }
}

fn chain(members: Vec<Member>, rbac: &Arc<Rbac>, nodes: &Arc<NodeAuthorizer>) -> AuthorizerUnion {
    let mut chain: Vec<Arc<dyn Authorizer>> = vec![Arc::new(Masters)];
    for member in members {
        chain.push(match member {
            Member::Node => nodes.clone(),
            Member::Rbac => rbac.clone(),
            Member::AlwaysAllow => Arc::new(Always(true)),
            Member::AlwaysDeny => Arc::new(Always(false)),
            Member::Webhook(webhook) => webhook,
            Member::Abac(abac) => abac,
        });
    }
    AuthorizerUnion::new(chain)
}

fn by_modes(options: &AuthzOptions) -> Result<Vec<Member>, AssembleError> {
    let wrong = |text: String| Err(AssembleError::Options(text));
    if options.modes.is_empty() {
        return wrong("at least one authorization-mode must be passed".to_owned());
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut members = Vec::new();
    for mode in &options.modes {
        if seen.contains(&mode.as_str()) {
            return wrong(format!(
                "authorization-mode {:?} has mode specified more than once",
                options.modes
            ));
        }
        seen.push(mode);
        if mode == "Webhook" {
            let Some(path) = &options.webhook_config_file else {
                return wrong(
                    "authorization-mode Webhook's authorization config file not passed".to_owned(),
                );
            };
            let what = "authorization";
            let remote = Remote::from_kubeconfig(path, WEBHOOK_TIMEOUT)
                .map_err(|source| AssembleError::Webhook { what, source })?;
            let webhook = WebhookAuthorizerOptions {
                name: "default".to_owned(),
                version: options.webhook_version,
                authorized_ttl: options.webhook_authorized_ttl,
                unauthorized_ttl: options.webhook_unauthorized_ttl,
                on_failure: Decision::NoOpinion,
                conditions: Vec::new(),
            };
            members.push(Member::Webhook(Arc::new(WebhookAuthorizer::new(
                remote, webhook,
            ))));
            continue;
        }
        if mode == "ABAC" {
            let Some(path) = &options.policy_file else {
                return wrong(
                    "authorization-mode ABAC's authorization policy file not passed".to_owned(),
                );
            };
            members.push(Member::Abac(Arc::new(Abac::from_file(path)?)));
            continue;
        }
        match Member::of_mode(mode) {
            Some(member) => members.push(member),
            None => return wrong(format!("authorization-mode {mode:?} is not a valid mode")),
        }
    }
    if options.policy_file.is_some() && !seen.contains(&"ABAC") {
        return wrong("cannot specify --authorization-policy-file without mode ABAC".to_owned());
    }
    if options.webhook_config_file.is_some() && !seen.contains(&"Webhook") {
        return wrong(
            "cannot specify --authorization-webhook-config-file without mode Webhook".to_owned(),
        );
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Expression, Wanted};

    struct Nothing;

    impl Compiler for Nothing {
        fn compile(&self, _: &str, _: &[&str], _: Wanted) -> Result<Arc<dyn Expression>, String> {
            Err("no expressions".to_owned())
        }
    }

    fn assembled(modes: &[&str]) -> Result<AuthorizerUnion, AssembleError> {
        let options = AuthzOptions {
            modes: modes.iter().map(|m| (*m).to_owned()).collect(),
            ..AuthzOptions::default()
        };
        let (rbac, nodes) = (Arc::new(Rbac::new()), Arc::new(NodeAuthorizer::new()));
        authorizer(&options, &rbac, &nodes, &Nothing)
    }

    #[test]
    fn clients_and_proxies_of_one_authority_are_told_apart() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let authority = |dir: &tempfile::TempDir| {
            let pki = crate::pki::Pki::open(dir.path()).unwrap();
            Arc::new(Authority::from_pem(pki.ca_pem().as_bytes()).unwrap())
        };
        let header = |authority: Arc<Authority>, names: &[&str]| RequestHeaderOptions {
            authority,
            allowed_names: names.iter().map(|name| (*name).to_owned()).collect(),
            username_headers: vec!["X-Remote-User".to_owned()],
            uid_headers: Vec::new(),
            group_headers: Vec::new(),
            extra_prefixes: Vec::new(),
        };
        let clients = authority(&dir);
        assert_eq!(
            tell_apart(&clients, &header(authority(&other), &[])),
            Ok(())
        );
        assert_eq!(
            tell_apart(&clients, &header(authority(&dir), &["proxy"])),
            Ok(())
        );
        let said = tell_apart(&clients, &header(authority(&dir), &[])).unwrap_err();
        assert!(said.contains("--requestheader-allowed-names"), "{said}");
    }

    #[tokio::test]
    async fn a_chain_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("authz.yaml");
        let write = |kinds: &[&str]| {
            let named = |kind: &&str| format!("{{type: {kind}, name: {}}}", kind.to_lowercase());
            let all: Vec<String> = kinds.iter().map(named).collect();
            let text = format!(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers: [{}]\n",
                all.join(", ")
            );
            std::fs::write(&path, text).unwrap();
        };
        write(&["AlwaysDeny"]);
        let (rbac, nodes) = (Arc::new(Rbac::new()), Arc::new(NodeAuthorizer::new()));
        let chain = ReloadedAuthorizer::open(&path, &rbac, &nodes, Arc::new(Nothing)).unwrap();
        let user = UserInfo::new("x", &[]);
        let allowed = async || {
            let asked = Attributes::resource(&user, "get", "", "pods");
            chain.authorize(&asked).await.allowed()
        };
        assert!(!allowed().await);
        assert_eq!(chain.look(), Ok(false));
        write(&["AlwaysAllow", "AlwaysDeny"]);
        assert_eq!(chain.look(), Ok(true));
        assert!(allowed().await);
        // What was there at first has to stay.
        write(&["AlwaysAllow"]);
        let error = chain.look().unwrap_err();
        assert_eq!(error.0, "missing required types: [AlwaysDeny]");
        write(&["AlwaysAllow", "AlwaysDeny", "RBAC"]);
        let error = chain.look().unwrap_err();
        assert_eq!(
            error.0,
            "authorizers: type RBAC was not there when the server started: restart it"
        );
        write(&["Nonsense"]);
        assert!(chain.look().is_err());
        assert!(allowed().await);
    }

    #[tokio::test]
    async fn modes() {
        let check = async |modes: &[&str], user: &str, expect: bool| {
            let user = UserInfo::new(
                user,
                if user == "root" {
                    &["system:masters"]
                } else {
                    &[]
                },
            );
            let asked = Attributes::resource(&user, "get", "", "pods");
            let answer = assembled(modes).unwrap().authorize(&asked).await;
            assert_eq!(answer.allowed(), expect, "{modes:?} {}", user.name);
        };
        check(&["AlwaysAllow"], "x", true).await;
        check(&["AlwaysDeny"], "x", false).await;
        check(&["AlwaysDeny"], "root", true).await;
        check(&["Node", "RBAC"], "x", false).await;
        let rules = |modes: &[&str]| {
            let root = UserInfo::new("root", &["system:masters"]);
            assembled(modes).unwrap().known_rules(&root, "ns")
        };
        // Roles are not asked where their mode is not on.
        let everything = rules(&["AlwaysAllow"]);
        assert_eq!(everything.rules.len(), 1);
        assert_eq!(everything.rules[0].non_resource_urls, ["*"]);
        assert_eq!(rules(&["AlwaysDeny"]), KnownRules::default());
        assert_eq!(rules(&["Node", "RBAC"]), KnownRules::default());
        let fails = |modes: &[&str], expect: &str| {
            let error = assembled(modes).err().unwrap().to_string();
            assert!(error.contains(expect), "{error}");
        };
        fails(&[], "at least one");
        fails(&["RBAC", "RBAC"], "more than once");
        fails(&["ABAC"], "policy file not passed");
        fails(&["Webhook"], "config file not passed");
    }
}
