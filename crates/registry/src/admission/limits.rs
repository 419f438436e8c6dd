//! LimitRanger: defaults and bounds of a namespace's containers, pods and
//! claims.

use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, list, s, set};
use crate::validation::numbers::quantity;
use async_trait::async_trait;
use skeg_meta::{Quantity, Status};
use skeg_schema::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The plugin.
pub struct LimitRanger;

type Amounts = BTreeMap<String, Quantity>;

#[async_trait]
impl Plugin for LimitRanger {
    fn name(&self) -> &'static str {
        "LimitRanger"
    }

    fn scope(&self) -> Scope {
        Scope::of(&[("", "pods"), ("", "persistentvolumeclaims")])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.creates_pod() {
            return Ok(());
        }
        for range in ranges(attrs) {
            defaults(&range, obj);
        }
        Ok(())
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let pod = attrs.creates_pod();
        let claim = attrs.is_core("persistentvolumeclaims") && attrs.operation != Operation::Delete;
        let resize = attrs.desc.resource == "pods"
            && attrs.desc.group.is_empty()
            && attrs.ctx.subresource == "resize";
        if !(pod || claim || resize) || (!pod && tree::is_deleting(obj)) {
            return Ok(());
        }
        // The first range that is broken is told of, with all that breaks it.
        for range in ranges(attrs) {
            let mut wrong = Vec::new();
            for item in list(at(&range, "spec"), "limits") {
                if claim {
                    check_claim(item, obj, &mut wrong);
                } else {
                    check_pod(item, obj, &mut wrong);
                }
            }
            if !wrong.is_empty() {
                return Err(attrs.forbidden(obj, skeg_meta::join_errors(&wrong)));
            }
        }
        Ok(())
    }
}

fn ranges(attrs: &Attributes<'_>) -> Vec<Arc<Value>> {
    attrs
        .ctx
        .objects
        .cached_list(Gr::LIMIT_RANGES, Some(attrs.namespace()))
}

fn defaults(range: &Value, pod: &mut Value) {
    let mut limits: BTreeMap<String, Value> = BTreeMap::new();
    let mut requests: BTreeMap<String, Value> = BTreeMap::new();
    for item in list(at(range, "spec"), "limits") {
        if s(item, "type") != "Container" {
            continue;
        }
        for (k, v) in tree::entries(item, "defaultRequest") {
            requests.insert(k.to_owned(), v.clone());
        }
        for (k, v) in tree::entries(item, "default") {
            limits.insert(k.to_owned(), v.clone());
        }
    }
    if limits.is_empty() && requests.is_empty() {
        return;
    }
    let mut notes = Vec::new();
    let spec = tree::obj_mut(pod, "spec");
    for (kind, word) in [
        ("containers", "container"),
        ("initContainers", "init container"),
    ] {
        for c in tree::list_mut(spec, kind) {
            let name = s(c, "name").to_owned();
            let resources = tree::obj_mut(c, "resources");
            for (part, wanted, verb) in [
                ("limits", &limits, "limit"),
                ("requests", &requests, "request"),
            ] {
                let mut given: Vec<&str> = Vec::new();
                for (k, v) in wanted {
                    if !tree::has(at(resources, part), k) {
                        set(tree::obj_mut(resources, part), k.clone(), v.clone());
                        given.push(k);
                    }
                }
                if !given.is_empty() {
                    notes.push((
                        verb,
                        format!("{} {verb} for {word} {name}", given.join(", ")),
                    ));
                }
            }
        }
    }
    if notes.is_empty() {
        return;
    }
    // Requests are told of before limits, container by container.
    let mut ordered: Vec<String> = Vec::new();
    let mut n = 0;
    while n < notes.len() {
        if n + 1 < notes.len()
            && notes[n].0 == "limit"
            && notes[n + 1].0 == "request"
            && notes[n].1.rsplit(' ').next() == notes[n + 1].1.rsplit(' ').next()
        {
            ordered.push(notes[n + 1].1.clone());
            ordered.push(notes[n].1.clone());
            n += 2;
        } else {
            ordered.push(notes[n].1.clone());
            n += 1;
        }
    }
    let all = tree::obj_mut(tree::obj_mut(pod, "metadata"), "annotations");
    set(
        all,
        "kubernetes.io/limit-ranger",
        format!("LimitRanger plugin set: {}", ordered.join("; ")),
    );
}

fn amounts(v: &Value) -> Amounts {
    tree::pairs(v)
        .map(|(k, v)| (k.to_owned(), quantity(v)))
        .collect()
}

