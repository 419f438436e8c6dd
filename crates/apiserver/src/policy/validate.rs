//! Validating policies: what they refuse, warn of and note.

use skeg_cel::Val;
use skeg_meta::{GroupResource, Status, StatusCause};
use skeg_registry::virtuals::is_review;
use skeg_schema::{Value, json};
use std::sync::Arc;

use super::Policies;
use super::criteria::{Fetched, Matched};
use super::definition::{Active, Binding, Phase, Policy};
use super::evaluate::{Evaluation, Failure, Input};
use super::params;
use crate::error::{Error, Result};
use crate::webhook::Subject;
use crate::webhook::conditions::Questions;

/// Longer messages of expressions are not shown, in bytes.
const MESSAGE_MAX: usize = 5 * 1024;
/// Longer values of audit annotations are cut, in bytes.
const ANNOTATION_MAX: usize = 10 * 1024;
/// How many failures the audit annotation names.
const FAILURES_MAX: usize = 50;
const FAILURES_KEY: &str = "validation.policy.admission.k8s.io/validation_failure";

/// A validation that did not hold.
struct Denied {
    index: usize,
    message: String,
    reason: String,
}

/// What becomes of a request.
#[derive(Default)]
struct Verdicts {
    denied: Vec<(String, String)>,
    audited: Vec<Value>,
    warnings: Vec<String>,
}

/// The policies' own objects and reviews are not looked at.
pub(super) fn is_exempt(subject: &Subject<'_>) -> bool {
    let resource = &subject.request.resource;
    let name = resource.resource.as_str();
    match resource.group.as_str() {
        "admissionregistration.k8s.io" => matches!(
            name,
            "validatingadmissionpolicies"
                | "validatingadmissionpolicybindings"
                | "mutatingadmissionpolicies"
                | "mutatingadmissionpolicybindings"
        ),
        group => is_review(group, name),
    }
}

/// The name under which a refused object is spoken of.
pub(super) fn spoken_name(subject: &Subject<'_>, obj: &Value) -> String {
    if !subject.request.name.is_empty() {
        return subject.request.name.to_owned();
    }
    ["name", "generateName"]
        .into_iter()
        .filter_map(|key| obj["metadata"][key].as_str())
        .find(|name| !name.is_empty())
        .unwrap_or("Unknown")
        .to_owned()
}

fn code_of(reason: &str) -> i32 {
    match reason {
        "Forbidden" => 403,
        "Unauthorized" => 401,
        "RequestEntityTooLarge" => 413,
        _ => 422,
    }
}

impl Verdicts {
    fn deny(&mut self, policy: &str, binding: Option<&str>, message: &str, reason: &str) {
        let bound = binding.map_or_else(String::new, |name| format!(" with binding '{name}'"));
        let text = format!("ValidatingAdmissionPolicy '{policy}'{bound} denied request: {message}");
        let reason = if reason.is_empty() { "Invalid" } else { reason };
        self.denied.push((text, reason.to_owned()));
    }

    /// What is wrong with a policy or a binding counts as its failure policy says.
    fn misconfigured(&mut self, policy: &Policy, binding: Option<&str>, why: &str) {
        if policy.fails_open {
            return;
        }
        let what = if binding.is_some() {
            "binding"
        } else {
            "policy"
        };
        let message = format!("failed to configure {what}: {why}");
        self.deny(&policy.name, binding, &message, "");
    }

    fn take(&mut self, policy: &Policy, binding: &Binding, denied: &Denied) {
        for action in &binding.actions {
            match action.as_str() {
                "Deny" => self.deny(
                    &policy.name,
                    Some(&binding.name),
                    &denied.message,
                    &denied.reason,
                ),
                "Audit" => {
                    let actions = binding.actions.iter().map(|a| Value::from(a.as_str()));
                    self.audited.push(json!({
                        "message": denied.message.as_str(),
                        "policy": policy.name.as_str(),
                        "binding": binding.name.as_str(),
                        "expressionIndex": i64::try_from(denied.index).unwrap_or(i64::MAX),
                        "validationActions": actions.collect::<Vec<_>>(),
                    }));
                }
                "Warn" => self.warnings.push(format!(
                    "Validation failed for ValidatingAdmissionPolicy '{}' with binding '{}': {}",
                    policy.name, binding.name, denied.message
                )),
                _ => {}
            }
        }
    }
}

