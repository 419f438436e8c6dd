//! A pod on its node: which container is in which state, and what happens to
//! it next. No IO; time is given.

use std::time::Duration;

use jiff::Timestamp;
use skeg_api::core::v1::Pod;

use super::script::{Act, End, PodScript};
use crate::node_api::Line;

/// The first wait before a container that crashed again is started again; it
/// doubles each time.
const BACKOFF_FIRST: Duration = Duration::from_secs(10);
const BACKOFF_MAX: Duration = Duration::from_secs(300);
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
    /// How often the back-off has doubled.
    backoff: u32,
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
        }
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
        if let Some(pause) = self.script.pull_fails {
            let until = self.came.since.saturating_add(pause);
            if until > now.since {
                self.containers[index].state = State::Waiting {
                    reason: "ErrImagePull",
                    message: "the script says that the image cannot be pulled".to_owned(),
                    until,
                };
                return;
            }
        }
        self.start(index, now);
    }

    fn start(&mut self, index: usize, now: Now) {
        let container = &mut self.containers[index];
        let act = self.script.act(&container.name, container.runs);
        if let State::Ended(ended) = &container.state {
            container.last = Some(ended.clone());
        }
        if container.runs > 0 {
            container.previous_log = Some(std::mem::take(&mut container.log));
        }
        let lines = self.script.logs.iter();
        container
            .log
            .extend(lines.map(|line| (now.day, line.clone())));
        container.runs += 1;
        container.state = State::Running { since: now, act };
    }

    /// A container has ended; it may be started again.
    fn ended(&mut self, index: usize, end: End, now: Now) {
        let uid = self.uid.clone();
        let container = &mut self.containers[index];
        let State::Running { since, .. } = container.state else {
            return;
        };
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
        let pause = BACKOFF_FIRST.saturating_mul(1 << (container.backoff - 1).min(10));
        container.backoff += 1;
        let pause = pause.min(BACKOFF_MAX);
        container.state = State::Waiting {
            reason: "CrashLoopBackOff",
            message: format!(
                "back-off {} restarting failed container={}",
                humane(pause),
                container.name
            ),
            until: now.since.saturating_add(pause),
        };
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
        self.stops_at = Some(now.since);
        self.end_all(now, &End::exit(137));
        self.failed = Some(Failed {
            reason: "Evicted".to_owned(),
            message,
        });
    }

    /// The pod's end was asked for: when it will have ended.
    pub(crate) fn stop(&mut self, grace: Duration, now: Now) -> Duration {
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
