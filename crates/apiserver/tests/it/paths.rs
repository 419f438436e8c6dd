//! Paths beside the API: health, versions, documents, numbers.

use crate::support::{ADMIN, ALICE, Server};

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
    let wanted =
        "[+]etcd ok\n[+]etcd-readiness ok\n[+]informer-sync ok\n[+]poststarthook/start-apiserver";
    assert!(verbose.contains(wanted), "{verbose}");
    assert_eq!(verbose.lines().count(), 38);
    assert_eq!(server.get("/readyz/none").await.code, 404);
    for path in server.get("/").await.expect(200)["paths"]
        .as_array()
        .unwrap()
    {
        let path = path.as_str().unwrap();
        if ["/healthz", "/livez", "/readyz"]
            .iter()
            .any(|head| path.starts_with(head))
        {
            assert_eq!(server.get(path).await.text(), "ok", "{path}");
        }
    }
}

#[tokio::test]
async fn hooks_of_what_is_switched_off_are_not_told_of() {
    let options = skeg_apiserver::Options {
        priority_and_fairness: false,
        ..Default::default()
    };
    let server = Server::start_with(options).await;
    let hook = "/livez/poststarthook/priority-and-fairness";
    assert_eq!(server.get(&format!("{hook}-filter")).await.code, 404);
    assert_eq!(
        server.get(&format!("{hook}-config-producer")).await.code,
        200
    );
}

#[tokio::test]
async fn what_has_not_been_done_yet_is_told() {
    let server = Server::before_bootstrap().await;
    let path = "/livez/poststarthook/rbac/bootstrap-roles";
    let answer = server.get(path).await;
    let told = "internal server error: not finished\n";
    assert_eq!((answer.code, answer.text().as_str()), (500, told));
    assert_eq!(server.get("/livez/etcd").await.code, 200);
    assert_eq!(server.get("/readyz").await.code, 500);
    server.api.bootstrap().await.unwrap();
    assert_eq!(server.get(path).await.code, 200);
    assert_eq!(server.get("/livez").await.code, 200);
}

