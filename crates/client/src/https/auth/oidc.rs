//! Logins at an OpenID Connect provider: an ID token that ends is replaced by
//! means of the refresh token (OpenID Connect Core, 12; RFC 6749, 6).

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response};
use parking_lot::Mutex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use skeg_schema::Value;
use tokio::time::Instant;

use super::renewal::Renewal;
use super::{Grant, expiry, told};
use crate::config::{Config, ConfigError, OidcLogin, OidcTokens};
use crate::https::HttpsTransport;
use crate::payload::{BoxError, Payload};
use crate::telemetry::Recorder;

/// How long a provider may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest answer of a provider that is read.
const ANSWER_LEN_MAX: usize = 1 << 20;

/// What forms and credentials are encoded by.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(in crate::https) struct Oidc {
    login: OidcLogin,
    /// How the provider is reached.
    template: Config,
    recorder: Option<Arc<dyn Recorder>>,
    held: Mutex<Held>,
    /// The provider is asked once at a time.
    renewal: Arc<Renewal>,
    endpoint: Mutex<Option<Endpoint>>,
}

struct Held {
    tokens: OidcTokens,
    /// When the ID token is to be replaced; none when it does not say.
    replace_at: Option<i64>,
}

impl Held {
    fn new(tokens: OidcTokens) -> Self {
        let replace_at = if tokens.id_token.is_empty() {
            Some(i64::MIN)
        } else {
            ends(&tokens.id_token).map(|ends| expiry::replace_at(expiry::now(), ends))
        };
        Self { tokens, replace_at }
    }

    fn is_valid(&self) -> bool {
        self.replace_at.is_none_or(|at| expiry::now() < at)
    }
}

/// Where tokens are had.
#[derive(Clone)]
struct Endpoint {
    url: String,
    /// The secret goes into the body, not into a header.
    secret_in_body: bool,
}

/// When a token ends, by its own word. It is the API server that verifies it.
fn ends(token: &str) -> Option<i64> {
    let claims = token.split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(claims)
        .ok()?;
    skeg_schema::decode_json_any(&claims).ok()?["exp"].as_i64()
}

impl Oidc {
    pub(super) fn new(login: &OidcLogin, config: &Config) -> Result<Self, ConfigError> {
        let mut template = Config::new(&login.issuer);
        template.ca.clone_from(&login.ca);
        template.ca_file.clone_from(&login.ca_file);
        template.proxy = match &config.proxy {
            // The cluster's proxy need not lead to the provider.
            crate::config::ProxyChoice::Through(_) => crate::config::ProxyChoice::Environment,
            other => other.clone(),
        };
        template.connect_timeout = config.connect_timeout;
        if !login.issuer.starts_with("https://") && !login.issuer.starts_with("http://") {
            return Err(ConfigError::invalid(
                "issuer of the OIDC login",
                "must be a URL that begins with https://",
            ));
        }
        if login.tokens.id_token.is_empty() && login.tokens.refresh_token.is_empty() {
            return Err(ConfigError::invalid(
                "OIDC login",
                "it has neither an ID token nor a refresh token; log in first",
            ));
        }
        Ok(Self {
            held: Mutex::new(Held::new(login.tokens.clone())),
            login: login.clone(),
            template,
            recorder: config.recorder.clone(),
            renewal: Arc::default(),
            endpoint: Mutex::default(),
        })
    }

    fn shown(held: &Held) -> Result<Grant, BoxError> {
        Grant::bearer(&held.tokens.id_token)
    }

    pub(super) fn reject(&self, grant: &Grant) {
        let mut held = self.held.lock();
        let is_same = Self::shown(&held).is_ok_and(|held| held.header == grant.header);
        if is_same && !held.tokens.refresh_token.is_empty() {
            held.replace_at = Some(i64::MIN);
        }
    }

    pub(super) async fn grant(self: &Arc<Self>) -> Result<Grant, BoxError> {
        {
            let held = self.held.lock();
            if held.is_valid() {
                return Self::shown(&held);
            }
        }
        let this = Arc::clone(self);
        let work = move || async move { this.renew().await };
        self.renewal.join(work).await
    }

    async fn renew(&self) -> Result<Grant, BoxError> {
        let tokens = {
            let held = self.held.lock();
            // They may have come since they were looked for.
            if held.is_valid() {
                return Self::shown(&held);
            }
            held.tokens.clone()
        };
        let begun = Instant::now();
        let refreshed = tokio::time::timeout(TIMEOUT, self.refresh(&tokens))
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {} s", TIMEOUT.as_secs()).into()));
        told(
            self.recorder.as_ref(),
            "oidc",
            begun.elapsed(),
            refreshed.is_ok(),
        );
        let tokens = refreshed.map_err(|error| {
            BoxError::from(format!("OIDC provider {}: {error}", self.login.issuer))
        })?;
        let grant = {
            let mut held = self.held.lock();
            *held = Held::new(tokens.clone());
            Self::shown(&held)?
        };
        if let Some(keeper) = self.login.keeper.clone() {
            // It may well write a file.
            let kept = tokio::task::spawn_blocking(move || keeper.keep(&tokens)).await;
            if kept.is_err() {
                tracing::warn!("new tokens are not kept: their keeper panicked");
            }
        }
        Ok(grant)
    }

