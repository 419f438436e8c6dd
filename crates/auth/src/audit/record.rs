//! The audit of one request: what becomes known of it on its way, and the
//! events of its stages.

use parking_lot::Mutex;
use skeg_meta::{MicroTime, Time};
use skeg_schema::{Object, Value, encode_json_any};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Auditor;
use super::policy::{Level, Stage, Verdict};
use crate::authz::Attributes;
use crate::user::UserInfo;

/// Bytes of a user agent that are written.
const AGENT_LEN_MAX: usize = 1024;
/// Annotations of one event.
const ANNOTATIONS_LEN_MAX: usize = 1000;

tokio::task_local! {
    static CURRENT: Arc<Record>;
}

/// Runs `work` with `record` at hand for [`annotate`] and [`request_object`].
pub async fn with<F: Future>(record: Option<Arc<Record>>, work: F) -> F::Output {
    match record {
        Some(record) => CURRENT.scope(record, work).await,
        None => work.await,
    }
}

/// Adds an annotation to the audit of the request that is being answered by
/// the current task. The first value of a key stays.
pub fn annotate(key: &str, value: impl Into<String>) {
    let _ = CURRENT.try_with(|record| record.annotate(key, value));
}

/// Whether the current request's annotations are written at all: for those
/// that are costly to make.
pub fn is_audited() -> bool {
    CURRENT.try_with(|_| ()).is_ok()
}

/// Whether the current request's event has at least this much in it.
pub fn is_audited_at(level: Level) -> bool {
    CURRENT.try_with(|record| record.level() >= level) == Ok(true)
}

/// Notes the object that the current request sent: its name and version
/// complete what the URL told, and it is written whole where the policy says
/// so.
pub fn request_object(object: &Value) {
    let _ = CURRENT.try_with(|record| record.request_object(object));
}

/// Notes a patch of the current request, which has no name of its own.
pub fn request_patch(patch: &Value) {
    let _ = CURRENT.try_with(|record| {
        if record.verdict.level >= Level::Request {
            record.state.lock().request_object = Some(patch.clone());
        }
    });
}

/// What is known at the beginning.
pub struct Begin<'a> {
    /// Who asks for what, before impersonation.
    pub asked: &'a Attributes<'a>,
    /// The request's id.
    pub id: &'a str,
    /// Path and query.
    pub uri: &'a str,
    /// The client's program.
    pub agent: &'a str,
    /// The client and the proxies between.
    pub sources: Vec<String>,
    /// When it came.
    pub received: Time,
}

#[derive(Default)]
struct State {
    impersonated: Option<Value>,
    constraint: Option<String>,
    reference: Option<Object>,
    status: Option<Value>,
    request_object: Option<Value>,
    response_object: Option<Value>,
    annotations: BTreeMap<String, String>,
    finished: bool,
}

/// The audit of a request.
pub struct Record {
    auditor: Arc<Auditor>,
    verdict: Verdict,
    id: String,
    uri: String,
    verb: String,
    user: Value,
    sources: Vec<String>,
    agent: String,
    received: Time,
    state: Mutex<State>,
}

/// A user as events show it.
fn shown(user: &UserInfo) -> Value {
    let mut out = Object::new();
    let mut put = |key: &'static str, text: &str| {
        if !text.is_empty() {
            out.insert(key, text);
        }
    };
    put("username", &user.name);
    put("uid", &user.uid);
    if !user.groups.is_empty() {
        out.insert("groups", texts(&user.groups));
    }
    if !user.extra.is_empty() {
        let extra: Object = user
            .extra
            .iter()
            .map(|(key, values)| (key.clone().into(), texts(values)))
            .collect();
        out.insert("extra", extra);
    }
    Value::Object(out)
}

fn texts(items: &[String]) -> Value {
    Value::Array(items.iter().map(|t| Value::from(t.as_str())).collect())
}

/// The first `max` bytes of a text, and a mark where there were more.
fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...TRUNCATED", &text[..end])
}

fn without_managed_fields(object: &Value) -> Value {
    let mut object = object.clone();
    object.remove_at(&["metadata", "managedFields"]);
    if let Some(items) = object.get_mut("items").and_then(Value::as_array_mut) {
        for item in items {
            item.remove_at(&["metadata", "managedFields"]);
        }
    }
    if let Some(rows) = object.get_mut("rows").and_then(Value::as_array_mut) {
        for row in rows {
            row.remove_at(&["object", "metadata", "managedFields"]);
        }
    }
    object
}

impl Record {
    pub(super) fn new(auditor: Arc<Auditor>, verdict: Verdict, begin: Begin<'_>) -> Self {
        let asked = begin.asked;
        let reference = asked.resource_request.then(|| {
            let mut out = Object::new();
            for (key, text) in [
                ("resource", asked.resource),
                ("namespace", asked.namespace),
                ("name", asked.name),
                ("uid", ""),
                ("apiGroup", asked.group),
                ("apiVersion", asked.version),
                ("resourceVersion", ""),
                ("subresource", asked.subresource),
            ] {
                out.insert(key, text);
            }
            out
        });
        Self {
            auditor,
            verdict,
            id: begin.id.to_owned(),
            uri: begin.uri.to_owned(),
            verb: asked.verb.to_owned(),
            user: shown(asked.user),
            sources: begin.sources,
            agent: cut(begin.agent, AGENT_LEN_MAX),
            received: begin.received,
            state: Mutex::new(State {
                reference,
                ..State::default()
            }),
        }
    }

    /// How much is written.
    pub fn level(&self) -> Level {
        self.verdict.level
    }

