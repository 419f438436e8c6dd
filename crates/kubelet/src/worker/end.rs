//! Ending a pod: hooks, signals, clean-up, and the last word to the API.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use skeg_api::core::v1::{Container, Pod};
use skeg_cri::{ContainerFilter, ContainerId, SandboxFilter};
use tokio::sync::watch;

use super::{Desired, Shared, Worker};
use crate::plan::{Observed, is_sidecar};
use crate::probes::Kind;
use crate::{containers, hooks, names};

/// However short the grace period, a container has this long to go after its signal
/// (upstream's `minimumGracePeriodInSeconds`).
const GRACE_MIN: Duration = Duration::from_secs(2);

impl Worker {
    /// Ends everything of the pod and removes it. May be cancelled and begun again.
    ///
    /// # Errors
    /// What is in the way; to be tried again.
    pub(super) async fn end(&mut self, desired: &Desired) -> Result<(), String> {
        let pod = &desired.pod;
        let observed = self.observe(pod).await?;
        let seconds = pod
            .metadata
            .deletion_grace_period_seconds
            .or(pod.spec.termination_grace_period_seconds)
            .unwrap_or(30);
        // However little is given, one second is (upstream's `calculateEffectiveGracePeriod`).
        let grace = Duration::from_secs(u64::try_from(seconds).unwrap_or(0).max(1));
        self.stop_all(pod, &observed, grace, !desired.removed).await;
        let labels = std::collections::BTreeMap::from([(
            names::POD_UID.to_owned(),
            pod.metadata.uid.to_string(),
        )]);
        let runtime = self.shared.runtime.clone();
        let filter = SandboxFilter {
            labels: labels.clone(),
            ..Default::default()
        };
        let sandboxes = runtime
            .list_sandboxes(&filter)
            .await
            .map_err(|error| error.full())?;
        for sandbox in &sandboxes {
            runtime
                .stop_sandbox(&sandbox.id)
                .await
                .map_err(|error| error.full())?;
        }
        if !desired.removed {
            // Removal follows at once; should this write fail, the removal tells all.
            drop(self.write(pod, true).await);
        }
        let filter = ContainerFilter {
            labels,
            ..Default::default()
        };
        for container in runtime
            .list_containers(&filter)
            .await
            .map_err(|error| error.full())?
        {
            runtime
                .remove_container(&container.id)
                .await
                .map_err(|error| error.full())?;
        }
        for sandbox in &sandboxes {
            runtime
                .remove_sandbox(&sandbox.id)
                .await
                .map_err(|error| error.full())?;
        }
        self.volumes
            .remove()
            .map_err(|error| format!("the pod's files cannot be removed: {error}"))?;
        let logs = self.shared.logs_folder.join(names::log_folder(pod));
        if let Err(error) = std::fs::remove_dir_all(&logs)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(format!("{}: {error}", logs.display()));
        }
        if desired.removed {
            Ok(())
        } else {
            self.shared.api.remove(pod).await
        }
    }

    /// Ends all containers: runs the hooks of all, then ends those of the pod together,
    /// then its sidecars, the last started first, within the grace period (KEP-753).
    /// With `tell`, changes of their readiness meanwhile are written.
    pub(super) async fn stop_all(
        &mut self,
        pod: &Pod,
        observed: &Observed,
        grace: Duration,
        tell: bool,
    ) {
        self.probes.only_readiness();
        let alive: Vec<(String, ContainerId)> = observed
            .alive()
            .map(|status| (status.metadata.name.clone(), status.id.clone()))
            .collect();
        let sidecar = |name: &str| {
            pod.spec
                .init_containers
                .iter()
                .any(|c| c.name == name && is_sidecar(c))
        };
        let (sidecars, main): (Vec<_>, Vec<_>) =
            alive.into_iter().partition(|(name, _)| sidecar(name));
        for (name, _) in main.iter().chain(&sidecars) {
            let text = format!("Stopping container {name}");
            self.shared
                .api
                .event(pod, Some(name), "Normal", "Killing", text);
        }
        let both = main.iter().chain(&sidecars);
        let hooked: Vec<ContainerId> = both.map(|(_, id)| id.clone()).collect();
        let with_spec: Vec<_> = main
            .iter()
            .filter_map(|(name, id)| Some((containers::find(pod, name)?, id)))
            .collect();
        // All hooks begin at once; sidecars then wait for their turn.
        let ended = Arc::new(watch::Sender::new(0));
        let of_sidecars = pod.spec.init_containers.iter().rev().flat_map(|container| {
            let own = sidecars.iter().filter(|(name, _)| *name == container.name);
            own.map(move |(_, id)| (container, id))
        });
        let in_order = with_spec.iter().map(|(container, id)| (&**container, *id));
        let stops: Vec<Stop> = in_order
            .chain(of_sidecars)
            .enumerate()
            .map(|(place, (container, id))| {
                let after = if place < with_spec.len() { 0 } else { place };
                let turn = Turn {
                    after,
                    ended: Arc::clone(&ended),
                };
                self.stop_one(pod, container, id, grace, Some(turn))
            })
            .collect();
        let stopping = join_all(stops.into_iter().map(Stop::run));
        self.while_probed(pod, tell, stopping).await;
        self.pre_stopped.extend(hooked);
        for (_, id) in main.iter().chain(&sidecars) {
            self.probes.end(id);
        }
    }

    /// Waits until containers have stopped, and hears their readiness probes.
    async fn while_probed<T>(&mut self, pod: &Pod, tell: bool, stopping: impl Future<Output = T>) {
        tokio::pin!(stopping);
        loop {
            let finding = tokio::select! {
                _ = &mut stopping => return,
                Some(finding) = self.findings.recv() => finding,
            };
            // Others were found before they were ended.
            if finding.kind == Kind::Readiness && self.take(pod, &finding) && tell {
                // A failure is told by the last write.
                let written = self.write(pod, false);
                tokio::select! {
                    _ = &mut stopping => return,
                    _ = written => {}
                }
            }
        }
    }

    /// Ends one container, its hook first.
    pub(super) async fn stop_container(
        &mut self,
        pod: &Pod,
        container: &Container,
        id: &ContainerId,
        grace: Duration,
    ) {
        self.stop_one(pod, container, id, grace, None).run().await;
        self.pre_stopped.insert(id.clone());
        self.probes.end(id);
    }

    fn stop_one<'p>(
        &self,
        pod: &'p Pod,
        container: &'p Container,
        id: &'p ContainerId,
        grace: Duration,
        turn: Option<Turn>,
    ) -> Stop<'p> {
        let sandbox = self.publish.borrow().sandbox.clone();
        Stop {
            shared: self.shared.clone(),
            ip: self.pod_ip(pod, sandbox.as_ref()),
            hooked: self.pre_stopped.contains(id),
            pod,
            container,
            id,
            grace,
            turn,
        }
    }
}

