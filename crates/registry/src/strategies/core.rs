//! Core kinds but pods and services.

use super::kind::Kind;
use crate::context::Ctx;
use crate::defaults::{apps, misc};
use crate::errors::Errs;
use crate::generic::{generation, keep};
use crate::strategy::{FieldLabels, GarbageCollection, ScalePaths};
use crate::tree::{self, at, list, s, set};
use crate::validation::addresses::{cidr_warnings, ip_warning};
use crate::validation::{self, names};
use skeg_schema::{Value, json};

const EVENT_TTL_SECONDS: u64 = 3600;

/// The row of a core resource.
pub fn kind(resource: &str) -> Kind {
    match resource {
        "pods" => super::pod::kind(),
        "configmaps" => Kind {
            validate: |_, obj, errs| validation::core::config_map(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                validation::core::config_map_update(new, old, errs)
            }),
            ..Kind::PLAIN
        },
        "secrets" => Kind {
            default: misc::secret,
            validate: |_, obj, errs| validation::core::secret(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                validation::core::secret_update(new, old, errs)
            }),
            update: |_, new, old| {
                if s(new, "type").is_empty() {
                    keep(new, old, "type");
                }
            },
            warnings: |obj, _| {
                if s(obj, "type") == "kubernetes.io/tls" {
                    super::tls::warnings(at(obj, "data"))
                } else {
                    Vec::new()
                }
            },
            fields: |obj| vec![("type", s(obj, "type").to_owned())],
            labels: FieldLabels::core(&["type"]),
            ..Kind::PLAIN
        },
        "serviceaccounts" => Kind {
            create: |_, obj| name_secrets_alone(obj),
            update: |_, new, _| name_secrets_alone(new),
            returns_object: true,
            warnings: service_account_warnings,
            ..Kind::PLAIN
        },
        "namespaces" => namespace(),
        "nodes" => node(),
        "events" => event(false),
        "endpoints" => Kind {
            default: misc::endpoints,
            validate: |_, obj, errs| validation::core::endpoints(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                validation::core::endpoints_update(new, old, errs)
            }),
            create_on_update: true,
            warnings: endpoints_warnings,
            deprecation: Some(
                "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
            ),
            ..Kind::PLAIN
        },
        "limitranges" => Kind {
            default: misc::limit_range,
            create: |_, obj| {
                if tree::name_of(obj).is_empty() {
                    let name = uuid::Uuid::new_v4().to_string();
                    set(tree::obj_mut(obj, "metadata"), "name", name);
                }
            },
            validate: |_, obj, errs| validation::limits::limit_range(obj, errs),
            create_on_update: true,
            ..Kind::PLAIN
        },
        "resourcequotas" => Kind {
            default: misc::quota,
            status: true,
            validate: |_, obj, errs| validation::limits::quota(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                validation::limits::quota_update(new, old, errs)
            }),
            status_rules: |_, new, _, errs| validation::limits::quota_status(new, errs),
            ..Kind::PLAIN
        },
        "replicationcontrollers" => Kind {
            default: apps::replication_controller,
            validate: |_, obj, errs| validation::apps::replication_controller(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                validation::apps::replication_controller(new, errs);
                validation::apps::not_convertible(new, old, errs);
            }),
            status_rules: |_, new, _, errs| validation::apps::replicas_status(new, errs),
            create: |_, obj| set(obj, "status", json!({"replicas": 0})),
            fields: |obj| {
                vec![(
                    "status.replicas",
                    tree::i0(at(obj, "status"), "replicas").to_string(),
                )]
            },
            labels: FieldLabels::core(&["status.replicas"]),
            scale: Some(&ScalePaths {
                spec_replicas: &["spec", "replicas"],
                status_replicas: &["status", "replicas"],
                selector: &["spec", "selector"],
                selector_is_map: true,
                custom: false,
            }),
            dependents: GarbageCollection::Orphan,
            warnings: |obj, old| {
                let mut out = super::apps::dotted_name(obj, old);
                // As upstream: of a changed one about the template that it had.
                if old.is_none_or(|old| generation(old) != generation(obj)) {
                    let path = &["spec", "template"];
                    out.extend(super::apps::about_template(old.unwrap_or(obj), path));
                }
                out
            },
            ..Kind::SPEC
        },
        "podtemplates" => Kind {
            default: apps::pod_template,
            returns_object: true,
            counted: &["template"],
            validate: |_, obj, errs| validation::apps::pod_template(obj, errs),
            warnings: |obj, old| super::apps::template_warnings(obj, old, &["template"]),
            ..Kind::PLAIN
        },
        "componentstatuses" => Kind {
            deprecation: Some("v1 ComponentStatus is deprecated in v1.19+"),
            ..Kind::PLAIN
        },
        "persistentvolumes" | "persistentvolumeclaims" => super::storage::kind(resource),
        _ => Kind::PLAIN,
    }
}

