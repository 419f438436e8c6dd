//! A server that refuses streams and says goodbye, as kube-apiserver does when
//! it shuts down or spreads its load.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use skeg_api::core::v1::Namespace;
use skeg_client::{Api, Client, Config, RetryPolicy};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::tls::{Authority, NAMESPACE, tls};

/// What the server does with a request.
#[derive(Clone, Copy)]
enum Act {
    Answer,
    /// Refuses the stream.
    Refuse,
    /// Breaks the stream off.
    Break,
    /// Answers and says goodbye.
    Goodbye,
}

struct World {
    client: Client,
    /// How many connections there were, and how many requests were answered.
    connections: Arc<AtomicUsize>,
    answered: Arc<AtomicUsize>,
}

async fn world(acts: &'static [Act]) -> World {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let acceptor = TlsAcceptor::from(Arc::new(tls(&authority, "localhost")));
    let connections = Arc::new(AtomicUsize::new(0));
    let answered = Arc::new(AtomicUsize::new(0));
    let (count, answers) = (Arc::clone(&connections), Arc::clone(&answered));
    let next = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let (acceptor, answers, next) = (acceptor.clone(), answers.clone(), next.clone());
            tokio::spawn(async move {
                let tls = acceptor.accept(tcp).await.expect("TLS");
                let mut connection = h2::server::handshake(tls).await.expect("HTTP/2");
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    let act = acts[next.fetch_add(1, Ordering::SeqCst) % acts.len()];
                    match act {
                        Act::Refuse => respond.send_reset(h2::Reason::REFUSED_STREAM),
                        Act::Break => respond.send_reset(h2::Reason::INTERNAL_ERROR),
                        Act::Answer | Act::Goodbye => {
                            answers.fetch_add(1, Ordering::SeqCst);
                            let response = http::Response::builder()
                                .header("content-type", "application/json")
                                .body(())
                                .expect("an answer");
                            let mut body = respond.send_response(response, false).expect("sent");
                            body.send_data(Bytes::from_static(NAMESPACE.as_bytes()), true)
                                .expect("sent");
                            if matches!(act, Act::Goodbye) {
                                connection.graceful_shutdown();
                            }
                        }
                    }
                }
            });
        }
    });
    let mut config = Config::new(format!("https://localhost:{port}"));
    config.ca = Some(authority.pem());
    let client = Client::from_config(&config)
        .expect("client")
        .with_retry(RetryPolicy::none());
    World {
        client,
        connections,
        answered,
    }
}

fn named() -> Namespace {
    let mut namespace = Namespace::default();
    namespace.metadata.name = "a".to_owned();
    namespace
}

#[tokio::test]
async fn a_refused_stream_is_sent_again_even_for_writes() {
    let world = world(&[Act::Refuse, Act::Refuse, Act::Answer]).await;
    let api = Api::<Namespace>::all(world.client);
    api.create(named()).await.expect("created in the end");
    assert_eq!(world.answered.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_stream_that_broke_off_is_not() {
    let world = world(&[Act::Break, Act::Answer]).await;
    let api = Api::<Namespace>::all(world.client);
    let error = api.create(named()).await.expect_err("nobody knows");
    assert!(
        error.is_transport() && !error.is_unreachable(),
        "{}",
        error.chain()
    );
    assert_eq!(world.answered.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn after_a_goodbye_there_is_another_connection() {
    let world = world(&[Act::Goodbye]).await;
    let api = Api::<Namespace>::all(world.client);
    for _ in 0..10 {
        api.create(named()).await.expect("created");
    }
    assert_eq!(world.answered.load(Ordering::SeqCst), 10);
    assert!(world.connections.load(Ordering::SeqCst) > 1);
}
