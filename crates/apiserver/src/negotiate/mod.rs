//! Content negotiation: in which form the client sends and wants to have
//! objects. A first check, by whole media types, is upstream's router's; a
//! second one looks at parameters (`as=Table`, `stream=watch`).

pub mod encode;
mod pieces;

use http::HeaderMap;

use crate::call::Req;
use crate::error::{Error, Result};
use crate::query::Query;
use crate::served::Served;

/// JSON.
pub const JSON: &str = "application/json";
/// YAML.
pub const YAML: &str = "application/yaml";
/// Protobuf in Kubernetes' envelope.
pub const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

const MEDIA_TYPES: [&str; 3] = [JSON, YAML, PROTOBUF];
const LISTED: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
const LISTED_WITH_STREAMS: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

/// A serialization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// Protobuf in its envelope.
    Protobuf,
}

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => JSON,
            Format::Yaml => YAML,
            Format::Protobuf => PROTOBUF,
        }
    }
}

/// What the object is turned into before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transform {
    /// As it is.
    None,
    /// Columns and cells; the version of `meta.k8s.io`.
    Table(MetaVersion),
    /// Only metadata of one object.
    Partial(MetaVersion),
    /// Only metadata of a list.
    PartialList(MetaVersion),
}

/// Versions of `meta.k8s.io` with tables and partial objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetaVersion {
    /// v1
    V1,
    /// v1beta1
    V1Beta1,
}

impl MetaVersion {
    /// apiVersion.
    pub fn api_version(self) -> &'static str {
        match self {
            MetaVersion::V1 => "meta.k8s.io/v1",
            MetaVersion::V1Beta1 => "meta.k8s.io/v1beta1",
        }
    }
}

/// How an answer is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Serialization.
    pub format: Format,
    /// Transformation.
    pub transform: Transform,
    /// Indented JSON.
    pub pretty: bool,
}

impl Wanted {
    /// Plain JSON.
    pub const JSON: Wanted = Wanted {
        format: Format::Json,
        transform: Transform::None,
        pretty: false,
    };
}

struct Clause<'a> {
    kind: &'a str,
    params: Vec<(&'a str, &'a str)>,
    quality: f32,
}

/// So many clauses Go puts in order one by one; of more the order that it comes to
/// cannot be told, and one by one would take too long.
const SORTED_BY_INSERTION: usize = 12;

/// The clauses of an Accept header in the order in which upstream tries them
/// (github.com/munnerz/goautoneg): what it cannot read is passed over.
fn clauses(header: &str) -> Vec<Clause<'_>> {
    let mut out: Vec<Clause<'_>> = header.split(',').filter_map(clause).collect();
    if out.len() > SORTED_BY_INSERTION {
        let stars = |kind: &str| kind.matches('*').count();
        out.sort_by(|a, b| {
            let by_quality = b.quality.total_cmp(&a.quality);
            by_quality.then_with(|| stars(a.kind).cmp(&stars(b.kind)))
        });
        return out;
    }
    // Its order is none: of two clauses each may go before the other. So it is sorted as there.
    for at in 1..out.len() {
        let mut here = at;
        while here > 0 && goes_before(&out[here], &out[here - 1]) {
            out.swap(here, here - 1);
            here -= 1;
        }
    }
    out
}

fn clause(part: &str) -> Option<Clause<'_>> {
    let mut pieces = part.split(';').map(str::trim);
    let kind = match pieces.next()? {
        "*" => "*/*",
        kind => kind,
    };
    let (_, subtype) = kind.split_once('/')?;
    if subtype.is_empty() || subtype.contains('/') {
        return None;
    }
    let mut clause = Clause {
        kind,
        params: Vec::new(),
        quality: 1.0,
    };
    for piece in pieces {
        let Some((key, value)) = piece.split_once('=') else {
            continue;
        };
        if value.is_empty() || value.contains('=') {
            continue;
        }
        match key.trim() {
            "q" => clause.quality = value.parse().unwrap_or(0.0),
            key => clause.params.push((key, value.trim())),
        }
    }
    Some(clause)
}

fn goes_before(a: &Clause<'_>, b: &Clause<'_>) -> bool {
    let any_type = |clause: &Clause<'_>| clause.kind.starts_with("*/");
    let any_subtype = |clause: &Clause<'_>| clause.kind.ends_with("/*");
    a.quality > b.quality || (!any_type(a) && any_type(b)) || (!any_subtype(a) && any_subtype(b))
}

