//! `AuthenticationConfiguration` (apiserver.config.k8s.io), and the same said
//! by the old `--oidc-…` options.

use std::collections::BTreeMap;
use std::sync::Arc;

use skeg_schema::{Value, decode_yaml_any};

use crate::expr::{Compiler, Expression, Wanted};

/// Names that extra attributes may not begin with.
const RESERVED_DOMAINS: [&str; 2] = ["kubernetes.io", "k8s.io"];
/// Issuers of one configuration.
const ISSUERS_LEN_MAX: usize = 64;

/// A configuration is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the authentication configuration is not valid: {0}")]
pub struct ConfigurationError(pub String);

fn wrong<T>(why: impl Into<String>) -> Result<T, ConfigurationError> {
    Err(ConfigurationError(why.into()))
}

/// Who may come without credentials, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anonymous {
    /// Whether anybody may.
    pub enabled: bool,
    /// Paths at which; none: everywhere.
    pub paths: Vec<String>,
}

/// What a configuration file says.
#[derive(Default)]
pub struct AuthenticationConfiguration {
    /// Issuers of tokens.
    pub issuers: Vec<Issuer>,
    /// Set if the file says it.
    pub anonymous: Option<Anonymous>,
}

/// How a part of an identity comes out of claims.
#[derive(Clone)]
pub(super) enum Mapping {
    Nothing,
    Claim { claim: String, prefix: String },
    Expression(Arc<dyn Expression>),
}

#[derive(Clone)]
pub(super) enum ClaimRule {
    Required { claim: String, value: String },
    Expression(Arc<dyn Expression>, String),
}

/// An issuer of tokens, and how its tokens are understood.
#[derive(Clone)]
pub struct Issuer {
    pub(super) url: String,
    pub(super) discovery_url: String,
    pub(super) ca_pem: Option<Vec<u8>>,
    pub(super) audiences: Vec<String>,
    pub(super) algorithms: Vec<String>,
    pub(super) claim_rules: Vec<ClaimRule>,
    pub(super) username: Mapping,
    pub(super) groups: Mapping,
    pub(super) uid: Mapping,
    pub(super) extra: Vec<(String, Arc<dyn Expression>)>,
    pub(super) user_rules: Vec<(Arc<dyn Expression>, String)>,
}

/// The old options for one issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OidcOptions {
    /// `--oidc-issuer-url`; empty: there is none.
    pub issuer_url: String,
    /// `--oidc-client-id`.
    pub client_id: String,
    /// Content of `--oidc-ca-file`.
    pub ca_pem: Option<Vec<u8>>,
    /// `--oidc-username-claim`; empty: `sub`.
    pub username_claim: String,
    /// `--oidc-username-prefix`; empty: the issuer's URL and `#`, `-`: none.
    pub username_prefix: String,
    /// `--oidc-groups-claim`.
    pub groups_claim: String,
    /// `--oidc-groups-prefix`.
    pub groups_prefix: String,
    /// `--oidc-required-claim`.
    pub required_claims: BTreeMap<String, String>,
    /// `--oidc-signing-algs`; empty: `RS256`.
    pub signing_algorithms: Vec<String>,
}

/// All algorithms that are known.
const ALGORITHMS: [&str; 9] = [
    "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512",
];

