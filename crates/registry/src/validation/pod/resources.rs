//! Compute resources of containers and pods, resource claims, overhead.

use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, list, s};
use crate::validation::numbers::quantity;
use crate::validation::{names, numbers};
use skeg_meta::Quantity;
use skeg_schema::Value;
use std::collections::{BTreeMap, HashSet};

const HUGEPAGES: &str = "hugepages-";

/// Resources a container knows without a domain.
fn standard_for_container(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with(HUGEPAGES)
}

/// Resources that are known by a plain name somewhere.
fn standard(name: &str) -> bool {
    standard_for_container(name)
        || matches!(
            name,
            "pods"
                | "services"
                | "replicationcontrollers"
                | "resourcequotas"
                | "secrets"
                | "persistentvolumeclaims"
                | "configmaps"
                | "services.nodeports"
                | "services.loadbalancers"
                | "storage"
                | "requests.cpu"
                | "requests.memory"
                | "requests.storage"
                | "requests.ephemeral-storage"
                | "limits.cpu"
                | "limits.memory"
                | "limits.ephemeral-storage"
        )
        || name.starts_with("requests.hugepages-")
}

fn native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Resources that count things: only whole numbers.
pub fn integer_only(name: &str) -> bool {
    matches!(
        name,
        "pods"
            | "services"
            | "replicationcontrollers"
            | "resourcequotas"
            | "secrets"
            | "configmaps"
            | "persistentvolumeclaims"
            | "services.nodeports"
            | "services.loadbalancers"
    ) || extended(name)
        || name.starts_with("count/")
}

/// A resource of a device plugin: has a domain that is not Kubernetes' own.
pub fn extended(name: &str) -> bool {
    if native(name) || name.starts_with("requests.") {
        return false;
    }
    names::qualified_name(&format!("requests.{name}")).is_empty()
}

/// May be promised beyond what there is.
pub fn overcommit(name: &str) -> bool {
    native(name) && !name.starts_with(HUGEPAGES)
}

/// The name of any resource.
pub fn resource_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    let wrong = names::qualified_name(name);
    if !wrong.is_empty() {
        errs.invalid_all(path, name, wrong);
        return;
    }
    if !name.contains('/') && !standard(name) {
        errs.invalid(
            path,
            name,
            "must be a standard resource type or fully qualified",
        );
    }
}

/// The name of a resource that a container uses.
pub fn container_resource_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    resource_name(name, path, errs);
    if !name.contains('/') {
        if !standard_for_container(name) {
            errs.invalid(path, name, "must be a standard resource for containers");
        }
    } else if !native(name) && !extended(name) {
        errs.invalid(path, name, "doesn't follow extended resource name standard");
    }
}

/// The amount of a resource.
pub fn amount(name: &str, v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let q = quantity(v);
    if q < Quantity::default() {
        errs.invalid(path, q.to_string(), "must be greater than or equal to 0");
    }
    if integer_only(name) && !numbers::is_integer(&q) {
        errs.invalid(path, q.to_string(), "must be an integer");
    }
}

fn hugepage_multiple(name: &str, q: &Quantity, path: &Path<'_>, errs: &mut Errs) {
    let Some(size) = name.strip_prefix(HUGEPAGES) else {
        return;
    };
    let size = size.parse::<Quantity>().unwrap_or(Quantity::ZERO);
    let is_size = size.sign() > 0 && size.is_whole();
    // That none may be negative is told elsewhere.
    if !is_size || q.value() % size.value() != 0 {
        errs.invalid(
            path,
            q.to_string(),
            format!("{q} is not positive integer multiple of {name}"),
        );
    }
}

