//! Mutating policies: what they change.

use skeg_cel::{List, Message, Val};
use skeg_meta::{GroupResource, Status, StatusCause};
use skeg_schema::{Object, Value};
use std::sync::Arc;

use super::Policies;
use super::criteria::{Fetched, Matched};
use super::definition::{Binding, Mutation, Phase, Policy};
use super::evaluate::{Evaluation, Input, view};
use super::params;
use super::validate::{is_exempt, spoken_name};
use crate::error::{Error, Result};
use crate::managed_fields::{self, Node, Versions};
use crate::objects::versions::KindVersions;
use crate::patch;
use crate::webhook::conditions::Questions;
use crate::webhook::{Reinvocation, Subject};

/// What went wrong with a policy, and with which binding.
struct Trouble {
    policy: Arc<Policy>,
    message: String,
    /// The request is refused as invalid, not as forbidden.
    invalid: bool,
}

/// Why a mutation was not applied.
enum Failure {
    /// The policy's failure, which counts as its `failurePolicy` says.
    OfPolicy(String),
    /// The request fails, whatever the policy says: what upstream makes a
    /// status error of ends the dispatch of all policies.
    OfRequest(Error),
}

impl From<String> for Failure {
    fn from(why: String) -> Self {
        Self::OfPolicy(why)
    }
}

/// One evaluation that is due.
struct Invocation {
    policy: Arc<Policy>,
    binding: Arc<Binding>,
    matched: Matched,
    param: Value,
}

impl Invocation {
    fn uid(&self) -> String {
        format!(
            "policy/{}/{}/{}/{}",
            self.policy.name,
            self.binding.name,
            self.param["metadata"]["namespace"].as_str().unwrap_or(""),
            self.param["metadata"]["name"].as_str().unwrap_or("")
        )
    }

    fn trouble(&self, why: &str) -> Trouble {
        Trouble {
            invalid: true,
            ..trouble(&self.policy, Some(&self.binding.name), why)
        }
    }
}

fn trouble(policy: &Arc<Policy>, binding: Option<&str>, why: &str) -> Trouble {
    let name = &policy.name;
    Trouble {
        policy: policy.clone(),
        invalid: false,
        message: match binding {
            Some(binding) => {
                format!("policy '{name}' with binding '{binding}' denied request: {why}")
            }
            None => format!("policy {} denied request: {why}", crate::go::quote(name)),
        },
    }
}

impl Policies {
    /// Lets the mutating policies change a write. What they change is in `obj`
    /// afterwards.
    ///
    /// # Errors
    /// The failures that count.
    pub(crate) async fn mutate(
        &self,
        subject: &Subject<'_>,
        obj: &mut Value,
        old: Option<&Value>,
        state: &mut Reinvocation,
    ) -> Result<()> {
        let active = self.definitions.active(Phase::Mutating);
        if active.is_empty() || is_exempt(subject) || obj.is_null() {
            return Ok(());
        }
        let mut troubles = Vec::new();
        let mut fetched = Fetched::default();
        let mut due = Vec::new();
        for active in active.iter() {
            let policy = &active.policy;
            let matched = match policy
                .criteria
                .matches(subject, obj, old, &mut fetched)
                .await
            {
                Ok(Some(matched)) => matched,
                Ok(None) => continue,
                Err(why) => {
                    let why = format!("failed to configure policy: {why}");
                    troubles.push(trouble(policy, None, &why));
                    continue;
                }
            };
            let served = match policy
                .param_kind
                .as_ref()
                .map(|kind| kind.served(subject.server))
            {
                None => None,
                Some(Ok(served)) => Some(served),
                Some(Err(why)) => {
                    let why = format!("failed to configure policy: {why}");
                    troubles.push(trouble(policy, None, &why));
                    continue;
                }
            };
            for binding in &active.bindings {
                let bound = binding
                    .criteria
                    .matches(subject, obj, old, &mut fetched)
                    .await;
                let params = match bound {
                    Ok(None) => continue,
                    Ok(Some(_)) => {
                        params::collect(subject, served.as_ref(), binding.param_ref.as_ref()).await
                    }
                    Err(why) => Err(why),
                };
                match params {
                    Ok(params) => due.extend(params.into_iter().map(|param| Invocation {
                        policy: policy.clone(),
                        binding: binding.clone(),
                        matched: matched.clone(),
                        param,
                    })),
                    Err(why) => {
                        let why = format!("failed to configure binding: {why}");
                        troubles.push(trouble(policy, Some(&binding.name), &why));
                    }
                }
            }
        }
        if !due.is_empty() {
            let namespace = fetched.namespace(subject).await?;
            let questions = Arc::new(Questions::default());
            let mut applied = false;
            for invocation in &due {
                let namespace = namespace.as_deref();
                let done =
                    invoke(subject, invocation, obj, old, namespace, &questions, state).await?;
                troubles.extend(done.troubles);
                applied |= done.applied;
            }
            if applied {
                state.applied();
            }
        }
        troubles.retain(|trouble| !trouble.policy.fails_open);
        if troubles.is_empty() {
            return Ok(());
        }
        Err(refusal(subject, obj, &troubles))
    }
}

