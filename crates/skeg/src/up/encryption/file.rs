//! The file that says which values are encrypted in the store: kind
//! EncryptionConfiguration of `apiserver.config.k8s.io/v1`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_meta::FieldError;
use skeg_schema::{DecodeOptions, Value};
use skeg_store::encryption::{Kms, NamedKey, Provider, ResourceOf, Rule};

const API_VERSION: &str = "apiserver.config.k8s.io/v1";
const KIND: &str = "EncryptionConfiguration";

/// Where all objects are.
const ROOT: &str = "/registry/";

const NO_PROVIDER_WORDS: &str = "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity";

/// Lengths of keys.
const AES: &[usize] = &[16, 24, 32];
const SECRETBOX: &[usize] = &[32];

/// How long a key service may take to answer, unless the file says otherwise.
const TIMEOUT: Duration = Duration::from_secs(3);

/// A key service, as the file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KmsSettings {
    /// Stored in front of each value.
    pub(super) name: String,
    /// Where it listens: `unix:///path`.
    pub(super) endpoint: String,
    /// How long a call may take.
    pub(super) timeout: Duration,
}

/// Tells the resource of a key. Built-in kinds have prefixes of their own; those
/// of custom resources are named by group and plural.
pub fn resource_of() -> ResourceOf {
    let mut prefixes: HashMap<&'static str, (String, String)> = HashMap::new();
    for resource in skeg_registry::resource::table() {
        let of = (
            resource.desc.group.to_owned(),
            resource.desc.resource.to_owned(),
        );
        let known = prefixes
            .entry(resource.storage_prefix)
            .or_insert_with(|| of.clone());
        // Events are in two groups; they are stored as those of the core one.
        if of.0.is_empty() {
            *known = of;
        }
    }
    Arc::new(move |key: &[u8]| {
        let text = std::str::from_utf8(key).ok()?;
        let rest = text.strip_prefix(ROOT)?;
        let ends = rest.match_indices('/').map(|(at, _)| ROOT.len() + at);
        for end in ends.clone().take(2) {
            if let Some(found) = prefixes.get(&text[..end]) {
                return Some(found.clone());
            }
        }
        let mut parts = rest.split('/');
        let (group, plural) = (parts.next()?, parts.next()?);
        group
            .contains('.')
            .then(|| (group.to_owned(), plural.to_owned()))
    })
}

/// The file's rules; every fault at once. `connect` makes the key services.
pub(super) fn parse(
    text: &[u8],
    connect: &dyn Fn(&KmsSettings) -> Result<Arc<Kms>, String>,
) -> Result<Vec<Rule>, Vec<String>> {
    let decoded = skeg_schema::decode_yaml(text, None, &DecodeOptions::strict())
        .map_err(|error| vec![error.to_string()])?;
    let value = decoded.value;
    let mut faults = Faults(decoded.complaints);
    let mut services = Services {
        connect,
        names: Vec::new(),
    };
    for (name, expect) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        if value[name].as_str() != Some(expect) {
            faults.add(name, format!("must be {expect}"));
        }
    }
    faults.unknown(&value, "", &["apiVersion", "kind", "resources"]);
    let lists = items(&value["resources"]);
    if lists.is_empty() {
        faults.required("resources", "at least one resources is required");
    }
    let rules = lists
        .iter()
        .enumerate()
        .map(|(i, list)| rule(list, &format!("resources[{i}]"), &mut services, &mut faults))
        .collect();
    if faults.0.is_empty() {
        Ok(rules)
    } else {
        Err(faults.0)
    }
}

