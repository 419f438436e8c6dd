//! Rules of networking.k8s.io and discovery.k8s.io.

use super::addresses::cidr_warnings;
use super::{metadata, names, numbers};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, list, s};
use skeg_schema::Value;
use std::collections::HashSet;

/// A NetworkPolicy; blocks that the old one names may be what they are.
pub fn policy(obj: &Value, old: Option<&Value>, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let known: Vec<&str> = old.into_iter().flat_map(blocks).map(|(_, b)| b).collect();
    let path = Path::root("spec");
    metadata::label_selector(at(spec, "podSelector"), &path.child("podSelector"), errs);
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        let rules_path = path.child(rules);
        for (n, rule) in list(spec, rules).iter().enumerate() {
            let r_path = rules_path.index(n);
            for (m, p) in list(rule, "ports").iter().enumerate() {
                policy_port(p, &r_path.child("ports").index(m), errs);
            }
            for (m, p) in list(rule, peers).iter().enumerate() {
                peer(p, &known, &r_path.child(peers).index(m), errs);
            }
        }
    }
    let types = list(spec, "policyTypes");
    let t_path = path.child("policyTypes");
    if types.len() > 2 {
        errs.invalid(
            &t_path,
            Value::Array(types.to_vec()),
            "may not specify more than two policyTypes",
        );
        return;
    }
    for (n, t) in types.iter().filter_map(Value::as_str).enumerate() {
        errs.one_of(&t_path.index(n), t, &["Ingress", "Egress"]);
    }
}

fn policy_port(p: &Value, path: &Path<'_>, errs: &mut Errs) {
    if let Some(protocol) = at(p, "protocol").as_str() {
        errs.one_of(&path.child("protocol"), protocol, &["TCP", "UDP", "SCTP"]);
    }
    let port = at(p, "port");
    let end = tree::i(p, "endPort");
    let end_path = path.child("endPort");
    match port {
        Value::Null => {
            if let Some(end) = end {
                errs.invalid(
                    &end_path,
                    end,
                    "may not be specified when `port` is not specified",
                );
            }
        }
        Value::Int(n) => {
            numbers::port(*n, &path.child("port"), errs);
            if let Some(end) = end {
                if end < *n {
                    errs.invalid(&end_path, end, "must be greater than or equal to `port`");
                }
                numbers::port(end, &end_path, errs);
            }
        }
        other => {
            if let Some(end) = end {
                errs.invalid(
                    &end_path,
                    end,
                    "may not be specified when `port` is non-numeric",
                );
            }
            let name = other.as_str().unwrap_or("");
            errs.invalid_all(&path.child("port"), name, names::port_name(name));
        }
    }
}

/// The blocks of addresses that a policy names, and where.
fn blocks(obj: &Value) -> Vec<(String, &str)> {
    let mut out = Vec::new();
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for (n, rule) in list(at(obj, "spec"), rules).iter().enumerate() {
            for (m, peer) in list(rule, peers).iter().enumerate() {
                let block = at(peer, "ipBlock");
                let place = format!("spec.{rules}[{n}].{peers}[{m}].ipBlock");
                if !s(block, "cidr").is_empty() {
                    out.push((format!("{place}.cidr"), s(block, "cidr")));
                }
                for (k, except) in list(block, "except").iter().enumerate() {
                    let except = except.as_str().unwrap_or("");
                    out.push((format!("{place}.except[{k}]"), except));
                }
            }
        }
    }
    out
}

/// What is odd about blocks that are accepted.
pub fn policy_warnings(obj: &Value) -> Vec<String> {
    let blocks = blocks(obj).into_iter();
    blocks
        .flat_map(|(place, text)| cidr_warnings(&place, text))
        .collect()
}

