//! Logs that break off and are taken up again.

use futures::StreamExt;
use skeg_api::core::v1::Pod;
use skeg_client::streams::Logs;
use skeg_client::{Api, Client, Config};

use crate::server::{Answer, Server};

async fn rig(answers: Vec<Answer>) -> (Server, Api<Pod>) {
    let server = Server::start(None, answers).await;
    let config = Config::new(format!("http://{}", server.address));
    let client = Client::from_config(&config).expect("client");
    (server, Api::namespaced(client, "a"))
}

fn pod(state: &str, phase: &str) -> String {
    format!(
        r#"{{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"p","namespace":"a","uid":"u","resourceVersion":"5"}},"spec":{{"containers":[{{"name":"c"}}],"restartPolicy":"Always"}},"status":{{"phase":"{phase}","containerStatuses":[{{"name":"c","state":{{{state}}}}}]}}}}"#
    )
}

fn get(state: &str, phase: &str) -> Answer {
    Answer::json(200, &pod(state, phase))
}

fn list(state: &str, phase: &str) -> Answer {
    let pod = pod(state, phase);
    let list = format!(
        r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{"resourceVersion":"5"}},"items":[{pod}]}}"#
    );
    Answer::json(200, &list)
}

const RUNNING: &str = r#""running":{}"#;
const ENDED: &str = r#""terminated":{"exitCode":0}"#;

#[tokio::test]
async fn a_log_that_breaks_off_loses_and_doubles_nothing() {
    let (server, pods) = rig(vec![
        get(RUNNING, "Running"),
        Answer::new(200, "text/plain", "2026-01-02T03:04:05.1Z one\n2026-01-02T03:04:05.2Z two\n2026-01-02T03:04:05.2Z two\n2026-01-02T03:04:06.3Z thr")
            .broken(),
        list(RUNNING, "Running"),
        Answer::new(200, "text/plain", "2026-01-02T03:04:04.9Z before\n2026-01-02T03:04:05.1Z one\n2026-01-02T03:04:05.2Z two\n2026-01-02T03:04:05.2Z two\n2026-01-02T03:04:06.3Z three\n2026-01-02T03:04:06.3Z four"),
        list(ENDED, "Succeeded"),
    ])
    .await;
    let lines = Logs::of_pod(&pods, "p").follow().tail(3).lines();
    let texts: Vec<String> = lines
        .map(|line| line.expect("a line").to_string())
        .collect()
        .await;
    assert_eq!(
        texts,
        [
            "[p c] one",
            "[p c] two",
            "[p c] two",
            "[p c] three",
            "[p c] four"
        ]
    );
    let asked: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        asked[1],
        "GET /api/v1/namespaces/a/pods/p/log?container=c&follow=true&timestamps=true&tailLines=3"
    );
    assert_eq!(
        asked[3],
        "GET /api/v1/namespaces/a/pods/p/log?container=c&follow=true&sinceTime=2026-01-02T03%3A04%3A04Z&timestamps=true"
    );
    assert_eq!(asked.len(), 5, "{asked:?}");
}

#[tokio::test]
async fn a_log_that_is_not_followed_ends_with_what_went_wrong() {
    let (server, pods) = rig(vec![
        get(RUNNING, "Running"),
        Answer::new(200, "text/plain", "2026-01-02T03:04:05.1Z one\n").broken(),
    ])
    .await;
    let mut lines = Logs::of_pod(&pods, "p").lines();
    let first = lines.next().await.expect("an item").expect("a line");
    assert_eq!((first.text().as_ref(), first.time.is_some()), ("one", true));
    let error = lines.next().await.expect("an item").expect_err("broken");
    assert_eq!((error.pod.as_str(), error.container.as_str()), ("p", "c"));
    assert!(lines.next().await.is_none());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_pod_that_is_not_there_has_no_log() {
    let status = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","message":"pods \"p\" not found","code":404}"#;
    let (_, pods) = rig(vec![Answer::json(404, status)]).await;
    let mut lines = Logs::of_pod(&pods, "p").follow().lines();
    let error = lines.next().await.expect("an item").expect_err("no pod");
    assert!(error.source.is_not_found());
    assert!(lines.next().await.is_none());
}
