//! Questions and answers as they travel.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use skeg_api::admission::v1::{AdmissionRequest, AdmissionResponse};
use skeg_client::diff;
use skeg_schema::{ByteString, Value, json};

use super::admission::{Admission, Change, Subject, Verdict};

/// Why a question cannot be answered: an HTTP code and a text.
pub(super) type Trouble = (u16, String);

/// Answers reviews of one sort: the body of a question to the body of an answer.
pub(super) type Reviewer =
    Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, Trouble>> + Send + Sync>;

/// The request of a review.
pub(super) fn request_of(review: &mut Value, kind: &str, group: &str) -> Result<Value, Trouble> {
    let bad = |text: String| (400, text);
    if review["kind"] != kind {
        return Err(bad(format!("expected a {kind}, got {}", review["kind"])));
    }
    let expected = format!("{group}/v1");
    if review["apiVersion"] != expected.as_str() {
        return Err(bad(format!(
            "expected {expected}, got {}",
            review["apiVersion"]
        )));
    }
    match review.get_mut("request").map(Value::take) {
        Some(request) if request.as_object().is_some() => Ok(request),
        _ => Err(bad(format!("a {kind} without a request"))),
    }
}

/// What is said of a hook that panicked.
pub(super) const PANICKED: &str = "the webhook panicked";

/// Runs a handler; a panic is trouble.
pub(super) async fn guarded<T>(work: impl Future<Output = T>) -> Result<T, Trouble> {
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .map_err(|panic| {
            let message = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            tracing::error!(message, "a webhook panicked");
            (500, PANICKED.to_owned())
        })
}

fn answer(uid: String, verdict: Verdict) -> AdmissionResponse {
    AdmissionResponse {
        uid,
        allowed: verdict.denial.is_none(),
        status: verdict.denial.map(super::Denial::into_status),
        audit_annotations: verdict.audit,
        warnings: verdict.warnings,
        ..AdmissionResponse::default()
    }
}

fn review(response: &AdmissionResponse) -> Value {
    let mut said = skeg_schema::message_to_value(response);
    // It is required, and a message leaves out what is zero.
    said.set_at(&["allowed"], response.allowed);
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "response": said,
    })
}

/// The JSON patch from one object to another.
fn set_patch<K: Subject>(response: &mut AdmissionResponse, old: K, new: K) {
    let patch = diff::json(&old.into_tree(), &new.into_tree());
    if patch.is_empty() {
        return;
    }
    let mut bytes = Vec::with_capacity(128);
    skeg_schema::encode_json_any(&patch.into_value(), &mut bytes);
    response.patch = ByteString(bytes);
    response.patch_type = Some("JSONPatch".to_owned());
}

async fn mutated<K: Subject, F, R>(mut body: Value, handler: &F) -> Result<Value, Trouble>
where
    F: Fn(Admission<K>) -> R + Send + Sync,
    R: Future + Send,
    R::Output: Into<Change<K>>,
{
    let request = request_of(&mut body, "AdmissionReview", "admission.k8s.io")?;
    let request: AdmissionRequest = skeg_schema::from_value(request)
        .map_err(|error| (400, format!("the request is malformed: {error}")))?;
    let uid = request.uid.clone();
    let admission = match Admission::<K>::read(request) {
        Ok(admission) => admission,
        Err(denial) => return Ok(review(&answer(uid, Verdict::deny(denial)))),
    };
    // A patch is made against the object as this program reads it, so that
    // fields which its struct does not have stay as they are.
    let old = admission.object.clone();
    // The call itself may panic too, so it happens inside.
    let change: Change<K> = guarded(async { handler(admission).await }).await?.into();
    let mut response = answer(uid, change.verdict);
    if response.allowed
        && let (Some(old), Some(new)) = (old, change.object)
    {
        set_patch(&mut response, old, new);
    }
    Ok(review(&response))
}

/// A mutating hook.
pub(super) fn mutating<K: Subject, F, R>(handler: F) -> Reviewer
where
    F: Fn(Admission<K>) -> R + Send + Sync + 'static,
    R: Future + Send + 'static,
    R::Output: Into<Change<K>>,
{
    let handler = Arc::new(handler);
    Arc::new(move |body| {
        let handler = Arc::clone(&handler);
        async move { mutated(body, &*handler).await }.boxed()
    })
}

/// A validating hook.
pub(super) fn validating<K: Subject, F, R>(handler: F) -> Reviewer
where
    F: Fn(Admission<K>) -> R + Send + Sync + 'static,
    R: Future + Send + 'static,
    R::Output: Into<Verdict>,
{
    let handler = Arc::new(handler);
    mutating(move |admission: Admission<K>| {
        let handler = Arc::clone(&handler);
        async move {
            let verdict: Verdict = handler(admission).await.into();
            Change::<K>::from(verdict)
        }
    })
}
