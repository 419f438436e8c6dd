//! Probes: one task for each probe of each container that runs.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::{Container, Probe};
use skeg_cri::{ContainerId, RuntimeService};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::plan::Health;
use crate::{grpc, http_get};

/// Who probes say they are.
const AGENT: &str = "kube-probe/1.37";
/// How much of a command's output is told.
const OUTPUT_BYTES_MAX: usize = 10 << 10;

/// What a probe watches over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Startup,
    Liveness,
    Readiness,
}

impl Kind {
    /// As events and messages name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Liveness => "liveness",
            Self::Readiness => "readiness",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Startup => "Startup",
            Self::Liveness => "Liveness",
            Self::Readiness => "Readiness",
        }
    }
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Of which instance.
    pub(crate) container: ContainerId,
    /// Of which container, by its name in the pod.
    pub(crate) name: String,
    /// By which probe.
    pub(crate) kind: Kind,
    /// Its verdict after its thresholds; `None` when a single failure does not change it.
    pub(crate) verdict: Option<bool>,
    /// Of a failure: for the event `Unhealthy`.
    pub(crate) failure: Option<String>,
}

/// The probes of a pod's containers. Dropping it ends them.
#[derive(Default)]
pub(crate) struct Probes {
    health: HashMap<ContainerId, Health>,
    tasks: HashMap<ContainerId, Vec<(Kind, AbortHandle)>>,
    started: HashMap<ContainerId, watch::Sender<bool>>,
}

impl Drop for Probes {
    fn drop(&mut self) {
        for (_, task) in self.tasks.values().flatten() {
            task.abort();
        }
    }
}

impl Probes {
    /// How the containers are doing.
    pub(crate) fn health(&self) -> &HashMap<ContainerId, Health> {
        &self.health
    }

    /// A container runs: its probes begin. Calling it again changes nothing.
    /// `before` is how it was doing when an earlier kubelet last looked.
    pub(crate) fn begin(
        &mut self,
        container: &Container,
        id: &ContainerId,
        pod_ip: Option<IpAddr>,
        runtime: &Arc<dyn RuntimeService>,
        findings: &mpsc::Sender<Finding>,
        before: Option<Health>,
    ) {
        if self.health.contains_key(id) {
            return;
        }
        let (started, when_started) = watch::channel(
            before.map_or(container.startup_probe.is_none(), |before| before.started),
        );
        self.health.insert(
            id.clone(),
            before.unwrap_or(Health {
                started: container.startup_probe.is_none(),
                ready: container.readiness_probe.is_none(),
                failed: None,
            }),
        );
        let all = [
            (Kind::Startup, &container.startup_probe),
            (Kind::Liveness, &container.liveness_probe),
            (Kind::Readiness, &container.readiness_probe),
        ];
        let tasks = all
            .into_iter()
            .filter_map(|(kind, probe)| Some((kind, probe.clone()?)))
            .map(|(kind, probe)| {
                let prober = Prober {
                    kind,
                    probe: *probe,
                    container: container.clone(),
                    id: id.clone(),
                    pod_ip,
                    runtime: runtime.clone(),
                    findings: findings.clone(),
                };
                let task = tokio::spawn(prober.run(when_started.clone()));
                (kind, task.abort_handle())
            })
            .collect();
        self.tasks.insert(id.clone(), tasks);
        self.started.insert(id.clone(), started);
    }

    /// A container does not run any more.
    pub(crate) fn end(&mut self, id: &ContainerId) {
        self.health.remove(id);
        self.started.remove(id);
        for (_, task) in self.tasks.remove(id).into_iter().flatten() {
            task.abort();
        }
    }

    /// The pod ends: nobody asks any more whether its containers live, only
    /// whether they are ready.
    pub(crate) fn only_readiness(&mut self) {
        for tasks in self.tasks.values_mut() {
            tasks.retain(|(kind, task)| {
                let stays = *kind == Kind::Readiness;
                if !stays {
                    task.abort();
                }
                stays
            });
        }
    }

    /// Ends the probes of all instances but these.
    pub(crate) fn retain(&mut self, running: &[ContainerId]) {
        let gone: Vec<ContainerId> = self
            .health
            .keys()
            .filter(|id| !running.contains(id))
            .cloned()
            .collect();
        for id in gone {
            self.end(&id);
        }
    }

