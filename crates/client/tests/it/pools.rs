//! Connections: how many there are, and what goes over them.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression as Level;
use flate2::write::GzEncoder;
use skeg_api::core::v1::{Namespace, Pod};
use skeg_client::breaker::BreakerPolicy;
use skeg_client::config::{Compression, PoolOptions};
use skeg_client::telemetry::Prometheus;
use skeg_client::{
    Api, Client, Config, Error, ListOptions, LogOptions, Priority, RateLimit, RetryPolicy,
    WatchOptions,
};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::server::{Answer, Options, Server, wait_for};
use crate::tls::{Authority, NAMESPACE, tls};

async fn get(client: &Client) -> Result<(), Error> {
    Api::<Namespace>::all(client.clone())
        .get("a")
        .await
        .map(drop)
}

fn config(authority: &Authority, server: &Server) -> Config {
    let mut config = Config::new(format!("https://localhost:{}", server.address.port()));
    config.ca = Some(authority.pem());
    config
}

#[tokio::test]
async fn streams_spread_over_connections_up_to_a_bound() {
    let authority = Authority::new();
    let gate = Arc::new(Semaphore::new(1));
    let options = Options {
        tls: Some(tls(&authority, "localhost")),
        streams_max: Some(2),
        gate: Some(Arc::clone(&gate)),
    };
    let server = Server::with(options, |_| Some(Answer::json(200, NAMESPACE))).await;
    let mut config = config(&authority, &server);
    config.pool = PoolOptions {
        connections_max: 3,
        ..PoolOptions::default()
    };
    let metrics = Arc::new(Prometheus::new());
    config.recorder = Some(metrics.clone());
    let client = Client::from_config(&config).expect("client");
    // After the first answer the server's bound is known.
    get(&client).await.expect("the first");
    let all: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { get(&client).await })
        })
        .collect();
    // Six run, the others wait for a stream.
    server.until_seen(7).await;
    gate.add_permits(10);
    for one in all {
        one.await.expect("done").expect("answered");
    }
    let mut connections: Vec<usize> = server.seen().iter().map(|seen| seen.connection).collect();
    connections.sort_unstable();
    connections.dedup();
    assert_eq!(connections, [1, 2, 3]);
    let open = metrics
        .render()
        .lines()
        .find(|line| line.starts_with("rest_client_connections{"))
        .expect("a gauge")
        .to_owned();
    assert!(open.ends_with(r#"protocol="h2"} 3"#), "{open}");
    drop(client);
    wait_for(|| metrics.render().contains(r#"protocol="h2"} 0"#)).await;
}

/// Answers that nobody reads at the moment hold up no others on their
/// connection, however much of them has come.
#[tokio::test]
async fn what_is_not_read_holds_up_nothing_beside_it() {
    const UNREAD: usize = 80;
    let authority = Authority::new();
    let options = Options {
        tls: Some(tls(&authority, "localhost")),
        ..Options::default()
    };
    let server = Server::with(options, |seen| {
        let is_log = seen.line.contains("/log");
        Some(if is_log {
            Answer::new(200, "text/plain", vec![b'x'; 1 << 20])
        } else {
            Answer::json(200, NAMESPACE)
        })
    })
    .await;
    let mut config = config(&authority, &server);
    config.pool.connections_max = 1;
    let client = Client::from_config(&config).expect("client");
    let pods = Api::<Pod>::namespaced(client.clone(), "a");
    let mut unread = Vec::new();
    for _ in 0..UNREAD {
        let log = pods.log_stream("p", &LogOptions::default()).await;
        unread.push(log.expect("a log"));
    }
    let beside = tokio::time::timeout(Duration::from_secs(30), get(&client)).await;
    beside.expect("in time").expect("an answer beside them");
    let connections: Vec<usize> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [1; UNREAD + 1]);
}

#[tokio::test]
async fn http_1_has_a_connection_for_each_request_and_keeps_them() {
    let gate = Arc::new(Semaphore::new(0));
    let options = Options {
        gate: Some(Arc::clone(&gate)),
        ..Options::default()
    };
    let server = Server::with(options, |_| Some(Answer::json(200, NAMESPACE))).await;
    let mut config = Config::new(format!("http://{}", server.address));
    config.pool.http1_connections_max = 2;
    let client = Client::from_config(&config).expect("client");
    let all: Vec<_> = (0..5)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { get(&client).await })
        })
        .collect();
    server.until_seen(2).await;
    gate.add_permits(100);
    for one in all {
        one.await.expect("done").expect("answered");
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 5);
    assert!(seen.iter().all(|seen| seen.connection <= 2), "{seen:?}");
}

