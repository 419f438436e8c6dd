//! The scheduler at work: what it hears becomes a snapshot and a queue, and
//! what it decides becomes bindings and conditions.

mod act;
mod asking;
mod hears;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::Pod;
use skeg_api::policy::v1::PodDisruptionBudget;
use skeg_client::{Client, Error};
use skeg_runtime::{Clock, EventRecorder, Informer, SharedInformerFactory};
use skeg_schema::Value;
use tokio::sync::{Notify, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Configuration, Profile};
use crate::devices::{Claims, ELSEWHERE, Wanted};
use crate::extender::{Extender, that_mind};
use crate::preempt::{Preemption, Trouble, preempt, priority};
use crate::queue::{Change, Moment, Queue};
use crate::schedule::{Decision, Turn, Unschedulable, schedule};
use crate::snapshot::Snapshot;
use crate::volumes::{ClaimKey, PodVolumes, Step};

/// The name by which pods ask for this scheduler.
pub const NAME: &str = "default-scheduler";
/// How many bindings are under way at once.
const BINDINGS_MAX: usize = 256;

/// What the scheduler works with.
pub struct Context {
    /// Writes bindings and conditions.
    pub client: Client,
    /// Hears of pods and nodes.
    pub informers: SharedInformerFactory,
    /// Tells what happened to a pod.
    pub recorder: EventRecorder,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    snapshot: Snapshot,
    queue: Queue,
    /// Pods for which room is made on a node, by uid.
    nominated: BTreeMap<String, Arc<Pod>>,
    /// The node with which the next search begins.
    from: usize,
}

impl State {
    /// Remembers or forgets on which node room is made for a waiting pod.
    fn nominate(&mut self, pod: &Arc<Pod>, now: Moment) {
        let node = &pod.status.nominated_node_name;
        let uid = pod.metadata.uid.as_str();
        let before = self.nominated.get(uid);
        if before.is_some_and(|before| before.status.nominated_node_name != *node) {
            self.promise_no_more(uid, now);
        }
        if !node.is_empty() {
            self.nominated.insert(uid.to_owned(), pod.clone());
        }
    }

    /// Room that was made for a pod is for others again.
    fn promise_no_more(&mut self, uid: &str, now: Moment) {
        if self.nominated.remove(uid).is_some() {
            self.queue.changed(Change::PodLeft, now);
        }
    }

    /// The snapshot with the pods in place that were promised a node and are
    /// no less important than `pod`; `None` when there are none.
    fn promised(&self, pod: &Pod) -> Option<Snapshot> {
        let mut others = self
            .nominated
            .values()
            .filter(|other| {
                other.metadata.uid != pod.metadata.uid && priority(other) >= priority(pod)
            })
            .peekable();
        others.peek()?;
        let mut snapshot = self.snapshot.clone();
        for other in others {
            snapshot.place(other.clone(), &other.status.nominated_node_name);
        }
        Some(snapshot)
    }
}

/// What is to be done about a pod.
enum Deed {
    /// To this node, with what was promised there.
    Bind(String, Promised),
    /// A claim of it is not there yet: nothing is to be told.
    Hold,
    /// Something that had to be asked gave no answer.
    Fail(String),
    /// It waits, and perhaps others make room for it.
    Wait {
        message: String,
        plugins: Vec<&'static str>,
        preemption: Option<Preemption>,
        /// A claim that has devices elsewhere, which nobody uses.
        idle: Option<Wanted>,
    },
}

/// What a pod was promised on its node.
struct Promised {
    devices: Vec<(Wanted, Arc<Value>)>,
    volumes: Vec<(ClaimKey, Step)>,
}

struct Scheduler {
    client: Client,
    /// One for each profile, by its name.
    recorders: BTreeMap<String, EventRecorder>,
    clock: Arc<dyn Clock>,
    budgets: Informer<PodDisruptionBudget>,
    configuration: Configuration,
    extenders: Vec<Arc<Extender>>,
    state: Mutex<State>,
    stirred: Notify,
    /// Counts what was heard of claims for volumes and for devices.
    claims_heard: watch::Sender<u64>,
}