fn peer(p: &Value, known: &[&str], path: &Path<'_>, errs: &mut Errs) {
    let mut count = 0;
    for f in ["podSelector", "namespaceSelector"] {
        if has(p, f) {
            count += 1;
            metadata::label_selector(at(p, f), &path.child(f), errs);
        }
    }
    if has(p, "ipBlock") {
        count += 1;
        ip_block(at(p, "ipBlock"), known, &path.child("ipBlock"), errs);
    }
    if count == 0 {
        errs.required(path, "must specify a peer");
    } else if count > 1 && has(p, "ipBlock") {
        errs.forbidden(path, "may not specify both ipBlock and another peer");
    }
}

fn ip_block(block: &Value, known: &[&str], path: &Path<'_>, errs: &mut Errs) {
    let check = |text: &str, path: &Path<'_>, errs: &mut Errs| {
        if !known.contains(&text) {
            errs.invalid_all(path, text, names::cidr(text, true));
        }
    };
    let cidr = s(block, "cidr");
    // That there is one is declared.
    if cidr.is_empty() {
        return;
    }
    check(cidr, &path.child("cidr"), errs);
    let Some(outer) = names::parse_cidr_sloppy(cidr) else {
        return;
    };
    let e_path = path.child("except");
    for (n, e) in list(block, "except").iter().enumerate() {
        let e = e.as_str().unwrap_or("");
        let path = e_path.index(n);
        check(e, &path, errs);
        let Some(inner) = names::parse_cidr_sloppy(e) else {
            continue;
        };
        let inside = inner.1 > outer.1
            && inner.0.is_ipv4() == outer.0.is_ipv4()
            && names::network(inner.0, outer.1) == names::network(outer.0, outer.1);
        if !inside {
            errs.invalid(&path, e, "must be a strict subset of `cidr`");
        }
    }
}

/// An Ingress.
pub fn ingress(obj: &Value, old: Option<&Value>, errs: &mut Errs) {
    const CLASS: &str = "kubernetes.io/ingress.class";
    ingress_spec(at(obj, "spec"), old.map(|old| at(old, "spec")), errs);
    if old.is_none()
        && let Some(class) = tree::annotation(obj, CLASS)
        && let Some(field) = tree::path(obj, &["spec", "ingressClassName"]).as_str()
        && class != field
    {
        errs.invalid(
            &Path::root("annotations").child(CLASS),
            class,
            "must match `ingressClassName` when both are specified",
        );
    }
}

fn bad_secret_name(tls: &Value) -> Vec<String> {
    match s(tls, "secretName") {
        "" => Vec::new(),
        name => names::dns1123_subdomain(name, false),
    }
}

/// Whether a rule for a wildcard has paths that are refused by now.
fn has_bad_paths(r: &Value) -> bool {
    let mut errs = Errs::new();
    rule_paths(r, &Path::root("http"), &mut errs);
    s(r, "host").contains('*') && !errs.is_empty()
}

/// What older versions took stays allowed: names of secrets, and the paths of wildcards.
fn ingress_spec(spec: &Value, old: Option<&Value>, errs: &mut Errs) {
    let had = |list_of: &str, odd: fn(&Value) -> bool| {
        old.is_some_and(|old| list(old, list_of).iter().any(odd))
    };
    let any_secret = had("tls", |tls| !bad_secret_name(tls).is_empty());
    let any_path = had("rules", has_bad_paths);
    let path = Path::root("spec");
    let (rules, backend) = (list(spec, "rules"), at(spec, "defaultBackend"));
    if rules.is_empty() && backend.is_null() {
        errs.invalid(
            &path,
            at(spec, "rules").clone(),
            "either `defaultBackend` or `rules` must be specified",
        );
    }
    if !backend.is_null() {
        self::backend(backend, &path.child("defaultBackend"), errs);
    }
    for (n, r) in rules.iter().enumerate() {
        rule(r, any_path, &path.child("rules").index(n), errs);
    }
    for (n, t) in list(spec, "tls").iter().enumerate() {
        let t_path = path.child("tls");
        let t_path = t_path.index(n);
        for (m, h) in list(t, "hosts")
            .iter()
            .filter_map(Value::as_str)
            .enumerate()
        {
            let h_path = t_path.child("hosts");
            let wrong = if h.contains('*') {
                names::wildcard_subdomain(h)
            } else {
                names::dns1123_subdomain(h, false)
            };
            errs.invalid_all(&h_path.index(m), h, wrong);
        }
        if !any_secret {
            let (place, wrong) = (t_path.child("secretName"), bad_secret_name(t));
            errs.invalid_all(&place, s(t, "secretName"), wrong);
        }
    }
    if let Some(class) = at(spec, "ingressClassName").as_str() {
        errs.invalid_all(
            &path.child("ingressClassName"),
            class,
            names::dns1123_subdomain(class, false),
        );
    }
}

