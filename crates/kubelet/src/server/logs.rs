//! Container logs: reading what the runtime wrote, from the end, since a time,
//! and on and on.

use std::io::{self, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::StreamExt;
use inotify::{Inotify, WatchMask};
use skeg_cri::{ContainerId, Event, EventKind};
use skeg_meta::Time;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::{broadcast, mpsc};

/// How many pieces wait for a reader.
pub(super) const PIECES_MAX: usize = 8;
/// How many bytes of change notices are taken at once.
const EVENTS_BYTES: usize = 4096;
/// How much is read at once.
const READ_BYTES: usize = 64 << 10;
/// No line of a log is longer; the runtime cuts lines at 16 KiB.
const LINE_BYTES_MAX: usize = 256 << 10;

/// What part of a log is asked for, as `PodLogOptions` says it.
#[derive(Clone, Debug, Default)]
pub struct LogOptions {
    /// Go on until the container ends.
    pub follow: bool,
    /// The log of the instance before.
    pub previous: bool,
    /// Nothing older.
    pub since: Option<Time>,
    /// Each line with its time.
    pub timestamps: bool,
    /// Only so many lines from the end.
    pub tail_lines: Option<u64>,
    /// No more bytes than this.
    pub limit_bytes: Option<u64>,
    /// Only this stream: `stdout` or `stderr`.
    pub stream: Option<&'static str>,
}

/// A line as the runtime writes it: time, stream, `F` or `P`, content.
#[derive(Debug, PartialEq, Eq)]
struct Line<'a> {
    time: &'a str,
    stream: &'a str,
    /// The line goes on in the next entry.
    partial: bool,
    content: &'a [u8],
}

fn parse(line: &[u8]) -> Option<Line<'_>> {
    let mut parts = line.splitn(4, |byte| *byte == b' ');
    let mut text = || std::str::from_utf8(parts.next()?).ok();
    let (time, stream, tag) = (text()?, text()?, text()?);
    Some(Line {
        time,
        stream,
        partial: tag.starts_with('P'),
        content: parts.next().unwrap_or_default(),
    })
}

/// Turns entries into what a reader sees, within the options' limits.
struct Printer {
    options: LogOptions,
    left_bytes: u64,
    /// The last entry ended in the middle of a line.
    within_line: bool,
}

impl Printer {
    fn new(options: LogOptions) -> Self {
        Self {
            left_bytes: options.limit_bytes.unwrap_or(u64::MAX),
            options,
            within_line: false,
        }
    }

    /// Adds what is to be seen of an entry. Says whether the limit is not reached yet.
    fn print(&mut self, entry: &[u8], out: &mut Vec<u8>) -> bool {
        let Some(line) = parse(entry) else {
            return true;
        };
        let other_stream = self
            .options
            .stream
            .is_some_and(|wanted| wanted != line.stream);
        let too_old = self
            .options
            .since
            .as_ref()
            .is_some_and(|since| line.time.parse::<Time>().is_ok_and(|time| time < *since));
        if other_stream || too_old {
            return true;
        }
        let start = out.len();
        if self.options.timestamps && !self.within_line {
            out.extend_from_slice(line.time.as_bytes());
            out.push(b' ');
        }
        out.extend_from_slice(line.content);
        if !line.partial {
            out.push(b'\n');
        }
        self.within_line = line.partial;
        let printed = (out.len() - start) as u64;
        if printed >= self.left_bytes {
            out.truncate(start + usize::try_from(self.left_bytes).unwrap_or(usize::MAX));
            self.left_bytes = 0;
            return false;
        }
        self.left_bytes -= printed;
        true
    }
}

/// Reads a log into a channel, piece by piece, until its end, or, when
/// following, until the container ends or the reader goes.
///
/// # Errors
/// When the file cannot be read.
pub(super) async fn read(
    path: PathBuf,
    container: ContainerId,
    options: LogOptions,
    running: bool,
    mut events: broadcast::Receiver<Event>,
    pieces: mpsc::Sender<Bytes>,
) -> io::Result<()> {
    let follow = options.follow && running;
    let mut watch = if follow {
        Some(Changes::of(&path)?)
    } else {
        None
    };
    let mut file = File::open(&path).await?;
    if let Some(lines) = options.tail_lines {
        seek_to_tail(&mut file, lines).await?;
    }
    let mut printer = Printer::new(options);
    let mut unparsed = Vec::new();
    let mut ended = !follow;
    loop {
        if !drain(&mut file, &mut unparsed, &mut printer, &pieces).await? {
            return Ok(());
        }
        if rotated(&file, &path).await {
            file = File::open(&path).await?;
            continue;
        }
        if ended {
            return Ok(());
        }
        let Some(changes) = &mut watch else {
            return Ok(());
        };
        tokio::select! {
            changed = changes.next() => changed?,
            event = events.recv() => match event {
                Ok(event) => {
                    ended = event.kind == EventKind::ContainerStopped && event.container_id.as_ref() == Some(&container);
                }
                // What was missed may have been the end; without a source of events there is no end to wait for.
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => ended = true,
            },
            () = pieces.closed() => return Ok(()),
        }
    }
}

/// Reads to the end of the file. Says whether the reader wants more.
async fn drain(
    file: &mut File,
    unparsed: &mut Vec<u8>,
    printer: &mut Printer,
    pieces: &mpsc::Sender<Bytes>,
) -> io::Result<bool> {
    let mut piece = vec![0; READ_BYTES];
    loop {
        let n = file.read(&mut piece).await?;
        if n == 0 {
            return Ok(true);
        }
        unparsed.extend_from_slice(&piece[..n]);
        let mut out = Vec::with_capacity(n);
        let mut start = 0;
        let mut more = true;
        while let Some(len) = unparsed[start..].iter().position(|byte| *byte == b'\n') {
            more = printer.print(&unparsed[start..start + len], &mut out);
            start += len + 1;
            if !more {
                break;
            }
        }
        unparsed.drain(..start);
        if unparsed.len() > LINE_BYTES_MAX {
            unparsed.clear();
        }
        if !out.is_empty() && pieces.send(out.into()).await.is_err() || !more {
            return Ok(false);
        }
    }
}

