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
const OLD_KIND: &str = "EncryptionConfig";

/// Where all objects are.
const ROOT: &str = "/registry/";

const NO_PROVIDER_WORDS: &str = "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity";

/// The ways to encrypt, in the order in which upstream looks for them.
const PROVIDERS: &[&str] = &["kms", "aesgcm", "aescbc", "secretbox", "identity"];

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
    let (version, kind) = (value["apiVersion"].as_str(), value["kind"].as_str());
    let is_known = match (version, kind) {
        (Some(API_VERSION), Some(KIND)) => true,
        // What it was called before there was a group.
        (Some("v1"), Some(kind)) => kind == OLD_KIND,
        _ => false,
    };
    if !is_known {
        return Err(vec![no_such_kind(&value)]);
    }
    let mut complaints = decoded.complaints;
    unknown_members(&value, &mut complaints);
    if !complaints.is_empty() {
        // Nothing else is looked at then, as upstream.
        let words = format!("strict decoding error: {}", complaints.join(", "));
        return Err(vec![words]);
    }
    let mut faults = Faults::default();
    let mut services = Services {
        connect,
        names: Vec::new(),
    };
    let lists = items(&value["resources"]);
    if lists.is_empty() {
        faults.required("resources", "at least one resources is required");
    }
    let rules: Vec<Rule> = lists
        .iter()
        .enumerate()
        .map(|(i, list)| rule(list, &format!("resources[{i}]"), &mut services, &mut faults))
        .collect();
    if faults.0.is_empty() {
        faults.0.extend(masked(&rules));
    }
    if faults.0.is_empty() {
        Ok(rules)
    } else {
        Err(faults.0)
    }
}

fn no_such_kind(value: &Value) -> String {
    for (key, member) in [("Kind", "kind"), ("apiVersion", "apiVersion")] {
        if value[member].as_str().unwrap_or_default().is_empty() {
            return format!("Object '{key}' is missing in '{value}'");
        }
    }
    let quoted = |member: &str| skeg_schema::go::quote(value[member].as_str().unwrap_or_default());
    format!(
        "no kind {} is registered for version {}",
        quoted("kind"),
        quoted("apiVersion")
    )
}

/// What an earlier rule leaves nothing for.
fn masked(rules: &[Rule]) -> Option<String> {
    let shown = |(plural, group): (&str, &str)| match plural {
        "*" => format!("*.{group}"),
        _ if group.is_empty() => plural.to_owned(),
        _ => format!("{plural}.{group}"),
    };
    let mut earlier: Vec<(&str, &str)> = Vec::new();
    for text in rules.iter().flat_map(|rule| &rule.resources) {
        let one = group_resource(text);
        for by in [("*", one.1), ("*", "*")] {
            if earlier.contains(&by) {
                return Some(format!(
                    "error while building transformers: resource \"{}\" is masked by earlier rule \"{}\"",
                    shown(one),
                    shown(by)
                ));
            }
        }
        earlier.push(one);
    }
    None
}

/// The members that a file may have.
enum Members {
    /// Any: what stands here has no members.
    Leaf,
    /// These.
    Of(&'static [(&'static str, Members)]),
}

const KEYS: Members = Members::Of(&[(
    "keys",
    Members::Of(&[("name", Members::Leaf), ("secret", Members::Leaf)]),
)]);

const FILE: Members = Members::Of(&[
    ("apiVersion", Members::Leaf),
    ("kind", Members::Leaf),
    (
        "resources",
        Members::Of(&[
            ("resources", Members::Leaf),
            (
                "providers",
                Members::Of(&[
                    ("aesgcm", KEYS),
                    ("aescbc", KEYS),
                    ("secretbox", KEYS),
                    ("identity", Members::Of(&[])),
                    (
                        "kms",
                        Members::Of(&[
                            ("apiVersion", Members::Leaf),
                            ("name", Members::Leaf),
                            ("cachesize", Members::Leaf),
                            ("endpoint", Members::Leaf),
                            ("timeout", Members::Leaf),
                        ]),
                    ),
                ]),
            ),
        ]),
    ),
]);

