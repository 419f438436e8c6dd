//! Rules of webhook configurations, and what policies share with them.

use super::{metadata, names};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, has, i, list, s};
use crate::virtuals::is_review;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_cel::EnvOptions;
use skeg_cel::admission::{Compiler, Wanted};
use skeg_schema::Value;
use std::collections::HashSet;

const REVIEW_VERSIONS: &[&str] = &["v1", "v1beta1"];
const CONDITIONS_MAX: usize = 64;

/// What is odd about the rules of webhooks: those that name what webhooks are never asked about.
pub fn warnings(obj: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for (h, hook) in list(obj, "webhooks").iter().enumerate() {
        for (r, rule) in list(hook, "rules").iter().enumerate() {
            let names = |key| list(rule, key).iter().filter_map(Value::as_str);
            if names("apiGroups")
                .chain(names("resources"))
                .any(|name| name == "*")
            {
                continue;
            }
            let mut told = HashSet::new();
            for (group, resource) in
                names("apiGroups").flat_map(|group| names("resources").map(move |it| (group, it)))
            {
                if is_review(group, resource) && told.insert((group, resource)) {
                    out.push(format!("webhooks[{h}].rules[{r}]: {resource}.{group} is excluded from admission webhooks; this rule will have no effect"));
                }
            }
        }
    }
    out
}

/// A configuration of webhooks.
pub fn configuration(obj: &Value, mutating: bool, errs: &mut Errs) {
    let path = Path::root("webhooks");
    let mut seen = HashSet::new();
    for (n, hook) in list(obj, "webhooks").iter().enumerate() {
        let at_path = path.index(n);
        webhook(hook, mutating, &at_path, errs);
        let name = s(hook, "name");
        if !name.is_empty() && !seen.insert(name) {
            errs.duplicate(&at_path.child("name"), name);
        }
    }
}

fn webhook(hook: &Value, mutating: bool, path: &Path<'_>, errs: &mut Errs) {
    qualified(s(hook, "name"), &path.child("name"), errs);
    for (n, r) in list(hook, "rules").iter().enumerate() {
        rule(r, &path.child("rules").index(n), errs);
    }
    if let Some(policy) = at(hook, "failurePolicy").as_str() {
        errs.one_of(&path.child("failurePolicy"), policy, &["Fail", "Ignore"]);
    }
    if let Some(policy) = at(hook, "matchPolicy").as_str() {
        errs.one_of(&path.child("matchPolicy"), policy, &["Equivalent", "Exact"]);
    }
    match at(hook, "sideEffects").as_str() {
        None => errs.required(
            &path.child("sideEffects"),
            "must specify one of None, NoneOnDryRun",
        ),
        Some(effects) => errs.one_of(
            &path.child("sideEffects"),
            effects,
            &["None", "NoneOnDryRun"],
        ),
    }
    if let Some(seconds) = i(hook, "timeoutSeconds")
        && !(1..=30).contains(&seconds)
    {
        errs.invalid(
            &path.child("timeoutSeconds"),
            seconds,
            "the timeout value must be between 1 and 30 seconds",
        );
    }
    for f in ["namespaceSelector", "objectSelector"] {
        if has(hook, f) {
            metadata::label_selector(at(hook, f), &path.child(f), errs);
        }
    }
    client_target(at(hook, "clientConfig"), &path.child("clientConfig"), errs);
    if mutating && let Some(policy) = at(hook, "reinvocationPolicy").as_str() {
        errs.one_of(
            &path.child("reinvocationPolicy"),
            policy,
            &["IfNeeded", "Never"],
        );
    }
    conditions(hook, false, path, errs);
    review_versions(hook, path, errs);
}

/// The match conditions of a webhook or policy.
pub fn conditions(v: &Value, has_params: bool, path: &Path<'_>, errs: &mut Errs) {
    let compiler = Compiler::new(EnvOptions::new_expressions(), has_params);
    let all = list(v, "matchConditions");
    let path = path.child("matchConditions");
    if all.len() > CONDITIONS_MAX {
        errs.too_many(&path, all.len(), CONDITIONS_MAX);
    }
    let mut seen = HashSet::new();
    for (n, c) in all.iter().enumerate() {
        let at_path = path.index(n);
        let expression = s(c, "expression").trim();
        if expression.is_empty() {
            errs.required(&at_path.child("expression"), "");
        } else if let Err(why) = compiler.compile(expression, true, &Wanted::Bool) {
            errs.invalid(&at_path.child("expression"), expression, why);
        }
        let name = s(c, "name");
        if name.is_empty() {
            errs.required(&at_path.child("name"), "");
        } else {
            errs.invalid_all(&at_path.child("name"), name, names::qualified_name(name));
            if !seen.insert(name) {
                errs.duplicate(&at_path.child("name"), name);
            }
        }
    }
}

