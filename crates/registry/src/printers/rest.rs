//! Rows of the other groups.

use super::Printer;
use super::text::{age, condition, created, or, selector};
use crate::tree::{self, at, i0, list, path, s};
use skeg_meta::Time;
use skeg_schema::Value;
use std::collections::BTreeSet;

fn name(o: &Value) -> Value {
    tree::name_of(o).into()
}

fn count(o: &Value, field: &str) -> Value {
    i64::try_from(list(o, field).len()).unwrap_or(0).into()
}

fn flag(v: &Value) -> Value {
    v.as_bool().unwrap_or(false).into()
}

/// The printer of a resource of one of the other groups.
pub fn printer(group: &str, _version: &str, resource: &str) -> Option<Printer> {
    if let Some(printer) = preview(resource) {
        return Some(printer);
    }
    match group {
        "networking.k8s.io" | "discovery.k8s.io" => network(resource),
        "rbac.authorization.k8s.io"
        | "policy"
        | "scheduling.k8s.io"
        | "coordination.k8s.io"
        | "node.k8s.io" => policy(resource),
        "storage.k8s.io" | "resource.k8s.io" | "storagemigration.k8s.io" => storage(resource),
        _ => extension(resource),
    }
}

fn network(resource: &str) -> Option<Printer> {
    Some(match resource {
        "ingresses" => |o, now| {
            let spec = at(o, "spec");
            let addresses: BTreeSet<&str> = list(path(o, &["status", "loadBalancer"]), "ingress")
                .iter()
                .map(|i| {
                    if s(i, "ip").is_empty() {
                        s(i, "hostname")
                    } else {
                        s(i, "ip")
                    }
                })
                .filter(|t| !t.is_empty())
                .collect();
            let addresses: Vec<&str> = addresses.into_iter().collect();
            let ports = if list(spec, "tls").is_empty() {
                "80"
            } else {
                "80, 443"
            };
            vec![
                name(o),
                at(spec, "ingressClassName")
                    .as_str()
                    .unwrap_or("<none>")
                    .into(),
                hosts(list(spec, "rules")).into(),
                addresses.join(",").into(),
                ports.into(),
                age(o, now).into(),
            ]
        },
        "ingressclasses" => |o, now| {
            let p = path(o, &["spec", "parameters"]);
            let parameters = if p.is_null() {
                "<none>".to_owned()
            } else {
                let group = s(p, "apiGroup");
                let kind = if group.is_empty() {
                    s(p, "kind").to_owned()
                } else {
                    format!("{}.{group}", s(p, "kind"))
                };
                format!("{kind}/{}", s(p, "name"))
            };
            let is_default = tree::annotation(o, "ingressclass.kubernetes.io/is-default-class");
            let shown = match is_default {
                Some("true") => format!("{} (default)", tree::name_of(o)).into(),
                _ => name(o),
            };
            vec![
                shown,
                tree::sp(o, &["spec", "controller"]).into(),
                parameters.into(),
                age(o, now).into(),
            ]
        },
        // Upstream's rows have an age that no column is declared for.
        "ipaddresses" => |o, now| {
            let p = path(o, &["spec", "parentRef"]);
            if p.is_null() {
                return vec![name(o), "<none>".into(), age(o, now).into()];
            }
            let mut parts: Vec<String> = Vec::new();
            let group = s(p, "group");
            parts.push(if group.is_empty() {
                s(p, "resource").to_lowercase()
            } else {
                format!("{}.{group}", s(p, "resource")).to_lowercase()
            });
            if !s(p, "namespace").is_empty() {
                parts.push(s(p, "namespace").to_owned());
            }
            parts.push(s(p, "name").to_owned());
            vec![name(o), parts.join("/").into(), age(o, now).into()]
        },
        "servicecidrs" => |o, now| {
            let cidrs: Vec<&str> = list(at(o, "spec"), "cidrs")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            vec![name(o), cidrs.join(",").into(), age(o, now).into()]
        },
        "networkpolicies" => |o, now| {
            vec![
                name(o),
                selector(path(o, &["spec", "podSelector"])).into(),
                age(o, now).into(),
            ]
        },
        "endpointslices" => |o, now| {
            let ports: Vec<String> = list(o, "ports")
                .iter()
                .map(|p| match (tree::i(p, "port"), at(p, "name").as_str()) {
                    (Some(port), _) => port.to_string(),
                    (None, None) => "*".to_owned(),
                    (None, Some(named)) => named.to_owned(),
                })
                .collect();
            let addresses: Vec<String> = list(o, "endpoints")
                .iter()
                .flat_map(|e| list(e, "addresses"))
                .filter_map(|a| a.as_str().map(str::to_owned))
                .collect();
            vec![
                name(o),
                s(o, "addressType").into(),
                some_of(&ports).into(),
                some_of(&addresses).into(),
                age(o, now).into(),
            ]
        },
        _ => return None,
    })
}

