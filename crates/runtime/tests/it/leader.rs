//! One leads at a time.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use parking_lot::Mutex;
use skeg_api::coordination::v1::Lease;
use skeg_client::{Client, Payload, Priority, Transport, TransportError};
use skeg_meta::Status;
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{LeaderElector, LeaderOptions, ManualClock};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

struct Candidate {
    leads: watch::Receiver<bool>,
    cancel: CancellationToken,
    task: JoinHandle<bool>,
}

fn candidate(server: &FakeApi, clock: &ManualClock, identity: &str) -> Candidate {
    let elector = LeaderElector::new(
        server.client(),
        LeaderOptions::new("kube-system", "lead", identity),
        clock.shared(),
    );
    let (says, leads) = watch::channel(false);
    let says = Arc::new(says);
    let cancel = CancellationToken::new();
    let task = tokio::spawn(elector.run(cancel.clone(), move |leading| async move {
        says.send_replace(true);
        leading.cancelled().await;
        says.send_replace(false);
    }));
    Candidate {
        leads,
        cancel,
        task,
    }
}

impl Candidate {
    async fn leads(&mut self) {
        self.leads
            .wait_for(|leads| *leads)
            .await
            .expect("the candidate lives");
    }
}

async fn asleep(clock: &ManualClock, count: usize) {
    while clock.sleepers() < count {
        tokio::task::yield_now().await;
    }
}

fn lease(server: &FakeApi) -> Arc<Lease> {
    server.get("kube-system", "lead").expect("the lease")
}

#[tokio::test]
async fn the_second_waits_until_the_first_gives_up() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut first = candidate(&server, &clock, "first");
    first.leads().await;
    let mut second = candidate(&server, &clock, "second");
    for _ in 0..20 {
        asleep(&clock, 2).await;
        clock.advance(Duration::from_millis(2500));
    }
    assert!(!*second.leads.borrow(), "the first renews");
    first.cancel.cancel();
    assert!(first.task.await.expect("first"), "it was cancelled");
    asleep(&clock, 1).await;
    clock.advance(Duration::from_secs(3));
    second.leads().await;
    let lease = lease(&server);
    assert_eq!(lease.spec.holder_identity.as_deref(), Some("second"));
    assert_eq!(lease.spec.lease_transitions, Some(1));
    assert_eq!(lease.spec.lease_duration_seconds, Some(15));
}

#[tokio::test]
async fn who_cannot_renew_stops_before_another_begins() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut first = candidate(&server, &clock, "first");
    first.leads().await;
    server.refuse(
        "update",
        "leases",
        100,
        Status::failure(500, "InternalError", "no"),
    );
    for _ in 0..5 {
        asleep(&clock, 1).await;
        clock.advance(Duration::from_secs(2));
    }
    assert!(!first.task.await.expect("first"), "leadership was lost");
    assert!(!*first.leads.borrow());
}

#[tokio::test]
async fn a_leader_that_dies_is_succeeded() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut first = candidate(&server, &clock, "first");
    first.leads().await;
    first.task.abort();
    assert!(first.task.await.is_err());
    let mut second = candidate(&server, &clock, "second");
    asleep(&clock, 1).await;
    clock.advance(Duration::from_secs(14));
    asleep(&clock, 1).await;
    assert!(!*second.leads.borrow(), "the record may still be renewed");
    clock.advance(Duration::from_secs(3));
    second.leads().await;
}

#[tokio::test]
async fn a_leader_that_ends_renews_until_its_work_has_ended() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let elector = LeaderElector::new(
        server.client(),
        LeaderOptions::new("kube-system", "lead", "first"),
        clock.shared(),
    );
    let (cancel, last) = (CancellationToken::new(), Arc::new(Notify::new()));
    let (ends, begun) = (last.clone(), Arc::new(Notify::new()));
    let begins = begun.clone();
    let first = tokio::spawn(elector.run(cancel.clone(), move |_| async move {
        begins.notify_one();
        ends.notified().await;
    }));
    begun.notified().await;
    let before = lease(&server).spec.renew_time;
    let second = candidate(&server, &clock, "second");
    cancel.cancel();
    for _ in 0..10 {
        asleep(&clock, 2).await;
        clock.advance(Duration::from_millis(2500));
    }
    asleep(&clock, 2).await;
    assert!(!*second.leads.borrow(), "the first still works");
    assert!(lease(&server).spec.renew_time > before);
    last.notify_one();
    assert!(first.await.expect("first"), "it was cancelled");
    assert_eq!(lease(&server).spec.holder_identity.as_deref(), Some(""));
}

#[tokio::test]
async fn a_holder_lives_as_long_as_it_says() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut held = Lease::default();
    held.metadata.name = "lead".into();
    held.metadata.namespace = "kube-system".into();
    held.spec.holder_identity = Some("slow".to_owned());
    held.spec.lease_duration_seconds = Some(60);
    server.put(&held);
    let mut second = candidate(&server, &clock, "second");
    for _ in 0..10 {
        asleep(&clock, 1).await;
        clock.advance(Duration::from_secs(4));
    }
    asleep(&clock, 1).await;
    assert!(!*second.leads.borrow(), "it has twenty seconds left");
    clock.advance(Duration::from_secs(25));
    second.leads().await;
}