#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, path: &str, what: impl AsRef<str>) {
        self.0.push(format!("{path}: {}", what.as_ref()));
    }

    fn invalid(&mut self, path: &str, value: impl Into<Value>, words: &str) {
        self.0
            .push(FieldError::invalid(path, value, words).to_string());
    }

    fn required(&mut self, path: &str, words: impl Into<String>) {
        self.0.push(FieldError::required(path, words).to_string());
    }

    fn unknown(&mut self, value: &Value, path: &str, known: &[&str]) {
        let Some(fields) = value.as_object() else {
            self.add(path, "must be a mapping");
            return;
        };
        for name in fields.keys() {
            if !known.contains(&&**name) {
                let dot = if path.is_empty() { "" } else { "." };
                let field = skeg_schema::go::quote(&format!("{path}{dot}{name}"));
                self.0.push(format!("unknown field {field}"));
            }
        }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The key services of a file.
struct Services<'a> {
    connect: &'a dyn Fn(&KmsSettings) -> Result<Arc<Kms>, String>,
    names: Vec<String>,
}

fn rule(list: &Value, path: &str, services: &mut Services<'_>, faults: &mut Faults) -> Rule {
    faults.unknown(list, path, &["resources", "providers"]);
    let resources: Vec<String> = items(&list["resources"])
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let at = format!("{path}.resources");
    if resources.is_empty() {
        faults.required(&at, format!("at least one {at} is required"));
    }
    resource_faults(&resources, &at, faults);
    let given = items(&list["providers"]);
    if given.is_empty() {
        let at = format!("{path}.providers");
        faults.required(&at, format!("at least one {at} is required"));
    }
    let mut providers = Vec::new();
    for (i, provider) in given.iter().enumerate() {
        let path = format!("{path}.providers[{i}]");
        let Some(fields) = provider.as_object() else {
            faults.add(&path, "must be a mapping");
            continue;
        };
        if fields.is_empty() {
            faults.invalid(&path, no_provider(), NO_PROVIDER_WORDS);
        } else if fields.len() > 1 {
            // What it says may be secret.
            let words = "more than one provider specified in a single element, should split into different list elements";
            faults.invalid(&path, "REDACTED", words);
            continue;
        }
        for (name, value) in fields.iter() {
            let path = format!("{path}.{name}");
            match &**name {
                "identity" => providers.push(Provider::Identity),
                "aescbc" => providers.push(Provider::AesCbc(keys(value, AES, &path, faults))),
                "aesgcm" => providers.push(Provider::AesGcm(keys(value, AES, &path, faults))),
                "secretbox" => {
                    providers.push(Provider::Secretbox(keys(value, SECRETBOX, &path, faults)));
                }
                "kms" => providers.extend(kms(value, &path, services, faults).map(Provider::Kms)),
                _ => {
                    let field = skeg_schema::go::quote(&path);
                    faults.0.push(format!("unknown field {field}"));
                }
            }
        }
    }
    Rule {
        resources,
        providers,
    }
}

/// How upstream shows a provider of which nothing is said.
fn no_provider() -> Value {
    skeg_schema::json!({
        "AESGCM": null, "AESCBC": null, "Secretbox": null, "Identity": null, "KMS": null,
    })
}

/// `deployments.apps` as plural and group.
fn group_resource(text: &str) -> (&str, &str) {
    text.split_once('.').unwrap_or((text, ""))
}

/// What upstream says of lists in which a rule would never be used, or would
/// not do what it says.
fn resource_faults(resources: &[String], path: &str, faults: &mut Faults) {
    let parsed: Vec<_> = resources.iter().map(|text| group_resource(text)).collect();
    let (mut twice, mut overlap) = (false, false);
    for (i, one) in parsed.iter().enumerate() {
        for (_, other) in parsed.iter().enumerate().filter(|(j, _)| *j != i) {
            if one == other && !twice {
                twice = true;
                continue;
            }
            let is_star = one.0 == "*" || other.0 == "*";
            overlap |= *one == ("*", "*") || (one.1 == other.1 && is_star);
        }
    }
    let all = || Value::Array(resources.iter().map(|text| text.as_str().into()).collect());
    if twice {
        let words = "the same resource cannot be specified multiple times";
        faults.invalid(path, all(), words);
    }
    if overlap {
        let words = "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked";
        faults.invalid(path, all(), words);
    }
    for (i, text) in resources.iter().enumerate() {
        let words = match (text.as_str(), group_resource(text)) {
            ("", _) => "resource name must not be empty",
            _ if text.to_lowercase() != *text => "resource name should not contain capital letters",
            ("*", _) => {
                "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources"
            }
            ("apiserveripinfo" | "serviceipallocations" | "servicenodeportallocations", _) => {
                "resources which do not have REST API/s cannot be encrypted"
            }
            (_, (_, "events.k8s.io")) => {
                "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file"
            }
            (_, (_, "extensions")) => {
                "'extensions' group has been removed and cannot be used for encryption"
            }
            (_, (plural, "*")) if plural != "*" => {
                "encrypting the same resource across groups is not supported"
            }
            _ => continue,
        };
        faults.invalid(&format!("{path}[{i}]"), text.as_str(), words);
    }
}

