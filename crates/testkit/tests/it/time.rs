//! Virtual time: days pass at once, and in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use skeg_api::apps::v1::Deployment;
use skeg_api::batch::v1::{CronJob, Job};
use skeg_api::coordination::v1::Lease;
use skeg_api::core::v1::{ConfigMap, Event, Node, Pod, ServiceAccount};
use skeg_api::policy::v1::PodDisruptionBudget;
use skeg_client::drain::{Drain, DrainEvent};
use skeg_client::{Api, Client, Kubeconfig, ListOptions, RateLimit, rollout};
use skeg_runtime::{LeaderElector, LeaderOptions};
use skeg_schema::json;
use skeg_testkit::{Cluster, Error, PodScript, User};

use crate::support::{deployment, pod, still};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_rollout_is_restarted_once_a_second() {
    let cluster = Cluster::builder().virtual_time().start().await.unwrap();
    let deployments = Api::<Deployment>::namespaced(cluster.client(), "default");
    cluster.apply(&deployment("web", 1)).await.unwrap();
    rollout::restart(&deployments, "web").await.unwrap();
    let again = rollout::restart(&deployments, "web").await;
    let told = again.expect_err("nothing would happen").to_string();
    assert!(told.contains("within this second"), "{told}");
    cluster.advance(Duration::from_secs(1)).await.unwrap();
    rollout::restart(&deployments, "web").await.unwrap();
    let found = deployments.get("web").await.unwrap();
    assert_eq!(found.metadata.generation, 3);
}

#[tokio::test]
async fn a_cron_job_runs_for_a_day() {
    let cluster = Cluster::builder()
        .virtual_time()
        .pods(PodScript::owned_by("Job").succeeds_after(Duration::from_secs(60)))
        .start()
        .await
        .unwrap();
    cluster
        .apply(
            "
apiVersion: batch/v1
kind: CronJob
metadata: {name: hourly}
spec:
  schedule: '0 * * * *'
  successfulJobsHistoryLimit: 100
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: main, image: hello}]
",
        )
        .await
        .unwrap();
    cluster
        .advance(24 * HOUR + Duration::from_secs(120))
        .await
        .unwrap();
    let jobs = Api::<Job>::namespaced(cluster.client(), "default");
    let jobs = jobs.list(&ListOptions::default()).await.unwrap().items;
    assert_eq!(jobs.len(), 24);
    for job in &jobs {
        assert_eq!(job.status.succeeded, 1);
        let (begun, ended) = (job.status.start_time, job.status.completion_time);
        let took = ended.unwrap().0.duration_since(begun.unwrap().0);
        assert_eq!(took.as_secs(), 60, "{}", job.metadata.name);
        let created = job.metadata.creation_timestamp.unwrap().0;
        assert_eq!(created.as_second() % 3600, 0, "{created}");
    }
    let cron = Api::<CronJob>::namespaced(cluster.client(), "default");
    let cron = cron.get("hourly").await.unwrap();
    assert_eq!(
        cron.status.last_schedule_time.unwrap().0.as_second() % 86400,
        0
    );
}

#[tokio::test]
async fn pods_leave_a_silent_node_after_five_minutes() {
    let cluster = Cluster::builder()
        .virtual_time()
        .nodes(2)
        .start()
        .await
        .unwrap();
    cluster.apply(&deployment("web", 1)).await.unwrap();
    let running = |pod: &Pod| pod.status.phase == "Running";
    let first = cluster
        .expect_any::<Pod>("default")
        .to(running)
        .await
        .unwrap();
    let node = first.spec.node_name.clone();
    let begun = cluster.now();
    cluster.kubelet().silence(&node);
    let silent = |node: &Node| {
        let mut conditions = node.status.conditions.iter();
        conditions.any(|held| held.type_ == "Ready" && held.status == "Unknown")
    };
    cluster.expect::<Node>(&node).to(silent).await;
    let noticed = cluster.now().duration_since(begun).as_secs();
    assert!((10..=90).contains(&noticed), "{noticed}");
    let other = node.clone();
    let moved = move |pod: &Pod| running(pod) && pod.spec.node_name != other;
    cluster.expect_any::<Pod>("default").to(moved).await;
    let took = cluster.now().duration_since(begun).as_secs();
    assert!((noticed + 300..noticed + 310).contains(&took), "{took}");
    cluster.kubelet().revive(&node).await.unwrap();
    cluster
        .expect::<Node>(&node)
        .to(move |node| !silent(node))
        .await;
    cluster.expect_gone::<Pod>(&first.metadata.name).await;
}

