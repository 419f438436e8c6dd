//! Faults on request: what a client must survive, by rule and by seed.
//!
//! A rule says which requests it is about and what becomes of them. Whether a
//! rule with a probability strikes is decided by the seed, the rule, the request
//! and how often such a request has come: one request meets the same with one
//! seed, in whatever order tasks run. A run of many controllers does not repeat
//! by that: names that the server makes (of `generateName`), and how often a
//! controller asks, are not decided by the seed. [`Rule::after`] and
//! [`Rule::times`] strike exactly.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::about::About;

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// 409: somebody else was first.
    Conflict,
    /// 429, with the seconds that `Retry-After` asks for.
    TooManyRequests {
        /// Seconds.
        retry_after: u32,
    },
    /// 500.
    InternalError,
    /// 503.
    Unavailable,
    /// Another refusal: its code, reason and message.
    Refusal {
        /// The HTTP code.
        code: u16,
        /// The reason of the Status.
        reason: String,
        /// The message of the Status.
        message: String,
    },
    /// It takes so much longer, by the cluster's clock.
    Latency(Duration),
    /// The write happens, and its answer is lost.
    LostAnswer,
    /// A watch breaks off after so many events.
    DroppedWatch {
        /// Events that come before.
        after: u32,
    },
    /// A watch ends with 410 Gone after so many events: the client must list again.
    ExpiredWatch {
        /// Events that come before.
        after: u32,
    },
    /// Watches stand still and lists answer as of the rule's beginning, until
    /// the rule is lifted: a cache that lags behind. Reads of single objects,
    /// which servers answer from the store, do so only where [`Rule::verbs`]
    /// names `get`.
    Stale,
    /// Nothing gets through: connections break at once.
    Partition,
}

/// What a rule may name.
const VERBS: [&str; 10] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "apply",
    "delete",
    "deletecollection",
    "write",
];

/// Which requests, how many of them, and what becomes of them.
#[derive(Clone, Debug)]
pub struct Rule {
    fault: Fault,
    verbs: Vec<String>,
    resource: Option<String>,
    subresource: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
    agent: Option<String>,
    user: Option<String>,
    times: Option<u64>,
    after: u64,
    probability: f64,
}

impl Rule {
    /// A rule about every request.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            verbs: Vec::new(),
            resource: None,
            subresource: None,
            namespace: None,
            name: None,
            agent: None,
            user: None,
            times: None,
            after: 0,
            probability: 1.0,
        }
    }

    /// Only these verbs (`get`, `list`, `watch`, `create`, `update`, `patch`,
    /// `apply`, `delete`, `deletecollection`; `write` is all that write).
    ///
    /// # Panics
    /// There is no such verb: a test whose faults never strike shows nothing.
    #[must_use]
    pub fn verbs<'a>(mut self, verbs: impl IntoIterator<Item = &'a str>) -> Self {
        self.verbs = verbs.into_iter().map(str::to_owned).collect();
        for verb in &self.verbs {
            assert!(
                VERBS.contains(&verb.as_str()),
                "no request has the verb {verb:?}; there are {VERBS:?}"
            );
        }
        self
    }

    /// Only this resource: its plural, as `pods` or `deployments.apps`, with a
    /// subresource where that is meant (`pods/status`).
    ///
    /// # Panics
    /// It has capital letters: it is a kind, which no request names.
    #[must_use]
    pub fn resource(mut self, resource: &str) -> Self {
        assert!(
            !resource.contains(|c: char| c.is_uppercase()),
            "{resource:?} is no resource: requests name plurals, as `pods`"
        );
        let (resource, subresource) = match resource.split_once('/') {
            Some((resource, sub)) => (resource, Some(sub.to_owned())),
            None => (resource, None),
        };
        self.resource = Some(resource.to_owned());
        self.subresource = subresource;
        self
    }

    /// Only objects in this namespace.
    #[must_use]
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// Only the object of this name; one `*` at the end stands for anything.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Only programs whose user agent contains this.
    #[must_use]
    pub fn agent(mut self, agent: &str) -> Self {
        self.agent = Some(agent.to_owned());
        self
    }

    /// Only this user, as the transport asserts it: clients of the cluster and
    /// its own components, and those that authenticate with a kubeconfig of
    /// the kit. Controllers are `system:serviceaccount:kube-system:NAME`; one
    /// `*` at the end stands for anything.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// Only so many requests; the rule does nothing afterwards.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many requests pass first.
    #[must_use]
    pub fn after(mut self, passed: u64) -> Self {
        self.after = passed;
        self
    }

    /// Strikes with this probability. The cluster's seed decides for each request
    /// by itself: the same request, with the same name, meets the same.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability.clamp(0.0, 1.0);
        self
    }

    fn concerns(&self, about: &About) -> bool {
        let of_watch = matches!(
            self.fault,
            Fault::DroppedWatch { .. } | Fault::ExpiredWatch { .. }
        );
        let gets = self.verbs.iter().any(|verb| verb == "get");
        let from_cache = matches!(about.verb, "watch" | "list")
            || gets && about.verb == "get" && about.subresource.is_empty();
        if of_watch && about.verb != "watch"
            || self.fault == Fault::Stale && !from_cache
            || matches!(self.fault, Fault::Conflict | Fault::LostAnswer) && !about.writes()
        {
            return false;
        }
        let verb = self.verbs.is_empty()
            || self
                .verbs
                .iter()
                .any(|verb| verb == about.verb || verb == "write" && about.writes());
        let resource = self.resource.as_deref().is_none_or(|wanted| {
            let full = format!("{}.{}", about.resource, about.group);
            wanted == about.resource || wanted == full
        });
        let same = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|w| w == is);
        let like = |wanted: &Option<String>, is: &str| {
            wanted
                .as_deref()
                .is_none_or(|wanted| match wanted.strip_suffix('*') {
                    Some(start) => is.starts_with(start),
                    None => is == wanted,
                })
        };
        verb && resource
            && same(&self.subresource, &about.subresource)
            && same(&self.namespace, &about.namespace)
            && like(&self.name, &about.name)
            && like(&self.user, &about.user)
            && self
                .agent
                .as_deref()
                .is_none_or(|wanted| about.agent.contains(wanted))
    }
}

