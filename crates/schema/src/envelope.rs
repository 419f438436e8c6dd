//! The envelope of protobuf on the wire and in the store: four bytes of
//! signature, then `runtime.Unknown`.

use crate::codec::DecodeError;
use crate::codec::proto::{Reader, field_head_len, put_bytes, put_head};

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
    let Some((_, metadata)) = ty.desc().find("metadata", 2) else {
        return Ok(index);
    };
    let owned = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
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

/// What tells an encoded object apart, as it lies in its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    /// `metadata.name`.
    pub name: &'a str,
    /// `metadata.namespace`.
    pub namespace: &'a str,
    /// `metadata.uid`.
    pub uid: &'a str,
    /// `metadata.resourceVersion`.
    pub resource_version: &'a str,
}

/// Reads what tells an encoded object apart (without an envelope), without
/// copying any of it.
///
/// # Errors
/// The bytes are not a message, or names in it are not UTF-8.
pub fn names(raw: &[u8], ty: crate::TypeId) -> Result<Names<'_>, DecodeError> {
    let mut names = Names::default();
    let Some((_, metadata)) = ty.desc().find("metadata", 2) else {
        return Ok(names);
    };
    let text = |bytes| {
        std::str::from_utf8(bytes)
            .map_err(|_| DecodeError::Protobuf("a name is not UTF-8".to_owned()))
    };
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
                1 => names.name = text(inner.bytes(wire)?)?,
                3 => names.namespace = text(inner.bytes(wire)?)?,
                5 => names.uid = text(inner.bytes(wire)?)?,
                6 => names.resource_version = text(inner.bytes(wire)?)?,
                _ => inner.skip(wire)?,
            }
        }
        break;
    }
    Ok(names)
}

/// Where an encoded object has its resource version, so that it can be written
/// with one without being copied before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splice {
    /// Where the object begins, its metadata (with tag and length), and what
    /// the metadata holds.
    object: u32,
    metadata: u32,
    inside: u32,
    /// What stands before the version, and what stands behind it.
    before: u32,
    behind: u32,
    /// Where the metadata end, and the object.
    metadata_end: u32,
    object_end: u32,
    /// The number of the metadata's field.
    number: u32,
    /// How long the object is with its version.
    len: u32,
}

/// The number of the resource version in `ObjectMeta`.
const VERSION: u32 = 6;

impl Splice {
    /// Finds the place in an encoded object (without an envelope). `None`: its
    /// fields are not in order, or it has no metadata.
    #[must_use]
    pub fn of(raw: &[u8], ty: crate::TypeId, version: &str) -> Option<Self> {
        let (_, metadata) = ty.desc().find("metadata", 2)?;
        let number = metadata.number;
        let at = |left: usize| u32::try_from(raw.len() - left).ok();
        let mut reader = Reader::new(raw);
        let mut metadata = 0;
        let meta = loop {
            let (found, wire) = reader.tag().ok()??;
            if found == number {
                break reader.bytes(wire).ok()?;
            }
            reader.skip(wire).ok()?;
            metadata = at(reader.left())?;
        };
        let metadata_end = at(reader.left())?;
        let inside = metadata_end - u32::try_from(meta.len()).ok()?;
        let (mut before, mut behind) = (metadata_end, metadata_end);
        let mut inner = Reader::new(meta);
        let mut from = inside;
        let mut last = 0;
        while let Some((found, wire)) = inner.tag().ok()? {
            if found < last || (found == VERSION && last == VERSION) {
                return None;
            }
            inner.skip(wire).ok()?;
            let to = metadata_end - u32::try_from(inner.left()).ok()?;
            if found >= VERSION && last < VERSION {
                before = from;
                behind = if found == VERSION { to } else { from };
            }
            last = found;
            from = to;
        }
        let mut splice = Self {
            object: 0,
            metadata,
            inside,
            before,
            behind,
            metadata_end,
            object_end: at(0)?,
            number,
            len: 0,
        };
        let meta = splice.metadata_len(version);
        let head = field_head_len(number, meta);
        let len = metadata as usize + head + meta + (raw.len() - metadata_end as usize);
        splice.len = u32::try_from(len).ok()?;
        Some(splice)
    }

    fn metadata_len(&self, version: &str) -> usize {
        let kept = (self.before - self.inside) + (self.metadata_end - self.behind);
        kept as usize + field_head_len(VERSION, version.len()) + version.len()
    }

    /// The same of an object that begins further behind.
    #[must_use]
    pub fn behind(mut self, len: usize) -> Self {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        for place in [
            &mut self.object,
            &mut self.metadata,
            &mut self.inside,
            &mut self.before,
            &mut self.behind,
            &mut self.metadata_end,
            &mut self.object_end,
        ] {
            *place = place.saturating_add(len);
        }
        self
    }

    /// How many bytes will be written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Never: there is a resource version.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Writes the object with a resource version as long as the one it was
    /// measured with.
    pub fn write(&self, bytes: &[u8], version: &str, out: &mut Vec<u8>) {
        let part = |from: u32, to: u32| bytes.get(from as usize..to as usize).unwrap_or_default();
        out.extend_from_slice(part(self.object, self.metadata));
        put_head(self.number, self.metadata_len(version), out);
        out.extend_from_slice(part(self.inside, self.before));
        put_bytes(VERSION, version.as_bytes(), out);
        out.extend_from_slice(part(self.behind, self.metadata_end));
        out.extend_from_slice(part(self.metadata_end, self.object_end));
    }
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
    if let Some(splice) = Splice::of(raw, ty, version) {
        let mut out = Vec::with_capacity(splice.len());
        splice.write(raw, version, &mut out);
        return Ok(out);
    }
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
    fn versions_are_put_where_they_belong() {
        let ty = crate::TypeId::by_gvk("", "v1", "ConfigMap").unwrap();
        for (metadata, version) in [
            (crate::json!({"name": "a"}), "7"),
            (
                crate::json!({"name": "a", "resourceVersion": "12"}),
                "123456",
            ),
            (crate::json!({"labels": {"a": "b"}}), ""),
            (
                crate::json!({"name": "a", "uid": "u", "generation": 3, "labels": {"a": "b"}}),
                "44",
            ),
            (
                crate::json!({"name": "a", "annotations": {"x": ("y".repeat(200))}}),
                "1",
            ),
        ] {
            let mut tree = crate::json!({"kind": "ConfigMap", "apiVersion": "v1",
                "metadata": (metadata), "data": {"k": "v"}});
            let mut raw = Vec::new();
            crate::encode_protobuf(&tree, ty, &mut raw);
            let with = with_resource_version(&raw, ty, version).unwrap();
            let splice = Splice::of(&raw, ty, version).expect("in order");
            assert_eq!(splice.len(), with.len());
            let mut held = b"before".to_vec();
            held.extend_from_slice(&raw);
            let mut written = Vec::new();
            splice.behind(6).write(&held, version, &mut written);
            assert_eq!(written, with);
            if version.is_empty() {
                tree.remove_at(&["metadata", "resourceVersion"]);
            } else {
                tree.set_at(&["metadata", "resourceVersion"], version);
            }
            assert_eq!(crate::decode_protobuf(&with, ty).unwrap(), tree);
        }
    }

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
