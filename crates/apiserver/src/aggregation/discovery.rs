//! What others serve, fetched now and then, and merged with our own
//! documents.

use http::Response;
use parking_lot::Mutex;
use skeg_client::Payload;
use skeg_registry::tree;
use skeg_schema::{Object, Value, encode_json_any, json};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use super::fetch::{Asking, LEGACY, OPENAPI_V2, OPENAPI_V3, ROOT, fetch};
use super::registered::{GROUP, Snapshot};
use super::{Aggregator, ApiService};
use crate::ApiServer;
use crate::discovery::{APIS_V2, Discovery, Document, RemoteV2, version_rank};
use crate::webhook::dial::{Peer, Place};

/// How often others are asked again.
const REFRESH: Duration = Duration::from_secs(60);
/// Questions at a time.
const FETCHES_MAX: usize = 8;
/// Where OpenAPI documents stand.
const OPENAPI: &str = "/openapi/v3";

/// Group and version.
type Gv = (String, String);

/// What a server said of one group version.
#[derive(Clone, Default)]
struct Told {
    /// A version of aggregated discovery, without its freshness. `None`: it
    /// says nothing of this one, or nothing at all.
    version: Option<Value>,
    /// The paths of its index of OpenAPI documents, with what it says of them.
    openapi: Option<Object>,
    /// What it tells in OpenAPI v2.
    v2: Option<Arc<RemoteV2>>,
    /// It could not be asked.
    stale: bool,
}

/// Our documents with those of others in them.
pub struct Merged {
    /// `/apis`
    groups: Arc<Document>,
    /// `/apis`, aggregated.
    aggregated: Arc<Document>,
    /// `/apis/GROUP`
    by_group: HashMap<String, Arc<Document>>,
}

struct Made {
    base: Arc<Discovery>,
    snapshot: Arc<Snapshot>,
    told: u64,
    merged: Arc<Merged>,
}

/// The documents of others.
#[derive(Default)]
pub struct Documents {
    told: Mutex<(u64, BTreeMap<Gv, Told>)>,
    /// The last aggregated discovery of servers that name its version, by
    /// where they are, with that name.
    tagged: Mutex<HashMap<Place, (String, Arc<Value>)>>,
    made: Mutex<Option<Made>>,
}

impl Aggregator {
    /// The legacy document at a path, if others have a part in it.
    pub(crate) fn document(&self, base: &Arc<Discovery>, path: &str) -> Option<Arc<Document>> {
        let merged = self.merged(base)?;
        match path.strip_prefix("/apis")? {
            "" => Some(merged.groups.clone()),
            group => merged.by_group.get(group.strip_prefix('/')?).cloned(),
        }
    }

    /// The aggregated document at a path, if others have a part in it.
    pub(crate) fn aggregated(&self, base: &Arc<Discovery>, path: &str) -> Option<Arc<Document>> {
        let merged = self.merged(base)?;
        (path == "/apis").then(|| merged.aggregated.clone())
    }

    /// Who answers with the OpenAPI document at a path, if it is not this
    /// server: the one of that group version, or any whose index has the path.
    pub(crate) fn openapi_of(&self, path: &str) -> Option<Arc<ApiService>> {
        let name = path.strip_prefix(OPENAPI)?.strip_prefix('/')?;
        let of_group = self.remote_of(&format!("/{name}"));
        let told = self.documents.told.lock();
        let has = |gv: &Gv| {
            let known = told.1.get(gv).and_then(|told| told.openapi.as_ref());
            known.is_some_and(|paths| paths.contains_key(name))
        };
        let mut all = self.registered.remotes();
        all.retain(|service| has(&(service.group.clone(), service.version.clone())));
        of_group
            .filter(|service| has(&(service.group.clone(), service.version.clone())))
            .or_else(|| all.into_iter().next())
    }

    /// The index of OpenAPI documents with those of others. Of a path that
    /// several have, this server's document is shown.
    pub(crate) fn openapi_index(&self, mut answer: Response<Payload>) -> Response<Payload> {
        let told = self.documents.told.lock();
        let mut added = told
            .1
            .values()
            .filter_map(|told| told.openapi.as_ref())
            .flat_map(Object::iter)
            .peekable();
        if added.peek().is_none() {
            return answer;
        }
        let Payload::Bytes(bytes) = answer.body() else {
            return answer;
        };
        let Ok(mut index) = skeg_schema::decode_json_any(bytes) else {
            return answer;
        };
        if let Value::Object(paths) = tree::obj_mut(&mut index, "paths") {
            for (path, entry) in added {
                if !paths.contains_key(path) {
                    paths.insert(path.clone(), entry.clone());
                }
            }
            paths.sort_keys();
        }
        let mut out = Vec::new();
        encode_json_any(&index, &mut out);
        *answer.body_mut() = Payload::Bytes(out.into());
        answer
    }

