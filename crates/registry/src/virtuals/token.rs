//! TokenRequest: a token for a service account.

use super::Env;
use crate::context::Ctx;
use crate::errors::Errs;
use crate::objects::Gr;
use crate::path::Path;
use crate::tree::{self, at, list, s, set};
use skeg_auth::token::{Binding, ObjectRef, TokenSpec};
use skeg_meta::{GroupKind, GroupResource, Status};
use skeg_schema::{Value, json};

const SECONDS_DEFAULT: i64 = 3600;
const SECONDS_MIN: i64 = 600;

/// Defaults of a TokenRequest.
pub fn default(body: &mut Value) {
    let spec = tree::obj_mut(body, "spec");
    tree::default_to(spec, "expirationSeconds", SECONDS_DEFAULT);
}

/// The life that a token is given where more is asked for than there is.
fn shortened(env: &Env, asked: i64) -> Option<i64> {
    let max = env.tokens.as_ref()?.expiration_max()?;
    (asked > max).then_some(max)
}

/// Says that a token will live shorter than is asked.
pub fn warning(env: &Env, body: &Value) -> Option<String> {
    let asked = tree::i0(at(body, "spec"), "expirationSeconds");
    let given = shortened(env, asked)?;
    Some(format!(
        "requested expiration of {asked} seconds shortened to {given} seconds"
    ))
}

/// Issues a token for the account `ctx.name`.
pub async fn request(env: &Env, ctx: &Ctx<'_>, mut body: Value) -> Result<(u16, Value), Status> {
    let issuer = env
        .tokens
        .as_ref()
        .ok_or_else(|| Status::internal_error("no key to sign service account tokens with"))?;
    default(&mut body);
    let objects = ctx.objects;
    let own_name = tree::name_of(&body);
    if !own_name.is_empty() && own_name != ctx.name {
        let mut errs = Errs::new();
        errs.invalid(
            &Path::root("metadata").child("name"),
            own_name,
            "must match the service account name if specified",
        );
        return Err(invalid(ctx.name, errs));
    }
    let account = objects
        .get(Gr::SERVICE_ACCOUNTS, ctx.namespace, ctx.name)
        .await?
        .ok_or_else(|| Status::not_found(&GroupResource::new("", "serviceaccounts"), ctx.name))?;
    let (asked, uid) = (
        tree::sp(&body, &["metadata", "uid"]),
        tree::sp(&account, &["metadata", "uid"]),
    );
    if !asked.is_empty() && asked != uid {
        return Err(Status::conflict(
            &GroupResource::new("authentication.k8s.io", "TokenRequest"),
            ctx.name,
            format_args!(
                "the UID in the token request ({asked}) does not match the UID of the service account ({uid})"
            ),
        ));
    }
    let spec = at(&body, "spec");
    let seconds = tree::i0(spec, "expirationSeconds");
    let mut errs = Errs::new();
    let path = Path::root("spec");
    if seconds < SECONDS_MIN {
        errs.invalid(
            &path.child("expirationSeconds"),
            seconds,
            "may not specify a duration less than 10 minutes",
        );
    }
    if seconds > 1 << 32 {
        errs.invalid(
            &path.child("expirationSeconds"),
            seconds,
            "may not specify a duration larger than 2^32 seconds",
        );
    }
    if !errs.is_empty() {
        return Err(invalid("", errs));
    }
    let binding = bound(ctx, at(spec, "boundObjectRef"), &account).await?;
    let given = shortened(env, seconds);
    let issued = issuer
        .issue(&TokenSpec {
            namespace: ctx.namespace.to_owned(),
            account: reference(&account),
            audiences: list(spec, "audiences")
                .iter()
                .filter_map(|a| a.as_str().map(str::to_owned))
                .collect(),
            expiration_seconds: seconds,
            binding,
        })
        .map_err(|e| Status::internal_error(format!("failed to generate token: {e}")))?;
    skeg_auth::audit::annotate(
        "authentication.kubernetes.io/issued-credential-id",
        format!("JTI={}", issued.id),
    );
    let expires = jiff::Timestamp::from_second(issued.expires_at)
        .map(|t| t.to_string())
        .unwrap_or_default();
    let spec = tree::obj_mut(&mut body, "spec");
    set(spec, "audiences", issued.audiences);
    if let Some(given) = given {
        set(spec, "expirationSeconds", given);
    }
    let meta = tree::obj_mut(&mut body, "metadata");
    set(meta, "name", ctx.name);
    set(meta, "namespace", ctx.namespace);
    set(meta, "uid", tree::sp(&account, &["metadata", "uid"]));
    set(meta, "creationTimestamp", ctx.now.to_string());
    set(
        &mut body,
        "status",
        json!({"token": issued.token, "expirationTimestamp": expires}),
    );
    Ok((201, body))
}

