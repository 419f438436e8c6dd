//! The file that says which values are encrypted in the store: kind
//! EncryptionConfiguration of `apiserver.config.k8s.io/v1`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_schema::Value;
use skeg_store::Store;
use skeg_store::encryption::{Encrypted, NamedKey, Provider, ResourceOf, Rule};

use crate::failure::{Failure, OrFail};

const API_VERSION: &str = "apiserver.config.k8s.io/v1";
const KIND: &str = "EncryptionConfiguration";

/// Where all objects are.
const ROOT: &str = "/registry/";

/// `store` with the encryption that `file` describes.
///
/// # Errors
/// The file cannot be read, or says what cannot be done.
pub fn wrap(store: Arc<dyn Store>, file: &Path) -> Result<Arc<dyn Store>> {
    let what = || format!("cannot use the encryption configuration {}", file.display());
    let text = std::fs::read(file).or_fail(what(), "check --encryption-provider-config")?;
    let rules = parse(&text).map_err(|faults| {
        anyhow::anyhow!(faults.join("; ")).context(Failure::new(
            what(),
            "see \"Encrypting Confidential Data at Rest\" in the Kubernetes documentation",
        ))
    })?;
    let encrypted = Encrypted::new(store, &rules, resource_of())
        .or_fail(what(), "give keys of 32 bytes, in base64")?;
    Ok(Arc::new(encrypted))
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

/// The file's rules; every fault at once.
fn parse(text: &[u8]) -> Result<Vec<Rule>, Vec<String>> {
    let value = skeg_schema::decode_yaml_any(text).map_err(|error| vec![error.to_string()])?;
    let mut faults = Faults::default();
    for (name, expect) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        if value[name].as_str() != Some(expect) {
            faults.add(name, format!("must be {expect}"));
        }
    }
    faults.unknown(&value, "", &["apiVersion", "kind", "resources"]);
    let lists = items(&value["resources"]);
    if lists.is_empty() {
        faults.add("resources", "must name at least one resource");
    }
    let rules = lists
        .iter()
        .enumerate()
        .map(|(i, list)| rule(list, &format!("resources[{i}]"), &mut faults))
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

    fn unknown(&mut self, value: &Value, path: &str, known: &[&str]) {
        let Some(fields) = value.as_object() else {
            self.add(path, "must be a mapping");
            return;
        };
        for name in fields.keys() {
            if !known.contains(&&**name) {
                self.add(&format!("{path}.{name}"), "no such field");
            }
        }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn rule(list: &Value, path: &str, faults: &mut Faults) -> Rule {
    faults.unknown(list, path, &["resources", "providers"]);
    let resources: Vec<String> = items(&list["resources"])
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if resources.is_empty() {
        faults.add(path, "resources is empty");
    }
    for resource in &resources {
        if resource.is_empty() || resource == "*" || resource.chars().any(char::is_uppercase) {
            let wanted = "a plural with its group, *.GROUP, *. or *.*";
            faults.add(path, format!("{resource:?} is not {wanted}"));
        }
    }
    let given = items(&list["providers"]);
    if given.is_empty() {
        faults.add(path, "providers is empty");
    }
    let mut providers = Vec::new();
    for (i, provider) in given.iter().enumerate() {
        let path = format!("{path}.providers[{i}]");
        let Some(fields) = provider.as_object().filter(|fields| fields.len() == 1) else {
            faults.add(&path, "must be exactly one provider");
            continue;
        };
        for (name, value) in fields.iter() {
            let path = format!("{path}.{name}");
            match &**name {
                "identity" => providers.push(Provider::Identity),
                "aescbc" => providers.push(Provider::AesCbc(keys(value, &path, faults))),
                "aesgcm" => providers.push(Provider::AesGcm(keys(value, &path, faults))),
                "secretbox" => providers.push(Provider::Secretbox(keys(value, &path, faults))),
                "kms" => faults.add(&path, "key management services are not supported"),
                _ => faults.add(&path, "no such provider"),
            }
        }
    }
    Rule {
        resources,
        providers,
    }
}

fn keys(value: &Value, path: &str, faults: &mut Faults) -> Vec<NamedKey> {
    faults.unknown(value, path, &["keys"]);
    let given = items(&value["keys"]);
    if given.is_empty() {
        faults.add(path, "keys is empty");
    }
    let mut keys = Vec::new();
    for (i, key) in given.iter().enumerate() {
        let path = format!("{path}.keys[{i}]");
        faults.unknown(key, &path, &["name", "secret"]);
        let name = key["name"].as_str().unwrap_or_default();
        if name.is_empty() || name.contains(':') {
            faults.add(&path, "name must be there, and without colons");
        }
        // The secret itself is never told.
        match key["secret"].as_str().map(|text| STANDARD.decode(text)) {
            Some(Ok(secret)) if !secret.is_empty() => keys.push(NamedKey {
                name: name.to_owned(),
                secret,
            }),
            _ => faults.add(&path, "secret must be a key in base64"),
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "resources[0].providers[0].rot13: no such provider",
        );
        check("- identity: {}", "- kms: {name: x}", "providers[1].kms");
        check("c2VjcmV0IGlz", "!c2VjcmV0IGlz", "keys[0]: secret must be");
        check("key1", "a:b", "without colons");
        check("secret:", "secrets:", "keys[0].secrets: no such field");
        check(
            "[secrets, pandas.bears.example]",
            "[]",
            "resources is empty",
        );
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
