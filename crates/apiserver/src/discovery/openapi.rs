//! `/openapi/v2` and `/openapi/v3`: the documents are derived from the tables;
//! each is written when first asked for and kept.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use parking_lot::Mutex;
use skeg_client::Payload;
use skeg_schema::resources::ResourceDesc;
use skeg_schema::{Object, Value, encode_json_any, json, openapi};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{gnostic, v2};
use crate::custom::openapi::Part;
use crate::error::{Error, Result};
use crate::negotiate::{JSON, first_accepted};
use crate::query::Query;
use crate::reply;

const ROOT: &str = "/openapi/v3";
const V2: &str = "/openapi/v2";
/// Under which name its protobuf is kept.
const V2_PROTOBUF: &str = "/openapi/v2+protobuf";
/// Documents whose hash was named do not change.
const FOREVER: &str = "public, immutable, max-age=31536000";

type Gvr = (&'static str, &'static str, &'static str);

struct Written {
    json: Bytes,
    hash: String,
}

/// The documents of one server.
pub struct OpenApi {
    served: HashSet<Gvr>,
    written: Mutex<HashMap<String, std::sync::Arc<Written>>>,
    /// What is defined now, by path.
    custom: Mutex<Vec<Part>>,
    /// What aggregated servers serve, in version 2.
    remote: Mutex<Vec<std::sync::Arc<RemoteV2>>>,
    /// What the tables say in version 2.
    pieces: Mutex<HashMap<&'static str, std::sync::Arc<v2::Pieces>>>,
    /// The documents of version 2 as they are compressed, with their hashes:
    /// the last of each form, since they are small.
    packed: Mutex<HashMap<&'static str, (String, Bytes)>>,
    /// The last hash of version 2, and since when it is that.
    modified: Mutex<Option<(String, Timestamp)>>,
}

/// A time as HTTP writes it.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// What an aggregated server tells of its kinds in version 2.
#[derive(Debug, Default)]
pub struct RemoteV2 {
    /// Changes when the rest does.
    pub hash: u64,
    /// Its paths.
    pub paths: Object,
    /// Its definitions.
    pub definitions: Object,
}

impl OpenApi {
    /// Documents about these resources.
    pub fn new(served: impl Iterator<Item = &'static ResourceDesc>) -> Self {
        Self {
            served: served.map(|d| (d.group, d.version, d.resource)).collect(),
            written: Mutex::new(HashMap::new()),
            custom: Mutex::new(Vec::new()),
            remote: Mutex::new(Vec::new()),
            pieces: Mutex::new(HashMap::new()),
            packed: Mutex::new(HashMap::new()),
            modified: Mutex::new(None),
        }
    }

    /// Takes what is defined now.
    pub fn set_custom(&self, parts: Vec<Part>) {
        *self.custom.lock() = parts;
    }

    /// Documents of custom resources are made whenever they are asked for:
    /// they would take more memory than all else about a definition.
    fn custom_document(&self, path: &str) -> Option<std::sync::Arc<Written>> {
        let custom = self.custom.lock();
        let part = custom.iter().find(|part| part.path == path)?;
        let mut json = Vec::new();
        encode_json_any(&crate::custom::openapi::document(part), &mut json);
        Some(std::sync::Arc::new(Written {
            json: Bytes::from(json),
            hash: part.hash.clone(),
        }))
    }

    /// The index of version 3.
    fn index(&self) -> Value {
        let mut index = openapi::v3_index(&|desc: &ResourceDesc| self.is_served(desc));
        if let Some(Value::Object(paths)) = index.get_mut("paths") {
            for part in self.custom.lock().iter() {
                let address = format!("{ROOT}/{}?hash={}", part.path, part.hash);
                paths.insert(part.path.clone(), json!({"serverRelativeURL": address}));
            }
            paths.sort_keys();
        }
        index
    }

    fn is_served(&self, desc: &ResourceDesc) -> bool {
        self.served
            .contains(&(desc.group, desc.version, desc.resource))
    }

    /// Takes what aggregated servers tell of theirs in version 2.
    pub fn set_remote(&self, remote: Vec<std::sync::Arc<RemoteV2>>) {
        *self.remote.lock() = remote;
    }

    /// What the tables say in version 2, in pieces.
    fn v2_base(&self, protobuf: bool) -> std::sync::Arc<v2::Pieces> {
        let name = if protobuf { V2_PROTOBUF } else { V2 };
        if let Some(found) = self.pieces.lock().get(name) {
            return found.clone();
        }
        let value = openapi::v2_document(&|desc: &ResourceDesc| self.is_served(desc));
        let made = std::sync::Arc::new(v2::Pieces::new(&value, protobuf));
        self.pieces.lock().insert(name, made.clone());
        made
    }

    /// The hash of the document of version 2.
    fn v2_hash(&self) -> String {
        let mut hash = DefaultHasher::new();
        openapi::v3_hash(V2, &|desc: &ResourceDesc| self.is_served(desc)).hash(&mut hash);
        for part in self.custom.lock().iter() {
            (&part.path, &part.hash).hash(&mut hash);
        }
        for remote in self.remote.lock().iter() {
            remote.hash.hash(&mut hash);
        }
        format!("{:016X}", hash.finish())
    }

    /// Since when the document of version 2 is so, in whole seconds.
    fn v2_modified(&self, hash: &str) -> Timestamp {
        let mut modified = self.modified.lock();
        match &*modified {
            Some((known, since)) if known == hash => *since,
            _ => {
                let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
                *modified = Some((hash.to_owned(), now));
                now
            }
        }
    }

    /// The document of version 2, compressed, if it can be. It is kept: the
    /// work is that of many answers.
    fn v2_packed(&self, protobuf: bool, hash: &str) -> Option<Bytes> {
        let name = if protobuf { V2_PROTOBUF } else { V2 };
        if let Some((made_of, packed)) = self.packed.lock().get(name)
            && made_of == hash
        {
            return Some(packed.clone());
        }
        let packed = reply::gzipped(std::iter::once(self.v2(protobuf)))?;
        let packed = Bytes::from(packed.into_boxed_slice());
        let made = (hash.to_owned(), packed.clone());
        self.packed.lock().insert(name, made);
        Some(packed)
    }

    /// The document of version 2, whole. What is added to the tables is
    /// written anew each time: it would take more memory than all else about a
    /// definition.
    fn v2(&self, protobuf: bool) -> Bytes {
        let base = self.v2_base(protobuf);
        let mut added = v2::Added::default();
        for part in self.custom.lock().iter() {
            let (paths, definitions) = crate::custom::openapi::version_2(part);
            added.add(&base, &paths, &definitions, protobuf);
        }
        for remote in self.remote.lock().iter() {
            added.add(&base, &remote.paths, &remote.definitions, protobuf);
        }
        base.with(added, protobuf)
    }

    fn answer_v2(&self, headers: &HeaderMap) -> Response<Payload> {
        let mut response = self.v2_in_a_form(headers);
        reply::varies_by_encoding(&mut response);
        let accept = HeaderValue::from_static("Accept");
        response.headers_mut().append(header::VARY, accept);
        response
    }

    fn v2_in_a_form(&self, headers: &HeaderMap) -> Response<Payload> {
        const FORMS: [&str; 3] = [JSON, gnostic::v2::MEDIA_TYPE, gnostic::v2::OLD_MEDIA_TYPE];
        let Some(form) = first_accepted(headers, &FORMS) else {
            return unacceptable();
        };
        let protobuf = form != JSON;
        let media_type = if protobuf {
            gnostic::v2::MEDIA_TYPE
        } else {
            JSON
        };
        let hash = self.v2_hash();
        let etag = format!("\"{hash}\"");
        let modified = self.v2_modified(&hash);
        let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
        // The date is asked about only where the tag is not.
        let is_known = match text(header::IF_NONE_MATCH) {
            Some(known) => known == etag,
            None => text(header::IF_MODIFIED_SINCE)
                .and_then(|since| rfc2822::DateTimeParser::new().parse_timestamp(since).ok())
                .is_some_and(|since| modified <= since),
        };
        let mut response = if is_known {
            let mut response = Response::new(Payload::Empty);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let gzip = reply::gzip_weight(headers).is_some_and(|weight| weight > 0.0);
            let packed = gzip.then(|| self.v2_packed(protobuf, &hash)).flatten();
            let gzip = packed.is_some();
            let body = packed.unwrap_or_else(|| self.v2(protobuf));
            let mut response = reply::bytes(200, media_type, body);
            if gzip {
                reply::is_gzipped(&mut response);
            }
            response
        };
        if let Ok(value) = HeaderValue::from_str(&etag) {
            response.headers_mut().insert(header::ETAG, value);
        }
        let modified = modified.strftime(HTTP_DATE).to_string();
        if let Ok(value) = HeaderValue::from_str(&modified) {
            response.headers_mut().insert(header::LAST_MODIFIED, value);
        }
        response
    }

    /// A document of version 3 in protobuf: asked for by few, so it is not kept.
    fn v3_protobuf(&self, path: &str) -> Vec<u8> {
        let custom = {
            let parts = self.custom.lock();
            let part = parts.iter().find(|part| part.path == path);
            part.map(crate::custom::openapi::document)
        };
        let value = custom.or_else(|| openapi::v3_document(path, &|desc: &_| self.is_served(desc)));
        let object = value.as_ref().and_then(Value::as_object);
        object.map(gnostic::v3::document).unwrap_or_default()
    }

    fn document(&self, path: &str) -> Option<std::sync::Arc<Written>> {
        if let Some(found) = self.written.lock().get(path) {
            return Some(found.clone());
        }
        let served = |desc: &ResourceDesc| self.is_served(desc);
        let value = openapi::v3_document(path, &served)?;
        let mut json = Vec::new();
        encode_json_any(&value, &mut json);
        let hash = openapi::v3_hash(path, &served);
        let made = std::sync::Arc::new(Written {
            json: Bytes::from(json),
            hash,
        });
        self.written.lock().insert(path.to_owned(), made.clone());
        Some(made)
    }

    /// Answers `/openapi/v2` or a path below `/openapi/v3`, or `None` if it is not there.
    ///
    /// # Errors
    /// There is no such document.
    pub fn answer(
        &self,
        path: &str,
        query: &Query,
        headers: &HeaderMap,
    ) -> Option<Result<Response<Payload>>> {
        if path == V2 {
            return Some(Ok(self.answer_v2(headers)));
        }
        let rest = path.strip_prefix(ROOT)?;
        if rest.is_empty() {
            let mut json = Vec::new();
            encode_json_any(&self.index(), &mut json);
            return Some(Ok(reply::bytes(200, "text/plain; charset=utf-8", json)));
        }
        let name = rest.strip_prefix('/')?;
        Some(self.one(name, query, headers))
    }

    fn one(&self, name: &str, query: &Query, headers: &HeaderMap) -> Result<Response<Payload>> {
        let document = self
            .custom_document(name)
            .or_else(|| self.document(name))
            .ok_or_else(|| Error::Text(404, String::new()))?;
        const FORMS: [&str; 3] = [JSON, gnostic::v3::MEDIA_TYPE, gnostic::v3::OLD_MEDIA_TYPE];
        let Some(form) = first_accepted(headers, &FORMS) else {
            return Ok(unacceptable());
        };
        let etag = format!("\"{}\"", document.hash);
        let asked = query.get("hash");
        if asked.is_some_and(|hash| hash != document.hash) {
            let mut response = reply::bytes(301, "text/plain; charset=utf-8", Bytes::new());
            let location = format!("{ROOT}/{name}?hash={}", document.hash);
            if let Ok(value) = HeaderValue::from_str(&location) {
                response.headers_mut().insert(header::LOCATION, value);
            }
            return Ok(response);
        }
        let known = headers
            .get(header::IF_NONE_MATCH)
            .and_then(|v| v.to_str().ok());
        let mut response = if known == Some(etag.as_str()) {
            let mut response = Response::new(Payload::Empty);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else if form == JSON {
            reply::bytes(200, JSON, document.json.clone())
        } else {
            reply::bytes(200, gnostic::v3::MEDIA_TYPE, self.v3_protobuf(name))
        };
        if let Ok(value) = HeaderValue::from_str(&etag) {
            response.headers_mut().insert(header::ETAG, value);
        }
        response
            .headers_mut()
            .insert(header::VARY, HeaderValue::from_static("Accept"));
        if asked.is_some() {
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static(FOREVER));
        }
        Ok(response)
    }
}

/// 406 without a word.
fn unacceptable() -> Response<Payload> {
    let mut response = Response::new(Payload::Empty);
    *response.status_mut() = StatusCode::NOT_ACCEPTABLE;
    response
}
