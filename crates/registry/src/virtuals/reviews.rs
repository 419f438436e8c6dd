//! Reviews of tokens, permissions and identities.

use super::{Env, selectors};
use crate::context::Ctx;
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, list, s, set};
use skeg_auth::authz::{PolicyRule, compact_rules};
use skeg_auth::{Attributes, Decision, UserInfo};
use skeg_meta::{GroupKind, Status};
use skeg_schema::{Value, json};
use std::collections::BTreeMap;

fn strings(v: &Value, key: &str) -> Vec<String> {
    list(v, key)
        .iter()
        .filter_map(|i| i.as_str().map(str::to_owned))
        .collect()
}

/// TokenReview: who is behind a token?
pub async fn token(env: &Env, mut body: Value) -> Result<(u16, Value), Status> {
    let text = tree::sp(&body, &["spec", "token"]).to_owned();
    if text.is_empty() {
        return Err(Status::bad_request(
            "token is required for TokenReview in authentication",
        ));
    }
    let audiences = strings(at(&body, "spec"), "audiences");
    let Some(reviewer) = &env.reviewer else {
        return Ok((200, body));
    };
    let status = match reviewer.review(&text, &audiences).await {
        Ok(found) => json!({
            "authenticated": true,
            "user": user(&found.user),
            "audiences": found.audiences.clone(),
        }),
        Err(e) => json!({"user": {}, "error": e.to_string()}),
    };
    set(&mut body, "status", status);
    Ok((201, body))
}

fn user(u: &UserInfo) -> Value {
    let mut out = Value::object();
    if !u.name.is_empty() {
        set(&mut out, "username", u.name.as_str());
    }
    if !u.uid.is_empty() {
        set(&mut out, "uid", u.uid.as_str());
    }
    if !u.groups.is_empty() {
        set(&mut out, "groups", u.groups.clone());
    }
    if !u.extra.is_empty() {
        let mut extra = Value::object();
        for (k, v) in &u.extra {
            set(&mut extra, k.clone(), v.clone());
        }
        set(&mut out, "extra", extra);
    }
    out
}

/// SelfSubjectReview: who am I?
pub fn self_subject(ctx: &Ctx<'_>) -> (u16, Value) {
    (
        201,
        json!({
            "kind": "SelfSubjectReview",
            "apiVersion": "authentication.k8s.io/v1",
            "metadata": {"creationTimestamp": ctx.now.to_string()},
            "status": {"userInfo": user(ctx.user)},
        }),
    )
}

/// SubjectAccessReview; of one namespace when it is the local form.
pub async fn subject_access(
    env: &Env,
    mut body: Value,
    namespace: Option<&str>,
) -> Result<(u16, Value), Status> {
    let spec = at(&body, "spec").clone();
    let mut errs = Errs::new();
    exactly_one(&spec, &mut errs);
    let path = Path::root("spec");
    if s(&spec, "user").is_empty() && list(&spec, "groups").is_empty() {
        errs.invalid(
            &path.child("user"),
            s(&spec, "user"),
            "at least one of user or group must be specified",
        );
    }
    selectors::check(&spec, &mut errs);
    only_managed(&body, namespace, &mut errs);
    if let Some(ns) = namespace {
        let asked = tree::sp(&spec, &["resourceAttributes", "namespace"]);
        if has(&spec, "resourceAttributes") && asked != ns {
            errs.invalid(
                &path.child("resourceAttributes").child("namespace"),
                asked,
                "must match metadata.namespace",
            );
        }
        if has(&spec, "nonResourceAttributes") {
            errs.invalid(
                &path.child("nonResourceAttributes"),
                dump::go(
                    at(&spec, "nonResourceAttributes"),
                    "authorization/v1.NonResourceAttributes",
                ),
                "disallowed on this kind of request",
            );
        }
    }
    refuse(errs)?;
    let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (k, _) in tree::entries(&spec, "extra") {
        extra.insert(k.to_lowercase(), strings(at(&spec, "extra"), k));
    }
    let who = UserInfo {
        name: s(&spec, "user").to_owned(),
        uid: s(&spec, "uid").to_owned(),
        groups: strings(&spec, "groups"),
        extra,
    };
    let status = ask(env, &who, &spec).await;
    set(&mut body, "status", status);
    Ok((201, body))
}

/// SelfSubjectAccessReview: may I?
pub async fn self_access(
    env: &Env,
    ctx: &Ctx<'_>,
    mut body: Value,
) -> Result<(u16, Value), Status> {
    let spec = at(&body, "spec").clone();
    let mut errs = Errs::new();
    exactly_one(&spec, &mut errs);
    selectors::check(&spec, &mut errs);
    only_managed(&body, None, &mut errs);
    refuse(errs)?;
    let status = ask(env, ctx.user, &spec).await;
    set(&mut body, "status", status);
    Ok((201, body))
}

