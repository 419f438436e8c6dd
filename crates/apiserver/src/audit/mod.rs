//! Audit in the way of requests: from their arrival to the end of the answer.

use futures::StreamExt;
use http::{HeaderMap, Response, header, request};
use skeg_auth::UserInfo;
use skeg_auth::audit::{Auditor, Begin, Level, Record, Stage, is_audited_at};
use skeg_auth::authn::Notes;
use skeg_auth::authz::{Attributes, Selectors};
use skeg_client::Payload;
use skeg_meta::{Status, Time};
use skeg_schema::{TypeId, Value, decode_json_any, decode_protobuf, envelope, fill};
use std::net::IpAddr;
use std::sync::Arc;

use crate::ApiServer;
use crate::call::{attributes, selectors};
use crate::negotiate;
use crate::query::Query;
use crate::request_info::RequestInfo;
use crate::server::Connection;
/// Addresses of one request that are written.
const SOURCES_LEN_MAX: usize = 32;

/// Bytes of an answer in which it says that it is a Status.
const STATUS_START_LEN: usize = 48;

/// Bytes of an answer that is written whole.
const ANSWER_LEN_MAX: usize = 16 << 20;

/// The id of a request: the client's own, or a new one.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    match headers.get("audit-id").and_then(|v| v.to_str().ok()) {
        Some(id) if !id.is_empty() => id.to_owned(),
        // Not secret, and one for each request: the kernel need not be asked.
        _ => uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes())
            .into_uuid()
            .to_string(),
    }
}

/// Where the connection of a request comes from, if from a network.
pub(crate) fn remote_ip(parts: &request::Parts) -> Option<IpAddr> {
    let connection = parts.extensions.get::<Connection>()?;
    Some(connection.address?.ip().to_canonical())
}

/// The client and the proxies that it came through.
pub(crate) fn source_ips(parts: &request::Parts) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let text = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
    for hop in text("x-forwarded-for")
        .into_iter()
        .flat_map(|v| v.split(','))
    {
        if let Ok(ip) = hop.trim().parse::<IpAddr>()
            && out.len() < SOURCES_LEN_MAX
        {
            out.push(ip.to_string());
        }
    }
    let real = text("x-real-ip").and_then(|v| v.trim().parse::<IpAddr>().ok());
    let remote = remote_ip(parts);
    if let Some(real) = real
        && Some(real) != remote
        && !out.contains(&real.to_string())
    {
        out.push(real.to_string());
    }
    if let Some(remote) = remote
        && out.last() != Some(&remote.to_string())
    {
        out.push(remote.to_string());
    }
    out
}

/// What arrived.
pub(crate) struct Arrived<'a> {
    pub parts: &'a request::Parts,
    pub info: &'a RequestInfo<'a>,
    pub query: &'a Query,
    pub id: &'a str,
    pub received: Time,
}

impl Arrived<'_> {
    /// What it is narrowed to.
    pub fn selectors(&self) -> Selectors {
        selectors(self.info, self.query)
    }

    /// What it asks for.
    pub fn attributes<'a>(
        &'a self,
        user: &'a UserInfo,
        verb: &'a str,
        selectors: &'a Selectors,
    ) -> Attributes<'a> {
        attributes(self.info, user, verb, selectors)
    }

    fn begin(&self, auditor: &Arc<Auditor>, user: &UserInfo) -> Option<Arc<Record>> {
        let info = self.info;
        let (verb, selectors) = (info.verb_name(), self.selectors());
        let asked = self.attributes(user, &verb, &selectors);
        let uri = self.parts.uri.path_and_query();
        let agent = self.parts.headers.get(header::USER_AGENT);
        auditor.begin(Begin {
            asked: &asked,
            id: self.id,
            uri: uri.map_or(info.raw_path, |u| u.as_str()),
            agent: agent.and_then(|v| v.to_str().ok()).unwrap_or_default(),
            sources: source_ips(self.parts),
            received: self.received,
        })
    }
}

/// Writes the last event when an answer in pieces has been sent or given up.
struct AtEnd {
    record: Arc<Record>,
    /// The pieces so far, where the whole is to be written.
    answer: Option<Vec<u8>>,
    headers: HeaderMap,
}