type NameRule = fn(&str, &Path<'_>, &mut Errs);

/// ResourceRequirements of a container.
pub fn requirements(r: &Value, claims: &HashSet<&str>, path: &Path<'_>, errs: &mut Errs) {
    requirements_of(r, container_resource_name, claims, path, errs);
}

fn requirements_of(
    r: &Value,
    name_rule: NameRule,
    claims: &HashSet<&str>,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let limits = at(r, "limits");
    let requests = at(r, "requests");
    let (limit_path, request_path) = (path.child("limits"), path.child("requests"));
    let (mut cpu_or_memory, mut hugepages) = (false, false);
    for (name, v) in tree::sorted_pairs(limits) {
        let at_path = limit_path.key(name);
        name_rule(name, &at_path, errs);
        amount(name, v, &at_path, errs);
        if name.starts_with(HUGEPAGES) {
            hugepages = true;
            hugepage_multiple(name, &quantity(v), &at_path, errs);
        }
        cpu_or_memory |= matches!(name, "cpu" | "memory");
    }
    for (name, v) in tree::sorted_pairs(requests) {
        let at_path = request_path.key(name);
        name_rule(name, &at_path, errs);
        amount(name, v, &at_path, errs);
        compare(name, v, limits, path, errs);
        if name.starts_with(HUGEPAGES) {
            hugepages = true;
            hugepage_multiple(name, &quantity(v), &at_path, errs);
        }
        cpu_or_memory |= matches!(name, "cpu" | "memory");
    }
    if hugepages && !cpu_or_memory {
        errs.forbidden(path, "HugePages require cpu or memory");
    }
    claim_refs(list(r, "claims"), claims, &path.child("claims"), errs);
}

fn compare(name: &str, request: &Value, limits: &Value, path: &Path<'_>, errs: &mut Errs) {
    let request = quantity(request);
    match limits.get(name).map(quantity) {
        Some(limit) if request != limit && !overcommit(name) => errs.invalid(
            &path.child("requests"),
            request.to_string(),
            format!("must be equal to {name} limit of {limit}"),
        ),
        Some(limit) if request > limit => errs.invalid(
            &path.child("requests"),
            request.to_string(),
            format!("must be less than or equal to {name} limit of {limit}"),
        ),
        None if !overcommit(name) => errs.required(
            &path.child("limits"),
            "Limit must be set for non overcommitable resources",
        ),
        _ => {}
    }
}

fn claim_refs(refs: &[Value], claims: &HashSet<&str>, path: &Path<'_>, errs: &mut Errs) {
    // What is referred to: `claim` or `claim/request`.
    let mut seen: HashSet<String> = HashSet::new();
    for (n, c) in refs.iter().enumerate() {
        let (name, request) = (s(c, "name"), s(c, "request"));
        let at_path = path.index(n);
        if name.is_empty() {
            errs.required(&at_path, "");
            continue;
        }
        if seen.contains(name) {
            errs.duplicate(&at_path, name);
        } else {
            let mut key = name.to_owned();
            if !request.is_empty() {
                errs.invalid_all(
                    &at_path.child("request"),
                    request,
                    names::dns1123_label(request, false),
                );
                key = format!("{name}/{request}");
            }
            if seen.contains(&key) {
                errs.duplicate(&at_path, key.as_str());
            } else if request.is_empty() {
                let parts = seen
                    .iter()
                    .filter(|k| k.split_once('/').is_some_and(|(c, _)| c == name));
                for _ in 0..parts.count() {
                    errs.duplicate(&at_path, name);
                }
            }
            seen.insert(key);
        }
        if !claims.contains(name) {
            let mut known: Vec<&str> = claims.iter().copied().filter(|c| !c.is_empty()).collect();
            known.sort_unstable();
            let words = if known.is_empty() {
                "must be one of the names in pod.spec.resourceClaims which is empty".to_owned()
            } else {
                format!(
                    "must be one of the names in pod.spec.resourceClaims: {}",
                    known.join(", ")
                )
            };
            errs.not_found_detail(&at_path, name, words);
        }
    }
}

/// `spec.resourceClaims`.
pub fn pod_claims(claims: &[Value], is_static: bool, path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, c) in claims.iter().enumerate() {
        let at_path = path.index(n);
        if is_static {
            // Upstream names no field.
            let whole = Path::NIL.key("");
            errs.forbidden(&whole, "static pods do not support resource claims");
            continue;
        }
        let name = s(c, "name");
        if name.is_empty() {
            errs.required(&at_path.child("name"), "");
        } else if !seen.insert(name) {
            errs.duplicate(&at_path.child("name"), name);
        } else {
            errs.invalid_all(
                &at_path.child("name"),
                name,
                names::dns1123_label(name, false),
            );
        }
        let claim = at(c, "resourceClaimName").as_str();
        let template = at(c, "resourceClaimTemplateName").as_str();
        if claim.is_some() && template.is_some() {
            errs.invalid(
                &at_path,
                dump::go(c, "core/v1.PodResourceClaim"),
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
            );
        }
        if claim.is_none() && template.is_none() {
            errs.invalid(
                &at_path,
                dump::go(c, "core/v1.PodResourceClaim"),
                "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            );
        }
        for (field, v) in [
            ("resourceClaimName", claim),
            ("resourceClaimTemplateName", template),
        ] {
            if let Some(v) = v {
                errs.invalid_all(&at_path.child(field), v, names::dns1123_subdomain(v, false));
            }
        }
    }
}

/// `resizePolicy` of a container.
pub fn resize_policy(c: &Value, spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, p) in list(c, "resizePolicy").iter().enumerate() {
        let (resource, policy) = (s(p, "resourceName"), s(p, "restartPolicy"));
        if !seen.insert(resource) {
            errs.duplicate(&path.index(n), resource);
        }
        match resource {
            "cpu" | "memory" => {}
            "" => errs.required(path, ""),
            other => errs.not_supported(path, other, &["cpu", "memory"]),
        }
        match policy {
            "NotRequired" | "RestartContainer" => {}
            "" => errs.required(path, ""),
            other => errs.not_supported(path, other, &["NotRequired", "RestartContainer"]),
        }
        if s(spec, "restartPolicy") == "Never" && policy != "NotRequired" {
            errs.invalid(
                path,
                policy,
                "must be 'NotRequired' when pod `restartPolicy` is 'Never'",
            );
        }
    }
}

