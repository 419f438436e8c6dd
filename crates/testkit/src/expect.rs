//! Assertions that wait: for an object to be as wanted, to go, or never to be
//! otherwise. They hear of changes by a watch. Under virtual time they let time
//! pass, step by step; in real time they wait.

use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use skeg_api::core::v1::Event;
use skeg_client::{Api, ListOptions, WatchEvent, WatchOptions};
use skeg_meta::Object;

use crate::cluster::Cluster;
use crate::error::Error;

/// How long is waited when nothing else is said.
const PATIENCE: Duration = Duration::from_secs(10);
/// Under virtual time an hour is over at once.
const PATIENCE_VIRTUAL: Duration = Duration::from_secs(3600);

/// What was expected did not happen, with what happened instead.
#[derive(Debug, thiserror::Error)]
#[error("{what}\n{details}")]
pub struct Unmet {
    /// What was expected, in one line.
    pub what: String,
    /// How things are, and the timeline.
    pub details: String,
}

type Condition<K> = Arc<dyn Fn(&K) -> bool + Send + Sync>;

enum Wanted<K> {
    /// Some object of the subject fulfils it.
    Is(Condition<K>),
    /// None of the subject is there.
    Gone,
    /// None of the subject fulfils it, all the time.
    Never(Condition<K>),
}

/// An expectation; awaiting it waits, and panics with the timeline when it is
/// not met. [`Expect::check`] gives an error instead.
#[must_use = "an expectation does nothing until it is awaited"]
pub struct Expect<K> {
    cluster: Cluster,
    namespace: String,
    /// Empty: any.
    name: String,
    wanted: Wanted<K>,
    within: Option<Duration>,
    told: String,
}

/// `ns/name` in its parts; `default` where there is no namespace.
pub(crate) fn split<K: Object>(name: &str) -> (&str, &str) {
    match name.split_once('/') {
        Some(parts) => parts,
        None if K::NAMESPACED => ("default", name),
        None => ("", name),
    }
}

impl Cluster {
    /// Expects an object to be there, and as [`Expect::to`] says. The name has
    /// its namespace before a slash where it is not in `default`.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # use skeg_testkit::Cluster;
    /// use skeg_api::core::v1::Pod;
    ///
    /// let cluster = Cluster::start().await?;
    /// cluster.apply("
    /// apiVersion: v1
    /// kind: Pod
    /// metadata: {name: hello}
    /// spec: {containers: [{name: main, image: hello}]}
    /// ").await?;
    /// cluster.expect::<Pod>("hello").to(|pod| pod.status.phase == "Running").await;
    /// # Ok::<(), skeg_testkit::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn expect<K: Object>(&self, name: &str) -> Expect<K> {
        let told = format!("{} {name:?} to be there", K::GVK.kind);
        self.expectation(name, Wanted::Is(Arc::new(|_| true)), told)
    }

    /// Expects some object of a kind to be as [`Expect::to`] says, in a
    /// namespace or (if that is empty) in all.
    pub fn expect_any<K: Object>(&self, namespace: &str) -> Expect<K> {
        let told = format!("some {} in {namespace:?} to be there", K::GVK.kind);
        let mut expect = self.expectation("", Wanted::Is(Arc::new(|_| true)), told);
        namespace.clone_into(&mut expect.namespace);
        expect
    }

    /// Expects an object to go, or not to be there.
    pub fn expect_gone<K: Object>(&self, name: &str) -> Expect<K> {
        let told = format!("{} {name:?} to be gone", K::GVK.kind);
        self.expectation(name, Wanted::Gone, told)
    }

    /// Expects an event with this reason, in any namespace, now or before.
    pub fn expect_event(&self, reason: &str) -> Expect<Event> {
        let told = format!("an event with reason {reason:?}");
        let reason = reason.to_owned();
        let is = move |event: &Event| event.reason == reason;
        let mut expect = self.expectation("", Wanted::Is(Arc::new(is)), told);
        expect.namespace.clear();
        expect
    }

    /// Expects that no object of a kind is ever like this, for as long as
    /// [`Expect::within`] says; an empty namespace is all.
    pub fn never<K: Object>(
        &self,
        namespace: &str,
        condition: impl Fn(&K) -> bool + Send + Sync + 'static,
    ) -> Expect<K> {
        let told = format!("no {} in {namespace:?} ever to be like this", K::GVK.kind);
        let mut expect = self.expectation("", Wanted::Never(Arc::new(condition)), told);
        namespace.clone_into(&mut expect.namespace);
        expect
    }

    fn expectation<K: Object>(&self, name: &str, wanted: Wanted<K>, told: String) -> Expect<K> {
        let (namespace, name) = split::<K>(name);
        Expect {
            cluster: self.clone(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            wanted,
            within: None,
            told,
        }
    }
}

