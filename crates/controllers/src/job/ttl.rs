//! Removes Jobs some time after they have finished.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use skeg_api::batch::v1::Job;
use skeg_client::{Api, DeleteOptions, Propagation};
use skeg_runtime::{Controller, Next, ObjectName};

use super::plan::{COMPLETE, FAILED, condition};
use crate::Context;

/// When a finished Job is to go.
fn expires(job: &Job) -> Option<Timestamp> {
    let seconds = job
        .spec
        .ttl_seconds_after_finished
        .filter(|_| !job.metadata.is_deleting())?;
    let finished = condition(job, COMPLETE).or_else(|| condition(job, FAILED))?;
    Some(finished.last_transition_time?.0 + SignedDuration::from_secs(i64::from(seconds)))
}

/// Runs the controller that removes them.
pub(crate) async fn run(context: Context) {
    let jobs = context.informers.informer::<Job>();
    let queue = context.queue::<ObjectName>();
    let handler = queue.clone();
    jobs.on_change(move |delta| {
        if expires(delta.object()).is_some() {
            handler.add(ObjectName::of(&delta.object().metadata));
        }
    });
    jobs.synced().await;
    let cancel = context.cancel.clone();
    Controller::new("ttl-after-finished", queue)
        .run(cancel, move |name: ObjectName| {
            let (jobs, context) = (jobs.clone(), context.clone());
            async move {
                let Some(job) = jobs.store().get(&name) else {
                    return Ok(Next::Done);
                };
                let Some(at) = expires(&job) else {
                    return Ok(Next::Done);
                };
                let left = Duration::try_from(at.duration_since(context.clock.now()))
                    .unwrap_or(Duration::ZERO);
                if !left.is_zero() {
                    return Ok(Next::After(left));
                }
                let api = Api::<Job>::namespaced(context.client.clone(), &*name.namespace);
                let options = DeleteOptions::default()
                    .propagation(Propagation::Foreground)
                    .uid(&*job.metadata.uid)
                    .version(&*job.metadata.resource_version);
                match api.delete(&name.name, &options).await {
                    Err(error) if !error.is_not_found() => Err(error.into()),
                    _ => Ok(Next::Done),
                }
            }
        })
        .await;
}
