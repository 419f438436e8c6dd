//! Issuers as an `AuthenticationConfiguration` describes them. Everything that
//! is wrong is told, in upstream's order and words.

use std::sync::Arc;

use skeg_meta::{FieldError, FieldPath};
use skeg_schema::Value;

use super::config::{ALGORITHMS, ClaimRule, Issuer, Mapping, discovery, url_faults};
use crate::expr::{Compiler, Expression, Wanted};
use crate::pki::certificates_of;
use crate::shape::{check_domain_prefixed, items, text, texts};

/// Names that extra attributes may not begin with.
const RESERVED_DOMAINS: [&str; 2] = ["kubernetes.io", "k8s.io"];

/// Reads one issuer. It is only good if no errors were added.
pub(super) fn read_issuer(
    value: &Value,
    path: &FieldPath,
    own: &[String],
    cel: &dyn Compiler,
    errors: &mut Vec<FieldError>,
) -> Issuer {
    let issuer = &value["issuer"];
    let url = text(issuer, "url");
    let discovery_url = match text(issuer, "discoveryURL") {
        "" => discovery(url),
        told => told.to_owned(),
    };
    let ca = text(issuer, "certificateAuthority");
    check_issuer(issuer, &path.child("issuer"), own, errors);
    let mut reader = Reader {
        cel,
        errors,
        reads_email: false,
        proves_email: false,
    };
    let mappings = &value["claimMappings"];
    let at = path.child("claimMappings");
    let claim_rules = reader.claim_rules(
        items(&value["claimValidationRules"]),
        &path.child("claimValidationRules"),
    );
    let username = reader.username(&mappings["username"], &at.child("username"));
    let groups = &mappings["groups"];
    let groups = reader.mapping(groups, &at.child("groups"), false);
    let uid = reader.uid(&mappings["uid"], &at.child("uid"));
    let extra = reader.extra(items(&mappings["extra"]), &at.child("extra"));
    reader.check_email(text(&mappings["username"], "expression"), &at);
    let user_rules = reader.user_rules(
        items(&value["userValidationRules"]),
        &path.child("userValidationRules"),
    );
    Issuer {
        url: url.to_owned(),
        discovery_url,
        ca_pem: (!ca.is_empty()).then(|| ca.as_bytes().to_vec()),
        audiences: texts(&issuer["audiences"]),
        algorithms: ALGORITHMS.map(str::to_owned).to_vec(),
        claim_rules,
        username,
        groups,
        uid,
        extra,
        user_rules,
    }
}

fn check_issuer(issuer: &Value, path: &FieldPath, own: &[String], errors: &mut Vec<FieldError>) {
    let url = text(issuer, "url");
    let at = path.child("url");
    if url.is_empty() {
        errors.push(FieldError::required(&at, ""));
    } else {
        if own.iter().any(|issuer| issuer == url) {
            let words = format!(
                "URL must not overlap with disallowed issuers: [{}]",
                own.join(" ")
            );
            errors.push(FieldError::invalid(&at, url, words));
        }
        url_faults(url, &at, errors);
    }
    let discovery_url = text(issuer, "discoveryURL");
    let at = path.child("discoveryURL");
    if !discovery_url.is_empty() {
        let same = discovery_url.trim_end_matches('/') == url.trim_end_matches('/');
        if !url.is_empty() && same {
            let words = "discoveryURL must be different from URL";
            errors.push(FieldError::invalid(&at, discovery_url, words));
        }
        url_faults(discovery_url, &at, errors);
    }
    check_audiences(issuer, path, errors);
    let ca = text(issuer, "certificateAuthority");
    if !ca.is_empty() && certificates_of(ca).is_empty() {
        errors.push(FieldError::invalid(
            path.child("certificateAuthority"),
            "<omitted>",
            "data does not contain any valid RSA or ECDSA certificates",
        ));
    }
    let egress = text(issuer, "egressSelectorType");
    if !matches!(egress, "" | "controlplane" | "cluster") {
        errors.push(FieldError::invalid(
            path.child("egressSelectorType"),
            egress,
            "egress selector must be either controlplane or cluster",
        ));
    }
}

