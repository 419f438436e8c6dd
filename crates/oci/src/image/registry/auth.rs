//! What registries want to see before they answer: basic credentials or tokens.

use std::sync::Mutex;

use base64::Engine as _;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::BodyExt as _;
use serde::Deserialize;

use super::{Credentials, http::HttpClient};

const TOKEN_BYTES_MAX: usize = 1 << 20;

/// The authorization of one pull.
pub(super) struct Authorization {
    credentials: Credentials,
    current: Mutex<Option<HeaderValue>>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}

impl Authorization {
    pub fn new(credentials: Credentials) -> Self {
        let current = (!credentials.registry_token.is_empty())
            .then(|| secret(&format!("Bearer {}", credentials.registry_token)))
            .flatten();
        Self {
            credentials,
            current: Mutex::new(current),
        }
    }

    /// What to present now.
    pub fn header(&self) -> Option<HeaderValue> {
        self.current.lock().ok()?.clone()
    }

    /// Gets what a challenge asks for.
    pub async fn answer(
        &self,
        http: &HttpClient,
        headers: &HeaderMap,
        repository: &str,
    ) -> Result<(), String> {
        let challenges = headers.get_all(header::WWW_AUTHENTICATE).into_iter();
        let challenges: Vec<_> = challenges.filter_map(|value| value.to_str().ok()).collect();
        for challenge in &challenges {
            let (scheme, parameters) = challenge.split_once(' ').unwrap_or((challenge, ""));
            if scheme.eq_ignore_ascii_case("bearer") {
                let value = self.token(http, &parse(parameters), repository).await?;
                return self.keep(value);
            }
            if scheme.eq_ignore_ascii_case("basic") {
                let value = self.basic().ok_or("the registry wants credentials")?;
                return self.keep(Some(value));
            }
        }
        Err("the registry refuses without saying what it wants".into())
    }

    fn keep(&self, value: Option<HeaderValue>) -> Result<(), String> {
        let value = value.ok_or("the registry's token is not fit for a header")?;
        if let Ok(mut current) = self.current.lock() {
            *current = Some(value);
        }
        Ok(())
    }

    fn basic(&self) -> Option<HeaderValue> {
        let Credentials {
            username, password, ..
        } = &self.credentials;
        if username.is_empty() && password.is_empty() {
            return None;
        }
        let pair = format!("{username}:{password}");
        secret(&format!(
            "Basic {}",
            base64::engine::general_purpose::STANDARD.encode(pair)
        ))
    }

    async fn token(
        &self,
        http: &HttpClient,
        parameters: &[(String, String)],
        repository: &str,
    ) -> Result<Option<HeaderValue>, String> {
        let parameter = |name: &str| {
            parameters
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let realm = parameter("realm").ok_or("the registry's challenge names no realm")?;
        let default_scope = format!("repository:{repository}:pull");
        let scope = parameter("scope").unwrap_or(&default_scope);
        let service = parameter("service").unwrap_or("");
        let query = format!("service={}&scope={}", encode(service), encode(scope));
        let identity = &self.credentials.identity_token;
        let response = if identity.is_empty() {
            let separator = if realm.contains('?') { '&' } else { '?' };
            let mut headers = HeaderMap::new();
            if let Some(value) = self.basic() {
                headers.insert(header::AUTHORIZATION, value);
            }
            http.get(&format!("{realm}{separator}{query}"), headers)
                .await?
        } else {
            let form = format!(
                "grant_type=refresh_token&client_id=skeg&{query}&refresh_token={}",
                encode(identity)
            );
            http.post_form(realm, form).await?
        };
        let status = response.status();
        let body = http_body_util::Limited::new(response.into_body(), TOKEN_BYTES_MAX);
        let body = body
            .collect()
            .await
            .map_err(|error| error.to_string())?
            .to_bytes();
        if !status.is_success() {
            return Err(format!("{realm} answered {status}"));
        }
        let answer: TokenAnswer =
            serde_json::from_slice(&body).map_err(|error| format!("token: {error}"))?;
        let token = answer
            .token
            .or(answer.access_token)
            .ok_or("an answer without a token")?;
        Ok(secret(&format!("Bearer {token}")))
    }
}

fn secret(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// `key="value"` pairs, separated by commas.
fn parse(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while let Some((key, after)) = rest.split_once('=') {
        let key = key
            .trim()
            .trim_start_matches(',')
            .trim()
            .to_ascii_lowercase();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        pairs.push((key, value.to_owned()));
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    pairs
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_parsed() {
        let text = r#"realm="https://auth.x/token",service="x, y",scope="repository:a:pull,push""#;
        let pairs = parse(text);
        let expect = [
            ("realm", "https://auth.x/token"),
            ("service", "x, y"),
            ("scope", "repository:a:pull,push"),
        ];
        let expect = expect.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(pairs, expect);
        assert_eq!(parse("realm=abc, error=x").len(), 2);
        assert!(parse("").is_empty());
        assert_eq!(encode("a:b c"), "a%3Ab%20c");
    }
}
