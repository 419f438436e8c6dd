//! Recordings of all traffic: one JSON line for each request with its answer.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::{Request, Response, header};
use jiff::Timestamp;
use parking_lot::Mutex;
use skeg_client::{Payload, SharedEvent, SharedList};
use skeg_schema::{Value, json};

/// Bodies that are longer are not recorded.
const BODY_LEN_MAX: usize = 16 << 20;

/// Writes a recording.
pub(crate) struct Recorder {
    out: Mutex<BufWriter<File>>,
}

/// A request that is being recorded.
pub(crate) struct Recording {
    method: String,
    target: String,
    agent: String,
    content_type: String,
    body: Value,
}

fn text(headers: &http::HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// A body as it stands in a recording: the tree where it is one, else text.
fn tree_of(bytes: &Bytes, content_type: &str) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    if content_type.contains("protobuf")
        && let Some(tree) = from_protobuf(bytes)
    {
        return tree;
    }
    if content_type.contains("yaml")
        && let Ok(tree) = skeg_schema::decode_yaml_any(bytes)
    {
        return tree;
    }
    skeg_schema::decode_json_any(bytes)
        .unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().into())
}

fn from_protobuf(bytes: &Bytes) -> Option<Value> {
    let inside = skeg_schema::envelope::unwrap(bytes).ok()?;
    let (group, version) = inside
        .api_version
        .rsplit_once('/')
        .unwrap_or(("", inside.api_version));
    let ty = skeg_schema::TypeId::by_gvk(group, version, inside.kind)?;
    let mut tree = skeg_schema::decode_protobuf(inside.raw, ty).ok()?;
    tree.set_at(&["apiVersion"], inside.api_version);
    tree.set_at(&["kind"], inside.kind);
    Some(tree)
}

fn of_list(list: &SharedList) -> Value {
    let items: Vec<Value> = list
        .items
        .iter()
        .map(|item| (*item.value()).clone())
        .collect();
    let mut metadata = json!({"resourceVersion": list.resource_version.as_str()});
    if let Some(token) = &list.continue_token {
        metadata.set_at(&["continue"], token.as_str());
    }
    json!({"kind": "List", "apiVersion": "v1", "metadata": metadata, "items": items})
}

pub(crate) fn of_event(event: &SharedEvent) -> Value {
    let (kind, object) = match event {
        SharedEvent::Added(object) => ("ADDED", (*object.value()).clone()),
        SharedEvent::Modified(object) => ("MODIFIED", (*object.value()).clone()),
        SharedEvent::Deleted(object) => ("DELETED", (*object.value()).clone()),
        SharedEvent::Bookmark {
            resource_version,
            initial_events_end,
        } => {
            let mut metadata = json!({"resourceVersion": resource_version.as_str()});
            if *initial_events_end {
                metadata.set_at(&["annotations", "k8s.io/initial-events-end"], "true");
            }
            ("BOOKMARK", json!({"metadata": metadata}))
        }
        SharedEvent::Error(status) => ("ERROR", skeg_schema::message_to_value(&**status)),
    };
    json!({"type": kind, "object": object})
}

/// Reads a request's body; the request with the body still in it, and the body
/// as a tree.
pub(crate) async fn read_whole(request: Request<Payload>) -> (Request<Payload>, Value) {
    let (parts, body) = request.into_parts();
    let content_type = text(&parts.headers, header::CONTENT_TYPE);
    let upgrades = parts.headers.contains_key(header::UPGRADE);
    let (body, tree) = match body {
        Payload::Object(object) => {
            let tree = (*object.value()).clone();
            (Payload::Object(object), tree)
        }
        Payload::Bytes(bytes) => {
            let tree = tree_of(&bytes, &content_type);
            (Payload::Bytes(bytes), tree)
        }
        Payload::Stream(mut pieces) if !upgrades => {
            let mut whole = BytesMut::new();
            while let Some(Ok(piece)) = pieces.next().await {
                whole.extend_from_slice(&piece);
                if whole.len() > BODY_LEN_MAX {
                    break;
                }
            }
            let whole = whole.freeze();
            let tree = tree_of(&whole, &content_type);
            let first = futures::stream::once(async move { Ok(whole) });
            (Payload::Stream(first.chain(pieces).boxed()), tree)
        }
        other => (other, Value::Null),
    };
    (Request::from_parts(parts, body), tree)
}

impl Recorder {
    pub(crate) fn create(path: &Path) -> std::io::Result<Self> {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        let out = Mutex::new(BufWriter::new(File::create(path)?));
        Ok(Self { out })
    }

    fn line(&self, value: &Value) {
        let mut out = self.out.lock();
        let written = writeln!(out, "{value}").and_then(|()| out.flush());
        if let Err(error) = written {
            tracing::warn!(%error, "the recording cannot be written");
        }
    }

    /// Reads the request's body, so that it can be written down.
    pub(crate) async fn begin(&self, request: Request<Payload>) -> (Request<Payload>, Recording) {
        let (request, body) = read_whole(request).await;
        let recording = Recording {
            method: request.method().to_string(),
            target: request.uri().to_string(),
            agent: text(request.headers(), header::USER_AGENT),
            content_type: text(request.headers(), header::CONTENT_TYPE),
            body,
        };
        (request, recording)
    }

    /// Writes the request and its answer down. Of a watch every event is
    /// written when it comes.
    pub(crate) fn end(
        self: &Arc<Self>,
        recording: Recording,
        number: u64,
        at: Timestamp,
        user: &str,
        response: Response<Payload>,
    ) -> Response<Payload> {
        let content_type = text(response.headers(), header::CONTENT_TYPE);
        let is_watch = recording.target.contains("watch=") || recording.target.ends_with("watch");
        let answer = match response.body() {
            Payload::Object(object) => (*object.value()).clone(),
            Payload::List(list) => of_list(list),
            Payload::Status(status) => {
                let mut tree = skeg_schema::message_to_value(&**status);
                tree.set_at(&["kind"], "Status");
                tree.set_at(&["apiVersion"], "v1");
                tree
            }
            Payload::Bytes(bytes) => tree_of(bytes, &content_type),
            _ => Value::Null,
        };
        let mut line = json!({
            "number": i64::try_from(number).unwrap_or(i64::MAX),
            "at": at.to_string(),
            "user": user,
            "agent": recording.agent,
            "method": recording.method,
            "target": recording.target,
        });
        if !recording.content_type.is_empty() {
            line.set_at(&["contentType"], recording.content_type.as_str());
        }
        if !recording.body.is_null() {
            line.set_at(&["request"], recording.body);
        }
        line.set_at(&["code"], i64::from(response.status().as_u16()));
        if !answer.is_null() {
            line.set_at(&["answer"], answer);
        }
        self.line(&line);
        let this = self.clone();
        let event = move |event: Value| {
            let of = i64::try_from(number).unwrap_or(i64::MAX);
            this.line(&json!({"of": of, "event": event}));
        };
        response.map(|body| match body {
            Payload::Events(events) => {
                Payload::Events(events.inspect(move |found| event(of_event(found))).boxed())
            }
            Payload::Stream(pieces) if is_watch && content_type.contains("json") => {
                Payload::Stream(
                    pieces
                        .inspect(move |piece| {
                            let Ok(piece) = piece else { return };
                            for frame in piece.split(|byte| *byte == b'\n') {
                                if let Ok(tree) = skeg_schema::decode_json_any(frame) {
                                    event(tree);
                                }
                            }
                        })
                        .boxed(),
                )
            }
            other => other,
        })
    }
}
