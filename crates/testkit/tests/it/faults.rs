//! Faults by rule: over the loopback and over sockets.

use std::time::Duration;

use futures::StreamExt;
use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::ConfigMap;
use skeg_client::{Api, Client, ListOptions, RetryPolicy, WatchEvent, WatchOptions};
use skeg_testkit::{Cluster, Fault, Rule, User};

use crate::support::{deployment, map};

async fn both(cluster: &Cluster) -> [(&'static str, Client); 2] {
    [
        ("loopback", cluster.client().with_retry(RetryPolicy::none())),
        (
            "socket",
            cluster
                .https_client(&User::admin())
                .await
                .unwrap()
                .with_retry(RetryPolicy::none()),
        ),
    ]
}

#[tokio::test]
async fn writes_are_refused_as_the_rule_says() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    for (way, client) in both(&cluster).await {
        let maps = Api::<ConfigMap>::namespaced(client, "default");
        let map = || map("default", way);
        let faults = cluster.faults();
        faults.inject(
            Rule::new(Fault::TooManyRequests { retry_after: 7 })
                .agent("test")
                .times(1),
        );
        let refused = maps.create(map()).await.unwrap_err();
        assert_eq!(refused.code(), 429, "{way}");
        assert_eq!(refused.retry_after(), Some(Duration::from_secs(7)), "{way}");
        faults.inject(Rule::new(Fault::InternalError).verbs(["create"]).times(1));
        assert_eq!(maps.create(map()).await.unwrap_err().code(), 500, "{way}");
        let made = maps.create(map()).await.unwrap();
        let injected = faults.inject(Rule::new(Fault::Conflict).resource("configmaps").name(way));
        let refused = maps.update(made.clone()).await.unwrap_err();
        assert!(refused.is_conflict(), "{way}: {refused}");
        maps.get(way).await.unwrap();
        assert_eq!(injected.hits(), 1);
        injected.lift();
        maps.update(made).await.unwrap();
        faults.clear();
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_the_write() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    for (way, client) in both(&cluster).await {
        let maps = Api::<ConfigMap>::namespaced(client, "default");
        cluster
            .faults()
            .inject(Rule::new(Fault::LostAnswer).times(1));
        let lost = maps.create(map("default", way)).await.unwrap_err();
        assert_eq!(lost.code(), 0, "{way}: {lost}");
        maps.get(way).await.unwrap();
        let cut = cluster.faults().partition("test");
        assert_eq!(maps.get(way).await.unwrap_err().code(), 0, "{way}");
        cut.lift();
        maps.get(way).await.unwrap();
    }
}

#[tokio::test]
async fn watches_break_and_expire() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    for (way, client) in both(&cluster).await {
        let maps = Api::<ConfigMap>::namespaced(client, "default");
        let version = maps
            .list(&ListOptions::default())
            .await
            .unwrap()
            .resource_version;
        for name in ["a", "b", "c"] {
            maps.create(map("default", format!("{way}-{name}")))
                .await
                .unwrap();
        }
        let options = WatchOptions::from_version(version.as_str());
        cluster
            .faults()
            .inject(Rule::new(Fault::DroppedWatch { after: 1 }).times(1));
        let events = maps.watch(&options).await.unwrap();
        assert_eq!(events.count().await, 1, "{way}");
        cluster
            .faults()
            .inject(Rule::new(Fault::ExpiredWatch { after: 0 }).times(1));
        let mut events = maps.watch(&options).await.unwrap();
        let end = events.next().await.unwrap();
        let gone = matches!(end, Ok(WatchEvent::Error(status)) if status.code == 410);
        assert!(gone, "{way}");
    }
}

#[tokio::test]
async fn a_stale_cache_catches_up() {
    let cluster = Cluster::builder().virtual_time().start().await.unwrap();
    // The deployment controller sees nothing new.
    let stale = cluster.faults().inject(
        Rule::new(Fault::Stale)
            .agent("kube-controller-manager")
            .resource("deployments"),
    );
    cluster.apply(&deployment("web", 1)).await.unwrap();
    cluster
        .never::<Deployment>("default", |web| web.status.replicas > 0)
        .within(Duration::from_secs(60))
        .await;
    stale.lift();
    cluster
        .expect::<Deployment>("web")
        .to(|web| web.status.ready_replicas == 1)
        .await;
}

