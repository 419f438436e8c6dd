//! A pod on its node: which container is in which state, and what happens to
//! it next. No IO; time is given.

mod start;

use std::time::Duration;

use jiff::Timestamp;
use skeg_api::core::v1::Pod;

use super::needs::Lacks;
use super::said::Said;
use super::script::{Act, End, PodScript};
use crate::node_api::Line;

/// The first wait before a container that crashed again is started again; it
/// doubles each time.
const BACKOFF_FIRST: Duration = Duration::from_secs(10);
const BACKOFF_MAX: Duration = Duration::from_secs(300);
const DEADLINE: &str = "Pod was active on the node longer than the specified deadline";
/// A container that ran so long has no back-off.
const BACKOFF_FORGET: Duration = Duration::from_secs(600);

/// A point in time, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Now {
    /// Since some fixed point.
    pub(crate) since: Duration,
    /// The time of day.
    pub(crate) day: Timestamp,
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) end: End,
    pub(crate) started: Timestamp,
    pub(crate) finished: Timestamp,
    pub(crate) id: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waiting {
        reason: &'static str,
        message: String,
        until: Duration,
    },
    Running {
        since: Now,
        act: Act,
    },
    Ended(Ended),
}

#[derive(Clone, Debug)]
pub(crate) struct ContainerRun {
    pub(crate) name: String,
    pub(crate) state: State,
    pub(crate) last: Option<Ended>,
    pub(crate) runs: usize,
    image: String,
    /// Whether the image is pulled before each start.
    pulls: bool,
    /// How often the back-off has doubled.
    backoff: u32,
    /// Pulls that failed.
    failed_pulls: u32,
    /// What it lacks to start.
    lacks: Option<String>,
    /// When a readiness probe is first asked, after the start.
    probed_after: Option<Duration>,
    /// When a readiness probe fails, if it does.
    unhealthy_at: Option<Duration>,
    pub(crate) log: Vec<Line>,
    /// Of the run before.
    pub(crate) previous_log: Option<Vec<Line>>,
}

impl ContainerRun {
    pub(crate) fn restarts(&self) -> i32 {
        i32::try_from(self.runs.saturating_sub(1)).unwrap_or(i32::MAX)
    }

    pub(crate) fn is_ready(&self, now: Duration) -> bool {
        match &self.state {
            State::Running { since, act } => act
                .ready_after
                .is_some_and(|after| since.since.saturating_add(after) <= now),
            _ => false,
        }
    }

    pub(crate) fn id(&self, uid: &str) -> String {
        format!("fake://{uid}/{}/{}", self.name, self.runs)
    }
}

/// Why a pod failed as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) reason: String,
    pub(crate) message: String,
}

/// What happens to one pod.
pub(crate) struct Run {
    pub(crate) uid: String,
    pub(crate) script: PodScript,
    pub(crate) came: Now,
    pub(crate) containers: Vec<ContainerRun>,
    pub(crate) ip: String,
    pub(crate) failed: Option<Failed>,
    /// When all has ended, once its end was asked for.
    pub(crate) stops_at: Option<Duration>,
    restart: Restart,
    /// How the pod is named in messages.
    full_name: String,
    /// How long the pod may be active.
    active_max: Option<Duration>,
    /// What it refers to and is not there.
    lacks: Lacks,
    /// What is to be told of it.
    said: Vec<Said>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Restart {
    Always,
    OnFailure,
    Never,
}

impl Run {
    pub(crate) fn new(pod: &Pod, script: PodScript, ip: String, now: Now) -> Self {
        let restart = match pod.spec.restart_policy.as_str() {
            "Never" => Restart::Never,
            "OnFailure" => Restart::OnFailure,
            _ => Restart::Always,
        };
        let until = now.since.saturating_add(script.starts_after);
        let containers = pod
            .spec
            .containers
            .iter()
            .map(|container| ContainerRun {
                name: container.name.clone(),
                image: container.image.clone(),
                pulls: container.image_pull_policy == "Always",
                failed_pulls: 0,
                lacks: None,
                probed_after: container.readiness_probe.as_ref().map(|probe| {
                    let seconds = probe.initial_delay_seconds.try_into().unwrap_or(0);
                    Duration::from_secs(seconds)
                }),
                unhealthy_at: None,
                state: State::Waiting {
                    reason: "ContainerCreating",
                    message: String::new(),
                    until,
                },
                last: None,
                runs: 0,
                backoff: 0,
                log: Vec::new(),
                previous_log: None,
            })
            .collect();
        Self {
            uid: pod.metadata.uid.to_string(),
            script,
            came: now,
            containers,
            ip,
            failed: None,
            stops_at: None,
            restart,
            full_name: format!(
                "{}_{}({})",
                pod.metadata.name, pod.metadata.namespace, pod.metadata.uid
            ),
            active_max: None,
            lacks: Lacks::default(),
            said: Vec::new(),
        }
    }

