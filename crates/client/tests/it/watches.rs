//! Watches, in both forms.

use futures::StreamExt;
use skeg_api::core::v1::ConfigMap;
use skeg_client::{Api, Client, Config, Error, WatchEvent, WatchOptions};
use skeg_meta::{ObjectMeta, SharedObject, Status};
use std::sync::Arc;

use crate::server::{Answer, Server};

async fn watch(answer: Answer) -> (Server, Vec<Result<String, Error>>) {
    let server = Server::start(None, vec![answer]).await;
    let client =
        Client::from_config(&Config::new(format!("http://{}", server.address))).expect("client");
    let api = Api::<ConfigMap>::namespaced(client, "a");
    let watch = api
        .watch(&WatchOptions::from_version("5"))
        .await
        .expect("watch");
    let name =
        |map: Arc<ConfigMap>| format!("{}@{}", map.metadata.name, map.metadata.resource_version);
    let events = watch.map(|event| {
        event.map(|event| match event {
            WatchEvent::Added(map) => format!("+{}", name(map)),
            WatchEvent::Modified(map) => format!("~{}", name(map)),
            WatchEvent::Deleted(map) => format!("-{}", name(map)),
            WatchEvent::Bookmark {
                resource_version,
                initial_events_end,
            } => {
                format!("#{resource_version} {initial_events_end}")
            }
            WatchEvent::Error(status) => format!("!{}", status.code),
        })
    });
    (server, events.collect().await)
}

fn all(events: Vec<Result<String, Error>>) -> Vec<String> {
    events
        .into_iter()
        .map(|event| event.expect("an event"))
        .collect()
}

const EXPECT: [&str; 5] = ["+m@6", "~m@7", "#8 true", "-m@9", "!410"];

#[tokio::test]
async fn lines_of_json() {
    let object = |version: u32| {
        format!(
            r#"{{"kind":"ConfigMap","apiVersion":"v1","metadata":{{"name":"m","resourceVersion":"{version}"}}}}"#
        )
    };
    let lines = format!(
        "{{\"type\":\"ADDED\",\"object\":{}}}\n{{\"type\":\"MODIFIED\",\"object\":{}}}\n{}\n{{\"type\":\"DELETED\",\"object\":{}}}\n{}\n",
        object(6),
        object(7),
        r#"{"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"8","annotations":{"k8s.io/initial-events-end":"true"}}}}"#,
        object(9),
        r#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old","reason":"Expired","code":410}}"#,
    );
    let (head, tail) = lines.split_at(77);
    let (server, events) = watch(Answer::json(200, head).then(tail.to_owned())).await;
    assert_eq!(all(events), EXPECT);
    assert_eq!(
        server.seen()[0].line,
        "GET /api/v1/namespaces/a/configmaps?watch=true&resourceVersion=5&allowWatchBookmarks=true"
    );
}

fn field(number: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(number << 3 | 2);
    let mut len = bytes.len();
    while len >= 0x80 {
        out.push((len & 0x7f) as u8 | 0x80);
        len >>= 7;
    }
    out.push(len as u8);
    out.extend_from_slice(bytes);
}

fn frame(kind: &str, object: &[u8]) -> Vec<u8> {
    let (mut raw, mut event) = (Vec::new(), Vec::new());
    field(1, object, &mut raw);
    field(1, kind.as_bytes(), &mut event);
    field(2, &raw, &mut event);
    let mut frame = u32::try_from(event.len())
        .expect("short")
        .to_be_bytes()
        .to_vec();
    frame.extend(event);
    frame
}

#[tokio::test]
async fn frames_of_protobuf() {
    let object = |version: &str, end: bool| {
        let mut metadata = ObjectMeta {
            name: "m".to_owned(),
            resource_version: version.to_owned(),
            ..Default::default()
        };
        if end {
            metadata
                .annotations
                .insert("k8s.io/initial-events-end".to_owned(), "true".to_owned());
        }
        SharedObject::from_typed(Arc::new(ConfigMap {
            metadata,
            ..ConfigMap::default()
        }))
        .protobuf()
    };
    let mut body = frame("ADDED", &object("6", false));
    body.extend(frame("MODIFIED", &object("7", false)));
    body.extend(frame("BOOKMARK", &object("8", true)));
    body.extend(frame("DELETED", &object("9", false)));
    let mut status = Vec::new();
    skeg_schema::message_to_protobuf(&Status::expired("too old"), &mut status);
    body.extend(frame(
        "ERROR",
        &skeg_schema::envelope::wrap("v1", "Status", &status),
    ));
    let tail = body.split_off(99);
    let (_, events) = watch(
        Answer::new(
            200,
            "application/vnd.kubernetes.protobuf;stream=watch",
            body,
        )
        .then(tail),
    )
    .await;
    assert_eq!(all(events), EXPECT);
}

#[tokio::test]
async fn a_watch_that_breaks_off_says_so() {
    let line = "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"m\",\"resourceVersion\":\"6\"}}}\n";
    let (_, mut events) = watch(Answer::json(200, line).broken()).await;
    let last = events.pop().expect("an end");
    assert!(matches!(last, Err(Error::Body { .. })));
    assert_eq!(all(events), ["+m@6"]);
}

#[tokio::test]
async fn a_page_is_no_watch() {
    let answer = Answer::new(200, "text/html", "<html>login</html>");
    let server = Server::start(None, vec![answer]).await;
    let client =
        Client::from_config(&Config::new(format!("http://{}", server.address))).expect("client");
    let api = Api::<ConfigMap>::namespaced(client, "a");
    let watch = api.watch(&WatchOptions::from_version("5")).await;
    let error = watch.err().expect("no watch");
    assert!(
        error.chain().to_string().contains("text/html"),
        "{}",
        error.chain()
    );
}

#[tokio::test]
async fn a_watch_that_is_a_refusal_says_so() {
    let refusal = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"Forbidden","code":403}"#;
    let (_, events) = watch(Answer::json(200, refusal)).await;
    assert_eq!(all(events), ["!403"]);
}

#[tokio::test]
async fn the_last_event_may_lack_its_end_and_may_not_be_cut_off() {
    let line = r#"{"type":"ADDED","object":{"metadata":{"name":"m","resourceVersion":"6"}}}"#;
    let (_, events) = watch(Answer::json(200, line)).await;
    assert_eq!(all(events), ["+m@6"]);
    let (_, mut events) = watch(Answer::json(200, &format!("{line}\n{}", &line[..40]))).await;
    assert!(matches!(events.pop(), Some(Err(Error::Body { .. }))));
    assert_eq!(all(events), ["+m@6"]);
}

#[tokio::test]
async fn nonsense_ends_a_watch() {
    let (_, mut events) = watch(Answer::json(200, "{\"type\":\"ADDED\"}\nmore\n")).await;
    assert!(matches!(events.pop(), Some(Err(Error::Decode { .. }))));
    assert!(events.is_empty(), "nothing comes after it");
}
