//! RBAC, disruption budgets, autoscalers, leases and the like.

use super::convert;
use super::kind::Kind;
use crate::defaults::misc;
use crate::generic::{generation, keep, set_generation};
use crate::strategy::GarbageCollection;
use crate::tree::{self, set};
use crate::validation::{coordination, core, names, policy};
use skeg_schema::{Value, json};
use std::borrow::Cow;

/// The row of a resource of one of these groups.
pub fn kind(group: &str, resource: &str) -> Kind {
    match resource {
        "roles" => Kind {
            name: names::path_segment,
            validate: |_, obj, errs| policy::role(obj, true, errs),
            declared: true,
            create_on_update: true,
            ..Kind::PLAIN
        },
        "clusterroles" => Kind {
            name: names::path_segment,
            validate: |_, obj, errs| policy::role(obj, false, errs),
            declared: true,
            create_on_update: true,
            ..Kind::PLAIN
        },
        "rolebindings" => Kind {
            default: misc::role_binding,
            name: names::path_segment,
            validate: |_, obj, errs| policy::binding(obj, true, errs),
            declared: true,
            validate_update: Some(|_, new, old, errs| policy::binding_update(new, old, true, errs)),
            create_on_update: true,
            ..Kind::PLAIN
        },
        "clusterrolebindings" => Kind {
            default: misc::role_binding,
            name: names::path_segment,
            validate: |_, obj, errs| policy::binding(obj, false, errs),
            declared: true,
            validate_update: Some(|_, new, old, errs| {
                policy::binding_update(new, old, false, errs)
            }),
            create_on_update: true,
            ..Kind::PLAIN
        },
        "poddisruptionbudgets" => Kind {
            name: names::path_segment,
            default: misc::budget,
            metadata_last: true,
            create: |_, obj| {
                set(
                    obj,
                    "status",
                    json!({
                        "disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0,
                    }),
                );
            },
            validate: |_, obj, errs| policy::budget(obj, errs),
            status_rules: |_, new, _, errs| policy::budget_status(new, errs),
            unconditional: false,
            ..Kind::SPEC
        },
        "priorityclasses" => Kind {
            default: misc::priority_class,
            create: |_, obj| set_generation(obj, 1),
            validate: |_, obj, errs| core::priority_class(obj, errs),
            validate_update: Some(|_, new, old, errs| core::priority_class_update(new, old, errs)),
            ..Kind::PLAIN
        },
        "leases" => Kind {
            create: |ctx, obj| super::dropped::coordination(ctx, obj, &tree::NULL),
            update: super::dropped::coordination,
            validate: |_, obj, errs| coordination::lease(obj, errs),
            create_on_update: true,
            unconditional: false,
            ..Kind::PLAIN
        },
        "runtimeclasses" => Kind {
            warnings: |obj, _| {
                tree::sorted_pairs(tree::path(obj, &["scheduling", "nodeSelector"]))
                    .into_iter()
                    .filter_map(|(key, _)| super::pod::warnings::node_label(key))
                    .map(|words| format!("scheduling.nodeSelector: {words}"))
                    .collect()
            },
            validate: |_, obj, errs| core::runtime_class(obj, errs),
            declared: true,
            create_on_update: true,
            unconditional: false,
            ..Kind::PLAIN
        },
        "events" => super::core::event(group == "events.k8s.io"),
        _ => Kind {
            dependents: GarbageCollection::Background,
            ..Kind::PLAIN
        },
    }
}

// An autoscaler of either version in the second.
fn second(obj: &Value) -> Cow<'_, Value> {
    if tree::s(obj, "apiVersion") != "autoscaling/v1" {
        return Cow::Borrowed(obj);
    }
    let mut v2 = obj.clone();
    convert::autoscaler_to_v2(&mut v2);
    Cow::Owned(v2)
}

/// Autoscalers of either version.
pub fn autoscaler(version: &str) -> Kind {
    let v1 = version == "v1";
    Kind {
        default: misc::autoscaler,
        create: if v1 {
            |_, obj| {
                convert::keep_hidden_of_autoscaler(obj, &tree::NULL, convert::AUTOSCALER_STATUS);
                set(
                    obj,
                    "status",
                    json!({"currentReplicas": 0, "desiredReplicas": 0}),
                )
            }
        } else {
            |_, obj| {
                set(
                    obj,
                    "status",
                    json!({"desiredReplicas": 0, "currentMetrics": null}),
                )
            }
        },
        // A part of what is wanted stands in annotations of version 1.
        update: if v1 {
            |_, new, old| {
                convert::keep_hidden_of_autoscaler(new, old, convert::AUTOSCALER_STATUS);
                let wanted = |v1: &Value| {
                    let mut v2 = v1.clone();
                    convert::autoscaler_to_v2(&mut v2);
                    tree::at(&v2, "spec").clone()
                };
                if !tree::same(&wanted(new), &wanted(old)) {
                    set_generation(new, generation(old) + 1);
                }
            }
        } else {
            |_, _, _| {}
        },
        validate: |_, obj, errs| policy::autoscaler(&second(obj), None, errs),
        validate_update: Some(|_, new, old, errs| {
            policy::autoscaler(&second(new), Some(&second(old)), errs);
        }),
        status_prepare: if v1 {
            |_, new, old| {
                keep(new, old, "spec");
                convert::keep_hidden_of_autoscaler(new, old, convert::AUTOSCALER_SPEC);
            }
        } else {
            |_, new, old| keep(new, old, "spec")
        },
        status_rules: |_, new, _, errs| policy::autoscaler_status(new, errs),
        ..Kind::SPEC
    }
}