    /// How long the pod may be active, as its spec says now.
    pub(crate) fn set_active_max(&mut self, seconds: Option<i64>) {
        let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
        self.active_max = seconds.map(Duration::from_secs);
    }

    /// What the pod refers to and is not there now. Containers that wait for
    /// it start at the next step if it is.
    pub(crate) fn set_lacks(&mut self, lacks: Lacks, now: Now) {
        if let Some(why) = &lacks.mount
            && self.lacks.mount.as_ref() != Some(why)
            && !self.has_started()
        {
            self.said
                .push(Said::warns(None, "FailedMount", why.clone()));
        }
        self.lacks = lacks;
        for container in &mut self.containers {
            if let State::Waiting { until, .. } = &mut container.state
                && *until == Duration::MAX
            {
                *until = now.since;
            }
        }
    }

    /// Whether it may start containers, and so asks for what it refers to.
    pub(crate) fn starts(&self) -> bool {
        let mut containers = self.containers.iter();
        let waits = containers.any(|of| matches!(of.state, State::Waiting { .. }));
        waits && self.failed.is_none() && self.stops_at.is_none()
    }

    /// Whether it waits for something that it refers to.
    pub(crate) fn is_held(&self) -> bool {
        !self.lacks.is_empty() && self.starts()
    }

    /// What is to be told since this was asked last.
    pub(crate) fn said(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }

    /// Whether any container has been started.
    pub(crate) fn has_started(&self) -> bool {
        self.containers.iter().any(|container| container.runs > 0)
    }

    /// Whether every container has ended for good.
    pub(crate) fn has_ended(&self) -> bool {
        self.failed.is_some()
            || self
                .containers
                .iter()
                .all(|container| matches!(container.state, State::Ended(_)))
    }

    pub(crate) fn phase(&self) -> &'static str {
        if self.failed.is_some() {
            return "Failed";
        }
        if self.has_ended() {
            let failed = self.containers.iter().any(
                |container| matches!(&container.state, State::Ended(ended) if ended.end.exit_code != 0),
            );
            return if failed { "Failed" } else { "Succeeded" };
        }
        if self.has_started() {
            "Running"
        } else {
            "Pending"
        }
    }

    /// Everything that is due happens. When something is due next.
    pub(crate) fn step(&mut self, now: Now) -> Option<Duration> {
        if let Some((after, message)) = &self.script.evicted_after
            && self.failed.is_none()
            && !self.has_ended()
        {
            let at = self.came.since.saturating_add(*after);
            if at <= now.since {
                let message = message.clone();
                self.evict(message, now);
            }
        }
        let deadline = self
            .active_max
            .map(|long| self.came.since.saturating_add(long));
        if deadline.is_some_and(|at| at <= now.since) && !self.has_ended() {
            self.exceed_deadline(now);
        }
        if self.failed.is_some() {
            return None;
        }
        let mut next: Option<Duration> = None;
        let mut earliest = |at: Duration| next = Some(next.map_or(at, |known| known.min(at)));
        for index in 0..self.containers.len() {
            while let Some(at) = self.due(index) {
                if at > now.since {
                    earliest(at);
                    break;
                }
                self.turn(index, now);
            }
            let container = &mut self.containers[index];
            if let Some(at) = container.unhealthy_at {
                if at > now.since {
                    earliest(at);
                } else {
                    container.unhealthy_at = None;
                    let text = "Readiness probe failed: the script says that it is not ready";
                    let name = Some(container.name.as_str());
                    self.said
                        .push(Said::warns(name, "Unhealthy", text.to_owned()));
                }
            }
            let container = &self.containers[index];
            if let State::Running { since, act } = &container.state
                && let Some(after) = act.ready_after
            {
                let at = since.since.saturating_add(after);
                if at > now.since {
                    earliest(at);
                }
            }
        }
        if let Some((after, _)) = &self.script.evicted_after
            && !self.has_ended()
        {
            earliest(self.came.since.saturating_add(*after));
        }
        if let Some(at) = deadline
            && !self.has_ended()
        {
            earliest(at);
        }
        next
    }

