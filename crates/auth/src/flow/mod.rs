//! API priority and fairness: every request belongs to a priority level by the
//! first flow schema whose rules it meets, takes seats there, waits in a queue
//! of the level while there are none, and is refused when that takes too long
//! or too many wait (KEP-1040).
//!
//! The flow schemas and priority levels come as trees through
//! [`ObjectObserver`]; the two mandatory ones hold also before and without
//! that. Where nothing waits, a request costs a look at the rules and two short
//! locks of its level.

mod borrow;
mod dump;
mod queues;
mod rules;
mod stats;
mod utilization;
mod width;

pub use borrow::Limits;
pub use width::{ListWork, Width};

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderValue;
use parking_lot::{Mutex, RwLock};
use skeg_schema::{Value, json};
use tokio::sync::oneshot;

use crate::ObjectObserver;
use crate::authz::Attributes;
use borrow::{Claim, divide, smoothed};
use dump::Asker;
use queues::{Arrival, Mode, Place, Queues};
use rules::Rules;
use stats::{LevelStats, Stats};

const GROUP: &str = "flowcontrol.apiserver.k8s.io";
const SCHEMAS: &str = "flowschemas";
const LEVELS: &str = "prioritylevelconfigurations";
/// Part of a level's seats that one request may take.
const SEATS_OF_ONE: f64 = 0.15;

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rejection {
    /// The level has no seats and lets none wait.
    ConcurrencyLimit,
    /// Too many wait in its queue.
    QueueFull,
    /// It waited too long.
    TimeOut,
    /// The client went away while it waited.
    Cancelled,
}

impl Rejection {
    /// As metrics name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConcurrencyLimit => "concurrency-limit",
            Self::QueueFull => "queue-full",
            Self::TimeOut => "time-out",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A request that waits: how it is woken, and what it asks for.
struct Waker {
    sender: oneshot::Sender<Permit>,
    asker: Asker,
}

struct Level {
    name: String,
    queues: Mutex<Queues<Waker>>,
    stats: LevelStats,
}

/// A flow schema, and the level that it leads to.
pub struct Class {
    name: String,
    precedence: i64,
    rules: Rules,
    by: Distinguisher,
    level: Arc<Level>,
    exempt: bool,
    seats_max: u32,
    stats: Arc<Stats>,
    /// The uid of the flow schema, for the response's header.
    pub schema_uid: HeaderValue,
    /// The uid of the priority level.
    pub level_uid: HeaderValue,
}

#[derive(Clone, Copy)]
enum Distinguisher {
    Nothing,
    User,
    Namespace,
}

impl Class {
    /// Name of the flow schema.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name of the priority level.
    pub fn level(&self) -> &str {
        &self.level.name
    }

    /// Whether requests of it never wait, so that their width does not matter.
    pub fn is_exempt(&self) -> bool {
        self.exempt
    }

    /// The most seats that one request of it takes.
    pub fn seats_max(&self) -> u32 {
        self.seats_max
    }

    fn flow(&self, asked: &Attributes<'_>) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.name.hash(&mut hasher);
        match self.by {
            Distinguisher::Nothing => {}
            Distinguisher::User => asked.user.name.hash(&mut hasher),
            Distinguisher::Namespace => asked.namespace.hash(&mut hasher),
        }
        hasher.finish()
    }
}

/// Seats that a running request has; given back when dropped.
pub struct Permit {
    held: Option<(Arc<Level>, Place)>,
    /// `None` until the request has taken notice.
    stats: Option<Arc<Stats>>,
    since: Instant,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some((level, place)) = self.held.take() else {
            return;
        };
        let now = Instant::now();
        let took = now.saturating_duration_since(self.since);
        if let Some(stats) = &self.stats {
            stats.executed(took, place.seats());
        }
        let mut queues = level.queues.lock();
        queues.finish(place, took, now);
        if queues.waiting > 0 {
            wake(&level, queues);
        }
    }
}

