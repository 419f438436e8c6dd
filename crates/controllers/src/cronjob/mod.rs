//! CronJobs: Jobs that are made when a schedule says so.

mod plan;
mod schedule;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use skeg_api::batch::v1::{CronJob, CronJobStatus, Job};
use skeg_api::core::v1::ObjectReference;
use skeg_client::{Api, DeleteOptions, Error, Propagation};
use skeg_meta::{Object, ObjectMeta, Time};
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    WorkQueue, refers_to,
};

use crate::Context;
use crate::workload::{Owned, Written, unless_gone};

const NAME: &str = "cronjob-controller";
const WORKERS: usize = 5;
/// How long to wait for the cache to show what was written.
const STALE_PAUSE: Duration = Duration::from_secs(1);
const SCHEDULED: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

struct CronJobs {
    context: Context,
    recorder: EventRecorder,
    crons: Informer<CronJob>,
    jobs: Informer<Job>,
    written: Written,
    queue: WorkQueue<ObjectName>,
}

/// Runs the controller of CronJobs.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(CronJobs {
        recorder: context.recorder(NAME),
        crons: context.informers.informer(),
        jobs: context.informers.informer(),
        written: Written::default(),
        queue: context.queue(),
        context,
    });
    let handler = Arc::clone(&this);
    this.crons.on_change(move |delta| {
        let name = ObjectName::of(&delta.object().metadata);
        if matches!(delta, Delta::Deleted { .. }) {
            handler.written.forget(&name);
        }
        handler.queue.add(name);
    });
    let handler = Arc::clone(&this);
    this.jobs
        .on_change(move |delta| handler.job_changed(&delta));
    this.crons.synced().await;
    this.jobs.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new(NAME, this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |name| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.sync(&name).await) }
        })
        .await;
}

fn finished(job: &Job) -> Option<&str> {
    let mut conditions = job.status.conditions.iter();
    conditions
        .find(|c| c.status == "True" && matches!(c.type_.as_str(), "Complete" | "Failed"))
        .map(|c| c.type_.as_str())
}

impl CronJobs {
    fn job_changed(&self, delta: &Delta<'_, Job>) {
        for meta in [Some(delta.object()), delta.old()]
            .into_iter()
            .flatten()
            .map(|job| &job.metadata)
        {
            if let Some(owner) = meta.controller().filter(|r| refers_to::<CronJob>(r)) {
                self.queue
                    .add(ObjectName::new(meta.namespace.clone(), owner.name.clone()));
            }
        }
    }

    fn api(&self, namespace: &str) -> Api<Job> {
        Api::namespaced(self.context.client.clone(), namespace)
    }

    async fn sync(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(cron) = self.crons.store().get(name) else {
            return Ok(Next::Done);
        };
        // Jobs that an older status does not list would be taken for a stranger's, and
        // those that it still lists for lost. The event comes before the pause is over.
        if self.written.is_newer_than(&cron.metadata) {
            return Ok(Next::After(STALE_PAUSE));
        }
        let jobs = self.jobs.owned_by(&cron.metadata.uid);
        let mut status = cron.status.clone();
        self.count(&cron, &jobs, &mut status).await?;
        let outcome = if cron.metadata.is_deleting() {
            Ok(Next::Done)
        } else {
            self.start(&cron, &mut status).await
        };
        if status != cron.status {
            let mut next = CronJob::clone(&cron);
            next.status = status;
            let api = Api::<CronJob>::namespaced(self.context.client.clone(), &*name.namespace);
            self.written.note(&api.update_status(next).await?.metadata);
        }
        self.remove_old(&cron, &jobs).await?;
        outcome
    }

