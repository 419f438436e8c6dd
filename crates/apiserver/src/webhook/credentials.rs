//! Who the server says it is towards webhooks: the users of a kubeconfig, by the
//! host that is called.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_registry::tree::{at, list, s};
use skeg_schema::Value;

use super::dial::Identity;

/// Bytes of a file.
const FILE_LEN_MAX: u64 = 1 << 20;
/// The port that hosts may be named without.
const HTTPS: &str = ":443";

/// What stands in `Authorization`.
enum Secret {
    None,
    Token(String),
    TokenFile(PathBuf),
    Basic(String),
}

struct User {
    identity: Option<Identity>,
    secret: Secret,
}

/// A user of the kubeconfig. Cheap to clone; equal only to its clones.
#[derive(Clone)]
pub struct WebhookUser(Arc<User>);

impl WebhookUser {
    /// The certificate that is shown.
    pub fn identity(&self) -> Option<&Identity> {
        self.0.identity.as_ref()
    }

    /// The header `Authorization`. A file of a token is read every time.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn authorization(&self) -> Result<Option<String>, String> {
        match &self.0.secret {
            Secret::None => Ok(None),
            Secret::Token(token) => Ok(Some(format!("Bearer {token}"))),
            Secret::Basic(encoded) => Ok(Some(format!("Basic {encoded}"))),
            Secret::TokenFile(path) => match tokio::fs::read_to_string(path).await {
                Ok(token) => Ok(Some(format!("Bearer {}", token.trim()))),
                Err(error) => Err(format!("open {}: {error}", path.display())),
            },
        }
    }
}

impl PartialEq for WebhookUser {
    fn eq(&self, other: &WebhookUser) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for WebhookUser {}

impl Hash for WebhookUser {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl fmt::Debug for WebhookUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUser")
    }
}

/// The users of a kubeconfig.
#[derive(Debug, Default)]
pub struct WebhookCredentials {
    users: HashMap<String, WebhookUser>,
    /// The user of the current context.
    current: Option<String>,
}