/// Lets in who can be let in.
fn wake(level: &Arc<Level>, mut queues: parking_lot::MutexGuard<'_, Queues<Waker>>) {
    let now = Instant::now();
    let mut woken = Vec::new();
    while let Some((waker, place)) = queues.dispatch(now) {
        woken.push((waker, place));
    }
    let later = queues.wake_at(now);
    drop(queues);
    for (waker, place) in woken {
        let permit = Permit {
            held: Some((level.clone(), place)),
            stats: None,
            since: now,
        };
        // Who went away gives the seats back by dropping them.
        drop(waker.sender.send(permit));
    }
    if let Some(later) = later
        && let Ok(runtime) = tokio::runtime::Handle::try_current()
    {
        let level = level.clone();
        runtime.spawn(async move {
            tokio::time::sleep_until(later.into()).await;
            wake(&level, level.queues.lock());
        });
    }
}

/// Takes a waiting request out of its queue when it is dropped.
struct Ticket<'a> {
    level: &'a Arc<Level>,
    number: Option<u64>,
    stats: &'a Stats,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let mut queues = self.level.queues.lock();
            if queues.withdraw(number, Instant::now()) {
                self.stats.rejected(Rejection::Cancelled);
            }
            self.stats.stopped_waiting();
            wake(self.level, queues);
        }
    }
}

#[derive(Default)]
struct Configured {
    /// The objects, as trees.
    schemas: BTreeMap<String, Value>,
    levels: BTreeMap<String, Value>,
    /// What runs and waits; outlives changes of the configuration.
    live: BTreeMap<String, LiveLevel>,
    stats: BTreeMap<(String, String), Arc<Stats>>,
}

struct LiveLevel {
    level: Arc<Level>,
    limits: Limits,
    exempt: bool,
    smoothed: f64,
}

/// Lets requests in by the cluster's flow schemas and priority levels.
pub struct FlowControl {
    total: u32,
    configured: Mutex<Configured>,
    classes: RwLock<Arc<Vec<Arc<Class>>>>,
    changed: Box<dyn Fn() + Send + Sync>,
}

/// Text of a field.
fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn number(value: &Value) -> u32 {
    u32::try_from(value.as_i64().unwrap_or(0)).unwrap_or(0)
}

fn uid_header(object: &Value) -> HeaderValue {
    HeaderValue::from_str(text(&object["metadata"], "uid"))
        .unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The flow schemas that every server has, whatever is stored.
fn mandatory_schemas() -> [Value; 2] {
    let schema = |name: &str, precedence: i64, groups: &[&str]| {
        let subjects: Vec<Value> = groups
            .iter()
            .map(|g| json!({"kind": "Group", "group": {"name": *g}}))
            .collect();
        json!({
            "metadata": {"name": name},
            "spec": {
                "priorityLevelConfiguration": {"name": name},
                "matchingPrecedence": precedence,
                "distinguisherMethod": {"type": "ByUser"},
                "rules": [{
                    "subjects": subjects,
                    "resourceRules": [{
                        "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                        "clusterScope": true, "namespaces": ["*"]
                    }],
                    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}]
                }]
            }
        })
    };
    [
        schema("exempt", 1, &["system:masters"]),
        schema(
            "catch-all",
            10_000,
            &["system:unauthenticated", "system:authenticated"],
        ),
    ]
}

fn mandatory_levels() -> [Value; 2] {
    [
        json!({"metadata": {"name": "exempt"}, "spec": {"type": "Exempt"}}),
        json!({
            "metadata": {"name": "catch-all"},
            "spec": {
                "type": "Limited",
                "limited": {"nominalConcurrencyShares": 5, "lendablePercent": 0,
                    "limitResponse": {"type": "Reject"}}
            }
        }),
    ]
}

/// What a level's object says.
struct LevelSpec {
    mode: Mode,
    shares: u32,
    lendable: u32,
    borrowing: Option<u32>,
}

