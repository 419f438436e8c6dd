//! Paths beside the API: health, versions, documents, numbers.

use crate::support::{ADMIN, Server};

#[tokio::test]
async fn health_is_told_in_short_and_in_long() {
    let server = Server::start().await;
    for path in ["/healthz", "/livez", "/readyz", "/readyz/ping"] {
        let answer = server.get(path).await;
        assert_eq!((answer.code, answer.text().as_str()), (200, "ok"), "{path}");
    }
    let verbose = server.get("/readyz?verbose").await.text();
    assert!(verbose.starts_with("[+]ping ok\n"), "{verbose}");
    assert!(verbose.ends_with("readyz check passed\n"), "{verbose}");
    assert_eq!(server.get("/readyz/none").await.code, 404);
}

#[tokio::test]
async fn the_version_is_upstreams() {
    let server = Server::start().await;
    let version = server.get("/version").await.expect(200);
    assert_eq!(version["gitVersion"], "v1.37.1");
    assert_eq!(version["minCompatibilityMinor"], "36");
}

#[tokio::test]
async fn requests_are_counted_by_upstreams_names() {
    let server = Server::start().await;
    server.get("/api/v1/namespaces").await.expect(200);
    let text = server.get("/metrics").await.text();
    let line = text.lines().find(|line| {
        line.starts_with("apiserver_request_total{") && line.contains("resource=\"namespaces\"")
    });
    assert!(
        line.is_some_and(|line| line.contains("verb=\"LIST\"") && line.ends_with(" 1")),
        "{line:?}"
    );
}

#[tokio::test]
async fn documents_say_what_fields_there_are() {
    let server = Server::start().await;
    let index = server.get("/openapi/v3").await.expect(200);
    let path = index["paths"]["apis/apps/v1"]["serverRelativeURL"]
        .as_str()
        .unwrap();
    let document = server.get(path).await;
    assert!(document.header("cache-control").contains("immutable"));
    let schemas = &document.expect(200)["components"]["schemas"];
    assert!(schemas["io.k8s.api.apps.v1.Deployment"].is_object());
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await;
    let answer = server.get("/apis/none.example.com/v1/things").await;
    assert_eq!(
        (answer.code, answer.text().as_str()),
        (404, "404 page not found\n")
    );
    let answer = server
        .ask_all(
            ADMIN,
            "PUT /api/v1/namespaces/default/configmaps",
            &[],
            "{}",
        )
        .await;
    answer.refused(405, "MethodNotAllowed");
}
