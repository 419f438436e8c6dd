//! helm, with a chart that brings a kind of its own, hooks and a test.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use skeg_e2e::{Cluster, can_run_containers, root};

/// helm with its folders in a place of their own.
struct Helm<'a> {
    cluster: &'a Cluster,
    home: tempfile::TempDir,
}

impl Helm<'_> {
    fn run(&self, args: &[&str]) -> Result<String> {
        let home = self.home.path();
        let output = Command::new(root().join("tests/tools/bin/helm"))
            .args(args)
            .env("KUBECONFIG", self.cluster.data().join("admin.kubeconfig"))
            .env("HOME", home)
            .env("HELM_CACHE_HOME", home.join("cache"))
            .env("HELM_CONFIG_HOME", home.join("config"))
            .env("HELM_DATA_HOME", home.join("data"))
            .output()
            .context("start helm")?;
        ensure!(
            output.status.success(),
            "helm {}: {}\n{}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr),
            self.cluster
                .kubectl(&["get", "events", "-A"])
                .unwrap_or_default()
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

#[test]
fn helm_installs_upgrades_rolls_back_tests_and_removes_a_chart() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let cluster = Cluster::with_node()?;
    let helm = Helm {
        cluster: &cluster,
        home: tempfile::tempdir()?,
    };
    let chart = root().join("tests/e2e/charts/demo");
    let chart = chart.to_string_lossy();
    let wait = ["--wait", "--timeout", "60s"];

    let installed = helm.run(&[&["install", "web", &*chart][..], &wait].concat())?;
    ensure!(installed.contains("STATUS: deployed"), "{installed}");
    ensure!(
        cluster.kubectl(&[
            "get",
            "job",
            "web-before",
            "-o",
            "jsonpath={.status.succeeded}"
        ])? == "1"
    );
    let widgets = cluster.kubectl(&["get", "widgets"])?;
    ensure!(widgets.starts_with("NAME   SIZE\nweb    3"), "{widgets}");

    let upgraded = helm.run(
        &[
            &["upgrade", "web", &*chart, "--set", "replicas=2,size=4"][..],
            &wait,
        ]
        .concat(),
    )?;
    ensure!(upgraded.contains("REVISION: 2"), "{upgraded}");
    let ready = [
        "get",
        "deployment",
        "web",
        "-o",
        "jsonpath={.status.readyReplicas}",
    ];
    ensure!(cluster.kubectl(&ready)? == "2");
    let size = ["get", "widget", "web", "-o", "jsonpath={.spec.size}"];
    ensure!(cluster.kubectl(&size)? == "4");

    helm.run(&[&["rollback", "web", "1"][..], &wait].concat())?;
    ensure!(cluster.kubectl(&size)? == "3");
    let history = helm.run(&["history", "web"])?;
    ensure!(history.contains("Rollback to 1"), "{history}");

    let tested = helm.run(&["test", "web", "--timeout", "60s"])?;
    ensure!(
        tested.contains("Phase:") && tested.contains("Succeeded"),
        "{tested}"
    );

    helm.run(&[&["uninstall", "web"][..], &wait].concat())?;
    let left = cluster.kubectl(&[
        "get",
        "deployments,services,widgets",
        "-l",
        "app.kubernetes.io/managed-by=Helm",
        "-o",
        "name",
    ])?;
    ensure!(left.is_empty(), "{left}");
    let none = cluster.kubectl(&["get", "widgets,deployments", "-o", "name"])?;
    ensure!(none.is_empty(), "{none}");
    let listed = helm.run(&["list", "--short"])?;
    ensure!(listed.trim().is_empty(), "{listed}");
    Ok(())
}