fn kms(
    value: &Value,
    path: &str,
    services: &mut Services<'_>,
    faults: &mut Faults,
) -> Option<Arc<Kms>> {
    let before = faults.0.len();
    let known = ["apiVersion", "name", "endpoint", "timeout", "cachesize"];
    faults.unknown(value, path, &known);
    let field = |name: &str| format!("{path}.{name}");
    let name = value["name"].as_str().unwrap_or_default();
    if name.is_empty() {
        faults.required(&field("name"), "name is a mandatory field for a provider");
    }
    if name.contains(':') {
        let words = format!("invalid KMS provider name {name}, must not contain ':'");
        faults.invalid(&field("name"), name, &words);
    }
    if services.names.iter().any(|known| known == name) {
        let words = format!("duplicate KMS provider name {name}, names must be unique");
        faults.invalid(&field("name"), name, &words);
    }
    services.names.push(name.to_owned());
    let timeout = match value["timeout"].as_str() {
        None if value["timeout"].is_null() => Some(TIMEOUT),
        text => text
            .and_then(|text| text.parse::<skeg_meta::Duration>().ok())
            .map(|given| given.0)
            .filter(|given| !given.is_zero()),
    };
    if timeout.is_none() {
        let words = "timeout should be a positive value";
        faults.invalid(&field("timeout"), value["timeout"].clone(), words);
    }
    let endpoint = value["endpoint"].as_str().unwrap_or_default();
    let scheme = endpoint.split_once(':').map_or("", |(scheme, _)| scheme);
    if endpoint.is_empty() {
        let words = "endpoint is a mandatory field for a kms";
        faults.invalid(&field("endpoint"), "", words);
    } else if scheme != "unix" {
        let scheme = skeg_schema::go::quote(scheme);
        let words = format!("unsupported scheme {scheme} for KMS provider, only unix is supported");
        faults.invalid(&field("endpoint"), endpoint, &words);
    }
    if !value["cachesize"].is_null() {
        let words = "cachesize is not supported in v2";
        faults.invalid(&field("cachesize"), value["cachesize"].clone(), words);
    }
    match value["apiVersion"].as_str().unwrap_or_default() {
        "v2" => {}
        "" | "v1" => faults.add(
            &field("apiVersion"),
            "version 1 of key management services is deprecated and not supported; use v2",
        ),
        other => {
            // Upstream names the field in place of what it says.
            let words =
                "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported";
            faults.invalid(&field("apiVersion"), other, words);
        }
    }
    if faults.0.len() > before {
        return None;
    }
    let settings = KmsSettings {
        name: name.to_owned(),
        endpoint: endpoint.to_owned(),
        timeout: timeout?,
    };
    match (services.connect)(&settings) {
        Ok(kms) => Some(kms),
        Err(why) => {
            faults.add(&format!("{path}.endpoint"), why);
            None
        }
    }
}

