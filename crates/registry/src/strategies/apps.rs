//! apps and batch.

use super::kind::Kind;
use crate::context::Ctx;
use crate::defaults::apps as defaults;
use crate::errors::Errs;
use crate::generic::{generation, keep, set_generation};
use crate::strategy::{FieldLabels, GarbageCollection, ScalePaths};
use crate::tree::{self, at, set};
use crate::validation::{apps, batch, names};
use skeg_schema::{Value, json};

const SCALE: ScalePaths = ScalePaths {
    spec_replicas: &["spec", "replicas"],
    status_replicas: &["status", "replicas"],
    selector: &["spec", "selector"],
    selector_is_map: false,
    custom: false,
};

/// The row of a resource of apps or batch.
pub fn kind(resource: &str) -> Kind {
    match resource {
        "deployments" => Kind {
            default: defaults::deployment,
            update: |_, new, old| {
                // Annotations are part of what a rollout records.
                let changed =
                    |f| !tree::same(at(at(new, "metadata"), f), at(at(old, "metadata"), f));
                if changed("annotations") {
                    let next = generation(old) + 1;
                    set_generation(new, next);
                }
            },
            validate: |_, obj, errs| apps::deployment(obj, errs),
            validate_update: Some(|_, new, old, errs| apps::deployment_update(new, old, errs)),
            status_prepare: |_, new, old| {
                keep(new, old, "spec");
                let labels = at(at(old, "metadata"), "labels").clone();
                let meta = tree::obj_mut(new, "metadata");
                if labels.is_null() {
                    tree::remove(meta, "labels");
                } else {
                    set(meta, "labels", labels);
                }
            },
            status_rules: |_, new, old, errs| apps::deployment_status(new, old, errs),
            scale: Some(&SCALE),
            warnings: |obj, old| {
                let mut out = dotted_name(obj, old);
                out.extend(template_warnings(obj, old, &["spec", "template"]));
                out
            },
            status_resets: &[&["f:spec"], &["f:metadata", "f:labels"]],
            ..Kind::SPEC
        },
        "replicasets" => Kind {
            default: defaults::replica_set,
            create: |_, obj| set(obj, "status", json!({"replicas": 0})),
            validate: |_, obj, errs| apps::replica_set(obj, errs),
            validate_update: Some(|_, new, old, errs| apps::replica_set_update(new, old, errs)),
            status_rules: |_, new, _, errs| apps::replicas_status(new, errs),
            scale: Some(&SCALE),
            warnings: |obj, old| {
                let mut out = dotted_name(obj, old);
                out.extend(template_warnings(obj, old, &["spec", "template"]));
                out
            },
            ..Kind::SPEC
        },
        "statefulsets" => Kind {
            default: defaults::stateful_set,
            default_old: true,
            name: names::dns1123_label,
            create: |_, obj| {
                set(
                    obj,
                    "status",
                    json!({"replicas": 0, "availableReplicas": 0}),
                )
            },
            validate: |_, obj, errs| apps::stateful_set(obj, errs),
            validate_update: Some(|_, new, old, errs| apps::stateful_set_update(new, old, errs)),
            status_rules: |_, new, old, errs| apps::stateful_set_status(new, old, errs),
            scale: Some(&SCALE),
            warnings: stateful_warnings,
            ..Kind::SPEC
        },
        "daemonsets" => Kind {
            default: defaults::daemon_set,
            create: |_, obj| {
                set_template_generation(obj, 1);
                set(
                    obj,
                    "status",
                    json!({
                        "currentNumberScheduled": 0, "numberMisscheduled": 0,
                        "desiredNumberScheduled": 0, "numberReady": 0,
                    }),
                );
            },
            update: |_, new, old| {
                let mut n = template_generation(old);
                if !tree::same(
                    tree::path(new, &["spec", "template"]),
                    tree::path(old, &["spec", "template"]),
                ) {
                    n += 1;
                }
                set_template_generation(new, n);
            },
            validate: |_, obj, errs| apps::daemon_set(obj, errs),
            validate_update: Some(|_, new, old, errs| apps::daemon_set_update(new, old, errs)),
            status_prepare: |_, new, old| {
                keep(new, old, "spec");
                set_template_generation(new, template_generation(old));
            },
            status_rules: |_, new, old, errs| apps::daemon_set_status(new, old, errs),
            warnings: |obj, old| {
                let path = &["spec", "template"];
                let template = |obj| tree::path(obj, path);
                if old.is_some_and(|old| tree::same(template(old), template(obj))) {
                    return Vec::new();
                }
                about_template(obj, path)
            },
            ..Kind::SPEC
        },
        "controllerrevisions" => Kind {
            validate: |_, obj, errs| apps::controller_revision(obj, errs),
            validate_update: Some(|_, new, old, errs| {
                apps::controller_revision_update(new, old, errs);
            }),
            ..Kind::PLAIN
        },
        "jobs" => Kind {
            orphaned: Some(
                "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning",
            ),
            ..job()
        },
        "cronjobs" => Kind {
            default: defaults::cron_job,
            validate: |_, obj, errs| batch::cron_job(obj, None, errs),
            validate_update: Some(|_, new, old, errs| batch::cron_job(new, Some(old), errs)),
            warnings: cron_warnings,
            ..Kind::SPEC
        },
        _ => Kind::PLAIN,
    }
}

