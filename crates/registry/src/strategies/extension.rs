//! Kinds that extend or govern the API server itself: webhooks, policies,
//! CRDs, API services, flow control, certificates.

use super::kind::{ALL_BUT_STATUS, Kind, status_alone};
use crate::defaults::misc;
use crate::generic::keep;
use crate::strategy::FieldLabels;
use crate::tree::{self, at, list, s, set};
use crate::validation::{
    admission_policies, certificates, definition, extension, flow, names, webhooks,
};
use skeg_schema::{Value, json};
use std::collections::BTreeSet;

/// The row of one of these.
pub fn kind(resource: &str) -> Kind {
    match resource {
        "validatingwebhookconfigurations" => Kind {
            name: names::admission,
            default: |obj| misc::webhooks(obj, false),
            validate: |_, obj, errs| webhooks::configuration(obj, false, errs),
            warnings: |obj, _| webhooks::warnings(obj),
            counted: &["webhooks"],
            unconditional: false,
            ..Kind::PLAIN
        },
        "mutatingwebhookconfigurations" => Kind {
            name: names::admission,
            default: |obj| misc::webhooks(obj, true),
            validate: |_, obj, errs| webhooks::configuration(obj, true, errs),
            warnings: |obj, _| webhooks::warnings(obj),
            counted: &["webhooks"],
            unconditional: false,
            ..Kind::PLAIN
        },
        "validatingadmissionpolicies" => Kind {
            name: names::admission,
            default: misc::admission_policy,
            create: |_, obj| set(obj, "status", json!({})),
            validate: |_, obj, errs| admission_policies::validating_policy(obj, errs),
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            status_rules: |_, new, _, errs| admission_policies::policy_status(new, errs),
            unconditional: false,
            ..Kind::SPEC
        },
        "mutatingadmissionpolicies" => Kind {
            name: names::admission,
            default: misc::admission_policy,
            validate: |_, obj, errs| admission_policies::mutating_policy(obj, errs),
            status: false,
            unconditional: false,
            ..Kind::SPEC
        },
        "validatingadmissionpolicybindings" => Kind {
            name: names::admission,
            default: misc::admission_binding,
            validate: |_, obj, errs| admission_policies::binding(obj, false, errs),
            declared: true,
            status: false,
            unconditional: false,
            ..Kind::SPEC
        },
        "mutatingadmissionpolicybindings" => Kind {
            name: names::admission,
            default: misc::mutating_binding,
            validate: |_, obj, errs| admission_policies::binding(obj, true, errs),
            status: false,
            unconditional: false,
            ..Kind::SPEC
        },
        "customresourcedefinitions" => Kind {
            default: definition_defaults,
            warnings: definition_warnings,
            create: |_, obj| {
                let stored: Vec<Value> = list(at(obj, "spec"), "versions")
                    .iter()
                    .filter(|v| tree::b(v, "storage"))
                    .map(|v| at(v, "name").clone())
                    .take(1)
                    .collect();
                set(
                    obj,
                    "status",
                    json!({
                        "conditions": null,
                        "acceptedNames": {"plural": "", "kind": ""},
                        "storedVersions": Value::Array(stored),
                    }),
                );
            },
            update: |_, new, old| {
                keep(new, old, "status");
                definition_stored(new);
            },
            deletion_finalizer: Some("customresourcecleanup.apiextensions.k8s.io"),
            begin_deletion: |obj| definition_terminating(obj),
            validate: |_, obj, errs| definition::create(obj, errs),
            validate_update: Some(|_, new, old, errs| definition::update(new, old, errs)),
            status_rules: |_, new, old, errs| definition::status(new, old, errs),
            unconditional: false,
            ..Kind::SPEC
        },
        "apiservices" => Kind {
            name: names::path_segment,
            validate: |_, obj, errs| extension::api_service(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                extension::api_service_update(new, old, errs);
            }),
            default: |obj| {
                if let Some(spec) = tree::get_mut(obj, "spec")
                    && let Some(service) = tree::get_mut(spec, "service")
                {
                    tree::default_to(service, "port", 443);
                }
            },
            status: true,
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            status_rules: |_, new, old, errs| extension::api_service_status(new, old, errs),
            create: |ctx, obj| {
                // Served by this process: available from the start.
                let local = at(at(obj, "spec"), "service").is_null();
                let status = if local {
                    json!({"conditions": [{
                        "type": "Available", "status": "True",
                        "lastTransitionTime": ctx.now.to_string(),
                        "reason": "Local", "message": "Local APIServices are always available",
                    }]})
                } else {
                    json!({})
                };
                set(obj, "status", status);
            },
            ..Kind::PLAIN
        },
        "flowschemas" => Kind {
            default: misc::flow_schema,
            validate: |_, obj, errs| flow::schema(obj, errs),
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            status_rules: |_, new, _, errs| flow::status(new, errs),
            create: |_, obj| set(obj, "status", json!({})),
            ..Kind::SPEC
        },
        "prioritylevelconfigurations" => Kind {
            default: misc::priority_level,
            validate: |_, obj, errs| flow::level(obj, errs),
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            status_rules: |_, new, _, errs| flow::status(new, errs),
            declared: true,
            create: |_, obj| set(obj, "status", json!({})),
            ..Kind::SPEC
        },
        "certificatesigningrequests" => signing_request(),
        "clustertrustbundles" => Kind {
            name: |_, _| Vec::new(),
            validate: |_, obj, errs| extension::trust_bundle(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                extension::trust_bundle_update(new, old, errs)
            }),
            unconditional: false,
            fields: |obj| {
                vec![(
                    "spec.signerName",
                    tree::sp(obj, &["spec", "signerName"]).to_owned(),
                )]
            },
            labels: FieldLabels::of_kind(&["spec.signerName"], "ClusterTrustBundle"),
            ..Kind::PLAIN
        },
        "podcertificaterequests" => Kind {
            default: |obj| {
                const DAY: i64 = 86_400;
                tree::default_to(tree::obj_mut(obj, "spec"), "maxExpirationSeconds", DAY);
            },
            validate: |_, obj, errs| certificates::pod_request(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                certificates::pod_request_update(new, old, errs)
            }),
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            status_rules: |ctx, new, old, errs| {
                certificates::pod_request_status(new, old, &ctx.now, errs);
            },
            status: true,
            unconditional: false,
            fields: |obj| {
                vec![
                    (
                        "spec.signerName",
                        tree::sp(obj, &["spec", "signerName"]).to_owned(),
                    ),
                    (
                        "spec.podName",
                        tree::sp(obj, &["spec", "podName"]).to_owned(),
                    ),
                    (
                        "spec.nodeName",
                        tree::sp(obj, &["spec", "nodeName"]).to_owned(),
                    ),
                ]
            },
            labels: FieldLabels::of_kind(
                &["spec.signerName", "spec.podName", "spec.nodeName"],
                "PodCertificateRequest",
            ),
            ..Kind::PLAIN
        },
        _ => Kind::PLAIN,
    }
}