    fn merged(&self, base: &Arc<Discovery>) -> Option<Arc<Merged>> {
        let snapshot = self.registered.snapshot();
        if snapshot.values().all(|service| service.remote.is_none()) {
            return None;
        }
        let (count, told) = {
            let told = self.documents.told.lock();
            (told.0, told.1.clone())
        };
        let mut made = self.documents.made.lock();
        if let Some(made) = &*made
            && Arc::ptr_eq(&made.base, base)
            && Arc::ptr_eq(&made.snapshot, &snapshot)
            && made.told == count
        {
            return Some(made.merged.clone());
        }
        let merged = Arc::new(merge(base, &snapshot, &told));
        *made = Some(Made {
            base: base.clone(),
            snapshot,
            told: count,
            merged: merged.clone(),
        });
        Some(merged)
    }
}

/// Where a group stands: the registry itself first, whoever registers; then by
/// the highest priority that is asked for it.
fn priority(snapshot: &Snapshot, group: &str) -> Reverse<i64> {
    if group == GROUP {
        return Reverse(i64::MAX);
    }
    let asked = snapshot
        .values()
        .filter(|service| service.group == group)
        .map(|service| service.group_priority);
    Reverse(asked.max().unwrap_or_default())
}

/// The name of the first of a group's services that ask for its priority: by
/// it, not by that of the group, upstream's list of groups is in order.
fn first_service(snapshot: &Snapshot, group: &str) -> String {
    let Reverse(highest) = priority(snapshot, group);
    let asking = snapshot
        .values()
        .filter(|service| service.group == group && service.group_priority == highest);
    let names = asking.map(|service| service.name.as_str());
    names.min().unwrap_or(group).to_owned()
}

fn version_order(snapshot: &Snapshot, group: &str, version: &str) -> (i64, (u8, u32, u32)) {
    let priority = snapshot
        .get(&(group.to_owned(), version.to_owned()))
        .map_or(0, |service| service.version_priority);
    (priority, version_rank(version))
}

fn merge(base: &Discovery, snapshot: &Snapshot, told: &BTreeMap<Gv, Told>) -> Merged {
    let mut groups: Vec<Value> = base
        .document("/apis")
        .map(|document| tree::list(document.value(), "groups").to_vec())
        .unwrap_or_default();
    let mut items: Vec<Value> = base
        .aggregated("/apis")
        .map(|document| tree::list(document.value(), "items").to_vec())
        .unwrap_or_default();
    let mut touched = Vec::new();
    for service in snapshot.values().filter(|s| s.remote.is_some()) {
        let (group, version) = (service.group.as_str(), service.version.as_str());
        if !touched.contains(&group) {
            touched.push(group);
        }
        let entry = json!({"groupVersion": format!("{group}/{version}"), "version": version});
        add(&mut groups, group, "name", version, entry, snapshot);
        let mut entry = Object::new();
        entry.insert("version", version);
        let told = told.get(&(service.group.clone(), service.version.clone()));
        if let Some(resources) = told
            .and_then(|t| t.version.as_ref())
            .map(|v| &v["resources"])
            && !resources.is_null()
        {
            entry.insert("resources", resources.clone());
        }
        let fresh = told.is_some_and(|told| !told.stale);
        entry.insert("freshness", if fresh { "Current" } else { "Stale" });
        let entry = Value::Object(entry);
        add(&mut items, group, "", version, entry, snapshot);
    }
    for group in &mut groups {
        let preferred = group["versions"][0].clone();
        group.set_at(&["preferredVersion"], preferred);
    }
    groups.sort_by_cached_key(|g| {
        let name = tree::s(g, "name");
        (priority(snapshot, name), first_service(snapshot, name))
    });
    items.sort_by_cached_key(|g| {
        let name = tree::sp(g, &["metadata", "name"]);
        (priority(snapshot, name), name.to_owned())
    });
    let by_group = groups
        .iter()
        .filter(|g| touched.contains(&tree::s(g, "name")))
        .map(|g| {
            let mut out = Object::new();
            out.insert("kind", "APIGroup");
            out.insert("apiVersion", "v1");
            for (key, value) in tree::pairs(g) {
                out.insert(key.to_owned(), value.clone());
            }
            let document = Document::new("meta/v1.APIGroup", Value::Object(out));
            (tree::s(g, "name").to_owned(), Arc::new(document))
        })
        .collect();
    let list = json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": Value::Array(groups)});
    let aggregated = json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": APIS_V2,
        "metadata": {},
        "items": Value::Array(items),
    });
    Merged {
        groups: Arc::new(Document::new("meta/v1.APIGroupList", list)),
        aggregated: Arc::new(Document::new(
            "apidiscovery/v2.APIGroupDiscoveryList",
            aggregated,
        )),
        by_group,
    }
}

