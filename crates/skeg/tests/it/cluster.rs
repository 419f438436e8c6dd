//! A cluster's life: up, used, down, up again.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};
use skeg_api::core::v1::ConfigMap;
use skeg_client::config::FrontProxyUser;
use skeg_client::{Api, Client, Config, Credentials};
use skeg_meta::ObjectMeta;

use super::{Running, StopAtEnd, failure, output, status, success};

/// What the first lines of a foreground process say.
fn banner(running: &mut Running) -> Vec<String> {
    let output = running.child.stdout.take().expect("it is piped");
    BufReader::new(output)
        .lines()
        .take(3)
        .map(|line| line.expect("text"))
        .collect()
}

/// The URL in the first line.
fn url(banner: &[String]) -> String {
    banner[0]
        .rsplit(" · ")
        .next()
        .expect("three parts")
        .to_owned()
}

/// The text at a path, as the user of a token or as nobody.
fn get(url: &str, path: &str, token: Option<&str>) -> String {
    let client = client(url, token);
    runtime()
        .block_on(async move { client.get_text(path).await })
        .unwrap_or_else(|e| panic!("{}", e.chain()))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn client(url: &str, token: Option<&str>) -> Client {
    let mut config = Config::new(url);
    config.insecure = true;
    if let Some(token) = token {
        config.credentials = Credentials::Token(token.to_owned());
    }
    Client::from_config(&config).expect("a usable configuration")
}

#[test]
fn up_used_down_and_up_again() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("d");
    let dir = dir.to_str().unwrap();
    let tokens = temp.path().join("t.csv");
    std::fs::write(&tokens, "admin-token,admin,admin-uid,\"system:masters\"\n").unwrap();
    let tokens = tokens.to_str().unwrap();
    let words = [
        "up",
        "--roles",
        "apiserver",
        "--data-dir",
        dir,
        "--listen",
        "127.0.0.1:0",
        "--token-auth-file",
        tokens,
    ];
    let mut running = Running::start(&words);
    let lines = banner(&mut running);
    assert!(
        lines[0].starts_with("skeg 0.1.0, Kubernetes 1.37 · ready in "),
        "{lines:?}"
    );
    let first = url(&lines);
    assert!(get(&first, "/readyz", None).ends_with("ok"));
    let kubeconfig = std::fs::read_to_string(format!("{dir}/admin.kubeconfig")).unwrap();
    assert!(kubeconfig.contains(&format!("server: {first}\n")));

    let port = first.rsplit_once(':').unwrap().1;
    let kept = ConfigMap {
        metadata: ObjectMeta::named("default", "kept"),
        data: [("k".to_owned(), "v".to_owned())].into(),
        ..Default::default()
    };
    let maps = Api::<ConfigMap>::namespaced(client(&first, Some("admin-token")), "default");
    runtime().block_on(maps.create(kept)).unwrap();

    // The folder is taken.
    let error = failure(&[
        "up",
        "--no-node",
        "--data-dir",
        dir,
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(
        error.contains("already runs from") && error.contains("skeg down"),
        "{error}"
    );
    // And so is the port.
    let other = temp.path().join("other");
    let error = failure(&[
        "up",
        "--roles",
        "apiserver",
        "--data-dir",
        other.to_str().unwrap(),
        "--listen",
        &format!("127.0.0.1:{port}"),
    ]);
    assert!(
        error.contains("cannot listen on") && error.contains("remedy"),
        "{error}"
    );

    let took = running.terminate();
    assert!(took < Duration::from_secs(5), "{took:?}");

    let mut running = Running::start(&words);
    let second = url(&banner(&mut running));
    let kept = get(
        &second,
        "/api/v1/namespaces/default/configmaps/kept",
        Some("admin-token"),
    );
    assert!(kept.contains("\"k\":\"v\""), "{kept}");
    running.terminate();
}

#[test]
fn detached() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().to_str().unwrap();
    let _stop = StopAtEnd(temp.path());
    let words = [
        "up",
        "--roles",
        "apiserver",
        "--data-dir",
        dir,
        "--listen",
        "127.0.0.1:0",
    ];
    let told = success(&[&words[..], &["--detach"]].concat());
    assert!(
        told.contains("ready in") && told.contains("admin.kubeconfig"),
        "{told}"
    );
    let report = status(dir);
    assert_eq!(report["running"], true, "{report}");
    assert_eq!(report["ready"], true, "{report}");
    assert!(success(&["status", "--data-dir", dir]).contains("running"));
    assert!(success(&["logs", "--data-dir", dir]).contains("ready"));

    let start = Instant::now();
    assert!(success(&["down", "--data-dir", dir]).contains("stopped"));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(success(&["down", "--data-dir", dir]).contains("nothing runs"));
    assert_eq!(status(dir)["running"], false);
    assert!(!output(&["status", "--data-dir", dir]).status.success());
}

#[test]
fn detached_failures_are_told_to_the_caller() {
    let temp = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let error = failure(&[
        "up",
        "--roles",
        "apiserver",
        "--data-dir",
        temp.path().to_str().unwrap(),
        "--listen",
        &listen,
        "--detach",
    ]);
    assert!(
        error.contains(&format!("cannot listen on {listen}")),
        "{error}"
    );
    assert!(error.contains("remedy"), "{error}");
}

/// An authority of its own.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(params, key).expect("a certificate")
}