/// Members that a file has and that there are none of, in upstream's words.
fn unknown_members(value: &Value, out: &mut Vec<String>) {
    fn look(value: &Value, path: &str, known: &Members, out: &mut Vec<String>) {
        let Members::Of(members) = known else {
            return;
        };
        if let Some(items) = value.as_array() {
            for (i, item) in items.iter().enumerate() {
                look(item, &format!("{path}[{i}]"), known, out);
            }
        }
        // YAML is read by way of JSON, whose members are sorted.
        let sorted = value.sorted();
        for (name, value) in sorted.as_object().into_iter().flatten() {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{name}");
            match members.iter().find(|(known, _)| *known == &**name) {
                Some((_, below)) => look(value, &path, below, out),
                None => out.push(format!("unknown field {}", skeg_schema::go::quote(&path))),
            }
        }
    }
    look(value, "", &FILE, out);
}

/// All faults in one text.
pub(super) fn all(faults: &[String]) -> String {
    match faults {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
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
    if list.as_object().is_none() {
        faults.add(path, "must be a mapping");
    }
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
        let of = |name: &str| provider.get(name).filter(|value| !value.is_null());
        let said = PROVIDERS.iter().filter(|name| of(name).is_some()).count();
        if said == 0 {
            faults.invalid(&path, no_provider(), NO_PROVIDER_WORDS);
        } else if said > 1 {
            // What it says may be secret.
            let words = "more than one provider specified in a single element, should split into different list elements";
            faults.invalid(&path, "REDACTED", words);
        }
        // Of several the first counts, in this order.
        for name in PROVIDERS {
            let Some(value) = of(name) else {
                continue;
            };
            let path = format!("{path}.{name}");
            match *name {
                "kms" => providers.extend(kms(value, &path, services, faults).map(Provider::Kms)),
                "aesgcm" => providers.push(Provider::AesGcm(keys(value, AES, &path, faults))),
                "aescbc" => providers.push(Provider::AesCbc(keys(value, AES, &path, faults))),
                "secretbox" => {
                    providers.push(Provider::Secretbox(keys(value, SECRETBOX, &path, faults)));
                }
                _ => providers.push(Provider::Identity),
            }
            break;
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
            "KMSv1 is deprecated and not supported. Use KMSv2 instead: apiVersion v2",
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
    let given = items(&value["keys"]);
    let path = format!("{path}.keys");
    if given.is_empty() {
        faults.required(&path, "at least one keys is required");
    }
    let mut keys = Vec::new();
    for (i, key) in given.iter().enumerate() {
        let path = format!("{path}[{i}]");
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
        check(
            "v1\nkind",
            "v9\nkind",
            r#"no kind "EncryptionConfiguration" is registered for version "apiserver.config.k8s.io/v9""#,
        );
        check(
            "aescbc",
            "rot13",
            r#"unknown field "resources[0].providers[0].rot13""#,
        );
        let kms = |fields: &str, expect: &str| {
            check("- identity: {}", &format!("- kms: {{{fields}}}"), expect);
        };
        let socket = "endpoint: 'unix:///run/kms.sock'";
        kms(
            &format!("name: x, {socket}"),
            "kms.apiVersion: KMSv1 is deprecated",
        );
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
        check(
            "identity: {}",
            "identity: {foo: 1}",
            r#"strict decoding error: unknown field "resources[0].providers[1].identity.foo""#,
        );
        check(
            "identity: {}",
            "{identity: {}, aesgcm: {keys: []}}",
            "providers[1].aesgcm.keys: Required value: at least one keys is required",
        );
        check(
            "[secrets, pandas.bears.example]",
            "['*.*']",
            r#"error while building transformers: resource "*.apps" is masked by earlier rule "*.*""#,
        );
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
        let masked = r#"error while building transformers: resource "*.apps" is masked by earlier rule "*.apps""#;
        check("[secrets, '*.apps']", &[masked]);
        check("[secrets, '']", &[]);
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
