//! Running commands.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::{
        fd::OwnedFd,
        unix::{fs::PermissionsExt as _, process::CommandExt as _, process::ExitStatusExt as _},
    },
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, PoisonError},
    thread,
};

use super::{
    Io, Shell,
    builtins::{self, Builtin},
    syntax::{Join, Node, Redirect, Word},
};

/// Why the next command is not the next one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Jump {
    Exit(i32),
    Return(i32),
    Break(u32),
    Continue(u32),
}

/// The status of a command, or where to go instead.
pub(super) type Outcome = Result<i32, Jump>;

const DEPTH_MAX: usize = 400;

impl Shell {
    /// Runs a command as a subshell does: jumps end here.
    pub(super) fn run_to_end(&mut self, node: &Node, io: &Io) -> i32 {
        match self.run(node, io) {
            Ok(code) | Err(Jump::Exit(code) | Jump::Return(code)) => code,
            Err(_) => 0,
        }
    }

    pub(super) fn run(&mut self, node: &Node, io: &Io) -> Outcome {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            io.error("too deep");
            return Err(Jump::Exit(2));
        }
        let outcome = self.run_node(node, io);
        self.depth -= 1;
        if let Ok(code) = outcome {
            self.last = code;
        }
        while let Some(command) = self.traps.take_pending() {
            let last = self.last;
            self.run_text(&command, io)?;
            self.last = last;
        }
        outcome
    }

    fn run_node(&mut self, node: &Node, io: &Io) -> Outcome {
        match node {
            Node::Sequence(nodes) => {
                let mut code = 0;
                for (node, background) in nodes {
                    code = if *background {
                        self.run_in_background(node, io)
                    } else {
                        self.run(node, io)?
                    };
                    let tested = matches!(node, Node::Not(_) | Node::Chain(..));
                    if code != 0 && self.options.exit_on_error && !tested && self.tested == 0 {
                        return Err(Jump::Exit(code));
                    }
                }
                Ok(code)
            }
            Node::Chain(first, rest) => {
                let mut code = self.test(first, io)?;
                for (join, node) in rest {
                    if (*join == Join::And) == (code == 0) {
                        code = self.test(node, io)?;
                    }
                }
                Ok(code)
            }
            Node::Not(node) => self.test(node, io).map(|code| i32::from(code == 0)),
            Node::Pipeline(stages) => self.pipeline(stages, io),
            Node::Simple {
                assignments,
                words,
                redirects,
            } => self.simple(assignments, words, redirects, io),
            Node::Group(body, redirects) => {
                self.redirected(redirects, io, |shell, io| shell.run(body, io))
            }
            Node::Subshell(body, redirects) => self.redirected(redirects, io, |shell, io| {
                Ok(shell.clone().run_to_end(body, io))
            }),
            Node::If {
                branches,
                otherwise,
                redirects,
            } => self.redirected(redirects, io, |shell, io| {
                for (condition, body) in branches {
                    if shell.test(condition, io)? == 0 {
                        return shell.run(body, io);
                    }
                }
                otherwise.as_ref().map_or(Ok(0), |body| shell.run(body, io))
            }),
            Node::Loop {
                condition,
                until,
                body,
                redirects,
            } => self.redirected(redirects, io, |shell, io| {
                let mut code = 0;
                while (shell.test(condition, io)? == 0) != *until {
                    match shell.loop_body(body, io)? {
                        (status, true) => code = status,
                        (status, false) => return Ok(status),
                    }
                }
                Ok(code)
            }),
            Node::For {
                name,
                words,
                body,
                redirects,
            } => self.redirected(redirects, io, |shell, io| {
                let values = match words {
                    Some(words) => shell.expanded(words, io)?,
                    None => shell.args.clone(),
                };
                let mut code = 0;
                for value in values {
                    shell.set(name, value);
                    match shell.loop_body(body, io)? {
                        (status, true) => code = status,
                        (status, false) => return Ok(status),
                    }
                }
                Ok(code)
            }),
            Node::Case {
                word,
                arms,
                redirects,
            } => self.redirected(redirects, io, |shell, io| {
                let text = shell.expand_one(word, io).map_err(|e| shell.fail(&e, io))?;
                let letters: Vec<char> = text.chars().collect();
                for (patterns, body) in arms {
                    for pattern in patterns {
                        let pattern = shell.expand_pattern(pattern, io);
                        let pattern = pattern.map_err(|e| shell.fail(&e, io))?;
                        if super::expand::matches(&pattern, &letters) {
                            return shell.run(body, io);
                        }
                    }
                }
                Ok(0)
            }),
            Node::Function(name, body) => {
                self.functions
                    .insert(name.clone(), Arc::new((**body).clone()));
                Ok(0)
            }
        }
    }

    /// Runs a command whose failure is an answer, not an error.
    fn test(&mut self, node: &Node, io: &Io) -> Outcome {
        self.tested += 1;
        let outcome = self.run(node, io);
        self.tested -= 1;
        outcome
    }

    /// Runs a loop's body once; false: the loop is left.
    fn loop_body(&mut self, body: &Node, io: &Io) -> Result<(i32, bool), Jump> {
        match self.run(body, io) {
            Ok(code) => Ok((code, true)),
            Err(Jump::Break(0 | 1)) => Ok((0, false)),
            Err(Jump::Break(levels)) => Err(Jump::Break(levels - 1)),
            Err(Jump::Continue(0 | 1)) => Ok((0, true)),
            Err(Jump::Continue(levels)) => Err(Jump::Continue(levels - 1)),
            Err(jump) => Err(jump),
        }
    }

    fn fail(&self, message: &str, io: &Io) -> Jump {
        io.error(message);
        Jump::Exit(2)
    }

    fn expanded(&mut self, words: &[Word], io: &Io) -> Result<Vec<String>, Jump> {
        self.expand_all(words, io)
            .map_err(|message| self.fail(&message, io))
    }

    fn run_in_background(&mut self, node: &Node, io: &Io) -> i32 {
        if let Node::Simple {
            assignments,
            words,
            redirects,
        } = node
            && assignments.is_empty()
            && let Ok(arguments) = self.expand_all(words, io)
            && let Some(first) = arguments.first()
            && !self.functions.contains_key(first)
            && builtins::find(first).is_none()
        {
            let io = match self.open(redirects, io) {
                Ok(io) => io,
                Err(message) => {
                    io.error(&message);
                    return 1;
                }
            };
            return match self.spawn(&arguments, &[], &io) {
                Ok(child) => {
                    self.last_background = Some(child.id());
                    let mut children = self
                        .background
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner);
                    children.push(child);
                    0
                }
                Err((code, message)) => {
                    io.error(&message);
                    code
                }
            };
        }
        let (mut shell, node, io) = (self.clone(), node.clone(), io.clone());
        thread::spawn(move || shell.run_to_end(&node, &io));
        0
    }

    fn pipeline(&mut self, stages: &[Node], io: &Io) -> Outcome {
        let mut input = io.0[0].clone();
        let mut running = Vec::new();
        for (index, stage) in stages.iter().enumerate() {
            let mut own = io.clone();
            own.0[0] = input.take();
            if index + 1 < stages.len() {
                let pipe = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC);
                let (read, write) =
                    pipe.map_err(|error| self.fail(&format!("pipe: {error}"), io))?;
                own.0[1] = Some(Arc::new(write));
                input = Some(Arc::new(read));
            }
            let (mut shell, stage) = (self.clone(), stage.clone());
            running.push(thread::spawn(move || shell.run_to_end(&stage, &own)));
        }
        let mut code = 0;
        for stage in running {
            code = stage.join().unwrap_or(2);
        }
        Ok(code)
    }

    fn redirected(
        &mut self,
        redirects: &[Redirect],
        io: &Io,
        run: impl FnOnce(&mut Self, &Io) -> Outcome,
    ) -> Outcome {
        if redirects.is_empty() {
            return run(self, io);
        }
        match self.open(redirects, io) {
            Ok(io) => run(self, &io),
            Err(message) => {
                io.error(&message);
                Ok(1)
            }
        }
    }

    /// Opens what redirections name.
    fn open(&mut self, redirects: &[Redirect], io: &Io) -> Result<Io, String> {
        let mut own = io.clone();
        for redirect in redirects {
            let (number, fd) = match redirect {
                Redirect::Read(number, word) => (
                    *number,
                    self.open_file(word, io, OpenOptions::new().read(true))?,
                ),
                Redirect::Write(number, word) => {
                    let mut options = OpenOptions::new();
                    options.write(true).create(true).truncate(true);
                    (*number, self.open_file(word, io, &options)?)
                }
                Redirect::Append(number, word) => {
                    let mut options = OpenOptions::new();
                    (
                        *number,
                        self.open_file(word, io, options.append(true).create(true))?,
                    )
                }
                Redirect::Copy(number, word) => {
                    let from = self.expand_one(word, io)?;
                    let fd = match from.as_str() {
                        "-" => None,
                        "0" | "1" | "2" => own.0[usize::from(from.as_bytes()[0] - b'0')].clone(),
                        other => return Err(format!("{other}: bad descriptor")),
                    };
                    (*number, fd)
                }
                Redirect::Here(number, place) => {
                    let word = place.get().cloned().unwrap_or_default();
                    (*number, Some(here(self.expand_one(&word, io)?)?))
                }
            };
            match number {
                u8::MAX => {
                    own.0[1] = fd.clone();
                    own.0[2] = fd;
                }
                0..=2 => own.0[usize::from(number)] = fd,
                other => {
                    return Err(format!(
                        "{other}: only descriptors 0, 1 and 2 are supported"
                    ));
                }
            }
        }
        Ok(own)
    }

    fn open_file(
        &mut self,
        word: &Word,
        io: &Io,
        options: &OpenOptions,
    ) -> Result<Option<Arc<OwnedFd>>, String> {
        let name = self.expand_one(word, io)?;
        let file = options.open(self.cwd.join(&name));
        file.map(|file| Some(Arc::new(file.into())))
            .map_err(|e| format!("{name}: {}", reason(&e)))
    }

    fn simple(
        &mut self,
        assignments: &[(String, Word)],
        words: &[Word],
        redirects: &[Redirect],
        io: &Io,
    ) -> Outcome {
        let arguments = self.expanded(words, io)?;
        let mut values = Vec::with_capacity(assignments.len());
        for (name, word) in assignments {
            self.last = 0;
            let value = self
                .expand_one(word, io)
                .map_err(|message| self.fail(&message, io))?;
            values.push((name.clone(), value));
        }
        if self.options.trace {
            io.write(2, &format!("+ {}\n", arguments.join(" ")));
        }
        let Some(first) = arguments.first() else {
            let opened = self.open(redirects, io);
            let status = if assignments.is_empty() { 0 } else { self.last };
            for (name, value) in values {
                self.set(&name, value);
            }
            return match opened {
                Ok(_) => Ok(status),
                Err(message) => {
                    io.error(&message);
                    Ok(1)
                }
            };
        };
        if first == "exec" {
            return self.exec(&arguments[1..], redirects, io);
        }
        let io = match self.open(redirects, io) {
            Ok(io) => io,
            Err(message) => {
                io.error(&message);
                return Ok(1);
            }
        };
        if let Some(body) = self.functions.get(first).cloned() {
            return self.call(&body, &arguments[1..], &io);
        }
        if let Some(builtin) = builtins::find(first) {
            for (name, value) in values {
                self.set(&name, value);
            }
            return self.builtin(builtin, &arguments, &io);
        }
        match self.spawn(&arguments, &values, &io) {
            Ok(mut child) => Ok(child.wait().map_or(2, status_code)),
            Err((code, message)) => {
                io.error(&message);
                Ok(code)
            }
        }
    }

    fn call(&mut self, body: &Node, arguments: &[String], io: &Io) -> Outcome {
        let old = std::mem::replace(&mut self.args, arguments.to_vec());
        let outcome = self.run(body, io);
        self.args = old;
        match outcome {
            Err(Jump::Return(code)) => Ok(code),
            other => other,
        }
    }

    fn builtin(&mut self, builtin: Builtin, arguments: &[String], io: &Io) -> Outcome {
        builtin(self, arguments, io)
    }

    /// Finds a program in `PATH`; the toolbox's own are found without one.
    pub(super) fn find(&self, name: &str) -> Option<PathBuf> {
        if name.contains('/') {
            return Some(self.cwd.join(name));
        }
        let path = self.value("PATH");
        let runnable = |path: &PathBuf| {
            path.metadata()
                .is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
        };
        let found = path
            .split(':')
            .map(|folder| self.cwd.join(folder).join(name))
            .find(runnable);
        let own = || {
            crate::APPLETS
                .contains(&name)
                .then(|| PathBuf::from("/proc/self/exe"))
        };
        found.or_else(own)
    }

    fn command(
        &self,
        arguments: &[String],
        values: &[(String, String)],
        io: &Io,
    ) -> Result<Command, (i32, String)> {
        let name = arguments.first().map(String::as_str).unwrap_or_default();
        let path = self
            .find(name)
            .ok_or_else(|| (127, format!("{name}: not found")))?;
        let mut command = Command::new(path);
        let exported = self.variables.iter().filter(|(_, (_, exported))| *exported);
        command
            .arg0(name)
            .args(arguments.iter().skip(1))
            .env_clear()
            .envs(exported.map(|(name, (value, _))| (name, value)))
            .envs(values.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.cwd);
        let stream = |number: usize| -> Result<Stdio, (i32, String)> {
            match &io.0[number] {
                None => Ok(Stdio::null()),
                Some(fd) => {
                    let copy = fd.try_clone().map_err(|error| (2, error.to_string()))?;
                    Ok(Stdio::from(copy))
                }
            }
        };
        command
            .stdin(stream(0)?)
            .stdout(stream(1)?)
            .stderr(stream(2)?);
        Ok(command)
    }

    fn spawn(
        &self,
        arguments: &[String],
        values: &[(String, String)],
        io: &Io,
    ) -> Result<Child, (i32, String)> {
        let mut command = self.command(arguments, values, io)?;
        command
            .spawn()
            .map_err(|error| not_started(&arguments[0], &error))
    }

    fn exec(&mut self, arguments: &[String], redirects: &[Redirect], io: &Io) -> Outcome {
        let own = self
            .open(redirects, io)
            .map_err(|message| self.fail(&message, io))?;
        if arguments.is_empty() {
            io.error("exec: redirecting the shell itself is not supported");
            return Ok(1);
        }
        let (code, message) = match self.command(arguments, &[], &own) {
            Ok(mut command) => not_started(&arguments[0], &command.exec()),
            Err(error) => error,
        };
        io.error(&message);
        Err(Jump::Exit(code))
    }

    /// Becomes the program of a script that is nothing but one program; returns otherwise.
    pub(super) fn replace_by(&mut self, node: &Node, io: &Io) {
        let Node::Sequence(nodes) = node else { return };
        let [
            (
                Node::Simple {
                    assignments,
                    words,
                    redirects,
                },
                false,
            ),
        ] = nodes.as_slice()
        else {
            return;
        };
        // Expanding has effects of its own; only plain words are expanded twice without harm.
        let plain: Option<Vec<&str>> = words.iter().map(Word::plain).collect();
        let Some(name) = plain.as_ref().and_then(|words| words.first()) else {
            return;
        };
        let special = ["exec", "sleep"];
        let is_own = builtins::find(name).is_some() && !special.contains(name);
        let simple = assignments.is_empty() && redirects.is_empty();
        if !simple || is_own || *name == "exec" {
            return;
        }
        if let Ok(arguments) = self.expand_all(words, io)
            && let Ok(mut command) = self.command(&arguments, &[], io)
        {
            // Returns only when it fails, and then the usual way tells why.
            let _ = command.exec();
        }
    }
}

/// The text of a here-document as a file without a name.
fn here(text: String) -> Result<Arc<OwnedFd>, String> {
    let pipe = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC);
    let (read, write) = pipe.map_err(|error| error.to_string())?;
    // A pipe takes only so much at once.
    thread::spawn(move || File::from(write).write_all(text.as_bytes()));
    Ok(Arc::new(read))
}

fn not_started(name: &str, error: &io::Error) -> (i32, String) {
    match error.kind() {
        io::ErrorKind::NotFound => (127, format!("{name}: not found")),
        _ => (126, format!("{name}: {}", reason(error))),
    }
}

/// An error without the number that Rust adds.
pub(super) fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => nix::errno::Errno::from_raw(number).desc().to_owned(),
        None => error.to_string(),
    }
}

/// 128 + n after signal n.
pub(super) fn status_code(status: ExitStatus) -> i32 {
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}
