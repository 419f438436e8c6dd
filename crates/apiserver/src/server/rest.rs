//! What is left of a request's body when the answer is there.
//!
//! HTTP/1 has the next request behind it on the same connection: what nobody
//! has read must be read before. As in Go's server, that is done up to a
//! length; beyond it the answer says that the connection ends.
//!
//! HTTP/2 has a stream for each request. One whose body is let go before the answer
//! is out, or on its way, is cancelled, and clients may take that for a failure of the
//! request: what is unread is held until then, and read a while after it.

use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body::Body;
use parking_lot::Mutex;
use skeg_client::Payload;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Bytes that are read to keep a connection, as in Go's server.
const REST_LEN_MAX: u64 = 256 * 1024;
/// How long they are waited for: the answer waits, too.
const REST_TIMEOUT: Duration = Duration::from_secs(5);

/// The body of a request, on loan: what is not read of it goes back.
struct Lent<B> {
    body: Option<B>,
    begun: bool,
    left: Arc<Mutex<Option<Left<B>>>>,
}

/// What came back.
struct Left<B> {
    body: B,
    /// Some of it was read.
    begun: bool,
}

impl<B> Stream for Lent<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Item = Result<Bytes, BoxError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.begun = true;
        loop {
            let Some(body) = &mut this.body else {
                return Poll::Ready(None);
            };
            match std::task::ready!(Pin::new(body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
                Some(Err(error)) => {
                    this.body = None;
                    return Poll::Ready(Some(Err(error.into())));
                }
                None => this.body = None,
            }
        }
    }
}

impl<B> Drop for Lent<B> {
    fn drop(&mut self) {
        if let Some(body) = self.body.take() {
            let begun = self.begun;
            *self.left.lock() = Some(Left { body, begun });
        }
    }
}

/// The rest of one request's body.
pub struct Rest<B> {
    left: Arc<Mutex<Option<Left<B>>>>,
    /// The client sends its body only when it is told to.
    expects: bool,
}

/// A request whose body is on loan, and what is left of it.
pub fn lend<B>(request: Request<B>) -> (Request<Payload>, Option<Rest<B>>)
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return (Request::from_parts(parts, Payload::Empty), None);
    }
    let left = Arc::new(Mutex::new(None));
    let rest = Rest {
        left: left.clone(),
        expects: expects_to_be_told(&parts.headers),
    };
    let lent = Lent {
        body: Some(body),
        begun: false,
        left,
    };
    let request = Request::from_parts(parts, Payload::Stream(lent.boxed()));
    (request, Some(rest))
}

fn expects_to_be_told(headers: &HeaderMap) -> bool {
    let expect = headers.get(header::EXPECT);
    expect.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

impl<B> Rest<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    /// What nobody has read or reads.
    pub fn unread(self) -> Option<Unread<B>>
    where
        B: Send + 'static,
    {
        let left = self.left.lock().take()?;
        Some(Unread(Some(left.body)))
    }

    /// Reads what is left. Where that cannot be, or takes too long, the answer
    /// tells that the connection ends, and so does `ends`.
    pub async fn settle<T>(self, response: &mut Response<T>, ends: &AtomicBool) {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return;
        }
        // Nothing: all was read, or someone still reads (what is passed on).
        let Some(left) = self.left.lock().take() else {
            return;
        };
        // Whoever waits to be told would be told by the first read.
        let untold = self.expects && !left.begun;
        if !untold {
            let drained = tokio::time::timeout(REST_TIMEOUT, drain(left.body)).await;
            if drained == Ok(true) {
                return;
            }
        }
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        ends.store(true, Ordering::Relaxed);
    }
}

/// A body that nobody reads: once it is let go, it is read for a while.
pub struct Unread<B: Body<Data = Bytes> + Send + Unpin + 'static>(Option<B>);

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Drop for Unread<B> {
    fn drop(&mut self) {
        if let (Some(body), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(tokio::time::timeout(REST_TIMEOUT, drain(body)));
        }
    }
}

/// Reads a body to its end; false when it is too long or broken.
async fn drain<B>(mut body: B) -> bool
where
    B: Body<Data = Bytes> + Unpin,
{
    if body.size_hint().lower() >= REST_LEN_MAX {
        return false;
    }
    let mut seen = 0;
    loop {
        let next = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        match next {
            None => return true,
            Some(Err(_)) => return false,
            Some(Ok(frame)) => seen += frame.data_ref().map_or(0, |data| data.len() as u64),
        }
        if seen > REST_LEN_MAX {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream::BoxStream;
    use http_body::Frame;
    use http_body_util::StreamBody;

    type Piece = Result<Frame<Bytes>, BoxError>;

    fn body(pieces: Vec<usize>, ends: bool) -> StreamBody<BoxStream<'static, Piece>> {
        let pieces = futures::stream::iter(pieces);
        let pieces = pieces.map(|len| Ok(Frame::data(Bytes::from(vec![b'x'; len]))));
        StreamBody::new(if ends {
            pieces.boxed()
        } else {
            pieces.chain(futures::stream::pending()).boxed()
        })
    }

    /// What the answer says of its connection after so many pieces were read.
    async fn told(read: usize, pieces: Vec<usize>, ends: bool) -> (bool, bool) {
        let (request, rest) = lend(Request::new(body(pieces, ends)));
        let Payload::Stream(mut stream) = request.into_body() else {
            panic!("there is a body");
        };
        for _ in 0..read {
            stream.next().await.expect("a piece").expect("well");
        }
        drop(stream);
        let mut response = Response::new(());
        let ending = AtomicBool::new(false);
        rest.expect("a body").settle(&mut response, &ending).await;
        let close = response.headers().contains_key(header::CONNECTION);
        (close, ending.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn what_is_let_go_is_read_to_its_end() {
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        let pieces = futures::stream::iter([1, 2]).map(move |len| {
            let _ = &ended;
            Ok(Frame::data(Bytes::from(vec![b'x'; len])))
        });
        let body: StreamBody<BoxStream<'static, Piece>> = StreamBody::new(pieces.boxed());
        let (request, rest) = lend(Request::new(body));
        drop(request);
        let mut unread = rest.expect("a body").unread().expect("unread");
        assert!(unread.0.as_mut().is_some_and(|body| !body.is_end_stream()));
        drop(unread);
        // It is gone when it was read.
        assert!(end.await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_is_read_up_to_a_length_and_a_time() {
        let half = REST_LEN_MAX as usize / 2;
        let keeps = (false, false);
        assert_eq!(told(0, vec![1, half, 2], true).await, keeps);
        assert_eq!(told(1, vec![half, half, half], true).await, keeps);
        assert_eq!(told(3, vec![half, half, half], true).await, keeps);
        assert_eq!(told(0, vec![half, half, half], true).await, (true, true));
        let started = tokio::time::Instant::now();
        assert_eq!(told(1, vec![1, 2], false).await, (true, true));
        assert_eq!(started.elapsed(), REST_TIMEOUT);
    }
}
