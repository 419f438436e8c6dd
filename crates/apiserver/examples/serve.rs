//! An API server over plain HTTP with an in-memory store, for replaying
//! recorded conversations: `serve ADDR:PORT TOKENS.csv`.

use skeg_apiserver::{ApiServer, Listener};
use skeg_auth::authn::{RequestAuthenticator, StaticTokens, TokenUnion};
use skeg_auth::authz::{AuthorizerUnion, Masters, Rbac};
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned()).parse()?;
    let audiences = vec!["https://kubernetes.default.svc.cluster.local".to_owned()];
    let tokens = match args.next() {
        Some(file) => StaticTokens::from_file(Path::new(&file), audiences.clone())?,
        None => StaticTokens::parse("admin-token,admin,admin-uid,system:masters\n", audiences.clone())?,
    };
    let union = Arc::new(TokenUnion::new(vec![Arc::new(tokens)]));
    let rbac = Arc::new(Rbac::new());
    let cancel = CancellationToken::new();
    let server = ApiServer::builder(Arc::new(skeg_store::Embedded::in_memory()))
        .request_authenticator(Arc::new(RequestAuthenticator::new(union, audiences, true)))
        .authorizer(Arc::new(AuthorizerUnion::new(vec![Arc::new(Masters), rbac.clone()])))
        .rbac(rbac)
        .start(cancel.clone())
        .await?;
    server.bootstrap().await?;
    let listener = Listener::bind_plain(address).await?;
    println!("http://{}", listener.local_addr()?);
    listener.serve(server, cancel).await;
    Ok(())
}
