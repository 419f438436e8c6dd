//! Plans for pods in every state.

use skeg_api::core::v1::{
    ContainerRestartRule, ContainerRestartRuleOnExitCodes, EphemeralContainer, PodSpec,
};
use skeg_cri::{ContainerMetadata, SandboxMetadata};

use super::*;

const T0: SystemTime = SystemTime::UNIX_EPOCH;

fn at(seconds: u64) -> SystemTime {
    T0 + Duration::from_secs(seconds)
}

fn container(name: &str, policy: Option<&str>) -> Container {
    Container {
        name: name.into(),
        restart_policy: policy.map(Into::into),
        ..Default::default()
    }
}

fn pod(policy: &str, init: Vec<Container>, containers: &[&str]) -> Pod {
    let containers = containers
        .iter()
        .map(|name| container(name, None))
        .collect();
    let spec = PodSpec {
        restart_policy: policy.into(),
        init_containers: init,
        containers,
        ..Default::default()
    };
    Pod {
        spec,
        ..Default::default()
    }
}

pub(crate) fn sandbox(id: &str, state: SandboxState, attempt: u32) -> SandboxStatus {
    SandboxStatus {
        id: id.into(),
        metadata: SandboxMetadata {
            attempt,
            ..Default::default()
        },
        state,
        created_at: T0,
        ips: vec![],
        namespaces: Default::default(),
        labels: Default::default(),
        annotations: Default::default(),
    }
}

fn status(
    sandbox: &str,
    name: &str,
    attempt: u32,
    state: ContainerState,
    code: i32,
) -> ContainerStatus {
    let exited = state == ContainerState::Exited;
    ContainerStatus {
        id: ContainerId::new(format!("{name}-{attempt}")),
        sandbox_id: sandbox.into(),
        metadata: ContainerMetadata {
            name: name.into(),
            attempt,
        },
        state,
        created_at: T0,
        started_at: Some(T0),
        finished_at: exited.then_some(at(1)),
        exit_code: exited.then_some(code),
        signal: None,
        reason: String::new(),
        message: String::new(),
        image: String::new(),
        image_id: String::new(),
        image_ref: String::new(),
        labels: Default::default(),
        annotations: Default::default(),
        mounts: vec![],
        log_path: Default::default(),
        user: None,
        resources: Default::default(),
        pid: None,
    }
}

fn observed(statuses: Vec<ContainerStatus>) -> Observed {
    let mut observed = Observed {
        sandbox: Some(sandbox("s", SandboxState::Ready, 0)),
        ..Default::default()
    };
    for status in statuses {
        observed
            .containers
            .entry(status.metadata.name.clone())
            .or_default()
            .push(status);
    }
    observed
}

fn start(name: &str, attempt: u32) -> Action {
    Action::Start {
        container: name.into(),
        attempt,
    }
}

fn check(pod: &Pod, observed: &Observed, now: u64, expect: &[Action]) {
    assert_eq!(plan(pod, observed, at(now)).actions, expect);
}

#[test]
fn a_sandbox_comes_first_and_then_everything() {
    let pod = pod("Always", vec![], &["a", "b"]);
    check(
        &pod,
        &Observed::default(),
        0,
        &[Action::RunSandbox { attempt: 0 }],
    );
    check(&pod, &observed(vec![]), 0, &[start("a", 0), start("b", 0)]);
    let running = observed(vec![
        status("s", "a", 0, ContainerState::Running, 0),
        status("s", "b", 0, ContainerState::Running, 0),
    ]);
    check(&pod, &running, 0, &[]);
}

#[test]
fn a_sandbox_that_died_is_made_anew_unless_all_is_over() {
    let mut dead = observed(vec![status("s", "a", 0, ContainerState::Exited, 1)]);
    dead.sandbox = Some(sandbox("s", SandboxState::NotReady, 2));
    let again = [Action::StopSandbox, Action::RunSandbox { attempt: 3 }];
    check(&pod("Always", vec![], &["a"]), &dead, 0, &again);
    check(&pod("Never", vec![], &["a"]), &dead, 0, &[]);
}

#[test]
fn init_containers_take_turns_and_sidecars_stay() {
    let pod = pod(
        "Always",
        vec![container("one", None), container("side", Some("Always"))],
        &["a"],
    );
    check(&pod, &observed(vec![]), 0, &[start("one", 0)]);
    check(
        &pod,
        &observed(vec![status("s", "one", 0, ContainerState::Running, 0)]),
        0,
        &[],
    );
    let done = status("s", "one", 0, ContainerState::Exited, 0);
    check(&pod, &observed(vec![done.clone()]), 0, &[start("side", 0)]);
    let side = status("s", "side", 0, ContainerState::Running, 0);
    let mut both = observed(vec![done.clone(), side.clone()]);
    check(&pod, &both, 0, &[]);
    both.health.insert(
        side.id.clone(),
        Health {
            started: true,
            ..Default::default()
        },
    );
    check(&pod, &both, 0, &[start("a", 0)]);
    let begun = observed(vec![
        done,
        status("s", "side", 0, ContainerState::Exited, 0),
        status("s", "a", 0, ContainerState::Running, 0),
    ]);
    check(&pod, &begun, 2, &[start("side", 1)]);
}

#[test]
fn a_failed_init_container_is_tried_again_unless_never() {
    let failed = observed(vec![status("s", "one", 0, ContainerState::Exited, 1)]);
    check(
        &pod("Always", vec![container("one", None)], &["a"]),
        &failed,
        2,
        &[start("one", 1)],
    );
    check(
        &pod("Never", vec![container("one", None)], &["a"]),
        &failed,
        2,
        &[],
    );
}

