//! Services, DNS and the API, seen from a pod.

use anyhow::{Result, ensure};
use skeg_e2e::{Cluster, can_run_containers, root};

#[test]
fn a_pod_finds_a_service_by_name_and_reads_the_api_as_its_service_account() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.kubectl(&[
        "apply",
        "-f",
        &root().join("examples/guestbook.yaml").to_string_lossy(),
    ])?;
    cluster.kubectl(&[
        "create",
        "clusterrolebinding",
        "look",
        "--clusterrole=view",
        "--serviceaccount=default:default",
    ])?;
    cluster.kubectl(&["rollout", "status", "deployment/frontend", "--timeout=60s"])?;
    cluster.apply(
        r#"
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: c, image: "skeg.local/toolbox:latest", command: ["sleep", "3600"]}
"#,
    )?;
    cluster.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "pod/client",
        "--timeout=60s",
    ])?;
    let ip = cluster.kubectl(&[
        "get",
        "service",
        "frontend",
        "-o",
        "jsonpath={.spec.clusterIP}",
    ])?;
    let found = cluster.kubectl(&["exec", "client", "--", "dns", "frontend"])?;
    ensure!(found.contains(&ip), "looked for {ip}, found {found}");
    let answer = cluster.kubectl(&[
        "exec",
        "client",
        "--",
        "curl",
        "http://frontend.default.svc.cluster.local/",
    ])?;
    ensure!(answer.contains("frontend-"), "{answer}");

    let read = cluster.kubectl(&[
        "exec",
        "client",
        "--",
        "sh",
        "-c",
        "cd /var/run/secrets/kubernetes.io/serviceaccount && \
         curl --cacert ca.crt --token-file token https://kubernetes.default.svc/api/v1/namespaces/default/pods/client",
    ])?;
    ensure!(
        read.contains(r#""name":"client""#) || read.contains(r#""name": "client""#),
        "{read}"
    );
    Ok(())
}
