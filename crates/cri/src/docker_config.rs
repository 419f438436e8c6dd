//! Registry credentials as they stand in `config.json` of Docker and Podman,
//! and in Secrets of type `kubernetes.io/dockerconfigjson` and `…/dockercfg`.
//!
//! Which entry is meant for which image follows the interpretation that the
//! Kubernetes documentation gives ("Images, Interpretation of config.json"):
//! a key is a host, perhaps with a scheme, a port, a path that the image's
//! path must begin with, and `*` and `?` within the labels of the host.

use base64::Engine as _;
use serde_json::Value;

use crate::RegistryAuth;

/// Names under which Docker Hub stands in such files.
const DOCKER_HUB: [&str; 3] = ["index.docker.io", "registry-1.docker.io", "docker.io"];

/// The entries of one file.
#[derive(Clone, Debug, Default)]
pub struct DockerConfig {
    /// Pattern and credentials, the most precise first.
    entries: Vec<(Pattern, RegistryAuth)>,
    /// Registry and the helper program that knows its credentials.
    helpers: Vec<(Pattern, String)>,
    /// The helper program for all other registries.
    store: Option<String>,
}

/// A key, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    host: String,
    port: String,
    path: String,
}

impl DockerConfig {
    /// Reads a file: with `auths`, or of the older form, whose keys are the registries.
    ///
    /// # Errors
    /// It is not a JSON object, or an entry cannot be read; the message names it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let root: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let root = root.as_object().ok_or("it is not a JSON object")?;
        let newer = ["auths", "credHelpers", "credsStore"];
        let auths = match root.get("auths") {
            Some(auths) => auths.as_object(),
            None if newer.iter().any(|key| root.contains_key(*key)) => None,
            None => Some(root),
        };
        let mut entries = Vec::new();
        for (key, entry) in auths.into_iter().flatten() {
            // An entry without anything says that a helper has it.
            if entry.as_object().is_some_and(|entry| !entry.is_empty()) {
                let auth = auth(entry).map_err(|why| format!("the entry of {key:?} {why}"))?;
                entries.push((Pattern::parse(key), auth));
            }
        }
        entries.sort_by(|a, b| b.0.precision().cmp(&a.0.precision()));
        let helpers = root.get("credHelpers").and_then(Value::as_object);
        let helpers = helpers.into_iter().flatten();
        Ok(Self {
            entries,
            helpers: helpers
                .filter_map(|(key, name)| Some((Pattern::parse(key), name.as_str()?.to_owned())))
                .collect(),
            store: root
                .get("credsStore")
                .and_then(Value::as_str)
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
        })
    }

    /// The credentials for an image (a name as a user writes it), the most
    /// precise entry first.
    #[must_use]
    pub fn lookup(&self, image: &str) -> Vec<RegistryAuth> {
        let image = Pattern::of_image(image);
        let meant = self.entries.iter().filter(|(key, _)| key.covers(&image));
        meant.map(|(_, auth)| auth.clone()).collect()
    }

    /// The helper program that knows the credentials for an image, and by
    /// which name it knows the registry: `docker-credential-NAME get`.
    #[must_use]
    pub fn helper(&self, image: &str) -> Option<(&str, String)> {
        let image = Pattern::of_image(image);
        let own = self.helpers.iter().find(|(key, _)| key.covers(&image));
        let name = own.map(|(_, name)| name).or(self.store.as_ref())?;
        let server = match image.host.as_str() {
            "docker.io" => "https://index.docker.io/v1/".to_owned(),
            host if image.port.is_empty() => host.to_owned(),
            host => format!("{host}:{}", image.port),
        };
        Some((name, server))
    }
}

impl Pattern {
    fn parse(key: &str) -> Self {
        let rest = key.split_once("://").map_or(key, |(_, rest)| rest);
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        // Docker writes versions of the protocol where others have a path.
        let path = match path.trim_end_matches('/') {
            "v1" | "v2" => "",
            path => path,
        };
        let host = match host {
            hub if DOCKER_HUB.contains(&hub) => "docker.io",
            host => host,
        };
        Self {
            host: host.to_owned(),
            port: port.to_owned(),
            path: path.to_owned(),
        }
    }

    fn of_image(image: &str) -> Self {
        match image.split_once('/') {
            Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => {
                Self::parse(image)
            }
            _ => Self::parse(&format!("docker.io/{image}")),
        }
    }

    /// Longer paths are more precise, then hosts without wildcards.
    fn precision(&self) -> (usize, bool, &str) {
        (self.path.len(), !self.host.contains(['*', '?']), &self.host)
    }