#[test]
fn policies_decide_on_restarts_and_back_off_doubles() {
    for (policy, code, expect) in [
        ("Always", 0, true),
        ("OnFailure", 0, false),
        ("OnFailure", 1, true),
        ("Never", 1, false),
    ] {
        let seen = observed(vec![status("s", "a", 0, ContainerState::Exited, code)]);
        let again = [start("a", 1)];
        check(
            &pod(policy, vec![], &["a"]),
            &seen,
            1,
            if expect { &again } else { &[] },
        );
    }
    assert_eq!(
        [1, 2, 3, 4, 99].map(|n| backoff(n).as_secs()),
        [0, 10, 20, 40, 300]
    );
    let twice = observed(vec![status("s", "a", 1, ContainerState::Exited, 1)]);
    let pod = pod("Always", vec![], &["a"]);
    let waiting = plan(&pod, &twice, at(5));
    assert_eq!(
        (waiting.actions, waiting.look_again),
        (vec![], Some(at(11)))
    );
    check(&pod, &twice, 11, &[start("a", 2)]);
}

#[test]
fn a_container_that_fails_its_probe_is_replaced() {
    let mut seen = observed(vec![status("s", "a", 0, ContainerState::Running, 0)]);
    seen.health.insert(
        "a-0".into(),
        Health {
            failed: Some("liveness"),
            ..Default::default()
        },
    );
    let actions = plan(&pod("Always", vec![], &["a"]), &seen, at(0)).actions;
    assert!(
        matches!(
            &actions[..],
            [Action::Kill { .. }, Action::Start { attempt: 1, .. }]
        ),
        "{actions:?}"
    );
}

#[test]
fn a_container_that_fails_its_probe_soon_again_waits() {
    let mut seen = observed(vec![
        status("s", "a", 2, ContainerState::Running, 0),
        status("s", "a", 1, ContainerState::Exited, 137),
    ]);
    let health = Health {
        failed: Some("liveness"),
        ..Default::default()
    };
    seen.health.insert("a-2".into(), health);
    let pod = pod("Always", vec![], &["a"]);
    let actions = plan(&pod, &seen, at(10)).actions;
    assert!(matches!(&actions[..], [Action::Kill { .. }]), "{actions:?}");
    // The one before ended at 1, and its back-off of 10 s is over.
    let actions = plan(&pod, &seen, at(11)).actions;
    assert!(
        matches!(
            &actions[..],
            [Action::Kill { .. }, Action::Start { attempt: 3, .. }]
        ),
        "{actions:?}"
    );
    let ended = observed(vec![status("s", "a", 2, ContainerState::Exited, 137)]);
    let waiting = plan(&pod, &ended, at(10));
    let wait = Duration::from_secs(20);
    assert_eq!(waiting.backing_off, [("a".to_owned(), wait)]);
    assert_eq!(
        (waiting.actions, waiting.look_again),
        (vec![], Some(at(21)))
    );
}

#[test]
fn back_off_starts_anew_after_a_long_run() {
    let pod = pod("Always", vec![], &["a"]);
    let mut long = status("s", "a", 9, ContainerState::Exited, 1);
    long.finished_at = Some(at(600));
    check(&pod, &observed(vec![long]), 600, &[start("a", 10)]);
    let mut seen = observed(vec![status("s", "a", 10, ContainerState::Exited, 1)]);
    assert_eq!(plan(&pod, &seen, at(2)).look_again, Some(at(301)));
    seen.forgiven.insert("a".into(), 9);
    assert_eq!(plan(&pod, &seen, at(2)).look_again, Some(at(11)));
}

#[test]
fn ephemeral_containers_run_once_and_at_once() {
    let mut pod = pod("Always", vec![container("one", None)], &["a"]);
    pod.spec.ephemeral_containers = vec![EphemeralContainer {
        name: "look".into(),
        ..Default::default()
    }];
    let init = status("s", "one", 0, ContainerState::Running, 0);
    check(&pod, &observed(vec![init.clone()]), 0, &[start("look", 0)]);
    let ended = status("s", "look", 0, ContainerState::Exited, 1);
    check(&pod, &observed(vec![init, ended]), 0, &[]);
}

#[test]
fn a_containers_own_rules_go_before_its_policy() {
    let rule = |operator: &str, values: Vec<i32>| ContainerRestartRule {
        action: "Restart".into(),
        exit_codes: Some(ContainerRestartRuleOnExitCodes {
            operator: operator.into(),
            values,
        }),
    };
    let mut pod = pod("Never", vec![container("one", None)], &["a"]);
    let main = |code| observed(vec![status("s", "a", 0, ContainerState::Exited, code)]);
    for (rule, code, again) in [
        (rule("In", vec![42]), 42, true),
        (rule("In", vec![42]), 1, false),
        (rule("NotIn", vec![0]), 1, true),
        (rule("NotIn", vec![0]), 0, false),
    ] {
        pod.spec.containers[0].restart_policy_rules = vec![rule];
        let expect = [start("a", 1)];
        check(&pod, &main(code), 1, if again { &expect } else { &[] });
    }
    // An init container's own policy counts, too.
    let failed = observed(vec![status("s", "one", 0, ContainerState::Exited, 1)]);
    check(&pod, &failed, 2, &[]);
    pod.spec.init_containers[0].restart_policy = Some("OnFailure".into());
    check(&pod, &failed, 2, &[start("one", 1)]);
}
