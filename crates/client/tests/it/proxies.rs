//! Servers that are reached through proxies, which are ours.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use parking_lot::Mutex;
use skeg_client::config::{ProxyChoice, ProxyUrl};
use skeg_client::{Client, Config, Error, Kubeconfig};
use std::path::Path;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::server::{Answer, Options, Server};
use crate::tls::{Authority, NAMESPACE, get, tls};

/// What a proxy was asked.
type Asked = Arc<Mutex<Vec<String>>>;

/// A proxy that speaks HTTP CONNECT, over TLS if it has some. Whatever it is
/// asked for, it goes to `target`.
async fn connect_proxy(
    target: SocketAddr,
    tls: Option<rustls::ServerConfig>,
) -> (SocketAddr, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked: Asked = Arc::default();
    let seen = Arc::clone(&asked);
    let acceptor = tls.map(|tls| TlsAcceptor::from(Arc::new(tls)));
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (seen, acceptor) = (Arc::clone(&seen), acceptor.clone());
            tokio::spawn(async move {
                match acceptor {
                    None => connect(tcp, target, seen).await,
                    Some(acceptor) => {
                        if let Ok(tls) = acceptor.accept(tcp).await {
                            connect(tls, target, seen).await;
                        }
                    }
                }
            });
        }
    });
    (address, asked)
}

async fn connect(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    target: SocketAddr,
    asked: Asked,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).expect("text");
    asked.lock().push(head.clone());
    let password = base64::engine::general_purpose::STANDARD.encode("me:p@ss");
    let is_known = head.contains(&format!("Proxy-Authorization: Basic {password}\r\n"));
    if !is_known {
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        let _ = client.write_all(refusal).await;
        return;
    }
    let mut server = TcpStream::connect(target).await.expect("the server");
    client
        .write_all(b"HTTP/1.1 200 Connection established\r\nVia: us\r\n\r\n")
        .await
        .expect("written");
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

/// A proxy that speaks SOCKS 5 and wants a name and a password.
async fn socks_proxy(target: SocketAddr) -> (SocketAddr, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked: Asked = Arc::default();
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(socks(tcp, target, Arc::clone(&seen)));
        }
    });
    (address, asked)
}

async fn socks(mut client: TcpStream, target: SocketAddr, asked: Asked) -> std::io::Result<()> {
    let mut head = [0; 2];
    client.read_exact(&mut head).await?;
    let mut methods = vec![0; usize::from(head[1])];
    client.read_exact(&mut methods).await?;
    if !methods.contains(&2) {
        return client.write_all(&[5, 255]).await;
    }
    client.write_all(&[5, 2]).await?;
    let mut texts = Vec::new();
    client.read_u8().await?;
    for _ in 0..2 {
        let mut text = vec![0; usize::from(client.read_u8().await?)];
        client.read_exact(&mut text).await?;
        texts.push(String::from_utf8(text).expect("text"));
    }
    if texts != ["me", "p@ss"] {
        return client.write_all(&[1, 1]).await;
    }
    client.write_all(&[1, 0]).await?;
    let mut request = [0; 4];
    client.read_exact(&mut request).await?;
    assert_eq!(request, [5, 1, 0, 3], "a name is resolved by the proxy");
    let mut host = vec![0; usize::from(client.read_u8().await?)];
    client.read_exact(&mut host).await?;
    let port = client.read_u16().await?;
    let host = String::from_utf8(host).expect("text");
    asked.lock().push(format!("{host}:{port}"));
    if host == "forbidden" {
        return client.write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]).await;
    }
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    let mut server = TcpStream::connect(target).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

struct World {
    authority: Authority,
    server: Server,
}

async fn world() -> World {
    let authority = Authority::new();
    let options = Options {
        tls: Some(tls(&authority, "api.example")),
        ..Options::default()
    };
    let server = Server::with(options, |_| Some(Answer::json(200, NAMESPACE))).await;
    World { authority, server }
}

impl World {
    fn config(&self, proxy: &str) -> Config {
        let mut config = Config::new("https://api.example:6443");
        config.ca = Some(self.authority.pem());
        config.proxy = ProxyChoice::Through(ProxyUrl::parse(proxy).expect("url"));
        config
    }
}