impl LevelSpec {
    fn read(object: &Value) -> Self {
        let spec = &object["spec"];
        let exempt = text(spec, "type") == "Exempt";
        let part = if exempt {
            &spec["exempt"]
        } else {
            &spec["limited"]
        };
        let response = &part["limitResponse"];
        let queuing = &response["queuing"];
        let or = |value: &Value, default: u32| match value {
            Value::Null => default,
            value => number(value),
        };
        let mode = if exempt {
            Mode::Exempt
        } else if text(response, "type") == "Queue" {
            Mode::Queue {
                queues: or(&queuing["queues"], 64).max(1),
                hand: or(&queuing["handSize"], 8).max(1),
                queue_len_max: or(&queuing["queueLengthLimit"], 50).max(1),
            }
        } else {
            Mode::Reject
        };
        Self {
            mode,
            shares: or(
                &part["nominalConcurrencyShares"],
                if exempt { 0 } else { 30 },
            ),
            lendable: number(&part["lendablePercent"]),
            borrowing: part["borrowingLimitPercent"]
                .as_i64()
                .map(|p| u32::try_from(p).unwrap_or(0)),
        }
    }
}

impl FlowControl {
    /// `total` seats for all requests. `changed` is called after each change
    /// of the cluster's objects, from within the watch cache: it must be quick
    /// and take no lock.
    pub fn new(total: u32, changed: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        let this = Self {
            total: total.max(1),
            configured: Mutex::new(Configured::default()),
            classes: RwLock::new(Arc::new(Vec::new())),
            changed: Box::new(changed),
        };
        this.rebuild(&mut this.configured.lock());
        Arc::new(this)
    }

    /// Makes classes and levels of the objects.
    fn rebuild(&self, configured: &mut Configured) {
        let now = Instant::now();
        let mut levels = configured.levels.clone();
        for object in mandatory_levels() {
            levels
                .entry(text(&object["metadata"], "name").to_owned())
                .or_insert(object);
        }
        let mut schemas = configured.schemas.clone();
        for object in mandatory_schemas() {
            schemas
                .entry(text(&object["metadata"], "name").to_owned())
                .or_insert(object);
        }
        let specs: BTreeMap<&str, LevelSpec> = levels
            .iter()
            .map(|(name, object)| (name.as_str(), LevelSpec::read(object)))
            .collect();
        let sum: u64 = specs.values().map(|s| u64::from(s.shares)).sum();
        let mut live = std::mem::take(&mut configured.live);
        for (name, spec) in &specs {
            let limits = Limits::new(self.total, spec.shares, sum, spec.lendable, spec.borrowing);
            let exempt = spec.mode == Mode::Exempt;
            let before = live.remove(*name);
            let entry = match before {
                Some(mut before) => {
                    let mut queues = before.level.queues.lock();
                    // What is borrowed stays so until the next adjustment.
                    let limit = if before.limits == limits {
                        queues.limit()
                    } else {
                        limits.nominal
                    };
                    queues.configure(spec.mode, limit);
                    wake(&before.level, queues);
                    before.limits = limits;
                    before.exempt = exempt;
                    before
                }
                None => LiveLevel {
                    level: Arc::new(Level {
                        name: (*name).to_owned(),
                        queues: Mutex::new(Queues::new(spec.mode, limits.nominal, now)),
                        stats: LevelStats::default(),
                    }),
                    limits,
                    exempt,
                    smoothed: 0.0,
                },
            };
            configured.live.insert((*name).to_owned(), entry);
        }
        // Levels that are gone: what waits there is let out at once.
        for gone in live.into_values() {
            let mut queues = gone.level.queues.lock();
            queues.configure(Mode::Exempt, 0);
            wake(&gone.level, queues);
        }
        let mut classes: Vec<Arc<Class>> = schemas
            .iter()
            .filter_map(|(name, object)| {
                let spec = &object["spec"];
                let level_name = text(&spec["priorityLevelConfiguration"], "name");
                let live = configured.live.get(level_name)?;
                let seats_max = (f64::from(live.limits.nominal) * SEATS_OF_ONE).ceil() as u32;
                let stats = configured
                    .stats
                    .entry((level_name.to_owned(), name.clone()))
                    .or_default()
                    .clone();
                Some(Arc::new(Class {
                    name: name.clone(),
                    precedence: spec["matchingPrecedence"].as_i64().unwrap_or(1000),
                    rules: Rules::read(&spec["rules"]),
                    by: match text(&spec["distinguisherMethod"], "type") {
                        "ByUser" => Distinguisher::User,
                        "ByNamespace" => Distinguisher::Namespace,
                        _ => Distinguisher::Nothing,
                    },
                    level: live.level.clone(),
                    exempt: live.exempt,
                    seats_max: seats_max.max(1),
                    stats,
                    schema_uid: uid_header(object),
                    level_uid: levels
                        .get(level_name)
                        .map_or_else(|| HeaderValue::from_static(""), uid_header),
                }))
            })
            .collect();
        let in_use = |key: &(String, String)| {
            classes
                .iter()
                .any(|c| c.name == key.1 && c.level.name == key.0)
        };
        configured.stats.retain(|key, _| in_use(key));
        classes.sort_by(|a, b| (a.precedence, &a.name).cmp(&(b.precedence, &b.name)));
        *self.classes.write() = Arc::new(classes);
    }

