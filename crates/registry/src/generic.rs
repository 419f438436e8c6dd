//! What happens to every object between admission and storage, in upstream's
//! order: reset, check, warn, normalise.

use crate::context::Ctx;
use crate::errors::Errs;
use crate::resource::Resource;
use crate::strategy::METADATA;
use crate::tree::{self, at};
use crate::validation::{metadata, names};
use skeg_meta::{GroupKind, Status};
use skeg_schema::Value;

/// Prepares and checks a new object whose system metadata (name, namespace,
/// uid, creationTimestamp) is already filled. What is to be warned of is added to `warnings`,
/// of refused objects too. Answers the 422.
pub fn before_create(
    res: &Resource,
    ctx: &Ctx<'_>,
    obj: &mut Value,
    warnings: &mut Vec<String>,
) -> Result<(), Status> {
    let strategy = &*res.strategy;
    scope(res, obj);
    if let Some(meta) = tree::get_mut(obj, "metadata") {
        for field in [
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "selfLink",
        ] {
            tree::remove(meta, field);
        }
    }
    strategy.prepare_for_create(ctx, obj);
    warnings.extend(strategy.carry_over(obj));
    let mut errs = Errs::under(ctx.features);
    if !strategy.metadata_comes_last() {
        check_own_metadata(res, obj, &mut errs);
    }
    strategy.validate(ctx, obj, &mut errs);
    if strategy.metadata_comes_last() && errs.is_empty() {
        check_own_metadata(res, obj, &mut errs);
    }
    refuse(res, obj, errs)?;
    // Kinds whose own rules for names are looser still have names that fit into paths.
    let mut errs = Errs::under(ctx.features);
    names_are_segments(at(obj, "metadata"), &mut errs);
    refuse(res, obj, errs)?;
    warnings.extend(strategy.warnings_on_create(ctx, obj));
    strategy.canonicalize(obj);
    Ok(())
}

/// Prepares and checks a changed object against the stored one. What is to be
/// warned of is added to `warnings`, of refused changes too.
pub fn before_update(
    res: &Resource,
    ctx: &Ctx<'_>,
    new: &mut Value,
    old: &Value,
    warnings: &mut Vec<String>,
) -> Result<(), Status> {
    let strategy = &*res.strategy;
    scope(res, new);
    // What differs from what is stored shows by what is there alone: see [`tree::same`].
    if res.custom.is_none() {
        skeg_schema::lean_but_lists(new, res.desc.ty);
    }
    let old_meta = at(old, "metadata");
    let meta = tree::obj_mut(new, "metadata");
    tree::copy(meta, old_meta, "generation");
    // What is not stored shows it still, as upstream's does.
    if !ctx.dry_run {
        tree::remove(meta, "selfLink");
    }
    if tree::is_zero(at(meta, "uid")) {
        tree::copy(meta, old_meta, "uid");
    }
    if tree::has(old_meta, "creationTimestamp") {
        tree::copy(meta, old_meta, "creationTimestamp");
    }
    // Nobody resurrects, nor says anew when the end began; whoever leaves out the time that is
    // given does not ask for another.
    if tree::has(old_meta, "deletionTimestamp") || !tree::has(meta, "deletionTimestamp") {
        tree::copy(meta, old_meta, "deletionTimestamp");
    }
    if !tree::has(meta, "deletionGracePeriodSeconds") {
        tree::copy(meta, old_meta, "deletionGracePeriodSeconds");
    }
    match ctx.subresource {
        "" => strategy.prepare_for_update(ctx, new, old),
        "status" => strategy.prepare_for_status_update(ctx, new, old),
        other => strategy.prepare_for_subresource_update(ctx, other, new, old)?,
    }
    let mut errs = Errs::under(ctx.features);
    names_are_segments(at(new, "metadata"), &mut errs);
    metadata::object_meta_update(at(new, "metadata"), old_meta, &METADATA, &mut errs);
    if res.custom.is_some() {
        // A name to be made is of no matter any more.
        check_metadata(res, new, &|_, _| Vec::new(), &mut errs);
    } else {
        check_own_metadata(res, new, &mut errs);
    }
    match ctx.subresource {
        "" => strategy.validate_update(ctx, new, old, &mut errs),
        "status" => strategy.validate_status_update(ctx, new, old, &mut errs),
        other => strategy.validate_subresource_update(ctx, other, new, old, &mut errs),
    }
    warnings.append(&mut errs.take_warnings());
    refuse(res, new, errs)?;
    if ctx.subresource.is_empty() {
        warnings.extend(strategy.warnings_on_update(ctx, new, old));
    }
    strategy.canonicalize(new);
    Ok(())
}

