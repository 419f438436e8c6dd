//! What a user is told when something is wrong.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use anyhow::{Result, ensure};
use skeg_e2e::{Cluster, can_run_containers, refused, skeg};

fn stderr(args: &[&str]) -> Result<String> {
    let out = Command::new(skeg()).args(args).output()?;
    ensure!(!out.status.success(), "{args:?} succeeded");
    Ok(String::from_utf8(out.stderr)?)
}

#[test]
fn a_port_that_is_taken_is_named() -> Result<()> {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port().to_string();
    let dir = tempfile::tempdir()?;
    let said = stderr(&[
        "up",
        "--roles",
        "apiserver",
        "--listen",
        &format!("127.0.0.1:{port}"),
        "--data-dir",
        &dir.path().to_string_lossy(),
    ])?;
    ensure!(said.contains(&port) && said.contains("--listen"), "{said}");
    Ok(())
}

/// What a node says that runs through `wrapper`, a program that takes something from it.
fn node_without(wrapper: &[&str]) -> Result<String> {
    let dir = tempfile::tempdir()?;
    // Others may not read the folder that the program was built in.
    let program = dir.path().join("skeg");
    std::fs::copy(skeg(), &program)?;
    let everyone = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(dir.path(), everyone)?;
    let mut command = Command::new(wrapper[0]);
    command
        .args(&wrapper[1..])
        .arg(&program)
        .args(["up", "--listen", "127.0.0.1:1", "--data-dir"])
        .arg(dir.path().join("data"));
    refused(command)
}

#[test]
fn what_a_node_lacks_is_named_with_the_remedy() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    let hidden = "umount -R -l /sys/fs/cgroup && exec \"$0\" \"$@\"";
    let cases: [(&[&str], [&str; 3]); 4] = [
        (&nobody, ["not root", "sudo skeg up", "skeg up --no-node"]),
        (
            &["setpriv", "--bounding-set=-net_admin"],
            ["CAP_NET_ADMIN", "network", "--privileged"],
        ),
        (
            &["setpriv", "--bounding-set=-sys_admin"],
            ["CAP_SYS_ADMIN", "mount", "--privileged"],
        ),
        (
            &["unshare", "--mount", "sh", "-c", hidden],
            ["no cgroup file system", "mount -t cgroup2", "--privileged"],
        ),
    ];
    for (wrapper, parts) in cases {
        let said = node_without(wrapper)?;
        for part in parts {
            ensure!(said.contains(part), "{wrapper:?}: no {part:?} in:\n{said}");
        }
        ensure!(said.contains("  remedy  "), "{wrapper:?}:\n{said}");
    }
    Ok(())
}

#[test]
fn an_unknown_key_in_the_configuration_names_the_nearest() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("skeg.yaml");
    std::fs::write(
        &file,
        "apiVersion: skeg.dev/v1alpha1\nkind: ClusterConfiguration\nserviceCidrs: 10.1.0.0/16\n",
    )?;
    let said = stderr(&["config", "check", "--config", &file.to_string_lossy()])?;
    ensure!(
        said.contains("serviceCidrs") && said.contains("serviceCidr"),
        "{said}"
    );
    Ok(())
}

#[test]
fn bad_manifests_are_refused_with_the_field() -> Result<()> {
    let cluster = Cluster::start(&["--roles", "apiserver"])?;
    let said = |manifest: &str| match cluster.apply(manifest) {
        Ok(_) => String::new(),
        Err(error) => format!("{error:#}"),
    };
    let unknown = said("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatta: {a: b}\n");
    ensure!(unknown.contains("unknown field \"datta\""), "{unknown}");
    let typed = said(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: eighty}]}\n",
    );
    ensure!(typed.contains("port"), "{typed}");
    let mut large =
        String::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: large}\ndata:\n");
    large.extend((0..64).map(|n| format!("  k{n}: {}\n", "x".repeat(64 << 10))));
    let large = said(&large);
    ensure!(!large.is_empty(), "4 MiB were taken");
    ensure!(cluster.kubectl(&["get", "--raw", "/readyz"])? == "ok");
    Ok(())
}