/// How many hosts, ports or addresses a cell shows.
const SHOWN: usize = 3;

// The first hosts of an Ingress. Once there are enough, what is left is told by
// the number of rules, those without a host among them.
fn hosts(rules: &[Value]) -> String {
    let mut shown: Vec<&str> = Vec::new();
    let mut more = false;
    for rule in rules {
        more |= shown.len() == SHOWN;
        let host = s(rule, "host");
        if !more && !host.is_empty() {
            shown.push(host);
        }
    }
    match (shown.is_empty(), more) {
        (true, _) => "*".to_owned(),
        (false, false) => shown.join(","),
        (false, true) => format!("{} + {} more...", shown.join(","), rules.len() - SHOWN),
    }
}

fn some_of(all: &[String]) -> String {
    let text = all
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(",");
    if all.len() > SHOWN {
        format!("{text} + {} more...", all.len() - SHOWN)
    } else if text.is_empty() {
        "<unset>".into()
    } else {
        text
    }
}

fn binding(o: &Value, now: Time) -> Vec<Value> {
    let subjects = |kind: &str| -> String {
        list(o, "subjects")
            .iter()
            .filter(|x| s(x, "kind") == kind)
            .map(|x| {
                if kind == "ServiceAccount" {
                    format!("{}/{}", s(x, "namespace"), s(x, "name"))
                } else {
                    s(x, "name").to_owned()
                }
            })
            .collect::<Vec<_>>()
            .join(", ")
    };
    let role = at(o, "roleRef");
    vec![
        name(o),
        format!("{}/{}", s(role, "kind"), s(role, "name")).into(),
        age(o, now).into(),
        subjects("User").into(),
        subjects("Group").into(),
        subjects("ServiceAccount").into(),
    ]
}

fn policy(resource: &str) -> Option<Printer> {
    Some(match resource {
        "rolebindings" | "clusterrolebindings" => binding,
        "poddisruptionbudgets" => |o, now| {
            let spec = at(o, "spec");
            let shown = |v: &Value| match v {
                Value::Null => Value::from("N/A"),
                Value::Int(n) => n.to_string().into(),
                other => other.clone(),
            };
            vec![
                name(o),
                shown(at(spec, "minAvailable")),
                shown(at(spec, "maxUnavailable")),
                i0(at(o, "status"), "disruptionsAllowed").into(),
                age(o, now).into(),
            ]
        },
        "priorityclasses" => |o, now| {
            vec![
                name(o),
                i0(o, "value").into(),
                flag(at(o, "globalDefault")),
                age(o, now).into(),
                at(o, "preemptionPolicy").as_str().unwrap_or("").into(),
            ]
        },
        "leases" => |o, now| {
            vec![
                name(o),
                tree::sp(o, &["spec", "holderIdentity"]).into(),
                age(o, now).into(),
            ]
        },
        "runtimeclasses" => |o, now| vec![name(o), s(o, "handler").into(), age(o, now).into()],
        _ => return None,
    })
}

