//! The client library's helpers beyond streams, against a whole cluster.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::{Node, Pod, Service, ServiceAccount};
use skeg_client::access::{Can, TokenFor, TokenOwner};
use skeg_client::csr::CertificateRequest;
use skeg_client::drain::{self, Drain, DrainError, DrainEvent};
use skeg_client::streams::Logs;
use skeg_client::subresource::{EvictOptions, Evicted, ProxyRequest};
use skeg_client::{
    Api, ApiResource, Client, Config, DynamicApi, Kubeconfig, ListOptions, Patch, PatchOptions,
    rollout, wait,
};
use skeg_e2e::{Cluster, PATIENCE, can_run_containers};
use skeg_schema::json;

const OBJECTS: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: skeg.local/toolbox:latest
        command: ["http-echo", "--port", "8080"]
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  minAvailable: 2
  selector: {matchLabels: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: crashing}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: skeg.local/toolbox:latest
    command: ["sh", "-c", "echo run of $(date +%s%N); exit 1"]
"#;

#[test]
fn the_clients_verbs_do_what_kubectls_do() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.apply(OBJECTS)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let path = cluster.data().join("admin.kubeconfig");
        let config = Kubeconfig::from_file(&path)?.config(None)?;
        let client = Client::from_config(&config)?;
        rollouts(&client).await.context("rollouts")?;
        subresources(&client).await.context("subresources")?;
        restarts(&client).await.context("logs over restarts")?;
        access(&client, &config).await.context("access")?;
        draining(&client).await.context("drain")
    })
}

async fn rollouts(client: &Client) -> Result<()> {
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), "default");
    wait::within(
        PATIENCE,
        wait::await_condition(&deployments, "web", wait::deployment_rolled_out()),
    )
    .await?;
    wait::within(PATIENCE, rollout::scale_and_wait(&deployments, "web", 3)).await?;
    let scale = deployments.get_scale("web").await?;
    ensure!(
        scale.spec.replicas == 3 && scale.status.replicas == 3,
        "{scale:?}"
    );

    rollout::restart(&deployments, "web").await?;
    let mut told = Vec::new();
    let finished = rollout::finished(&deployments, "web", |progress| {
        told.push(progress.to_string());
    });
    wait::within(PATIENCE, finished).await?;
    println!("{told:?}");
    ensure!(
        told.last().map(String::as_str) == Some("rolled out"),
        "{told:?}"
    );
    ensure!(told.len() > 1, "{told:?}");
    let history = rollout::history(&deployments, "web").await?;
    ensure!(history.len() == 2, "{history:?}");

    rollout::pause(&deployments, "web").await?;
    let refused = rollout::undo(&deployments, "web", None).await;
    println!("{}", refused.err().context("undone while paused")?);
    rollout::resume(&deployments, "web").await?;
    let revision = rollout::undo(&deployments, "web", None).await?;
    ensure!(revision == 1, "back to {revision}");
    wait::within(PATIENCE, rollout::finished(&deployments, "web", |_| {})).await?;
    let after = deployments.get("web").await?;
    ensure!(
        after.spec.template.metadata.annotations.is_empty(),
        "the restart is still there: {:?}",
        after.spec.template.metadata.annotations
    );
    Ok(())
}

async fn some_pod(pods: &Api<Pod>) -> Result<Arc<Pod>> {
    let listed = pods.list(&ListOptions::default().labels("app=web")).await?;
    let mut running = listed
        .into_iter()
        .filter(|pod| pod.metadata.deletion_timestamp.is_none() && pod.status.phase == "Running");
    running.next().context("no pod of web")
}

