//! Who is asking.

mod bearer;
mod bootstrap;
mod cache;
mod jose;
mod legacy;
mod notes;
pub mod oidc;
mod proxy;
mod reload;
mod review;
mod service_account;
mod static_tokens;
mod x509;

pub use bootstrap::{BootstrapTokens, DeferredSecrets, SecretLookup};
pub use cache::{CachedTokens, TokenCacheStats};
pub(crate) use jose::is_understood;
pub use legacy::{INVALID_SINCE, LAST_USED};
pub use notes::{Notes, noted};
pub use proxy::RequestHeaderOptions;
pub use reload::ReloadedIssuers;
pub(crate) use review::ask;
pub use review::{ReviewVersion, WebhookTokens};
pub use service_account::ServiceAccountTokens;
pub use static_tokens::{StaticTokenError, StaticTokens};
pub use x509::{MalformedCertificate, PeerIdentity};

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;

use self::proxy::FrontProxies;
use crate::metrics::{Histogram, Text};
use crate::pki::Authority;
use crate::text::aggregate;
use crate::user::UserInfo;

/// The part of a request that authenticators look at.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The identity in the client certificate of this connection, if one was
    /// shown. Parsed once a connection; it is yet to be verified.
    pub peer: Option<&'a Arc<PeerIdentity>>,
    /// The path that is asked for.
    pub path: &'a str,
}

/// An identity that was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatedUser {
    /// Who it is.
    pub user: Arc<UserInfo>,
    /// The audiences for which the credential is good, of those asked for.
    pub audiences: Vec<String>,
}

/// Credentials were shown and are no good. The client is told `Unauthorized`
/// and nothing more; a TokenReview tells this text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", aggregate(.messages))]
pub struct AuthnError {
    /// What each authenticator said.
    pub messages: Vec<String>,
}

impl AuthnError {
    fn new(message: impl Into<String>) -> Self {
        Self {
            messages: vec![message.into()],
        }
    }
}

/// One way to prove an identity from a request.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The user, or `None` if the request shows nothing this one knows.
    ///
    /// # Errors
    /// The request shows credentials of this kind that are not valid.
    async fn authenticate(
        &self,
        head: &RequestHead<'_>,
    ) -> Result<Option<AuthenticatedUser>, AuthnError>;
}

/// One way to prove an identity by a bearer token.
#[async_trait]
pub trait TokenAuthenticator: Send + Sync {
    /// The user behind `token` if it is good for one of `audiences`, or
    /// `None` if it is not a token of this kind.
    ///
    /// # Errors
    /// It is a token of this kind and not valid.
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError>;

    /// Adds its metrics.
    fn render(&self, _: &mut Text) {}
}

/// All token authenticators in turn: the first that knows the token decides.
pub struct TokenUnion {
    members: Vec<Arc<dyn TokenAuthenticator>>,
}

impl TokenUnion {
    /// In this order.
    pub fn new(members: Vec<Arc<dyn TokenAuthenticator>>) -> Self {
        Self { members }
    }
}

#[async_trait]
impl TokenAuthenticator for TokenUnion {
    /// As each member; if none knows the token, their errors together. Adds
    /// the group `system:authenticated`.
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let mut messages = Vec::new();
        for member in &self.members {
            match member.authenticate_token(token, audiences).await {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {}
                Err(error) => messages.extend(error.messages),
            }
        }
        if messages.is_empty() {
            Ok(None)
        } else {
            Err(AuthnError { messages })
        }
    }

    fn render(&self, out: &mut Text) {
        for member in &self.members {
            member.render(out);
        }
    }
}

/// What the whole API server asks: front proxy, client certificate, bearer
/// token, and then whether anybody may come.
pub struct RequestAuthenticator {
    tokens: Arc<dyn TokenAuthenticator>,
    audiences: Vec<String>,
    anonymous: Option<Arc<UserInfo>>,
    /// Where anybody may come; empty: everywhere.
    anonymous_paths: Vec<String>,
    proxies: Option<FrontProxies>,
    /// Whose certificates are users.
    users: Option<Arc<Authority>>,
    token_caches: Option<Arc<TokenCacheStats>>,
    /// How long the certificates of users are good, when they are shown.
    expirations: Histogram,
}

/// Bounds in seconds.
const EXPIRATIONS: &[f64] = &[
    0.0,
    1_800.0,
    3_600.0,
    7_200.0,
    21_600.0,
    43_200.0,
    86_400.0,
    172_800.0,
    345_600.0,
    604_800.0,
    2_592_000.0,
    7_776_000.0,
    15_552_000.0,
    31_104_000.0,
];