/// A certificate for clients of this name.
fn certificate(authority: &CertifiedIssuer<'static, KeyPair>, name: &str) -> (Vec<u8>, Vec<u8>) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    (
        certificate.pem().into_bytes(),
        key.serialize_pem().into_bytes(),
    )
}

#[test]
fn a_front_proxy_says_who_asks() {
    let (authority, foreign) = (authority(), authority());
    let temp = tempfile::tempdir().unwrap();
    let (dir, ca) = (temp.path().join("d"), temp.path().join("proxy-ca.crt"));
    std::fs::write(&ca, authority.pem()).unwrap();
    let tokens = temp.path().join("tokens.csv");
    std::fs::write(&tokens, "token,alice,1,\"system:masters\"\n").unwrap();
    let flags = [
        format!("requestheader-client-ca-file={}", ca.display()),
        "requestheader-allowed-names=front".to_owned(),
        "requestheader-username-headers=X-Remote-User".to_owned(),
        "requestheader-uid-headers=X-Remote-Uid".to_owned(),
        "requestheader-group-headers=X-Remote-Group".to_owned(),
        "requestheader-extra-headers-prefix=X-Remote-Extra-".to_owned(),
    ];
    let mut words = vec!["up", "--roles", "apiserver", "--listen", "127.0.0.1:0"];
    words.extend(["--data-dir", dir.to_str().unwrap()]);
    words.extend(["--token-auth-file", tokens.to_str().unwrap()]);
    for flag in &flags {
        words.extend(["--kube-apiserver-arg", flag]);
    }
    let mut running = Running::start(&words);
    let url = url(&banner(&mut running));
    let shows = |authority: &CertifiedIssuer<'static, KeyPair>, name: &str| {
        let mut config = Config::new(&url);
        config.insecure = true;
        let (certificate, key) = certificate(authority, name);
        (config.client_certificate, config.client_key) = (Some(certificate), Some(key));
        config
    };
    let proxy = |authority: &CertifiedIssuer<'static, KeyPair>, name: &str| {
        let mut config = shows(authority, name);
        config.credentials = Credentials::FrontProxy(FrontProxyUser {
            user: "jane".to_owned(),
            uid: "u-1".to_owned(),
            groups: vec!["dev".to_owned(), "ops".to_owned()],
            extra: vec![("Scopes".to_owned(), vec!["a b".to_owned(), "c".to_owned()])],
        });
        Client::from_config(&config).expect("a usable configuration")
    };
    runtime().block_on(async {
        let jane = proxy(&authority, "front").who_am_i().await.unwrap();
        assert_eq!((jane.username.as_str(), jane.uid.as_str()), ("jane", "u-1"));
        assert_eq!(jane.groups, ["dev", "ops", "system:authenticated"]);
        assert_eq!(jane.extra["scopes"], ["a b", "c"]);
        // Nobody else may speak for others.
        let error = proxy(&authority, "other").who_am_i().await.unwrap_err();
        assert!(error.is_unauthorized(), "{}", error.chain());
        // Who is not believed hears of it as of other credentials, and may have others.
        let stranger = proxy(&foreign, "front");
        let error = stranger.who_am_i().await.unwrap_err();
        assert!(error.is_unauthorized(), "{}", error.chain());
        let mut config = shows(&foreign, "front");
        config.credentials = Credentials::Token("token".to_owned());
        let alice = Client::from_config(&config).unwrap();
        assert_eq!(alice.who_am_i().await.unwrap().username, "alice");
        // The file of authorities is read again when it changes.
        let both = format!("{}{}", authority.pem(), foreign.pem());
        let fresh = ca.with_extension("new");
        std::fs::write(&fresh, &both).unwrap();
        std::fs::rename(&fresh, &ca).unwrap();
        let end = Instant::now() + Duration::from_secs(60);
        while stranger.who_am_i().await.is_err() {
            assert!(Instant::now() < end, "the authority is not believed");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let maps: Api<ConfigMap> = Api::namespaced(alice, "kube-system");
        loop {
            let published = maps
                .get("extension-apiserver-authentication")
                .await
                .unwrap();
            let published = published.data["requestheader-client-ca-file"].clone();
            if published.matches("BEGIN CERTIFICATE").count() == 2 {
                break;
            }
            assert!(Instant::now() < end, "{published}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    running.terminate();
}
