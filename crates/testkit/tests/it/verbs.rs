//! Every verb and every subresource of the client, against a real API server:
//! over HTTPS, as programs outside have it.

use futures::StreamExt;
use skeg_api::apps::v1::Deployment;
use skeg_api::certificates::v1::{CertificateSigningRequest, CertificateSigningRequestCondition};
use skeg_api::core::v1::{ConfigMap, EphemeralContainer, Namespace, Pod, ServiceAccount};
use skeg_client::access::{Can, TokenFor, TokenOwner};
use skeg_client::csr::CertificateRequest;
use skeg_client::subresource::{EvictOptions, Evicted};
use skeg_client::{
    Api, ApiResource, Client, CreateOptions, DeleteOptions, Deleted, DynamicApi, ListOptions,
    LogOptions, MetadataApi, Patch, PatchOptions, UpdateOptions, WatchEvent, WatchOptions, wait,
};
use skeg_meta::Time;
use skeg_schema::json;
use skeg_testkit::{Cluster, Fault, PodScript, Rule, User};

use crate::support::{deployment, map, namespace, pod, still};

async fn outside(cluster: &Cluster) -> Client {
    cluster.https_client(&User::admin()).await.unwrap()
}

#[tokio::test]
async fn verbs_of_a_typed_kind() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let client = outside(&cluster).await;
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "default");
    let dry = CreateOptions::default().dry_run();
    maps.create_with(map("default", "a"), &dry).await.unwrap();
    assert!(maps.get_opt("a").await.unwrap().is_none());
    for name in ["a", "b", "c"] {
        let mut map = map("default", name);
        map.metadata.labels.insert(
            "sort".to_owned(),
            if name == "c" { "x" } else { "y" }.to_owned(),
        );
        let options = CreateOptions::default().manager("maker");
        let made = maps.create_with(map, &options).await.unwrap();
        assert_eq!(made.metadata.managed_fields[0].manager, "maker");
    }
    let first = maps.get("a").await.unwrap();
    let one =
        WatchOptions::from_version(&first.metadata.resource_version).fields("metadata.name=a");
    let mut watch = maps.watch(&one).await.unwrap();

    let mut changed = ConfigMap::clone(&first);
    changed.data.insert("k".to_owned(), "v".to_owned());
    let options = UpdateOptions::default().manager("changer");
    maps.update_with(changed.clone(), &options).await.unwrap();
    let late = maps.update(changed).await.unwrap_err();
    assert!(late.is_conflict(), "{late}");
    match watch.next().await.unwrap().unwrap() {
        WatchEvent::Modified(map) => assert_eq!(map.data["k"], "v"),
        other => panic!("{other:?}"),
    }

    // Two pages, of one state.
    let page = ListOptions::default().limit(2);
    let begin = maps.list(&page).await.unwrap();
    let token = begin.continue_token.clone().expect("another page");
    let rest = maps.list(&page.continue_from(token)).await.unwrap();
    assert_eq!((begin.items.len(), rest.items.len()), (2, 1));
    assert_eq!(begin.resource_version, rest.resource_version);

    let ys = ListOptions::default().labels("sort=y");
    maps.delete_collection(&DeleteOptions::default(), &ys)
        .await
        .unwrap();
    let left = maps.list(&ListOptions::default()).await.unwrap();
    let left: Vec<&str> = left.items.iter().map(|map| &*map.metadata.name).collect();
    assert_eq!(left, ["c"]);
    let wrong = DeleteOptions::default().uid("not this one");
    assert!(maps.delete("c", &wrong).await.unwrap_err().is_conflict());
    let gone = maps.delete("c", &DeleteOptions::now()).await.unwrap();
    assert!(matches!(gone, Deleted::Status(_)), "{gone:?}");

    // Only metadata, read and watched.
    let everything = MetadataApi::all(client, ApiResource::of::<Namespace>());
    let found = everything.list(&ListOptions::default()).await.unwrap();
    assert!(found.items.iter().any(|meta| meta.name() == "kube-system"));
    let default = everything.get("default").await.unwrap();
    assert!(default.value().get("spec").is_none());
}

