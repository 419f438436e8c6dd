//! Audit: what is written of requests, by a policy, to a file and to another
//! program (`audit.k8s.io/v1`).

mod batch;
mod file;
mod policy;
mod record;

pub use batch::BatchOptions;
pub use policy::{Level, Policy, PolicyError, Stage, Verdict};
pub use record::{
    Begin, Record, annotate, is_audited, is_audited_at, request_object, request_patch, with,
};

use skeg_schema::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::authz::Attributes;
use crate::metrics::{Counter, Family, Text};
use crate::webhook::{Remote, WebhookError};
use batch::{ATTEMPTS_MAX, Batcher};
use file::{LogFile, Rotation};
use record::encode;

/// How events get to where they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Many at a time, later.
    Batch,
    /// Each before its request goes on.
    Blocking,
    /// The same, and a request whose arrival cannot be written is refused.
    BlockingStrict,
}

impl std::str::FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "batch" => Ok(Self::Batch),
            "blocking" => Ok(Self::Blocking),
            "blocking-strict" => Ok(Self::BlockingStrict),
            other => Err(format!(
                "{other:?} is none of batch, blocking, blocking-strict"
            )),
        }
    }
}

/// Events and batches that are too large are cut.
#[derive(Clone, Copy, Debug)]
pub struct Truncation {
    /// Whether they are.
    pub enabled: bool,
    /// Bytes of one event (`…-truncate-max-event-size`).
    pub event_len_max: usize,
    /// Bytes of one batch (`…-truncate-max-batch-size`).
    pub batch_len_max: usize,
}

impl Default for Truncation {
    fn default() -> Self {
        Self {
            enabled: false,
            event_len_max: 102_400,
            batch_len_max: 10_485_760,
        }
    }
}

/// What is audited, and where it goes. Fields are named as the flags of
/// kube-apiserver.
#[derive(Clone, Debug)]
pub struct AuditOptions {
    /// `--audit-policy-file`; without it nothing is audited.
    pub policy_file: Option<PathBuf>,
    /// `--audit-log-path`; `-` is the standard output.
    pub log_path: Option<PathBuf>,
    /// `--audit-log-format` is `legacy`: lines for people.
    pub log_legacy: bool,
    /// `--audit-log-mode`.
    pub log_mode: Mode,
    /// `--audit-log-maxsize`, in megabytes; 0: without limit.
    pub log_max_size: u64,
    /// `--audit-log-maxbackup`; 0: all.
    pub log_max_backup: usize,
    /// `--audit-log-maxage`, in days; 0: without limit.
    pub log_max_age: u64,
    /// `--audit-log-compress`.
    pub log_compress: bool,
    /// `--audit-log-batch-*`.
    pub log_batch: BatchOptions,
    /// `--audit-log-truncate-*`.
    pub log_truncate: Truncation,
    /// `--audit-webhook-config-file`: a kubeconfig.
    pub webhook_config_file: Option<PathBuf>,
    /// `--audit-webhook-mode`.
    pub webhook_mode: Mode,
    /// `--audit-webhook-initial-backoff`.
    pub webhook_initial_backoff: Duration,
    /// `--audit-webhook-batch-*`.
    pub webhook_batch: BatchOptions,
    /// `--audit-webhook-truncate-*`.
    pub webhook_truncate: Truncation,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self {
            policy_file: None,
            log_path: None,
            log_legacy: false,
            log_mode: Mode::Blocking,
            log_max_size: 100,
            log_max_backup: 100,
            log_max_age: 366,
            log_compress: false,
            log_batch: BatchOptions::for_log(),
            log_truncate: Truncation::default(),
            webhook_config_file: None,
            webhook_mode: Mode::Batch,
            webhook_initial_backoff: Duration::from_secs(10),
            webhook_batch: BatchOptions::for_webhook(),
            webhook_truncate: Truncation::default(),
        }
    }
}

