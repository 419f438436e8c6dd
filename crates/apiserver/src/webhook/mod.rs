//! Admission webhooks: who is asked about a write, in which order, and what
//! becomes of the answers.

pub(crate) mod answer;
pub mod client;
pub mod conditions;
mod config;
mod credentials;
pub mod dial;
mod forms;
pub mod matching;
mod metrics;
mod reinvoke;
pub mod review;

pub use config::Configurations;
pub use credentials::{WebhookCredentials, WebhookUser};
pub use reinvoke::Reinvocation;

use bytes::Bytes;
use skeg_auth::audit::Level;
use skeg_meta::labels::Selector;
use skeg_meta::{GroupResource, Status};
use skeg_registry::objects::{Gr, Objects};
use skeg_registry::virtuals::is_review;
use skeg_schema::Value;
use std::sync::Arc;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::go;
use crate::metrics::layers::Layer;
use crate::objects::access::Access;
use crate::patch;
use client::WebhookClient;
use config::{Hook, Phase};
use forms::Forms;
use matching::{Asked, passes};
use metrics::{Call, Metrics, Outcome};
use review::{Gvk, Gvr, Request, Shown, Unusable, Verdict};

pub use forms::Subject;

/// Kinds that webhooks are never asked about: nobody could take away a webhook
/// that refuses that.
const EXEMPT: &[&str] = &[
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
    "mutatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
];

fn is_exempt(resource: &Gvr) -> bool {
    (resource.group == "admissionregistration.k8s.io"
        && EXEMPT.contains(&resource.resource.as_str()))
        || is_review(&resource.group, &resource.resource)
}

/// The webhooks of a server.
pub struct Webhooks {
    configurations: Arc<Configurations>,
    /// Calls any webhook, also those of conversions.
    pub client: WebhookClient,
    metrics: Metrics,
}

/// A hook that is to be asked, and how it wants to see the objects.
struct Ask {
    hook: Arc<Hook>,
    /// Its place among all hooks of the phase.
    index: usize,
    kind: Gvk,
    resource: Gvr,
}

/// Why a hook gave no verdict.
enum Failure {
    /// It could not be asked, or what it said is of no use.
    Calling { why: String, code: u16 },
    /// The request cannot be right.
    Refused(Box<Status>),
}

/// Who refuses says so.
fn denied(hook: &str, status: Option<Status>) -> Status {
    let by = format!("admission webhook {} denied the request", go::quote(hook));
    let mut status = status.unwrap_or_default();
    status.code = status.code.max(400);
    if status.status.is_empty() || status.status == "Success" {
        status.status = "Failure".to_owned();
    }
    status.message = if !status.message.is_empty() {
        format!("{by}: {}", status.message)
    } else if !status.reason.is_empty() {
        format!("{by}: {}", status.reason)
    } else {
        format!("{by} without explanation")
    };
    status
}

impl Webhooks {
    /// Webhooks of these configurations.
    pub fn new(configurations: Arc<Configurations>, client: WebhookClient) -> Self {
        Self {
            configurations,
            client,
            metrics: Metrics::default(),
        }
    }

    /// Whether any webhook could want to be asked.
    pub fn any_mutating(&self) -> bool {
        !self.configurations.hooks(Phase::Mutating).is_empty()
    }

    /// The same of those that only refuse.
    pub fn any_validating(&self) -> bool {
        !self.configurations.hooks(Phase::Validating).is_empty()
    }

    /// Adds to the text of `/metrics`.
    pub fn render(&self, text: &mut skeg_auth::metrics::Text) {
        self.metrics.render(text);
        self.client.render(text);
    }

