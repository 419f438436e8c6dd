//! What pods do, by script.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::Pod;
use skeg_meta::labels::Selector;

use crate::node_api::{Answer, Commands};

/// How a container ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The exit code.
    pub exit_code: i32,
    /// The reason in its status: `Completed`, `Error`, `OOMKilled`.
    pub reason: String,
}

impl End {
    /// By itself, with this code.
    #[must_use]
    pub fn exit(exit_code: i32) -> Self {
        let reason = if exit_code == 0 { "Completed" } else { "Error" };
        Self {
            exit_code,
            reason: reason.to_owned(),
        }
    }

    /// Killed because it took too much memory.
    #[must_use]
    pub fn out_of_memory() -> Self {
        Self {
            exit_code: 137,
            reason: "OOMKilled".to_owned(),
        }
    }
}

/// One run of a container, from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    /// When it is ready; `None`: never.
    pub(crate) ready_after: Option<Duration>,
    /// When and how it ends; `None`: when it is told to.
    pub(crate) ends: Option<(Duration, End)>,
}

impl Act {
    pub(crate) const RUNS: Act = Act {
        ready_after: Some(Duration::ZERO),
        ends: None,
    };
}

/// What the pods that it selects do. The script that was set last and selects
/// a pod decides; it is looked up when the pod comes to its node.
///
/// ```
/// use std::time::Duration;
/// use skeg_testkit::PodScript;
///
/// PodScript::labels("app=web").ready_after(Duration::from_secs(3));
/// PodScript::labels("app=flaky").crashes(2, 2); // twice, with exit code 2; then it runs
/// PodScript::named("job-*").succeeds_after(Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct PodScript {
    pub(crate) selector: Option<Selector>,
    pub(crate) name: Option<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) container: Option<String>,
    pub(crate) owner_kind: Option<String>,
    pub(crate) starts_after: Duration,
    pub(crate) stops_after: Duration,
    /// For how long no image can be pulled.
    pub(crate) pull_fails: Option<Duration>,
    pub(crate) acts: Vec<Act>,
    pub(crate) last: Act,
    pub(crate) evicted_after: Option<(Duration, String)>,
    pub(crate) logs: Vec<String>,
    pub(crate) commands: Commands,
    pub(crate) ports: HashMap<u16, SocketAddr>,
}

impl PodScript {
    /// All pods.
    #[must_use]
    pub fn all() -> Self {
        Self {
            selector: None,
            name: None,
            namespace: None,
            container: None,
            owner_kind: None,
            starts_after: Duration::ZERO,
            stops_after: Duration::ZERO,
            pull_fails: None,
            acts: Vec::new(),
            last: Act::RUNS,
            evicted_after: None,
            logs: Vec::new(),
            commands: Commands::default(),
            ports: HashMap::new(),
        }
    }

    /// Pods whose labels this selects (`app=web,tier!=db`).
    ///
    /// # Panics
    /// It is no label selector.
    #[must_use]
    pub fn labels(selector: &str) -> Self {
        let parsed = Selector::parse(selector);
        let selector = match parsed {
            Ok(selector) => selector,
            Err(error) => panic!("{selector:?} is no label selector: {error}"),
        };
        Self {
            selector: Some(selector),
            ..Self::all()
        }
    }

