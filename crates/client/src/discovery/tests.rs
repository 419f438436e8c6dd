//! Discovery against documents of a real server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use parking_lot::Mutex;
use skeg_meta::GroupKind;
use skeg_schema::{Value, json};

use super::catalog::document_of;
use super::*;
use crate::payload::Payload;
use crate::transport::{Transport, TransportError};

const DOCUMENTS: &str = include_str!("../../../apiserver/tests/data/discovery.json");

/// Answers from documents, old or aggregated, and counts.
#[derive(Default)]
struct Server {
    documents: Mutex<Value>,
    aggregated: AtomicBool,
    /// A path that may not be read.
    forbidden: Mutex<&'static str>,
    asked: AtomicUsize,
    unchanged: AtomicUsize,
}

impl Server {
    fn new(aggregated: bool) -> Arc<Self> {
        Arc::new(Self {
            documents: Mutex::new(skeg_schema::decode_json_any(DOCUMENTS.as_bytes()).unwrap()),
            aggregated: AtomicBool::new(aggregated),
            ..Self::default()
        })
    }

    fn client(self: &Arc<Self>) -> Client {
        Client::new(Arc::new(Handle(Arc::clone(self))))
    }

    fn counts(&self) -> (usize, usize) {
        (
            self.asked.load(Ordering::Relaxed),
            self.unchanged.load(Ordering::Relaxed),
        )
    }

    /// The aggregated form of what the documents say.
    fn aggregate(&self, path: &str) -> Value {
        let documents = self.documents.lock();
        let groups = if path == "/api" {
            vec![ApiGroup {
                name: String::new(),
                versions: texts(&documents["/api"]["versions"]),
            }]
        } else {
            named_groups(&documents["/apis"])
        };
        let items: Vec<Value> = groups
            .iter()
            .map(|group| {
                let versions: Vec<_> = group
                    .versions
                    .iter()
                    .map(|version| {
                        let path = match group.name.as_str() {
                            "" => format!("/api/{version}"),
                            name => format!("/apis/{name}/{version}"),
                        };
                        let document = documents.get(&path);
                        let resources = document
                            .map(|document| listed_resources(&group.name, version, document));
                        (version.clone(), resources)
                    })
                    .collect();
                document_of(&group.name, &versions)
            })
            .collect();
        json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items})
    }

    fn answer(&self, request: &Request<Payload>) -> Response<Payload> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let path = request.uri().path();
        if path == *self.forbidden.lock() {
            let mut response = Response::new(Payload::Empty);
            *response.status_mut() = StatusCode::FORBIDDEN;
            return response;
        }
        let accept = request.headers()["accept"].to_str().unwrap();
        let aggregated = self.aggregated.load(Ordering::Relaxed)
            && accept.contains("as=APIGroupDiscoveryList")
            && (path == "/api" || path == "/apis");
        let document = if aggregated {
            self.aggregate(path)
        } else {
            self.documents.lock()[path].clone()
        };
        if document.is_null() {
            let mut response = Response::new(Payload::Empty);
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        }
        let text = document.to_string();
        let tag = format!("\"{}\"", text.len());
        let mut response = Response::new(Payload::Empty);
        if aggregated {
            let known = request.headers().get("if-none-match");
            response.headers_mut().insert("etag", tag.parse().unwrap());
            if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
                self.unchanged.fetch_add(1, Ordering::Relaxed);
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                return response;
            }
        }
        *response.body_mut() = Payload::Bytes(text.into());
        response
    }
}

struct Handle(Arc<Server>);

impl Transport for Handle {
    fn call(
        &self,
        request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let answer = self.0.answer(&request);
        async move { Ok(answer) }.boxed()
    }
}

#[tokio::test]
async fn old_and_new_servers_say_the_same() {
    let (old, new) = (Server::new(false), Server::new(true));
    let by_group = Discovery::new(old.client()).catalog().await.unwrap();
    let aggregated = Discovery::new(new.client()).catalog().await.unwrap();
    assert_eq!(by_group.catalog(), aggregated.catalog());
    assert_eq!(new.counts().0, 2);
    // And so does what a real server says in the new form.
    let documents = old.documents.lock().clone();
    let recorded = Catalog::from_documents([&documents["/api v2"], &documents["/apis v2"]]);
    assert_eq!(&recorded, aggregated.catalog());
    assert!(old.counts().0 > 20);
    assert!(aggregated.has_group("apps", Some("v1")) && !aggregated.has_group("apps", Some("v2")));
    assert!(aggregated.has_resource("", "v1", "pods/log"));
    assert!(!aggregated.has_resource("", "v1", "pods/nothing"));
    assert_eq!(aggregated.stale(), Vec::<String>::new());
    let preferred = aggregated.preferred_resources().count();
    assert!(preferred < aggregated.resources().count() && preferred > 50);
}

#[tokio::test]
async fn a_group_that_may_not_be_read_hides_no_others() {
    let server = Server::new(false);
    *server.forbidden.lock() = "/apis/batch/v1";
    let catalog = Discovery::new(server.client()).catalog().await.unwrap();
    assert!(catalog.has_group("apps", Some("v1")));
    assert!(!catalog.has_resource("batch", "v1", "jobs"));
    assert_eq!(catalog.stale(), ["batch/v1"]);
}

