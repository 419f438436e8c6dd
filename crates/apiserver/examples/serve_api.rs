//! An API server over plain HTTP with an in-memory store, for replaying
//! recorded conversations: `serve ADDR:PORT TOKENS.csv`.

use skeg_apiserver::{ApiServer, Listener};
use skeg_auth::authn::{RequestAuthenticator, ServiceAccountTokens, StaticTokens, TokenUnion};
use skeg_auth::authz::{AuthorizerUnion, Masters, NodeAuthorizer, Rbac};
use skeg_auth::pki::Pki;
use skeg_auth::token::{DeferredLookup, TokenIssuer};
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let address = args
        .next()
        .unwrap_or_else(|| "127.0.0.1:8080".to_owned())
        .parse()?;
    let audiences = vec![ISSUER.to_owned()];
    let tokens = match args.next() {
        Some(file) => StaticTokens::from_file(Path::new(&file), audiences.clone())?,
        None => StaticTokens::parse(
            "admin-token,admin,admin-uid,system:masters\n",
            audiences.clone(),
        )?,
    };
    let dir = std::env::temp_dir().join(format!("skeg-serve-{}", std::process::id()));
    let key = Pki::open(&dir)?.service_account_key()?;
    std::fs::remove_dir_all(&dir)?;
    let issuer = Arc::new(TokenIssuer::new(
        ISSUER,
        audiences.clone(),
        key,
        skeg_auth::token::system_clock(),
    )?);
    let lookup = Arc::new(DeferredLookup::default());
    let accounts = ServiceAccountTokens::new(&issuer, lookup.clone());
    let union = Arc::new(TokenUnion::new(vec![Arc::new(tokens), Arc::new(accounts)]));
    let rbac = Arc::new(Rbac::new());
    let nodes = Arc::new(NodeAuthorizer::new());
    let cancel = CancellationToken::new();
    let server = ApiServer::builder(Arc::new(skeg_store::Embedded::in_memory()))
        .request_authenticator(Arc::new(RequestAuthenticator::new(union, audiences, true)))
        .authorizer(Arc::new(AuthorizerUnion::new(vec![
            Arc::new(Masters),
            nodes.clone(),
            rbac.clone(),
        ])))
        .rbac(rbac)
        .observer(nodes)
        .token_issuer(issuer)
        .start(cancel.clone())
        .await?;
    lookup.set(server.token_lookup());
    server.bootstrap().await?;
    let listener = Listener::bind_plain(address).await?;
    println!("http://{}", listener.local_addr()?);
    listener.serve(server, cancel).await;
    Ok(())
}
