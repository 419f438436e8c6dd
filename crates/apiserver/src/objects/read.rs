//! Reading objects: one, or a page of many.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use skeg_meta::{SharedObject, StatusCause, StatusDetails};
use skeg_schema::{decode_json_any, json};
use skeg_store::{Key, KeyRange, KeyValue, LATEST, RangeOptions, Revision};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::ApiServer;
use crate::cache::{Filter, unread};
use crate::decode::form_of;
use crate::error::{Error, Result};
use crate::go;
use crate::options::{ListOptions, Match};
use crate::reply::Page;
use crate::served::Served;

/// Base64 for URLs; like Go's decoder it does not mind bits left over.
const URL_SAFE_NO_PAD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    NO_PAD.with_decode_allow_trailing_bits(true),
);

/// What encrypted values begin with.
const ENCRYPTED: &[u8] = b"k8s:enc:";
/// Objects that cannot be read of which a list tells.
const UNREADABLE_TOLD_MAX: usize = 100;
/// Keys that are read at once when a filter leaves most of them out.
const CHUNK_LEN: usize = 500;

/// The stored object under a key, as of now. One that cannot be read is an error.
pub(crate) async fn get_by_key(
    server: &ApiServer,
    served: &Served,
    key: &str,
) -> Result<Option<SharedObject>> {
    let found = stored(server, key).await?;
    found.map(|kv| decoded(served, key, &kv)).transpose()
}

/// What is stored under a key, as of now. What cannot be decrypted is an error.
pub(super) async fn stored(server: &ApiServer, key: &str) -> Result<Option<Arc<KeyValue>>> {
    let found = server.inner.store.get(key.as_bytes(), LATEST).await;
    found.map_err(|error| match error {
        skeg_store::Error::Encryption { reason, .. } => {
            Error::internal_error(corrupt_words(plain_key(key), &untransformable(&reason)))
        }
        error => Error::from_store(error),
    })
}

/// The object that is stored so.
pub(super) fn decoded(served: &Served, key: &str, kv: &KeyValue) -> Result<SharedObject> {
    let object = match &served.cacher {
        Some(cacher) => cacher.object_of(kv),
        None => served.decode_stored(kv.value.clone(), kv.mod_revision),
    };
    let words = || corrupt_words(plain_key(key), &undecodable(kv));
    object.ok_or_else(|| Error::internal_error(words()))
}

/// Upstream knows of what it keeps all below its own prefix.
pub(super) fn plain_key(key: &str) -> &str {
    key.strip_prefix("/registry").unwrap_or(key)
}

/// There is something under the key that is not what it should be.
fn corrupt_words(key: &str, why: &str) -> String {
    format!(
        "StorageError: corrupt object, Code: 7, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: {why}"
    )
}

fn untransformable(reason: &str) -> String {
    format!("data from the storage is not transformable revision=0: {reason}")
}

fn undecodable(kv: &KeyValue) -> String {
    if kv.value.starts_with(ENCRYPTED) {
        return untransformable("identity transformer tried to read encrypted data");
    }
    let revision = kv.mod_revision;
    format!("object not decodable revision={revision}: the stored bytes are no such object")
}