#[tokio::test]
async fn what_is_due_happens_in_order() {
    let cluster = still().await;
    let clock = cluster.clock();
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    for seconds in [30, 10, 20] {
        let (clock, sender) = (clock.clone(), sender.clone());
        cluster.spawn(async move {
            clock.sleep(Duration::from_secs(seconds)).await;
            sender.send((seconds, clock.now())).unwrap();
        });
    }
    let begun = cluster.now();
    cluster.advance(Duration::from_secs(25)).await.unwrap();
    assert_eq!(receiver.len(), 2);
    cluster.advance(Duration::from_secs(25)).await.unwrap();
    for expect in [10, 20, 30] {
        let (seconds, at) = receiver.try_recv().unwrap();
        assert_eq!(
            (seconds, at.duration_since(begun).as_secs()),
            (expect, expect as i64)
        );
    }
    assert_eq!(cluster.now().duration_since(begun).as_secs(), 50);
    let real = Cluster::builder().only_api_server().start().await.unwrap();
    assert!(matches!(real.advance(HOUR).await, Err(Error::RealTime)));
}

#[tokio::test]
async fn events_expire() {
    let cluster = still().await;
    cluster.apply(&pod("p", "")).await.unwrap();
    cluster.expect_event("Scheduled").await;
    let events = Api::<Event>::namespaced(cluster.client(), "default");
    let count = || async {
        events
            .list(&ListOptions::default())
            .await
            .unwrap()
            .items
            .len()
    };
    assert!(count().await > 0);
    cluster
        .advance(HOUR + Duration::from_secs(120))
        .await
        .unwrap();
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn tokens_expire() {
    let cluster = still().await;
    let ask = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}});
    let request = http::Request::post("/api/v1/namespaces/default/serviceaccounts/default/token")
        .header("content-type", "application/json")
        .body(skeg_client::Payload::from(ask.to_string().into_bytes()))
        .unwrap();
    let answer = cluster.client().bytes(request).await.unwrap();
    let answer = skeg_schema::decode_json_any(&answer).unwrap();
    let token = answer["status"]["token"].as_str().unwrap();
    let admin = cluster.kubeconfig_text(&User::admin()).await.unwrap();
    let line = admin
        .lines()
        .find(|line| line.trim().starts_with("token:"))
        .unwrap();
    let text = admin.replace(line, &format!("    token: {token}"));
    let kubeconfig = Kubeconfig::parse(text.as_bytes(), std::path::Path::new("/")).unwrap();
    let client = Client::from_config(&kubeconfig.config(None).unwrap()).unwrap();
    let accounts = Api::<ServiceAccount>::namespaced(client, "default");
    // Known, and allowed nothing.
    assert!(accounts.get("default").await.unwrap_err().is_forbidden());
    cluster.advance(Duration::from_secs(700)).await.unwrap();
    assert_eq!(accounts.get("default").await.unwrap_err().code(), 401);
}

