//! Who we are.

use std::fmt;
use std::path::PathBuf;

use super::exec::ExecPlugin;
use super::oidc::OidcLogin;

/// Who we are, beside a client certificate.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// Nobody, or whom the client certificate names.
    #[default]
    None,
    /// A bearer token.
    Token(String),
    /// A bearer token in a file that is replaced now and then.
    TokenFile(PathBuf),
    /// Name and password.
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: String,
    },
    /// A program gives tokens or certificates.
    Exec(Box<ExecPlugin>),
    /// An OpenID Connect provider gives tokens.
    Oidc(Box<OidcLogin>),
    /// We are a proxy in front of the API server and speak for this user. The
    /// client certificate must be one that the server takes a front proxy's for.
    FrontProxy(FrontProxyUser),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credentials::None => f.write_str("None"),
            Credentials::Token(_) => f.write_str("Token(…)"),
            Credentials::TokenFile(path) => write!(f, "TokenFile({})", path.display()),
            Credentials::Basic { username, .. } => write!(f, "Basic({username})"),
            Credentials::Exec(plugin) => plugin.fmt(f),
            Credentials::Oidc(login) => login.fmt(f),
            Credentials::FrontProxy(user) => write!(f, "FrontProxy({})", user.user),
        }
    }
}

/// As whom to act instead of oneself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impersonation {
    /// The user.
    pub user: String,
    /// The user's uid, or empty.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// Further attributes.
    pub extra: Vec<(String, Vec<String>)>,
}

impl Impersonation {
    /// This user, without groups.
    #[must_use]
    pub fn user(name: impl Into<String>) -> Self {
        Self {
            user: name.into(),
            ..Self::default()
        }
    }

    /// The service account of a namespace, with the groups that it has.
    #[must_use]
    pub fn service_account(namespace: &str, name: &str) -> Self {
        Self::user(format!("system:serviceaccount:{namespace}:{name}"))
            .group("system:serviceaccounts")
            .group(format!("system:serviceaccounts:{namespace}"))
            .group("system:authenticated")
    }

    /// With a further group.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.groups.push(group.into());
        self
    }

    /// With this uid.
    #[must_use]
    pub fn uid(mut self, uid: impl Into<String>) -> Self {
        self.uid = uid.into();
        self
    }

    /// With a further attribute.
    #[must_use]
    pub fn extra(mut self, key: impl Into<String>, values: Vec<String>) -> Self {
        self.extra.push((key.into(), values));
        self
    }
}

/// The user for whom a front proxy speaks (`X-Remote-User` and the like).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontProxyUser {
    /// The user.
    pub user: String,
    /// The user's uid, or empty.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// Further attributes.
    pub extra: Vec<(String, Vec<String>)>,
}
