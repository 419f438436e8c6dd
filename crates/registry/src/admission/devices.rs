//! Who may ask for devices that others use, and who may say what a claim was given.

use super::certificates::SharedAuthorizer;
use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::errors::Errs;
use crate::objects::Gr;
use crate::path::Path;
use crate::tree::{self, at, list, s};
use async_trait::async_trait;
use skeg_auth::{UserInfo, authz};
use skeg_meta::{GroupKind, GroupResource, Status};
use skeg_schema::Value;
use std::collections::BTreeSet;

const GROUP: &str = "resource.k8s.io";
const CLAIMS: &str = "resourceclaims";
const TEMPLATES: &str = "resourceclaimtemplates";
const LABEL: &str = "resource.kubernetes.io/admin-access";
const NODE_NAME: &str = "authentication.kubernetes.io/node-name";

/// Claims with admin access need a namespace that is marked for it; of a claim's status, who
/// writes what was allocated needs `resourceclaims/binding`, and who writes a driver's devices
/// needs `resourceclaims/driver` (pkg/registry/resource/authorization.go).
pub struct DeviceAccess(pub SharedAuthorizer);

#[async_trait]
impl Plugin for DeviceAccess {
    fn name(&self) -> &'static str {
        "DeviceAdminAccess"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[(GROUP, CLAIMS), (GROUP, TEMPLATES)])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let mut errs = Errs::new();
        match (attrs.desc.resource, attrs.ctx.subresource) {
            _ if attrs.operation == Operation::Delete => {}
            (CLAIMS, "status") => {
                let old = old.unwrap_or(&Value::Null);
                admin_results(attrs, obj, old, &mut errs).await?;
                self.may_bind(attrs, obj, old, &mut errs).await;
                self.may_speak_for_drivers(attrs, obj, old, &mut errs).await;
            }
            (CLAIMS, "") => admin_requests(attrs, at(obj, "spec"), &mut errs).await?,
            (TEMPLATES, "") => {
                let spec = tree::path(obj, &["spec", "spec"]);
                admin_requests(attrs, spec, &mut errs).await?;
            }
            _ => {}
        }
        if errs.is_empty() {
            return Ok(());
        }
        let kind = GroupKind::new(GROUP, attrs.desc.kind);
        Err(crate::generic::invalid(&kind, tree::name_of(obj), errs))
    }
}

/// The first of the requests that asks for it is named.
async fn admin_requests(
    attrs: &Attributes<'_>,
    spec: &Value,
    errs: &mut Errs,
) -> Result<(), Status> {
    let requests = list(at(spec, "devices"), "requests");
    let asks = |request: &Value| tree::b(at(request, "exactly"), "adminAccess");
    let Some(n) = requests.iter().position(asks) else {
        return Ok(());
    };
    let path = Path::root("spec");
    let path = path.child("devices");
    let path = path.child("requests");
    marked(attrs, &path.index(n).child("adminAccess"), errs).await
}

/// What was once allocated is not looked at again.
async fn admin_results(
    attrs: &Attributes<'_>,
    new: &Value,
    old: &Value,
    errs: &mut Errs,
) -> Result<(), Status> {
    let first = |claim: &Value| {
        let devices = tree::path(claim, &["status", "allocation", "devices"]);
        list(devices, "results")
            .iter()
            .position(|result| tree::b(result, "adminAccess"))
    };
    let (Some(n), None) = (first(new), first(old)) else {
        return Ok(());
    };
    let path = Path::root("status");
    let path = path.child("allocation");
    let path = path.child("devices");
    let path = path.child("results");
    marked(attrs, &path.index(n).child("adminAccess"), errs).await
}

async fn marked(attrs: &Attributes<'_>, path: &Path<'_>, errs: &mut Errs) -> Result<(), Status> {
    let objects = attrs.ctx.objects;
    let namespace = objects.get(Gr::NAMESPACES, "", attrs.namespace()).await?;
    let marked =
        namespace.is_some_and(|ns| tree::sp(&ns, &["metadata", "labels", LABEL]) == "true");
    if !marked {
        let why = "label on the containing namespace";
        let what = "admin access to devices requires the";
        errs.forbidden(path, format!("{what} `{LABEL}: true` {why}"));
    }
    Ok(())
}

impl DeviceAccess {
    /// A refusal's message, if the user may not do this.
    async fn refusal(&self, asked: &authz::Attributes<'_>) -> Option<String> {
        let mut reason = "";
        let answer;
        if let Some(authorizer) = self.0.get() {
            answer = authorizer.authorize(asked).await;
            if answer.allowed() {
                return None;
            }
            reason = &answer.reason;
        }
        let resource = GroupResource::new(GROUP, CLAIMS);
        Some(Status::forbidden(&resource, asked.name, asked.refusal(reason)).message)
    }