/// Audit cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The file.
    #[error("cannot write the audit log {path}")]
    Log {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The other program.
    #[error("cannot use the audit webhook")]
    Webhook(#[source] WebhookError),
}

/// An event could not be written, and its request must not go on.
#[derive(Debug, thiserror::Error)]
#[error("the audit event could not be written")]
pub struct Unwritten;

#[derive(Default)]
struct Counts {
    events: Counter,
    rejected: Counter,
    levels: Family<&'static str, Counter>,
    errors: Family<&'static str, Counter>,
}

impl Counts {
    fn failed(&self, plugin: &'static str, events: usize) {
        self.errors
            .get(&plugin, Counter::default)
            .add(events as u64);
    }
}

/// Where events are kept.
enum Sink {
    File(Arc<LogFile>, bool),
    Remote(Remote),
}

impl Sink {
    fn plugin(&self) -> &'static str {
        match self {
            Self::File(..) => "log",
            Self::Remote(_) => "webhook",
        }
    }
}

struct Backend {
    sink: Arc<Sink>,
    mode: Mode,
    truncation: Truncation,
    batcher: Option<Batcher>,
    /// How long is waited before something is sent again.
    backoff: Duration,
}

/// How it went with an event.
enum Written {
    /// It was kept, or found a place to wait; or not.
    Now(Result<(), ()>),
    /// It is told whether it arrived.
    Soon(oneshot::Receiver<bool>),
}

/// An event that is being written. Who lets go of it does not wait for that.
#[must_use]
pub struct Writing {
    counts: Arc<Counts>,
    /// Its request is refused if it cannot be written.
    refuses: bool,
    failed: bool,
    waits: Vec<(oneshot::Receiver<bool>, bool)>,
}

impl Writing {
    /// Waits until those that are asked within a request have it.
    ///
    /// # Errors
    /// It could not be written, and its request must not go on.
    pub async fn done(self) -> Result<(), Unwritten> {
        let mut failed = self.failed;
        for (told, strict) in self.waits {
            failed |= !told.await.unwrap_or(false) && strict;
        }
        if failed && self.refuses {
            self.counts.rejected.inc();
            return Err(Unwritten);
        }
        Ok(())
    }
}

/// Writes events of requests.
pub struct Auditor {
    policy: Policy,
    backends: Vec<Backend>,
    counts: Arc<Counts>,
}