impl Issuer {
    /// As the old options say.
    ///
    /// # Errors
    /// They make no sense.
    pub fn from_options(options: &OidcOptions) -> Result<Self, ConfigurationError> {
        if options.client_id.is_empty() {
            return wrong("oidc-issuer-url and oidc-client-id must be specified together");
        }
        let claim = if options.username_claim.is_empty() {
            "sub"
        } else {
            &options.username_claim
        };
        let prefix = match options.username_prefix.as_str() {
            "-" => String::new(),
            "" if claim == "email" => String::new(),
            "" => format!("{}#", options.issuer_url),
            prefix => prefix.to_owned(),
        };
        let algorithms = if options.signing_algorithms.is_empty() {
            vec!["RS256".to_owned()]
        } else {
            options.signing_algorithms.clone()
        };
        if let Some(unknown) = algorithms
            .iter()
            .find(|a| !ALGORITHMS.contains(&a.as_str()))
        {
            return wrong(format!("{unknown:?} is no signing algorithm that is known"));
        }
        check_url(&options.issuer_url, "oidc-issuer-url")?;
        Ok(Self {
            url: options.issuer_url.clone(),
            discovery_url: discovery(&options.issuer_url),
            ca_pem: options.ca_pem.clone(),
            audiences: vec![options.client_id.clone()],
            algorithms,
            claim_rules: options
                .required_claims
                .iter()
                .map(|(claim, value)| ClaimRule::Required {
                    claim: claim.clone(),
                    value: value.clone(),
                })
                .collect(),
            username: Mapping::Claim {
                claim: claim.to_owned(),
                prefix,
            },
            groups: if options.groups_claim.is_empty() {
                Mapping::Nothing
            } else {
                Mapping::Claim {
                    claim: options.groups_claim.clone(),
                    prefix: options.groups_prefix.clone(),
                }
            },
            uid: Mapping::Nothing,
            extra: Vec::new(),
            user_rules: Vec::new(),
        })
    }

    fn read(value: &Value, what: &str, cel: &dyn Compiler) -> Result<Self, ConfigurationError> {
        known(
            value,
            what,
            &[
                "issuer",
                "claimValidationRules",
                "claimMappings",
                "userValidationRules",
            ],
        )?;
        let issuer = &value["issuer"];
        known(
            issuer,
            &format!("{what}.issuer"),
            &[
                "url",
                "discoveryURL",
                "certificateAuthority",
                "audiences",
                "audienceMatchPolicy",
                "egressSelectorType",
            ],
        )?;
        let url = text(issuer, "url");
        check_url(url, &format!("{what}.issuer.url"))?;
        let discovery_url = match text(issuer, "discoveryURL") {
            "" => discovery(url),
            other => {
                check_url(other, &format!("{what}.issuer.discoveryURL"))?;
                if other.trim_end_matches('/') == url.trim_end_matches('/') {
                    return wrong(format!(
                        "{what}.issuer.discoveryURL: must be different from url"
                    ));
                }
                other.to_owned()
            }
        };
        let audiences = texts(&issuer["audiences"]);
        if audiences.is_empty() || audiences.iter().any(String::is_empty) {
            return wrong(format!("{what}.issuer.audiences: at least one is required"));
        }
        let policy = text(issuer, "audienceMatchPolicy");
        match (policy, audiences.len()) {
            ("" | "MatchAny", 1) | ("MatchAny", _) => {}
            ("", _) => {
                return wrong(format!(
                    "{what}.issuer.audienceMatchPolicy: must be MatchAny for multiple audiences"
                ));
            }
            (other, _) => {
                return wrong(format!(
                    "{what}.issuer.audienceMatchPolicy: {other:?} is not MatchAny"
                ));
            }
        }
        let mappings = &value["claimMappings"];
        let what_mappings = format!("{what}.claimMappings");
        known(
            mappings,
            &what_mappings,
            &["username", "groups", "uid", "extra"],
        )?;
        let mapping = |key: &str, prefixed: bool, wanted: Wanted| {
            read_mapping(
                &mappings[key],
                &format!("{what_mappings}.{key}"),
                prefixed,
                wanted,
                cel,
            )
        };
        let username = mapping("username", true, Wanted::Text)?;
        if matches!(username, Mapping::Nothing) {
            return wrong(format!(
                "{what_mappings}.username: claim or expression is required"
            ));
        }
        let mut extra = Vec::new();
        for (at, entry) in items(&mappings["extra"]).enumerate() {
            let what = format!("{what_mappings}.extra[{at}]");
            known(entry, &what, &["key", "valueExpression"])?;
            let key = text(entry, "key");
            check_extra_key(key, &what)?;
            if extra.iter().any(|(k, _)| k == key) {
                return wrong(format!("{what}.key: {key:?} stands twice"));
            }
            let expression = text(entry, "valueExpression");
            extra.push((
                key.to_owned(),
                compile(cel, expression, "claims", Wanted::Texts, &what)?,
            ));
        }
        let mut claim_rules = Vec::new();
        for (at, rule) in items(&value["claimValidationRules"]).enumerate() {
            let what = format!("{what}.claimValidationRules[{at}]");
            known(
                rule,
                &what,
                &["claim", "requiredValue", "expression", "message"],
            )?;
            let (claim, expression) = (text(rule, "claim"), text(rule, "expression"));
            claim_rules.push(match (claim, expression) {
                ("", "") => return wrong(format!("{what}: claim or expression is required")),
                (claim, "") => ClaimRule::Required {
                    claim: claim.to_owned(),
                    value: text(rule, "requiredValue").to_owned(),
                },
                ("", expression) => ClaimRule::Expression(
                    compile(cel, expression, "claims", Wanted::Bool, &what)?,
                    message(rule, expression),
                ),
                _ => {
                    return wrong(format!("{what}: claim and expression can't both be set"));
                }
            });
        }
        let mut user_rules = Vec::new();
        for (at, rule) in items(&value["userValidationRules"]).enumerate() {
            let what = format!("{what}.userValidationRules[{at}]");
            known(rule, &what, &["expression", "message"])?;
            let expression = text(rule, "expression");
            user_rules.push((
                compile(cel, expression, "user", Wanted::Bool, &what)?,
                message(rule, expression),
            ));
        }
        let ca = text(issuer, "certificateAuthority");
        Ok(Self {
            url: url.to_owned(),
            discovery_url,
            ca_pem: (!ca.is_empty()).then(|| ca.as_bytes().to_vec()),
            audiences,
            algorithms: ALGORITHMS.map(str::to_owned).to_vec(),
            claim_rules,
            username,
            groups: mapping("groups", true, Wanted::Texts)?,
            uid: mapping("uid", false, Wanted::Text)?,
            extra,
            user_rules,
        })
    }
}

