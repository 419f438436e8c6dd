//! OwnerReferencesPermissionEnforcement: who gives an object an owner lets others
//! delete it, and who makes an owner wait holds up its deletion.

use async_trait::async_trait;
use skeg_auth::authz;
use skeg_meta::Status;
use skeg_schema::Value;
use skeg_schema::resources::RESOURCES;

use super::certificates::SharedAuthorizer;
use super::{Attributes, Operation, Plugin, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, list, s};

/// The plugin.
pub struct OwnerReferencesPermissionEnforcement(pub SharedAuthorizer);

const DEFINITIONS: Gr = Gr("apiextensions.k8s.io", "customresourcedefinitions");

fn owners(obj: &Value) -> &[Value] {
    list(at(obj, "metadata"), "ownerReferences")
}

fn changes_owners(obj: &Value, old: Option<&Value>) -> bool {
    let before = old.map_or(&[][..], owners);
    let now = owners(obj);
    before.len() != now.len() || before.iter().zip(now).any(|(a, b)| !tree::same(a, b))
}

/// The references that make their owner wait and did not before.
fn blocking<'a>(obj: &'a Value, old: Option<&Value>) -> Vec<&'a Value> {
    let blocks = |owner: &Value| tree::b(owner, "blockOwnerDeletion");
    let before = old.map_or(&[][..], owners);
    owners(obj)
        .iter()
        .filter(|owner| blocks(owner))
        .filter(|owner| {
            // Of two with one UID the last counts.
            let same = |known: &&Value| s(known, "uid") == s(owner, "uid");
            !before.iter().rev().find(same).is_some_and(blocks)
        })
        .collect()
}

/// A resource whose objects are of a kind.
struct Mapped {
    resource: String,
    namespaced: bool,
}

/// Built-in resources, and custom ones that are served.
fn resources_of(
    attrs: &Attributes<'_>,
    group: &str,
    version: &str,
    kind: &str,
) -> Result<Vec<Mapped>, String> {
    let built_in = RESOURCES
        .iter()
        .filter(|desc| (desc.group, desc.version, desc.kind) == (group, version, kind))
        .map(|desc| Mapped {
            resource: desc.resource.to_owned(),
            namespaced: desc.namespaced,
        });
    let mut found: Vec<Mapped> = built_in.collect();
    if found.is_empty() {
        for definition in attrs.ctx.objects.cached_list(DEFINITIONS, None) {
            let spec = at(&definition, "spec");
            let serves = list(spec, "versions")
                .iter()
                .any(|v| s(v, "name") == version && tree::b(v, "served"));
            if s(spec, "group") == group && s(at(spec, "names"), "kind") == kind && serves {
                found.push(Mapped {
                    resource: s(at(spec, "names"), "plural").to_owned(),
                    namespaced: s(spec, "scope") == "Namespaced",
                });
            }
        }
    }
    if found.is_empty() {
        let version = match group {
            "" => version.to_owned(),
            group => format!("{group}/{version}"),
        };
        return Err(format!(
            "no matches for kind {kind:?} in version {version:?}"
        ));
    }
    Ok(found)
}

#[async_trait]
impl Plugin for OwnerReferencesPermissionEnforcement {
    fn name(&self) -> &'static str {
        "OwnerReferencesPermissionEnforcement"
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let is_written = matches!(attrs.operation, Operation::Create | Operation::Update);
        let is_pod_status = attrs.desc.group.is_empty()
            && attrs.desc.resource == "pods"
            && attrs.ctx.subresource == "status";
        if !is_written || is_pod_status || !changes_owners(obj, old) {
            return Ok(());
        }
        let Some(authorizer) = self.0.get() else {
            return Err(attrs.forbidden(obj, "nobody decides about owners"));
        };
        let name = match attrs.ctx.name {
            "" => tree::name_of(obj),
            name => name,
        };
        let desc = attrs.desc;
        let asked =
            authz::Attributes::resource(attrs.ctx.user, "delete", desc.group, desc.resource);
        let asked = authz::Attributes {
            namespace: attrs.namespace(),
            version: desc.version,
            subresource: attrs.ctx.subresource,
            name,
            ..asked
        };
        let answer = authorizer.authorize(&asked).await;
        if !answer.allowed() {
            let why = told(&answer);
            return Err(attrs.forbidden(
                obj,
                format!("cannot set an ownerRef on a resource you can't delete: {why}"),
            ));
        }
        for owner in blocking(obj, old) {
            let (version, kind) = (s(owner, "apiVersion"), s(owner, "kind"));
            let (group, bare) = version.rsplit_once('/').unwrap_or(("", version));
            let mapped = resources_of(attrs, group, bare, kind).map_err(|why| {
                attrs.forbidden(
                    obj,
                    format!(
                        "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion {version} Kind {kind}: {why}"
                    ),
                )
            })?;
            for resource in mapped {
                let asked = authz::Attributes::resource(
                    attrs.ctx.user,
                    "update",
                    group,
                    &resource.resource,
                );
                let asked = authz::Attributes {
                    namespace: match resource.namespaced {
                        true => attrs.namespace(),
                        false => "",
                    },
                    version: bare,
                    subresource: "finalizers",
                    name: s(owner, "name"),
                    ..asked
                };
                let answer = authorizer.authorize(&asked).await;
                if !answer.allowed() {
                    let why = told(&answer);
                    return Err(attrs.forbidden(
                        obj,
                        format!(
                            "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: {why}"
                        ),
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Reason and error of a no, as upstream joins them.
fn told(answer: &authz::Authorization) -> String {
    let error = answer.error.as_deref().unwrap_or("<nil>");
    format!("{}, {error}", answer.reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn owners_that_change_and_those_that_begin_to_wait() {
        let of = |owners: Value| json!({"metadata": {"ownerReferences": owners}});
        let (waits, not) = (
            json!({"uid": "1", "blockOwnerDeletion": true}),
            json!({"uid": "1"}),
        );
        let none = json!({"metadata": {}});
        assert!(!changes_owners(&none, None));
        assert!(changes_owners(&of(json!([not.clone()])), None));
        let (with, without) = (of(json!([waits])), of(json!([not])));
        assert!(changes_owners(&with, Some(&without)));
        assert!(!changes_owners(&with, Some(&with)));
        assert_eq!(blocking(&with, Some(&without)).len(), 1);
        assert_eq!(blocking(&with, None).len(), 1);
        assert!(blocking(&with, Some(&with)).is_empty());
        assert!(blocking(&without, Some(&with)).is_empty());
    }
}
