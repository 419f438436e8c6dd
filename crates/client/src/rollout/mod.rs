//! Rollouts of deployments, stateful sets and daemon sets: restart, status,
//! pause, resume, history, undo; scaling and waiting for it.
//!
//! ```no_run
//! # async fn f(client: skeg_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use skeg_api::apps::v1::Deployment;
//! use skeg_client::{Api, rollout};
//! let deployments: Api<Deployment> = Api::default_namespaced(client);
//! rollout::restart(&deployments, "web").await?;
//! rollout::finished(&deployments, "web", |progress| println!("{progress}")).await?;
//! # Ok(()) }
//! ```

mod history;
mod progress;

use skeg_api::apps::v1::{DaemonSet, Deployment, StatefulSet};
use skeg_meta::{Object, Time};
use skeg_schema::json;

use crate::api::Api;
use crate::error::Error;
use crate::options::PatchOptions;
use crate::patch::Patch;
use crate::subresources::HasScale;
use crate::wait::{ObjectWatch, WaitError};

pub use history::{Revision, UndoError, history, undo};
pub use progress::Progress;

/// The annotation of a pod template by which `kubectl rollout restart` changes it.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

mod sealed {
    pub trait Sealed {}
}

/// A kind that rolls out changes of its pod template: Deployment, StatefulSet, DaemonSet.
pub trait Rollout: Object + sealed::Sealed {
    /// How far the rollout is.
    ///
    /// # Errors
    /// It has failed, or the object is never rolled out by itself (`OnDelete`).
    fn progress(&self) -> Result<Progress, String>;

    #[doc(hidden)]
    fn parts(&self) -> history::Parts<'_>;
}

impl sealed::Sealed for Deployment {}
impl sealed::Sealed for StatefulSet {}
impl sealed::Sealed for DaemonSet {}

impl Rollout for Deployment {
    fn progress(&self) -> Result<Progress, String> {
        Progress::of_deployment(self)
    }

    fn parts(&self) -> history::Parts<'_> {
        history::Parts {
            selector: self.spec.selector.as_ref(),
            template: &self.spec.template,
            paused: self.spec.paused,
            in_replica_sets: true,
        }
    }
}

impl Rollout for StatefulSet {
    fn progress(&self) -> Result<Progress, String> {
        Progress::of_stateful_set(self)
    }

    fn parts(&self) -> history::Parts<'_> {
        history::Parts {
            selector: self.spec.selector.as_ref(),
            template: &self.spec.template,
            paused: false,
            in_replica_sets: false,
        }
    }
}

impl Rollout for DaemonSet {
    fn progress(&self) -> Result<Progress, String> {
        Progress::of_daemon_set(self)
    }

    fn parts(&self) -> history::Parts<'_> {
        history::Parts {
            selector: self.spec.selector.as_ref(),
            template: &self.spec.template,
            paused: false,
            in_replica_sets: false,
        }
    }
}

/// Replaces every pod by a new one, at the pace of the update strategy.
///
/// # Errors
/// As for every request; a deployment that is paused cannot be restarted, and nothing can be
/// twice within a second.
pub async fn restart<K: Rollout>(api: &Api<K>, name: &str) -> Result<(), Error> {
    let object = api.get(name).await?;
    let refused = |why: &str| Error::Request {
        target: format!("{} {name}", K::PLURAL),
        message: why.to_owned(),
    };
    let parts = object.parts();
    if parts.paused {
        let why = "it is paused, so nothing would be restarted; resume it first";
        return Err(refused(why));
    }
    let now = Time(api.client().clock().now()).to_string();
    let before = parts.template.metadata.annotations.get(RESTARTED_AT);
    // Nothing would change, and so nothing would be restarted.
    if before == Some(&now) {
        let why = "it was restarted within this second; wait a moment before the next time";
        return Err(refused(why));
    }
    let patch = json!({"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: now}}}}});
    api.patch(name, &Patch::Merge(patch), &PatchOptions::default())
        .await?;
    Ok(())
}

/// Holds back changes of a deployment's template.
///
/// # Errors
/// As for every request.
pub async fn pause(api: &Api<Deployment>, name: &str) -> Result<(), Error> {
    set_paused(api, name, true).await
}

/// Lets changes of a deployment's template take effect again.
///
/// # Errors
/// As for every request.
pub async fn resume(api: &Api<Deployment>, name: &str) -> Result<(), Error> {
    set_paused(api, name, false).await
}

async fn set_paused(api: &Api<Deployment>, name: &str, paused: bool) -> Result<(), Error> {
    let patch = Patch::Merge(json!({"spec": {"paused": paused}}));
    api.patch(name, &patch, &PatchOptions::default()).await?;
    Ok(())
}

/// How far a rollout is.
///
/// # Errors
/// As for every request; [`WaitError::Failed`] when it has failed.
pub async fn status<K: Rollout>(api: &Api<K>, name: &str) -> Result<Progress, WaitError> {
    let object = api
        .get(name)
        .await
        .map_err(|source| WaitError::watch(format!("{} {name}", K::PLURAL), source))?;
    of(&*object, name)
}

fn of<K: Rollout>(object: &K, name: &str) -> Result<Progress, WaitError> {
    object.progress().map_err(|message| WaitError::Failed {
        target: format!("{} {name}", K::PLURAL),
        message,
    })
}

/// Waits until a rollout is finished; tells its progress each time it changes.
/// See [`crate::wait::within`] for a bound.
///
/// # Errors
/// [`WaitError::Failed`] when it has failed or the object is gone; it cannot be watched.
pub async fn finished<K: Rollout>(
    api: &Api<K>,
    name: &str,
    mut tell: impl FnMut(&Progress),
) -> Result<(), WaitError> {
    let mut watch = ObjectWatch::new(api, name);
    let mut last = None;
    loop {
        let object = watch.next().await?;
        let Some(object) = object else {
            return Err(WaitError::Failed {
                target: format!("{} {name}", K::PLURAL),
                message: "it does not exist".to_owned(),
            });
        };
        let progress = of(&*object, name)?;
        if last.as_ref() != Some(&progress) {
            tell(&progress);
        }
        if progress.is_done() {
            return Ok(());
        }
        last = Some(progress);
    }
}

/// Says how many there should be.
///
/// # Errors
/// As for every request.
pub async fn scale<K: HasScale>(api: &Api<K>, name: &str, replicas: i32) -> Result<(), Error> {
    let patch = Patch::Merge(json!({"spec": {"replicas": replicas}}));
    api.patch_scale(name, &patch, &PatchOptions::default())
        .await?;
    Ok(())
}

/// Says how many there should be, and waits until there are.
/// See [`crate::wait::within`] for a bound.
///
/// # Errors
/// As for every request; it cannot be watched.
pub async fn scale_and_wait<K: HasScale + Rollout>(
    api: &Api<K>,
    name: &str,
    replicas: i32,
) -> Result<(), WaitError> {
    scale(api, name, replicas)
        .await
        .map_err(|source| WaitError::watch(format!("{} {name}", K::PLURAL), source))?;
    finished(api, name, |_| {}).await
}
