//! Rules of flowcontrol.apiserver.k8s.io.

use super::names;
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, i0, list, s};
use skeg_schema::{Value, json};

const VERBS: &[&str] = &[
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "proxy",
    "update",
    "watch",
];
const PRECEDENCE_MAX: i64 = 10_000;
const QUEUES_MAX: i64 = 10_000_000;
const ENTROPY_MAX: i64 = 60;
const EXEMPT: &str = "exempt";
const CATCH_ALL: &str = "catch-all";

/// A FlowSchema.
pub fn schema(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let precedence = i0(spec, "matchingPrecedence");
    let p_path = path.child("matchingPrecedence");
    if precedence <= 0 {
        errs.invalid(&p_path, precedence, "must be a positive value");
    }
    if precedence > PRECEDENCE_MAX {
        errs.invalid(
            &p_path,
            precedence,
            format!("must not be greater than {PRECEDENCE_MAX}"),
        );
    }
    if precedence == 1 && tree::name_of(obj) != EXEMPT {
        errs.invalid(
            &p_path,
            precedence,
            "only the schema named 'exempt' may have matchingPrecedence 1",
        );
    }
    let fixed = fixed_schema(tree::name_of(obj));
    let method = at(spec, "distinguisherMethod");
    if !method.is_null() && !matches!(s(method, "type"), "ByUser" | "ByNamespace") {
        errs.not_supported(
            &path.child("distinguisherMethod").child("type"),
            json!({"Type": s(method, "type")}),
            &["ByNamespace", "ByUser"],
        );
    }
    let level = tree::sp(spec, &["priorityLevelConfiguration", "name"]);
    let l_path = path.child("priorityLevelConfiguration");
    if level.is_empty() {
        errs.required(&l_path.child("name"), "must reference a priority level");
    } else {
        errs.invalid_all(
            &l_path.child("name"),
            level,
            names::dns1123_subdomain(level, false),
        );
    }
    for (n, rule) in list(spec, "rules").iter().enumerate() {
        policy_rule(rule, &path.child("rules").index(n), errs);
    }
    if fixed.is_some_and(|fixed| !tree::same(&fixed, spec)) {
        errs.invalid(
            &path,
            dump::go(spec, "flowcontrol/v1.FlowSchemaSpec"),
            format!(
                "spec of '{}' must equal the fixed value",
                tree::name_of(obj)
            ),
        );
    }
}

/// What the schemas that a server cannot do without say.
fn fixed_schema(name: &str) -> Option<Value> {
    let of = |precedence: i64, groups: &[&str], method: Value| {
        let subjects: Vec<Value> = groups
            .iter()
            .map(|group| json!({"kind": "Group", "group": {"name": *group}}))
            .collect();
        json!({
            "priorityLevelConfiguration": {"name": name},
            "matchingPrecedence": precedence,
            "distinguisherMethod": method,
            "rules": [{
                "subjects": subjects,
                "resourceRules": [{
                    "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                    "clusterScope": true, "namespaces": ["*"],
                }],
                "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
            }],
        })
    };
    match name {
        EXEMPT => Some(of(1, &["system:masters"], Value::Null)),
        CATCH_ALL => Some(of(
            PRECEDENCE_MAX,
            &["system:unauthenticated", "system:authenticated"],
            json!({"type": "ByUser"}),
        )),
        _ => None,
    }
}

fn policy_rule(rule: &Value, path: &Path<'_>, errs: &mut Errs) {
    let subjects = list(rule, "subjects");
    let s_path = path.child("subjects");
    if subjects.is_empty() {
        errs.required(&s_path, "subjects must contain at least one value");
    }
    for (n, one) in subjects.iter().enumerate() {
        subject(one, &s_path.index(n), errs);
    }
    let (resources, urls) = (list(rule, "resourceRules"), list(rule, "nonResourceRules"));
    if resources.is_empty() && urls.is_empty() {
        errs.required(
            path,
            "at least one of resourceRules and nonResourceRules has to be non-empty",
        );
    }
    for (n, r) in resources.iter().enumerate() {
        resource_rule(r, &path.child("resourceRules").index(n), errs);
    }
    for (n, r) in urls.iter().enumerate() {
        url_rule(r, &path.child("nonResourceRules").index(n), errs);
    }
}

fn subject(one: &Value, path: &Path<'_>, errs: &mut Errs) {
    const KINDS: &[(&str, &str)] = &[
        ("ServiceAccount", "serviceAccount"),
        ("User", "user"),
        ("Group", "group"),
    ];
    let kind = s(one, "kind");
    let Some((_, own)) = KINDS.iter().find(|(k, _)| *k == kind) else {
        errs.not_supported(
            &path.child("kind"),
            kind,
            &["Group", "ServiceAccount", "User"],
        );
        return;
    };
    let part = at(one, own);
    let own_path = path.child(own);
    if part.is_null() {
        errs.required(
            &own_path,
            format!("{own} is required when subject kind is '{kind}'"),
        );
    } else if *own == "serviceAccount" {
        let (name, namespace) = (s(part, "name"), s(part, "namespace"));
        if name.is_empty() {
            errs.required(&own_path.child("name"), "");
        } else if name != "*" {
            errs.invalid_all(
                &own_path.child("name"),
                name,
                names::dns1123_subdomain(name, false),
            );
        }
        if namespace.is_empty() {
            errs.required(
                &own_path.child("namespace"),
                "must specify namespace for service account",
            );
        } else {
            errs.invalid_all(
                &own_path.child("namespace"),
                namespace,
                names::dns1123_label(namespace, false),
            );
        }
    } else if s(part, "name").is_empty() {
        errs.required(&own_path.child("name"), "");
    }
    for (k, field) in KINDS {
        if *k != kind && has(one, field) {
            errs.forbidden(
                &path.child(field),
                format!("{field} is forbidden when subject kind is not '{k}'"),
            );
        }
    }
}