#[tokio::test]
async fn a_connection_that_was_closed_is_replaced_without_a_word() {
    let server = Server::with(Options::default(), |_| {
        Some(Answer::json(200, NAMESPACE).header("connection", "close"))
    })
    .await;
    let mut config = Config::new(format!("http://{}", server.address));
    config.pool.http1_connections_max = 1;
    let client = Client::from_config(&config).expect("client");
    let api = Api::<Namespace>::all(client.with_retry(RetryPolicy::none()));
    for _ in 0..20 {
        let mut namespace = Namespace::default();
        namespace.metadata.name = "a".to_owned();
        api.create(namespace).await.expect("created");
    }
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
    encoder.write_all(text.as_bytes()).expect("pack");
    encoder.finish().expect("pack")
}

#[tokio::test]
async fn packed_answers() {
    let server = Server::with(Options::default(), |seen| {
        let items = vec![r#"{"metadata":{"name":"a"}}"#; 1000].join(",");
        let list = format!(
            r#"{{"kind":"NamespaceList","apiVersion":"v1","metadata":{{"resourceVersion":"7"}},"items":[{items}]}}"#
        );
        let is_asked = seen.header("accept-encoding") == "gzip";
        Some(if is_asked {
            Answer::new(200, "application/json", packed(&list)).header("content-encoding", "gzip")
        } else {
            Answer::json(200, &list)
        })
    })
    .await;
    for (compression, expect) in [
        (Compression::Always, "gzip"),
        (Compression::Never, ""),
        // The server is on this machine.
        (Compression::Auto, ""),
    ] {
        let mut config = Config::new(format!("http://{}", server.address));
        config.compression = compression;
        let api = Api::<Namespace>::all(Client::from_config(&config).expect("client"));
        let list = api.list(&ListOptions::default()).await.expect("a list");
        assert_eq!(list.items.len(), 1000);
        let seen = server.seen().pop().expect("a request");
        assert_eq!(seen.header("accept-encoding"), expect, "{compression:?}");
    }
}

#[tokio::test]
async fn a_silent_watch_is_taken_for_dead() {
    let server = Server::with(Options::default(), |_| {
        let event = r#"{"type":"ADDED","object":{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"a"}}}"#;
        Some(Answer::json(200, &format!("{event}\n")).silent())
    })
    .await;
    let mut config = Config::new(format!("http://{}", server.address));
    config.watch_idle_timeout = Some(Duration::from_millis(50));
    let api = Api::<Namespace>::all(Client::from_config(&config).expect("client"));
    let options = WatchOptions::default();
    let mut watch = api.watch(&options).await.expect("a watch");
    use futures::StreamExt;
    watch.next().await.expect("an event").expect("an event");
    let error = watch
        .next()
        .await
        .expect("an end")
        .expect_err("silence")
        .chain();
    assert!(error.contains("nothing came for 0.05 s"), "{error}");
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for_for_ever() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.expect("a connection");
        let mut sink = Vec::new();
        let _ = tcp.read_to_end(&mut sink).await;
    });
    let mut config = Config::new(format!("http://{address}"));
    config.read_timeout = Some(Duration::from_millis(50));
    let client = Client::from_config(&config)
        .expect("client")
        .with_retry(RetryPolicy::none());
    let error = get(&client).await.expect_err("silence");
    assert!(error.is_timeout(), "{}", error.chain());
    // A log that is not followed is a request as others are.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.expect("a connection");
        let mut sink = Vec::new();
        let _ = tcp.read_to_end(&mut sink).await;
    });
    let client = Client::from_config(&Config::new(format!("http://{address}")))
        .expect("client")
        .with_timeout(Some(Duration::from_millis(50)))
        .with_retry(RetryPolicy::none());
    let pods = Api::<Pod>::namespaced(client, "a");
    let error = pods.logs("p", &LogOptions::default()).await;
    let error = error.expect_err("silence");
    assert!(error.is_timeout(), "{}", error.chain());
    // Not even TLS comes about.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = silent.local_addr().expect("an address");
    let mut config = Config::new(format!("https://{address}"));
    config.insecure = true;
    config.connect_timeout = Duration::from_millis(50);
    let error = get(&Client::from_config(&config).expect("client"))
        .await
        .expect_err("silence")
        .chain();
    assert!(error.contains("no connection within 0.05 s"), "{error}");
}