fn refusal(subject: &Subject<'_>, obj: &Value, troubles: &[Trouble]) -> Error {
    let resource = &subject.request.resource;
    let resource = GroupResource::new(resource.group.clone(), resource.resource.clone());
    let mut status = Status::forbidden(&resource, &spoken_name(subject, obj), "");
    status.message = troubles[0].message.clone();
    if troubles[0].invalid {
        status.reason = "Invalid".to_owned();
    }
    let details = status.details.get_or_insert_default();
    details
        .causes
        .extend(troubles.iter().map(|trouble| StatusCause {
            message: trouble.message.clone(),
            ..StatusCause::default()
        }));
    status.into()
}

/// What became of an invocation.
#[derive(Default)]
struct Done {
    troubles: Vec<Trouble>,
    /// A mutation ran without fault, whether it changed anything or not.
    applied: bool,
}

impl Done {
    fn in_trouble(trouble: Trouble) -> Self {
        Self {
            troubles: vec![trouble],
            applied: false,
        }
    }
}

/// Runs a policy's mutations.
///
/// # Errors
/// The request fails, whatever the policy says of failures.
async fn invoke(
    subject: &Subject<'_>,
    invocation: &Invocation,
    obj: &mut Value,
    old: Option<&Value>,
    namespace: Option<&Value>,
    questions: &Arc<Questions>,
    state: &mut Reinvocation,
) -> Result<Done> {
    let policy = &*invocation.policy;
    let kind = &invocation.matched.kind;
    let uid = invocation.uid();
    let mut done = Done::default();
    let before = obj.clone();
    for (at, mutation) in policy.mutations.iter().enumerate() {
        let input = match Input::new(subject, kind, obj, old, namespace).await {
            Ok(input) => input,
            Err(why) => return Ok(Done::in_trouble(invocation.trouble(&why))),
        };
        let mut evaluation = Evaluation::new(
            subject,
            questions.clone(),
            policy,
            &input,
            &invocation.param,
        );
        if at == 0 {
            match evaluation.conditions_hold(policy).await {
                Ok(true) => {}
                Ok(false) => return Ok(done),
                Err(why) => return Ok(Done::in_trouble(invocation.trouble(&why))),
            }
            if state.is_second_round() && !state.is_due(&uid) {
                return Ok(done);
            }
        }
        match one(subject, mutation, &mut evaluation, &input, invocation).await {
            Ok(new) => {
                done.applied = true;
                if let Some(new) = new {
                    *obj = new;
                }
            }
            Err(Failure::OfPolicy(why)) => done.troubles.push(invocation.trouble(&why)),
            Err(Failure::OfRequest(error)) => return Err(error),
        }
    }
    if !skeg_registry::tree::same(&before, obj) {
        state.changed();
    }
    if policy.reinvoked {
        state.invoked(&uid);
    }
    Ok(done)
}

/// One mutation; gives the new object when it changes.
async fn one(
    subject: &Subject<'_>,
    mutation: &Mutation,
    evaluation: &mut Evaluation<'_>,
    input: &Input,
    invocation: &Invocation,
) -> Result<Option<Value>, Failure> {
    let value = evaluation
        .value(&mutation.expression)
        .await
        .map_err(super::evaluate::Failure::message)?;
    let kind = &invocation.matched.kind;
    let live = input.object();
    let new = if mutation.is_patch {
        let Some(new) = patched(live, &value)? else {
            return Ok(None);
        };
        new
    } else {
        merged(subject, live, &value)?
    };
    if new == *live {
        return Ok(None);
    }
    let new = if mutation.is_patch {
        let read = subject.read_strictly(&new, kind).await;
        read.map_err(|error| Failure::OfRequest(Error::internal_error(error)))?
    } else {
        let read = subject.read(&new, kind).await;
        read.map_err(|error| error.to_string())?
    };
    // What it looks like when nothing of it is lost on the way.
    view(subject, &new, kind).await?;
    Ok(Some(new))
}

/// The object with a JSON patch applied; `None` when a test of it fails.
fn patched(live: &Value, value: &Val<'_>) -> Result<Option<Value>, String> {
    let Val::List(list) = value else {
        return Err("type mismatch: JSONPatchType.expression should evaluate to array".to_owned());
    };
    let mut operations = Vec::new();
    for item in list.iter() {
        let Ok(Val::Message(message)) = item else {
            return Err(
                "type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch"
                    .to_owned(),
            );
        };
        operations.push(operation(&message)?);
    }
    let mut new = live.clone();
    for operation in operations {
        let is_test = operation["op"].as_str() == Some("test");
        match patch::json::apply_all(&mut new, &[operation]) {
            Ok(()) => {}
            Err(_) if is_test => return Ok(None),
            Err(why) => return Err(format!("JSON Patch: {why}")),
        }
    }
    Ok(Some(new))
}