// A cluster-scoped object has no namespace, whatever its body says.
fn scope(res: &Resource, obj: &mut Value) {
    if !res.desc.namespaced
        && let Some(meta) = tree::get_mut(obj, "metadata")
    {
        tree::remove(meta, "namespace");
    }
}

fn names_are_segments(meta: &Value, errs: &mut Errs) {
    for (field, prefix) in [("generateName", true), ("name", false)] {
        let name = tree::s(meta, field);
        errs.invalid_all(
            &METADATA.child(field),
            name,
            names::path_segment(name, prefix),
        );
    }
}

fn check_own_metadata(res: &Resource, obj: &Value, errs: &mut Errs) {
    let rule = |name: &str, prefix: bool| res.strategy.validate_name(name, prefix);
    check_metadata(res, obj, &rule, errs);
}

fn check_metadata(res: &Resource, obj: &Value, names: metadata::NameRule<'_>, errs: &mut Errs) {
    let strategy = &*res.strategy;
    let before = errs.len();
    metadata::object_meta(
        at(obj, "metadata"),
        res.desc.namespaced,
        names,
        &METADATA,
        errs,
    );
    // Of finalizers without a domain, owners of custom resources are only warned;
    // those of definitions have none. The rule belongs to the core kinds, whose
    // validation these groups do not use.
    let own = res.custom.is_some()
        || strategy.deletion_finalizer().is_some()
        || matches!(
            res.desc.group,
            "admissionregistration.k8s.io" | "apiregistration.k8s.io" | "coordination.k8s.io"
        );
    if own && errs.len() > before {
        errs.retain(|e| !e.field.starts_with("metadata.finalizers["));
    }
}

/// The 422 of these faults, if there are any.
pub fn refuse(res: &Resource, obj: &Value, errs: Errs) -> Result<(), Status> {
    if errs.is_empty() {
        return Ok(());
    }
    if res.custom.is_some() {
        // A custom resource of another kind is refused under that name, and all
        // is told as often as it was found.
        let version = tree::s(obj, "apiVersion");
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let kind = GroupKind::new(group.to_owned(), tree::s(obj, "kind").to_owned());
        return Err(Status::invalid(&kind, tree::name_of(obj), errs.into_list()));
    }
    let kind = GroupKind::new(
        res.strategy.error_group(res.desc.group).to_owned(),
        res.desc.kind.to_owned(),
    );
    // Nor is anything left out where nothing is declared.
    if matches!(
        res.desc.group,
        "apiextensions.k8s.io" | "apiregistration.k8s.io"
    ) {
        let name = tree::name_of(obj);
        return Err(Status::invalid(&kind, name, errs.into_list()));
    }
    Err(invalid(&kind, tree::name_of(obj), errs))
}

/// A 422 without repeated causes.
pub fn invalid(kind: &GroupKind, name: &str, errs: Errs) -> Status {
    let mut list = errs.into_list();
    let mut seen = Vec::with_capacity(list.len());
    list.retain(|e| {
        let key = (e.field.clone(), e.to_string());
        let fresh = !seen.contains(&key);
        if fresh {
            seen.push(key);
        }
        fresh
    });
    Status::invalid(kind, name, list)
}

/// Keeps a part of the old object.
pub fn keep(new: &mut Value, old: &Value, field: &'static str) {
    tree::copy(new, old, field);
}

/// Keeps the metadata that a client may set: some kinds take nothing but a status
/// from a write of the status.
pub fn keep_metadata(new: &mut Value, old: &Value) {
    let meta = tree::obj_mut(new, "metadata");
    for field in ["labels", "annotations", "finalizers", "ownerReferences"] {
        tree::copy(meta, at(old, "metadata"), field);
    }
}

/// Sets metadata.generation.
pub fn set_generation(obj: &mut Value, generation: i64) {
    tree::set(tree::obj_mut(obj, "metadata"), "generation", generation);
}

/// metadata.generation, 0 when absent.
pub fn generation(obj: &Value) -> i64 {
    tree::path(obj, &["metadata", "generation"])
        .as_i64()
        .unwrap_or(0)
}

/// Counts the generation when one of these parts differs.
pub fn bump_generation(new: &mut Value, old: &Value, parts: &[&str]) {
    if parts.iter().any(|p| !tree::same(at(new, p), at(old, p))) {
        set_generation(new, generation(old) + 1);
    }
}
