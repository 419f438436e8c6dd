//! What a user is told when something is wrong.

use std::net::TcpListener;
use std::process::Command;

use anyhow::{Result, ensure};
use skeg_e2e::{Cluster, skeg};

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