/// 500 of a list: what of a range cannot be read.
async fn unreadable(
    server: &ApiServer,
    served: &Served,
    range: &KeyRange,
    options: RangeOptions,
) -> Error {
    let found = match unread::read(&*server.inner.store, range, options).await {
        Ok(found) => found,
        Err(error) => return Error::from_store(error),
    };
    let sealed = found.sealed.iter();
    let mut broken: BTreeMap<&Key, String> = sealed
        .map(|(key, reason)| (key, untransformable(reason)))
        .collect();
    for kv in &found.kvs {
        if decoded(served, "", kv).is_err() {
            broken.insert(&kv.key, undecodable(kv));
        }
    }
    let more = broken.len() > UNREADABLE_TOLD_MAX;
    let others = broken.len().min(UNREADABLE_TOLD_MAX).saturating_sub(1);
    let mut causes: Vec<StatusCause> = broken
        .into_iter()
        .take(UNREADABLE_TOLD_MAX)
        .map(|(key, why)| {
            // As the store has it, which others look into as well.
            let key = String::from_utf8_lossy(key);
            let key = format!("{}{}", server.inner.options.storage_prefix, plain_key(&key));
            StatusCause {
                reason: "UnexpectedServerResponse".to_owned(),
                message: corrupt_words(&key, &why),
                field: key,
            }
        })
        .collect();
    if more {
        causes.push(StatusCause {
            reason: "FieldValueTooMany".to_owned(),
            message: "too many errors, the list is truncated".to_owned(),
            ..Default::default()
        });
    }
    let (group, resource) = served.group_resource();
    let dot = if group.is_empty() { "" } else { "." };
    let mut message = format!("failed to read one or more {resource}{dot}{group} from the storage");
    // Clients often show the message alone.
    if let Some(first) = causes.first() {
        let _ = write!(message, ": {}", first.message);
        if others > 0 {
            let _ = write!(message, " (and {others} more)");
        }
    }
    let mut error = Error::simple(500, "StorageReadError", message);
    if let Error::Status(status) = &mut error {
        status.details = Some(StatusDetails {
            name: "list".to_owned(),
            group: group.to_owned(),
            kind: resource.to_owned(),
            causes,
            ..Default::default()
        });
    }
    error
}

/// A resource version as text; in Go's words when it is none.
pub(crate) fn parse_revision(text: &str) -> Result<Revision, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    let reason = match (plain, text.parse::<u64>()) {
        (true, Ok(number)) => return Ok(number),
        (true, Err(_)) => "value out of range",
        _ => "invalid syntax",
    };
    Err(format!(
        "resourceVersion: Invalid value: {}: strconv.ParseUint: parsing {}: {reason}",
        go::quote(text),
        go::quote(text)
    ))
}

/// 504: the version has not happened yet.
pub(crate) fn too_large(requested: Revision, current: Revision) -> Error {
    let mut error = Error::simple(
        504,
        "Timeout",
        format!("Timeout: Too large resource version: {requested}, current: {current}"),
    );
    if let Error::Status(status) = &mut error {
        status.details = Some(StatusDetails {
            causes: vec![StatusCause {
                reason: "ResourceVersionTooLarge".to_owned(),
                message: "Too large resource version".to_owned(),
                ..Default::default()
            }],
            retry_after_seconds: 1,
            ..Default::default()
        });
    }
    error
}

/// One object as a GET shows it.
pub(crate) async fn get(
    server: &ApiServer,
    served: &Served,
    namespace: &str,
    name: &str,
    resource_version: &str,
) -> Result<SharedObject> {
    super::check_name(name)?;
    let revision = parse_revision(resource_version).map_err(Error::internal)?;
    if revision > 0 {
        wait_for(server, served, revision).await?;
    }
    let (group, resource) = served.group_resource();
    let key = served.key_of(namespace, name);
    match get_by_key(server, served, &key).await? {
        Some(object) => served.viewed(server, &object).await.map_err(|error| {
            let (revision, why) = (object.revision(), error.into_status().message);
            let why = format!("object not decodable revision={revision}: {why}");
            Error::internal_error(corrupt_words(plain_key(&key), &why))
        }),
        None => Err(Error::not_found(group, resource, name)),
    }
}

/// Waits until the server has reached a revision.
async fn wait_for(server: &ApiServer, served: &Served, revision: Revision) -> Result<()> {
    let current = server
        .inner
        .store
        .current_revision()
        .await
        .map_err(Error::from_store)?;
    if revision <= current {
        return Ok(());
    }
    let reached = match &served.cacher {
        Some(cacher) => cacher.wait_for(revision).await,
        None => false,
    };
    if reached {
        Ok(())
    } else {
        Err(too_large(revision, current))
    }
}

/// Where a list goes on.
struct Continue {
    start: String,
    revision: i64,
}

const TOKEN_VERSION: &str = "meta.k8s.io/v1";

/// A token goes on below the scope that was asked for, so that it leads nowhere else.
fn encode_continue(key: &str, scope: &str, revision: Revision) -> String {
    let next = format!("{}\0", key.strip_prefix(scope).unwrap_or(key));
    let token = json!({"v": TOKEN_VERSION, "rv": revision as i64, "start": next});
    URL_SAFE_NO_PAD.encode(token.to_string())
}

