//! `AuthenticationConfiguration` (apiserver.config.k8s.io), and the same said
//! by the old `--oidc-…` options.

use std::collections::BTreeMap;
use std::sync::Arc;

use skeg_cel::Url;
use skeg_meta::{FieldError, FieldPath};
use skeg_schema::Value;

use super::read::read_issuer;
use crate::expr::{Compiler, Expression};
use crate::shape::{FileKind, Read, Shape, items, text};
use crate::text::aggregate_errors;

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
    /// Keys, and the expressions of their values with their texts.
    pub(super) extra: Vec<(String, Arc<dyn Expression>, String)>,
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
pub(super) const ALGORITHMS: [&str; 9] = [
    "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512",
];

impl Issuer {
    /// What its tokens name it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

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
        let mut errors = Vec::new();
        let flag = FieldPath::new("oidc-issuer-url");
        url_faults(&options.issuer_url, &flag, &mut errors);
        if let Some(words) = aggregate_errors(&errors) {
            return wrong(words);
        }
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
}

/// What is wrong with the URL of an issuer or of its discovery document.
pub(super) fn url_faults(url: &str, path: &FieldPath, errors: &mut Vec<FieldError>) {
    if let Some(fault) = Url::fault(url) {
        errors.push(FieldError::invalid(path, url, fault));
        return;
    }
    let (before, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (before, query) = before.split_once('?').unwrap_or((before, ""));
    let (scheme, rest) = before.split_once(':').unwrap_or(("", before));
    let authority = rest.strip_prefix("//").unwrap_or_default();
    let authority = authority.split('/').next().unwrap_or_default();
    for (is_wrong, words) in [
        (
            !scheme.eq_ignore_ascii_case("https"),
            "URL scheme must be https",
        ),
        (
            authority.contains('@'),
            "URL must not contain a username or password",
        ),
        (!query.is_empty(), "URL must not contain a query"),
        (!fragment.is_empty(), "URL must not contain a fragment"),
    ] {
        if is_wrong {
            errors.push(FieldError::invalid(path, url, words));
        }
    }
}

pub(super) fn discovery(url: &str) -> String {
    format!(
        "{}/.well-known/openid-configuration",
        url.trim_end_matches('/')
    )
}

const MAPPING: Shape = Shape::Object(&[
    ("claim", Shape::Text),
    ("prefix", Shape::Text),
    ("expression", Shape::Text),
]);

const FILE: FileKind = FileKind {
    kind: "AuthenticationConfiguration",
    group: "apiserver.config.k8s.io",
    versions: &["v1", "v1beta1", "v1alpha1"],
    is_implied: false,
    members: &[
        (
            "jwt",
            Shape::Objects(&[
                (
                    "issuer",
                    Shape::Object(&[
                        ("url", Shape::Text),
                        ("discoveryURL", Shape::Text),
                        ("certificateAuthority", Shape::Text),
                        ("audiences", Shape::Texts),
                        ("audienceMatchPolicy", Shape::Text),
                        ("egressSelectorType", Shape::Text),
                    ]),
                ),
                (
                    "claimValidationRules",
                    Shape::Objects(&[
                        ("claim", Shape::Text),
                        ("requiredValue", Shape::Text),
                        ("expression", Shape::Text),
                        ("message", Shape::Text),
                    ]),
                ),
                (
                    "claimMappings",
                    Shape::Object(&[
                        ("username", MAPPING),
                        ("groups", MAPPING),
                        (
                            "uid",
                            Shape::Object(&[("claim", Shape::Text), ("expression", Shape::Text)]),
                        ),
                        (
                            "extra",
                            Shape::Objects(&[
                                ("key", Shape::Text),
                                ("valueExpression", Shape::Text),
                            ]),
                        ),
                    ]),
                ),
                (
                    "userValidationRules",
                    Shape::Objects(&[("expression", Shape::Text), ("message", Shape::Text)]),
                ),
            ]),
        ),
        (
            "anonymous",
            Shape::Object(&[
                ("enabled", Shape::Bool),
                ("conditions", Shape::Objects(&[("path", Shape::Text)])),
            ]),
        ),
    ],
};

impl AuthenticationConfiguration {
    /// Reads a file's content. `own` are the issuers of service account
    /// tokens, which no other may be.
    ///
    /// # Errors
    /// It is not valid; all that is wrong is told, in upstream's words.
    pub fn parse(
        content: &[u8],
        own: &[String],
        cel: &dyn Compiler,
    ) -> Result<Self, ConfigurationError> {
        let value = FILE
            .read(content)
            .and_then(Read::strict)
            .map_err(ConfigurationError)?;
        let jwt = FieldPath::new("jwt");
        let entries = items(&value["jwt"]);
        let mut errors = Vec::new();
        if entries.len() > ISSUERS_LEN_MAX {
            let error = FieldError::too_many(jwt, entries.len(), ISSUERS_LEN_MAX);
            return wrong(error.to_string());
        }
        let mut issuers = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let path = jwt.index(at);
            issuers.push(read_issuer(entry, &path, own, cel, &mut errors));
            let before = &entries[..at];
            for key in ["url", "discoveryURL"] {
                let told = text(&entry["issuer"], key);
                let is_told = key == "url" || !told.is_empty();
                if is_told && before.iter().any(|b| text(&b["issuer"], key) == told) {
                    let path = path.child("issuer").child(key);
                    errors.push(FieldError::duplicate(path, told));
                }
            }
        }
        let anonymous = &value["anonymous"];
        let anonymous = anonymous.as_object().map(|_| Anonymous {
            enabled: anonymous["enabled"].as_bool() == Some(true),
            paths: items(&anonymous["conditions"])
                .iter()
                .map(|c| text(c, "path").to_owned())
                .collect(),
        });
        if let Some(anonymous) = &anonymous
            && !anonymous.enabled
            && !anonymous.paths.is_empty()
        {
            let told: Vec<Value> = anonymous
                .paths
                .iter()
                .map(|path| skeg_schema::json!({"Path": path.as_str()}))
                .collect();
            errors.push(FieldError::invalid(
                "anonymous.conditions",
                Value::Array(told),
                "enabled should be set to true when conditions are defined",
            ));
        }
        match aggregate_errors(&errors) {
            Some(words) => wrong(words),
            None => Ok(Self { issuers, anonymous }),
        }
    }
}
