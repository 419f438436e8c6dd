//! The status of validating admission policies: whether their expressions fit
//! the types that their rules name, custom ones too.

mod types;

use skeg_api::admissionregistration::v1::{
    ExpressionWarning, TypeChecking, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyStatus,
};
use skeg_cel::EnvOptions;
use skeg_cel::admission::{Compiler, Types};
use skeg_client::Api;
use skeg_runtime::{Controller, Next, ObjectName, ReconcileError};

use crate::Context;
use types::Known;

const NAME: &str = "validatingadmissionpolicy-status-controller";
const WORKERS: usize = 5;

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
            let client = client.clone();
            let api = Api::<ValidatingAdmissionPolicy>::all(client.clone());
            async move {
                let Some(policy) = policy else {
                    return Ok::<_, ReconcileError>(Next::Done);
                };
                if policy.status.observed_generation == policy.metadata.generation {
                    return Ok(Next::Done);
                }
                let mut policy = ValidatingAdmissionPolicy::clone(&policy);
                let known = Known::for_policy(&client, &policy).await;
                policy.status = ValidatingAdmissionPolicyStatus {
                    observed_generation: policy.metadata.generation,
                    type_checking: Some(TypeChecking {
                        expression_warnings: warnings(&policy, &known),
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

/// What does not fit, of all expressions.
fn warnings(policy: &ValidatingAdmissionPolicy, known: &Known) -> Vec<ExpressionWarning> {
    let kinds = known.kinds(policy);
    let params = policy.spec.param_kind.as_ref();
    let compilers: Vec<(String, Compiler)> = kinds
        .into_iter()
        .map(|named| {
            let types = Types {
                object: known.type_of(&named.group, &named.version, &named.kind),
                params: params.and_then(|kind| {
                    let version = &kind.api_version;
                    let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
                    known.type_of(group, version, &kind.kind)
                }),
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
        let found = warnings(&policy, &Known::default());
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
    fn custom_kinds_are_checked_by_their_definition() {
        let document = json!({"components": {"schemas": {
            "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {"type": "object"},
            "com.example.v1.Size": {"type": "integer"},
            "com.example.v1.Knob": {"type": "object", "properties": {
                "metadata": {"allOf": [{
                    "$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
                }]},
                "spec": {"type": "object", "properties": {
                    "size": {"default": 1, "allOf": [{
                        "$ref": "#/components/schemas/com.example.v1.Size",
                    }]},
                    "inner": {"$ref": "#/components/schemas/com.example.v1.Knob"},
                }},
            }, "x-kubernetes-group-version-kind": [
                {"group": "example.com", "version": "v1", "kind": "Knob"},
            ]},
        }}});
        let tree = json!({"spec": {
            "paramKind": {"apiVersion": "example.com/v1", "kind": "Knob"},
            "matchConstraints": {"resourceRules": [{
                "apiGroups": ["example.com"], "apiVersions": ["v1", "v2"],
                "resources": ["knobs"], "operations": ["CREATE"],
            }]},
            "validations": [
                {"expression": "object.spec.size > 1 && object.metadata.labels.size() > 0 && object.kind == 'Knob'"},
                {"expression": "object.spec.size == 'a'"},
                {"expression": "object.spec.nope == 1"},
                {"expression": "params.spec.nope == 1"},
            ],
        }});
        let mut policy = ValidatingAdmissionPolicy::default();
        message_from_value(tree, &mut policy).expect("a policy");
        let known = Known::of("example.com", "v1", &[("knobs", "Knob")], &document);
        let found = warnings(&policy, &known);
        let fields: Vec<&str> = found.iter().map(|w| w.field_ref.as_str()).collect();
        let wanted = [1, 2, 3].map(|n| format!("spec.validations[{n}].expression"));
        assert_eq!(fields, wanted, "{found:?}");
        assert!(
            found[1].warning.starts_with(
                "example.com/v1, Kind=Knob: ERROR: <input>:1:12: undefined field 'nope'"
            ),
            "{}",
            found[1].warning
        );
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
        assert!(warnings(&policy, &Known::default()).is_empty());
    }
}