fn rule(r: &Value, any_path: bool, path: &Path<'_>, errs: &mut Errs) {
    let host = s(r, "host");
    if !host.is_empty() {
        let h_path = path.child("host");
        if names::parse_ip_sloppy(host).is_some() {
            errs.invalid(&h_path, host, "must be a DNS name, not an IP address");
        }
        if host.contains('*') {
            errs.invalid_all(&h_path, host, names::wildcard_subdomain(host));
        } else {
            errs.invalid_all(&h_path, host, names::dns1123_subdomain(host, false));
        }
    }
    if !(any_path && host.contains('*')) {
        rule_paths(r, &path.child("http"), errs);
    }
}

fn rule_paths(r: &Value, p_path: &Path<'_>, errs: &mut Errs) {
    if !has(r, "http") {
        return;
    }
    let paths = list(at(r, "http"), "paths");
    let p_path = p_path.child("paths");
    if paths.is_empty() {
        errs.required(&p_path, "");
    }
    for (n, p) in paths.iter().enumerate() {
        http_path(p, &p_path.index(n), errs);
    }
}

const KINDS_OF_PATH: &[&str] = &["Exact", "ImplementationSpecific", "Prefix"];

fn http_path(p: &Value, path: &Path<'_>, errs: &mut Errs) {
    let Some(kind) = at(p, "pathType").as_str() else {
        errs.required(&path.child("pathType"), "pathType must be specified");
        return;
    };
    let text = s(p, "path");
    let p_path = path.child("path");
    match kind {
        "Exact" | "Prefix" => {
            if !text.starts_with('/') {
                errs.invalid(&p_path, text, "must be an absolute path");
            }
            if !text.is_empty() {
                for bad in ["//", "/./", "/../", "%2f", "%2F"] {
                    if text.contains(bad) {
                        errs.invalid(&p_path, text, format!("must not contain '{bad}'"));
                    }
                }
                for bad in ["/..", "/."] {
                    if text.ends_with(bad) {
                        errs.invalid(&p_path, text, format!("cannot end with '{bad}'"));
                    }
                }
            }
        }
        "ImplementationSpecific" => {
            if !text.is_empty() && !text.starts_with('/') {
                errs.invalid(&p_path, text, "must be an absolute path");
            }
        }
        other => errs.not_supported(&path.child("pathType"), other, KINDS_OF_PATH),
    }
    backend(at(p, "backend"), &path.child("backend"), errs);
}

fn backend(b: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (service, resource) = (at(b, "service"), at(b, "resource"));
    match (service.is_null(), resource.is_null()) {
        (false, false) => {
            errs.invalid(path, "", "cannot set both resource and service backends");
        }
        (true, true) => errs.invalid(path, "", "resource or service backend is required"),
        (true, false) => {
            let r_path = path.child("resource");
            resource_ref(resource, true, &r_path, errs);
        }
        (false, true) => {
            let s_path = path.child("service");
            let name = s(service, "name");
            if name.is_empty() {
                errs.required(&s_path.child("name"), "");
            } else {
                errs.invalid_all(
                    &s_path.child("name"),
                    name,
                    names::dns1123_label(name, false),
                );
            }
            let port = at(service, "port");
            let (p_name, p_number) = (s(port, "name"), tree::i0(port, "number"));
            let p_path = s_path.child("port");
            if !p_name.is_empty() && p_number != 0 {
                errs.invalid(path, "", "cannot set both port name & port number");
            } else if p_number != 0 {
                numbers::port(p_number, &p_path.child("number"), errs);
            } else if !p_name.is_empty() {
                errs.invalid_all(&p_path.child("name"), p_name, names::port_name(p_name));
            } else {
                errs.required(path, "port name or number is required");
            }
        }
    }
}

