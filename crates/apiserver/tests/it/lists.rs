//! Lists: pages, selectors, versions, and forms.

use serde_json::{Value, json};

use crate::support::{ADMIN, MAPS, Server, map};

fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["metadata"]["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn pages_show_one_moment() {
    let server = Server::start().await;
    server.make_maps(&["a", "b", "c", "d", "e"]).await;
    let first = server.get(&format!("{MAPS}?limit=2")).await.expect(200);
    assert_eq!(names(&first), ["a", "b"]);
    assert_eq!(first["metadata"]["remainingItemCount"], 3);
    let token = first["metadata"]["continue"].as_str().unwrap();
    server.make_maps(&["aa", "cc"]).await;
    server
        .delete(&format!("{MAPS}/d"), json!({}))
        .await
        .expect(200);
    let second = server
        .get(&format!("{MAPS}?limit=2&continue={token}"))
        .await
        .expect(200);
    assert_eq!(names(&second), ["c", "d"]);
    let token = second["metadata"]["continue"].as_str().unwrap();
    let third = server
        .get(&format!("{MAPS}?limit=2&continue={token}"))
        .await
        .expect(200);
    assert_eq!(names(&third), ["e"]);
    assert_eq!(third["metadata"]["continue"], json!(null));
    let version = |list: &Value| list["metadata"]["resourceVersion"].clone();
    assert_eq!(version(&first), version(&third));
}

/// Upstream's cache does not look whether what follows a full page passes.
#[tokio::test]
async fn a_full_page_goes_on_where_anything_follows() {
    let server = Server::start().await;
    server.make_maps(&["a", "b", "c"]).await;
    let label = json!({"metadata": {"labels": {"n": "1"}}});
    for name in ["a", "b"] {
        let path = format!("{MAPS}/{name}");
        server
            .patch(&path, "merge-patch+json", label.clone())
            .await
            .expect(200);
    }
    for (line, goes_on) in [
        ("labelSelector=n%3D1&limit=2", true),
        ("labelSelector=n%3D1&limit=3", false),
        ("fieldSelector=metadata.name!%3Dc&limit=2", true),
        ("fieldSelector=metadata.name!%3Da&limit=2", false),
        ("limit=3", false),
    ] {
        let page = server.get(&format!("{MAPS}?{line}")).await.expect(200);
        let token = page["metadata"]["continue"].as_str();
        assert_eq!(token.is_some(), goes_on, "{line}");
        assert_eq!(page["metadata"]["remainingItemCount"], json!(null));
        if let Some(token) = token {
            let line = format!("{MAPS}?{line}&continue={token}");
            let next = server.get(&line).await.expect(200);
            assert!(names(&next).is_empty(), "{next}");
        }
    }
}

#[tokio::test]
async fn a_token_nobody_gave_is_refused() {
    let server = Server::start().await;
    let refusal = server
        .get(&format!("{MAPS}?limit=1&continue=nonsense"))
        .await;
    assert!(
        refusal
            .refused(400, "BadRequest")
            .contains("continue key is not valid")
    );
}

#[tokio::test]
async fn selectors_select() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let mut labelled = map("b");
    labelled["metadata"]["labels"] = json!({"x": "1"});
    server
        .send(&format!("POST {MAPS}"), labelled)
        .await
        .expect(201);
    for (query, expected) in [
        ("labelSelector=x", vec!["b"]),
        ("labelSelector=!x", vec!["a"]),
        ("labelSelector=x+in+(1,2)", vec!["b"]),
        ("labelSelector=x!%3D1", vec!["a"]),
        ("fieldSelector=metadata.name%3Da", vec!["a"]),
        ("fieldSelector=metadata.name!%3Da", vec!["b"]),
        ("fieldSelector=metadata.name%3Da&labelSelector=x", vec![]),
    ] {
        let list = server.get(&format!("{MAPS}?{query}")).await.expect(200);
        assert_eq!(names(&list), expected, "{query}");
    }
    let refusal = server
        .get(&format!("{MAPS}?fieldSelector=data.k%3Dv"))
        .await;
    assert!(
        refusal
            .refused(400, "BadRequest")
            .contains("\"data.k\" is not a known field selector")
    );
}

#[tokio::test]
async fn versions_and_how_to_match_them() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let list = server.get(MAPS).await.expect(200);
    let version = list["metadata"]["resourceVersion"]
        .as_str()
        .unwrap()
        .to_owned();
    server.make_maps(&["b"]).await;
    let at = |matching: &str| {
        format!("{MAPS}?resourceVersion={version}&resourceVersionMatch={matching}")
    };
    let exact = server.get(&at("Exact")).await.expect(200);
    assert_eq!(names(&exact), ["a"]);
    let later = server.get(&at("NotOlderThan")).await.expect(200);
    assert_eq!(names(&later), ["a", "b"]);
    server
        .get(&format!("{MAPS}?resourceVersionMatch=Exact"))
        .await
        .refused(422, "Invalid");
    let cached = server
        .get(&format!("{MAPS}?resourceVersion=0"))
        .await
        .expect(200);
    assert_eq!(names(&cached), ["a", "b"]);
    let future = server
        .get(&format!("{MAPS}?resourceVersion=999999999"))
        .await;
    assert!(
        future
            .refused(504, "Timeout")
            .contains("Too large resource version")
    );
}