impl AtEnd {
    fn saw(&mut self, piece: &[u8]) {
        if let Some(answer) = &mut self.answer {
            if answer.len() + piece.len() > ANSWER_LEN_MAX {
                self.answer = None;
            } else {
                answer.extend_from_slice(piece);
            }
        }
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        // What was given up half-way cannot be read.
        let answer = self.answer.take();
        if let Some(object) = answer.and_then(|bytes| decoded(&self.headers, &bytes)) {
            self.record.response_object(object);
        }
        // The answer is out: nobody waits.
        drop(self.record.stage(Stage::ResponseComplete));
    }
}

/// Notes what a request wants to be stored, as its type shows it: with what is
/// never left out. Custom resources have no such type.
pub(crate) fn request_object(object: &Value, ty: Option<TypeId>) {
    match ty {
        Some(ty) if is_audited_at(Level::Request) => {
            let mut whole = object.clone();
            fill(&mut whole, ty);
            skeg_auth::audit::request_object(&whole);
        }
        _ => skeg_auth::audit::request_object(object),
    }
}

impl ApiServer {
    /// Begins the audit of a request by `user`; `Err`: it must not go on.
    pub(crate) async fn begin_audit(
        &self,
        arrived: &Arrived<'_>,
        user: &UserInfo,
    ) -> Result<Option<Arc<Record>>, crate::error::Error> {
        let Some(auditor) = &self.inner.auditor else {
            return Ok(None);
        };
        let record = arrived.begin(auditor, user);
        if let Some(record) = &record {
            record
                .stage_done(Stage::RequestReceived)
                .await
                .map_err(crate::error::Error::internal_error)?;
        }
        Ok(record)
    }

    /// Writes that somebody could not prove who they are.
    pub(crate) async fn audit_stranger(&self, arrived: &Arrived<'_>, notes: &Notes) {
        let Some(auditor) = &self.inner.auditor else {
            return;
        };
        if let Some(record) = arrived.begin(auditor, &UserInfo::default()) {
            annotate_all(&record, notes);
            let mut status = Status::unauthorized("Unauthorized").to_value();
            status.set_at(&["metadata"], Value::object());
            record.response(401, Some(&status), Some(status.clone()));
            // Nothing is left that could be refused.
            drop(record.stage_done(Stage::ResponseStarted).await);
        }
    }
}

/// Adds what authenticators noted.
pub(crate) fn annotate_all(record: &Record, notes: &Notes) {
    for (name, value) in &notes.annotations {
        record.annotate(name, value.as_str());
    }
}

/// Writes what was answered: now, and when the end of it is sent.
pub(crate) async fn answered(record: Arc<Record>, endless: bool, response: &mut Response<Payload>) {
    let code = response.status().as_u16();
    let whole = record.level() == Level::RequestResponse;
    let object = if whole || code >= 400 || says_status(response) {
        object_of(response)
    } else {
        None
    };
    let is_status = |o: &&Value| o["kind"].as_str() == Some("Status");
    let status = object.as_ref().filter(is_status).cloned();
    record.response(code, status.as_ref(), object.filter(|_| whole));
    if endless {
        drop(record.stage_done(Stage::ResponseStarted).await);
    }
    match std::mem::take(response.body_mut()) {
        Payload::Stream(stream) => {
            let mut end = AtEnd {
                record,
                answer: (whole && !endless).then(Vec::new),
                headers: response.headers().clone(),
            };
            let stream = stream.map(move |piece| {
                if let Ok(piece) = &piece {
                    end.saw(piece);
                }
                piece
            });
            *response.body_mut() = Payload::Stream(stream.boxed());
        }
        Payload::Events(events) => {
            let end = AtEnd {
                record,
                answer: None,
                headers: HeaderMap::new(),
            };
            let events = events.map(move |event| {
                let _ = &end;
                event
            });
            *response.body_mut() = Payload::Events(events.boxed());
        }
        other => {
            *response.body_mut() = other;
            drop(record.stage_done(Stage::ResponseComplete).await);
        }
    }
}

