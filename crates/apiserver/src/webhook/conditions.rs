//! Match conditions: CEL expressions that keep requests from a webhook or a
//! policy; and what such expressions may ask the authorizer.

use parking_lot::Mutex;
use skeg_auth::UserInfo;
use skeg_auth::authz::{Attributes, Authorizer, Decision, Selectors};
use skeg_cel::{
    Activation, Answer as Said, Authorize, Check, DeclType, Env, EnvOptions, EvalError, Program,
    User, Val, limits,
};
use skeg_registry::tree;
use skeg_schema::Value;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::Subject;
use super::review::{Gvk, Request};

/// Answers of the authorizer that are remembered for one request.
const ANSWERS_MAX: usize = 1000;

/// What the conditions say.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// All hold.
    Matches,
    /// One does not.
    Excluded,
    /// One cannot be told, and the hook is not to be left out for that.
    Failed(String),
}

struct Condition {
    text: String,
    program: Result<Program, String>,
}

/// The conditions of one webhook.
pub struct Conditions {
    list: Vec<Condition>,
    fails_open: bool,
}

static REQUEST: LazyLock<DeclType> = LazyLock::new(skeg_cel::admission::request_type);

static ENV: LazyLock<Env> = LazyLock::new(|| {
    Env::new(EnvOptions::stored())
        .declare("object", DeclType::dynamic())
        .declare("oldObject", DeclType::dynamic())
        .declare("request", REQUEST.clone())
        .declare("authorizer", DeclType::authorizer())
        .declare("authorizer.requestResource", DeclType::resource_check())
});

impl Conditions {
    /// Compiles a `matchConditions`; `fails_open`: what cannot be told excludes.
    pub fn compile(list: &Value, fails_open: bool) -> Self {
        let list = tree::items(list)
            .iter()
            .map(|condition| {
                let text = tree::s(condition, "expression").to_owned();
                let program = ENV
                    .compile(&text)
                    .map_err(|error| format!("compilation error: compilation failed: {error}"));
                Condition { text, program }
            })
            .collect();
        Self { list, fails_open }
    }

    /// Asks them all about a request whose objects are seen as of `kind`.
    pub(crate) async fn evaluate(
        &self,
        subject: &Subject<'_>,
        kind: &Gvk,
        obj: &Value,
        old: Option<&Value>,
    ) -> Answer {
        if self.list.is_empty() {
            return Answer::Matches;
        }
        let view = async |tree: Option<&Value>| -> Result<Value, String> {
            let Some(tree) = tree.filter(|t| !t.is_null()) else {
                return Ok(Value::Null);
            };
            let json = subject.encode(tree, kind).await;
            let json = json.map_err(|e| e.to_string())?;
            skeg_schema::decode_json_any(&json).map_err(|e| e.to_string())
        };
        let (object, old) = match (view(Some(obj)).await, view(old).await) {
            (Ok(object), Ok(old)) => (object, old),
            (Err(why), _) | (_, Err(why)) => return self.failed(vec![why]),
        };
        let request = request_value(&subject.request, kind);
        let questions = Arc::new(Questions::default());
        let mut budget = limits::MATCH_CONDITIONS;
        let mut failures = Vec::new();
        for condition in &self.list {
            let told =
                |why: &str| format!("expression '{}' resulted in error: {why}", condition.text);
            let program = match &condition.program {
                Ok(program) => program,
                Err(why) => {
                    failures.push(told(why));
                    continue;
                }
            };
            loop {
                let (result, cost) = {
                    let user = questions_of(subject.request.user);
                    let activation = Activation::new()
                        .with("object", Val::tree(&object, None))
                        .with("oldObject", Val::tree(&old, None))
                        .with("request", Val::tree(&request, Some(&REQUEST)))
                        .with(
                            "authorizer",
                            Val::authorizer(questions.clone(), user.clone()),
                        )
                        .with(
                            "authorizer.requestResource",
                            Val::resource_check(
                                questions.clone(),
                                request_check(&subject.request, user),
                            ),
                        );
                    let (value, cost) =
                        program.eval_counted(&activation, budget.min(limits::PER_CALL));
                    (value.map(|value| value.as_bool()), cost)
                };
                match result {
                    Err(EvalError::Pending(check)) => {
                        let authorizer = &*subject.server.inner.authorizer;
                        questions
                            .resolve(authorizer, &check, subject.request.user)
                            .await;
                        continue;
                    }
                    Err(error) if error.is_budget() && cost >= budget => {
                        failures.push("validation failed due to running out of cost budget, no further validation rules will be run".to_owned());
                        return self.failed(failures);
                    }
                    Err(error) => failures.push(told(&error.to_string())),
                    Ok(Some(true)) => {}
                    Ok(Some(false)) => return Answer::Excluded,
                    Ok(None) => failures.push(told("must evaluate to bool")),
                }
                budget = budget.saturating_sub(cost);
                break;
            }
        }
        if failures.is_empty() {
            Answer::Matches
        } else {
            self.failed(failures)
        }
    }