use defaults::TEMPLATE_GENERATION;

fn template_generation(obj: &Value) -> i64 {
    tree::annotation(obj, TEMPLATE_GENERATION)
        .and_then(|v| v.parse().ok())
        .unwrap_or(1)
}

// A field of the old extensions API, which lives on as an annotation.
fn set_template_generation(obj: &mut Value, n: i64) {
    let all = tree::obj_mut(tree::obj_mut(obj, "metadata"), "annotations");
    set(all, TEMPLATE_GENERATION, n.to_string());
}

fn job() -> Kind {
    fn create(_: &Ctx<'_>, obj: &mut Value) {
        let inherits = defaults::inherits_labels(obj);
        generate_selector(obj);
        if inherits {
            let labels = tree::path(obj, &["spec", "template", "metadata", "labels"]).clone();
            set(tree::obj_mut(obj, "metadata"), "labels", labels);
        }
    }
    fn rules(_: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        batch::job_update(new, old, errs);
    }
    Kind {
        default: defaults::job,
        create,
        validate: |_, obj, errs| batch::job(obj, errs),
        validate_update: Some(rules),
        status_rules: |_, new, old, errs| batch::job_status(new, old, errs),
        fields: |obj| {
            vec![(
                "status.successful",
                tree::i0(at(obj, "status"), "succeeded").to_string(),
            )]
        },
        labels: FieldLabels::of_kind(&["status.successful"], "Job"),
        canonicalize: |obj| {
            // Upstream's defaults are applied to what is stored, too, generated labels included.
            let labels = tree::path(obj, &["spec", "template", "metadata", "labels"]).clone();
            if tree::is_zero(tree::path(obj, &["metadata", "labels"])) && !tree::is_zero(&labels) {
                set(tree::obj_mut(obj, "metadata"), "labels", labels);
            }
        },
        dependents: GarbageCollection::Orphan,
        warnings: |obj, old| {
            let mut out = dotted_name(obj, old);
            out.extend(about_spec(obj, old, &["spec"]));
            out
        },
        ..Kind::SPEC
    }
}

/// Warnings about what a Job is to do.
fn about_spec(obj: &Value, old: Option<&Value>, path: &[&str]) -> Vec<String> {
    if !is_new_generation(obj, old) {
        return Vec::new();
    }
    let mut out = many_indexes(tree::path(obj, path), &path.join("."));
    out.extend(about_template(obj, &[path, &["template"]].concat()));
    out
}

