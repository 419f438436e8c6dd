//! Eviction: a deletion that asks the pod's disruption budget first.

use super::success;
use crate::context::Ctx;
use crate::objects::Gr;
use crate::tree::{self, at, list, s, set};
use crate::validation::metadata::selector_matches;
use skeg_meta::{
    FieldError, FieldErrorKind, GroupKind, GroupResource, Status, StatusCause, StatusDetails,
};
use skeg_schema::{Value, json};
use std::sync::Arc;

/// Lost races after which an eviction gives up.
const TRIES: usize = 20;
const UNSAFE: &str = "ignoreStoreReadErrorWithClusterBreakingPotential";
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
    let mut options = match at(&body, "deleteOptions") {
        Value::Null => Value::object(),
        options => options.clone(),
    };
    if tree::b(&options, UNSAFE) {
        return Err(unsafe_option(ctx.name));
    }
    let in_body = list(&options, "dryRun");
    if ctx.dry_run && !in_body.is_empty() && in_body != [Value::from("All")] {
        let told: Vec<&str> = in_body.iter().filter_map(Value::as_str).collect();
        return Err(Status::plain_error(format!(
            "Non-matching dry-run options in request and content: [All] and [{}]",
            told.join(" ")
        )));
    }
    let dry_run = ctx.dry_run || !in_body.is_empty();
    if dry_run && in_body.is_empty() {
        set(&mut options, "dryRun", json!(["All"]));
    }
    let eviction = Eviction {
        ctx,
        dry_run,
        pinned: !tree::path(&options, &["preconditions", "resourceVersion"]).is_null(),
        options,
    };
    match eviction.run().await? {
        Done::Evicted => Ok(success(201)),
        // Upstream answers this one as if it had made something.
        Done::Ambiguous => {
            let words = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
            Ok((201, Status::plain_error(words).to_value()))
        }
    }
}

/// What an eviction came to.
enum Done {
    Evicted,
    /// Several budgets are for the pod.
    Ambiguous,
}

fn unsafe_option(name: &str) -> Status {
    let error = FieldError {
        kind: FieldErrorKind::Invalid,
        field: format!("deleteOptions.{UNSAFE}"),
        bad_value: true.into(),
        detail: "can not be set for pod eviction, try after removing the option".to_owned(),
    };
    Status::invalid(&GroupKind::new("policy", "Eviction"), name, vec![error])
}

struct Eviction<'a> {
    ctx: &'a Ctx<'a>,
    /// The DeleteOptions that came with it.
    options: Value,
    dry_run: bool,
    /// They say which version of the pod is meant.
    pinned: bool,
}

impl Eviction<'_> {
    async fn run(&self) -> Result<Done, Status> {
        let mut pod = self.pod().await?;
        let mut lost = 0;
        while ignores_budgets(&pod) {
            // A pod that is pending may become ready meanwhile.
            let waits = tree::sp(&pod, &["status", "phase"]) == "Pending";
            let at_version = waits && !tree::is_deleting(&pod) && !self.pinned;
            lost += 1;
            match self.delete(at_version.then_some(&*pod)).await {
                Err(e) if e.code == 409 && !self.pinned && lost < TRIES => {
                    pod = self.pod().await?;
                }
                outcome => return outcome.map(|()| Done::Evicted),
            }
        }
        match self.budget(&pod).await? {
            Leave::Any => self.delete(None).await?,
            Leave::Ambiguous => return Ok(Done::Ambiguous),
            // It must not have become ready since.
            Leave::Unready(budget) => match self.delete(Some(&pod)).await {
                Err(e) if e.code == 409 && !self.pinned => return Err(still_processed(&budget)),
                outcome => outcome?,
            },
        }
        Ok(Done::Evicted)
    }

    async fn pod(&self) -> Result<Arc<Value>, Status> {
        let ctx = self.ctx;
        let found = ctx.objects.get(Gr::PODS, ctx.namespace, ctx.name).await?;
        found.ok_or_else(|| Status::not_found(&GroupResource::new("", "pods"), ctx.name))
    }

    /// Says on the pod why it goes, and deletes it; if `seen` is given only as it was then.
    async fn delete(&self, seen: Option<&Value>) -> Result<(), Status> {
        let mut options = self.options.clone();
        if let Some(seen) = seen {
            let version = at(at(seen, "metadata"), "resourceVersion").clone();
            let preconditions = tree::obj_mut(&mut options, "preconditions");
            set(preconditions, "resourceVersion", version);
        }
        if !self.dry_run {
            let marked = self.mark(&options).await?;
            if !tree::path(&options, &["preconditions", "resourceVersion"]).is_null() {
                let version = at(at(&marked, "metadata"), "resourceVersion").clone();
                let preconditions = tree::obj_mut(&mut options, "preconditions");
                set(preconditions, "resourceVersion", version);
            }
        }
        let ctx = self.ctx;
        let objects = ctx.objects;
        match objects
            .delete(Gr::PODS, ctx.namespace, ctx.name, &options)
            .await?
        {
            Some(_) => Ok(()),
            None => Err(Status::not_found(&GroupResource::new("", "pods"), ctx.name)),
        }
    }

    /// The pod with the condition, as it is then stored.
    async fn mark(&self, options: &Value) -> Result<Value, Status> {
        let ctx = self.ctx;
        let mut last = None;
        for _ in 0..TRIES {
            let pod = self.pod().await?;
            check_preconditions(&pod, options)?;
            let mut marked = (*pod).clone();
            if !add_condition(&mut marked, ctx) {
                return Ok(marked);
            }
            let objects = ctx.objects;
            match objects
                .update(Gr::PODS, ctx.namespace, "eviction", marked)
                .await
            {
                Err(e) if e.code == 409 => last = Some(e),
                outcome => return outcome,
            }
        }
        Err(last.unwrap_or_else(|| Status::internal_error("the pod was not marked")))
    }
}

