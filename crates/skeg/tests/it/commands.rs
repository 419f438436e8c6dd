//! Commands that need no cluster, and what they say when something is wrong.

use super::{failure, success};

#[test]
fn version_tells_both() {
    assert!(success(&["version"]).starts_with("skeg 0.1.0, Kubernetes 1.37"));
    let json: serde_json::Value =
        serde_json::from_str(&success(&["version", "-o", "json"])).unwrap();
    assert_eq!(json["kubernetes"], "1.37");
}

#[test]
fn completion_is_a_script() {
    assert!(success(&["completion", "bash"]).contains("_skeg()"));
}

#[test]
fn config_show_can_be_checked() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("cluster.yaml");
    std::fs::write(
        &file,
        success(&["config", "show", "--listen", "127.0.0.1:7443"]),
    )
    .unwrap();
    let file = file.display().to_string();
    assert!(success(&["config", "check", "--config", &file]).contains("valid"));
    let json = success(&[
        "config",
        "show",
        "--config",
        &file,
        "--pod-cidr",
        "10.9.0.0/16",
        "-o",
        "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["listen"], "127.0.0.1:7443");
    assert_eq!(json["podCIDR"], "10.9.0.0/16");
}

#[test]
fn the_environment_is_between_file_and_flags() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.yaml");
    std::fs::write(
        &file,
        "apiVersion: skeg.dev/v1alpha1\nkind: ClusterConfiguration\nlisten: 127.0.0.1:1\nnodeName: file\n",
    )
    .unwrap();
    let file = file.display().to_string();
    let show = |extra: &[&str]| {
        let words = [&["config", "show", "-o", "json", "--config", &file], extra].concat();
        let output = super::skeg(&words)
            .env("SKEG_LISTEN", "127.0.0.1:2")
            .output()
            .unwrap();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    assert_eq!(show(&[])["listen"], "127.0.0.1:2");
    assert_eq!(show(&[])["nodeName"], "file");
    assert_eq!(show(&["--listen", "127.0.0.1:3"])["listen"], "127.0.0.1:3");
}

#[test]
fn an_unknown_key_names_the_nearest() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.yaml");
    std::fs::write(
        &file,
        "apiVersion: skeg.dev/v1alpha1\nkind: ClusterConfiguration\nserviceCidr: 10.0.0.0/16\n",
    )
    .unwrap();
    let error = failure(&["config", "check", "--config", &file.display().to_string()]);
    assert!(
        error.contains("serviceCidr: no such key; did you mean serviceCIDR?"),
        "{error}"
    );
    assert!(error.contains("remedy"), "{error}");
}

#[test]
fn faults_come_with_a_remedy() {
    let check = |words: &[&str], expect: &[&str]| {
        let error = failure(words);
        for part in expect {
            assert!(error.contains(part), "{words:?}: {error}");
        }
    };
    check(
        &["up", "--roles", "scheduler"],
        &["without apiserver", "remedy"],
    );
    check(
        &["up", "--no-node", "--token-auth-file", "/nosuch.csv"],
        &["/nosuch.csv is not there", "remedy"],
    );
    check(
        &["config", "check", "--config", "/nosuch.yaml"],
        &["cannot read", "why", "remedy"],
    );
    check(
        &["config", "check", "--pod-cidr", "10.96.0.0/16"],
        &["share addresses", "remedy"],
    );
    check(
        &["logs", "--data-dir", "/nosuch"],
        &["there is no log", "remedy"],
    );
    check(
        &["kubeconfig", "--data-dir", "/nosuch"],
        &["cannot read", "remedy"],
    );
    check(
        &["up", "--no-node", "--data-dir", "/proc/nosuch"],
        &["data folder", "remedy"],
    );
}

#[test]
fn not_root_is_told_with_both_remedies() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    // Nobody may not enter the build's folder: he gets a copy of his own.
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = dir.path().join("skeg");
    std::fs::copy(env!("CARGO_BIN_EXE_skeg"), &program).unwrap();
    let mut command = std::process::Command::new(&program);
    command.arg("up").current_dir("/").env_clear();
    if nix::unistd::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in ["not root", "sudo skeg up", "skeg up --no-node"] {
        assert!(error.contains(part), "{error}");
    }
}