#[tokio::test]
async fn the_version_is_upstreams() {
    let server = Server::start().await;
    let version = server.get("/version").await.expect(200);
    assert_eq!(version["gitVersion"], "v1.37.1");
    assert_eq!(version["minCompatibilityMinor"], "36");
    let asked = [("accept", "text/html")];
    let answer = server.ask_all(ADMIN, "GET /version", &asked, "").await;
    let told = "406: Not Acceptable\n\nAvailable representations: application/json";
    assert_eq!(answer.refused(406, "NotAcceptable"), told);
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
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    for path in ["//api/v1/namespaces", "//version"] {
        assert_eq!(server.get(path).await.code, 404, "{path}");
    }
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

#[tokio::test]
async fn what_upstreams_filters_say() {
    let server = Server::start().await;
    let late = server.get("/api/v1/namespaces?timeout=1ns").await;
    assert_eq!(late.header("content-type"), "text/plain; charset=utf-8");
    let late = late.expect(504);
    assert_eq!(
        (late.get("kind"), &late["reason"]),
        (None, &"Timeout".into())
    );
    let words = late["message"].as_str().unwrap();
    assert!(words.ends_with("within the allotted timeout"), "{words}");
    let verb = server.get("/api/v1/watch?a=1&b").await;
    let told = "Internal Server Error: \"/api/v1/watch?a=1&amp;b\": failed to create RequestInfo: unable to determine kind and namespace from url, /api/v1/watch?a=1&amp;b\n";
    assert_eq!((verb.code, verb.text().as_str()), (500, told));
    let line = "DELETE /api/v1/watch/namespaces/default";
    let answer = server.ask_all(ADMIN, line, &[], "").await;
    answer.refused(405, "MethodNotAllowed");
    let stranger = server
        .ask_all(ALICE, "GET /api/v1/proxy/nodes/n/x", &[], "")
        .await;
    assert_eq!(stranger.header("x-content-type-options"), "nosniff");
    let words = stranger.refused(403, "Forbidden");
    assert!(words.contains("cannot proxy resource \"nodes\""), "{words}");
    let head = server.ask_all(ADMIN, "HEAD /version", &[], "").await;
    assert_ne!(head.header("content-length"), "");
    assert_eq!(
        server.get("/debug/pprof/none").await.text(),
        "Unknown profile\n"
    );
    server.get("/version/x").await.refused(404, "NotFound");
}

#[tokio::test]
async fn errors_come_in_a_form_that_is_accepted_or_in_none() {
    let server = Server::start().await;
    let line = "GET /api/v1/namespaces/none";
    let table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    let answer = server.ask_all(ADMIN, line, &[("accept", table)], "").await;
    assert!(answer.text().starts_with("{\n"), "{}", answer.text());
    answer.refused(404, "NotFound");
    let both = format!("{table},application/yaml");
    let answer = server.ask_all(ADMIN, line, &[("accept", &both)], "").await;
    assert_eq!(answer.header("content-type"), "application/yaml");
    let asked = [("accept", "text/html")];
    let line = "GET /apis/apps/v1";
    let answer = server.ask_all(ADMIN, line, &asked, "").await;
    let words = answer.refused(406, "NotAcceptable");
    assert!(words.starts_with("406: Not Acceptable"), "{words}");
    let line = "GET /openapi/v3/apis/apps/v1";
    assert_eq!(server.ask_all(ADMIN, line, &asked, "").await.code, 406);
}

#[tokio::test]
async fn documents_beside_the_api_have_no_slash_behind_them() {
    let server = Server::start().await;
    for path in ["/healthz/", "/metrics/", "/openapi/v2/"] {
        assert_eq!(server.get(path).await.code, 404, "{path}");
    }
    for path in ["/api/v1/", "/version/", "/metrics"] {
        assert_eq!(server.get(path).await.code, 200, "{path}");
    }
}

#[tokio::test]
async fn names_that_are_no_part_of_a_key_are_refused() {
    let server = Server::start().await;
    for (name, words) in [
        ("..", "Name parameter invalid: \"..\": may not be '..'"),
        (
            "a%25b",
            "Name parameter invalid: \"a%b\": may not contain '%'",
        ),
    ] {
        for verb in ["GET", "DELETE"] {
            let line = format!("{verb} {}/{name}", crate::support::MAPS);
            let answer = server.send(&line, serde_json::json!({})).await;
            assert_eq!(answer.refused(400, "BadRequest"), words);
        }
    }
}

#[tokio::test]
async fn the_state_of_flow_control_is_told() {
    let server = Server::start().await;
    let dump = async |name: &str| {
        let path = format!("/debug/api_priority_and_fairness/{name}");
        server.get(&path).await.text()
    };
    let levels = dump("dump_priority_levels").await;
    assert!(
        levels.starts_with("PriorityLevelName, ActiveQueues, IsIdle,"),
        "{levels}"
    );
    // This very request is under way.
    assert!(
        levels.lines().any(|line| line.starts_with("exempt,")),
        "{levels}"
    );
    assert!(dump("dump_queues").await.contains("workload-low,"));
    let requests = dump("dump_requests?includeRequestDetails=1").await;
    assert!(requests.trim_end().ends_with("SubResource"), "{requests}");
    assert_eq!(
        server
            .get("/debug/api_priority_and_fairness/none")
            .await
            .code,
        404
    );
    assert_eq!(server.get("/debug/flags/v").await.code, 406);
}

#[tokio::test]
async fn store_caches_and_lists_by_watch_are_measured() {
    use futures::StreamExt;
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let path = format!(
        "GET {}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1",
        crate::support::MAPS
    );
    let answer = server.ask(ADMIN, &path, &[], "").await;
    let skeg_client::Payload::Stream(mut events) = answer.into_body() else {
        panic!("no stream");
    };
    let mut seen = String::new();
    while !seen.contains("initial-events-end") {
        let event = events.next().await.unwrap().unwrap();
        seen.push_str(&String::from_utf8_lossy(&event));
    }
    server.get(crate::support::MAPS).await.expect(200);
    let namespace = "POST /api/v1/namespaces/default";
    let account = serde_json::json!({"metadata": {"name": "default"}});
    let line = format!("{namespace}/serviceaccounts");
    server.send(&line, account).await.expect(201);
    let pod = serde_json::json!({"metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": "i"}]}});
    let line = format!("{namespace}/pods");
    server.send(&line, pod).await.expect(201);
    let text = server.get("/metrics").await.text();
    for line in [
        "apiserver_storage_list_total{group=\"\",index=\"\",resource=\"configmaps\",storage=\"watchcache\"} 1",
        "apiserver_storage_list_returned_objects_total{group=\"\",resource=\"configmaps\",storage=\"watchcache\"} 1",
        "apiserver_storage_list_duration_seconds_count{group=\"\",resource=\"configmaps\",streamed=\"false\"} ",
        "apiserver_client_certificate_expiration_seconds_count 0",
        "pod_security_evaluations_total{decision=\"allow\",mode=\"enforce\",policy_level=\"privileged\",policy_version=\"latest\",request_operation=\"create\",resource=\"pod\",subresource=\"\"} 1",
        "etcd_requests_total{group=\"\",operation=\"create\",resource=\"configmaps\"} ",
        "etcd_request_duration_seconds_count{group=\"\",operation=\"list\",resource=\"configmaps\"} ",
        "apiserver_watch_list_duration_seconds_count{group=\"\",resource=\"configmaps\",scope=\"namespace\",version=\"v1\"} 1",
        "apiserver_storage_events_received_total{group=\"\",resource=\"configmaps\"} ",
        "apiserver_watch_cache_initializations_total{group=\"\",resource=\"configmaps\"} 1",
        "apiserver_request_sli_duration_seconds_count{component=\"apiserver\",group=\"\",resource=\"configmaps\",scope=\"resource\",subresource=\"\",verb=\"POST\",version=\"v1\"} 1",
        "apiserver_request_body_size_bytes_count{group=\"\",resource=\"configmaps\",verb=\"create\"} 1",
        "apiserver_request_filter_duration_seconds_count{filter=\"authentication\"} ",
        "authenticated_user_requests{username=\"admin\"} ",
        "kube_apiserver_nodeport_allocator_available_ports 2768",
        "kube_apiserver_clusterip_allocator_allocated_ips{cidr=\"10.96.0.0/16\"} 1",
    ] {
        assert!(
            text.lines().any(|l| l.starts_with(line)),
            "{line} is not in\n{text}"
        );
    }
    // Each metric is introduced once.
    let mut heads: Vec<&str> = text.lines().filter(|l| l.starts_with("# TYPE")).collect();
    let count = heads.len();
    heads.sort_unstable();
    heads.dedup();
    assert_eq!(heads.len(), count);
}