async fn subresources(client: &Client) -> Result<()> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), "default");
    let pod = some_pod(&pods).await?;
    let name = pod.metadata.name.as_str();
    let services: Api<Service> = Api::namespaced(client.clone(), "default");
    let request = ProxyRequest::get("/").port("http");
    let answer = services.proxy("web", &request).await?.text().await?;
    ensure!(answer.contains("web-"), "{answer}");
    let answer = pods.proxy(name, &ProxyRequest::get("/").port(8080)).await?;
    ensure!(
        answer.text().await?.contains(name),
        "another pod has answered"
    );
    let nodes: Api<Node> = Api::all(client.clone());
    let node = pod.spec.node_name.as_str();
    let health = nodes.proxy(node, &ProxyRequest::get("/healthz")).await?;
    ensure!(health.text().await? == "ok", "the node is not well");

    let patch = json!({"spec": {"containers": [{"name": "web", "resources": {"requests": {"cpu": "20m"}, "limits": {"cpu": "200m"}}}]}});
    let resized = pods
        .patch_resize(name, &Patch::Strategic(patch), &PatchOptions::default())
        .await;
    // A pod without limits cannot get them: the server says so, and nothing else goes wrong.
    match resized {
        Ok(pod) => println!("resized: {:?}", pod.spec.containers[0].resources),
        Err(error) => ensure!(error.is_invalid(), "{}", error.chain()),
    }
    let patch = json!({"spec": {"ephemeralContainers": [{"name": "look", "image": "skeg.local/toolbox:latest", "command": ["sh", "-c", "echo looked"]}]}});
    pods.patch_ephemeral_containers(name, &Patch::Strategic(patch), &PatchOptions::default())
        .await?;
    let now = pods.get(name).await?;
    ensure!(now.spec.ephemeral_containers.len() == 1, "it is not there");

    let resource = ApiResource::built_in("apps", "v1", "Deployment").context("built in")?;
    let dynamic = DynamicApi::namespaced(client.clone(), resource, "default");
    ensure!(
        dynamic.get_scale("web").await?.spec.replicas == 3,
        "another scale"
    );
    let available = wait::await_dynamic(&dynamic, "web", wait::has_condition("available"));
    wait::within(PATIENCE, available).await?;
    Ok(())
}

async fn restarts(client: &Client) -> Result<()> {
    use futures::StreamExt;
    let pods: Api<Pod> = Api::namespaced(client.clone(), "default");
    let mut lines = Logs::of_pod(&pods, "crashing").follow_restarts().lines();
    let mut seen = Vec::new();
    while seen.len() < 2 {
        let next = tokio::time::timeout(PATIENCE, lines.next()).await?;
        let line = next.context("the log has ended")??;
        ensure!(line.text().starts_with("run of "), "{line}");
        seen.push(line.text().into_owned());
    }
    seen.dedup();
    ensure!(seen.len() == 2, "a line has come twice: {seen:?}");
    let restarted = wait::await_condition(&pods, "crashing", |pod: Option<&Pod>| {
        pod.is_some_and(|pod| {
            let statuses = pod.status.container_statuses.iter();
            statuses.into_iter().any(|s| s.restart_count > 0)
        })
    });
    wait::within(PATIENCE, restarted).await?;
    let previous = Logs::of_pod(&pods, "crashing").previous().lines();
    let previous: Vec<_> = previous.collect().await;
    ensure!(previous.len() == 1 && previous[0].is_ok(), "{previous:?}");
    Ok(())
}

