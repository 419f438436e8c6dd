//! Documents that are kept.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use skeg_schema::json;

use super::*;
use crate::payload::Payload;
use crate::transport::{Transport, TransportError};

/// Has one document, of this hash, and counts how often it is asked for.
struct Server {
    hash: &'static str,
    asked: AtomicUsize,
}

impl Server {
    fn new(hash: &'static str) -> Arc<Self> {
        let asked = AtomicUsize::new(0);
        Arc::new(Self { hash, asked })
    }
}

struct Handle(Arc<Server>);

impl Transport for Handle {
    fn call(
        &self,
        request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let hash = self.0.hash;
        let body = match request.uri().path() {
            "/openapi/v3" => {
                let address = format!("/openapi/v3/apis/apps/v1{hash}");
                json!({"paths": {"apis/apps/v1": {"serverRelativeURL": address}}})
            }
            _ => {
                self.0.asked.fetch_add(1, Ordering::Relaxed);
                json!({"openapi": "3.0.0", "of": hash})
            }
        };
        let body = Payload::Bytes(body.to_string().into());
        std::future::ready(Ok(Response::new(body))).boxed()
    }
}

#[tokio::test]
async fn the_disk_remembers_what_has_a_hash() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("new");
    let ask = async |server: &Arc<Server>| {
        let client = Client::new(Arc::new(Handle(Arc::clone(server))));
        let openapi = OpenApi::new(client).cache_dir(&place);
        let document = openapi.document("apis/apps/v1").await.unwrap().unwrap();
        (
            document["of"].as_str().unwrap().to_owned(),
            server.asked.load(Ordering::Relaxed),
        )
    };
    let old = Server::new("?hash=A");
    assert_eq!(ask(&old).await, ("?hash=A".to_owned(), 1));
    assert_eq!(ask(&old).await, ("?hash=A".to_owned(), 1));
    // Another hash is another document, in the place of the old one.
    let new = Server::new("?hash=AB");
    assert_eq!(ask(&new).await, ("?hash=AB".to_owned(), 1));
    assert_eq!(ask(&old).await, ("?hash=A".to_owned(), 2));
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 1);
    // A broken file is no obstacle.
    std::fs::write(place.join("openapi-v3_apis_apps_v1.json"), "{").unwrap();
    assert_eq!(ask(&old).await, ("?hash=A".to_owned(), 3));
    // What has none may be another document under the same address.
    let bare = Server::new("");
    ask(&bare).await;
    assert_eq!(ask(&bare).await, (String::new(), 2));
}

#[test]
fn names_of_servers_are_no_way_out() {
    let file = |name| file_of(Path::new("d"), name, "/x?hash=A");
    assert!(file("apis/apps/v1").is_some());
    for name in ["", "a\\b", "a:b", "a\0"] {
        assert_eq!(file(name), None, "{name:?}");
    }
    let climbing = file("../../etc").unwrap();
    assert_eq!(climbing, Path::new("d/openapi-v3_.._.._etc.json"));
}