    /// When a container changes by itself.
    fn due(&self, index: usize) -> Option<Duration> {
        let container = &self.containers[index];
        match &container.state {
            State::Waiting { until, .. } => (*until < Duration::MAX).then_some(*until),
            State::Running { since, act } => {
                let (after, _) = act.ends.as_ref()?;
                Some(since.since.saturating_add(*after))
            }
            State::Ended(_) => None,
        }
    }

    /// The change that is due.
    fn turn(&mut self, index: usize, now: Now) {
        let end = match &self.containers[index].state {
            State::Running { act, .. } => act.ends.as_ref().map(|(_, end)| end.clone()),
            _ => None,
        };
        if let Some(end) = end {
            return self.ended(index, end, now);
        }
        if self.has_volumes(index) && self.pull(index, now) && self.has_environment(index) {
            self.start(index, now);
        }
    }

    /// A container has ended; it may be started again.
    fn ended(&mut self, index: usize, end: End, now: Now) {
        let uid = self.uid.clone();
        let container = &mut self.containers[index];
        let State::Running { since, .. } = container.state else {
            return;
        };
        container.unhealthy_at = None;
        let ran = now.since.saturating_sub(since.since);
        let again = self.stops_at.is_none()
            && match self.restart {
                Restart::Always => true,
                Restart::OnFailure => end.exit_code != 0,
                Restart::Never => false,
            };
        let ended = Ended {
            end,
            started: since.day,
            finished: now.day,
            id: container.id(&uid),
        };
        if !again {
            container.state = State::Ended(ended);
            return;
        }
        container.last = Some(ended);
        if ran >= BACKOFF_FORGET {
            container.backoff = 0;
        }
        if container.backoff == 0 {
            // The first time it is started again at once.
            container.backoff = 1;
            self.start(index, now);
            return;
        }
        let pause = doubled(container.backoff);
        container.backoff += 1;
        let (name, pod) = (container.name.clone(), &self.full_name);
        container.state = State::Waiting {
            reason: "CrashLoopBackOff",
            message: format!(
                "back-off {} restarting failed container={name} pod={pod}",
                humane(pause),
            ),
            until: now.since.saturating_add(pause),
        };
        let text = format!("Back-off restarting failed container {name} in pod {pod}");
        self.said.push(Said::warns(Some(&name), "BackOff", text));
    }

    /// Every container that runs ends now, as it is told.
    pub(crate) fn finish(&mut self, container: Option<&str>, end: &End, now: Now) {
        for index in 0..self.containers.len() {
            if container.is_some_and(|only| only != self.containers[index].name) {
                continue;
            }
            self.ended(index, end.clone(), now);
        }
    }

    /// The node takes the pod's place away.
    pub(crate) fn evict(&mut self, message: String, now: Now) {
        self.said
            .push(Said::warns(None, "Evicted", message.clone()));
        self.fail("Evicted", message, now);
    }

    fn exceed_deadline(&mut self, now: Now) {
        const REASON: &str = "DeadlineExceeded";
        self.said
            .push(Said::well(None, REASON, DEADLINE.to_owned()));
        self.fail(REASON, DEADLINE.to_owned(), now);
    }

    fn fail(&mut self, reason: &str, message: String, now: Now) {
        self.kills();
        self.stops_at = Some(now.since);
        self.end_all(now, &End::exit(137));
        self.failed = Some(Failed {
            reason: reason.to_owned(),
            message,
        });
    }

    /// Tells of the containers that are about to be stopped.
    fn kills(&mut self) {
        if self.stops_at.is_some() {
            return;
        }
        for container in &self.containers {
            if let State::Running { .. } = container.state {
                let text = format!("Stopping container {}", container.name);
                let name = Some(container.name.as_str());
                self.said.push(Said::well(name, "Killing", text));
            }
        }
    }

    /// The pod's end was asked for: when it will have ended.
    pub(crate) fn stop(&mut self, grace: Duration, now: Now) -> Duration {
        self.kills();
        let wanted = now.since.saturating_add(self.script.stops_after.min(grace));
        let at = self.stops_at.map_or(wanted, |known| known.min(wanted));
        self.stops_at = Some(at);
        if at <= now.since {
            // What is told to end and should go on for ever ends well; work
            // that was to be completed has not been.
            let code = if self.restart == Restart::Always {
                0
            } else {
                143
            };
            self.end_all(now, &End::exit(code));
        }
        at
    }

