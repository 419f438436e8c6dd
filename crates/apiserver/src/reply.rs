//! Building answers: bytes in the negotiated form for callers at a socket,
//! whole objects for those in the process.

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use skeg_client::{Payload, SharedList};
use skeg_meta::{SharedObject, Status};
use skeg_schema::{TypeId, Value};

use crate::call::Req;
use crate::error::{Error, Result};
use crate::negotiate::encode::Pieces;
use crate::negotiate::{self, Format, Transform, Wanted, encode};
use crate::served::Served;
use crate::table;

/// Lists that are longer are sent in pieces instead of being joined.
const JOINED_LEN_MAX: usize = 256 * 1024;
/// Bodies that are longer are compressed for those who take it.
const GZIP_LEN_MIN: usize = 128 * 1024;

fn with_type(code: u16, media_type: &str, payload: Payload) -> Response<Payload> {
    let mut response = Response::new(payload);
    *response.status_mut() =
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = HeaderValue::from_str(media_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

/// Bytes of a media type.
pub fn bytes(code: u16, media_type: &str, body: impl Into<Bytes>) -> Response<Payload> {
    with_type(code, media_type, Payload::Bytes(body.into()))
}

/// Plain text.
pub fn text(code: u16, body: impl Into<String>) -> Response<Payload> {
    bytes(code, "text/plain; charset=utf-8", body.into())
}

/// Metrics in the text format, compressed for who asks for that.
pub fn metrics(headers: &HeaderMap, text: String) -> Response<Payload> {
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
    let text = Bytes::from(text);
    let packed = prefers_gzip(headers).then(|| gzipped(std::iter::once(text.clone())));
    let mut response = match packed.flatten() {
        Some(packed) => {
            let mut response = bytes(200, TEXT, packed);
            is_gzipped(&mut response);
            response
        }
        None => bytes(200, TEXT, text),
    };
    let started = HeaderValue::from(crate::metrics::start_seconds());
    response
        .headers_mut()
        .insert("process-start-time-unix", started);
    response
}

/// An error that is told in plain text. Browsers must not guess what it is.
pub fn plain_error(code: u16, body: impl Into<String>) -> Response<Payload> {
    let mut response = text(code, body);
    not_to_be_guessed(&mut response);
    response
}

/// Tells browsers not to look into a body for what it is.
pub fn not_to_be_guessed(response: &mut Response<Payload>) {
    response.headers_mut().insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
}

/// An error by which a request is not let in. It names who asks and what for,
/// so browsers must not guess what it is where that is forbidden.
pub fn refusal(
    refused: Error,
    headers: &HeaderMap,
    query: &crate::query::Query,
    in_process: bool,
) -> Response<Payload> {
    let mut response = error(refused, headers, query, in_process);
    if response.status() == StatusCode::FORBIDDEN {
        not_to_be_guessed(&mut response);
    }
    response
}

/// Only tells how long the body would be, as HEAD asks.
pub fn leave_out_body(response: &mut Response<Payload>) {
    let body = std::mem::take(response.body_mut());
    if let Payload::Bytes(bytes) = body {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
}

/// An error, in the form that the client asked for.
pub fn error(
    error: Error,
    headers: &HeaderMap,
    query: &crate::query::Query,
    in_process: bool,
) -> Response<Payload> {
    let code = error.code();
    if in_process {
        return with_type(
            code,
            negotiate::JSON,
            Payload::Status(Box::new(error.into_status())),
        );
    }
    match error {
        Error::Text(code, body) => plain_error(code, body),
        late @ Error::Late(_) => text(code, encode::nameless_status(&late.into_status())),
        Error::Status(status) => {
            let Some(wanted) = negotiate::for_error(headers, query) else {
                return bytes(code, negotiate::JSON, encode::raw_status(&status));
            };
            let mut response = bytes(
                code,
                wanted.format.media_type(),
                encode::status(&status, wanted),
            );
            let retry = status.details.as_ref().map_or(0, |d| d.retry_after_seconds);
            if retry > 0
                && let Ok(value) = HeaderValue::from_str(&retry.to_string())
            {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            response
        }
    }
}

/// A Status as the answer of a success.
pub fn status(req: &Req<'_>, wanted: Wanted, code: u16, status: Status) -> Response<Payload> {
    if req.in_process {
        return with_type(code, negotiate::JSON, Payload::Status(Box::new(status)));
    }
    bytes(
        code,
        wanted.format.media_type(),
        encode::status(&status, wanted),
    )
}

/// Refuses a list form for one object. What was to be done is done by then.
pub fn check_one(wanted: Wanted, served: &Served) -> Result<()> {
    if served.resource.custom.is_none() {
        return check_not_listed(wanted, || internal_name(served.resource.storage_type));
    }
    match wanted.transform {
        Transform::PartialList(_) => Err(Error::internal("content is not a list")),
        _ => Ok(()),
    }
}

/// The same for an object of a type that upstream calls so.
fn check_not_listed(wanted: Wanted, go_name: impl FnOnce() -> String) -> Result<()> {
    match wanted.transform {
        Transform::PartialList(_) => Err(Error::simple(
            406,
            "NotAcceptable",
            format!(
                "you requested PartialObjectMetadataList, but the requested object is not a list (*{})",
                go_name()
            ),
        )),
        _ => Ok(()),
    }
}

/// Refuses the form of one object for a list.
pub fn check_many(wanted: Wanted, served: &Served) -> Result<()> {
    if matches!(wanted.transform, Transform::Partial(_)) {
        return Err(Error::simple(
            406,
            "NotAcceptable",
            format!(
                "you requested PartialObjectMetadata, but the requested object is a list (*{}List)",
                match served.resource.custom {
                    Some(_) => "unstructured.Unstructured".to_owned(),
                    None => internal_name(served.resource.storage_type),
                }
            ),
        ));
    }
    Ok(())
}

/// `core.ConfigMap`
pub fn internal_name(ty: TypeId) -> String {
    let desc = ty.desc();
    let folder = desc.name.split('/').next().unwrap_or_default();
    format!("{folder}.{}", desc.go)
}

/// One object.
pub fn object(
    req: &Req<'_>,
    served: &Served,
    wanted: Wanted,
    code: u16,
    object: &SharedObject,
) -> Result<Response<Payload>> {
    if req.in_process {
        return Ok(with_type(
            code,
            negotiate::JSON,
            Payload::Object(object.clone()),
        ));
    }
    check_form(wanted, served)?;
    check_one(wanted, served)?;
    let body = match wanted.transform {
        Transform::Table(version) => {
            let options = table::Options::read(req.query)?.at(req.server.now());
            let meta = table::ListMeta {
                resource_version: object.revision(),
                ..Default::default()
            };
            let value = table::of_objects(
                &served.resource,
                std::slice::from_ref(object),
                version,
                options,
                meta,
            );
            encode::tree(&value, None, wanted.format, wanted.pretty)
        }
        // What was just written is asked for again where somebody watches.
        _ if !req.info.verb.reads() && !is_watched(served) => {
            encode::object_once(&served.resource, object, wanted)
        }
        _ => encode::object(&served.resource, object, wanted),
    };
    Ok(bytes(code, wanted.format.media_type(), body))
}

fn is_watched(served: &Served) -> bool {
    (served.cacher.as_ref()).is_some_and(|cacher| cacher.is_watched())
}

/// A tree of some type that is no stored object (Scale, reviews, tokens) and
/// that upstream calls `go_name`; whole, or its metadata alone.
pub fn tree(
    req: &Req<'_>,
    wanted: Wanted,
    code: u16,
    (ty, go_name): (TypeId, &str),
    value: Value,
) -> Result<Response<Payload>> {
    if req.in_process {
        let object = SharedObject::from_value(value, ty, 0);
        return Ok(with_type(code, negotiate::JSON, Payload::Object(object)));
    }
    check_not_listed(wanted, || go_name.to_owned())?;
    let format = wanted.format;
    let body = match wanted.transform {
        Transform::Partial(version) => encode::partial_tree(&value, version, wanted),
        _ => encode::tree(&value, Some(ty), format, wanted.pretty),
    };
    Ok(bytes(code, format.media_type(), body))
}

/// Custom resources have no protobuf: only their metadata can be told in it.
pub fn check_form(wanted: Wanted, served: &Served) -> Result<()> {
    if served.resource.custom.is_some()
        && wanted.format == Format::Protobuf
        && wanted.transform == Transform::None
    {
        return Err(Error::simple(
            406,
            "NotAcceptable",
            "object *unstructured.Unstructured does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message",
        ));
    }
    Ok(())
}

/// A page of a list.
pub fn list(
    req: &Req<'_>,
    served: &Served,
    wanted: Wanted,
    page: Page,
) -> Result<Response<Payload>> {
    if req.in_process {
        let list = SharedList {
            resource_version: page.revision.to_string(),
            continue_token: Some(page.continue_token).filter(|t| !t.is_empty()),
            remaining: page.remaining,
            items: page.items,
        };
        return Ok(with_type(200, negotiate::JSON, Payload::List(list)));
    }
    check_form(wanted, served)?;
    check_many(wanted, served)?;
    let options = match wanted.transform {
        Transform::Table(_) => table::Options::read(req.query)?.at(req.server.now()),
        _ => table::Options::default(),
    };
    let shown = encode::List {
        items: page.items,
        resource_version: page.revision,
        continue_token: &page.continue_token,
        remaining: page.remaining,
    };
    let pieces = encode::list(&served.resource, shown, wanted, options);
    Ok(joined(req, wanted.format, pieces))
}

/// A page of objects in the served version.
#[derive(Default)]
pub struct Page {
    /// The objects.
    pub items: Vec<SharedObject>,
    /// The list's resource version.
    pub revision: u64,
    /// Token of the next page, or empty.
    pub continue_token: String,
    /// How many are left after this page, if known.
    pub remaining: Option<i64>,
}

fn joined(req: &Req<'_>, format: Format, mut pieces: Pieces) -> Response<Payload> {
    let media_type = format.media_type();
    // What is short is sent whole, with its length.
    let mut first = Vec::new();
    let mut total = 0;
    let mut more = true;
    while total <= JOINED_LEN_MAX {
        let Some(piece) = pieces.next() else {
            more = false;
            break;
        };
        total += piece.len();
        first.push(piece);
    }
    // Upstream does not look at weights here.
    let gzip = total >= GZIP_LEN_MIN && takes_gzip(req.headers);
    let pieces = first.into_iter().chain(pieces);
    if gzip {
        let mut response = match gzipped(pieces) {
            Some(packed) => bytes(200, media_type, packed),
            None => {
                return error(
                    Error::internal_error("the list cannot be compressed"),
                    req.headers,
                    req.query,
                    false,
                );
            }
        };
        is_gzipped(&mut response);
        varies_by_encoding(&mut response);
        return response;
    }
    if !more {
        return bytes(200, media_type, pieces.collect::<Vec<_>>().concat());
    }
    let stream = futures::stream::iter(pieces.map(Ok)).boxed();
    with_type(200, media_type, Payload::Stream(stream))
}

/// Whether answers may be compressed, as upstream reads it: a coding with a weight is none
/// that it knows.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter();
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim() == "gzip")
}

/// How much gzip is wanted; `None` when it is not spoken of.
pub fn gzip_weight(headers: &HeaderMap) -> Option<f32> {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .find_map(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            if parts.next() != Some("gzip") {
                return None;
            }
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            Some(weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
        })
}

/// Whether gzip is wanted more than plain text, as Prometheus' handler weighs
/// them: plain text comes first, and is not meant where it is not named.
fn prefers_gzip(headers: &HeaderMap) -> bool {
    let weight = |coding: &str| {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter();
        let named = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|spec| {
                let (name, rest) = spec.split_once(';').unwrap_or((spec, "q=1"));
                let weight: f32 = rest.trim().strip_prefix("q=")?.parse().ok()?;
                ["*", coding].contains(&name.trim()).then_some(weight)
            });
        named.fold(None, |most: Option<f32>, weight| {
            Some(most.map_or(weight, |most| most.max(weight)))
        })
    };
    match (weight("gzip"), weight("identity")) {
        (Some(gzip), Some(plain)) => gzip > plain,
        (Some(gzip), None) => gzip > 0.0,
        (None, _) => false,
    }
}

/// Tells that a body is compressed.
pub fn is_gzipped(response: &mut Response<Payload>) {
    let gzip = HeaderValue::from_static("gzip");
    response
        .headers_mut()
        .insert(header::CONTENT_ENCODING, gzip);
}

/// Tells caches that a body comes compressed to some.
pub fn varies_by_encoding(response: &mut Response<Payload>) {
    let name = HeaderValue::from_static("Accept-Encoding");
    response.headers_mut().append(header::VARY, name);
}

/// Pieces as one, compressed.
pub fn gzipped(pieces: impl Iterator<Item = Bytes>) -> Option<Vec<u8>> {
    use std::io::Write as _;
    let mut encoder =
        flate2::write::GzEncoder::new(Vec::with_capacity(64 * 1024), flate2::Compression::fast());
    for piece in pieces {
        encoder.write_all(&piece).ok()?;
    }
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_compressed_for_who_names_gzip_alone() {
        for (accepted, expect) in [
            ("gzip", true),
            ("br, gzip", true),
            ("gzip;q=0", false),
            ("br, gzip;q=0.5", false),
            ("identity", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            assert_eq!(takes_gzip(&headers), expect, "{accepted}");
        }
    }

    #[test]
    fn metrics_are_compressed_for_who_prefers_it() {
        let check = |accepted: &str, expect: bool| {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_str(accepted).expect("a header");
            headers.insert(header::ACCEPT_ENCODING, value);
            let response = metrics(&headers, "up 1\n".to_owned());
            let coding = response.headers().get(header::CONTENT_ENCODING);
            assert_eq!(coding.is_some_and(|c| c == "gzip"), expect, "{accepted}");
            let started = &response.headers()["process-start-time-unix"];
            let started: i64 = started.to_str().unwrap().parse().unwrap();
            assert!(started > 1_000_000_000, "{started}");
            let Payload::Bytes(body) = response.into_body() else {
                panic!("metrics are bytes");
            };
            let is_plain = &body[..] == b"up 1\n";
            let is_packed = body.starts_with(&[0x1f, 0x8b]);
            assert_eq!((is_plain, is_packed), (!expect, expect), "{accepted}");
        };
        check("", false);
        check("gzip", true);
        check("deflate, gzip;q=0.5", true);
        check("gzip;q=0", false);
        check("gzip;q=x", false);
        check("br", false);
        // Plain text is offered first.
        check("*", false);
        check("gzip, identity", false);
        check("gzip, identity;q=0.5", true);
        check("gzip, *;q=0.1", true);
    }
}
