//! One object that does not fit its struct takes nothing else along.

use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use http::{Request, Response};
use parking_lot::Mutex;
use skeg_api::core::v1::ConfigMap;
use skeg_client::telemetry::{Event, Recorder};
use skeg_client::{Api, Client, ListOptions, Payload, RetryPolicy, Transport, TransportError};
use skeg_runtime::{
    ControllerBuilder, Delta, ManualClock, Next, ObjectName, ReconcileError, SharedInformerFactory,
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

const LIST: &str = r#"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[
    {"metadata":{"name":"good","namespace":"a","uid":"1","resourceVersion":"3"},"data":{"k":"1"}},
    {"metadata":{"name":"bad","namespace":"a","uid":"2","resourceVersion":"4"},"data":"none"}]}"#;

fn event(what: &str, name: &str, version: u32, data: &str) -> String {
    format!(
        r#"{{"type":"{what}","object":{{"kind":"ConfigMap","apiVersion":"v1","metadata":{{"name":"{name}","namespace":"a","uid":"{name}","resourceVersion":"{version}"}},"data":{data}}}}}"#
    ) + "\n"
}

/// Answers with a list, and with one watch whose events are given to it.
struct Server {
    events: Mutex<Option<mpsc::UnboundedReceiver<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Transport for Server {
    fn call(
        &self,
        request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let asked = request.uri().to_string();
        let is_watch = asked.contains("watch=");
        self.asked.lock().push(asked);
        let payload = if is_watch {
            match self.events.lock().take() {
                Some(events) => {
                    let pieces = stream::unfold(events, |mut events| async {
                        let piece: String = events.recv().await?;
                        Some((Ok(piece.into()), events))
                    });
                    Payload::Stream(pieces.boxed())
                }
                None => Payload::Stream(stream::pending().boxed()),
            }
        } else {
            Payload::Bytes(LIST.into())
        };
        std::future::ready(Ok(Response::new(payload))).boxed()
    }

    // Lists are not streamed then.
    fn in_process(&self) -> bool {
        true
    }
}

#[derive(Default)]
struct Unreadable(Mutex<Vec<String>>);

impl Recorder for Unreadable {
    fn record(&self, event: &Event<'_>) {
        if let Event::Unreadable { resource } = event {
            self.0.lock().push((*resource).to_owned());
        }
    }
}

struct Rig {
    client: Client,
    events: mpsc::UnboundedSender<String>,
    asked: Arc<Mutex<Vec<String>>>,
    recorder: Arc<Unreadable>,
}

fn rig() -> Rig {
    let (events, given) = mpsc::unbounded_channel();
    let asked = Arc::default();
    let server = Server {
        events: Mutex::new(Some(given)),
        asked: Arc::clone(&asked),
    };
    let recorder = Arc::<Unreadable>::default();
    let client = Client::new(Arc::new(server)).with_retry(RetryPolicy::none());
    Rig {
        client: client.with_recorder(Arc::clone(&recorder) as Arc<dyn Recorder>),
        events,
        asked,
        recorder,
    }
}

#[tokio::test]
async fn informers_go_on_without_it() {
    let rig = rig();
    let cancel = CancellationToken::new();
    let clock = ManualClock::new();
    let factory = SharedInformerFactory::new(rig.client.clone(), clock.shared(), cancel.clone());
    let errors = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&errors);
    factory.on_error(move |error| sink.lock().push(error.chain()));
    let maps = factory.informer::<ConfigMap>();
    let (seen, mut log) = watch::channel(Vec::new());
    maps.on_change(move |delta: Delta<'_, ConfigMap>| {
        let name = &delta.object().metadata.name;
        let text = match &delta {
            Delta::Added { .. } => format!("+{name}"),
            Delta::Updated { .. } => name.clone(),
            Delta::Deleted { .. } => format!("-{name}"),
        };
        seen.send_modify(|seen| seen.push(text));
    });
    maps.synced().await;
    let (good, bad) = (ObjectName::new("a", "good"), ObjectName::new("a", "bad"));
    assert!(maps.get("a", "good").is_some() && maps.get("a", "bad").is_none());
    let why = maps.store().unreadable(&bad).expect("a reason");
    assert!(why.starts_with("configmaps a/bad: cannot read"), "{why}");
    assert_eq!(maps.store().unreadable(&good), None);
    assert_eq!(*errors.lock(), [why]);
    assert_eq!(*rig.recorder.0.lock(), ["configmaps"]);
    // It breaks while it is watched, changes while it is broken, and goes.
    for event in [
        event("MODIFIED", "good", 8, "5"),
        event("ADDED", "other", 9, "{}"),
        event("MODIFIED", "bad", 10, r#"{"k":"1"}"#),
        event("DELETED", "good", 11, "5"),
    ] {
        rig.events.send(event).expect("a watch");
    }
    let log = log.wait_for(|log| log.len() >= 4).await.expect("events");
    assert_eq!(*log, ["+good", "+other", "+bad", "-good"]);
    drop(log);
    assert!(maps.store().unreadable(&bad).is_none() && maps.get("a", "bad").is_some());
    assert_eq!(maps.store().len(), 2);
    // Once more when it broke; when it was deleted that no longer mattered.
    assert_eq!(rig.recorder.0.lock().len(), 2);
    let asked = rig.asked.lock().len();
    assert_eq!(asked, 2, "a list and a watch that goes on");
    cancel.cancel();
}

#[tokio::test]
async fn it_is_not_reconciled_as_if_it_had_gone() {
    let rig = rig();
    let cancel = CancellationToken::new();
    let clock = ManualClock::new();
    let factory = SharedInformerFactory::new(rig.client.clone(), clock.shared(), cancel.clone());
    let names = ["bad", "good", "gone"].map(|name| ObjectName::new("a", name));
    let (seen, mut log) = watch::channel(Vec::new());
    let controller = ControllerBuilder::<ConfigMap>::new("maps")
        .feed(stream::iter(names))
        .reconcile(seen, |seen, name: ObjectName| async move {
            seen.send_modify(|seen| seen.push(name.name));
            Ok::<_, ReconcileError>(Next::Done)
        });
    let token = cancel.clone();
    let running = tokio::spawn(async move { controller.run(&factory, token).await });
    let found = log.wait_for(|log| log.iter().any(|name| name == "gone"));
    assert!(!found.await.expect("names").iter().any(|name| name == "bad"));
    cancel.cancel();
    running.await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn lists_say_which_it_is() {
    let api = Api::<ConfigMap>::all(rig().client);
    let error = api.list(&ListOptions::default()).await.expect_err("bad");
    let chain = error.chain();
    assert!(chain.contains("cannot read a/bad: "), "{chain}");
}
