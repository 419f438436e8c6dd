//! Eviction: a deletion that asks the pod's disruption budget first.

use super::success;
use crate::context::Ctx;
use crate::objects::Gr;
use crate::tree::{self, at, list, s, set};
use crate::validation::metadata::selector_matches;
use skeg_meta::{GroupResource, Status, StatusCause, StatusDetails};
use skeg_schema::{Value, json};
use std::sync::Arc;

const TRIES: usize = 10;
/// More disrupted pods than this and the budget's controller does not keep up.
const DISRUPTED_MAX: usize = 2000;
const WORDS: &str = "Cannot evict pod as it would violate the pod's disruption budget.";

/// Evicts the pod `ctx.name`.
pub async fn evict(ctx: &Ctx<'_>, body: Value) -> Result<(u16, Value), Status> {
    if tree::name_of(&body) != ctx.name {
        return Err(Status::bad_request(
            "name in URL does not match name in Eviction object",
        ));
    }
    let options = at(&body, "deleteOptions").clone();
    let in_body = list(&options, "dryRun");
    if ctx.dry_run && !in_body.is_empty() && in_body != [Value::from("All")] {
        let told: Vec<&str> = in_body.iter().filter_map(Value::as_str).collect();
        return Err(Status::plain_error(format!(
            "Non-matching dry-run options in request and content: [All] and [{}]",
            told.join(" ")
        )));
    }
    let dry_run = ctx.dry_run || !in_body.is_empty();
    let gone = || Status::not_found(&GroupResource::new("", "pods"), ctx.name);
    for _ in 0..TRIES {
        let pod = ctx
            .objects
            .get(Gr::PODS, ctx.namespace, ctx.name)
            .await?
            .ok_or_else(gone)?;
        if !ignores_budgets(&pod) {
            match budget(ctx, &pod, dry_run).await? {
                Outcome::Granted => {}
                Outcome::Again => continue,
            }
        }
        if !dry_run && !tree::is_deleting(&pod) && !mark(ctx, &pod).await? {
            continue;
        }
        let options = with_preconditions(&options, &pod, dry_run);
        return match ctx
            .objects
            .delete(Gr::PODS, ctx.namespace, ctx.name, &options)
            .await
        {
            Ok(Some(_)) => Ok(success(201)),
            Ok(None) => Err(gone()),
            Err(e) if e.code == 409 && !has_preconditions(&body) => continue,
            Err(e) => Err(e),
        };
    }
    Err(too_many(
        None,
        "the pod or its budget changes too quickly".into(),
    ))
}

// Says on the pod why it goes. `false`: it has changed meanwhile.
async fn mark(ctx: &Ctx<'_>, pod: &Value) -> Result<bool, Status> {
    let mut pod = pod.clone();
    let status = tree::obj_mut(&mut pod, "status");
    if let Some(all) = tree::vec_mut(status, "conditions") {
        all.retain(|c| s(c, "type") != "DisruptionTarget");
        all.push(json!({
            "type": "DisruptionTarget",
            "status": "True",
            "reason": "EvictionByEvictionAPI",
            "message": "Eviction API: evicting",
            "lastProbeTime": null,
            "lastTransitionTime": ctx.now.to_string(),
        }));
    }
    match ctx
        .objects
        .update(Gr::PODS, ctx.namespace, "eviction", pod)
        .await
    {
        Ok(_) => Ok(true),
        Err(e) if e.code == 409 => Ok(false),
        Err(e) => Err(e),
    }
}

fn has_preconditions(body: &Value) -> bool {
    !tree::is_zero(tree::path(body, &["deleteOptions", "preconditions"]))
}

/// Pods that do not run disturb nobody; pods that are going are gone.
fn ignores_budgets(pod: &Value) -> bool {
    tree::is_deleting(pod)
        || matches!(
            tree::sp(pod, &["status", "phase"]),
            "Succeeded" | "Failed" | "Pending"
        )
}

fn with_preconditions(options: &Value, pod: &Value, dry_run: bool) -> Value {
    let mut out = if options.is_null() {
        Value::object()
    } else {
        options.clone()
    };
    if dry_run && list(&out, "dryRun").is_empty() {
        set(&mut out, "dryRun", json!(["All"]));
    }
    let uid = tree::path(pod, &["metadata", "uid"]).clone();
    let preconditions = tree::obj_mut(&mut out, "preconditions");
    if !tree::has(preconditions, "uid") && !uid.is_null() {
        set(preconditions, "uid", uid);
    }
    out
}

enum Outcome {
    Granted,
    Again,
}