fn check_preconditions(pod: &Value, options: &Value) -> Result<(), Status> {
    for (field, words, end) in [
        (
            "uid",
            "UID",
            "The object might have been deleted and then recreated",
        ),
        (
            "resourceVersion",
            "ResourceVersion",
            "The object might have been modified",
        ),
    ] {
        let wanted = tree::sp(options, &["preconditions", field]);
        let found = tree::sp(pod, &["metadata", field]);
        if !wanted.is_empty() && wanted != found {
            let why = format!(
                "the {words} in the precondition ({wanted}) does not match the {words} in record ({found}). {end}"
            );
            // Upstream names the kind here, not the resource.
            let kind = GroupResource::new("", "Pod");
            return Err(Status::conflict(&kind, tree::name_of(pod), &why));
        }
    }
    Ok(())
}

/// Whether the pod changed by that.
fn add_condition(pod: &mut Value, ctx: &Ctx<'_>) -> bool {
    const KIND: &str = "DisruptionTarget";
    const MESSAGE: &str = "Eviction API: evicting";
    const REASON: &str = "EvictionByEvictionAPI";
    let status = tree::obj_mut(pod, "status");
    let Some(all) = tree::vec_mut(status, "conditions") else {
        return false;
    };
    let known = all.iter().position(|c| s(c, "type") == KIND);
    let since = match known.map(|at| &all[at]) {
        Some(c) if s(c, "status") == "True" => {
            if (s(c, "reason"), s(c, "message")) == (REASON, MESSAGE) {
                return false;
            }
            s(c, "lastTransitionTime").to_owned()
        }
        _ => ctx.now.to_string(),
    };
    let condition = json!({
        "type": KIND,
        "status": "True",
        "reason": REASON,
        "message": MESSAGE,
        "lastProbeTime": null,
        "lastTransitionTime": since,
    });
    match known {
        Some(at) => all[at] = condition,
        None => all.push(condition),
    }
    true
}

/// Pods that do not run disturb nobody; pods that are going are gone.
fn ignores_budgets(pod: &Value) -> bool {
    tree::is_deleting(pod)
        || matches!(
            tree::sp(pod, &["status", "phase"]),
            "Succeeded" | "Failed" | "Pending"
        )
}

/// How a pod may go.
enum Leave {
    /// As it likes.
    Any,
    /// As long as it is not ready, says this budget.
    Unready(String),
    /// Nobody knows: there are several budgets.
    Ambiguous,
}