fn check_audiences(issuer: &Value, path: &FieldPath, errors: &mut Vec<FieldError>) {
    let audiences = texts(&issuer["audiences"]);
    let at = path.child("audiences");
    if audiences.is_empty() {
        let words = format!("at least one {at} is required");
        errors.push(FieldError::required(at, words));
        return;
    }
    for (i, audience) in audiences.iter().enumerate() {
        if audience.is_empty() {
            errors.push(FieldError::required(at.index(i), ""));
        }
        if audiences[..i].contains(audience) {
            errors.push(FieldError::duplicate(at.index(i), audience.as_str()));
        }
    }
    let policy = text(issuer, "audienceMatchPolicy");
    let words = match (policy, audiences.len()) {
        ("MatchAny", _) | ("", 1) => return,
        (_, 1) => "audienceMatchPolicy must be empty or MatchAny for single audience",
        _ => "audienceMatchPolicy must be MatchAny for multiple audiences",
    };
    let at = path.child("audienceMatchPolicy");
    errors.push(FieldError::invalid(at, policy, words));
}

fn check_extra_key(key: &str, path: &FieldPath, errors: &mut Vec<FieldError>) {
    if !key.is_empty() {
        check_domain_prefixed(key, path, errors);
    }
    let mut invalid = |value: &str, words: &str| {
        errors.push(FieldError::invalid(path, value, words));
    };
    let domain = key.split_once('/').map_or("", |(domain, _)| domain);
    if key != key.to_lowercase() {
        invalid(key, "must be lowercase");
    }
    let is_reserved = RESERVED_DOMAINS.iter().any(|reserved| {
        domain == *reserved
            || domain
                .strip_suffix(reserved)
                .is_some_and(|sub| sub.ends_with('.'))
    });
    if is_reserved {
        invalid(
            key,
            "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use",
        );
    }
    if key.is_empty() {
        errors.push(FieldError::required(path, ""));
    }
}

fn message(rule: &Value, expression: &str) -> String {
    let told = text(rule, "message");
    format!("validation expression '{expression}' failed: {told}")
}

/// Whether one of the entries has this text there too.
fn stands_in(entries: &[Value], key: &str, told: &str) -> bool {
    entries.iter().any(|entry| text(entry, key) == told)
}

struct Reader<'r> {
    cel: &'r dyn Compiler,
    errors: &'r mut Vec<FieldError>,
    /// The name of a user is made of `claims.email`.
    reads_email: bool,
    /// Something looks at `claims.email_verified`.
    proves_email: bool,
}

