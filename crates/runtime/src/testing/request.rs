//! Reads requests and carries them out.

use std::collections::HashMap;

use skeg_client::{BoxError, Payload, SharedList};
use skeg_meta::{GroupResource, SharedObject, Status, labels};
use skeg_schema::patch::{self, Tables};
use skeg_schema::resources::{self, ResourceDesc};
use skeg_schema::{TypeId, Value, envelope};

use super::{FakeApi, NameKey, ResourceKey, State};

/// What a request wants.
pub(super) struct Verb {
    method: http::Method,
    pub(super) desc: &'static ResourceDesc,
    namespace: String,
    name: String,
    subresource: String,
    query: HashMap<String, String>,
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(escaped) => {
                bytes.push(escaped);
                rest = &after[2..];
            }
            None => {
                bytes.push(if byte == b'+' { b' ' } else { byte });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Verb {
    pub(super) fn parse(request: &http::Request<Payload>) -> Result<Self, Status> {
        let segments: Vec<String> = request
            .uri()
            .path()
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decode)
            .collect();
        let mut rest = segments.iter().map(String::as_str);
        let unknown = || Status::bad_request(format!("no such path: {}", request.uri().path()));
        let group = match rest.next() {
            Some("api") => "",
            Some("apis") => rest.next().ok_or_else(unknown)?,
            _ => return Err(unknown()),
        };
        let version = rest.next().ok_or_else(unknown)?;
        let mut parts: Vec<&str> = rest.collect();
        let mut namespace = "";
        if parts.len() >= 3
            && parts[0] == "namespaces"
            && resources::by_gvr(group, version, parts[2]).is_some()
        {
            namespace = parts[1];
            parts.drain(..2);
        }
        let plural = parts.first().ok_or_else(unknown)?;
        let desc = resources::by_gvr(group, version, plural).ok_or_else(unknown)?;
        let query = request.uri().query().unwrap_or_default();
        let query = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (decode(key), decode(value)))
            .collect();
        Ok(Self {
            method: request.method().clone(),
            desc,
            namespace: namespace.to_owned(),
            name: parts.get(1).copied().unwrap_or_default().to_owned(),
            subresource: parts.get(2).copied().unwrap_or_default().to_owned(),
            query,
        })
    }

    pub(super) fn name(&self) -> &'static str {
        match (self.method.as_str(), self.name.is_empty()) {
            ("GET", true) if self.query("watch") == "true" => "watch",
            ("GET", true) => "list",
            ("GET", false) => "get",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", true) => "deletecollection",
            ("DELETE", false) => "delete",
            _ => "unknown",
        }
    }

    fn query(&self, key: &str) -> &str {
        self.query.get(key).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn describe(&self) -> String {
        let mut text = format!("{} {}", self.name(), self.desc.resource);
        if !self.subresource.is_empty() {
            text.push('/');
            text.push_str(&self.subresource);
        }
        if !self.namespace.is_empty() || !self.name.is_empty() {
            text.push(' ');
        }
        if !self.namespace.is_empty() {
            text.push_str(&self.namespace);
            text.push('/');
        }
        text.push_str(&self.name);
        text
    }

    fn resource(&self) -> ResourceKey {
        (self.desc.group.to_owned(), self.desc.resource.to_owned())
    }

    fn group_resource(&self) -> GroupResource {
        GroupResource::new(self.desc.group, self.desc.resource)
    }

    fn key(&self) -> NameKey {
        (self.namespace.clone(), self.name.clone())
    }
}

/// Which objects a list or a watch is about.
pub(super) struct Selection {
    namespace: String,
    labels: labels::Selector,
    fields: Vec<(String, bool, String)>,
    pub(super) desc: &'static ResourceDesc,
}

impl Selection {
    fn of(verb: &Verb) -> Result<Self, Status> {
        let labels = labels::Selector::parse(verb.query("labelSelector"))
            .map_err(|error| Status::bad_request(error.to_string()))?;
        let fields = verb
            .query("fieldSelector")
            .split(',')
            .filter(|part| !part.is_empty())
            .filter_map(|part| {
                let (path, value) = part.split_once('=')?;
                let negated = path.ends_with('!');
                let path = path.trim_end_matches('!');
                Some((
                    path.to_owned(),
                    !negated,
                    value.trim_start_matches('=').to_owned(),
                ))
            })
            .collect();
        Ok(Self {
            namespace: verb.namespace.clone(),
            labels,
            fields,
            desc: verb.desc,
        })
    }