/// A service account refers to its secrets by their names and nothing else.
fn name_secrets_alone(account: &mut Value) {
    for secret in tree::list_mut(account, "secrets") {
        *secret = match s(secret, "name") {
            "" => json!({}),
            name => json!({"name": (name)}),
        };
    }
}

fn endpoints_warnings(obj: &Value, _: Option<&Value>) -> Vec<String> {
    let mut out = Vec::new();
    if tree::label(obj, "endpoints.kubernetes.io/managed-by") == Some("endpoint-controller") {
        return out;
    }
    for (n, subset) in list(obj, "subsets").iter().enumerate() {
        for field in ["addresses", "notReadyAddresses"] {
            for (m, a) in list(subset, field).iter().enumerate() {
                let ip = s(a, "ip");
                out.extend(ip_warning(&format!("subsets[{n}].{field}[{m}].ip"), ip));
            }
        }
    }
    out
}

fn service_account_warnings(obj: &Value, old: Option<&Value>) -> Vec<String> {
    const KEY: &str = "kubernetes.io/enforce-mountable-secrets";
    let set = |v: &Value| tree::annotation(v, KEY).is_some();
    if set(obj) && !old.is_some_and(set) {
        vec![format!(
            "metadata.annotations[{KEY}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
        )]
    } else {
        Vec::new()
    }
}

fn namespace() -> Kind {
    Kind {
        default: misc::namespace,
        // A generated name is not there yet when defaults are set.
        canonicalize: misc::namespace,
        name: names::dns1123_label,
        create: |_, obj| {
            set(obj, "status", json!({"phase": "Active"}));
            let spec = tree::obj_mut(obj, "spec");
            if !list(spec, "finalizers")
                .iter()
                .any(|f| f.as_str() == Some("kubernetes"))
                && let Some(all) = tree::vec_mut(spec, "finalizers")
            {
                all.push("kubernetes".into());
            }
        },
        update: |_, new, old| {
            keep(new, old, "status");
            let finalizers = tree::path(old, &["spec", "finalizers"]).clone();
            let spec = tree::obj_mut(new, "spec");
            if finalizers.is_null() {
                tree::remove(spec, "finalizers");
            } else {
                set(spec, "finalizers", finalizers);
            }
        },
        validate: |_, obj, errs| validation::core::namespace_finalizers(obj, errs),
        status_prepare: |_, new, old| keep(new, old, "spec"),
        status_rules: |_, new, old, errs| validation::core::namespace_status(new, old, errs),
        sub_prepare: Some(|_, _, new, old| {
            keep(new, old, "status");
            Ok(())
        }),
        validate_update: Some(|_, _, _, _| {}),
        sub_rules: Some(|_, _, new, _, errs| validation::core::namespace_finalize(new, errs)),
        begin_deletion: |obj| set(tree::obj_mut(obj, "status"), "phase", "Terminating"),
        holds_deletion: |obj| !list(at(obj, "spec"), "finalizers").is_empty(),
        fields: |obj| {
            vec![(
                "status.phase",
                tree::sp(obj, &["status", "phase"]).to_owned(),
            )]
        },
        labels: FieldLabels {
            aliases: &[("name", "metadata.name")],
            ..FieldLabels::core_cluster(&["status.phase"])
        },
        status: false,
        ..Kind::PLAIN
    }
}

fn node() -> Kind {
    // What kubelets were configured by is forgotten, but where it stands already.
    fn drop_config(new: &mut Value, old: &Value, part: &'static str, field: &str) {
        if at(at(old, part), field).is_null()
            && let Some(part) = tree::get_mut(new, part)
        {
            tree::remove(part, field);
        }
    }
    fn status_prepare(_: &Ctx<'_>, new: &mut Value, old: &Value) {
        keep(new, old, "spec");
        drop_config(new, old, "status", "config");
    }
    fn rules(_: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        validation::core::node_update(new, old, errs);
    }
    Kind {
        default: misc::node,
        create: |_, obj| {
            drop_config(obj, &tree::NULL, "spec", "configSource");
            drop_config(obj, &tree::NULL, "status", "config");
        },
        update: |_, new, old| {
            keep(new, old, "status");
            drop_config(new, old, "spec", "configSource");
        },
        validate: |_, obj, errs| validation::core::node(obj, errs),
        validate_update: Some(rules),
        status_prepare,
        status_rules: rules,
        canonicalize: |obj| {
            if let Some(spec) = tree::get_mut(obj, "spec")
                && tree::is_zero(spec)
            {
                *spec = json!({});
            }
        },
        fields: |obj| {
            vec![(
                "spec.unschedulable",
                tree::b(at(obj, "spec"), "unschedulable").to_string(),
            )]
        },
        labels: FieldLabels::core_cluster(&["spec.unschedulable"]),
        warnings: node_warnings,
        ..Kind::PLAIN
    }
}