    fn end_all(&mut self, now: Now, end: &End) {
        for index in 0..self.containers.len() {
            self.ended(index, end.clone(), now);
            let uid = self.uid.clone();
            let container = &mut self.containers[index];
            if let State::Waiting { .. } = container.state {
                let ended = container.last.clone().unwrap_or(Ended {
                    end: end.clone(),
                    started: now.day,
                    finished: now.day,
                    id: container.id(&uid),
                });
                container.state = State::Ended(ended);
            }
        }
    }
}

/// The nth pause of a back-off.
fn doubled(nth: u32) -> Duration {
    let pause = BACKOFF_FIRST.saturating_mul(1 << nth.saturating_sub(1).min(10));
    pause.min(BACKOFF_MAX)
}

fn humane(pause: Duration) -> String {
    match (pause.as_secs() / 60, pause.as_secs() % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::Container;

    fn at(seconds: u64) -> Now {
        Now {
            since: Duration::from_secs(seconds),
            day: Timestamp::from_second(1_000_000 + seconds as i64).unwrap(),
        }
    }

    fn pod(restart: &str) -> Pod {
        let mut pod = Pod::default();
        pod.spec.restart_policy = restart.to_owned();
        pod.spec.containers = vec![Container {
            name: "c".into(),
            ..Default::default()
        }];
        pod
    }

    fn run(restart: &str, script: PodScript) -> Run {
        Run::new(&pod(restart), script, "10.0.0.1".into(), at(0))
    }

    #[test]
    fn a_pod_runs_and_becomes_ready() {
        let script = PodScript::all().ready_after(Duration::from_secs(3));
        let mut run = run("Always", script);
        assert_eq!(run.phase(), "Pending");
        assert_eq!(run.step(at(0)), Some(Duration::from_secs(3)));
        assert_eq!(run.phase(), "Running");
        assert!(!run.containers[0].is_ready(at(2).since));
        assert_eq!(run.step(at(3)), None);
        assert!(run.containers[0].is_ready(at(3).since));
    }

    #[test]
    fn crashes_are_followed_by_longer_and_longer_pauses() {
        let mut run = run("Always", PodScript::all().crashes(3, 2));
        let mut waits = Vec::new();
        let mut now = 0;
        while let Some(next) = run.step(at(now)) {
            if let State::Waiting { until, .. } = run.containers[0].state {
                waits.push(until.as_secs() - now);
            }
            now = next.as_secs();
        }
        // The first time at once, then after 10 and 20 s.
        assert_eq!(waits, [10, 20]);
        assert_eq!(run.containers[0].restarts(), 3);
        assert_eq!(run.containers[0].last.as_ref().unwrap().end, End::exit(2));
        assert_eq!(run.phase(), "Running");
    }

    #[test]
    fn work_is_done_or_not() {
        let check = |restart: &str, script: PodScript, until: u64, expect: &str| {
            let mut run = run(restart, script);
            for second in 0..=until {
                run.step(at(second));
            }
            assert_eq!(run.phase(), expect);
        };
        let minute = Duration::from_secs(60);
        check(
            "Never",
            PodScript::all().succeeds_after(minute),
            59,
            "Running",
        );
        check(
            "Never",
            PodScript::all().succeeds_after(minute),
            60,
            "Succeeded",
        );
        check("Never", PodScript::all().crashes(1, 2), 1, "Failed");
        let script = PodScript::all().crashes(1, 2).succeeds_after(minute);
        check("OnFailure", script, 62, "Succeeded");
        check(
            "Always",
            PodScript::all().image_pull_error(),
            600,
            "Pending",
        );
    }

    #[test]
    fn a_pod_ends_within_its_grace() {
        let script = PodScript::all().stops_after(Duration::from_secs(60));
        let mut run = run("Always", script);
        run.step(at(0));
        assert_eq!(run.stop(Duration::from_secs(30), at(5)), at(35).since);
        assert!(!run.has_ended());
        run.stop(Duration::from_secs(30), at(35));
        assert!(run.has_ended());
        assert_eq!(run.phase(), "Succeeded");
    }

    #[test]
    fn an_evicted_pod_has_failed() {
        let script = PodScript::all().evicted_after(Duration::from_secs(9), "no memory");
        let mut run = run("Always", script);
        assert_eq!(run.step(at(0)), Some(at(9).since));
        run.step(at(9));
        assert_eq!(run.phase(), "Failed");
        assert_eq!(run.failed.as_ref().unwrap().reason, "Evicted");
    }
}