/// `spec.overhead`, checked like the limits of a container.
pub fn overhead(overhead: &Value, path: &Path<'_>, errs: &mut Errs) {
    if overhead.is_null() {
        return;
    }
    let r = skeg_schema::json!({"limits": overhead.clone()});
    requirements(&r, &HashSet::new(), path, errs);
}

fn add(total: &mut BTreeMap<String, Quantity>, more: &Value) {
    for (name, v) in tree::pairs(more) {
        let sum = total.entry(name.to_owned()).or_default();
        *sum += quantity(v);
    }
}

fn raise(total: &mut BTreeMap<String, Quantity>, other: &BTreeMap<String, Quantity>) {
    for (name, v) in other {
        let entry = total.entry(name.clone()).or_default();
        if *v > *entry {
            *entry = *v;
        }
    }
}

/// What the containers of a pod ask for together: the sum of the long-running
/// ones or the largest init step, whichever is more.
pub fn aggregate(spec: &Value, part: &str) -> BTreeMap<String, Quantity> {
    let mut total = BTreeMap::new();
    for c in list(spec, "containers") {
        add(&mut total, at(at(c, "resources"), part));
    }
    let mut sidecars = BTreeMap::new();
    let mut peak = BTreeMap::new();
    for c in list(spec, "initContainers") {
        let own = at(at(c, "resources"), part);
        if s(c, "restartPolicy") == "Always" {
            add(&mut total, own);
            add(&mut sidecars, own);
            raise(&mut peak, &sidecars);
        } else {
            let mut step = sidecars.clone();
            add(&mut step, own);
            raise(&mut peak, &step);
        }
    }
    raise(&mut total, &peak);
    total
}

/// The name of a resource of a whole pod.
fn pod_resource_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    let before = errs.len();
    resource_name(name, path, errs);
    let supported = matches!(name, "cpu" | "memory") || name.starts_with(HUGEPAGES);
    if errs.len() == before && !supported {
        errs.not_supported(path, name, &["cpu", "hugepages-", "memory"]);
    }
}

