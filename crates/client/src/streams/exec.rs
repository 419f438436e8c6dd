//! Exec and attach.

use skeg_api::core::v1::Pod;

use crate::api::Api;
use crate::client::target;
use crate::error::Error;
use crate::options::{Query, QueryOptions};

use super::connect::{StreamProtocol, switch};
use super::process::{Process, TerminalSize};
use super::websocket::{V4, V5};
use super::{process_socket, process_spdy};

/// What SPDY streams of exec and attach are called.
const SPDY: &str = V4;

/// Which streams of a process are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) stdin: bool,
    pub(super) stdout: bool,
    pub(super) stderr: bool,
    pub(super) tty: bool,
    pub(super) size: Option<TerminalSize>,
}

impl Wanted {
    const OUTPUT: Self = Self {
        stdin: false,
        stdout: true,
        stderr: true,
        tty: false,
        size: None,
    };

    /// A terminal has one output only.
    pub(super) fn separate_stderr(&self) -> bool {
        self.stderr && !self.tty
    }

    fn write(&self, container: &str, query: &mut Query) {
        query.push_text("container", container);
        for (name, wanted) in [
            ("stdin", self.stdin),
            ("stdout", self.stdout),
            ("stderr", self.separate_stderr()),
            ("tty", self.tty),
        ] {
            if wanted {
                query.push(name, "true");
            }
        }
    }
}

macro_rules! stream_options {
    () => {
        /// In this container; otherwise in the pod's only one, or its default.
        #[must_use]
        pub fn container(mut self, name: impl Into<String>) -> Self {
            self.container = name.into();
            self
        }

        /// With a standard input, which is then written to and ended by us.
        #[must_use]
        pub fn stdin(mut self) -> Self {
            self.wanted.stdin = true;
            self
        }

        /// Without the standard output.
        #[must_use]
        pub fn no_stdout(mut self) -> Self {
            self.wanted.stdout = false;
            self
        }

        /// Without the standard error output.
        #[must_use]
        pub fn no_stderr(mut self) -> Self {
            self.wanted.stderr = false;
            self
        }

        /// With a terminal, which mixes both outputs into one and can be resized.
        #[must_use]
        pub fn tty(mut self) -> Self {
            self.wanted.tty = true;
            self
        }

        /// With a terminal that has this size from the start.
        #[must_use]
        pub fn terminal(mut self, width: u16, height: u16) -> Self {
            self.wanted.tty = true;
            self.wanted.size = Some(TerminalSize { width, height });
            self
        }

        /// By this protocol only.
        #[must_use]
        pub fn protocol(mut self, protocol: StreamProtocol) -> Self {
            self.protocol = protocol;
            self
        }
    };
}

/// What to run in a container, and with which streams.
///
/// ```
/// use skeg_client::streams::ExecOptions;
/// let list = ExecOptions::new(["ls", "-l", "/"]).container("web");
/// let shell = ExecOptions::new(["sh"]).stdin().terminal(80, 24);
/// ```
#[derive(Clone, Debug)]
pub struct ExecOptions {
    command: Vec<String>,
    container: String,
    wanted: Wanted,
    protocol: StreamProtocol,
}

impl ExecOptions {
    /// Runs a program with its arguments; no shell reads them. Both outputs are wanted.
    #[must_use]
    pub fn new<S: Into<String>>(command: impl IntoIterator<Item = S>) -> Self {
        Self {
            command: command.into_iter().map(Into::into).collect(),
            container: String::new(),
            wanted: Wanted::OUTPUT,
            protocol: StreamProtocol::default(),
        }
    }

    stream_options!();
}

impl QueryOptions for ExecOptions {
    fn write(&self, query: &mut Query) {
        for word in &self.command {
            query.push("command", word);
        }
        self.wanted.write(&self.container, query);
    }
}

/// Which streams of a container's own process are wanted.
#[derive(Clone, Debug)]
pub struct AttachOptions {
    container: String,
    wanted: Wanted,
    protocol: StreamProtocol,
}

impl Default for AttachOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl AttachOptions {
    /// Both outputs.
    #[must_use]
    pub fn new() -> Self {
        Self {
            container: String::new(),
            wanted: Wanted::OUTPUT,
            protocol: StreamProtocol::default(),
        }
    }

    stream_options!();
}

impl QueryOptions for AttachOptions {
    fn write(&self, query: &mut Query) {
        self.wanted.write(&self.container, query);
    }
}

impl Api<Pod> {
    /// Runs a program in a container.
    ///
    /// Dropping the process and its streams ends the connection; what becomes
    /// of the program then is the container runtime's business.
    ///
    /// # Errors
    /// `is_not_found()`, `is_forbidden()`; the server refused for another
    /// reason; it speaks neither WebSocket nor SPDY. That the program cannot be
    /// started is told by [`Process::wait`].
    pub async fn exec(&self, name: &str, options: &ExecOptions) -> Result<Process, Error> {
        if options.command.is_empty() {
            return Err(Error::Request {
                target: format!("exec in pod {name}"),
                message: "there is no command".to_owned(),
            });
        }
        self.start(name, "exec", options, &options.wanted, options.protocol)
            .await
    }

    /// Joins the streams of a container's own process.
    ///
    /// # Errors
    /// As [`Api::exec`].
    pub async fn attach(&self, name: &str, options: &AttachOptions) -> Result<Process, Error> {
        self.start(name, "attach", options, &options.wanted, options.protocol)
            .await
    }

    async fn start(
        &self,
        name: &str,
        subresource: &str,
        options: &dyn QueryOptions,
        wanted: &Wanted,
        protocol: StreamProtocol,
    ) -> Result<Process, Error> {
        if !wanted.stdin && !wanted.stdout && !wanted.separate_stderr() {
            return Err(Error::Request {
                target: format!("{subresource} in pod {name}"),
                message: "at least one of stdin, stdout and stderr must be wanted".to_owned(),
            });
        }
        let path = self.core.path(Some(name), Some(subresource))?;
        let target = target(path, options);
        let client = self.client();
        // Before v5 a WebSocket cannot end a process's input; SPDY always could.
        let offered: &[&'static str] = match protocol {
            StreamProtocol::Auto if wanted.stdin => &[V5],
            _ => &[V5, V4],
        };
        let (switched, spoken) = switch(client, &target, protocol, offered, SPDY).await?;
        let what = format!("{subresource} in pod {name}");
        match spoken {
            StreamProtocol::Spdy => process_spdy::start(switched.io, wanted, what).await,
            _ => Ok(process_socket::start(switched, wanted, what).await),
        }
    }
}
