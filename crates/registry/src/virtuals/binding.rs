//! Binding: a pod is given its node.

use super::success;
use crate::context::Ctx;
use crate::objects::Gr;
use crate::tree::{self, at, list, s, set};
use crate::validation::names;
use skeg_meta::{GroupResource, Status};
use skeg_schema::{Value, json};

const ZONE: &str = "topology.kubernetes.io/zone";
const REGION: &str = "topology.kubernetes.io/region";
/// Others write the pod meanwhile; each try reads it anew.
const TRIES: usize = 10;

/// Binds. `resource` is how conflicts name the request.
pub async fn bind(ctx: &Ctx<'_>, name: &str, body: &Value) -> Result<(u16, Value), Status> {
    let target = at(body, "target");
    let mut wrong = Vec::new();
    if !matches!(s(target, "kind"), "" | "Node") {
        wrong.push(format!(
            "target.kind: Unsupported value: {:?}: supported values: \"Node\", \"<empty>\"",
            s(target, "kind")
        ));
    }
    if s(target, "name").is_empty() {
        wrong.push("target.name: Required value".to_owned());
    } else if matches!(s(target, "kind"), "" | "Node") {
        let node = s(target, "name");
        for words in names::dns1123_subdomain(node, false) {
            wrong.push(format!("target.name: Invalid value: {node:?}: {words}"));
        }
    }
    if !wrong.is_empty() {
        return Err(Status::plain_error(skeg_meta::join_errors(&wrong)));
    }
    let node = s(target, "name");
    let conflict =
        |words: String| Status::conflict(&GroupResource::new("", "pods/binding"), name, words);
    let mut last = None;
    for _ in 0..TRIES {
        let Some(pod) = ctx.objects.get(Gr::PODS, ctx.namespace, name).await? else {
            return Err(Status::not_found(&GroupResource::new("", "pods"), name));
        };
        for (field, word) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
            let wanted = tree::sp(body, &["metadata", field]);
            let own = tree::sp(&pod, &["metadata", field]);
            if !wanted.is_empty() && wanted != own {
                return Err(Status::conflict(
                    &GroupResource::new("", "pods"),
                    name,
                    format!(
                        "StorageError: invalid object, Code: 4, Key: /registry/pods/{}/{name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: {word} in precondition: {wanted}, {word} in object meta: {own}",
                        ctx.namespace
                    ),
                ));
            }
        }
        if tree::is_deleting(&pod) {
            return Err(conflict(format!(
                "pod {name} is being deleted, cannot be assigned to a host"
            )));
        }
        let has = tree::sp(&pod, &["spec", "nodeName"]);
        if !has.is_empty() {
            return Err(conflict(format!(
                "pod {name} is already assigned to node {has:?}"
            )));
        }
        if !list(at(&pod, "spec"), "schedulingGates").is_empty() {
            return Err(conflict(format!(
                "pod {name} has non-empty .spec.schedulingGates"
            )));
        }
        let mut pod = (*pod).clone();
        assign(ctx, &mut pod, body, node);
        if ctx.dry_run {
            return Ok(success(201));
        }
        match ctx
            .objects
            .update(Gr::PODS, ctx.namespace, "binding", pod)
            .await
        {
            Ok(_) => return Ok(success(201)),
            Err(e) if e.code == 409 => last = Some(e),
            Err(e) => return Err(e),
        }
    }
    Err(last.unwrap_or_else(|| conflict("the pod changes too quickly".to_owned())))
}

fn assign(ctx: &Ctx<'_>, pod: &mut Value, body: &Value, node: &str) {
    set(tree::obj_mut(pod, "spec"), "nodeName", node);
    let meta = at(body, "metadata");
    for field in ["annotations", "labels"] {
        let more: Vec<(String, Value)> = tree::entries(meta, field)
            .map(|(k, v)| (k.to_owned(), v.clone()))
            .collect();
        if more.is_empty() {
            continue;
        }
        let all = tree::obj_mut(tree::obj_mut(pod, "metadata"), field);
        for (k, v) in more {
            set(all, k, v);
        }
    }
    // Where the node is, for those who read it from the pod (KEP-4742).
    if let Some(found) = ctx.objects.cached(Gr::NODES, "", node) {
        for key in [ZONE, REGION] {
            if let Some(v) = tree::label(&found, key) {
                set(
                    tree::obj_mut(tree::obj_mut(pod, "metadata"), "labels"),
                    key,
                    v,
                );
            }
        }
    }
    let status = tree::obj_mut(pod, "status");
    tree::remove(status, "nominatedNodeName");
    let Some(conditions) = tree::vec_mut(status, "conditions") else {
        return;
    };
    let mut bound = json!({
        "type": "PodScheduled",
        "status": "True",
        "lastProbeTime": null,
        "lastTransitionTime": ctx.now.to_string(),
    });
    // The first of the type is replaced where it stands.
    let kept = conditions
        .iter_mut()
        .find(|c| s(c, "type") == "PodScheduled");
    match kept {
        Some(old) => {
            if s(old, "status") == "True" {
                tree::copy(&mut bound, old, "lastTransitionTime");
            }
            *old = bound;
        }
        None => conditions.push(bound),
    }
}
