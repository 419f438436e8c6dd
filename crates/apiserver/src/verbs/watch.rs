//! Watching a collection, from the cache.

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use http::{HeaderValue, Response, header};
use skeg_client::{Payload, SharedEvent};
use skeg_meta::{SharedObject, Status};
use skeg_schema::{Object, Value, encode_json, encode_protobuf, envelope};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::Sleep;
use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::cache::{Begin, Change, Delivery, Filter, Guard, TooOld};
use crate::call::Req;
use crate::error::{Error, Result};
use crate::negotiate::{self, Format, Transform, Wanted, encode};
use crate::objects::read::{parse_revision, too_large};
use crate::options::ListOptions;
use crate::selectors;
use crate::served::Served;
use crate::table::{self, Include};
use crate::verbs::pace::Pace;
use crate::wsstream::{self, Framing};

/// So long before its end a watch is told how far it has come: whoever watches anew begins
/// there.
const FAREWELL: Duration = Duration::from_secs(2);
/// Watches without a timeout end at random between this and its double.
const TIMEOUT_MIN_SECONDS: u64 = 1800;
/// Marks the bookmark after the initial events.
const INITIAL_EVENTS_END: &str = "k8s.io/initial-events-end";

/// Bytes of the length in front of a frame in protobuf.
const LENGTH_LEN: usize = 4;

/// What goes to one watcher.
enum Item {
    /// An object that was there at the beginning.
    Initial(SharedObject),
    /// A change.
    Change(Change, Arc<crate::cache::Event>),
    /// How far the watch is; the flag ends the initial events.
    Bookmark(u64, bool),
    /// The end, with a reason.
    Error(Box<Status>),
    /// A change whose object is in the served version already.
    Shown(Change, SharedObject),
}

/// Answers a stream of events.
pub async fn watch(req: &Req<'_>, served: &Arc<Served>) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    if !req.in_process {
        crate::reply::check_form(wanted, served)?;
    }
    let options = ListOptions::read(req.query, true)?;
    let name = req.info.name_in_path.then_some(&*req.info.name);
    let mut filter = selectors::filter(
        served,
        &req.info.namespace,
        &options.label_selector,
        &options.field_selector,
        name,
    )?;
    let webhook = served.converted_by_webhook().is_some();
    let shown = webhook.then(|| filter.take_converted()).flatten();
    let rows = match wanted.transform {
        Transform::Table(_) => table::Options::read(req.query)?.at(req.server.now()),
        _ => table::Options::default(),
    };
    let revision = parse_revision(&options.resource_version).map_err(Error::internal)?;
    // The form is chosen before it is asked whether there are streams of it.
    if wanted.format == Format::Yaml {
        return Err(negotiate::not_acceptable(true));
    }
    let Some(cacher) = &served.cacher else {
        return Err(Error::method_not_allowed());
    };
    let scope = served.prefix_of(filter.namespace.as_deref().unwrap_or_default());
    let from_now = options.resource_version.is_empty();
    let starts = options.send_initial_events == Some(true);
    // A state that is told to be whole must be as new as the request.
    let fresh = !from_now || cacher.catch_up().await || !starts;
    let waits = starts && revision > 0;
    let reached = fresh && (!waits || cacher.wait_for(revision).await);
    let begin = match (options.send_initial_events, revision) {
        (Some(true), _) | (None, 0) => Begin::State,
        (Some(false), 0) => Begin::After(cacher.revision()),
        (_, revision) => Begin::After(revision),
    };
    let end_bookmark =
        begin == Begin::State && options.bookmarks && options.send_initial_events != Some(false);
    let seconds = match options.timeout_seconds {
        Some(seconds) if seconds > 0 => seconds.unsigned_abs(),
        _ => fastrand::u64(TIMEOUT_MIN_SECONDS..2 * TIMEOUT_MIN_SECONDS),
    };
    let timeout = Duration::from_secs(seconds);
    let listed = (end_bookmark && options.send_initial_events == Some(true)).then(|| {
        let desc = served.resource.desc;
        let kind = (desc.group, desc.version, desc.resource);
        let scope = if req.info.name_in_path || !filter.exact_name().unwrap_or_default().is_empty()
        {
            "resource"
        } else if filter.namespace.is_some() {
            "namespace"
        } else {
            "cluster"
        };
        let (metrics, since) = (req.server.inner.metrics.clone(), Instant::now());
        let told = move || metrics.watch_listed((kind, scope), since.elapsed());
        Box::new(told) as Box<dyn FnOnce() + Send>
    });
    let items = match cacher.subscribe(&scope, filter, begin, options.bookmarks) {
        _ if !reached => {
            let late = too_large(revision, cacher.revision()).into_status();
            futures::stream::iter([Item::Error(Box::new(late))]).boxed()
        }
        Ok(mut subscription) => {
            let guard = subscription.take_guard();
            let end = tokio::time::Instant::now() + timeout;
            let farewell = timeout.checked_sub(FAREWELL).filter(|_| options.bookmarks);
            let mut pending: VecDeque<Item> = subscription
                .initial
                .into_iter()
                .map(Item::Initial)
                .collect();
            if end_bookmark {
                pending.push_back(Item::Bookmark(subscription.revision, true));
            }
            pending.extend(subscription.backlog.into_iter().map(Item::from));
            let feed = Feed {
                pending,
                receiver: subscription.receiver,
                guard,
                farewell: farewell.map(|_| end),
                saying: None,
                cancelled: Box::pin(req.server.inner.cancel.clone().cancelled_owned()),
                deadline: Box::pin(tokio::time::sleep(farewell.unwrap_or(timeout))),
                unseen: LOOK_EVERY,
                over: false,
                listed,
                pace: (!req.in_process).then(Pace::new),
            };
            feed.boxed()
        }
        Err(TooOld { requested, oldest }) => {
            let status = too_old(requested, oldest);
            futures::stream::iter([Item::Error(Box::new(status))]).boxed()
        }
    };
    let items = if webhook {
        converted(req.server.clone(), served.clone(), shown, items)
    } else {
        items
    };
    answer(req, served, wanted, rows, items)
}