/// Puts a version into its group's entry, which is made when it is not there.
/// `key` is where the group's name stands; empty: in its metadata.
fn add(
    list: &mut Vec<Value>,
    group: &str,
    key: &'static str,
    version: &str,
    entry: Value,
    snapshot: &Snapshot,
) {
    let name_of = |item: &Value| {
        if key.is_empty() {
            tree::sp(item, &["metadata", "name"]).to_owned()
        } else {
            tree::s(item, key).to_owned()
        }
    };
    let at = list.iter().position(|item| name_of(item) == group);
    let at = at.unwrap_or_else(|| {
        list.push(if key.is_empty() {
            json!({"metadata": {"name": group}, "versions": []})
        } else {
            json!({"name": group, "versions": []})
        });
        list.len() - 1
    });
    let Some(versions) = tree::vec_mut(&mut list[at], "versions") else {
        return;
    };
    versions.retain(|known| tree::s(known, "version") != version);
    versions.push(entry);
    versions
        .sort_by_key(|known| Reverse(version_order(snapshot, group, tree::s(known, "version"))));
}

/// A legacy list of resources as a version of aggregated discovery.
fn from_legacy(list: &Value, group: &str, version: &str) -> Value {
    let kind_of = |resource: &Value| {
        let or = |key: &str, default: &str| match tree::s(resource, key) {
            "" => default.to_owned(),
            given => given.to_owned(),
        };
        json!({"group": or("group", group), "version": or("version", version), "kind": tree::s(resource, "kind")})
    };
    let mut out: Vec<Value> = Vec::new();
    for resource in tree::list(list, "resources") {
        let name = tree::s(resource, "name");
        let verbs = resource["verbs"].clone();
        if let Some((parent, sub)) = name.split_once('/') {
            let sub =
                json!({"subresource": sub, "responseKind": kind_of(resource), "verbs": verbs});
            if let Some(parent) = out.iter_mut().find(|r| tree::s(r, "resource") == parent)
                && let Some(subs) = tree::vec_mut(parent, "subresources")
            {
                subs.push(sub);
            }
            continue;
        }
        let namespaced = tree::b(resource, "namespaced");
        let mut entry = json!({
            "resource": name,
            "responseKind": kind_of(resource),
            "scope": if namespaced { "Namespaced" } else { "Cluster" },
            "singularResource": tree::s(resource, "singularName"),
            "verbs": verbs,
        });
        for key in ["shortNames", "categories"] {
            if tree::has(resource, key) {
                tree::copy(&mut entry, resource, key);
            }
        }
        out.push(entry);
    }
    json!({"version": version, "resources": Value::Array(out)})
}

/// The version's entry in aggregated discovery. `Err`: the server could not be
/// asked; `Ok(None)`: it does not speak of this version.
async fn ask_version(
    server: &ApiServer,
    peer: &Peer,
    group: &str,
    version: &str,
) -> Result<Option<Value>, ()> {
    let tagged = &server.inner.aggregator.documents.tagged;
    let known = tagged.lock().get(&peer.place).cloned();
    let etag = known.as_ref().map(|(etag, _)| etag.clone());
    let asking = ROOT.knowing(etag.clone());
    let answer = fetch(server, peer, "/apis", &asking).await.ok_or(())?;
    let find = |document: &Value| {
        tree::list(document, "items")
            .iter()
            .filter(|item| tree::sp(item, &["metadata", "name"]) == group)
            .flat_map(|item| tree::list(item, "versions"))
            .find(|v| tree::s(v, "version") == version)
            .cloned()
    };
    if answer.code == 304 {
        return Ok(known.and_then(|(_, document)| find(&document)));
    }
    if answer.code == 200 && answer.is_aggregated() {
        let document = Arc::new(answer.json().ok_or(())?);
        let mut tagged = tagged.lock();
        match answer.etag {
            Some(etag) => tagged.insert(peer.place.clone(), (etag, document.clone())),
            None => tagged.remove(&peer.place),
        };
        return Ok(find(&document));
    }
    let path = format!("/apis/{group}/{version}");
    let asking = LEGACY.knowing(etag);
    let answer = fetch(server, peer, &path, &asking).await;
    let answer = answer.filter(|answer| answer.code == 200).ok_or(())?;
    let list = answer.json().ok_or(())?;
    Ok(Some(from_legacy(&list, group, version)))
}

