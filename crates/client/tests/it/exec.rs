//! Credentials from programs, which here are shell scripts that check what they
//! are given.

use std::path::{Path, PathBuf};

use skeg_api::core::v1::Namespace;
use skeg_client::config::{ExecPlugin, ExecVersion, InteractiveMode};
use skeg_client::wait::{self, WaitError};
use skeg_client::{Api, Client, Config, Credentials, Error, Kubeconfig};

use crate::server::{Answer, Options, Server, alone, wait_for};
use crate::tls::{Authority, NAMESPACE, tls};

/// Writes a program into a folder. Another process does: what is open for
/// writing here while a program is started elsewhere could not be run.
fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let path = folder.join(name);
    let text = format!("#!/bin/sh\nset -eu\ncd {folder:?}\n{script}\n");
    let written = std::process::Command::new("sh")
        .args(["-c", r#"printf %s "$1" > "$0" && chmod 755 "$0""#])
        .arg(&path)
        .arg(text)
        .status();
    assert!(written.expect("a shell").success());
    path
}

/// A server that takes these tokens and no others.
async fn server(tokens: &'static [&'static str]) -> Server {
    Server::with(Options::default(), move |seen| {
        let shown = seen.header("authorization");
        let is_known = tokens.iter().any(|token| shown == format!("Bearer {token}"));
        Some(if is_known {
            Answer::json(200, NAMESPACE)
        } else {
            Answer::json(401, r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Unauthorized","code":401}"#)
        })
    })
    .await
}

async fn get(client: &Client) -> Result<(), Error> {
    Api::<Namespace>::all(client.clone())
        .get("a")
        .await
        .map(drop)
}

fn runs(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("runs")).map_or(0, |runs| runs.lines().count())
}

/// A kubeconfig as these users have it, read as they have it read.
fn kubeconfig(folder: &Path, server: &Server, cluster: &str, user: &str) -> Client {
    let text = format!(
        "apiVersion: v1
kind: Config
current-context: c
contexts: [{{name: c, context: {{cluster: k, user: u}}}}]
clusters:
- name: k
  cluster:
    server: http://{}
{cluster}
users:
- name: u
  user:
    exec:
{user}
",
        server.address
    );
    let path = folder.join("config");
    std::fs::write(&path, text).expect("kubeconfig");
    let config = Kubeconfig::from_file(&path)
        .expect("kubeconfig")
        .config(None)
        .expect("config");
    Client::from_config(&config).expect("client")
}

#[tokio::test]
async fn a_plugin_may_write_yaml() {
    let folder = tempfile::tempdir().expect("folder");
    program(
        folder.path(),
        "login",
        r#"
printf '%s\n' 'apiVersion: client.authentication.k8s.io/v1' 'kind: ExecCredential' 'status:' \
  '  expirationTimestamp: 2099-01-01T00:00:00Z' '  token: abc'
"#,
    );
    let server = server(&["abc"]).await;
    let user = "      apiVersion: client.authentication.k8s.io/v1
      command: ./login
      interactiveMode: Never";
    let client = kubeconfig(folder.path(), &server, "", user);
    get(&client).await.expect("authenticated");
}

#[tokio::test]
async fn as_users_of_aws_have_it() {
    let folder = tempfile::tempdir().expect("folder");
    program(
        folder.path(),
        "aws",
        r#"
echo run >> runs
test "$*" = "--region eu-west-1 eks get-token --cluster-name prod --output json" || { echo "arguments: $*" >&2; exit 1; }
test "$AWS_PROFILE" = "work" || { echo "no profile" >&2; exit 2; }
test "$AWS_STS_REGIONAL_ENDPOINTS" = "regional" || exit 3
test -n "$HOME$PATH" || { echo "no environment" >&2; exit 4; }
test "$KUBERNETES_EXEC_INFO" = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false}}' \
  || { echo "told: $KUBERNETES_EXEC_INFO" >&2; exit 5; }
if read -r line; then echo "there is input" >&2; exit 6; fi
echo '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "spec": {},
  "status": {"expirationTimestamp": "2099-01-01T00:00:00Z", "token": "k8s-aws-v1.aHR0cHM6"}}'
