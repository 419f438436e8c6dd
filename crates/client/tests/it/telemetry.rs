//! What the client tells of itself, and what it does not.

use std::io::Write;
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::Namespace;
use skeg_client::config::{ExecPlugin, OidcLogin, OidcTokens, ProxyChoice, ProxyUrl};
use skeg_client::telemetry::{Prometheus, TraceContext};
use skeg_client::{Api, Client, Config, Credentials, RetryPolicy};
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Answer, Options, Server};
use crate::tls::NAMESPACE;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().clone()).expect("text")
    }

    /// Logs all that this thread does, to the last detail.
    fn begin(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

#[tokio::test]
async fn requests_are_counted_and_in_spans() {
    let answered = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::with(Options::default(), move |_| {
        let at = answered.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Some(if at == 0 {
            Answer::json(429, "{}").header("retry-after", "0")
        } else {
            Answer::json(200, NAMESPACE)
        })
    })
    .await;
    let log = Log::default();
    let _log = log.begin();
    let metrics = Arc::new(Prometheus::new());
    let mut config = Config::new(format!("http://{}", server.address));
    config.recorder = Some(metrics.clone());
    let client = Client::from_config(&config).expect("client");
    let api = Api::<Namespace>::all(client);
    let refused = api.get("a").await;
    api.get("a").await.expect("answered");
    let text = metrics.render();
    let host = server.address;
    let line = format!(r#"rest_client_requests_total{{code="200",method="GET",host="{host}"}} 1"#);
    assert!(text.contains(&line), "{text}");
    let line = format!(r#"rest_client_requests_total{{code="429",method="GET",host="{host}"}} 1"#);
    assert!(text.contains(&line), "{refused:?} {text}");
    let log = log.text();
    for field in [
        r#"otel.name=GET /api/v1/namespaces/a"#,
        r#"otel.kind="client""#,
        "http.request.method=GET",
        "http.response.status_code=200",
        "http.response.status_code=429",
        r#"error.type="429""#,
        r#"server.address="127.0.0.1""#,
        "request_id=",
    ] {
        assert!(log.contains(field), "{field} in {log}");
    }
    let id = server.seen()[1].header("audit-id").to_owned();
    assert_eq!(id.len(), 36);
    assert!(
        log.contains(&id),
        "the server's audit log knows the request by its id"
    );
}

#[tokio::test]
async fn a_trace_goes_along() {
    let server = Server::with(Options::default(), |_| Some(Answer::json(200, NAMESPACE))).await;
    let client =
        Client::from_config(&Config::new(format!("http://{}", server.address))).expect("client");
    let api = Api::<Namespace>::all(client);
    api.get("a").await.expect("without a trace");
    let trace = TraceContext::root(true).with_state("vendor=1");
    trace
        .clone()
        .scope(async {
            api.get("a").await.expect("within a trace");
            api.get("a").await.expect("within a trace");
        })
        .await;
    let seen = server.seen();
    assert_eq!(seen[0].header("traceparent"), "");
    let sent: Vec<TraceContext> = seen[1..]
        .iter()
        .map(|seen| TraceContext::from_headers(&seen.headers).expect("a trace"))
        .collect();
    for one in &sent {
        assert_eq!(one.trace_id(), trace.trace_id());
        assert_ne!(one.parent_id(), trace.parent_id());
        assert_eq!(one.state(), "vendor=1");
    }
    assert_ne!(sent[0].parent_id(), sent[1].parent_id());
}

#[test]
fn not_to_verify_is_said_loudly() {
    let log = Log::default();
    let _log = log.begin();
    let mut config = Config::new("https://cluster:6443");
    config.insecure = true;
    Client::from_config(&config).expect("client");
    let log = log.text();
    assert!(
        log.contains("WARN") && log.contains("IS NOT VERIFIED"),
        "{log}"
    );
}

/// Whatever is configured, and whatever goes wrong: no secret shows.
#[tokio::test]
async fn no_secret_shows() {
    let server = Server::with(Options::default(), |_| Some(Answer::json(401, "{}"))).await;
    let log = Log::default();
    let _log = log.begin();
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("token");
    std::fs::write(&file, "SECRET-of-the-file").expect("token");
    let mut plugin = ExecPlugin::new("sh");
    plugin.args = vec![
        "-c".to_owned(),
        r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"SECRET-of-the-plugin"}}' # SECRET-argument"#
            .to_owned(),
    ];
    plugin.env = vec![("PASSWORD".to_owned(), "SECRET-variable".to_owned())];
    let login = OidcLogin {
        issuer: "http://127.0.0.1:1".to_owned(),
        client_id: "me".to_owned(),
        client_secret: "SECRET-of-the-client".to_owned(),
        tokens: OidcTokens {
            id_token: String::new(),
            refresh_token: "SECRET-refresh".to_owned(),
        },
        ..OidcLogin::default()
    };
    let mut shown = String::new();
    for credentials in [
        Credentials::Token("SECRET-token".to_owned()),
        Credentials::Token("SECRET-broken\n token".to_owned()),
        Credentials::TokenFile(file),
        Credentials::Basic {
            username: "me".to_owned(),
            password: "SECRET-password".to_owned(),
        },
        Credentials::Exec(Box::new(plugin)),
        Credentials::Oidc(Box::new(login)),
    ] {
        let mut config = Config::new(format!("http://{}", server.address));
        config.credentials = credentials;
        config.client_key = Some(b"SECRET-key".to_vec());
        let proxy = ProxyUrl::parse("http://me:SECRET-proxy@127.0.0.1:1").expect("url");
        for proxy in [ProxyChoice::Direct, ProxyChoice::Through(proxy)] {
            config.proxy = proxy;
            shown += &format!("{config:?} {:?}", config.credentials);
            match Client::from_config(&config) {
                Err(error) => shown += &format!("{error} {error:?} {}", error.chain()),
                Ok(client) => {
                    let api = Api::<Namespace>::all(client.with_retry(RetryPolicy::none()));
                    let error = api.get("a").await.expect_err("refused");
                    shown += &format!(
                        "{api:?} {:?} {error} {error:?} {}",
                        api.client(),
                        error.chain()
                    );
                }
            }
        }
    }
    let log = log.text();
    assert!(log.contains("HTTP"), "something is logged: {log}");
    for text in [shown, log] {
        assert!(!text.contains("SECRET"), "{text}");
    }
    // They were sent, though.
    let sent: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").to_owned())
        .collect();
    assert!(
        sent.contains(&"Bearer SECRET-of-the-plugin".to_owned()),
        "{sent:?}"
    );
}
