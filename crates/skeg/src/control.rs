//! The socket by which commands ask a running cluster for what only it can
//! do. One request a connection: a line of JSON; the answer is any number of
//! lines `{"progress": …}` and one `{"ok": …}` or `{"error": …, "remedy": …}`.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};
use crate::images::{Images, Operation};

/// A request is not longer.
const REQUEST_LEN_MAX: u64 = 64 * 1024;
/// So many lines of progress wait for a slow reader; more are dropped.
const PROGRESS_MAX: usize = 16;

fn path(dir: &DataDir) -> PathBuf {
    dir.root().join("skeg.sock")
}

/// Makes the socket. Only its owner may use it.
///
/// # Errors
/// It cannot be made.
pub fn listen(dir: &DataDir) -> Result<UnixListener> {
    let path = path(dir);
    // The lock on the folder says that nobody listens there any more.
    let _ = std::fs::remove_file(&path);
    let listen = || -> std::io::Result<UnixListener> {
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    };
    listen().or_fail(
        format!("cannot make the socket {}", path.display()),
        "the path of the data folder may have 90 characters at most: --data-dir",
    )
}

/// Answers requests until cancelled.
pub async fn serve(listener: UnixListener, images: Images, cancel: CancellationToken) {
    let tasks = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = cancel.cancelled() => break,
        };
        match stream {
            Ok((stream, _)) => {
                let (images, cancel) = (images.clone(), cancel.clone());
                tasks.spawn(async move {
                    let answered = cancel.run_until_cancelled(answer(stream, &images)).await;
                    if let Some(Err(error)) = answered {
                        debug!(%error, "a command has gone before its answer");
                    }
                });
            }
            Err(error) => {
                warn!(%error, "cannot accept on the control socket");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
    tasks.close();
    tasks.wait().await;
}

async fn answer(stream: UnixStream, images: &Images) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(REQUEST_LEN_MAX))
        .read_line(&mut line)
        .await?;
    let request: Value = serde_json::from_str(&line).unwrap_or_default();
    let Some(operation) = Operation::from_value(&request) else {
        let text = json!({"error": "not a request that this version knows"});
        return Ok(write.write_all(format!("{text}\n").as_bytes()).await?);
    };
    let (sender, mut reports) = mpsc::channel(PROGRESS_MAX);
    let work = images.perform(operation, move |done, total, phase| {
        let report = json!({"progress": {"done": done, "total": total, "phase": phase}});
        let _ = sender.try_send(report);
    });
    tokio::pin!(work);
    let outcome = loop {
        tokio::select! {
            outcome = &mut work => break outcome,
            Some(report) = reports.recv() => {
                write.write_all(format!("{report}\n").as_bytes()).await?;
            }
        }
    };
    let last = match outcome {
        Ok(value) => json!({"ok": value}),
        Err(error) => {
            let failure = error
                .chain()
                .find_map(|cause| cause.downcast_ref::<Failure>());
            let failure = failure.or_else(|| error.downcast_ref::<Failure>());
            let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
            json!({
                "error": error.to_string(),
                "why": causes.join(": "),
                "remedy": failure.map(|f| f.remedy.as_str()),
            })
        }
    };
    write.write_all(format!("{last}\n").as_bytes()).await?;
    Ok(())
}

/// In a command: asks the running cluster.
///
/// # Errors
/// It does not answer, or refuses.
pub async fn ask(
    dir: &DataDir,
    operation: &Operation,
    progress: impl Fn(u64, u64, &str),
) -> Result<Value> {
    let path = path(dir);
    let stream = UnixStream::connect(&path).await.or_fail(
        format!("cannot reach the running cluster by {}", path.display()),
        "run as the user who started it (sudo); a cluster without a node has no images",
    )?;
    let (read, mut write) = stream.into_split();
    write
        .write_all(format!("{}\n", operation.to_value()).as_bytes())
        .await?;
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        let value: Value = serde_json::from_str(&line)?;
        if let Some(error) = value["error"].as_str() {
            let remedy = value["remedy"].as_str().unwrap_or_default();
            let failure = Failure::new(error, remedy);
            match value["why"].as_str().filter(|why| !why.is_empty()) {
                Some(why) => return Err(anyhow::anyhow!(why.to_owned()).context(failure)),
                None => bail!(failure),
            }
        }
        if !value["ok"].is_null() {
            return Ok(value["ok"].clone());
        }
        let report = &value["progress"];
        let number = |key: &str| report[key].as_u64().unwrap_or_default();
        progress(
            number("done"),
            number("total"),
            report["phase"].as_str().unwrap_or_default(),
        );
    }
    bail!(Failure::new(
        "the cluster ended before it answered",
        "see `skeg logs`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::render;

    #[tokio::test]
    async fn asked_and_answered() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::new(temp.path());
        let listener = listen(&dir).unwrap();
        let cancel = CancellationToken::new();
        let images = Images::files(&dir).unwrap();
        let serving = tokio::spawn(serve(listener, images, cancel.clone()));
        let list = ask(&dir, &Operation::List, |_, _, _| {}).await.unwrap();
        assert_eq!(list, json!({"images": []}));
        let error = ask(&dir, &Operation::Import("/nosuch".into()), |_, _, _| {})
            .await
            .unwrap_err();
        let text = render(&error);
        assert!(
            text.contains("cannot import /nosuch") && text.contains("remedy"),
            "{text}"
        );
        cancel.cancel();
        serving.await.unwrap();
        assert!(ask(&dir, &Operation::List, |_, _, _| {}).await.is_err());
    }
}