impl RequestAuthenticator {
    /// `audiences` are the API server's own names in tokens; `anonymous` says
    /// whether requests without credentials go on as `system:anonymous`.
    pub fn new(
        tokens: Arc<dyn TokenAuthenticator>,
        audiences: Vec<String>,
        anonymous: bool,
    ) -> Self {
        let anonymous = anonymous.then(|| Arc::new(UserInfo::anonymous()));
        Self {
            tokens,
            audiences,
            anonymous,
            anonymous_paths: Vec::new(),
            proxies: None,
            users: None,
            token_caches: None,
            expirations: Histogram::new(EXPIRATIONS),
        }
    }

    /// Adds the metrics of what knows tokens.
    pub fn render(&self, out: &mut Text) {
        self.tokens.render(out);
        if let Some(stats) = &self.token_caches {
            stats.render(out);
        }
        let name = "apiserver_client_certificate_expiration_seconds";
        let help = "How long certificates of users are good yet, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        out.histogram(name, &[], &self.expirations);
    }

    /// Tells of the caches of tokens as well.
    pub fn with_token_caches(mut self, stats: Arc<TokenCacheStats>) -> Self {
        self.token_caches = Some(stats);
        self
    }

    /// Requests without credentials go on at these paths only.
    pub fn with_anonymous_paths(mut self, paths: Vec<String>) -> Self {
        self.anonymous_paths = paths;
        self
    }

    /// Believes front proxies.
    pub fn with_front_proxies(mut self, options: RequestHeaderOptions) -> Self {
        self.proxies = Some(FrontProxies::new(options));
        self
    }

    /// Believes certificates of users that `authority` vouches for. Without it
    /// no certificate is a user.
    pub fn with_client_authority(mut self, authority: Arc<Authority>) -> Self {
        self.users = Some(authority);
        self
    }

