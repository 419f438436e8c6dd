//! What the server says that it serves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use skeg_apiserver::Options;
use skeg_registry::Enablement;

use crate::support::{ADMIN, Server};

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// The documents of kube-apiserver v1.37.1, by path; `PATH v2` is the
/// aggregated form.
fn recorded() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("../data/discovery.json")).unwrap()
}

#[tokio::test]
async fn discovery_is_as_recorded() {
    let server = Server::start().await;
    for (path, mut expected) in recorded() {
        if path == "/" {
            continue;
        }
        let (path, accept) = match path.split_once(' ') {
            Some((path, _)) => (path, AGGREGATED),
            None => (path.as_str(), "application/json"),
        };
        let line = format!("GET {path}");
        let answer = server
            .ask_all(ADMIN, &line, &[("accept", accept)], "")
            .await;
        let mut found = answer.expect(200);
        if path == "/api" && accept != AGGREGATED {
            // The address is the server's own.
            for document in [&mut found, &mut expected] {
                document["serverAddressByClientCIDRs"][0]["serverAddress"] = Value::Null;
            }
        }
        assert_eq!(found, expected, "{path} as {accept}");
    }
}

#[tokio::test]
async fn the_root_lists_paths_that_upstream_has() {
    let server = Server::start().await;
    let found = server.get("/").await.expect(200);
    let list = |document: &Value| -> BTreeSet<String> {
        let paths = document["paths"].as_array().unwrap();
        paths
            .iter()
            .map(|path| path.as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(list(&found), list(&recorded()["/"]));
}

#[tokio::test]
async fn aggregated_discovery_is_not_sent_twice() {
    let server = Server::start().await;
    let accept = ("accept", AGGREGATED);
    let first = server.ask_all(ADMIN, "GET /apis", &[accept], "").await;
    let tag = first.header("etag");
    assert!(
        tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'),
        "{tag}"
    );
    let again = [accept, ("if-none-match", tag)];
    let second = server.ask_all(ADMIN, "GET /apis", &again, "").await;
    assert_eq!((second.code, second.bytes.len()), (304, 0));
}

#[tokio::test]
async fn what_is_switched_off_has_no_initial_objects() {
    let mut enablement = Enablement::default();
    for (key, value) in [("api/all", "false"), ("api/v1", "true")] {
        enablement.set(key, value).unwrap();
    }
    let server = Server::start_with(Options {
        enablement,
        priority_and_fairness: false,
        ..Options::default()
    })
    .await;
    let get = async |path: &str| {
        let line = format!("GET {path}");
        server.ask_all(ADMIN, &line, &[], "").await.code
    };
    assert_eq!(get("/readyz").await, 200);
    assert_eq!(get("/api/v1/namespaces/kube-system").await, 200);
    assert_eq!(
        get("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas").await,
        404
    );
}
