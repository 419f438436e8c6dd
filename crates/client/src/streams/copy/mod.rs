//! Files and folders to and from a container, by way of the `tar` in it.

mod pack;
mod paths;
mod pipe;
mod unpack;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use skeg_api::core::v1::Pod;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::api::Api;
use crate::error::Error;

use super::connect::StreamProtocol;
use super::exec::ExecOptions;
use super::process::Process;

/// How much of what `tar` complains about is kept.
const COMPLAINT_BYTES_MAX: usize = 8 << 10;

/// How far a copy is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyProgress {
    /// The file that is being copied, within what is copied.
    pub path: PathBuf,
    /// How many files, folders and links have been begun with.
    pub entries: u64,
    /// How many bytes of files have been copied.
    pub bytes: u64,
}

/// What was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopySummary {
    /// How many files, folders and links.
    pub entries: u64,
    /// How many bytes of files.
    pub bytes: u64,
    /// What was left out, because it is neither file nor folder nor link, or a
    /// link of the container that leads out of what is copied.
    pub skipped: Vec<PathBuf>,
}

/// Why a copy has failed. What was copied before is there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// `tar` cannot be run in the container, or the connection was lost.
    #[error("cannot run tar in pod {pod}")]
    Run {
        /// The pod.
        pod: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// `tar` has failed in the container.
    #[error("tar in pod {pod} has failed (exit code {code}): {message}")]
    Remote {
        /// The pod.
        pod: String,
        /// Its exit code.
        code: i32,
        /// What it said.
        message: String,
    },
    /// A path or link leads out of what is being copied. Nothing was written there.
    #[error("{} is refused: {reason}", path.display())]
    Refused {
        /// The path, within what is copied.
        path: PathBuf,
        /// Where it leads.
        reason: String,
    },
    /// A local file cannot be read or written.
    #[error("{}", path.display())]
    Local {
        /// The local path.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// What came is not what `tar` writes, or broke off.
    #[error("cannot read what tar in pod {pod} writes")]
    Archive {
        /// The pod.
        pod: String,
        /// What is wrong with it.
        #[source]
        source: io::Error,
    },
    /// There is nothing at the path, or it names nothing.
    #[error("{path:?} names no file or folder")]
    Nothing {
        /// The path.
        path: String,
    },
}

impl CopyError {
    fn local(path: &Path, source: io::Error) -> Self {
        CopyError::Local {
            path: path.to_owned(),
            source,
        }
    }

    fn refused(path: &Path, reason: impl Into<String>) -> Self {
        CopyError::Refused {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }
}

type OnProgress = Arc<dyn Fn(&CopyProgress) + Send + Sync>;

/// Copies files and folders to and from a container, as `kubectl cp` does.
///
/// The container must have `tar`. Modes and times of files are kept, owners are
/// not. Links are copied as links. Out of a container only those come that stay
/// within what is copied, the others are in [`CopySummary::skipped`]; nothing is
/// ever written through a link.
///
/// ```no_run
/// # async fn f(pods: skeg_client::Api<skeg_api::core::v1::Pod>) -> Result<(), Box<dyn std::error::Error>> {
/// use skeg_client::streams::PodCopy;
/// let copy = PodCopy::new(&pods, "web-0").on_progress(|done| println!("{}", done.bytes));
/// copy.upload("site", "/usr/share/www/site").await?;
/// copy.download("/var/log/web", "logs").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct PodCopy {
    pods: Api<Pod>,
    pod: String,
    container: String,
    protocol: StreamProtocol,
    on_progress: Option<OnProgress>,
}

impl fmt::Debug for PodCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PodCopy")
            .field("pod", &self.pod)
            .field("container", &self.container)
            .finish_non_exhaustive()
    }
}

impl PodCopy {
    /// To and from this pod.
    pub fn new(pods: &Api<Pod>, pod: impl Into<String>) -> Self {
        Self {
            pods: pods.clone(),
            pod: pod.into(),
            container: String::new(),
            protocol: StreamProtocol::Auto,
            on_progress: None,
        }
    }

