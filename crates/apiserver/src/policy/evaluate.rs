//! Evaluating a policy's expressions over one request.

use skeg_cel::admission::request_type;
use skeg_cel::{Activation, EvalError, Val, limits};
use skeg_schema::Value;
use std::sync::{Arc, LazyLock};

use super::definition::{Expression, Policy};
use crate::webhook::Subject;
use crate::webhook::conditions::{Questions, questions_of, request_check, request_value};
use crate::webhook::review::Gvk;

static REQUEST: LazyLock<skeg_cel::DeclType> = LazyLock::new(request_type);

/// What is said when the cost of all expressions ran out.
const OUT_OF_BUDGET: &str =
    "validation failed due to running out of cost budget, no further validation rules will be run";

/// The trees that expressions see.
pub struct Input {
    object: Value,
    old: Value,
    request: Value,
    namespace: Value,
}

/// A tree of the request's kind as expressions see it, of another kind.
pub async fn view(subject: &Subject<'_>, tree: &Value, kind: &Gvk) -> Result<Value, String> {
    if tree.is_null() {
        return Ok(Value::Null);
    }
    let json = subject.encode(tree, kind).await;
    let json = json.map_err(|e| e.to_string())?;
    skeg_schema::decode_json_any(&json).map_err(|e| e.to_string())
}

impl Input {
    /// The trees of a request as objects of `kind`.
    ///
    /// # Errors
    /// The objects cannot be converted.
    pub async fn new(
        subject: &Subject<'_>,
        kind: &Gvk,
        obj: &Value,
        old: Option<&Value>,
        namespace: Option<&Value>,
    ) -> Result<Self, String> {
        let mut request = request_value(&subject.request, kind);
        if let Value::Object(members) = &mut request {
            members.remove("uid");
        }
        let mut seen_namespace = namespace.cloned().unwrap_or_default();
        if let Value::Object(members) = &mut seen_namespace {
            members.remove("kind");
            members.remove("apiVersion");
        }
        Ok(Self {
            object: view(subject, obj, kind).await?,
            old: view(subject, old.unwrap_or(&Value::Null), kind).await?,
            request,
            namespace: seen_namespace,
        })
    }

    /// The object in the kind that the policy asked for.
    pub fn object(&self) -> &Value {
        &self.object
    }
}

/// One evaluation of a policy, with one parameter.
pub struct Evaluation<'a> {
    subject: &'a Subject<'a>,
    questions: Arc<Questions>,
    activation: Activation<'a>,
    budget: u64,
}

/// Why an expression has no value.
pub enum Failure {
    /// It alone failed.
    Expression(String),
    /// Nothing more is evaluated.
    All(String),
}

impl Failure {
    /// What is said.
    pub fn message(self) -> String {
        match self {
            Self::Expression(message) | Self::All(message) => message,
        }
    }
}

impl<'a> Evaluation<'a> {
    /// Sees the trees, and the policy's variables.
    pub fn new(
        subject: &'a Subject<'a>,
        questions: Arc<Questions>,
        policy: &Policy,
        input: &'a Input,
        param: &'a Value,
    ) -> Self {
        let user = questions_of(subject.request.user);
        let check = request_check(&subject.request, user.clone());
        let mut activation = Activation::new()
            .with("object", Val::tree(&input.object, None))
            .with("oldObject", Val::tree(&input.old, None))
            .with("request", Val::tree(&input.request, Some(&REQUEST)))
            .with("namespaceObject", Val::tree(&input.namespace, None))
            .with("params", Val::tree(param, None))
            .with("authorizer", Val::authorizer(questions.clone(), user))
            .with(
                "authorizer.requestResource",
                Val::resource_check(questions.clone(), check),
            );
        for (name, program) in &policy.variables {
            activation = activation.with_computed(name.as_str(), program.clone());
        }
        Self {
            subject,
            questions,
            activation,
            budget: limits::PER_VALIDATION,
        }
    }

    /// From here on, expressions may cost this much.
    pub fn set_budget(&mut self, budget: u64) {
        self.budget = budget;
    }

    /// Evaluates an expression; asks the authorizer what it asks.
    ///
    /// # Errors
    /// It failed, or the cost ran out.
    pub async fn value(&mut self, expression: &Expression) -> Result<Val<'a>, Failure> {
        let told = |why: &str| {
            Failure::Expression(format!(
                "expression '{}' resulted in error: {why}",
                expression.text
            ))
        };
        let program = match &expression.program {
            Ok(program) => program,
            Err(why) => return Err(told(&format!("compilation error: {why}"))),
        };
        loop {
            let limit = self.budget.min(limits::PER_CALL);
            let started = std::time::Instant::now();
            let (value, cost) = program.eval_counted(&self.activation, limit);
            let policies = &self.subject.server.inner.policies;
            policies.evaluated(started.elapsed());
            match value {
                Err(EvalError::Pending(check)) => {
                    let authorizer = self.subject.server.inner.authorizer.clone();
                    self.questions
                        .resolve(&*authorizer, &check, self.subject.request.user)
                        .await;
                }
                Err(error) if error.is_budget() && limit < limits::PER_CALL => {
                    return Err(Failure::All(OUT_OF_BUDGET.to_owned()));
                }
                Err(error) => {
                    self.budget = self.budget.saturating_sub(cost);
                    return Err(told(&error.to_string()));
                }
                Ok(value) => {
                    self.budget = self.budget.saturating_sub(cost);
                    return Ok(value);
                }
            }
        }
    }

    /// Whether all conditions of the policy hold.
    ///
    /// # Errors
    /// One cannot be told, and none says no.
    pub async fn conditions_hold(&mut self, policy: &Policy) -> Result<bool, String> {
        let budget = std::mem::replace(&mut self.budget, limits::MATCH_CONDITIONS);
        let mut failures = Vec::new();
        for condition in &policy.conditions {
            match self.value(condition).await {
                Ok(Val::Bool(true)) => {}
                Ok(_) => return Ok(false),
                Err(Failure::Expression(why)) => failures.push(why),
                Err(Failure::All(why)) => {
                    failures.push(why);
                    break;
                }
            }
        }
        self.budget = budget;
        if failures.is_empty() {
            Ok(true)
        } else {
            Err(match failures.as_slice() {
                [one] => one.clone(),
                all => format!("[{}]", all.join(", ")),
            })
        }
    }
}