fn verbs(rule: &Value, path: &Path<'_>, errs: &mut Errs) {
    let all = list(rule, "verbs");
    let v_path = path.child("verbs");
    if all.is_empty() {
        errs.required(&v_path, "verbs must contain at least one value");
    } else if all.iter().any(|v| v.as_str() == Some("*")) {
        if all.len() > 1 {
            errs.invalid(
                &v_path,
                at(rule, "verbs").clone(),
                "if '*' is present, must not specify other verbs",
            );
        }
    } else if !all
        .iter()
        .all(|v| VERBS.contains(&v.as_str().unwrap_or("")))
    {
        errs.not_supported(&v_path, at(rule, "verbs").clone(), VERBS);
    }
}

fn alone(
    rule: &Value,
    field: &'static str,
    what: &str,
    missing: &str,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let all = list(rule, field);
    if all.is_empty() {
        errs.required(&path.child(field), missing);
    } else if all.len() > 1 && all.iter().any(|v| v.as_str() == Some("*")) {
        errs.invalid(
            &path.child(field),
            at(rule, field).clone(),
            format!("if '*' is present, must not specify other {what}"),
        );
    }
}

fn resource_rule(rule: &Value, path: &Path<'_>, errs: &mut Errs) {
    verbs(rule, path, errs);
    alone(
        rule,
        "apiGroups",
        "api groups",
        "resource rules must supply at least one api group",
        path,
        errs,
    );
    alone(
        rule,
        "resources",
        "resources",
        "resource rules must supply at least one resource",
        path,
        errs,
    );
    let namespaces = list(rule, "namespaces");
    let n_path = path.child("namespaces");
    if namespaces.is_empty() {
        if !tree::b(rule, "clusterScope") {
            errs.required(
                &n_path,
                "resource rules that are not cluster scoped must supply at least one namespace",
            );
        }
    } else if namespaces.iter().any(|n| n.as_str() == Some("*")) {
        if namespaces.len() > 1 {
            errs.invalid(
                &n_path,
                at(rule, "namespaces").clone(),
                "if '*' is present, must not specify other namespaces",
            );
        }
    } else {
        for (n, ns) in namespaces.iter().filter_map(Value::as_str).enumerate() {
            let wrong = names::dns1123_label(ns, false).into_iter();
            let wrong = wrong.map(|why| {
                format!("each member of this list must be '*' or a DNS-1123 label; {why}")
            });
            errs.invalid_all(&n_path.index(n), ns, wrong.collect());
        }
    }
}

fn url_rule(rule: &Value, path: &Path<'_>, errs: &mut Errs) {
    verbs(rule, path, errs);
    let urls = list(rule, "nonResourceURLs");
    let u_path = path.child("nonResourceURLs");
    if urls.is_empty() {
        errs.required(&u_path, "nonResourceURLs must contain at least one value");
    } else if urls.iter().any(|u| u.as_str() == Some("*")) {
        if urls.len() > 1 {
            errs.invalid(
                &u_path,
                at(rule, "nonResourceURLs").clone(),
                "if '*' is present, must not specify other non-resource URLs",
            );
        }
    } else {
        for (n, url) in urls.iter().filter_map(Value::as_str).enumerate() {
            url_rule_path(url, &u_path.index(n), errs);
        }
    }
}

fn url_rule_path(url: &str, path: &Path<'_>, errs: &mut Errs) {
    let words = if url.is_empty() {
        "must not be empty"
    } else if url == "/" {
        return;
    } else if !url.starts_with('/') {
        "must start with slash"
    } else if url.contains(' ') {
        "must not contain white-space"
    } else if url.contains("//") {
        "must not contain double slash"
    } else if url.strip_suffix("/*").unwrap_or(url).contains('*') {
        "wildcard can only do suffix matching"
    } else {
        return;
    };
    errs.invalid(path, url, words);
}

/// A PriorityLevelConfiguration.
pub fn level(obj: &Value, errs: &mut Errs) {
    level_spec(obj, errs);
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let kind = s(spec, "type");
    let name = tree::name_of(obj);
    let fault = match name {
        EXEMPT if kind != "Exempt" || has(spec, "limited") => {
            Some("except the 'spec.exempt' field must")
        }
        CATCH_ALL if !tree::same(spec, &fixed_catch_all()) => Some("must"),
        _ => None,
    };
    if let Some(words) = fault {
        errs.invalid(
            &path,
            dump::go(spec, "flowcontrol/v1.PriorityLevelConfigurationSpec"),
            format!("spec of '{name}' {words} equal the fixed value"),
        );
    }
}

