//! The status of validating admission policies: whether their expressions fit
//! the types that their rules name.

use std::collections::BTreeSet;

use skeg_api::admissionregistration::v1::{
    ExpressionWarning, TypeChecking, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyStatus,
};
use skeg_cel::admission::{Compiler, Types};
use skeg_cel::{DeclType, EnvOptions};
use skeg_client::Api;
use skeg_runtime::{Controller, Next, ObjectName, ReconcileError};
use skeg_schema::TypeId;
use skeg_schema::resources::RESOURCES;

use crate::Context;

const NAME: &str = "validatingadmissionpolicy-status-controller";
const WORKERS: usize = 5;
/// More types of one policy are not looked at.
const TYPES_MAX: usize = 10;

/// Runs the controller that checks policies' types.
pub(crate) async fn run(context: Context) {
    let policies = context.informers.informer::<ValidatingAdmissionPolicy>();
    let queue = context.queue::<ObjectName>();
    let to = queue.clone();
    policies.on_change(move |delta| {
        let policy = delta.object();
        if policy.status.observed_generation != policy.metadata.generation {
            to.add(ObjectName::of(&policy.metadata));
        }
    });
    policies.synced().await;
    let client = context.client.clone();
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let policy = policies.store().get(&name);
            let api = Api::<ValidatingAdmissionPolicy>::all(client.clone());
            async move {
                let Some(policy) = policy else {
                    return Ok::<_, ReconcileError>(Next::Done);
                };
                if policy.status.observed_generation == policy.metadata.generation {
                    return Ok(Next::Done);
                }
                let mut policy = ValidatingAdmissionPolicy::clone(&policy);
                policy.status = ValidatingAdmissionPolicyStatus {
                    observed_generation: policy.metadata.generation,
                    type_checking: Some(TypeChecking {
                        expression_warnings: warnings(&policy),
                    }),
                    ..policy.status
                };
                match api.update_status(policy).await {
                    Err(error) if !error.is_not_found() => Err(error.into()),
                    _ => Ok(Next::Done),
                }
            }
        })
        .await;
}

/// A kind that a policy's rules name: how it is shown, and its type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    group: String,
    version: String,
    kind: String,
    ty: TypeId,
}

/// The kinds that the rules name one by one.
fn kinds(policy: &ValidatingAdmissionPolicy) -> BTreeSet<Named> {
    let mut found = BTreeSet::new();
    let Some(constraints) = &policy.spec.match_constraints else {
        return found;
    };
    for rule in &constraints.resource_rules {
        let open = |names: &[String]| names.iter().any(|name| name.contains('*'));
        if open(&rule.api_groups) || open(&rule.api_versions) {
            continue;
        }
        let mut count = 0;
        for desc in RESOURCES {
            let named = rule.api_groups.iter().any(|group| *group == desc.group)
                && rule.api_versions.iter().any(|v| *v == desc.version)
                && rule.resources.iter().any(|name| *name == desc.resource);
            if !named {
                continue;
            }
            found.insert(Named {
                group: desc.group.to_owned(),
                version: desc.version.to_owned(),
                kind: desc.kind.to_owned(),
                ty: desc.ty,
            });
            count += 1;
            if count == TYPES_MAX {
                return found;
            }
        }
    }
    found
}

fn type_of(api_version: &str, kind: &str) -> Option<DeclType> {
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    TypeId::by_gvk(group, version, kind).map(DeclType::message)
}

/// What does not fit, of all expressions.
fn warnings(policy: &ValidatingAdmissionPolicy) -> Vec<ExpressionWarning> {
    let kinds = kinds(policy);
    let params = policy.spec.param_kind.as_ref();
    let compilers: Vec<(String, Compiler)> = kinds
        .into_iter()
        .map(|named| {
            let types = Types {
                object: Some(DeclType::message(named.ty)),
                params: params.and_then(|kind| type_of(&kind.api_version, &kind.kind)),
            };
            let mut compiler = Compiler::new(EnvOptions::stored(), params.is_some())
                .with_types(types)
                .composed();
            for variable in &policy.spec.variables {
                // What is wrong with a variable shows where it is used.
                let _ = compiler.add_variable(&variable.name, &variable.expression);
            }
            let version = if named.group.is_empty() {
                format!("/{}", named.version)
            } else {
                format!("{}/{}", named.group, named.version)
            };
            (format!("{version}, Kind={}", named.kind), compiler)
        })
        .collect();
    let check = |field: String, expression: &str| {
        let found: Vec<String> = compilers
            .iter()
            .filter_map(|(kind, compiler)| {
                let errors = compiler.env(true).compile(expression).err()?;
                Some(format!("{kind}: {errors}\n"))
            })
            .collect();
        (!found.is_empty()).then(|| ExpressionWarning {
            field_ref: field,
            warning: found.join("\n"),
        })
    };
    let mut warnings = Vec::new();
    for (n, validation) in policy.spec.validations.iter().enumerate() {
        let path = format!("spec.validations[{n}]");
        warnings.extend(check(format!("{path}.expression"), &validation.expression));
        if !validation.message_expression.is_empty() {
            let field = format!("{path}.messageExpression");
            warnings.extend(check(field, &validation.message_expression));
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use skeg_schema::{json, message_from_value};

    use super::*;

    #[test]
    fn expressions_are_checked_against_each_kind() {
        let tree = json!({"spec": {
            "matchConstraints": {"resourceRules": [{
                "apiGroups": ["apps"], "apiVersions": ["v1"],
                "resources": ["deployments", "statefulsets"], "operations": ["CREATE"],
            }]},
            "variables": [{"name": "n", "expression": "object.spec.replicas"}],
            "validations": [
                {"expression": "variables.n > 1"},
                {"expression": "object.spec.paused", "messageExpression": "object.spec.nope"},
            ],
        }});
        let mut policy = ValidatingAdmissionPolicy::default();
        message_from_value(tree, &mut policy).expect("a policy");
        let found = warnings(&policy);
        let fields: Vec<&str> = found.iter().map(|w| w.field_ref.as_str()).collect();
        assert_eq!(
            fields,
            [
                "spec.validations[1].expression",
                "spec.validations[1].messageExpression"
            ]
        );
        assert_eq!(
            found[0].warning,
            "apps/v1, Kind=StatefulSet: ERROR: <input>:1:12: undefined field 'paused'\n | object.spec.paused\n | ...........^\n"
        );
        assert_eq!(found[1].warning.matches("ERROR").count(), 2);
    }

    #[test]
    fn open_rules_name_no_kind() {
        let tree = json!({"spec": {
            "matchConstraints": {"resourceRules": [{
                "apiGroups": ["*"], "apiVersions": ["v1"], "resources": ["pods"],
            }]},
            "validations": [{"expression": "object.nope == 1"}],
        }});
        let mut policy = ValidatingAdmissionPolicy::default();
        message_from_value(tree, &mut policy).expect("a policy");
        assert!(warnings(&policy).is_empty());
    }
}
