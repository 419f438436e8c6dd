//! Admission of writes: the built-in plugins, policies and webhooks, in
//! upstream's order.

use skeg_auth::authz::escalation::{self, EscalationError};
pub use skeg_registry::admission::Operation;
use skeg_registry::admission::{Attributes, Chain};
use skeg_registry::context::Ctx;
use skeg_registry::scale;
use skeg_schema::{Value, json};
use std::time::Instant;

use crate::error::{Error, Result};
use crate::managed_fields;
use crate::objects::WriteCx;
use crate::options::DeleteOptions;
use crate::served::Served;
use crate::webhook::review::{Gvk, Gvr, Request};
use crate::webhook::{Reinvocation, Subject};

/// The group whose objects give rights.
const RBAC_GROUP: &str = "rbac.authorization.k8s.io";

// What is seldom asked is put aside into a box: whoever awaits it would have its
// whole size otherwise, and be moved with it.

/// The plugins of a server.
pub type Plugins = Chain;

fn attributes<'a>(served: &Served, cx: &'a WriteCx<'_>, operation: Operation) -> Attributes<'a> {
    let ctx = Ctx {
        subresource: cx.booked_as,
        ..cx.ctx()
    };
    Attributes {
        ctx,
        desc: served.resource.desc,
        operation,
    }
}

/// Lets plugins, policies and webhooks fill in; once more when one of the later
/// ones changed what the earlier ones have seen. The managedFields of `obj` are
/// those that the server has just booked.
pub async fn mutate(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &mut Value,
    old: Option<&Value>,
) -> Result<()> {
    if !cx.admission {
        return Ok(());
    }
    let since = Instant::now();
    let outcome = mutate_all(served, cx, operation, obj, old).await;
    cx.server
        .inner
        .metrics
        .admitted("admit", operation.word(), outcome.is_err(), since);
    outcome?;
    // Who may not hand out a right is not told what else is wrong with a role.
    if served.resource.desc.group == RBAC_GROUP {
        Box::pin(check_escalation(served, cx, obj, old)).await?;
    }
    Ok(())
}

/// The same for a body that is answered and not stored, whose managedFields are
/// as they were sent.
pub async fn mutate_body(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &mut Value,
) -> Result<()> {
    let sent = obj["metadata"].get("managedFields").cloned();
    mutate(served, cx, operation, obj, None).await?;
    if sent.is_some() && cx.admission {
        repair(cx, obj, sent);
    }
    Ok(())
}

/// Old webhooks break managedFields that they do not know: those from before stay.
fn repair(cx: &mut WriteCx<'_>, obj: &mut Value, before: Option<Value>) {
    let now = obj["metadata"].get("managedFields");
    let Some(why) = managed_fields::fault(now) else {
        return;
    };
    match before {
        Some(before) => obj.set_at(&["metadata", "managedFields"], before),
        None => {
            if let Some(meta) = obj.get_mut("metadata").and_then(Value::as_object_mut) {
                meta.remove("managedFields");
            }
        }
    }
    cx.warnings.push(format!(
        ".metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: {why}"
    ));
}

async fn mutate_all(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &mut Value,
    old: Option<&Value>,
) -> Result<()> {
    let inner = &cx.server.inner;
    let mut rounds = Reinvocation::default();
    let mut booked = None;
    loop {
        let warnings = inner
            .admission
            .admit(&attributes(served, cx, operation), obj, old)
            .await?;
        cx.warnings.extend(warnings);
        // Only those outside break what is booked.
        if inner.webhooks.any_mutating() || inner.policies.any_mutating() {
            managed_fields::unfold(obj);
            booked.get_or_insert_with(|| obj["metadata"].get("managedFields").cloned());
            Box::pin(ask_mutating(served, cx, operation, obj, old, &mut rounds)).await?;
        }
        if !rounds.another() {
            break;
        }
    }
    if let Some(booked) = booked {
        repair(cx, obj, booked);
    }
    Ok(())
}