fn invalid(name: &str, errs: Errs) -> Status {
    let kind = GroupKind::new("authentication.k8s.io", "TokenRequest");
    crate::generic::invalid(&kind, name, errs)
}

fn reference(obj: &Value) -> ObjectRef {
    ObjectRef {
        name: tree::name_of(obj).to_owned(),
        uid: tree::sp(obj, &["metadata", "uid"]).to_owned(),
    }
}

async fn bound(ctx: &Ctx<'_>, r: &Value, account: &Value) -> Result<Option<Binding>, Status> {
    if r.is_null() {
        return Ok(None);
    }
    let (name, uid) = (s(r, "name"), s(r, "uid"));
    let objects = ctx.objects;
    let check = |found: &Value, kind: &'static str| {
        let own = tree::sp(found, &["metadata", "uid"]);
        if uid.is_empty() || uid == own {
            Ok(())
        } else {
            Err(Status::conflict(
                &GroupResource::new("", kind),
                name,
                format!(
                    "the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated"
                ),
            ))
        }
    };
    let absent =
        |resource: &'static str| Status::not_found(&GroupResource::new("", resource), name);
    let named = || match name {
        "" => Err(Status::bad_request("Name parameter required.")),
        _ => Ok(()),
    };
    // Of the version only the group matters.
    let (group, version) = match s(r, "apiVersion").split_once('/') {
        Some(parts) => parts,
        None => ("", s(r, "apiVersion")),
    };
    match (group, s(r, "kind")) {
        ("", "Pod") => {
            named()?;
            let pod = objects
                .get(Gr::PODS, ctx.namespace, name)
                .await?
                .ok_or_else(|| absent("pods"))?;
            if tree::sp(&pod, &["spec", "serviceAccountName"]) != tree::name_of(account) {
                return Err(Status::bad_request(format!(
                    "cannot bind token for serviceaccount {:?} to pod running with different serviceaccount name.",
                    tree::name_of(account)
                )));
            }
            check(&pod, "Pod")?;
            let node_name = tree::sp(&pod, &["spec", "nodeName"]).to_owned();
            let node = if node_name.is_empty() {
                None
            } else {
                let uid = objects
                    .cached(Gr::NODES, "", &node_name)
                    .map(|n| tree::sp(&n, &["metadata", "uid"]).to_owned());
                Some(ObjectRef {
                    name: node_name,
                    uid: uid.unwrap_or_default(),
                })
            };
            Ok(Some(Binding::Pod {
                pod: reference(&pod),
                node,
            }))
        }
        ("", "Secret") => {
            named()?;
            let secret = objects
                .get(Gr::SECRETS, ctx.namespace, name)
                .await?
                .ok_or_else(|| absent("secrets"))?;
            check(&secret, "Secret")?;
            Ok(Some(Binding::Secret(reference(&secret))))
        }
        ("", "Node") => {
            named()?;
            let node = objects
                .get(Gr::NODES, "", name)
                .await?
                .ok_or_else(|| absent("nodes"))?;
            check(&node, "Node")?;
            Ok(Some(Binding::Node(reference(&node))))
        }
        (group, kind) => Err(Status::bad_request(format!(
            "cannot bind token to object of type {group}/{version}, Kind={kind}"
        ))),
    }
}