/// Kinds that are served only when they are asked for.
fn preview(resource: &str) -> Option<Printer> {
    Some(match resource {
        "leasecandidates" => |o, now| {
            let spec = at(o, "spec");
            vec![
                name(o),
                s(spec, "leaseName").into(),
                s(spec, "binaryVersion").into(),
                s(spec, "emulationVersion").into(),
                age(o, now).into(),
            ]
        },
        "storageversions" => |o, now| {
            let status = at(o, "status");
            let common = at(status, "commonEncodingVersion").as_str();
            vec![
                name(o),
                common.unwrap_or("<unset>").into(),
                servers(list(status, "storageVersions")).into(),
                age(o, now).into(),
            ]
        },
        _ => return None,
    })
}

/// Which server encodes in which version; of many the first three.
fn servers(all: &[Value]) -> String {
    const SHOWN: usize = 3;
    if all.is_empty() {
        return "<unset>".to_owned();
    }
    let shown: Vec<String> = all
        .iter()
        .take(SHOWN)
        .map(|v| format!("{}={}", s(v, "apiServerID"), s(v, "encodingVersion")))
        .collect();
    let shown = shown.join(",");
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} + {more} more..."),
    }
}

fn storage(resource: &str) -> Option<Printer> {
    Some(match resource {
        // Which is the default is known of all of them only: see `default_of`.
        "storageclasses" => |o, now| {
            vec![
                tree::name_of(o).into(),
                s(o, "provisioner").into(),
                or(s(o, "reclaimPolicy"), "Delete"),
                or(s(o, "volumeBindingMode"), "Immediate"),
                flag(at(o, "allowVolumeExpansion")),
                age(o, now).into(),
            ]
        },
        "csidrivers" => |o, now| {
            let spec = at(o, "spec");
            let tokens: Vec<&str> = list(spec, "tokenRequests")
                .iter()
                .map(|t| s(t, "audience"))
                .collect();
            let tokens = if list(spec, "tokenRequests").is_empty() {
                "<unset>".to_owned()
            } else {
                tokens.join(",")
            };
            let modes: Vec<&str> = list(spec, "volumeLifecycleModes")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            let modes = if modes.is_empty() {
                "<none>".to_owned()
            } else {
                modes.join(",")
            };
            vec![
                name(o),
                at(spec, "attachRequired").as_bool().unwrap_or(true).into(),
                flag(at(spec, "podInfoOnMount")),
                flag(at(spec, "storageCapacity")),
                tokens.into(),
                flag(at(spec, "requiresRepublish")),
                modes.into(),
                age(o, now).into(),
            ]
        },
        "csinodes" => |o, now| vec![name(o), count(at(o, "spec"), "drivers"), age(o, now).into()],
        "volumeattachments" => |o, now| {
            let spec = at(o, "spec");
            vec![
                name(o),
                s(spec, "attacher").into(),
                tree::sp(spec, &["source", "persistentVolumeName"]).into(),
                s(spec, "nodeName").into(),
                flag(at(at(o, "status"), "attached")),
                age(o, now).into(),
            ]
        },
        "volumeattributesclasses" => {
            |o, now| vec![name(o), s(o, "driverName").into(), age(o, now).into()]
        }
        "deviceclasses" | "resourceclaimtemplates" => |o, now| vec![name(o), age(o, now).into()],
        "devicetaintrules" => |o, now| {
            let t = path(o, &["spec", "taint"]);
            vec![
                name(o),
                s(t, "key").into(),
                s(t, "value").into(),
                s(t, "effect").into(),
                if s(t, "timeAdded").is_empty() {
                    "".into()
                } else {
                    super::text::since(s(t, "timeAdded"), now).into()
                },
                age(o, now).into(),
            ]
        },
        "resourceclaims" => |o, now| {
            let status = at(o, "status");
            let mut states = Vec::new();
            if tree::is_deleting(o) {
                states.push("deleted");
            }
            if !at(status, "allocation").is_null() {
                states.push("allocated");
                if !list(status, "reservedFor").is_empty() {
                    states.push("reserved");
                }
            } else if !tree::is_deleting(o) {
                states.push("pending");
            }
            vec![name(o), states.join(",").into(), age(o, now).into()]
        },
        "resourceslices" => |o, now| {
            let spec = at(o, "spec");
            vec![
                name(o),
                s(spec, "nodeName").into(),
                s(spec, "driver").into(),
                tree::sp(spec, &["pool", "name"]).into(),
                age(o, now).into(),
            ]
        },
        "storageversionmigrations" => |o, _| {
            let r = path(o, &["spec", "resource"]);
            let group = s(r, "group");
            let what = if group.is_empty() {
                s(r, "resource").to_owned()
            } else {
                format!("{}.{group}", s(r, "resource"))
            };
            let state = list(at(o, "status"), "conditions")
                .iter()
                .filter(|c| s(c, "status") == "True")
                .map(|c| s(c, "type"))
                .rfind(|kind| matches!(*kind, "Running" | "Failed" | "Succeeded"))
                .unwrap_or("Unknown");
            vec![name(o), what.into(), state.into()]
        },
        _ => return None,
    })
}

