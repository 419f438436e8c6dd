//! Records what has happened to an object as Events.

mod correlate;
mod series;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use skeg_api::core::v1::ObjectReference;
use skeg_client::{ApiResource, Client, Error};
use skeg_meta::{MicroTime, Object};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

/// How many events may wait to be written. More are dropped, as upstream does.
const QUEUE_LEN_MAX: usize = 1000;

/// How often a write is tried that nobody answers, as client-go tries it.
const TRIES_MAX: u32 = 12;
/// How long a recorder waits between.
const PAUSE: Duration = Duration::from_secs(10);

/// How long a recorder that is told to end may go on writing what was recorded before.
const DRAIN: Duration = Duration::from_secs(5);

/// Events of this process, which make their names unique beside the time: in a
/// test that stops the clock, many recorders write at one moment.
static SERIAL: AtomicU64 = AtomicU64::new(0);

/// Whether an event is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
    /// Something happened as it should.
    Normal,
    /// Something did not.
    Warning,
}

impl EventType {
    /// As the API spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            EventType::Normal => "Normal",
            EventType::Warning => "Warning",
        }
    }
}

/// In which group events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventApi {
    /// The core group: equal events are counted, similar ones combined. What controllers use.
    Core,
    /// `events.k8s.io/v1`: equal events become a series. What the scheduler uses.
    Events,
}

/// One event as it was recorded.
#[derive(Clone, Debug)]
struct Recorded {
    /// Who reports, where that is not the recorder's component.
    by: Option<Arc<str>>,
    about: ObjectReference,
    related: Option<ObjectReference>,
    kind: EventType,
    reason: String,
    action: String,
    message: String,
    at: MicroTime,
    /// Makes the event's name unique.
    serial: u64,
}

impl Recorded {
    fn namespace(&self) -> &str {
        if self.about.namespace.is_empty() {
            "default"
        } else {
            &self.about.namespace
        }
    }

    fn name(&self) -> String {
        /// Leaves room for the number after it.
        const NAME_LEN_MAX: usize = 230;
        let mut base = self.about.name.as_str();
        while base.len() > NAME_LEN_MAX {
            base = base.get(..NAME_LEN_MAX).unwrap_or("object");
        }
        format!("{base}.{:x}", self.serial)
    }
}

enum Message {
    Event(Box<Recorded>),
    Flush(oneshot::Sender<()>),
}

/// Who records.
#[derive(Clone, Debug)]
struct Reporter {
    component: String,
    host: String,
}

/// Goes on when a connection is lost, until the recorder is told to end.
#[derive(Clone)]
struct Patience {
    clock: Arc<dyn Clock>,
    cancel: CancellationToken,
}

impl Patience {
    /// Writes, and writes again if no server has answered.
    async fn insist<T, F: Future<Output = Result<T, Error>>>(
        &self,
        mut write: impl FnMut() -> F,
    ) -> Result<T, Error> {
        let mut tries = 1;
        loop {
            let error = match write().await {
                Err(error) if error.is_transport() && tries < TRIES_MAX => error,
                done => return done,
            };
            tries += 1;
            tracing::debug!(error = error.chain(), "an event is written again");
            let pause = self.clock.sleep(PAUSE);
            if self.cancel.run_until_cancelled(pause).await.is_none() {
                return Err(error);
            }
        }
    }
}

/// Says that an event is lost, unless that is as it should be.
fn complain(error: &Error, event: &Recorded) {
    // A namespace that goes takes no more events; one that was written by a request
    // whose answer was lost is there.
    if !error.is_namespace_terminating() && !error.is_already_exists() {
        tracing::warn!(
            error = error.chain(),
            reason = event.reason,
            "cannot write an event"
        );
    }
}

/// Records what has happened to objects. Cheap to clone.
///
/// Recording never waits: the events are written behind the caller, and
/// dropped when too many wait. Who repeats himself too often about one object
/// is silenced for a while. A write that nobody answers is repeated, twelve times in
/// all with ten seconds between.
#[derive(Clone)]
pub struct EventRecorder {
    by: Option<Arc<str>>,
    queue: mpsc::Sender<Message>,
    clock: Arc<dyn Clock>,
    ended: CancellationToken,
}

impl EventRecorder {
    /// A recorder for a component, writing until the token is cancelled. What was
    /// recorded before is written then, within five seconds: see [`EventRecorder::ended`].
    #[must_use]
    pub fn start(
        client: Client,
        api: EventApi,
        component: impl Into<String>,
        host: impl Into<String>,
        clock: Arc<dyn Clock>,
        cancel: CancellationToken,
    ) -> Self {
        let reporter = Reporter {
            component: component.into(),
            host: host.into(),
        };
        let (queue, mut waiting) = mpsc::channel(QUEUE_LEN_MAX);
        let ended = CancellationToken::new();
        let has_ended = ended.clone();
        let patience = Patience {
            clock: Arc::clone(&clock),
            cancel: cancel.clone(),
        };
        tokio::spawn(async move {
            let mut writer = match api {
                EventApi::Core => {
                    Writer::Core(correlate::Correlator::new(client, reporter, patience))
                }
                EventApi::Events => Writer::Events(series::Series::new(client, reporter, patience)),
            };
            let _ended = ended.drop_guard();
            while let Some(Some(message)) = cancel.run_until_cancelled(waiting.recv()).await {
                writer.take(message).await;
            }
            waiting.close();
            let rest = async {
                while let Some(message) = waiting.recv().await {
                    writer.take(message).await;
                }
            };
            // By the machine's clock: this is about the process.
            if tokio::time::timeout(DRAIN, rest).await.is_err() {
                tracing::warn!("not all events could be written before the end");
            }
        });
        Self {
            by: None,
            queue,
            clock,
            ended: has_ended,
        }
    }

