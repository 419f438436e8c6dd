//! Keeps classes of volume attributes while a claim or a volume names them.

use std::sync::Arc;

use skeg_api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use skeg_api::storage::v1::VolumeAttributesClass;
use skeg_client::Api;
use skeg_runtime::{Controller, Delta, Informer, Next, ObjectName, ReconcileError};

use super::is_candidate;
use crate::Context;
use crate::workload::unless_gone;

const FINALIZER: &str = "kubernetes.io/vac-protection";

#[derive(Clone)]
struct Classes {
    context: Context,
    classes: Informer<VolumeAttributesClass>,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
}

/// The classes that a claim names: those it wants, has, or is to get.
fn named_by(claim: &PersistentVolumeClaim) -> Vec<String> {
    let wanted = claim.spec.volume_attributes_class_name.clone();
    let has = claim.status.current_volume_attributes_class_name.clone();
    let modifying = claim.status.modify_volume_status.as_ref();
    let target = modifying.map(|status| status.target_volume_attributes_class_name.clone());
    wanted.into_iter().chain(has).chain(target).collect()
}

fn named_by_volume(volume: &PersistentVolume) -> Vec<String> {
    let named = volume.spec.volume_attributes_class_name.clone();
    named.into_iter().collect()
}

/// Runs the controller that protects classes of volume attributes.
pub(crate) async fn run(context: Context) {
    let this = Classes {
        classes: context.informers.informer(),
        claims: context.informers.informer(),
        volumes: context.informers.informer(),
        context,
    };
    let queue = this.context.queue::<ObjectName>();
    let to = queue.clone();
    this.classes.on_change(move |delta| {
        if !matches!(delta, Delta::Deleted { .. }) {
            to.add(ObjectName::of(&delta.object().metadata));
        }
    });
    // Who names a class no longer may have been the last.
    let to = queue.clone();
    this.claims.on_change(move |delta| {
        let now = match &delta {
            Delta::Deleted { .. } => Vec::new(),
            _ => named_by(delta.object()),
        };
        let before = delta.old().unwrap_or(delta.object());
        for class in named_by(before) {
            if !now.contains(&class) {
                to.add(ObjectName::cluster(class));
            }
        }
    });
    let to = queue.clone();
    this.volumes.on_change(move |delta| {
        let now = match &delta {
            Delta::Deleted { .. } => Vec::new(),
            _ => named_by_volume(delta.object()),
        };
        let before = delta.old().unwrap_or(delta.object());
        for class in named_by_volume(before) {
            if !now.contains(&class) {
                to.add(ObjectName::cluster(class));
            }
        }
    });
    tokio::join!(
        this.classes.synced(),
        this.claims.synced(),
        this.volumes.synced()
    );
    let cancel = this.context.cancel.clone();
    Controller::new("vac-protection", queue)
        .run(cancel, move |name: ObjectName| {
            let this = this.clone();
            async move { unless_gone(this.sync(this.classes.store().get(&name)).await) }
        })
        .await;
}

impl Classes {
    fn is_used(&self, class: &str) -> bool {
        let names = |all: Vec<String>| all.iter().any(|name| name == class);
        let claims = self.claims.store().list();
        let volumes = self.volumes.store().list();
        claims.iter().any(|claim| names(named_by(claim)))
            || volumes.iter().any(|volume| names(named_by_volume(volume)))
    }

    async fn sync(
        &self,
        class: Option<Arc<VolumeAttributesClass>>,
    ) -> Result<Next, ReconcileError> {
        let Some(class) = class else {
            return Ok(Next::Done);
        };
        let has = class
            .metadata
            .finalizers
            .iter()
            .any(|held| held == FINALIZER);
        let mut next = VolumeAttributesClass::clone(&class);
        let finalizers = &mut next.metadata.finalizers;
        if is_candidate(&class.metadata, FINALIZER) && !self.is_used(&class.metadata.name) {
            finalizers.retain(|held| held != FINALIZER);
        } else if !has && !class.metadata.is_deleting() {
            finalizers.push(FINALIZER.to_owned());
        } else {
            return Ok(Next::Done);
        }
        let api = Api::<VolumeAttributesClass>::all(self.context.client.clone());
        api.update(next).await?;
        Ok(Next::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::{ObjectMeta, Time};
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn a_class_goes_when_nobody_names_it() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        for name in ["used", "free"] {
            let mut class = VolumeAttributesClass {
                metadata: ObjectMeta::named("", name),
                ..VolumeAttributesClass::default()
            };
            class.metadata.finalizers.push(FINALIZER.to_owned());
            class.metadata.deletion_timestamp = Some(Time(jiff::Timestamp::UNIX_EPOCH));
            api.put(&class);
        }
        let mut claim = PersistentVolumeClaim {
            metadata: ObjectMeta::named("a", "c"),
            ..PersistentVolumeClaim::default()
        };
        claim.spec.volume_attributes_class_name = Some("used".to_owned());
        api.put(&claim);
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run(context));
        let held = |api: &FakeApi, name: &str| {
            let class = api.get::<VolumeAttributesClass>("", name);
            class.is_some_and(|class| !class.metadata.finalizers.is_empty())
        };
        api.until("one is let go", |api| !held(api, "free")).await;
        assert!(held(&api, "used"));
        api.remove::<PersistentVolumeClaim>("a", "c");
        api.until("so is the other", |api| !held(api, "used")).await;
        cancel.cancel();
        running.await.expect("it ends");
    }
}
