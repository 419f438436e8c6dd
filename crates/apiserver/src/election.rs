//! Coordinated leader election (KEP-4355): candidates say which Lease they
//! would like to hold, and the API server chooses among those that answer.
//! Nothing is remembered of an election: every step follows from the Lease and
//! its candidates as they are.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use skeg_auth::ObjectObserver;
use skeg_cel::Version;
use skeg_meta::{MicroTime, Time};
use skeg_registry::objects::{Gr, Objects};
use skeg_registry::validation::coordination::OLDEST;
use skeg_schema::{Value, json};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::ApiServer;
use crate::objects::access::Access;

const GROUP: &str = "coordination.k8s.io";
const LEASES: Gr = Gr(GROUP, "leases");
const CANDIDATES: Gr = Gr(GROUP, "leasecandidates");

/// How long candidates have to answer; a Lease that has them is looked at as often.
const ROUND: Duration = Duration::from_secs(5);
/// So long a new leader has to take over.
const TERM_SECONDS: i64 = 5;
/// Who has said nothing for so long is no candidate any more; who has said
/// nothing for half of it is asked.
const CANDIDACY: Duration = Duration::from_secs(30 * 60);

/// Namespace and name of a Lease.
type Key = (String, String);

/// Which Leases there may be something to do about.
#[derive(Default)]
pub struct Elections {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// The Lease that each candidate would like, by namespace and name.
    wishes: BTreeMap<Key, String>,
    dirty: BTreeSet<Key>,
}

impl Elections {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn mark(&self, namespace: &str, lease: &str) {
        let key = (namespace.to_owned(), lease.to_owned());
        self.state().dirty.insert(key);
        self.changed.notify_one();
    }

    /// Chooses until the server ends.
    pub fn spawn(self: Arc<Self>, server: &ApiServer) {
        let (server, cancel) = (Arc::downgrade(&server.inner), server.inner.cancel.clone());
        tokio::spawn(async move {
            let mut later: BTreeMap<Key, Instant> = BTreeMap::new();
            let mut forget = interval(CANDIDACY);
            forget.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let soonest = later.values().min().copied();
                let due = async {
                    match soonest {
                        Some(at) => sleep_until(at).await,
                        None => std::future::pending().await,
                    }
                };
                let old = tokio::select! {
                    () = cancel.cancelled() => return,
                    () = self.changed.notified() => false,
                    () = due => false,
                    _ = forget.tick() => true,
                };
                let Some(inner) = server.upgrade() else {
                    return;
                };
                let server = ApiServer { inner };
                if old {
                    clear(&server).await;
                }
                let now = Instant::now();
                let mut keys = std::mem::take(&mut self.state().dirty);
                keys.extend(later.extract_if(.., |_, at| *at <= now).map(|(key, _)| key));
                for key in keys {
                    match look(&server, &key).await {
                        Next::Idle => later.remove(&key),
                        Next::Later => later.insert(key, now + ROUND),
                    };
                }
            }
        });
    }
}

impl ObjectObserver for Elections {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[(GROUP, "leases"), (GROUP, "leasecandidates")]
    }

    fn upsert(&self, resource: &str, namespace: &str, name: &str, object: &Value) {
        if resource == "leases" {
            self.remove(resource, namespace, name);
            return;
        }
        let lease = object["spec"]["leaseName"].as_str().unwrap_or_default();
        let key = (namespace.to_owned(), name.to_owned());
        self.state().wishes.insert(key, lease.to_owned());
        // Who is being asked need not be looked at.
        if !is_asked(object) {
            self.mark(namespace, lease);
        }
    }

    fn remove(&self, resource: &str, namespace: &str, name: &str) {
        if resource == "leases" {
            // Most Leases have no candidates.
            let wanted = |((ns, _), lease): (&Key, &String)| ns == namespace && lease == name;
            let wanted = self.state().wishes.iter().any(wanted);
            if wanted {
                self.mark(namespace, name);
            }
            return;
        }
        let key = (namespace.to_owned(), name.to_owned());
        let lease = self.state().wishes.remove(&key);
        if let Some(lease) = lease {
            self.mark(namespace, &lease);
        }
    }
}

/// When a Lease is to be looked at again.
#[derive(Debug, PartialEq)]
enum Next {
    /// When something changes.
    Idle,
    /// After a round.
    Later,
}

/// What is to be done about a Lease.
#[derive(Debug, PartialEq)]
enum Step {
    Nothing(Next),
    /// These candidates are asked whether they live.
    Ask(Vec<Value>),
    /// The Lease becomes this.
    Create(Value),
    Update(Value),
}

