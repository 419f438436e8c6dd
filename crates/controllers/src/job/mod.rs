//! Jobs: pods that run until enough of them have succeeded.

mod facts;
mod indexes;
mod plan;
mod policy;
#[cfg(test)]
mod tests;
mod track;
mod ttl;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_api::batch::v1::{Job, JobCondition, JobStatus};
use skeg_api::core::v1::Pod;
use skeg_client::{Api, Error, Patch, PatchOptions};
use skeg_meta::labels::Selector;
use skeg_meta::{ObjectMeta, Time};
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Expectations, Informer, Next, ObjectName,
    RateLimit, ReconcileError, WorkQueue, refers_to,
};
use skeg_schema::json;

use crate::Context;
use crate::workload::{Claims, Owned, PodControl, Written, controller_of, slow_start, unless_gone};
use facts::{FINALIZER, Facts, Record, Snapshot, facts, is_tracked};
use plan::{
    FAILED, Manage, deadline, is_complete, is_finished, is_suspended, manage, new_condition,
    verdict,
};
use track::{Round, count};

pub(crate) use ttl::run as run_ttl;

const WORKERS: usize = 5;
/// Pods that are refused are asked for again not as soon as elsewhere.
const RETRY: RateLimit = RateLimit {
    first: Duration::from_secs(1),
    max: Duration::from_secs(60),
};
/// What the Job controller itself is called where a Job names who manages it.
const MANAGER: &str = "kubernetes.io/job-controller";

/// How long to wait for the cache to show what was written; the event comes before.
const STALE_PAUSE: Duration = Duration::from_secs(1);

struct Jobs {
    context: Context,
    recorder: EventRecorder,
    control: PodControl,
    jobs: Informer<Job>,
    pods: Informer<Pod>,
    expectations: Expectations,
    /// Pods whose finalizer has been taken away, until that is seen.
    released: Mutex<HashMap<ObjectName, HashSet<String>>>,
    records: Mutex<HashMap<ObjectName, Record>>,
    written: Written,
    queue: WorkQueue<ObjectName>,
    /// Pods that a Job which is gone has left behind.
    left: WorkQueue<ObjectName>,
}

/// Whether another program manages a Job, and its pods' finalizers with it.
fn is_others(job: &Job) -> bool {
    let manager = job.spec.managed_by.as_deref();
    manager.is_some_and(|manager| manager != MANAGER)
}

/// Runs the controller of Jobs.
pub(crate) async fn run(context: Context) {
    let recorder = context.recorder("job-controller");
    let (queue, controller) = context.limited("job", RETRY);
    let this = Arc::new(Jobs {
        control: PodControl {
            client: context.client.clone(),
            recorder: recorder.clone(),
        },
        recorder,
        jobs: context.informers.informer(),
        pods: context.informers.informer(),
        expectations: Expectations::new(Arc::clone(&context.clock)),
        released: Mutex::default(),
        records: Mutex::default(),
        written: Written::default(),
        queue,
        left: context.queue(),
        context,
    });
    let handler = Arc::clone(&this);
    this.jobs
        .on_change(move |delta| handler.job_changed(&delta));
    let handler = Arc::clone(&this);
    this.pods
        .on_change(move |delta| handler.pod_changed(&delta));
    this.jobs.synced().await;
    this.pods.synced().await;
    let cancel = this.context.cancel.clone();
    let jobs = Arc::clone(&this);
    let syncing = controller
        .workers(WORKERS)
        .run(cancel.clone(), move |name| {
            let jobs = Arc::clone(&jobs);
            async move { unless_gone(jobs.sync(&name).await) }
        });
    let left = this.left.clone();
    let releasing = Controller::new("job-orphans", left).run(cancel, move |name| {
        let this = Arc::clone(&this);
        async move { this.release_left(&name).await }
    });
    tokio::join!(syncing, releasing);
}

impl Jobs {
    fn job_of(&self, meta: &ObjectMeta) -> Option<Arc<Job>> {
        controller_of(&self.jobs, meta)
    }