    /// Brings the list of active Jobs up to date.
    async fn count(
        &self,
        cron: &CronJob,
        jobs: &[Arc<Job>],
        status: &mut CronJobStatus,
    ) -> Result<(), Error> {
        let crons = Api::<CronJob>::namespaced(
            self.context.client.clone(),
            cron.metadata.namespace.as_str(),
        );
        for job in jobs {
            let (uid, name) = (&job.metadata.uid, &job.metadata.name);
            let listed = status.active.iter().any(|one| one.uid == *uid);
            match finished(job) {
                None if !listed => {
                    // The cache may not show yet what was written when the Job was made.
                    let fresh = crons.get_opt(&cron.metadata.name).await?;
                    let written = fresh.as_ref().map(|fresh| &fresh.status.active);
                    if written.is_some_and(|active| active.iter().any(|one| one.uid == *uid)) {
                        continue;
                    }
                    let message =
                        format!("Saw a job that the controller did not create or forgot: {name}");
                    self.warn(cron, "UnexpectedJob", message);
                }
                Some(condition) if listed => {
                    status.active.retain(|one| one.uid != *uid);
                    let message = format!("Saw completed job: {name}, condition: {condition}");
                    self.tell(cron, "SawCompletedJob", message);
                }
                _ => {}
            }
            let completed = job.status.completion_time;
            if finished(job) == Some("Complete")
                && completed.map(|time| time.0) > status.last_successful_time.map(|time| time.0)
            {
                status.last_successful_time = completed;
            }
        }
        let api = self.api(&cron.metadata.namespace);
        let unseen: Vec<ObjectReference> = status
            .active
            .iter()
            .filter(|one| jobs.iter().all(|job| job.metadata.uid != one.uid))
            .cloned()
            .collect();
        for one in unseen {
            // The cache may be behind.
            let there = api.get_opt(&one.name).await?;
            if there.is_none_or(|job| job.metadata.uid != one.uid) {
                status.active.retain(|active| active.uid != one.uid);
                let message = format!("Active job went missing: {}", one.name);
                self.tell(cron, "MissingJob", message);
            }
        }
        Ok(())
    }

    /// Starts a Job if it is time.
    async fn start(
        &self,
        cron: &CronJob,
        status: &mut CronJobStatus,
    ) -> Result<Next, ReconcileError> {
        if cron.spec.suspend == Some(true) {
            return Ok(Next::Done);
        }
        let (schedule, zone) = match plan::schedule(cron) {
            Ok(read) => read,
            Err((reason, message)) => {
                self.warn(cron, reason, message);
                return Ok(Next::Done);
            }
        };
        let now = self.context.clock.now();
        let times = plan::times(cron, &schedule, now);
        if times.never {
            let schedule = &cron.spec.schedule;
            let why = "time difference between two schedules is less than 1 second";
            let message = format!("invalid schedule: {schedule} : {why}");
            self.warn(cron, "InvalidSchedule", message);
            return Ok(Next::Done);
        }
        let later = times.wait.map_or(Next::Done, Next::After);
        let Some(due) = times.due else {
            return Ok(later);
        };
        if times.many_missed {
            self.warn(
                cron,
                "TooManyMissedTimes",
                "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew".to_owned(),
            );
        }
        let name = format!("{}-{}", cron.metadata.name, due.as_second() / 60);
        if status.active.iter().any(|active| active.name == name)
            || status.last_schedule_time.is_some_and(|last| last.0 == due)
        {
            return Ok(later);
        }
        match cron.spec.concurrency_policy.as_str() {
            "Forbid" if !status.active.is_empty() => {
                self.tell(
                    cron,
                    "JobAlreadyActive",
                    "Not starting job because prior execution is running and concurrency policy is Forbid".to_owned(),
                );
                return Ok(later);
            }
            "Replace" => {
                for active in status.active.clone() {
                    self.delete(cron, &active.name).await?;
                    status.active.retain(|one| one.uid != active.uid);
                }
            }
            _ => {}
        }
        let Some(job) = self.create(cron, new_job(cron, name, due, &zone)).await? else {
            return Ok(later);
        };
        let mut reference = skeg_runtime::reference(&*job);
        reference.resource_version = job.metadata.resource_version.clone();
        status.active.push(reference);
        status.last_schedule_time = Some(Time(due));
        Ok(later)
    }