/// Takes one step in the election for a Lease.
async fn look(server: &ApiServer, (namespace, name): &Key) -> Next {
    let access = server.own_access();
    let read = async {
        let lease = access.get(LEASES, namespace, name).await?;
        let candidates = access.list(CANDIDATES, Some(namespace)).await?;
        Ok::<_, skeg_meta::Status>((lease, candidates))
    };
    let (lease, candidates) = match read.await {
        Ok(read) => read,
        Err(status) => {
            tracing::debug!(namespace, name, error = status.message, "no election");
            return Next::Later;
        }
    };
    let now = server.now();
    let candidates: Vec<&Value> = candidates
        .iter()
        .map(AsRef::as_ref)
        .filter(|it: &&Value| it["spec"]["leaseName"].as_str() == Some(name))
        .filter(|it| !is_over(it, now))
        .collect();
    match plan(now, (namespace, name), lease.as_deref(), &candidates) {
        Ok(step) => execute(&access, namespace, step).await,
        Err((next, why)) => {
            tracing::debug!(namespace, name, why, "no election");
            next
        }
    }
}

async fn execute(access: &Access, namespace: &str, step: Step) -> Next {
    let written = match step {
        Step::Nothing(next) => return next,
        Step::Ask(candidates) => {
            let mut written = Ok(());
            for candidate in candidates {
                let asked = access.update(CANDIDATES, namespace, "", candidate).await;
                written = written.and(asked.map(|_| ()));
            }
            written
        }
        Step::Create(lease) => access.create(LEASES, namespace, lease).await.map(|_| ()),
        Step::Update(lease) => {
            let written = access.update(LEASES, namespace, "", lease).await;
            written.map(|_| ())
        }
    };
    if let Err(status) = written {
        // Another was faster: the change brings us back, and else the time does.
        tracing::debug!(namespace, error = status.message, "an election waits");
    }
    Next::Later
}

/// The step that follows from what there is; else why there is none.
fn plan(
    now: Time,
    (namespace, name): (&str, &str),
    lease: Option<&Value>,
    candidates: &[&Value],
) -> Result<Step, (Next, String)> {
    if candidates.is_empty() {
        return Ok(Step::Nothing(Next::Idle));
    }
    if !is_needed(now, lease, candidates).map_err(|why| (Next::Later, why))? {
        return Ok(Step::Nothing(Next::Later));
    }
    let mut waits = false;
    let mut ask = Vec::new();
    for candidate in candidates {
        let (asked, renewed) = (time(candidate, "pingTime"), time(candidate, "renewTime"));
        match (asked, renewed) {
            (Some(asked), Some(renewed)) if within(asked, ROUND, now) && renewed.0 < asked.0 => {
                waits = true;
            }
            (_, Some(renewed)) if within(renewed, ROUND, now) => {}
            (None, _) => ask.push(candidate),
            (Some(asked), Some(renewed)) if asked.0 < renewed.0 && is_past(asked, ROUND, now) => {
                ask.push(candidate);
            }
            _ => {}
        }
    }
    if !ask.is_empty() {
        let asked = ask.into_iter().map(|candidate| {
            let mut candidate = (*candidate).clone();
            candidate.set_at(&["spec", "pingTime"], MicroTime(now.0).to_string());
            candidate
        });
        return Ok(Step::Ask(asked.collect()));
    }
    if waits {
        return Ok(Step::Nothing(Next::Later));
    }
    let answered: Vec<&Value> = candidates
        .iter()
        .copied()
        .filter(|it| time(it, "renewTime").is_some_and(|at| within(at, ROUND, now)))
        .collect();
    if answered.is_empty() {
        return Err((Next::Idle, "no candidate answers".to_owned()));
    }
    let strategy = strategy(&answered).map_err(|why| (Next::Idle, why))?;
    // Who is chosen by other strategies is for others to say.
    let leader = match strategy {
        OLDEST => Some(best(&answered).ok_or((Next::Idle, "no version can be read".to_owned()))?),
        _ => None,
    };
    let Some(lease) = lease else {
        let mut lease = json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"strategy": strategy},
        });
        take_over(&mut lease, leader, now);
        return Ok(Step::Create(lease));
    };
    Ok(changed(lease, strategy, leader, now))
}

/// A Lease that there is already: it gets a leader if it has none that holds
/// it, and else learns who would be better.
fn changed(lease: &Value, strategy: &str, leader: Option<&str>, now: Time) -> Step {
    let mut new = lease.clone();
    if lease["spec"]["strategy"].as_str() != Some(strategy) {
        new.set_at(&["spec", "strategy"], strategy);
    }
    let holder = lease["spec"]["holderIdentity"].as_str().unwrap_or_default();
    if leader.is_some() && leader != Some(holder) {
        if holder.is_empty() || is_expired(lease, now) {
            take_over(&mut new, leader, now);
        } else {
            new.set_at(&["spec", "preferredHolder"], leader.unwrap_or_default());
        }
    }
    if new == *lease {
        Step::Nothing(Next::Later)
    } else {
        Step::Update(new)
    }
}

fn take_over(lease: &mut Value, leader: Option<&str>, now: Time) {
    if let Some(spec) = lease.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove("preferredHolder");
        spec.remove("acquireTime");
    }
    if let Some(leader) = leader {
        lease.set_at(&["spec", "holderIdentity"], leader);
    }
    lease.set_at(&["spec", "renewTime"], MicroTime(now.0).to_string());
    lease.set_at(&["spec", "leaseDurationSeconds"], TERM_SECONDS);
}

