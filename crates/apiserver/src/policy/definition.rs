//! The policies and bindings of the cluster, compiled when they change.

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use skeg_auth::ObjectObserver;
use skeg_cel::admission::{Compiler, Wanted};
use skeg_cel::{EnvOptions, Program};
use skeg_registry::tree;
use skeg_schema::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::criteria::Criteria;
use super::params::{ParamKind, ParamRef};

const GROUP: &str = "admissionregistration.k8s.io";
const VALIDATING: &str = "validatingadmissionpolicies";
const VALIDATING_BINDINGS: &str = "validatingadmissionpolicybindings";
const MUTATING: &str = "mutatingadmissionpolicies";
const MUTATING_BINDINGS: &str = "mutatingadmissionpolicybindings";

/// What a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Changes.
    Mutating,
    /// Only refuses.
    Validating,
}

/// An expression of a policy.
pub struct Expression {
    /// As it was written.
    pub text: String,
    /// Compiled, or why it is not.
    pub program: Result<Program, String>,
}

impl Expression {
    fn new(compiler: &Compiler, text: &str, has_authorizer: bool, wanted: &Wanted) -> Self {
        Self {
            text: text.to_owned(),
            program: compiler.compile(text, has_authorizer, wanted),
        }
    }
}

/// What a validating policy asks.
pub struct Validation {
    /// What is to hold.
    pub expression: Expression,
    /// What is said when it does not.
    pub message: String,
    /// What is said, computed.
    pub message_expression: Option<Expression>,
    /// The reason of the refusal; empty: `Invalid`.
    pub reason: String,
}

/// What a mutating policy does.
pub struct Mutation {
    /// Computes what is to be merged in, or a JSON patch.
    pub expression: Expression,
    /// It is a JSON patch.
    pub is_patch: bool,
}

/// A policy.
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Failures do not refuse the request.
    pub fails_open: bool,
    /// What it looks at.
    pub criteria: Criteria,
    /// The kind of its parameters.
    pub param_kind: Option<ParamKind>,
    /// Further conditions.
    pub conditions: Vec<Expression>,
    /// Members of `variables`.
    pub variables: Vec<(String, Program)>,
    /// What it asks.
    pub validations: Vec<Validation>,
    /// What it adds to the audit log: keys and values.
    pub annotations: Vec<(String, Expression)>,
    /// What it does.
    pub mutations: Vec<Mutation>,
    /// It comes again when others changed the object after it.
    pub reinvoked: bool,
}

impl Policy {
    fn parse(name: &str, policy: &Value, phase: Phase) -> Self {
        let spec = &policy["spec"];
        let mut options = EnvOptions::stored();
        if phase == Phase::Mutating {
            options = options.with_mutation();
        }
        let param_kind = ParamKind::parse(&spec["paramKind"]);
        let mut compiler = Compiler::new(options, param_kind.is_some());
        let plain = Compiler::new(options, param_kind.is_some());
        if !tree::list(spec, "variables").is_empty() {
            compiler = compiler.composed();
        }
        let variables = tree::list(spec, "variables")
            .iter()
            .filter_map(|variable| {
                let name = tree::s(variable, "name");
                let program = compiler.add_variable(name, tree::s(variable, "expression"));
                Some((name.to_owned(), program.ok()?))
            })
            .collect();
        let validations = tree::list(spec, "validations")
            .iter()
            .map(|validation| {
                let worded = tree::s(validation, "messageExpression");
                let text = tree::s(validation, "expression");
                Validation {
                    expression: Expression::new(&compiler, text, true, &Wanted::Bool),
                    message: tree::s(validation, "message").trim().to_owned(),
                    message_expression: (!worded.trim().is_empty())
                        .then(|| Expression::new(&compiler, worded, false, &Wanted::Text)),
                    reason: tree::s(validation, "reason").to_owned(),
                }
            })
            .collect();
        let annotations = tree::list(spec, "auditAnnotations")
            .iter()
            .map(|annotation| {
                let text = tree::s(annotation, "valueExpression").trim();
                let expression = Expression::new(&compiler, text, true, &Wanted::TextOrNull);
                (tree::s(annotation, "key").to_owned(), expression)
            })
            .collect();
        let mutations = tree::list(spec, "mutations")
            .iter()
            .map(|mutation| {
                let is_patch = tree::s(mutation, "patchType") == "JSONPatch";
                let (key, wanted) = if is_patch {
                    ("jsonPatch", Wanted::Patch)
                } else {
                    ("applyConfiguration", Wanted::Object)
                };
                let text = tree::s(&mutation[key], "expression");
                Mutation {
                    expression: Expression::new(&compiler, text, true, &wanted),
                    is_patch,
                }
            })
            .collect();
        Self {
            name: name.to_owned(),
            fails_open: tree::s(spec, "failurePolicy") == "Ignore",
            criteria: Criteria::parse(&spec["matchConstraints"]),
            param_kind,
            conditions: tree::list(spec, "matchConditions")
                .iter()
                .map(|condition| {
                    let text = tree::s(condition, "expression");
                    Expression::new(&plain, text, true, &Wanted::Bool)
                })
                .collect(),
            variables,
            validations,
            annotations,
            mutations,
            reinvoked: tree::s(spec, "reinvocationPolicy") == "IfNeeded",
        }
    }
}

