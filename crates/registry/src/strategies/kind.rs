//! A strategy as a row: function pointers and flags, each with the value that
//! suits a plain kind. Most kinds need nothing else.

use crate::context::Ctx;
use crate::errors::Errs;
use crate::generic::{bump_generation, generation, keep, keep_metadata, set_generation};
use crate::strategy::{
    DeleteOptions, FieldLabels, GarbageCollection, Grace, Hooks, ScalePaths, Strategy,
};
use crate::tree;
use crate::validation::{declared, names};
use skeg_meta::Status;
use skeg_schema::Value;
use skeg_schema::resources::ResourceDesc;

/// What a subresource update is reduced to.
pub type SubresourcePrepare = fn(&Ctx<'_>, &str, &mut Value, &Value) -> Result<(), Status>;
/// The rules of a subresource update.
pub type SubresourceRules = fn(&Ctx<'_>, &str, &Value, &Value, &mut Errs);
/// The rules of an update.
pub type UpdateRules = fn(&Ctx<'_>, &Value, &Value, &mut Errs);

/// Subresource (empty: none) and the paths that a write through it never owns.
pub type Resets = &'static [(&'static str, &'static [&'static [&'static str]])];

/// One kind's differences.
#[derive(Clone)]
pub struct Kind {
    /// Defaults of absent fields.
    pub default: fn(&mut Value),
    /// Stored objects lose a default (kind and apiVersion of embedded objects,
    /// which protobuf does not have), so old ones are given it again.
    pub default_old: bool,
    /// The rule for names.
    pub name: fn(&str, bool) -> Vec<String>,
    /// The metadata of a new object is looked at only when all else is right.
    pub metadata_last: bool,
    /// There is a status: dropped on create, kept on update.
    pub status: bool,
    /// Parts whose change counts the generation; empty: it is not counted.
    pub counted: &'static [&'static str],
    /// Further preparation of a new object.
    pub create: fn(&Ctx<'_>, &mut Value),
    /// What moves from an older form into the fields of today; answers warnings.
    pub carry_over: fn(&mut Value) -> Vec<String>,
    /// Further preparation of a changed object.
    pub update: fn(&Ctx<'_>, &mut Value, &Value),
    /// Rules of a new object.
    pub validate: fn(&Ctx<'_>, &Value, &mut Errs),
    /// Rules of a changed object; `None`: those of a new one.
    pub validate_update: Option<UpdateRules>,
    /// Preparation of a status update; by default spec is kept.
    pub status_prepare: fn(&Ctx<'_>, &mut Value, &Value),
    /// Rules of a changed status.
    pub status_rules: UpdateRules,
    /// Preparation of other subresources' updates.
    pub sub_prepare: Option<SubresourcePrepare>,
    /// Rules of other subresources' updates.
    pub sub_rules: Option<SubresourceRules>,
    /// Warnings about an object, given its old form on update.
    pub warnings: fn(&Value, Option<&Value>) -> Vec<String>,
    /// Warnings about a deletion whose client did not say what becomes of dependents.
    pub orphaned: Option<&'static str>,
    /// The one form of an accepted object.
    pub canonicalize: fn(&mut Value),
    /// PUT creates.
    pub create_on_update: bool,
    /// PUT without resourceVersion overwrites.
    pub unconditional: bool,
    /// DELETE answers the object.
    pub returns_object: bool,
    /// Values for field selectors.
    pub fields: fn(&Value) -> Vec<(&'static str, String)>,
    /// Known field labels.
    pub labels: FieldLabels,
    /// `/scale`.
    pub scale: Option<&'static ScalePaths>,
    /// Default handling of dependents.
    pub dependents: GarbageCollection,
    /// Graceful deletion.
    pub grace: fn(&Value, &DeleteOptions) -> Grace,
    /// Changes when deletion begins.
    pub begin_deletion: fn(&mut Value),
    /// The finalizer that a deleted object gets.
    pub deletion_finalizer: Option<&'static str>,
    /// Lifetime in seconds.
    pub ttl: Option<u64>,
    /// The group in error messages, where it is not the kind's own.
    pub error_group: Option<&'static str>,
    /// What a status write may not own in managedFields.
    pub status_resets: &'static [&'static [&'static str]],
    /// The same for writes through others, where it is not just the status.
    pub resets: Resets,
    /// Something beside metadata.finalizers keeps a deleted object.
    pub holds_deletion: fn(&Value) -> bool,
    /// The warning that every request gets.
    pub deprecation: Option<&'static str>,
    /// What the markers of the type declare is checked too, after the rules above.
    pub declared: bool,
}

impl Kind {
    /// A kind without differences.
    pub const PLAIN: Kind = Kind {
        default: |_| {},
        default_old: false,
        name: names::dns1123_subdomain,
        metadata_last: false,
        status: false,
        counted: &[],
        create: |_, _| {},
        carry_over: |_| Vec::new(),
        update: |_, _, _| {},
        validate: |_, _, _| {},
        validate_update: None,
        status_prepare: |_, new, old| keep(new, old, "spec"),
        status_rules: |_, _, _, _| {},
        sub_prepare: None,
        sub_rules: None,
        warnings: |_, _| Vec::new(),
        orphaned: None,
        canonicalize: |_| {},
        create_on_update: false,
        unconditional: true,
        returns_object: false,
        fields: |_| Vec::new(),
        labels: FieldLabels::PLAIN,
        scale: None,
        dependents: GarbageCollection::Background,
        grace: |_, _| Grace::None,
        begin_deletion: |_| {},
        deletion_finalizer: None,
        ttl: None,
        error_group: None,
        status_resets: &[&["f:spec"]],
        resets: &[],
        holds_deletion: |_| false,
        deprecation: None,
        declared: false,
    };

    /// A kind with spec and status whose spec counts the generation.
    pub const SPEC: Kind = Kind {
        status: true,
        counted: &["spec"],
        ..Kind::PLAIN
    };
}

/// Preparation of a status update that changes nothing but the status.
pub fn status_alone(_: &Ctx<'_>, new: &mut Value, old: &Value) {
    keep(new, old, "spec");
    keep_metadata(new, old);
}

/// What a write through such a status never owns.
pub const ALL_BUT_STATUS: &[&[&str]] = &[&["f:spec"], &["f:metadata"]];

impl Kind {
    fn check_declared(&self, obj: &Value, old: Option<&Value>, errs: &mut Errs) {
        if self.declared {
            declared::check(obj, old, errs);
        }
    }
}

impl Strategy for Kind {
    fn default(&self, obj: &mut Value) {
        (self.default)(obj);
    }

    fn validate_name(&self, name: &str, prefix: bool) -> Vec<String> {
        (self.name)(name, prefix)
    }

    fn metadata_comes_last(&self) -> bool {
        self.metadata_last
    }

    fn prepare_for_create(&self, ctx: &Ctx<'_>, obj: &mut Value) {
        if self.status {
            tree::remove(obj, "status");
        }
        if !self.counted.is_empty() {
            set_generation(obj, 1);
        }
        super::dropped::templates(ctx.features, obj, &tree::NULL);
        (self.create)(ctx, obj);
    }

    fn carry_over(&self, obj: &mut Value) -> Vec<String> {
        (self.carry_over)(obj)
    }

    fn prepare_for_update(&self, ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
        if self.status {
            keep(new, old, "status");
        }
        super::dropped::templates(ctx.features, new, old);
        if self.default_old {
            let mut old = old.clone();
            (self.default)(&mut old);
            (self.update)(ctx, new, &old);
            // What defaulting leaves empty is in both then.
            let mut filled = new.clone();
            (self.default)(&mut filled);
            bump_generation(&mut filled, &old, self.counted);
            set_generation(new, generation(&filled));
            return;
        }
        (self.update)(ctx, new, old);
        bump_generation(new, old, self.counted);
    }

    fn validate(&self, ctx: &Ctx<'_>, obj: &Value, errs: &mut Errs) {
        (self.validate)(ctx, obj, errs);
        self.check_declared(obj, None, errs);
    }

    fn validate_update(&self, ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        match self.validate_update {
            Some(rules) if self.default_old => {
                let mut old = old.clone();
                (self.default)(&mut old);
                rules(ctx, new, &old, errs);
            }
            Some(rules) => rules(ctx, new, old, errs),
            None => (self.validate)(ctx, new, errs),
        }
        self.check_declared(new, Some(old), errs);
    }

    fn warnings_on_create(&self, _ctx: &Ctx<'_>, obj: &Value) -> Vec<String> {
        (self.warnings)(obj, None)
    }

    fn warnings_on_update(&self, _ctx: &Ctx<'_>, new: &Value, old: &Value) -> Vec<String> {
        (self.warnings)(new, Some(old))
    }

    fn warnings_on_delete(&self, _obj: &Value, policy: bool) -> Vec<String> {
        self.orphaned
            .filter(|_| !policy)
            .map(str::to_owned)
            .into_iter()
            .collect()
    }

    fn canonicalize(&self, obj: &mut Value) {
        (self.canonicalize)(obj);
    }

    fn allow_create_on_update(&self) -> bool {
        self.create_on_update
    }

    fn allow_unconditional_update(&self) -> bool {
        self.unconditional
    }

    fn prepare_for_status_update(&self, ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
        (self.status_prepare)(ctx, new, old);
    }

    fn validate_status_update(&self, ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        (self.status_rules)(ctx, new, old, errs);
        self.check_declared(new, Some(old), errs);
    }

    fn prepare_for_subresource_update(
        &self,
        ctx: &Ctx<'_>,
        subresource: &str,
        new: &mut Value,
        old: &Value,
    ) -> Result<(), Status> {
        self.sub_prepare
            .map_or(Ok(()), |f| f(ctx, subresource, new, old))
    }

    fn validate_subresource_update(
        &self,
        ctx: &Ctx<'_>,
        subresource: &str,
        new: &Value,
        old: &Value,
        errs: &mut Errs,
    ) {
        match self.sub_rules {
            Some(rules) => {
                rules(ctx, subresource, new, old, errs);
                self.check_declared(new, Some(old), errs);
            }
            None => self.validate_update(ctx, new, old, errs),
        }
    }

    fn graceful_delete(&self, _ctx: &Ctx<'_>, obj: &Value, options: &DeleteOptions) -> Grace {
        (self.grace)(obj, options)
    }

    fn begin_deletion(&self, _ctx: &Ctx<'_>, obj: &mut Value) {
        (self.begin_deletion)(obj);
    }

    fn deletion_finalizer(&self) -> Option<&'static str> {
        self.deletion_finalizer
    }

    fn default_garbage_collection(&self, _obj: &Value) -> GarbageCollection {
        self.dependents
    }

    fn returns_object_on_delete(&self) -> bool {
        self.returns_object
    }

    fn selectable_fields(&self, obj: &Value) -> Vec<(&'static str, String)> {
        (self.fields)(obj)
    }

    fn field_labels(&self) -> FieldLabels {
        self.labels
    }

    fn scale(&self) -> Option<&ScalePaths> {
        self.scale
    }

    fn reset_fields(&self, subresource: &str, desc: &ResourceDesc) -> Vec<&'static [&'static str]> {
        match subresource {
            "status" => self.status_resets.to_vec(),
            other => {
                if let Some(own) = self.resets.iter().find(|r| r.0 == other) {
                    return own.1.to_vec();
                }
                if desc.subresource("status").is_some() && !matches!(other, "scale" | "binding") {
                    vec![&["f:status"]]
                } else {
                    Vec::new()
                }
            }
        }
    }

    fn holds_deletion(&self, obj: &Value) -> bool {
        (self.holds_deletion)(obj)
    }

    fn deprecation(&self) -> Option<&'static str> {
        self.deprecation
    }

    fn error_group<'a>(&self, group: &'a str) -> &'a str {
        self.error_group.unwrap_or(group)
    }

    fn ttl_seconds(&self, _obj: &Value) -> Option<u64> {
        self.ttl
    }

    fn hooks(&self) -> Option<&dyn Hooks> {
        None
    }
}