/// A rule at work.
struct Active {
    id: u64,
    rule: Rule,
    seen: u64,
    hits: Arc<AtomicU64>,
    /// The store's revision when the rule began.
    since: u64,
    /// Sent `true` when it is lifted.
    lifted: watch::Sender<bool>,
}

/// What strikes a request.
#[derive(Clone)]
pub(crate) struct Strike {
    pub(crate) fault: Fault,
    pub(crate) since: u64,
}

struct Inner {
    seed: u64,
    next: u64,
    rules: Vec<Active>,
    /// How often a request has come, by rule and what it is about.
    seen: HashMap<(u64, u64), u64>,
}

/// How many different requests are told apart for probabilities.
const SEEN_MAX: usize = 100_000;

/// The faults of one cluster. Cheap to clone.
#[derive(Clone)]
pub struct Faults {
    inner: Arc<Mutex<Inner>>,
    revision: Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// A rule that was set; [`Injected::lift`] ends it. Dropping this does not.
pub struct Injected {
    id: u64,
    faults: Faults,
    hits: Arc<AtomicU64>,
}

impl Injected {
    /// How many requests it has struck.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Ends it: what it held back goes on.
    pub fn lift(self) {
        self.faults.lift(self.id);
    }
}

impl Faults {
    pub(crate) fn new(seed: u64, revision: Arc<dyn Fn() -> u64 + Send + Sync>) -> Self {
        let inner = Inner {
            seed,
            next: 1,
            rules: Vec::new(),
            seen: HashMap::new(),
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
            revision,
        }
    }

    /// Sets a rule. The first rule that concerns a request and strikes decides.
    pub fn inject(&self, rule: Rule) -> Injected {
        let since = (self.revision)();
        let mut inner = self.inner.lock();
        let id = inner.next;
        inner.next += 1;
        let hits = Arc::new(AtomicU64::new(0));
        inner.rules.push(Active {
            id,
            rule,
            seen: 0,
            hits: hits.clone(),
            since,
            lifted: watch::Sender::new(false),
        });
        Injected {
            id,
            faults: self.clone(),
            hits,
        }
    }

    /// Cuts a client off: nothing of a program whose user agent contains this
    /// gets through until the rule is lifted.
    pub fn partition(&self, agent: &str) -> Injected {
        self.inject(Rule::new(Fault::Partition).agent(agent))
    }

    /// Ends all rules.
    pub fn clear(&self) {
        let rules = std::mem::take(&mut self.inner.lock().rules);
        for rule in rules {
            rule.lifted.send_replace(true);
        }
    }

    fn lift(&self, id: u64) {
        let mut inner = self.inner.lock();
        if let Some(at) = inner.rules.iter().position(|rule| rule.id == id) {
            let rule = inner.rules.remove(at);
            rule.lifted.send_replace(true);
        }
    }

    /// Whether any rule is set.
    pub(crate) fn is_empty(&self) -> bool {
        self.inner.lock().rules.is_empty()
    }

