//! networking.k8s.io and discovery.k8s.io.

use super::kind::{ALL_BUT_STATUS, Kind, status_alone};
use crate::defaults::misc;
use crate::generic::bump_generation;
use crate::strategy::FieldLabels;
use crate::tree::{self, at, s, set};
use crate::validation::{addresses::ip_warning, names, network, service};
use skeg_schema::{Value, json};

/// Who writes slices, other than people.
const CONTROLLERS: [&str; 2] = [
    "endpointslice-controller.k8s.io",
    "endpointslicemirroring-controller.k8s.io",
];

/// The row of a resource of these groups.
pub fn kind(resource: &str) -> Kind {
    match resource {
        "ingresses" => Kind {
            create: |_, obj| set(obj, "status", json!({"loadBalancer": {}})),
            validate: |_, obj, errs| network::ingress(obj, None, errs),
            validate_update: Some(|_, new, old, errs| network::ingress(new, Some(old), errs)),
            status_rules: |_, new, old, errs| {
                fn of(v: &Value) -> &Value {
                    tree::path(v, &["status", "loadBalancer"])
                }
                service::load_balancer(of(new), of(old), None, errs);
            },
            warnings: |obj, old| {
                const KEY: &str = "kubernetes.io/ingress.class";
                let classless = !tree::has(at(obj, "spec"), "ingressClassName");
                if tree::annotation(obj, KEY).is_some() && classless && old.is_none() {
                    vec![format!(
                        "annotation {KEY:?} is deprecated, please use 'spec.ingressClassName' instead"
                    )]
                } else {
                    Vec::new()
                }
            },
            ..Kind::SPEC
        },
        "ingressclasses" => Kind {
            default: misc::ingress_class,
            status: false,
            validate: |_, obj, errs| network::ingress_class(obj, errs),
            declared: true,
            validate_update: Some(|_, new, old, errs| {
                network::ingress_class_update(new, old, errs)
            }),
            ..Kind::SPEC
        },
        "networkpolicies" => Kind {
            default: misc::network_policy,
            status: false,
            validate: |_, obj, errs| network::policy(obj, None, errs),
            validate_update: Some(|_, new, old, errs| network::policy(new, Some(old), errs)),
            warnings: |obj, _| network::policy_warnings(obj),
            declared: true,
            ..Kind::SPEC
        },
        "ipaddresses" => Kind {
            name: network::ip_name,
            validate: |_, obj, errs| network::ip_address(obj, errs),
            // What may change of it is declared; what it was is not judged again.
            validate_update: Some(|_, _, _, _| {}),
            declared: true,
            labels: FieldLabels::PLAIN,
            ..Kind::PLAIN
        },
        "servicecidrs" => Kind {
            status: true,
            status_prepare: status_alone,
            status_resets: ALL_BUT_STATUS,
            validate: |_, obj, errs| network::service_cidr(obj, errs),
            validate_update: Some(|_, new, old, errs| network::service_cidr_update(new, old, errs)),
            ..Kind::PLAIN
        },
        "endpointslices" => Kind {
            default: misc::endpoint_slice,
            create: |_, obj| {
                crate::generic::set_generation(obj, 1);
                forget_topology(obj);
            },
            update: |_, new, old| {
                bump_generation(new, old, &["endpoints", "ports", "addressType"]);
                if !tree::same(
                    at(at(new, "metadata"), "labels"),
                    at(at(old, "metadata"), "labels"),
                ) {
                    let next = crate::generic::generation(old) + 1;
                    crate::generic::set_generation(new, next);
                }
                if !tree::same(at(new, "endpoints"), at(old, "endpoints")) {
                    forget_topology(new);
                }
            },
            declared: true,
            validate: |_, obj, errs| network::slice(obj, errs),
            validate_update: Some(|_, new, old, errs| network::slice_update(new, old, errs)),
            warnings: |obj, _| {
                let mut out = Vec::new();
                if s(obj, "addressType") == "FQDN" {
                    out.push("spec.addressType: FQDN endpoints are deprecated".into());
                }
                // What controllers write, nobody is there to mend.
                let by = tree::label(obj, "endpointslice.kubernetes.io/managed-by");
                if by.is_some_and(|by| CONTROLLERS.contains(&by)) {
                    return out;
                }
                for (n, e) in tree::list(obj, "endpoints").iter().enumerate() {
                    for (m, a) in tree::list(e, "addresses").iter().enumerate() {
                        out.extend(ip_warning(
                            &format!("endpoints[{n}].addresses[{m}]"),
                            a.as_str().unwrap_or(""),
                        ));
                    }
                }
                out
            },
            name: names::dns1123_subdomain,
            ..Kind::PLAIN
        },
        _ => Kind::PLAIN,
    }
}

// Only older versions could say where an endpoint is by labels.
fn forget_topology(slice: &mut Value) {
    for e in tree::list_mut(slice, "endpoints") {
        tree::remove(e, "deprecatedTopology");
    }
}
