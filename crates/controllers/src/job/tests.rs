//! Plans against tables.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use skeg_api::batch::v1::{
    Job, PodFailurePolicy, PodFailurePolicyRule, SuccessPolicy, SuccessPolicyRule,
};
use skeg_api::core::v1::Pod;
use skeg_meta::Time;

use super::facts::{FINALIZER, Record, Snapshot, facts};
use super::indexes::INDEX;
use super::plan::{Manage, is_complete, manage, verdict};
use super::policy::{Verdict, judge};
use super::track::{Round, count};

fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).expect("a time")
}

fn job(completions: i32, parallelism: i32, mode: &str) -> Job {
    let mut job = Job::default();
    job.metadata.name = "work".to_owned();
    job.spec.completions = Some(completions);
    job.spec.parallelism = Some(parallelism);
    job.spec.completion_mode = Some(mode.to_owned());
    job.spec.backoff_limit = Some(1);
    job.status.start_time = Some(Time(now()));
    job
}

/// `r` running, `s` succeeded, `f` failed, `w` failed just now, `d` being deleted; `2s` is
/// that of index 2.
fn pods(text: &str) -> Vec<Arc<Pod>> {
    let make = |(at, word): (usize, &str)| {
        let mut pod = Pod::default();
        pod.metadata.uid = format!("u{at}");
        pod.metadata.name = format!("p{at}");
        pod.metadata.finalizers.push(FINALIZER.to_owned());
        // Long ago, so that no backoff holds.
        pod.metadata.creation_timestamp = Some(Time(Timestamp::UNIX_EPOCH));
        let (index, state) = word.split_at(word.len() - 1);
        if !index.is_empty() {
            pod.metadata
                .annotations
                .insert(INDEX.to_owned(), index.to_owned());
        }
        pod.status.phase = match state {
            "s" => "Succeeded",
            "f" | "w" => "Failed",
            _ => "Running",
        }
        .to_owned();
        if state == "w" {
            pod.metadata.creation_timestamp = Some(Time(now()));
        }
        if state == "d" {
            pod.metadata.deletion_timestamp = Some(Time(now()));
        }
        Arc::new(pod)
    };
    text.split_whitespace().enumerate().map(make).collect()
}

fn snapshot<'a>(job: &'a Job, text: &str) -> Snapshot<'a> {
    let record = Record::default();
    Snapshot {
        job,
        pods: pods(text),
        released: HashSet::new(),
        settled: true,
        record,
        now: now(),
    }
}

/// What is planned: how the Job ends, or which pods come and go.
fn planned(job: &Job, text: &str) -> String {
    let snapshot = snapshot(job, text);
    let facts = facts(&snapshot);
    if let Some(end) = verdict(&snapshot, &facts) {
        return format!("{} {}", end.type_, end.reason);
    }
    let active = i32::try_from(facts.active.len()).expect("a few pods");
    match manage(&snapshot, &facts) {
        Manage::Nothing if is_complete(job, &facts, active) => "complete".to_owned(),
        Manage::Nothing => String::new(),
        Manage::Wait(pause) => format!("wait {}", pause.as_secs()),
        Manage::Remove(pods) => {
            let mut names: Vec<_> = pods
                .iter()
                .map(|pod| format!("-{}", pod.metadata.name))
                .collect();
            names.sort();
            names.join(" ")
        }
        Manage::Create(pods) => {
            let indexes: Vec<_> = pods
                .iter()
                .filter_map(|pod| pod.metadata.annotations.get(INDEX).cloned())
                .collect();
            format!("+{} {}", pods.len(), indexes.join(" "))
                .trim_end()
                .to_owned()
        }
    }
}

fn check(job: &Job, pods: &str, expect: &str) {
    assert_eq!(planned(job, pods), expect, "{pods}");
}

#[test]
fn as_many_as_are_wanted() {
    let plain = job(3, 2, "NonIndexed");
    check(&plain, "", "+2");
    check(&plain, "r", "+1");
    check(&plain, "r r", "");
    check(&plain, "s s", "+1");
    check(&plain, "s s s", "complete");
    check(&plain, "s s r r", "-p2");
    check(&plain, "f", "+2");
    check(&plain, "f f", "FailureTarget BackoffLimitExceeded");
    let mut suspended = job(3, 2, "NonIndexed");
    suspended.spec.suspend = Some(true);
    check(&suspended, "s r r", "-p1 -p2");
    let mut queue = job(0, 2, "NonIndexed");
    queue.spec.completions = None;
    check(&queue, "s r", "");
    check(&queue, "r", "+1");
}

#[test]
fn long_names_keep_their_index() {
    let mut long = job(2, 2, "Indexed");
    long.metadata.name = "n".repeat(60);
    let none = snapshot(&long, "");
    let Manage::Create(pods) = manage(&none, &facts(&none)) else {
        panic!("there are none yet");
    };
    let names: Vec<_> = pods
        .iter()
        .map(|pod| &*pod.metadata.generate_name)
        .collect();
    let n = "n".repeat(55);
    assert_eq!(names, [format!("{n}-0-"), format!("{n}-1-")]);
}

