//! Container logs: `TIME stream TAG text`, kept small by rotation.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// The longest text of one entry; a longer line becomes several, marked partial.
pub(super) const LINE_BYTES_MAX: usize = 16 << 10;

/// Which of a container's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// A container's log.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: Option<File>,
    size: u64,
    bytes_max: u64,
    files_max: u32,
    /// Unfinished lines of standard output and error.
    rest: [Vec<u8>; 2],
}

impl Log {
    /// Opens the log, at its end when it exists.
    pub fn open(path: &Path, bytes_max: u64, files_max: u32) -> io::Result<Self> {
        let mut log = Self {
            path: path.to_owned(),
            file: None,
            size: 0,
            bytes_max: bytes_max.max(64 << 10),
            files_max: files_max.max(1),
            rest: [Vec::new(), Vec::new()],
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        log.reopen()?;
        Ok(log)
    }

    /// Opens the file anew by its name.
    pub fn reopen(&mut self) -> io::Result<()> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o640)
            .open(&self.path)?;
        self.size = file.metadata()?.len();
        self.file = Some(file);
        Ok(())
    }

    /// Adds what a container wrote. A disk that is full loses lines, not the container.
    pub fn write(&mut self, stream: Stream, mut data: &[u8]) {
        let time = timestamp(SystemTime::now());
        let mut entries = Vec::with_capacity(data.len() + 64);
        let rest = &mut self.rest[stream as usize];
        while !data.is_empty() {
            let room = LINE_BYTES_MAX - rest.len();
            let window = &data[..data.len().min(room + 1)];
            match window.iter().position(|byte| *byte == b'\n') {
                Some(end) => {
                    entry(&mut entries, &time, stream, 'F', &[rest, &data[..end]]);
                    rest.clear();
                    data = &data[end + 1..];
                }
                None if data.len() < room => {
                    rest.extend_from_slice(data);
                    data = &[];
                }
                None => {
                    entry(&mut entries, &time, stream, 'P', &[rest, &data[..room]]);
                    rest.clear();
                    data = &data[room..];
                }
            }
        }
        if rest.is_empty() {
            *rest = Vec::new();
        }
        self.append(&entries);
    }

    /// Writes unfinished lines, which stay unfinished for whoever reads them:
    /// what a container wrote had no end of line either.
    pub fn finish(&mut self) {
        let time = timestamp(SystemTime::now());
        let mut entries = Vec::new();
        for stream in [Stream::Stdout, Stream::Stderr] {
            let rest = std::mem::take(&mut self.rest[stream as usize]);
            if !rest.is_empty() {
                entry(&mut entries, &time, stream, 'P', &[&rest]);
            }
        }
        self.append(&entries);
        self.file = None;
    }

    fn append(&mut self, entries: &[u8]) {
        if entries.is_empty() {
            return;
        }
        if self.size > 0 && self.size + entries.len() as u64 > self.bytes_max {
            self.rotate();
        }
        if let Some(file) = &mut self.file
            && file.write_all(entries).is_ok()
        {
            self.size += entries.len() as u64;
        }
    }

    /// `log` becomes `log.1`, that `log.2`, and so on; the oldest goes.
    fn rotate(&mut self) {
        let name = |number: u32| {
            let mut name = self.path.clone().into_os_string();
            if number > 0 {
                name.push(format!(".{number}"));
            }
            PathBuf::from(name)
        };
        if self.files_max == 1 {
            let _ = fs::remove_file(name(0));
        }
        for number in (1..self.files_max).rev() {
            // Absent ones are no error; a failure leaves the log longer, not lost.
            let _ = fs::rename(name(number - 1), name(number));
        }
        let _ = self.reopen();
    }
}

fn entry(out: &mut Vec<u8>, time: &str, stream: Stream, tag: char, parts: &[&[u8]]) {
    let stream = match stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
    };
    out.extend_from_slice(format!("{time} {stream} {tag} ").as_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
    out.push(b'\n');
}

/// RFC 3339 with nanoseconds, in UTC.
fn timestamp(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let nanos = since.subsec_nanos();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}Z")
}

/// The date that is a number of days after 1970-01-01. Years are counted from March, so that
/// the leap day is a year's last.
fn date_of(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let check = |seconds: u64, nanos: u32, expect: &str| {
            assert_eq!(
                timestamp(UNIX_EPOCH + Duration::new(seconds, nanos)),
                expect
            );
        };
        check(0, 0, "1970-01-01T00:00:00.000000000Z");
        check(951_782_400, 5, "2000-02-29T00:00:00.000000005Z");
        check(1_795_252_471, 123_456_789, "2026-11-21T09:14:31.123456789Z");
        check(4_107_542_399, 0, "2100-02-28T23:59:59.000000000Z");
        check(4_107_542_400, 0, "2100-03-01T00:00:00.000000000Z");
    }

    fn texts(path: &Path) -> Vec<String> {
        let text = fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| line.split_once(' ').unwrap().1.to_owned())
            .collect()
    }

    #[test]
    fn lines_are_joined_and_split() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/0.log");
        let mut log = Log::open(&path, 1 << 20, 3).unwrap();
        log.write(Stream::Stdout, b"one\ntw");
        log.write(Stream::Stderr, b"oops\n");
        log.write(Stream::Stdout, b"o\n\n");
        let long = [b'x'; LINE_BYTES_MAX + 10];
        log.write(Stream::Stdout, &long);
        log.write(Stream::Stdout, b"\nend");
        log.finish();
        let found = texts(&path);
        assert_eq!(
            found[..4],
            ["stdout F one", "stderr F oops", "stdout F two", "stdout F "]
        );
        assert_eq!(found[4], format!("stdout P {}", "x".repeat(LINE_BYTES_MAX)));
        assert_eq!(found[5..], ["stdout F xxxxxxxxxx", "stdout P end"]);
    }

    #[test]
    fn a_line_of_exactly_the_longest_length_stays_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0.log");
        let mut log = Log::open(&path, 1 << 20, 3).unwrap();
        let mut line = vec![b'x'; LINE_BYTES_MAX];
        line.push(b'\n');
        log.write(Stream::Stdout, &line);
        log.finish();
        assert_eq!(
            texts(&path),
            [format!("stdout F {}", "x".repeat(LINE_BYTES_MAX))]
        );
    }

    #[test]
    fn a_flood_fills_only_so_many_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0.log");
        let mut log = Log::open(&path, 64 << 10, 3).unwrap();
        let line = [b"y".repeat(1000), b"\n".to_vec()].concat();
        for _ in 0..1000 {
            log.write(Stream::Stdout, &line);
        }
        log.finish();
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["0.log", "0.log.1", "0.log.2"]);
        for name in names {
            assert!(fs::metadata(folder.path().join(name)).unwrap().len() <= 64 << 10);
        }
    }
}