"#,
    );
    let server = server(&["k8s-aws-v1.aHR0cHM6"]).await;
    let client = kubeconfig(
        folder.path(),
        &server,
        "",
        "      apiVersion: client.authentication.k8s.io/v1beta1
      command: ./aws
      args: [--region, eu-west-1, eks, get-token, --cluster-name, prod, --output, json]
      interactiveMode: Never
      env:
      - {name: AWS_PROFILE, value: work}
      - {name: AWS_STS_REGIONAL_ENDPOINTS, value: regional}",
    );
    // Many at once and one after the other: the plugin runs once.
    let all = futures::future::join_all((0..10).map(|_| get(&client))).await;
    for one in all {
        one.expect("authenticated");
    }
    get(&client).await.expect("authenticated");
    assert_eq!(runs(folder.path()), 1);
}

#[tokio::test]
async fn as_users_of_gcp_have_it() {
    let folder = tempfile::tempdir().expect("folder");
    program(
        folder.path(),
        "gke-gcloud-auth-plugin",
        r#"
test "$#" = 0 || exit 1
case "$KUBERNETES_EXEC_INFO" in
  *'"cluster":{"server":"http://127.0.0.1:'*'"certificate-authority-data":"Y2E="'*'"config":{"audience":"gke"}'*) ;;
  *) echo "told: $KUBERNETES_EXEC_INFO" >&2; exit 2;;
esac
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"ya29.gke","expirationTimestamp":"2099-01-01T00:00:00Z"}}'
"#,
    );
    let server = server(&["ya29.gke"]).await;
    let client = kubeconfig(
        folder.path(),
        &server,
        "    certificate-authority-data: Y2E=
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: gke}",
        "      apiVersion: client.authentication.k8s.io/v1beta1
      command: ./gke-gcloud-auth-plugin
      installHint: Install gke-gcloud-auth-plugin for use with kubectl
      provideClusterInfo: true",
    );
    get(&client).await.expect("authenticated");
}

#[tokio::test]
async fn as_users_of_azure_have_it() {
    let folder = tempfile::tempdir().expect("folder");
    program(
        folder.path(),
        "kubelogin",
        r#"
test "$1" = get-token && test "$2" = --login && test "$3" = azurecli && test "$4" = --server-id || exit 1
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"eyJ.azure","expirationTimestamp":"2099-01-01T00:00:00Z"}}'
"#,
    );
    let server = server(&["eyJ.azure"]).await;
    let client = kubeconfig(
        folder.path(),
        &server,
        "",
        "      apiVersion: client.authentication.k8s.io/v1
      command: ./kubelogin
      args: [get-token, --login, azurecli, --server-id, 6dae42f8-4368-4678-94ff-3960e28e3630]
      env: null
      interactiveMode: IfAvailable
      provideClusterInfo: false",
    );
    get(&client).await.expect("authenticated");
}

#[tokio::test]
async fn credentials_that_cannot_be_had_are_not_asked_for_again() {
    let folder = tempfile::tempdir().expect("folder");
    let plugin = program(folder.path(), "plugin", "echo run >> runs; exit 1");
    let server = server(&[]).await;
    let client = client(&server, ExecPlugin::new(plugin));
    let error = get(&client).await.expect_err("no credentials");
    assert!(!error.is_transient(), "{}", error.chain());
    assert_eq!(runs(folder.path()), 1);
    let namespaces = Api::<Namespace>::all(client);
    let waited = wait::await_condition(&namespaces, "a", wait::deleted()).await;
    assert!(matches!(waited, Err(WaitError::Watch { .. })), "{waited:?}");
    assert_eq!(runs(folder.path()), 2);
    assert!(server.seen().is_empty());
}

/// Runs a program in a terminal at which somebody answers the question for a
/// password, and passes on what it shows and how it ends.
const TERMINAL: &str = r#"
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown, answered = b"", False
while True:
    try:
        piece = os.read(terminal, 1024)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if b"password: " in shown and not answered:
        os.write(terminal, b"t1\n")
        answered = True
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

/// Tells the process that has a terminal from the one that gives it, and where
/// its kubeconfig is.
const AT_TERMINAL: &str = "SKEG_TEST_AT_TERMINAL";