fn node_warnings(obj: &Value, _: Option<&Value>) -> Vec<String> {
    let mut out = Vec::new();
    if !at(at(obj, "spec"), "configSource").is_null() {
        out.push("spec.configSource: the feature is no longer supported".into());
    }
    if !s(at(obj, "spec"), "externalID").is_empty() {
        out.push("spec.externalID: this field is deprecated, and is unused by Kubernetes".into());
    }
    let cidrs = list(at(obj, "spec"), "podCIDRs")
        .iter()
        .filter_map(Value::as_str);
    for (n, cidr) in cidrs.enumerate() {
        out.extend(cidr_warnings(&format!("spec.podCIDRs[{n}]"), cidr));
    }
    out
}

/// Events of either group share this.
pub fn event(strict: bool) -> Kind {
    fn lax(_: &Ctx<'_>, obj: &Value, errs: &mut Errs) {
        validation::core::event(obj, false, None, errs);
    }
    fn rigid(_: &Ctx<'_>, obj: &Value, errs: &mut Errs) {
        validation::core::event(&as_core(obj), true, None, errs);
    }
    fn rigid_update(_: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        validation::core::event(&as_core(new), true, Some(&as_core(old)), errs);
    }
    fn as_core(obj: &Value) -> Value {
        let mut v = obj.clone();
        if let Some(c) = super::convert::conversion("events.k8s.io", "v1", "events") {
            (c.to_storage)(&mut v);
        }
        v
    }
    fn fields(obj: &Value) -> Vec<(&'static str, String)> {
        let core = as_core(obj);
        let about = at(&core, "involvedObject");
        let source = tree::sp(&core, &["source", "component"]);
        let source = if source.is_empty() {
            s(&core, "reportingComponent")
        } else {
            source
        };
        vec![
            ("involvedObject.kind", s(about, "kind").to_owned()),
            ("involvedObject.namespace", s(about, "namespace").to_owned()),
            ("involvedObject.name", s(about, "name").to_owned()),
            ("involvedObject.uid", s(about, "uid").to_owned()),
            (
                "involvedObject.apiVersion",
                s(about, "apiVersion").to_owned(),
            ),
            (
                "involvedObject.resourceVersion",
                s(about, "resourceVersion").to_owned(),
            ),
            ("involvedObject.fieldPath", s(about, "fieldPath").to_owned()),
            ("reason", s(&core, "reason").to_owned()),
            (
                "reportingComponent",
                s(&core, "reportingComponent").to_owned(),
            ),
            ("source", source.to_owned()),
            ("type", s(&core, "type").to_owned()),
        ]
    }
    const CORE: &[&str] = &[
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ];
    Kind {
        validate: if strict { rigid } else { lax },
        validate_update: if strict { Some(rigid_update) } else { None },
        name: if strict {
            names::dns1123_subdomain
        } else {
            |_, _| Vec::new()
        },
        create_on_update: true,
        fields,
        labels: if strict {
            FieldLabels {
                aliases: &[
                    ("regarding.kind", "involvedObject.kind"),
                    ("regarding.namespace", "involvedObject.namespace"),
                    ("regarding.name", "involvedObject.name"),
                    ("regarding.uid", "involvedObject.uid"),
                    ("regarding.apiVersion", "involvedObject.apiVersion"),
                    (
                        "regarding.resourceVersion",
                        "involvedObject.resourceVersion",
                    ),
                    ("regarding.fieldPath", "involvedObject.fieldPath"),
                    ("reportingController", "reportingComponent"),
                ],
                ..FieldLabels::core(&["reason", "type"])
            }
        } else {
            FieldLabels::core(CORE)
        },
        dependents: GarbageCollection::Unsupported,
        ttl: Some(EVENT_TTL_SECONDS),
        error_group: Some(""),
        ..Kind::PLAIN
    }
}
