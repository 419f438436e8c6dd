//! Which versions of the API server a role alone works with: upstream's
//! version skew policy.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;
use skeg_client::Client;
use tracing::warn;

use crate::commands::version::KUBERNETES;
use crate::config::Role;
use crate::failure::{Failure, OrFail};

/// How long to wait before an API server that does not answer is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// By how many minor versions the API server may be newer. It is never older.
fn newer_max(role: Role) -> u32 {
    match role {
        Role::Kubelet | Role::Proxy | Role::Dns => 3,
        Role::ApiServer | Role::Scheduler | Role::ControllerManager => 1,
    }
}

/// Waits for the API server and looks at its version.
///
/// # Errors
/// It is of a version that the role does not work with.
pub async fn check(role: Role, client: &Client) -> Result<()> {
    let mut told = false;
    let text = loop {
        match client.get_text("/version").await {
            Ok(text) => break text,
            Err(error) if error.status().is_some() => {
                return Err(error).or_fail(
                    "the API server does not tell its version",
                    "check who the kubeconfig says you are",
                );
            }
            Err(error) if !told => {
                warn!(error = error.chain(), "waiting for the API server");
                told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(PAUSE).await;
    };
    let version: Value = serde_json::from_str(&text).unwrap_or_default();
    judge(role, &version)
}

/// The minor version in the answer of `/version`; some clouds write `37+`.
fn minor(version: &Value) -> Option<u32> {
    let number = |key: &str| {
        let text = version[key].as_str()?;
        text.trim_end_matches(|c: char| !c.is_ascii_digit())
            .parse()
            .ok()
    };
    (number("major") == Some(1)).then(|| number("minor"))?
}

fn judge(role: Role, version: &Value) -> Result<()> {
    let name = role.name();
    let own: u32 = KUBERNETES
        .split('.')
        .nth(1)
        .and_then(|minor| minor.parse().ok())
        .unwrap_or_default();
    let newest = own + newer_max(role);
    let Some(theirs) = minor(version) else {
        bail!(Failure::new(
            format!("the API server's version cannot be read: {version}"),
            "check that the kubeconfig names a Kubernetes API server",
        ));
    };
    if (own..=newest).contains(&theirs) {
        return Ok(());
    }
    let remedy = if theirs < own {
        format!("bring the API server to 1.{own} first, or run a {name} of 1.{theirs}")
    } else {
        format!("run a {name} of 1.{theirs} or a little older")
    };
    bail!(Failure::new(
        format!(
            "the API server is of Kubernetes 1.{theirs}; this {name} of {KUBERNETES} works with 1.{own} to 1.{newest}"
        ),
        remedy,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_far_apart_are_refused_with_a_remedy() {
        let judge = |role, minor: &str| {
            judge(role, &json!({"major": "1", "minor": minor}))
                .map_err(|error| crate::failure::render(&error))
        };
        assert!(judge(Role::Kubelet, "37").is_ok());
        assert!(judge(Role::Kubelet, "40+").is_ok());
        assert!(judge(Role::Scheduler, "38").is_ok());
        let said = judge(Role::Kubelet, "36").unwrap_err();
        assert!(
            said.contains("bring the API server to 1.37 first"),
            "{said}"
        );
        let said = judge(Role::Scheduler, "39").unwrap_err();
        assert!(said.contains("works with 1.37 to 1.38"), "{said}");
        assert!(judge(Role::Proxy, "41").is_err());
        assert!(super::judge(Role::Proxy, &json!({"major": "2", "minor": "37"})).is_err());
    }
}
