//! Applies and deletes manifests.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use skeg_meta::SharedObject;
use skeg_schema::Value;

use super::difference::{self, Difference};
use super::prune::{self, Prune};
use super::read::{Manifest, in_order};
use super::{ManifestError, ManifestErrors};
use crate::apply::{ApplyOptions, take_over};
use crate::client::Client;
use crate::diff::{ThreeWay, last_applied, stamp_last_applied};
use crate::discovery::Discovery;
use crate::dynamic::DynamicApi;
use crate::error::Error;
use crate::options::{CreateOptions, DeleteOptions, FieldValidation, PatchOptions, Propagation};
use crate::patch::{JsonPatch, Patch};
use crate::resource::ApiResource;

/// How long a definition may take until its kind is served.
const ESTABLISHED: Duration = Duration::from_secs(60);

/// How manifests are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// By server-side apply; conflicts with other managers are errors.
    #[default]
    ServerSide,
    /// By server-side apply; fields of other managers are taken.
    Force,
    /// As `kubectl apply` without `--server-side`: a three-way difference with
    /// what an annotation says was applied last.
    ClientSide,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there.
    Created,
    /// It was different.
    Configured,
    /// It was as it should be.
    Unchanged,
    /// It is no longer wanted, and was deleted.
    Pruned,
    /// It was deleted.
    Deleted,
}

/// What became of one object. Prints as kubectl prints it.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its resource.
    pub resource: ApiResource,
    /// Its namespace; empty where it has none.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The object as the server has it; none where it is gone.
    pub object: Option<SharedObject>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.resource.kind.to_lowercase())?;
        if !self.resource.group.is_empty() {
            write!(f, ".{}", self.resource.group)?;
        }
        let outcome = match self.outcome {
            Outcome::Created => "created",
            Outcome::Configured => "configured",
            Outcome::Unchanged => "unchanged",
            Outcome::Pruned => "pruned",
            Outcome::Deleted => "deleted",
        };
        write!(f, "/{} {outcome}", self.name)
    }
}

/// What was done, in the order in which it was.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The objects.
    pub changes: Vec<Change>,
}

impl Report {
    /// The objects that this became of.
    pub fn with(&self, outcome: Outcome) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.outcome == outcome)
    }
}

/// Applies manifests: namespaces and definitions first, the rest when their
/// kinds are served; and deletes what is no longer among them, if told so.
#[derive(Clone, Debug)]
pub struct Applier {
    pub(super) discovery: Arc<Discovery>,
    pub(super) manager: String,
    pub(super) namespace: String,
    pub(super) dry_run: bool,
    mode: Mode,
    prune: Prune,
    taken_from: Vec<String>,
}

impl Applier {
    /// By server-side apply, under this manager's name, into the client's
    /// default namespace where a manifest names none; nothing is pruned.
    #[must_use]
    pub fn new(client: Client, manager: impl Into<String>) -> Self {
        Self {
            namespace: client.default_namespace().to_owned(),
            discovery: Arc::new(Discovery::new(client)),
            manager: manager.into(),
            mode: Mode::default(),
            prune: Prune::Nothing,
            dry_run: false,
            taken_from: Vec::new(),
        }
    }

    /// With discovery that others use too.
    #[must_use]
    pub fn discovery(mut self, discovery: Arc<Discovery>) -> Self {
        self.discovery = discovery;
        self
    }

    /// In this way.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Into this namespace, where a manifest names none.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Goes through everything but the writes.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Deletes what was applied before and is no longer among the manifests.
    #[must_use]
    pub fn prune(mut self, prune: Prune) -> Self {
        self.prune = prune;
        self
    }

    /// Takes over, before it applies by the server, what these managers have written
    /// without applying by the server: see [`take_over`]. Client-side apply has
    /// `kubectl-client-side-apply` as its manager, or an applier's own in
    /// [`Mode::ClientSide`]. A dry run takes nothing over, and may meet conflicts
    /// that there would not be.
    #[must_use]
    pub fn take_over<S: Into<String>>(mut self, managers: impl IntoIterator<Item = S>) -> Self {
        self.taken_from = managers.into_iter().map(Into::into).collect();
        self
    }

