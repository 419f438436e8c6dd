//! Puts an API server together, whoever asks for it: `skeg up` with the
//! cluster's own certificates, or `kube-apiserver` with those of its flags.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use skeg_apiserver::{ApiServer, Listener, NodeConnector, Options};
use skeg_auth::authn::{
    RequestAuthenticator, ServiceAccountTokens, StaticTokens, TokenAuthenticator, TokenUnion,
};
use skeg_auth::authz::{AuthorizerUnion, Masters, NodeAuthorizer, Rbac};
use skeg_auth::token::{DeferredLookup, TokenIssuer};
use skeg_auth::{Attributes, Authorization, Authorizer};
use skeg_store::Store;
use tokio_util::sync::CancellationToken;

use crate::failure::OrFail;

/// Who decides whether somebody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everybody may do everything.
    AlwaysAllow,
    /// Nobody but system:masters may do anything.
    AlwaysDeny,
    /// Nodes may do what concerns them.
    Node,
    /// Roles and bindings.
    Rbac,
}

impl Mode {
    /// All modes with their names.
    pub const ALL: [(&'static str, Self); 4] = [
        ("AlwaysAllow", Self::AlwaysAllow),
        ("AlwaysDeny", Self::AlwaysDeny),
        ("Node", Self::Node),
        ("RBAC", Self::Rbac),
    ];
}

/// What a server is put together from.
pub struct Parts {
    /// Where objects are kept.
    pub store: Arc<dyn Store>,
    /// Signs service account tokens, and knows the keys of those it believes.
    pub issuer: Arc<TokenIssuer>,
    /// Whom tokens must be for.
    pub audiences: Vec<String>,
    /// Tokens known from the start.
    pub token_auth_file: Option<PathBuf>,
    /// Whether who shows nothing is system:anonymous.
    pub anonymous: bool,
    /// Who decides, in this order.
    pub modes: Vec<Mode>,
    /// Reaches kubelets.
    pub connector: Arc<dyn NodeConnector>,
    /// Everything else.
    pub options: Options,
}

/// Starts it; it does not listen yet.
///
/// # Errors
/// A file is damaged, or the store cannot be read.
pub async fn start(parts: Parts, cancel: CancellationToken) -> Result<ApiServer> {
    let lookup = Arc::new(DeferredLookup::default());
    let mut tokens: Vec<Arc<dyn TokenAuthenticator>> = Vec::new();
    if let Some(path) = &parts.token_auth_file {
        let file = StaticTokens::from_file(path, parts.audiences.clone())
            .or_fail("cannot use the token file", "check --token-auth-file")?;
        tokens.push(Arc::new(file));
    }
    tokens.push(Arc::new(ServiceAccountTokens::new(
        &parts.issuer,
        lookup.clone(),
    )));
    let authenticator = Arc::new(RequestAuthenticator::new(
        Arc::new(TokenUnion::new(tokens)),
        parts.audiences,
        parts.anonymous,
    ));
    let rbac = Arc::new(Rbac::new());
    let nodes = Arc::new(NodeAuthorizer::new());
    let mut deciding: Vec<Arc<dyn Authorizer>> = vec![Arc::new(Masters)];
    for mode in &parts.modes {
        deciding.push(match mode {
            Mode::AlwaysAllow => Arc::new(Always(true)),
            Mode::AlwaysDeny => Arc::new(Always(false)),
            Mode::Node => nodes.clone(),
            Mode::Rbac => rbac.clone(),
        });
    }
    let server = ApiServer::builder(parts.store)
        .request_authenticator(authenticator)
        .authorizer(Arc::new(AuthorizerUnion::new(deciding)))
        .token_issuer(parts.issuer)
        .rbac(rbac)
        .node_connector(parts.connector)
        .observer(nodes)
        .options(parts.options)
        .start(cancel)
        .await?;
    lookup.set(server.token_lookup());
    Ok(server)
}

/// Says the same to everybody.
struct Always(bool);

#[async_trait]
impl Authorizer for Always {
    async fn authorize(&self, _: &Attributes<'_>) -> Authorization {
        if self.0 {
            Authorization::allow("")
        } else {
            Authorization::no_opinion("Everything is forbidden.")
        }
    }
}

/// Binds one address; says who may have it when it is taken.
///
/// # Errors
/// It is taken or not this machine's.
pub async fn bind(
    address: SocketAddr,
    tls: &Arc<rustls::ServerConfig>,
    other_port: &str,
) -> Result<Listener> {
    let port = address.port();
    Listener::bind(address, tls.clone()).await.or_fail(
        format!("cannot listen on {address}"),
        format!(
            "see who has the port: ss -ltnp 'sport = :{port}'\n\
             stop that program, or take another port: {other_port}"
        ),
    )
}
