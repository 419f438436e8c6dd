//! Programs in a pod: what the kubelet mounts, and what it says in variables.

use std::path::Path;
use std::time::Duration;

use skeg_api::core::v1::ConfigMap;
use skeg_client::{Api, Client, Config, ConfigError};

use crate::server::{Answer, Options, Server, alone};
use crate::tls::{Authority, tls};

/// Mounts files as the kubelet does: behind a link that is replaced in one step.
fn mount(folder: &Path, turn: &str, files: &[(&str, &[u8])]) {
    let content = folder.join(turn);
    std::fs::create_dir(&content).expect("a folder");
    for (name, text) in files {
        std::fs::write(content.join(name), text).expect("a file");
        let link = folder.join(name);
        if !link.is_symlink() {
            std::os::unix::fs::symlink(Path::new("..data").join(name), link).expect("a link");
        }
    }
    let next = folder.join("..data_tmp");
    std::os::unix::fs::symlink(turn, &next).expect("a link");
    std::fs::rename(next, folder.join("..data")).expect("replaced");
}

#[tokio::test]
async fn the_service_account_of_a_pod_and_its_rotation() {
    let authority = Authority::new();
    let options = Options {
        tls: Some(tls(&authority, "127.0.0.1")),
        ..Options::default()
    };
    let map =
        r#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m","namespace":"team"}}"#;
    let server = Server::with(options, |_| Some(Answer::json(200, map))).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, ca) = (folder.path(), authority.pem());
    let files = |token: &'static str| {
        [
            ("ca.crt", &ca[..]),
            ("token", token.as_bytes()),
            ("namespace", b"team"),
        ]
    };
    mount(folder, "..1", &files("first"));
    let config = Config::from_service_account(folder, "127.0.0.1", server.address.port());
    let mut config = config.expect("a service account");
    config.reload_interval = Duration::ZERO;
    let client = Client::from_config(&config).expect("a client");
    let maps = Api::<ConfigMap>::default_namespaced(client);
    maps.get("m").await.expect("by the first token");
    mount(folder, "..2", &files("second"));
    maps.get("m").await.expect("by the second token");
    let seen = server.seen();
    let shown: Vec<_> = seen
        .iter()
        .map(|seen| seen.header("authorization"))
        .collect();
    assert_eq!(shown, ["Bearer first", "Bearer second"]);
    assert_eq!(seen[0].line, "GET /api/v1/namespaces/team/configmaps/m");
}

/// Tells the process in which variables are set from the one that sets them.
const INSIDE: &str = "SKEG_TEST_IN_CLUSTER";

#[tokio::test]
async fn the_variables_of_a_pod() {
    match std::env::var(INSIDE).as_deref() {
        Ok("bare") => {
            let error = Config::in_cluster().expect_err("no pod");
            let expect = ConfigError::NotInCluster("KUBERNETES_SERVICE_HOST");
            assert_eq!(error.to_string(), expect.to_string());
        }
        Ok(_) => match Config::in_cluster() {
            Ok(config) => assert_eq!(config.server, "https://[fd00::1]:6443"),
            // Where tests run, nothing is mounted: this is what was looked for.
            Err(ConfigError::Read { path, .. }) => {
                let folder = "/var/run/secrets/kubernetes.io/serviceaccount";
                assert_eq!(path, Path::new(folder).join("token"));
            }
            Err(other) => panic!("{other}"),
        },
        Err(_) => {
            for inside in ["bare", "pod"] {
                let mut alone = alone(&[], "in_cluster::the_variables_of_a_pod");
                alone
                    .env(INSIDE, inside)
                    .env_remove("KUBERNETES_SERVICE_HOST");
                if inside == "pod" {
                    alone.env("KUBERNETES_SERVICE_HOST", "fd00::1");
                    alone.env("KUBERNETES_SERVICE_PORT", "6443");
                }
                let output = alone.output().await.expect("it runs");
                let told = String::from_utf8_lossy(&output.stdout).into_owned();
                assert!(
                    output.status.success() && told.contains("1 passed"),
                    "{told}"
                );
            }
        }
    }
}
