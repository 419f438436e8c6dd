//! Bytes of a log as lines.

use bytes::{Bytes, BytesMut};
use skeg_meta::Time;

/// A longer line comes as several.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Cuts what comes into lines.
#[derive(Default)]
pub(super) struct Lines {
    rest: BytesMut,
    /// Where the search for the end of the line goes on.
    searched: usize,
}

impl Lines {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
    }

    /// The next whole line, without its end.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        let found = self.rest[self.searched..].iter().position(|b| *b == b'\n');
        match found {
            Some(at) => {
                let len = self.searched + at;
                let line = self.rest.split_to(len + 1).freeze();
                self.searched = 0;
                Some(line.slice(..len))
            }
            None if self.rest.len() >= LINE_BYTES_MAX => {
                self.searched = 0;
                Some(self.rest.split_to(LINE_BYTES_MAX).freeze())
            }
            None => {
                self.searched = self.rest.len();
                None
            }
        }
    }

    /// What came after the last whole line.
    pub(super) fn rest(&mut self) -> Option<Bytes> {
        self.searched = 0;
        let rest = self.rest.split().freeze();
        (!rest.is_empty()).then_some(rest)
    }
}

/// Splits the time off that stands before a line.
pub(super) fn timed(line: Bytes) -> (Option<Time>, Bytes) {
    /// No RFC 3339 time is longer.
    const TIME_LEN_MAX: usize = 40;
    let head = &line[..line.len().min(TIME_LEN_MAX)];
    let end = head.iter().position(|b| *b == b' ').unwrap_or(head.len());
    let time = std::str::from_utf8(&head[..end]);
    match time.ok().and_then(|text| text.parse().ok()) {
        Some(time) => {
            let start = (end + 1).min(line.len());
            (Some(time), line.slice(start..))
        }
        None => (None, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_however_they_arrive() {
        let text = b"one\n\nthree is longer\nrest";
        for size in 1..text.len() {
            let mut lines = Lines::default();
            let mut got = Vec::new();
            for piece in text.chunks(size) {
                lines.push(piece);
                while let Some(line) = lines.next() {
                    got.push(line);
                }
            }
            assert_eq!(got, ["one", "", "three is longer"], "in pieces of {size}");
            assert_eq!(lines.rest().as_deref(), Some(b"rest".as_slice()));
            assert_eq!(lines.rest(), None);
        }
    }

    #[test]
    fn an_endless_line_is_cut() {
        let mut lines = Lines::default();
        lines.push(&vec![b'a'; LINE_BYTES_MAX + 10]);
        assert_eq!(lines.next().map(|line| line.len()), Some(LINE_BYTES_MAX));
        assert_eq!(lines.next(), None);
        lines.push(b"\n");
        assert_eq!(lines.next().as_deref(), Some(b"aaaaaaaaaa".as_slice()));
    }

    #[test]
    fn times_are_split_off() {
        let check = |line: &'static str, time: Option<&str>, text: &str| {
            let (got, rest) = timed(Bytes::from_static(line.as_bytes()));
            assert_eq!(
                got,
                time.map(|time| time.parse().expect("a time")),
                "{line}"
            );
            assert_eq!(rest, text);
        };
        let time = "2026-01-02T03:04:05.123456789Z";
        check(
            "2026-01-02T03:04:05.123456789Z hello you",
            Some(time),
            "hello you",
        );
        check("2026-01-02T03:04:05.123456789Z ", Some(time), "");
        check("2026-01-02T03:04:05.123456789Z", Some(time), "");
        check("failed to watch file", None, "failed to watch file");
        check("", None, "");
    }
}