#[tokio::test]
async fn changes_are_made_again_where_others_were_first() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let client = outside(&cluster).await;
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "default");
    maps.create(map("default", "a")).await.unwrap();

    // Each of four writers loses to the others three times at most.
    let writers = (0..4).map(|number| {
        let maps = maps.clone();
        tokio::spawn(async move {
            let key = number.to_string();
            let add = |map: &mut ConfigMap| drop(map.data.insert(key.clone(), String::new()));
            maps.modify("a", add).await.unwrap();
        })
    });
    futures::future::try_join_all(writers).await.unwrap();
    let all = maps.get("a").await.unwrap();
    assert_eq!(all.data.len(), 4);

    let conflicts = || Rule::new(Fault::Conflict).verbs(["update"]);
    let struck = cluster.faults().inject(conflicts().times(2));
    let mut rounds = 0;
    let count = |map: &mut ConfigMap| {
        rounds += 1;
        drop(map.data.insert("rounds".to_owned(), rounds.to_string()));
    };
    let changed = maps.modify("a", count).await.unwrap();
    assert_eq!((&*changed.data["rounds"], struck.hits()), ("3", 2));
    let same = maps.modify("a", |_| {}).await.unwrap();
    assert_eq!(
        same.metadata.resource_version, changed.metadata.resource_version,
        "nothing is written where nothing differs"
    );
    let dynamic = DynamicApi::namespaced(client.clone(), maps.resource().clone(), "default");
    let tree = dynamic
        .modify("a", |tree| tree.set_at(&["data", "by"], "tree"))
        .await
        .unwrap();
    assert_eq!(tree.value()["data"]["by"], "tree");

    let struck = cluster.faults().inject(conflicts());
    let lost = maps.modify("a", |map| map.data.clear()).await.unwrap_err();
    assert!(lost.is_conflict() && struck.hits() == 5, "{lost}");
    struck.lift();
    let none = maps.modify("b", |_| {}).await.unwrap_err();
    assert!(none.is_not_found(), "{none}");

    cluster.apply(&deployment("web", 1)).await.unwrap();
    let deployments: Api<Deployment> = Api::namespaced(client, "default");
    let status = |web: &mut Deployment| {
        web.status.replicas = 7;
        web.spec.replicas = Some(9);
    };
    let written = deployments.modify_status("web", status).await.unwrap();
    assert_eq!(
        (written.status.replicas, written.spec.replicas),
        (7, Some(1)),
        "the status alone is written"
    );
}

#[tokio::test]
async fn statuses_and_scales() {
    // Nobody but the test writes them.
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let client = outside(&cluster).await;
    cluster.apply(&deployment("web", 1)).await.unwrap();
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), "default");
    let seen = deployments.get_scale("web").await.unwrap();
    assert_eq!(seen.spec.replicas, 1);
    let mut scale = skeg_api::autoscaling::v1::Scale::clone(&seen);
    scale.spec.replicas = 2;
    deployments.update_scale("web", scale).await.unwrap();
    let three = Patch::Merge(json!({"spec": {"replicas": 3}}));
    let options = PatchOptions::default();
    let scale = deployments.patch_scale("web", &three, &options).await;
    assert_eq!(scale.unwrap().spec.replicas, 3);
    let status = Patch::Merge(json!({"status": {"conditions": [{
        "type": "Seen", "status": "True", "reason": "Test", "message": "",
    }]}}));
    let patched = deployments.patch_status("web", &status, &options).await;
    let patched = patched.unwrap();
    assert!(
        patched
            .status
            .conditions
            .iter()
            .any(|held| held.type_ == "Seen")
    );
    let mut without = Deployment::clone(&patched);
    without.status.conditions.clear();
    without.spec.replicas = Some(9);
    let updated = deployments.update_status(without).await.unwrap();
    assert!(
        updated
            .status
            .conditions
            .iter()
            .all(|held| held.type_ != "Seen")
    );
    assert_eq!(
        updated.spec.replicas,
        Some(3),
        "the status alone is written"
    );

    // The same of a kind that is known only at run time.
    let any = DynamicApi::namespaced(client.clone(), ApiResource::of::<Deployment>(), "default");
    assert_eq!(any.get_scale("web").await.unwrap().spec.replicas, 3);
    let seen = any.patch_status("web", &status, &options).await.unwrap();
    let is_seen = wait::has_condition("Seen");
    let found = wait::await_dynamic(&any, "web", is_seen).await.unwrap();
    assert_eq!(
        found.map(|web| web.name().to_owned()).as_deref(),
        Some("web")
    );
    let tree = skeg_schema::Value::clone(&seen.value());
    any.update_status(tree).await.unwrap();
    let maps = DynamicApi::namespaced(client, ApiResource::of::<ConfigMap>(), "default");
    let refused = maps.get_scale("kube-root-ca.crt").await.unwrap_err();
    assert!(refused.chain().contains("scale"), "{}", refused.chain());
}