    pub(super) fn matches(&self, value: &Value) -> bool {
        let metadata = &value["metadata"];
        if !self.namespace.is_empty() && metadata["namespace"] != self.namespace.as_str() {
            return false;
        }
        let labels = metadata["labels"].as_object().map(|labels| {
            labels
                .iter()
                .map(|(key, value)| {
                    (
                        key.to_string(),
                        value.as_str().unwrap_or_default().to_owned(),
                    )
                })
                .collect()
        });
        if !self.labels.matches(&labels.unwrap_or_default()) {
            return false;
        }
        self.fields.iter().all(|(path, equal, wanted)| {
            let path: Vec<&str> = path.split('.').collect();
            let have = value.at(&path).and_then(Value::as_str).unwrap_or_default();
            (have == wanted) == *equal
        })
    }

    /// The object in the version that was asked for.
    pub(super) fn shared(&self, mut value: Value) -> SharedObject {
        value.set_at(&["kind"], self.desc.kind);
        value.set_at(&["apiVersion"], self.desc.api_version());
        SharedObject::from_tree(value)
    }
}

type Outcome = Result<(u16, Payload), Status>;

impl FakeApi {
    pub(super) fn serve(&self, verb: Verb, request: http::Request<Payload>) -> Outcome {
        let selection = Selection::of(&verb)?;
        match verb.name() {
            "watch" => self.watch(&verb, selection),
            "list" => {
                let state = self.inner.state.lock();
                let objects = state.objects.get(&verb.resource());
                let items = objects
                    .into_iter()
                    .flat_map(|objects| objects.values())
                    .filter(|value| selection.matches(value))
                    .map(|value| selection.shared(value.clone()))
                    .collect();
                let resource_version = state.revision.to_string();
                Ok((
                    200,
                    Payload::List(SharedList {
                        resource_version,
                        items,
                        ..SharedList::default()
                    }),
                ))
            }
            name => {
                let mut state = self.inner.state.lock();
                let outcome = match name {
                    "get" => state.find(&verb).map(|value| (200, Some(value))),
                    "create" if verb.name.is_empty() => state.create(&verb, body(&request)?),
                    "create" => state.post(&verb, body(&request)?),
                    "update" => state.update(&verb, body(&request)?),
                    "patch" => state.patch(&verb, &request),
                    "delete" => {
                        let options = if matches!(request.body(), Payload::Empty) {
                            Value::Null
                        } else {
                            body(&request)?
                        };
                        state.delete(&verb, &options)
                    }
                    "deletecollection" => {
                        let names: Vec<NameKey> = state
                            .objects
                            .get(&verb.resource())
                            .into_iter()
                            .flatten()
                            .filter(|(_, value)| selection.matches(value))
                            .map(|(name, _)| name.clone())
                            .collect();
                        for (namespace, name) in names {
                            let one = Verb {
                                method: http::Method::DELETE,
                                desc: verb.desc,
                                namespace,
                                name,
                                subresource: String::new(),
                                query: HashMap::new(),
                            };
                            state.delete(&one, &Value::Null)?;
                        }
                        Ok((200, None))
                    }
                    _ => Err(Status::method_not_supported(&verb.group_resource(), name)),
                }?;
                self.announce(&state);
                Ok(match outcome {
                    // Subresources of other kinds come as they are.
                    (code, Some(value))
                        if value["kind"] != verb.desc.kind && !value["kind"].is_null() =>
                    {
                        (code, Payload::Object(SharedObject::from_tree(value)))
                    }
                    (code, Some(value)) => (code, Payload::Object(selection.shared(value))),
                    (code, None) => (code, Payload::Status(Box::new(Status::success()))),
                })
            }
        }
    }

    fn watch(&self, verb: &Verb, selection: Selection) -> Outcome {
        let state = self.inner.state.lock();
        let version = verb.query("resourceVersion");
        let initial =
            version.is_empty() || version == "0" || verb.query("sendInitialEvents") == "true";
        let from = if initial {
            state.revision
        } else {
            version.parse().unwrap_or(0)
        };
        if from < state.oldest {
            return Err(Status::expired(format!(
                "too old resource version: {from} ({})",
                state.oldest
            )));
        }
        let objects = state.objects.get(&verb.resource()).filter(|_| initial);
        let first: Vec<SharedObject> = objects
            .into_iter()
            .flat_map(|objects| objects.values())
            .filter(|value| selection.matches(value))
            .map(|value| selection.shared(value.clone()))
            .collect();
        let (resource, broken) = (verb.resource(), state.broken);
        drop(state);
        Ok((
            200,
            Payload::Events(self.events(
                resource,
                selection,
                initial.then_some(first),
                from,
                broken,
            )),
        ))
    }
}

