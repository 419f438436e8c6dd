//! The log of one container, taken up again when it breaks off.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use skeg_api::core::v1::{ContainerStatus, Pod};
use tokio::sync::mpsc;

use crate::api::Api;
use crate::error::Error;
use crate::options::LogOptions;
use crate::wait::{ObjectWatch, WaitError};

use super::lines::{Lines, timed};
use super::memory::Memory;
use super::{Follow, Item, LogError, LogLine};

/// The first pause after trouble; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(15);

/// After how many failures the log of a container that has ended is given up.
const FAILURES_MAX: u32 = 6;

/// Nobody reads the lines any more.
struct Unread;

/// How reading a log has ended.
enum End {
    Whole,
    Broken(Error),
    Refused(Error),
}

/// What a container is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// It has not started (again) yet.
    Waiting,
    Running,
    /// It has ended, and may be started again.
    Ended,
    /// It will never run (again).
    Over,
}

pub(super) fn status_of<'a>(pod: &'a Pod, container: &str) -> Option<&'a ContainerStatus> {
    let status = &pod.status;
    let all = status
        .container_statuses
        .iter()
        .chain(&status.init_container_statuses)
        .chain(&status.ephemeral_container_statuses);
    let mut all = all.filter(|status| status.name == container);
    all.next()
}

pub(super) fn run_of(pod: &Pod, container: &str) -> Run {
    let pod_over = matches!(pod.status.phase.as_str(), "Succeeded" | "Failed");
    let Some(status) = status_of(pod, container) else {
        return if pod_over { Run::Over } else { Run::Waiting };
    };
    if status.state.running.is_some() {
        return Run::Running;
    }
    if pod_over {
        return Run::Over;
    }
    let Some(ended) = &status.state.terminated else {
        return Run::Waiting;
    };
    let main = pod.spec.containers.iter().any(|c| c.name == container);
    let again = match pod.spec.restart_policy.as_str() {
        "Never" => false,
        "OnFailure" => ended.exit_code != 0,
        // Those of initialisation have done their work; ephemeral ones run once.
        _ => main || ended.exit_code != 0,
    };
    let dying = pod.metadata.deletion_timestamp.is_some();
    if again && !dying {
        Run::Ended
    } else {
        Run::Over
    }
}

/// The run of the container that there is a log of.
pub(super) fn instance_of(pod: &Pod, container: &str) -> Option<String> {
    let status = status_of(pod, container)?;
    let ended = status.state.terminated.as_ref();
    let last = status.last_state.terminated.as_ref();
    let known = [
        ended.map(|ended| &ended.container_id),
        status.state.running.as_ref().map(|_| &status.container_id),
        last.map(|last| &last.container_id),
        Some(&status.container_id),
    ];
    let mut known = known.into_iter().flatten().filter(|id| !id.is_empty());
    known.next().cloned()
}

pub(super) struct ContainerLog {
    pub(super) pods: Api<Pod>,
    pub(super) pod: Arc<str>,
    pub(super) uid: String,
    pub(super) container: Arc<str>,
    /// The run of the container that is there now.
    pub(super) instance: Option<String>,
    pub(super) follow: Follow,
    pub(super) options: LogOptions,
    pub(super) lines: mpsc::Sender<Item>,
}

impl ContainerLog {
    /// Reads until the log ends, or nobody reads the lines any more.
    pub(super) async fn read(self) {
        // Nobody reads: there is nobody to tell, either.
        let _ = self.run().await;
    }