    /// Takes a finding in. Says whether anything changed by it.
    pub(crate) fn take(&mut self, finding: &Finding) -> bool {
        let (Some(health), Some(verdict)) =
            (self.health.get_mut(&finding.container), finding.verdict)
        else {
            return false;
        };
        let before = *health;
        match (finding.kind, verdict) {
            (Kind::Startup, true) => {
                health.started = true;
                if let Some(started) = self.started.get(&finding.container) {
                    started.send_replace(true);
                }
            }
            (Kind::Readiness, verdict) => health.ready = verdict,
            (Kind::Startup | Kind::Liveness, false) => health.failed = Some(finding.kind.name()),
            (Kind::Liveness, true) => {}
        }
        *health != before
    }
}

struct Prober {
    kind: Kind,
    probe: Probe,
    container: Container,
    id: ContainerId,
    pod_ip: Option<IpAddr>,
    runtime: Arc<dyn RuntimeService>,
    findings: mpsc::Sender<Finding>,
}

fn seconds(number: i32, least: u64) -> Duration {
    Duration::from_secs(u64::try_from(number).unwrap_or(0).max(least))
}

impl Prober {
    async fn run(self, mut started: watch::Receiver<bool>) {
        // Counted from the start of the container, however long its startup takes.
        let due = tokio::time::Instant::now() + seconds(self.probe.initial_delay_seconds, 0);
        if self.kind != Kind::Startup && started.wait_for(|started| *started).await.is_err() {
            return;
        }
        tokio::time::sleep_until(due).await;
        let mut every = tokio::time::interval(seconds(self.probe.period_seconds, 1));
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut successes, mut failures) = (0, 0);
        // Until a verdict, readiness and startup count as failed, liveness as well.
        let mut verdict = self.kind == Kind::Liveness;
        loop {
            every.tick().await;
            let result = self.once().await;
            let (new, failure) = match result {
                Ok(()) => {
                    (successes, failures) = (successes + 1, 0);
                    (
                        successes >= self.probe.success_threshold.max(1) || verdict,
                        None,
                    )
                }
                Err(output) => {
                    (successes, failures) = (0, failures + 1);
                    let gives_up = failures >= self.probe.failure_threshold.max(1);
                    (
                        verdict && !gives_up,
                        Some((
                            gives_up,
                            format!("{} probe failed: {output}", self.kind.title()),
                        )),
                    )
                }
            };
            let decisive = new != verdict
                || failure
                    .as_ref()
                    .is_some_and(|(gives_up, _)| *gives_up && self.kind != Kind::Readiness);
            let finding = Finding {
                container: self.id.clone(),
                name: self.container.name.clone(),
                kind: self.kind,
                verdict: decisive.then_some(new),
                failure: failure.map(|(_, text)| text),
            };
            verdict = new;
            if (finding.verdict.is_some() || finding.failure.is_some())
                && self.findings.send(finding).await.is_err()
            {
                return;
            }
            if self.kind == Kind::Startup && verdict {
                return;
            }
        }
    }

    async fn once(&self) -> Result<(), String> {
        let timeout = seconds(self.probe.timeout_seconds, 1);
        if let Some(exec) = &self.probe.exec {
            let result = self
                .runtime
                .exec_sync(&self.id, &exec.command, Some(timeout))
                .await;
            return match result {
                Ok(result) if result.exit_code == 0 => Ok(()),
                Ok(result) => {
                    let mut output = [result.stdout, result.stderr].concat();
                    output.truncate(OUTPUT_BYTES_MAX);
                    Err(String::from_utf8_lossy(&output).into_owned())
                }
                Err(error) => Err(error.full()),
            };
        }
        let ip = self.pod_ip.ok_or("the pod has no address")?;
        if let Some(get) = &self.probe.http_get {
            let (status, _) = http_get::get(
                get,
                &self.container,
                ip,
                AGENT,
                timeout,
                http_get::Redirects::WithinHost,
            )
            .await?;
            return if (200..400).contains(&status.as_u16()) {
                Ok(())
            } else {
                Err(format!(
                    "HTTP probe failed with statuscode: {}",
                    status.as_u16()
                ))
            };
        }
        if let Some(socket) = &self.probe.tcp_socket {
            return http_get::connect(socket, &self.container, ip, timeout).await;
        }
        if let Some(action) = &self.probe.grpc {
            return grpc::check(action, ip, timeout).await;
        }
        Err("missing probe handler: exec, httpGet, tcpSocket and grpc are known".into())
    }
}