/// Whether a Lease has nobody, or somebody who is not the best any more, or
/// candidates of whom nothing was heard for long.
fn is_needed(now: Time, lease: Option<&Value>, candidates: &[&Value]) -> Result<bool, String> {
    let Some(lease) = lease else {
        return Ok(true);
    };
    let holder = lease["spec"]["holderIdentity"].as_str().unwrap_or_default();
    let silent = |it: &&&Value| {
        time(it, "renewTime").is_some_and(|renewed| is_past(renewed, CANDIDACY / 2, now))
    };
    if holder.is_empty() || is_expired(lease, now) || candidates.iter().any(|it| silent(&it)) {
        return Ok(true);
    }
    if strategy(candidates)? != OLDEST {
        return Ok(false);
    }
    Ok(best(candidates).is_some_and(|best| best != holder))
}

/// The strategy of the newest program.
fn strategy<'a>(candidates: &[&'a Value]) -> Result<&'a str, String> {
    let of = |it: &'a Value| it["spec"]["strategy"].as_str().unwrap_or_default();
    let mut newest: Option<&Value> = None;
    for &candidate in candidates {
        let Some(so_far) = newest else {
            newest = Some(candidate);
            continue;
        };
        match compare_versions(so_far, candidate, "binaryVersion") {
            Ordering::Less => newest = Some(candidate),
            Ordering::Equal if of(so_far) != of(candidate) => {
                return Err(format!(
                    "{} and {} are of one version and want different strategies",
                    name_of(so_far),
                    name_of(candidate)
                ));
            }
            _ => {}
        }
    }
    newest.map(of).ok_or_else(|| "no candidates".to_owned())
}

/// The candidate with the oldest emulated version, then the oldest program,
/// then the oldest in years.
fn best<'a>(candidates: &[&'a Value]) -> Option<&'a str> {
    let fields = ["emulationVersion", "binaryVersion"];
    let readable = |it: &&&'a Value| fields.iter().all(|field| version(it, field).is_some());
    let born = |it: &Value| {
        it["metadata"]["creationTimestamp"]
            .as_str()
            .map(str::to_owned)
    };
    let best = candidates.iter().filter(readable).min_by(|a, b| {
        compare_versions(a, b, fields[0])
            .then_with(|| compare_versions(a, b, fields[1]))
            .then_with(|| born(a).cmp(&born(b)))
            .then_with(|| name_of(a).cmp(name_of(b)))
    });
    best.map(|it| name_of(it))
}

fn name_of(candidate: &Value) -> &str {
    candidate["metadata"]["name"].as_str().unwrap_or_default()
}

fn version(candidate: &Value, field: &str) -> Option<Version> {
    Version::parse_tolerant(candidate["spec"][field].as_str()?).ok()
}

/// What cannot be read is older than all else.
fn compare_versions(a: &Value, b: &Value, field: &str) -> Ordering {
    match (version(a, field), version(b, field)) {
        (Some(a), Some(b)) => a.compare(&b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn time(object: &Value, field: &str) -> Option<MicroTime> {
    object["spec"][field].as_str()?.parse().ok()
}

fn is_past(start: MicroTime, length: Duration, now: Time) -> bool {
    start.0 + length < now.0
}

fn within(start: MicroTime, length: Duration, now: Time) -> bool {
    start.0 + length > now.0
}

/// Whether a candidate has not answered yet.
fn is_asked(candidate: &Value) -> bool {
    let asked = time(candidate, "pingTime");
    asked.is_some_and(|asked| time(candidate, "renewTime").is_none_or(|at| at.0 < asked.0))
}

/// Whether a candidate has been silent for too long.
fn is_over(candidate: &Value, now: Time) -> bool {
    time(candidate, "renewTime").is_none_or(|renewed| is_past(renewed, CANDIDACY, now))
}

fn is_expired(lease: &Value, now: Time) -> bool {
    let seconds = lease["spec"]["leaseDurationSeconds"].as_i64();
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    match (time(lease, "renewTime"), seconds) {
        (Some(renewed), Some(seconds)) => is_past(renewed, Duration::from_secs(seconds), now),
        _ => true,
    }
}

/// Deletes candidates that have been silent for too long.
async fn clear(server: &ApiServer) {
    let access = server.own_access();
    let Ok(candidates) = access.list(CANDIDATES, None).await else {
        return;
    };
    let now = server.now();
    for candidate in candidates.iter().filter(|it| is_over(it, now)) {
        let metadata = &candidate["metadata"];
        let name = metadata["name"].as_str().unwrap_or_default();
        let namespace = metadata["namespace"].as_str().unwrap_or_default();
        // One that has just answered stays.
        let options = json!({"preconditions": {
            "uid": (metadata["uid"].clone()),
            "resourceVersion": (metadata["resourceVersion"].clone()),
        }});
        if let Err(status) = access.delete(CANDIDATES, namespace, name, &options).await {
            tracing::debug!(namespace, name, error = status.message, "a candidate stays");
        }
    }
}

#[cfg(test)]
mod tests;
