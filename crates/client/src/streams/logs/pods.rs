//! Which logs there are to read, and those that come later.

use std::collections::HashSet;
use std::sync::Arc;

use futures::StreamExt;
use skeg_api::core::v1::Pod;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::api::WatchEvent;
use crate::error::Error;
use crate::options::{ListOptions, LogOptions, WatchOptions};
use crate::pauses::Pauses;

use super::container::{ContainerLog, Run, instance_of, run_of};
use super::{Follow, Item, LogError, Logs, Which};

struct Reading {
    logs: Logs,
    lines: mpsc::Sender<Item>,
    places: Arc<Semaphore>,
    tasks: JoinSet<()>,
    /// Containers whose logs are or were read, by their pods' uids.
    known: HashSet<(String, String)>,
    pauses: Pauses,
}

pub(super) async fn read(logs: Logs, lines: mpsc::Sender<Item>) {
    let mut reading = Reading {
        places: Arc::new(Semaphore::new(logs.streams_max)),
        logs,
        lines,
        tasks: JoinSet::new(),
        known: HashSet::new(),
        pauses: Pauses::default(),
    };
    let pods = match &reading.logs.which {
        Which::Pod(name) => reading.logs.pods.get(name).await.map(|pod| vec![pod]),
        Which::Selector { .. } => {
            if reading.logs.follow == Follow::Forever {
                if let Err(error) = reading.all_that_come().await {
                    reading.fail("", "", error).await;
                }
                return;
            }
            let options = reading.list_options();
            reading
                .logs
                .pods
                .list(&options)
                .await
                .map(|list| list.items)
        }
    };
    match pods {
        Ok(pods) => {
            for pod in pods {
                reading.begin(&pod, true).await;
            }
        }
        Err(error) => {
            let name = match &reading.logs.which {
                Which::Pod(name) => name.clone(),
                Which::Selector { .. } => String::new(),
            };
            reading.fail(&name, "", error).await;
        }
    }
    while reading.tasks.join_next().await.is_some() {}
}

impl Reading {
    fn list_options(&self) -> ListOptions {
        match &self.logs.which {
            Which::Pod(name) => ListOptions::default().fields(format!("metadata.name={name}")),
            Which::Selector { labels, fields } => ListOptions::default()
                .labels(labels.as_str())
                .fields(fields.as_str()),
        }
    }

    /// Lists and watches pods, for as long as somebody reads.
    async fn all_that_come(&mut self) -> Result<(), Error> {
        let mut first = true;
        loop {
            let outcome = self.list_and_watch(&mut first).await;
            match outcome {
                Ok(()) => {}
                Err(error) if first || !(error.is_transient() || error.is_expired()) => {
                    return Err(error);
                }
                Err(error) => {
                    let pause = self.pauses.next();
                    let pause = error.retry_after().unwrap_or(pause);
                    tracing::debug!(error = %error.chain(), ?pause, "pods are listed again");
                    self.logs.pods.client().sleep(pause).await;
                }
            }
        }
    }

    async fn list_and_watch(&mut self, first: &mut bool) -> Result<(), Error> {
        let options = self.list_options();
        let clock = Arc::clone(self.logs.pods.client().clock());
        let list = self.logs.pods.list(&options).await?;
        for pod in &list.items {
            self.begin(pod, *first).await;
        }
        *first = false;
        let mut version = list.resource_version;
        loop {
            let options = WatchOptions {
                label_selector: options.label_selector.clone(),
                field_selector: options.field_selector.clone(),
                resource_version: version.clone(),
                bookmarks: true,
                ..WatchOptions::default()
            };
            let mut events = self.logs.pods.watch(&options).await?;
            let (begun, from) = (clock.monotonic(), version.clone());
            while let Some(event) = events.next().await {
                match event? {
                    WatchEvent::Added(pod) | WatchEvent::Modified(pod) => {
                        version.clone_from(&pod.metadata.resource_version);
                        self.begin(&pod, false).await;
                    }
                    WatchEvent::Deleted(pod) => {
                        version.clone_from(&pod.metadata.resource_version);
                        self.known.retain(|(uid, _)| *uid != pod.metadata.uid);
                    }
                    WatchEvent::Bookmark {
                        resource_version, ..
                    } => version = resource_version,
                    WatchEvent::Error(status) => return Err(Error::Api(status)),
                }
                if version != from {
                    self.pauses.reset();
                }
                // Those that have ended need no place.
                while self.tasks.try_join_next().is_some() {}
            }
            let lasted = clock.monotonic().saturating_sub(begun);
            if let Some(pause) = self.pauses.after_watch(lasted, version != from) {
                clock.sleep(pause).await;
            }
        }
    }

    /// Begins with the logs of a pod that were not begun with yet.
    async fn begin(&mut self, pod: &Pod, present: bool) {
        for container in self.logs.containers.of(pod) {
            // When following what comes, a container is begun with once it has a log.
            let waits = self.logs.follow == Follow::Forever
                && matches!(self.logs.which, Which::Selector { .. });
            if waits && run_of(pod, &container) == Run::Waiting {
                continue;
            }
            let key = (pod.metadata.uid.clone(), container.clone());
            if !self.known.insert(key) {
                continue;
            }
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
                let error = Error::Request {
                    target: format!("log of pod {}", pod.metadata.name),
                    message: format!("at most {} logs are read at once", self.logs.streams_max),
                };
                self.fail(&pod.metadata.name, &container, error).await;
                continue;
            };
            let options = if present {
                self.logs.options.clone()
            } else {
                // Everything of a container that came later is new.
                LogOptions {
                    limit_bytes: self.logs.options.limit_bytes,
                    ..LogOptions::default()
                }
            };
            let log = ContainerLog {
                pods: self.logs.pods.clone(),
                pod: pod.metadata.name.as_str().into(),
                uid: pod.metadata.uid.clone(),
                instance: instance_of(pod, &container),
                container: container.into(),
                follow: self.logs.follow,
                options,
                lines: self.lines.clone(),
            };
            self.tasks.spawn(async move {
                log.read().await;
                drop(place);
            });
        }
    }

    async fn fail(&self, pod: &str, container: &str, source: Error) {
        let error = LogError {
            pod: pod.to_owned(),
            container: container.to_owned(),
            source,
        };
        // Nobody reads: there is nobody to tell, either.
        let _ = self.lines.send(Err(error)).await;
    }
}