fn message(rule: &Value, expression: &str) -> String {
    match text(rule, "message") {
        "" => format!("validation expression '{expression}' failed"),
        message => format!("validation expression '{expression}' failed: {message}"),
    }
}

fn compile(
    cel: &dyn Compiler,
    expression: &str,
    variable: &str,
    wanted: Wanted,
    what: &str,
) -> Result<Arc<dyn Expression>, ConfigurationError> {
    if expression.trim().is_empty() {
        return wrong(format!("{what}: an expression is required"));
    }
    cel.compile(expression, &[variable], wanted)
        .map_err(|e| ConfigurationError(format!("{what}: {e}")))
}

fn read_mapping(
    value: &Value,
    what: &str,
    prefixed: bool,
    wanted: Wanted,
    cel: &dyn Compiler,
) -> Result<Mapping, ConfigurationError> {
    if value.is_null() {
        return Ok(Mapping::Nothing);
    }
    known(
        value,
        what,
        if prefixed {
            &["claim", "prefix", "expression"]
        } else {
            &["claim", "expression"]
        },
    )?;
    let (claim, expression) = (text(value, "claim"), text(value, "expression"));
    let prefix = value["prefix"].as_str();
    match (claim, expression) {
        ("", "") if prefix.is_some() => wrong(format!("{what}: a prefix needs a claim")),
        ("", "") => Ok(Mapping::Nothing),
        ("", expression) if prefix.is_none() => Ok(Mapping::Expression(compile(
            cel, expression, "claims", wanted, what,
        )?)),
        (_, expression) if !expression.is_empty() => wrong(format!(
            "{what}: claim or prefix and expression can't both be set"
        )),
        (claim, _) => match prefix {
            None if prefixed => wrong(format!(
                "{what}.prefix: is required when claim is set; it may be \"\""
            )),
            prefix => Ok(Mapping::Claim {
                claim: claim.to_owned(),
                prefix: prefix.unwrap_or_default().to_owned(),
            }),
        },
    }
}

fn check_extra_key(key: &str, what: &str) -> Result<(), ConfigurationError> {
    let Some((domain, path)) = key.split_once('/') else {
        return wrong(format!(
            "{what}.key: {key:?} must be a domain-prefixed path (such as \"acme.io/foo\")"
        ));
    };
    if domain.is_empty() || path.is_empty() || key.to_lowercase() != key {
        return wrong(format!(
            "{what}.key: {key:?} must be a domain-prefixed path in lower case"
        ));
    }
    let reserved = RESERVED_DOMAINS
        .iter()
        .any(|r| domain == *r || domain.ends_with(&format!(".{r}")));
    if reserved {
        return wrong(format!("{what}.key: {domain:?} is reserved for Kubernetes"));
    }
    Ok(())
}