    /// Waits until a recorder that was told to end has written what was recorded before.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// The same recorder under the name of another component. Only events of
    /// `events.k8s.io` tell it.
    #[must_use]
    pub fn named(&self, component: &str) -> Self {
        Self {
            by: Some(component.into()),
            ..self.clone()
        }
    }

    /// Records an event about an object. In `events.k8s.io` its reason is its action too,
    /// which must be there, and its message is cut after 1,024 bytes.
    pub fn event<K: Object>(
        &self,
        object: &K,
        kind: EventType,
        reason: &str,
        message: impl Into<String>,
    ) {
        self.event_about(reference(object), kind, reason, message);
    }

    /// Records an event about what a reference names, perhaps a part of it.
    pub fn event_about(
        &self,
        about: ObjectReference,
        kind: EventType,
        reason: &str,
        message: impl Into<String>,
    ) {
        self.event_full(about, None, kind, reason, "", message);
    }

    /// Records an event with everything that it may say: what else it is
    /// about, and what was done. The core group has no use for these.
    pub fn event_full(
        &self,
        about: ObjectReference,
        related: Option<ObjectReference>,
        kind: EventType,
        reason: &str,
        action: &str,
        message: impl Into<String>,
    ) {
        let now = self.clock.now();
        let nanoseconds = u64::try_from(now.as_nanosecond()).unwrap_or_default();
        let event = Recorded {
            by: self.by.clone(),
            about,
            related,
            kind,
            reason: reason.to_owned(),
            action: action.to_owned(),
            message: message.into(),
            at: MicroTime(now),
            serial: nanoseconds.wrapping_add(SERIAL.fetch_add(1, Ordering::Relaxed)),
        };
        if let Err(mpsc::error::TrySendError::Full(_)) =
            self.queue.try_send(Message::Event(Box::new(event)))
        {
            tracing::warn!(reason, "too many events wait; one is dropped");
        }
    }

    /// Waits until everything that has been recorded is written.
    pub async fn flush(&self) {
        let (done, waiting) = oneshot::channel();
        if self.queue.send(Message::Flush(done)).await.is_ok() {
            // The writer has been stopped otherwise.
            let _ = waiting.await;
        }
    }
}

enum Writer {
    Core(correlate::Correlator),
    Events(series::Series),
}

impl Writer {
    async fn take(&mut self, message: Message) {
        match message {
            Message::Event(event) => match self {
                Writer::Core(core) => core.record(*event).await,
                Writer::Events(events) => events.record(*event).await,
            },
            // Whoever asked may have gone.
            Message::Flush(done) => drop(done.send(())),
        }
    }
}

/// The reference by which events name an object.
#[must_use]
pub fn reference<K: Object>(object: &K) -> ObjectReference {
    let meta = object.meta();
    ObjectReference {
        kind: K::GVK.kind.into_owned(),
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
        uid: meta.uid.clone(),
        api_version: ApiResource::of::<K>().api_version(),
        resource_version: meta.resource_version.clone(),
        field_path: String::new(),
    }
}

/// Who an event is about, whatever happened.
fn about_key(about: &ObjectReference) -> String {
    [
        &*about.kind,
        &about.namespace,
        &about.name,
        &about.uid,
        &about.api_version,
    ]
    .join("\u{1f}")
}

/// A map that forgets what was put in longest ago.
struct Recent<V> {
    entries: std::collections::HashMap<String, V>,
    order: std::collections::VecDeque<String>,
    len_max: usize,
}

impl<V> Recent<V> {
    fn new(len_max: usize) -> Self {
        Self {
            entries: std::collections::HashMap::new(),
            order: std::collections::VecDeque::new(),
            len_max,
        }
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    fn insert(&mut self, key: String, value: V) {
        if self.entries.insert(key.clone(), value).is_none() {
            self.order.push_back(key);
            if self.order.len() > self.len_max
                && let Some(oldest) = self.order.pop_front()
            {
                self.entries.remove(&oldest);
            }
        }
    }

    fn get_or_insert_with(&mut self, key: &str, make: impl FnOnce() -> V) -> &mut V {
        if !self.entries.contains_key(key) {
            self.insert(key.to_owned(), make());
        }
        self.entries.get_mut(key).expect("it was put in just now")
    }
}