    /// The API server's own audiences.
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// What a TokenReview asks: the user behind `token` for `audiences` (the
    /// API server's own if none are named).
    ///
    /// # Errors
    /// The token is not good for any of them; the text is the review's error.
    pub async fn review(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<AuthenticatedUser, AuthnError> {
        let audiences = if audiences.is_empty() {
            &self.audiences
        } else {
            audiences
        };
        let outcome = match self
            .tokens
            .authenticate_token(token.trim(), audiences)
            .await
        {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => Vec::new(),
            Err(error) => error.messages,
        };
        let mut messages = vec![INVALID_TOKEN.to_owned()];
        // Several reasons stand in brackets even when the list is of one.
        if !outcome.is_empty() {
            messages.extend(outcome);
        }
        Err(AuthnError { messages })
    }
}

const INVALID_TOKEN: &str = "invalid bearer token";

#[async_trait]
impl Authenticator for RequestAuthenticator {
    async fn authenticate(
        &self,
        head: &RequestHead<'_>,
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let found = |user: Arc<UserInfo>| {
            Ok(Some(AuthenticatedUser {
                user,
                audiences: self.audiences.clone(),
            }))
        };
        let mut stranger = false;
        if let Some(peer) = head.peer {
            if let Some(proxies) = &self.proxies {
                let believed = proxies.believes(peer);
                stranger = !believed;
                if believed && let Some(user) = proxies.user(head.headers) {
                    return found(Arc::new(user));
                }
            }
            let users = self.users.as_ref().map(|users| users.current());
            if let Some(users) = users.filter(|users| !users.is_empty()) {
                self.expirations.observe(peer.seconds_left());
                let believed = peer.is_client(&users);
                stranger |= !believed;
                if believed && let Some(user) = peer.user() {
                    return found(user.clone());
                }
            }
        }
        let token = match bearer::of_header(head.headers) {
            Some(token) => Some(token),
            None => bearer::of_websocket(head.headers).map_err(AuthnError::new)?,
        };
        match token {
            Some(token) => match self
                .tokens
                .authenticate_token(&token, &self.audiences)
                .await?
            {
                Some(found) => Ok(Some(found)),
                None => Err(AuthnError::new(INVALID_TOKEN)),
            },
            None if stranger => Err(AuthnError::new(
                "x509: certificate signed by unknown authority",
            )),
            None => {
                let paths = &self.anonymous_paths;
                let here = paths.is_empty() || paths.iter().any(|path| path == head.path);
                match self.anonymous.as_ref().filter(|_| here) {
                    Some(user) => found(user.clone()),
                    None => Ok(None),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| {
                (
                    http::HeaderName::from_static(k),
                    http::HeaderValue::from_bytes(v.as_bytes()).unwrap(),
                )
            })
            .collect()
    }

    fn authenticator() -> RequestAuthenticator {
        let csv = "alice-token,alice,alice-uid,dev\nbob-token,bob,bob-uid,\"\"\n";
        let tokens = StaticTokens::parse(csv, vec!["api".into()]).unwrap();
        RequestAuthenticator::new(
            Arc::new(TokenUnion::new(vec![Arc::new(tokens)])),
            vec!["api".into()],
            true,
        )
    }

    #[tokio::test]
    async fn bearer_tokens() {
        let authenticator = authenticator();
        let check = async |value: &'static str, expect: Result<&str, &str>| {
            let headers = headers(&[("authorization", value)]);
            let head = RequestHead {
                headers: &headers,
                peer: None,
                path: "/",
            };
            let got = authenticator.authenticate(&head).await;
            let got = got
                .map(|u| u.unwrap().user.name.clone())
                .map_err(|e| e.to_string());
            assert_eq!(got.as_deref().map_err(String::as_str), expect, "{value}");
        };
        check("Bearer alice-token", Ok("alice")).await;
        check("bearer alice-token", Ok("alice")).await;
        check("Bearer nope", Err("invalid bearer token")).await;
        check("Bearer n\u{f6}pe", Err("invalid bearer token")).await;
        check("Bearer ", Ok("system:anonymous")).await;
        let (_, told) = notes::noted(check("Bearer  alice-token", Ok("system:anonymous"))).await;
        assert_eq!(
            told.warnings,
            [
                "the provided Authorization header contains extra space before the bearer token, and is ignored"
            ]
        );
        check("Basic YTpi", Ok("system:anonymous")).await;
        check("alice-token", Ok("system:anonymous")).await;
    }

    #[tokio::test]
    async fn websocket_tokens() {
        let authenticator = authenticator();
        let check = async |protocols: &'static str, upgrade: &'static str, expect| {
            let headers = headers(&[
                ("sec-websocket-protocol", protocols),
                ("upgrade", upgrade),
                ("connection", "keep-alive, Upgrade"),
            ]);
            let head = RequestHead {
                headers: &headers,
                peer: None,
                path: "/",
            };
            let got = authenticator.authenticate(&head).await;
            let got = got
                .map(|u| u.unwrap().user.name.clone())
                .map_err(|e| e.to_string());
            let got = got.as_deref().map_err(String::as_str);
            assert_eq!(got, expect, "{protocols}");
        };
        const ALICE: &str =
            "v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.YWxpY2UtdG9rZW4";
        check(ALICE, "websocket", Ok("alice")).await;
        // Only who wants a websocket says so by its protocols.
        check(ALICE, "SPDY/3.1", Ok("system:anonymous")).await;
        check(
            "base64url.bearer.authorization.k8s.io.YWxpY2UtdG9rZW4",
            "WebSocket",
            Err("missing additional subprotocol"),
        )
        .await;
        check(
            "a, base64url.bearer.authorization.k8s.io.YQ, base64url.bearer.authorization.k8s.io.YQ",
            "websocket",
            Err("multiple base64.bearer.authorization tokens specified"),
        )
        .await;
        check(
            "a, base64url.bearer.authorization.k8s.io.YQ==",
            "websocket",
            Err("invalid base64.bearer.authorization token encoding"),
        )
        .await;
        check(
            "a, base64url.bearer.authorization.k8s.io._w",
            "websocket",
            Err("invalid base64.bearer.authorization token"),
        )
        .await;
        check("a, b", "websocket", Ok("system:anonymous")).await;
    }

    #[tokio::test]
    async fn anonymous_may_be_off() {
        let authenticator =
            RequestAuthenticator::new(Arc::new(TokenUnion::new(vec![])), vec![], false);
        let headers = HeaderMap::new();
        let head = RequestHead {
            headers: &headers,
            peer: None,
            path: "/",
        };
        assert_eq!(authenticator.authenticate(&head).await, Ok(None));
    }

    #[tokio::test]
    async fn anonymous_at_some_paths() {
        let authenticator = authenticator().with_anonymous_paths(vec!["/livez".into()]);
        let headers = HeaderMap::new();
        for (path, expect) in [("/livez", true), ("/livez/x", false), ("/api", false)] {
            let head = RequestHead {
                headers: &headers,
                peer: None,
                path,
            };
            let got = authenticator.authenticate(&head).await.unwrap();
            assert_eq!(got.is_some(), expect, "{path}");
        }
    }

    #[tokio::test]
    async fn reviews() {
        let authenticator = authenticator();
        let own = authenticator.review("alice-token", &[]).await.unwrap();
        assert_eq!(own.audiences, ["api"]);
        assert_eq!(own.user.groups, ["dev", "system:authenticated"]);
        let some = authenticator
            .review("alice-token", &["x".into(), "api".into()])
            .await
            .unwrap();
        assert_eq!(some.audiences, ["api"]);
        let none = authenticator
            .review("alice-token", &["x".into()])
            .await
            .unwrap_err();
        assert_eq!(none.to_string(), "invalid bearer token");
        let bob = authenticator.review("bob-token", &[]).await.unwrap();
        assert_eq!(bob.user.groups, ["", "system:authenticated"]);
    }
}