    pub(super) fn client(&self) -> &Client {
        self.discovery.client()
    }

    /// Applies the manifests: all that can be, whatever becomes of others. Nothing
    /// is pruned unless all were. What was done stays done when the future is dropped.
    ///
    /// # Errors
    /// The server does not know a kind, refuses an object, or a definition's
    /// kind is not served in time.
    pub async fn apply(&self, manifests: &[Manifest]) -> Result<Report, ManifestErrors> {
        let mut done = Done::default();
        let mut part_of = None;
        if let Prune::ApplySet(set) = &self.prune {
            match set.begin(self, manifests).await {
                Ok(known) => part_of = Some(known),
                Err(error) => {
                    done.errors.push(error);
                    return done.end();
                }
            }
        }
        for manifest in in_order(manifests) {
            let mut tree = manifest.tree.clone();
            if let Some(known) = &part_of {
                known.label(&mut tree);
            }
            done.take(self.apply_one(manifest, tree).await);
        }
        if done.errors.is_empty() {
            let pruned = self.prune_after(&done.report, part_of).await;
            match pruned {
                Ok(changes) => done.report.changes.extend(changes),
                Err(error) => done.errors.push(error),
            }
        }
        done.end()
    }

    async fn prune_after(
        &self,
        report: &Report,
        part_of: Option<prune::Known>,
    ) -> Result<Vec<Change>, ManifestError> {
        let objects = report
            .changes
            .iter()
            .filter_map(|change| change.object.as_ref());
        let applied: HashSet<String> = objects.map(|object| object.uid().to_owned()).collect();
        match (&self.prune, part_of) {
            (Prune::ApplySet(_), Some(known)) => known.end(self, &applied).await,
            (Prune::Selected { labels, kinds }, _) => {
                let places = prune::places(&report.changes);
                prune::selected(self, labels, kinds, &places, &applied).await
            }
            _ => Ok(Vec::new()),
        }
    }

    /// What applying the manifests would change, object by object; nothing is
    /// written, and nothing pruned. What comes with a namespace or a definition
    /// among the manifests that is not there yet is shown as it stands.
    ///
    /// # Errors
    /// As [`Applier::apply`], for the first of them.
    pub async fn diff(&self, manifests: &[Manifest]) -> Result<Vec<Difference>, ManifestError> {
        let applier = self.clone().dry_run(true);
        let mut differences = Vec::with_capacity(manifests.len());
        for manifest in in_order(manifests) {
            let merged = applier.attempt(manifest, manifest.tree.clone()).await;
            differences.push(match merged {
                Ok(Attempt { api, live, after }) => Difference::new(
                    api.resource().clone(),
                    self.place(&api, manifest),
                    live.as_ref(),
                    (*after.value()).clone(),
                ),
                Err(ManifestError::Request { source, .. })
                    if (source.is_not_found() || source.is_no_match())
                        && difference::comes_with(manifest, manifests) =>
                {
                    let gvk = manifest.gvk();
                    let resource = ApiResource {
                        plural: gvk.kind.to_lowercase().into(),
                        group: gvk.group,
                        version: gvk.version,
                        kind: gvk.kind,
                        namespaced: !manifest.namespace().is_empty(),
                    };
                    let place = manifest.namespace();
                    Difference::new(resource, place, None, manifest.tree.clone())
                }
                Err(error) => return Err(error),
            });
        }
        Ok(differences)
    }

    /// Deletes what the manifests name, in the opposite order: all that can be,
    /// whatever becomes of others. What is not there, or is of a kind that is not
    /// served, is no error.
    ///
    /// # Errors
    /// The server refuses a deletion.
    pub async fn delete(&self, manifests: &[Manifest]) -> Result<Report, ManifestErrors> {
        let mut done = Done::default();
        for manifest in in_order(manifests).into_iter().rev() {
            match self.delete_one(manifest).await {
                Ok(None) => {}
                Ok(Some(change)) => done.report.changes.push(change),
                Err(error) => done.errors.push(error),
            }
        }
        done.end()
    }

