//! A small HTTP server for what operators ask a program: whether it lives,
//! whether it is ready, and its metrics.

mod guard;
mod health;
mod http;

use std::sync::Arc;

use ::http::{Method, StatusCode, header};

pub use guard::MetricsGuard;
pub use health::{Check, HealthChecks};
pub(crate) use http::{Answer, Handler, Request, Server, answer};

use crate::metrics::Metrics;

/// Prometheus' text form.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a server answers with: health, metrics, or both.
#[derive(Clone, Default)]
pub(crate) struct Endpoints {
    pub(crate) health: Option<HealthChecks>,
    pub(crate) metrics: Option<(Metrics, Option<Arc<MetricsGuard>>)>,
}

impl Endpoints {
    pub(crate) fn handler(self) -> Handler {
        Arc::new(move |request| {
            let endpoints = self.clone();
            Box::pin(async move { endpoints.answer(&request).await })
        })
    }

    async fn answer(&self, request: &Request) -> Answer {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return answer(StatusCode::METHOD_NOT_ALLOWED, "only GET\n");
        }
        let path = request.uri().path();
        if path == "/metrics"
            && let Some((metrics, guard)) = &self.metrics
        {
            if let Some(guard) = guard
                && let Err(refusal) = guard.check(request).await
            {
                return refusal;
            }
            let mut metrics = answer(StatusCode::OK, metrics.render());
            let text = header::HeaderValue::from_static(TEXT);
            metrics.headers_mut().insert(header::CONTENT_TYPE, text);
            return metrics;
        }
        if let Some(health) = &self.health
            && let Some(answer) = health
                .answer(path, request.uri().query().unwrap_or_default())
                .await
        {
            return answer;
        }
        answer(StatusCode::NOT_FOUND, "404 page not found\n")
    }
}
