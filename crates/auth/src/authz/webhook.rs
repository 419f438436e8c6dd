//! Asking another program whether somebody may: SubjectAccessReviews.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use parking_lot::Mutex;
use skeg_schema::{Object, Value, json};

use super::{Attributes, Authorization, Authorizer, Decision, KnownRules};
use crate::authn::ReviewVersion;
use crate::authn::ask;
use crate::expr::Expression;
use crate::metrics::{Counter, Family, Text};
use crate::text::aggregate;
use crate::webhook::{Remote, WebhookError, status_of};

/// Answers that are kept.
const ANSWERS_LEN_MAX: usize = 8192;
/// Questions that are longer are asked each time.
const QUESTION_LEN_MAX: usize = 10_000;

/// How another program is asked.
#[derive(Clone)]
pub struct WebhookAuthorizerOptions {
    /// As metrics name it.
    pub name: String,
    /// The version of its API.
    pub version: ReviewVersion,
    /// How long a yes is kept; zero: not at all.
    pub authorized_ttl: Duration,
    /// How long a no is kept.
    pub unauthorized_ttl: Duration,
    /// When it cannot be asked.
    pub on_failure: Decision,
    /// It is asked where all of these hold.
    pub conditions: Vec<Arc<dyn Expression>>,
}

/// Authorizes by asking another program.
pub struct WebhookAuthorizer {
    remote: Remote,
    options: WebhookAuthorizerOptions,
    answers: Mutex<HashMap<String, (Instant, Authorization)>>,
    evaluations: Family<&'static str, Counter>,
    excluded: Counter,
}

/// The `spec` of a review; `whole`: also with what is empty, as conditions
/// see it.
fn question(asked: &Attributes<'_>, whole: bool) -> Value {
    let put = |out: &mut Object, key: &'static str, text: &str| {
        if whole || !text.is_empty() {
            out.insert(key, text);
        }
    };
    let list =
        |items: &[String]| Value::Array(items.iter().map(|i| Value::from(i.as_str())).collect());
    let mut spec = Object::new();
    if asked.resource_request {
        let mut out = Object::new();
        put(&mut out, "namespace", asked.namespace);
        put(&mut out, "verb", asked.verb);
        put(&mut out, "group", asked.group);
        put(&mut out, "version", asked.version);
        put(&mut out, "resource", asked.resource);
        put(&mut out, "subresource", asked.subresource);
        put(&mut out, "name", asked.name);
        if let Some(requirements) = asked.selectors.field_requirements() {
            out.insert("fieldSelector", requirements);
        }
        if let Some(requirements) = asked.selectors.label_requirements() {
            out.insert("labelSelector", requirements);
        }
        spec.insert("resourceAttributes", out);
    } else {
        let mut out = Object::new();
        put(&mut out, "path", asked.path);
        put(&mut out, "verb", asked.verb);
        spec.insert("nonResourceAttributes", out);
    }
    put(&mut spec, "user", &asked.user.name);
    if whole || !asked.user.groups.is_empty() {
        spec.insert("groups", list(&asked.user.groups));
    }
    if whole || !asked.user.extra.is_empty() {
        let extra: Object = asked
            .user
            .extra
            .iter()
            .map(|(key, values)| (key.clone().into(), list(values)))
            .collect();
        spec.insert("extra", extra);
    }
    put(&mut spec, "uid", &asked.user.uid);
    Value::Object(spec)
}

/// What an answer says. What is no review of this version says nothing, lest its
/// silence be taken for an opinion.
fn read(answer: &Value, version: ReviewVersion) -> Result<Authorization, WebhookError> {
    let version = format!("authorization.k8s.io/{}", version.as_str());
    let flags = ["denied", "allowed"];
    let status = status_of(answer, &version, "SubjectAccessReview", &flags)?;
    let is = |key: &str| status[key].as_bool() == Some(true);
    let both = (is("denied"), is("allowed"));
    let decision = match both {
        (true, _) => Decision::Deny,
        (false, true) => Decision::Allow,
        (false, false) => Decision::NoOpinion,
    };
    let contradiction = "webhook subject access review returned both allow and deny response";
    Ok(Authorization {
        decision,
        reason: status["reason"].as_str().unwrap_or_default().into(),
        // It is denied whatever else it says.
        error: (both == (true, true)).then(|| contradiction.into()),
    })
}