#[tokio::test]
async fn single_reads_are_stale_where_the_rule_says_so() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let maps = Api::<ConfigMap>::namespaced(cluster.client(), "default");
    let coloured = |colour: &str| {
        let mut map = map("default", "a");
        map.data.insert("colour".to_owned(), colour.to_owned());
        map
    };
    maps.create(coloured("red")).await.unwrap();
    let lists = cluster.faults().inject(Rule::new(Fault::Stale));
    let rule = Rule::new(Fault::Stale)
        .verbs(["get"])
        .resource("configmaps");
    let stale = cluster.faults().inject(rule);
    maps.update(coloured("blue")).await.unwrap();
    maps.create(map("default", "later")).await.unwrap();
    for (way, client) in both(&cluster).await {
        let maps = Api::<ConfigMap>::namespaced(client, "default");
        assert_eq!(maps.get("a").await.unwrap().data["colour"], "red", "{way}");
        assert!(maps.get_opt("later").await.unwrap().is_none(), "{way}");
    }
    stale.lift();
    for (way, client) in both(&cluster).await {
        let maps = Api::<ConfigMap>::namespaced(client, "default");
        assert_eq!(maps.get("a").await.unwrap().data["colour"], "blue", "{way}");
    }
    // The rule about everything else is none about them.
    lists.lift();
}

#[tokio::test]
async fn a_cluster_survives_faults_by_chance() {
    let cluster = Cluster::builder()
        .virtual_time()
        .seed(42)
        .start()
        .await
        .unwrap();
    let rule = |fault| Rule::new(fault).agent("kube-").probability(0.2);
    let conflicts = cluster.faults().inject(rule(Fault::Conflict));
    let errors = cluster
        .faults()
        .inject(rule(Fault::InternalError).verbs(["write"]));
    cluster.apply(&deployment("web", 5)).await.unwrap();
    cluster
        .expect::<Deployment>("web")
        .to(|web| web.status.ready_replicas == 5)
        .within(Duration::from_secs(600))
        .await;
    assert!(conflicts.hits() + errors.hits() > 0);
}

#[tokio::test]
async fn latency_is_by_the_clusters_clock() {
    let cluster = Cluster::builder()
        .virtual_time()
        .only_api_server()
        .start()
        .await
        .unwrap();
    let slow = Rule::new(Fault::Latency(Duration::from_secs(30))).resource("configmaps");
    cluster.faults().inject(slow);
    let client = cluster.client();
    let asked = tokio::spawn(async move {
        let maps = Api::<ConfigMap>::namespaced(client, "default");
        maps.list(&ListOptions::default()).await.map(drop)
    });
    cluster.advance(Duration::from_secs(29)).await.unwrap();
    assert!(!asked.is_finished());
    cluster.advance(Duration::from_secs(1)).await.unwrap();
    asked.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_partition_ends_watches_and_hides_what_happens() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    for (way, client) in both(&cluster).await {
        let near = Api::<ConfigMap>::namespaced(client.clone(), "default");
        let far = Api::<ConfigMap>::namespaced(client.with_user_agent("far"), "default");
        let version = near.list(&ListOptions::default()).await.unwrap();
        let options = WatchOptions::from_version(version.resource_version.as_str());
        let mut seen = far.watch(&options).await.unwrap();
        near.create(map("default", format!("{way}-before")))
            .await
            .unwrap();
        assert!(
            matches!(seen.next().await, Some(Ok(WatchEvent::Added(_)))),
            "{way}"
        );

        let cut = cluster.faults().partition("far");
        near.create(map("default", format!("{way}-behind")))
            .await
            .unwrap();
        assert!(!matches!(seen.next().await, Some(Ok(_))), "{way}");
        let failed = far.watch(&options).await.err().expect("cut off");
        assert_eq!(failed.code(), 0, "{way}: {failed}");

        // Once it is over, what was missed is told.
        cut.lift();
        let mut seen = far.watch(&options).await.unwrap();
        for name in ["before", "behind"] {
            let Some(Ok(WatchEvent::Added(found))) = seen.next().await else {
                panic!("{way}: no event");
            };
            assert_eq!(found.metadata.name, format!("{way}-{name}"));
        }
    }
}

#[tokio::test]
async fn attempts_are_made_again_by_the_clusters_clock() {
    let cluster = Cluster::builder()
        .only_api_server()
        .virtual_time()
        .start()
        .await
        .unwrap();
    let busy = Rule::new(Fault::TooManyRequests { retry_after: 3600 })
        .agent("again")
        .times(1);
    let busy = cluster.faults().inject(busy);
    let client = cluster.client().with_user_agent("again");
    let asked = tokio::spawn(async move {
        let maps = Api::<ConfigMap>::namespaced(client, "default");
        maps.list(&ListOptions::default()).await.map(drop)
    });
    cluster.settle().await.unwrap();
    assert_eq!((busy.hits(), asked.is_finished()), (1, false));
    // Two hours of the cluster's time, and none to speak of of the machine's.
    cluster.advance(Duration::from_secs(7200)).await.unwrap();
    asked.await.unwrap().unwrap();
}