#[tokio::test]
async fn subresources_of_pods() {
    let cluster = Cluster::builder()
        .virtual_time()
        .scheduler(false)
        .pods(PodScript::all().logs(["one", "two"]))
        .start()
        .await
        .unwrap();
    let client = outside(&cluster).await;
    let pods: Api<Pod> = Api::namespaced(client, "default");
    let more = "  terminationGracePeriodSeconds: 0";
    cluster.apply(&pod("web", more)).await.unwrap();
    pods.bind_to_node("web", "node-1").await.unwrap();
    let twice = pods.bind_to_node("web", "node-1").await.unwrap_err();
    assert!(twice.is_conflict(), "{twice}");
    let running = cluster
        .expect::<Pod>("web")
        .to(|pod| pod.status.phase == "Running")
        .await
        .unwrap();

    let mut lines = pods
        .log_stream("web", &LogOptions::default())
        .await
        .unwrap();
    let mut log = Vec::new();
    while let Some(piece) = lines.next().await {
        log.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(log, b"one\ntwo\n");

    let mut with_one = Pod::clone(&running);
    with_one.spec.ephemeral_containers.push(EphemeralContainer {
        name: "look".to_owned(),
        image: "tools".to_owned(),
        ..EphemeralContainer::default()
    });
    let updated = pods.update_ephemeral_containers(with_one).await.unwrap();
    assert_eq!(updated.spec.ephemeral_containers.len(), 1);
    let another = Patch::Strategic(json!({"spec": {"ephemeralContainers": [
        {"name": "again", "image": "tools"},
    ]}}));
    let options = PatchOptions::default();
    let patched = pods.patch_ephemeral_containers("web", &another, &options);
    assert_eq!(patched.await.unwrap().spec.ephemeral_containers.len(), 2);

    let cpu = Patch::Strategic(json!({"spec": {"containers": [
        {"name": "main", "resources": {"requests": {"cpu": "100m"}}},
    ]}}));
    // What asks for nothing cannot begin to: its quality of service would change.
    let refused = pods.patch_resize("web", &cpu, &options).await.unwrap_err();
    assert!(refused.is_invalid(), "{refused}");
    cluster
        .apply(&pod("sized", more).replace(
            "image: hello",
            "image: hello, resources: {requests: {cpu: 50m}}",
        ))
        .await
        .unwrap();
    let sized = pods.patch_resize("sized", &cpu, &options).await.unwrap();
    let cpu = |pod: &Pod| pod.spec.containers[0].resources.requests["cpu"].to_string();
    assert_eq!(cpu(&sized), "100m");
    let mut larger = Pod::clone(&sized);
    let requests = &mut larger.spec.containers[0].resources.requests;
    requests.insert("cpu".to_owned(), "200m".parse().unwrap());
    assert_eq!(cpu(&pods.update_resize(larger).await.unwrap()), "200m");

    cluster
        .apply(
            "
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
",
        )
        .await
        .unwrap();
    cluster.settle().await.unwrap();
    let options = EvictOptions::default();
    assert!(pods.evict("web", &options).await.unwrap().is_blocked());
    let sized = pods.evict("sized", &options).await.unwrap();
    assert!(matches!(sized, Evicted::Accepted), "{sized:?}");
    cluster.expect_gone::<Pod>("sized").await;
    assert!(matches!(
        pods.evict("sized", &options).await,
        Ok(Evicted::Gone)
    ));
}

#[tokio::test]
async fn subresources_of_other_kinds() {
    let cluster = still().await;
    let client = outside(&cluster).await;
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), "default");
    let token = accounts.token("default", &TokenFor::new()).await.unwrap();
    let owner = client.whose_token(token.token, &[]).await.unwrap();
    let TokenOwner::User { user, .. } = owner else {
        panic!("{owner:?}");
    };
    assert_eq!(user.username, "system:serviceaccount:default:default");
    let nobody = client.whose_token("made up", &[]).await.unwrap();
    assert!(matches!(nobody, TokenOwner::Nobody { .. }), "{nobody:?}");

    let pending = CertificateRequest::client("jane")
        .submit(&client, "jane")
        .await;
    assert_eq!(pending.unwrap().name(), "jane");
    let requests: Api<CertificateSigningRequest> = Api::all(client.clone());
    let mut request = CertificateSigningRequest::clone(&*requests.get("jane").await.unwrap());
    request
        .status
        .conditions
        .push(CertificateSigningRequestCondition {
            type_: "Approved".to_owned(),
            status: "True".to_owned(),
            reason: "Test".to_owned(),
            last_update_time: Some(Time::now()),
            ..CertificateSigningRequestCondition::default()
        });
    requests.update_approval(request).await.unwrap();
    cluster
        .expect::<CertificateSigningRequest>("jane")
        .to(|request| !request.status.certificate.is_empty())
        .await;
    let late = requests.deny("jane", "TooLate", "").await.unwrap_err();
    assert!(late.chain().contains("pproved"), "{}", late.chain());

    // A namespace whose finalizer nobody but the test takes away.
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let mut held = namespace("held");
    held.spec.finalizers.push("example.com/held".to_owned());
    namespaces.create(held).await.unwrap();
    namespaces
        .delete("held", &DeleteOptions::default())
        .await
        .unwrap();
    let ours_alone = cluster
        .expect::<Namespace>("held")
        .to(|held| held.spec.finalizers == ["example.com/held"])
        .await
        .unwrap();
    let mut free = Namespace::clone(&ours_alone);
    free.spec.finalizers.clear();
    namespaces.finalize(free).await.unwrap();
    cluster.expect_gone::<Namespace>("held").await;
}

