//! Puts an API server together, whoever asks for it: `skeg up` with the
//! cluster's own certificates, or `kube-apiserver` with those of its flags.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use skeg_apiserver::{ApiServer, Listener, ListenerTls, NodeConnector, Options};
use skeg_auth::assemble::{self, AuthnOptions, AuthzOptions, Lookups};
use skeg_auth::authn::DeferredSecrets;
use skeg_auth::authz::{NodeAuthorizer, Rbac};
use skeg_auth::expr::Cel;
use skeg_auth::token::{DeferredLookup, TokenIssuer};
use skeg_store::Store;
use tokio_util::sync::CancellationToken;

use super::encryption::Encryption;
use crate::failure::OrFail;

/// What a server is put together from.
pub struct Parts {
    /// Where objects are kept.
    pub store: Arc<dyn Store>,
    /// How values are encrypted in the store.
    pub encryption: Option<EncryptionFile>,
    /// Signs service account tokens, and knows the keys of those it believes.
    pub issuer: Arc<TokenIssuer>,
    /// Who is asking.
    pub authn: AuthnOptions,
    /// Whether they may.
    pub authz: AuthzOptions,
    /// Reaches kubelets.
    pub connector: Arc<dyn NodeConnector>,
    /// Everything else.
    pub options: Options,
}

/// The file that says how values are encrypted.
pub struct EncryptionFile {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is read again when it changes.
    pub reloads: bool,
}

/// Starts it; it does not listen yet.
///
/// # Errors
/// A file is damaged, or the store cannot be read.
pub async fn start(mut parts: Parts, cancel: CancellationToken) -> Result<ApiServer> {
    let encryption = match &parts.encryption {
        Some(file) => {
            let opened = Encryption::open(parts.store.clone(), &file.path, file.reloads).await?;
            opened.fill(&mut parts.options);
            parts.store = opened.store();
            Some(opened)
        }
        None => None,
    };
    let lookup = Arc::new(DeferredLookup::default());
    let secrets = Arc::new(DeferredSecrets::default());
    let lookups = Lookups {
        tokens: lookup.clone(),
        secrets: secrets.clone(),
    };
    let remedy = "check the flag that names it, and the file";
    let authenticator =
        assemble::authenticator(&parts.authn, &parts.issuer, lookups, Arc::new(Cel), &cancel)
            .or_fail("cannot tell who is asking", remedy)?;
    let rbac = Arc::new(Rbac::new());
    let nodes = Arc::new(NodeAuthorizer::new());
    let authorizer =
        assemble::following_authorizer(&parts.authz, &rbac, &nodes, Arc::new(Cel), &cancel)
            .or_fail("cannot tell who may do what", remedy)?;
    let server = ApiServer::builder(parts.store)
        .request_authenticator(Arc::new(authenticator))
        .authorizer(authorizer)
        .token_issuer(parts.issuer)
        .rbac(rbac)
        .node_connector(parts.connector)
        .observer(nodes)
        .options(parts.options)
        .start(cancel.clone())
        .await?;
    if let Some(encryption) = encryption {
        encryption.follow(&server, cancel);
    }
    lookup.set(server.token_lookup());
    secrets.set(server.secret_lookup());
    Ok(server)
}

/// Binds one address; says who may have it when it is taken.
///
/// # Errors
/// It is taken or not this machine's.
pub async fn bind(
    address: SocketAddr,
    tls: impl Into<ListenerTls>,
    other_port: &str,
) -> Result<Listener> {
    let port = address.port();
    Listener::bind(address, tls).await.or_fail(
        format!("cannot listen on {address}"),
        format!(
            "see who has the port: ss -ltnp 'sport = :{port}'\n\
             stop that program, or take another port: {other_port}"
        ),
    )
}
