//! Logs of containers: what the script and the test have written.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use jiff::Timestamp;

use super::{Body, Query, full, text};
use crate::kubelet::Inner;

/// A line with its time.
pub(crate) type Line = (Timestamp, String);

fn written(lines: &[Line], timestamps: bool) -> Bytes {
    let mut out = String::new();
    for (at, line) in lines {
        if timestamps {
            let _ = write!(out, "{at:.9} ");
        }
        let _ = writeln!(out, "{line}");
    }
    out.into()
}

pub(super) fn answer(
    kubelet: &Arc<Inner>,
    of: (&str, &str, &str),
    query: &Query,
) -> Response<Body> {
    let (namespace, pod, container) = of;
    let previous = query.flag("previous");
    let Some((lines, over)) = kubelet.log(namespace, pod, container, previous) else {
        let what = match previous {
            true => "previous terminated container not found",
            false => "the container has not started here",
        };
        return text(StatusCode::BAD_REQUEST, what);
    };
    let since = query
        .get("sinceSeconds")
        .and_then(|text| text.parse::<i64>().ok())
        .map(|seconds| kubelet.day() - jiff::SignedDuration::from_secs(seconds))
        .or_else(|| query.get("sinceTime").and_then(|text| text.parse().ok()));
    let read = lines.len();
    let mut shown: VecDeque<Line> = lines
        .into_iter()
        .filter(|(at, _)| since.is_none_or(|since| *at >= since))
        .collect();
    if let Some(tail) = query
        .get("tailLines")
        .and_then(|text| text.parse::<usize>().ok())
    {
        while shown.len() > tail {
            shown.pop_front();
        }
    }
    let timestamps = query.flag("timestamps");
    let first = written(shown.make_contiguous(), timestamps);
    if !query.flag("follow") || over || previous {
        return Response::new(full(first));
    }
    let of = (namespace.to_owned(), pod.to_owned(), container.to_owned());
    let (weak, changed) = (Arc::downgrade(kubelet), kubelet.logged());
    let more = stream::unfold(
        (weak, changed, of, read, false),
        move |(weak, mut changed, of, read, over)| async move {
            if over {
                return None;
            }
            loop {
                changed.changed().await.ok()?;
                let kubelet = weak.upgrade()?;
                let (lines, over) = kubelet.log(&of.0, &of.1, &of.2, false)?;
                // Started anew: it begins from the start, and this log ends.
                let over = over || lines.len() < read;
                let new = lines.get(read..).unwrap_or_default();
                if !new.is_empty() || over {
                    let piece = written(new, timestamps);
                    let read = lines.len();
                    return Some((piece, (weak, changed, of, read, over)));
                }
            }
        },
    );
    let pieces = stream::iter([first]).chain(more);
    let frames = pieces.map(|piece| Ok::<_, Infallible>(Frame::data(piece)));
    Response::new(BodyExt::boxed_unsync(StreamBody::new(frames)))
}