    async fn refresh(&self, tokens: &OidcTokens) -> Result<OidcTokens, BoxError> {
        if tokens.refresh_token.is_empty() {
            return Err(
                "the ID token has ended and there is no refresh token; log in again".into(),
            );
        }
        let known = self.endpoint.lock().clone();
        let endpoint = match known {
            Some(endpoint) => endpoint,
            None => {
                let found = self.discover().await?;
                self.endpoint.lock().insert(found).clone()
            }
        };
        let form = |fields: &[(&str, &str)]| -> String {
            let encode = |text| utf8_percent_encode(text, FORM).to_string();
            fields
                .iter()
                .map(|(key, value)| format!("{key}={}", encode(*value)))
                .collect::<Vec<_>>()
                .join("&")
        };
        let scopes = self.login.scopes.join(" ");
        let mut fields = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.refresh_token.as_str()),
        ];
        if !scopes.is_empty() {
            fields.push(("scope", &scopes));
        }
        let mut request = Request::new(Payload::Empty);
        *request.method_mut() = Method::POST;
        let has_secret = !self.login.client_secret.is_empty();
        if has_secret && !endpoint.secret_in_body {
            // RFC 6749, 2.3.1: both are encoded before they are joined.
            let encode = |text| utf8_percent_encode(text, FORM).to_string();
            let pair = format!(
                "{}:{}",
                encode(&self.login.client_id),
                encode(&self.login.client_secret)
            );
            let pair = base64::engine::general_purpose::STANDARD.encode(pair);
            let mut value = HeaderValue::from_str(&format!("Basic {pair}"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        } else {
            fields.push(("client_id", &self.login.client_id));
            if has_secret {
                fields.push(("client_secret", &self.login.client_secret));
            }
        }
        request.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        *request.body_mut() = form(&fields).into_bytes().into();
        let answer = self.ask(&endpoint.url, request).await?;
        let text = |key: &str| answer[key].as_str().unwrap_or_default();
        if text("id_token").is_empty() {
            return Err(
                "its answer has no id_token; the login must have had the scope openid".into(),
            );
        }
        Ok(OidcTokens {
            id_token: text("id_token").to_owned(),
            // A provider that gives no other takes the old one again.
            refresh_token: match text("refresh_token") {
                "" => tokens.refresh_token.clone(),
                new => new.to_owned(),
            },
        })
    }

    async fn discover(&self) -> Result<Endpoint, BoxError> {
        let url = format!(
            "{}/.well-known/openid-configuration",
            self.login.issuer.trim_end_matches('/')
        );
        let document = self.ask(&url, Request::new(Payload::Empty)).await?;
        let endpoint = document["token_endpoint"].as_str().unwrap_or_default();
        if endpoint.is_empty() {
            return Err(format!("{url} names no token_endpoint").into());
        }
        let methods: Vec<&str> = document["token_endpoint_auth_methods_supported"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        Ok(Endpoint {
            url: endpoint.to_owned(),
            secret_in_body: methods.contains(&"client_secret_post")
                && !methods.contains(&"client_secret_basic"),
        })
    }

    /// Sends a request to a URL of the provider and reads the answer. Its body
    /// holds secrets, of which no error repeats a part but `error` of RFC 6749.
    async fn ask(&self, url: &str, mut request: Request<Payload>) -> Result<Value, BoxError> {
        let mut config = self.template.clone();
        config.server = url.to_owned();
        let transport = HttpsTransport::new(&config)?;
        // The whole URL is the server's.
        *request.uri_mut() = http::Uri::from_static("/");
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
        let response: Response<Payload> = transport
            .call_exactly(request)
            .await
            .map_err(|error| chain(&error))?;
        let status = response.status();
        let body = crate::client::collect(response.into_body(), ANSWER_LEN_MAX).await?;
        let answer = skeg_schema::decode_json_any(&body).unwrap_or(Value::Null);
        if status.is_success() {
            return match answer {
                Value::Object(_) => Ok(answer),
                _ => Err(format!("{url} does not answer with JSON").into()),
            };
        }
        match answer["error"].as_str() {
            Some("invalid_grant") => Err(
                "it does not take the refresh token any more (invalid_grant); log in again".into(),
            ),
            Some(error) => {
                let error: String = error.chars().take(64).collect();
                Err(format!("it refuses with {status} ({error})").into())
            }
            None => Err(format!("{url} answers with {status}").into()),
        }
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_when_it_ends() {
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"exp":1700}"#);
        assert_eq!(ends(&format!("a.{claims}.c")), Some(1700));
        assert_eq!(ends("opaque"), None);
    }
}
