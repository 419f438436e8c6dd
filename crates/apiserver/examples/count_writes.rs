//! Writes of one kind to a server inside the process, with nothing between:
//! `count_writes WORK [COUNT]`, where the work is `map`, `pod`, `merge`, `apply`
//! or `get`. Instructions do not depend on what else the machine does:
//!
//! ```text
//! valgrind --tool=callgrind --toggle-collect='*counted_work*' count_writes pod 200
//! ```

use std::sync::Arc;
use std::time::Instant;

use http::Request;
use skeg_apiserver::ApiServer;
use skeg_auth::authn::{RequestAuthenticator, StaticTokens};
use skeg_auth::authz::{AuthorizerUnion, Masters, NodeAuthorizer, Rbac};
use skeg_client::Payload;
use tokio_util::sync::CancellationToken;

type Error = Box<dyn std::error::Error>;

const TOKENS: &str = "admin-token,admin,admin-uid,system:masters\n";
const MAPS: &str = "/api/v1/namespaces/load/configmaps";
const JSON: &str = "application/json";
/// Writes before any is counted: caches and metrics have their series then.
const WARM: usize = 64;

/// Method, path, content type, body.
type Asked = (&'static str, String, &'static str, String);

fn map(name: &str) -> String {
    let filler = "x".repeat(760);
    format!(
        r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{name}","namespace":"load","labels":{{"app":"load"}}}},"data":{{"key":"{filler}"}}}}"#
    )
}

fn pod(name: &str) -> String {
    format!(
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{name}","namespace":"load","labels":{{"app":"load","group":"g7"}}}},"spec":{{"automountServiceAccountToken":false,"containers":[{{"name":"main","image":"registry.example.com/load:1","args":["serve","--port=8080"],"env":[{{"name":"MODE","value":"bench"}}],"ports":[{{"containerPort":8080,"name":"http"}}],"resources":{{"requests":{{"cpu":"10m","memory":"32Mi"}},"limits":{{"memory":"64Mi"}}}}}}]}}}}"#
    )
}

fn asked(work: &str, round: usize) -> Asked {
    let own = format!("{MAPS}/own");
    match work {
        "pod" => {
            let path = "/api/v1/namespaces/load/pods".to_owned();
            ("POST", path, JSON, pod(&format!("p-{round}")))
        }
        "merge" => {
            let body = format!(r#"{{"data":{{"round":"{round}"}}}}"#);
            ("PATCH", own, "application/merge-patch+json", body)
        }
        "apply" => {
            let path = format!("{own}?fieldManager=load&force=true");
            let body = format!(
                r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"own"}},"data":{{"applied":"{round}"}}}}"#
            );
            ("PATCH", path, "application/apply-patch+yaml", body)
        }
        "get" => ("GET", own, "", String::new()),
        _ => ("POST", MAPS.to_owned(), JSON, map(&format!("c-{round}"))),
    }
}

async fn ask(server: &ApiServer, (method, path, kind, body): Asked) -> Result<(), Error> {
    let request = Request::builder()
        .method(method)
        .uri(&path)
        .header("authorization", "Bearer admin-token")
        .header("user-agent", "count-writes/1")
        .header("content-type", kind)
        .body(Payload::from(bytes::Bytes::from(body)))?;
    let (parts, body) = server.call(request).await.into_parts();
    match (parts.status.is_success(), body) {
        (true, _) => Ok(()),
        (false, Payload::Bytes(text)) => {
            Err(format!("{path}: {}", String::from_utf8_lossy(&text)).into())
        }
        (false, _) => Err(format!("{path}: {}", parts.status).into()),
    }
}

#[inline(never)]
async fn work(server: &ApiServer, work: &str, rounds: std::ops::Range<usize>) -> Result<(), Error> {
    for round in rounds {
        ask(server, asked(work, round)).await?;
    }
    Ok(())
}

#[inline(never)]
fn counted_work<F: Future<Output = Result<(), Error>>>(
    runtime: &tokio::runtime::Runtime,
    work: F,
) -> Result<(), Error> {
    runtime.block_on(work)
}

async fn started(cancel: CancellationToken) -> Result<ApiServer, Error> {
    let audiences = vec!["https://kubernetes.default.svc".to_owned()];
    let tokens = Arc::new(StaticTokens::parse(TOKENS, audiences.clone())?);
    let (rbac, nodes) = (Arc::new(Rbac::new()), Arc::new(NodeAuthorizer::new()));
    let server = ApiServer::builder(Arc::new(skeg_store::Embedded::in_memory()))
        .request_authenticator(Arc::new(RequestAuthenticator::new(tokens, audiences, true)))
        .authorizer(Arc::new(AuthorizerUnion::new(vec![
            Arc::new(Masters),
            nodes.clone(),
            rbac.clone(),
        ])))
        .rbac(rbac)
        .observer(nodes)
        .start(cancel)
        .await?;
    server.bootstrap().await?;
    for (path, kind, name) in [
        ("/api/v1/namespaces", "Namespace", "load"),
        (
            "/api/v1/namespaces/load/serviceaccounts",
            "ServiceAccount",
            "default",
        ),
    ] {
        let body =
            format!(r#"{{"apiVersion":"v1","kind":"{kind}","metadata":{{"name":"{name}"}}}}"#);
        ask(&server, ("POST", path.to_owned(), JSON, body)).await?;
    }
    ask(&server, ("POST", MAPS.to_owned(), JSON, map("own"))).await?;
    Ok(server)
}

fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    let kind = args.next().unwrap_or_else(|| "map".to_owned());
    let count: usize = args.next().map_or(Ok(200), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let cancel = CancellationToken::new();
    let server = runtime.block_on(started(cancel.clone()))?;
    runtime.block_on(work(&server, &kind, 0..WARM))?;
    let begun = Instant::now();
    counted_work(&runtime, work(&server, &kind, WARM..WARM + count))?;
    let each = begun.elapsed() / u32::try_from(count)?;
    println!("{kind}: {} µs each", each.as_nanos() as f64 / 1000.0);
    cancel.cancel();
    Ok(())
}