    /// Asks the mutating webhooks one after the other. What they change is in
    /// `obj` afterwards. Cancelling it abandons the call under way.
    ///
    /// # Errors
    /// The first refusal or failure that counts.
    pub(crate) async fn mutate(
        &self,
        subject: &Subject<'_>,
        obj: &mut Value,
        old: Option<&Value>,
        state: &mut Reinvocation,
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        let hooks = self.configurations.hooks(Phase::Mutating);
        if hooks.is_empty() || is_exempt(&subject.request.resource) {
            return Ok(());
        }
        let _within = Layer::MutatingWebhooks.begin();
        state.enter(obj);
        let round = usize::from(state.is_second_round());
        let mut namespace = NamespaceLabels::default();
        let mut forms = Forms::new(subject, old);
        for (index, hook) in hooks.iter().enumerate() {
            let asked = self
                .wants(subject, hook, index, obj, old, &mut namespace)
                .await?;
            let Some(ask) = asked else { continue };
            if state.is_second_round() && !state.is_due(&hook.uid) {
                continue;
            }
            let called = self.ask(subject, &ask, obj, &mut forms, true).await;
            let outcome = match called {
                Ok(verdict) => {
                    let found = self
                        .take(subject, &ask, verdict, obj, &mut forms, warnings)
                        .await;
                    found.map(|taken| {
                        if let Some(operations) = &taken.operations {
                            annotate_patch(&ask, round, operations);
                        }
                        taken.changed
                    })
                }
                Err(failure) => Err(failure),
            };
            let changed = *outcome.as_ref().unwrap_or(&false);
            annotate_mutation(&ask, round, changed);
            if changed {
                state.changed();
            }
            if hook.reinvoked {
                state.invoked(&hook.uid);
            }
            match outcome {
                Ok(_) => {}
                Err(Failure::Calling { why, .. }) if hook.fails_open => {
                    tracing::warn!(
                        hook = hook.name,
                        why,
                        "a webhook cannot be called and is left out"
                    );
                    self.metrics
                        .failed_open(&hook.name, Phase::Mutating.metric());
                    failed_open("mutation", ask.index, &ask, round);
                }
                Err(failure) => return Err(refusal(&hook.name, failure)),
            }
        }
        state.leave(obj);
        Ok(())
    }

    /// Asks the validating webhooks all at once. Cancelling it abandons the
    /// calls under way.
    ///
    /// # Errors
    /// The first refusal or failure that counts, in the order of the hooks.
    pub(crate) async fn validate(
        &self,
        subject: &Subject<'_>,
        obj: &Value,
        old: Option<&Value>,
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        let hooks = self.configurations.hooks(Phase::Validating);
        if hooks.is_empty() || is_exempt(&subject.request.resource) {
            return Ok(());
        }
        let _within = Layer::ValidatingWebhooks.begin();
        let mut namespace = NamespaceLabels::default();
        let mut asks = Vec::new();
        for (index, hook) in hooks.iter().enumerate() {
            let asked = self
                .wants(subject, hook, index, obj, old, &mut namespace)
                .await?;
            asks.extend(asked);
        }
        let mut forms = Forms::new(subject, old);
        let mut calls = Vec::with_capacity(asks.len());
        for ask in &asks {
            // Written one after the other, so that hooks share the forms.
            let shown = forms.shown(obj, &ask.kind).await;
            calls.push(self.exchange(subject, ask, shown, false));
        }
        let outcomes = futures::future::join_all(calls).await;
        let mut first = None;
        for (at, (ask, outcome)) in asks.iter().zip(outcomes).enumerate() {
            let hook = &ask.hook;
            let failure = match outcome {
                Ok(verdict) => {
                    note(hook, &verdict, warnings);
                    if verdict.allowed {
                        continue;
                    }
                    Failure::Refused(Box::new(denied(&hook.name, verdict.status)))
                }
                Err(Failure::Calling { why, .. }) if hook.fails_open => {
                    tracing::warn!(
                        hook = hook.name,
                        why,
                        "a webhook cannot be called and is left out"
                    );
                    self.metrics
                        .failed_open(&hook.name, Phase::Validating.metric());
                    failed_open("validating", at, ask, 0);
                    continue;
                }
                Err(failure) => failure,
            };
            if first.is_none() {
                first = Some(refusal(&hook.name, failure));
            }
        }
        first.map_or(Ok(()), Err)
    }