fn operation(message: &Message<'_>) -> Result<Value, String> {
    let mut out = Object::new();
    out.insert("op", "");
    out.insert("path", "");
    for (name, value) in &message.fields {
        match (&**name, value) {
            ("value", value) => {
                if let Val::Message(message) = value {
                    let mut wrong = Vec::new();
                    type_names(value, &mut vec![message.name.to_string()], &mut wrong);
                    if !wrong.is_empty() {
                        return Err(format!("type mismatch: {}", wrong.join("\n")));
                    }
                }
                out.insert("value", tree_of(value)?);
            }
            ("from", value) if value.as_str() == Some("") => {}
            (name, value) => {
                let text = value.as_str().unwrap_or_default().to_owned();
                out.insert(name.to_owned(), text);
            }
        }
    }
    Ok(Value::Object(out))
}

fn tree_of(value: &Val<'_>) -> Result<Value, String> {
    value.to_value().ok_or_else(|| {
        "JSONPath valueExpression evaluated to a type that could not marshal to JSON".to_owned()
    })
}

/// The names of the messages inside of one are those of the fields that they
/// stand in.
fn type_names(value: &Val<'_>, path: &mut Vec<String>, wrong: &mut Vec<String>) {
    match value {
        Val::Message(message) => {
            let expected = path.join(".");
            if *message.name != *expected {
                wrong.push(format!(
                    "unexpected type name {}, expected {}, which matches field name path from root Object type",
                    crate::go::quote(&message.name),
                    crate::go::quote(&expected)
                ));
            }
            for (name, field) in &message.fields {
                path.push(name.to_string());
                type_names(field, path, wrong);
                path.pop();
            }
        }
        Val::List(List::Items(items) | List::Kept(items, _)) => {
            for item in items.iter() {
                type_names(item, path, wrong);
            }
        }
        Val::Map(map) if !matches!(map, skeg_cel::Map::Tree(..)) => {
            for (_, item) in map.iter() {
                if let Ok(item) = item {
                    type_names(&item, path, wrong);
                }
            }
        }
        _ => {}
    }
}

/// The object with what an expression computed merged in.
fn merged(subject: &Subject<'_>, live: &Value, value: &Val<'_>) -> Result<Value, String> {
    let Val::Message(_) = value else {
        return Err("unsupported return type from ApplyConfiguration expression".to_owned());
    };
    let mut wrong = Vec::new();
    type_names(value, &mut vec!["Object".to_owned()], &mut wrong);
    if !wrong.is_empty() {
        return Err(format!("type mismatch: {}", wrong.join("\n")));
    }
    let mut applied = value
        .to_value()
        .ok_or_else(|| "fail to convert field: unsupported value".to_owned())?;
    let api_version = live["apiVersion"].as_str().unwrap_or_default().to_owned();
    applied.set_at(&["apiVersion"], api_version.as_str());
    applied.set_at(&["kind"], live["kind"].clone());
    let versions = KindVersions::new(subject.served, subject.server.inner.table(), "");
    let node = versions.node(&api_version).unwrap_or(Node::Free);
    let failed = |why: String| format!("error applying patch: {why}");
    if let Some(why) = managed_fields::misfit(&applied, node) {
        return Err(failed(format!(
            "failed to convert patch object to typed object: {why}"
        )));
    }
    let mut atomics = Vec::new();
    find_atomics(&applied, node, &mut String::new(), &mut atomics);
    if !atomics.is_empty() {
        return Err(failed(format!(
            "invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: {}",
            atomics.join(", ")
        )));
    }
    Ok(managed_fields::merged(live, &applied, node))
}

/// Lists, maps and structs that are taken as one cannot be merged into.
fn find_atomics(value: &Value, node: Node<'_>, path: &mut String, found: &mut Vec<String>) {
    use managed_fields::node::{ListShape, Shape};
    let length = path.len();
    match (value, node.shape(Some(value))) {
        (Value::Object(members), Shape::Map { atomic }) => {
            if atomic {
                found.push(path.clone());
            }
            for (name, member) in members {
                if let Some(inner) = node.field(name) {
                    path.push('.');
                    path.push_str(name);
                    find_atomics(member, inner, path, found);
                    path.truncate(length);
                }
            }
        }
        (Value::Array(items), Shape::List(shape)) => {
            if shape == ListShape::Atomic {
                found.push(path.clone());
            }
            for (at, item) in items.iter().enumerate() {
                path.push_str(&format!("[{at}]"));
                find_atomics(item, node.items(), path, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}