    fn failed(&self, failures: Vec<String>) -> Answer {
        if self.fails_open {
            return Answer::Excluded;
        }
        Answer::Failed(match failures.as_slice() {
            [one] => one.clone(),
            all => format!("[{}]", all.join(", ")),
        })
    }
}

/// The variable `request`. What is empty is not there: expressions that name
/// it fail, as upstream.
pub fn request_value(request: &Request<'_>, kind: &Gvk) -> Value {
    let mut members = request.members("", kind, &request.resource);
    members.remove("uid");
    members.insert("dryRun", request.dry_run);
    members.insert("options", request.options.clone());
    Value::Object(members)
}

/// A user as expressions ask about them.
pub fn questions_of(user: &UserInfo) -> User {
    User {
        name: user.name.clone(),
        uid: user.uid.clone(),
        groups: user.groups.clone(),
        extra: user
            .extra
            .iter()
            .map(|(key, values)| (key.clone(), values.clone()))
            .collect(),
    }
}

/// What `authorizer.requestResource` asks about.
pub fn request_check(request: &Request<'_>, user: User) -> Check {
    Check {
        user,
        group: request.resource.group.clone(),
        resource: request.resource.resource.clone(),
        subresource: request.subresource.to_owned(),
        namespace: request.namespace.to_owned(),
        name: request.name.to_owned(),
        ..Check::default()
    }
}

/// What the authorizer answered for one request.
#[derive(Default)]
pub struct Questions {
    answers: Mutex<HashMap<Check, Said>>,
}

impl Authorize for Questions {
    fn authorize(&self, check: &Check) -> Said {
        let answers = self.answers.lock();
        match answers.get(check) {
            Some(answer) => answer.clone(),
            None if answers.len() >= ANSWERS_MAX => {
                Said::Error("too many questions to the authorizer".to_owned())
            }
            None => Said::Pending,
        }
    }
}

impl Questions {
    /// Asks the authorizer, and remembers what it says.
    pub async fn resolve(&self, authorizer: &dyn Authorizer, check: &Check, asker: &UserInfo) {
        let user = UserInfo {
            name: check.user.name.clone(),
            uid: check.user.uid.clone(),
            groups: check.user.groups.clone(),
            extra: if check.user.name == asker.name {
                asker.extra.clone()
            } else {
                Default::default()
            },
        };
        let attributes = Attributes {
            user: &user,
            verb: &check.verb,
            namespace: &check.namespace,
            group: &check.group,
            version: "*",
            resource: &check.resource,
            subresource: &check.subresource,
            name: &check.name,
            path: check.path.as_deref().unwrap_or_default(),
            resource_request: check.path.is_none(),
            selectors: &Selectors::parse(&check.field_selector, &check.label_selector),
        };
        let told = authorizer.authorize(&attributes).await;
        let reason = told.reason.to_string();
        let answer = match told.decision {
            Decision::NoOpinion | Decision::Deny if told.error.is_some() => {
                Said::Error(told.error.as_deref().unwrap_or_default().to_owned())
            }
            Decision::Allow => Said::Allowed(reason),
            Decision::Deny => Said::Denied(reason),
            Decision::NoOpinion => Said::NoOpinion(reason),
        };
        self.answers.lock().insert(check.clone(), answer);
    }
}