/// `spec.resources`.
pub fn pod_level(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let r = at(spec, "resources");
    let at_path = path.child("resources");
    if tree::sp(spec, &["os", "name"]) == "windows" {
        errs.forbidden(&at_path, "may not be set for a windows pod");
        return;
    }
    let claims: HashSet<&str> = list(spec, "resourceClaims")
        .iter()
        .map(|c| s(c, "name"))
        .collect();
    if has(r, "claims") {
        errs.forbidden(
            &at_path.child("claims"),
            "claims may not be set for Resources at pod-level",
        );
    }
    requirements_of(r, pod_resource_name, &claims, &at_path, errs);
    let (limits, requests) = (at(r, "limits"), at(r, "requests"));
    for (name, total) in aggregate(spec, "requests") {
        let Some(q) = requests.get(&name).map(quantity) else {
            continue;
        };
        if total > q {
            errs.invalid(
                &at_path.child("requests").key(&name),
                q.to_string(),
                format!("must be greater than or equal to aggregate container requests of {total}"),
            );
        }
    }
    for (name, total) in aggregate(spec, "limits") {
        let Some(q) = limits.get(&name).map(quantity) else {
            continue;
        };
        if name.starts_with(HUGEPAGES) && total > q {
            errs.invalid(
                &at_path.child("limits").key(&name),
                q.to_string(),
                format!("must be greater than or equal to aggregate container limits of {total}"),
            );
        }
    }
    for (n, c) in list(spec, "containers").iter().enumerate() {
        for (name, v) in tree::sorted_pairs(tree::path(c, &["resources", "limits"])) {
            let Some(pod) = limits.get(name).map(quantity) else {
                continue;
            };
            let q = quantity(v);
            if q > pod {
                errs.invalid(
                    &at_path
                        .child("containers")
                        .index(n)
                        .key(name)
                        .child("limits"),
                    q.to_string(),
                    format!("must be less than or equal to pod limits of {pod}"),
                );
            }
        }
    }
}

/// A pod's quality of service, from its pod-level resources or its containers.
pub fn qos_class(spec: &Value) -> &'static str {
    const COUNTED: [&str; 2] = ["cpu", "memory"];
    let none = Quantity::default();
    let sums = |part: &str| -> [Quantity; 2] {
        let r = at(spec, "resources");
        let mut out = [none; 2];
        let mut add = |amounts: &Value| {
            for (sum, name) in out.iter_mut().zip(COUNTED) {
                let amount = amounts.get(name).map(quantity);
                *sum += amount.filter(|amount| *amount > none).unwrap_or(none);
            }
        };
        if has(spec, "resources")
            && (!tree::is_zero(at(r, "requests")) || !tree::is_zero(at(r, "limits")))
        {
            add(at(r, part));
            return out;
        }
        for c in list(spec, "containers")
            .iter()
            .chain(list(spec, "initContainers"))
        {
            add(tree::path(c, &["resources", part]));
        }
        out
    };
    let (requests, limits) = (sums("requests"), sums("limits"));
    if [requests, limits].iter().flatten().all(|sum| *sum == none) {
        return "BestEffort";
    }
    let pod_level = !tree::is_zero(tree::path(spec, &["resources", "limits"]))
        || !tree::is_zero(tree::path(spec, &["resources", "requests"]));
    let all_limited = if pod_level {
        limits.iter().all(|limit| *limit > none)
    } else {
        list(spec, "containers")
            .iter()
            .chain(list(spec, "initContainers"))
            .all(|c| {
                let own = tree::path(c, &["resources", "limits"]);
                ["cpu", "memory"].iter().all(|r| {
                    own.get(r)
                        .is_some_and(|v| quantity(v) > Quantity::default())
                })
            })
    };
    if all_limited && requests == limits {
        "Guaranteed"
    } else {
        "Burstable"
    }
}
