//! The served end of calls.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use prost::Message;
use tokio::sync::mpsc;

use crate::{Code, Deframer, Status, frame};

/// Messages of a stream that wait for the connection to take them.
const STREAM_QUEUE: usize = 16;

/// An answer's body: some frames, or messages as they come.
#[derive(Debug)]
pub enum Answer {
    /// All of it.
    Ready(VecDeque<Frame<Bytes>>),
    /// Messages, and at last how it ended.
    Stream(Option<mpsc::Receiver<Result<Bytes, Status>>>),
}

impl Answer {
    /// A plain body, of calls that are not gRPC.
    pub fn plain(body: impl Into<Bytes>) -> Answer {
        Answer::Ready(VecDeque::from([Frame::data(body.into())]))
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let (next, ended) = match &mut *self {
            Answer::Ready(frames) => return Poll::Ready(frames.pop_front().map(Ok)),
            Answer::Stream(None) => return Poll::Ready(None),
            Answer::Stream(Some(receiver)) => match receiver.poll_recv(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(data))) => (Frame::data(data), false),
                Poll::Ready(Some(Err(status))) => (trailers(Err(&status)), true),
                Poll::Ready(None) => (trailers(Ok(())), true),
            },
        };
        if ended {
            *self = Answer::Stream(None);
        }
        Poll::Ready(Some(Ok(next)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Answer::Ready(frames) if frames.is_empty())
    }
}

fn trailers(result: Result<(), &Status>) -> Frame<Bytes> {
    let mut headers = http::HeaderMap::new();
    Status::put(result, &mut headers);
    Frame::trailers(headers)
}

fn response(answer: Answer) -> http::Response<Answer> {
    let mut response = http::Response::new(answer);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

/// The answer to a call that failed before it said anything.
pub fn failed(status: &Status) -> http::Response<Answer> {
    let mut response = response(Answer::Ready(VecDeque::new()));
    Status::put(Err(status), response.headers_mut());
    response
}

/// The messages of a request.
#[derive(Debug)]
pub struct Inbound<M> {
    body: Incoming,
    deframer: Deframer,
    bytes_max: usize,
    message: PhantomData<fn() -> M>,
}

impl<M: Message + Default> Inbound<M> {
    /// Reads messages of at most `bytes_max`.
    pub fn new(body: Incoming, bytes_max: usize) -> Inbound<M> {
        Inbound {
            body,
            deframer: Deframer::default(),
            bytes_max,
            message: PhantomData,
        }
    }

    /// The next message; `None` at the end. Cancelling loses nothing.
    ///
    /// # Errors
    /// The connection broke, or what came is no such message.
    pub async fn next(&mut self) -> Result<Option<M>, Status> {
        loop {
            if let Some(message) = self.deframer.next(self.bytes_max)? {
                return Ok(Some(message));
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.deframer.push(data);
                    }
                }
                Some(Err(error)) => {
                    return Err(Status::new(Code::Canceled, error.to_string()));
                }
                None if self.deframer.is_empty() => return Ok(None),
                None => {
                    return Err(Status::new(Code::Internal, "grpc: a message is cut off"));
                }
            }
        }
    }
}

/// A call of one message, answered with one.
pub async fn unary<Req, Res>(
    body: Incoming,
    bytes_max: usize,
    call: impl AsyncFnOnce(Req) -> Result<Res, Status>,
) -> http::Response<Answer>
where
    Req: Message + Default,
    Res: Message,
{
    let result = match Inbound::new(body, bytes_max).next().await {
        Ok(Some(request)) => call(request).await,
        Ok(None) => Err(Status::new(
            Code::Internal,
            "grpc: the request has no message",
        )),
        Err(status) => Err(status),
    };
    match result {
        Ok(message) => response(Answer::Ready(VecDeque::from([
            Frame::data(frame(&message)),
            trailers(Ok(())),
        ]))),
        Err(status) => failed(&status),
    }
}

/// Where a call puts the messages of its stream.
#[derive(Debug)]
pub struct Outbound(mpsc::Sender<Result<Bytes, Status>>);

impl Clone for Outbound {
    fn clone(&self) -> Outbound {
        Outbound(self.0.clone())
    }
}

impl Outbound {
    /// Sends one message, when the connection has taken those before it; whether
    /// anybody listens still.
    pub async fn send(&self, message: &impl Message) -> bool {
        self.0.send(Ok(frame(message))).await.is_ok()
    }

    /// Until nobody listens any more.
    pub async fn closed(&self) {
        self.0.closed().await;
    }
}

/// A call that is answered with a stream: `call` runs beside the connection
/// until it ends or `until` does.
pub fn streaming<Fut>(
    call: impl FnOnce(Outbound) -> Fut,
    until: impl Future<Output = ()> + Send + 'static,
) -> http::Response<Answer>
where
    Fut: Future<Output = Result<(), Status>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(STREAM_QUEUE);
    let work = call(Outbound(sender.clone()));
    tokio::spawn(async move {
        let result = tokio::select! {
            result = work => result,
            () = sender.closed() => return,
            () = until => Err(Status::new(Code::Unavailable, "etcdserver: server stopped")),
        };
        if let Err(status) = result {
            // Nobody may be listening any more.
            drop(sender.send(Err(status)).await);
        }
    });
    response(Answer::Stream(Some(receiver)))
}
