//! Tokens and certificates that are replaced while the client runs.

use std::path::Path;
use std::time::Duration;

use skeg_api::core::v1::Namespace;
use skeg_client::config::FrontProxyUser;
use skeg_client::{Api, Client, Config, Credentials, Error, Impersonation};

use crate::server::{Answer, Options, Server};
use crate::tls::{Authority, NAMESPACE, Pair, tls, tls_believing};

async fn get(client: &Client) -> Result<(), Error> {
    Api::<Namespace>::all(client.clone())
        .get("a")
        .await
        .map(drop)
}

async fn plain() -> Server {
    Server::with(Options::default(), |seen| {
        let code = if seen.header("authorization") == "Bearer refused" {
            401
        } else {
            200
        };
        Some(Answer::json(code, NAMESPACE))
    })
    .await
}

fn of_token(server: &Server, path: &Path, reload: Duration) -> Client {
    let mut config = Config::new(format!("http://{}", server.address));
    config.credentials = Credentials::TokenFile(path.to_owned());
    config.reload_interval = reload;
    Client::from_config(&config).expect("client")
}

#[tokio::test]
async fn a_token_file() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "first\n").expect("token");
    let server = plain().await;
    let client = of_token(&server, &path, Duration::ZERO);
    get(&client).await.expect("the first");
    std::fs::write(&path, "second").expect("token");
    get(&client).await.expect("the second");
    std::fs::remove_file(&path).expect("removed");
    get(&client).await.expect("the second is kept");
    let shown: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").to_owned())
        .collect();
    assert_eq!(shown, ["Bearer first", "Bearer second", "Bearer second"]);
    let error = get(&of_token(&server, &path, Duration::ZERO))
        .await
        .expect_err("no token")
        .chain();
    assert!(
        error.contains("cannot read the credentials") && error.contains("/token"),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_that_is_refused_is_read_again() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "refused").expect("token");
    let server = plain().await;
    let client = of_token(&server, &path, Duration::from_secs(3600));
    assert!(get(&client).await.expect_err("refused").is_unauthorized());
    assert_eq!(server.seen().len(), 1, "the same token is not shown twice");
    std::fs::write(&path, "good").expect("token");
    get(&client).await.expect("read again");
    assert_eq!(server.seen().len(), 3);
}

fn write(folder: &Path, pair: &Pair) {
    std::fs::write(folder.join("tls.crt"), &pair.certificate).expect("certificate");
    std::fs::write(folder.join("tls.key"), &pair.key).expect("key");
}

fn of_files(server: &Server, folder: &Path) -> Config {
    let mut config = Config::new(format!("https://localhost:{}", server.address.port()));
    config.ca_file = Some(folder.join("ca.crt"));
    config.client_certificate_file = Some(folder.join("tls.crt"));
    config.client_key_file = Some(folder.join("tls.key"));
    config.reload_interval = Duration::ZERO;
    config
}

#[tokio::test]
async fn a_client_certificate() {
    let folder = tempfile::tempdir().expect("folder");
    let authority = Authority::new();
    std::fs::write(folder.path().join("ca.crt"), authority.pem()).expect("ca");
    write(folder.path(), &authority.issue("first"));
    let options = Options {
        tls: Some(tls(&authority, "localhost")),
        ..Options::default()
    };
    let server = Server::with(options, |seen| {
        Some(if seen.line.contains("watch=true") {
            Answer::json(200, "").silent()
        } else {
            Answer::json(200, NAMESPACE)
        })
    })
    .await;
    let client = Client::from_config(&of_files(&server, folder.path())).expect("client");
    get(&client).await.expect("the first");
    let watch = Api::<Namespace>::all(client.clone())
        .watch(&Default::default())
        .await
        .expect("a watch");
    // A key that does not belong to the certificate changes nothing.
    let second = authority.issue("second");
    std::fs::write(folder.path().join("tls.key"), &second.key).expect("key");
    get(&client).await.expect("still the first");
    write(folder.path(), &second);
    get(&client).await.expect("the second");
    get(&client).await.expect("the second");
    let seen = server.seen();
    let connections: Vec<usize> = seen.iter().map(|seen| seen.connection).collect();
    assert_eq!(
        connections,
        [1, 1, 1, 2, 2],
        "the watch goes on over the first"
    );
    assert_ne!(seen[0].certificate, seen[3].certificate);
    drop(watch);
}

#[tokio::test]
async fn an_authority() {
    let folder = tempfile::tempdir().expect("folder");
    let (old, new) = (Authority::new(), Authority::new());
    write(folder.path(), &old.issue("me"));
    std::fs::write(folder.path().join("ca.crt"), old.pem()).expect("ca");
    let options = Options {
        tls: Some(tls_believing(&new, "localhost", &old)),
        ..Options::default()
    };
    let server = Server::with(options, |_| Some(Answer::json(200, NAMESPACE))).await;
    let client = Client::from_config(&of_files(&server, folder.path())).expect("client");
    let error = get(&client).await.expect_err("not known yet").chain();
    assert!(error.contains("invalid peer certificate"), "{error}");
    let both = [old.pem(), new.pem()].concat();
    std::fs::write(folder.path().join("ca.crt"), both).expect("ca");
    get(&client).await.expect("known now");
}

#[tokio::test]
async fn files_that_are_not_there_are_named() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = Config::new("https://localhost:1");
    config.ca_file = Some(folder.path().join("no-ca.crt"));
    let error = Client::from_config(&config).expect_err("no file");
    assert!(error.to_string().ends_with("no-ca.crt"), "{error}");
}

#[tokio::test]
async fn as_somebody_else() {
    let server = plain().await;
    let mut config = Config::new(format!("http://{}", server.address));
    config.impersonation = Some(Impersonation::user("configured").group("g"));
    let client = Client::from_config(&config).expect("client");
    get(&client).await.expect("as configured");
    let jane = client
        .impersonate(&Impersonation::service_account("team", "bot"))
        .expect("a client");
    get(&jane).await.expect("as the service account");
    let seen = server.seen();
    let of = |at: usize| {
        let headers = &seen[at].headers;
        let all = |name: &str| -> Vec<String> {
            headers
                .get_all(name)
                .iter()
                .map(|value| value.to_str().expect("text").to_owned())
                .collect()
        };
        (all("impersonate-user"), all("impersonate-group"))
    };
    let texts = |texts: &[&str]| -> Vec<String> { texts.iter().map(|&t| t.to_owned()).collect() };
    assert_eq!(of(0), (texts(&["configured"]), texts(&["g"])));
    assert_eq!(
        of(1),
        (
            texts(&["system:serviceaccount:team:bot"]),
            texts(&[
                "system:serviceaccounts",
                "system:serviceaccounts:team",
                "system:authenticated"
            ])
        )
    );
    assert!(client.impersonate(&Impersonation::default()).is_err());
}

#[tokio::test]
async fn as_a_front_proxy() {
    let server = plain().await;
    let mut config = Config::new(format!("http://{}", server.address));
    config.credentials = Credentials::FrontProxy(FrontProxyUser {
        user: "jane".to_owned(),
        groups: vec!["a".to_owned()],
        extra: vec![("Scopes".to_owned(), vec!["x".to_owned()])],
        ..FrontProxyUser::default()
    });
    let client = Client::from_config(&config).expect("client");
    get(&client).await.expect("as jane");
    let seen = &server.seen()[0];
    assert_eq!(seen.header("x-remote-user"), "jane");
    assert_eq!(seen.header("x-remote-group"), "a");
    assert_eq!(seen.header("x-remote-extra-scopes"), "x");
}