    /// In this container; otherwise in the pod's only one, or its default.
    #[must_use]
    pub fn container(mut self, name: impl Into<String>) -> Self {
        self.container = name.into();
        self
    }

    /// By this protocol only.
    #[must_use]
    pub fn protocol(mut self, protocol: StreamProtocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Calls this as the copy goes on. It must be quick.
    #[must_use]
    pub fn on_progress(mut self, call: impl Fn(&CopyProgress) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(call));
        self
    }

    /// Copies a file or folder out of the container. It will be at `local`; a
    /// file goes into it when that is a folder. Folders above it are made.
    ///
    /// Dropping the future leaves what was copied so far.
    ///
    /// # Errors
    /// See [`CopyError`].
    pub async fn download(
        &self,
        remote: &str,
        local: impl AsRef<Path>,
    ) -> Result<CopySummary, CopyError> {
        let (folder, name) = paths::split(remote).ok_or_else(|| CopyError::Nothing {
            path: remote.to_owned(),
        })?;
        // A name must not look like an option.
        let named = format!("./{name}");
        let command = ["tar", "cf", "-", "-C", folder.as_str(), named.as_str()];
        let mut process = self.start(ExecOptions::new(command)).await?;
        let (reader, feed) = pipe::reader();
        let stdout = process.stdout.take();
        let stderr = process.stderr.take();
        let local = local.as_ref().to_owned();
        let (pod, on_progress) = (self.pod.clone(), self.on_progress.clone());
        let work = tokio::task::spawn_blocking(move || {
            let into = unpack::Target {
                root: local,
                name,
                pod,
                on_progress,
            };
            into.unpack(reader)
        });
        let feeding = async move {
            if let Some(stdout) = stdout {
                feed.from(stdout).await;
            }
        };
        let ((), complaint, unpacked) = tokio::join!(feeding, complaint(stderr), work);
        let unpacked = unpacked.unwrap_or_else(|panic| {
            Err(CopyError::Archive {
                pod: self.pod.clone(),
                source: io::Error::other(panic.to_string()),
            })
        });
        // What we refuse ends tar, too; ours is the better reason then.
        let ended = match unpacked {
            Err(error @ (CopyError::Refused { .. } | CopyError::Local { .. })) => {
                return Err(error);
            }
            other => {
                self.ended(process, complaint).await?;
                other
            }
        };
        match ended {
            Ok(summary) if summary.entries == 0 && summary.skipped.is_empty() => {
                Err(CopyError::Nothing {
                    path: remote.to_owned(),
                })
            }
            other => other,
        }
    }

    /// Copies a file or folder into the container. It will be at `remote`, or,
    /// when that is a folder or ends with a slash, in it.
    ///
    /// Dropping the future leaves what was copied so far.
    ///
    /// # Errors
    /// See [`CopyError`].
    pub async fn upload(
        &self,
        local: impl AsRef<Path>,
        remote: &str,
    ) -> Result<CopySummary, CopyError> {
        let local = local.as_ref().to_owned();
        let nothing = || CopyError::Nothing {
            path: local.display().to_string(),
        };
        let own = match local.file_name() {
            Some(name) => name.to_str().ok_or_else(nothing)?.to_owned(),
            // `.` and `..` have names once they are looked up.
            None => std::fs::canonicalize(&local)
                .map_err(|error| CopyError::local(&local, error))?
                .file_name()
                .and_then(|name| name.to_str())
                .ok_or_else(nothing)?
                .to_owned(),
        };
        let (folder, name) = if remote.ends_with('/') || self.is_folder(remote).await? {
            (remote.to_owned(), own)
        } else {
            paths::split(remote).ok_or_else(|| CopyError::Nothing {
                path: remote.to_owned(),
            })?
        };
        let command = ["tar", "xmf", "-", "-C", folder.as_str()];
        let mut process = self.start(ExecOptions::new(command).stdin()).await?;
        let (writer, drain) = pipe::writer();
        let on_progress = self.on_progress.clone();
        let stdin = process.stdin.take();
        let stdout = process.stdout.take();
        let stderr = process.stderr.take();
        let work =
            tokio::task::spawn_blocking(move || pack::pack(&local, &name, writer, on_progress));
        let draining = async move {
            if let Some(mut stdin) = stdin {
                // When tar ends early, it says why.
                drop(drain.into(&mut stdin).await);
                drop(stdin.shutdown().await);
            }
        };
        let ((), complaint, _, packed) =
            tokio::join!(draining, complaint(stderr), complaint(stdout), work);
        let packed = packed.unwrap_or_else(|panic| {
            Err(CopyError::Archive {
                pod: self.pod.clone(),
                source: io::Error::other(panic.to_string()),
            })
        });
        match packed {
            // The pipe broke because tar had ended.
            Err(CopyError::Archive { .. }) | Ok(_) => {
                self.ended(process, complaint).await?;
                packed
            }
            other => other,
        }
    }

