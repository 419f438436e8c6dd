//! Asking a cluster's API server from outside.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;
use skeg_client::{Client, Kubeconfig, RetryPolicy};

use crate::failure::OrFail;

/// A client by a kubeconfig file.
pub struct Remote {
    client: Client,
}

impl Remote {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read or used.
    pub fn open(kubeconfig: &Path) -> Result<Self> {
        Ok(Self {
            client: client(kubeconfig)?.with_retry(RetryPolicy::none()),
        })
    }

    /// The JSON at a path.
    ///
    /// # Errors
    /// The server does not answer, or refuses.
    pub async fn json(&self, path: &str) -> Result<Value> {
        let text = self.client.get_text(path).await?;
        Ok(serde_json::from_str(&text)?)
    }

    /// The text at a path, or what the server says is wrong.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn text(&self, path: &str) -> Result<(u16, String)> {
        match self.client.get_text(path).await {
            Ok(text) => Ok((200, text)),
            Err(error) => match error.status() {
                Some(status) => Ok((
                    u16::try_from(error.code()).unwrap_or(500),
                    status.message.clone(),
                )),
                None => Err(error.into()),
            },
        }
    }
}

/// A client for everything.
///
/// # Errors
/// The file cannot be read or used.
pub fn client(kubeconfig: &Path) -> Result<Client> {
    let remedy = "check --kubeconfig (or KUBECONFIG); `skeg kubeconfig` prints a cluster's";
    let what = || format!("cannot use the kubeconfig {}", kubeconfig.display());
    let config = Kubeconfig::from_file(kubeconfig)
        .and_then(|file| file.config(None))
        .or_fail(what(), remedy)?;
    Ok(Client::from_config(&config)
        .or_fail(what(), remedy)?
        .with_user_agent("skeg"))
}