    /// Whether and how a hook is to be asked.
    async fn wants(
        &self,
        subject: &Subject<'_>,
        hook: &Arc<Hook>,
        index: usize,
        obj: &Value,
        old: Option<&Value>,
        namespace: &mut NamespaceLabels,
    ) -> Result<Option<Ask>> {
        let Some((kind, resource)) = self.invocation(subject, hook) else {
            return Ok(None);
        };
        if !selects(&hook.objects, obj, old)? {
            return Ok(None);
        }
        let namespaces = hook.namespaces.as_ref().map_err(Error::internal_error)?;
        if !namespaces.is_everything() {
            match namespace.of(subject, obj).await? {
                Some(labelled) if !passes(namespaces, &labelled) => return Ok(None),
                _ => {}
            }
        }
        match hook.conditions.evaluate(subject, &kind, obj, old).await {
            conditions::Answer::Matches => {}
            conditions::Answer::Excluded => return Ok(None),
            conditions::Answer::Failed(why) => {
                let request = &subject.request;
                let resource = GroupResource::new(
                    request.resource.group.clone(),
                    request.resource.resource.clone(),
                );
                return Err(Status::forbidden(&resource, request.name, why).into());
            }
        }
        Ok(Some(Ask {
            hook: hook.clone(),
            index,
            kind,
            resource,
        }))
    }

    /// The kind and resource under which a rule of the hook knows the request.
    fn invocation(&self, subject: &Subject<'_>, hook: &Hook) -> Option<(Gvk, Gvr)> {
        let request = &subject.request;
        let asked = Asked {
            group: &request.resource.group,
            version: &request.resource.version,
            resource: &request.resource.resource,
            subresource: request.subresource,
            namespaced: subject.served.resource.desc.namespaced,
        };
        let operation = request.operation;
        if hook.rules.iter().any(|r| r.matches(operation, &asked)) {
            return Some((request.kind.clone(), request.resource.clone()));
        }
        if !hook.equivalent {
            return None;
        }
        let others = subject.equivalents();
        hook.rules.iter().find_map(|rule| {
            others.iter().find_map(|(kind, resource)| {
                let asked = Asked {
                    group: &resource.group,
                    version: &resource.version,
                    resource: &resource.resource,
                    ..asked
                };
                rule.matches(operation, &asked)
                    .then(|| (kind.clone(), resource.clone()))
            })
        })
    }

    async fn ask(
        &self,
        subject: &Subject<'_>,
        ask: &Ask,
        obj: &Value,
        forms: &mut Forms<'_>,
        mutating: bool,
    ) -> Result<Verdict, Failure> {
        let shown = forms.shown(obj, &ask.kind).await;
        self.exchange(subject, ask, shown, mutating).await
    }

    /// One call, counted.
    async fn exchange(
        &self,
        subject: &Subject<'_>,
        ask: &Ask,
        shown: Result<(Option<Bytes>, Option<Bytes>)>,
        mutating: bool,
    ) -> Result<Verdict, Failure> {
        let started = Instant::now();
        let result = self.call(subject, ask, shown, mutating).await;
        let outcome = match &result {
            Ok(verdict) if verdict.allowed => Outcome::Allowed,
            Ok(verdict) => Outcome::Denied(
                verdict
                    .status
                    .as_ref()
                    .and_then(|s| u16::try_from(s.code).ok())
                    .unwrap_or(400)
                    .max(400),
            ),
            Err(Failure::Calling { code, .. }) => Outcome::Failed {
                code: *code,
                open: ask.hook.fails_open,
            },
            Err(Failure::Refused(status)) => Outcome::Denied(status.code.try_into().unwrap_or(500)),
        };
        self.metrics.observe(&Call {
            name: &ask.hook.name,
            operation: subject.request.operation,
            phase: if mutating {
                Phase::Mutating.metric()
            } else {
                Phase::Validating.metric()
            },
            outcome,
            took: started.elapsed(),
        });
        result
    }