    async fn may_bind(&self, attrs: &Attributes<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        let same = |field| {
            let of = |claim| tree::path(claim, &["status", field]);
            tree::same(of(new), of(old))
        };
        if same("allocation") && same("reservedFor") {
            return;
        }
        let verb = attrs.ctx.verb;
        // Claims are bound wherever they are.
        let asked = authz::Attributes {
            subresource: "binding",
            version: attrs.desc.version,
            ..authz::Attributes::resource(attrs.ctx.user, verb, GROUP, CLAIMS)
        };
        if let Some(why) = self.refusal(&asked).await {
            let what = "changing status.allocation or status.reservedFor requires";
            let needed = format!("resource=\"resourceclaims/binding\", verb=\"{verb}\"");
            let path = Path::root("status");
            errs.forbidden(&path, format!("{what} {needed} permission: {why}"));
        }
    }

    async fn may_speak_for_drivers(
        &self,
        attrs: &Attributes<'_>,
        new: &Value,
        old: &Value,
        errs: &mut Errs,
    ) {
        let drivers = changed_drivers(at(new, "status"), at(old, "status"));
        let node = allocated_node(tree::path(new, &["status", "allocation"]));
        let mut verbs = Vec::with_capacity(2);
        if node.is_some_and(|node| is_of_node(attrs.ctx.user, node)) {
            verbs.push(format!("associated-node:{}", attrs.ctx.verb));
        }
        verbs.push(format!("arbitrary-node:{}", attrs.ctx.verb));
        let status = Path::root("status");
        let path = status.child("devices");
        for driver in drivers {
            let mut first = None;
            let mut may = false;
            for verb in &verbs {
                let asked = authz::Attributes {
                    subresource: "driver",
                    version: attrs.desc.version,
                    namespace: attrs.namespace(),
                    name: driver,
                    ..authz::Attributes::resource(attrs.ctx.user, verb, GROUP, CLAIMS)
                };
                match self.refusal(&asked).await {
                    None => may = true,
                    Some(why) => first = first.or(Some(why)),
                }
                if may {
                    break;
                }
            }
            if let (false, Some(why)) = (may, first) {
                let verbs = verbs.join(" ");
                let needed = format!("resource=\"resourceclaims/driver\", verb=\"[{verbs}]\"");
                errs.forbidden(
                    &path,
                    format!("changing status.devices requires {needed} permission: {why}"),
                );
            }
        }
    }
}

/// The drivers with an entry that came, went or is another. What goes with the allocation
/// of its device needs nobody's leave.
fn changed_drivers<'a>(new: &'a Value, old: &'a Value) -> BTreeSet<&'a str> {
    let key =
        |device: &'a Value| ["driver", "pool", "device", "shareID"].map(|field| s(device, field));
    let has = |status: &'a Value, device: &'a Value| {
        let results = list(tree::path(status, &["allocation", "devices"]), "results");
        results.iter().any(|result| key(result) == key(device))
    };
    let freed = |device: &&'a Value| has(old, device) && !has(new, device);
    let (new, old) = (list(new, "devices"), list(old, "devices"));
    let unlike = |these: &'a [Value], those: &'a [Value]| {
        these.iter().filter(move |this| {
            let that = those.iter().find(|that| key(that) == key(this));
            that.is_none_or(|that| !tree::same(this, that))
        })
    };
    unlike(new, old)
        .chain(unlike(old, new))
        .filter(|device| !freed(device))
        .map(|device| s(device, "driver"))
        .collect()
}

/// The node of an allocation that is good on one node only.
fn allocated_node(allocation: &Value) -> Option<&str> {
    let [term] = list(at(allocation, "nodeSelector"), "nodeSelectorTerms") else {
        return None;
    };
    let ([], [field]) = (list(term, "matchExpressions"), list(term, "matchFields")) else {
        return None;
    };
    let [node] = list(field, "values") else {
        return None;
    };
    let names = s(field, "key") == "metadata.name" && s(field, "operator") == "In";
    node.as_str().filter(|node| names && !node.is_empty())
}

/// Whether it is a service account whose token is of a pod on this node.
fn is_of_node(user: &UserInfo, node: &str) -> bool {
    let named = user.extra.get(NODE_NAME);
    user.name.starts_with("system:serviceaccount:")
        && named.is_some_and(|names| matches!(names.as_slice(), [name] if name == node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_goes_with_its_allocation_needs_nobodys_leave() {
        let device = json!({"driver": "d", "pool": "p", "device": "g0"});
        let device = || device.clone();
        let held = json!({"allocation": {"devices": {"results": [(device())]}},
            "devices": [(device())]});
        let check = |new: Value, expect: &[&str]| {
            let changed: Vec<_> = changed_drivers(&new, &held).into_iter().collect();
            assert_eq!(changed, expect);
        };
        check(json!({}), &[]);
        let kept = json!({"allocation": {"devices": {"results": [(device())]}}});
        check(kept, &["d"]);
        let other = json!({"devices": [{"driver": "e"}]});
        check(other, &["e"]);
    }
}