fn accept_header(headers: &HeaderMap) -> &str {
    headers
        .get(http::header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
}

/// The first of a document's media types that is accepted, as kube-openapi chooses:
/// by the client's order, and of what a wildcard takes the first.
pub fn first_accepted<'a>(headers: &HeaderMap, known: &[&'a str]) -> Option<&'a str> {
    let all = headers.get_all(http::header::ACCEPT).iter();
    let texts: Vec<&str> = all.filter_map(|value| value.to_str().ok()).collect();
    let accept = texts.join(",");
    let accept = if accept.is_empty() { "*/*" } else { &accept };
    let fits = |wanted: &str, part: &str| wanted == "*" || wanted == part;
    clauses(accept).into_iter().find_map(|clause| {
        let (kind, subtype) = clause.kind.split_once('/')?;
        known.iter().copied().find(|known| {
            let parts = known.split_once('/');
            parts.is_some_and(|(of, sub)| fits(kind, of) && fits(subtype, sub))
        })
    })
}

/// The router's check: one of the media types, or anything, is accepted.
pub fn check_accept(headers: &HeaderMap, collection: bool) -> Result<()> {
    let listed = if collection {
        LISTED_WITH_STREAMS
    } else {
        LISTED
    };
    check_accept_of(headers, &MEDIA_TYPES, listed)
}

/// The router's check of a document that has all three forms.
pub fn check_document_accept(headers: &HeaderMap) -> Result<()> {
    check_accept_of(headers, &MEDIA_TYPES, LISTED)
}

/// The router's check where there is but JSON.
pub fn check_json_accept(headers: &HeaderMap) -> Result<()> {
    check_accept_of(headers, &[JSON], JSON)
}

fn check_accept_of(headers: &HeaderMap, known: &[&str], listed: &str) -> Result<()> {
    let header = accept_header(headers);
    let fine = header.trim().is_empty()
        || header.split(',').any(|part| {
            let kind = part.split(';').next().unwrap_or_default().trim();
            kind == "*/*" || known.contains(&kind)
        });
    if fine {
        return Ok(());
    }
    Err(Error::router(
        406,
        "NotAcceptable",
        format!("406: Not Acceptable\n\nAvailable representations: {listed}"),
    ))
}

/// Chooses how to answer.
pub fn negotiate(headers: &HeaderMap, query: &Query) -> Result<Wanted> {
    choose(headers, query, Answers::Any)
}

/// The same for answers that cannot be shown as tables, such as reviews.
pub fn negotiate_without_tables(headers: &HeaderMap, query: &Query) -> Result<Wanted> {
    choose(headers, query, Answers::NoTable)
}

/// The same for objects of a kind: custom resources have no protobuf, so
/// whoever takes something else too gets that. A few subresources make no tables upstream.
pub fn for_kind(req: &Req<'_>, served: &Served) -> Result<Wanted> {
    let desc = served.resource.desc;
    let answers = match (desc.resource, &*req.info.subresource) {
        _ if served.resource.custom.is_some() => Answers::NoProtobuf,
        ("customresourcedefinitions" | "apiservices", "status")
        | ("pods", "ephemeralcontainers") => Answers::NoTable,
        _ => Answers::Any,
    };
    choose(req.headers, req.query, answers)
}

/// Which forms of an answer there are.
#[derive(Clone, Copy, PartialEq)]
enum Answers {
    Any,
    NoTable,
    NoProtobuf,
    /// As they are.
    Plain,
}

