//! What commands in containers do.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy};

/// How a command ends, and what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its output.
    pub stdout: String,
    /// Its error output.
    pub stderr: String,
    /// Its exit code.
    pub exit_code: i32,
}

/// What commands in a container do: answers by script, a few commands that are
/// built in (`echo`, `cat`, `true`, `false`), or programs of this machine.
#[derive(Clone, Default)]
pub struct Commands {
    /// The first words of a command, and what is answered.
    pub(crate) answers: Vec<(Vec<String>, Answer)>,
    /// Programs of this machine run here, where nothing else is said.
    pub(crate) dir: Option<Arc<PathBuf>>,
}

impl std::fmt::Debug for Commands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Commands")
            .field("answers", &self.answers.len())
            .field("dir", &self.dir)
            .finish()
    }
}

impl Commands {
    /// Runs a command to its end; gives its exit code.
    pub(super) async fn run(
        &self,
        command: &[String],
        mut stdin: impl AsyncRead + Unpin + Send + 'static,
        mut stdout: impl AsyncWrite + Unpin + Send,
        mut stderr: impl AsyncWrite + Unpin + Send,
    ) -> i32 {
        let scripted = self
            .answers
            .iter()
            .rev()
            .find(|(words, _)| command.starts_with(words));
        let answer = match scripted {
            Some((_, answer)) => answer.clone(),
            None => match (command.first().map(String::as_str), &self.dir) {
                (_, Some(dir)) => return local(dir, command, stdin, stdout, stderr).await,
                (Some("true"), _) => Answer::default(),
                (Some("false"), _) => Answer {
                    exit_code: 1,
                    ..Answer::default()
                },
                (Some("echo"), _) => Answer {
                    stdout: format!("{}\n", command[1..].join(" ")),
                    ..Answer::default()
                },
                (Some("cat"), _) => {
                    // Who no longer listens ends it.
                    let _ = copy(&mut stdin, &mut stdout).await;
                    return 0;
                }
                (name, _) => Answer {
                    stderr: format!("{}: not in the script\n", name.unwrap_or_default()),
                    exit_code: 127,
                    ..Answer::default()
                },
            },
        };
        let _ = stdout.write_all(answer.stdout.as_bytes()).await;
        let _ = stderr.write_all(answer.stderr.as_bytes()).await;
        answer.exit_code
    }
}

/// Runs a program of this machine.
async fn local(
    dir: &PathBuf,
    command: &[String],
    mut stdin: impl AsyncRead + Unpin + Send + 'static,
    mut stdout: impl AsyncWrite + Unpin + Send,
    mut stderr: impl AsyncWrite + Unpin + Send,
) -> i32 {
    let Some((program, args)) = command.split_first() else {
        return 127;
    };
    let child = tokio::process::Command::new(program)
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            let _ = stderr
                .write_all(format!("{program}: {error}\n").as_bytes())
                .await;
            return 127;
        }
    };
    let (input, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let typing = input.map(|mut input| {
        tokio::spawn(async move {
            let _ = copy(&mut stdin, &mut input).await;
        })
    });
    tokio::join!(pass(out, &mut stdout), pass(err, &mut stderr));
    let code = child.wait().await.ok().and_then(|status| status.code());
    if let Some(typing) = typing {
        typing.abort();
    }
    code.unwrap_or(137)
}

async fn pass(from: Option<impl AsyncRead + Unpin>, to: &mut (impl AsyncWrite + Unpin)) {
    let Some(mut from) = from else { return };
    let mut piece = vec![0; 16 << 10];
    while let Ok(n @ 1..) = from.read(&mut piece).await {
        if to.write_all(&piece[..n]).await.is_err() {
            return;
        }
    }
}
