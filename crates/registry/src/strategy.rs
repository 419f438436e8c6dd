//! The seam between the generic machinery and the kinds: what a kind may do
//! differently. Everything has a default that serves a plain kind (one that
//! only has metadata and data), so a kind implements what sets it apart.
//!
//! All methods work on trees in the *served* version's form, after decoding and
//! before encoding. None of them blocks; what needs storage is in [`Hooks`].
//!
//! Order on create (see [`crate::generic::before_create`]):
//! `default` → mutating admission → `Hooks::begin_create` →
//! `prepare_for_create` → `validate` → `warnings_on_create` → `canonicalize` →
//! validating admission → store → `Finish::done(true)` → `Hooks::after_create`.
//!
//! Order on update: `default` → mutating admission → `Hooks::begin_update` →
//! `prepare_for_update` → common metadata rules → `validate_update` →
//! `warnings_on_update` → `canonicalize` → validating admission → store →
//! `Finish::done(true)`.

use crate::context::Ctx;
use crate::errors::Errs;
use crate::path::Path;
use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::Value;
use skeg_schema::resources::ResourceDesc;

/// How a kind differs from a plain one. Object safe; one instance serves all
/// requests of its resource.
pub trait Strategy: Send + Sync {
    /// Fills in what the versioned API promises when a field is absent. Runs on
    /// every decoded object: request bodies, patch results, stored objects of
    /// older releases. Must be idempotent and never fail.
    fn default(&self, _obj: &mut Value) {}

    /// Reports what is wrong with a name, in upstream's words; `prefix` is true
    /// for a generateName.
    fn validate_name(&self, name: &str, prefix: bool) -> Vec<String> {
        crate::validation::names::dns1123_subdomain(name, prefix)
    }

    /// Resets what a client may not set on create (status, generation = 1 …).
    fn prepare_for_create(&self, _ctx: &Ctx<'_>, _obj: &mut Value) {}

    /// Moves what an older form of a new object says into the fields of today. Answers the
    /// warnings of it, which are given for refused objects too.
    fn carry_over(&self, _obj: &mut Value) -> Vec<String> {
        Vec::new()
    }

    /// Keeps what a client may not change on update, counts the generation.
    fn prepare_for_update(&self, _ctx: &Ctx<'_>, _new: &mut Value, _old: &Value) {}

    /// Every rule that a new object must hold to, metadata excepted (the
    /// machinery checks it first, with [`Strategy::validate_name`]).
    fn validate(&self, _ctx: &Ctx<'_>, _obj: &Value, _errs: &mut Errs) {}

    /// Every rule that a changed object must hold to, those of
    /// [`Strategy::validate`] included where upstream includes them (default).
    fn validate_update(&self, ctx: &Ctx<'_>, new: &Value, _old: &Value, errs: &mut Errs) {
        self.validate(ctx, new, errs);
    }

    /// The group that error messages name (Events answer as core kinds).
    fn error_group<'a>(&self, group: &'a str) -> &'a str {
        group
    }

    /// Whether the metadata of a new object is looked at only when all else is
    /// right, as upstream does where a kind's own rules say nothing of it.
    fn metadata_comes_last(&self) -> bool {
        false
    }

    /// Texts of `Warning` headers for a created object.
    fn warnings_on_create(&self, _ctx: &Ctx<'_>, _obj: &Value) -> Vec<String> {
        Vec::new()
    }

    /// Texts of `Warning` headers for a changed object.
    fn warnings_on_update(&self, _ctx: &Ctx<'_>, _new: &Value, _old: &Value) -> Vec<String> {
        Vec::new()
    }

    /// Texts of `Warning` headers for a deletion; `policy`: the client said
    /// what becomes of dependents.
    fn warnings_on_delete(&self, _obj: &Value, _policy: bool) -> Vec<String> {
        Vec::new()
    }

    /// Brings an accepted object into its one form before it is stored.
    fn canonicalize(&self, _obj: &mut Value) {}

    /// PUT of an absent object creates it.
    fn allow_create_on_update(&self) -> bool {
        false
    }

    /// PUT without a resourceVersion overwrites.
    fn allow_unconditional_update(&self) -> bool {
        true
    }

    /// The same three steps for `/status`. By default spec is kept and metadata
    /// taken over, as upstream's status strategies do.
    fn prepare_for_status_update(&self, _ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
        crate::generic::keep(new, old, "spec");
    }

    /// Rules for a changed status.
    fn validate_status_update(&self, _ctx: &Ctx<'_>, _new: &Value, _old: &Value, _errs: &mut Errs) {
    }

    /// `ephemeralcontainers`, `resize`, `finalize`, `approval`: reduces the
    /// request to what this subresource may change. `false`: no such
    /// subresource.
    fn prepare_for_subresource_update(
        &self,
        _ctx: &Ctx<'_>,
        _subresource: &str,
        _new: &mut Value,
        _old: &Value,
    ) -> Result<(), Status> {
        Ok(())
    }

    /// Rules for an update through such a subresource.
    fn validate_subresource_update(
        &self,
        ctx: &Ctx<'_>,
        _subresource: &str,
        new: &Value,
        old: &Value,
        errs: &mut Errs,
    ) {
        self.validate_update(ctx, new, old, errs);
    }

    /// What kind of graceful deletion this object gets.
    fn graceful_delete(&self, _ctx: &Ctx<'_>, _obj: &Value, _options: &DeleteOptions) -> Grace {
        Grace::None
    }

    /// Changes made to an object (beside its metadata) when graceful deletion
    /// begins.
    fn begin_deletion(&self, _ctx: &Ctx<'_>, _obj: &mut Value) {}

    /// The finalizer that a deleted object gets, for kinds that clean up after
    /// every one of theirs.
    fn deletion_finalizer(&self) -> Option<&'static str> {
        None
    }

    /// What happens to dependents when the request names no policy.
    fn default_garbage_collection(&self, _obj: &Value) -> GarbageCollection {
        GarbageCollection::Background
    }

    /// DELETE answers the object, not a Status.
    fn returns_object_on_delete(&self) -> bool {
        false
    }

    /// The fields a field selector can ask for, beside metadata.name and
    /// metadata.namespace: (label, value).
    fn selectable_fields(&self, _obj: &Value) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Which field labels are known and how an unknown one is refused.
    fn field_labels(&self) -> FieldLabels {
        FieldLabels::PLAIN
    }

    /// How `/scale` maps onto this kind, if it has one.
    fn scale(&self) -> Option<&ScalePaths> {
        None
    }

    /// Paths (`["f:status"]`) that a write through this subresource resets, and
    /// so never owns in managedFields.
    fn reset_fields(&self, subresource: &str, desc: &ResourceDesc) -> Vec<&'static [&'static str]> {
        match subresource {
            "status" => vec![&["f:spec"]],
            "scale" | "binding" => Vec::new(),
            _ if desc.subresource("status").is_some() => vec![&["f:status"]],
            _ => Vec::new(),
        }
    }