/// What was found out so far.
enum Verdict<K> {
    Met(Option<Arc<K>>),
    Broken(Arc<K>),
    Open,
}

impl<K: Object> Expect<K> {
    /// Expects this of it too.
    pub fn to(mut self, condition: impl Fn(&K) -> bool + Send + Sync + 'static) -> Self {
        if let Wanted::Is(before) = &self.wanted {
            let before = before.clone();
            self.wanted = Wanted::Is(Arc::new(move |object| before(object) && condition(object)));
            self.told = format!("{} and as wanted", self.told);
        }
        self
    }

    /// How long is waited at most, by the cluster's clock: 10 s, or an hour of
    /// virtual time, when nothing is said.
    pub fn within(mut self, within: Duration) -> Self {
        self.within = Some(within);
        self
    }

    /// What is told when it is not met, instead of the kind and name.
    pub fn because(mut self, what: &str) -> Self {
        what.clone_into(&mut self.told);
        self
    }

    fn api(&self) -> Api<K> {
        let client = self.cluster.client();
        if self.namespace.is_empty() {
            Api::all(client)
        } else {
            Api::namespaced(client, self.namespace.clone())
        }
    }

    fn patience(&self) -> Duration {
        self.within.unwrap_or(match self.cluster.next_due() {
            Some(_) => PATIENCE_VIRTUAL,
            None => PATIENCE,
        })
    }

    fn judge(&self, known: &[Arc<K>]) -> Verdict<K> {
        match &self.wanted {
            Wanted::Is(condition) => known
                .iter()
                .find(|object| condition(object))
                .map_or(Verdict::Open, |object| Verdict::Met(Some(object.clone()))),
            Wanted::Gone if known.is_empty() => Verdict::Met(None),
            Wanted::Gone => Verdict::Open,
            Wanted::Never(condition) => known
                .iter()
                .find(|object| condition(object))
                .map_or(Verdict::Open, |object| Verdict::Broken(object.clone())),
        }
    }

    /// Waits, and gives the object that is as wanted; `None` where it was to be
    /// gone, or nothing was to happen.
    ///
    /// # Errors
    /// What was expected does not happen in time.
    pub async fn check(self) -> Result<Option<Arc<K>>, Unmet> {
        let mut known = Vec::new();
        let outcome = match self.cluster.inner.time.movable() {
            Some(_) => self.in_steps(&mut known).await,
            None => {
                let wait = self.follow(&mut known);
                match tokio::time::timeout(self.patience(), wait).await {
                    Ok(verdict) => verdict,
                    Err(_) => Ok(Verdict::Open),
                }
            }
        };
        let why = match (outcome, &self.wanted) {
            (Ok(Verdict::Met(object)), _) => return Ok(object),
            (Ok(Verdict::Open), Wanted::Never(_)) => return Ok(None),
            (Ok(Verdict::Broken(object)), _) => {
                format!("{} is like this", object.meta().name)
            }
            (Ok(Verdict::Open), _) => format!("not within {:?}", self.patience()),
            (Err(error), _) => error.to_string(),
        };
        Err(self.unmet(&why, &known).await)
    }

    /// Keeps the objects in step with the server until it is decided.
    async fn follow(&self, known: &mut Vec<Arc<K>>) -> Result<Verdict<K>, Error> {
        let api = self.api();
        loop {
            let version = self.list(&api, known).await?;
            match self.judge(known) {
                Verdict::Open => {}
                decided => return Ok(decided),
            }
            let mut events = api.watch(&self.options(version)).await.map_err(failed)?;
            while let Some(event) = events.next().await {
                let Ok(event) = event else { break };
                self.take(event, known);
                match self.judge(known) {
                    Verdict::Open => {}
                    decided => return Ok(decided),
                }
            }
        }
    }