fn resource_ref(r: &Value, complete: bool, path: &Path<'_>, errs: &mut Errs) {
    if let Some(group) = at(r, "apiGroup").as_str() {
        errs.invalid_all(
            &path.child("apiGroup"),
            group,
            names::dns1123_subdomain(group, false),
        );
    }
    for f in ["kind", "name"] {
        let v = s(r, f);
        if v.is_empty() {
            if complete {
                errs.required(&path.child(f), "");
            }
        } else {
            errs.invalid_all(&path.child(f), v, names::path_segment(v, false));
        }
    }
}

/// An IngressClass.
pub fn ingress_class(obj: &Value, errs: &mut Errs) {
    const CONTROLLER_MAX: usize = 250;
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let controller = s(spec, "controller");
    let c_path = path.child("controller");
    if controller.is_empty() {
        errs.required(&c_path, "");
    } else {
        if controller.len() > CONTROLLER_MAX {
            errs.too_long(&c_path, CONTROLLER_MAX);
        }
        prefixed_path(controller, &c_path, errs);
    }
    let p = at(spec, "parameters");
    if p.is_null() {
        return;
    }
    let p_path = path.child("parameters");
    // That there are a kind and a name is declared.
    resource_ref(p, false, &p_path, errs);
    match at(p, "scope").as_str() {
        None => errs.required(&p_path.child("scope"), ""),
        Some(scope @ ("Cluster" | "Namespace")) => {
            let namespace = at(p, "namespace").as_str();
            let n_path = p_path.child("namespace");
            if scope == "Namespace" {
                match namespace {
                    None => {
                        errs.required(&n_path, "`parameters.scope` is set to 'Namespace'");
                    }
                    Some(ns) => errs.invalid_all(&n_path, ns, names::dns1123_label(ns, false)),
                }
            } else if namespace.is_some() {
                errs.forbidden(&n_path, "`parameters.scope` is set to 'Cluster'");
            }
        }
        Some(other) => {
            errs.not_supported(&p_path.child("scope"), other, &["Cluster", "Namespace"]);
        }
    }
}

// `example.com/some/path`
pub(super) fn prefixed_path(text: &str, path: &Path<'_>, errs: &mut Errs) {
    const PATH: &str =
        "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
    let parts = text.split_once('/');
    let Some((host, rest)) = parts.filter(|(host, rest)| !host.is_empty() && !rest.is_empty())
    else {
        errs.invalid(
            path,
            text,
            "must be a domain-prefixed path (such as \"acme.io/foo\")",
        );
        return;
    };
    errs.invalid_all(path, host, names::dns1123_subdomain(host, false));
    let fine = |c: char| c.is_ascii_alphanumeric() || "/-._~%!$&'()*+,;=:".contains(c);
    if !rest.chars().all(fine) {
        errs.invalid(path, rest, PATH);
    }
}

/// A changed IngressClass keeps its controller.
pub fn ingress_class_update(new: &Value, old: &Value, errs: &mut Errs) {
    let (n, o) = (
        tree::sp(new, &["spec", "controller"]),
        tree::sp(old, &["spec", "controller"]),
    );
    if n != o {
        errs.invalid(&Path::root("spec").child("controller"), n, IMMUTABLE);
    }
    ingress_class(new, errs);
}