impl Policies {
    /// Lets the validating policies look at a write.
    ///
    /// # Errors
    /// The first refusal.
    pub(crate) async fn validate(
        &self,
        subject: &Subject<'_>,
        obj: &Value,
        old: Option<&Value>,
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        let active = self.definitions.active(Phase::Validating);
        if active.is_empty() || is_exempt(subject) {
            return Ok(());
        }
        let mut verdicts = Verdicts::default();
        let mut fetched = Fetched::default();
        let questions = Arc::new(Questions::default());
        for active in active.iter() {
            look(
                subject,
                active,
                obj,
                old,
                &questions,
                &mut fetched,
                &mut verdicts,
            )
            .await?;
        }
        warnings.append(&mut verdicts.warnings);
        if !verdicts.audited.is_empty() {
            verdicts.audited.truncate(FAILURES_MAX);
            let failures = Value::Array(verdicts.audited);
            skeg_auth::audit::annotate(FAILURES_KEY, failures.to_string());
        }
        let Some((message, reason)) = verdicts.denied.into_iter().next() else {
            return Ok(());
        };
        Err(refusal(subject, obj, message, &reason))
    }
}

/// How a refusal is told.
pub(super) fn refusal(subject: &Subject<'_>, obj: &Value, message: String, reason: &str) -> Error {
    let resource = &subject.request.resource;
    let resource = GroupResource::new(resource.group.clone(), resource.resource.clone());
    let mut status = Status::forbidden(&resource, &spoken_name(subject, obj), &message);
    status.reason = reason.to_owned();
    status.code = code_of(reason);
    let details = status.details.get_or_insert_default();
    details.causes.push(StatusCause {
        message,
        ..StatusCause::default()
    });
    status.into()
}

async fn look(
    subject: &Subject<'_>,
    active: &Active,
    obj: &Value,
    old: Option<&Value>,
    questions: &Arc<Questions>,
    fetched: &mut Fetched,
    verdicts: &mut Verdicts,
) -> Result<()> {
    let policy = &*active.policy;
    let matched = match policy.criteria.matches(subject, obj, old, fetched).await {
        Ok(Some(matched)) => matched,
        Ok(None) => return Ok(()),
        Err(why) => {
            verdicts.misconfigured(policy, None, &why);
            return Ok(());
        }
    };
    let served = match &policy.param_kind {
        None => None,
        Some(kind) => match kind.served(subject.server) {
            Ok(served) => Some(served),
            Err(why) => {
                verdicts.misconfigured(policy, None, &why);
                return Ok(());
            }
        },
    };
    let mut annotations: Vec<(String, Vec<String>)> = Vec::new();
    for binding in &active.bindings {
        let bound = binding.criteria.matches(subject, obj, old, fetched).await;
        let params = match bound {
            Ok(None) => continue,
            Ok(Some(_)) => {
                params::collect(subject, served.as_ref(), binding.param_ref.as_ref()).await
            }
            Err(why) => Err(why),
        };
        let params = match params {
            Ok(params) => params,
            Err(why) => {
                verdicts.misconfigured(policy, Some(&binding.name), &why);
                continue;
            }
        };
        if params.is_empty() {
            continue;
        }
        let namespace = fetched.namespace(subject).await?;
        let input = match input(subject, &matched, obj, old, namespace.as_deref()).await {
            Ok(input) => input,
            Err(why) => {
                verdicts.misconfigured(policy, Some(&binding.name), &why);
                continue;
            }
        };
        for param in &params {
            let mut evaluation = Evaluation::new(subject, questions.clone(), policy, &input, param);
            let denied = evaluate(&mut evaluation, policy, &mut annotations).await;
            for denied in &denied {
                verdicts.take(policy, binding, denied);
            }
        }
    }
    for (key, values) in annotations {
        let key = format!("{}/{key}", policy.name);
        skeg_auth::audit::annotate(&key, values.join(", "));
    }
    Ok(())
}