async fn refused(config: &Config) -> String {
    let error: Error = get(config).await.expect_err("refused");
    let text = error.chain();
    assert!(
        !text.contains("p@ss") && !text.contains("hunter2"),
        "{text}"
    );
    text
}

#[tokio::test]
async fn http_connect() {
    let world = world().await;
    let (proxy, asked) = connect_proxy(world.server.address, None).await;
    get(&world.config(&format!("http://me:p%40ss@{proxy}")))
        .await
        .expect("through the proxy");
    assert!(
        asked.lock()[0]
            .starts_with("CONNECT api.example:6443 HTTP/1.1\r\nHost: api.example:6443\r\n")
    );
    assert!(
        world.server.seen()[0].http2,
        "the server is spoken to as ever"
    );
    let error = refused(&world.config(&format!("http://me:hunter2@{proxy}"))).await;
    assert!(
        error.contains("it wants a name and a password (407)"),
        "{error}"
    );
}

#[tokio::test]
async fn https_proxy_of_the_same_authority() {
    let world = world().await;
    let own = tls(&world.authority, "localhost");
    let (proxy, asked) = connect_proxy(world.server.address, Some(own)).await;
    get(&world.config(&format!("https://me:p%40ss@localhost:{}", proxy.port())))
        .await
        .expect("TLS within TLS");
    assert_eq!(asked.lock().len(), 1);
    let error =
        refused(&world.config(&format!("https://me:p%40ss@127.0.0.1:{}", proxy.port()))).await;
    assert!(error.contains("not valid for name"), "{error}");
}

#[tokio::test]
async fn socks5() {
    let world = world().await;
    let (proxy, asked) = socks_proxy(world.server.address).await;
    for scheme in ["socks5", "socks5h"] {
        get(&world.config(&format!("{scheme}://me:p%40ss@{proxy}")))
            .await
            .expect("through the proxy");
    }
    assert_eq!(*asked.lock(), ["api.example:6443", "api.example:6443"]);
    let error = refused(&world.config(&format!("socks5://me:hunter2@{proxy}"))).await;
    assert!(
        error.contains("does not take our name and password"),
        "{error}"
    );
    let error = refused(&world.config(&format!("socks5://{proxy}"))).await;
    assert!(error.contains("it wants a name and a password"), "{error}");
    let mut forbidden = world.config(&format!("socks5://me:p%40ss@{proxy}"));
    forbidden.server = "https://forbidden:1".to_owned();
    let error = refused(&forbidden).await;
    assert!(
        error.contains("to forbidden:1: its rules forbid it"),
        "{error}"
    );
}

#[tokio::test]
async fn plain_requests_go_to_the_proxy_whole() {
    let proxy = Server::with(Options::default(), |_| Some(Answer::json(200, NAMESPACE))).await;
    let mut config = Config::new("http://api.example:8080/prefix");
    let url = format!("http://me:p%40ss@{}", proxy.address);
    config.proxy = ProxyChoice::Through(ProxyUrl::parse(&url).expect("url"));
    get(&config).await.expect("through the proxy");
    let seen = proxy.seen();
    assert_eq!(
        seen[0].uri,
        "http://api.example:8080/prefix/api/v1/namespaces/a"
    );
    assert_eq!(seen[0].header("host"), "api.example:8080");
    assert_eq!(seen[0].header("proxy-authorization"), "Basic bWU6cEBzcw==");
}

#[tokio::test]
async fn as_a_kubeconfig_names_it() {
    let world = world().await;
    let (proxy, asked) = connect_proxy(world.server.address, None).await;
    let ca = base64::engine::general_purpose::STANDARD.encode(world.authority.pem());
    let text = format!(
        "current-context: c
contexts: [{{name: c, context: {{cluster: k}}}}]
clusters:
- name: k
  cluster:
    server: https://10.1.2.3:6443
    tls-server-name: api.example
    certificate-authority-data: {ca}
    proxy-url: http://me:p%40ss@{proxy}
"
    );
    let config = Kubeconfig::parse(text.as_bytes(), Path::new("/"))
        .expect("kubeconfig")
        .config(None)
        .expect("config");
    let client = Client::from_config(&config).expect("client");
    client
        .get_text("/healthz")
        .await
        .expect("through the proxy");
    assert!(asked.lock()[0].starts_with("CONNECT 10.1.2.3:6443 "));
}