/// Schedules by upstream's defaults until cancelled. Bindings that are under
/// way then are finished.
pub async fn run(context: Context, cancel: CancellationToken) {
    // There is no extender whose address could be wrong.
    let _ = run_configured(context, Configuration::default(), cancel).await;
}

/// Schedules as [`run`] does, by a configuration.
///
/// # Errors
/// An extender's address or its certificates cannot be used.
pub async fn run_configured(
    context: Context,
    configuration: Configuration,
    cancel: CancellationToken,
) -> Result<(), Error> {
    for path in &configuration.ignored {
        tracing::warn!(path, "this setting has no meaning here");
    }
    let extenders = configuration.extenders.iter().cloned();
    let extenders = extenders
        .map(|extender| Extender::new(extender).map(Arc::new))
        .collect::<Result<Vec<_>, Error>>()?;
    let queue = Queue::new(configuration.backoff_first, configuration.backoff_max);
    let profiles = configuration.profiles.iter();
    let recorders = profiles
        .map(|profile| (profile.name.clone(), context.recorder.named(&profile.name)))
        .collect();
    let scheduler = Arc::new(Scheduler {
        client: context.client,
        recorders,
        clock: context.clock,
        budgets: context.informers.informer(),
        configuration,
        extenders,
        state: Mutex::new(State {
            queue,
            ..State::default()
        }),
        stirred: Notify::new(),
        claims_heard: watch::Sender::new(0),
    });
    let known = cancel.run_until_cancelled(scheduler.listen(&context.informers));
    if known.await.is_some() {
        scheduler.work(&cancel).await;
    }
    Ok(())
}

/// Takes what a pod's claims get on a node before the claims say so.
fn promise(snapshot: &mut Snapshot, pod: &Pod, claims: &Claims, node: &str) -> Promised {
    let node = snapshot.node(node).and_then(|info| info.node.clone());
    let devices = match (claims, &node) {
        (Claims::Wanted(wanted), Some(node)) => snapshot.devices().allocate(wanted, node),
        _ => None,
    };
    let volumes = match (snapshot.volumes().of_pod(pod, snapshot), &node) {
        (PodVolumes::Known { open, .. }, Some(node)) => snapshot.volumes().plan(&open, node).ok(),
        _ => None,
    };
    let promised = Promised {
        devices: devices.unwrap_or_default(),
        volumes: volumes.unwrap_or_default(),
    };
    if !promised.devices.is_empty() {
        snapshot.devices_mut().promise(&promised.devices);
    }
    if !promised.volumes.is_empty() {
        snapshot.volumes_mut().promise(&promised.volumes);
    }
    promised
}

impl Scheduler {
    async fn work(self: &Arc<Self>, cancel: &CancellationToken) {
        let places = Arc::new(Semaphore::new(BINDINGS_MAX));
        let tasks = TaskTracker::new();
        loop {
            let (next, timer) = self.next();
            if let Some((pod, profile)) = next {
                let asked = that_mind(&self.extenders, &pod);
                let deed = if asked.is_empty() {
                    self.decide(&pod, &profile)
                } else {
                    let asking = self.decide_asking(&pod, &profile, &asked);
                    match cancel.run_until_cancelled(asking).await {
                        Some(deed) => deed,
                        None => break,
                    }
                };
                let place = tokio::select! {
                    place = places.clone().acquire_owned() => place.expect("the semaphore is never closed"),
                    () = cancel.cancelled() => break,
                };
                let scheduler = self.clone();
                tasks.spawn(async move {
                    scheduler.act(&pod, &profile, deed).await;
                    drop(place);
                });
                continue;
            }
            tokio::select! {
                () = self.stirred.notified() => {}
                () = async {
                    match timer {
                        Some(at) => {
                            let left = at.saturating_sub(self.clock.monotonic());
                            self.clock.sleep(left).await;
                        }
                        None => std::future::pending().await,
                    }
                } => {}
                () = cancel.cancelled() => break,
            }
        }
        tasks.close();
        tasks.wait().await;
    }