/// Lets those who look at deletions refuse one before it is begun.
pub async fn delete(
    served: &Served,
    cx: &mut WriteCx<'_>,
    options: &DeleteOptions,
    old: &Value,
) -> Result<()> {
    if !cx.admission {
        return Ok(());
    }
    if cx.server.inner.webhooks.any_mutating() {
        Box::pin(ask_deleting(served, cx, options, old)).await?;
    }
    let gone = Value::Null;
    check(served, cx, Operation::Delete, &gone, Some(old), |_| {
        (options.to_tree(), !options.of_collection)
    })
    .await
}

/// Asks the webhooks that change objects about a deletion.
async fn ask_deleting(
    served: &Served,
    cx: &mut WriteCx<'_>,
    options: &DeleteOptions,
    old: &Value,
) -> Result<()> {
    let mut seen = Seen::of(served, cx, &Value::Null, Some(old));
    if options.of_collection {
        seen.name.clear();
    }
    let mut warnings = Vec::new();
    let subject = subject(served, cx, &seen, "DELETE", options.to_tree());
    let webhooks = &cx.server.inner.webhooks;
    let asked = webhooks
        .mutate(
            &subject,
            &mut Value::Null,
            Some(old),
            &mut Reinvocation::default(),
            &mut warnings,
        )
        .await;
    drop(subject);
    cx.warnings.extend(warnings);
    asked
}

/// Lets webhooks refuse a connection to a node or a workload; `options` is
/// what is asked of it.
pub async fn connect(served: &Served, cx: &mut WriteCx<'_>, options: &Value) -> Result<()> {
    let webhooks = &cx.server.inner.webhooks;
    let policies = &cx.server.inner.policies;
    if !webhooks.any_mutating() && !webhooks.any_validating() && !policies.any_validating() {
        return Ok(());
    }
    let seen = Seen::of(served, cx, options, None);
    let mut warnings = Vec::new();
    let subject = subject(served, cx, &seen, "CONNECT", Value::Null);
    let mut seen_by_all = options.clone();
    let rounds = &mut Reinvocation::default();
    let mut asked = webhooks
        .mutate(&subject, &mut seen_by_all, None, rounds, &mut warnings)
        .await;
    if asked.is_ok() {
        asked = policies
            .validate(&subject, &seen_by_all, None, &mut warnings)
            .await;
    }
    if asked.is_ok() {
        asked = webhooks
            .validate(&subject, &seen_by_all, None, &mut warnings)
            .await;
    }
    drop(subject);
    cx.warnings.extend(warnings);
    asked
}

/// How a write looks from outside: a request through a subresource that shows
/// the object as another kind is about that kind.
struct Seen {
    kind: Gvk,
    own_kind: bool,
    name: String,
}

impl Seen {
    fn of(served: &Served, cx: &WriteCx<'_>, obj: &Value, old: Option<&Value>) -> Self {
        let desc = served.resource.desc;
        let object = if obj.is_null() {
            old.unwrap_or(obj)
        } else {
            obj
        };
        let given = (
            object["apiVersion"].as_str().unwrap_or_default(),
            object["kind"].as_str().unwrap_or_default(),
        );
        let own_kind = cx.booked_as.is_empty()
            || given.1.is_empty()
            || (given.1 == desc.kind && given.0 == desc.api_version());
        let kind = if own_kind {
            Gvk {
                group: desc.group.to_owned(),
                version: desc.version.to_owned(),
                kind: desc.kind.to_owned(),
            }
        } else {
            let (group, version) = given.0.rsplit_once('/').unwrap_or(("", given.0));
            Gvk {
                group: group.to_owned(),
                version: version.to_owned(),
                kind: given.1.to_owned(),
            }
        };
        let mut name = cx.name;
        if name.is_empty() {
            name = object["metadata"]["name"].as_str().unwrap_or_default();
        }
        Self {
            kind,
            own_kind,
            name: name.to_owned(),
        }
    }
}