    fn job_changed(&self, delta: &Delta<'_, Job>) {
        let job = delta.object();
        let name = ObjectName::of(&job.metadata);
        if matches!(delta, Delta::Deleted { .. }) {
            self.expectations.forget(&name);
            self.records.lock().remove(&name);
            self.written.forget(&name);
            self.released.lock().remove(&name);
            for pod in self
                .pods
                .owned_by(&job.metadata.uid)
                .iter()
                .filter(|pod| is_tracked(pod))
            {
                self.left.add(ObjectName::of(&pod.metadata));
            }
        }
        self.queue.add(name);
    }

    fn pod_changed(&self, delta: &Delta<'_, Pod>) {
        let pod = delta.object();
        let gone = matches!(delta, Delta::Deleted { .. });
        if let Some(old) = delta.old()
            && old.metadata.controller() != pod.metadata.controller()
            && let Some(job) = self.job_of(&old.metadata)
        {
            self.queue.add(ObjectName::of(&job.metadata));
        }
        let Some(job) = self.job_of(&pod.metadata) else {
            let jobs = pod.metadata.controller().is_none_or(refers_to::<Job>);
            if jobs && !gone && is_tracked(pod) {
                self.left.add(ObjectName::of(&pod.metadata));
            }
            if pod.metadata.controller().is_none() && !gone {
                self.offer(pod);
            }
            return;
        };
        let name = ObjectName::of(&job.metadata);
        if gone || !is_tracked(pod) {
            self.seen_released(&name, &pod.metadata.uid);
        }
        if gone || pod.metadata.is_deleting() {
            self.expectations
                .deletion_observed(&name, &pod.metadata.uid);
        } else if matches!(delta, Delta::Added { .. }) {
            self.expectations.creation_observed(&name);
        }
        if is_tracked(pod) && is_finished(&job) {
            self.left.add(ObjectName::of(&pod.metadata));
        }
        self.queue.add(name);
    }

    fn offer(&self, pod: &Pod) {
        for job in self.jobs.store().in_namespace(&pod.metadata.namespace) {
            let matches = Selector::from_label_selector(job.spec.selector.as_ref())
                .is_ok_and(|selector| selector.matches(&pod.metadata.labels));
            if matches {
                self.queue.add(ObjectName::of(&job.metadata));
            }
        }
    }

    fn seen_released(&self, job: &ObjectName, uid: &str) {
        let mut released = self.released.lock();
        if let Some(uids) = released.get_mut(job) {
            uids.remove(uid);
            if uids.is_empty() {
                released.remove(job);
            }
        }
    }

    /// Lets a pod go that no Job will ever count.
    async fn release_left(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(pod) = self.pods.store().get(name) else {
            return Ok(Next::Done);
        };
        if !is_tracked(&pod)
            || self
                .job_of(&pod.metadata)
                .is_some_and(|job| !is_finished(&job) || is_others(&job))
        {
            return Ok(Next::Done);
        }
        self.take_finalizer(&pod).await?;
        Ok(Next::Done)
    }