#[test]
fn every_index_once() {
    let indexed = job(4, 3, "Indexed");
    check(&indexed, "", "+3 0 1 2");
    check(&indexed, "0s 2r", "+2 1 3");
    check(&indexed, "0r 0r 1r", "-p0");
    check(&indexed, "0s 1s 2s 7r", "-p3");
    check(&indexed, "0s 1s 2s 3s", "complete");
}

#[test]
fn indexes_fail_one_by_one() {
    let mut each = job(3, 3, "Indexed");
    each.spec.backoff_limit = Some(i32::MAX);
    each.spec.backoff_limit_per_index = Some(0);
    check(&each, "0r 1f 2r", "");
    check(&each, "0s 1f 2s", "FailureTarget FailedIndexes");
    each.spec.max_failed_indexes = Some(1);
    check(&each, "0f 1f 2r", "FailureTarget MaxFailedIndexesExceeded");
    each.spec.backoff_limit_per_index = Some(1);
    check(&each, "0r 1f 2r", "+1 1");
    // One that waits keeps its place.
    let mut one = job(3, 1, "Indexed");
    one.spec.backoff_limit_per_index = Some(2);
    check(&one, "0w", "wait 10");
    one.spec.parallelism = Some(2);
    check(&one, "0w", "+1 1");
}

#[test]
fn policies() {
    let mut early = job(3, 3, "Indexed");
    let rule = SuccessPolicyRule {
        succeeded_indexes: Some("0,2".to_owned()),
        succeeded_count: None,
    };
    early.spec.success_policy = Some(SuccessPolicy { rules: vec![rule] });
    check(&early, "0s 1r 2r", "");
    check(&early, "0s 1r 2s", "SuccessCriteriaMet SuccessPolicy");

    let mut ignoring = job(1, 1, "NonIndexed");
    ignoring.spec.backoff_limit = Some(0);
    let pattern = skeg_api::batch::v1::PodFailurePolicyOnPodConditionsPattern {
        type_: "DisruptionTarget".to_owned(),
        status: "True".to_owned(),
    };
    let rule = PodFailurePolicyRule {
        action: "Ignore".to_owned(),
        on_pod_conditions: vec![pattern],
        ..PodFailurePolicyRule::default()
    };
    ignoring.spec.pod_failure_policy = Some(PodFailurePolicy { rules: vec![rule] });
    check(&ignoring, "f", "FailureTarget BackoffLimitExceeded");

    let rules = &mut ignoring
        .spec
        .pod_failure_policy
        .as_mut()
        .expect("it is set")
        .rules;
    rules[0].action = "FailJob".to_owned();
    rules[0].on_pod_conditions[0].type_ = "Ready".to_owned();
    let mut other = rules[0].on_pod_conditions[0].clone();
    other.type_ = "PodScheduled".to_owned();
    rules[0].on_pod_conditions.push(other);
    let mut failed = Pod::clone(&pods("f")[0]);
    let condition = |kind: &str| skeg_api::core::v1::PodCondition {
        type_: kind.to_owned(),
        status: "True".to_owned(),
        ..Default::default()
    };
    failed.metadata.namespace = "a".to_owned();
    failed.status.conditions = ["PodScheduled", "Ready"].map(condition).into();
    assert_eq!(
        judge(&ignoring, &failed),
        Verdict::FailJob(
            "Pod a/p0 has condition PodScheduled matching FailJob rule at index 0".to_owned()
        )
    );

    let mut patient = job(1, 1, "NonIndexed");
    check(&patient, "d", "wait 10");
    patient.spec.pod_replacement_policy = Some("Failed".to_owned());
    check(&patient, "d", "");
}

#[test]
fn failures_are_paused_after() {
    let record = |failures: u32| Record {
        failures,
        last: Some(now()),
    };
    let check = |failures: u32, expect: Option<u64>| {
        assert_eq!(
            record(failures).wait(now()).map(|wait| wait.as_secs()),
            expect
        );
    };
    check(0, None);
    check(1, Some(10));
    check(3, Some(40));
    check(60, Some(600));
}

#[test]
fn counted_before_let_go() {
    let job = job(2, 2, "NonIndexed");
    let snapshot = snapshot(&job, "s f r");
    let facts = facts(&snapshot);
    let round = Round {
        active: 1,
        ready: 0,
        terminating: 0,
        ending: None,
        suspended: None,
    };
    let count = count(&snapshot, &facts, round);
    let noted = count
        .status
        .uncounted_terminated_pods
        .clone()
        .expect("noted");
    assert_eq!(
        (noted.succeeded, noted.failed),
        (vec!["u0".to_owned()], vec!["u1".to_owned()])
    );
    assert_eq!((count.status.succeeded, count.release.len()), (0, 2));
    // One could not be let go: it stays noted.
    let (status, over) = count.settle(&HashSet::from(["u1".to_owned(), "u2".to_owned()]));
    assert_eq!((status.succeeded, status.failed, over), (1, 0, false));
    assert_eq!(
        status.uncounted_terminated_pods.expect("noted").failed,
        ["u1"]
    );
}
