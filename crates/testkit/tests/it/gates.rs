//! What feature gates switch.

use skeg_api::coordination::{v1::Lease, v1beta1::LeaseCandidate};
use skeg_client::Api;
use skeg_testkit::{Builder, Cluster};

/// A time that always was a moment ago.
const EVER: &str = "2999-01-01T00:00:00.000000Z";

fn plain() -> Builder {
    Cluster::builder().only_api_server()
}

fn electing() -> Builder {
    plain()
        .feature_gate("CoordinatedLeaderElection", true)
        .runtime_config("coordination.k8s.io/v1beta1", true)
}

fn candidate(name: &str, emulated: &str, heard: &str) -> String {
    format!(
        "
apiVersion: coordination.k8s.io/v1beta1
kind: LeaseCandidate
metadata: {{name: {name}}}
spec:
  leaseName: post
  strategy: OldestEmulationVersion
  binaryVersion: 1.37.0
  emulationVersion: {emulated}
  renewTime: {heard}
"
    )
}

fn holder(lease: &Lease) -> &str {
    lease.spec.holder_identity.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn the_oldest_version_leads() {
    let cluster = electing().start().await.unwrap();
    let made = cluster.apply(&candidate("new", "1.37.0", EVER)).await;
    made.unwrap();
    cluster
        .expect::<Lease>("post")
        .to(|lease| holder(lease) == "new")
        .await;
    // It keeps what it has, and learns who is better.
    let leases = Api::<Lease>::namespaced(cluster.client(), "default");
    let keep = |lease: &mut Lease| lease.spec.lease_duration_seconds = Some(3600);
    leases.modify("post", keep).await.unwrap();
    let made = cluster.apply(&candidate("old", "1.36.0", EVER)).await;
    made.unwrap();
    let told = |lease: &Lease| lease.spec.preferred_holder.as_deref() == Some("old");
    let told = cluster.expect::<Lease>("post").to(told).await.unwrap();
    assert_eq!(holder(&told), "new");
    // Who gives up is followed.
    let give_up = |lease: &mut Lease| lease.spec.holder_identity = Some(String::new());
    leases.modify("post", give_up).await.unwrap();
    let followed = cluster
        .expect::<Lease>("post")
        .to(|lease| holder(lease) == "old")
        .await
        .unwrap();
    assert_eq!(followed.spec.preferred_holder, None);
}

#[tokio::test]
async fn candidates_are_asked_and_the_dead_are_forgotten() {
    let cluster = electing().start().await.unwrap();
    let made = cluster
        .apply(&candidate("dead", "1.36.0", "2001-01-01T00:00:00.000000Z"))
        .await;
    made.unwrap();
    let minute = skeg_meta::MicroTime(cluster.now() - std::time::Duration::from_secs(60));
    let made = cluster
        .apply(&candidate("silent", "1.36.0", &minute.to_string()))
        .await;
    made.unwrap();
    cluster
        .expect::<LeaseCandidate>("silent")
        .to(|it| it.spec.ping_time.is_some())
        .await;
    let candidates = Api::<LeaseCandidate>::namespaced(cluster.client(), "default");
    let dead = candidates.get("dead").await.unwrap();
    assert_eq!(dead.spec.ping_time, None);
    let answer = |it: &mut LeaseCandidate| it.spec.renew_time = EVER.parse().ok();
    candidates.modify("silent", answer).await.unwrap();
    cluster
        .expect::<Lease>("post")
        .to(|lease| holder(lease) == "silent")
        .await;
}

#[tokio::test]
async fn fields_are_kept_while_their_gate_is_on() {
    const LEASE: &str = "
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: own}
spec: {strategy: example.com/own, preferredHolder: a}
";
    for (cluster, on) in [(plain(), false), (electing(), true)] {
        let cluster = cluster.start().await.unwrap();
        cluster.apply(LEASE).await.unwrap();
        let leases = Api::<Lease>::namespaced(cluster.client(), "default");
        let lease = leases.get("own").await.unwrap();
        assert_eq!(lease.spec.strategy.is_some(), on);
        assert_eq!(lease.spec.preferred_holder.is_some(), on);
        let gates = cluster.client().feature_gates().await.unwrap();
        assert_eq!(gates["CoordinatedLeaderElection"], on);
        assert!(gates["EnvFiles"]);
    }
}

#[tokio::test]
async fn rules_follow_their_gates() {
    const GROUP: &str = "
apiVersion: scheduling.k8s.io/v1beta1
kind: PodGroup
metadata: {name: g}
spec: {schedulingPolicy: {basic: {}}, preemptionPolicy: Never}
";
    for on in [false, true] {
        let cluster = plain()
            .runtime_config("scheduling.k8s.io/v1beta1", true)
            .feature_gate("GenericWorkload", true)
            .feature_gate("PodGroupPreemptionPolicy", on);
        let cluster = cluster.start().await.unwrap();
        let refused = cluster.apply(GROUP).await.err();
        let mut said = String::new();
        let mut why = refused.as_ref().map(|why| why as &dyn std::error::Error);
        while let Some(cause) = why {
            said += &cause.to_string();
            why = cause.source();
        }
        assert_eq!(said.is_empty(), on, "{said}");
        assert!(
            on || said.contains("spec.preemptionPolicy: Forbidden"),
            "{said}"
        );
    }
}