fn body(request: &http::Request<Payload>) -> Result<Value, Status> {
    match request.body() {
        Payload::Object(object) => Ok((*object.value()).clone()),
        Payload::Bytes(bytes) if bytes.starts_with(b"k8s\0") => {
            protobuf(bytes).map_err(|error| Status::bad_request(error.to_string()))
        }
        Payload::Bytes(bytes) => skeg_schema::decode_json_any(bytes)
            .map_err(|error| Status::bad_request(error.to_string())),
        other => Err(Status::bad_request(format!("a body cannot be {other:?}"))),
    }
}

fn protobuf(bytes: &[u8]) -> Result<Value, BoxError> {
    let unknown = envelope::unwrap(bytes)?;
    let (group, version) = unknown
        .api_version
        .split_once('/')
        .unwrap_or(("", unknown.api_version));
    let ty = TypeId::by_gvk(group, version, unknown.kind)
        .ok_or("protobuf of a kind that is not built in")?;
    Ok(skeg_schema::decode_protobuf(unknown.raw, ty)?)
}

/// Values as every client sees them, whichever form they came in.
fn lean(mut value: Value, desc: &ResourceDesc) -> Value {
    value.set_at(&["kind"], desc.kind);
    value.set_at(&["apiVersion"], desc.api_version());
    value
}

impl State {
    fn find(&self, verb: &Verb) -> Result<Value, Status> {
        self.objects
            .get(&verb.resource())
            .and_then(|objects| objects.get(&verb.key()))
            .cloned()
            .ok_or_else(|| Status::not_found(&verb.group_resource(), &verb.name))
    }