/// The same events, their objects converted by a webhook, as `filter` sees them
/// then.
fn converted(
    server: crate::ApiServer,
    served: Arc<Served>,
    filter: Option<Filter>,
    items: BoxStream<'static, Item>,
) -> BoxStream<'static, Item> {
    let filter = filter.map(Arc::new);
    items
        .filter_map(move |item| {
            let (server, served, filter) = (server.clone(), served.clone(), filter.clone());
            async move {
                match seen(&server, &served, filter.as_deref(), item).await {
                    Ok(item) => item,
                    Err(error) => Some(Item::Error(Box::new(error.into_status()))),
                }
            }
        })
        .boxed()
}

/// One of them; `None`: the filter sees nothing of it.
async fn seen(
    server: &crate::ApiServer,
    served: &Served,
    filter: Option<&Filter>,
    item: Item,
) -> Result<Option<Item>> {
    let fits = |object: &SharedObject| filter.is_none_or(|filter| filter.matches(object));
    let (change, event) = match item {
        Item::Initial(object) => {
            let object = served.viewed(server, &object).await?;
            let seen = fits(&object).then_some(object);
            return Ok(seen.map(|object| Item::Shown(Change::Added, object)));
        }
        Item::Change(change, event) => (change, event),
        other => return Ok(Some(other)),
    };
    if filter.is_none() {
        let object = served.viewed(server, event.shown(change)).await?;
        return Ok(Some(Item::Shown(change, object)));
    }
    let before = match &event.prev {
        Some(prev) if change != Change::Added => fits(&served.viewed(server, prev).await?),
        _ => false,
    };
    if change != Change::Deleted {
        let object = served.viewed(server, &event.object).await?;
        if fits(&object) {
            let change = if before {
                Change::Modified
            } else {
                Change::Added
            };
            return Ok(Some(Item::Shown(change, object)));
        }
    }
    if !before {
        return Ok(None);
    }
    let gone = served.viewed(server, event.shown(Change::Deleted)).await?;
    Ok(Some(Item::Shown(Change::Deleted, gone)))
}

fn too_old(requested: u64, oldest: u64) -> Status {
    Error::simple(
        410,
        "Expired",
        format!("too old resource version: {requested} ({oldest})"),
    )
    .into_status()
}

impl From<Delivery> for Item {
    fn from(delivery: Delivery) -> Self {
        match delivery {
            Delivery::Change(change, event) => Item::Change(change, event),
            Delivery::Bookmark(revision) => Item::Bookmark(revision, false),
        }
    }
}

/// Events after which a busy feed looks whether its time is over.
const LOOK_EVERY: u32 = 64;

