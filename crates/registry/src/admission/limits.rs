//! LimitRanger: defaults and bounds of a namespace's containers, pods and
//! claims.

use super::{Attributes, Operation, Plugin, Warnings};
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
        let mut wrong = Vec::new();
        for range in ranges(attrs) {
            for item in list(at(&range, "spec"), "limits") {
                if claim {
                    check_claim(item, obj, &mut wrong);
                } else {
                    check_pod(item, obj, &mut wrong);
                }
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(attrs.forbidden(obj, skeg_meta::join_errors(&wrong)))
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
        if let Some(r) = requests.get(k)
            && *r > quantity(v)
        {
            wrong.push(format!(
                "maximum {k} usage per PersistentVolumeClaim is {}, but request is {r}",
                quantity(v)
            ));
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
        match (requests.get(k), limits.get(k)) {
            (Some(r), Some(l)) if !r.is_zero() => {
                let seen = l.as_f64() / r.as_f64();
                if seen > ratio.as_f64() {
                    wrong.push(format!(
                        "{k} max limit to request ratio per {kind} is {ratio}, but provided ratio is {seen:.6}"
                    ));
                }
            }
            _ => wrong.push(format!(
                "{k} max limit to request ratio per {kind} is {ratio}, but no request is specified or request is 0"
            )),
        }
    }
}