impl Eviction<'_> {
    async fn budget(&self, pod: &Value) -> Result<Leave, Status> {
        let ctx = self.ctx;
        let labels = tree::path(pod, &["metadata", "labels"]);
        let mut all: Vec<Arc<Value>> = ctx
            .objects
            .list(Gr::PDBS, Some(ctx.namespace))
            .await?
            .into_iter()
            .filter(|b| selector_matches(tree::path(b, &["spec", "selector"]), labels))
            .collect();
        if all.len() > 1 {
            return Ok(Leave::Ambiguous);
        }
        let Some(mut budget) = all.pop() else {
            return Ok(Leave::Any);
        };
        let name = tree::name_of(&budget).to_owned();
        let ready = list(at(pod, "status"), "conditions")
            .iter()
            .any(|c| s(c, "type") == "Ready" && s(c, "status") == "True");
        if !ready {
            let policy = tree::sp(&budget, &["spec", "unhealthyPodEvictionPolicy"]);
            let status = at(&budget, "status");
            let wanted = tree::i0(status, "desiredHealthy");
            let fine = tree::i0(status, "currentHealthy") >= wanted && wanted > 0;
            if policy == "AlwaysAllow" || fine {
                return Ok(Leave::Unready(name));
            }
        }
        for _ in 1..TRIES {
            match spend(ctx, &budget, self.dry_run).await {
                Err(e) if e.code == 409 => {}
                outcome => return outcome.map(|()| Leave::Any),
            }
            let found = ctx.objects.get(Gr::PDBS, ctx.namespace, &name).await?;
            let of_budgets = GroupResource::new("policy", "poddisruptionbudgets");
            budget = found.ok_or_else(|| Status::not_found(&of_budgets, &name))?;
        }
        spend(ctx, &budget, self.dry_run).await.map(|()| Leave::Any)
    }
}

fn still_processed(budget: &str) -> Status {
    too_many(
        Some(10),
        format!("The disruption budget {budget} is still being processed by the server."),
    )
}

/// 403 with the cause that the others have too.
fn forbidden(budget: &str, why: &str, cause: &str) -> Status {
    let resource = GroupResource::new("policy", "poddisruptionbudget");
    let mut status = Status::forbidden(&resource, budget, why);
    let words =
        format!("The disruption budget {budget} does not allow evicting pods currently: {cause}");
    let details = status.details.get_or_insert_default();
    details.causes.push(cause_of(words));
    status
}

fn cause_of(message: String) -> StatusCause {
    StatusCause {
        reason: "DisruptionBudget".into(),
        message,
        field: String::new(),
    }
}

/// Why a budget that allows nothing allows nothing.
fn exhausted(budget: &Value) -> String {
    let status = at(budget, "status");
    let name = tree::name_of(budget);
    let told = list(status, "conditions")
        .iter()
        .find(|c| s(c, "type") == "DisruptionAllowed")
        .filter(|c| s(c, "status") == "False" && !s(c, "message").is_empty());
    let (healthy, wanted) = (
        tree::i0(status, "currentHealthy"),
        tree::i0(status, "desiredHealthy"),
    );
    let start = format!("The disruption budget {name} does not allow evicting pods currently");
    match told {
        // The counts are not to be trusted then.
        Some(c) if s(c, "reason") == "SyncFailed" => {
            format!("{start} because it failed sync: {}", s(c, "message"))
        }
        _ if healthy <= wanted => format!(
            "The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
        ),
        // Enough pods are healthy, and yet none may go: their controllers do not say how many
        // there should be.
        Some(c) => format!("{start} ({}): {}", s(c, "reason"), s(c, "message")),
        None => start,
    }
}

fn too_many(retry: Option<i32>, cause: String) -> Status {
    let mut status = Status::failure(429, "TooManyRequests", WORDS);
    let mut details = StatusDetails::default();
    if let Some(seconds) = retry {
        details.retry_after_seconds = seconds;
    }
    details.causes.push(cause_of(cause));
    status.details = Some(details);
    status
}

// Takes one disruption of the budget.
async fn spend(ctx: &Ctx<'_>, budget: &Value, dry_run: bool) -> Result<(), Status> {
    let status = at(budget, "status");
    let name = tree::name_of(budget);
    if tree::i0(status, "observedGeneration") < crate::generic::generation(budget) {
        return Err(still_processed(name));
    }
    let allowed = tree::i0(status, "disruptionsAllowed");
    let disrupted = tree::pairs(at(status, "disruptedPods")).count();
    if allowed < 0 {
        const WHY: &str = "pdb disruptions allowed is negative";
        return Err(forbidden(name, WHY, WHY));
    }
    if disrupted > DISRUPTED_MAX {
        return Err(forbidden(
            name,
            "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
            "too many pending evictions not confirmed by PDB controller",
        ));
    }
    if allowed == 0 {
        return Err(too_many(None, exhausted(budget)));
    }
    if dry_run {
        return Ok(());
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
    let objects = ctx.objects;
    objects
        .update(Gr::PDBS, ctx.namespace, "status", next)
        .await
        .map(drop)
}
