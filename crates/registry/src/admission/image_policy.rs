//! ImagePolicyWebhook: another program says which images may run.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use parking_lot::Mutex;
use skeg_auth::webhook::{Remote, WebhookError};
use skeg_meta::Status;
use skeg_schema::{Value, json};

use super::configuration::ImagePolicy;
use super::{Attributes, Operation, Plugin, Warnings};
use crate::tree::{self, at, list, s};

/// Answers that are kept.
const ANSWERS_LEN_MAX: usize = 1024;
/// How long the program may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often it is asked.
const TRIES: u32 = 5;
/// What the names of annotations begin with, in audit events.
const AUDIT: &str = "imagepolicywebhook.image-policy.k8s.io/";
/// Annotations of pods that the program is told.
const TOLD: &str = ".image-policy.k8s.io/";

/// The plugin.
pub struct ImagePolicyWebhook {
    policy: ImagePolicy,
    remote: Remote,
    answers: Mutex<HashMap<String, (Value, Instant)>>,
}

impl ImagePolicyWebhook {
    /// Asks as `policy` says.
    ///
    /// # Errors
    /// Its kubeconfig is of no use.
    pub fn new(policy: &ImagePolicy) -> Result<Self, WebhookError> {
        Ok(Self::over(
            policy,
            Remote::from_kubeconfig(&policy.kubeconfig, TIMEOUT)?,
        ))
    }

    fn over(policy: &ImagePolicy, remote: Remote) -> Self {
        Self {
            policy: policy.clone(),
            remote,
            answers: Mutex::default(),
        }
    }

    /// The answer about a review's `spec`.
    async fn ask(&self, spec: Value) -> Result<Value, WebhookError> {
        let key = spec.to_string();
        if let Some((answer, until)) = self.answers.lock().get(&key)
            && Instant::now() < *until
        {
            return Ok(answer.clone());
        }
        let review = json!({
            "apiVersion": "imagepolicy.k8s.io/v1alpha1",
            "kind": "ImageReview",
            "metadata": {},
            "spec": spec,
            "status": {"allowed": false},
        });
        let mut pause = self.policy.retry_backoff;
        let mut tries = 1;
        let answer = loop {
            match self.remote.post(&review).await {
                Ok(answer) => break at(&answer, "status").clone(),
                Err(error) if error.is_transient() && tries < TRIES => {
                    tokio::time::sleep(pause).await;
                    pause = pause.mul_f64(1.5);
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        };
        let lasts = match tree::b(&answer, "allowed") {
            true => self.policy.allow_ttl,
            false => self.policy.deny_ttl,
        };
        let now = Instant::now();
        let mut answers = self.answers.lock();
        if answers.len() >= ANSWERS_LEN_MAX {
            answers.retain(|_, (_, until)| now < *until);
            let any = answers.keys().next().cloned();
            any.filter(|_| answers.len() >= ANSWERS_LEN_MAX)
                .map(|any| answers.remove(&any));
        }
        answers.insert(key, (answer.clone(), now + lasts));
        Ok(answer)
    }
}

fn spec_of(pod: &Value, namespace: &str) -> Value {
    let spec = at(pod, "spec");
    let containers: Vec<Value> = ["containers", "initContainers", "ephemeralContainers"]
        .iter()
        .flat_map(|key| list(spec, key))
        .map(|container| json!({"image": s(container, "image")}))
        .collect();
    let mut told = json!({});
    for (name, value) in tree::sorted_pairs(at(at(pod, "metadata"), "annotations")) {
        if name.contains(TOLD) {
            tree::set(&mut told, name.to_owned(), value.clone());
        }
    }
    let mut out = json!({"containers": containers});
    if told.as_object().is_some_and(|told| !told.is_empty()) {
        tree::set(&mut out, "annotations", told);
    }
    if !namespace.is_empty() {
        tree::set(&mut out, "namespace", namespace);
    }
    out
}

#[async_trait]
impl Plugin for ImagePolicyWebhook {
    fn name(&self) -> &'static str {
        "ImagePolicyWebhook"
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let is_pod = attrs.desc.group.is_empty()
            && attrs.desc.resource == "pods"
            && matches!(attrs.ctx.subresource, "" | "ephemeralcontainers");
        let is_written = matches!(attrs.operation, Operation::Create | Operation::Update);
        if !is_pod || !is_written {
            return Ok(());
        }
        let answer = match self.ask(spec_of(obj, attrs.namespace())).await {
            Ok(answer) => answer,
            Err(error) if self.policy.default_allow => {
                tracing::warn!(%error, "images are taken although nobody reviewed them");
                skeg_auth::audit::annotate(&format!("{AUDIT}failed-open"), "true");
                return Ok(());
            }
            Err(error) => return Err(attrs.forbidden(obj, error)),
        };
        for (name, value) in tree::sorted_pairs(at(&answer, "auditAnnotations")) {
            let value = value.as_str().unwrap_or_default();
            skeg_auth::audit::annotate(&format!("{AUDIT}{name}"), value);
        }
        if tree::b(&answer, "allowed") {
            return Ok(());
        }
        let words = match s(&answer, "reason") {
            "" => "one or more images rejected by webhook backend".to_owned(),
            why => format!("image policy webhook backend denied one or more images: {why}"),
        };
        Err(attrs.forbidden(obj, words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;
    use futures::future::BoxFuture;
    use http::{Request, Response};
    use skeg_client::{Payload, Transport, TransportError};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Says no to one image.
    #[derive(Default)]
    struct Reviewer(AtomicUsize);

    impl Transport for Reviewer {
        fn call(
            &self,
            request: Request<Payload>,
        ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let Payload::Bytes(body) = request.into_body() else {
                panic!("no body");
            };
            let mut review = skeg_schema::decode_json_any(&body).unwrap();
            let is_bad = list(at(&review, "spec"), "containers")
                .iter()
                .any(|container| s(container, "image") == "bad");
            let status = match is_bad {
                true => json!({"allowed": false, "reason": "it is bad"}),
                false => json!({"allowed": true}),
            };
            tree::set(&mut review, "status", status);
            let body = Payload::Bytes(review.to_string().into());
            async move { Ok(Response::new(body)) }.boxed()
        }
    }

    #[tokio::test]
    async fn answers_hold_for_a_while() {
        let reviewer = Arc::new(Reviewer::default());
        let policy = ImagePolicy {
            kubeconfig: "/x".into(),
            allow_ttl: Duration::from_secs(300),
            deny_ttl: Duration::ZERO,
            retry_backoff: Duration::from_millis(1),
            default_allow: false,
        };
        let remote = Remote::over(reviewer.clone(), "/review", TIMEOUT);
        let plugin = ImagePolicyWebhook::over(&policy, remote);
        let pod = |image: &str| json!({"metadata": {"annotations": {"a.image-policy.k8s.io/b": "c", "x": "y"}}, "spec": {"containers": [{"image": image}]}});
        let good = spec_of(&pod("good"), "ns");
        assert_eq!(
            good,
            json!({"containers": [{"image": "good"}], "annotations": {"a.image-policy.k8s.io/b": "c"}, "namespace": "ns"})
        );
        for _ in 0..3 {
            let answer = plugin.ask(good.clone()).await.unwrap();
            assert!(tree::b(&answer, "allowed"));
        }
        assert_eq!(reviewer.0.load(Ordering::Relaxed), 1);
        for _ in 0..2 {
            let answer = plugin.ask(spec_of(&pod("bad"), "ns")).await.unwrap();
            assert_eq!(s(&answer, "reason"), "it is bad");
        }
        assert_eq!(reviewer.0.load(Ordering::Relaxed), 3);
    }
}