    /// Makes the Job; the one that is there already, if it is this CronJob's
    /// and not finished.
    async fn create(&self, cron: &CronJob, job: Job) -> Result<Option<Arc<Job>>, Error> {
        let api = self.api(&cron.metadata.namespace);
        let name = job.metadata.name.clone();
        match api.create(job).await {
            Ok(job) => {
                self.tell(cron, "SuccessfulCreate", format!("Created job {name}"));
                Ok(Some(job))
            }
            Err(error) if error.is_already_exists() => Ok(api
                .get_opt(&name)
                .await?
                .filter(|job| skeg_runtime::is_controlled_by(&job.metadata, &cron.metadata.uid))
                .filter(|job| finished(job).is_none())),
            Err(error) => {
                if !error.is_namespace_terminating() {
                    self.warn(cron, "FailedCreate", format!("Error creating job: {error}"));
                }
                Err(error)
            }
        }
    }

    async fn delete(&self, cron: &CronJob, name: &str) -> Result<(), Error> {
        let options = DeleteOptions::default().propagation(Propagation::Background);
        match self
            .api(&cron.metadata.namespace)
            .delete(name, &options)
            .await
        {
            Ok(_) => {
                self.tell(cron, "SuccessfulDelete", format!("Deleted job {name}"));
                Ok(())
            }
            // It is gone already, and that has been told if it was done here.
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => {
                self.warn(cron, "FailedDelete", format!("Deleted job: {error}"));
                Err(error)
            }
        }
    }

    /// Removes the oldest finished Jobs beyond the limits.
    async fn remove_old(&self, cron: &CronJob, jobs: &[Arc<Job>]) -> Result<(), Error> {
        for (kind, limit) in [
            ("Complete", cron.spec.successful_jobs_history_limit),
            ("Failed", cron.spec.failed_jobs_history_limit),
        ] {
            let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) else {
                continue;
            };
            let mut ended: Vec<&Arc<Job>> = jobs
                .iter()
                .filter(|job| finished(job) == Some(kind) && !job.metadata.is_deleting())
                .collect();
            ended.sort_by_key(|job| {
                let started = job.status.start_time.map(|time| time.0);
                (started.is_none(), started, job.metadata.name.clone())
            });
            let too_many = ended.len().saturating_sub(limit);
            for job in ended.into_iter().take(too_many) {
                self.delete(cron, &job.metadata.name).await?;
            }
        }
        Ok(())
    }

    fn tell(&self, cron: &CronJob, reason: &str, message: String) {
        self.recorder
            .event(cron, EventType::Normal, reason, message);
    }

    fn warn(&self, cron: &CronJob, reason: &str, message: String) {
        self.recorder
            .event(cron, EventType::Warning, reason, message);
    }
}

fn new_job(cron: &CronJob, name: String, due: Timestamp, zone: &TimeZone) -> Job {
    let template = &cron.spec.job_template;
    let mut annotations = template.metadata.annotations.clone();
    annotations.insert(SCHEDULED.to_owned(), rfc3339(due, zone));
    Job {
        metadata: ObjectMeta {
            name,
            namespace: cron.metadata.namespace.clone(),
            labels: template.metadata.labels.clone(),
            annotations,
            owner_references: vec![cron.controller_reference()],
            ..ObjectMeta::default()
        },
        spec: template.spec.clone(),
        ..Job::default()
    }
}

// As Go prints a time in a zone: `Z` for UTC, else the offset.
fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset(at);
    let local = zone
        .to_datetime(at)
        .strftime("%Y-%m-%dT%H:%M:%S")
        .to_string();
    let seconds = offset.seconds();
    if seconds == 0 {
        return format!("{local}Z");
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}
