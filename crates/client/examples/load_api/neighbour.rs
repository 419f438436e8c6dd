//! One who lists everything in a loop, and those who work beside him.
//!
//! Nobody here is exempt from flow control: each acts for a user of his own, so
//! the listings queue for the seats of their user, not for all.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::{try_join_all, try_join3};
use http::Request;
use skeg_client::HttpsTransport;

use super::{
    CLIENTS, Error, Load, Result, SPAN, ask, config_map, quantile, resident_mib, tell, well,
};

/// Lists that the greedy one has under way at a time.
const LISTINGS: usize = 8;
/// The server may refuse him for a while.
const REFUSED: u16 = 429;

/// Tells how long writes take alone, then beside the listings, and what memory that takes.
pub async fn run(load: &Load) -> Result<()> {
    let binding = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"neighbours"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"neighbours"}]}"#;
    let path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
    well(
        ask(
            &load.clients[0],
            "POST",
            path,
            "application/json",
            "",
            binding.to_owned(),
        )
        .await?,
    )?;
    let before = resident_mib(load.pid)?;
    let mut alone = writes(load, "alone").await?;
    tell(
        "creates by 32 others alone, p99",
        quantile(&mut alone, 0.99),
        "ms",
    );

    let over = AtomicBool::new(false);
    let listed = AtomicUsize::new(0);
    let refused = AtomicUsize::new(0);
    let listings = load.clients[..LISTINGS].iter().map(|client| {
        let (over, listed, refused) = (&over, &listed, &refused);
        async move {
            while !over.load(Ordering::Acquire) {
                let path = "/api/v1/pods";
                let answer = act(client, "greedy", "GET", path, String::new()).await?;
                if answer.code == REFUSED {
                    refused.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(100)).await;
                } else {
                    well(answer)?;
                    listed.fetch_add(1, Ordering::Relaxed);
                }
            }
            Ok::<_, Error>(())
        }
    });
    let peak = async {
        let mut peak = before;
        while !over.load(Ordering::Acquire) {
            peak = peak.max(resident_mib(load.pid)?);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok::<_, Error>(peak)
    };
    let work = async {
        let took = writes(load, "beside").await;
        over.store(true, Ordering::Release);
        took
    };
    let (mut took, peak, _) = try_join3(work, peak, try_join_all(listings)).await?;
    let name = "  beside 8 lists of 10,000 pods in a loop";
    tell(&format!("{name}, p99"), quantile(&mut took, 0.99), "ms");
    let share = took.len() as f64 / alone.len() as f64 * 100.0;
    tell(&format!("{name}, of the rate alone"), share, "%");
    let listed = listed.into_inner() as f64 / SPAN.as_secs_f64();
    tell(&format!("{name}, lists"), listed, "/s");
    tell(
        &format!("{name}, refused"),
        refused.into_inner() as f64,
        "requests",
    );
    tell(&format!("{name}, memory at most"), peak, "MiB");
    Ok(())
}

/// What creates of ConfigMaps take, by half of the clients, each for a user of his own.
async fn writes(load: &Load, name: &str) -> Result<Vec<Duration>> {
    let begun = Instant::now();
    let half = load.clients[CLIENTS / 2..].iter().enumerate();
    let runs = half.map(|(at, client)| async move {
        let mut took = Vec::new();
        let user = format!("worker-{at}");
        while begun.elapsed() < SPAN {
            let body = config_map("load", &format!("{name}-{at}-{}", took.len()));
            let asked = Instant::now();
            let path = "/api/v1/namespaces/load/configmaps";
            well(act(client, &user, "POST", path, body).await?)?;
            took.push(asked.elapsed());
        }
        Ok::<_, Error>(took)
    });
    Ok(try_join_all(runs).await?.into_iter().flatten().collect())
}

/// One request on behalf of a user.
async fn act(
    client: &HttpsTransport,
    user: &str,
    method: &str,
    path: &str,
    body: String,
) -> Result<super::Answer> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("impersonate-user", user)
        .header("impersonate-group", "neighbours");
    super::send(
        client,
        request,
        "application/json",
        "application/json",
        body,
    )
    .await
}