async fn access(client: &Client, config: &Config) -> Result<()> {
    let me = client.who_am_i().await?;
    println!("{}", me.username);
    ensure!(
        client
            .can_i(Can::of::<Pod>("delete").namespace("default"))
            .await?
    );
    let bob = Can::of::<Pod>("delete").namespace("default").by("bob");
    ensure!(!client.can(bob.clone()).await?.allowed);
    ensure!(!client.can_within("default", bob).await?.allowed);
    ensure!(client.can_i(Can::get_path("/metrics")).await?);
    let labelled = Can::of::<Pod>("list")
        .labels("a=b")
        .fields("spec.nodeName=x");
    ensure!(client.can_i(labelled).await?);
    let rules = client.my_rules("default").await?;
    ensure!(!rules.resources.is_empty(), "{rules:?}");

    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), "default");
    let wanted = TokenFor::new().lifetime(Duration::from_secs(900));
    let token = accounts.token("default", &wanted).await?;
    let owner = client.whose_token(token.token.as_str(), &[]).await?;
    match owner {
        TokenOwner::User { user, .. } => ensure!(
            user.username == "system:serviceaccount:default:default",
            "{}",
            user.username
        ),
        TokenOwner::Nobody { error } => anyhow::bail!("the token is not valid: {error}"),
    }
    let nobody = client.whose_token("nonsense", &[]).await?;
    ensure!(matches!(nobody, TokenOwner::Nobody { .. }), "{nobody:?}");

    let pending = CertificateRequest::client("jane")
        .organization("dev")
        .lifetime(Duration::from_secs(3600))
        .submit(client, "jane")
        .await?;
    pending.approve("she asked nicely").await?;
    let issued = tokio::time::timeout(PATIENCE, pending.issued()).await??;
    println!("{issued:?}");
    let mut config = config.clone();
    config.client_certificate = Some(issued.certificate_pem.into_bytes());
    config.client_key = Some(issued.key_pem.into_bytes());
    let jane = Client::from_config(&config)?.who_am_i().await?;
    ensure!(
        jane.username == "jane" && jane.groups.contains(&"dev".to_owned()),
        "{jane:?}"
    );
    let denied = CertificateRequest::client("joe")
        .submit(client, "joe")
        .await?;
    let requests = Api::all(client.clone());
    requests.deny("joe", "Unknown", "who is that?").await?;
    let error = tokio::time::timeout(PATIENCE, denied.issued()).await?;
    println!("{}", error.err().context("joe has a certificate")?);
    Ok(())
}

async fn draining(client: &Client) -> Result<()> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), "default");
    let pod = some_pod(&pods).await?;
    let node = pod.spec.node_name.clone();
    let dry = EvictOptions::default().dry_run();
    let evicted = pods.evict(&pod.metadata.name, &dry).await?;
    ensure!(evicted == Evicted::Accepted, "{evicted:?}");

    let careful = Drain::new().ignore_daemon_sets().pods("!app");
    let refused = careful.node(client, &node, |_| {}).await;
    let refused = refused.err().context("drained")?;
    println!("{refused}");
    ensure!(matches!(refused, DrainError::Refused { .. }), "{refused}");

    // One may go; its successor finds no node, so that the budget then forbids the next.
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    let blocked = Arc::new(tokio::sync::Notify::new());
    let (bell, name) = (Arc::clone(&blocked), node.clone());
    let draining = async {
        let drain = Drain::new()
            .pods("app=web")
            .delete_empty_dir_data()
            .grace(1);
        drain
            .node(client, &name, |event| {
                if matches!(event, DrainEvent::Blocked { .. }) {
                    bell.notify_one();
                }
                heard.lock().expect("not poisoned").push(event.to_string());
            })
            .await
    };
    let relief = async {
        blocked.notified().await;
        let budgets = ApiResource::built_in("policy", "v1", "PodDisruptionBudget");
        let budgets =
            DynamicApi::namespaced(client.clone(), budgets.context("built in")?, "default");
        budgets.delete("web", &Default::default()).await?;
        anyhow::Ok(())
    };
    let (drained, relieved) =
        tokio::time::timeout(PATIENCE, async { tokio::join!(draining, relief) }).await?;
    relieved?;
    drained?;
    let events = events.lock().expect("not poisoned").clone();
    println!("{events:#?}");
    ensure!(
        events.iter().filter(|e| e.ends_with("is gone")).count() == 3,
        "{events:?}"
    );
    let nodes: Api<Node> = Api::all(client.clone());
    ensure!(nodes.get(&node).await?.spec.unschedulable, "not cordoned");
    drain::uncordon(client, &node).await?;
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), "default");
    wait::within(PATIENCE, rollout::finished(&deployments, "web", |_| {})).await?;
    Ok(())
}
