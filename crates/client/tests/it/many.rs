//! Many requests: in batches, and equal ones as one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use skeg_api::core::v1::Namespace;
use skeg_client::{
    Api, Batch, Client, Coalesced, Config, CreateOptions, DeleteOptions, RetryPolicy,
};
use tokio::sync::Semaphore;

use crate::server::{Answer, Options, Server};
use crate::tls::NAMESPACE;

fn named(at: usize) -> Namespace {
    let mut namespace = Namespace::default();
    namespace.metadata.name = format!("n{at}");
    namespace
}

#[tokio::test]
async fn a_batch_of_writes_has_its_results_in_order() {
    let server = Server::with(Options::default(), |seen| {
        let name = String::from_utf8_lossy(&seen.body).into_owned();
        Some(if name.contains("n3") {
            Answer::json(409, r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"AlreadyExists","code":409}"#)
        } else if seen.line.starts_with("DELETE") {
            Answer::json(200, r#"{"kind":"Status","apiVersion":"v1","status":"Success"}"#)
        } else {
            Answer::json(201, NAMESPACE)
        })
    })
    .await;
    let client =
        Client::from_config(&Config::new(format!("http://{}", server.address))).expect("client");
    let api = Api::<Namespace>::all(client);
    let results = api
        .create_all((0..20).map(named), &CreateOptions::default(), Batch::new(4))
        .await;
    assert_eq!(results.len(), 20);
    for (at, result) in results.iter().enumerate() {
        match result {
            Ok(_) => assert_ne!(at, 3),
            Err(error) => assert!(at == 3 && error.is_already_exists(), "{at}: {error}"),
        }
    }
    let deleted = api
        .delete_all(["a", "b"], &DeleteOptions::default(), Batch::default())
        .await;
    assert!(deleted.iter().all(Result::is_ok));
    let connections = server.seen().iter().map(|seen| seen.connection).max();
    assert!(connections <= Some(4), "{connections:?}");
}

#[tokio::test]
async fn equal_reads_are_sent_once() {
    let gate = Arc::new(Semaphore::new(0));
    let options = Options {
        gate: Some(Arc::clone(&gate)),
        ..Options::default()
    };
    let served = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&served);
    let server = Server::with(options, move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Some(Answer::json(200, NAMESPACE))
    })
    .await;
    let client = Client::from_config(&Config::new(format!("http://{}", server.address)))
        .expect("client")
        .with_retry(RetryPolicy::none())
        .with_layer(|below| Arc::new(Coalesced::new(below)));
    let api = Api::<Namespace>::all(client);
    let get = |name: &'static str| {
        let api = api.clone();
        tokio::spawn(async move { api.get(name).await.map(drop) })
    };
    let mut reads: Vec<_> = (0..5).map(|_| get("a")).collect();
    reads.push(get("b"));
    server.until_seen(2).await;
    // The first caller gives up; the others get their answer all the same.
    reads.remove(0).abort();
    // A read after a write does not join a read from before it.
    let write = {
        let api = api.clone();
        tokio::spawn(async move { api.create(named(1)).await.map(drop) })
    };
    server.until_seen(3).await;
    reads.push(get("a"));
    server.until_seen(4).await;
    gate.add_permits(100);
    for read in reads {
        read.await.expect("done").expect("answered");
    }
    write.await.expect("done").expect("answered");
    assert_eq!(served.load(Ordering::SeqCst), 4);
    api.get("a").await.expect("a new one");
    assert_eq!(
        served.load(Ordering::SeqCst),
        5,
        "what has landed is not joined"
    );
}
