//! Targets that lie behind a request: a whole server over a store in memory.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures::StreamExt;
use http::Request;
use skeg_apiserver::ApiServer;
use skeg_auth::authn::{RequestAuthenticator, StaticTokens};
use skeg_auth::authz::{AuthorizerUnion, Masters, Rbac};
use skeg_client::Payload;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

const MAP: &str = "/api/v1/namespaces/default/configmaps/c";
const DEPLOYMENT: &str = "/apis/apps/v1/namespaces/default/deployments/d";
const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// Set by the panic hook: a server catches what panics in a request, and goes on.
static PANICKED: AtomicBool = AtomicBool::new(false);

struct Server {
    runtime: Runtime,
    api: ApiServer,
}

thread_local! {
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
}

impl Server {
    fn start() -> anyhow::Result<Self> {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICKED.store(true, Ordering::SeqCst);
            hook(panic);
        }));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let api = runtime.block_on(async {
            let audiences = vec!["fuzz".to_owned()];
            let users = StaticTokens::parse("t,admin,1,system:masters\n", audiences.clone())?;
            let rbac = Arc::new(Rbac::new());
            let api = ApiServer::builder(Arc::new(skeg_store::Embedded::in_memory()))
                .request_authenticator(Arc::new(RequestAuthenticator::new(
                    Arc::new(users),
                    audiences,
                    false,
                )))
                .authorizer(Arc::new(AuthorizerUnion::new(vec![
                    Arc::new(Masters),
                    rbac.clone(),
                ])))
                .rbac(rbac)
                .start(CancellationToken::new())
                .await?;
            api.bootstrap().await?;
            anyhow::Ok(api)
        })?;
        let server = Self { runtime, api };
        server.ask(
            "POST /api/v1/namespaces",
            "application/json",
            br#"{"metadata":{"name":"default"}}"#,
        );
        Ok(server)
    }

    /// Asks; the code of the answer.
    fn ask(&self, line: &str, kind: &str, body: &[u8]) -> u16 {
        let (method, path) = line.split_once(' ').unwrap_or(("GET", line));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", "Bearer t")
            .header("content-type", kind)
            .body(Payload::from(Bytes::copy_from_slice(body)))
            .expect("the lines of this file are requests");
        self.runtime.block_on(async {
            let response = self.api.call(request).await;
            let code = response.status().as_u16();
            if let Payload::Stream(mut stream) = response.into_body() {
                while let Some(Ok(_)) = stream.next().await {}
            }
            code
        })
    }
}

/// Runs with the one server of this process.
fn with<T>(run: impl FnOnce(&Server) -> T) -> Result<T, String> {
    SERVER.with(|slot| {
        let mut slot = slot.borrow_mut();
        if slot.is_none() {
            *slot = Some(Server::start().map_err(|error| format!("no server: {error:#}"))?);
        }
        let server = slot.as_ref().expect("it was just put there");
        PANICKED.store(false, Ordering::SeqCst);
        let outcome = run(server);
        if PANICKED.load(Ordering::SeqCst) {
            return Err("a request panicked".to_owned());
        }
        Ok(outcome)
    })
}

/// Patches what is made anew when it is gone.
fn patch(path: &str, made: &str, kind: &str, body: &[u8]) -> Result<(), String> {
    with(|server| {
        let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
        server.ask(
            &format!("POST {folder}"),
            "application/json",
            made.as_bytes(),
        );
        server.ask(
            &format!("PATCH {path}?fieldManager=fuzz&force=true"),
            kind,
            body,
        );
        server.ask(
            &format!("DELETE {path}?propagationPolicy=Background"),
            "",
            b"",
        );
    })
}

const NEW_MAP: &str = r#"{"metadata":{"name":"c","labels":{"a":"b"}},"data":{"a":"b"}}"#;
const NEW_DEPLOYMENT: &str = r#"{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}}}}"#;

pub fn json_patch(input: &[u8]) -> Result<(), String> {
    patch(MAP, NEW_MAP, "application/json-patch+json", input)
}

pub fn merge_patch(input: &[u8]) -> Result<(), String> {
    patch(
        DEPLOYMENT,
        NEW_DEPLOYMENT,
        "application/merge-patch+json",
        input,
    )
}

pub fn strategic_patch(input: &[u8]) -> Result<(), String> {
    let kind = "application/strategic-merge-patch+json";
    patch(DEPLOYMENT, NEW_DEPLOYMENT, kind, input)
}

pub fn apply_patch(input: &[u8]) -> Result<(), String> {
    patch(
        DEPLOYMENT,
        NEW_DEPLOYMENT,
        "application/apply-patch+yaml",
        input,
    )
}

/// The bytes as somebody's managed fields, which an update and an apply then read.
pub fn field_sets(input: &[u8]) -> Result<(), String> {
    let fields = String::from_utf8_lossy(input);
    let body = format!(
        r#"{{"metadata":{{"name":"c","managedFields":[{{"manager":"m","operation":"Apply","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{fields}}}]}},"data":{{"a":"c"}}}}"#
    );
    with(|server| {
        let folder = "/api/v1/namespaces/default/configmaps";
        server.ask(
            &format!("POST {folder}"),
            "application/json",
            NEW_MAP.as_bytes(),
        );
        server.ask(&format!("PUT {MAP}"), "application/json", body.as_bytes());
        server.ask(
            &format!("PATCH {MAP}?fieldManager=m&force=true"),
            "application/apply-patch+yaml",
            br#"{"apiVersion":"v1","kind":"ConfigMap","data":{"z":"1"}}"#,
        );
        server.ask(&format!("DELETE {MAP}"), "", b"");
    })
}

/// A definition of a kind; if it is taken, an object of that kind.
pub fn definition(input: &[u8]) -> Result<(), String> {
    with(|server| {
        let code = server.ask(&format!("POST {DEFINITIONS}"), "application/json", input);
        if code != 201 {
            return;
        }
        let folder = "/apis/example.com/v1/namespaces/default/widgets";
        let body = br#"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":3,"tags":["a","a"],"extra":{"x":null}}}"#;
        server.ask(&format!("POST {folder}"), "application/json", body);
        server.ask(&format!("GET {folder}"), "", b"");
        server.ask(&format!("DELETE {DEFINITIONS}"), "", b"");
    })
}