fn extension(resource: &str) -> Option<Printer> {
    Some(match resource {
        "validatingwebhookconfigurations" | "mutatingwebhookconfigurations" => {
            |o, now| vec![name(o), count(o, "webhooks"), age(o, now).into()]
        }
        "validatingadmissionpolicies" => |o, now| {
            vec![
                name(o),
                count(at(o, "spec"), "validations"),
                param_kind(o).into(),
                age(o, now).into(),
            ]
        },
        "mutatingadmissionpolicies" => |o, now| {
            vec![
                name(o),
                count(at(o, "spec"), "mutations"),
                param_kind(o).into(),
                age(o, now).into(),
            ]
        },
        "validatingadmissionpolicybindings" | "mutatingadmissionpolicybindings" => |o, now| {
            let spec = at(o, "spec");
            let r = at(spec, "paramRef");
            let param = if r.is_null() {
                "<unset>".to_owned()
            } else {
                match (s(r, "namespace"), s(r, "name")) {
                    (_, "") if tree::has(r, "selector") => selector_dump(at(r, "selector")),
                    (_, "") => "<unset>".to_owned(),
                    ("", name) => format!("*/{name}"),
                    (namespace, name) => format!("{namespace}/{name}"),
                }
            };
            vec![
                name(o),
                s(spec, "policyName").into(),
                param.into(),
                age(o, now).into(),
            ]
        },
        "customresourcedefinitions" => |o, _| {
            let spec = at(o, "spec");
            let mut versions: Vec<String> = list(spec, "versions")
                .iter()
                .filter(|v| tree::b(v, "served"))
                .map(|v| match tree::b(v, "storage") {
                    true => format!("{}(storage)", s(v, "name")),
                    false => s(v, "name").to_owned(),
                })
                .collect();
            versions.sort_unstable();
            let short: Vec<&str> = list(at(spec, "names"), "shortNames")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            vec![
                name(o),
                s(spec, "scope").into(),
                versions.join(",").into(),
                created(o),
                s(spec, "group").into(),
                tree::sp(spec, &["names", "kind"]).into(),
                short.join(",").into(),
                condition(o, "Established")
                    .is_some_and(|c| s(c, "status") == "True")
                    .into(),
            ]
        },
        "apiservices" => |o, now| {
            let service = path(o, &["spec", "service"]);
            let shown = if service.is_null() {
                "Local".to_owned()
            } else {
                format!("{}/{}", s(service, "namespace"), s(service, "name"))
            };
            let available = match condition(o, "Available") {
                Some(c) if s(c, "status") == "True" => "True".to_owned(),
                Some(c) => format!("{} ({})", s(c, "status"), s(c, "reason")),
                None => "Unknown".to_owned(),
            };
            vec![name(o), shown.into(), available.into(), age(o, now).into()]
        },
        "flowschemas" => |o, now| {
            let spec = at(o, "spec");
            let missing = match condition(o, "Dangling") {
                Some(c) => s(c, "status"),
                None => "?",
            };
            vec![
                name(o),
                tree::sp(spec, &["priorityLevelConfiguration", "name"]).into(),
                i0(spec, "matchingPrecedence").into(),
                or(tree::sp(spec, &["distinguisherMethod", "type"]), "<none>"),
                age(o, now).into(),
                missing.into(),
            ]
        },
        "prioritylevelconfigurations" => |o, now| {
            let spec = at(o, "spec");
            let limited = at(spec, "limited");
            let queuing = path(limited, &["limitResponse", "queuing"]);
            let number = |v: &Value, f: &str| match tree::i(v, f) {
                Some(n) => Value::from(n),
                None => "<none>".into(),
            };
            vec![
                name(o),
                s(spec, "type").into(),
                if limited.is_null() {
                    "<none>".into()
                } else {
                    number(limited, "nominalConcurrencyShares")
                },
                number(queuing, "queues"),
                number(queuing, "handSize"),
                number(queuing, "queueLengthLimit"),
                age(o, now).into(),
            ]
        },
        "certificatesigningrequests" => |o, now| {
            let spec = at(o, "spec");
            let duration = tree::i(spec, "expirationSeconds")
                .map_or("<none>".to_owned(), super::text::duration);
            let has = |k: &str| condition(o, k).is_some();
            let mut state = if has("Denied") {
                "Denied"
            } else if has("Approved") {
                "Approved"
            } else {
                "Pending"
            }
            .to_owned();
            if has("Failed") {
                state.push_str(",Failed");
            }
            if !tree::sp(o, &["status", "certificate"]).is_empty() {
                state.push_str(",Issued");
            }
            vec![
                name(o),
                age(o, now).into(),
                or(s(spec, "signerName"), "<none>"),
                s(spec, "username").into(),
                duration.into(),
                state.into(),
            ]
        },
        "clustertrustbundles" => {
            |o, _| vec![name(o), or(tree::sp(o, &["spec", "signerName"]), "<none>")]
        }
        "podcertificaterequests" => |o, _| {
            let spec = at(o, "spec");
            let state = ["Issued", "Denied", "Failed"]
                .into_iter()
                .find(|k| condition(o, k).is_some_and(|c| s(c, "status") == "True"))
                .unwrap_or("Pending");
            vec![
                name(o),
                s(spec, "podName").into(),
                s(spec, "serviceAccountName").into(),
                s(spec, "nodeName").into(),
                s(spec, "signerName").into(),
                state.into(),
                super::text::labels(at(spec, "unverifiedUserAnnotations")).into(),
            ]
        },
        _ => return None,
    })
}