/// An IPAddress; its name is the address.
pub fn ip_address(obj: &Value, errs: &mut Errs) {
    let parent = tree::path(obj, &["spec", "parentRef"]);
    let path = Path::root("spec");
    let path = path.child("parentRef");
    // That it is there, and says what it must, is declared.
    let group = s(parent, "group");
    if !group.is_empty() {
        errs.invalid_all(
            &path.child("group"),
            group,
            names::dns1123_subdomain(group, false),
        );
    }
    for f in ["resource", "name", "namespace"] {
        let v = s(parent, f);
        if !v.is_empty() {
            errs.invalid_all(&path.child(f), v, names::path_segment(v, false));
        }
    }
}

/// The name of an IPAddress.
pub fn ip_name(name: &str, _prefix: bool) -> Vec<String> {
    let wrong = names::ip(name);
    if !wrong.is_empty() {
        return wrong;
    }
    match names::parse_ip(name) {
        Some(ip) if ip.to_string() != name => {
            vec![format!("must be in canonical form ({:?})", ip.to_string())]
        }
        _ => Vec::new(),
    }
}

/// A ServiceCIDR.
pub fn service_cidr(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let path = path.child("cidrs");
    let cidrs = list(spec, "cidrs");
    if cidrs.is_empty() {
        errs.required(&path, "at least one CIDR required");
        return;
    }
    if cidrs.len() > 2 {
        errs.invalid(
            &path,
            dump::go(spec, "networking/v1.ServiceCIDRSpec"),
            "may only hold up to 2 values",
        );
        return;
    }
    for (n, c) in cidrs.iter().filter_map(Value::as_str).enumerate() {
        errs.invalid_all(&path.index(n), c, names::canonical_cidr(c));
    }
    let six: Vec<bool> = cidrs
        .iter()
        .filter_map(|c| names::parse_cidr_sloppy(c.as_str()?))
        .map(|(ip, _)| ip.is_ipv6())
        .collect();
    if six.len() == 2 && six[0] == six[1] {
        errs.invalid(
            &path,
            Value::Array(cidrs.to_vec()),
            "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64",
        );
    }
}

/// A changed ServiceCIDR may only be given its second family.
pub fn service_cidr_update(new: &Value, old: &Value, errs: &mut Errs) {
    let (now, before) = (
        list(at(new, "spec"), "cidrs"),
        list(at(old, "spec"), "cidrs"),
    );
    let path = Path::root("spec");
    let path = path.child("cidrs");
    if before.len() == 1 && now.len() == 2 {
        if now[0] != before[0] {
            errs.invalid(&path.index(0), now[0].clone(), IMMUTABLE);
        }
        service_cidr(new, errs);
        return;
    }
    if now.len() != before.len() {
        errs.invalid(&path, Value::Array(now.to_vec()), IMMUTABLE);
        return;
    }
    for (n, (a, b)) in now.iter().zip(before).enumerate() {
        if a != b {
            errs.invalid(&path.index(n), a.clone(), IMMUTABLE);
        }
    }
}