    /// Something beside metadata.finalizers keeps a deleted object (a
    /// namespace's spec.finalizers).
    fn holds_deletion(&self, _obj: &Value) -> bool {
        false
    }

    /// The warning that every request for this resource gets.
    fn deprecation(&self) -> Option<&'static str> {
        None
    }

    /// Steps that need storage or allocators.
    fn hooks(&self) -> Option<&dyn Hooks> {
        None
    }

    /// Whether and how an object of this kind expires: seconds to live.
    fn ttl_seconds(&self, _obj: &Value) -> Option<u64> {
        None
    }
}

/// Steps around a write that need storage or allocators. They run outside of
/// the compare-and-swap loop's critical part and may await.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Before `prepare_for_create`: may fill fields (cluster IP, node ports).
    /// What it took is given back when the returned [`Finish`] is told `false`
    /// or dropped.
    async fn begin_create(&self, ctx: &Ctx<'_>, obj: &mut Value) -> Result<Finish, Status>;

    /// Before `prepare_for_update`.
    async fn begin_update(
        &self,
        ctx: &Ctx<'_>,
        new: &mut Value,
        old: &Value,
    ) -> Result<Finish, Status>;

    /// After the object was stored (`old` on update) and its [`Finish`] was told
    /// so; never on a dry run. What fails here is repaired later.
    async fn after_write(&self, _ctx: &Ctx<'_>, _new: &Value, _old: Option<&Value>) {}

    /// Before the object is taken out of storage. What it had is free again when the
    /// returned [`Finish`] is told `true`; nothing happens when it is dropped.
    fn begin_delete(&self, _obj: &Value) -> Finish {
        Finish::nothing()
    }

    /// After the object is really gone from storage. What fails here is repaired later.
    async fn after_delete(&self, ctx: &Ctx<'_>, obj: &Value);
}

/// How a begun write ended.
pub enum Ended<'a> {
    /// It was written.
    Written,
    /// It was not, and will not be.
    Not,
    /// Nobody said so; this is what is stored since, if anything.
    Stored(Option<&'a Value>),
}

/// The end of a begun write: commits or rolls back. Dropping it rolls back, so
/// a cancelled request leaks nothing.
#[must_use]
#[derive(Default)]
pub struct Finish(Option<Box<dyn FnOnce(Ended<'_>) + Send>>);

impl Finish {
    /// Nothing to do either way.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// `end` is told how the write ended.
    pub fn new(end: impl FnOnce(Ended<'_>) + Send + 'static) -> Self {
        Self(Some(Box::new(end)))
    }

    /// Tells how the write ended.
    pub fn done(self, success: bool) {
        self.end(if success { Ended::Written } else { Ended::Not });
    }

    /// The store did not say how the write ended: this is what is stored a while later.
    pub fn settle(self, stored: Option<&Value>) {
        self.end(Ended::Stored(stored));
    }

    /// How the write ended will not be known: all stays as it is.
    pub fn forget(mut self) {
        self.0 = None;
    }

    fn end(mut self, ended: Ended<'_>) {
        if let Some(end) = self.0.take() {
            end(ended);
        }
    }
}

impl Drop for Finish {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end(Ended::Not);
        }
    }
}

/// The parts of DeleteOptions that strategies look at.
#[derive(Clone, Debug, Default)]
pub struct DeleteOptions {
    /// gracePeriodSeconds, when given.
    pub grace_period_seconds: Option<i64>,
}

/// Outcome of [`Strategy::graceful_delete`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grace {
    /// Delete at once.
    None,
    /// Mark as deleted and wait this many seconds (0: delete at once, but let
    /// `begin_deletion` run).
    Seconds(i64),
}

/// Default handling of dependents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GarbageCollection {
    /// Dependents are deleted in the background.
    Background,
    /// Dependents lose their owner reference (Jobs, upstream's oldest promise).
    Orphan,
    /// Not subject to garbage collection (Events).
    Unsupported,
}

/// Field labels a selector may name, and upstream's words for the rest.
#[derive(Clone, Copy, Debug)]
pub struct FieldLabels {
    /// Labels beside metadata.name and metadata.namespace.
    pub extra: &'static [&'static str],
    /// Old labels and what they stand for now.
    pub aliases: &'static [(&'static str, &'static str)],
    /// How to refuse the others.
    pub refusal: Refusal,
    /// `metadata.namespace` is not known either.
    pub no_namespace: bool,
}