fn subject<'a>(
    served: &'a Served,
    cx: &'a WriteCx<'_>,
    seen: &'a Seen,
    operation: &'static str,
    options: Value,
) -> Subject<'a> {
    let desc = served.resource.desc;
    let is_namespace = desc.group.is_empty() && desc.resource == "namespaces";
    Subject {
        request: Request {
            kind: seen.kind.clone(),
            resource: Gvr {
                group: desc.group.to_owned(),
                version: desc.version.to_owned(),
                resource: desc.resource.to_owned(),
            },
            subresource: cx.booked_as,
            name: &seen.name,
            // A namespace is in itself, unless it was sent without a name.
            namespace: match (is_namespace, cx.unnamed) {
                (false, _) => cx.namespace,
                (true, false) => &seen.name,
                (true, true) => "",
            },
            operation,
            user: cx.user,
            dry_run: cx.dry_run,
            options,
        },
        served,
        server: cx.server,
        access: cx.access,
        own_kind: seen.own_kind,
    }
}

/// The options of a create or an update, as those who admit see them.
fn write_options(cx: &WriteCx<'_>, operation: Operation) -> Value {
    let kind = match operation {
        Operation::Create => "CreateOptions",
        _ => "UpdateOptions",
    };
    let mut out = json!({"kind": kind, "apiVersion": "meta.k8s.io/v1"});
    let Some(query) = cx.query else { return out };
    if cx.dry_run {
        out.set_at(&["dryRun"], json!(["All"]));
    }
    for key in ["fieldManager", "fieldValidation"] {
        if let Some(text) = query.get(key).filter(|text| !text.is_empty()) {
            out.set_at(&[key], text);
        }
    }
    out
}

/// The objects of a request as the kind that it is about: through `/scale`
/// that is a Scale. Who owns what is told by trees.
fn shown(served: &Served, cx: &WriteCx<'_>, obj: &Value) -> Value {
    let mut shown = match served.resource.strategy.scale() {
        Some(paths) if cx.booked_as == "scale" && !obj.is_null() => scale::get(paths, obj),
        _ => obj.clone(),
    };
    managed_fields::unfold(&mut shown);
    shown
}

async fn ask_mutating(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &mut Value,
    old: Option<&Value>,
    rounds: &mut Reinvocation,
) -> Result<()> {
    let mut seen_obj = shown(served, cx, obj);
    let seen_old = old.map(|old| shown(served, cx, old));
    let seen = Seen::of(served, cx, &seen_obj, seen_old.as_ref());
    let mut warnings = Vec::new();
    let options = write_options(cx, operation);
    let subject = subject(served, cx, &seen, operation.word(), options);
    let inner = &cx.server.inner;
    let mut asked = inner
        .policies
        .mutate(&subject, &mut seen_obj, seen_old.as_ref(), rounds)
        .await;
    if asked.is_ok() {
        asked = inner
            .webhooks
            .mutate(
                &subject,
                &mut seen_obj,
                seen_old.as_ref(),
                rounds,
                &mut warnings,
            )
            .await;
    }
    drop(subject);
    cx.warnings.extend(warnings);
    asked?;
    match served.resource.strategy.scale() {
        Some(paths) if cx.booked_as == "scale" => scale::apply(paths, obj, &seen_obj)?,
        _ => *obj = seen_obj,
    }
    // A list of managers that was emptied is none.
    const BOOKED: &[&str] = &["metadata", "managedFields"];
    if obj
        .at(BOOKED)
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty)
    {
        obj.remove_at(BOOKED);
    }
    // Nor may they add what a custom resource does not declare.
    if let Some(kind) = &served.resource.custom {
        kind.prune(obj);
    }
    Ok(())
}