/// An EndpointSlice.
pub fn slice(obj: &Value, errs: &mut Errs) {
    const ENDPOINTS_MAX: usize = 1000;
    const PORTS_MAX: usize = 20_000;
    const LABELS_MAX: usize = 16;
    // What it may be is declared.
    let family = s(obj, "addressType");
    let endpoints = list(obj, "endpoints");
    let e_path = Path::root("endpoints");
    if endpoints.len() > ENDPOINTS_MAX {
        errs.too_many(&e_path, endpoints.len(), ENDPOINTS_MAX);
        return;
    }
    for (n, e) in endpoints.iter().enumerate() {
        let at_path = e_path.index(n);
        let a_path = at_path.child("addresses");
        // How many there may be is declared.
        let addresses = list(e, "addresses");
        for (m, a) in addresses.iter().filter_map(Value::as_str).enumerate() {
            slice_address(a, family, &a_path, m, errs);
        }
        if let Some(node) = at(e, "nodeName").as_str() {
            errs.invalid_all(
                &at_path.child("nodeName"),
                node,
                names::dns1123_subdomain(node, false),
            );
        }
        let labels = tree::sorted_pairs(at(e, "deprecatedTopology"));
        let t_path = at_path.child("deprecatedTopology");
        if labels.len() > LABELS_MAX {
            errs.too_many(&t_path, labels.len(), LABELS_MAX);
        }
        for (k, v) in labels {
            errs.invalid_all(&t_path.key(k), k, names::qualified_name(k));
            let v = v.as_str().unwrap_or("");
            errs.invalid_all(&t_path.key(k), v, names::label_value(v));
        }
        if let Some(h) = at(e, "hostname").as_str() {
            errs.invalid_all(
                &at_path.child("hostname"),
                h,
                names::dns1123_label(h, false),
            );
        }
        hints(at(e, "hints"), &at_path.child("hints"), errs);
    }
    slice_ports(list(obj, "ports"), PORTS_MAX, errs);
}

// For whom an endpoint is meant.
fn hints(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    const HINTS_MAX: usize = 8;
    for field in ["forZones", "forNodes"] {
        let all = list(v, field);
        let path = path.child(field);
        if all.len() > HINTS_MAX {
            errs.too_many(&path, all.len(), HINTS_MAX);
            return;
        }
        for (n, hint) in all.iter().enumerate() {
            let name = s(hint, "name");
            let path = path.index(n);
            let path = path.child("name");
            if all[..n].iter().any(|earlier| s(earlier, "name") == name) {
                errs.duplicate(&path, name);
            }
            let wrong = if field == "forZones" {
                names::label_value(name)
            } else {
                names::dns1123_subdomain(name, false)
            };
            errs.invalid_all(&path, name, wrong);
        }
    }
}

fn slice_address(a: &str, family: &str, path: &Path<'_>, n: usize, errs: &mut Errs) {
    let at_path = path.index(n);
    match family {
        "IPv4" | "IPv6" => match names::parse_ip(a) {
            None => errs.invalid_all(&at_path, a, names::ip(a)),
            Some(ip) => {
                if ip.is_ipv4() != (family == "IPv4") {
                    errs.invalid(path, a, format!("must be an {family} address"));
                }
                errs.invalid_all(&at_path, a, names::non_special_ip(ip).into_iter().collect());
            }
        },
        "FQDN" => errs.invalid_all(&at_path, a, names::fully_qualified(a)),
        _ => {}
    }
}

fn slice_ports(ports: &[Value], max: usize, errs: &mut Errs) {
    let path = Path::root("ports");
    if ports.len() > max {
        errs.too_many(&path, ports.len(), max);
        return;
    }
    let mut seen = HashSet::new();
    for (n, p) in ports.iter().enumerate() {
        let at_path = path.index(n);
        let name = s(p, "name");
        if !name.is_empty() {
            errs.invalid_all(
                &at_path.child("name"),
                name,
                names::dns1123_label(name, false),
            );
        }
        if !seen.insert(name) {
            errs.duplicate(&at_path.child("name"), name);
        }
        match at(p, "protocol").as_str() {
            None => errs.required(&at_path.child("protocol"), ""),
            Some(other) => errs.one_of(&at_path.child("protocol"), other, &["SCTP", "TCP", "UDP"]),
        }
        if let Some(app) = at(p, "appProtocol").as_str() {
            errs.invalid_all(
                &at_path.child("appProtocol"),
                app,
                names::qualified_name(app),
            );
        }
    }
}

/// A changed EndpointSlice keeps its family, which is declared.
pub fn slice_update(new: &Value, old: &Value, errs: &mut Errs) {
    if s(new, "addressType") == s(old, "addressType") {
        slice(new, errs);
    }
}