#[tokio::test]
async fn who_may_do_what() {
    let cluster = still().await;
    let client = outside(&cluster).await;
    cluster
        .apply(
            "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [''], resources: [pods, pods/log], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: alice}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: alice}]
",
        )
        .await
        .unwrap();
    cluster.settle().await.unwrap();
    let get = |namespace: &str| Can::of::<Pod>("get").namespace(namespace);
    assert!(client.can_i(get("default")).await.unwrap());
    let alice = cluster
        .https_client(&User::named("alice").group("system:authenticated"))
        .await
        .unwrap();
    assert!(alice.can_i(get("default")).await.unwrap());
    assert!(!alice.can_i(get("kube-system")).await.unwrap());
    let log = get("default").subresource("log").by("alice");
    assert!(client.can(log).await.unwrap().allowed);
    let within = Can::of::<Pod>("get").by("alice");
    let within = client.can_within("default", within).await.unwrap();
    assert!(within.allowed, "{within:?}");
    let rules = alice.my_rules("default").await.unwrap();
    let is_ours = |rule: &&skeg_api::authorization::v1::ResourceRule| {
        rule.resources.iter().any(|held| held == "pods/log")
    };
    assert_eq!(rules.resources.iter().filter(is_ours).count(), 1);

    let release = client.server_release().await.unwrap();
    assert!(release.at_least(1, 37), "{release:?}");
}