/// Whether a short answer is a Status, which is told at every level.
fn says_status(response: &Response<Payload>) -> bool {
    match response.body() {
        Payload::Status(_) => true,
        Payload::Bytes(bytes) => {
            const MARK: &[u8] = b"\"Status\"";
            let start = &bytes[..bytes.len().min(STATUS_START_LEN)];
            start.windows(MARK.len()).any(|window| window == MARK)
                || envelope::unwrap(bytes).is_ok_and(|unknown| unknown.kind == "Status")
        }
        _ => false,
    }
}

/// The object of an answer that is whole.
fn object_of(response: &Response<Payload>) -> Option<Value> {
    match response.body() {
        Payload::Object(object) => {
            let mut whole = (*object.value()).clone();
            if let Some(ty) = object.type_id() {
                fill(&mut whole, ty);
            }
            Some(whole)
        }
        Payload::Status(status) => Some(status.to_value()),
        Payload::Bytes(bytes) => decoded(response.headers(), bytes),
        _ => None,
    }
}

/// What the bytes of an answer say.
fn decoded(headers: &HeaderMap, bytes: &[u8]) -> Option<Value> {
    let unpacked;
    let bytes = match headers.get(header::CONTENT_ENCODING) {
        Some(coding) if coding == "gzip" => {
            unpacked = unpack(bytes)?;
            &*unpacked
        }
        Some(_) => return None,
        None => bytes,
    };
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if media_type.starts_with(negotiate::JSON) {
        decode_json_any(bytes).ok()
    } else if media_type.starts_with("application/yaml") {
        skeg_schema::decode_yaml_any(bytes).ok()
    } else if media_type.starts_with("application/vnd.kubernetes.protobuf") {
        let unknown = envelope::unwrap(bytes).ok()?;
        let (group, version) = unknown
            .api_version
            .rsplit_once('/')
            .unwrap_or(("", unknown.api_version));
        let ty = TypeId::by_gvk(group, version, unknown.kind)?;
        let mut tree = decode_protobuf(unknown.raw, ty).ok()?;
        tree.set_at(&["kind"], unknown.kind);
        tree.set_at(&["apiVersion"], unknown.api_version);
        fill(&mut tree, ty);
        Some(tree)
    } else {
        None
    }
}

fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let mut out = Vec::new();
    let most = u64::try_from(ANSWER_LEN_MAX).unwrap_or(u64::MAX);
    let read = flate2::read::GzDecoder::new(bytes).take(most + 1);
    { read }.read_to_end(&mut out).ok()?;
    (out.len() <= ANSWER_LEN_MAX).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_way() {
        let check = |headers: &[(&str, &str)], expect: &[&str]| {
            let mut request = http::Request::builder().uri("/");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let mut request = request.body(()).unwrap();
            request.extensions_mut().insert(Connection {
                address: Some("10.0.0.9:1234".parse().unwrap()),
                ..Connection::default()
            });
            let (parts, ()) = request.into_parts();
            assert_eq!(source_ips(&parts), expect);
        };
        check(&[], &["10.0.0.9"]);
        check(
            &[("x-forwarded-for", "1.1.1.1, nonsense,2.2.2.2")],
            &["1.1.1.1", "2.2.2.2", "10.0.0.9"],
        );
        check(
            &[("x-forwarded-for", "1.1.1.1"), ("x-real-ip", "3.3.3.3")],
            &["1.1.1.1", "3.3.3.3", "10.0.0.9"],
        );
        check(&[("x-real-ip", "10.0.0.9")], &["10.0.0.9"]);
    }

    #[test]
    fn ids_are_taken_over() {
        let mut headers = HeaderMap::new();
        headers.insert("audit-id", "mine".parse().unwrap());
        assert_eq!(request_id(&headers), "mine");
        headers.insert("audit-id", "x".repeat(500).parse().unwrap());
        assert_eq!(request_id(&headers).len(), 500);
        headers.insert("audit-id", "".parse().unwrap());
        assert_eq!(request_id(&headers).len(), 36);
    }
}