fn keys(value: &Value, lens: &[usize], path: &str, faults: &mut Faults) -> Vec<NamedKey> {
    faults.unknown(value, path, &["keys"]);
    let given = items(&value["keys"]);
    let path = format!("{path}.keys");
    if given.is_empty() {
        faults.required(&path, "at least one keys is required");
    }
    let mut keys = Vec::new();
    for (i, key) in given.iter().enumerate() {
        let path = format!("{path}[{i}]");
        faults.unknown(key, &path, &["name", "secret"]);
        let name = key["name"].as_str().unwrap_or_default();
        if name.is_empty() {
            let words = "name is a mandatory field for a key";
            faults.required(&format!("{path}.name"), words);
        }
        let path = format!("{path}.secret");
        let text = key["secret"].as_str().unwrap_or_default();
        if text.is_empty() {
            faults.required(&path, "secret is a mandatory field for a key");
            continue;
        }
        // The secret itself is never told.
        let secret = match STANDARD.decode(text) {
            Ok(secret) if lens.contains(&secret.len()) => secret,
            Ok(secret) => {
                let lens: Vec<String> = lens.iter().map(usize::to_string).collect();
                let words = format!(
                    "secret is not of the expected length, got {}, expected one of [{}]",
                    secret.len(),
                    lens.join(" ")
                );
                faults.invalid(&path, "REDACTED", &words);
                continue;
            }
            Err(_) => {
                faults.invalid(&path, "REDACTED", "secrets must be base64 encoded");
                continue;
            }
        };
        keys.push(NamedKey {
            name: name.to_owned(),
            secret,
        });
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[u8]) -> Result<Vec<Rule>, Vec<String>> {
        super::parse(text, &|settings| {
            super::super::kms::connect(settings, Arc::default())
        })
    }

    const GOOD: &str = "apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets, pandas.bears.example]
  providers:
  - aescbc:
      keys:
      - {name: key1, secret: c2VjcmV0IGlzIHNlY3VyZQ==}
  - identity: {}
- resources: ['*.apps']
  providers:
  - secretbox:
      keys:
      - {name: s, secret: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=}
";

    #[test]
    fn a_configuration_is_read() {
        let rules = parse(GOOD.as_bytes()).unwrap();
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[0].resources, ["secrets", "pandas.bears.example"]);
        let key = NamedKey {
            name: "key1".to_owned(),
            secret: b"secret is secure".to_vec(),
        };
        assert_eq!(
            rules[0].providers,
            [Provider::AesCbc(vec![key]), Provider::Identity]
        );
    }

    #[test]
    fn faults_are_told_and_secrets_are_not() {
        let check = |from: &str, to: &str, expect: &str| {
            let faults = parse(GOOD.replace(from, to).as_bytes()).unwrap_err();
            let told = faults.join("; ");
            assert!(told.contains(expect), "{told}");
            assert!(!told.contains("c2Vj"), "{told}");
        };
        check("v1\nkind", "v9\nkind", "apiVersion");
        check(
            "aescbc",
            "rot13",
            r#"unknown field "resources[0].providers[0].rot13""#,
        );
        let kms = |fields: &str, expect: &str| {
            check("- identity: {}", &format!("- kms: {{{fields}}}"), expect);
        };
        let socket = "endpoint: 'unix:///run/kms.sock'";
        kms(&format!("name: x, {socket}"), "kms.apiVersion: version 1");
        let v2 = format!("apiVersion: v2, {socket}");
        kms(
            &v2,
            "kms.name: Required value: name is a mandatory field for a provider",
        );
        kms(
            &format!("{v2}, name: 'a:b'"),
            r#"kms.name: Invalid value: "a:b": invalid KMS provider name a:b, must not contain ':'"#,
        );
        kms(
            &format!("{v2}, name: a, cachesize: 5"),
            "kms.cachesize: Invalid value: 5: cachesize is not supported in v2",
        );
        kms(
            &format!("{v2}, name: a, timeout: 0s"),
            r#"kms.timeout: Invalid value: "0s": timeout should be a positive value"#,
        );
        kms(
            "apiVersion: v2, name: a, endpoint: 'tcp://x'",
            r#"kms.endpoint: Invalid value: "tcp://x": unsupported scheme "tcp" for KMS provider, only unix is supported"#,
        );
        let twice = format!("{v2}, name: a}}\n  - kms: {{{v2}, name: a");
        kms(
            &twice,
            r#"providers[2].kms.name: Invalid value: "a": duplicate KMS provider name a, names must be unique"#,
        );
        let secret = r#"aescbc.keys[0].secret: Invalid value: "REDACTED": "#;
        check(
            "c2VjcmV0IGlz",
            "-c2VjcmV0IGlz",
            &format!("{secret}secrets must be base64 encoded"),
        );
        check(
            "c2VjcmV0IGlzIHNlY3VyZQ==",
            "c2VjcmV0",
            &format!(
                "{secret}secret is not of the expected length, got 6, expected one of [16 24 32]"
            ),
        );
        check(
            "secret:",
            "secrets:",
            r#"unknown field "resources[0].providers[0].aescbc.keys[0].secrets""#,
        );
        check(
            "[secrets, pandas.bears.example]",
            "[]",
            "resources[0].resources: Required value: at least one resources[0].resources is required",
        );
        check("identity: {}", "{}", NO_PROVIDER_WORDS);
    }

    #[test]
    fn resources_that_cannot_be_meant_are_told() {
        let check = |list: &str, expect: &[&str]| {
            let text = GOOD.replace("[secrets, pandas.bears.example]", list);
            let faults = parse(text.as_bytes()).err().unwrap_or_default();
            assert_eq!(faults, expect, "{list}");
        };
        let twice = "the same resource cannot be specified multiple times";
        let overlap = "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked";
        let whole = |shown: &str, words: &str| {
            format!("resources[0].resources: Invalid value: {shown}: {words}")
        };
        check("[secrets, '*.apps']", &[]);
        check(
            "[secrets, secrets]",
            &[&whole(r#"["secrets","secrets"]"#, twice)],
        );
        check("[secrets, '*.']", &[&whole(r#"["secrets","*."]"#, overlap)]);
        check("['*.*', pods]", &[&whole(r#"["*.*","pods"]"#, overlap)]);
        check(
            "['*.*', '*.*']",
            &[
                &whole(r#"["*.*","*.*"]"#, twice),
                &whole(r#"["*.*","*.*"]"#, overlap),
            ],
        );
        for (name, words) in [
            (
                "Secrets",
                "resource name should not contain capital letters",
            ),
            (
                "*",
                "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources",
            ),
            (
                "serviceipallocations",
                "resources which do not have REST API/s cannot be encrypted",
            ),
            (
                "*.events.k8s.io",
                "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file",
            ),
            (
                "jobs.extensions",
                "'extensions' group has been removed and cannot be used for encryption",
            ),
            (
                "pods.*",
                "encrypting the same resource across groups is not supported",
            ),
        ] {
            let expect = format!("resources[0].resources[0]: Invalid value: {name:?}: {words}");
            check(&format!("['{name}']"), &[&expect]);
        }
        let text = GOOD.replace("kind: Enc", "kind: X\nkind: Enc");
        let faults = parse(text.as_bytes()).unwrap_err();
        assert!(faults[0].contains("already set in map"), "{faults:?}");
    }

    #[test]
    fn keys_belong_to_resources() {
        let of = resource_of();
        let check = |key: &str, expect: Option<(&str, &str)>| {
            let got = of(key.as_bytes());
            let got = got.as_ref().map(|(group, name)| (&**group, &**name));
            assert_eq!(got, expect, "{key}");
        };
        check("/registry/secrets/default/a", Some(("", "secrets")));
        check("/registry/services/specs/ns/a", Some(("", "services")));
        check("/registry/services/endpoints/ns/a", Some(("", "endpoints")));
        check("/registry/minions/n", Some(("", "nodes")));
        check("/registry/events/ns/e", Some(("", "events")));
        check("/registry/deployments/ns/d", Some(("apps", "deployments")));
        check(
            "/registry/bears.example/pandas/ns/p",
            Some(("bears.example", "pandas")),
        );
        check("/registry/health", None);
        check("compact_rev_key", None);
    }
}