    async fn take_finalizer(&self, pod: &Pod) -> Result<(), Error> {
        let api = Api::<Pod>::namespaced(self.context.client.clone(), &*pod.metadata.namespace);
        let body = json!({"metadata": {
            "uid": pod.metadata.uid.clone(),
            "$deleteFromPrimitiveList/finalizers": [FINALIZER],
        }});
        match api
            .patch(
                &pod.metadata.name,
                &Patch::Strategic(body),
                &PatchOptions::default(),
            )
            .await
        {
            Err(error) if error.is_not_found() || error.is_invalid() => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    async fn sync(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(cached) = self.jobs.store().get(name) else {
            return Ok(Next::Done);
        };
        // Pods that an older status does not count may be let go already: they
        // would be counted, or made, once more.
        if self.written.is_newer_than(&cached.metadata) {
            return Ok(Next::After(STALE_PAUSE));
        }
        if is_finished(&cached) {
            self.records.lock().remove(name);
            self.written.forget(name);
            return Ok(Next::Done);
        }
        if is_others(&cached) {
            return Ok(Next::Done);
        }
        let Ok(selector) = Selector::from_label_selector(cached.spec.selector.as_ref()) else {
            return Ok(Next::Done);
        };
        let now = self.context.clock.now();
        let settled = self.expectations.satisfied(name);
        let released = self.released.lock().get(name).cloned().unwrap_or_default();
        let mut claims = Claims::new(&self.context.client, &*cached);
        claims.finalizer = Some(FINALIZER);
        let pods = claims
            .claim(
                &selector,
                self.pods.owned_or_orphan(&cached.metadata),
                |_| true,
            )
            .await?;
        let mut job = Job::clone(&cached);
        if job.status.start_time.is_none() && !is_suspended(&job) {
            job.status.start_time = Some(Time(now));
        }
        let record = self.records.lock().get(name).copied().unwrap_or_default();
        let snapshot = Snapshot {
            job: &job,
            pods,
            released,
            settled,
            record,
            now,
        };
        let known = facts(&snapshot);
        let (round, wait, outcome) = self.manage_pods(name, &snapshot, &known).await;
        let suspended = round.suspended;
        let count = count(&snapshot, &known, round);
        let mut version = cached.metadata.resource_version.clone();
        if count.status != cached.status {
            version = self.write(&cached, &version, &count.status).await?;
        }
        self.records.lock().insert(name.clone(), known.record);
        self.tell_suspended(&cached, suspended);

        let held = self.release(name, &snapshot, &count.release).await;
        let failed_release = held.1;
        let (status, over) = count.settle(&held.0);
        if status != count.status {
            self.write(&cached, &version, &status).await?;
        }
        if over {
            self.tell_finished(&cached, &status, count.last.as_ref());
        }
        failed_release?;
        outcome?;
        let until = deadline(&job)
            .map(|at| Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO));
        let next = [wait, until].into_iter().flatten().min();
        Ok(next.filter(|_| !over).map_or(Next::Done, |wait| {
            Next::After(wait.max(Duration::from_millis(50)))
        }))
    }

    /// Makes and removes pods as planned: what there is then, and how long to wait with more.
    async fn manage_pods(
        &self,
        name: &ObjectName,
        snapshot: &Snapshot<'_>,
        facts: &Facts,
    ) -> (Round, Option<Duration>, Result<(), Error>) {
        let job = snapshot.job;
        let all = i32::try_from(facts.active.len()).unwrap_or(i32::MAX);
        let mut round = Round {
            active: all,
            ready: facts.ready,
            terminating: facts.terminating,
            ending: verdict(snapshot, facts),
            suspended: None,
        };
        if round.ending.is_some() {
            let (removed, ready, outcome) = self.remove(name, job, &facts.active, false).await;
            if removed != all || !snapshot.settled {
                // Some pod is not known yet, or will not go.
                round.ending = None;
            }
            round.active -= removed;
            round.ready -= ready;
            round.terminating += removed;
            return (round, None, outcome);
        }
        let mut wait = None;
        let mut outcome = Ok(());
        let managed = snapshot.settled && !job.metadata.is_deleting();
        if managed {
            match manage(snapshot, facts) {
                Manage::Nothing => {}
                Manage::Wait(pause) => {
                    wait = Some(pause);
                    // As upstream, which tells of no pods while it waits.
                    round.active = 0;
                }
                Manage::Remove(pods) => {
                    let removed = self.remove(name, job, &pods, true).await;
                    round.active -= removed.0;
                    round.ready -= removed.1;
                    round.terminating += removed.0;
                    outcome = removed.2;
                }
                Manage::Create(pods) => {
                    let (created, made) = self.create(name, job, &pods).await;
                    round.active = round.active.saturating_add(created);
                    outcome = made;
                }
            }
        }
        if is_complete(job, facts, round.active) {
            let message = "Reached expected number of succeeded pods";
            let met = new_condition(
                plan::SUCCESS_CRITERIA_MET,
                "CompletionsReached",
                message,
                snapshot.now,
            );
            round.ending = Some(met);
        } else if managed {
            let noted = plan::condition(job, "Suspended").is_some();
            round.suspended = (noted != is_suspended(job)).then(|| is_suspended(job));
        }
        (round, wait, outcome)
    }

    async fn create(&self, name: &ObjectName, job: &Job, pods: &[Pod]) -> (i32, Result<(), Error>) {
        self.expectations.expect_creations(name, pods.len());
        let (created, outcome) = slow_start(pods.len(), |at| async move {
            self.control.create(job, pods[at].clone()).await.map(drop)
        })
        .await;
        for _ in created..pods.len() {
            self.expectations.creation_observed(name);
        }
        let outcome = match outcome {
            Err(error) if error.is_namespace_terminating() => Ok(()),
            outcome => outcome,
        };
        (i32::try_from(created).unwrap_or(i32::MAX), outcome)
    }

    /// Removes pods: how many went, how many of them were ready. Those that are
    /// let go before do not count as failed.
    async fn remove(
        &self,
        name: &ObjectName,
        job: &Job,
        pods: &[Arc<Pod>],
        let_go: bool,
    ) -> (i32, i32, Result<(), Error>) {
        self.expectations
            .expect_deletions(name, pods.iter().map(|pod| pod.metadata.uid.clone()));
        let removals = pods.iter().map(|pod| async move {
            let outcome = async {
                if let_go && is_tracked(pod) {
                    self.note_released(name, &pod.metadata.uid);
                    self.take_finalizer(pod).await?;
                }
                self.control.delete(job, pod).await
            };
            let outcome = outcome.await;
            if outcome.is_err() {
                self.expectations.deletion_observed(name, &pod.metadata.uid);
            }
            match outcome {
                Err(error) if !error.is_not_found() => Err(error),
                _ => Ok(pod.is_ready()),
            }
        });
        let outcomes = futures::future::join_all(removals).await;
        let (mut removed, mut ready, mut failure) = (0, 0, Ok(()));
        for outcome in outcomes {
            match outcome {
                Ok(was_ready) => {
                    removed += 1;
                    ready += i32::from(was_ready);
                }
                Err(error) => failure = Err(error),
            }
        }
        (removed, ready, failure)
    }

    fn note_released(&self, name: &ObjectName, uid: &str) {
        self.released
            .lock()
            .entry(name.clone())
            .or_default()
            .insert(uid.to_owned());
    }

    /// Lets pods go; the uids of those that still hold their finalizer.
    async fn release(
        &self,
        name: &ObjectName,
        snapshot: &Snapshot<'_>,
        pods: &[Arc<Pod>],
    ) -> (HashSet<String>, Result<(), Error>) {
        let tracked = snapshot.pods.iter().filter(|pod| is_tracked(pod));
        let mut held: HashSet<String> = tracked
            .map(|pod| pod.metadata.uid.clone())
            .filter(|uid| !snapshot.released.contains(uid))
            .collect();
        let releases = pods.iter().map(|pod| async move {
            self.note_released(name, &pod.metadata.uid);
            let outcome = self.take_finalizer(pod).await;
            if outcome.is_err() {
                self.seen_released(name, &pod.metadata.uid);
            }
            (pod, outcome)
        });
        let mut failure = Ok(());
        for (pod, outcome) in futures::future::join_all(releases).await {
            match outcome {
                Ok(()) => drop(held.remove(&pod.metadata.uid)),
                Err(error) => failure = Err(error),
            }
        }
        (held, failure)
    }

    async fn write(&self, job: &Job, version: &str, status: &JobStatus) -> Result<String, Error> {
        let mut changed = Job {
            status: status.clone(),
            ..job.clone()
        };
        version.clone_into(&mut changed.metadata.resource_version);
        let api = Api::<Job>::namespaced(self.context.client.clone(), &*job.metadata.namespace);
        let written = api.update_status(changed).await?;
        self.written.note(&written.metadata);
        Ok(written.metadata.resource_version.clone())
    }

    fn tell_suspended(&self, job: &Job, suspended: Option<bool>) {
        match suspended {
            Some(true) => self
                .recorder
                .event(job, EventType::Normal, "Suspended", "Job suspended"),
            Some(false) => self
                .recorder
                .event(job, EventType::Normal, "Resumed", "Job resumed"),
            None => {}
        }
    }

    fn tell_finished(&self, job: &Job, status: &JobStatus, last: Option<&JobCondition>) {
        if let Some(last) = last.filter(|last| last.type_ == FAILED) {
            return self
                .recorder
                .event(job, EventType::Warning, &last.reason, &*last.message);
        }
        if job
            .spec
            .completions
            .is_some_and(|all| status.succeeded > all)
        {
            let message = "Too many succeeded pods running after completion count reached";
            self.recorder
                .event(job, EventType::Warning, "TooManySucceededPods", message);
        }
        self.recorder
            .event(job, EventType::Normal, "Completed", "Job completed");
    }
}
