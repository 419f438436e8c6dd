//! kubectl on the API server alone.

use anyhow::Result;
use skeg_e2e::Cluster;

#[test]
fn kubectl_creates_lists_patches_and_deletes() -> Result<()> {
    let cluster = Cluster::start(&["--roles", "apiserver"])?;
    cluster.kubectl(&["create", "configmap", "settings", "--from-literal=a=1"])?;
    let listed = cluster.kubectl(&["get", "configmaps"])?;
    let lines: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0], ["NAME", "DATA", "AGE"]);
    assert_eq!(lines[1][..2], ["settings", "1"]);
    cluster.kubectl(&[
        "patch",
        "configmap",
        "settings",
        "-p",
        r#"{"data":{"b":"2"}}"#,
    ])?;
    assert_eq!(cluster.get(&["configmap", "settings"])?["data"]["b"], "2");
    cluster.kubectl(&["label", "configmap", "settings", "tier=front"])?;
    let selected = cluster.kubectl(&["get", "configmaps", "-l", "tier=front", "-o", "name"])?;
    assert_eq!(selected, "configmap/settings\n");
    cluster.kubectl(&["delete", "configmap", "settings"])?;
    let gone = cluster.kubectl_raw(&["get", "configmap", "settings"])?;
    assert_eq!(
        String::from_utf8_lossy(&gone.stderr),
        "Error from server (NotFound): configmaps \"settings\" not found\n"
    );
    Ok(())
}

#[test]
fn what_was_written_is_there_after_a_restart() -> Result<()> {
    let mut cluster = Cluster::start(&["--roles", "apiserver"])?;
    cluster.kubectl(&["create", "configmap", "kept", "--from-literal=a=1"])?;
    let before = cluster.get(&["configmap", "kept"])?;
    let took = cluster.end(nix::sys::signal::Signal::SIGTERM)?;
    assert!(took.as_secs() < 5, "SIGTERM took {took:?}");
    cluster.up()?;
    assert_eq!(cluster.get(&["configmap", "kept"])?, before);
    Ok(())
}

#[test]
fn several_instances_work_side_by_side() -> Result<()> {
    let one = Cluster::start(&["--roles", "apiserver"])?;
    let two = Cluster::start(&["--roles", "apiserver"])?;
    one.kubectl(&["create", "configmap", "only-in-one"])?;
    assert!(one.kubectl(&["get", "configmap", "only-in-one"]).is_ok());
    assert!(two.kubectl(&["get", "configmap", "only-in-one"]).is_err());
    Ok(())
}