fn check_pod(item: &Value, pod: &Value, wrong: &mut Vec<String>) {
    let spec = at(pod, "spec");
    match s(item, "type") {
        "Container" => {
            for kind in ["containers", "initContainers"] {
                for c in list(spec, kind) {
                    let r = at(c, "resources");
                    check(
                        item,
                        "Container",
                        &amounts(at(r, "requests")),
                        &amounts(at(r, "limits")),
                        wrong,
                    );
                }
            }
        }
        "Pod" => {
            let own = |part: &str| {
                let mut total = crate::validation::pod::resources::aggregate(spec, part);
                for (k, v) in amounts(tree::path(spec, &["resources", part])) {
                    total.insert(k, v);
                }
                total
            };
            check(item, "Pod", &own("requests"), &own("limits"), wrong);
        }
        _ => {}
    }
}

fn check_claim(item: &Value, claim: &Value, wrong: &mut Vec<String>) {
    if s(item, "type") != "PersistentVolumeClaim" {
        return;
    }
    let requests = amounts(tree::path(claim, &["spec", "resources", "requests"]));
    for (k, v) in tree::sorted_pairs(at(item, "min")) {
        below_min(
            "PersistentVolumeClaim",
            k,
            &quantity(v),
            &requests,
            &Amounts::new(),
            wrong,
        );
    }
    for (k, v) in tree::sorted_pairs(at(item, "max")) {
        let max = quantity(v);
        let usage = format!("maximum {k} usage per PersistentVolumeClaim is {max}");
        match requests.get(k) {
            None => wrong.push(format!("{usage}.  No request is specified")),
            Some(r) if *r > max => wrong.push(format!("{usage}, but request is {r}")),
            Some(_) => {}
        }
    }
}

fn below_min(
    kind: &str,
    k: &str,
    min: &Quantity,
    requests: &Amounts,
    limits: &Amounts,
    wrong: &mut Vec<String>,
) {
    match (requests.get(k), limits.get(k)) {
        (None, _) => wrong.push(format!(
            "minimum {k} usage per {kind} is {min}.  No request is specified"
        )),
        (Some(r), _) if r < min => wrong.push(format!(
            "minimum {k} usage per {kind} is {min}, but request is {r}"
        )),
        (Some(_), Some(l)) if l < min => wrong.push(format!(
            "minimum {k} usage per {kind} is {min}, but limit is {l}"
        )),
        _ => {}
    }
}

fn check(item: &Value, kind: &str, requests: &Amounts, limits: &Amounts, wrong: &mut Vec<String>) {
    for (k, v) in tree::sorted_pairs(at(item, "min")) {
        below_min(kind, k, &quantity(v), requests, limits, wrong);
    }
    for (k, v) in tree::sorted_pairs(at(item, "max")) {
        let max = quantity(v);
        match (requests.get(k), limits.get(k)) {
            (_, None) => wrong.push(format!(
                "maximum {k} usage per {kind} is {max}.  No limit is specified"
            )),
            (_, Some(l)) if *l > max => wrong.push(format!(
                "maximum {k} usage per {kind} is {max}, but limit is {l}"
            )),
            (Some(r), _) if *r > max => wrong.push(format!(
                "maximum {k} usage per {kind} is {max}, but request is {r}"
            )),
            _ => {}
        }
    }
    for (k, v) in tree::sorted_pairs(at(item, "maxLimitRequestRatio")) {
        let ratio = quantity(v);
        let given = |all: &Amounts| all.get(k).filter(|q| !q.is_zero()).map(Quantity::as_f64);
        let but = match (given(requests), given(limits)) {
            (None, _) => "no request is specified or request is 0".to_owned(),
            (_, None) => "no limit is specified or limit is 0".to_owned(),
            (Some(r), Some(l)) if l / r > ratio.as_f64() => {
                format!("provided ratio is {:.6}", l / r)
            }
            _ => continue,
        };
        wrong.push(format!(
            "{k} max limit to request ratio per {kind} is {ratio}, but {but}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn ratios_need_both_sides() {
        let item = json!({"maxLimitRequestRatio": {"cpu": "2"}});
        for (requests, limits, but) in [
            (
                json!({}),
                json!({"cpu": "1"}),
                Some("no request is specified or request is 0"),
            ),
            (
                json!({"cpu": "0"}),
                json!({}),
                Some("no request is specified or request is 0"),
            ),
            (
                json!({"cpu": "1"}),
                json!({}),
                Some("no limit is specified or limit is 0"),
            ),
            (
                json!({"cpu": "1"}),
                json!({"cpu": "3"}),
                Some("provided ratio is 3.000000"),
            ),
            (json!({"cpu": "1"}), json!({"cpu": "2"}), None),
        ] {
            let mut wrong = Vec::new();
            check(
                &item,
                "Container",
                &amounts(&requests),
                &amounts(&limits),
                &mut wrong,
            );
            let expect: Vec<String> = but
                .map(|b| format!("cpu max limit to request ratio per Container is 2, but {b}"))
                .into_iter()
                .collect();
            assert_eq!(wrong, expect, "{requests} {limits}");
        }
    }
}