/// Goes to where the last `lines` lines begin.
async fn seek_to_tail(file: &mut File, lines: u64) -> io::Result<()> {
    let end = file.seek(SeekFrom::End(0)).await?;
    let mut at = end;
    let mut seen = 0;
    let mut piece = vec![0; READ_BYTES];
    while at > 0 {
        let len = at.min(READ_BYTES as u64);
        at -= len;
        file.seek(SeekFrom::Start(at)).await?;
        let piece = &mut piece[..usize::try_from(len).expect("no longer than the buffer")];
        file.read_exact(piece).await?;
        for (offset, byte) in piece.iter().enumerate().rev() {
            let place = at + offset as u64;
            // The line feed at the very end closes the last line.
            if *byte == b'\n' && place + 1 != end {
                seen += 1;
                if seen == lines {
                    file.seek(SeekFrom::Start(place + 1)).await?;
                    return Ok(());
                }
            }
        }
    }
    file.seek(SeekFrom::Start(if lines == 0 { end } else { 0 }))
        .await?;
    Ok(())
}

/// Whether another file has taken the place of the one that is read.
async fn rotated(file: &File, path: &Path) -> bool {
    match (file.metadata().await, tokio::fs::metadata(path).await) {
        (Ok(held), Ok(there)) => held.ino() != there.ino(),
        _ => false,
    }
}

/// Tells when a file, or what lies in its place, changes.
struct Changes {
    events: inotify::EventStream<[u8; EVENTS_BYTES]>,
}

impl Changes {
    fn of(path: &Path) -> io::Result<Self> {
        let inotify = Inotify::init()?;
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        inotify.watches().add(
            folder,
            WatchMask::MODIFY | WatchMask::CREATE | WatchMask::MOVED_TO,
        )?;
        Ok(Self {
            events: inotify.into_event_stream([0; EVENTS_BYTES])?,
        })
    }

    async fn next(&mut self) -> io::Result<()> {
        // What has changed is seen in the file itself; here only that something has.
        match self.events.next().await {
            Some(event) => event.map(drop),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "2026-01-01T00:00:01.000000000Z stdout F one\n\
                       2026-01-01T00:00:02.000000000Z stderr P two\n\
                       2026-01-01T00:00:02.000000000Z stderr F  and a half\n\
                       2026-01-01T00:00:03.000000000Z stdout F three\n";

    async fn seen(options: LogOptions) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("0.log");
        std::fs::write(&path, LOG).unwrap();
        let (send, mut receive) = mpsc::channel(PIECES_MAX);
        let (_events, events) = broadcast::channel(1);
        read(path, ContainerId::new("c"), options, false, events, send)
            .await
            .unwrap();
        let mut all = Vec::new();
        while let Some(piece) = receive.recv().await {
            all.extend_from_slice(&piece);
        }
        String::from_utf8(all).unwrap()
    }

    #[tokio::test]
    async fn parts_of_a_log_are_given() {
        assert_eq!(
            seen(LogOptions::default()).await,
            "one\ntwo and a half\nthree\n"
        );
        assert_eq!(
            seen(LogOptions {
                tail_lines: Some(1),
                ..Default::default()
            })
            .await,
            "three\n"
        );
        assert_eq!(
            seen(LogOptions {
                tail_lines: Some(0),
                ..Default::default()
            })
            .await,
            ""
        );
        assert_eq!(
            seen(LogOptions {
                tail_lines: Some(9),
                ..Default::default()
            })
            .await
            .lines()
            .count(),
            3
        );
        assert_eq!(
            seen(LogOptions {
                limit_bytes: Some(6),
                ..Default::default()
            })
            .await,
            "one\ntw"
        );
        assert_eq!(
            seen(LogOptions {
                stream: Some("stderr"),
                ..Default::default()
            })
            .await,
            "two and a half\n"
        );
        let since = "2026-01-01T00:00:03Z".parse().ok();
        let timed = seen(LogOptions {
            since,
            timestamps: true,
            ..Default::default()
        })
        .await;
        assert_eq!(timed, "2026-01-01T00:00:03.000000000Z three\n");
    }

    #[tokio::test]
    async fn following_sees_new_lines_a_rotation_and_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("0.log");
        std::fs::write(&path, LOG).unwrap();
        let (send, mut receive) = mpsc::channel(PIECES_MAX);
        let (tell, events) = broadcast::channel(4);
        let container = ContainerId::new("c");
        let options = LogOptions {
            follow: true,
            tail_lines: Some(1),
            ..Default::default()
        };
        let reading = tokio::spawn(read(
            path.clone(),
            container.clone(),
            options,
            true,
            events,
            send,
        ));
        assert_eq!(receive.recv().await.unwrap(), "three\n");
        std::fs::rename(&path, dir.path().join("0.log.1")).unwrap();
        std::fs::write(&path, "2026-01-01T00:00:04.000000000Z stdout F four\n").unwrap();
        assert_eq!(receive.recv().await.unwrap(), "four\n");
        tell.send(Event {
            kind: EventKind::ContainerStopped,
            sandbox_id: "s".into(),
            pod_uid: "u".into(),
            container_id: Some(container),
            at: std::time::SystemTime::UNIX_EPOCH,
        })
        .unwrap();
        assert!(receive.recv().await.is_none());
        reading.await.unwrap().unwrap();
    }
}