fn refuse(errs: Errs) -> Result<(), Status> {
    if errs.is_empty() {
        return Ok(());
    }
    Err(crate::generic::invalid(
        &GroupKind::new("authorization.k8s.io", ""),
        "",
        errs,
    ))
}

fn exactly_one(spec: &Value, errs: &mut Errs) {
    let (resource, path) = (
        has(spec, "resourceAttributes"),
        has(spec, "nonResourceAttributes"),
    );
    if resource == path {
        let shown = if path {
            dump::go(
                at(spec, "nonResourceAttributes"),
                "authorization/v1.NonResourceAttributes",
            )
        } else {
            Value::Null
        };
        errs.invalid(
            &Path::root("spec"),
            shown,
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        );
    }
}

// Metadata makes no sense here; managedFields are the server's own.
fn only_managed(body: &Value, namespace: Option<&str>, errs: &mut Errs) {
    let meta = at(body, "metadata");
    let other = tree::pairs(meta).any(|(k, v)| {
        !(matches!(k, "managedFields" | "creationTimestamp")
            || tree::is_zero(v)
            || (k == "namespace" && namespace.is_some()))
    });
    if other {
        let words = if namespace.is_some() {
            "must be empty except for namespace"
        } else {
            "must be empty"
        };
        errs.invalid(
            &Path::root("metadata"),
            dump::json(meta, "meta/v1.ObjectMeta"),
            words,
        );
    }
}

async fn ask(env: &Env, who: &UserInfo, spec: &Value) -> Value {
    let r = at(spec, "resourceAttributes");
    let n = at(spec, "nonResourceAttributes");
    let (narrowed, ignored) = selectors::read(r);
    let answer = if r.is_null() {
        env.authorizer
            .authorize(&Attributes::path(who, s(n, "verb"), s(n, "path")))
            .await
    } else {
        env.authorizer
            .authorize(&Attributes {
                namespace: s(r, "namespace"),
                version: s(r, "version"),
                subresource: s(r, "subresource"),
                name: s(r, "name"),
                selectors: &narrowed,
                ..Attributes::resource(who, s(r, "verb"), s(r, "group"), s(r, "resource"))
            })
            .await
    };
    let mut status = json!({"allowed": answer.allowed()});
    if !answer.reason.is_empty() {
        set(&mut status, "reason", &*answer.reason);
    }
    if answer.decision == Decision::Deny {
        set(&mut status, "denied", true);
    }
    let mut remarks: Vec<String> = answer.error.iter().map(ToString::to_string).collect();
    remarks.extend(ignored);
    if !remarks.is_empty() {
        set(&mut status, "evaluationError", remarks.join("; "));
    }
    status
}

/// SelfSubjectRulesReview: what may I in this namespace?
pub fn self_rules(env: &Env, ctx: &Ctx<'_>, body: Value) -> Result<(u16, Value), Status> {
    let namespace = tree::sp(&body, &["spec", "namespace"]);
    if namespace.is_empty() {
        return Err(Status::bad_request("no namespace on request"));
    }
    let known = env.authorizer.known_rules(ctx.user, namespace);
    let fault = known.fault();
    let mut resource_rules: Vec<Value> = Vec::new();
    let mut path_rules: Vec<Value> = Vec::new();
    for rule in compact_rules(known.rules) {
        let PolicyRule {
            verbs,
            api_groups,
            resources,
            resource_names,
            non_resource_urls,
            ..
        } = rule;
        if !non_resource_urls.is_empty() {
            path_rules.push(json!({"verbs": verbs.clone(), "nonResourceURLs": non_resource_urls}));
        }
        if !resources.is_empty() {
            let mut out = json!({"verbs": verbs, "apiGroups": api_groups, "resources": resources});
            if !resource_names.is_empty() {
                set(&mut out, "resourceNames", resource_names);
            }
            resource_rules.push(out);
        }
    }
    let mut status = json!({
        "resourceRules": Value::Array(resource_rules),
        "nonResourceRules": Value::Array(path_rules),
        "incomplete": false,
    });
    if let Some(fault) = fault {
        set(&mut status, "incomplete", true);
        set(&mut status, "evaluationError", fault);
    }
    Ok((
        201,
        json!({
            "kind": "SelfSubjectRulesReview",
            "apiVersion": "authorization.k8s.io/v1",
            "metadata": {},
            "spec": {},
            "status": status,
        }),
    ))
}
