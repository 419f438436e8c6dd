//! Logins at an OpenID Connect provider.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// The tokens of a login.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OidcTokens {
    /// The token that the API server takes, or empty.
    pub id_token: String,
    /// The token that buys a new one, or empty.
    pub refresh_token: String,
}

impl fmt::Debug for OidcTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |token: &str| if token.is_empty() { "none" } else { "…" };
        write!(
            f,
            "OidcTokens(id {}, refresh {})",
            mark(&self.id_token),
            mark(&self.refresh_token)
        )
    }
}

/// Keeps new tokens for the next run of the program. Called with each new pair,
/// since a provider may take a refresh token only once.
#[derive(Clone)]
pub struct TokenKeeper(Arc<dyn Fn(&OidcTokens) + Send + Sync>);

impl TokenKeeper {
    /// Calls this.
    pub fn new(keep: impl Fn(&OidcTokens) + Send + Sync + 'static) -> Self {
        Self(Arc::new(keep))
    }

    pub(crate) fn keep(&self, tokens: &OidcTokens) {
        (self.0)(tokens);
    }
}

impl fmt::Debug for TokenKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKeeper")
    }
}

impl PartialEq for TokenKeeper {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for TokenKeeper {}

/// A login at an OpenID Connect provider. An ID token that is about to end is
/// replaced by means of the refresh token.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OidcLogin {
    /// The provider's URL, to which `/.well-known/openid-configuration` is added.
    pub issuer: String,
    /// Our name at the provider.
    pub client_id: String,
    /// Our secret there, or empty.
    pub client_secret: String,
    /// The tokens we have.
    pub tokens: OidcTokens,
    /// The scopes to ask for, if not those of the first login.
    pub scopes: Vec<String>,
    /// The certificates that the provider's may be signed by, as PEM; the
    /// system's when absent.
    pub ca: Option<Vec<u8>>,
    /// The file with these, where they are not given.
    pub ca_file: Option<PathBuf>,
    /// Who keeps new tokens.
    pub keeper: Option<TokenKeeper>,
}

impl fmt::Debug for OidcLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("tokens", &self.tokens)
            .finish_non_exhaustive()
    }
}
