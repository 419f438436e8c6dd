//! Exec, attach and port-forward over SPDY, which older clients speak.

use std::collections::HashMap;
use std::time::Duration;

use http::{HeaderMap, HeaderName, Response, StatusCode, header};
use skeg_client::streams::spdy;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, duplex, sink};

use super::command::Commands;
use super::{BUFFER_BYTES, Body, Bytes, Query, full, streams};

const UPGRADE: &str = "SPDY/3.1";
const VERSION: HeaderName = HeaderName::from_static("x-stream-protocol-version");
pub(super) const EXEC: &str = "v4.channel.k8s.io";
pub(super) const FORWARD: &str = "portforward.k8s.io";
/// How long a client may take to open the streams it wants.
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);

/// Whether a request wants to go on in SPDY.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE);
    upgrade.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(UPGRADE.as_bytes()))
}

/// The answer that switches to SPDY, if this version is offered.
pub(super) fn switch(headers: &HeaderMap, version: &'static str) -> Option<Response<Body>> {
    let mut offered = headers.get_all(VERSION).iter();
    let is_offered = offered.any(|values| {
        let values = values.to_str().unwrap_or_default();
        values.split(',').any(|value| value.trim() == version)
    });
    if !is_offered {
        return None;
    }
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, UPGRADE)
        .header(VERSION, version)
        .body(full(Bytes::new()))
        .ok()
}

/// How many streams a client opens for a command: one for its end, and those
/// that it asks for.
pub(super) fn streams_of(query: &Query) -> usize {
    let tty = query.flag("tty");
    let asked = [
        query.flag("input"),
        query.flag("output"),
        // A terminal has one output, and a size.
        query.flag("error") && !tty,
        tty,
    ];
    1 + asked.iter().filter(|asked| **asked).count()
}

/// An output that nobody reads.
fn nowhere() -> DuplexStream {
    let (ours, mut theirs) = duplex(BUFFER_BYTES);
    tokio::spawn(async move { tokio::io::copy(&mut theirs, &mut sink()).await });
    ours
}

/// Runs one command for a client that opens so many streams.
pub(super) async fn exec<T>(io: T, commands: Commands, command: Vec<String>, count: usize)
where
    T: AsyncRead + AsyncWrite + Send + 'static,
{
    let mut opened = spdy::accept(io);
    let mut found: HashMap<String, DuplexStream> = HashMap::new();
    let all = async {
        while found.len() < count {
            let stream = opened.recv().await?;
            let kind = stream.header("streamType").unwrap_or_default().to_owned();
            found.insert(kind, stream.io);
        }
        Some(())
    };
    let Ok(Some(())) = tokio::time::timeout(OPEN_TIMEOUT, all).await else {
        return;
    };
    let Some(mut end) = found.remove("error") else {
        return;
    };
    if let Some(mut sizes) = found.remove("resize") {
        tokio::spawn(async move { tokio::io::copy(&mut sizes, &mut sink()).await });
    }
    // An input that nobody types ends at once.
    let stdin = found.remove("stdin").unwrap_or_else(|| duplex(1).0);
    let stdout = found.remove("stdout").unwrap_or_else(nowhere);
    let stderr = found.remove("stderr").unwrap_or_else(nowhere);
    let code = commands.run(&command, stdin, stdout, stderr).await;
    let _ = end.write_all(streams::status(code).as_bytes()).await;
    let _ = end.shutdown().await;
}