    /// The same under virtual time: whenever the cluster is quiet, its clock
    /// moves to what is due next.
    async fn in_steps(&self, known: &mut Vec<Arc<K>>) -> Result<Verdict<K>, Error> {
        let mut left = self.patience();
        let api = self.api();
        let version = self.list(&api, known).await?;
        match self.judge(known) {
            Verdict::Open => {}
            decided => return Ok(decided),
        }
        let mut events = api.watch(&self.options(version)).await.map_err(failed)?;
        loop {
            self.cluster.settle().await?;
            while let Some(event) = events.next().now_or_never() {
                let Some(Ok(event)) = event else {
                    // It broke off: begin again.
                    let version = self.list(&api, known).await?;
                    events = api.watch(&self.options(version)).await.map_err(failed)?;
                    break;
                };
                self.take(event, known);
                match self.judge(known) {
                    Verdict::Open => {}
                    decided => return Ok(decided),
                }
            }
            if left.is_zero() {
                return Ok(Verdict::Open);
            }
            let step = self.cluster.next_due().unwrap_or(left).min(left);
            left -= step;
            self.cluster.advance(step).await?;
        }
    }

    fn options(&self, version: String) -> WatchOptions {
        let options = WatchOptions::from_version(version);
        match self.name.as_str() {
            "" => options,
            name => options.fields(format!("metadata.name={name}")),
        }
    }

    async fn list(&self, api: &Api<K>, known: &mut Vec<Arc<K>>) -> Result<String, Error> {
        let mut options = ListOptions::default();
        if !self.name.is_empty() {
            options = options.fields(format!("metadata.name={}", self.name));
        }
        let list = api.list(&options).await.map_err(failed)?;
        *known = list.items;
        Ok(list.resource_version)
    }

    fn take(&self, event: WatchEvent<Arc<K>>, known: &mut Vec<Arc<K>>) {
        let same = |one: &Arc<K>, other: &Arc<K>| {
            one.meta().name == other.meta().name && one.meta().namespace == other.meta().namespace
        };
        match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                match known.iter_mut().find(|held| same(held, &object)) {
                    Some(held) => *held = object,
                    None => known.push(object),
                }
            }
            WatchEvent::Deleted(object) => known.retain(|held| !same(held, &object)),
            _ => {}
        }
    }

    async fn unmet(&self, why: &str, known: &[Arc<K>]) -> Unmet {
        let mut details = String::new();
        if let [object] = known {
            let mut tree = skeg_meta::SharedObject::from_typed(object.clone()).value();
            if let Some(members) = Arc::make_mut(&mut tree).get_mut("metadata")
                && let Some(members) = members.as_object_mut()
            {
                members.remove("managedFields");
            }
            details.push_str("as it is:\n");
            for line in skeg_schema::encode_yaml(&tree).lines() {
                details.push_str("    ");
                details.push_str(line);
                details.push('\n');
            }
        } else {
            details.push_str(&format!("{} such objects are there\n", known.len()));
        }
        details.push_str("what happened (time, revision, who, what):\n");
        match self.cluster.timeline().await {
            Ok(timeline) => details.push_str(&timeline.text()),
            Err(error) => details.push_str(&error.to_string()),
        }
        Unmet {
            what: format!("expected {}, {why}", self.told),
            details,
        }
    }
}

fn failed(source: skeg_client::Error) -> Error {
    Error::Request {
        action: "look at the cluster".to_owned(),
        source,
    }
}

/// An expectation that is being waited for.
pub type Waiting<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<K: Object> IntoFuture for Expect<K> {
    type Output = Option<Arc<K>>;
    type IntoFuture = Waiting<Option<Arc<K>>>;

    /// # Panics
    /// It is not met.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.check().await {
                Ok(object) => object,
                Err(unmet) => panic!("{unmet}"),
            }
        })
    }
}