/// Upstream has three ways to refuse a field label, depending on who wrote the
/// conversion function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `"x" is not a known field selector: only "metadata.name", "metadata.namespace"`
    Generic,
    /// `field label not supported: x`
    NotSupported,
    /// `field label "x" not supported for Kind`
    NotSupportedFor(&'static str),
    /// `field label not supported for Kind: x`
    NotSupportedForKind(&'static str),
}

impl FieldLabels {
    /// Only name and namespace.
    pub const PLAIN: Self = Self {
        extra: &[],
        aliases: &[],
        refusal: Refusal::Generic,
        no_namespace: false,
    };

    /// Extra labels, refused as core kinds do.
    pub const fn core(extra: &'static [&'static str]) -> Self {
        Self {
            extra,
            aliases: &[],
            refusal: Refusal::NotSupported,
            no_namespace: false,
        }
    }

    /// The same for core kinds without a namespace, which do not know that
    /// label at all.
    pub const fn core_cluster(extra: &'static [&'static str]) -> Self {
        Self {
            extra,
            aliases: &[],
            refusal: Refusal::NotSupported,
            no_namespace: true,
        }
    }

    /// Extra labels, refused with the kind's name.
    pub const fn of_kind(extra: &'static [&'static str], kind: &'static str) -> Self {
        Self {
            extra,
            aliases: &[],
            refusal: Refusal::NotSupportedFor(kind),
            no_namespace: false,
        }
    }

    /// Maps a label of a request to the one to compare with, or gives the
    /// message of the 400.
    pub fn resolve<'a>(&self, label: &'a str) -> Result<&'a str, String> {
        let known = label == "metadata.name"
            || (label == "metadata.namespace" && !self.no_namespace)
            || self.extra.contains(&label);
        if known {
            return Ok(label);
        }
        if let Some((_, to)) = self.aliases.iter().find(|(from, _)| *from == label) {
            return Ok(to);
        }
        Err(match self.refusal {
            Refusal::Generic => format!(
                "{label:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            ),
            Refusal::NotSupported => format!("field label not supported: {label}"),
            Refusal::NotSupportedFor(kind) => {
                format!("field label {label:?} not supported for {kind}")
            }
            Refusal::NotSupportedForKind(kind) => {
                format!("field label not supported for {kind}: {label}")
            }
        })
    }
}

/// Where `/scale` reads and writes.
#[derive(Clone, Copy, Debug)]
pub struct ScalePaths {
    /// The wanted count.
    pub spec_replicas: &'static [&'static str],
    /// The observed count.
    pub status_replicas: &'static [&'static str],
    /// The selector: a LabelSelector, or a plain map (ReplicationController).
    pub selector: &'static [&'static str],
    /// The selector is a plain map of labels.
    pub selector_is_map: bool,
    /// The paths are those of a custom resource: its own schema says what may
    /// stand there, and the selector is text.
    pub custom: bool,
}

/// A strategy without any difference.
#[derive(Debug, Default)]
pub struct Plain;

impl Strategy for Plain {}

/// The path `metadata`, where metadata errors hang.
pub const METADATA: Path<'static> = Path::root("metadata");