#[tokio::test]
async fn the_rate_is_kept_and_told() {
    let server = Server::with(Options::default(), |_| Some(Answer::json(200, NAMESPACE))).await;
    let metrics = Arc::new(Prometheus::new());
    let mut config = Config::new(format!("http://{}", server.address));
    config.rate_limit = Some(RateLimit::new(50.0, 1));
    config.recorder = Some(metrics.clone());
    let client = Client::from_config(&config).expect("client");
    let begun = std::time::Instant::now();
    for one in futures::future::join_all((0..6).map(|_| get(&client))).await {
        one.expect("answered");
    }
    assert!(begun.elapsed() >= Duration::from_millis(95));
    let text = metrics.render();
    let waits = format!(
        r#"rest_client_rate_limiter_duration_seconds_count{{verb="GET",host="{}"}} 6"#,
        server.address
    );
    assert!(text.contains(&waits), "{text}");
    // The more important goes first, though it comes last.
    config.rate_limit = Some(RateLimit::new(8.0, 1));
    let client = Client::from_config(&config).expect("client");
    get(&client).await.expect("the burst");
    let order = parking_lot::Mutex::new(Vec::new());
    let turn = async |priority| {
        let result = get(&client.clone().with_priority(priority)).await;
        order.lock().push(priority);
        result
    };
    let (low, normal, high) = tokio::join!(
        turn(Priority::Low),
        turn(Priority::Normal),
        turn(Priority::High)
    );
    low.and(normal).and(high).expect("answered");
    assert_eq!(
        *order.lock(),
        [Priority::High, Priority::Normal, Priority::Low]
    );
}

#[tokio::test]
async fn a_server_that_fails_is_left_alone() {
    let server = Server::with(Options::default(), |seen| {
        let is_well = seen.header("x-well") == "yes";
        Some(if is_well {
            Answer::json(200, NAMESPACE)
        } else {
            Answer::json(503, "{}")
        })
    })
    .await;
    let metrics = Arc::new(Prometheus::new());
    let mut config = Config::new(format!("http://{}", server.address));
    config.recorder = Some(metrics.clone());
    config.breaker = Some(BreakerPolicy {
        failures_max: 3,
        pause: Duration::from_millis(400),
        ..BreakerPolicy::default()
    });
    let client = Client::from_config(&config).expect("client");
    for _ in 0..3 {
        assert_eq!(get(&client).await.expect_err("trouble").code(), 503);
    }
    let error = get(&client).await.expect_err("left alone").chain();
    assert!(error.contains("has failed 3 times in a row"), "{error}");
    assert_eq!(server.seen().len(), 3);
    assert!(
        metrics.render().contains("rest_client_circuit_open{"),
        "told"
    );
    // Who is patient gets through once the server is well again.
    let well = client
        .with_propagator(|headers| {
            headers.insert("x-well", http::HeaderValue::from_static("yes"));
        })
        .with_retry(RetryPolicy::persistent());
    get(&well).await.expect("well again");
    get(&well).await.expect("still");
    assert_eq!(server.seen().len(), 5);
}
