//! Looking into pods that run: `kubectl debug`.

use anyhow::{Result, ensure};
use skeg_e2e::{Cluster, can_run_containers, eventually};

const POD: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  terminationGracePeriodSeconds: 1
  hostname: inside
  subdomain: place
  setHostnameAsFQDN: true
  containers:
  - name: app
    image: skeg.local/toolbox:latest
    command: ["sleep", "1000000"]
---
apiVersion: v1
kind: Pod
metadata: {name: stubborn}
spec:
  restartPolicy: Never
  containers:
  - name: app
    image: skeg.local/toolbox:latest
    command: ["sh", "-c", "if [ -e /kept/once ]; then exit 0; fi; touch /kept/once; exit 42"]
    restartPolicy: Never
    restartPolicyRules:
    - {action: Restart, exitCodes: {operator: In, values: [42]}}
    volumeMounts: [{name: kept, mountPath: /kept}]
  volumes: [{name: kept, emptyDir: {}}]
"#;

#[test]
fn containers_are_added_to_a_pod_that_runs() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    cluster.apply(POD)?;
    cluster.kubectl(&["wait", "pod/box", "--for=condition=Ready", "--timeout=60s"])?;
    let debug = |name: &str, script: &str, more: &[&str]| {
        let image = "--image=skeg.local/toolbox:latest";
        let args = [
            &["debug", "box", image, "-c", name],
            more,
            &["--", "sh", "-c", script],
        ];
        cluster.kubectl(&args.concat())
    };
    debug("looks", "hostname; cat /proc/1/cmdline", &["--target=app"])?;
    debug("alone", "cat /proc/1/cmdline; exit 3", &[])?;
    let state = |name: &str| -> Result<serde_json::Value> {
        eventually("the container has ended", || {
            let pod = cluster.get(&["pod", "box"])?;
            let statuses = pod["status"]["ephemeralContainerStatuses"].as_array();
            let found = statuses.and_then(|all| all.iter().find(|one| one["name"] == name));
            let ended = found.map(|found| found["state"]["terminated"].clone());
            ended
                .filter(|ended| !ended.is_null())
                .ok_or_else(|| anyhow::anyhow!("{}", pod["status"]))
        })
    };
    let ended = state("looks")?;
    ensure!(ended["reason"] == "Completed", "{ended}");
    let ended = state("alone")?;
    ensure!(ended["exitCode"] == 3, "{ended}");
    let seen = cluster.kubectl(&["logs", "box", "-c", "looks"])?;
    ensure!(
        seen.contains("sleep") && seen.contains("inside.place.default.svc.cluster.local"),
        "{seen}"
    );
    let seen = cluster.kubectl(&["logs", "box", "-c", "alone"])?;
    ensure!(
        seen.contains("/proc/1/cmdline"),
        "not a view of its own: {seen}"
    );
    let pod = cluster.get(&["pod", "box"])?;
    ensure!(pod["status"]["phase"] == "Running", "{}", pod["status"]);
    ensure!(
        pod["status"]["containerStatuses"][0]["restartCount"] == 0,
        "{}",
        pod["status"]
    );

    let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
    let path = format!("/api/v1/nodes/{node}/proxy/metrics/resource");
    let figures = cluster.kubectl(&["get", "--raw", &path])?;
    for figure in [
        "container_cpu_usage_seconds_total{container=\"app\",namespace=\"default\",pod=\"box\"} ",
        "pod_memory_working_set_bytes{namespace=\"default\",pod=\"box\"} ",
        "node_cpu_usage_seconds_total ",
        "resource_scrape_error 0",
    ] {
        ensure!(figures.contains(figure), "no {figure} in {figures}");
    }

    eventually("the container was started again by its rule", || {
        let pod = cluster.get(&["pod", "stubborn"])?;
        let status = &pod["status"];
        ensure!(status["phase"] == "Succeeded", "{status}");
        ensure!(
            status["containerStatuses"][0]["restartCount"] == 1,
            "{status}"
        );
        Ok(())
    })
}