impl WebhookAuthorizer {
    /// Asks `remote`.
    pub fn new(remote: Remote, options: WebhookAuthorizerOptions) -> Self {
        Self {
            remote,
            options,
            answers: Mutex::new(HashMap::new()),
            evaluations: Family::default(),
            excluded: Counter::default(),
        }
    }

    /// Whether it is to be asked: `Ok(false)` where a condition does not hold.
    fn concerns(&self, asked: &Attributes<'_>) -> Result<bool, String> {
        if self.options.conditions.is_empty() {
            return Ok(true);
        }
        let spec = question(asked, true);
        let mut failed = Vec::new();
        for condition in &self.options.conditions {
            match condition.evaluate(&[("request", &spec)]) {
                Ok(Some(Value::Bool(true))) => {}
                Ok(_) => return Ok(false),
                Err(error) => failed.push(format!("cel evaluation error: {error}")),
            }
        }
        match failed.is_empty() {
            true => Ok(true),
            false => Err(aggregate(&failed)),
        }
    }

    fn failed(&self, error: &str) -> Authorization {
        tracing::warn!(
            error,
            webhook = self.options.name,
            "cannot ask whether a request is allowed"
        );
        Authorization {
            decision: self.options.on_failure,
            reason: "".into(),
            error: Some(error.into()),
        }
    }

    async fn ask(&self, spec: &Value) -> Result<Authorization, WebhookError> {
        let mut asked = spec.clone();
        // The first version called it otherwise.
        if self.options.version == ReviewVersion::V1Beta1
            && let Some(object) = asked.as_object_mut()
            && let Some(groups) = object.remove("groups")
        {
            object.insert("group", groups);
        }
        let review = json!({
            "kind": "SubjectAccessReview",
            "apiVersion": (format!("authorization.k8s.io/{}", self.options.version.as_str())),
            "metadata": {},
            "spec": asked,
            "status": {"allowed": false}
        });
        let answer = ask(&self.remote, &review).await?;
        read(&answer, self.options.version)
    }

    fn keep(&self, key: String, answer: &Authorization) {
        let ttl = if answer.allowed() {
            self.options.authorized_ttl
        } else {
            self.options.unauthorized_ttl
        };
        if ttl.is_zero() || key.len() > QUESTION_LEN_MAX {
            return;
        }
        let now = Instant::now();
        let mut answers = self.answers.lock();
        if answers.len() >= ANSWERS_LEN_MAX {
            answers.retain(|_, (until, _)| *until > now);
            if answers.len() >= ANSWERS_LEN_MAX {
                answers.clear();
            }
        }
        answers.insert(key, (now + ttl, answer.clone()));
    }
}

#[async_trait]
impl Authorizer for WebhookAuthorizer {
    fn name(&self) -> &str {
        &self.options.name
    }

    async fn authorize(&self, asked: &Attributes<'_>) -> Authorization {
        let spec = question(asked, false);
        match self.concerns(asked) {
            Ok(true) => {}
            Ok(false) => {
                self.excluded.inc();
                return Authorization::no_opinion("");
            }
            Err(error) => return self.failed(&error),
        }
        let key = spec.to_string();
        if let Some((until, answer)) = self.answers.lock().get(&key)
            && *until > Instant::now()
        {
            return answer.clone();
        }
        match self.ask(&spec).await {
            Ok(answer) => {
                let result = if answer.error.is_some() {
                    "error"
                } else {
                    "success"
                };
                self.evaluations.get(&result, Counter::default).inc();
                self.keep(key, &answer);
                answer
            }
            Err(error) => {
                let result = match error {
                    WebhookError::TimedOut(_) => "timeout",
                    _ => "error",
                };
                self.evaluations.get(&result, Counter::default).inc();
                self.failed(&error.to_string())
            }
        }
    }

    fn known_rules(&self, _: &crate::UserInfo, _namespace: &str) -> KnownRules {
        KnownRules::gap("webhook authorizer does not support user rule resolution")
    }