    async fn delete_one(&self, manifest: &Manifest) -> Result<Option<Change>, ManifestError> {
        let api = match self.api(manifest).await {
            Ok(api) => api,
            Err(error) if error.is_no_match() => return Ok(None),
            Err(source) => return Err(failed(manifest, "find", source)),
        };
        let options = DeleteOptions {
            propagation: Some(Propagation::Background),
            dry_run: self.dry_run,
            ..DeleteOptions::default()
        };
        match api.delete(manifest.name(), &options).await {
            Ok(_) => Ok(Some(self.change(&api, manifest, Outcome::Deleted, None))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(source) => Err(failed(manifest, "delete", source)),
        }
    }

    pub(super) async fn api(&self, manifest: &Manifest) -> Result<DynamicApi, Error> {
        let gvk = manifest.gvk();
        // What stands in the tables need not be asked for.
        let resource = match ApiResource::built_in(&gvk.group, &gvk.version, &gvk.kind) {
            Some(built_in) => built_in,
            None => self.discovery.of_object(&manifest.tree).await?.resource,
        };
        let client = self.client().clone();
        Ok(match (resource.namespaced, manifest.namespace()) {
            (false, _) => DynamicApi::all(client, resource),
            (true, "") => DynamicApi::namespaced(client, resource, self.namespace.clone()),
            (true, namespace) => DynamicApi::namespaced(client, resource, namespace),
        })
    }

    fn change(
        &self,
        api: &DynamicApi,
        manifest: &Manifest,
        outcome: Outcome,
        object: Option<SharedObject>,
    ) -> Change {
        Change {
            namespace: self.place(api, manifest).to_owned(),
            name: manifest.name().to_owned(),
            resource: api.resource().clone(),
            outcome,
            object,
        }
    }

    /// The namespace of an object; empty where it has none.
    fn place<'a>(&'a self, api: &DynamicApi, manifest: &'a Manifest) -> &'a str {
        match (api.resource().namespaced, manifest.namespace()) {
            (false, _) => "",
            (true, "") => &self.namespace,
            (true, namespace) => namespace,
        }
    }

    async fn apply_one(&self, manifest: &Manifest, tree: Value) -> Result<Change, ManifestError> {
        let Attempt { api, live, after } = self.attempt(manifest, tree).await?;
        let outcome = match &live {
            None => Outcome::Created,
            Some(live) if same(live, &after) => Outcome::Unchanged,
            Some(_) => Outcome::Configured,
        };
        if api.resource().kind == "CustomResourceDefinition" && !self.dry_run {
            let served = crate::crd::wait(self.client(), manifest.name(), ESTABLISHED).await;
            served.map_err(|source| ManifestError::Definition {
                origin: manifest.origin.clone(),
                source,
            })?;
            self.discovery.invalidate().await;
        }
        Ok(self.change(&api, manifest, outcome, Some(after)))
    }

    async fn attempt(&self, manifest: &Manifest, tree: Value) -> Result<Attempt, ManifestError> {
        let api = self
            .api(manifest)
            .await
            .map_err(|source| failed(manifest, "find", source))?;
        let get = async || {
            let live = api.get_opt(manifest.name()).await;
            live.map_err(|source| failed(manifest, "get", source))
        };
        let mut live = get().await?;
        let after = match self.mode {
            Mode::ServerSide | Mode::Force => {
                while let Some(there) = &live
                    && !self.taken(&api, manifest, there).await?
                {
                    live = get().await?;
                }
                let mut options = ApplyOptions::manager(&*self.manager).to_patch_options();
                options.force = self.mode == Mode::Force;
                options.dry_run = self.dry_run;
                api.patch(manifest.name(), &Patch::Apply(tree), &options)
                    .await
                    .map_err(|source| failed(manifest, "apply", source))?
            }
            Mode::ClientSide => self.three_way(&api, manifest, tree, live.as_ref()).await?,
        };
        Ok(Attempt { api, live, after })
    }

    /// Takes over what other managers have written of an object; whether nobody
    /// has changed the object meanwhile.
    async fn taken(
        &self,
        api: &DynamicApi,
        manifest: &Manifest,
        live: &SharedObject,
    ) -> Result<bool, ManifestError> {
        let tree = live.value();
        let entries = tree.at(&["metadata", "managedFields"]);
        let taken = entries
            .and_then(Value::as_array)
            .filter(|_| !self.dry_run)
            .and_then(|entries| take_over(entries, &self.taken_from, &self.manager));
        let Some(entries) = taken else {
            return Ok(true);
        };
        let patch = JsonPatch::new()
            .replace("/metadata/managedFields", Value::Array(entries))
            .at_version(live.resource_version());
        let options = PatchOptions::default();
        match api
            .patch(manifest.name(), &Patch::Json(patch.into_value()), &options)
            .await
        {
            Ok(_) => Ok(true),
            Err(error) if error.is_conflict() || error.is_not_found() => Ok(false),
            Err(source) => Err(failed(manifest, "take over", source)),
        }
    }

    async fn three_way(
        &self,
        api: &DynamicApi,
        manifest: &Manifest,
        mut tree: Value,
        live: Option<&SharedObject>,
    ) -> Result<SharedObject, ManifestError> {
        stamp_last_applied(&mut tree);
        let Some(live) = live else {
            let options = CreateOptions {
                dry_run: self.dry_run,
                field_manager: self.manager.clone(),
                field_validation: Some(FieldValidation::Strict),
            };
            return api
                .create(tree, &options)
                .await
                .map_err(|source| failed(manifest, "create", source));
        };
        let differ = |source| ManifestError::Diff {
            origin: manifest.origin.clone(),
            object: object(manifest),
            source,
        };
        let there = live.value();
        let last = last_applied(&there).map_err(differ)?;
        let patch = ThreeWay::new(&tree, &there)
            .last_applied(last.as_ref())
            .of_type(live.type_id())
            .patch()
            .map_err(differ)?;
        if patch.is_empty() {
            return Ok(live.clone());
        }
        let options = PatchOptions {
            dry_run: self.dry_run,
            field_manager: self.manager.clone(),
            field_validation: Some(FieldValidation::Strict),
            ..PatchOptions::default()
        };
        api.patch(manifest.name(), &patch, &options)
            .await
            .map_err(|source| failed(manifest, "patch", source))
    }
}

/// An object that was applied.
struct Attempt {
    api: DynamicApi,
    /// As it was before.
    live: Option<SharedObject>,
    after: SharedObject,
}

/// What was done, and what could not be.
#[derive(Default)]
struct Done {
    report: Report,
    errors: Vec<ManifestError>,
}

impl Done {
    fn take(&mut self, outcome: Result<Change, ManifestError>) {
        match outcome {
            Ok(change) => self.report.changes.push(change),
            Err(error) => self.errors.push(error),
        }
    }

    fn end(self) -> Result<Report, ManifestErrors> {
        let Self { report, errors } = self;
        match errors.is_empty() {
            true => Ok(report),
            false => Err(ManifestErrors { report, errors }),
        }
    }
}

/// Whether two states of an object say the same. A dry run leaves the version
/// as it was whatever it would change.
fn same(live: &SharedObject, after: &SharedObject) -> bool {
    let plain = |object: &SharedObject| {
        let mut tree = (*object.value()).clone();
        tree.remove_at(&["metadata", "managedFields"]);
        tree.remove_at(&["metadata", "resourceVersion"]);
        tree.remove_at(&["metadata", "generation"]);
        tree
    };
    live.resource_version() == after.resource_version() && plain(live) == plain(after)
}

fn object(manifest: &Manifest) -> String {
    format!("{} {:?}", manifest.gvk().kind, manifest.name())
}

fn failed(manifest: &Manifest, action: &'static str, source: Error) -> ManifestError {
    ManifestError::Request {
        origin: manifest.origin.clone(),
        action,
        object: object(manifest),
        source,
    }
}