    /// As whom the request acts, and by which kind of permission.
    pub fn impersonated(&self, user: &UserInfo, constraint: Option<&str>) {
        let mut state = self.state.lock();
        state.impersonated = Some(shown(user));
        state.constraint = constraint.map(str::to_owned);
    }

    /// See [`annotate`].
    pub fn annotate(&self, key: &str, value: impl Into<String>) {
        let mut state = self.state.lock();
        if state.annotations.len() < ANNOTATIONS_LEN_MAX && !state.annotations.contains_key(key) {
            state.annotations.insert(key.to_owned(), value.into());
        }
    }

    /// See [`request_object`].
    pub fn request_object(&self, object: &Value) {
        let mut state = self.state.lock();
        let metadata = &object["metadata"];
        if let Some(reference) = &mut state.reference {
            for (key, member) in [
                ("namespace", "namespace"),
                ("name", "name"),
                ("uid", "uid"),
                ("resourceVersion", "resourceVersion"),
            ] {
                let known = reference.get(key).and_then(Value::as_str) != Some("");
                if !known && let Some(text) = metadata[member].as_str() {
                    reference.insert(key, text);
                }
            }
        }
        if self.verdict.level >= Level::Request {
            state.request_object = Some(if self.verdict.omit_managed_fields {
                without_managed_fields(object)
            } else {
                object.clone()
            });
        }
    }

    /// Notes the answer: `status` is the Status that it is, if it is one.
    pub fn response(&self, code: u16, status: Option<&Value>, object: Option<Value>) {
        let mut out = Object::new();
        out.insert("metadata", Object::new());
        if let Some(status) = status {
            for key in ["status", "message", "reason", "details"] {
                match &status[key] {
                    Value::Null => {}
                    value => {
                        out.insert(key, value.clone());
                    }
                }
            }
        }
        out.insert("code", i64::from(code));
        self.state.lock().status = Some(Value::Object(out));
        if let Some(object) = object {
            self.response_object(object);
        }
    }

    /// Notes what was answered, where the policy wants it written.
    pub fn response_object(&self, object: Value) {
        if self.verdict.level < Level::RequestResponse {
            return;
        }
        let object = if self.verdict.omit_managed_fields {
            without_managed_fields(&object)
        } else {
            object
        };
        self.state.lock().response_object = Some(object);
    }

    /// Notes a broken handler.
    pub fn broken(&self, what: &str) {
        let mut out = Object::new();
        out.insert("metadata", Object::new());
        out.insert("status", "Failure");
        out.insert("message", format!("APIServer panic'd: {what}"));
        out.insert("reason", "InternalError");
        out.insert("code", 500);
        self.state.lock().status = Some(Value::Object(out));
    }

    /// Writes the event of a stage, unless the policy leaves it out.
    pub fn stage(&self, stage: Stage) -> Option<super::Writing> {
        if matches!(stage, Stage::ResponseComplete | Stage::Panic)
            && std::mem::replace(&mut self.state.lock().finished, true)
        {
            return None;
        }
        if self.verdict.omit_stages.contains(&stage) {
            return None;
        }
        let event = self.event(stage);
        Some(self.auditor.write(event, stage))
    }

    /// The same, and waits where events are written within requests.
    ///
    /// # Errors
    /// It could not be written, and the request must not go on.
    pub async fn stage_done(&self, stage: Stage) -> Result<(), super::Unwritten> {
        match self.stage(stage) {
            Some(writing) => writing.done().await,
            None => Ok(()),
        }
    }

    fn event(&self, stage: Stage) -> Value {
        let now = if stage == Stage::RequestReceived {
            self.received
        } else {
            Time::now()
        };
        let micro = |time: Time| MicroTime::from(time).to_string();
        let state = self.state.lock();
        let mut out = Object::new();
        out.insert("kind", "Event");
        out.insert("apiVersion", "audit.k8s.io/v1");
        out.insert("level", self.verdict.level.as_str());
        out.insert("auditID", self.id.as_str());
        out.insert("stage", stage.as_str());
        out.insert("requestURI", self.uri.as_str());
        out.insert("verb", self.verb.as_str());
        out.insert("user", self.user.clone());
        if let Some(user) = &state.impersonated {
            out.insert("impersonatedUser", user.clone());
        }
        if let Some(constraint) = &state.constraint {
            let mut metadata = Object::new();
            metadata.insert("impersonationConstraint", constraint.as_str());
            out.insert("authenticationMetadata", metadata);
        }
        if !self.sources.is_empty() {
            out.insert("sourceIPs", texts(&self.sources));
        }
        if !self.agent.is_empty() {
            out.insert("userAgent", self.agent.as_str());
        }
        if let Some(reference) = &state.reference {
            let mut reference = reference.clone();
            reference.retain(|_, value| value.as_str() != Some(""));
            out.insert("objectRef", reference);
        }
        if let Some(status) = &state.status {
            out.insert("responseStatus", status.clone());
        }
        if let Some(object) = &state.request_object {
            out.insert("requestObject", object.clone());
        }
        if let Some(object) = &state.response_object {
            out.insert("responseObject", object.clone());
        }
        out.insert("requestReceivedTimestamp", micro(self.received));
        out.insert("stageTimestamp", micro(now));
        if !state.annotations.is_empty() {
            let annotations: Object = state
                .annotations
                .iter()
                .map(|(key, value)| (key.clone().into(), Value::from(value.as_str())))
                .collect();
            out.insert("annotations", annotations);
        }
        Value::Object(out)
    }
}

/// The bytes of an event.
pub(super) fn encode(event: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    encode_json_any(event, &mut out);
    out
}