fn check_url(url: &str, what: &str) -> Result<(), ConfigurationError> {
    let parsed: Result<http::Uri, _> = url.parse();
    match parsed {
        Ok(uri) if uri.scheme_str() == Some("https") && uri.host().is_some() => {
            let authority = uri.authority().map(|a| a.as_str()).unwrap_or_default();
            if uri.query().is_some() || url.contains('#') || authority.contains('@') {
                return wrong(format!(
                    "{what}: {url:?} must not have a user, a query or a fragment"
                ));
            }
            Ok(())
        }
        _ => wrong(format!("{what}: {url:?} is not an https URL")),
    }
}

fn discovery(url: &str) -> String {
    format!(
        "{}/.well-known/openid-configuration",
        url.trim_end_matches('/')
    )
}

fn known(value: &Value, what: &str, members: &[&str]) -> Result<(), ConfigurationError> {
    match value {
        Value::Null => Ok(()),
        Value::Object(object) => match object.keys().find(|k| !members.contains(&k.as_ref())) {
            None => Ok(()),
            Some(key) => wrong(format!("{what}: unknown field {key:?}")),
        },
        _ => wrong(format!("{what}: must be an object")),
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn texts(value: &Value) -> Vec<String> {
    items(value)
        .map(|v| v.as_str().unwrap_or_default().to_owned())
        .collect()
}

impl AuthenticationConfiguration {
    /// Reads a file's content. `own` are the issuers of service account
    /// tokens, which no other may be.
    ///
    /// # Errors
    /// It is not valid.
    pub fn parse(
        content: &[u8],
        own: &[String],
        cel: &dyn Compiler,
    ) -> Result<Self, ConfigurationError> {
        let value = decode_yaml_any(content).map_err(|e| ConfigurationError(e.to_string()))?;
        known(
            &value,
            "the file",
            &["apiVersion", "kind", "jwt", "anonymous"],
        )?;
        let version = text(&value, "apiVersion").strip_prefix("apiserver.config.k8s.io/");
        if text(&value, "kind") != "AuthenticationConfiguration"
            || !matches!(version, Some("v1" | "v1beta1" | "v1alpha1"))
        {
            return wrong(
                "it must be of kind AuthenticationConfiguration and apiVersion apiserver.config.k8s.io/v1",
            );
        }
        let mut issuers: Vec<Issuer> = Vec::new();
        for (at, entry) in items(&value["jwt"]).enumerate() {
            if at >= ISSUERS_LEN_MAX {
                return wrong(format!("jwt: there are more than {ISSUERS_LEN_MAX}"));
            }
            let what = format!("jwt[{at}]");
            let issuer = Issuer::read(entry, &what, cel)?;
            if issuers.iter().any(|i| i.url == issuer.url) {
                return wrong(format!("{what}.issuer.url: {:?} stands twice", issuer.url));
            }
            if own.contains(&issuer.url) {
                return wrong(format!(
                    "{what}.issuer.url: URL must not overlap with disallowed issuers: {own:?}"
                ));
            }
            issuers.push(issuer);
        }
        let anonymous = &value["anonymous"];
        known(anonymous, "anonymous", &["enabled", "conditions"])?;
        let anonymous = anonymous.as_object().map(|_| Anonymous {
            enabled: anonymous["enabled"].as_bool() == Some(true),
            paths: items(&anonymous["conditions"])
                .map(|c| text(c, "path").to_owned())
                .collect(),
        });
        if let Some(anonymous) = &anonymous {
            if !anonymous.enabled && !anonymous.paths.is_empty() {
                return wrong(
                    "anonymous.conditions: enabled should be set to true when conditions are defined",
                );
            }
            if anonymous.paths.iter().any(String::is_empty) {
                return wrong("anonymous.conditions: a path is required");
            }
        }
        Ok(Self { issuers, anonymous })
    }
}