/// What a server says of its group version now.
async fn ask(server: &ApiServer, service: &ApiService) -> Told {
    let Some(peer) = service.remote.as_ref().filter(|_| service.available) else {
        return Told {
            stale: true,
            ..Told::default()
        };
    };
    let (group, version) = (service.group.as_str(), service.version.as_str());
    let found = ask_version(server, peer, group, version).await;
    let of = async |path: &str, asking: &Asking| {
        let answer = fetch(server, peer, path, asking).await;
        answer.filter(|answer| answer.code == 200)?.json()
    };
    let index = of(OPENAPI, &OPENAPI_V3).await;
    let v2 = of("/openapi/v2", &OPENAPI_V2).await;
    Told {
        stale: found.is_err(),
        version: found.unwrap_or_default(),
        openapi: index.and_then(|index| index["paths"].as_object().cloned()),
        v2: v2.and_then(|document| part_of_v2(&document, group, version)),
    }
}

/// What a document of version 2 says of one group version: its paths, and the
/// definitions to which these lead.
fn part_of_v2(document: &Value, group: &str, version: &str) -> Option<Arc<RemoteV2>> {
    let root = format!("/apis/{group}/{version}/");
    let mut part = RemoteV2::default();
    let mut open: Vec<String> = Vec::new();
    for (path, item) in document["paths"].as_object()? {
        if path.starts_with(&root) {
            references(item, &mut open);
            part.paths.insert(path.clone(), item.clone());
        }
    }
    let all = document["definitions"].as_object()?;
    while let Some(name) = open.pop() {
        let Some(definition) = all.get(&name) else {
            continue;
        };
        if !part.definitions.contains_key(&name) {
            references(definition, &mut open);
            part.definitions.insert(name, definition.clone());
        }
    }
    let mut hash = DefaultHasher::new();
    for members in [&part.paths, &part.definitions] {
        Value::Object(members.clone()).to_string().hash(&mut hash);
    }
    part.hash = hash.finish();
    (!part.paths.is_empty()).then(|| Arc::new(part))
}

/// The names of the definitions that a piece of a document refers to.
fn references(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member.as_str().filter(|_| key == "$ref") {
                    Some(target) => {
                        out.extend(target.strip_prefix("#/definitions/").map(str::to_owned))
                    }
                    None => references(member, out),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, out)),
        _ => {}
    }
}

async fn ask_all(server: &ApiServer, remotes: &[Arc<ApiService>]) -> Vec<(Gv, Told)> {
    let mut answers = Vec::with_capacity(remotes.len());
    for some in remotes.chunks(FETCHES_MAX) {
        let mut asks = Vec::with_capacity(some.len());
        for service in some {
            asks.push(ask(server, service));
        }
        let told = futures::future::join_all(asks).await;
        let gvs = some.iter().map(|s| (s.group.clone(), s.version.clone()));
        answers.extend(gvs.zip(told));
    }
    answers
}

/// Asks others what they serve, until the server ends.
pub async fn run(server: ApiServer) {
    let cancel = server.inner.cancel.clone();
    let aggregator = server.inner.clone();
    let aggregator = &aggregator.aggregator;
    let mut changes = aggregator.registered.changes();
    loop {
        changes.mark_unchanged();
        let remotes = aggregator.registered.remotes();
        let is_used = |place: &Place| {
            let mut peers = remotes.iter().filter_map(|service| service.remote.as_ref());
            peers.any(|peer| peer.place == *place)
        };
        aggregator
            .documents
            .tagged
            .lock()
            .retain(|place, _| is_used(place));
        let answers = tokio::select! {
            () = cancel.cancelled() => return,
            answers = ask_all(&server, &remotes) => answers,
        };
        keep(&aggregator.documents, answers);
        let v2 = {
            let told = aggregator.documents.told.lock();
            told.1.values().filter_map(|told| told.v2.clone()).collect()
        };
        server.inner.openapi.set_remote(v2);
        let refresh = async {
            if remotes.is_empty() {
                std::future::pending().await
            } else {
                tokio::time::sleep(REFRESH).await;
            }
        };
        tokio::select! {
            () = cancel.cancelled() => return,
            Ok(()) = changes.changed() => {}
            () = refresh => {}
        }
    }
}