    async fn call(
        &self,
        subject: &Subject<'_>,
        ask: &Ask,
        shown: Result<(Option<Bytes>, Option<Bytes>)>,
        mutating: bool,
    ) -> Result<Verdict, Failure> {
        let hook = &ask.hook;
        if subject.request.dry_run && !hook.dry_run {
            let why = format!(
                "admission webhook {} does not support dry run",
                go::quote(&hook.name)
            );
            return Err(Failure::Refused(Box::new(Status::bad_request(why))));
        }
        let (object, old) =
            shown.map_err(|error| Failure::Refused(Box::new(error.into_status())))?;
        let calling = |why: String, code: u16| Failure::Calling { why, code };
        let Some(version) = hook.review else {
            return Err(calling(
                "could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)".to_owned(),
                400,
            ));
        };
        let config = hook
            .client
            .as_ref()
            .map_err(|why| calling(format!("could not get REST client: {why}"), 500))?;
        let uid = uuid::Uuid::new_v4().to_string();
        let shown = Shown {
            kind: &ask.kind,
            resource: &ask.resource,
            object: object.as_deref(),
            old: old.as_deref(),
        };
        let body = subject.request.body(version, &uid, &shown);
        let answer = self
            .client
            .post(config, body, hook.timeout)
            .await
            .map_err(|error| calling(format!("failed to call webhook: {error}"), error.code))?;
        review::verdict(&answer, version, &uid, mutating).map_err(|error| match error {
            Unusable::Undecoded(why) => calling(format!("failed to call webhook: {why}"), 503),
            Unusable::Invalid(why) => {
                calling(format!("received invalid webhook response: {why}"), 503)
            }
        })
    }

