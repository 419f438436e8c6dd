//! Kinds that are served only when they are asked for, and older versions of
//! kinds whose form has changed since.

use super::convert::conversion;
use super::kind::Kind;
use super::storage;
use crate::errors::Errs;
use crate::tree::{self, at};
use crate::validation::{coordination, names};
use skeg_schema::Value;

const DEVICES: &str = "resource.k8s.io";
const BETA: &str = "v1beta1";

/// The row of such a kind or version, if it is one.
pub fn kind(group: &str, version: &str, resource: &str) -> Option<Kind> {
    Some(match (group, version, resource) {
        (DEVICES, BETA, "resourceclaims") => older("resourceclaims", CLAIM),
        (DEVICES, BETA, "resourceclaimtemplates") => older("resourceclaimtemplates", TEMPLATE),
        (DEVICES, BETA, "resourceslices") => older("resourceslices", SLICE),
        (DEVICES, _, "resourcepoolstatusrequests")
        | ("scheduling.k8s.io", _, "podgroups" | "compositepodgroups")
        | ("lifecycle.k8s.io", ..) => Kind {
            status: true,
            counted: &["spec"],
            ..declared()
        },
        ("scheduling.k8s.io", _, "workloads") => Kind {
            counted: &["spec"],
            ..declared()
        },
        ("coordination.k8s.io", _, "leasecandidates") => Kind {
            name: |name, _| names::config_key(name),
            validate: |_, obj, errs| coordination::candidate(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                coordination::candidate_update(new, old, errs);
            }),
            create_on_update: true,
            unconditional: false,
            ..Kind::PLAIN
        },
        ("internal.apiserver.k8s.io", _, "storageversions") => Kind {
            status: true,
            name: |name, _| storage_version_name(name),
            unconditional: false,
            ..Kind::PLAIN
        },
        _ => return None,
    })
}

fn declared() -> Kind {
    Kind {
        declared: true,
        unconditional: false,
        ..Kind::PLAIN
    }
}

// `apps.deployments`: a group and a resource.
fn storage_version_name(name: &str) -> Vec<String> {
    match name.rsplit_once('.') {
        None => vec!["name must be in the form of <group>.<resource>".to_owned()],
        Some((group, resource)) => {
            let mut faults = names::dns1035_label(resource, false);
            if group != "core" || name.contains('/') {
                faults.extend(names::dns1123_subdomain(group, false));
            }
            faults
        }
    }
}

/// How a kind's rules for its newest version are asked about an older one.
#[derive(Clone, Copy)]
struct Through {
    default: fn(&mut Value),
    create: fn(&crate::context::Ctx<'_>, &mut Value),
    update_prepare: fn(&crate::context::Ctx<'_>, &mut Value, &Value),
    validate: fn(&crate::context::Ctx<'_>, &Value, &mut Errs),
    update: fn(&crate::context::Ctx<'_>, &Value, &Value, &mut Errs),
    status: fn(&crate::context::Ctx<'_>, &Value, &Value, &mut Errs),
}

/// The rules of the newest version behind the forms of an older one.
fn older(resource: &str, through: Through) -> Kind {
    Kind {
        default: through.default,
        create: through.create,
        update: through.update_prepare,
        validate: through.validate,
        validate_update: Some(through.update),
        status_rules: through.status,
        ..storage::kind(resource)
    }
}

fn newest(resource: &str, obj: &Value) -> Value {
    let mut obj = obj.clone();
    if let Some(conversion) = conversion(DEVICES, BETA, resource) {
        (conversion.to_storage)(&mut obj);
    }
    obj
}

fn changed(resource: &str, obj: &mut Value, change: impl FnOnce(&mut Value)) {
    let Some(conversion) = conversion(DEVICES, BETA, resource) else {
        return;
    };
    let api_version = at(obj, "apiVersion").clone();
    (conversion.to_storage)(obj);
    change(obj);
    (conversion.from_storage)(obj);
    tree::set(obj, "apiVersion", api_version);
}

/// Rows are plain functions, so each resource has its own.
macro_rules! through {
    ($name:ident, $resource:literal) => {
        const $name: Through = Through {
            default: |obj| changed($resource, obj, storage::kind($resource).default),
            create: |ctx, obj| {
                changed($resource, obj, |obj| {
                    (storage::kind($resource).create)(ctx, obj)
                });
            },
            update_prepare: |ctx, new, old| {
                let old = newest($resource, old);
                changed($resource, new, |new| {
                    (storage::kind($resource).update)(ctx, new, &old)
                });
            },
            validate: |ctx, obj, errs| {
                (storage::kind($resource).validate)(ctx, &newest($resource, obj), errs);
            },
            update: |ctx, new, old, errs| {
                let (new, old) = (newest($resource, new), newest($resource, old));
                let kind = storage::kind($resource);
                match kind.validate_update {
                    Some(rules) => rules(ctx, &new, &old, errs),
                    None => (kind.validate)(ctx, &new, errs),
                }
            },
            status: |ctx, new, old, errs| {
                let (new, old) = (newest($resource, new), newest($resource, old));
                (storage::kind($resource).status_rules)(ctx, &new, &old, errs);
            },
        };
    };
}

through!(CLAIM, "resourceclaims");
through!(TEMPLATE, "resourceclaimtemplates");
through!(SLICE, "resourceslices");

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn an_older_claim_gets_the_newest_defaults() {
        let row = kind(DEVICES, BETA, "resourceclaims").expect("a row");
        let mut claim = json!({
            "apiVersion": "resource.k8s.io/v1beta1", "kind": "ResourceClaim",
            "spec": {"devices": {"requests": [{"name": "a", "deviceClassName": "c"}]}},
        });
        (row.default)(&mut claim);
        let request = &claim["spec"]["devices"]["requests"][0];
        assert_eq!(request["allocationMode"], Value::from("ExactCount"));
        assert_eq!(request["count"], Value::Int(1));
        assert!(at(request, "exactly").is_null());
    }

    #[test]
    fn names_of_storage_versions() {
        for (name, good) in [
            ("apps.deployments", true),
            ("core.pods", true),
            ("pods", false),
            ("Apps.pods", false),
        ] {
            assert_eq!(storage_version_name(name).is_empty(), good, "{name}");
        }
    }
}
