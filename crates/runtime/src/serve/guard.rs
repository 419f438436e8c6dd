//! Lets only those read the metrics whom the cluster allows it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use http::{StatusCode, header};
use parking_lot::Mutex;
use skeg_api::authentication::v1::{TokenReview, TokenReviewSpec};
use skeg_api::authorization::v1::{
    NonResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec,
};
use skeg_client::{Api, Client, Error};

use super::http::{Answer, Request, answer};
use crate::clock::Clock;

/// How long a verdict holds.
const VERDICT: Duration = Duration::from_secs(60);
/// How many are remembered.
const VERDICTS_LEN_MAX: usize = 1024;

/// Asks the cluster who a caller is (TokenReview) and whether he may read the
/// metrics (SubjectAccessReview: `get` on the non-resource URL `/metrics`), as
/// controller-runtime's filter does. Only sensible over TLS.
pub struct MetricsGuard {
    client: Client,
    clock: Arc<dyn Clock>,
    /// By a keyed hash of the token, so that no token is kept.
    verdicts: Mutex<HashMap<u64, (Verdict, Duration)>>,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Allowed,
    Unknown,
    Forbidden,
}

impl std::fmt::Debug for MetricsGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetricsGuard").finish_non_exhaustive()
    }
}

impl MetricsGuard {
    /// A guard that asks this cluster.
    #[must_use]
    pub fn new(client: Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            client,
            clock,
            verdicts: Mutex::new(HashMap::new()),
            hasher: RandomState::new(),
        }
    }

    pub(super) async fn check(&self, request: &Request) -> Result<(), Answer> {
        let token = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let unauthorized = || answer(StatusCode::UNAUTHORIZED, "Unauthorized\n");
        let token = token.ok_or_else(unauthorized)?;
        match self.verdict(token, request.uri().path()).await {
            Ok(Verdict::Allowed) => Ok(()),
            Ok(Verdict::Unknown) => Err(unauthorized()),
            Ok(Verdict::Forbidden) => Err(answer(StatusCode::FORBIDDEN, "Forbidden\n")),
            Err(error) => {
                tracing::warn!(error = error.chain(), "cannot ask who may read the metrics");
                let text = "cannot ask the cluster\n";
                Err(answer(StatusCode::INTERNAL_SERVER_ERROR, text))
            }
        }
    }

    async fn verdict(&self, token: &str, path: &str) -> Result<Verdict, Error> {
        let key = self.hasher.hash_one((token, path));
        let now = self.clock.monotonic();
        if let Some((verdict, until)) = self.verdicts.lock().get(&key)
            && now < *until
        {
            return Ok(*verdict);
        }
        let verdict = self.ask(token, path).await?;
        let mut verdicts = self.verdicts.lock();
        if verdicts.len() >= VERDICTS_LEN_MAX {
            verdicts.retain(|_, (_, until)| now < *until);
        }
        if verdicts.len() < VERDICTS_LEN_MAX {
            verdicts.insert(key, (verdict, now + VERDICT));
        }
        Ok(verdict)
    }

    async fn ask(&self, token: &str, path: &str) -> Result<Verdict, Error> {
        let review = TokenReview {
            spec: TokenReviewSpec {
                token: token.to_owned(),
                ..TokenReviewSpec::default()
            },
            ..TokenReview::default()
        };
        let review = Api::all(self.client.clone()).create(review).await?;
        if !review.status.authenticated {
            return Ok(Verdict::Unknown);
        }
        let user = &review.status.user;
        let review = SubjectAccessReview {
            spec: SubjectAccessReviewSpec {
                user: user.username.clone(),
                groups: user.groups.clone(),
                uid: user.uid.clone(),
                extra: user.extra.clone(),
                non_resource_attributes: Some(NonResourceAttributes {
                    path: path.to_owned(),
                    verb: "get".to_owned(),
                }),
                ..SubjectAccessReviewSpec::default()
            },
            ..SubjectAccessReview::default()
        };
        let review = Api::all(self.client.clone()).create(review).await?;
        Ok(if review.status.allowed {
            Verdict::Allowed
        } else {
            Verdict::Forbidden
        })
    }
}