/// To what a policy is bound.
pub struct Binding {
    /// Its name.
    pub name: String,
    policy: String,
    /// What of the policy's requests it means.
    pub criteria: Criteria,
    /// Which parameters.
    pub param_ref: Option<ParamRef>,
    /// What becomes of a failed validation.
    pub actions: Vec<String>,
}

impl Binding {
    fn parse(name: &str, binding: &Value) -> Self {
        let spec = &binding["spec"];
        Self {
            name: name.to_owned(),
            policy: tree::s(spec, "policyName").to_owned(),
            criteria: Criteria::parse(&spec["matchResources"]),
            param_ref: ParamRef::parse(&spec["paramRef"]),
            actions: tree::list(spec, "validationActions")
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// A policy with its bindings.
pub struct Active {
    /// The policy.
    pub policy: Arc<Policy>,
    /// Its bindings, by name.
    pub bindings: Vec<Arc<Binding>>,
}

#[derive(Default)]
struct Known {
    policies: BTreeMap<String, Arc<Policy>>,
    bindings: BTreeMap<String, Arc<Binding>>,
}

#[derive(Default)]
struct Kind {
    known: Mutex<Known>,
    active: ArcSwap<Vec<Active>>,
}

impl Kind {
    fn change(&self, act: impl FnOnce(&mut Known)) {
        let mut known = self.known.lock();
        act(&mut known);
        let active = known
            .policies
            .values()
            .map(|policy| Active {
                policy: policy.clone(),
                bindings: known
                    .bindings
                    .values()
                    .filter(|binding| binding.policy == policy.name)
                    .cloned()
                    .collect(),
            })
            .filter(|active| !active.bindings.is_empty())
            .collect();
        self.active.store(Arc::new(active));
    }
}

/// All policies. Fed from the watch cache before a write of one is answered,
/// so that it holds from then on.
#[derive(Default)]
pub struct Definitions {
    /// What their expressions cost in time.
    pub(super) metrics: super::metrics::Metrics,
    mutating: Kind,
    validating: Kind,
}

impl Definitions {
    /// The policies of a phase that are bound to something.
    pub fn active(&self, phase: Phase) -> Arc<Vec<Active>> {
        match phase {
            Phase::Mutating => self.mutating.active.load_full(),
            Phase::Validating => self.validating.active.load_full(),
        }
    }

    fn of(&self, resource: &str) -> (&Kind, Phase) {
        match resource {
            MUTATING | MUTATING_BINDINGS => (&self.mutating, Phase::Mutating),
            _ => (&self.validating, Phase::Validating),
        }
    }
}

impl ObjectObserver for Definitions {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (GROUP, VALIDATING),
            (GROUP, VALIDATING_BINDINGS),
            (GROUP, MUTATING),
            (GROUP, MUTATING_BINDINGS),
        ]
    }

    fn upsert(&self, resource: &str, _: &str, name: &str, object: &Value) {
        let (kind, phase) = self.of(resource);
        if resource.ends_with("bindings") {
            let binding = Arc::new(Binding::parse(name, object));
            kind.change(|known| {
                known.bindings.insert(name.to_owned(), binding);
            });
        } else {
            let started = std::time::Instant::now();
            let policy = Arc::new(Policy::parse(name, object, phase));
            self.metrics.compiled(started);
            kind.change(|known| {
                known.policies.insert(name.to_owned(), policy);
            });
        }
    }

    fn remove(&self, resource: &str, _: &str, name: &str) {
        let (kind, _) = self.of(resource);
        kind.change(|known| {
            if resource.ends_with("bindings") {
                known.bindings.remove(name);
            } else {
                known.policies.remove(name);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn policies_are_active_when_bound() {
        let all = Definitions::default();
        let policy = json!({"spec": {"validations": [{"expression": "object.a == 1"}]}});
        all.upsert(VALIDATING, "", "p", &policy);
        assert!(all.active(Phase::Validating).is_empty());
        let binding = json!({"spec": {"policyName": "p", "validationActions": ["Deny"]}});
        all.upsert(VALIDATING_BINDINGS, "", "b", &binding);
        all.upsert(VALIDATING_BINDINGS, "", "a", &binding);
        let active = all.active(Phase::Validating);
        let names: Vec<&str> = active[0].bindings.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(active[0].policy.validations[0].expression.program.is_ok());
        assert!(all.active(Phase::Mutating).is_empty());
        all.remove(VALIDATING, "", "p");
        assert!(all.active(Phase::Validating).is_empty());
    }
}
