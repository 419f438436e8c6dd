//! Keeps the `caBundle` of configurations what it should be.

use std::time::Duration;

use futures::StreamExt as _;
use skeg_client::{
    ApiResource, Client, DynamicApi, Error, Patch, PatchOptions, SharedEvent, WatchOptions,
};
use skeg_schema::{ByteString, FieldValue as _, Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use super::certificates::Bundle;
use crate::backoff::{Backoff, BackoffPolicy};
use crate::clock::SystemClock;

/// The pause after a failure, and after an object that is not there.
const RETRY: Duration = Duration::from_secs(5);
/// A watch that ended sooner than this without a word was no good.
const SHORT_WATCH: Duration = Duration::from_secs(1);

/// Where bundles stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Validating,
    Mutating,
    Conversion,
}

/// An object with bundles.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) client: Client,
}

impl Target {
    fn api(&self) -> Option<DynamicApi> {
        let (group, kind) = match self.place {
            Place::Validating => (
                "admissionregistration.k8s.io",
                "ValidatingWebhookConfiguration",
            ),
            Place::Mutating => (
                "admissionregistration.k8s.io",
                "MutatingWebhookConfiguration",
            ),
            Place::Conversion => ("apiextensions.k8s.io", "CustomResourceDefinition"),
        };
        ApiResource::built_in(group, "v1", kind)
            .map(|resource| DynamicApi::all(self.client.clone(), resource))
    }
}

/// The operations that bring a bundle to where it is missing in an object.
pub(super) fn missing(object: &Value, place: Place, bundle: &str) -> Vec<Value> {
    let text = ByteString(bundle.as_bytes().to_vec()).to_value();
    let mut operations = Vec::new();
    let mut look = |config: &Value, path: String| {
        if config.is_null() || config["caBundle"] == text {
            return;
        }
        operations.push(json!({"op": "add", "path": path, "value": text.clone()}));
    };
    if place == Place::Conversion {
        let path = ["spec", "conversion", "webhook", "clientConfig"];
        if let Some(config) = object.at(&path) {
            look(config, format!("/{}/caBundle", path.join("/")));
        }
    } else {
        let hooks = object["webhooks"].as_array();
        for (at, hook) in hooks.into_iter().flatten().enumerate() {
            look(
                &hook["clientConfig"],
                format!("/webhooks/{at}/clientConfig/caBundle"),
            );
        }
    }
    if !operations.is_empty() {
        // The places are those of the version that was looked at.
        let version = object["metadata"]["resourceVersion"].clone();
        if !version.is_null() {
            operations.insert(
                0,
                json!({"op": "test", "path": "/metadata/resourceVersion", "value": version}),
            );
        }
    }
    operations
}

/// Runs until it is dropped.
pub(super) async fn keep(
    target: Target,
    mut bundles: watch::Receiver<Bundle>,
    done: watch::Sender<bool>,
) {
    let Some(api) = target.api() else { return };
    loop {
        let bundle = bundles.borrow_and_update().clone();
        let followed = if bundle.is_empty() {
            // Certificates in files whose authority nobody has named.
            let _ = done.send(true);
            std::future::pending::<Result<(), Error>>().await
        } else {
            tokio::select! {
                followed = follow(&api, &target, &bundle, &done) => followed,
                changed = bundles.changed() => match changed {
                    Ok(()) => continue,
                    // Nobody renews any more.
                    Err(_) => return,
                },
            }
        };
        if let Err(error) = followed {
            if error.is_not_found() {
                tracing::debug!(
                    name = target.name,
                    "waiting for the configuration of the webhooks"
                );
                match tokio::time::timeout(RETRY, appears(&api, &target.name)).await {
                    Ok(Ok(true)) | Err(_) => continue,
                    // Whoever may not watch looks again after a while.
                    Ok(_) => {}
                }
            } else {
                tracing::warn!(
                    name = target.name,
                    error = error.chain(),
                    "cannot write the bundle of the webhooks"
                );
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}

/// Waits until there is an object of this name; false if the watch ended before.
async fn appears(api: &DynamicApi, name: &str) -> Result<bool, Error> {
    // Without a version, what is there already is told first.
    let options = WatchOptions::default().fields(format!("metadata.name={name}"));
    let mut events = api.watch(&options).await?;
    while let Some(event) = events.next().await {
        if matches!(event?, SharedEvent::Added(_) | SharedEvent::Modified(_)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Brings the bundle there, and follows the object until the watch ends.
async fn follow(
    api: &DynamicApi,
    target: &Target,
    bundle: &str,
    done: &watch::Sender<bool>,
) -> Result<(), Error> {
    let mut version = put(api, target, bundle, &api.get(&target.name).await?.value()).await?;
    done.send_replace(true);
    let (clock, mut pauses) = (SystemClock::new(), Backoff::new(BackoffPolicy::default()));
    loop {
        let (begun, from) = (Instant::now(), version.clone());
        let options = WatchOptions::from_version(version.as_str())
            .fields(format!("metadata.name={}", target.name));
        let mut events = api.watch(&options).await?;
        while let Some(event) = events.next().await {
            match event? {
                SharedEvent::Added(object) | SharedEvent::Modified(object) => {
                    version = put(api, target, bundle, &object.value()).await?;
                }
                SharedEvent::Bookmark {
                    resource_version, ..
                } => version = resource_version,
                SharedEvent::Deleted(object) => {
                    version = object.resource_version().to_owned();
                }
                SharedEvent::Error(status) => return Err((*status).into()),
            }
        }
        if version == from && begun.elapsed() < SHORT_WATCH {
            tokio::time::sleep(pauses.pause(&*clock)).await;
        }
    }
}

/// The version after the bundle is there.
async fn put(
    api: &DynamicApi,
    target: &Target,
    bundle: &str,
    object: &Value,
) -> Result<String, Error> {
    let operations = missing(object, target.place, bundle);
    let version = object["metadata"]["resourceVersion"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if operations.is_empty() {
        return Ok(version);
    }
    let patch = Patch::Json(operations.into());
    match api
        .patch(&target.name, &patch, &PatchOptions::default())
        .await
    {
        Ok(patched) => Ok(patched.resource_version().to_owned()),
        // Somebody was quicker; the watch tells what they did.
        Err(error) if error.is_conflict() || error.is_invalid() => Ok(version),
        Err(error) => Err(error),
    }
}