#[tokio::test]
async fn a_leader_renews_without_looking() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut first = candidate(&server, &clock, "first");
    first.leads().await;
    for _ in 0..3 {
        let before = lease(&server).spec.renew_time;
        asleep(&clock, 1).await;
        clock.advance(Duration::from_secs(2));
        while lease(&server).spec.renew_time == before {
            tokio::task::yield_now().await;
        }
    }
    let lines = server.requests();
    let gets = lines.iter().filter(|line| line.starts_with("get")).count();
    assert_eq!(gets, 1, "{lines:?}");
}

#[tokio::test]
async fn who_finds_anothers_record_ends_at_once() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut first = candidate(&server, &clock, "first");
    first.leads().await;
    let mut taken = (*lease(&server)).clone();
    taken.spec.holder_identity = Some("other".to_owned());
    server.put(&taken);
    asleep(&clock, 1).await;
    clock.advance(Duration::from_secs(2));
    assert!(!first.task.await.expect("first"), "leadership was lost");
    assert_eq!(
        lease(&server).spec.holder_identity.as_deref(),
        Some("other"),
        "and is not given up for another"
    );
}

#[tokio::test]
async fn no_request_is_waited_for_for_ever() {
    for verb in ["get", "create"] {
        let (server, clock) = (FakeApi::new(), ManualClock::new());
        server.silence(verb, "leases", 1);
        let mut first = candidate(&server, &clock, "first");
        while !server.requests().iter().any(|line| line.starts_with(verb)) {
            tokio::task::yield_now().await;
        }
        asleep(&clock, 1).await;
        // Half of the time to renew in, and the pause before the next try.
        clock.advance(Duration::from_secs(5));
        asleep(&clock, 1).await;
        clock.advance(Duration::from_secs(3));
        first.leads().await;
    }
}

#[tokio::test]
async fn a_leader_tries_again_when_a_renewal_gets_no_answer() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut first = candidate(&server, &clock, "first");
    first.leads().await;
    let before = lease(&server).spec.renew_time;
    server.silence("update", "leases", 1);
    asleep(&clock, 1).await;
    clock.advance(Duration::from_secs(2));
    // The request's bound, and the end of the time to renew in.
    asleep(&clock, 2).await;
    clock.advance(Duration::from_secs(5));
    while lease(&server).spec.renew_time == before {
        tokio::task::yield_now().await;
        assert!(*first.leads.borrow(), "it had time for another try");
        clock.advance(Duration::from_millis(50));
    }
    assert!(*first.leads.borrow());
}

/// Notes down how urgent requests are.
struct Noting {
    api: FakeApi,
    seen: Arc<Mutex<Vec<Option<Priority>>>>,
}

impl Transport for Noting {
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        let priority = request.extensions().get().copied();
        self.seen.lock().push(priority);
        self.api.call(request)
    }
}

#[tokio::test(start_paused = true)]
async fn requests_of_an_election_go_before_others_and_are_made_once() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let busy = Status::failure(503, "ServiceUnavailable", "no");
    server.refuse("get", "leases", 1, busy);
    let seen: Arc<Mutex<Vec<_>>> = Arc::default();
    let client = Client::new(Arc::new(Noting {
        api: server.clone(),
        seen: Arc::clone(&seen),
    }));
    let options = LeaderOptions::new("kube-system", "lead", "first");
    let elector = LeaderElector::new(client, options, clock.shared());
    let (says, leads) = tokio::sync::oneshot::channel();
    let run = elector.run(CancellationToken::new(), |leading| async move {
        says.send(()).expect("somebody waits");
        leading.cancelled().await;
    });
    let run = tokio::spawn(run);
    // Whoever tries again by themselves has done so by now.
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(server.requests(), ["get leases kube-system/lead"]);
    asleep(&clock, 1).await;
    clock.advance(Duration::from_secs(3));
    leads.await.expect("it leads");
    assert_eq!(*seen.lock(), [Some(Priority::System); 3]);
    run.abort();
}

#[tokio::test]
async fn work_is_told_when_its_elector_is_dropped() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let elector = LeaderElector::new(
        server.client(),
        LeaderOptions::new("kube-system", "lead", "first"),
        clock.shared(),
    );
    let (says, mut told) = watch::channel(None);
    let run = tokio::spawn(
        elector.run(CancellationToken::new(), move |leading| async move {
            says.send_replace(Some(leading.clone()));
            leading.cancelled().await;
        }),
    );
    let leading = told
        .wait_for(Option::is_some)
        .await
        .expect("it lives")
        .clone();
    run.abort();
    leading.expect("a token").cancelled().await;
}