fn choose(headers: &HeaderMap, query: &Query, answers: Answers) -> Result<Wanted> {
    let header = accept_header(headers);
    let pretty = match query.get("pretty") {
        Some(text) => matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True"),
        None => {
            let agent = headers
                .get(http::header::USER_AGENT)
                .and_then(|v| v.to_str().ok())
                .unwrap_or("");
            ["curl", "Wget", "Mozilla/5.0"]
                .iter()
                .any(|p| agent.starts_with(p))
        }
    };
    if header.trim().is_empty() {
        return Ok(Wanted {
            pretty,
            ..Wanted::JSON
        });
    }
    for clause in clauses(header) {
        for format in [Format::Json, Format::Yaml, Format::Protobuf] {
            let matches = match clause.kind {
                "*/*" | "application/*" => true,
                kind => kind == format.media_type(),
            };
            if !matches {
                continue;
            }
            let Some(wanted) = accept(&clause, format, pretty) else {
                continue;
            };
            let plain = wanted.transform == Transform::None;
            let fits = match answers {
                Answers::Any => true,
                Answers::NoTable => !matches!(wanted.transform, Transform::Table(_)),
                Answers::NoProtobuf => !plain || format != Format::Protobuf,
                Answers::Plain => plain,
            };
            if !fits {
                continue;
            }
            return Ok(wanted);
        }
    }
    Err(not_acceptable(false))
}

/// No serializer for what is asked.
pub fn not_acceptable(watch: bool) -> Error {
    Error::simple(
        406,
        "NotAcceptable",
        format!(
            "only the following media types are accepted: {}",
            if watch {
                "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"
            } else {
                LISTED
            }
        ),
    )
}

fn accept(clause: &Clause<'_>, format: Format, pretty: bool) -> Option<Wanted> {
    let param = |key: &str| {
        clause
            .params
            .iter()
            .rev()
            .find(|(k, _)| *k == key)
            .map(|(_, v)| *v)
    };
    // Nothing streams YAML.
    let streams = |form: &str| form == "watch" && format != Format::Yaml;
    if param("stream").is_some_and(|form| !form.is_empty() && !streams(form)) {
        return None;
    }
    // There is but one version of what all groups share.
    if param("sv").is_some_and(|version| !version.is_empty() && version != "v1") {
        return None;
    }
    let pretty = match param("pretty") {
        Some(v) => v == "1",
        None => pretty,
    };
    let (kind, group, version) = (param("as"), param("g"), param("v"));
    let transform = if kind.is_none() && group.is_none() && version.is_none() {
        Transform::None
    } else {
        if group != Some("meta.k8s.io") {
            return None;
        }
        let version = match version {
            Some("v1") => MetaVersion::V1,
            Some("v1beta1") => MetaVersion::V1Beta1,
            _ => return None,
        };
        match kind {
            Some("Table") if format != Format::Protobuf => Transform::Table(version),
            Some("PartialObjectMetadata") => Transform::Partial(version),
            Some("PartialObjectMetadataList") => Transform::PartialList(version),
            _ => return None,
        }
    };
    Some(Wanted {
        format,
        transform,
        pretty,
    })
}

/// The format of an error, which cannot be transformed. `None`: nothing that
/// is accepted can be given.
pub fn for_error(headers: &HeaderMap, query: &Query) -> Option<Wanted> {
    choose(headers, query, Answers::Plain).ok()
}

/// The media type of a Content-Type, if that is well formed: each of its
/// parameters has a name of its own and a value.
fn media_type(header: &str) -> Option<String> {
    let token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b))
    };
    let (kind, mut rest) = header.split_once(';').unwrap_or((header, ""));
    let kind = kind.trim().to_ascii_lowercase();
    let (first, second) = kind.split_once('/').unwrap_or((&kind, "x"));
    if !token(first) || !token(second) {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    rest = rest.trim();
    while !rest.is_empty() {
        let (name, value) = rest.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        if !token(&name) || names.contains(&name) {
            return None;
        }
        names.push(name);
        let value = value.trim_start();
        rest = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?.1,
            None => {
                let end = value.find([';', ' ', '\t']).unwrap_or(value.len());
                if !token(&value[..end]) {
                    return None;
                }
                &value[end..]
            }
        };
        rest = rest.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(';')?.trim_start();
        }
    }
    Some(kind)
}