async fn input(
    subject: &Subject<'_>,
    matched: &Matched,
    obj: &Value,
    old: Option<&Value>,
    namespace: Option<&Value>,
) -> Result<Input, String> {
    Input::new(subject, &matched.kind, obj, old, namespace)
        .await
        .map_err(|why| format!("failed to convert object version: {why}"))
}

/// Evaluates a policy with one parameter; gives what does not hold.
async fn evaluate(
    evaluation: &mut Evaluation<'_>,
    policy: &Policy,
    annotations: &mut Vec<(String, Vec<String>)>,
) -> Vec<Denied> {
    let failed = |index: usize, message: String| Denied {
        index,
        message,
        reason: String::new(),
    };
    // Where failures are ignored, only what was told counts.
    let open = policy.fails_open;
    match evaluation.conditions_hold(policy).await {
        Ok(true) => {}
        Ok(false) => return Vec::new(),
        Err(_) if open => return Vec::new(),
        Err(why) => return vec![failed(0, why)],
    }
    let mut denied = Vec::new();
    for (index, validation) in policy.validations.iter().enumerate() {
        match evaluation.value(&validation.expression).await {
            Ok(Val::Bool(true)) => {}
            Ok(_) => {
                let message = message(evaluation, validation).await;
                denied.push(Denied {
                    index,
                    message,
                    reason: validation.reason.clone(),
                });
            }
            Err(Failure::Expression(_)) if open => {}
            Err(Failure::Expression(why)) => denied.push(failed(index, why)),
            Err(Failure::All(_)) if open => return Vec::new(),
            Err(Failure::All(why)) => return vec![failed(0, why)],
        }
    }
    evaluation.set_budget(skeg_cel::limits::PER_VALIDATION);
    for (key, expression) in &policy.annotations {
        match evaluation.value(expression).await {
            Ok(Val::String(text)) if !text.trim().is_empty() => {
                note(annotations, key, text.trim());
            }
            Ok(_) => {}
            Err(_) if open => {}
            Err(why) => denied.push(failed(0, why.message())),
        }
    }
    denied
}

fn note(annotations: &mut Vec<(String, Vec<String>)>, key: &str, value: &str) {
    let mut end = value.len().min(ANNOTATION_MAX);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    let value = value[..end].to_owned();
    match annotations.iter_mut().find(|(held, _)| held == key) {
        Some((_, values)) if values.contains(&value) => {}
        Some((_, values)) => values.push(value),
        None => annotations.push((key.to_owned(), vec![value])),
    }
}

/// What is said of a validation that does not hold.
async fn message(
    evaluation: &mut Evaluation<'_>,
    validation: &super::definition::Validation,
) -> String {
    if let Some(expression) = &validation.message_expression {
        match evaluation.value(expression).await {
            Ok(Val::String(text)) => {
                let text = text.trim();
                if !text.is_empty() && text.len() <= MESSAGE_MAX && !text.contains('\n') {
                    return text.to_owned();
                }
            }
            Ok(_) => {}
            Err(Failure::All(why)) => return format!("failed messageExpression: {why}"),
            Err(Failure::Expression(why)) => {
                tracing::debug!(why, "a message expression failed");
            }
        }
    }
    if validation.message.is_empty() {
        format!("failed expression: {}", validation.expression.text.trim())
    } else {
        validation.message.clone()
    }
}