    /// The next pod, with its profile; else when to look again.
    fn next(&self) -> (Option<(Arc<Pod>, Arc<Profile>)>, Option<Moment>) {
        let mut state = self.state.lock();
        while let Some(pod) = state.queue.pop(self.clock.monotonic()) {
            if let Some(profile) = self.configuration.profile(&pod.spec.scheduler_name) {
                return (Some((pod, profile.clone())), None);
            }
            state.queue.remove(&pod.metadata.uid);
        }
        (None, state.queue.next_timer())
    }

    /// Decides on a pod, and lets it count on its node at once.
    fn decide(&self, pod: &Arc<Pod>, profile: &Profile) -> Deed {
        let mut state = self.state.lock();
        let state = &mut *state;
        let claims = state.snapshot.devices().of_pod(pod);
        if matches!(claims, Claims::Missing) {
            return Deed::Hold;
        }
        let promised = state.promised(pod);
        let turn = Turn {
            from: &mut state.from,
            pick: &mut |n: usize| fastrand::usize(..n.max(1)),
        };
        match schedule(profile, &state.snapshot, promised.as_ref(), pod, turn) {
            Decision::Place(node) => self.place(state, pod, &claims, node),
            Decision::Unschedulable(why) => self.make_room(state, pod, profile, &why),
        }
    }

    /// Lets a pod count on its node, with what it gets there.
    fn place(&self, state: &mut State, pod: &Arc<Pod>, claims: &Claims, node: String) -> Deed {
        let promised = promise(&mut state.snapshot, pod, claims, &node);
        state.snapshot.place(pod.clone(), &node);
        state.nominated.remove(pod.metadata.uid.as_str());
        state.queue.changed(Change::PodCame, self.clock.monotonic());
        Deed::Bind(node, promised)
    }

    /// Finds out whether less important pods can go.
    fn make_room(
        &self,
        state: &mut State,
        pod: &Arc<Pod>,
        profile: &Profile,
        why: &Unschedulable,
    ) -> Deed {
        if why.rejections.is_empty() || !profile.preempts {
            return self.wait(state, pod, why, None);
        }
        let promised = state.promised(pod);
        let found = preempt(&Trouble {
            profile,
            snapshot: &state.snapshot,
            promised: promised.as_ref(),
            pod,
            rejections: &why.rejections,
            budgets: &self.budgets.store().list(),
        });
        self.wait(state, pod, why, Some(found))
    }

    /// A pod waits; with what was found where room was looked for.
    fn wait(
        &self,
        state: &mut State,
        pod: &Arc<Pod>,
        why: &Unschedulable,
        found: Option<Result<Preemption, String>>,
    ) -> Deed {
        let mut message = why.message();
        if let Some(found) = &found {
            let became = match found {
                Ok(found) => format!(
                    "found a potential placement for pod on node {}, preempting {} victims",
                    found.node,
                    found.victims.len()
                ),
                Err(why_not) => why_not.clone(),
            };
            message = match why.before {
                // Upstream has nothing to look at then.
                Some(_) => format!("{message} not found"),
                None => format!("{message} preemption: {became}"),
            };
        }
        let preemption = found.and_then(Result::ok);
        if let Some(found) = &preemption {
            let mut promised = Pod::clone(pod);
            promised.status.nominated_node_name.clone_from(&found.node);
            state.nominate(&Arc::new(promised), self.clock.monotonic());
        }
        let is_elsewhere = |rejection: &crate::plugins::Rejection| {
            rejection.reasons.iter().any(|reason| reason == ELSEWHERE)
        };
        let elsewhere = why.rejections.iter().any(|(_, one)| is_elsewhere(one));
        let devices = state.snapshot.devices();
        let idle = elsewhere.then(|| devices.idle_claim(pod)).flatten();
        Deed::Wait {
            message,
            plugins: why.plugins.clone(),
            preemption,
            idle,
        }
    }
}

#[cfg(test)]
mod tests;
