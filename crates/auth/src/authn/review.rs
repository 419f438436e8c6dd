//! Tokens that another program knows: it is sent TokenReviews.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use skeg_schema::{Value, json};

use super::{AuthenticatedUser, AuthnError, TokenAuthenticator};
use crate::user::UserInfo;
use crate::webhook::{Remote, WebhookError, status_of};

/// Attempts to reach it.
const ATTEMPTS_MAX: u32 = 5;
/// The first wait between them.
const BACKOFF: Duration = Duration::from_millis(500);

/// Which version of the API another program speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewVersion {
    /// `v1`.
    V1,
    /// `v1beta1`.
    V1Beta1,
}

impl ReviewVersion {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V1Beta1 => "v1beta1",
        }
    }
}

impl std::str::FromStr for ReviewVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "v1" => Ok(Self::V1),
            "v1beta1" => Ok(Self::V1Beta1),
            other => Err(format!("{other:?} is neither v1 nor v1beta1")),
        }
    }
}

/// Authenticates by asking another program.
pub struct WebhookTokens {
    remote: Remote,
    version: ReviewVersion,
    audiences: Vec<String>,
}

impl WebhookTokens {
    /// `audiences` are the API server's; an answer that names none is good for
    /// them.
    pub fn new(remote: Remote, version: ReviewVersion, audiences: Vec<String>) -> Self {
        Self {
            remote,
            version,
            audiences,
        }
    }
}

/// Asks again while that may help.
pub(crate) async fn ask(remote: &Remote, body: &Value) -> Result<Value, WebhookError> {
    let mut wait = BACKOFF;
    for _ in 1..ATTEMPTS_MAX {
        match remote.post(body).await {
            Err(error) if error.is_transient() => {
                tokio::time::sleep(wait).await;
                wait = wait.mul_f64(1.5);
            }
            outcome => return outcome,
        }
    }
    remote.post(body).await
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[async_trait]
impl TokenAuthenticator for WebhookTokens {
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let mut spec = json!({"token": token});
        if !audiences.is_empty() {
            let list: Vec<Value> = audiences.iter().map(|a| Value::from(a.as_str())).collect();
            spec.set_at(&["audiences"], list);
        }
        let review = json!({
            "kind": "TokenReview",
            "apiVersion": (format!("authentication.k8s.io/{}", self.version.as_str())),
            "metadata": {},
            "spec": spec,
            "status": {"user": {}}
        });
        let answer = ask(&self.remote, &review)
            .await
            .map_err(|e| AuthnError::new(e.to_string()))?;
        let version = format!("authentication.k8s.io/{}", self.version.as_str());
        let status = status_of(&answer, &version, "TokenReview", &["authenticated"])
            .map_err(|e| AuthnError::new(e.to_string()))?;
        let good_for = texts(&status["audiences"]);
        let mut found: Vec<String> = audiences.to_vec();
        if !audiences.is_empty() {
            let known = if good_for.is_empty() {
                &self.audiences
            } else {
                &good_for
            };
            found.retain(|a| known.contains(a));
            if found.is_empty() {
                return Ok(None);
            }
        }
        if status["authenticated"].as_bool() != Some(true) {
            return match status["error"].as_str().filter(|e| !e.is_empty()) {
                Some(error) => Err(AuthnError::new(error)),
                None => Ok(None),
            };
        }
        let user = &status["user"];
        let text = |key: &str| user[key].as_str().unwrap_or_default().to_owned();
        let extra = user["extra"]
            .as_object()
            .into_iter()
            .flat_map(|o| o.iter())
            .map(|(key, values)| (key.to_string(), texts(values)))
            .collect();
        let user = UserInfo {
            name: text("username"),
            uid: text("uid"),
            groups: texts(&user["groups"]),
            extra,
        };
        Ok(Some(AuthenticatedUser {
            user: Arc::new(user.with_authenticated_group()),
            audiences: found,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::tests::Played;

    #[tokio::test]
    async fn answers_of_another_program() {
        let played = Played(|_: &str, review: Value| {
            assert_eq!(review["apiVersion"], json!("authentication.k8s.io/v1"));
            let status = match review["spec"]["token"].as_str().unwrap() {
                "good" => json!({
                    "authenticated": true,
                    "user": {"username": "eve", "uid": "7", "groups": ["g"], "extra": {"k": ["v"]}}
                }),
                "elsewhere" => json!({
                    "authenticated": true, "audiences": ["other"], "user": {"username": "eve"}
                }),
                "error" => json!({"authenticated": false, "error": "no such token"}),
                _ => json!({"authenticated": false}),
            };
            (200, json!({"status": status}))
        });
        let remote = Remote::over(Arc::new(played), "/", Duration::from_secs(5));
        let tokens = WebhookTokens::new(remote, ReviewVersion::V1, vec!["api".into()]);
        let api = ["api".to_owned()];
        let found = tokens
            .authenticate_token("good", &api)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.user.name, "eve");
        assert_eq!(found.user.groups, ["g", "system:authenticated"]);
        assert_eq!(found.user.extra["k"], ["v"]);
        assert_eq!(found.audiences, api);
        assert_eq!(tokens.authenticate_token("elsewhere", &api).await, Ok(None));
        assert_eq!(tokens.authenticate_token("none", &api).await, Ok(None));
        let error = tokens.authenticate_token("error", &api).await.unwrap_err();
        assert_eq!(error.to_string(), "no such token");
    }
}