// A selector as Go's generated String() shows it.
fn selector_dump(v: &Value) -> String {
    let labels: String = tree::sorted_pairs(at(v, "matchLabels"))
        .iter()
        .map(|(k, v)| format!("{k}: {},", v.as_str().unwrap_or("")))
        .collect();
    let expressions: String = list(v, "matchExpressions")
        .iter()
        .map(|e| {
            let values: Vec<&str> = list(e, "values").iter().filter_map(Value::as_str).collect();
            format!(
                "LabelSelectorRequirement{{Key:{},Operator:{},Values:[{}],}},",
                s(e, "key"),
                s(e, "operator"),
                values.join(" ")
            )
        })
        .collect();
    format!(
        "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )
}

fn param_kind(o: &Value) -> String {
    let k = path(o, &["spec", "paramKind"]);
    if k.is_null() {
        return "<unset>".into();
    }
    format!("{}/{}", s(k, "apiVersion"), s(k, "kind"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn cells(resource: &str, object: Value) -> Vec<Value> {
        let printer = network(resource).expect("a printer");
        printer(&object, Time::now())
    }

    #[test]
    fn cells_of_kinds_that_are_asked_for() {
        let cells = |resource: &str, object: Value| {
            let printer = preview(resource).expect("a printer");
            let mut cells = printer(&object, Time::now());
            // Ages differ.
            cells.pop();
            cells
        };
        let candidate = json!({
            "metadata": {"name": "a"},
            "spec": {"leaseName": "l", "binaryVersion": "1.37.0", "emulationVersion": "1.36.0"},
        });
        let expect = ["a", "l", "1.37.0", "1.36.0"].map(Value::from);
        assert_eq!(cells("leasecandidates", candidate), expect);
        let server = |n: i64| json!({"apiServerID": (format!("s{n}")), "encodingVersion": "v1"});
        let version = |servers: Vec<Value>| json!({"metadata": {"name": "a.b"}, "status": {"storageVersions": servers}});
        let expect = ["a.b", "<unset>", "s1=v1"].map(Value::from);
        assert_eq!(cells("storageversions", version(vec![server(1)])), expect);
        let many = version((1..6).map(server).collect());
        let shown = Value::from("s1=v1,s2=v1,s3=v1 + 2 more...");
        assert_eq!(cells("storageversions", many)[2], shown);
    }

    #[test]
    fn versions_that_are_served_are_in_the_order_of_their_names() {
        let printer = extension("customresourcedefinitions").expect("a printer");
        let definition = json!({"spec": {"versions": [
            {"name": "v2", "served": true},
            {"name": "v1", "served": true, "storage": true},
            {"name": "v1beta1", "served": false},
        ]}});
        let shown = printer(&definition, Time::now())[2].clone();
        assert_eq!(shown, Value::from("v1(storage),v2"));
    }

    #[test]
    fn parameters_of_bindings() {
        let printer = extension("validatingadmissionpolicybindings").expect("a printer");
        let shown = |params: Value| {
            let binding = json!({"spec": {"policyName": "p", "paramRef": params}});
            printer(&binding, Time::now())[2].clone()
        };
        assert_eq!(shown(json!({"name": "x"})), Value::from("*/x"));
        let both = json!({"name": "x", "namespace": "n"});
        assert_eq!(shown(both), Value::from("n/x"));
        assert_eq!(shown(json!({})), Value::from("<unset>"));
    }

    #[test]
    fn the_default_class_is_marked() {
        let class = |asks: &str| {
            let name = "ingressclass.kubernetes.io/is-default-class";
            let metadata = json!({"name": "c", "annotations": {name: asks}});
            cells("ingressclasses", json!({"metadata": metadata}))[0].clone()
        };
        assert_eq!(class("true"), Value::from("c (default)"));
        assert_eq!(class("false"), Value::from("c"));
    }

    #[test]
    fn cells_of_ingresses_count_rules_and_name_addresses_once() {
        let ingress = json!({
            "spec": {"rules": [{"host": "a"}, {}, {"host": "b"}, {"host": "c"}, {}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "b"}, {"hostname": "a"}, {"ip": "b"}]}},
        });
        let found = cells("ingresses", ingress);
        assert_eq!(found[2], Value::from("a,b,c + 2 more..."));
        assert_eq!(found[3], Value::from("a,b"));
        let few = json!({"spec": {"rules": [{}, {"host": "b"}, {}, {}, {}]}});
        assert_eq!(cells("ingresses", few)[2], Value::from("b"));
    }

    #[test]
    fn ports_without_a_number_show_their_names() {
        let ports = |ports: Value| cells("endpointslices", json!({"ports": ports}))[2].clone();
        assert_eq!(ports(json!([{"name": ""}])), Value::from("<unset>"));
        assert_eq!(ports(json!([{}])), Value::from("*"));
        assert_eq!(
            ports(json!([{"name": "x"}, {"port": 2}])),
            Value::from("x,2")
        );
    }
}
