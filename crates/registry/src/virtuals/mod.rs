//! Requests that store no object of their own: reviews, bindings, evictions,
//! tokens, component statuses. Trees in, trees out.

mod binding;
mod eviction;
mod reviews;
mod selectors;
mod token;

use crate::context::Ctx;
use crate::tree;
use async_trait::async_trait;
use skeg_auth::Authorizer;
use skeg_auth::authn::RequestAuthenticator;
use skeg_auth::authz::Rbac;
use skeg_auth::token::TokenIssuer;
use skeg_meta::{GroupResource, Status};
use skeg_schema::resources::ResourceDesc;
use skeg_schema::{Value, json};
use std::sync::Arc;

/// What these requests need beside the objects.
#[derive(Clone)]
pub struct Env {
    /// Who may what.
    pub authorizer: Arc<dyn Authorizer>,
    /// The role index, for SelfSubjectRulesReview.
    pub rbac: Option<Arc<Rbac>>,
    /// Signs service account tokens.
    pub tokens: Option<Arc<TokenIssuer>>,
    /// Knows tokens, for TokenReview.
    pub reviewer: Option<Arc<RequestAuthenticator>>,
    /// The health of the cluster's components.
    pub components: Option<Arc<dyn Components>>,
}

/// Asks the components how they are, for ComponentStatus.
#[async_trait]
pub trait Components: Send + Sync {
    /// Name and what is wrong (`Ok`: the healthy answer's text).
    async fn health(&self) -> Vec<(String, Result<String, String>)>;
}

/// Whether it is a review, which is answered and not stored: admission asks neither webhooks
/// nor policies about them.
pub fn is_review(group: &str, resource: &str) -> bool {
    match group {
        "authentication.k8s.io" => matches!(resource, "selfsubjectreviews" | "tokenreviews"),
        "authorization.k8s.io" => matches!(
            resource,
            "localsubjectaccessreviews"
                | "selfsubjectaccessreviews"
                | "selfsubjectrulesreviews"
                | "subjectaccessreviews"
        ),
        _ => false,
    }
}

/// POST on a virtual resource. Answers the HTTP code and the object.
pub async fn create(
    env: &Env,
    ctx: &Ctx<'_>,
    desc: &ResourceDesc,
    body: Value,
) -> Result<(u16, Value), Status> {
    match (desc.group, desc.resource) {
        ("", "bindings") => binding::bind(ctx, tree::name_of(&body), &body).await,
        ("authentication.k8s.io", "tokenreviews") => reviews::token(env, body).await,
        ("authentication.k8s.io", "selfsubjectreviews") => Ok(reviews::self_subject(ctx)),
        ("authorization.k8s.io", "subjectaccessreviews") => {
            reviews::subject_access(env, body, None).await
        }
        ("authorization.k8s.io", "localsubjectaccessreviews") => {
            reviews::subject_access(env, body, Some(ctx.namespace)).await
        }
        ("authorization.k8s.io", "selfsubjectaccessreviews") => {
            reviews::self_access(env, ctx, body).await
        }
        ("authorization.k8s.io", "selfsubjectrulesreviews") => reviews::self_rules(env, ctx, body),
        _ => Err(Status::no_such_resource()),
    }
}

/// Defaults of the body of such a request.
pub fn default(desc: &ResourceDesc, subresource: &str, body: &mut Value) {
    if let ("", "serviceaccounts", "token") = (desc.group, desc.resource, subresource) {
        token::default(body);
    }
}

/// What is odd about a subresource that is made, if it is.
pub fn warning(env: &Env, desc: &ResourceDesc, subresource: &str, body: &Value) -> Option<String> {
    match (desc.group, desc.resource, subresource) {
        ("", "serviceaccounts", "token") => token::warning(env, body),
        _ => None,
    }
}

/// POST on a subresource that makes something: `ctx.name` is the parent,
/// `ctx.subresource` the subresource.
pub async fn create_subresource(
    env: &Env,
    ctx: &Ctx<'_>,
    desc: &ResourceDesc,
    body: Value,
) -> Result<(u16, Value), Status> {
    match (desc.group, desc.resource, ctx.subresource) {
        ("", "pods", "binding") => {
            let name = tree::name_of(&body);
            if name != ctx.name {
                return Err(Status::bad_request(
                    "name in URL does not match name in Binding object",
                ));
            }
            binding::bind(ctx, name, &body).await
        }
        ("", "pods", "eviction") => eviction::evict(ctx, body).await,
        ("", "serviceaccounts", "token") => token::request(env, ctx, body).await,
        _ => Err(Status::no_such_resource()),
    }
}

/// GET of a virtual collection (componentstatuses).
pub async fn list(env: &Env, _ctx: &Ctx<'_>, _desc: &ResourceDesc) -> Vec<Value> {
    let Some(components) = &env.components else {
        return Vec::new();
    };
    components
        .health()
        .await
        .into_iter()
        .map(|(name, health)| {
            let (status, message) = match health {
                Ok(text) => ("True", text),
                Err(text) => ("False", text),
            };
            json!({
                "apiVersion": "v1",
                "kind": "ComponentStatus",
                "metadata": {"name": name},
                "conditions": [{"type": "Healthy", "status": status, "message": message}],
            })
        })
        .collect()
}

/// GET of one virtual object.
pub async fn get(
    env: &Env,
    ctx: &Ctx<'_>,
    desc: &ResourceDesc,
    name: &str,
) -> Result<Value, Status> {
    list(env, ctx, desc)
        .await
        .into_iter()
        .find(|v| tree::name_of(v) == name)
        .ok_or_else(|| Status::not_found(&GroupResource::new("", "componentstatus"), name))
}

fn success(code: u16) -> (u16, Value) {
    (
        code,
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
            "code": i64::from(code),
        }),
    )
}
