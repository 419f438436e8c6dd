//! What runs in a pod, from outside: its output, its files, its ports, and
//! further processes in it.
//!
//! * [`Api::<Pod>::exec`](crate::Api::exec) and [`attach`](crate::Api::attach)
//!   give a [`Process`], which is used as `tokio::process::Child` is.
//! * [`Api::<Pod>::port_forward`](crate::Api::port_forward) gives a stream for
//!   each connection, [`PortForwarder`] a local listener.
//! * [`PodCopy`] moves files and folders both ways.
//! * [`Logs`] follows the logs of one container, or of everything that a
//!   selector matches.
//!
//! All speak WebSocket (`v5.channel.k8s.io`), and SPDY/3.1 to servers that are
//! too old for it.

mod connect;
mod copy;
mod exec;
mod forward;
mod forwarder;
mod logs;
mod process;
mod process_socket;
mod process_spdy;
#[doc(hidden)]
pub mod spdy;
#[doc(hidden)]
pub mod websocket;

pub use connect::StreamProtocol;
pub use copy::{CopyError, CopyProgress, CopySummary, PodCopy};
pub use exec::{AttachOptions, ExecOptions};
pub use forward::{ForwardedStream, PortForward};
pub use forwarder::{ForwardError, ForwardListener, ForwardPort, PortForwarder};
pub use logs::{LogError, LogLine, LogLines, Logs};
pub use process::{ExitStatus, Process, ProcessInput, ProcessOutput, ProcessResult, TerminalSize};