/// What one watcher is sent, until its time is over.
struct Feed {
    pending: VecDeque<Item>,
    receiver: mpsc::Receiver<Delivery>,
    guard: Option<Guard>,
    /// When the deadline ends that is the time for a last bookmark, and this the true one.
    farewell: Option<tokio::time::Instant>,
    saying: Option<BoxFuture<'static, ()>>,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
    deadline: Pin<Box<Sleep>>,
    /// Events since it last looked.
    unseen: u32,
    over: bool,
    /// To be called at the end of the initial events.
    listed: Option<Box<dyn FnOnce() + Send>>,
    /// None of a watch inside the process.
    pace: Option<Pace>,
}

impl Feed {
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        self.unseen = 0;
        if self.farewell.is_some()
            && self.deadline.as_mut().poll(cx).is_ready()
            && let Some(end) = self.farewell.take()
        {
            self.deadline.as_mut().reset(end);
            self.saying = self.guard.as_ref().map(Guard::bookmark);
        }
        if let Some(saying) = &mut self.saying
            && saying.as_mut().poll(cx).is_ready()
        {
            self.saying = None;
        }
        self.over = self.over
            || self.cancelled.as_mut().poll(cx).is_ready()
            || self.deadline.as_mut().poll(cx).is_ready();
        self.over
    }

    /// Whether it is not the time to look for further events. It does not look
    /// then, so that none of them wakes it.
    fn rests(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(pace) = &mut self.pace else {
            return false;
        };
        pace.poll(cx).is_pending() || (self.receiver.is_empty() && pace.rest(cx))
    }
}

impl Stream for Feed {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        if self.over || (self.unseen >= LOOK_EVERY && self.is_over(cx)) {
            return Poll::Ready(None);
        }
        self.unseen += 1;
        if let Some(item) = self.pending.pop_front() {
            if matches!(item, Item::Bookmark(_, true))
                && let Some(listed) = self.listed.take()
            {
                listed();
            }
            return Poll::Ready(Some(item));
        }
        if !self.rests(cx)
            && let Poll::Ready(delivery) = self.receiver.poll_recv(cx)
        {
            self.over = delivery.is_none();
            if let Some(pace) = &mut self.pace {
                pace.count();
            }
            return Poll::Ready(delivery.map(Item::from));
        }
        if self.is_over(cx) {
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}

fn answer(
    req: &Req<'_>,
    served: &Arc<Served>,
    wanted: Wanted,
    rows: table::Options,
    items: BoxStream<'static, Item>,
) -> Result<Response<Payload>> {
    let served = served.clone();
    if req.in_process {
        let events = items.map(move |item| shared_event(&served, item)).boxed();
        return Ok(Response::new(Payload::Events(events)));
    }
    if wsstream::is_asked(req.headers) {
        let frames = frames(served, wanted, rows, items);
        return match wanted.format {
            // A message has its own length.
            Format::Protobuf => {
                let frames =
                    frames.map(|mut frame| Ok(frame.split_off(LENGTH_LEN.min(frame.len()))));
                wsstream::messages(req, frames.boxed(), Framing::Binary)
            }
            _ => wsstream::messages(req, frames.map(Ok).boxed(), Framing::Text),
        };
    }
    let media_type = match wanted.format {
        Format::Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
        _ => negotiate::JSON,
    };
    let frames = frames(served, wanted, rows, items).map(Ok).boxed();
    let mut response = Response::new(Payload::Stream(frames));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response)
}

fn shared_event(served: &Served, item: Item) -> SharedEvent {
    match item {
        Item::Initial(object) => SharedEvent::Added(served.view(&object)),
        Item::Change(change, event) => {
            let object = served.view(event.shown(change));
            match change {
                Change::Added => SharedEvent::Added(object),
                Change::Modified => SharedEvent::Modified(object),
                Change::Deleted => SharedEvent::Deleted(object),
            }
        }
        Item::Shown(change, object) => match change {
            Change::Added => SharedEvent::Added(object),
            Change::Modified => SharedEvent::Modified(object),
            Change::Deleted => SharedEvent::Deleted(object),
        },
        Item::Bookmark(revision, initial_events_end) => SharedEvent::Bookmark {
            resource_version: revision.to_string(),
            initial_events_end,
        },
        Item::Error(status) => SharedEvent::Error(status),
    }
}

fn frames(
    served: Arc<Served>,
    wanted: Wanted,
    rows: table::Options,
    items: BoxStream<'static, Item>,
) -> impl Stream<Item = Bytes> + Send {
    let wanted = Wanted {
        pretty: false,
        ..wanted
    };
    let mut rows = rows;
    // No object is a list: upstream begins such a watch and ends it when it
    // cannot write the first one.
    let unwritable = matches!(wanted.transform, Transform::PartialList(_));
    let items = items.take_while(move |item| {
        let written = !unwritable || matches!(item, Item::Error(_));
        std::future::ready(written)
    });
    items.map(move |item| {
        let frame = frame(&served, wanted, rows, item);
        // Columns are told once.
        rows.no_headers = true;
        frame
    })
}

