//! Where the log goes: standard error in the foreground, a rotated file when
//! detached. `SKEG_LOG` filters it (`info`, `debug`, `skeg_kubelet=debug,info`),
//! `SKEG_LOG_FORMAT` says in which form (`text`, `json`).

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::Dispatch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::failure::OrFail;

/// A log file is renamed when it has grown to this.
const FILE_LEN_MAX: u64 = 16 * 1024 * 1024;
/// So many renamed files are kept.
const FILES_MAX: usize = 3;

/// Changes what is logged.
type Change = dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync;

/// Of the log of this process.
static CHANGE: OnceLock<Box<Change>> = OnceLock::new();

/// The form of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// An object: `timestamp`, `level`, `target`, `message`, `span`, and what else is known.
    Json,
}

impl Format {
    /// `text` or `json`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    fn of_environment() -> Self {
        let Ok(asked) = std::env::var("SKEG_LOG_FORMAT") else {
            return Self::default();
        };
        Self::parse(&asked).unwrap_or_else(|| {
            eprintln!("SKEG_LOG_FORMAT is {asked:?}, which is neither text nor json: it is text");
            Self::default()
        })
    }
}

/// What writes lines of a form, and what changes later which.
fn collector<W>(filter: EnvFilter, format: Format, ansi: bool, writer: W) -> (Dispatch, Box<Change>)
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(ansi)
        .with_writer(writer);
    match format {
        Format::Text => {
            let builder = builder.with_filter_reloading();
            let handle = builder.reload_handle();
            let change = move |filter| handle.reload(filter);
            (Dispatch::new(builder.finish()), Box::new(change))
        }
        Format::Json => {
            let builder = builder.json().flatten_event(true).with_filter_reloading();
            let handle = builder.reload_handle();
            let change = move |filter| handle.reload(filter);
            (Dispatch::new(builder.finish()), Box::new(change))
        }
    }
}

/// Begins to log, so that what is logged can be changed later.
fn begin((dispatch, change): (Dispatch, Box<Change>)) {
    dispatch.init();
    let _ = CHANGE.set(change);
    skeg_apiserver::on_verbosity(set_verbosity);
}

/// How much is logged at upstream's `-v`.
pub fn level_of(verbosity: i64) -> &'static str {
    match verbosity {
        ..4 => "info",
        4..8 => "debug",
        _ => "trace",
    }
}

/// Logs as much as upstream's programs do at this `-v`.
fn set_verbosity(verbosity: i64) -> Result<(), String> {
    let change = CHANGE.get().ok_or("nothing is logged here")?;
    let filter = EnvFilter::new(of_components(level_of(verbosity)));
    change(filter).map_err(|why| why.to_string())
}

/// Logs to standard error.
pub fn to_stderr(default_filter: &str) {
    to_stderr_as(default_filter, Format::of_environment());
}

/// The same in a form that the command line asks for.
pub fn to_stderr_as(default_filter: &str, format: Format) {
    let filter = filter(default_filter);
    let ansi = io::stderr().is_terminal();
    begin(collector(filter, format, ansi, io::stderr));
}

/// Logs to a file that is rotated.
///
/// # Errors
/// The file cannot be opened.
pub fn to_file(path: &Path) -> anyhow::Result<()> {
    let file = RotatingFile::open(path, FILE_LEN_MAX).or_fail(
        format!("cannot open the log file {}", path.display()),
        "check the folder's owner and that the disk is not full",
    )?;
    let file = SharedFile(Mutex::new(file));
    begin(collector(
        filter("info"),
        Format::of_environment(),
        false,
        file,
    ));
    Ok(())
}

/// What the server warns its own components of is for their authors.
fn of_components(level: &str) -> String {
    format!("{level},skeg_client::client=error")
}

/// `default` says how much the program tells unless `SKEG_LOG` says otherwise.
fn filter(default: &str) -> EnvFilter {
    let default = &of_components(default);
    let text = std::env::var("SKEG_LOG").unwrap_or_else(|_| default.to_owned());
    EnvFilter::try_new(&text).unwrap_or_else(|_| EnvFilter::new(default))
}

/// A file that is renamed to `….1` (and that to `….2`, …) when it is full.
struct RotatingFile {
    path: PathBuf,
    file: File,
    len: u64,
    len_max: u64,
}

impl RotatingFile {
    fn open(path: &Path, len_max: u64) -> io::Result<Self> {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let len = file.metadata()?.len();
        Ok(Self {
            path: path.to_owned(),
            file,
            len,
            len_max,
        })
    }

    fn rotate(&mut self) -> io::Result<()> {
        let numbered = |n: usize| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{n}"));
            PathBuf::from(name)
        };
        for n in (1..FILES_MAX).rev() {
            let _ = std::fs::rename(numbered(n), numbered(n + 1));
        }
        std::fs::rename(&self.path, numbered(1))?;
        *self = Self::open(&self.path, self.len_max)?;
        Ok(())
    }
}

impl Write for RotatingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.len > 0 && self.len + line.len() as u64 > self.len_max {
            // A log that cannot be rotated still is a log.
            let _ = self.rotate();
        }
        let written = self.file.write(line)?;
        self.len += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

struct SharedFile(Mutex<RotatingFile>);

struct FileGuard<'a>(MutexGuard<'a, RotatingFile>);

impl Write for FileGuard<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<'a> MakeWriter<'a> for SharedFile {
    type Writer = FileGuard<'a>;

    fn make_writer(&'a self) -> FileGuard<'a> {
        FileGuard(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written, kept.
    #[derive(Clone, Default)]
    struct Kept(std::sync::Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines of a form, before and after more is asked for.
    fn lines(format: Format) -> Vec<String> {
        let kept = Kept::default();
        let writer = kept.clone();
        let filter = EnvFilter::new("info");
        let (dispatch, change) = collector(filter, format, false, move || writer.clone());
        tracing::dispatcher::with_default(&dispatch, || {
            let span = tracing::info_span!("request", verb = "get");
            let _entered = span.enter();
            tracing::info!(pods = 3, "first");
            tracing::debug!("not told");
            change(EnvFilter::new("debug")).unwrap();
            tracing::debug!(name = "a\"b", "second");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn lines_are_text_or_objects() {
        let text = lines(Format::Text);
        assert_eq!(text.len(), 2, "{text:?}");
        assert!(text[0].contains("first pods=3"), "{text:?}");
        let objects: Vec<serde_json::Value> = lines(Format::Json)
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0]["level"], "INFO");
        assert_eq!(objects[0]["message"], "first");
        assert_eq!(objects[0]["pods"], 3);
        assert_eq!(objects[0]["span"]["verb"], "get");
        assert_eq!(objects[1]["name"], "a\"b");
        assert_eq!(Format::parse("xml"), None);
    }

    #[test]
    fn old_lines_go_and_new_ones_stay() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("logs/skeg.log");
        let mut file = RotatingFile::open(&path, 20).unwrap();
        for n in 0..50 {
            writeln!(file, "line {n:02}").unwrap();
        }
        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .ends_with("line 49\n")
        );
        let kept = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(kept, 1 + FILES_MAX);
        let reopened = RotatingFile::open(&path, 20).unwrap();
        assert!(reopened.len > 0);
    }
}