// A version that becomes the stored one is added to those that were.
fn definition_stored(obj: &mut Value) {
    let storage = list(at(obj, "spec"), "versions")
        .iter()
        .find(|v| tree::b(v, "storage"))
        .map(|v| at(v, "name").clone());
    if let Some(storage) = storage
        && let Some(stored) = tree::vec_mut(tree::obj_mut(obj, "status"), "storedVersions")
        && !stored.contains(&storage)
    {
        stored.push(storage);
    }
}

// Formats that are only words, and sets of what cannot be compared, in schemas
// that are new.
fn definition_warnings(obj: &Value, old: Option<&Value>) -> Vec<String> {
    let all = |obj: &Value| {
        let (mut formats, mut sets) = (Vec::new(), BTreeSet::new());
        for version in list(at(obj, "spec"), "versions") {
            let schema = tree::path(version, &["schema", "openAPIV3Schema"]);
            definition::unknown_formats(schema, "", &mut formats);
            definition::sets_of_trees(schema, &mut sets);
        }
        let formats = formats
            .into_iter()
            .map(|format| format!("unrecognized format {format:?}"));
        let sets = sets.into_iter().map(|ty| {
            format!("x-kubernetes-list-type: set for items of type {ty:?} is not supported by server-side apply or CEL validation rules")
        });
        formats.chain(sets).collect::<Vec<_>>()
    };
    let before = old.map(all).unwrap_or_default();
    all(obj)
        .into_iter()
        .filter(|words| !before.contains(words))
        .collect()
}