    fn create(&mut self, verb: &Verb, object: Value) -> Result<(u16, Option<Value>), Status> {
        let mut object = lean(object, verb.desc);
        if verb.desc.namespaced {
            object.set_at(&["metadata", "namespace"], verb.namespace.as_str());
        }
        if object["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
        {
            let base = object["metadata"]["generateName"]
                .as_str()
                .unwrap_or_default();
            let name = format!("{base}{:05}", self.next_uid);
            object.set_at(&["metadata", "name"], name);
        }
        let key = super::name_of(&object);
        if self
            .objects
            .get(&verb.resource())
            .is_some_and(|objects| objects.contains_key(&key))
        {
            return Err(Status::already_exists(&verb.group_resource(), &key.1));
        }
        self.stamp(&mut object);
        Ok((
            201,
            Some(self.write(verb.resource(), key, None, Some(object))),
        ))
    }

    /// Creates at a subresource.
    fn post(&mut self, verb: &Verb, body: Value) -> Result<(u16, Option<Value>), Status> {
        let old = self.find(verb)?;
        match verb.subresource.as_str() {
            "binding" => {
                if !old["spec"]["nodeName"]
                    .as_str()
                    .unwrap_or_default()
                    .is_empty()
                {
                    let why = format!("pod {} is already assigned to node", verb.name);
                    return Err(Status::conflict(&verb.group_resource(), &verb.name, why));
                }
                let mut new = old.clone();
                new.set_at(&["spec", "nodeName"], body["target"]["name"].clone());
                self.write(verb.resource(), verb.key(), Some(old), Some(new));
                Ok((201, None))
            }
            "eviction" => {
                self.delete(verb, &body["deleteOptions"])?;
                Ok((201, None))
            }
            _ => Err(Status::method_not_supported(
                &verb.group_resource(),
                "create",
            )),
        }
    }

    fn update(&mut self, verb: &Verb, new: Value) -> Result<(u16, Option<Value>), Status> {
        let old = self.find(verb)?;
        self.replace(verb, old, new).map(|value| (200, Some(value)))
    }

    fn patch(
        &mut self,
        verb: &Verb,
        request: &http::Request<Payload>,
    ) -> Result<(u16, Option<Value>), Status> {
        let patch = body(request)?;
        let old = self.find(verb)?;
        let content_type = request.headers().get(http::header::CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let refused = |error: &dyn std::fmt::Display| Status::bad_request(error.to_string());
        let mut new = old.clone();
        match content_type {
            "application/json-patch+json" => {
                patch::json::apply(&mut new, &patch).map_err(|error| refused(&error))?;
            }
            "application/merge-patch+json" => patch::merge::apply(&mut new, &patch),
            // An apply by force of somebody who takes nothing back changes as much.
            "application/strategic-merge-patch+json" | "application/apply-patch+yaml" => {
                new = patch::strategic::apply(new, patch, Tables(verb.desc.ty))
                    .map_err(|error| refused(&error))?;
            }
            other => return Err(Status::bad_request(format!("no such patch: {other}"))),
        }
        self.replace(verb, old, new).map(|value| (200, Some(value)))
    }

    fn replace(&mut self, verb: &Verb, old: Value, new: Value) -> Result<Value, Status> {
        let mut new = lean(new, verb.desc);
        let text = |value: &Value, key: &str| {
            value["metadata"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        for key in ["resourceVersion", "uid"] {
            let asked = text(&new, key);
            if !asked.is_empty() && asked != text(&old, key) {
                return Err(Status::modified(&verb.group_resource(), &verb.name));
            }
        }
        for key in [
            "uid",
            "creationTimestamp",
            "name",
            "namespace",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ] {
            let Some(kept) = old["metadata"].get(key) else {
                continue;
            };
            if let Some(metadata) = new.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.insert(key.to_owned(), kept.clone());
            }
        }
        new.set_at(
            &["metadata", "generation"],
            old["metadata"]["generation"].clone(),
        );
        let part = |into: &mut Value, from: &Value, key: &'static str| {
            if let Some(object) = into.as_object_mut() {
                match from.get(key) {
                    Some(value) => drop(object.insert(key, value.clone())),
                    None => drop(object.remove(key)),
                }
            }
        };
        match verb.subresource.as_str() {
            "status" => {
                let mut kept = old.clone();
                part(&mut kept, &new, "status");
                new = kept;
            }
            // Kinds with a status of their own change it through the subresource only.
            "" if verb.desc.subresource("status").is_some() => part(&mut new, &old, "status"),
            "" | "finalize" | "ephemeralcontainers" | "resize" | "approval" => {}
            _ => {
                return Err(Status::method_not_supported(
                    &verb.group_resource(),
                    "update",
                ));
            }
        }
        if new["spec"] != old["spec"] {
            let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
            new.set_at(&["metadata", "generation"], generation);
        }
        if new == old {
            return Ok(old);
        }
        if !old["metadata"]["deletionTimestamp"].is_null()
            && finalizers(&new) == 0
            && grace(&new) == 0
        {
            return Ok(self.write(verb.resource(), verb.key(), Some(new), None));
        }
        Ok(self.write(verb.resource(), verb.key(), Some(old), Some(new)))
    }

    fn delete(&mut self, verb: &Verb, options: &Value) -> Result<(u16, Option<Value>), Status> {
        let old = self.find(verb)?;
        for key in ["uid", "resourceVersion"] {
            let asked = &options["preconditions"][key];
            if !asked.is_null() && *asked != old["metadata"][key] {
                let why = format!("Precondition failed: {key} in precondition: {asked}");
                return Err(Status::conflict(&verb.group_resource(), &verb.name, why));
            }
        }
        let mut new = old.clone();
        let finalizer = match options["propagationPolicy"].as_str() {
            Some("Foreground") => Some("foregroundDeletion"),
            Some("Orphan") => Some("orphan"),
            _ => None,
        };
        if let Some(finalizer) = finalizer {
            let mut list = new["metadata"]["finalizers"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            if !list.iter().any(|have| *have == finalizer) {
                list.push(finalizer.into());
            }
            new.set_at(&["metadata", "finalizers"], list);
        }
        // A pod on a node ends by itself, and its kubelet says when it has.
        let seconds = options["gracePeriodSeconds"]
            .as_i64()
            .or_else(|| new["spec"]["terminationGracePeriodSeconds"].as_i64())
            .unwrap_or(30);
        let lingers = verb.desc.resource == "pods"
            && !new["spec"]["nodeName"]
                .as_str()
                .unwrap_or_default()
                .is_empty()
            && !matches!(
                new["status"]["phase"].as_str(),
                Some("Succeeded" | "Failed")
            )
            && seconds > 0;
        if finalizers(&new) == 0 && !lingers {
            return Ok((
                200,
                Some(self.write(verb.resource(), verb.key(), Some(old), None)),
            ));
        }
        if new["metadata"]["deletionTimestamp"].is_null() {
            let time = self.time();
            new.set_at(&["metadata", "deletionTimestamp"], time);
        }
        new.set_at(
            &["metadata", "deletionGracePeriodSeconds"],
            if lingers { seconds } else { 0 },
        );
        if new == old {
            return Ok((200, Some(old)));
        }
        Ok((
            200,
            Some(self.write(verb.resource(), verb.key(), Some(old), Some(new))),
        ))
    }
}

fn finalizers(value: &Value) -> usize {
    value["metadata"]["finalizers"]
        .as_array()
        .map_or(0, Vec::len)
}

fn grace(value: &Value) -> i64 {
    value["metadata"]["deletionGracePeriodSeconds"]
        .as_i64()
        .unwrap_or(0)
}