fn decode_continue(token: &str) -> Result<Continue> {
    let invalid = |why: String| {
        Error::bad_request(format!(
            "invalid continue token: continue key is not valid: {why}"
        ))
    };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|e| {
        let at = match e {
            base64::DecodeError::InvalidByte(at, _)
            | base64::DecodeError::InvalidLastSymbol(at, _) => at,
            _ => token.len() / 4 * 4,
        };
        invalid(format!("illegal base64 data at input byte {at}"))
    })?;
    let tree = decode_json_any(&bytes).map_err(|e| invalid(e.to_string()))?;
    if let Some(form) = form_of(&tree).filter(|_| !tree.is_object()) {
        return Err(invalid(format!(
            "json: cannot unmarshal {form} into Go value of type storage.continueToken"
        )));
    }
    let version = tree["v"].as_str().unwrap_or_default();
    if version != TOKEN_VERSION {
        return Err(invalid(format!(
            "server does not recognize this encoded version {version}"
        )));
    }
    let revision = tree["rv"].as_i64().unwrap_or(0);
    if revision == 0 {
        return Err(invalid(
            "incorrect encoded start resourceVersion (version meta.k8s.io/v1)".to_owned(),
        ));
    }
    let start = tree["start"].as_str().unwrap_or_default();
    if start.is_empty() {
        return Err(invalid(
            "encoded start key empty (version meta.k8s.io/v1)".to_owned(),
        ));
    }
    // A token is the client's: it may not climb out of the resource.
    if start.split('/').any(|part| part == "..") || start.starts_with('/') {
        return Err(invalid(start.to_owned()));
    }
    Ok(Continue {
        start: start.to_owned(),
        revision,
    })
}

fn expired(inconsistent: Option<String>) -> Error {
    let message = match inconsistent {
        Some(_) => {
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list."
        }
        None => "The resourceVersion for the provided list is too old.",
    };
    let mut error = Error::simple(410, "Expired", message);
    if let (Error::Status(status), Some(token)) = (&mut error, inconsistent) {
        status.metadata.continue_ = token;
    }
    error
}

/// A page of a list.
pub(crate) async fn list(
    server: &ApiServer,
    served: &Served,
    filter: &Filter,
    options: &ListOptions,
) -> Result<Page> {
    if served.converted_by_webhook().is_some() {
        let mut stored = filter.clone();
        if let Some(shown) = stored.take_converted() {
            return list_shown(server, served, (&stored, &shown), options).await;
        }
    }
    let mut page = list_stored(server, served, filter, options).await?;
    page.items = served.viewed_all(server, page.items).await?;
    Ok(page)
}

/// A page of objects that are selected by what a webhook makes of them: two
/// filters, for what is stored and for what is shown. Reads on until the page is
/// full.
async fn list_shown(
    server: &ApiServer,
    served: &Served,
    (stored, shown): (&Filter, &Filter),
    options: &ListOptions,
) -> Result<Page> {
    let limit = usize::try_from(options.limit).unwrap_or(0);
    let mut next = options.clone();
    let mut page = Page::default();
    loop {
        let mut read = list_stored(server, served, stored, &next).await?;
        read.items = served.viewed_all(server, read.items).await?;
        read.items.retain(|object| shown.matches(object));
        if page.revision == 0 {
            page.revision = read.revision;
        }
        page.items.append(&mut read.items);
        let missing = limit.saturating_sub(page.items.len());
        if read.continue_token.is_empty() || missing == 0 {
            page.continue_token = read.continue_token;
            return Ok(page);
        }
        next.resource_version.clear();
        next.version_match = None;
        next.continue_token = read.continue_token;
        next.limit = i64::try_from(missing).unwrap_or(i64::MAX);
    }
}