    /// The class of a request.
    pub fn classify(&self, asked: &Attributes<'_>) -> Option<Arc<Class>> {
        let classes = self.classes.read();
        classes
            .iter()
            .find(|class| class.rules.are_met(asked))
            // Everybody is of a group that this one names, unless an
            // authenticator gave no groups at all.
            .or_else(|| classes.iter().find(|class| class.name == "catch-all"))
            .cloned()
    }

    /// Takes seats, or waits for them at most `patience`.
    ///
    /// # Errors
    /// There are none. Cancelling it gives up the place in the queue.
    pub async fn enter(
        &self,
        class: &Class,
        asked: &Attributes<'_>,
        width: Width,
        patience: Duration,
    ) -> Result<Permit, Rejection> {
        let flow = class.flow(asked);
        let now = Instant::now();
        let level = &class.level;
        let mut receiver = None;
        let arrival = level.queues.lock().arrive(flow, width, now, || {
            let (sender, waits) = oneshot::channel();
            receiver = Some(waits);
            Waker {
                sender,
                asker: Asker::new(&class.name, class.by, asked),
            }
        });
        let refused = |why: Rejection, waited: Duration| {
            class.stats.rejected(why);
            class.stats.waited(waited, false);
            level.stats.rejected.inc();
            Err(why)
        };
        let number = match (arrival, receiver.as_ref()) {
            (Arrival::Running(place), _) => {
                class.stats.admitted(width);
                class.stats.waited(Duration::ZERO, true);
                return Ok(Permit {
                    held: Some((level.clone(), place)),
                    stats: Some(class.stats.clone()),
                    since: now,
                });
            }
            (Arrival::Waiting(number), Some(_)) => number,
            (Arrival::QueueFull, _) => return refused(Rejection::QueueFull, Duration::ZERO),
            (Arrival::NoSeats | Arrival::Waiting(_), _) => {
                return refused(Rejection::ConcurrencyLimit, Duration::ZERO);
            }
        };
        let Some(mut receiver) = receiver else {
            return refused(Rejection::ConcurrencyLimit, Duration::ZERO);
        };
        class.stats.began_waiting();
        let mut ticket = Ticket {
            level,
            number: Some(number),
            stats: &class.stats,
        };
        // Seats that linger are given back without anybody's doing.
        wake(level, level.queues.lock());
        let answer = tokio::time::timeout(patience, &mut receiver).await;
        let waited = now.elapsed();
        let permit = match answer {
            Ok(Ok(permit)) => Some(permit),
            Ok(Err(_)) => None,
            Err(_) => {
                ticket.number = None;
                class.stats.stopped_waiting();
                if level.queues.lock().withdraw(number, Instant::now()) {
                    return refused(Rejection::TimeOut, waited);
                }
                // It was let in just now.
                receiver.await.ok()
            }
        };
        if ticket.number.take().is_some() {
            class.stats.stopped_waiting();
        }
        let Some(mut permit) = permit else {
            return refused(Rejection::Cancelled, waited);
        };
        class.stats.admitted(width);
        class.stats.waited(waited, true);
        permit.stats = Some(class.stats.clone());
        permit.since = Instant::now();
        Ok(permit)
    }