/// A line for people.
fn legacy_line(event: &Value) -> Vec<u8> {
    let text = |path: &[&str]| {
        event
            .at(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let or = |text: String, other: &str| {
        if text.is_empty() {
            other.to_owned()
        } else {
            text
        }
    };
    let groups = |user: &str| {
        let groups = event[user]["groups"].as_array()?;
        let texts = groups.iter().filter_map(Value::as_str);
        let quoted: Vec<String> = texts.map(crate::text::quote).collect();
        Some(quoted.join(",")).filter(|groups| !groups.is_empty())
    };
    let ip = event["sourceIPs"][0].as_str().unwrap_or_default();
    let code = event["responseStatus"]["code"].as_i64();
    let code = code.map_or_else(|| "<deferred>".to_owned(), |code| code.to_string());
    let line = format!(
        "{} AUDIT: id={} stage={} ip={} method={} user={} groups={} as={} asgroups={} user-agent={} namespace={} uri={} response={}\n",
        text(&["requestReceivedTimestamp"]),
        crate::text::quote(&text(&["auditID"])),
        crate::text::quote(&text(&["stage"])),
        crate::text::quote(ip),
        crate::text::quote(&text(&["verb"])),
        crate::text::quote(&or(text(&["user", "username"]), "<none>")),
        crate::text::quote(&groups("user").unwrap_or_else(|| "<none>".to_owned())),
        crate::text::quote(&or(text(&["impersonatedUser", "username"]), "<self>")),
        crate::text::quote(&groups("impersonatedUser").unwrap_or_else(|| "<lookup>".to_owned())),
        crate::text::quote(&text(&["userAgent"])),
        crate::text::quote(&or(text(&["objectRef", "namespace"]), "<none>")),
        crate::text::quote(&text(&["requestURI"])),
        crate::text::quote(&code),
    );
    line.into_bytes()
}

impl Sink {
    /// Keeps events, already encoded as JSON.
    async fn keep(&self, events: &[Arc<Encoded>]) -> Result<(), String> {
        match self {
            Self::File(..) => self.keep_now(events),
            Self::Remote(remote) => {
                let mut body =
                    b"{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"metadata\":{},\"items\":["
                        .to_vec();
                for (at, event) in events.iter().enumerate() {
                    if at > 0 {
                        body.push(b',');
                    }
                    body.extend_from_slice(&event.json);
                }
                body.extend_from_slice(b"]}\n");
                remote.deliver(body).await.map_err(|e| e.to_string())
            }
        }
    }

    fn keep_now(&self, events: &[Arc<Encoded>]) -> Result<(), String> {
        let Self::File(file, legacy) = self else {
            return Err("it can only be written later".to_owned());
        };
        let mut lines = Vec::new();
        for event in events {
            if *legacy {
                lines.extend_from_slice(&event.line);
            } else {
                lines.extend_from_slice(&event.json);
                lines.push(b'\n');
            }
        }
        file.write(&lines).map_err(|e| e.to_string())
    }
}

/// An event as it is kept.
struct Encoded {
    json: Vec<u8>,
    /// Empty unless some file wants it.
    line: Vec<u8>,
}

impl Auditor {
    /// Opens what the options name; `None` when they name nothing. Batches are
    /// sent until `cancel`, and what waits then is sent at last.
    ///
    /// # Errors
    /// The policy or a target is not usable.
    pub fn start(
        options: &AuditOptions,
        cancel: &CancellationToken,
    ) -> Result<Option<Arc<Self>>, AuditError> {
        let Some(policy) = &options.policy_file else {
            return Ok(None);
        };
        let policy = Policy::from_file(policy)?;
        let counts = Arc::new(Counts::default());
        let mut backends = Vec::new();
        if let Some(path) = &options.log_path {
            let rotation = Rotation {
                size_bytes_max: options.log_max_size.saturating_mul(1024 * 1024),
                backups_max: options.log_max_backup,
                age_max: (options.log_max_age > 0)
                    .then(|| Duration::from_secs(options.log_max_age.saturating_mul(86_400))),
                compress: options.log_compress,
            };
            let file = LogFile::open(path, rotation).map_err(|source| AuditError::Log {
                path: path.display().to_string(),
                source,
            })?;
            backends.push(Backend::new(
                Sink::File(Arc::new(file), options.log_legacy),
                options.log_mode,
                options.log_truncate,
                &options.log_batch,
                Duration::ZERO,
                &counts,
                cancel,
            ));
        }
        if let Some(path) = &options.webhook_config_file {
            let remote = Remote::from_kubeconfig(path, Duration::from_secs(30))
                .map_err(AuditError::Webhook)?;
            backends.push(Backend::new(
                Sink::Remote(remote),
                options.webhook_mode,
                options.webhook_truncate,
                &options.webhook_batch,
                options.webhook_initial_backoff,
                &counts,
                cancel,
            ));
        }
        if backends.is_empty() {
            return Ok(None);
        }
        Ok(Some(Arc::new(Self {
            policy,
            backends,
            counts,
        })))
    }

    /// Begins the audit of a request; `None`: the policy wants nothing of it.
    pub fn begin(self: &Arc<Self>, begin: Begin<'_>) -> Option<Arc<Record>> {
        let verdict = self.policy.evaluate(begin.asked);
        self.counts
            .levels
            .get(&verdict.level.as_str(), Counter::default)
            .inc();
        if verdict.level == Level::None {
            return None;
        }
        Some(Arc::new(Record::new(self.clone(), verdict, begin)))
    }

    /// What the policy says of a request.
    pub fn verdict(&self, asked: &Attributes<'_>) -> Verdict {
        self.policy.evaluate(asked)
    }

    fn write(&self, event: Value, stage: Stage) -> Writing {
        self.counts.events.inc();
        let mut writing = Writing {
            counts: Arc::clone(&self.counts),
            refuses: stage == Stage::RequestReceived,
            failed: false,
            waits: Vec::new(),
        };
        let mut whole: Option<Arc<Encoded>> = None;
        for backend in &self.backends {
            let encoded = if backend.truncation.enabled {
                match backend.cut(&event) {
                    Some(encoded) => Arc::new(encoded),
                    None => {
                        self.counts.failed("truncate", 1);
                        continue;
                    }
                }
            } else {
                whole
                    .get_or_insert_with(|| Arc::new(self.encode(&event)))
                    .clone()
            };
            let strict = backend.mode == Mode::BlockingStrict;
            match backend.write(encoded, &self.counts) {
                Written::Now(Ok(())) => {}
                Written::Now(Err(())) => writing.failed |= strict,
                Written::Soon(told) => writing.waits.push((told, strict)),
            }
        }
        writing
    }

    fn encode(&self, event: &Value) -> Encoded {
        let legacy = self
            .backends
            .iter()
            .any(|b| matches!(&*b.sink, Sink::File(_, true)));
        Encoded {
            json: encode(event),
            line: if legacy {
                legacy_line(event)
            } else {
                Vec::new()
            },
        }
    }

    /// Its metrics.
    pub fn render(&self, out: &mut Text) {
        let name = "apiserver_audit_event_total";
        out.head(name, "counter", "ALPHA", "Events written, or meant to be.");
        out.sample(name, &[], self.counts.events.get() as f64);
        let name = "apiserver_audit_requests_rejected_total";
        let help = "Requests refused because their event could not be written.";
        out.head(name, "counter", "ALPHA", help);
        out.sample(name, &[], self.counts.rejected.get() as f64);
        let name = "apiserver_audit_level_total";
        out.head(name, "counter", "ALPHA", "Requests by level.");
        for (level, count) in self.counts.levels.all() {
            out.sample(name, &[("level", level)], count.get() as f64);
        }
        let name = "apiserver_audit_error_total";
        out.head(name, "counter", "ALPHA", "Events lost, by backend.");
        for (plugin, count) in self.counts.errors.all() {
            out.sample(name, &[("plugin", plugin)], count.get() as f64);
        }
    }
}

impl Backend {
    fn new(
        sink: Sink,
        mode: Mode,
        truncation: Truncation,
        batch: &BatchOptions,
        backoff: Duration,
        counts: &Arc<Counts>,
        cancel: &CancellationToken,
    ) -> Self {
        let sink = Arc::new(sink);
        let mut options = batch.clone();
        if truncation.enabled {
            options.batch_bytes_max = truncation.batch_len_max;
        }
        let batcher = (mode == Mode::Batch)
            .then(|| Batcher::start(sink.clone(), options, backoff, counts.clone(), cancel));
        Self {
            sink,
            mode,
            truncation,
            batcher,
            backoff,
        }
    }

    fn write(&self, event: Arc<Encoded>, counts: &Arc<Counts>) -> Written {
        let plugin = self.sink.plugin();
        match (&self.batcher, &*self.sink) {
            (Some(batcher), _) => {
                Written::Now(batcher.push(event).map_err(|()| counts.failed(plugin, 1)))
            }
            (None, Sink::File(..)) => Written::Now(self.sink.keep_now(&[event]).map_err(|error| {
                counts.failed(plugin, 1);
                tracing::error!(error, "an audit event cannot be written");
            })),
            (None, Sink::Remote(_)) => {
                let (tell, told) = oneshot::channel();
                let (sink, counts, backoff) = (self.sink.clone(), counts.clone(), self.backoff);
                // It goes out also when nobody waits for it any more.
                tokio::spawn(async move {
                    let one = [event];
                    let arrived = batch::send(&sink, &one, backoff, ATTEMPTS_MAX, &counts).await;
                    // Whoever asked may have gone.
                    let _ = tell.send(arrived);
                });
                Written::Soon(told)
            }
        }
    }

    /// The event, without its objects if it is too large with them; `None`: it
    /// still is.
    fn cut(&self, event: &Value) -> Option<Encoded> {
        let of = |event: &Value| Encoded {
            json: encode(event),
            line: legacy_line(event),
        };
        let whole = of(event);
        if whole.json.len() <= self.truncation.event_len_max {
            return Some(whole);
        }
        let mut event = event.clone();
        event.remove_at(&["requestObject"]);
        event.remove_at(&["responseObject"]);
        event.set_at(&["annotations", "audit.k8s.io/truncated"], "true");
        Some(of(&event)).filter(|e| e.json.len() <= self.truncation.event_len_max)
    }
}

#[cfg(test)]
mod tests;