    /// Takes over what a mutating webhook answered.
    async fn take(
        &self,
        subject: &Subject<'_>,
        ask: &Ask,
        verdict: Verdict,
        obj: &mut Value,
        forms: &mut Forms<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<Taken, Failure> {
        let hook = &ask.hook;
        note(hook, &verdict, warnings);
        if !verdict.allowed {
            let status = denied(&hook.name, verdict.status);
            return Err(Failure::Refused(Box::new(status)));
        }
        if verdict.patch.is_empty() {
            return Ok(Taken::default());
        }
        let internal =
            |why: String| Failure::Refused(Box::new(Error::internal_error(why).into_status()));
        let operations = match review::operations(&verdict.patch) {
            Ok(operations) => operations,
            Err(why) => {
                let why = format!("received undecodable patch in webhook response: {why}");
                return Err(Failure::Calling { why, code: 503 });
            }
        };
        if operations.is_empty() {
            return Ok(Taken::default());
        }
        if let Some(kind) = verdict.patch_type.filter(|kind| kind != "JSONPatch") {
            let why = format!("unsupported patch type {}", go::quote(&kind));
            return Err(Failure::Calling { why, code: 503 });
        }
        if obj.is_null() {
            return Err(internal(format!(
                "admission webhook {} attempted to modify the object, which is not supported for this operation",
                go::quote(&hook.name)
            )));
        }
        let failed = |error: Error| Failure::Refused(Box::new(error.into_status()));
        let (object, _) = forms.shown(obj, &ask.kind).await.map_err(failed)?;
        let mut patched = skeg_schema::decode_json_any(&object.unwrap_or_default())
            .map_err(|error| internal(error.to_string()))?;
        patch::json::apply_all(&mut patched, &operations)
            .map_err(|error| internal(error.to_string()))?;
        // Of the server's own kinds it is known what the patched object is, whatever the patch took away.
        let told = !patched["kind"].as_str().unwrap_or_default().is_empty();
        if !told && !forms::is_typed(&ask.kind) {
            return Err(internal(format!("Object 'Kind' is missing in '{patched}'")));
        }
        let new = subject
            .read(&patched, &ask.kind)
            .await
            .map_err(|error| internal(error.to_string()))?;
        let changed = !skeg_registry::tree::same(obj, &new);
        *obj = new;
        forms.forget();
        Ok(Taken {
            changed,
            operations: Some(Value::Array(operations)),
        })
    }
}

/// What became of a mutating webhook's answer.
#[derive(Default)]
struct Taken {
    changed: bool,
    /// The patch, if there was something in it.
    operations: Option<Value>,
}

/// Whether the new or the old object passes.
fn selects(selector: &Result<Selector, String>, obj: &Value, old: Option<&Value>) -> Result<bool> {
    let selector = selector.as_ref().map_err(Error::internal_error)?;
    let seen = |object: &Value| !object.is_null() && passes(selector, object);
    Ok(selector.is_everything() || seen(obj) || old.is_some_and(seen))
}

/// Warnings and audit annotations of an answer.
fn note(hook: &Hook, verdict: &Verdict, warnings: &mut Vec<String>) {
    for (key, value) in &verdict.annotations {
        let key = format!("{}/{key}", hook.name);
        // What is no key is not written.
        if skeg_registry::validation::names::qualified_name(&key).is_empty() {
            skeg_auth::audit::annotate(&key, value.as_str());
        }
    }
    warnings.extend(verdict.warnings.iter().cloned());
}

fn annotate_mutation(ask: &Ask, round: usize, mutated: bool) {
    if skeg_auth::audit::is_audited() {
        let value = skeg_schema::json!({
            "configuration": ask.hook.configuration.as_str(),
            "webhook": ask.hook.name.as_str(),
            "mutated": mutated,
        });
        let key = format!(
            "mutation.webhook.admission.k8s.io/round_{round}_index_{}",
            ask.index
        );
        skeg_auth::audit::annotate(&key, value.to_string());
    }
}

/// Writes a patch into the audit event, if it has the request's object too.
fn annotate_patch(ask: &Ask, round: usize, operations: &Value) {
    if !skeg_auth::audit::is_audited_at(Level::Request) {
        return;
    }
    let sorted = |operation: &Value| {
        let mut out = Value::object();
        for (key, value) in skeg_registry::tree::sorted_pairs(operation) {
            skeg_registry::tree::set(&mut out, key.to_owned(), value.clone());
        }
        out
    };
    let operations: Vec<Value> = skeg_registry::tree::items(operations)
        .iter()
        .map(sorted)
        .collect();
    let value = skeg_schema::json!({
        "configuration": ask.hook.configuration.as_str(),
        "webhook": ask.hook.name.as_str(),
        "patch": operations,
        "patchType": "JSONPatch",
    });
    let key = format!(
        "patch.webhook.admission.k8s.io/round_{round}_index_{}",
        ask.index
    );
    skeg_auth::audit::annotate(&key, value.to_string());
}

fn failed_open(what: &str, at: usize, ask: &Ask, round: usize) {
    let key = format!("failed-open.{what}.webhook.admission.k8s.io/round_{round}_index_{at}");
    skeg_auth::audit::annotate(&key, ask.hook.name.as_str());
}

fn refusal(hook: &str, failure: Failure) -> Error {
    match failure {
        Failure::Calling { why, .. } => {
            Error::internal_error(format!("failed calling webhook {}: {why}", go::quote(hook)))
        }
        Failure::Refused(status) => Error::Status(status),
    }
}

/// What namespace selectors look at, fetched once.
#[derive(Default)]
struct NamespaceLabels(Option<Option<Arc<Value>>>);

impl NamespaceLabels {
    /// An object with the labels; `None`: the request is about nothing in a
    /// namespace, and every selector passes.
    async fn of(&mut self, subject: &Subject<'_>, obj: &Value) -> Result<Option<Arc<Value>>> {
        if let Some(found) = &self.0 {
            return Ok(found.clone());
        }
        let found = labelled(subject.access, &subject.request, obj).await?;
        self.0 = Some(found.clone());
        Ok(found)
    }
}

async fn labelled(
    access: &Access,
    request: &Request<'_>,
    obj: &Value,
) -> Result<Option<Arc<Value>>> {
    let itself = request.resource.group.is_empty()
        && request.resource.resource == "namespaces"
        && request.subresource.is_empty();
    if itself && matches!(request.operation, "CREATE" | "UPDATE") {
        return Ok(Some(Arc::new(obj.clone())));
    }
    if request.namespace.is_empty() {
        return Ok(None);
    }
    if let Some(found) = access.cached(Gr::NAMESPACES, "", request.namespace) {
        return Ok(Some(found));
    }
    match access.get(Gr::NAMESPACES, "", request.namespace).await? {
        Some(found) => Ok(Some(found)),
        None => Err(Error::not_found("", "namespaces", request.namespace)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_signed() {
        let check = |status: Option<Status>, code: i32, expect: &str| {
            let status = denied("h", status);
            assert_eq!((status.code, status.message.as_str()), (code, expect));
        };
        check(
            None,
            400,
            "admission webhook \"h\" denied the request without explanation",
        );
        let status = Status {
            message: "no".to_owned(),
            code: 403,
            ..Status::default()
        };
        check(
            Some(status),
            403,
            "admission webhook \"h\" denied the request: no",
        );
        let status = Status {
            reason: "Because".to_owned(),
            code: 200,
            ..Status::default()
        };
        check(
            Some(status),
            400,
            "admission webhook \"h\" denied the request: Because",
        );
    }
}