#[tokio::test]
async fn the_same_list_in_every_form() {
    let server = Server::start().await;
    server.make_maps(&["a", "b"]).await;
    let as_form = async |accept: &str| {
        server
            .ask_all(ADMIN, &format!("GET {MAPS}"), &[("accept", accept)], "")
            .await
    };
    let table = as_form("application/json;as=Table;g=meta.k8s.io;v=v1")
        .await
        .expect(200);
    assert_eq!(table["kind"], "Table");
    assert_eq!(table["rows"][1]["cells"][0], "b");
    assert_eq!(table["rows"][1]["object"]["kind"], "PartialObjectMetadata");
    let partial = as_form("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
    let partial = partial.await.expect(200);
    assert_eq!(names(&partial), ["a", "b"]);
    assert_eq!(partial["items"][0]["data"], json!(null));
    let protobuf = as_form("application/vnd.kubernetes.protobuf").await;
    assert_eq!(
        protobuf.header("content-type"),
        "application/vnd.kubernetes.protobuf"
    );
    assert!(protobuf.bytes.starts_with(b"k8s\0"));
    let yaml = as_form("application/yaml").await;
    assert!(
        yaml.text()
            .starts_with("apiVersion: v1\nitems:\n- data:\n    k: v\n"),
        "{}",
        yaml.text()
    );
    let odd = as_form("text/odd").await;
    assert!(
        odd.refused(406, "NotAcceptable")
            .contains("application/yaml")
    );
    let fallback = as_form("text/odd, */*").await;
    fallback.expect(200);
}

/// A token says where a list goes on, not what may be seen.
#[tokio::test]
async fn a_token_leads_to_no_other_namespace() {
    use base64::Engine as _;
    let server = Server::start().await;
    let (alpha, zeta) = ("alpha", "zeta");
    for namespace in [alpha, zeta] {
        let body = json!({"metadata": {"name": namespace}});
        server
            .send("POST /api/v1/namespaces", body)
            .await
            .expect(201);
        for name in ["a", "b", "c"] {
            let path = format!("POST /api/v1/namespaces/{namespace}/configmaps");
            server
                .send(&path, map_in(namespace, name))
                .await
                .expect(201);
        }
    }
    let own = format!("/api/v1/namespaces/{zeta}/configmaps");
    let names = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap();
        let name = |item: &Value| {
            let text = |field: &str| item["metadata"][field].as_str().unwrap().to_owned();
            format!("{}/{}", text("namespace"), text("name"))
        };
        items.iter().map(name).collect()
    };
    for start in ["a", "alpha/a", "alpha", "../alpha/a"] {
        let token = json!({"v": "meta.k8s.io/v1", "rv": -1, "start": start}).to_string();
        let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(token);
        for path in [
            format!("{own}?continue={token}"),
            format!("{own}?continue={token}&limit=2"),
        ] {
            let answer = server.get(&path).await;
            if answer.code != 400 {
                let shown = names(&answer.expect(200));
                assert!(
                    shown.iter().all(|name| name.starts_with(zeta)),
                    "{start}: {shown:?}"
                );
            }
        }
        let gone = format!("{own}?continue={token}&dryRun=All");
        let answer = server.delete(&gone, json!({})).await;
        if answer.code != 400 {
            let shown = names(&answer.expect(200));
            assert!(
                shown.iter().all(|name| name.starts_with(zeta)),
                "{start}: {shown:?}"
            );
        }
    }
    for path in [own.as_str(), "/api/v1/configmaps"] {
        let whole = names(&server.get(path).await.expect(200));
        let (mut pages, mut token) = (Vec::new(), String::new());
        loop {
            let page = server
                .get(&format!("{path}?limit=2&continue={token}"))
                .await
                .expect(200);
            pages.extend(names(&page));
            match page["metadata"]["continue"].as_str() {
                Some(next) if !next.is_empty() => token = next.to_owned(),
                _ => break,
            }
        }
        assert_eq!(pages, whole);
    }
}

fn map_in(namespace: &str, name: &str) -> Value {
    json!({"metadata": {"name": name, "namespace": namespace}})
}

const TABLE: (&str, &str) = ("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");

#[tokio::test]
async fn flow_schemas_are_shown_in_the_order_in_which_they_are_asked() {
    let server = Server::start().await;
    let line = "GET /apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";
    let table = server.ask_all(ADMIN, line, &[TABLE], "").await.json();
    let rows = table["rows"].as_array().expect("rows");
    let first: Vec<&str> = rows[..2]
        .iter()
        .filter_map(|row| row["cells"][0].as_str())
        .collect();
    assert_eq!(first, ["exempt", "probes"]);
    let last = rows.last().expect("a row");
    assert_eq!(last["cells"][0], "catch-all");
}

#[tokio::test]
async fn subresources_that_make_no_tables() {
    let server = Server::start().await;
    let path = "/apis/apiregistration.k8s.io/v1/apiservices/v1.apps";
    let line = format!("GET {path}");
    assert_eq!(server.ask_all(ADMIN, &line, &[TABLE], "").await.code, 200);
    let line = format!("GET {path}/status");
    let refused = server.ask_all(ADMIN, &line, &[TABLE], "").await;
    refused.refused(406, "NotAcceptable");
    let either = (TABLE.0, &*format!("{},application/json", TABLE.1));
    let plain = server.ask_all(ADMIN, &line, &[either], "").await.json();
    assert_eq!(plain["kind"], "APIService");
}
