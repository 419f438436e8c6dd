//! Who a client is, by every way of saying so, before a real API server.
//! Certificates are tried where they are issued.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use skeg_client::{Client, Config, Credentials, Impersonation, Kubeconfig};
use skeg_testkit::{Cluster, User};

async fn me(client: &Client) -> String {
    client.who_am_i().await.unwrap().username
}

/// A kubeconfig's text, and the token in it.
async fn of_user(cluster: &Cluster, name: &str) -> (String, String) {
    let user = User::named(name);
    let text = cluster.kubeconfig_text(&user).await.unwrap();
    match config(&text).credentials {
        Credentials::Token(token) => (text, token),
        other => panic!("{other:?}"),
    }
}

fn config(text: &str) -> Config {
    let kubeconfig = Kubeconfig::parse(text.as_bytes(), Path::new("/")).unwrap();
    kubeconfig.config(None).unwrap()
}

#[tokio::test]
async fn who_proves_who_they_are_is_authenticated() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    for (user, groups) in [
        (
            User::named("jane").group("dev"),
            vec!["dev", "system:authenticated"],
        ),
        (
            User::service_account("default", "robot"),
            vec![
                "system:serviceaccounts",
                "system:serviceaccounts:default",
                "system:authenticated",
            ],
        ),
    ] {
        let client = cluster.https_client(&user).await.unwrap();
        // What system:basic-user allows to that group alone.
        assert_eq!(client.who_am_i().await.unwrap().groups, groups);
        let client = cluster.client_as(&user);
        assert_eq!(client.who_am_i().await.unwrap().groups, groups);
    }
}

#[tokio::test]
async fn a_token_file_that_is_rotated() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let (text, jane) = of_user(&cluster, "jane").await;
    let (_, john) = of_user(&cluster, "john").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, &jane).unwrap();
    let mut config = config(&text);
    config.credentials = Credentials::TokenFile(file.clone());
    config.reload_interval = Duration::ZERO;
    let client = Client::from_config(&config).unwrap();
    assert_eq!(me(&client).await, "jane");
    std::fs::write(&file, format!("{john}\n")).unwrap();
    assert_eq!(me(&client).await, "john");
    std::fs::write(&file, "nobody's").unwrap();
    let refused = client.who_am_i().await.unwrap_err();
    assert!(refused.is_unauthorized(), "{refused}");
    assert!(refused.advice().is_some_and(|what| what.contains("log in")));
}

#[tokio::test]
async fn plugins_of_both_versions() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let url = cluster.url().await.unwrap();
    let (text, token) = of_user(&cluster, "jane").await;
    for version in ["v1", "v1beta1"] {
        let folder = tempfile::tempdir().unwrap();
        // It says who asks only if it was told which cluster wants to know.
        let script = format!(
            r#"#!/bin/sh
case "$KUBERNETES_EXEC_INFO" in *'authentication.k8s.io/{version}"'*'"server":"{url}"'*) ;; *) exit 1;; esac
echo '{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/{version}","status":{{"token":"'$TOKEN'"}}}}'
"#
        );
        let plugin = folder.path().join("plugin");
        std::fs::write(&plugin, script).unwrap();
        std::fs::set_permissions(&plugin, std::fs::Permissions::from_mode(0o755)).unwrap();
        let exec = format!(
            "exec: {{apiVersion: client.authentication.k8s.io/{version}, command: ./plugin, \
             interactiveMode: Never, provideClusterInfo: true, env: [{{name: TOKEN, value: {token}}}]}}"
        );
        let file = folder.path().join("config");
        std::fs::write(&file, text.replace(&format!("token: {token}"), &exec)).unwrap();
        let config = Kubeconfig::from_file(&file).unwrap().config(None).unwrap();
        assert!(matches!(config.credentials, Credentials::Exec(_)));
        assert_eq!(me(&Client::from_config(&config).unwrap()).await, "jane");
    }
}

#[tokio::test]
async fn somebody_else() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let scopes = vec!["read".to_owned(), "write things".to_owned()];
    let whom = Impersonation::user("jane")
        .uid("u-1")
        .group("dev")
        .group("ops")
        .extra("example.com/scopes", scopes.clone());
    let admin = cluster.https_client(&User::admin()).await.unwrap();
    let jane = admin.impersonate(&whom).unwrap().who_am_i().await.unwrap();
    assert_eq!((&*jane.username, &*jane.uid), ("jane", "u-1"));
    for group in ["dev", "ops", "system:authenticated"] {
        assert!(jane.groups.iter().any(|held| held == group), "{jane:?}");
    }
    assert_eq!(jane.extra["example.com/scopes"], scopes);
    // The client itself is who it was.
    assert_eq!(me(&admin).await, "admin");

    // As a kubeconfig says it.
    let (text, token) = of_user(&cluster, "bot").await;
    let as_jane = format!("token: {token}\n    as: jane\n    as-groups: [dev]");
    let config = config(&text.replace(&format!("token: {token}"), &as_jane));
    let client = Client::from_config(&config).unwrap();
    let refused = client.who_am_i().await.unwrap_err();
    assert!(refused.is_forbidden(), "{refused}");
    cluster
        .apply(
            "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: jane}
rules:
- {apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [jane]}
- {apiGroups: [''], resources: [groups], verbs: [impersonate], resourceNames: [dev]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: bot}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: jane}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: bot}]
",
        )
        .await
        .unwrap();
    cluster.settle().await.unwrap();
    assert_eq!(me(&client).await, "jane");
}