/// The same, its objects as they are stored.
async fn list_stored(
    server: &ApiServer,
    served: &Served,
    filter: &Filter,
    options: &ListOptions,
) -> Result<Page> {
    let scope = served.prefix_of(filter.namespace.as_deref().unwrap_or_default());
    let mut at: Revision = LATEST;
    let mut start = None;
    let continued = !options.continue_token.is_empty();
    if continued {
        let token = decode_continue(&options.continue_token)?;
        if !matches!(options.resource_version.as_str(), "" | "0") {
            return Err(Error::bad_request(
                "specifying resource version is not allowed when using continue",
            ));
        }
        start = Some(format!("{scope}{}", token.start));
        if token.revision > 0 {
            at = token.revision as Revision;
        }
    } else {
        let wanted = parse_revision(&options.resource_version)
            .map_err(|e| Error::bad_request(format!("invalid resource version: {e}")))?;
        if wanted > 0 {
            wait_for(server, served, wanted).await?;
            // A page of a version is a page of that version, unless it is said
            // that a newer one will do.
            let exact = match options.version_match {
                Some(how) => how == Match::Exact,
                None => options.limit > 0,
            };
            if exact {
                at = wanted;
            }
        } else if options.resource_version == "0"
            && let Some(cacher) = &served.cacher
            && !cacher.has_unread(&narrowed(served, filter, &scope))
        {
            let (mut items, revision) = cacher.list(&scope);
            let fetched = items.len();
            if !filter.selects_all() {
                items.retain(|object| filter.matches(object));
            }
            cacher.stats().lists.count(fetched, 0, items.len());
            return Ok(Page {
                items,
                revision,
                ..Page::default()
            });
        }
    }
    // Who does not mind how old an answer is gets it from the cache, whole.
    let limit = match &*options.resource_version {
        "0" => 0,
        _ => usize::try_from(options.limit).unwrap_or(0),
    };
    if at == LATEST
        && start.is_none()
        && let Some(page) = from_cache(served, filter, &scope, limit).await
    {
        return Ok(page);
    }
    let range = narrowed(served, filter, &scope);
    let range = match start {
        Some(start) => KeyRange {
            start: start.as_str().into(),
            end: range.end,
        },
        None => range,
    };
    let mut evaluated = 0;
    let page = read_page(
        server,
        served,
        filter,
        &scope,
        range,
        limit,
        at,
        continued,
        &mut evaluated,
    );
    let page = page.await;
    if let Some(cacher) = &served.cacher {
        let returned = page.as_ref().map_or(0, |page| page.items.len());
        let lists = &cacher.stats().stored_lists;
        lists.count(evaluated, evaluated, returned);
    }
    page
}

/// The first page of what there is now, if the cache has caught up with the
/// store.
async fn from_cache(served: &Served, filter: &Filter, scope: &str, limit: usize) -> Option<Page> {
    let cacher = served.cacher.as_ref()?;
    if !cacher.catch_up().await || cacher.has_unread(&narrowed(served, filter, scope)) {
        return None;
    }
    if filter.exact_name().is_some() {
        let range = narrowed(served, filter, scope);
        let key = range.start.as_str()?;
        if range.end.as_ref() == KeyRange::one(key).end.as_ref() {
            let (object, revision) = cacher.get_now(key);
            let fetched = usize::from(object.is_some());
            let items = object.filter(|object| filter.matches(object));
            let items: Vec<SharedObject> = items.into_iter().collect();
            cacher.stats().lists.count(fetched, 0, items.len());
            return Some(Page {
                items,
                revision,
                ..Page::default()
            });
        }
    }
    let selected = cacher.select(scope, filter, limit);
    let lists = &cacher.stats().lists;
    lists.count(selected.seen, 0, selected.items.len());
    let mut page = Page {
        items: selected.items,
        revision: selected.revision,
        ..Page::default()
    };
    if selected.rest > 0 {
        let last = selected.last.as_ref()?.as_str()?;
        page.continue_token = encode_continue(last, scope, selected.revision);
        page.remaining = filter
            .selects_all()
            .then(|| i64::try_from(selected.rest).unwrap_or(i64::MAX));
    }
    Some(page)
}

/// The keys that can pass the filter.
fn narrowed(served: &Served, filter: &Filter, scope: &str) -> KeyRange {
    if let Some(name) = filter.exact_name() {
        let namespaced = served.resource.desc.namespaced;
        if !namespaced {
            return KeyRange::one(served.key_of("", name));
        }
        if let Some(namespace) = &filter.namespace {
            return KeyRange::one(served.key_of(namespace, name));
        }
    }
    KeyRange::prefix(scope)
}