fn frame(served: &Served, wanted: Wanted, rows: table::Options, item: Item) -> Bytes {
    match item {
        Item::Initial(object) => {
            let object = served.view(&object);
            let bytes = encoded(served, wanted, rows, &object);
            encode::watch_frame(Change::Added.as_str(), &bytes, wanted.format)
        }
        Item::Change(change, event) => {
            let make = || {
                let object = served.view(event.shown(change));
                let bytes = encoded(served, wanted, rows, &object);
                encode::watch_frame(change.as_str(), &bytes, wanted.format)
            };
            match wanted.transform {
                // Rows differ from watcher to watcher.
                Transform::Table(_) => make(),
                _ => event.frame((served.index, change, wanted), make),
            }
        }
        Item::Shown(change, object) => {
            let bytes = encoded(served, wanted, rows, &object);
            encode::watch_frame(change.as_str(), &bytes, wanted.format)
        }
        Item::Bookmark(revision, initial_end) => {
            let bytes = bookmark(served, wanted, rows, revision, initial_end);
            encode::watch_frame("BOOKMARK", &bytes, wanted.format)
        }
        Item::Error(status) => {
            let plain = Wanted {
                transform: Transform::None,
                ..wanted
            };
            encode::watch_frame("ERROR", &encode::status(&status, plain), wanted.format)
        }
    }
}

fn encoded(served: &Served, wanted: Wanted, rows: table::Options, object: &SharedObject) -> Bytes {
    match wanted.transform {
        Transform::Table(version) => {
            let meta = table::ListMeta {
                resource_version: object.revision(),
                ..Default::default()
            };
            let value = table::of_objects(
                &served.resource,
                std::slice::from_ref(object),
                version,
                rows,
                meta,
            );
            encode::tree(&value, None, wanted.format, false)
        }
        Transform::None if wanted.format == Format::Json => object.json(),
        _ => encode::object(&served.resource, object, wanted),
    }
}

/// An object of the kind with nothing in it but the revision.
fn bookmark(
    served: &Served,
    wanted: Wanted,
    rows: table::Options,
    revision: u64,
    initial_end: bool,
) -> Bytes {
    let desc = served.resource.desc;
    let mut metadata = Object::new();
    metadata.insert("resourceVersion", revision.to_string());
    if initial_end {
        let mut annotations = Object::new();
        annotations.insert(INITIAL_EVENTS_END, "true");
        metadata.insert("annotations", annotations);
    }
    let mut tree = Object::new();
    match wanted.transform {
        Transform::None => {
            tree.insert("kind", desc.kind);
            tree.insert("apiVersion", desc.api_version());
        }
        // A row like another, of an object with nothing in it.
        Transform::Table(_) => {
            tree.insert("kind", desc.kind);
            tree.insert("apiVersion", desc.api_version());
            tree.insert("metadata", metadata);
            let object = served.object(Value::Object(tree), revision);
            let include = match rows.include {
                // What the row is there for is in its metadata.
                Include::None if initial_end => Include::Metadata,
                include => include,
            };
            let rows = table::Options { include, ..rows };
            return encoded(served, wanted, rows, &object);
        }
        Transform::Partial(version) | Transform::PartialList(version) => {
            tree.insert("kind", "PartialObjectMetadata");
            tree.insert("apiVersion", version.api_version());
        }
    }
    tree.insert("metadata", metadata);
    let value = Value::Object(tree);
    let ty = match wanted.transform {
        Transform::None => served.resource.custom.is_none().then_some(desc.ty),
        _ => skeg_schema::TypeId::by_name("meta/v1.PartialObjectMetadata"),
    };
    let Some(ty) = ty else {
        return encode::tree(&value, None, wanted.format, false);
    };
    let mut out = Vec::new();
    match wanted.format {
        Format::Protobuf => {
            let mut raw = Vec::new();
            encode_protobuf(&value, ty, &mut raw);
            let text = |key: &str| value[key].as_str().unwrap_or_default();
            out = envelope::wrap(text("apiVersion"), text("kind"), &raw);
        }
        _ => encode_json(&value, ty, &mut out),
    }
    Bytes::from(out)
}