/// Of very many indexes the list of those that are done may be too long to store.
fn many_indexes(spec: &Value, path: &str) -> Vec<String> {
    const COMPLETIONS_MAX: i64 = 100_000;
    const PARALLELISM_MAX: i64 = 10_000;
    let many = tree::s(spec, "completionMode") == "Indexed"
        && tree::i0(spec, "completions") > COMPLETIONS_MAX
        && tree::i0(spec, "parallelism") > PARALLELISM_MAX;
    if !many {
        return Vec::new();
    }
    vec![format!(
        "{path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
    )]
}

/// Gives the Job's pods labels of their own and selects them.
fn generate_selector(job: &mut Value) {
    if tree::b(at(job, "spec"), "manualSelector") {
        return;
    }
    let uid = tree::sp(job, &["metadata", "uid"]).to_owned();
    let name = tree::name_of(job).to_owned();
    let spec = tree::obj_mut(job, "spec");
    let template = tree::obj_mut(spec, "template");
    let labels = tree::obj_mut(tree::obj_mut(template, "metadata"), "labels");
    for key in ["job-name", "batch.kubernetes.io/job-name"] {
        if !tree::has(labels, key) {
            set(labels, key, name.as_str());
        }
    }
    for key in ["controller-uid", "batch.kubernetes.io/controller-uid"] {
        if !tree::has(labels, key) {
            set(labels, key, uid.as_str());
        }
    }
    let selector = tree::obj_mut(spec, "selector");
    let wanted = tree::obj_mut(selector, "matchLabels");
    if !tree::has(wanted, "batch.kubernetes.io/controller-uid") {
        set(wanted, "batch.kubernetes.io/controller-uid", uid);
    }
}

/// The warning about the name of a new object whose pods cannot have it as a hostname.
pub fn dotted_name(obj: &Value, old: Option<&Value>) -> Vec<String> {
    if old.is_some() {
        return Vec::new();
    }
    let name = tree::name_of(obj);
    let wrong = names::dns1123_label(name, false);
    if wrong.is_empty() {
        Vec::new()
    } else {
        vec![format!(
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [{}]",
            wrong.join(" ")
        )]
    }
}

fn stateful_warnings(obj: &Value, old: Option<&Value>) -> Vec<String> {
    let mut out = template_warnings(obj, old, &["spec", "template"]);
    for (n, claim) in tree::list(at(obj, "spec"), "volumeClaimTemplates")
        .iter()
        .enumerate()
    {
        // Upstream's paths: of a new set without the field, else with a capital.
        let field = if old.is_some() { ".Spec" } else { "" };
        let path = format_args!("spec.volumeClaimTemplates[{n}]{field}");
        super::pod::warnings::claim_spec(at(claim, "spec"), path, &mut out);
    }
    if tree::path(obj, &["spec", "revisionHistoryLimit"])
        .as_i64()
        .is_some_and(|n| n < 0)
    {
        out.push("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended".into());
    }
    out
}

fn cron_warnings(obj: &Value, old: Option<&Value>) -> Vec<String> {
    let mut out = dotted_name(obj, old);
    out.extend(about_spec(obj, old, &["spec", "jobTemplate", "spec"]));
    if tree::sp(obj, &["spec", "schedule"]).contains("TZ") && old.is_some() {
        out.push("cannot use TZ or CRON_TZ in spec.schedule, use timeZone instead, see https://kubernetes.io/blog/2022/05/05/cronjob-timezone for details".into());
    }
    out
}

/// Whether an object is new, or a write counts as a new generation of it: only then is
/// there something to warn of in what it makes pods from.
fn is_new_generation(obj: &Value, old: Option<&Value>) -> bool {
    old.is_none_or(|old| generation(old) != generation(obj))
}

/// Warnings about the pod template of a new object, or of a new generation of it.
pub fn template_warnings(obj: &Value, old: Option<&Value>, path: &[&str]) -> Vec<String> {
    if !is_new_generation(obj, old) {
        return Vec::new();
    }
    about_template(obj, path)
}

/// Warnings about a pod template, whether it has changed or not.
pub fn about_template(obj: &Value, path: &[&str]) -> Vec<String> {
    let template = tree::path(obj, path);
    if template.is_null() {
        return Vec::new();
    }
    super::pod::warnings::template(template, &path.join("."))
}