/// When one of several containers is to stop.
struct Turn {
    /// So many must have stopped before.
    after: usize,
    /// So many have.
    ended: Arc<watch::Sender<usize>>,
}

/// A container that is to be ended. It holds nothing of the worker, which
/// hears probes meanwhile.
struct Stop<'p> {
    shared: Arc<Shared>,
    pod: &'p Pod,
    container: &'p Container,
    id: &'p ContainerId,
    ip: Option<IpAddr>,
    grace: Duration,
    /// Its hook has run.
    hooked: bool,
    turn: Option<Turn>,
}

impl Stop<'_> {
    /// Ends it, its hook first.
    async fn run(self) {
        let start = Instant::now();
        let Self {
            shared,
            pod,
            container,
            id,
            ip,
            grace,
            hooked,
            turn,
        } = self;
        let hook = container
            .lifecycle
            .as_ref()
            .and_then(|lifecycle| lifecycle.pre_stop.as_ref());
        if let Some(hook) = hook.filter(|_| !hooked && !grace.is_zero()) {
            let run = hooks::run(hook, container, id, ip, shared.runtime.as_ref());
            let problem = match tokio::time::timeout(grace, run).await {
                Ok(Ok(())) => None,
                Ok(Err(problem)) => Some(problem),
                Err(_) => Some("it took longer than the grace period".into()),
            };
            if let Some(problem) = problem {
                // Events are read by many: what the hook said is not for them.
                tracing::warn!(container = %container.name, problem, "a preStop hook has failed");
                let text = "PreStopHook failed".to_owned();
                shared.api.event(
                    pod,
                    Some(&container.name),
                    "Warning",
                    "FailedPreStopHook",
                    text,
                );
            }
        }
        if let Some(turn) = &turn {
            let mut ended = turn.ended.subscribe();
            let is_due = ended.wait_for(|ended| *ended >= turn.after);
            // Who waits longer than that goes at once.
            drop(tokio::time::timeout(grace.saturating_sub(start.elapsed()), is_due).await);
        }
        let left = grace.saturating_sub(start.elapsed());
        let left = left.max(GRACE_MIN);
        if let Err(error) = shared.runtime.stop_container(id, left).await
            && !error.is_not_found()
        {
            tracing::warn!(container = %container.name, error = %error.full(), "a container cannot be stopped");
        }
        if let Some(turn) = &turn {
            turn.ended.send_modify(|ended| *ended += 1);
        }
    }
}