#[tokio::test]
async fn a_finished_job_goes_when_its_time_is_over() {
    let cluster = still().await;
    cluster
        .apply(
            "
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  ttlSecondsAfterFinished: 600
  template:
    metadata: {labels: {app: once}}
    spec: {restartPolicy: Never, containers: [{name: main, image: hello}]}
",
        )
        .await
        .unwrap();
    let running = |pod: &Pod| pod.status.phase == "Running";
    let worker = cluster
        .expect_any::<Pod>("default")
        .to(running)
        .await
        .unwrap();
    cluster.kubelet().succeed("default", &worker.metadata.name);
    cluster
        .expect::<Job>("once")
        .to(|job| job.status.succeeded == 1)
        .await;
    let done = cluster.now();
    cluster.advance(Duration::from_secs(590)).await.unwrap();
    cluster.expect::<Job>("once").within(Duration::ZERO).await;
    cluster.expect_gone::<Job>("once").await;
    let took = cluster.now().duration_since(done).as_secs();
    assert!((595..=605).contains(&took), "{took}");
}

#[tokio::test]
async fn drains_wait_by_the_cluster_clock() {
    let cluster = Cluster::builder()
        .virtual_time()
        .nodes(2)
        .start()
        .await
        .unwrap();
    let yaml = format!(
        "{}---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: web}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: web}}}}}}
",
        deployment("web", 1)
    );
    cluster.apply(&yaml).await.unwrap();
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    cluster
        .expect::<PodDisruptionBudget>("web")
        .to(|budget| budget.status.current_healthy == 1)
        .await;
    let pod = pods.list(&Default::default()).await.unwrap().items[0].clone();
    let client = cluster.client();
    let node = pod.spec.node_name.clone();
    let blocked = Arc::new(AtomicUsize::new(0));
    let counted = blocked.clone();
    let drain = tokio::spawn(async move {
        let tell = |event: DrainEvent| {
            if let DrainEvent::Blocked { .. } = event {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        };
        Drain::new().node(&client, &node, tell).await
    });
    cluster.advance(Duration::from_secs(60)).await.unwrap();
    // Asked for every five seconds.
    let asked = blocked.load(Ordering::SeqCst);
    assert!((12..=14).contains(&asked), "{asked}");
    let budgets = Api::<PodDisruptionBudget>::namespaced(cluster.client(), "default");
    budgets.delete("web", &Default::default()).await.unwrap();
    cluster.advance(Duration::from_secs(60)).await.unwrap();
    drain.await.unwrap().unwrap();
}

#[tokio::test]
async fn rate_limits_go_by_the_cluster_clock() {
    let cluster = still().await;
    let client = cluster.client().with_rate_limit(RateLimit::new(1.0, 1));
    let begun = cluster.now();
    let maps = Api::<ConfigMap>::namespaced(client.clone(), "default");
    let gets = tokio::spawn(async move {
        for _ in 0..61 {
            maps.get_opt("none").await.unwrap();
        }
    });
    let bound = client.within(Duration::from_secs(3600), async { Ok(gets.await) });
    tokio::pin!(bound);
    let mut minutes = 0;
    while futures::poll!(&mut bound).is_pending() {
        cluster.advance(Duration::from_secs(60)).await.unwrap();
        minutes += 1;
    }
    assert_eq!(minutes, 1);
    assert_eq!(cluster.now().duration_since(begun).as_secs(), 60);
}

#[tokio::test]
async fn a_day_with_a_leader_passes() {
    let cluster = still().await;
    // Each renewal is a step of the clock: few of them make a day short.
    let options =
        LeaderOptions::new("kube-system", "mine", "me").times(3 * HOUR, 2 * HOUR, HOUR / 2);
    let elector = LeaderElector::new(cluster.client(), options, cluster.clock());
    let cancelled = cluster.cancelled();
    let leads = elector.run(
        cancelled,
        |leading| async move { leading.cancelled().await },
    );
    cluster.spawn(leads);
    cluster.advance(24 * HOUR).await.unwrap();
    let lease = Api::<Lease>::namespaced(cluster.client(), "kube-system");
    let lease = lease.get("mine").await.unwrap();
    assert_eq!(lease.spec.holder_identity.as_deref(), Some("me"));
    let renewed = lease.spec.renew_time.unwrap().0;
    assert!(cluster.now().duration_since(renewed).as_secs() <= 1800);
}