/// The format of a request's body.
pub fn body_format(headers: &HeaderMap) -> Result<Format> {
    let header = headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    match media_type(header).as_deref() {
        _ if header.is_empty() => Ok(Format::Json),
        Some(JSON) => Ok(Format::Json),
        Some(YAML) => Ok(Format::Yaml),
        Some(PROTOBUF) => Ok(Format::Protobuf),
        _ => Err(Error::simple(
            415,
            "UnsupportedMediaType",
            format!(
                "the body of the request was in an unknown format - accepted media types include: {LISTED}"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(accept: &str) -> HeaderMap {
        let mut h = HeaderMap::new();
        h.insert(
            http::header::ACCEPT,
            HeaderValue::from_str(accept).expect("header"),
        );
        h
    }

    #[test]
    fn some_answers_are_no_tables() {
        let q = Query::default();
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        let plain = negotiate_without_tables(&headers(&format!("{table}, application/json")), &q);
        assert_eq!(plain.expect("plain JSON").transform, Transform::None);
        assert!(negotiate_without_tables(&headers(table), &q).is_err());
    }

    #[test]
    fn formats_and_transforms() {
        let q = Query::default();
        let check = |accept: &str, expect: Option<(Format, Transform)>| {
            let h = headers(accept);
            let got = check_accept(&h, false)
                .and_then(|()| negotiate(&h, &q))
                .ok();
            assert_eq!(got.map(|w| (w.format, w.transform)), expect, "{accept}");
        };
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        check("", Some((Format::Json, Transform::None)));
        check("*/*", Some((Format::Json, Transform::None)));
        check("application/*", None);
        check(
            "text/html, */*;q=0.1",
            Some((Format::Json, Transform::None)),
        );
        check(
            "application/json;stream=watch",
            Some((Format::Json, Transform::None)),
        );
        check(
            "application/vnd.kubernetes.protobuf,application/json",
            Some((Format::Protobuf, Transform::None)),
        );
        check(
            table,
            Some((Format::Json, Transform::Table(MetaVersion::V1))),
        );
        check(
            &format!("{table},application/json"),
            Some((Format::Json, Transform::Table(MetaVersion::V1))),
        );
        check("application/json;as=Table", None);
        check(
            "application/json;as=Table;v=v9;g=meta.k8s.io,application/json",
            Some((Format::Json, Transform::None)),
        );
        check(
            "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io",
            None,
        );
        check("application/cbor", None);
        // Who names a type goes before who takes any, though it be wanted less.
        check(
            &format!("*/*,{table};q=0.5"),
            Some((Format::Json, Transform::Table(MetaVersion::V1))),
        );
        check(
            "*/*;q=x,application/yaml;q=0.5",
            Some((Format::Yaml, Transform::None)),
        );
        // Of many clauses each finds its place too.
        let many = "text/html,".repeat(5000);
        check(
            &format!("{many}*/*;q=0.1,application/yaml;q=0.5"),
            Some((Format::Yaml, Transform::None)),
        );
        check(
            "json,application/yaml;as=;g=x=y",
            Some((Format::Yaml, Transform::None)),
        );
        check("application/json;sv=v2", None);
        check(
            "application/json;sv=v1",
            Some((Format::Json, Transform::None)),
        );
    }

    #[test]
    fn media_types_of_bodies() {
        let check = |header: &'static str, expect: Option<Format>| {
            let mut h = HeaderMap::new();
            h.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(header));
            assert_eq!(body_format(&h).ok(), expect, "{header}");
        };
        check("", Some(Format::Json));
        check("application/JSON; charset=utf-8", Some(Format::Json));
        check("application/yaml;a=\"b c\";", Some(Format::Yaml));
        check("application/json;x", None);
        check("application/json;a=1;a=2", None);
        check("application/json,application/yaml", None);
        check(";", None);
    }

    #[test]
    fn errors_have_a_form_of_their_own() {
        let q = Query::default();
        let check = |accept: &str, expect: Option<Format>| {
            let got = for_error(&headers(accept), &q).map(|wanted| wanted.format);
            assert_eq!(got, expect, "{accept}");
        };
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        check(table, None);
        check(&format!("{table},application/yaml"), Some(Format::Yaml));
        check("text/html", None);
        check("*", Some(Format::Json));
    }

    #[test]
    fn pretty_for_people() {
        let mut h = HeaderMap::new();
        h.insert(http::header::USER_AGENT, HeaderValue::from_static("curl/8"));
        assert!(negotiate(&h, &Query::default()).expect("ok").pretty);
        assert!(
            !negotiate(&h, &Query::parse("pretty=false"))
                .expect("ok")
                .pretty
        );
        assert!(
            negotiate(&HeaderMap::new(), &Query::parse("pretty=true"))
                .expect("ok")
                .pretty
        );
    }
}
