//! Logs of one container or of many, as lines in the order in which they come.

mod container;
mod lines;
mod memory;
mod pods;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use skeg_api::core::v1::Pod;
use skeg_meta::Time;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::api::Api;
use crate::error::Error;
use crate::options::LogOptions;

/// How many lines wait for the reader.
const LINES_MAX: usize = 256;
/// How many logs are read at once, unless said otherwise.
const STREAMS_MAX: usize = 64;

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The pod.
    pub pod: Arc<str>,
    /// The container.
    pub container: Arc<str>,
    /// When it was written, as far as the node says.
    pub time: Option<Time>,
    /// The line as it was written, without its end.
    pub bytes: Bytes,
}

impl LogLine {
    /// The line as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// `[POD CONTAINER] LINE`.
impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} {}] {}", self.pod, self.container, self.text())
    }
}

/// A log that cannot be read (on). Other logs go on.
#[derive(Debug, thiserror::Error)]
#[error("log of {}", label(.pod, .container))]
pub struct LogError {
    /// The pod; empty when no pods could be found.
    pub pod: String,
    /// The container.
    pub container: String,
    /// What happened.
    #[source]
    pub source: Error,
}

fn label(pod: &str, container: &str) -> String {
    match (pod, container) {
        ("", _) => "the selected pods".to_owned(),
        (pod, "") => format!("pod {pod}"),
        (pod, container) => format!("container {container} of pod {pod}"),
    }
}

type Item = Result<LogLine, LogError>;

#[derive(Clone, Debug)]
enum Which {
    Pod(String),
    Selector { labels: String, fields: String },
}

#[derive(Clone, Debug)]
enum Containers {
    /// The ordinary ones.
    Main,
    /// Those of initialisation and the ephemeral ones, too.
    All,
    Named(Vec<String>),
}

impl Containers {
    fn of(&self, pod: &Pod) -> Vec<String> {
        let main = pod.spec.containers.iter().map(|c| c.name.clone());
        let init = pod.spec.init_containers.iter().map(|c| c.name.clone());
        let ephemeral = pod.spec.ephemeral_containers.iter().map(|c| c.name.clone());
        match self {
            Containers::Main => main.collect(),
            Containers::All => init.chain(main).chain(ephemeral).collect(),
            Containers::Named(names) => init
                .chain(main)
                .chain(ephemeral)
                .filter(|name| names.contains(name))
                .collect(),
        }
    }
}

/// How far a log is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follow {
    No,
    /// Until the container ends.
    Run,
    /// Until the pod ends, over all runs of the container; pods that come later, too.
    Forever,
}

/// Which logs, and how much of them.
///
/// Lines of several containers come merged, in the order in which they arrive.
/// A followed log that breaks off is taken up again where it was: no line is
/// lost, none comes twice.
///
/// ```no_run
/// # async fn f(client: skeg_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use futures::StreamExt;
/// use skeg_client::Api;
/// use skeg_client::streams::Logs;
/// let mut lines = Logs::of_selected(&Api::default_namespaced(client), "app=web")
///     .follow_restarts()
///     .tail(10)
///     .lines();
/// while let Some(line) = lines.next().await {
///     println!("{}", line?);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Logs {
    pods: Api<Pod>,
    which: Which,
    containers: Containers,
    follow: Follow,
    options: LogOptions,
    streams_max: usize,
}

impl Logs {
    fn new(pods: &Api<Pod>, which: Which) -> Self {
        Self {
            pods: pods.clone(),
            which,
            containers: Containers::Main,
            follow: Follow::No,
            options: LogOptions::default(),
            streams_max: STREAMS_MAX,
        }
    }

    /// Of one pod.
    pub fn of_pod(pods: &Api<Pod>, name: impl Into<String>) -> Self {
        Self::new(pods, Which::Pod(name.into()))
    }

    /// Of the pods with these labels; of all when the selector is empty.
    pub fn of_selected(pods: &Api<Pod>, labels: impl Into<String>) -> Self {
        let which = Which::Selector {
            labels: labels.into(),
            fields: String::new(),
        };
        Self::new(pods, which)
    }

    /// Only of pods with these fields (`spec.nodeName=a`).
    #[must_use]
    pub fn fields(mut self, selector: impl Into<String>) -> Self {
        if let Which::Selector { fields, .. } = &mut self.which {
            *fields = selector.into();
        }
        self
    }

    /// Only of this container; may be said several times.
    #[must_use]
    pub fn container(mut self, name: impl Into<String>) -> Self {
        match &mut self.containers {
            Containers::Named(names) => names.push(name.into()),
            other => *other = Containers::Named(vec![name.into()]),
        }
        self
    }

    /// Also of containers for initialisation, and of ephemeral ones.
    #[must_use]
    pub fn all_containers(mut self) -> Self {
        self.containers = Containers::All;
        self
    }

    /// Goes on as the containers write, until they end.
    #[must_use]
    pub fn follow(mut self) -> Self {
        self.follow = Follow::Run;
        self
    }

    /// Goes on as the containers write, also when they are started anew, and
    /// with pods that come later. Of one pod, until it ends.
    #[must_use]
    pub fn follow_restarts(mut self) -> Self {
        self.follow = Follow::Forever;
        self
    }

    /// Of the last run of each container.
    #[must_use]
    pub fn previous(mut self) -> Self {
        self.options.previous = true;
        self
    }

    /// Only what is younger than this.
    #[must_use]
    pub fn since(mut self, age: Duration) -> Self {
        self.options.since = Some(age);
        self.options.since_time.clear();
        self
    }

    /// Only what was written after this time.
    #[must_use]
    pub fn since_time(mut self, time: Time) -> Self {
        self.options.since_time = time.to_string();
        self.options.since = None;
        self
    }

    /// Only so many lines from the end of each log.
    #[must_use]
    pub fn tail(mut self, lines: u32) -> Self {
        self.options.tail_lines = Some(i64::from(lines));
        self
    }

    /// Only so many bytes of each log. The node counts the time before each
    /// line, too. A followed log ends there.
    #[must_use]
    pub fn limit_bytes(mut self, bytes: u64) -> Self {
        self.options.limit_bytes = Some(i64::try_from(bytes.max(1)).unwrap_or(i64::MAX));
        self
    }

    /// Reads at most so many logs at once. Further ones are told as errors.
    #[must_use]
    pub fn streams_max(mut self, streams: usize) -> Self {
        self.streams_max = streams.max(1);
        self
    }

    /// The lines. Nothing is asked for before the stream is polled for the
    /// first time; dropping it ends everything.
    #[must_use]
    pub fn lines(self) -> LogLines {
        LogLines {
            start: Some(self),
            lines: None,
        }
    }
}

/// The lines of one or more logs. It ends when all logs have.
pub struct LogLines {
    start: Option<Logs>,
    lines: Option<(mpsc::Receiver<Item>, DropGuard)>,
}

impl Stream for LogLines {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        if let Some(logs) = self.start.take() {
            let (sender, lines) = mpsc::channel(LINES_MAX);
            let token = CancellationToken::new();
            self.lines = Some((lines, token.clone().drop_guard()));
            tokio::spawn(async move {
                tokio::select! {
                    () = pods::read(logs, sender) => {}
                    () = token.cancelled() => {}
                }
            });
        }
        match &mut self.lines {
            Some((lines, _)) => lines.poll_recv(cx),
            None => Poll::Ready(None),
        }
    }
}