    fn render(&self, out: &mut Text) {
        let name = self.options.name.as_str();
        let metric = "apiserver_authorization_webhook_evaluations_total";
        out.head(metric, "counter", "ALPHA", "Questions asked of webhooks.");
        for (result, count) in self.evaluations.all() {
            out.sample(
                metric,
                &[("name", name), ("result", result)],
                count.get() as f64,
            );
        }
        let metric = "apiserver_authorization_match_condition_exclusions_total";
        let help = "Requests that a webhook is not asked about by its conditions.";
        out.head(metric, "counter", "ALPHA", help);
        let labels = [("name", name), ("type", "Webhook")];
        out.sample(metric, &labels, self.excluded.get() as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserInfo;
    use crate::authz::Selectors;
    use crate::webhook::tests::Played;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// By its text.
    struct OnlyPods(&'static str);

    impl Expression for OnlyPods {
        fn evaluate(&self, variables: &[(&str, &Value)]) -> Result<Option<Value>, String> {
            let resource = &variables[0].1["resourceAttributes"]["resource"];
            match resource.as_str() {
                Some("broken") => Err(format!(
                    "expression '{}' resulted in error: no such key",
                    self.0
                )),
                other => Ok(Some(Value::Bool(other == Some("pods")))),
            }
        }

        fn selects(&self, _: &str, _: &str) -> bool {
            false
        }
    }

    fn authorizer(on_failure: Decision) -> (WebhookAuthorizer, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        let counted = asked.clone();
        let played = Played(move |_: &str, review: Value| {
            counted.fetch_add(1, Ordering::SeqCst);
            let spec = &review["spec"];
            assert_eq!(review["apiVersion"], json!("authorization.k8s.io/v1"));
            assert_eq!(spec["groups"], json!(["dev"]));
            if spec["resourceAttributes"]["verb"] == json!("list") {
                let asked = &spec["resourceAttributes"];
                let fields =
                    json!([{"key": "spec.nodeName", "operator": "NotIn", "values": ["n"]}]);
                assert_eq!(asked["fieldSelector"], json!({"requirements": fields}));
                let labels = json!([{"key": "app", "operator": "Exists"}]);
                assert_eq!(asked["labelSelector"], json!({"requirements": labels}));
            }
            let status = match spec["user"].as_str().unwrap() {
                "alice" => json!({"allowed": true, "reason": "is alice"}),
                "mallory" => json!({"allowed": false, "denied": true}),
                "both" => json!({"allowed": true, "denied": true}),
                _ => json!({"allowed": false, "reason": "who?"}),
            };
            (200, json!({"status": status}))
        });
        let remote = Remote::over(Arc::new(played), "/", Duration::from_secs(5));
        let options = WebhookAuthorizerOptions {
            name: "w".into(),
            version: ReviewVersion::V1,
            authorized_ttl: Duration::from_secs(300),
            unauthorized_ttl: Duration::ZERO,
            on_failure,
            conditions: vec![Arc::new(OnlyPods("x")), Arc::new(OnlyPods("y"))],
        };
        (WebhookAuthorizer::new(remote, options), asked)
    }

    #[tokio::test]
    async fn answers_decide_and_are_kept() {
        let (authorizer, asked) = authorizer(Decision::Deny);
        let ask = async |user: &str, resource: &str| {
            let user = UserInfo::new(user, &["dev"]);
            let attributes = Attributes::resource(&user, "get", "", resource);
            authorizer.authorize(&attributes).await
        };
        assert_eq!(ask("alice", "pods").await, Authorization::allow("is alice"));
        assert_eq!(ask("alice", "pods").await, Authorization::allow("is alice"));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!(ask("mallory", "pods").await.decision, Decision::Deny);
        assert_eq!(ask("bob", "pods").await, Authorization::no_opinion("who?"));
        assert_eq!(ask("bob", "pods").await, Authorization::no_opinion("who?"));
        assert_eq!(asked.load(Ordering::SeqCst), 4);
        let user = UserInfo::new("carol", &["dev"]);
        let narrowed = Attributes {
            selectors: &Selectors::parse("spec.nodeName!=n", "app"),
            ..Attributes::resource(&user, "list", "", "pods")
        };
        assert!(!authorizer.authorize(&narrowed).await.allowed());
        assert_eq!(asked.fetch_sub(1, Ordering::SeqCst), 5);
        // Not asked at all.
        assert_eq!(ask("mallory", "nodes").await, Authorization::no_opinion(""));
        assert_eq!(asked.load(Ordering::SeqCst), 4);
        let failed = ask("both", "pods").await;
        assert_eq!(failed.decision, Decision::Deny);
        assert!(failed.error.unwrap().contains("both allow and deny"));
        // Each condition that cannot be evaluated is told of.
        let failed = ask("alice", "broken").await;
        assert_eq!(
            failed.error.as_deref(),
            Some(
                "[cel evaluation error: expression 'x' resulted in error: no such key, \
                 cel evaluation error: expression 'y' resulted in error: no such key]"
            )
        );
    }
}