#[tokio::test]
async fn a_plugin_asks_a_person_at_the_terminal() {
    if let Some(config) = std::env::var_os(AT_TERMINAL) {
        let config = Kubeconfig::from_file(Path::new(&config)).expect("kubeconfig");
        let config = config.config(None).expect("config");
        let client = Client::from_config(&config).expect("client");
        get(&client).await.expect("authenticated");
        return;
    }
    let server = server(&["t1", "unasked"]).await;
    let token = r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'"$answer"'"}}'"#;
    for (mode, interactive) in [("IfAvailable", true), ("Always", true), ("Never", false)] {
        let folder = tempfile::tempdir().expect("folder");
        let ask = if interactive {
            r#"test -t 0; printf 'password: ' >&2; read -r answer"#
        } else {
            "if test -t 0; then exit 3; fi; answer=unasked"
        };
        let told = format!(
            r#"case "$KUBERNETES_EXEC_INFO" in *'"interactive":{interactive}'*) ;; *) exit 2;; esac"#
        );
        program(folder.path(), "plugin", &format!("{told}\n{ask}\n{token}"));
        kubeconfig(
            folder.path(),
            &server,
            "",
            &format!(
                "      apiVersion: client.authentication.k8s.io/v1
      command: ./plugin
      interactiveMode: {mode}"
            ),
        );
        let test = "exec::a_plugin_asks_a_person_at_the_terminal";
        let output = alone(&["python3", "-c", TERMINAL], test)
            .env(AT_TERMINAL, folder.path().join("config"))
            .output()
            .await
            .expect("python");
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && shown.contains("1 passed"),
            "{mode}: {shown}"
        );
        assert_eq!(shown.contains("password: "), interactive, "{shown}");
    }
    let shown: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").to_owned())
        .collect();
    assert_eq!(shown, ["Bearer t1", "Bearer t1", "Bearer unasked"]);
}

/// A plugin that counts its tokens, and how long they live.
fn counting(folder: &Path, expires: &str) -> ExecPlugin {
    program(
        folder,
        "plugin",
        &format!(
            r#"
echo run >> runs
n=$(($(wc -l < runs)))
expires={expires}
echo '{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{"token":"t'$n'"'$expires'}}}}'
"#
        ),
    );
    ExecPlugin::new(folder.join("plugin"))
}

fn client(server: &Server, plugin: ExecPlugin) -> Client {
    let mut config = Config::new(format!("http://{}", server.address));
    config.credentials = Credentials::Exec(Box::new(plugin));
    Client::from_config(&config).expect("client")
}