    /// What strikes a request, if anything does.
    pub(crate) fn strike(&self, about: &About) -> Option<Strike> {
        let mut inner = self.inner.lock();
        let Inner {
            seed, rules, seen, ..
        } = &mut *inner;
        for active in rules {
            if !active.rule.concerns(about) {
                continue;
            }
            active.seen += 1;
            let hits = active.hits.load(Ordering::Relaxed);
            if active.seen <= active.rule.after || active.rule.times.is_some_and(|max| hits >= max)
            {
                continue;
            }
            if active.rule.probability < 1.0 && !draw(*seed, active, about, seen) {
                continue;
            }
            active.hits.fetch_add(1, Ordering::Relaxed);
            return Some(Strike {
                fault: active.rule.fault.clone(),
                since: active.since,
            });
        }
        None
    }

    /// Whether nothing of this request may get through any more: watches that
    /// began before a partition end by it.
    pub(crate) fn partitions(&self, about: &About) -> bool {
        self.any(about, &Fault::Partition).is_some()
    }

    /// Tells when the watch may go on, if a rule holds it back.
    pub(crate) fn holds(&self, about: &About) -> Option<watch::Receiver<bool>> {
        self.any(about, &Fault::Stale)
    }

    fn any(&self, about: &About, fault: &Fault) -> Option<watch::Receiver<bool>> {
        let inner = self.inner.lock();
        let mut rules = inner.rules.iter();
        let found = rules.find(|active| active.rule.fault == *fault && active.rule.concerns(about));
        found.map(|active| active.lifted.subscribe())
    }
}

fn draw(seed: u64, active: &Active, about: &About, seen: &mut HashMap<(u64, u64), u64>) -> bool {
    let mut hasher = DefaultHasher::new();
    (about.verb, &about.path, about.program()).hash(&mut hasher);
    let request = hasher.finish();
    if seen.len() >= SEEN_MAX {
        seen.clear();
    }
    let nth = seen.entry((active.id, request)).or_default();
    *nth += 1;
    let mut hasher = DefaultHasher::new();
    (seed, active.id, request, *nth).hash(&mut hasher);
    // 53 bits make a number between 0 and 1.
    let number = (hasher.finish() >> 11) as f64 / (1u64 << 53) as f64;
    number < active.rule.probability
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(seed: u64) -> Faults {
        Faults::new(seed, Arc::new(|| 7))
    }

    fn update(name: &str) -> About {
        About {
            verb: "update",
            resource: "pods".into(),
            namespace: "a".into(),
            name: name.into(),
            path: format!("/api/v1/namespaces/a/pods/{name}"),
            agent: "kubelet/1".into(),
            ..About::default()
        }
    }

    #[test]
    fn rules_concern_what_they_say() {
        let check = |rule: Rule, expect: bool| {
            assert_eq!(rule.concerns(&update("web-1")), expect, "{rule:?}");
        };
        let rule = || Rule::new(Fault::Conflict);
        check(rule(), true);
        check(rule().verbs(["write"]).resource("pods"), true);
        check(rule().resource("pods/status"), false);
        check(rule().name("web-*").namespace("a"), true);
        check(rule().name("web"), false);
        check(rule().agent("kubelet"), true);
        check(rule().agent("scheduler"), false);
        check(rule().verbs(["create"]), false);
        check(Rule::new(Fault::DroppedWatch { after: 0 }), false);
    }

    #[test]
    #[should_panic(expected = "no request has the verb")]
    fn verbs_that_are_none_are_refused() {
        let _ = Rule::new(Fault::Conflict).verbs(["get", "POST"]);
    }

    #[test]
    #[should_panic(expected = "requests name plurals")]
    fn kinds_are_no_resources() {
        let _ = Rule::new(Fault::Conflict).resource("ConfigMap");
    }

    #[test]
    fn counts_bound_a_rule() {
        let faults = faults(1);
        let injected = faults.inject(Rule::new(Fault::Conflict).after(1).times(2));
        let struck: Vec<bool> = (0..5)
            .map(|_| faults.strike(&update("p")).is_some())
            .collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert_eq!(injected.hits(), 2);
        injected.lift();
        assert!(faults.is_empty());
    }

    #[test]
    fn a_seed_decides_whatever_the_order() {
        let run = |seed, names: &[&str]| {
            let faults = faults(seed);
            faults.inject(Rule::new(Fault::Conflict).probability(0.5));
            let mut struck: Vec<(String, bool)> = names
                .iter()
                .map(|name| ((*name).to_owned(), faults.strike(&update(name)).is_some()))
                .collect();
            struck.sort();
            struck
        };
        let names: Vec<String> = (0..64).map(|n| format!("p{n}")).collect();
        let forth: Vec<&str> = names.iter().map(String::as_str).collect();
        let back: Vec<&str> = forth.iter().rev().copied().collect();
        assert_eq!(run(7, &forth), run(7, &back));
        assert_ne!(run(7, &forth), run(8, &forth));
        let hits = run(7, &forth).iter().filter(|(_, hit)| *hit).count();
        assert!((10..54).contains(&hits), "{hits}");
    }
}