fn level_spec(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let kind = s(spec, "type");
    let exempt = kind == "Exempt";
    if exempt != (tree::name_of(obj) == EXEMPT) {
        errs.invalid(
            &path.child("type"),
            kind,
            "must be 'Exempt' if and only if `name` is 'exempt'",
        );
    }
    match kind {
        "Limited" => {
            if has(spec, "exempt") {
                errs.forbidden(&path.child("exempt"), "");
            }
            if has(spec, "limited") {
                limited(at(spec, "limited"), &path.child("limited"), errs);
            }
        }
        "Exempt" => {
            if has(spec, "limited") {
                errs.forbidden(&path.child("limited"), "");
            }
            if has(spec, "exempt") {
                nominal(at(spec, "exempt"), &path.child("exempt"), errs);
                lendable(at(spec, "exempt"), &path.child("exempt"), errs);
            }
        }
        other => {
            // That there is a type is declared.
            if !other.is_empty() {
                errs.not_supported(&path.child("type"), other, &["Exempt", "Limited"]);
            }
            if has(spec, "limited") {
                errs.forbidden(&path.child("limited"), "");
            }
        }
    }
}

/// The conditions of a FlowSchema or PriorityLevelConfiguration.
pub fn status(obj: &Value, errs: &mut Errs) {
    let all = list(at(obj, "status"), "conditions");
    let path = Path::root("status");
    let path = path.child("conditions");
    for (n, c) in all.iter().enumerate() {
        let path = path.index(n);
        let path = path.child("type");
        let kind = s(c, "type");
        if all[..n].iter().any(|earlier| s(earlier, "type") == kind) {
            errs.duplicate(&path, kind);
        }
        if kind.is_empty() {
            errs.required(&path, "must not be empty");
        }
    }
}

fn nominal(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let nominal = i0(v, "nominalConcurrencyShares");
    if nominal < 0 {
        errs.invalid(
            &path.child("nominalConcurrencyShares"),
            nominal,
            "must be a non-negative integer",
        );
    }
}

fn lendable(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    if let Some(percent) = tree::i(v, "lendablePercent")
        && !(0..=100).contains(&percent)
    {
        errs.invalid(
            &path.child("lendablePercent"),
            percent,
            "must be between 0 and 100, inclusive",
        );
    }
}

/// What the level for all that no other takes says.
fn fixed_catch_all() -> Value {
    json!({
        "type": "Limited",
        "limited": {
            "nominalConcurrencyShares": 5,
            "limitResponse": {"type": "Reject"},
            "lendablePercent": 0,
        },
    })
}

fn limited(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    nominal(v, path, errs);
    let response = at(v, "limitResponse");
    let r_path = path.child("limitResponse");
    let q_path = r_path.child("queuing");
    match s(response, "type") {
        "Queue" if has(response, "queuing") => queuing(at(response, "queuing"), &q_path, errs),
        // That it says how, and that there is a type, is declared.
        "Queue" => {}
        other => {
            if !matches!(other, "" | "Reject") {
                errs.not_supported(&r_path.child("type"), other, &["Queue", "Reject"]);
            }
            if has(response, "queuing") {
                errs.forbidden(&q_path, "");
            }
        }
    }
    lendable(v, path, errs);
    if let Some(percent) = tree::i(v, "borrowingLimitPercent")
        && percent < 0
    {
        errs.invalid(
            &path.child("borrowingLimitPercent"),
            percent,
            "if specified, must be a non-negative integer",
        );
    }
}

fn queuing(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (queues, hand, length) = (
        i0(v, "queues"),
        i0(v, "handSize"),
        i0(v, "queueLengthLimit"),
    );
    if length <= 0 {
        errs.invalid(&path.child("queueLengthLimit"), length, "must be positive");
    }
    let q_path = path.child("queues");
    if queues <= 0 {
        errs.invalid(&q_path, queues, "must be positive");
    } else if queues > QUEUES_MAX {
        errs.invalid(
            &q_path,
            queues,
            format!("must not be greater than {QUEUES_MAX}"),
        );
    }
    let h_path = path.child("handSize");
    if hand <= 0 {
        errs.invalid(&h_path, hand, "must be positive");
    } else if hand > queues {
        errs.invalid(
            &h_path,
            hand,
            format!("should not be greater than queues ({queues})"),
        );
    } else if entropy(queues, hand) > ENTROPY_MAX {
        errs.invalid(
            &h_path,
            hand,
            format!("required entropy bits of deckSize {queues} and handSize {hand} should not be greater than {ENTROPY_MAX}"),
        );
    }
}

// Bits that dealing `hand` of `deck` cards takes at most: more than there are, as a card that
// was dealt is taken for one that can come again.
fn entropy(deck: i64, hand: i64) -> i64 {
    ((deck as f64).log2() * hand as f64).ceil() as i64
}
