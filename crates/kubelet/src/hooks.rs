//! Lifecycle hooks: what runs after a container's start and before its stop.

use std::net::IpAddr;
use std::time::Duration;

use skeg_api::core::v1::{Container, LifecycleHandler};
use skeg_cri::{ContainerId, RuntimeService};

use crate::http_get;

/// Who hooks say they are.
const AGENT: &str = "kube-lifecycle/1.37";
/// How long an HTTP hook may take when nothing else bounds it.
const HTTP_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs a hook to its end.
///
/// # Errors
/// What to tell a person.
pub(crate) async fn run(
    hook: &LifecycleHandler,
    container: &Container,
    id: &ContainerId,
    pod_ip: Option<IpAddr>,
    runtime: &dyn RuntimeService,
) -> Result<(), String> {
    if let Some(exec) = &hook.exec {
        let result = runtime
            .exec_sync(id, &exec.command, None)
            .await
            .map_err(|error| error.full())?;
        return if result.exit_code == 0 {
            Ok(())
        } else {
            let said = String::from_utf8_lossy(&result.stderr).into_owned();
            Err(format!(
                "command '{}' exited with {}: {said}",
                exec.command.join(" "),
                result.exit_code
            ))
        };
    }
    if let Some(sleep) = &hook.sleep {
        tokio::time::sleep(Duration::from_secs(
            u64::try_from(sleep.seconds).unwrap_or(0),
        ))
        .await;
        return Ok(());
    }
    let ip = pod_ip.ok_or("the pod has no address")?;
    if let Some(get) = &hook.http_get {
        // As upstream: that somebody answers is enough, whatever the answer.
        let redirects = http_get::Redirects::Ignored;
        let answer = http_get::get(get, container, ip, AGENT, HTTP_TIMEOUT, redirects);
        return answer.await.map(drop);
    }
    if let Some(socket) = &hook.tcp_socket {
        return http_get::connect(socket, container, ip, HTTP_TIMEOUT).await;
    }
    Err("the hook says nothing to do: exec, httpGet, tcpSocket or sleep".into())
}