#[tokio::test]
async fn a_token_that_has_ended_is_replaced() {
    let folder = tempfile::tempdir().expect("folder");
    let plugin = counting(
        folder.path(),
        r#"',"expirationTimestamp":"2001-01-01T00:00:00Z"'"#,
    );
    let server = server(&["t1", "t2"]).await;
    let client = client(&server, plugin);
    get(&client).await.expect("the first");
    get(&client).await.expect("the second");
    assert_eq!(runs(folder.path()), 2);
    let shown: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").to_owned())
        .collect();
    assert_eq!(shown, ["Bearer t1", "Bearer t2"]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_at_once() {
    let folder = tempfile::tempdir().expect("folder");
    let plugin = counting(folder.path(), "''");
    // The first token is not known.
    let server = server(&["t2"]).await;
    let client = client(&server, plugin.clone());
    get(&client).await.expect("with the second token");
    get(&client).await.expect("still");
    assert_eq!(runs(folder.path()), 2);
    assert_eq!(server.seen().len(), 3);
    // Where no token helps, the refusal is told after one more attempt.
    let stranger = self::server(&[]).await;
    let error = get(&self::client(&stranger, plugin))
        .await
        .expect_err("refused");
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(stranger.seen().len(), 2);
}

#[tokio::test]
async fn a_login_is_not_lost_with_the_request_that_began_it() {
    let folder = tempfile::tempdir().expect("folder");
    // It asks somebody, here at the other end of a pipe.
    let pipe = folder.path().join("person");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let plugin = program(
        folder.path(),
        "plugin",
        r#"
echo run >> runs
read -r answer < person
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'"$answer"'"}}'
"#,
    );
    let server = server(&["t1"]).await;
    let client = client(&server, ExecPlugin::new(plugin));
    let impatient = tokio::spawn({
        let client = client.clone();
        async move { get(&client).await }
    });
    wait_for(|| runs(folder.path()) == 1).await;
    impatient.abort();
    assert!(impatient.await.is_err());
    let patient = tokio::spawn(async move { get(&client).await });
    let answered = tokio::fs::write(pipe, "t1\n");
    tokio::time::timeout(std::time::Duration::from_secs(10), answered)
        .await
        .expect("the plugin listens still")
        .expect("written");
    patient.await.expect("no panic").expect("authenticated");
    assert_eq!(runs(folder.path()), 1);
}

#[tokio::test]
async fn a_certificate_from_a_plugin() {
    let folder = tempfile::tempdir().expect("folder");
    let authority = Authority::new();
    let server = Server::with(
        Options {
            tls: Some(tls(&authority, "localhost")),
            ..Options::default()
        },
        |seen| {
            // The first certificate is refused.
            let is_known = seen.certificate.is_some() && seen.connection > 1;
            let code = if is_known { 200 } else { 401 };
            Some(Answer::json(code, NAMESPACE))
        },
    )
    .await;
    for name in ["1", "2"] {
        let pair = authority.issue(&format!("client-{name}"));
        let escape = |pem: &str| pem.replace("\r\n", "\n").replace('\n', "\\n");
        let credential = format!(
            r#"{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{"clientCertificateData":"{}","clientKeyData":"{}"}}}}"#,
            escape(&pair.certificate),
            escape(&pair.key)
        );
        std::fs::write(folder.path().join(name), credential).expect("credential");
    }
    program(
        folder.path(),
        "plugin",
        "echo run >> runs\ncat $(($(wc -l < runs)))",
    );
    let mut config = Config::new(format!("https://localhost:{}", server.address.port()));
    config.ca = Some(authority.pem());
    config.credentials = Credentials::Exec(Box::new(ExecPlugin::new(folder.path().join("plugin"))));
    let client = Client::from_config(&config).expect("client");
    get(&client).await.expect("with the second certificate");
    get(&client).await.expect("over the same connection");
    let seen = server.seen();
    let connections: Vec<usize> = seen.iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [1, 2, 2]);
    assert_ne!(seen[0].certificate, seen[1].certificate);
}

#[tokio::test]
async fn failures_say_what_to_do_and_no_secret() {
    let folder = tempfile::tempdir().expect("folder");
    let server = server(&[]).await;
    let failure = async |plugin: ExecPlugin| {
        let debug = format!("{plugin:?}");
        assert!(!debug.contains("hunter2"), "{debug}");
        let error = get(&client(&server, plugin))
            .await
            .expect_err("no credentials");
        let text = format!("{} {error:?}", error.chain());
        assert!(
            !text.contains("s3cr3t") && !text.contains("hunter2"),
            "{text}"
        );
        error.chain()
    };
    let mut missing = ExecPlugin::new("no-such-plugin-anywhere");
    missing.install_hint = "Install it from example.com".to_owned();
    missing.args = vec!["--password=hunter2".to_owned()];
    missing.env = vec![("SECRET".to_owned(), "hunter2".to_owned())];
    let error = failure(missing).await;
    assert!(
        error.ends_with("there is no such program; install it, or put its folder on PATH\n\nInstall it from example.com"),
        "{error}"
    );
    let mut outputs = Vec::new();
    for (at, (script, expect)) in [
        ("echo s3cr3t; exit 3", "it failed (exit status: 3)"),
        ("echo s3cr3t", "is no ExecCredential in JSON or YAML"),
        (r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"s3cr3t"}}'"#,
         "speaks client.authentication.k8s.io/v1, but it wrote \"client.authentication.k8s.io/v1beta1\""),
        (r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"s3cr3t"}}'"#,
         "a key without its certificate"),
        (r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'"#,
         "neither a token nor a certificate"),
        (r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}'"#, "has no status"),
        (r#"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"s3cr3t","expirationTimestamp":"soon"}}'"#,
         "is no time"),
        ("head -c 2000000 /dev/zero || true", "it writes too much"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("plugin-{at}");
        program(folder.path(), &name, script);
        let error = failure(ExecPlugin::new(folder.path().join(&name))).await;
        assert!(error.contains(expect), "{expect} in {error}");
        outputs.push(error);
    }
    assert!(
        outputs
            .iter()
            .all(|error| error.contains("cannot read the credentials: exec plugin"))
    );
    // Tests have no terminal, or one that nobody sits at.
    if !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        let mut asking = ExecPlugin::new("true");
        asking.interactive_mode = InteractiveMode::Always;
        asking.version = ExecVersion::V1Beta1;
        let error = failure(asking).await;
        assert!(error.contains("standard input is no terminal"), "{error}");
    }
}