async fn read_page(
    server: &ApiServer,
    served: &Served,
    filter: &Filter,
    scope: &str,
    mut range: KeyRange,
    limit: usize,
    mut at: Revision,
    continued: bool,
    evaluated: &mut usize,
) -> Result<Page> {
    let store = &server.inner.store;
    let plain = filter.selects_all();
    let mut items = Vec::new();
    loop {
        let chunk = match (limit, plain) {
            (0, _) => 0,
            (limit, true) => limit,
            (limit, false) => limit.max(CHUNK_LEN),
        };
        let options = RangeOptions {
            limit: chunk,
            revision: at,
        };
        let found = match store.range(&range, options.clone()).await {
            Ok(found) => found,
            Err(skeg_store::Error::Encryption { .. }) => {
                return Err(unreadable(server, served, &range, options).await);
            }
            Err(skeg_store::Error::Compacted { .. }) => {
                let again = if continued {
                    let start = range.start.as_str().unwrap_or_default();
                    let start = start.strip_prefix(scope).unwrap_or(start);
                    let token = json!({"v": TOKEN_VERSION, "rv": -1, "start": start});
                    Some(URL_SAFE_NO_PAD.encode(token.to_string()))
                } else {
                    None
                };
                return Err(expired(again));
            }
            Err(skeg_store::Error::FutureRevision { requested, current }) => {
                return Err(too_large(requested, current));
            }
            Err(error) => return Err(Error::from_store(error)),
        };
        at = found.revision;
        *evaluated += found.kvs.len();
        let objects = match &served.cacher {
            Some(cacher) => cacher.objects_of(&found.kvs),
            None => Vec::new(),
        };
        if objects.iter().any(Option::is_none) {
            let options = RangeOptions {
                revision: at,
                ..options
            };
            return Err(unreadable(server, served, &range, options).await);
        }
        let last_read = found.kvs.last().map(|kv| kv.key.clone());
        let mut last_taken = None;
        for (object, kv) in objects.into_iter().zip(&found.kvs) {
            if let Some(object) = object
                && (plain || filter.matches(&object))
            {
                items.push(object);
            }
            last_taken = Some(kv.key.clone());
            if limit > 0 && items.len() == limit {
                break;
            }
        }
        let full = limit > 0 && items.len() >= limit;
        let Some(last) = (if full { last_taken.clone() } else { last_read }) else {
            return Ok(Page {
                items,
                revision: at,
                ..Page::default()
            });
        };
        let read_on =
            found.more() || (full && last_taken != found.kvs.last().map(|kv| kv.key.clone()));
        if !read_on {
            return Ok(Page {
                items,
                revision: at,
                ..Page::default()
            });
        }
        if full {
            let key = last.as_str().unwrap_or_default();
            let remaining = plain.then(|| i64::try_from(found.remaining()).unwrap_or(i64::MAX));
            return Ok(Page {
                items,
                revision: at,
                continue_token: encode_continue(key, scope, at),
                remaining,
            });
        }
        range = range.after(&last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_round_trip() {
        let token = encode_continue("/registry/pods/ns/a", "/registry/pods/", 7);
        let back = decode_continue(&token).expect("own token");
        assert_eq!((back.start.as_str(), back.revision), ("ns/a\0", 7));
    }

    #[test]
    fn foreign_tokens_are_refused() {
        let check = |token: &str, expect: &str| {
            let got = decode_continue(token)
                .err()
                .map(|e| e.to_string())
                .unwrap_or_default();
            assert_eq!(
                got,
                format!("invalid continue token: continue key is not valid: {expect}")
            );
        };
        check("==", "illegal base64 data at input byte 0");
        check(
            "W10",
            "json: cannot unmarshal array into Go value of type storage.continueToken",
        );
        check(
            "eyJ2IjoiYSJ9",
            "server does not recognize this encoded version a",
        );
        check(
            "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi9hIn0",
            "../a",
        );
    }

    #[test]
    fn versions() {
        assert_eq!(parse_revision("12"), Ok(12));
        assert_eq!(
            parse_revision("abc"),
            Err("resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax".to_owned())
        );
    }
}