/// Takes over what was answered. Who does not answer is known to be there, but
/// not what it serves; its OpenAPI documents stay those that were told last.
fn keep(documents: &Documents, answers: Vec<(Gv, Told)>) {
    let mut told = documents.told.lock();
    let mut before = std::mem::take(&mut told.1);
    for (gv, mut answer) in answers {
        if let Some(known) = before.remove(&gv) {
            answer.openapi = answer.openapi.or(known.openapi);
            answer.v2 = answer.v2.or(known.v2);
        }
        told.1.insert(gv, answer);
    }
    told.0 += 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_lists() {
        let list = json!({"resources": [
            {"name": "things", "singularName": "thing", "namespaced": true, "kind": "Thing", "verbs": ["get"], "shortNames": ["th"]},
            {"name": "things/scale", "group": "autoscaling", "version": "v1", "kind": "Scale", "verbs": ["get"]},
        ]});
        assert_eq!(
            from_legacy(&list, "g", "v1").to_string(),
            json!({"version": "v1", "resources": [{
                "resource": "things",
                "responseKind": {"group": "g", "version": "v1", "kind": "Thing"},
                "scope": "Namespaced",
                "singularResource": "thing",
                "verbs": ["get"],
                "shortNames": ["th"],
                "subresources": [{
                    "subresource": "scale",
                    "responseKind": {"group": "autoscaling", "version": "v1", "kind": "Scale"},
                    "verbs": ["get"],
                }],
            }]})
            .to_string()
        );
    }

    #[test]
    fn a_part_of_version_2() {
        let of = |name: &str| json!({"$ref": format!("#/definitions/{name}")});
        let document = json!({
            "paths": {
                "/apis/g/v1/things": {"get": {"responses": {"200": {"schema": of("ThingList")}}}},
                "/apis/g/v2/things": {"get": {"responses": {"200": {"schema": of("Other")}}}},
            },
            "definitions": {
                "ThingList": {"properties": {"items": {"items": of("Thing")}}},
                "Thing": {"properties": {"next": of("Thing")}},
                "Other": {},
            },
        });
        let part = part_of_v2(&document, "g", "v1").expect("a part");
        let names: Vec<&str> = part.definitions.keys().map(|name| &**name).collect();
        assert_eq!(names, ["ThingList", "Thing"]);
        assert_eq!(part.paths.len(), 1);
        assert!(part_of_v2(&document, "h", "v1").is_none());
    }

    #[test]
    fn who_is_silent_is_stale() {
        let documents = Documents::default();
        let gv = ("g".to_owned(), "v1".to_owned());
        let told = Told {
            version: Some(json!({"version": "v1"})),
            openapi: Some(Object::new()),
            ..Told::default()
        };
        keep(&documents, vec![(gv.clone(), told)]);
        let silent = Told {
            stale: true,
            ..Told::default()
        };
        keep(&documents, vec![(gv.clone(), silent)]);
        let told = documents.told.lock();
        assert!(told.1[&gv].stale && told.1[&gv].version.is_none());
        assert!(told.1[&gv].openapi.is_some());
        assert_eq!(told.0, 2);
    }

    #[test]
    fn groups_in_their_order() {
        let all = super::super::Registered::default();
        let add = |name: &str, priority: i64| {
            use skeg_auth::ObjectObserver;
            let (version, group) = name.split_once('.').unwrap_or_default();
            let spec = json!({"group": group, "version": version, "groupPriorityMinimum": priority,
                "service": {"namespace": "n", "name": "s"}});
            all.upsert("", "", name, &json!({"spec": spec}));
        };
        add("v1.b.example.com", 100);
        add("v1beta1.a.example.com", 100);
        add("v1.c.example.com", 50);
        add("v2.c.example.com", 200);
        let base = Discovery::new(&[], "");
        let merged = merge(&base, &all.snapshot(), &BTreeMap::new());
        let names = |document: &Document, list: &str, path: &[&str]| -> Vec<String> {
            let items = tree::list(document.value(), list);
            items.iter().map(|g| tree::sp(g, path).to_owned()).collect()
        };
        let wanted = ["c.example.com", "b.example.com", "a.example.com"];
        assert_eq!(names(&merged.groups, "groups", &["name"]), wanted);
        let wanted = ["c.example.com", "a.example.com", "b.example.com"];
        let path = ["metadata", "name"];
        assert_eq!(names(&merged.aggregated, "items", &path), wanted);
    }
}