fn qualified(name: &str, path: &Path<'_>, errs: &mut Errs) {
    if name.is_empty() {
        errs.required(path, "");
        return;
    }
    let wrong = names::dns1123_subdomain(name, false);
    if !wrong.is_empty() {
        errs.invalid(path, name, wrong.join(","));
    } else if name.split('.').count() < 3 {
        errs.invalid(
            path,
            name,
            "should be a domain with at least three segments separated by dots",
        );
    }
}

fn review_versions(hook: &Value, path: &Path<'_>, errs: &mut Errs) {
    let all = list(hook, "admissionReviewVersions");
    let path = path.child("admissionReviewVersions");
    if all.is_empty() {
        errs.required(&path, "must specify one of v1, v1beta1");
        return;
    }
    let mut seen = HashSet::new();
    let mut known = false;
    for (n, v) in all.iter().filter_map(Value::as_str).enumerate() {
        known |= REVIEW_VERSIONS.contains(&v);
        if !seen.insert(v) {
            errs.invalid(&path.index(n), v, "duplicate version");
            continue;
        }
        for words in names::dns1035_label(v, false) {
            errs.invalid(&path.index(n), v, words);
        }
    }
    if !known {
        errs.invalid(
            &path,
            Value::Array(all.to_vec()),
            "must include at least one of v1, v1beta1",
        );
    }
}

/// Where a webhook is: an address or a service.
pub fn client_target(config: &Value, path: &Path<'_>, errs: &mut Errs) {
    match (at(config, "url").as_str(), has(config, "service")) {
        (Some(url), false) => webhook_url(url, &path.child("url"), errs),
        (None, true) => service(at(config, "service"), &path.child("service"), errs),
        _ => errs.required(path, "exactly one of url or service is required"),
    }
}

fn webhook_url(url: &str, path: &Path<'_>, errs: &mut Errs) {
    const FORM: &str = "; desired format: https://host[/path]";
    if let Some(why) = skeg_cel::Url::fault(url) {
        errs.required(path, format!("url must be a valid URL: {why}{FORM}"));
        return;
    }
    let is_scheme = |text: &&str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    };
    // Without `//` there is no host.
    let (scheme, rest) = match url.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) {
        Some((scheme, rest)) => (
            scheme.to_ascii_lowercase(),
            rest.strip_prefix("//").unwrap_or(""),
        ),
        None => (String::new(), url.strip_prefix("//").unwrap_or("")),
    };
    if scheme != "https" {
        errs.invalid(
            path,
            scheme,
            format!("'https' is the only allowed URL scheme{FORM}"),
        );
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = rest.split('/').next().unwrap_or("");
    let (user, host) = match host.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, host),
    };
    if host.is_empty() {
        errs.invalid(path, host, format!("host must be specified{FORM}"));
    }
    if let Some(user) = user {
        errs.invalid(path, user, "user information is not permitted in the URL");
    }
    for (part, words) in [
        (fragment, "fragments are not permitted in the URL"),
        (query, "query parameters are not permitted in the URL"),
    ] {
        if !part.is_empty() {
            errs.invalid(path, part, words);
        }
    }
}

/// Whether a CA bundle (base64 of PEM) is there and holds no certificate.
pub fn is_broken_bundle(bundle: &str) -> bool {
    if bundle.is_empty() {
        return false;
    }
    let pem = STANDARD.decode(bundle).unwrap_or_default();
    let blocks: Vec<_> = x509_parser::pem::Pem::iter_from_buffer(&pem)
        .map_while(Result::ok)
        .filter(|block| block.label == "CERTIFICATE")
        .collect();
    blocks.is_empty() || blocks.iter().any(|block| block.parse_x509().is_err())
}

/// A CA bundle that a client can use.
pub fn ca_bundle(bundle: &str, path: &Path<'_>, errs: &mut Errs) {
    if is_broken_bundle(bundle) {
        errs.invalid(
            path,
            bundle,
            "unable to load root certificates: unable to parse bytes as PEM block",
        );
    }
}

fn service(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    // Upstream mixes them up: the other one is told of.
    for (field, told) in [("namespace", "name"), ("name", "namespace")] {
        if s(v, field).is_empty() {
            errs.required(&path.child(told), "");
        }
    }
    if let Some(port) = i(v, "port")
        && !(1..=65535).contains(&port)
    {
        errs.invalid(
            &path.child("port"),
            port,
            "port is not valid: must be between 1 and 65535, inclusive",
        );
    }
    let Some(url) = at(v, "path").as_str() else {
        return;
    };
    let p_path = path.child("path");
    if url.is_empty() || url == "/" {
        return;
    }
    if url == "//" {
        errs.invalid(&p_path, url, "segment[0] may not be empty");
        return;
    }
    if !url.starts_with('/') {
        errs.invalid(&p_path, url, "must start with a '/'");
    }
    // The first character is taken for the slash, whatever it is.
    let inner: String = url.chars().skip(1).collect();
    let steps: Vec<&str> = inner
        .strip_suffix('/')
        .unwrap_or(&inner)
        .split('/')
        .collect();
    for (n, step) in steps.iter().enumerate() {
        if step.is_empty() {
            errs.invalid(&p_path, url, format!("segment[{n}] may not be empty"));
            continue;
        }
        for words in names::dns1123_subdomain(step, false) {
            errs.invalid(&p_path, url, format!("segment[{n}]: {words}"));
        }
    }
}