    async fn run(&self) -> Result<(), Unread> {
        let mut memory = Memory::default();
        let mut failures = 0_u32;
        let mut instance = self.instance.clone();
        let follow = self.follow != Follow::No;
        loop {
            let told = memory.take_up();
            let options = LogOptions {
                container: self.container.to_string(),
                follow,
                timestamps: true,
                ..match told {
                    None => self.options.clone(),
                    Some(since) => LogOptions {
                        since_time: since.to_string(),
                        ..LogOptions::default()
                    },
                }
            };
            let mut some = false;
            let end = self.once(&options, &mut memory, &mut some).await?;
            if some {
                failures = 0;
            }
            if !follow || self.options.limit_bytes.is_some() || self.options.previous {
                return match end {
                    End::Whole => Ok(()),
                    End::Broken(error) | End::Refused(error) => self.fail(error).await,
                };
            }
            let trouble = match end {
                End::Whole => None,
                // A container that has not started has no log.
                End::Refused(error) if error.is_bad_request() => None,
                End::Refused(error) if error.is_not_found() => return Ok(()),
                End::Refused(error) if !error.is_transient() => return self.fail(error).await,
                End::Broken(error) | End::Refused(error) => Some(error),
            };
            if let Some(error) = &trouble {
                tracing::debug!(pod = %self.pod, container = %self.container, error = %error.chain(), "a log is taken up again");
            }
            if trouble.is_some() || !some {
                self.pause(failures).await;
                failures += 1;
            }
            let (run, seen) = match self.next_run(&instance, trouble.is_some()).await {
                Err(error) => return self.fail(error).await,
                Ok(None) => return Ok(()),
                Ok(Some(next)) => next,
            };
            if matches!(run, Run::Ended | Run::Over) {
                match trouble {
                    // What came between is in the log still, unless that is gone for good.
                    Some(error) if failures >= FAILURES_MAX => return self.fail(error).await,
                    Some(_) => {}
                    None if self.follow == Follow::Run || seen == instance => return Ok(()),
                    None => {}
                }
            }
            instance = seen;
        }
    }

    async fn pause(&self, failures: u32) {
        let doubled = PAUSE.saturating_mul(1 << failures.min(8));
        let pause = doubled.min(PAUSE_MAX).mul_f64(0.5 + fastrand::f64());
        self.pods.client().sleep(pause).await;
    }

    /// What the container is about, and which run of it, once there is
    /// something to read; none when its pod is gone.
    async fn next_run(
        &self,
        known: &Option<String>,
        again: bool,
    ) -> Result<Option<(Run, Option<String>)>, Error> {
        let mut watch = ObjectWatch::new(&self.pods, &self.pod);
        loop {
            let pod = watch.next().await.map_err(|error| match error {
                WaitError::Watch { source, .. } => source,
                other => Error::decode(self.pod.to_string(), other.to_string()),
            })?;
            let Some(pod) = pod.filter(|pod| pod.metadata.uid == self.uid) else {
                return Ok(None);
            };
            let seen = instance_of(&pod, &self.container);
            // A short run may be over before anybody has seen it running.
            let fresh = again || seen.is_some() && seen != *known;
            match run_of(&pod, &self.container) {
                Run::Waiting if !fresh => {}
                Run::Ended if !fresh && self.follow == Follow::Forever => {}
                run => return Ok(Some((run, seen))),
            }
        }
    }

    async fn once(
        &self,
        options: &LogOptions,
        memory: &mut Memory,
        some: &mut bool,
    ) -> Result<End, Unread> {
        let mut stream = match self.pods.log_stream(&self.pod, options).await {
            Ok(stream) => stream,
            Err(error) => return Ok(End::Refused(error)),
        };
        let mut lines = Lines::default();
        loop {
            let piece = tokio::select! {
                piece = stream.next() => piece,
                () = self.lines.closed() => return Err(Unread),
            };
            match piece {
                Some(Ok(piece)) => lines.push(&piece),
                // The piece of a line that came is part of what comes again.
                Some(Err(source)) => {
                    let target = format!("log of pod {}", self.pod);
                    return Ok(End::Broken(Error::Body { target, source }));
                }
                None => {
                    if let Some(rest) = lines.rest() {
                        *some |= self.tell(rest, memory).await?;
                    }
                    return Ok(End::Whole);
                }
            }
            while let Some(line) = lines.next() {
                *some |= self.tell(line, memory).await?;
            }
        }
    }

    /// Passes a line on, unless it was before; says whether.
    async fn tell(&self, line: Bytes, memory: &mut Memory) -> Result<bool, Unread> {
        let (time, bytes) = timed(line);
        if let Some(time) = time
            && !memory.is_new(time, &bytes)
        {
            return Ok(false);
        }
        let line = LogLine {
            pod: Arc::clone(&self.pod),
            container: Arc::clone(&self.container),
            time,
            bytes,
        };
        let sent = self.lines.send(Ok(line)).await;
        // What has no time, say a complaint of the node, is no progress.
        sent.map(|()| time.is_some()).map_err(|_| Unread)
    }

    async fn fail(&self, source: Error) -> Result<(), Unread> {
        let error = LogError {
            pod: self.pod.to_string(),
            container: self.container.to_string(),
            source,
        };
        self.lines.send(Err(error)).await.map_err(|_| Unread)
    }
}