#[tokio::test]
async fn what_is_known_is_not_asked_for_again() {
    let server = Server::new(true);
    let discovery = Discovery::new(server.client());
    discovery.resolve("deploy").await.unwrap();
    discovery.resolve("po").await.unwrap();
    assert_eq!(server.counts(), (2, 0));
    // What is not known may have come since; that it has not is told by the tags.
    let error = discovery.resolve("frobs").await.unwrap_err();
    assert!(error.is_no_match());
    assert_eq!(
        error.to_string(),
        "the server doesn't have a resource type \"frobs\""
    );
    assert_eq!(server.counts(), (4, 2));
    // Now it comes.
    {
        let mut documents = server.documents.lock();
        let group = json!({"name": "x.io", "versions": [{"groupVersion": "x.io/v1", "version": "v1"}], "preferredVersion": {"version": "v1"}});
        let groups = documents.at_mut(&["/apis", "groups"]).unwrap();
        groups.as_array_mut().unwrap().push(group);
        documents.as_object_mut().unwrap().insert(
            "/apis/x.io/v1",
            json!({"resources": [{"name": "frobs", "singularName": "frob", "kind": "Frob", "namespaced": true, "verbs": ["get"]}]}),
        );
    }
    let found = discovery.resolve("frobs").await.unwrap();
    assert_eq!(found.resource.api_version(), "x.io/v1");
    assert!(found.resource.namespaced && found.has_verb("get"));
    assert_eq!(server.counts(), (6, 3));
}

#[tokio::test]
async fn the_disk_remembers() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::new(true);
    let discovery = || Discovery::new(server.client()).cache_dir(dir.path().join("new"));
    let first = discovery().catalog().await.unwrap();
    assert_eq!(server.counts(), (2, 0));
    let second = discovery().catalog().await.unwrap();
    assert_eq!(server.counts(), (2, 0));
    assert_eq!(first.catalog(), second.catalog());
    // Past its time it is compared.
    let late = discovery().ttl(Duration::ZERO);
    assert_eq!(late.catalog().await.unwrap().catalog(), first.catalog());
    assert_eq!(server.counts(), (4, 2));
    // A broken file is no obstacle.
    std::fs::write(dir.path().join("new/discovery.json"), "{").unwrap();
    discovery().catalog().await.unwrap();
    assert_eq!(server.counts(), (6, 2));
    assert_eq!(
        std::fs::read_dir(dir.path().join("new")).unwrap().count(),
        1
    );
}

#[tokio::test]
async fn names_are_understood_as_kubectl_understands_them() {
    let server = Server::new(true);
    let mapper = Discovery::new(server.client()).catalog().await.unwrap();
    let check = |name: &str, expect: &str| {
        let told = match mapper.resolve(name) {
            Ok(found) => format!("{} {}", found.resource.api_version(), found.resource.plural),
            Err(error) => error.to_string(),
        };
        assert_eq!(told, expect, "{name}");
    };
    check("pods", "v1 pods");
    check("pod", "v1 pods");
    check("po", "v1 pods");
    check("Pod", "v1 pods");
    check("PODS", "v1 pods");
    check("deploy", "apps/v1 deployments");
    check("deployments.apps", "apps/v1 deployments");
    check("deployments.v1.apps", "apps/v1 deployments");
    check("Deployment.v1.apps", "apps/v1 deployments");
    check("Deployment.apps", "apps/v1 deployments");
    check("storageclass.storage", "storage.k8s.io/v1 storageclasses");
    check("hpa", "autoscaling/v2 horizontalpodautoscalers");
    check(
        "hpa.v1.autoscaling",
        "autoscaling/v1 horizontalpodautoscalers",
    );
    // Two groups have events; the core group comes first.
    check("events", "v1 events");
    check("ev", "v1 events");
    check("events.events.k8s.io", "events.k8s.io/v1 events");
    check("ep", "v1 endpoints");
    check(
        "deployments.nothing",
        "the server doesn't have a resource type \"deployments\"",
    );
    check("frob", "the server doesn't have a resource type \"frob\"");

    let kind = |group: &'static str, kind: &'static str, versions: &[&str]| {
        mapper
            .kind(&GroupKind::new(group, kind), versions)
            .map(|found| found.resource.version.to_string())
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        kind("autoscaling", "HorizontalPodAutoscaler", &[]),
        Ok("v2".to_owned())
    );
    assert_eq!(
        kind("autoscaling", "HorizontalPodAutoscaler", &["v9", "v1"]),
        Ok("v1".to_owned())
    );
    assert_eq!(
        kind("apps", "Frob", &["v1"]),
        Err("no matches for kind \"Frob\" in version \"apps/v1\"".to_owned())
    );
    assert_eq!(
        kind("apps", "Frob", &["v2", "v1"]),
        Err("no matches for kind \"Frob\" in versions [\"apps/v1\" \"apps/v2\"]".to_owned())
    );
    assert_eq!(
        kind("x.io", "Frob", &[]),
        Err("no matches for kind \"Frob\" in group \"x.io\"".to_owned())
    );
    assert_eq!(
        mapper
            .only_resource("", "", "events")
            .unwrap_err()
            .to_string(),
        "/, Resource=events matches multiple resources [/v1, Resource=events events.k8s.io/v1, Resource=events]"
    );
    assert_eq!(
        mapper.resource("", "v9", "pods").unwrap_err().to_string(),
        "no matches for /v9, Resource=pods"
    );
    assert_eq!(
        mapper
            .only_resource("", "", "hpa")
            .unwrap()
            .resource
            .version,
        "v2"
    );
    assert_eq!(
        mapper.kind_of("apps", "", "ds").unwrap().to_string(),
        "apps/v1, Kind=DaemonSet"
    );
    let all = mapper.category("all");
    assert!(all.iter().any(|have| have.resource.plural == "pods"));
    assert!(!all.iter().any(|have| have.resource.plural == "configmaps"));
    let several = mapper.resolve_all("cm,all,pods").unwrap();
    assert_eq!(several.len(), all.len() + 1);
    assert!(mapper.resolve_all("cm,frob").is_err());
}
