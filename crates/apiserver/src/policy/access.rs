//! Who writes an admission policy or a binding must be allowed to read what it
//! reads for everybody: its parameters.

use skeg_auth::authz::Attributes;
use skeg_auth::{UserInfo, names};
use skeg_meta::GroupKind;
use skeg_registry::errors::Errs;
use skeg_registry::objects::Gr;
use skeg_registry::path::Path;
use skeg_registry::tree;
use skeg_schema::Value;

use super::params::ParamKind;
use crate::error::{Error, Result};
use crate::objects::WriteCx;
use crate::served::Served;

/// The group of policies and bindings.
pub const GROUP: &str = "admissionregistration.k8s.io";

/// Refuses a policy or binding, right in all else, whose writer may not read
/// its parameters. What an update leaves as it was is not asked about.
///
/// # Errors
/// The writer may not.
pub(crate) async fn check(
    served: &Served,
    cx: &WriteCx<'_>,
    obj: &Value,
    old: Option<&Value>,
) -> Result<()> {
    if cx.user.in_group(names::MASTERS) {
        return Ok(());
    }
    let desc = served.resource.desc;
    let (field, fault) = match desc.resource {
        "validatingadmissionpolicies" | "mutatingadmissionpolicies" => {
            ("paramKind", of_policy(cx, obj, old).await)
        }
        "validatingadmissionpolicybindings" => {
            let policies = Gr(GROUP, "validatingadmissionpolicies");
            ("paramRef", of_binding(cx, policies, obj, old).await?)
        }
        "mutatingadmissionpolicybindings" => {
            let policies = Gr(GROUP, "mutatingadmissionpolicies");
            ("paramRef", of_binding(cx, policies, obj, old).await?)
        }
        _ => return Ok(()),
    };
    let Some(words) = fault else {
        return Ok(());
    };
    let mut errs = Errs::new();
    errs.forbidden(&Path::root("spec").child(field), words);
    let kind = GroupKind::new(desc.group, desc.kind);
    Err(Error::from(skeg_registry::generic::invalid(
        &kind,
        tree::name_of(obj),
        errs,
    )))
}

/// Group, version and resource of parameters; `*` for what cannot be known.
fn parameters(cx: &WriteCx<'_>, kind: &Value) -> (String, String, String) {
    let any = || "*".to_owned();
    let version = tree::s(kind, "apiVersion");
    let Some(wanted) = ParamKind::parse(kind).filter(|_| version.matches('/').count() < 2) else {
        return (any(), any(), any());
    };
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let resource = wanted
        .served(cx.server)
        .map_or_else(|_| any(), |served| served.resource.desc.resource.to_owned());
    (group.to_owned(), version.to_owned(), resource)
}

// A policy may be bound to any object of its kind.
async fn of_policy(cx: &WriteCx<'_>, obj: &Value, old: Option<&Value>) -> Option<String> {
    let kind = tree::path(obj, &["spec", "paramKind"]);
    let before = old.map(|old| tree::path(old, &["spec", "paramKind"]));
    if kind.is_null() || before == Some(kind) {
        return None;
    }
    let (group, version, resource) = parameters(cx, kind);
    let asked = Attributes {
        version: &version,
        ..Attributes::resource(cx.user, "get", &group, &resource)
    };
    if allowed(cx, &asked).await {
        return None;
    }
    Some(format!(
        "user {} must have \"get\" permission on all objects of the referenced paramKind (kind={}, apiVersion={})",
        go_user(cx.user),
        tree::s(kind, "kind"),
        tree::s(kind, "apiVersion"),
    ))
}

async fn of_binding(
    cx: &WriteCx<'_>,
    policies: Gr,
    obj: &Value,
    old: Option<&Value>,
) -> Result<Option<String>> {
    let reference = tree::path(obj, &["spec", "paramRef"]);
    let policy = tree::sp(obj, &["spec", "policyName"]);
    let same = old.is_some_and(|old| {
        tree::path(old, &["spec", "paramRef"]) == reference
            && tree::sp(old, &["spec", "policyName"]) == policy
    });
    if reference.is_null() || same {
        return Ok(None);
    }
    let found = cx.ctx().objects.get(policies, "", policy).await?;
    let kind = found.as_deref().map_or(&tree::NULL, |found| {
        tree::path(found, &["spec", "paramKind"])
    });
    let (group, version, resource) = parameters(cx, kind);
    let name = tree::s(reference, "name");
    let verb = if name.is_empty() { "list" } else { "get" };
    let asked = Attributes {
        version: &version,
        name,
        namespace: tree::s(reference, "namespace"),
        ..Attributes::resource(cx.user, verb, &group, &resource)
    };
    Ok((!allowed(cx, &asked).await).then(|| {
        format!(
            "user {} does not have \"{verb}\" permission on the object referenced by paramRef",
            go_user(cx.user)
        )
    }))
}

async fn allowed(cx: &WriteCx<'_>, asked: &Attributes<'_>) -> bool {
    let answer = cx.server.inner.authorizer.authorize(asked).await;
    answer.allowed()
}

// As Go prints the pointer to a user.
fn go_user(user: &UserInfo) -> String {
    let extra: Vec<String> = user
        .extra
        .iter()
        .map(|(key, values)| format!("{key}:[{}]", values.join(" ")))
        .collect();
    format!(
        "&{{{} {} [{}] map[{}]}}",
        user.name,
        user.uid,
        user.groups.join(" "),
        extra.join(" ")
    )
}