fn definition_terminating(obj: &mut Value) {
    let now = s(at(obj, "metadata"), "deletionTimestamp").to_owned();
    let made = json!({
        "type": "Terminating",
        "status": "True",
        "lastTransitionTime": now,
        "reason": "InstanceDeletionPending",
        "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    });
    if let Some(all) = tree::vec_mut(tree::obj_mut(obj, "status"), "conditions") {
        all.retain(|c| s(c, "type") != "Terminating");
        all.push(made);
    }
}

fn definition_defaults(obj: &mut Value) {
    let Some(spec) = tree::get_mut(obj, "spec") else {
        return;
    };
    let kind = tree::sp(spec, &["names", "kind"]).to_owned();
    if let Some(names) = tree::get_mut(spec, "names") {
        tree::default_zero(names, "singular", kind.to_lowercase());
        if !kind.is_empty() {
            tree::default_zero(names, "listKind", format!("{kind}List"));
        }
    }
    if tree::is_zero(at(spec, "conversion")) {
        set(spec, "conversion", json!({"strategy": "None"}));
    }
    if let Some(conversion) = tree::get_mut(spec, "conversion")
        && let Some(webhook) = tree::get_mut(conversion, "webhook")
        && let Some(config) = tree::get_mut(webhook, "clientConfig")
    {
        misc::service_port(config);
    }
    // No stored versions means the storage version.
    let stored: Vec<Value> = list(spec, "versions")
        .iter()
        .filter(|v| tree::b(v, "storage"))
        .map(|v| at(v, "name").clone())
        .collect();
    if let Some(status) = tree::get_mut(obj, "status")
        && list(status, "storedVersions").is_empty()
    {
        set(status, "storedVersions", Value::Array(stored));
    }
}

fn signing_request() -> Kind {
    Kind {
        name: names::path_segment,
        create: |ctx, obj| {
            let spec = tree::obj_mut(obj, "spec");
            for f in ["username", "uid", "groups", "extra"] {
                tree::remove(spec, f);
            }
            let user = ctx.user;
            if !user.name.is_empty() {
                set(spec, "username", user.name.as_str());
            }
            if !user.uid.is_empty() {
                set(spec, "uid", user.uid.as_str());
            }
            if !user.groups.is_empty() {
                set(spec, "groups", user.groups.clone());
            }
            if !user.extra.is_empty() {
                let mut extra = Value::object();
                for (k, v) in &user.extra {
                    set(&mut extra, k.clone(), v.clone());
                }
                set(spec, "extra", extra);
            }
            set(obj, "status", json!({}));
        },
        update: |_, new, old| {
            keep(new, old, "spec");
            keep(new, old, "status");
        },
        status_prepare: |ctx, new, old| {
            keep(new, old, "spec");
            // Decisions go through /approval: those that are there stay as they are.
            let before = conditions(old);
            let mut all = conditions(new);
            for c in all.iter_mut().filter(|c| is_decision(c)) {
                if let Some(decided) = before.iter().find(|o| s(o, "type") == s(c, "type")) {
                    *c = decided.clone();
                }
            }
            set_conditions(ctx.now.to_string(), new, old, all);
        },
        sub_prepare: Some(|ctx, _, new, old| {
            let all = conditions(new);
            keep(new, old, "spec");
            keep(new, old, "status");
            set_conditions(ctx.now.to_string(), new, old, all);
            Ok(())
        }),
        sub_rules: Some(|_, _, new, old, errs| {
            crate::validation::certificates::approval(new, old, errs)
        }),
        status_rules: |_, new, old, errs| crate::validation::certificates::status(new, old, errs),
        validate: |_, obj, errs| crate::validation::certificates::request(obj, errs),
        validate_update: Some(|_, new, old, errs| {
            crate::validation::certificates::request_update(new, old, errs)
        }),
        declared: true,
        fields: |obj| {
            vec![(
                "spec.signerName",
                tree::sp(obj, &["spec", "signerName"]).to_owned(),
            )]
        },
        labels: FieldLabels::of_kind(&["spec.signerName"], "CertificateSigningRequest"),
        resets: &[
            ("", &[&["f:spec"], &["f:status"]]),
            ("approval", &[&["f:spec"], &["f:status", "f:certificate"]]),
        ],
        ..Kind::PLAIN
    }
}

fn conditions(obj: &Value) -> Vec<Value> {
    list(at(obj, "status"), "conditions").to_vec()
}

fn is_decision(c: &Value) -> bool {
    matches!(s(c, "type"), "Approved" | "Denied")
}

// Fills the times of conditions that are new or have changed.
fn set_conditions(now: String, new: &mut Value, old: &Value, mut all: Vec<Value>) {
    let before = conditions(old);
    for c in &mut all {
        let known = before.iter().find(|o| s(o, "type") == s(c, "type"));
        if tree::is_zero(at(c, "lastUpdateTime")) {
            set(c, "lastUpdateTime", now.as_str());
        }
        if tree::is_zero(at(c, "lastTransitionTime")) {
            let same = known.filter(|k| s(k, "status") == s(c, "status"));
            match same.map(|k| at(k, "lastTransitionTime").clone()) {
                Some(t) if !t.is_null() => set(c, "lastTransitionTime", t),
                _ => set(c, "lastTransitionTime", now.as_str()),
            }
        }
    }
    let status = tree::obj_mut(new, "status");
    if all.is_empty() {
        tree::remove(status, "conditions");
    } else {
        set(status, "conditions", Value::Array(all));
    }
}