impl WebhookCredentials {
    /// Reads a kubeconfig whose users are named by hosts.
    ///
    /// # Errors
    /// It cannot be read, or a user of it is of no use.
    pub fn read(path: &Path) -> Result<Self, String> {
        let wrong = |why: String| format!("{}: {why}", path.display());
        let bytes = bounded(path).map_err(&wrong)?;
        let tree = skeg_schema::decode_yaml_any(&bytes).map_err(|e| wrong(e.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        Self::parse(&tree, folder).map_err(wrong)
    }

    fn parse(tree: &Value, folder: &Path) -> Result<Self, String> {
        let mut users = HashMap::new();
        for entry in list(tree, "users") {
            let name = s(entry, "name");
            let user =
                user(at(entry, "user"), folder).map_err(|why| format!("user {name:?}: {why}"))?;
            users.insert(name.to_owned(), WebhookUser(Arc::new(user)));
        }
        let context = s(tree, "current-context");
        let current = list(tree, "contexts")
            .iter()
            .find(|entry| s(entry, "name") == context)
            .map(|entry| s(at(entry, "context"), "user").to_owned())
            .filter(|_| !context.is_empty());
        Ok(Self { users, current })
    }

    /// The user for `host:port`: the one of its name, of a pattern such as
    /// `*.example.com`, without the port if it is HTTPS' own, `*`, or the one of
    /// the current context.
    pub fn of(&self, target: &str) -> Option<WebhookUser> {
        let bare = target.strip_suffix(HTTPS);
        let found = [Some(target), bare]
            .into_iter()
            .flatten()
            .find_map(|name| self.by_name(name));
        let current = || self.users.get(self.current.as_deref()?);
        found
            .or_else(|| self.users.get("*"))
            .or_else(current)
            .cloned()
    }

    fn by_name(&self, name: &str) -> Option<&WebhookUser> {
        let dots = name
            .match_indices('.')
            .map(|(at, _)| format!("*{}", &name[at..]));
        self.users.get(name).or_else(|| {
            dots.into_iter()
                .find_map(|pattern| self.users.get(&pattern))
        })
    }
}

fn bounded(path: &Path) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(path).map_or(0, |about| about.len());
    if size > FILE_LEN_MAX {
        return Err(format!("larger than {FILE_LEN_MAX} bytes"));
    }
    std::fs::read(path).map_err(|error| error.to_string())
}

fn user(tree: &Value, folder: &Path) -> Result<User, String> {
    for refused in ["exec", "auth-provider"] {
        if !at(tree, refused).is_null() {
            return Err(format!("{refused} is not supported towards webhooks"));
        }
    }
    let pem = |name: &str| -> Result<Option<Vec<u8>>, String> {
        let data = s(tree, &format!("{name}-data"));
        if !data.is_empty() {
            let decoded = STANDARD.decode(data);
            return decoded
                .map(Some)
                .map_err(|_| format!("{name}-data is not base64"));
        }
        match s(tree, name) {
            "" => Ok(None),
            file => bounded(&folder.join(file))
                .map(Some)
                .map_err(|why| format!("{name}: {why}")),
        }
    };
    let identity = match (pem("client-certificate")?, pem("client-key")?) {
        (Some(certificate), Some(key)) => {
            let identity = Identity::from_pem(&certificate, &key);
            Some(identity.map_err(|error| error.to_string())?)
        }
        (None, None) => None,
        _ => return Err("client certificate and key belong together".to_owned()),
    };
    let secret = if !s(tree, "token").is_empty() {
        Secret::Token(s(tree, "token").to_owned())
    } else if !s(tree, "tokenFile").is_empty() {
        Secret::TokenFile(folder.join(s(tree, "tokenFile")))
    } else if !s(tree, "username").is_empty() {
        let pair = format!("{}:{}", s(tree, "username"), s(tree, "password"));
        Secret::Basic(STANDARD.encode(pair))
    } else {
        Secret::None
    };
    Ok(User { identity, secret })
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn credentials(names: &[&str], current: &str) -> WebhookCredentials {
        let users: Vec<Value> = names
            .iter()
            .map(|name| json!({"name": *name, "user": {"token": *name}}))
            .collect();
        let tree = json!({
            "users": users,
            "contexts": [{"name": "c", "context": {"user": current}}],
            "current-context": "c",
        });
        WebhookCredentials::parse(&tree, Path::new("/")).unwrap()
    }

    async fn check(names: &[&str], target: &str, expect: Option<&str>) {
        let user = credentials(names, "current").of(target);
        let told = match user {
            Some(user) => user.authorization().await.unwrap(),
            None => None,
        };
        let expect = expect.map(|name| format!("Bearer {name}"));
        assert_eq!(told, expect, "{names:?}, {target}");
    }

    #[tokio::test]
    async fn users_by_host() {
        check(
            &["a.example:8443"],
            "a.example:8443",
            Some("a.example:8443"),
        )
        .await;
        check(&["a.example"], "a.example:8443", None).await;
        check(&["a.example"], "a.example:443", Some("a.example")).await;
        check(
            &["*.example:8443"],
            "a.example:8443",
            Some("*.example:8443"),
        )
        .await;
        check(&["*.ns.svc"], "hook.ns.svc:443", Some("*.ns.svc")).await;
        check(&["*.svc", "*.ns.svc"], "hook.ns.svc:443", Some("*.ns.svc")).await;
        check(&["*", "b.svc"], "a.svc:443", Some("*")).await;
        check(&["current"], "a.svc:443", Some("current")).await;
        check(&[], "a.svc:443", None).await;
    }

    #[test]
    fn users_of_no_use() {
        let refused = |user: Value| {
            let tree = json!({"users": [{"name": "u", "user": user}]});
            WebhookCredentials::parse(&tree, Path::new("/nowhere")).unwrap_err()
        };
        assert!(refused(json!({"exec": {}})).contains("exec is not supported"));
        assert!(refused(json!({"client-certificate": "c.pem"})).contains("client-certificate"));
        assert!(refused(json!({"client-key-data": "!"})).contains("not base64"));
    }
}
