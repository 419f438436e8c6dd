//! Logins at an OpenID Connect provider: a small one of our own.

use std::sync::Arc;

use base64::Engine;
use parking_lot::Mutex;
use skeg_api::core::v1::Namespace;
use skeg_client::config::{OidcLogin, OidcTokens, TokenKeeper};
use skeg_client::{Api, Client, Config, Credentials, Error, Kubeconfig};
use tokio::sync::Semaphore;

use crate::server::{Answer, Options, Seen, Server, wait_for};
use crate::tls::{Authority, NAMESPACE, tls};

/// A token that says when it ends, and which one it is.
fn token(name: &str, exp: i64) -> String {
    let claims = format!(r#"{{"sub":"{name}","exp":{exp}}}"#);
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
    format!("e30.{claims}.sig")
}

const LONG: i64 = 4_000_000_000;

struct Provider {
    server: Server,
    authority: Authority,
    issuer: String,
}

/// A provider that takes each refresh token once.
async fn provider(method: &'static str) -> Provider {
    provider_behind(method, None).await
}

/// The same, which answers when it may.
async fn provider_behind(method: &'static str, gate: Option<Arc<Semaphore>>) -> Provider {
    let authority = Authority::new();
    let valid = Mutex::new("refresh-1".to_owned());
    let served = std::sync::atomic::AtomicUsize::new(1);
    let issuer: Arc<Mutex<String>> = Arc::default();
    let own = Arc::clone(&issuer);
    let options = Options {
        tls: Some(tls(&authority, "localhost")),
        gate,
        ..Options::default()
    };
    let server = Server::with(options, move |seen: &Seen| {
        Some(match seen.line.as_str() {
            "GET /realm/.well-known/openid-configuration" => Answer::json(
                200,
                &format!(
                    r#"{{"issuer":"{0}","token_endpoint":"{0}/token?x=1","token_endpoint_auth_methods_supported":["{method}"]}}"#,
                    own.lock()
                ),
            ),
            "POST /realm/token?x=1" => {
                let form = String::from_utf8_lossy(&seen.body).into_owned();
                let secret = match method {
                    "client_secret_post" => form.contains("client_id=me&client_secret=s%3Acret"),
                    _ => seen.header("authorization") == "Basic bWU6cyUzQWNyZXQ=",
                };
                let mut valid = valid.lock();
                let shown = format!("grant_type=refresh_token&refresh_token={}", valid);
                if !secret {
                    Answer::json(401, r#"{"error":"invalid_client","error_description":"s3cr3t"}"#)
                } else if !form.starts_with(&shown) {
                    Answer::json(400, r#"{"error":"invalid_grant"}"#)
                } else {
                    let next = served.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                    *valid = format!("refresh-{next}");
                    Answer::json(
                        200,
                        &format!(
                            r#"{{"token_type":"Bearer","access_token":"x","id_token":"{}","refresh_token":"{valid}"}}"#,
                            token(&format!("id-{next}"), LONG)
                        ),
                    )
                }
            }
            _ => Answer::json(404, "{}"),
        })
    })
    .await;
    *issuer.lock() = format!("https://localhost:{}/realm", server.address.port());
    let issuer = issuer.lock().clone();
    Provider {
        server,
        authority,
        issuer,
    }
}

impl Provider {
    fn login(&self, id_token: &str, refresh_token: &str) -> OidcLogin {
        OidcLogin {
            issuer: self.issuer.clone(),
            client_id: "me".to_owned(),
            client_secret: "s:cret".to_owned(),
            tokens: OidcTokens {
                id_token: id_token.to_owned(),
                refresh_token: refresh_token.to_owned(),
            },
            ca: Some(self.authority.pem()),
            ..OidcLogin::default()
        }
    }
}

/// An API server that does not take one token.
async fn api(refused: Option<String>) -> Server {
    Server::with(Options::default(), move |seen| {
        let is_refused = refused
            .as_ref()
            .is_some_and(|token| seen.header("authorization") == format!("Bearer {token}"));
        Some(Answer::json(if is_refused { 401 } else { 200 }, NAMESPACE))
    })
    .await
}

fn client(api: &Server, login: OidcLogin) -> Client {
    let mut config = Config::new(format!("http://{}", api.address));
    config.credentials = Credentials::Oidc(Box::new(login));
    let debug = format!("{config:?}");
    assert!(
        !debug.contains("s:cret") && !debug.contains("refresh-1"),
        "{debug}"
    );
    Client::from_config(&config).expect("client")
}

async fn get(client: &Client) -> Result<(), Error> {
    Api::<Namespace>::all(client.clone())
        .get("a")
        .await
        .map(drop)
}

#[tokio::test]
async fn a_token_that_has_ended_is_replaced_and_kept() {
    for method in ["client_secret_basic", "client_secret_post"] {
        let provider = provider(method).await;
        let api = api(None).await;
        let kept: Arc<Mutex<Vec<OidcTokens>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let mut login = provider.login(&token("id-1", 1000), "refresh-1");
        login.keeper = Some(TokenKeeper::new(move |tokens| {
            keep.lock().push(tokens.clone())
        }));
        let client = client(&api, login);
        for one in futures::future::join_all((0..5).map(|_| get(&client))).await {
            one.expect("authenticated");
        }
        let fresh = token("id-2", LONG);
        for seen in api.seen() {
            assert_eq!(seen.header("authorization"), format!("Bearer {fresh}"));
        }
        let expect = OidcTokens {
            id_token: fresh,
            refresh_token: "refresh-2".to_owned(),
        };
        assert_eq!(*kept.lock(), [expect]);
        // Discovery and one refresh, for all.
        assert_eq!(provider.server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_refresh_is_not_lost_with_the_request_that_began_it() {
    let gate = Arc::new(Semaphore::new(1));
    let provider = provider_behind("client_secret_basic", Some(Arc::clone(&gate))).await;
    let api = api(None).await;
    let kept: Arc<Mutex<Vec<OidcTokens>>> = Arc::default();
    let keep = Arc::clone(&kept);
    let mut login = provider.login(&token("id-1", 1000), "refresh-1");
    login.keeper = Some(TokenKeeper::new(move |tokens| {
        keep.lock().push(tokens.clone())
    }));
    let client = client(&api, login);
    let impatient = tokio::spawn({
        let client = client.clone();
        async move { get(&client).await }
    });
    // Discovery is answered; the provider has the refresh token.
    provider.server.until_seen(2).await;
    impatient.abort();
    assert!(impatient.await.is_err());
    gate.add_permits(10);
    wait_for(|| !kept.lock().is_empty()).await;
    get(&client).await.expect("with the token that came");
    assert_eq!(provider.server.seen().len(), 2, "it was refreshed once");
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_at_once() {
    let provider = provider("client_secret_basic").await;
    let stale = token("id-1", LONG);
    let api = api(Some(stale.clone())).await;
    let client = client(&api, provider.login(&stale, "refresh-1"));
    get(&client).await.expect("with another token");
    assert_eq!(api.seen().len(), 2);
    get(&client).await.expect("still");
    assert_eq!(provider.server.seen().len(), 2);
}

#[tokio::test]
async fn failures_say_what_to_do_and_no_secret() {
    let provider = provider("client_secret_basic").await;
    let api = api(None).await;
    let failure = async |login| {
        let error = get(&client(&api, login)).await.expect_err("no token");
        let text = error.chain();
        for secret in ["s:cret", "s3cr3t", "refresh-7"] {
            assert!(!text.contains(secret), "{text}");
        }
        text
    };
    let used = failure(provider.login("", "refresh-7")).await;
    assert!(used.contains("(invalid_grant); log in again"), "{used}");
    let ended = failure(provider.login(&token("id", 1000), "")).await;
    assert!(
        ended.contains("there is no refresh token; log in again"),
        "{ended}"
    );
    let mut login = provider.login("", "refresh-7");
    login.client_secret = "other".to_owned();
    let refused = failure(login).await;
    assert!(
        refused.contains("401 Unauthorized (invalid_client)"),
        "{refused}"
    );
    let mut login = provider.login("", "refresh-7");
    login.ca = Some(Authority::new().pem());
    let stranger = failure(login).await;
    assert!(stranger.contains("invalid peer certificate"), "{stranger}");
}

#[tokio::test]
async fn new_tokens_go_into_the_kubeconfig() {
    let provider = provider("client_secret_basic").await;
    let api = api(None).await;
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("idp.crt"), provider.authority.pem()).expect("ca");
    let path = folder.path().join("config");
    let text = format!(
        "clusters:
- cluster:
    server: http://{}
  name: k
contexts:
- context:
    cluster: k
    user: u
  name: c
current-context: c
users:
- name: u
  user:
    auth-provider:
      config:
        client-id: me
        client-secret: s:cret
        id-token: old
        idp-certificate-authority: idp.crt
        idp-issuer-url: {}
        refresh-token: refresh-1
      name: oidc
",
        api.address, provider.issuer
    );
    let text = text.replace(
        "id-token: old",
        &format!("id-token: {}", token("id-1", 1000)),
    );
    std::fs::write(&path, &text).expect("kubeconfig");
    let config = Kubeconfig::from_file(&path)
        .expect("kubeconfig")
        .config(None)
        .expect("config");
    get(&Client::from_config(&config).expect("client"))
        .await
        .expect("authenticated");
    let expect = text
        .replace(&token("id-1", 1000), &token("id-2", LONG))
        .replace("refresh-1", "refresh-2");
    assert_eq!(std::fs::read_to_string(&path).expect("kubeconfig"), expect);
}