    /// How long a client that was refused by this level should stay away, in
    /// seconds: longer while many are refused.
    pub fn retry_after_seconds(&self, class: &Class) -> u64 {
        class.level.stats.retry_after()
    }

    /// Lends seats of levels that do not need them to those that do. To be
    /// called every [`ADJUST_INTERVAL`].
    pub fn adjust(&self) {
        let now = Instant::now();
        let mut configured = self.configured.lock();
        let mut left: i64 = configured
            .live
            .values()
            .map(|l| i64::from(l.limits.nominal))
            .sum();
        let mut claims = Vec::new();
        let mut limited = Vec::new();
        for live in configured.live.values_mut() {
            let period = live.level.queues.lock().demand.take(now);
            live.smoothed = smoothed(live.smoothed, period);
            live.level
                .stats
                .adjusted(period.peak, period.average, live.smoothed);
            live.level.stats.roll();
            if live.exempt {
                left -= i64::from(live.limits.lower.max(period.peak.ceil() as u32));
                continue;
            }
            claims.push(Claim {
                limits: live.limits,
                peak: period.peak,
                wanted: live.smoothed,
            });
            limited.push(live.level.clone());
        }
        drop(configured);
        let total = u32::try_from(left.max(0)).unwrap_or(0);
        for (level, limit) in limited.iter().zip(divide(total, &claims)) {
            let mut queues = level.queues.lock();
            let mode = queues.mode();
            if queues.limit() != limit {
                queues.configure(mode, limit);
                wake(level, queues);
            }
        }
    }

    /// Its metrics.
    pub fn render(&self, out: &mut crate::metrics::Text) {
        let configured = self.configured.lock();
        stats::render(out, &configured);
        utilization::render(out, Instant::now(), &mut |tell| {
            for (name, live) in &configured.live {
                tell(name, &mut live.level.queues.lock().utilization);
            }
        });
    }

    /// For `/debug/api_priority_and_fairness/dump_priority_levels`: name,
    /// running, waiting, seats and limits of each level.
    pub fn levels(&self) -> Vec<LevelState> {
        let configured = self.configured.lock();
        configured
            .live
            .values()
            .map(|live| {
                let queues = live.level.queues.lock();
                LevelState {
                    name: live.level.name.clone(),
                    running: queues.running,
                    waiting: queues.waiting,
                    seats: queues.seats_in_use,
                    limit: queues.limit(),
                    limits: live.limits,
                }
            })
            .collect()
    }
}

/// How often seats are lent anew.
pub const ADJUST_INTERVAL: Duration = Duration::from_secs(10);

/// A level at a moment.
#[derive(Clone, Debug)]
pub struct LevelState {
    /// Its name.
    pub name: String,
    /// Requests that run.
    pub running: u32,
    /// Requests that wait.
    pub waiting: usize,
    /// Seats that are taken.
    pub seats: u32,
    /// Seats that there are now.
    pub limit: u32,
    /// Between what they may vary.
    pub limits: Limits,
}

impl ObjectObserver for FlowControl {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[(GROUP, SCHEMAS), (GROUP, LEVELS)]
    }

    fn upsert(&self, resource: &str, _: &str, name: &str, object: &Value) {
        let mut configured = self.configured.lock();
        let known = if resource == SCHEMAS {
            &mut configured.schemas
        } else {
            &mut configured.levels
        };
        let before = known.insert(name.to_owned(), object.clone());
        // Only the status changed: nothing to do.
        let same = before.is_some_and(|before| {
            before["spec"] == object["spec"]
                && before["metadata"]["uid"] == object["metadata"]["uid"]
        });
        if !same {
            self.rebuild(&mut configured);
        }
        drop(configured);
        (self.changed)();
    }

    fn remove(&self, resource: &str, _: &str, name: &str) {
        let mut configured = self.configured.lock();
        if resource == SCHEMAS {
            configured.schemas.remove(name);
        } else {
            configured.levels.remove(name);
        }
        self.rebuild(&mut configured);
        drop(configured);
        (self.changed)();
    }
}

#[cfg(test)]
mod tests;
