//! The envelope of protobuf on the wire and in the store: four bytes of
//! signature, then `runtime.Unknown`.

use crate::codec::DecodeError;
use crate::codec::proto::{Reader, put_bytes};

/// The first bytes of every protobuf object.
pub const MAGIC: &[u8; 4] = b"k8s\0";

/// What an envelope holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown<'a> {
    /// `v1`, `apps/v1`.
    pub api_version: &'a str,
    /// The kind.
    pub kind: &'a str,
    /// The object, encoded.
    pub raw: &'a [u8],
    /// How `raw` is encoded; empty for protobuf.
    pub content_type: &'a str,
    /// How `raw` is compressed; empty for not at all.
    pub content_encoding: &'a str,
}

/// Whether bytes begin as an envelope does.
#[must_use]
pub fn is_enveloped(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Puts an encoded object into an envelope.
#[must_use]
pub fn wrap(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
    let mut type_meta = Vec::with_capacity(api_version.len() + kind.len() + 4);
    put_bytes(1, api_version.as_bytes(), &mut type_meta);
    put_bytes(2, kind.as_bytes(), &mut type_meta);
    let mut out = Vec::with_capacity(raw.len() + type_meta.len() + 20);
    out.extend_from_slice(MAGIC);
    put_bytes(1, &type_meta, &mut out);
    put_bytes(2, raw, &mut out);
    put_bytes(3, b"", &mut out);
    put_bytes(4, b"", &mut out);
    out
}

/// Opens an envelope.
///
/// # Errors
/// The bytes are not an envelope.
pub fn unwrap(bytes: &[u8]) -> Result<Unknown<'_>, DecodeError> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(DecodeError::Protobuf(
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]".to_owned(),
        ));
    };
    let mut unknown = Unknown::default();
    let mut reader = Reader::new(rest);
    while let Some((number, wire)) = reader.tag()? {
        match number {
            1 => {
                let mut inner = Reader::new(reader.bytes(wire)?);
                while let Some((number, wire)) = inner.tag()? {
                    match number {
                        1 => unknown.api_version = text(inner.bytes(wire)?)?,
                        2 => unknown.kind = text(inner.bytes(wire)?)?,
                        _ => inner.skip(wire)?,
                    }
                }
            }
            2 => unknown.raw = reader.bytes(wire)?,
            3 => unknown.content_encoding = text(reader.bytes(wire)?)?,
            4 => unknown.content_type = text(reader.bytes(wire)?)?,
            _ => reader.skip(wire)?,
        }
    }
    Ok(unknown)
}

/// The part of an object's metadata by which objects are found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its namespace; empty where it has none.
    pub namespace: String,
    /// Its UID.
    pub uid: String,
    /// Its resource version.
    pub resource_version: String,
    /// Its labels.
    pub labels: std::collections::BTreeMap<String, String>,
}

/// Reads an [`Index`] from an encoded object of a type, without an envelope and
/// without decoding the rest.
///
/// # Errors
/// The bytes are not a message.
pub fn index(raw: &[u8], ty: crate::TypeId) -> Result<Index, DecodeError> {
    let mut index = Index::default();
    let Some(metadata) = ty.desc().field("metadata") else {
        return Ok(index);
    };
    let owned = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut reader = Reader::new(raw);
    while let Some((number, wire)) = reader.tag()? {
        if number != metadata.number {
            reader.skip(wire)?;
            continue;
        }
        let mut inner = Reader::new(reader.bytes(wire)?);
        // The numbers of `ObjectMeta`.
        while let Some((number, wire)) = inner.tag()? {
            match number {
                1 => index.name = owned(inner.bytes(wire)?),
                3 => index.namespace = owned(inner.bytes(wire)?),
                5 => index.uid = owned(inner.bytes(wire)?),
                6 => index.resource_version = owned(inner.bytes(wire)?),
                11 => {
                    let mut entry = Reader::new(inner.bytes(wire)?);
                    let (mut key, mut value) = (String::new(), String::new());
                    while let Some((number, wire)) = entry.tag()? {
                        match number {
                            1 => key = owned(entry.bytes(wire)?),
                            2 => value = owned(entry.bytes(wire)?),
                            _ => entry.skip(wire)?,
                        }
                    }
                    index.labels.insert(key, value);
                }
                _ => inner.skip(wire)?,
            }
        }
        break;
    }
    Ok(index)
}

/// The same encoded object (without an envelope) with another resource version.
///
/// # Errors
/// The bytes are not a message.
pub fn with_resource_version(
    raw: &[u8],
    ty: crate::TypeId,
    version: &str,
) -> Result<Vec<u8>, DecodeError> {
    let Some(metadata) = ty.desc().field("metadata") else {
        return Ok(raw.to_vec());
    };
    let mut out = Vec::with_capacity(raw.len() + version.len() + 4);
    let mut reader = Reader::new(raw);
    let mut start = 0;
    while let Some((number, wire)) = reader.tag()? {
        if number != metadata.number {
            reader.skip(wire)?;
            start = raw.len() - reader.left();
            continue;
        }
        let meta = reader.bytes(wire)?;
        out.extend_from_slice(&raw[..start]);
        let mut changed = Vec::with_capacity(meta.len() + version.len() + 2);
        let mut inner = Reader::new(meta);
        let (mut from, mut set) = (0, false);
        while let Some((number, wire)) = inner.tag()? {
            if number >= 6 && !set {
                put_bytes(6, version.as_bytes(), &mut changed);
                set = true;
            }
            inner.skip(wire)?;
            let to = meta.len() - inner.left();
            if number != 6 {
                changed.extend_from_slice(&meta[from..to]);
            }
            from = to;
        }
        if !set {
            put_bytes(6, version.as_bytes(), &mut changed);
        }
        put_bytes(metadata.number, &changed, &mut out);
        out.extend_from_slice(&raw[raw.len() - reader.left()..]);
        return Ok(out);
    }
    Ok(raw.to_vec())
}

fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes)
        .map_err(|_| DecodeError::Protobuf("the envelope's text is not UTF-8".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_is_found_again() {
        let wrapped = wrap("apps/v1", "Deployment", b"raw");
        let unknown = unwrap(&wrapped).unwrap();
        assert_eq!(
            (unknown.api_version, unknown.kind, unknown.raw),
            ("apps/v1", "Deployment", &b"raw"[..])
        );
        assert!(unwrap(b"{}").is_err());
        assert!(unwrap(b"k8s\0\x0a\xff").is_err());
    }
}