async fn budget(ctx: &Ctx<'_>, pod: &Value, dry_run: bool) -> Result<Outcome, Status> {
    let labels = tree::path(pod, &["metadata", "labels"]);
    let mut all: Vec<Arc<Value>> = ctx
        .objects
        .list(Gr::PDBS, Some(ctx.namespace))
        .await?
        .into_iter()
        .filter(|b| selector_matches(tree::path(b, &["spec", "selector"]), labels))
        .collect();
    if all.len() > 1 {
        return Err(Status::plain_error(
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
        ));
    }
    let Some(budget) = all.pop() else {
        return Ok(Outcome::Granted);
    };
    let ready = list(at(pod, "status"), "conditions")
        .iter()
        .any(|c| s(c, "type") == "Ready" && s(c, "status") == "True");
    if !ready {
        let policy = tree::sp(&budget, &["spec", "unhealthyPodEvictionPolicy"]);
        let status = at(&budget, "status");
        let healthy = tree::i0(status, "currentHealthy");
        let fine =
            healthy >= tree::i0(status, "desiredHealthy") && tree::i0(status, "desiredHealthy") > 0;
        if policy == "AlwaysAllow" || fine {
            return Ok(Outcome::Granted);
        }
    }
    spend(ctx, &budget, dry_run).await
}

fn too_many(retry: Option<i32>, cause: String) -> Status {
    let mut status = Status::failure(429, "TooManyRequests", WORDS);
    let mut details = StatusDetails::default();
    if let Some(seconds) = retry {
        details.retry_after_seconds = seconds;
    }
    details.causes.push(StatusCause {
        reason: "DisruptionBudget".into(),
        message: cause,
        field: String::new(),
    });
    status.details = Some(details);
    status
}

// Takes one disruption of the budget.
async fn spend(ctx: &Ctx<'_>, budget: &Value, dry_run: bool) -> Result<Outcome, Status> {
    let status = at(budget, "status");
    let name = tree::name_of(budget);
    if tree::i0(status, "observedGeneration") < crate::generic::generation(budget) {
        return Err(too_many(
            Some(10),
            format!("The disruption budget {name} is still being processed by the server."),
        ));
    }
    let allowed = tree::i0(status, "disruptionsAllowed");
    let disrupted = tree::pairs(at(status, "disruptedPods")).count();
    if allowed < 0 {
        return Err(Status::forbidden(
            &GroupResource::new("policy", "poddisruptionbudget"),
            name,
            "pdb disruptions allowed is negative",
        ));
    }
    if disrupted > DISRUPTED_MAX {
        return Err(Status::forbidden(
            &GroupResource::new("policy", "poddisruptionbudget"),
            name,
            "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
        ));
    }
    if allowed == 0 {
        let condition = list(status, "conditions")
            .iter()
            .find(|c| s(c, "type") == "DisruptionAllowed");
        let message = match condition {
            Some(c) if s(c, "reason") == "SyncFailed" => format!(
                "The disruption budget {name} does not allow evicting pods currently because it failed sync: {}",
                s(c, "message")
            ),
            // Enough pods are healthy, and yet none may go: their controllers do not say how many
            // there should be.
            _ if tree::i0(status, "currentHealthy") > tree::i0(status, "desiredHealthy") => {
                format!("The disruption budget {name} does not allow evicting pods currently")
            }
            _ => format!(
                "The disruption budget {name} needs {} healthy pods and has {} currently",
                tree::i0(status, "desiredHealthy"),
                tree::i0(status, "currentHealthy")
            ),
        };
        return Err(too_many(None, message));
    }
    if dry_run {
        return Ok(Outcome::Granted);
    }
    let mut next = budget.clone();
    let generation = crate::generic::generation(budget);
    let st = tree::obj_mut(&mut next, "status");
    set(st, "disruptionsAllowed", allowed - 1);
    set(
        tree::obj_mut(st, "disruptedPods"),
        ctx.name.to_owned(),
        ctx.now.to_string(),
    );
    if allowed == 1 {
        let now = ctx.now.to_string();
        if let Some(all) = tree::vec_mut(st, "conditions") {
            let before = all
                .iter()
                .find(|c| s(c, "type") == "DisruptionAllowed" && s(c, "status") == "False")
                .map(|c| s(c, "lastTransitionTime").to_owned());
            all.retain(|c| s(c, "type") != "DisruptionAllowed");
            all.push(json!({
                "type": "DisruptionAllowed", "status": "False", "reason": "InsufficientPods",
                "message": "", "observedGeneration": generation,
                "lastTransitionTime": before.unwrap_or(now),
            }));
        }
    }
    match ctx
        .objects
        .update(Gr::PDBS, ctx.namespace, "status", next)
        .await
    {
        Ok(_) => Ok(Outcome::Granted),
        Err(e) if e.code == 409 => Ok(Outcome::Again),
        Err(e) => Err(e),
    }
}
