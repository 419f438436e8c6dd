//! Answers about tokens, kept for a while. Tokens are kept as digests.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;

use super::{AuthenticatedUser, AuthnError, TokenAuthenticator};
use crate::metrics::{Counter, Histogram, Text};

/// Answers that are kept.
const ANSWERS_LEN_MAX: usize = 8192;

type Answer = Option<AuthenticatedUser>;

/// Bounds in seconds.
const BOUNDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// What is counted of all caches together.
#[derive(Debug)]
pub struct TokenCacheStats {
    /// Requests that were answered from a cache, and the others.
    requests: [(&'static str, Histogram); 2],
    /// Questions that were answered, and those that failed.
    fetches: [(&'static str, Counter); 2],
    fetching: AtomicI64,
}

impl Default for TokenCacheStats {
    fn default() -> Self {
        Self {
            requests: ["hit", "miss"].map(|status| (status, Histogram::new(BOUNDS))),
            fetches: ["ok", "error"].map(|status| (status, Counter::default())),
            fetching: AtomicI64::new(0),
        }
    }
}

/// A question that is asked.
struct Fetching<'a>(&'a TokenCacheStats);

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        self.0.fetching.fetch_sub(1, Ordering::Relaxed);
    }
}

impl TokenCacheStats {
    fn answered(&self, hit: bool, since: Instant) {
        let (_, times) = &self.requests[usize::from(!hit)];
        times.observe(since.elapsed().as_secs_f64());
    }

    fn fetch(&self) -> Fetching<'_> {
        self.fetching.fetch_add(1, Ordering::Relaxed);
        Fetching(self)
    }

    fn fetched(&self, failed: bool) {
        self.fetches[usize::from(failed)].1.inc();
    }

    /// Adds to the text of `/metrics`.
    pub fn render(&self, out: &mut Text) {
        let prefix = "authentication_token_cache";
        let name = format!("{prefix}_active_fetch_count");
        out.head(&name, "gauge", "ALPHA", "Tokens that are asked about now.");
        let fetching = self.fetching.load(Ordering::Relaxed);
        out.sample(&name, &[("status", "in_flight")], fetching as f64);
        let name = format!("{prefix}_fetch_total");
        out.head(&name, "counter", "ALPHA", "Tokens that were asked about.");
        for (status, count) in &self.fetches {
            if count.get() > 0 {
                out.sample(&name, &[("status", status)], count.get() as f64);
            }
        }
        let asked = || self.requests.iter().filter(|(_, times)| times.count() > 0);
        let name = format!("{prefix}_request_duration_seconds");
        let help = "Time until it was known whose a token is, in seconds.";
        out.head(&name, "histogram", "ALPHA", help);
        for (status, times) in asked() {
            out.histogram(&name, &[("status", status)], times);
        }
        let name = format!("{prefix}_request_total");
        let help = "Requests with tokens, by whether the answer was remembered.";
        out.head(&name, "counter", "ALPHA", help);
        for (status, times) in asked() {
            out.sample(&name, &[("status", status)], times.count() as f64);
        }
    }
}

/// Remembers what another authenticator answers.
pub struct CachedTokens {
    inner: Arc<dyn TokenAuthenticator>,
    success_ttl: Duration,
    failure_ttl: Duration,
    answers: Mutex<HashMap<Vec<u8>, (Instant, Answer)>>,
    stats: Arc<TokenCacheStats>,
}

impl CachedTokens {
    /// Keeps users for `success_ttl`, and that there is none for `failure_ttl`. All
    /// caches of a server share `stats`.
    pub fn new(
        inner: Arc<dyn TokenAuthenticator>,
        success_ttl: Duration,
        failure_ttl: Duration,
        stats: Arc<TokenCacheStats>,
    ) -> Self {
        Self {
            inner,
            success_ttl,
            failure_ttl,
            answers: Mutex::new(HashMap::new()),
            stats,
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
            self.stats.answered(true, now);
            return Ok(answer.clone());
        }
        let fetching = self.stats.fetch();
        let answer = self.inner.authenticate_token(token, audiences).await;
        drop(fetching);
        self.stats.fetched(answer.is_err());
        self.stats.answered(false, now);
        let answer = answer?;
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
    use std::sync::atomic::AtomicU32;

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
        let stats = Arc::new(TokenCacheStats::default());
        let cached = CachedTokens::new(counted.clone(), hour, Duration::ZERO, Arc::clone(&stats));
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
        let mut text = Text::default();
        stats.render(&mut text);
        let text = text.finish();
        for line in [
            "active_fetch_count{status=\"in_flight\"} 0",
            "fetch_total{status=\"ok\"} 4",
            "fetch_total{status=\"error\"} 2",
            "request_total{status=\"hit\"} 1",
            "request_total{status=\"miss\"} 6",
        ] {
            let line = format!("\nauthentication_token_cache_{line}\n");
            assert!(text.contains(&line), "{line} is not in {text}");
        }
    }
}