    fn covers(&self, image: &Self) -> bool {
        let (own, other) = (self.host.split('.'), image.host.split('.'));
        self.port == image.port
            && own.clone().count() == other.clone().count()
            && own
                .zip(other)
                .all(|(a, b)| glob(a.as_bytes(), b.as_bytes()))
            && image.path.starts_with(&self.path)
    }
}

/// `*` is any text, `?` any letter.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    // The latest star, and how much of the text it has taken.
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == b'?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == b'*')
}

fn auth(entry: &Value) -> Result<RegistryAuth, &'static str> {
    let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let mut auth = RegistryAuth {
        username: text("username"),
        password: text("password"),
        identity_token: text("identitytoken"),
        registry_token: text("registrytoken"),
    };
    if auth.username.is_empty()
        && let Some(joined) = entry["auth"].as_str().filter(|joined| !joined.is_empty())
    {
        let decoded = base64::engine::general_purpose::STANDARD
            .decode(joined.trim())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or("has an `auth` that is not base64 of text")?;
        let (username, password) = decoded
            .split_once(':')
            .ok_or("has an `auth` without a colon between user and password")?;
        auth.username = username.to_owned();
        auth.password = password.trim_end_matches('\0').to_owned();
    }
    Ok(auth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(keys: &[&str], image: &str) -> Vec<String> {
        let auths: serde_json::Map<String, Value> = keys
            .iter()
            .map(|key| ((*key).to_owned(), serde_json::json!({"username": key})))
            .collect();
        let file = serde_json::json!({"auths": auths}).to_string();
        let config = DockerConfig::parse(file.as_bytes()).unwrap();
        let found = config.lookup(image).into_iter();
        found.map(|auth| auth.username).collect()
    }

    #[test]
    fn keys_cover_the_images_that_the_documentation_says() {
        for (key, image, covers) in [
            ("r.example", "r.example/app:1", true),
            ("https://r.example/v1/", "r.example/app", true),
            ("r.example:5000", "r.example:5000/app", true),
            ("r.example", "r.example:5000/app", false),
            ("*.example", "r.example/app", true),
            ("*.example", "a.r.example/app", false),
            ("*.*.example", "a.r.example/app", true),
            ("pre*.example", "prefix.example/app", true),
            ("pre*x.example", "prefix-y.example/app", false),
            ("r?.example", "r1.example/app", true),
            ("r.example/team", "r.example/team/app", true),
            ("r.example/team", "r.example/other/app", false),
            ("https://index.docker.io/v1/", "nginx", true),
            ("docker.io", "library/nginx:1", true),
            ("localhost:5000", "localhost:5000/a", true),
            ("r.example", "nginx", false),
        ] {
            let found = users(&[key], image);
            assert_eq!(!found.is_empty(), covers, "{key} and {image}");
        }
    }

    #[test]
    fn the_most_precise_entry_comes_first() {
        let keys = ["*.example", "r.example", "r.example/team", "elsewhere"];
        let found = users(&keys, "r.example/team/app");
        assert_eq!(found, ["r.example/team", "r.example", "*.example"]);
    }

    #[test]
    fn both_forms_and_their_faults() {
        let old = br#"{"r.example": {"auth": "dXNlcjpwYXNzOndvcmQ="}}"#;
        let found = DockerConfig::parse(old).unwrap().lookup("r.example/a");
        let (user, password) = (&found[0].username, &found[0].password);
        assert_eq!((user.as_str(), password.as_str()), ("user", "pass:word"));
        for (file, why) in [
            ("[]", "it is not a JSON object"),
            (
                r#"{"auths": {"r": {"auth": "?"}}}"#,
                "the entry of \"r\" has an `auth` that is not base64 of text",
            ),
            (
                r#"{"auths": {"r": {"auth": "dXNlcg=="}}}"#,
                "the entry of \"r\" has an `auth` without a colon between user and password",
            ),
        ] {
            let said = DockerConfig::parse(file.as_bytes()).unwrap_err();
            assert_eq!(said, why);
        }
    }

    #[test]
    fn helpers_are_named_with_the_server_they_know() {
        let file = br#"{"auths": {"r.example": {}}, "credsStore": "secretservice",
            "credHelpers": {"*.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login"}}"#;
        let config = DockerConfig::parse(file).unwrap();
        assert!(config.lookup("r.example/a").is_empty());
        for (image, name, server) in [
            ("nginx", "secretservice", "https://index.docker.io/v1/"),
            ("r.example:5000/a", "secretservice", "r.example:5000"),
            (
                "12.dkr.ecr.eu-west-1.amazonaws.com/a",
                "ecr-login",
                "12.dkr.ecr.eu-west-1.amazonaws.com",
            ),
        ] {
            assert_eq!(config.helper(image), Some((name, server.to_owned())));
        }
        assert_eq!(DockerConfig::parse(b"{}").unwrap().helper("a"), None);
    }
}