    async fn start(&self, options: ExecOptions) -> Result<Process, CopyError> {
        let options = options
            .container(self.container.as_str())
            .protocol(self.protocol);
        let started = self.pods.exec(&self.pod, &options).await;
        started.map_err(|source| CopyError::Run {
            pod: self.pod.clone(),
            source,
        })
    }

    async fn is_folder(&self, path: &str) -> Result<bool, CopyError> {
        let process = self.start(ExecOptions::new(["test", "-d", path])).await?;
        match process.wait().await {
            Ok(status) => Ok(status.success()),
            // There may be tar, and no test.
            Err(Error::Api(_)) => Ok(false),
            Err(source) => Err(CopyError::Run {
                pod: self.pod.clone(),
                source,
            }),
        }
    }

    async fn ended(&self, process: Process, complaint: String) -> Result<(), CopyError> {
        let status = process.wait().await.map_err(|source| CopyError::Run {
            pod: self.pod.clone(),
            source,
        })?;
        if status.success() {
            return Ok(());
        }
        Err(CopyError::Remote {
            pod: self.pod.clone(),
            code: status.code(),
            message: complaint,
        })
    }
}

/// What a process complains about, as far as it is kept.
async fn complaint(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept = Vec::new();
    if let Some(mut stream) = stream {
        let mut start = (&mut stream).take(COMPLAINT_BYTES_MAX as u64);
        // A broken connection shows in how the process ended.
        drop(start.read_to_end(&mut kept).await);
        drop(tokio::io::copy(&mut stream, &mut tokio::io::sink()).await);
    }
    String::from_utf8_lossy(&kept).trim().to_owned()
}

/// Counts, and tells.
struct Meter {
    progress: CopyProgress,
    skipped: Vec<PathBuf>,
    on_progress: Option<OnProgress>,
}

impl Meter {
    fn new(on_progress: Option<OnProgress>) -> Self {
        Self {
            progress: CopyProgress::default(),
            skipped: Vec::new(),
            on_progress,
        }
    }

    fn entry(&mut self, path: &Path) {
        self.progress.entries += 1;
        path.clone_into(&mut self.progress.path);
        self.tell();
    }

    fn bytes(&mut self, count: usize) {
        self.progress.bytes += count as u64;
        self.tell();
    }

    fn skipped(&mut self, path: &Path) {
        /// How many are named.
        const NAMED_MAX: usize = 1000;
        if self.skipped.len() < NAMED_MAX {
            self.skipped.push(path.to_owned());
        }
    }

    fn tell(&self) {
        if let Some(call) = &self.on_progress {
            call(&self.progress);
        }
    }

    fn summary(self) -> CopySummary {
        CopySummary {
            entries: self.progress.entries,
            bytes: self.progress.bytes,
            skipped: self.skipped,
        }
    }
}