fn alone(v: &Value, field: &'static str, what: &str, path: &Path<'_>, errs: &mut Errs) {
    let all = list(v, field);
    if all.is_empty() {
        errs.required(&path.child(field), "");
    } else if all.len() > 1 && all.iter().any(|x| x.as_str() == Some("*")) {
        errs.invalid(
            &path.child(field),
            at(v, field).clone(),
            format!("if '*' is present, must not specify other {what}"),
        );
    }
}

/// Which requests a webhook or policy looks at.
fn rule(r: &Value, path: &Path<'_>, errs: &mut Errs) {
    alone(r, "operations", "operations", path, errs);
    for (n, o) in list(r, "operations")
        .iter()
        .filter_map(Value::as_str)
        .enumerate()
    {
        errs.one_of(
            &path.child("operations").index(n),
            o,
            &["*", "CONNECT", "CREATE", "DELETE", "UPDATE"],
        );
    }
    alone(r, "apiGroups", "API groups", path, errs);
    alone(r, "apiVersions", "API versions", path, errs);
    for (n, version) in list(r, "apiVersions").iter().enumerate() {
        if version.as_str() == Some("") {
            errs.required(&path.child("apiVersions").index(n), "");
        }
    }
    resources(r, &path.child("resources"), errs);
    if let Some(scope) = at(r, "scope").as_str() {
        errs.one_of(&path.child("scope"), scope, &["*", "Cluster", "Namespaced"]);
    }
}

fn resources(r: &Value, path: &Path<'_>, errs: &mut Errs) {
    let all: Vec<&str> = list(r, "resources")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if all.is_empty() {
        errs.required(path, "");
    }
    let (mut wide, mut wide_subs) = (HashSet::new(), HashSet::new());
    // Of the resources without a subresource the last one decides.
    let mut plain = false;
    for (n, one) in all.iter().enumerate() {
        if one.is_empty() {
            errs.required(&path.index(n), "");
            continue;
        }
        let Some((name, sub)) = one.split_once('/') else {
            plain = *one != "*";
            continue;
        };
        // `pods/*` says all that `pods/status` says, and `*/status` too.
        for (known, covering) in [
            (wide.contains(name), format!("{name}/*")),
            (wide_subs.contains(sub), format!("*/{sub}")),
        ] {
            if known {
                errs.invalid(
                    &path.index(n),
                    *one,
                    format!("if '{covering}' is present, must not specify {one}"),
                );
            }
        }
        if sub == "*" {
            wide.insert(name);
        }
        if name == "*" {
            wide_subs.insert(sub);
        }
    }
    let shown = || at(r, "resources").clone();
    if all.len() > 1 && all.contains(&"*/*") {
        errs.invalid(
            path,
            shown(),
            "if '*/*' is present, must not specify other resources",
        );
    }
    if all.contains(&"*") && plain {
        errs.invalid(
            path,
            shown(),
            "if '*' is present, must not specify other resources without subresources",
        );
    }
}

/// The names that a rule is limited to.
fn resource_names(r: &Value, path: &Path<'_>, errs: &mut Errs) {
    let names = list(r, "resourceNames");
    for (n, name) in names.iter().enumerate() {
        let text = name.as_str().unwrap_or("");
        errs.invalid_all(&path.index(n), text, names::path_segment(text, false));
        if names[..n].contains(name) {
            errs.duplicate(&path.index(n), text);
        }
    }
}

/// Which requests a policy or binding looks at.
pub fn match_resources(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    if let Some(policy) = at(v, "matchPolicy").as_str() {
        errs.one_of(&path.child("matchPolicy"), policy, &["Equivalent", "Exact"]);
    }
    for f in ["namespaceSelector", "objectSelector"] {
        if has(v, f) {
            metadata::label_selector(at(v, f), &path.child(f), errs);
        }
    }
    for f in ["resourceRules", "excludeResourceRules"] {
        for (n, r) in list(v, f).iter().enumerate() {
            let path = path.child(f);
            let path = path.index(n);
            resource_names(r, &path.child("resourceNames"), errs);
            rule(r, &path, errs);
        }
    }
}