impl Reader<'_> {
    fn compile(
        &mut self,
        expression: &str,
        variable: &str,
        wanted: Wanted,
        path: FieldPath,
    ) -> Option<Arc<dyn Expression>> {
        match self.cel.compile(expression, &[variable], wanted) {
            Ok(compiled) => Some(compiled),
            Err(words) => {
                self.errors
                    .push(FieldError::invalid(path, expression, words));
                None
            }
        }
    }

    fn claim_rules(&mut self, rules: &[Value], path: &FieldPath) -> Vec<ClaimRule> {
        const BOTH: &str = "claim and expression can't both be set";
        let mut read = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let (path, before) = (path.index(at), &rules[..at]);
            let (claim, expression) = (text(rule, "claim"), text(rule, "expression"));
            let (value, told) = (text(rule, "requiredValue"), text(rule, "message"));
            // Only rules that are of the same sort are compared.
            let same = |key: &str, other: &str, what: &str| {
                before
                    .iter()
                    .any(|rule| text(rule, key) == what && text(rule, other).is_empty())
            };
            match (claim, expression) {
                ("", "") => {
                    let words = "claim or expression is required";
                    self.errors.push(FieldError::required(path, words));
                }
                (claim, "") => {
                    if !told.is_empty() {
                        let words = "may not be specified when claim is set";
                        let error = FieldError::invalid(path.child("message"), told, words);
                        self.errors.push(error);
                    }
                    if same("claim", "expression", claim) {
                        let error = FieldError::duplicate(path.child("claim"), claim);
                        self.errors.push(error);
                    }
                    read.push(ClaimRule::Required {
                        claim: claim.to_owned(),
                        value: value.to_owned(),
                    });
                }
                ("", expression) => {
                    if !value.is_empty() {
                        let words = "may not be specified when expression is set";
                        let error = FieldError::invalid(path.child("requiredValue"), value, words);
                        self.errors.push(error);
                    }
                    let path = path.child("expression");
                    if same("expression", "claim", expression) {
                        self.errors.push(FieldError::duplicate(path, expression));
                        continue;
                    }
                    if let Some(compiled) = self.compile(expression, "claims", Wanted::Bool, path) {
                        self.proves_email |= compiled.selects("claims", "email_verified");
                        read.push(ClaimRule::Expression(compiled, message(rule, expression)));
                    }
                }
                (claim, _) => self.errors.push(FieldError::invalid(path, claim, BOTH)),
            }
        }
        read
    }

    fn username(&mut self, value: &Value, path: &FieldPath) -> Mapping {
        let before = self.errors.len();
        let mapping = self.mapping(value, path, true);
        if let Mapping::Expression(compiled) = &mapping
            && self.errors.len() == before
        {
            self.reads_email = compiled.selects("claims", "email");
            self.proves_email |= compiled.selects("claims", "email_verified");
        }
        mapping
    }

    fn mapping(&mut self, value: &Value, path: &FieldPath, is_required: bool) -> Mapping {
        let prefix = value["prefix"].as_str();
        match (text(value, "claim"), text(value, "expression")) {
            ("", "") => {
                if is_required {
                    let words = "claim or expression is required";
                    self.errors.push(FieldError::required(path, words));
                }
                Mapping::Nothing
            }
            ("", expression) => {
                if let Some(prefix) = prefix {
                    let words = "may not be specified when expression is set";
                    let error = FieldError::invalid(path.child("prefix"), prefix, words);
                    self.errors.push(error);
                }
                self.compile(expression, "claims", Wanted::Any, path.child("expression"))
                    .map_or(Mapping::Nothing, Mapping::Expression)
            }
            (claim, "") => {
                if prefix.is_none() {
                    let words = "prefix is required when claim is set. It can be set to an empty string to disable prefixing";
                    let error = FieldError::required(path.child("prefix"), words);
                    self.errors.push(error);
                }
                Mapping::Claim {
                    claim: claim.to_owned(),
                    prefix: prefix.unwrap_or_default().to_owned(),
                }
            }
            _ => {
                let words = "claim and expression can't both be set";
                self.errors.push(FieldError::invalid(path, "", words));
                Mapping::Nothing
            }
        }
    }

    fn uid(&mut self, value: &Value, path: &FieldPath) -> Mapping {
        match (text(value, "claim"), text(value, "expression")) {
            // A claim stands for itself: a UID has no prefix.
            (claim, "") if !claim.is_empty() => Mapping::Claim {
                claim: claim.to_owned(),
                prefix: String::new(),
            },
            _ => self.mapping(value, path, false),
        }
    }

    fn extra(
        &mut self,
        entries: &[Value],
        path: &FieldPath,
    ) -> Vec<(String, Arc<dyn Expression>, String)> {
        let mut read = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let path = path.index(at);
            let key = text(entry, "key");
            check_extra_key(key, &path.child("key"), self.errors);
            if stands_in(&entries[..at], "key", key) {
                let error = FieldError::duplicate(path.child("key"), key);
                self.errors.push(error);
                continue;
            }
            let expression = text(entry, "valueExpression");
            let path = path.child("valueExpression");
            if expression.is_empty() {
                self.errors.push(FieldError::required(path, ""));
                continue;
            }
            if let Some(compiled) = self.compile(expression, "claims", Wanted::Any, path) {
                self.proves_email |= compiled.selects("claims", "email_verified");
                read.push((key.to_owned(), compiled, expression.to_owned()));
            }
        }
        read
    }

    /// Anybody may claim an address: one that makes a user has to be proved.
    fn check_email(&mut self, expression: &str, path: &FieldPath) {
        if self.reads_email && !self.proves_email {
            self.errors.push(FieldError::invalid(
                path.child("username").child("expression"),
                expression,
                "claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression",
            ));
        }
    }

    fn user_rules(
        &mut self,
        rules: &[Value],
        path: &FieldPath,
    ) -> Vec<(Arc<dyn Expression>, String)> {
        let mut read = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let path = path.index(at).child("expression");
            let expression = text(rule, "expression");
            if expression.is_empty() {
                self.errors.push(FieldError::required(path, ""));
            } else if stands_in(&rules[..at], "expression", expression) {
                self.errors.push(FieldError::duplicate(path, expression));
            } else if let Some(compiled) = self.compile(expression, "user", Wanted::Bool, path) {
                read.push((compiled, message(rule, expression)));
            }
        }
        read
    }
}