#[tokio::test]
async fn labels_of_metrics_may_be_restricted() {
    let mut options = skeg_apiserver::Options::default();
    options
        .metric_rules
        .allow("apiserver_request_total,resource", "pods")
        .unwrap();
    options.metric_rules.disable("process_open_fds");
    let server = Server::start_with(options).await;
    server.get("/api/v1/namespaces").await.expect(200);
    let text = server.get("/metrics").await.text();
    let requests: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("apiserver_request_total{"))
        .collect();
    assert!(!requests.is_empty());
    assert!(
        requests
            .iter()
            .all(|line| line.contains("resource=\"unexpected\"")),
        "{requests:?}"
    );
    assert!(!text.contains("process_open_fds"));
}

#[tokio::test]
async fn what_is_told_of_the_issuer_may_be_kept_for_an_hour() {
    let server = Server::start().await;
    for path in ["/.well-known/openid-configuration", "/openid/v1/jwks"] {
        let answer = server.get(path).await;
        answer.expect(200);
        assert_eq!(answer.header("cache-control"), "public, max-age=3600");
        let refused = server
            .ask_all(ADMIN, &format!("POST {path}"), &[], "")
            .await;
        assert_eq!(refused.code, 405);
        assert_eq!(refused.header("cache-control"), "no-cache, private");
    }
}