    /// Pods of this name; one `*` at the end stands for anything.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            ..Self::all()
        }
    }

    /// Pods whose controller is of this kind (`Job`).
    #[must_use]
    pub fn owned_by(kind: &str) -> Self {
        Self {
            owner_kind: Some(kind.to_owned()),
            ..Self::all()
        }
    }

    /// Only in this namespace.
    #[must_use]
    pub fn in_namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// Only this container ends as the script says; the others run.
    #[must_use]
    pub fn container(mut self, name: &str) -> Self {
        self.container = Some(name.to_owned());
        self
    }

    /// Containers start so long after the pod came to its node.
    #[must_use]
    pub fn starts_after(mut self, pause: Duration) -> Self {
        self.starts_after = pause;
        self
    }

    /// Containers are ready so long after their start.
    #[must_use]
    pub fn ready_after(mut self, pause: Duration) -> Self {
        self.last.ready_after = Some(pause);
        self
    }

    /// Containers run and are never ready.
    #[must_use]
    pub fn never_ready(mut self) -> Self {
        self.last.ready_after = None;
        self
    }

    /// Containers end with code 0 so long after their start.
    #[must_use]
    pub fn succeeds_after(self, run: Duration) -> Self {
        self.exits_after(run, 0)
    }

    /// Containers end with this code so long after their start, every time.
    #[must_use]
    pub fn exits_after(mut self, run: Duration, exit_code: i32) -> Self {
        self.last.ends = Some((run, End::exit(exit_code)));
        self
    }

    /// Containers crash so many times with this code, each a second after its
    /// start, before they do what else the script says.
    #[must_use]
    pub fn crashes(self, times: usize, exit_code: i32) -> Self {
        self.ends_first(times, End::exit(exit_code))
    }

    /// Containers are killed so many times for want of memory, each a second
    /// after its start.
    #[must_use]
    pub fn out_of_memory(self, times: usize) -> Self {
        self.ends_first(times, End::out_of_memory())
    }

    fn ends_first(mut self, times: usize, end: End) -> Self {
        let act = Act {
            ready_after: Some(Duration::ZERO),
            ends: Some((Duration::from_secs(1), end)),
        };
        self.acts.extend(std::iter::repeat_n(act, times));
        self
    }

    /// The image can never be pulled: `ErrImagePull` for a second, then
    /// `ImagePullBackOff`, again and again, after 10 s at first and 5 minutes at last.
    #[must_use]
    pub fn image_pull_error(mut self) -> Self {
        self.pull_fails = Some(Duration::MAX);
        self
    }

    /// The image cannot be pulled at first, for so long; the first pull after
    /// it succeeds (at 0, 10, 30, 70, 150 s and so on).
    #[must_use]
    pub fn image_pull_error_for(mut self, pause: Duration) -> Self {
        self.pull_fails = Some(pause);
        self
    }

    /// The node evicts the pod so long after it came, with this message.
    #[must_use]
    pub fn evicted_after(mut self, pause: Duration, message: &str) -> Self {
        self.evicted_after = Some((pause, message.to_owned()));
        self
    }

    /// Containers need so long to end when they are told to; no longer than
    /// their grace period.
    #[must_use]
    pub fn stops_after(mut self, pause: Duration) -> Self {
        self.stops_after = pause;
        self
    }

    /// Lines that each container writes to its log when it starts.
    #[must_use]
    pub fn logs<'a>(mut self, lines: impl IntoIterator<Item = &'a str>) -> Self {
        self.logs = lines.into_iter().map(str::to_owned).collect();
        self
    }

    /// What a command answers (exec): one that begins with these words.
    /// Without a script only `echo`, `cat`, `true` and `false` are known.
    #[must_use]
    pub fn command<'a>(mut self, words: impl IntoIterator<Item = &'a str>, answer: Answer) -> Self {
        let words = words.into_iter().map(str::to_owned).collect();
        self.commands.answers.push((words, answer));
        self
    }

    /// Commands (exec) are programs of this machine, run in this folder.
    #[must_use]
    pub fn runs_commands_in(mut self, dir: impl Into<PathBuf>) -> Self {
        self.commands.dir = Some(Arc::new(dir.into()));
        self
    }

    /// Connections to this port of the pod (port-forward) go to an address of
    /// this machine. Without a script an HTTP server tells the pod's name.
    #[must_use]
    pub fn serves(mut self, port: u16, address: SocketAddr) -> Self {
        self.ports.insert(port, address);
        self
    }

    /// Whether the script is about this pod.
    pub(crate) fn selects(&self, pod: &Pod) -> bool {
        let meta = &pod.metadata;
        let named = self
            .name
            .as_deref()
            .is_none_or(|wanted| match wanted.strip_suffix('*') {
                Some(start) => meta.name.starts_with(start),
                None => meta.name == wanted,
            });
        let owned = self.owner_kind.as_deref().is_none_or(|kind| {
            meta.owner_references
                .iter()
                .any(|owner| owner.controller == Some(true) && owner.kind == kind)
        });
        named
            && owned
            && self
                .namespace
                .as_deref()
                .is_none_or(|wanted| meta.namespace == wanted)
            && self
                .selector
                .as_ref()
                .is_none_or(|selector| selector.matches(&meta.labels))
    }

    /// What a container does on its nth run.
    pub(crate) fn act(&self, container: &str, nth: usize) -> Act {
        if self
            .container
            .as_deref()
            .is_some_and(|only| only != container)
        {
            return Act::RUNS;
        }
        self.acts.get(nth).unwrap_or(&self.last).clone()
    }
}
