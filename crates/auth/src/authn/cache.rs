//! Answers about tokens, kept for a while. Tokens are kept as digests.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;

use super::{AuthenticatedUser, AuthnError, TokenAuthenticator};

/// Answers that are kept.
const ANSWERS_LEN_MAX: usize = 8192;

type Answer = Option<AuthenticatedUser>;

/// Remembers what another authenticator answers.
pub struct CachedTokens {
    inner: Arc<dyn TokenAuthenticator>,
    success_ttl: Duration,
    failure_ttl: Duration,
    answers: Mutex<HashMap<Vec<u8>, (Instant, Answer)>>,
}

impl CachedTokens {
    /// Keeps users for `success_ttl`, and that there is none for `failure_ttl`.
    pub fn new(
        inner: Arc<dyn TokenAuthenticator>,
        success_ttl: Duration,
        failure_ttl: Duration,
    ) -> Self {
        Self {
            inner,
            success_ttl,
            failure_ttl,
            answers: Mutex::new(HashMap::new()),
        }
    }
}

fn key(token: &str, audiences: &[String]) -> Vec<u8> {
    let mut text = token.to_owned();
    for audience in audiences {
        text.push('\0');
        text.push_str(audience);
    }
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

#[async_trait]
impl TokenAuthenticator for CachedTokens {
    /// Errors are not kept: the next request asks again.
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let key = key(token, audiences);
        let now = Instant::now();
        if let Some((until, answer)) = self.answers.lock().get(&key)
            && *until > now
        {
            return Ok(answer.clone());
        }
        let answer = self.inner.authenticate_token(token, audiences).await?;
        let ttl = if answer.is_some() {
            self.success_ttl
        } else {
            self.failure_ttl
        };
        if !ttl.is_zero() {
            let mut answers = self.answers.lock();
            if answers.len() >= ANSWERS_LEN_MAX {
                answers.retain(|_, (until, _)| *until > now);
                if answers.len() >= ANSWERS_LEN_MAX {
                    answers.clear();
                }
            }
            answers.insert(key, (Instant::now() + ttl, answer.clone()));
        }
        Ok(answer)
    }

    fn render(&self, out: &mut crate::metrics::Text) {
        self.inner.render(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserInfo;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Counted(AtomicU32);

    #[async_trait]
    impl TokenAuthenticator for Counted {
        async fn authenticate_token(
            &self,
            token: &str,
            _: &[String],
        ) -> Result<Option<AuthenticatedUser>, AuthnError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            match token {
                "bad" => Err(AuthnError::new("bad")),
                "unknown" => Ok(None),
                name => Ok(Some(AuthenticatedUser {
                    user: Arc::new(UserInfo::new(name, &[])),
                    audiences: Vec::new(),
                })),
            }
        }
    }

    #[tokio::test]
    async fn answers_are_remembered_and_errors_are_not() {
        let counted = Arc::new(Counted(AtomicU32::new(0)));
        let hour = Duration::from_secs(3600);
        let cached = CachedTokens::new(counted.clone(), hour, Duration::ZERO);
        let asked = async |token: &str, audiences: &[String]| {
            let before = counted.0.load(Ordering::SeqCst);
            let _ = cached.authenticate_token(token, audiences).await;
            counted.0.load(Ordering::SeqCst) - before
        };
        assert_eq!(asked("a", &[]).await, 1);
        assert_eq!(asked("a", &[]).await, 0);
        assert_eq!(asked("a", &["x".into()]).await, 1);
        assert_eq!(asked("bad", &[]).await, 1);
        assert_eq!(asked("bad", &[]).await, 1);
        assert_eq!(asked("unknown", &[]).await, 1);
        assert_eq!(asked("unknown", &[]).await, 1);
    }
}
