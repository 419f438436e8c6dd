//! Health and readiness, as Kubernetes' programs answer it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use http::StatusCode;
use parking_lot::RwLock;

use super::http::{Answer, answer};

/// How long a check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// Whether something is as it should be, and if not, what is wrong.
pub type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Named checks, of life (`/healthz`, `/livez`) and of readiness (`/readyz`).
/// Cheap to clone; the clones are one set.
///
/// Every check can be asked for alone (`/healthz/NAME`), left out
/// (`?exclude=NAME`), and listed (`?verbose`). What is wrong is logged, not
/// answered: whoever may ask is not known.
#[derive(Clone, Default)]
pub struct HealthChecks {
    inner: Arc<RwLock<Checks>>,
}

#[derive(Default)]
struct Checks {
    life: BTreeMap<String, Check>,
    readiness: BTreeMap<String, Check>,
}

impl std::fmt::Debug for HealthChecks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let checks = self.inner.read();
        f.debug_struct("HealthChecks")
            .field("life", &checks.life.keys())
            .field("readiness", &checks.readiness.keys())
            .finish()
    }
}

fn boxed<F, R>(check: F) -> Check
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), String>> + Send + 'static,
{
    Arc::new(move || Box::pin(check()))
}

impl HealthChecks {
    /// No checks: alive and ready.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check without which the program had better be started anew.
    pub fn add_life<F, R>(&self, name: impl Into<String>, check: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.inner.write().life.insert(name.into(), boxed(check));
    }

    /// Adds a check without which the program had better be asked nothing.
    pub fn add_readiness<F, R>(&self, name: impl Into<String>, check: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        let check = boxed(check);
        self.inner.write().readiness.insert(name.into(), check);
    }

    /// The answer to a path, if it is one of ours.
    pub(super) async fn answer(&self, path: &str, query: &str) -> Option<Answer> {
        let mut parts = path.trim_matches('/').splitn(2, '/');
        let root = parts.next().unwrap_or_default();
        let mut checks = {
            let checks = self.inner.read();
            match root {
                "healthz" | "livez" => checks.life.clone(),
                "readyz" => checks.readiness.clone(),
                _ => return None,
            }
        };
        checks
            .entry("ping".to_owned())
            .or_insert_with(|| boxed(|| async { Ok(()) }));
        if let Some(one) = parts.next() {
            let Some(check) = checks.get(one) else {
                return Some(answer(StatusCode::NOT_FOUND, "404 page not found\n"));
            };
            return Some(match run(one, check).await {
                true => answer(StatusCode::OK, "ok"),
                false => answer(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal server error: reason withheld\n",
                ),
            });
        }
        Some(all(root, &checks, query).await)
    }
}

async fn all(root: &str, checks: &BTreeMap<String, Check>, query: &str) -> Answer {
    let mut listed = String::new();
    let mut healthy = true;
    for (name, check) in checks {
        // Writing to a string cannot fail.
        let excluded = query.split('&').any(|part| {
            part.strip_prefix("exclude=")
                .is_some_and(|excluded| excluded == name)
        });
        if excluded {
            let _ = writeln!(listed, "[+]{name} excluded: ok");
        } else if run(name, check).await {
            let _ = writeln!(listed, "[+]{name} ok");
        } else {
            healthy = false;
            let _ = writeln!(listed, "[-]{name} failed: reason withheld");
        }
    }
    let verbose = query
        .split('&')
        .any(|part| part == "verbose" || part.starts_with("verbose="));
    match (healthy, verbose) {
        (true, false) => answer(StatusCode::OK, "ok"),
        (true, true) => answer(StatusCode::OK, format!("{listed}{root} check passed\n")),
        (false, _) => {
            let text = format!("{listed}{root} check failed\n");
            answer(StatusCode::INTERNAL_SERVER_ERROR, text)
        }
    }
}

async fn run(name: &str, check: &Check) -> bool {
    match tokio::time::timeout(CHECK_TIMEOUT, check()).await {
        Ok(Ok(())) => true,
        Ok(Err(reason)) => {
            tracing::info!(check = name, reason, "a health check failed");
            false
        }
        Err(_) => {
            tracing::info!(check = name, "a health check took too long");
            false
        }
    }
}