/// `told` are the options of the request, and whether it names the object.
async fn ask_validating(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &Value,
    old: Option<&Value>,
    (options, named): (Value, bool),
) -> Result<()> {
    let inner = &cx.server.inner;
    let seen_obj = shown(served, cx, obj);
    let seen_old = old.map(|old| shown(served, cx, old));
    let mut seen = Seen::of(served, cx, &seen_obj, seen_old.as_ref());
    if !named {
        seen.name.clear();
    }
    let mut warnings = Vec::new();
    let subject = subject(served, cx, &seen, operation.word(), options);
    let mut asked = inner
        .policies
        .validate(&subject, &seen_obj, seen_old.as_ref(), &mut warnings)
        .await;
    if asked.is_ok() {
        asked = inner
            .webhooks
            .validate(&subject, &seen_obj, seen_old.as_ref(), &mut warnings)
            .await;
    }
    drop(subject);
    cx.warnings.extend(warnings);
    asked
}

/// Nobody hands out rights that they do not have.
async fn check_escalation(
    served: &Served,
    cx: &WriteCx<'_>,
    obj: &Value,
    old: Option<&Value>,
) -> Result<()> {
    let desc = served.resource.desc;
    let inner = &cx.server.inner;
    let Some(rbac) = &inner.rbac else {
        return Ok(());
    };
    let name = obj["metadata"]["name"].as_str().unwrap_or_default();
    let write = escalation::Write {
        resource: desc.resource,
        namespace: cx.namespace,
        name: cx.name,
        new: obj,
        old,
    };
    match escalation::check_write(rbac, &*inner.authorizer, cx.user, &write).await {
        Ok(()) => Ok(()),
        Err(EscalationError::Forbidden(why)) => Err(Error::about(
            403,
            "Forbidden",
            desc.group,
            desc.resource,
            name,
            &format!("is forbidden: {why}"),
        )),
        Err(EscalationError::RoleNotFound(role)) => {
            Err(Error::not_found(desc.group, desc.resource, &role))
        }
        Err(unknown @ EscalationError::UnknownRoleKind(_)) => {
            Err(Error::simple(500, "", unknown.to_string()))
        }
    }
}

/// Lets plugins, policies and webhooks refuse a create or an update.
pub async fn validate(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &Value,
    old: Option<&Value>,
) -> Result<()> {
    if !cx.admission {
        return Ok(());
    }
    if served.resource.desc.group == crate::policy::access::GROUP {
        Box::pin(crate::policy::access::check(served, cx, obj, old)).await?;
    }
    check(served, cx, operation, obj, old, |cx| {
        (write_options(cx, operation), true)
    })
    .await
}

async fn check(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &Value,
    old: Option<&Value>,
    told: impl FnOnce(&WriteCx<'_>) -> (Value, bool),
) -> Result<()> {
    let since = Instant::now();
    let outcome = check_all(served, cx, operation, obj, old, told).await;
    cx.server
        .inner
        .metrics
        .admitted("validate", operation.word(), outcome.is_err(), since);
    outcome
}

async fn check_all(
    served: &Served,
    cx: &mut WriteCx<'_>,
    operation: Operation,
    obj: &Value,
    old: Option<&Value>,
    told: impl FnOnce(&WriteCx<'_>) -> (Value, bool),
) -> Result<()> {
    let inner = &cx.server.inner;
    let plugins = &inner.admission;
    let warnings = plugins
        .validate(&attributes(served, cx, operation), obj, old)
        .await?;
    cx.warnings.extend(warnings);
    if inner.webhooks.any_validating() || inner.policies.any_validating() {
        let told = told(&*cx);
        Box::pin(ask_validating(served, cx, operation, obj, old, told)).await?;
    }
    // What is counted against a quota comes last: nobody may refuse it after.
    let warnings = plugins
        .validate_last(&attributes(served, cx, operation), obj, old)
        .await?;
    cx.warnings.extend(warnings);
    Ok(())
}