#[tokio::test]
async fn the_document_of_version_2_is_compressed_for_those_who_take_it() {
    use std::io::Read as _;
    let server = Server::start().await;
    let line = "GET /openapi/v2";
    let whole = server.get("/openapi/v2").await;
    assert_eq!(whole.header("content-encoding"), "");
    let varies = |answer: &crate::support::Answer| {
        let names = answer.headers.get_all("vary").iter();
        let names: Vec<_> = names.map(|name| name.to_str().unwrap()).collect();
        names.join(" ")
    };
    assert_eq!(varies(&whole), "Accept-Encoding Accept");
    for coding in ["gzip", "deflate, gzip;q=0.5", "gzip"] {
        let asked = [("accept-encoding", coding)];
        let packed = server.ask_all(ADMIN, line, &asked, "").await;
        assert_eq!(packed.header("content-encoding"), "gzip", "{coding}");
        assert_eq!(varies(&packed), "Accept-Encoding Accept");
        assert_eq!(packed.header("etag"), whole.header("etag"));
        assert!(packed.bytes.len() < whole.bytes.len() / 5);
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(&packed.bytes[..])
            .read_to_end(&mut read)
            .unwrap();
        assert!(read == whole.bytes, "{coding}");
    }
    for coding in ["gzip;q=0", "br", ""] {
        let asked = [("accept-encoding", coding)];
        let answer = server.ask_all(ADMIN, line, &asked, "").await;
        assert_eq!(answer.header("content-encoding"), "", "{coding}");
    }
    let asked = [
        ("accept-encoding", "gzip"),
        ("if-none-match", whole.header("etag")),
    ];
    let known = server.ask_all(ADMIN, line, &asked, "").await;
    assert_eq!((known.code, known.header("content-encoding")), (304, ""));
    let modified = whole.header("last-modified");
    assert!(modified.ends_with(" GMT"), "{modified}");
    for (since, code) in [(modified, 304), ("Mon, 01 Jan 2001 00:00:00 GMT", 200)] {
        let asked = [("if-modified-since", since)];
        let answer = server.ask_all(ADMIN, line, &asked, "").await;
        assert_eq!(answer.code, code, "{since}");
        assert_eq!(answer.header("last-modified"), modified);
    }
}

#[tokio::test]
async fn components_are_asked_how_they_are() {
    let mut options = skeg_apiserver::Options::default();
    let names: Vec<&str> = options.components.iter().map(|c| &*c.name).collect();
    assert_eq!(names, ["scheduler", "controller-manager"]);
    // One that hangs up.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hanging_up = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream);
        }
    });
    options.components[0].address = None;
    options.components[1].address = Some(address);
    let server = Server::start_with(options).await;
    let list = server.get("/api/v1/componentstatuses").await.expect(200);
    let told: Vec<(&str, &str)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let name = item["metadata"]["name"].as_str().unwrap();
            (name, item["conditions"][0]["status"].as_str().unwrap())
        })
        .collect();
    let wanted = [
        ("scheduler", "True"),
        ("controller-manager", "False"),
        ("etcd-0", "True"),
    ];
    assert_eq!(told, wanted);
    let said = list["items"][1]["conditions"][0]["message"].as_str();
    let words = format!("Get \"https://{address}/healthz\": ");
    assert!(said.unwrap().starts_with(&words), "{said:?}");
    let one = "/api/v1/componentstatuses/scheduler";
    let one = server.get(one).await.expect(200);
    assert_eq!(one["conditions"][0]["message"], "ok");
    hanging_up.abort();
}

#[tokio::test]
async fn the_server_says_that_it_lives() {
    let server = Server::start().await;
    let path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases?labelSelector=apiserver.kubernetes.io%2Fidentity%3Dkube-apiserver";
    let list = server.get(path).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    let lease = &list["items"][0];
    let name = lease["metadata"]["name"].as_str().unwrap();
    let holder = lease["spec"]["holderIdentity"].as_str().unwrap();
    assert!(holder.starts_with(&format!("{name}_")), "{lease}");
    assert_eq!(lease["spec"]["leaseDurationSeconds"], 3600);
    let annotations = &lease["metadata"]["annotations"];
    assert!(
        annotations["kubernetes.io/peer-advertise-address"].is_string(),
        "{lease}"
    );
}
